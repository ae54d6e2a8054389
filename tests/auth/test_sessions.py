"""Sessions end in time, codes open once, and neither can be read from the table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.auth import sessions
from chalicelib.kernel.decision import Gone
from chalicelib.kernel.signing import Keys
from chalicelib.model.session import Audience, SignInCode

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
KEYS = Keys("a", {"a": b"a" * 32})
IDLE, WHOLE = sessions.LIVES[Audience.STAFF].idle, sessions.LIVES[Audience.STAFF].whole


def a_code(**fields: object) -> SignInCode:
    made = sessions.new_code(Audience.STAFF, "01TOM", "tom@example.com", "en", keys=KEYS, now=NOW)
    return replace(made, version=1, **fields)


def test_a_session_ends_when_it_is_not_used() -> None:
    session, _ = sessions.new_session(Audience.STAFF, "01TOM", NOW)

    assert sessions.lives(session, NOW + IDLE)
    assert not sessions.lives(session, NOW + IDLE * 1.1)


def test_a_session_that_is_used_ends_all_the_same() -> None:
    session, _ = sessions.new_session(Audience.STAFF, "01TOM", NOW)
    busy = replace(session, seen_at=NOW + WHOLE)

    assert not sessions.lives(busy, NOW + WHOLE)


def test_sessions_begun_before_she_signed_out_everywhere_are_over() -> None:
    before, _ = sessions.new_session(Audience.STAFF, "01TOM", NOW)
    after, _ = sessions.new_session(Audience.STAFF, "01TOM", NOW + timedelta(seconds=2))

    signed_out_at = NOW + timedelta(seconds=1)

    assert not sessions.lives(before, NOW + timedelta(minutes=1), signed_out_at)
    assert sessions.lives(after, NOW + timedelta(minutes=1), signed_out_at)


def test_that_she_was_here_is_written_down_in_steps() -> None:
    session, _ = sessions.new_session(Audience.STAFF, "01TOM", NOW)

    assert sessions.seen(session, NOW + timedelta(minutes=11)) is None
    assert sessions.seen(session, NOW + timedelta(minutes=12)) == replace(session, seen_at=NOW + timedelta(minutes=12))


def test_the_right_digits_open_a_code_and_end_it() -> None:
    code = a_code()
    digits = sessions.digits_of(code, KEYS)

    decision, right = sessions.tried(code, f"{digits[:4]} {digits[4:]}", KEYS)

    assert right
    assert decision.changes == (Gone(code),)


def test_a_wrong_try_counts() -> None:
    decision, right = sessions.tried(a_code(), "0", KEYS)

    assert not right
    assert decision.changes == (a_code(id=decision.changes[0].id, tries=1),)  # type: ignore[attr-defined]


def test_nobodys_code_is_never_right() -> None:
    code = a_code(subject_id="")

    assert not sessions.tried(code, sessions.digits_of(code, KEYS), KEYS)[1]


@pytest.mark.parametrize(
    ("code", "at"),
    [(a_code(tries=sessions.MOST_TRIES), NOW), (a_code(), NOW + sessions.CODE_LIFE)],
    ids=["tried too often", "too old"],
)
def test_a_code_that_is_old_or_was_tried_too_often_opens_nothing(code: SignInCode, at: datetime) -> None:
    assert not sessions.can_open(code, at)


def test_a_code_outlives_the_turn_of_the_signing_key() -> None:
    code = a_code()
    turned = Keys("b", {**KEYS.keys, "b": b"b" * 32})

    assert sessions.digits_of(code, turned) == sessions.digits_of(code, KEYS)


def test_codes_have_eight_digits_and_differ() -> None:
    found = {sessions.digits_of(a_code(), KEYS) for _ in range(50)}

    assert len(found) == 50
    assert {len(digits) for digits in found} == {8}
