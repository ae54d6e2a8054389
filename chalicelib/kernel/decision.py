"""What every rule returns: the new state, the messages it causes, and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class Gone:
    """The deletion of something that was read, if nobody changed it since."""

    thing: object

    def __post_init__(self) -> None:
        if getattr(self.thing, "version", None) is None:
            raise ValueError("only what was read can be deleted: this was never stored")


@dataclass(frozen=True, slots=True)
class Tally:
    """Whole numbers added to the sums of a counter, which begin at zero. Nobody reads a counter to add to it, so any
    number of workers may; a sum outlives what was counted."""

    counter: tuple[str, ...]
    amounts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Decision:
    """`changes` are domain objects: one never stored (version None) is inserted only if absent, one that was
    read replaces exactly the version read. `Gone` deletes what was read, `Tally` adds to a counter. `messages`
    ride in the row of the first object that is stored, so a decision with messages stores at least one. `by`: who
    decided it, for the history of cases; empty: who acts just now. Nothing here has happened yet: storage.commit
    makes it so, whole. `caused_by` are the company's rules that led
    here, the first one first: what follows from it names them."""

    changes: tuple[object, ...] = ()
    messages: tuple[Message, ...] = ()
    reason: str = ""
    caused_by: tuple[str, ...] = ()
    by: str = ""

    def __post_init__(self) -> None:
        if self.messages and all(isinstance(change, Gone | Tally) for change in self.changes):
            raise ValueError("messages ride in a stored row: a decision with messages needs one")
        if self.changes and all(isinstance(change, Tally) for change in self.changes):
            raise ValueError("who counts alone counts twice when it is repeated: change what is counted, too")
