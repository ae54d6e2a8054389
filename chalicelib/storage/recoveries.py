"""Recoveries in the table. They lie on their customers' timelines."""

from collections.abc import Sequence
from typing import NamedTuple

from chalicelib.model.customer import Customer
from chalicelib.model.page import Page
from chalicelib.model.recovery import Recovery
from chalicelib.storage import customers, keys, table


class Followed(NamedTuple):
    recovery: Recovery | None
    customer: Customer | None


def recovery(customer_id: str, recovery_id: str) -> Followed:
    """AP-64: one of them, and whose it is; one round trip."""
    found, customer = customers.entry(customer_id, recovery_id)
    return Followed(found if isinstance(found, Recovery) else None, customer)


def open_recoveries(tiers: Sequence[str], after: str | None, limit: int) -> Page[Recovery]:
    """AP-64: open ones, tier by tier in the order given, the oldest first: a Query per tier and shard until the page is
    full, and a BatchGet. `after` is the place the page before ended at."""
    tier, _, behind = (after or "").rpartition("#")
    begun = tiers.index(tier) if tier in tiers else 0
    found: list[tuple[str, table.Indexed]] = []
    for place, name in enumerate(tiers[begun:]):
        shards = [keys.recoveries_shard(name, n) for n in range(keys.LIST_SHARDS)]
        wanted = limit - len(found)
        start = behind if place == 0 else ""
        found += [(name, one) for one in table.listed_in_all(shards, after=start, newest_first=False, limit=wanted)]
        if len(found) == limit:
            break
    page = table.page_of([one for _, one in found], limit)
    return Page(page.items, f"{found[-1][0]}#{page.next}" if page.next else None)
