"""Which language does she read?"""

from dataclasses import replace
from datetime import datetime

from chalicelib.customers.identity import with_words
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind

LANGUAGE = "language"


def told(customer: Customer, language: str, *, chosen: bool, by: str, now: datetime) -> Decision:
    """She is written to in this language from now on; `chosen`: whatever she writes in. A guess changes nothing that
    was chosen. Told on her timeline, unless it was so before."""
    if (customer.language, customer.language_chosen) == (language, chosen):
        return Decision(reason="known already")
    if customer.language_chosen and not chosen:
        return Decision(reason="another was chosen")
    known = replace(with_words(customer, {LANGUAGE: language}), language_chosen=chosen)
    if chosen:  # facts of before say no other
        known = replace(known, learnt={**customer.learnt, LANGUAGE: now})
    event = Event(
        id=ids.derived_ulid(now, customer.id, EventKind.LANGUAGE_CHANGED.value, language),
        customer_id=customer.id,
        what=EventKind.LANGUAGE_CHANGED,
        at=now,
        detail={"from": customer.language, "to": language, "source": "said" if chosen else "guessed", "by": by},
    )
    return Decision((known, event), reason="language told")
