"""Are these two one matter, or this one two? A merge is a pointer: nothing said is copied or moved, so that it can be
undone. A split moves what was said, and the Message-IDs with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from chalicelib.cases import editing, later, promises
from chalicelib.desk import routing
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Gone
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.model.calendar import Calendars
from chalicelib.model.case import (
    MOST_ABSORBED,
    MOST_FOLLOWERS,
    MOST_LINKS,
    Case,
    CaseLink,
    CaseStatus,
    LinkKind,
    Participant,
    Promise,
    PromiseKind,
)
from chalicelib.model.casework import CaseMerge, CaseSplit, MovedMessage
from chalicelib.model.customer import Customer
from chalicelib.model.event import EventKind
from chalicelib.model.interaction import Direction, Interaction, KnownMessage, Purpose, Receipt
from chalicelib.model.policy import Policy

MOST_MOVED = 20
SPLIT_APART = "split"

# Whose move it is when two become one: the first of these that either has.
_FOREMOST = (
    CaseStatus.OPEN,
    CaseStatus.NEW,
    CaseStatus.WAITING_ON_US,
    CaseStatus.WAITING,
    CaseStatus.SOLVED,
    CaseStatus.CLOSED,
)
# Stay the surviving case's own, whatever the other has.
_OWN = frozenset(
    {
        *(
            "id",
            "customer_id",
            "opened_at",
            "channel",
            "tier",
            "follows",
            "split_from",
            "heard",
            "promise_log",
            "lease",
        ),
        *("edition", "version", "merged_into", "scheduled", "sides"),
    }
)
_NEVER_BACK = frozenset({"version", "edition", "lease", "scheduled"})


# ── Merging ───────────────────────────────────────────────────────────────────────────────────────


def merge(
    absorbed: Case, into: Case, customer: Customer, now: datetime, calendars: Calendars, *, by: str, reason: str = ""
) -> Decision:
    """What is said in either is told in one, and the stricter promise goes on. `customer`: whose that one is.

    It may be repeated. Raises Invalid, or Conflict for what cannot be one.
    """
    if absorbed.id == into.id:
        raise Invalid("a case is not merged into itself", "/case_id")
    if absorbed.merged_into == into.id:
        return Decision(reason="merged before")
    editing.demand_whole(absorbed)
    editing.demand_not_closed(into)
    if not {absorbed.customer_id, into.customer_id} <= set(customer.ids):
        raise Conflict(
            "these cases are of different customers: merge the customers if they are one person, or link the cases"
        )
    if len(into.absorbed) + len(absorbed.absorbed) >= MOST_ABSORBED:
        raise Conflict(f"at most {MOST_ABSORBED} cases become one: link this one")
    made = _joined(into, absorbed, now, calendars)
    made = replace(made, absorbed=(*into.absorbed, *absorbed.absorbed, absorbed.id))
    kept = CaseMerge(
        case_id=absorbed.id,
        customer_id=absorbed.customer_id,
        at=now,
        by=by,
        reason=reason,
        into=into,
        absorbed=absorbed,
        made=made,
    )
    event = editing.told(into, EventKind.CASES_MERGED, now, by=by, reason=reason, absorbed=ids.case_number(absorbed.id))
    off = later.called_off(absorbed, later.MERGED, now)
    changes = (made, _resting(absorbed, into.id, now), kept, event, *off.told)
    return Decision((*changes, *_listed(customer, made, absorbed.id)), off.messages, reason=reason or "merged", by=by)


def _resting(case: Case, into: str, now: datetime) -> Case:
    return replace(
        routing.left(case),
        merged_into=into,
        status=CaseStatus.CLOSED,
        waiting_until=None,
        snoozed_at=None,
        snoozed_until=None,
        lease=None,
        scheduled=(),
        updated_at=now,
    )


def _listed(customer: Customer, case: Case, gone: str) -> tuple[Customer, ...]:
    listed = promises.without_case(customer, gone)
    listed = editing.with_case_listed(listed, case)
    return (listed,) if listed != customer else ()


def _joined(into: Case, other: Case, now: datetime, calendars: Calendars) -> Case:
    """Both in one. Where no rule below says otherwise: what the surviving one says, else what the other does."""
    status = _status(into, other)
    if status.ours:
        into, other = (
            promises.resumed(case, now, calendars, "merged") if case.status is CaseStatus.WAITING else case
            for case in (into, other)
        )
    rest = {f.name: getattr(into, f.name) or getattr(other, f.name) for f in fields(Case) if f.name not in _OWN}
    snoozed_at, snoozed_until = _snooze(into, other)
    answer = _stricter(into, other, into.promise, other.promise)
    in_line = into if into.status.ours or not other.status.ours else other
    if in_line is other and other.routing:
        in_line = replace(other, routing=replace(other.routing, offer=None))  # that was of the other by its number
    first = into.first_answer
    if first is None and into.promise and answer is not into.promise and into.promise.kind is PromiseKind.FIRST_ANSWER:
        first = into.promise if not into.promise.open else None
    more_urgent = max(into, other, key=lambda case: case.urgency.rank)
    pressing = max(case.priority - promises.RANKED[case.urgency] for case in (into, other))
    return replace(
        into,
        **rest
        | {
            "status": status,
            "updated_at": now,
            **{name: getattr(in_line, name) for name in ("queue", "assigned_to", "routing")},
            "urgency": more_urgent.urgency,
            "urgency_by": more_urgent.urgency_by,
            "priority": promises.RANKED[more_urgent.urgency] + max(0, pressing),
            "promise": answer,
            "first_answer": first or other.first_answer,
            "solution": _stricter(into, other, into.solution, other.solution),
            "waiting_until": _latest(into.waiting_until, other.waiting_until) if status is CaseStatus.WAITING else None,
            "solved_at": None if status.is_open else _latest(into.solved_at, other.solved_at),
            "snoozed_at": snoozed_at,
            "snoozed_until": snoozed_until,
            "participants": _taking_part(into, other),
            "machine": into.machine if other.machine else "",
            "attention": " ".join(dict.fromkeys(filter(None, (into.attention, other.attention)))),
            "followers": tuple(dict.fromkeys((*into.followers, *other.followers)))[:MOST_FOLLOWERS],
            "links": _links(into, other),
            "custom": {**other.custom, **into.custom},
        },
    )


def _status(into: Case, other: Case) -> CaseStatus:
    status = next(status for status in _FOREMOST if status in (into.status, other.status))
    answered = CaseStatus.NEW in (into.status, other.status) and into.status is not other.status
    return CaseStatus.OPEN if status is CaseStatus.NEW and answered else status


def _stricter(into: Case, other: Case, own: Promise | None, others: Promise | None) -> Promise | None:
    """Of promises that can still break the one that would first; else the surviving case's."""
    both = [(into, own), (other, others)]
    open_ones = [promise for case, promise in both if promise and promise.open and case.status.is_open]
    running = [promise for promise in open_ones if promise.running]
    return min(running or open_ones, key=lambda promise: promise.due_at, default=own or others)


def _snooze(into: Case, other: Case) -> tuple[datetime | None, datetime | None]:
    """Aside only where both are, for as long as the first of them."""
    open_ones = [case for case in (into, other) if case.status.is_open]
    if not open_ones or not all(case.snoozed for case in open_ones):
        return None, None
    until = min((case.snoozed_until for case in open_ones if case.snoozed_until), default=None)
    return min(case.snoozed_at for case in open_ones if case.snoozed_at), until


def _latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment), default=None)


def _taking_part(into: Case, other: Case) -> tuple[Participant, ...]:
    """Everybody of both, each once; who was revoked in the surviving case stays so."""
    theirs = {p.address: p for p in other.participants if p.revoked_at is None}
    own = tuple(
        replace(
            p, confirmed=p.confirmed or (p.revoked_at is None and p.address in theirs and theirs[p.address].confirmed)
        )
        for p in into.participants
    )
    known = {p.address for p in own}
    number = max((p.number for p in own), default=0)
    new = [p for address, p in theirs.items() if address not in known]
    return (*own, *(replace(p, number=number + n) for n, p in enumerate(new, 1)))


def _links(into: Case, other: Case) -> tuple[CaseLink, ...]:
    linked = {link.id: link for link in (*other.links, *into.links) if link.id not in (into.id, other.id)}
    own = [link for link in into.links if link.id == other.id]
    return (*own, *linked.values())[:MOST_LINKS]


def undo_merge(
    kept: CaseMerge | None,
    absorbed: Case,
    into: Case | None,
    since: Sequence[Interaction],
    customers: Mapping[str, Customer],
    now: datetime,
    *,
    by: str,
    reason: str = "",
) -> Decision:
    """Both are as they were, with what was done to either since. `since`: what was said in the absorbed one since;
    `customers`: whose either is, by record.

    Raises Conflict for what is not merged, or was merged further.
    """
    if kept is None or into is None or absorbed.merged_into != into.id:
        raise Conflict("this case is not merged into another, or was joined again by undoing a split")
    editing.demand_whole(into)
    if into.absorbed[-1:] != (absorbed.id,):
        raise Conflict(f"undo the merge of {ids.case_number(into.absorbed[-1])} first: the last one goes first")
    rest = _as_before(kept.into, kept.made, into)
    apart = _as_before(kept.absorbed, _resting(kept.absorbed, into.id, kept.at), absorbed)
    if (moved_on := _promise_of_absorbed(kept, into)) is not None:
        apart = replace(apart, promise=moved_on)
        if moved_on.kept_at is None:
            rest = replace(rest, promise=kept.into.promise)
    asked = [
        said
        for said in since
        if said.direction is Direction.IN and said.purpose is Purpose.CONTACT and not said.machine
    ]
    if asked and not (apart.status.ours and apart.promise and apart.promise.running):
        owed = into.promise if into.promise and into.promise.running else apart.promise
        apart = replace(
            apart,
            status=CaseStatus.OPEN,
            promise=owed,
            waiting_until=None,
            solved_at=None,
            snoozed_at=None,
            snoozed_until=None,
            updated_at=max(apart.updated_at, asked[-1].at),
        )
    event = editing.told(
        into, EventKind.CASE_MERGE_UNDONE, now, by=by, reason=reason, absorbed=ids.case_number(absorbed.id)
    )
    people: dict[str, Customer] = {}
    for case in (rest, apart):
        if owner := customers.get(case.customer_id):
            people[owner.id] = editing.with_case_listed(people.get(owner.id, owner), case)
    known = {owner.id: owner for owner in customers.values()}
    listed = tuple(owner for owner in people.values() if owner != known[owner.id])
    return Decision((rest, apart, event, *listed, Gone(kept)), reason=reason or "merge undone", by=by)


def _promise_of_absorbed(kept: CaseMerge, into: Case) -> Promise | None:
    """What became of the promise that the absorbed case brought, if it was the one that went on."""
    brought, now = kept.absorbed.promise, into.promise
    theirs = brought is not None and kept.made.promise == brought != kept.into.promise
    if not theirs or now is None or brought is None:
        return None
    same = (now.made_at, now.kind, now.channel) == (brought.made_at, brought.kind, brought.channel)
    return now if same else None


def _as_before(before: Case, made: Case, now: Case) -> Case:
    """Each field as it was before, unless it changed since. Of lists, and of what is named, element by element."""
    found: dict[str, Any] = {}
    for f in fields(Case):
        if f.name in _NEVER_BACK:
            continue
        was, became, since = (getattr(case, f.name) for case in (before, made, now))
        if since == became:
            found[f.name] = was
        elif f.name == "participants":
            found[f.name] = _participants_before(was, became, since)
        elif isinstance(since, tuple):
            found[f.name] = tuple(one for one in since if one in was or one not in became)
        elif isinstance(since, Mapping):
            kept = {key: value for key, value in since.items() if key not in became or became[key] != value}
            found[f.name] = {key: value for key, value in was.items() if key in since} | kept
    return replace(now, **found)


def _participants_before(
    was: tuple[Participant, ...], became: tuple[Participant, ...], since: tuple[Participant, ...]
) -> tuple[Participant, ...]:
    own = {p.number: p for p in was}
    came = {p.number: p for p in became}
    return tuple(
        own[p.number] if p.number in own and p == came.get(p.number) else p
        for p in since
        if p.number in own or p.number not in came
    )


# ── Splitting ─────────────────────────────────────────────────────────────────────────────────────


def split(
    case: Case,
    customer: Customer,
    said: Sequence[Interaction],
    messages: Sequence[KnownMessage],
    wanted: Sequence[str],
    now: datetime,
    policy: Policy,
    *,
    subject: str,
    topic: str,
    by: str,
    reason: str = "",
    receipt_key: str,
    fingerprint: str,
) -> tuple[Decision, Receipt]:
    """These interactions are a case of their own, with their Message-IDs, so that answers to them go there. What is
    promised for the case is promised for the new one, too; else an answer is promised from now on.

    Raises NotFound for what was not said in this case, Conflict for mail on its way.
    """
    editing.demand_whole(case)
    there = {one.id: one for one in said if one.case_id == case.id}
    for place, wanted_id in enumerate(wanted):
        if wanted_id not in there:
            raise NotFound("nothing with this id was said in this case", f"/interactions/{place}")
        delivery = there[wanted_id].delivery
        if delivery and delivery.state.pending:
            raise Conflict("a mail among these is on its way: try again in a moment")
    chosen = sorted(there.values(), key=lambda one: one.id)
    new = _split_off(case, customer, chosen, now, policy, receipt_key, subject=subject, topic=topic)
    pointed = [message for message in messages if message.case_id == case.id]
    kept = CaseSplit(
        case_id=new.id,
        customer_id=case.customer_id,
        out_of=case.id,
        at=now,
        by=by,
        reason=reason,
        moved=tuple((one.customer_id, one.id) for one in chosen),
        messages=tuple(MovedMessage(mailbox=one.mailbox, message_id=one.message_id) for one in pointed),
        made=new,
    )
    receipt = Receipt(key=receipt_key, fingerprint=fingerprint, at=now, customer_id=case.customer_id, case_id=new.id)
    rest = replace(case, links=(*case.links, CaseLink(id=new.id, kind=LinkKind.RELATES_TO)), updated_at=now)
    event = editing.told(
        new, EventKind.CASE_SPLIT, now, by=by, reason=reason, out_of=ids.case_number(case.id), moved=str(len(chosen))
    )
    changes: tuple[object, ...] = (
        rest,
        new,
        kept,
        receipt,
        event,
        editing.with_case_listed(customer, new),
        *(replace(one, case_id=new.id) for one in chosen),
        *(replace(one, case_id=new.id) for one in pointed),
    )
    return Decision(changes, reason=reason or SPLIT_APART, by=by), receipt


def _split_off(
    case: Case,
    customer: Customer,
    chosen: Sequence[Interaction],
    now: datetime,
    policy: Policy,
    receipt_key: str,
    *,
    subject: str,
    topic: str,
) -> Case:
    tier, first = policy.tiers.named(customer.tier), chosen[0]
    channel = first.channel if first.purpose is Purpose.CONTACT else case.channel
    new = Case(
        id=ids.derived_case_id(SPLIT_APART, receipt_key),
        customer_id=case.customer_id,
        opened_at=now,
        updated_at=now,
        channel=channel,
        subject=subject or first.subject or case.subject,
        topic=topic,
        status=CaseStatus.OPEN,
        tier=tier.name,
        language=case.language,
        participants=case.participants,
        links=(CaseLink(id=case.id, kind=LinkKind.RELATES_TO),),
        split_from=case.id,
        urgency=case.urgency,
        urgency_by=case.urgency_by,
        priority=promises.RANKED[case.urgency],
    )
    new = routing.routed(new, customer, channel, now, policy, last_free=False)
    if case.status.ours and case.promise and case.promise.running:
        return replace(new, promise=case.promise, solution=case.solution)
    tell = case.promise.tell if case.promise else ""
    return promises.opened(new, tier, channel, now, policy, tell=tell)


def undo_split(
    kept: CaseSplit | None,
    part: Case,
    case: Case | None,
    said: Sequence[Interaction],
    messages: Sequence[KnownMessage],
    customer: Customer,
    now: datetime,
    calendars: Calendars,
    *,
    by: str,
    reason: str = "",
) -> Decision:
    """What was moved is back, and what came to the part since is one with the case: its number and reply addresses lead
    there. A part that nobody touched leaves the case as it was.

    Raises Conflict for what was not split off, or is merged or closed.
    """
    if kept is None or case is None:
        raise Conflict("this case was not split off another, or that was undone")
    editing.demand_whole(part)
    editing.demand_not_closed(case)
    if len(case.absorbed) + len(part.absorbed) >= MOST_ABSORBED:
        raise Conflict(f"at most {MOST_ABSORBED} cases become one: link this one")
    touched = replace(part, version=None, edition=0, lease=None) != replace(kept.made, version=None, edition=0)
    whole = _joined(case, part, now, calendars) if touched else case
    whole = replace(
        whole,
        links=tuple(link for link in whole.links if link.id not in (part.id, case.id)),
        # In front of the merges, which are undone from the end.
        absorbed=(part.id, *part.absorbed, *case.absorbed),
        updated_at=now,
    )
    event = editing.told(case, EventKind.CASE_SPLIT_UNDONE, now, by=by, reason=reason, part=ids.case_number(part.id))
    changes = (
        whole,
        _resting(part, case.id, now),
        event,
        *_listed(customer, whole, part.id),
        *(replace(one, case_id=case.id) for one in said if one.case_id == part.id),
        *(replace(one, case_id=case.id) for one in messages if one.case_id == part.id),
        Gone(kept),
    )
    return Decision(changes, reason=reason or "split undone", by=by)
