"""What callers give, in the model's words: handles and moments, checked."""

from datetime import datetime

from chalicelib.customers import identity
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Invalid
from chalicelib.model.customer import Handle


def read_handle(kind: str, value: str, at: str = "/customer", name: str = "") -> Handle:
    try:
        return identity.handle(kind, value)
    except Invalid as error:
        error.pointer = f"{at}/{name or kind}"
        raise


def read_moment(at: datetime, now: datetime) -> datetime:
    """When it happened, by our clock: one a little ahead of it says now."""
    if at.year < 2000 or at > now + clock.SKEW:
        raise Invalid("This is no time it can have happened: check the sender's clock.", "/occurred_at")
    return min(clock.to_millis(at), now)
