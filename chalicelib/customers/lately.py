"""When was she last heard of, and what did she do? Kept on her row, so that nobody has to read her timeline for it.

Whatever order things are told in, and however often, the same is remembered. A correction takes nothing back: the next
sign of life tells.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.model.customer import MOST_RUNG, Customer, Lately, Rung
from chalicelib.model.fact import Fact, FactKind

_TOLD_BY = {
    FactKind.ORDER: Lately.ORDER,
    FactKind.USAGE: Lately.USAGE,
    FactKind.SEARCH: Lately.VISIT,
    FactKind.ARTICLE_READ: Lately.VISIT,
    FactKind.RATING: Lately.VISIT,
    FactKind.LINGERING: Lately.VISIT,
    FactKind.REFUND: Lately.REFUND,
    FactKind.SUBSCRIPTION_CANCELLED: Lately.CANCELLED,
}


def by_fact(customer: Customer, fact: Fact) -> Customer:
    what = _TOLD_BY.get(fact.what)
    return customer if what is None else did(customer, what, fact.occurred_at)


def by_contact(customer: Customer, at: datetime, *, rang: bool = False, topic: str = "") -> Customer:
    """She turned to us herself; `rang`: by phone."""
    customer = did(customer, Lately.CONTACT, at)
    return replace(customer, rung=newest((*customer.rung, Rung(at=at, topic=topic)))) if rang else customer


def did(customer: Customer, what: Lately, at: datetime) -> Customer:
    if customer.did(what, at):
        return customer
    return replace(customer, lately={**customer.lately, what.value: at})


def of_both(ours: Mapping[str, datetime], theirs: Mapping[str, datetime]) -> dict[str, datetime]:
    return {what: max(one[what] for one in (ours, theirs) if what in one) for what in {**ours, **theirs}}


def newest(rung: Iterable[Rung]) -> tuple[Rung, ...]:
    return tuple(sorted(set(rung), key=lambda one: (one.at, one.topic)))[-MOST_RUNG:]
