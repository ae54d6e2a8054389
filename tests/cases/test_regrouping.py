"""Two cases become one and come apart again; one becomes two, and one again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chalicelib.cases import regrouping
from chalicelib.kernel.decision import Decision, Gone
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.model.calendar import Calendars
from chalicelib.model.case import MOST_ABSORBED, Case, CaseLink, CaseStatus, LinkKind, Participant
from chalicelib.model.casework import CaseMerge, CaseSplit
from chalicelib.model.customer import Customer
from chalicelib.model.interaction import Interaction, KnownMessage
from chalicelib.model.urgency import Urgency
from chalicelib.model.work import Offer
from tests.factories import (
    ANN,
    ANNS_ID,
    BO_ID,
    CASE_ID,
    NOON,
    make_case,
    make_customer,
    make_interaction,
    make_outbound,
    make_policy,
    make_promise,
    make_routing,
)
from tests.properties.strategies import CASES

OTHER_ID = "other0000000"
OPEN_HOURS = Calendars()
BOB = Participant(number=1, address="bob@example.org")
LATER = NOON + timedelta(hours=1)


def of(decision: Decision, kind: type) -> list[Any]:
    return [change for change in decision.changes if isinstance(change, kind)]


def merged(absorbed: Case, into: Case, customer: Customer | None = None) -> tuple[Case, Case, CaseMerge, Decision]:
    """What goes on, what rests, and what is kept of both."""
    customer = customer or make_customer(open_cases={into.id: into.topic, absorbed.id: absorbed.topic})
    decision = regrouping.merge(absorbed, into, customer, NOON, OPEN_HOURS, by="Tom")
    made, rests = of(decision, Case)
    return made, rests, of(decision, CaseMerge)[0], decision


def undone(
    kept: CaseMerge, rests: Case, made: Case, since: tuple[Interaction, ...] = (), customer: Customer | None = None
) -> tuple[Case, Case, Decision]:
    owners = {ANNS_ID: customer or make_customer(open_cases={made.id: ""})}
    decision = regrouping.undo_merge(replace(kept, version=1), rests, made, since, owners, LATER, by="Tom")
    first, second = of(decision, Case)
    return first, second, decision


def other(**fields: Any) -> Case:
    return make_case(**{"id": OTHER_ID, "participants": (BOB,), **fields})


# ── Merging ─────────────────────────────────────────────────────────────────────────────────────────────


def test_of_two_promises_the_stricter_goes_on() -> None:
    soon = make_promise(due_at=NOON + timedelta(hours=2))

    made, *_ = merged(other(promise=soon), make_case())
    same, *_ = merged(make_case(), other(promise=soon))

    assert made.promise == same.promise == soon


def test_everybody_of_both_takes_part_each_once() -> None:
    ann = Participant(number=2, address=ANN.value)

    made, *_ = merged(other(participants=(BOB, ann)), make_case())

    assert [(p.number, p.address) for p in made.participants] == [(1, ANN.value), (2, BOB.address)]


def test_who_was_revoked_stays_so_whichever_case_she_comes_by() -> None:
    gone = Participant(number=1, address=BOB.address, revoked_at=NOON)

    made, rests, *_ = merged(other(), make_case(participants=(gone,)))

    assert made.participants == (gone,)
    assert not made.admits_from(rests, BOB.number)


@pytest.mark.parametrize(
    ("one", "two", "then"),
    [
        (CaseStatus.NEW, CaseStatus.NEW, CaseStatus.NEW),
        (CaseStatus.NEW, CaseStatus.WAITING, CaseStatus.OPEN),
        (CaseStatus.SOLVED, CaseStatus.WAITING, CaseStatus.WAITING),
        (CaseStatus.WAITING_ON_US, CaseStatus.SOLVED, CaseStatus.WAITING_ON_US),
        (CaseStatus.CLOSED, CaseStatus.SOLVED, CaseStatus.SOLVED),
    ],
)
def test_the_move_is_whose_it_is_in_either(one: CaseStatus, two: CaseStatus, then: CaseStatus) -> None:
    made, *_ = merged(other(status=one), make_case(status=two))

    assert made.status is then


def test_the_absorbed_rests_leads_on_and_leaves_her_open_cases() -> None:
    made, rests, _, decision = merged(other(), make_case())

    (customer,) = of(decision, Customer)
    assert (rests.merged_into, rests.status, rests.due_at) == (CASE_ID, CaseStatus.CLOSED, None)
    assert made.absorbed == (OTHER_ID,)
    assert customer.open_cases == {CASE_ID: ""}


def test_what_neither_rule_is_about_is_the_surviving_cases_or_else_the_others() -> None:
    made, *_ = merged(other(topic="delivery", subject="B", followers=("bo@x.y",), custom={"a": 1, "b": 2}),
                      make_case(custom={"a": 3}))  # fmt: skip

    assert (made.topic, made.subject, made.followers) == ("delivery", "Where is my order?", ("bo@x.y",))
    assert made.custom == {"a": 3, "b": 2}


def test_an_offer_of_the_absorbed_case_is_none_of_the_one_that_goes_on() -> None:
    offer = Offer(agent_id=BO_ID, at=NOON, expires_at=LATER)

    made, *_ = merged(other(routing=make_routing(offer=offer)), make_case(status=CaseStatus.WAITING))

    assert made.waits
    assert made.routing and made.routing.offer is None


def test_a_merge_may_be_repeated() -> None:
    made, rests, *_ = merged(other(), make_case())

    assert regrouping.merge(rests, made, make_customer(), LATER, OPEN_HOURS, by="Tom").changes == ()


@pytest.mark.parametrize(
    ("absorbed", "into", "error"),
    [
        (make_case(), make_case(), Invalid),
        (other(merged_into="third0000000"), make_case(), Conflict),
        (other(), make_case(merged_into="third0000000"), Conflict),
        (other(), make_case(status=CaseStatus.CLOSED), Conflict),
        (other(customer_id="01SOMEBODY"), make_case(), Conflict),
        (other(), make_case(absorbed=tuple(map(str, range(MOST_ABSORBED)))), Conflict),
    ],
)
def test_what_cannot_be_one_is_refused(absorbed: Case, into: Case, error: type[Exception]) -> None:
    with pytest.raises(error):
        merged(absorbed, into)


# ── Undoing it ──────────────────────────────────────────────────────────────────────────────────────────


def without(case: Case) -> Case:
    return replace(case, version=None, edition=0, lease=None)


some = settings(max_examples=60, deadline=None)


@some
@given(CASES, CASES, st.integers(0, 3), st.integers(0, 3))
def test_undoing_a_merge_gives_both_back_as_they_were(one: Case, two: Case, joined: int, followed: int) -> None:
    into = replace(one, participants=(BOB,) * (joined % 2), followers=("a", "b", "c")[:followed])
    absorbed = replace(two, id=OTHER_ID, followers=("c", "d"), custom={"a": 1}, topic="delivery")
    assume(into.status is not CaseStatus.CLOSED)
    made, rests, kept, _ = merged(absorbed, into)

    first, second, _ = undone(kept, rests, made)

    assert (without(first), without(second)) == (without(into), without(absorbed))


def test_what_was_changed_since_stays_changed() -> None:
    made, rests, kept, _ = merged(other(followers=("b",)), make_case(followers=("a",)))
    eve = Participant(number=3, address="eve@example.org", confirmed=False)
    since = replace(made, topic="billing", followers=("a", "b", "c"), participants=(*made.participants, eve))

    first, second, _ = undone(kept, rests, since)

    assert (first.topic, first.followers) == ("billing", ("a", "c"))
    assert [p.address for p in first.participants] == [ANN.value, eve.address]
    assert second == replace(other(followers=("b",)), version=rests.version, edition=rests.edition)


def test_the_promise_an_absorbed_case_brought_goes_back_with_what_became_of_it() -> None:
    soon = make_promise(due_at=NOON + timedelta(hours=2))
    made, rests, kept, _ = merged(other(promise=soon), make_case())
    at_risk = replace(soon, state=type(soon.state).AT_RISK)

    first, second, _ = undone(kept, rests, replace(made, promise=at_risk))

    assert (first.promise, second.promise) == (make_case().promise, at_risk)


def test_what_she_said_in_the_absorbed_case_since_opens_it_with_a_promise() -> None:
    made, rests, kept, _ = merged(other(status=CaseStatus.SOLVED, promise=None), make_case())
    said = make_interaction(case_id=OTHER_ID, at=LATER)

    _, second, decision = undone(kept, rests, made, (said,))

    (customer,) = of(decision, Customer)
    assert (second.status, second.promise) == (CaseStatus.OPEN, made.promise)
    assert set(customer.open_cases) == {CASE_ID, OTHER_ID}
    assert of(decision, Gone)


def test_merges_are_undone_from_the_last() -> None:
    made, rests, kept, _ = merged(other(), make_case())
    twice, *_ = merged(other(id="third0000000"), made)

    with pytest.raises(Conflict, match="THIR-D000-0000 first"):
        undone(kept, rests, twice)


def test_what_is_not_merged_cannot_come_apart() -> None:
    with pytest.raises(Conflict, match="not merged"):
        regrouping.undo_merge(None, other(), None, (), {}, LATER, by="Tom")


# ── Splitting ───────────────────────────────────────────────────────────────────────────────────────────

INVOICE = make_interaction(id="01INVOICE", subject="And my invoice?", message_id="second@example.org")
KNOWN = KnownMessage(mailbox="us@x", message_id="second@example.org", customer_id=ANNS_ID, case_id=CASE_ID, version=1)


def parted(case: Case, *said: Interaction, messages: tuple[KnownMessage, ...] = (KNOWN,), **more: Any) -> Decision:
    decision, receipt = regrouping.split(
        case,
        make_customer(open_cases={case.id: ""}),
        said,
        messages,
        more.pop("wanted", [one.id for one in said]),
        NOON,
        make_policy(),
        subject="",
        topic="billing",
        by="Tom",
        receipt_key="split:1",
        fingerprint="f",
    )
    assert receipt.case_id == of(decision, CaseSplit)[0].case_id
    return decision


def test_what_is_split_off_moves_with_its_message_ids_and_keeps_its_promise() -> None:
    decision = parted(make_case(), INVOICE)

    rest, part = of(decision, Case)
    assert (part.split_from, part.subject, part.topic) == (CASE_ID, "And my invoice?", "billing")
    assert part.promise == rest.promise == make_case().promise
    assert [one.case_id for one in (*of(decision, Interaction), *of(decision, KnownMessage))] == [part.id, part.id]
    assert of(decision, Customer)[0].open_cases == {CASE_ID: "", part.id: "billing"}
    assert rest.links == (CaseLink(id=part.id, kind=LinkKind.RELATES_TO),)


def test_what_is_split_off_an_urgent_case_is_as_urgent() -> None:
    rest, part = of(parted(make_case(urgency=Urgency.URGENT, priority=4), INVOICE), Case)

    assert (part.urgency, part.priority) == (rest.urgency, 4)


def test_where_nothing_is_promised_any_more_an_answer_is_promised_from_now_on() -> None:
    _, part = of(parted(make_case(status=CaseStatus.WAITING), INVOICE), Case)

    assert part.status is CaseStatus.OPEN
    assert (part.promise.made_at, part.promise.running) == (NOON, True)


def test_only_what_was_said_in_the_case_is_split_off() -> None:
    with pytest.raises(NotFound) as refused:
        parted(make_case(), INVOICE, replace(INVOICE, id="01X", case_id=OTHER_ID))

    assert refused.value.pointer == "/interactions/1"


def test_mail_on_its_way_is_waited_for() -> None:
    with pytest.raises(Conflict, match="on its way"):
        parted(make_case(), make_outbound())


def put_back(decision: Decision, part: Case, case: Case) -> Decision:
    (kept,) = of(decision, CaseSplit)
    return regrouping.undo_split(
        replace(kept, version=1),
        part,
        case,
        of(decision, Interaction),
        of(decision, KnownMessage),
        make_customer(),
        LATER,
        OPEN_HOURS,
        by="Tom",
    )


def test_undoing_a_split_that_nobody_touched_leaves_the_case_as_it_was() -> None:
    before = make_case(status=CaseStatus.WAITING)
    decision = parted(before, INVOICE)
    rest, part = of(decision, Case)

    back = put_back(decision, replace(part, version=1, edition=2), rest)

    whole, rests = of(back, Case)
    assert whole == replace(before, absorbed=(part.id,), updated_at=LATER)
    assert (rests.merged_into, rests.status) == (CASE_ID, CaseStatus.CLOSED)
    assert [one.case_id for one in (*of(back, Interaction), *of(back, KnownMessage))] == [CASE_ID, CASE_ID]


def test_undoing_a_split_takes_over_what_was_done_to_the_part() -> None:
    decision = parted(make_case(status=CaseStatus.WAITING), INVOICE)
    rest, part = of(decision, Case)

    whole, _ = of(put_back(decision, replace(part, version=1, custom={"order": "7"}), rest), Case)

    assert (whole.custom, whole.status) == ({"order": "7"}, CaseStatus.OPEN)


def test_what_was_not_split_off_cannot_be_put_back() -> None:
    with pytest.raises(Conflict, match="not split off"):
        regrouping.undo_split(None, other(), None, (), (), make_customer(), LATER, OPEN_HOURS, by="Tom")
