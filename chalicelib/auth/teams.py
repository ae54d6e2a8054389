"""What may a caller of one team know of? Her team's customers, and those who are everybody's.

Of others she is told what she would be told if they did not exist.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from chalicelib.kernel.errors import HandleTaken, HubError, NotFound
from chalicelib.model.customer import Customer, Handle


class Teams(Enum):
    """What an endpoint shows or does to a caller of one team."""

    OF_PATH = "of path"  # what its path names, if it is of a customer she may know of
    OF_INPUT = "of input"  # likewise what its body or query names
    FILTERED = "filtered"  # a list, without what is of other teams' customers
    HANDED = "handed"  # work, of customers she may know of
    ALL_TEAMS_ONLY = "all teams only"  # nothing
    NOT_ABOUT_ANYBODY = "not about anybody"  # everything: it tells of no customer
    OWN = "own"  # what is the caller's own: a session has it, whoever's it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something of a customer that a request names, exactly one; `pointer`: where. It must exist, unless it is `new` to
    us by its nature: a handle nobody has makes a customer, or becomes hers."""

    pointer: str | None = None
    customer_id: str = ""
    handle: Handle | None = None
    case_id: str = ""
    merge_id: str = ""
    export_id: str = ""
    new: bool = False
    claimed: bool = False  # by the request, for somebody else

    @property
    def refusal(self) -> HubError:
        """The same for what does not exist and for what she may not know of."""
        if self.handle and self.claimed:
            return HandleTaken("another customer has this handle", self.pointer)
        if self.handle:
            return NotFound(f"no customer has this {self.handle.kind} handle", self.pointer)
        if self.case_id:
            return NotFound("no case has this number", self.pointer)
        if self.merge_id:
            return NotFound("there is no such merge", self.pointer)
        if self.export_id:
            return NotFound("there is no such export, or it has expired", self.pointer)
        return NotFound("no customer has this id", self.pointer)


IN_PATH: dict[str, Callable[[str], Named]] = {
    "customer_id": lambda value: Named(customer_id=value),
    "case_id": lambda value: Named(case_id=value),
    "merge_id": lambda value: Named(merge_id=value),
    "export_id": lambda value: Named(export_id=value),
}  # the parameters of a path that name something of a customer; others stand behind one of these


def serves(team: str, customers: Iterable[Customer]) -> bool:
    """Whether a caller of this team may know of something that is of all of these; of nobody: no."""
    teams = {customer.team for customer in customers}
    return bool(teams) and teams <= {"", team}
