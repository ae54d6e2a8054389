"""What is a job? Something that looks at every customer once, and says at the end what it all comes to.

Adding one: a class with these two methods, its line in `JOBS` of chalicelib/triggers/handlers.py, and somebody who
starts it by `sweeps.service.start`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import Message
from chalicelib.model.customer import Customer
from chalicelib.model.sweep import Sweep


class Gathering(Protocol):
    """What a part gathers. Its size must not grow with the number of customers: it lies in one row."""

    def look_at(self, customer: Customer) -> Iterable[Message]:
        """Takes note of a customer, and says what is to be done about her. That is sent before the note is kept: at
        least once."""
        ...

    def to_bytes(self) -> bytes:
        """For the next slice, or for the end."""
        ...


class Job(Protocol):
    def gathering(self, sweep: Sweep, gathered: bytes, now: datetime) -> Gathering:
        """What a part gathered until now, to go on with; nothing yet when it begins."""
        ...

    def conclusion(self, sweep: Sweep, gathered: Iterable[bytes]) -> Decision:
        """What all parts come to; committed with the end of the sweep, so that it happens once."""
        ...


Jobs = Mapping[str, Job]
