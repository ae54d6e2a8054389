"""A customer's books in memory: facts are recorded as the service records them, by the same rules, without a table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chalicelib.customers import facts, learning, merging
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event
from chalicelib.model.fact import Fact, FactReport
from chalicelib.model.interaction import Receipt
from chalicelib.model.merge import Merge
from chalicelib.model.policy import Policy


@dataclass
class Books:
    policy: Policy
    customers: dict[str, Customer]
    receipts: dict[str, Receipt] = field(default_factory=dict)
    entries: dict[str, Fact | Event] = field(default_factory=dict)
    merge: Merge | None = None

    def tell(self, report: FactReport, record: str, now: datetime) -> str:
        """Reports a fact of whoever has this record; what became of it."""
        receipt, other = self.receipts.get(report.receipt_key), self.receipts.get(report.corrects)
        if receipt and not receipt.waits:
            return "duplicate"
        try:
            if other and not other.waits:
                wrong = self.entries[other.interaction_id]
                assert isinstance(wrong, Fact)
                customer, during = self.found(wrong.customer_id)
                still = learning.still_told(learning.subjects(wrong), self.told(customer.ids), but=wrong.id)
                decision = facts.correct(
                    report, wrong, customer, still, self.policy, now, during=during, expected=receipt
                )
            elif other:
                return "refused"
            else:
                customer, during = self.found(record)
                decision = facts.record(
                    report, customer, self.policy, now, under=record, during=during, expected=receipt
                )
        except Conflict:
            return "refused"
        self.keep(decision)
        return "recorded"

    def found(self, record: str) -> tuple[Customer, str]:
        kept = self.customers[record]
        return (self.customers[kept.merged_into], kept.merged_by) if kept.merged_into else (kept, "")

    def told(self, records: Iterable[str]) -> Iterator[Fact | Event]:
        hers = [entry for entry in self.entries.values() if entry.customer_id in set(records)]
        return iter(sorted(hers, key=lambda entry: entry.id, reverse=True))

    def unite(self, into: str, absorbed: str, now: datetime) -> None:
        survivor, other = self.customers[into], self.customers[absorbed]
        self.keep(merging.merge(survivor, other, author="Tom", reason="one", policy=self.policy, now=now))

    def part(self, now: datetime) -> None:
        assert self.merge
        made = self.merge
        ours, theirs = list(self.told(made.survivor.ids)), list(self.told(made.absorbed.ids))
        since = merging.Since(
            ours, theirs, (),
            survivors_still=learning.still_told(learning.corrected(ours), iter(ours)),
            absorbeds_still=learning.still_told(learning.corrected(theirs), iter(theirs)),
        )  # fmt: skip
        survivor, absorbed = self.customers[made.survivor.id], self.customers[made.absorbed.id]
        self.keep(
            merging.undo(made, survivor, absorbed, since, author="Tom", reason="two", policy=self.policy, now=now)
        )

    def keep(self, decision: Decision) -> None:
        """As the table would: nothing stored is overwritten by what was never read."""
        for change in decision.changes:
            kept: dict[str, Any] | None = None
            match change:
                case Receipt():
                    kept, key = self.receipts, change.key
                case Fact() | Event():
                    kept, key = self.entries, change.id
                case Customer():
                    kept, key = self.customers, change.id
                case Merge():
                    self.merge = change
            if kept is not None:
                assert (change.version is None) == (key not in kept), f"{change} was not read"
                kept[key] = replace(change, version=(change.version or 0) + 1)
