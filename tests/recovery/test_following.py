"""What becomes of a recovery: opened, joined, answered, kept or lost, and counted."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.errors import Conflict, Permanent
from chalicelib.model.case import CaseStatus
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import FactKind
from chalicelib.model.recovery import (
    MOST_CAUSES,
    Cause,
    Deed,
    Recovery,
    RecoveryState,
    Seen,
    Sign,
    read_recovery,
)
from chalicelib.recovery import following
from chalicelib.recovery.detecting import Happening
from tests.factories import ANNS_ID, NOON, make_case, make_customer, make_fact, make_policy, make_recovery

POLICY = make_policy()
DAY = timedelta(days=1)


def ann(**fields: Any) -> Customer:
    return make_customer(tier="gold", recovery="R", **fields)


def low(entry_id: str = "rating", score: int = 1) -> Happening:
    return Happening(at=NOON, entry_id=entry_id, case=make_case(), score=score)


def sums(changes: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for change in changes:
        found |= change.amounts if isinstance(change, Tally) else {}
    return found


def recovery_in(decision: Decision) -> Recovery:
    (found,) = [change for change in decision.changes if isinstance(change, Recovery)]
    return found


def test_the_first_cause_opens_one_for_her_and_counts_it() -> None:
    noted = following.note(make_customer(tier="gold"), None, low(), POLICY)

    assert noted.recovery
    assert noted.customer.recovery == noted.recovery.id
    assert (noted.recovery.tier, noted.recovery.follow_until) == ("gold", NOON + 7 * DAY)
    assert sums(noted.changes) == {"caused/low_rating/gold": 1, "opened/low_rating/gold": 1}


def test_the_same_again_makes_the_same_one() -> None:
    first, again = (following.note(make_customer(), None, low(), POLICY).recovery for _ in range(2))

    assert first and again and first.id == again.id


@pytest.mark.parametrize(("tier", "role"), [("standard", "agent"), ("gold", "agent"), ("platinum", "lead")])
def test_whose_it_is_follows_from_her_tier(tier: str, role: str) -> None:
    noted = following.note(make_customer(tier=tier), None, low(), POLICY)

    assert noted.recovery and noted.recovery.for_role == role


def test_a_further_cause_joins_and_she_is_followed_longer() -> None:
    noted = following.note(ann(), make_recovery(), low(), POLICY)

    assert noted.recovery
    assert [one.cause for one in noted.recovery.causes] == [Cause.ANGRY, Cause.LOW_RATING]
    assert noted.recovery.follow_until == NOON + 7 * DAY
    assert noted.customer == ann()


def test_a_cause_that_is_known_changes_nothing() -> None:
    once = following.note(ann(), make_recovery(), low(), POLICY).recovery

    assert following.note(ann(), once, low(), POLICY).changes == ()


def test_who_rose_to_platinum_meanwhile_is_the_leads() -> None:
    noted = following.note(make_customer(tier="platinum", recovery="R"), make_recovery(), low(), POLICY)

    assert noted.recovery and (noted.recovery.tier, noted.recovery.for_role) == ("platinum", "lead")


def test_the_first_cause_and_the_newest_are_remembered() -> None:
    recovery: Recovery | None = make_recovery()
    for number in range(MOST_CAUSES + 5):
        recovery = following.note(ann(), recovery, low(f"rating {number}"), POLICY).recovery

    assert recovery and len(recovery.causes) == MOST_CAUSES
    assert (recovery.causes[0].cause, recovery.causes[-1].entry_id) == (Cause.ANGRY, f"rating {MOST_CAUSES + 4}")


def test_nothing_wrong_opens_nothing() -> None:
    assert following.note(make_customer(), None, low(score=5), POLICY, (Sign.RATED_WELL,)).changes == ()


def test_one_that_is_over_is_not_joined() -> None:
    noted = following.note(ann(), make_recovery(state=RecoveryState.KEPT), low(), POLICY)

    assert noted.recovery and noted.recovery.id != "R"


def test_the_first_answer_is_timed_once() -> None:
    first = following.answered(make_recovery(), NOON)

    assert sums(first) == {"answered/angry/gold": 1, "answer_seconds/angry/gold": 86_400}
    assert following.answered(first[0], NOON + DAY) == ()  # type: ignore[arg-type]


# ── What facts say ──────────────────────────────────────────────────────────────────────────────────────


def heeded(what: FactKind, recovery: Recovery | None = None, **fields: Any) -> Decision:
    return following.heed(make_fact(what, **fields), ann(), recovery or make_recovery(), POLICY, NOON)


def test_an_order_is_a_good_sign() -> None:
    assert [seen.sign for seen in recovery_in(heeded(FactKind.ORDER)).seen] == [Sign.ORDERED]


def test_an_order_of_before_says_nothing() -> None:
    assert heeded(FactKind.ORDER, occurred_at=NOON - 2 * DAY).changes == ()


def test_who_cancels_is_lost_and_her_record_is_free() -> None:
    decision = heeded(FactKind.SUBSCRIPTION_CANCELLED)

    assert recovery_in(decision).state is RecoveryState.LOST
    assert [change.recovery for change in decision.changes if isinstance(change, Customer)] == [""]
    assert sums(decision.changes) == {"lost/angry/gold": 1}


@pytest.mark.parametrize(
    ("what", "data", "has_one", "concerns"),
    [
        (FactKind.ORDER, {}, True, True),
        (FactKind.ORDER, {}, False, False),
        (FactKind.USAGE, {}, True, False),
        (FactKind.RATING, {"score": "1"}, False, True),
        (FactKind.RATING, {"score": "5"}, False, False),
    ],
)
def test_only_facts_that_matter_are_looked_at(what: FactKind, data: Any, has_one: bool, concerns: bool) -> None:
    customer = make_customer(recovery="R" if has_one else "")

    assert following.concerns(make_fact(what, data=data), customer, POLICY) is concerns


# ── The end ─────────────────────────────────────────────────────────────────────────────────────────────


def looked_at(*seen: tuple[Sign, int], owed: bool = False, days: int = 7) -> Decision:
    signs = tuple(Seen(sign=sign, at=NOON + timedelta(days=day)) for sign, day in seen)
    cases = [make_case(status=CaseStatus.OPEN if owed else CaseStatus.SOLVED)]
    return following.look(make_recovery(seen=signs), ann(), cases, NOON + timedelta(days=days), POLICY)


@pytest.mark.parametrize(
    ("seen", "state", "reason"),
    [
        ((), RecoveryState.KEPT, "nothing speaks of leaving"),
        (((Sign.WROTE_CALMLY, 1),), RecoveryState.KEPT, "she wrote calmly"),
        (((Sign.WROTE_CALMLY, 1), (Sign.ORDERED, 2)), RecoveryState.KEPT, "she ordered again"),
        (((Sign.REFUNDED, 2),), RecoveryState.LOST, "she took her money back, and was silent"),
        (((Sign.ORDERED, 1), (Sign.REFUNDED, 2)), RecoveryState.LOST, "she took her money back, and was silent"),
        (((Sign.REFUNDED, 1), (Sign.ORDERED, 2)), RecoveryState.KEPT, "she ordered again"),
        (((Sign.CANCELLED, 1),), RecoveryState.LOST, "she cancelled"),
    ],
)
def test_what_she_did_says_whether_she_is_kept(seen: Any, state: RecoveryState, reason: str) -> None:
    over = recovery_in(looked_at(*seen))

    assert (over.state, over.reason) == (state, reason)


def test_before_its_time_nothing_is_settled() -> None:
    assert looked_at(days=5).changes == ()


def test_while_an_answer_is_owed_she_is_followed_on() -> None:
    later = recovery_in(looked_at(owed=True))

    assert (later.state, later.follow_until) == (RecoveryState.OPEN, NOON + 14 * DAY)


def test_settled_twice_it_counts_once() -> None:
    over = recovery_in(looked_at())

    assert following.look(over, ann(), [], NOON + 9 * DAY, POLICY).changes == ()
    assert following.settled(over, ann(), RecoveryState.KEPT, NOON, reason="x").changes == ()


def test_what_ended_one_way_does_not_end_the_other() -> None:
    with pytest.raises(Conflict, match="kept since"):
        following.settled(recovery_in(looked_at()), ann(), RecoveryState.LOST, NOON, reason="x")


def test_what_was_done_is_kept_once() -> None:
    noted = recovery_in(following.done(make_recovery(), Deed.GOODWILL, "A voucher.", by="Lea", now=NOON))

    assert [(one.by, one.what, one.note) for one in noted.done] == [("Lea", Deed.GOODWILL, "A voucher.")]
    assert following.done(noted, Deed.GOODWILL, "A voucher.", by="Lea", now=NOON).changes == ()


def test_nothing_is_noted_when_it_is_over() -> None:
    with pytest.raises(Conflict):
        following.done(replace(make_recovery(), state=RecoveryState.LOST), Deed.NOTE, "x", by="Lea", now=NOON)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "cannot be read"),
        ('{"days": 7}', "there is no days"),
        ('{"follow_days": 0}', "from 1 to 90"),
        ('{"roles": {"gold": "boss"}}', "lead or agent"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(text: str, says: str) -> None:
    with pytest.raises(Permanent, match=says):
        read_recovery(text)


@pytest.mark.parametrize(("said", "signs"), [("yes", [Sign.SAID_SO]), ("no", []), ("I do not know", [])])
def test_who_writes_a_plain_yes_to_the_question_gives_a_good_sign(said: str, signs: list[Sign]) -> None:
    told = Event(id="01E", customer_id=ANNS_ID, what=EventKind.OUTCOME, at=NOON, detail={"said": said})

    decision = following.heed_word(told, make_customer(recovery="R"), make_recovery(), make_policy())

    seen = [one.sign for change in decision.changes if isinstance(change, Recovery) for one in change.seen]
    assert seen == signs


@pytest.mark.parametrize(("outcome", "signs"), [("solved", [Sign.SAID_SO]), ("reached", []), ("refused", [])])
def test_who_says_on_the_phone_that_it_is_right_gives_a_good_sign(outcome: str, signs: list[Sign]) -> None:
    told = Event(id="01E", customer_id=ANNS_ID, what=EventKind.OUTCOME, at=NOON, detail={"outcome": outcome})

    decision = following.heed_word(told, make_customer(recovery="R"), make_recovery(), make_policy())

    seen = [one.sign for change in decision.changes if isinstance(change, Recovery) for one in change.seen]
    assert seen == signs
