"""What an agent may change of a case, and what follows."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.cases import editing, noting, promises
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid, Outdated, TooLarge
from chalicelib.model.case import MOST_FOLLOWERS, MOST_URLS, REMEMBERED_FOR, Case, CaseLink, CaseStatus, Lease, LinkKind
from chalicelib.model.case_field import CaseField, FieldType
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.history import CaseChange, Changed
from chalicelib.model.interaction import Direction, Purpose
from chalicelib.model.work import Offer
from tests.factories import (
    ANNS_ID,
    BO_ID,
    CASE_ID,
    NOON,
    make_case,
    make_customer,
    make_policy,
    make_promise,
    make_routing,
)

HERS = make_customer(open_cases={CASE_ID: ""})
SOLUTION = make_promise(kind=promises.PromiseKind.SOLUTION)
AN_HOUR = timedelta(hours=1)


def of(decision: Decision, kind: type) -> list[Any]:
    return [change for change in decision.changes if isinstance(change, kind)]


def the_case(decision: Decision) -> Case:
    (case,) = of(decision, Case)
    return case


def moved(to: CaseStatus, case: Case | None = None, fields: tuple[CaseField, ...] = (), reason: str = "") -> Decision:
    policy = make_policy(case_fields=fields)
    return editing.move(case or make_case(), HERS, to, NOON, policy, by="Tom", reason=reason)


# ── What was seen ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seen", [None, 4])
def test_who_saw_it_as_it_is_or_says_nothing_may_go_on(seen: int | None) -> None:
    editing.demand_current(make_case(edition=4), seen, [])


def test_who_saw_it_before_learns_who_changed_what_when() -> None:
    change = CaseChange(
        case_id=CASE_ID, customer_id=ANNS_ID, edition=4, at=NOON, by="Bo",
        changed={"topic": Changed(was="", now="billing"), "custom.note": Changed(was="x" * 80, now="y")},
    )  # fmt: skip

    with pytest.raises(Outdated) as refused:
        editing.demand_current(make_case(edition=4), 3, [change])

    assert "Bo changed topic (nothing → billing), custom.note at 2026-11-20T12:00:00" in refused.value.detail


def test_who_missed_a_contact_learns_that_something_was_said() -> None:
    with pytest.raises(Outdated, match="something was said in it"):
        editing.demand_current(make_case(edition=4), 3, [])


# ── How it stands ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("to", [CaseStatus.OPEN, CaseStatus.WAITING_ON_US])
def test_while_the_next_move_is_ours_promises_run(to: CaseStatus) -> None:
    case = the_case(moved(to))

    assert (case.status, case.promise, case.due_at) == (to, make_case().promise, make_case().due_at)


def test_while_it_waits_for_her_the_clocks_stand_and_the_wait_ends() -> None:
    case = the_case(moved(CaseStatus.WAITING, make_case(solution=SOLUTION)))

    assert case.solution
    assert (case.solution.paused_at, case.due_at) == (NOON, NOON + promises.WAIT_FOR_CUSTOMER)


@pytest.mark.parametrize("rests", [CaseStatus.WAITING, CaseStatus.SOLVED])
def test_an_answers_clock_stands_while_the_next_move_is_not_ours_and_goes_on_then(rests: CaseStatus) -> None:
    promise = make_promise()
    resting = the_case(moved(rests, make_case(promise=promise)))

    later = NOON + 30 * AN_HOUR
    again = the_case(editing.move(resting, HERS, CaseStatus.OPEN, later, make_policy(), by="Tom"))

    assert resting.promise and resting.promise.paused_at == NOON
    assert again.promise
    assert (again.promise.paused_at, again.promise.due_at) == (None, promise.due_at + 30 * AN_HOUR)


def test_who_had_a_case_is_who_knows_her_once_it_is_solved_without_an_answer() -> None:
    hers = make_case(assigned_to=BO_ID, routing=make_routing(last_agent=BO_ID))

    assert of(moved(CaseStatus.SOLVED, hers), Customer)[0].last_agent == BO_ID


def test_a_case_taken_up_again_stands_in_line_and_one_that_waits_for_her_does_not() -> None:
    again = the_case(moved(CaseStatus.OPEN, make_case(status=CaseStatus.SOLVED)))

    assert again.waits
    assert not the_case(moved(CaseStatus.WAITING, again)).waits
    assert not the_case(editing.snooze(again, None, NOON, by="Tom")).waits


def test_solving_without_an_answer_keeps_the_promise_of_a_solution_only() -> None:
    decision = moved(CaseStatus.SOLVED, make_case(solution=SOLUTION, priority=2, attention="look"))

    case = the_case(decision)
    assert case.promise and case.solution
    assert (case.promise.kept_at, case.solution.kept_at, case.solved_at) == (None, NOON, NOON)
    assert (case.priority, case.attention) == (0, "")
    assert of(decision, Customer)[0].open_cases == {}


@pytest.mark.parametrize(
    ("was", "to", "what"),
    [
        (CaseStatus.NEW, CaseStatus.SOLVED, EventKind.CASE_SOLVED),
        (CaseStatus.SOLVED, CaseStatus.CLOSED, EventKind.CASE_CLOSED),
        (CaseStatus.SOLVED, CaseStatus.OPEN, EventKind.CASE_REOPENED),
    ],
)
def test_what_ends_and_begins_again_is_told(was: CaseStatus, to: CaseStatus, what: EventKind) -> None:
    (event,) = of(moved(to, make_case(status=was), reason="so it is"), Event)

    assert (event.what, event.detail) == (what, {"by": "Tom", "reason": "so it is"})


@pytest.mark.parametrize("to", [CaseStatus.WAITING, CaseStatus.WAITING_ON_US])
def test_what_stays_open_is_not_told_as_opened_again(to: CaseStatus) -> None:
    assert of(moved(to, make_case(status=CaseStatus.OPEN)), Event) == []


def test_a_case_that_is_opened_again_is_among_her_open_ones() -> None:
    solved = make_case(status=CaseStatus.SOLVED, topic="billing")

    decision = editing.move(solved, make_customer(), CaseStatus.OPEN, NOON, make_policy(), by="Tom")

    assert of(decision, Customer)[0].open_cases == {CASE_ID: "billing"}
    assert the_case(decision).solved_at is None


def test_what_is_so_already_changes_nothing() -> None:
    assert moved(CaseStatus.OPEN, make_case(status=CaseStatus.OPEN)).changes == ()


@pytest.mark.parametrize("gone", [{"status": CaseStatus.CLOSED}, {"merged_into": "other0000000"}])
def test_what_is_closed_or_merged_is_not_moved_snoozed_or_leased(gone: dict[str, Any]) -> None:
    case = make_case(**gone)

    for act in (
        lambda: moved(CaseStatus.OPEN, case),
        lambda: editing.snooze(case, None, NOON, by="Tom"),
        lambda: editing.lease(case, "Tom", "Tom", 5, NOON, take_over=False),
    ):
        with pytest.raises(Conflict):
            act()


def test_nobody_says_that_a_case_is_new() -> None:
    with pytest.raises(Invalid):
        moved(CaseStatus.NEW, make_case(status=CaseStatus.OPEN))


def test_the_clock_closes_what_was_solved_and_leaves_its_age() -> None:
    solved = make_case(status=CaseStatus.SOLVED, solved_at=NOON - REMEMBERED_FOR)

    case = the_case(promises.act_on_due(solved, HERS, NOON, make_policy()))

    assert (case.status, case.updated_at) == (CaseStatus.CLOSED, solved.updated_at)


# ── Snoozing ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_promise_about_to_break_brings_a_snoozed_case_back() -> None:
    asleep = the_case(editing.snooze(make_case(), NOON + 40 * AN_HOUR, NOON - AN_HOUR / 2, by="Tom"))

    assert asleep.promise
    assert asleep.due_at == asleep.promise.warn_at
    assert not the_case(promises.act_on_due(asleep, HERS, asleep.due_at, make_policy())).snoozed


def test_a_snoozed_case_takes_nobodys_hand_and_is_hers_again_when_it_wakes() -> None:
    asleep = the_case(editing.snooze(make_case(assigned_to=BO_ID, routing=make_routing()), None, NOON, by="Tom"))

    assert (asleep.holder, asleep.waits) == ("", False)
    assert the_case(editing.wake(asleep, NOON, by="Tom")).holder == BO_ID


def test_an_offer_of_what_is_snoozed_ends() -> None:
    offer = Offer(agent_id=BO_ID, at=NOON, expires_at=NOON + AN_HOUR)

    asleep = the_case(editing.snooze(make_case(routing=make_routing(offer=offer)), None, NOON, by="Tom"))

    assert asleep.routing and asleep.routing.offer is None


def test_no_promise_breaks_when_a_snooze_ends_while_the_next_move_is_hers() -> None:
    overdue = make_case(overdue=True, status=CaseStatus.WAITING, waiting_until=NOON + AN_HOUR)
    asleep = replace(overdue, snoozed_at=NOON - AN_HOUR, snoozed_until=NOON, routing=make_routing(relax_at=NOON))

    decision = promises.act_on_due(asleep, HERS, NOON, make_policy())

    assert [event.what for event in of(decision, Event)] == [EventKind.CASE_WOKEN]
    assert (the_case(decision).promise, the_case(decision).routing) == (overdue.promise, asleep.routing)


def test_a_snooze_that_is_over_is_told() -> None:
    asleep = make_case(promise=None, snoozed_at=NOON - AN_HOUR, snoozed_until=NOON)

    decision = promises.act_on_due(asleep, HERS, NOON, make_policy())

    assert (the_case(decision).snoozed, of(decision, Event)[0].what) == (False, EventKind.CASE_WOKEN)


@pytest.mark.parametrize("until", [NOON, NOON + timedelta(days=367)])
def test_a_snooze_ends_ahead_within_a_year(until: Any) -> None:
    with pytest.raises(Invalid) as refused:
        editing.snooze(make_case(), until, NOON, by="Tom")

    assert refused.value.pointer == "/until"


def test_only_what_is_open_is_snoozed_and_only_what_is_snoozed_is_woken() -> None:
    with pytest.raises(Conflict):
        editing.snooze(make_case(status=CaseStatus.SOLVED), None, NOON, by="Tom")
    assert editing.wake(make_case(), NOON, by="Tom").changes == ()


# ── Leases, followers, links ────────────────────────────────────────────────────────────────────────────

BOS = Lease(holder="Bo", name="Bo", until=NOON + AN_HOUR)


def test_a_lease_is_renewed_by_its_holder_and_taken_over_by_others_who_say_so() -> None:
    leased = make_case(lease=BOS)

    renewed = editing.lease(leased, "Bo", "Bo", 15, NOON, take_over=False)
    taken = editing.lease(leased, "01TOM", "Tom", 5, NOON, take_over=True)

    assert (len(renewed.changes), the_case(renewed).lease) == (1, replace(BOS, until=NOON + AN_HOUR / 4))
    assert of(taken, Event)[0].detail == {"by": "Tom", "before": "Bo"}
    with pytest.raises(Conflict, match="Bo works on this case until 2026-11-20T13:00:00"):
        editing.lease(leased, "01TOM", "Tom", 5, NOON, take_over=False)


def test_a_lease_ends_by_itself() -> None:
    later = NOON + AN_HOUR

    assert make_case(lease=BOS).leased(later) is None
    assert editing.demand_free(make_case(lease=BOS), "Tom", later, take_over=False) is None


def test_a_lease_is_released_by_its_holder_alone() -> None:
    assert editing.release(make_case(lease=BOS), "Tom", NOON).changes == ()
    assert the_case(editing.release(make_case(lease=BOS), "Bo", NOON)).lease is None


def test_a_colleague_follows_once_and_not_too_many_do() -> None:
    case = the_case(editing.follow(make_case(), "bo@x.y", NOON, by="Tom"))

    assert editing.follow(case, "bo@x.y", NOON, by="Tom").changes == ()
    assert the_case(editing.unfollow(case, "bo@x.y", NOON, by="Tom")).followers == ()
    with pytest.raises(Conflict):
        editing.follow(make_case(followers=("x",) * MOST_FOLLOWERS), "bo@x.y", NOON, by="Tom")


@pytest.mark.parametrize("kind", [kind for kind in LinkKind if kind is not LinkKind.URL])
def test_the_opposite_of_the_opposite_is_the_link_itself(kind: LinkKind) -> None:
    assert kind.seen_from_there.seen_from_there is kind


def test_a_link_of_another_kind_takes_the_place_of_the_first() -> None:
    case, other = make_case(), make_case(id="other0000000")
    case, other = of(editing.link(case, other, LinkKind.RELATES_TO, NOON, by="Tom"), Case)

    here, there = of(editing.link(case, other, LinkKind.PARENT_OF, NOON, by="Tom"), Case)

    assert here.links == (CaseLink(id=other.id, kind=LinkKind.PARENT_OF),)
    assert there.links == (CaseLink(id=case.id, kind=LinkKind.CHILD_OF),)


def test_pages_are_linked_once_and_not_too_many() -> None:
    case = the_case(editing.link_page(make_case(), "https://x.y", "X", NOON, by="Tom"))

    assert editing.link_page(case, "https://x.y", "X", NOON, by="Tom").changes == ()
    pages = tuple(CaseLink(id=str(n), kind=LinkKind.URL) for n in range(MOST_URLS))
    with pytest.raises(Conflict):
        editing.link_page(make_case(links=pages), "https://x.y", "X", NOON, by="Tom")


# ── Fields ──────────────────────────────────────────────────────────────────────────────────────────────

ORDER = CaseField(name="order", type=FieldType.TEXT)
CAUSE = CaseField(name="cause", type=FieldType.CHOICE, choices=("us", "them"), required_to_solve=True, topic="delivery")
FIELDS = (ORDER, CAUSE)


def test_fields_are_filled_in_and_emptied_and_others_stay() -> None:
    case = make_case(topic="delivery", custom={"order": "7", "old": True})

    filled = the_case(editing.fill_in(case, {"order": "", "cause": "us"}, FIELDS, NOON, by="Tom"))

    assert filled.custom == {"old": True, "cause": "us"}


@pytest.mark.parametrize(
    ("said", "pointer"),
    [({"cause": "us"}, "/fields/cause"), ({"a/b": "x"}, "/fields/a~1b"), ({"order": 7}, "/fields/order")],
)
def test_fields_of_other_topics_and_values_that_do_not_fit_are_refused(said: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        editing.fill_in(make_case(), said, FIELDS, NOON, by="Tom")

    assert refused.value.pointer == pointer


def test_what_is_required_is_filled_in_before_a_case_is_solved() -> None:
    case = make_case(topic="delivery")

    with pytest.raises(Invalid, match="fill in cause"):
        moved(CaseStatus.SOLVED, case, fields=FIELDS)
    assert moved(CaseStatus.SOLVED, replace(case, custom={"cause": "us"}), fields=FIELDS).changes
    assert moved(CaseStatus.SOLVED, make_case(), fields=FIELDS).changes


def test_another_topic_is_known_where_her_open_cases_are() -> None:
    decision = editing.describe(make_case(), HERS, {"topic": "billing"}, NOON, make_policy(), by="Tom")

    assert (the_case(decision).topic, of(decision, Customer)[0].open_cases) == ("billing", {CASE_ID: "billing"})
    assert editing.describe(make_case(), HERS, {"topic": ""}, NOON, make_policy(), by="Tom").changes == ()


# ── Notes ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_note_is_no_contact_of_hers_and_leaves_the_case_alone() -> None:
    decision, receipt = noting.note(
        make_case(), "Hm.", ["01A", "01A"], by="Tom", receipt_key="n", fingerprint="f", body_key="", now=NOON
    )

    note, kept = decision.changes
    assert (note.purpose, note.direction, note.mentions, note.sender) == (
        Purpose.NOTE,
        Direction.INTERNAL,
        ("01A",),
        "",
    )
    assert kept == receipt


def test_a_note_has_at_most_twenty_kilobytes() -> None:
    with pytest.raises(TooLarge):
        noting.demand_short("ü" * 10_001)
