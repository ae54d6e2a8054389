"""What every rule returns: the new state, the messages it causes, and why."""

from dataclasses import dataclass

from chalicelib.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class Decision:
    """`changes` are domain objects: one never stored (version None) is inserted only if absent, one that was
    read replaces exactly the version read. `messages` ride in the row of the first change, so a decision with
    messages has at least one change. Nothing here has happened yet: storage.commit makes it so, whole."""

    changes: tuple[object, ...] = ()
    messages: tuple[Message, ...] = ()
    reason: str = ""

    def __post_init__(self) -> None:
        if self.messages and not self.changes:
            raise ValueError("messages ride in a changed row: a decision with messages needs a change")
