"""A segment: a named audience, by conditions customers meet or not. Events keep it up to date."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

MOST_SEGMENTS = 50  # of a company: each customer who changes is held against all of them
MOST_CONDITIONS = 20  # of one


class About(Enum):
    TIER = "tier"
    VALUE_INDEX = "value_index"
    STAGE = "stage"
    TRAIT = "trait"
    PURCHASES = "purchases"
    FIRST_PURCHASE = "first_purchase"
    LAST_PURCHASE = "last_purchase"
    KNOWN_SINCE = "known_since"
    LAST_CONTACT = "last_contact"  # she turned to us herself
    LAST_VISIT = "last_visit"  # she searched, read, rated, or stayed on a page
    LAST_USAGE = "last_usage"
    LAST_REFUND = "last_refund"
    LAST_CANCELLATION = "last_cancellation"
    NOTIFIED = "notified"  # the last notice we sent of our own accord
    OPEN_CASE = "open_case"
    CONSENT = "consent"
    LANGUAGE = "language"
    TIME_ZONE = "time_zone"
    HANDLE = "handle"
    ORGANISATION = "organisation"


class Stage(Enum):
    """Where a customer stands in her life with us; segments/conditions.py has the rule."""

    NEVER_BOUGHT = "never_bought"
    NEW = "new"
    ACTIVE = "active"
    AT_RISK = "at_risk"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Fields have the names and meanings the API gives them; which of them go with what it is about is said there."""

    about: About
    name: str = ""
    channel: str = ""
    purpose: str = ""
    one_of: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None
    within_days: int | None = None
    older_than_days: int | None = None
    in_next_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """All of `all` hold, one of `any` at least (if there are any), and none of `none`."""

    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return (*self.all, *self.any, *self.none)


class SegmentState(Enum):
    BUILDING = "building"  # a pass over all customers is on its way
    READY = "ready"  # since then kept by events
    CLEARING = "clearing"  # deleted; its members are on their way out


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """`edition` counts how often title or conditions were changed: that is what two editors must agree on."""

    id: str  # its slug
    title: str
    definition: Definition
    edition: int = 1
    state: SegmentState = SegmentState.BUILDING
    build: str = ""  # the run of the pass that builds it, or built it last
    ready_at: datetime | None = None  # when the last pass ended
    updated_at: datetime
    updated_by: str
    turn: int = 0  # of its clearing
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Which segments there are, and what of a customer they speak of: one row, read whenever somebody is sorted."""

    edition: int = 0  # rises with every change of any segment
    editions: Mapping[str, int] = field(default_factory=dict)  # by slug
    speaks_of: tuple[str, ...] = ()  # attributes of a customer's row, of maps with the key: traits.hobby
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memberships:
    """Which segments a customer is in, since when, and when time alone may change it, or earlier."""

    customer_id: str
    since: Mapping[str, datetime] = field(default_factory=dict)  # by slug
    look_again: datetime | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """That a customer is in a segment. It is put and deleted, never changed."""

    segment_id: str
    customer_id: str
    since: datetime
    version: int | None = None
