"""What becomes of a visitor's questions once it is known who she is? Pure."""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.kernel.decision import Decision, Gone
from chalicelib.model.customer import Customer
from chalicelib.model.question import Question

AT_ONCE = 20  # questions in one write: each is two changes


def came_as(asked: Iterable[Question], customer: Customer) -> Decision:
    """They are hers from now on, under the same ids: on her timeline, in her export, forgotten with her. They are gone
    where they were, so that a second time there is nothing left to do."""
    theirs = list(asked)[:AT_ONCE]
    hers = [replace(each, customer_id=customer.id, tier=each.tier or customer.tier, version=None) for each in theirs]
    return Decision((*map(Gone, theirs), *hers), reason="a visitor signed in" if hers else "nothing was asked")
