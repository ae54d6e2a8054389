"""What may an agent change of a case, and what follows from it?

Answers stand in answering.py, merging and splitting in regrouping.py. An edit names the edition it was made of; what
others did since is told to whoever missed it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.cases import later, promises
from chalicelib.desk import routing
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid, Outdated
from chalicelib.knowledge import deflection
from chalicelib.model.case import (
    MOST_FOLLOWERS,
    MOST_LINKS,
    MOST_URLS,
    Case,
    CaseLink,
    CaseStatus,
    Lease,
    LinkKind,
)
from chalicelib.model.case_field import CaseField, Value
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.history import CaseChange
from chalicelib.model.policy import Policy

TOLD_OF = 5  # changes, in a refusal
LONGEST_SNOOZE = timedelta(days=366)


# ── May it be changed at all? ─────────────────────────────────────────────────────────────────────


def demand_current(case: Case, seen: int | None, since: Sequence[CaseChange]) -> None:
    """Raises Outdated when the case moved on since edition `seen`, saying what `since` says. None: it was not told."""
    if seen is None or seen == case.edition:
        return
    told = [
        f"{change.by} changed {', '.join(_named(change))} at {clock.iso(change.at)}"
        for change in since[:TOLD_OF]
        if change.changed
    ]
    what = "; ".join(told) or "something was said in it"
    raise Outdated(
        f"This case changed since you saw it: {what}. Read it again, and send its ETag with what still holds.",
        "/If-Match",
    )


def _named(change: CaseChange) -> list[str]:
    return [
        f"{name} ({told.was or 'nothing'} → {told.now or 'nothing'})" if len(told.was + told.now) < 80 else name
        for name, told in change.changed.items()
    ]


def demand_whole(case: Case) -> None:
    """Raises Conflict for a case that was merged into another."""
    if case.merged_into:
        raise Conflict(f"this case was merged into {ids.case_number(case.merged_into)}: go on there, or undo the merge")


def demand_not_closed(case: Case) -> None:
    """Raises Conflict for what is closed for good."""
    demand_whole(case)
    if case.status is CaseStatus.CLOSED:
        raise Conflict("this case is closed for good; what comes from now on opens a new one, which follows it")


def demand_complete(case: Case, fields: Iterable[CaseField], pointer: str) -> None:
    """Raises Invalid while fields are empty without which a case may not be solved."""
    if empty := missing(case, fields):
        raise Invalid(f"before it is solved, fill in {', '.join(empty)}: PUT /v1/cases/{case.id}/fields", pointer)


def missing(case: Case, fields: Iterable[CaseField]) -> list[str]:
    """The empty fields without which it may not be solved."""
    return [f.name for f in of_topic(fields, case.topic) if f.required_to_solve and f.name not in case.custom]


def demand_free(case: Case, holder: str, now: datetime, *, take_over: bool) -> Lease | None:
    """The lease of a colleague that is taken over by whoever goes on all the same. Raises Conflict, saying who has it
    until when."""
    lease = case.leased(now)
    if lease is None or lease.holder == holder:
        return None
    if not take_over:
        raise Conflict(
            f"{lease.name} works on this case until {clock.iso(lease.until)}; send take_over to go on anyway"
        )
    return lease


# ── Its state ─────────────────────────────────────────────────────────────────────────────────────


def move(
    case: Case,
    customer: Customer,
    to: CaseStatus,
    now: datetime,
    policy: Policy,
    *,
    by: str,
    reason: str = "",
) -> Decision:
    """An agent says how it stands with the case. Promises of an answer are only kept by answers: their clocks stand
    while the next move is not ours, and go on when it is again.

    Raises Conflict for what is closed, Invalid for a state nobody can say, or one it is not ready for.
    """
    demand_not_closed(case)
    if to is CaseStatus.NEW:
        raise Invalid("a case is new until somebody looks at it; say open", "/status")
    if to is case.status:
        return Decision(reason="is so already")
    if not to.is_open and case.status.is_open:
        demand_complete(case, policy.case_fields, "/status")
    off = later.CalledOff(case) if to.is_open else later.solved(case, now)
    moved = replace(awake(off.case), status=to, updated_at=now, waiting_until=None)
    if to.ours:
        moved = replace(promises.resumed(moved, now, policy.calendars, reason or "an agent took it up"), solved_at=None)
        if not case.status.ours:
            moved = routing.routed(moved, customer, case.channel, now, policy, last_free=False)
    elif to is CaseStatus.WAITING:
        moved = promises.paused(moved, now)
        moved = replace(routing.left(moved), waiting_until=now + promises.WAIT_FOR_CUSTOMER, solved_at=None)
    else:
        solved = promises.solved(routing.left(moved), now) if case.status.is_open else moved
        moved = replace(
            solved, solved_at=case.solved_at or now, attention="", priority=promises.RANKED[case.urgency], lease=None
        )
    changes: list[object] = [moved, *off.told]
    if what := _told_as(case.status, to):
        changes.append(told(case, what, now, by=by, reason=reason))
    listed = with_case_listed(customer, moved)
    if not to.is_open and case.status.is_open:
        listed = routing.remembered(listed, moved)
    if listed != customer:
        changes.append(listed)
    return Decision(tuple(changes), off.messages, reason=reason or to.value, by=by)


def _told_as(before: CaseStatus, to: CaseStatus) -> EventKind | None:
    if to is CaseStatus.SOLVED:
        return EventKind.CASE_SOLVED
    if to is CaseStatus.CLOSED:
        return EventKind.CASE_CLOSED
    return None if before.is_open else EventKind.CASE_REOPENED


def with_case_listed(customer: Customer, case: Case) -> Customer:
    """The customer with this case among her open ones, if it is one, under its topic."""
    if not case.status.is_open or case.merged_into:
        return promises.without_case(customer, case.id) if case.id in customer.open_cases else customer
    return replace(customer, open_cases={**customer.open_cases, case.id: case.topic})


def awake(case: Case) -> Case:
    return replace(case, snoozed_at=None, snoozed_until=None)


def snooze(case: Case, until: datetime | None, now: datetime, *, by: str, reason: str = "") -> Decision:
    """Out of the list of open cases until then, or until she writes. Promises keep their time: one about to break
    brings it back, too. An open offer of it ends. Raises Conflict for what is not open, Invalid for a moment that is
    none."""
    demand_not_closed(case)
    if not case.status.is_open:
        raise Conflict("this case is solved: it is not in the list of open cases")
    if until and not now < until <= now + LONGEST_SNOOZE:
        raise Invalid("snooze until a moment ahead, within a year", "/until")
    asleep = replace(case, snoozed_at=now, snoozed_until=until, lease=None, updated_at=now)
    if case.routing and case.routing.offer:
        asleep = routing.put_back(asleep, case.routing, now)
    event = told(case, EventKind.CASE_SNOOZED, now, by=by, reason=reason, until=clock.iso(until) if until else "")
    return Decision((asleep, event), reason=reason or "snoozed", by=by)


def wake(case: Case, now: datetime, *, by: str) -> Decision:
    """Back in the list. It may be repeated."""
    if not case.snoozed:
        return Decision(reason="is awake")
    return Decision(
        (replace(awake(case), updated_at=now), told(case, EventKind.CASE_WOKEN, now, by=by)), reason="woken", by=by
    )


# ── What it says ──────────────────────────────────────────────────────────────────────────────────


def describe(
    case: Case, customer: Customer, said: Mapping[str, str], now: datetime, policy: Policy, *, by: str, reason: str = ""
) -> Decision:
    """Another subject, topic or language; figures of who needed a person move with the topic. Raises Conflict for a
    case that was merged."""
    demand_whole(case)
    described = replace(case, **said)  # type: ignore[arg-type]  # texts all
    if described == case:
        return Decision(reason="is so already")
    described = replace(described, updated_at=now)
    counted = deflection.retopiced(with_case_listed(customer, described), described, now, policy)
    listed: tuple[object, ...] = () if counted.asker == customer else (counted.asker,)
    changes = (described, *listed, *deflection.tallies(counted.sums))
    return Decision(changes, reason=reason or "described", by=by)


def of_topic(fields: Iterable[CaseField], topic: str) -> list[CaseField]:
    """Those a case of this topic has."""
    return [field for field in fields if field.topic in ("", topic)]


def fill_in(case: Case, said: Mapping[str, Value], fields: Sequence[CaseField], now: datetime, *, by: str) -> Decision:
    """These fields, "" to empty one; others stay. Raises Invalid for what does not exist or does not fit."""
    demand_whole(case)
    known = {field.name: field for field in of_topic(fields, case.topic)}
    for name, value in said.items():
        if name not in known:
            there = ", ".join(known) or "none: CASE_FIELDS defines them"
            raise Invalid(f"cases of this topic have no field {name[:40]}; there is {there}", f"/fields/{_token(name)}")
        if value != "" and (why := known[name].objection(value)):
            raise Invalid(why, f"/fields/{name}")
    custom = {name: value for name, value in {**case.custom, **said}.items() if value != ""}
    if custom == case.custom:
        return Decision(reason="is so already")
    return Decision((replace(case, custom=custom, updated_at=now),), reason="filled in", by=by)


def _token(name: str) -> str:
    return name[:40].replace("~", "~0").replace("/", "~1")


# ── Who works on it, who watches ──────────────────────────────────────────────────────────────────


def lease(case: Case, holder: str, name: str, minutes: int, now: datetime, *, take_over: bool) -> Decision:
    """She works on it for a while, or a while longer. Raises Conflict when a colleague does."""
    demand_not_closed(case)
    before = demand_free(case, holder, now, take_over=take_over)
    taken = replace(case, lease=Lease(holder=holder, name=name, until=now + timedelta(minutes=minutes)))
    return Decision((taken, *taken_over(case, before, now, by=name)), reason="leased", by=name)


def taken_over(case: Case, before: Lease | None, now: datetime, *, by: str) -> tuple[Event, ...]:
    """Told when it was a colleague's."""
    return (told(case, EventKind.CASE_TAKEN_OVER, now, by=by, before=before.name),) if before else ()


def release(case: Case, holder: str, now: datetime) -> Decision:
    """She is done with it. A colleague's lease stays; it may be repeated."""
    lease = case.leased(now)
    if lease is None or lease.holder != holder:
        return Decision(reason="not hers")
    return Decision((replace(case, lease=None),), reason="released")


def follow(case: Case, follower: str, now: datetime, *, by: str) -> Decision:
    """Raises Conflict when too many do already."""
    demand_whole(case)
    if follower in case.followers:
        return Decision(reason="follows already")
    if len(case.followers) >= MOST_FOLLOWERS:
        raise Conflict(f"a case has at most {MOST_FOLLOWERS} followers")
    return Decision((replace(case, followers=(*case.followers, follower), updated_at=now),), reason="follows", by=by)


def unfollow(case: Case, follower: str, now: datetime, *, by: str) -> Decision:
    if follower not in case.followers:
        return Decision(reason="does not follow")
    left = tuple(one for one in case.followers if one != follower)
    return Decision((replace(case, followers=left, updated_at=now),), reason="follows no more", by=by)


def link(case: Case, other: Case, kind: LinkKind, now: datetime, *, by: str) -> Decision:
    """Both carry it, each as it is seen from there. Raises Conflict, Invalid."""
    if case.id == other.id:
        raise Invalid("a case is not linked to itself", "/case_id")
    here, there = CaseLink(id=other.id, kind=kind), CaseLink(id=case.id, kind=kind.seen_from_there)
    changes = tuple(
        replace(one, links=_with_link(one, link, MOST_LINKS), updated_at=now)
        for one, link in ((case, here), (other, there))
        if link not in one.links
    )
    return Decision(changes, reason=f"linked: {kind.value}", by=by)


def link_page(case: Case, url: str, title: str, now: datetime, *, by: str) -> Decision:
    """A page elsewhere. Raises Conflict when there are too many."""
    page = CaseLink(id=ids.fingerprint(url)[:12], kind=LinkKind.URL, url=url, title=title)
    if page in case.links:
        return Decision(reason="linked already")
    return Decision((replace(case, links=_with_link(case, page, MOST_URLS), updated_at=now),), reason="linked", by=by)


def _with_link(case: Case, link: CaseLink, most: int) -> tuple[CaseLink, ...]:
    demand_whole(case)
    others = tuple(one for one in case.links if one.id != link.id)
    if sum((one.kind is LinkKind.URL) is (link.kind is LinkKind.URL) for one in others) >= most:
        raise Conflict(f"case {ids.case_number(case.id)} has {most} such links already")
    return (*others, link)


def unlink(case: Case, other: Case | None, link_id: str, now: datetime, *, by: str) -> Decision:
    """Both forget it. It may be repeated."""
    changed = [(case, link_id), *([(other, case.id)] if other else [])]
    changes = tuple(
        replace(one, links=tuple(link for link in one.links if link.id != gone), updated_at=now)
        for one, gone in changed
        if any(link.id == gone for link in one.links)
    )
    return Decision(changes, reason="unlinked", by=by)


def told(case: Case, what: EventKind, now: datetime, **detail: str) -> Event:
    """On the customer's timeline, once for each state of the case."""
    return Event(
        id=ids.derived_ulid(now, case.id, what.value, str(case.version)),
        customer_id=case.customer_id,
        what=what,
        at=now,
        case_id=case.id,
        detail={name: value for name, value in detail.items() if value},
    )
