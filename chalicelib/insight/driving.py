"""What makes people call: it is counted as it happens, behind what customers wait for, and read as a report."""

import hashlib
from datetime import date, datetime, timedelta

from chalicelib.configuration import policy
from chalicelib.insight.reports import drivers as rule
from chalicelib.insight.reports.drivers import Line, Preceded, Sums
from chalicelib.insight.statistics import drawn
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.errors import Invalid
from chalicelib.model.case import Case
from chalicelib.model.fact import Fact
from chalicelib.model.interaction import Receipt
from chalicelib.storage import calibration, cases, customers, tallies
from chalicelib.storage.commit import Refused, commit, settle
from chalicelib.telemetry import logger

LOOKED_BACK = 50  # entries of a timeline
MOST_DAYS = 92  # of a report, for which as many days before are read
PROPOSED_FROM = timedelta(days=28)


def note_case(case_id: str) -> None:
    """Somebody asked about a topic: once a person, topic and week. One read of the case, one Query of her timeline, one
    transaction; none for who is not drawn."""
    case = cases.case(case_id)
    if case is None or not case.topic or case.merged_into or not _is_drawn(case.customer_id):
        return
    entries = customers.timeline(case.customer_id, None, LOOKED_BACK).items
    cost = policy().contact_costs.get(case.channel, 0)
    amounts = rule.of_question(case.topic, case.tier, cost, rule.before(entries, case.opened_at))
    _count_once(case, f"asked:{case.topic}", case.opened_at, amounts)


def note_fact(customer_id: str, fact_id: str) -> None:
    """Something happened to somebody: once a person, kind and week. As `note_case`."""
    if not _is_drawn(customer_id):
        return
    told, _ = customers.entry(customer_id, fact_id)
    if isinstance(told, Fact) and (label := rule.label_of(told)):
        _count_once(told, f"had:{label}", told.occurred_at, rule.of_fact(label))


def _count_once(of: Case | Fact, what: str, at: datetime, amounts: dict[str, int]) -> None:
    """With a receipt that names nobody: a repetition finds it there."""
    week = rule.week_of(at.date())
    who = hashlib.sha256(f"{of.customer_id}\x1f{what}".encode()).hexdigest()[:32]
    receipt = Receipt(key=f"driver:{week}:{who}", at=at)
    try:
        commit(Decision((receipt, Tally((rule.COUNTER, week), amounts)), reason="counted"))
    except Refused as refused:
        if not refused.exists:
            raise
    logger.info("driver_noted", week=week)


def _is_drawn(customer_id: str) -> bool:
    return drawn(rule.SALT, rule.EXPERIMENT, customer_id) < policy().outreach.drivers_share


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


def proposals(now: datetime) -> list[Preceded]:
    """Plays that would spare people a question, of the last four weeks."""
    named = rule.weeks((now - PROPOSED_FROM).date(), now.date())
    found = [each for each in rule.preceded(_sums(named), _customers(), len(named)) if each.proposes]
    found = found[: rule.MOST_PROPOSALS]
    known = cases.receipts_of([_dismissal(each.id) for each in found])
    return [each for each in found if _dismissal(each.id) not in known]


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
