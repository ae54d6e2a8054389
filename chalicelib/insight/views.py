"""What is shown of figures."""

from collections.abc import Iterator
from datetime import date, datetime

from chalicelib.configuration import policy
from chalicelib.insight.reports import self_service as rule
from chalicelib.kernel.errors import Invalid
from chalicelib.knowledge import deflection
from chalicelib.storage import tallies

MOST_DAYS = 366  # of a report: 16 queries a month
MOST_COMPARED = 92  # days for which as many days before are read, too


def self_service(wanted: rule.Wanted, now: datetime) -> rule.Report:
    """The self-service index. Raises Invalid for too many days."""
    if wanted.last < wanted.first:
        raise Invalid("from comes before to", "/to")
    if wanted.days > MOST_DAYS:
        raise Invalid(f"a report has at most {MOST_DAYS} days; ask for the others by another", "/to")
    since = wanted.before[0] if wanted.days <= MOST_COMPARED else wanted.first
    cells = [
        cell
        for month in months(since, wanted.last)
        for cell in rule.cells_of(tallies.sums((deflection.COUNTER, month)))
    ]
    final_before = deflection.final_before(now, policy()).date()
    return rule.report(wanted, cells, policy().contact_costs, policy().knowledge.answer_cost, final_before)


def months(first: date, last: date) -> Iterator[str]:
    """As counters name them, in order."""
    for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        yield f"{number // 12:04d}-{number % 12 + 1:02d}"
