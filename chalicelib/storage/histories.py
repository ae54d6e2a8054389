"""What is written with every changed case, whoever changed it: its next edition, and who changed what."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chalicelib.kernel import acting, clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.case import Case
from chalicelib.model.history import CaseChange, CaseOfCustomer, changed_between, moves_on
from chalicelib.model.page import Page
from chalicelib.storage import keys, rows, table

LONGEST_WHY = 300
ENTRIES_A_TRIP = 100


def with_history(decision: Decision) -> tuple[Any, ...]:
    """The decision's changes, and what they say of its cases. A case that was not read in its version is read: one
    more trip. Where it has another by now the commit will be refused, so nothing is said of it."""
    changes: list[Any] = []
    told: list[Any] = []
    for change in decision.changes:
        if not isinstance(change, Case):
            changes.append(change)
            continue
        if change.version is None:
            changes.append(change)
            told.append(_filed(change))
            continue
        before = rows.as_read(change) or table.row_at(keys.case(change.id))
        after = change
        if before and before.version == change.version and moves_on(before, change):
            after = replace(change, edition=before.edition + 1)
            told += _told(before, after, decision)
        changes.append(after)
    return (*changes, *told)


def _filed(case: Case) -> CaseOfCustomer:
    entry_id = ids.derived_ulid(case.opened_at, case.id)
    return CaseOfCustomer(id=entry_id, customer_id=case.customer_id, case_id=case.id)


def _told(before: Case, after: Case, decision: Decision) -> list[CaseChange]:
    changed = changed_between(before, after)
    if not changed:
        return []
    return [
        CaseChange(
            case_id=after.id,
            customer_id=after.customer_id,
            edition=after.edition,
            at=after.updated_at if after.updated_at != before.updated_at else clock.now(),
            by=decision.by or _rule(decision) or acting.who(),
            why=decision.reason[:LONGEST_WHY],
            changed=changed,
        )
    ]


def _rule(decision: Decision) -> str:
    return f"rule {decision.caused_by[-1]}" if decision.caused_by else ""


def history(case: Case, after: str | None, limit: int) -> Page[CaseChange]:
    """AP-57: what became of a case, newest first: one Query."""
    starting = keys.history_of(case.id)
    pk = keys.customer(case.customer_id).pk
    found: Sequence[CaseChange] = table.entries(
        pk, starting, after=starting + after if after else None, limit=limit, consistent=True
    )
    return Page(tuple(found), f"{found[-1].edition:08d}" if len(found) == limit else None)


def changes_since(case: Case, edition: int) -> list[CaseChange]:
    """AP-57: what became of it since that edition, newest first, as far as one Query goes."""
    pk = keys.customer(case.customer_id).pk
    found = table.entries(pk, keys.history_of(case.id), after=None, limit=ENTRIES_A_TRIP, consistent=True)
    return [change for change in found if change.edition > edition]
