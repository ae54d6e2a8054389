"""What a channel is to whoever reaches out: what it needs, what it costs, how quick it is, and who carries it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from chalicelib.model.customer import Customer
from chalicelib.model.policy import Policy
from chalicelib.model.task import TaskState


class Carrier(Enum):
    """Who brings it to her."""

    MAIL = "mail"  # SES, by the mailer
    TEXT = "text"  # the SMS gateway, by the mailer
    KEPT = "kept"  # nobody: it is kept until her app, or the chat, fetches it
    AGENT = "agent"  # a member of the staff, from the desk


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way of reaching out. `seen_within` is how soon it is usually looked at; `patience`, how long a kept message
    waits to be fetched before she is tried elsewhere; `longest`, characters; `disturbs`, whether it makes a noise where
    she is, which is what quiet hours are for."""

    name: str
    carrier: Carrier
    needs: str = ""  # the kind of handle it takes; empty: none
    tells: frozenset[TaskState] = frozenset()  # what it reports beyond that it was sent
    seen_within: timedelta
    patience: timedelta | None = None
    longest: int = 200_000
    disturbs: bool = True
    cost: Callable[[Policy, str], float]  # minor units for a text
    place: Callable[[str], str] = str  # what an address is called among those nothing is sent to
    on: Callable[[Policy], bool] = lambda _: True  # whether the company has it

    def address(self, customer: Customer) -> str:
        """Where it goes; empty: nowhere. The first of her handles that may be written to."""
        if not self.needs:
            return self.name
        return next((value for value in customer.handles_of(self.needs) if self._alive(customer, value)), "")

    def _alive(self, customer: Customer, value: str) -> bool:
        return value not in customer.suppressed and self.place(value) not in customer.suppressed

    def lacks(self, customer: Customer) -> str:
        """Why there is nowhere to send it; empty: there is."""
        if self.address(customer):
            return ""
        known = (place for value in customer.handles_of(self.needs) for place in (value, self.place(value)))
        if dead := [customer.suppressed[place] for place in known if place in customer.suppressed]:
            return f"nothing is sent to her {_NAMES[self.needs]} any more: {', '.join(sorted(set(dead)))}"
        return f"no {_NAMES[self.needs]} is known"


_NAMES = {"email": "e-mail address", "phone": "phone number", "chat": "name in the chat", "device": "installation"}
