"""An answer that waits for its time: written now, sent later, unless there is no need for it any more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from chalicelib.model.interaction import Attachment

LATEST = timedelta(days=90)
MOST_WAITING = 5  # in one case


class LaterState(Enum):
    WAITING = "waiting"
    SENT = "sent"  # it became an answer
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledAnswer:
    """Whether it still waits is said by its case, which names those that do: so whoever moves the case cancels it in
    the same write, without reading it."""

    id: str
    customer_id: str  # the case's, as the case names her
    case_id: str
    at: datetime  # when it was written
    send_at: datetime
    author: str
    by: str = ""  # who of the staff wrote it; empty: a machine's caller
    then: str
    preview: str = ""
    body_key: str = ""
    articles: tuple[str, ...] = ()  # slugs; inserted as they read when it is sent
    template: str = ""  # slug of the one it was made of
    template_language: str = ""
    history: bool = True
    attachments: tuple[Attachment, ...] = ()
    only_if_silent: bool = True  # cancelled when the customer writes first
    state: LaterState = LaterState.WAITING
    settled_at: datetime | None = None
    why: str = ""  # it was cancelled
    interaction_id: str = ""  # the answer it became
    version: int | None = None

    @property
    def waits(self) -> bool:
        return self.state is LaterState.WAITING
