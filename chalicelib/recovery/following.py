"""What becomes of a recovery? It is opened by a cause, joined by further ones, followed, and settled exactly once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.errors import Conflict
from chalicelib.mail.replies.plain import YES, plain
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.policy import Policy
from chalicelib.model.recovery import (
    MOST_CAUSES,
    MOST_DONE,
    Caused,
    Deed,
    Done,
    Recovery,
    RecoveryState,
    Seen,
    Sign,
)
from chalicelib.model.tally import words_as_one
from chalicelib.recovery import detecting
from chalicelib.recovery.detecting import Happening

COUNTER = "recovery"  # of figures by day, which survive those they were counted from
GOOD_SCORE = 4
_KEPT_BY = {
    Sign.ORDERED: "she ordered again",
    Sign.RATED_WELL: "she rated us well",
    Sign.SAID_SO: "she said that it is right now",
    Sign.WROTE_CALMLY: "she wrote calmly",
}
_SIGNS = {
    FactKind.ORDER: Sign.ORDERED,
    FactKind.REFUND: Sign.REFUNDED,
    FactKind.SUBSCRIPTION_CANCELLED: Sign.CANCELLED,
}


class Noted(NamedTuple):
    """The customer and her recovery after what happened, and what changed besides."""

    customer: Customer
    recovery: Recovery | None
    changes: tuple[object, ...] = ()  # the recovery and its figures; never the customer
    caused: str = ""  # the recovery's id, if something went wrong just now


def note(
    customer: Customer, recovery: Recovery | None, happening: Happening, policy: Policy, seen: Sequence[Sign] = ()
) -> Noted:
    """What happened is added to her open recovery, or opens one if something went wrong. `seen`: what she did."""
    recovery = recovery if recovery and recovery.open else None
    causes = detecting.causes_in(happening, policy.recovery)
    if recovery is None:
        return _opened(customer, causes, policy, happening.at) if causes else Noted(customer, None)
    known = {(one.cause, one.entry_id) for one in recovery.causes}
    new = tuple(one for one in causes if (one.cause, one.entry_id) not in known)
    good = () if causes else seen  # who asks again, however calmly, is no good sign
    signs = tuple(Seen(sign=sign, at=happening.at, entry_id=happening.entry_id) for sign in good)
    if not new and not _new_signs(recovery, signs):
        return Noted(customer, recovery)
    joined = _with_signs(recovery, signs)
    if new:
        rank = policy.tiers.bands.rank
        tier = max(recovery.tier, customer.tier, key=rank)
        joined = replace(
            joined,
            causes=(*joined.causes[:1], *(*joined.causes[1:], *new)[-(MOST_CAUSES - 1) :]),
            tier=tier,
            for_role=policy.recovery.role_of(tier),
            follow_until=max(joined.follow_until, happening.at + policy.recovery.follow),
        )
    changes = (joined, *_causes_counted(new, joined.tier, happening.at))
    return Noted(customer, joined, changes, joined.id if new else "")


def _opened(customer: Customer, causes: tuple[Caused, ...], policy: Policy, at: datetime) -> Noted:
    opened = Recovery(
        id=ids.derived_ulid(at, "recovery", customer.id, causes[0].entry_id),
        customer_id=customer.id,
        opened_at=at,
        tier=customer.tier,
        for_role=policy.recovery.role_of(customer.tier),
        case_id=causes[0].case_id,
        causes=causes,
        follow_until=at + policy.recovery.follow,
    )
    figures = (*_causes_counted(causes, opened.tier, at), _counted(at, opened, {"opened": 1}))
    return Noted(replace(customer, recovery=opened.id), opened, (opened, *figures), opened.id)


def answered(recovery: Recovery | None, now: datetime) -> tuple[object, ...]:
    """The changes by which a person's first answer after it began is remembered."""
    if recovery is None or not recovery.open or recovery.answered_at:
        return ()
    waited = max(0, int((now - recovery.opened_at).total_seconds()))
    return (
        replace(recovery, answered_at=now),
        _counted(recovery.opened_at, recovery, {"answered": 1, "answer_seconds": waited}),
    )


def sign_of(fact: Fact) -> Sign | None:
    """What a fact says of how it goes on with her; None: nothing."""
    if fact.what is FactKind.RATING:
        return Sign.RATED_WELL if score_of(fact) >= GOOD_SCORE else None
    return _SIGNS.get(fact.what)


def score_of(fact: Fact) -> int:
    told = fact.data.get("score", "")
    return int(told) if fact.what is FactKind.RATING and told.isdigit() else 0


def concerns(fact: Fact, customer: Customer, policy: Policy) -> bool:
    """Whether a fact may open a recovery, or matters to the one she has."""
    if fact.corrected_by:
        return False
    return 0 < score_of(fact) <= policy.recovery.low_rating or bool(customer.recovery and sign_of(fact))


def heed(fact: Fact, customer: Customer, recovery: Recovery | None, policy: Policy, now: datetime) -> Decision:
    """What a fact does to her recovery. What happened before it began, or was corrected, does nothing."""
    if fact.corrected_by or (recovery and recovery.open and fact.occurred_at < recovery.opened_at):
        return Decision(reason="says nothing of it")
    sign = sign_of(fact)
    happening = Happening(at=fact.occurred_at, entry_id=fact.id, score=score_of(fact))
    noted = note(customer, recovery, happening, policy, (sign,) if sign else ())
    if noted.recovery and noted.recovery.open and sign is Sign.CANCELLED:
        return settled(noted.recovery, noted.customer, RecoveryState.LOST, now, reason="she cancelled")
    return decided(noted, customer, reason="noted")


def heed_word(told: Event, customer: Customer, recovery: Recovery | None, policy: Policy) -> Decision:
    """What she said, asked whether it is right, does to her recovery: a good sign, if she said that it is, on the phone
    or by a plain yes."""
    is_right = told.detail.get("outcome") == "solved" or plain(told.detail.get("said", "")) == YES
    if not is_right or (recovery and recovery.open and told.at < recovery.opened_at):
        return Decision(reason="says nothing of it")
    happening = Happening(at=told.at, entry_id=told.id)
    return decided(note(customer, recovery, happening, policy, (Sign.SAID_SO,)), customer, reason="noted")


def decided(noted: Noted, customer: Customer, reason: str) -> Decision:
    """A decision of nothing but what was noted."""
    changes = (*noted.changes, noted.customer) if noted.customer != customer else noted.changes
    return Decision(changes, reason=reason if changes else "nothing new")


def look(
    recovery: Recovery, customer: Customer | None, cases: Iterable[Case], now: datetime, policy: Policy
) -> Decision:
    """What the clock does: kept, lost, or followed on while we owe her an answer in one of its cases."""
    if not recovery.open or now < recovery.follow_until:
        return Decision(reason="not due")
    if any(case.status.ours for case in cases):
        later = replace(recovery, follow_until=now + policy.recovery.follow)
        return Decision((later,), reason="an answer is owed")
    refund = max((seen.at for seen in recovery.seen if seen.sign is Sign.REFUNDED), default=None)
    good = [seen for seen in recovery.seen if seen.sign.good and (refund is None or seen.at > refund)]
    if any(seen.sign is Sign.CANCELLED for seen in recovery.seen):
        return settled(recovery, customer, RecoveryState.LOST, now, reason="she cancelled")
    if refund and not good:
        return settled(recovery, customer, RecoveryState.LOST, now, reason="she took her money back, and was silent")
    why = next((said for sign, said in _KEPT_BY.items() if any(seen.sign is sign for seen in good)), "")
    return settled(recovery, customer, RecoveryState.KEPT, now, reason=why or "nothing speaks of leaving")


def settled(
    recovery: Recovery,
    customer: Customer | None,
    state: RecoveryState,
    now: datetime,
    *,
    reason: str,
    by: str = "",
) -> Decision:
    """It is over, once: who finds it settled changes nothing. Raises Conflict when it ended otherwise."""
    if recovery.state is state:
        return Decision(reason="settled before")
    if not recovery.open:
        raise Conflict(f"this recovery is {recovery.state.value} since {recovery.settled_at:%Y-%m-%d}; it stays so")
    over = replace(recovery, state=state, settled_at=now, settled_by=by, reason=reason)
    freed = (replace(customer, recovery=""),) if customer and customer.recovery == recovery.id else ()
    return Decision((over, *freed, _counted(recovery.opened_at, over, {state.value: 1})), reason=state.value)


def done(recovery: Recovery, what: Deed, note: str, *, by: str, now: datetime) -> Decision:
    """What somebody did about it. Said twice in a row it is kept once. Raises Conflict when it is over."""
    if not recovery.open:
        raise Conflict("this recovery is over; write a note into its case")
    last = recovery.done[-1] if recovery.done else None
    if last and (last.by, last.what, last.note) == (by, what, note):
        return Decision(reason="noted before")
    deed = Done(at=now, by=by, what=what, note=note)
    return Decision((replace(recovery, done=(*recovery.done, deed)[-MOST_DONE:]),), reason="noted")


def _new_signs(recovery: Recovery, signs: tuple[Seen, ...]) -> tuple[Seen, ...]:
    known = {(seen.sign, seen.entry_id) for seen in recovery.seen}
    return tuple(seen for seen in signs if (seen.sign, seen.entry_id) not in known)


def _with_signs(recovery: Recovery, signs: tuple[Seen, ...]) -> Recovery:
    """Of each kind the newest: that is what decides."""
    if not (new := _new_signs(recovery, signs)):
        return recovery
    newest = {seen.sign: seen for seen in sorted((*recovery.seen, *new), key=lambda seen: seen.at)}
    return replace(recovery, seen=tuple(newest.values()))


def _causes_counted(causes: Sequence[Caused], tier: str, at: datetime) -> tuple[Tally, ...]:
    found = {words_as_one("caused", one.cause.value, tier): 1 for one in causes}
    return (Tally((COUNTER, f"{at:%Y-%m-%d}"), found),) if found else ()


def _counted(at: datetime, recovery: Recovery, amounts: Mapping[str, int]) -> Tally:
    """On the day it began, so that the shares of a day are of that day's."""
    cause = recovery.first_cause.value
    named = {words_as_one(what, cause, recovery.tier): amount for what, amount in amounts.items()}
    return Tally((COUNTER, f"{at:%Y-%m-%d}"), named)
