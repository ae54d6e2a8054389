"""A customer: somebody who may write by any of her handles, and what we know of her."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from chalicelib.model.deflection import OpenQuestion
from chalicelib.model.reach import Reach
from chalicelib.model.recovery import Asked
from chalicelib.model.tier import Standing
from chalicelib.model.value import NOTHING, ValueState


@dataclass(frozen=True, slots=True, order=True)
class Handle:
    """A way to reach or recognise somebody: email, phone (E.164), chat, external (the company's own id), device (an
    installation of its app)."""

    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


HANDLE_KINDS = ("email", "phone", "chat", "external", "device")
MOST_RUNG = 6  # calls of hers that are remembered
DECEASED = "deceased"  # why somebody is blocked
MOST_TRAITS = 50  # that a company may give one customer
MOST_CONSENTS = 50  # she may speak of herself: each stays on her row


@dataclass(frozen=True, slots=True)
class Consent:
    """What she said about one channel and purpose, when, and how we can show it."""

    granted: bool
    at: datetime
    proof: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One time she rang us, and about what."""

    at: datetime
    topic: str = ""


class Lately(Enum):
    """What she did that is worth knowing when she did it last."""

    ORDER = "order"
    USAGE = "usage"
    VISIT = "visit"  # she searched, read, rated, or stayed on a page
    CONTACT = "contact"
    REFUND = "refund"
    CANCELLED = "cancelled"

    @property
    def sign_of_life(self) -> bool:
        return self in (Lately.ORDER, Lately.USAGE, Lately.VISIT, Lately.CONTACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    id: str
    created_at: datetime
    handles: tuple[Handle, ...] = ()
    name: str = ""
    language: str = ""  # BCP 47, empty: unknown
    time_zone: str = ""  # IANA, empty: unknown
    standing: Standing  # her tier, and what may change it
    value: ValueState = NOTHING
    margin_by_month: Mapping[str, int] = field(default_factory=dict)  # as 0.1 kept it; becomes value when next judged
    look_again: datetime | None = None  # when time alone may change her tier
    traits: Mapping[str, str] = field(default_factory=dict)
    learnt: Mapping[str, datetime] = field(default_factory=dict)  # "card" → moment of the newest fact about it
    told: Mapping[str, datetime] = field(default_factory=dict)  # kind of fact → when one was last told of her
    introduced: Mapping[str, str] = field(
        default_factory=dict
    )  # "name" → as told in passing, where a fact knows better
    consents: Mapping[str, Consent] = field(default_factory=dict)  # "email/service" → what she said
    suppressed: Mapping[str, str] = field(default_factory=dict)  # address → why nothing is sent there
    open_cases: Mapping[str, str] = field(default_factory=dict)  # case id → topic
    acknowledged: tuple[datetime, ...] = ()  # automatic answers of the last hour, against loops
    notices_sent: tuple[datetime, ...] = ()  # the last few, for the frequency cap
    reach: Mapping[str, Reach] = field(default_factory=dict)  # channel → what was sent, and answered
    told_of: Mapping[str, datetime] = field(default_factory=dict)  # play → when it last contacted her
    blocked: str = ""  # why nobody contacts her first: deceased, or words of an agent's
    not_before: datetime | None = None  # she asked to be left alone until then
    organisation_id: str = ""  # the one she belongs to
    last_agent: str = ""  # who of the agents solved a case of hers last
    team: str = ""  # the one that serves her; empty: everybody
    language_chosen: bool = False  # she or an agent said which; what contacts suggest then counts no more
    merged_into: str = ""  # the customer she turned out to be; this record then rests
    merged_by: str = ""  # the merge that did it
    absorbed: tuple[str, ...] = ()  # records that turned out to be hers, those they had absorbed included
    merges: tuple[str, ...] = ()  # that made it so, the newest last
    # Mood, urgency and recovery.
    recovery: str = ""  # the open one; told on her timeline
    asked: Mapping[str, Asked] = field(default_factory=dict)  # topic → when she last asked about it
    rating_asked_at: datetime | None = None  # when she was last asked how a case was
    # What she asked of late, and whether a person was needed; see knowledge/deflection.py.
    questions: tuple[OpenQuestion, ...] = ()
    lately: Mapping[str, datetime] = field(default_factory=dict)  # by Lately: when she did it last
    rung: tuple[Rung, ...] = ()  # the last few, the newest last
    compared: str = ""  # the month and share in which she last counted in a comparison of who is shown answers
    pilots: Mapping[str, str] = field(default_factory=dict)  # id → the group she was drawn into
    version: int | None = None

    @property
    def tier(self) -> str:
        return self.standing.tier

    @property
    def ids(self) -> tuple[str, ...]:
        """Every record that is hers, this one first: entries and cases name the one they were told under."""
        return (self.id, *self.absorbed)

    @property
    def heard_of_at(self) -> datetime | None:
        """When she was last heard of, as far as that is remembered."""
        return max((at for what, at in self.lately.items() if Lately(what).sign_of_life), default=None)

    def did(self, what: Lately, since: datetime) -> bool:
        at = self.lately.get(what.value)
        return at is not None and at >= since

    def handles_of(self, kind: str) -> list[str]:
        return [handle.value for handle in self.handles if handle.kind == kind]

    @property
    def email(self) -> str | None:
        """The address to write to: the first one that is not suppressed."""
        return next((address for address in self.handles_of("email") if address not in self.suppressed), None)

    @property
    def phone(self) -> str | None:
        """The number to call: the first one that is not suppressed."""
        return next((number for number in self.handles_of("phone") if number not in self.suppressed), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandleOwner:
    """Whose handle it is; stored under the handle, so that each has one owner. A merge leaves it as it is: the owner's
    record leads on."""

    handle: Handle
    customer_id: str
    version: int | None = None


def consent_key(channel: str, purpose: str) -> str:
    return f"{channel}/{purpose}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHint:
    """How somebody who reports something names the customer, and what else they say of her."""

    customer_id: str = ""
    handle: Handle | None = None
    name: str = ""
    language: str = ""
    time_zone: str = ""
