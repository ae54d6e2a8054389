from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.auth import machine_token
from chalicelib.kernel.signing import Keys

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEYS = Keys("a", {"a": b"1" * 32})


def test_a_key_keeps_the_hash_of_its_secret_and_not_the_secret() -> None:
    key, text = machine_token.mint_key("shop", ["facts:write", "cases:read"], NOW)

    key_id, secret = machine_token.split_key(text) or ("", "")
    assert key_id == key.id
    assert secret not in repr(key)
    assert machine_token.secret_fits(secret, key, NOW)
    assert key.scopes == ("cases:read", "facts:write")


def test_another_secret_does_not_fit_and_nothing_fits_no_key() -> None:
    key, _ = machine_token.mint_key("shop", ["facts:write"], NOW)
    _, other = machine_token.split_key(machine_token.mint_key("shop", ["facts:write"], NOW)[1]) or ("", "")

    assert not machine_token.secret_fits(other, key, NOW)
    assert not machine_token.secret_fits(other, None, NOW)


@pytest.mark.parametrize("name", ["", " shop", "shop:1", "x" * 65, "läden", "a\nb"])
def test_a_name_that_could_be_mistaken_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        machine_token.mint_key(name, ["facts:write"], NOW)


@pytest.mark.parametrize("scopes", [[], ["facts:own"]])
def test_a_key_needs_scopes_that_exist(scopes: list[str]) -> None:
    with pytest.raises(ValueError, match=r"scope|facts:own"):
        machine_token.mint_key("shop", scopes, NOW)


@pytest.mark.parametrize("text", ["", "liana_x_y", "liana_01KAM8Q6C3V8QW2E0N4B7T9XYZ_", "LIANA_1_2", "lt1.a.b"])
def test_what_is_no_key_is_not_taken_for_one(text: str) -> None:
    assert machine_token.split_key(text) is None


def test_a_token_says_whose_it_is_until_it_expires() -> None:
    ends = NOW + timedelta(minutes=10)
    text = machine_token.mint_token("KEY", ["cases:read"], ends, KEYS)

    before, after = ends - timedelta(seconds=1), ends
    assert machine_token.read_token(text, KEYS, before) == machine_token.Token("KEY", frozenset({"cases:read"}), ends)
    assert machine_token.read_token(text, KEYS, after) is None


@pytest.mark.parametrize(
    "change", [lambda t: t[:-8], lambda t: "lt2" + t[3:], lambda t: t.replace(".", "", 1), str.upper]
)
def test_a_changed_token_is_none(change: object) -> None:
    text = machine_token.mint_token("KEY", ["cases:read"], NOW + timedelta(hours=1), KEYS)

    assert machine_token.read_token(change(text), KEYS, NOW) is None  # type: ignore[operator]


def test_after_a_rotation_the_old_secret_serves_for_the_time_of_grace_only() -> None:
    key, old = machine_token.mint_key("shop", ["facts:write"], NOW)

    turned, new = machine_token.rotated(key, timedelta(hours=1), NOW)

    def serves(text: str, at: datetime) -> bool:
        return machine_token.secret_fits((machine_token.split_key(text) or ("", ""))[1], turned, at)

    assert serves(old, NOW + timedelta(minutes=59)) and serves(new, NOW)
    assert not serves(old, NOW + timedelta(hours=1))
    assert serves(new, NOW + timedelta(days=400))


def test_rotating_twice_ends_the_first_secret() -> None:
    key, first = machine_token.mint_key("shop", ["facts:write"], NOW)
    turned, _ = machine_token.rotated(key, timedelta(hours=1), NOW)

    again, _ = machine_token.rotated(turned, timedelta(hours=1), NOW)

    assert not machine_token.secret_fits((machine_token.split_key(first) or ("", ""))[1], again, NOW)


@pytest.mark.parametrize("scope", ["own:read", "own:write", "session:own"])
def test_what_comes_with_signing_in_is_given_to_no_key(scope: str) -> None:
    with pytest.raises(ValueError, match=scope):
        machine_token.mint_key("shop", [scope], NOW)
