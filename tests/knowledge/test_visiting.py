"""Whose a visitor's questions are, once it is known who she is."""

from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Gone
from chalicelib.knowledge import visiting
from chalicelib.model.question import AskedThrough, Question, QuestionState
from tests.factories import make_customer

AT = datetime(2026, 11, 22, tzinfo=UTC)
ASKED = Question(
    id=ids.first_ulid_at(AT),
    asked_at=AT,
    text="Where is my parcel?",
    through=AskedThrough.HELP_CENTRE,
    visitor_id="01KB2G5S7Q8XW3N4T6V9YZABCD",
    state=QuestionState.UNSOLVED,
    version=3,
)


def test_they_are_hers_as_they_were_and_gone_where_they_were() -> None:
    ann = make_customer()

    gone, hers = visiting.came_as([ASKED], ann).changes

    assert gone == Gone(ASKED)
    assert hers == replace(ASKED, customer_id=ann.id, tier=ann.tier, version=None)


def test_who_asked_nothing_changes_nothing() -> None:
    assert visiting.came_as([], make_customer()).changes == ()


def test_no_more_are_moved_than_fit_one_write() -> None:
    many = [replace(ASKED, id=ids.first_ulid_at(AT.replace(minute=minute))) for minute in range(30)]

    assert len(visiting.came_as(many, make_customer()).changes) == 2 * visiting.AT_ONCE
