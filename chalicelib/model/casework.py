"""What agents do to cases that can be undone: merging two, splitting one."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.model.case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMerge:
    """`into` and `absorbed` are both as they were before it, `made` what came of them: what undoing goes back to."""

    case_id: str  # the absorbed one
    customer_id: str  # hers
    at: datetime
    by: str
    reason: str = ""
    into: Case
    absorbed: Case
    made: Case
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedMessage:
    """A Message-ID that was pointed at another case."""

    mailbox: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSplit:
    """What was moved out of a case into a new one, and that one as it was made."""

    case_id: str  # the new one
    customer_id: str
    out_of: str
    at: datetime
    by: str
    reason: str = ""
    moved: tuple[tuple[str, str], ...]  # records and ids of interactions
    messages: tuple[MovedMessage, ...]
    made: Case
    version: int | None = None
