"""An arrival: one contact as a channel brought it, before anything is decided about it."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.model.customer import Handle
from chalicelib.model.interaction import Attachment
from chalicelib.model.mood import Mood
from chalicelib.model.trust import Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """`receipt_key` is what makes a second delivery of the same thing recognisable; `fingerprint` tells
    whether its content is the same, too."""

    receipt_key: str
    fingerprint: str
    channel: str
    at: datetime
    sender: Handle | None  # None: nobody can be named
    sender_name: str = ""
    customer_id: str = ""  # given by an authenticated caller instead of a handle
    direction: str = "in"
    subject: str = ""
    text: str = ""  # what is new in it, quotes cut
    whole_text: str = ""  # all it says, where that is more
    language: str = ""
    time_zone: str = ""
    topic: str = ""
    case_id: str = ""  # the case it says it belongs to
    by_token: bool = False  # a signed reply token says so
    participant: int = 0  # whose token it was
    subject_case: str = ""  # the case whose number its subject carries
    reports_on: str = ""  # the Message-ID of the mail whose fate it reports
    mailbox: str = ""  # the address of ours it came to
    message_id: str = ""
    references: tuple[str, ...] = ()  # what it answers, newest first
    trust: Trust = Trust.AUTHENTICATED
    trust_alone: Trust | None = None  # without the token, when that makes a difference
    machine: str = ""  # why it counts as machine mail; empty: a person
    unanswerable: str = ""  # why no machine may answer it; empty: one may
    warnings: tuple[str, ...] = ()
    raw_key: str = ""  # where the original lies
    body_key: str = ""  # where the whole text is kept; empty: the preview is all of it
    attachments: tuple[Attachment, ...] = ()
    locked: str = ""  # why its attachments must not be opened; empty: they may
    side_case: str = ""  # the case in whose side conversation a signed address of ours puts it
    side: int = 0  # the number of that conversation
    aside: str = ""  # why nobody reads it as a contact; empty: it may be one
    author: str = ""  # the agent who logged it; empty: the customer herself
    visitor_id: str = ""  # under whom she asked the knowledge base before, while nobody knew her
    mood: Mood | None = None  # how it sounds; None: nobody can say, or nobody is to judge it
    mood_asked: bool = False  # whether its mood is to be judged at all
