"""Who of the staff hears of what, and how often."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.cases import audience, later, promises
from chalicelib.kernel import ids
from chalicelib.kernel.messages import NotifyStaff
from chalicelib.model.case import Scheduled
from chalicelib.model.interaction import Interaction
from chalicelib.model.notice import MOST_AN_HOUR, Colleague, NoticeKind, NoticeSettings, Notified
from tests.factories import NOON, make_case, make_customer, make_policy

BO = Colleague("bo@shop.example", "en", "01BO")
POLICY = make_policy(notify=("lead@shop.example",))
OF = ids.derived_ulid(NOON, "what happened")


def told_to(
    what: NoticeKind = NoticeKind.PROMISE_BROKEN, meant: tuple[str, ...] = (), off: tuple[NoticeKind, ...] = ()
) -> list[str]:
    settings = {BO.staff_id: NoticeSettings(staff_id=BO.staff_id, off=off, updated_at=NOON)} if off else {}
    people = audience.to_notify(make_case(), what, meant, {BO.staff_id: BO}, settings, POLICY)
    return [one.address for one in people]


@pytest.mark.parametrize(
    ("what", "meant", "off", "told"),
    [
        (NoticeKind.PROMISE_BROKEN, (), (), ["lead@shop.example"]),
        (NoticeKind.CUSTOMER_WROTE, (), (), []),
        (NoticeKind.SIDE_REPLY, ("01BO",), (), ["bo@shop.example"]),
        (NoticeKind.SIDE_REPLY, ("01BO",), (NoticeKind.SIDE_REPLY,), []),
        (NoticeKind.SIDE_REPLY, ("01BO",), (NoticeKind.MENTION,), ["bo@shop.example"]),
        (NoticeKind.MENTION, ("01NOBODY", "eve@shop.example"), (), ["eve@shop.example"]),
        (NoticeKind.PROMISE_AT_RISK, ("01BO", "bo@shop.example"), (), ["bo@shop.example", "lead@shop.example"]),
        (NoticeKind.MENTION, ("hello@care.liana.test",), (), []),
    ],
)
def test_who_hears_of_it(
    what: NoticeKind, meant: tuple[str, ...], off: tuple[NoticeKind, ...], told: list[str]
) -> None:
    assert told_to(what, meant, off) == told


def test_a_letter_names_case_and_subject_and_is_written_once() -> None:
    first = audience.tell(BO, make_case(), NoticeKind.PROMISE_BROKEN, OF, None, None, NOON)
    letter = first.changes[0]
    assert isinstance(letter, Interaction)

    again = audience.tell(BO, make_case(), NoticeKind.PROMISE_BROKEN, OF, letter, None, NOON + timedelta(hours=2))

    assert letter.id == audience.letter_id(BO, NoticeKind.PROMISE_BROKEN, OF)
    assert (letter.subject, letter.preview, letter.language) == ("Where is my order?", "", "en")
    assert again.changes == ()


@pytest.mark.parametrize(("before", "said"), [(0, "told"), (MOST_AN_HOUR - 1, "told"), (MOST_AN_HOUR, "too many")])
def test_nobody_gets_more_letters_an_hour_than_one_reads_and_the_last_says_so(before: int, said: str) -> None:
    count = Notified(whom="w", hour=NOON, letters=("x",) * before, version=1)

    decision = audience.tell(BO, make_case(), NoticeKind.MENTION, OF, None, count, NOON)

    assert decision.reason.startswith(said)
    letters = [change for change in decision.changes if isinstance(change, Interaction)]
    assert ["last" in letter.template for letter in letters] == ([before == MOST_AN_HOUR - 1] if letters else [])


def test_nobody_is_told_of_promises_where_nobody_would_hear_it() -> None:
    case = make_case(overdue=True)

    silent = promises.act_on_due(case, make_customer(), NOON, make_policy())
    heard = promises.act_on_due(case, make_customer(), NOON, POLICY)

    assert [m for m in silent.messages if isinstance(m, NotifyStaff)] == []
    (told,) = [m for m in heard.messages if isinstance(m, NotifyStaff)]
    assert told.what == NoticeKind.PROMISE_BROKEN.value


def test_the_author_of_an_answer_that_was_cancelled_is_meant() -> None:
    waiting = Scheduled(id=OF, at=NOON, by=BO.staff_id)

    off = later.she_wrote(replace(make_case(), scheduled=(waiting,)), NOON)

    (told,) = [m for m in off.messages if isinstance(m, NotifyStaff)]
    assert (told.what, told.of, told.to) == ("answer_cancelled", OF, (BO.staff_id,))
