"""What makes people call: it is counted as it happens, behind what customers wait for, and read as a report."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chalicelib.configuration import policy
from chalicelib.insight.reports import drivers as rule
from chalicelib.insight.reports.drivers import Line, Preceded, Sums
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.model.case import Case
from chalicelib.model.fact import Fact
from chalicelib.model.interaction import Receipt
from chalicelib.outreach import directing, playbook
from chalicelib.outreach.life import Person, Prepared
from chalicelib.outreach.plays.base import Running
from chalicelib.storage import calibration, cases, customers, plays, tallies
from chalicelib.storage.commit import Refused, commit, settle
from chalicelib.telemetry import logger

LOOKED_BACK = 50  # entries of a timeline
MOST_DAYS = 92  # of a report, for which as many days before are read
PROPOSED_FROM = timedelta(days=28)


def note_case(case_id: str) -> None:
    """Somebody asked about a topic: once a person, topic and week. Reads her case, her row and the newest of her
    timeline, and where something lay ahead of her, whether that was counted; then one transaction. None but the first
    for who is not drawn."""
    case = cases.case(case_id)
    if case is None or not case.topic or case.merged_into or not _is_drawn(case.customer_id):
        return
    person = customers.customer(case.customer_id)
    entries = customers.timeline(case.customer_id, None, LOOKED_BACK).items
    happened = rule.before(entries, case.opened_at) | _ahead(case, entries, person.traits if person else {})
    amounts = rule.of_question(case.topic, case.tier, policy().contact_costs.get(case.channel, 0), happened)
    week = rule.week_of(case.opened_at.date())
    _count_once(_key(week, case.customer_id, f"asked:{case.topic}"), case.opened_at, week, amounts)


def note_entry(customer_id: str, entry_id: str) -> None:
    """Something happened to somebody: once a person, kind and week; or will, on a day that is known: once a person and
    day. One read, and one transaction for each of both; none for who is not drawn."""
    if not _is_drawn(customer_id):
        return
    told, _ = customers.entry(customer_id, entry_id)
    if label := rule.label_of(told):
        at = rule.moment_of(told)
        week = rule.week_of(at.date())
        _count_once(_key(week, customer_id, f"had:{label}"), at, week, rule.of_happening(label))
    if isinstance(told, Fact):
        for coming, on in rule.days_of(told).items():
            week = rule.counted_in(on, told.recorded_at.date())
            _count_once(_key_ahead(customer_id, coming, on), told.recorded_at, week, rule.of_happening(coming))


def _ahead(case: Case, entries: Iterable[Any], traits: Mapping[str, str]) -> dict[str, int]:
    """What lay ahead of who asked, with how many days. Only what was counted when it was told: of other days nobody
    knows for how many people they lay ahead."""
    asked_on = case.opened_at.date()
    coming = {
        _key_ahead(case.customer_id, label, on): (label, (on - asked_on).days)
        for label, on in rule.ahead(entries, traits, asked_on).items()
    }
    return dict(coming[key] for key in cases.receipts_of([*coming])) if coming else {}


def _key(week: str, customer_id: str, what: str) -> str:
    """Of a receipt that names nobody."""
    who = hashlib.sha256(f"{customer_id}\x1f{what}".encode()).hexdigest()[:32]
    return f"driver:{week}:{who}"


def _key_ahead(customer_id: str, label: str, on: date) -> str:
    return _key(rule.week_of(on), customer_id, f"had:{label}:{on}")


def _count_once(key: str, at: datetime, week: str, amounts: dict[str, int]) -> None:
    """With a receipt: a repetition finds it there."""
    try:
        commit(Decision((Receipt(key=key, at=at), Tally((rule.COUNTER, week), amounts)), reason="counted"))
    except Refused as refused:
        if not refused.exists:
            raise
    logger.info("driver_noted", week=week)


def _is_drawn(customer_id: str) -> bool:
    return rule.is_drawn(customer_id, policy().outreach.drivers_share)


def _customers() -> int:
    """By whom it is learnt: the drawn share of all whom the last night counted."""
    return round(calibration.current_policy().calibration.customers * policy().outreach.drivers_share)


def report(first: date, last: date, tier: str = "") -> tuple[list[Line], int]:
    """Topics with their trend and what preceded, and how many weeks they are of: 16 Queries a week, of these and as
    many before. Raises Invalid for too many days."""
    if last < first:
        raise Invalid("from comes before to", "/to")
    if (last - first).days >= MOST_DAYS:
        raise Invalid(f"a report has at most {MOST_DAYS} days; ask for the others by another", "/to")
    named = rule.weeks(first, last)
    earlier = rule.weeks(first - timedelta(days=7 * len(named)), first - timedelta(days=first.weekday() + 1))
    return rule.lines(_sums(named, tier), _sums(earlier, tier), _customers(), len(named)), len(named)


@dataclass(frozen=True, slots=True)
class Proposed:
    """A play that would spare people a question. `play`: the one it became; empty: none yet."""

    found: Preceded
    play: str = ""


def proposals(now: datetime) -> list[Proposed]:
    """Those of the last four weeks, but for what was dismissed: 16 Queries a week and two BatchGets."""
    found = _proposing(now)
    known = cases.receipts_of([_dismissal(each.id) for each in found])
    names = {each.id: rule.play_of(each.id) for each in found}
    there = plays.known(names.values())
    return [
        Proposed(each, names[each.id] if names[each.id] in there else "")
        for each in found
        if _dismissal(each.id) not in known
    ]


def _proposing(now: datetime) -> list[Preceded]:
    named = rule.weeks((now - PROPOSED_FROM).date(), now.date())
    return rule.proposals(rule.preceded(_sums(named), _customers(), len(named)), ())


def draft(proposal_id: str, by: Person, now: datetime) -> Running:
    """The play a proposal becomes, by configuration, as a draft to be worded. Its name follows from the proposal:
    again, or by two at once, it is the same play, as it is by then.

    Raises NotFound for what is not proposed (any more), Conflict for what no play can be made of.
    """
    name = rule.play_of(proposal_id)
    if there := playbook.named(name):
        return there
    found = next((each for each in _proposing(now) if each.id == proposal_id), None)
    if found is None or cases.receipts_of([_dismissal(proposal_id)]):
        raise NotFound("this is not proposed, or was dismissed; GET /v1/plays/proposals tells what is")
    definition = rule.definition_of(found)
    if definition is None:
        raise Conflict(f"{found.happened} makes people ask: change what it says; no play is made of that")
    try:
        return directing.draft(name, Prepared(rule.title_of(found), {}, (), definition), by=by, expected=0)
    except Conflict:
        if there := playbook.named(name):
            return there
        raise


def dismiss(proposal_id: str, by: str, now: datetime) -> None:
    """It is not proposed any more, for 400 days. The same again changes nothing."""

    def decide() -> tuple[Decision, None]:
        if cases.receipts_of([_dismissal(proposal_id)]):
            return Decision(reason="dismissed before"), None
        return Decision((Receipt(key=_dismissal(proposal_id), at=now),), reason="dismissed", by=by), None

    settle(decide)


def _dismissal(proposal_id: str) -> str:
    return f"proposal:{proposal_id}"


def _sums(named: list[str], tier: str = "") -> Sums:
    return Sums.of((tallies.sums((rule.COUNTER, week)) for week in named), tier)
