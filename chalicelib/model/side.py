"""A side conversation: a thread with somebody else about a customer's case, which she never sees."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.kernel import ids

MOST_IN_A_CASE = 20
MOST_PARTIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SideConversation:
    """`number` counts within the case, from 1, and stands in its reply addresses."""

    case_id: str
    number: int
    customer_id: str  # whose file it is in: the case's customer
    subject: str
    to: tuple[str, ...]  # addresses; a party's number is its place, from 1
    language: str = ""
    opened_at: datetime
    updated_at: datetime
    author: str  # who opened it
    by: str = ""  # who of the staff that is
    messages: int = 0  # in and out; one to several addresses counts once
    unread: bool = False  # something came that nobody has read since
    heard: int = 0  # what came within the hour that began at heard_since, against loops
    heard_since: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    version: int | None = None

    @property
    def reference(self) -> str:
        """How people name it to each other. It opens nothing and says nothing of the case's number."""
        return f"S-{ids.derived_case_id('side', self.case_id, str(self.number)).upper()[:8]}"

    @property
    def open(self) -> bool:
        return self.closed_at is None
