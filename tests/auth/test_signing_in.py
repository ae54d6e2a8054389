"""Keys and tokens, from the table and back: who gets in, and that refusals tell nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.auth import service
from chalicelib.auth.permissions import Principal
from chalicelib.kernel.errors import Forbidden, NotFound, Unauthenticated
from tests.workbench import Bench

pytestmark = pytest.mark.usefixtures("bench")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TEN_MINUTES = timedelta(minutes=10)


def refusal(header: str, at: datetime = NOW) -> str:
    with pytest.raises(Unauthenticated) as refused:
        service.authenticate(header, at)
    return refused.value.detail


def test_a_key_lets_its_holder_in_with_its_scopes() -> None:
    key, secret = service.create_key("shop", ["facts:write"], NOW)

    assert service.authenticate(f"Bearer {secret}", NOW) == Principal(
        key_id=key.id, name="shop", scopes=frozenset({"facts:write"}), per_minute=6_000
    )


def test_the_scheme_is_read_in_any_case() -> None:
    _, secret = service.create_key("shop", ["facts:write"], NOW)

    assert service.authenticate(f"bearer {secret}", NOW).name == "shop"


def test_every_refusal_reads_the_same() -> None:
    key, secret = service.create_key("shop", ["cases:read", "tokens:write"], NOW)
    holder = service.authenticate(f"Bearer {secret}", NOW)
    token, ends = service.issue_token(holder, ["cases:read"], TEN_MINUTES, NOW)
    other, other_secret = service.create_key("old", ["cases:read"], NOW)
    service.revoke_key(other.id, NOW)
    unknown = secret.replace(key.id, other.id)

    refusals = {
        refusal(""),
        refusal("Bearer"),
        refusal("Basic c2hvcDpzZWNyZXQ="),
        refusal(secret),
        refusal("Bearer " + "x" * 10_000),
        refusal(f"Bearer {secret[:-1]}"),
        refusal(f"Bearer {unknown}"),
        refusal(f"Bearer {other_secret}"),
        refusal(f"Bearer {token[:-3]}"),
        refusal(f"Bearer {token}", ends),
    }

    assert len(refusals) == 1


def test_a_token_may_do_part_of_what_its_key_may() -> None:
    _, secret = service.create_key("shop", ["cases:read", "facts:write", "tokens:write"], NOW)
    holder = service.authenticate(f"Bearer {secret}", NOW)

    token, ends = service.issue_token(holder, ["cases:read"], TEN_MINUTES, NOW)

    assert ends == NOW + TEN_MINUTES
    assert service.authenticate(f"Bearer {token}", NOW).scopes == {"cases:read"}


def test_a_key_and_its_tokens_are_of_one_team() -> None:
    _, secret = service.create_key("desk", [], NOW, role="agent", team="north")
    holder = service.authenticate(f"Bearer {secret}", NOW)

    token, _ = service.issue_token(holder, ["cases:read"], TEN_MINUTES, NOW)

    assert (holder.team, service.authenticate(f"Bearer {token}", NOW).team) == ("north", "north")


@pytest.mark.parametrize("scope", ["customers:read", "tokens:write", "keys:write", "staff:write"])
def test_a_token_never_gets_more_than_its_key_nor_the_right_to_make_access(scope: str) -> None:
    _, secret = service.create_key("shop", ["cases:read", "keys:write", "staff:write", "tokens:write"], NOW)
    holder = service.authenticate(f"Bearer {secret}", NOW)

    with pytest.raises(Forbidden, match=scope):
        service.issue_token(holder, [scope], TEN_MINUTES, NOW)


def test_no_token_lives_longer_than_an_hour() -> None:
    _, secret = service.create_key("shop", ["cases:read"], NOW)
    holder = service.authenticate(f"Bearer {secret}", NOW)

    _, ends = service.issue_token(holder, ["cases:read"], timedelta(days=1), NOW)

    assert ends == NOW + timedelta(hours=1)


def test_revoking_a_key_ends_its_tokens_too() -> None:
    key, secret = service.create_key("shop", ["cases:read"], NOW)
    holder = service.authenticate(f"Bearer {secret}", NOW)
    token, _ = service.issue_token(holder, ["cases:read"], TEN_MINUTES, NOW)

    service.revoke_key(key.id, NOW)

    assert refusal(f"Bearer {token}") == refusal(f"Bearer {secret}")


def test_revoking_twice_keeps_the_first_time() -> None:
    key, _ = service.create_key("shop", ["cases:read"], NOW)

    service.revoke_key(key.id, NOW)

    assert service.revoke_key(key.id, NOW + TEN_MINUTES).revoked_at == NOW


def test_a_key_nobody_has_cannot_be_revoked() -> None:
    with pytest.raises(NotFound):
        service.revoke_key("01KAM8Q6C3V8QW2E0N4B7T9XYZ", NOW)


def test_no_secret_lies_in_the_table(bench: Bench) -> None:
    _, secret = service.create_key("shop", ["cases:read"], NOW)

    everything = str(bench.client("dynamodb").scan(TableName=bench.bucket)["Items"])

    assert secret.rpartition("_")[2] not in everything
