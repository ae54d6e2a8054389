"""A token is good for one purpose, while its key is in the ring."""

import json

import pytest

from chalicelib.kernel.signing import Keys

OLD, NEW = b"o" * 32, b"n" * 32
KEYS = Keys("b", {"a": OLD, "b": NEW})


def test_what_we_signed_is_ours() -> None:
    assert KEYS.verify("b", KEYS.sign("reply", "case"), "reply", "case")


@pytest.mark.parametrize(
    ("purpose", "parts"),
    [
        ("unsubscribe", ("case",)),
        ("reply", ("other",)),
        ("reply", ("case", "")),
        ("reply", ()),
        ("repl", ("ycase",)),
    ],
)
def test_a_signature_is_good_for_its_purpose_and_content_only(purpose: str, parts: tuple[str, ...]) -> None:
    assert not KEYS.verify("b", KEYS.sign("reply", "case"), purpose, *parts)


def test_what_an_older_key_signed_still_counts_while_that_key_is_kept() -> None:
    before = Keys("a", {"a": OLD}).sign("reply", "case")

    assert KEYS.verify("a", before, "reply", "case")
    assert not Keys("b", {"b": NEW}).verify("a", before, "reply", "case")


def test_one_key_does_not_vouch_for_another() -> None:
    assert not KEYS.verify("b", KEYS.sign("reply", "case", key="a"), "reply", "case")


def test_one_changed_bit_is_noticed() -> None:
    mac = KEYS.sign("reply", "case")
    changed = bytes([mac[0] ^ 1]) + mac[1:]

    assert not KEYS.verify("b", changed, "reply", "case")


def test_a_shortened_signature_is_none() -> None:
    assert not KEYS.verify("b", KEYS.sign("reply", "case")[:4], "reply", "case")


def test_keys_are_read_from_the_parameter() -> None:
    assert Keys.from_json(json.dumps({"current": "b", "keys": {"a": OLD.hex(), "b": NEW.hex()}})) == KEYS


def test_keys_do_not_show_themselves() -> None:
    assert "nnnn" not in repr(KEYS)
