"""Working on cases: how they stand, what they say, who works on them, what agents note."""

from datetime import date
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from chalicelib.triggers.contract.shared import (
    ONE_LINE,
    AuthorIn,
    CaseRef,
    Examples,
    Label,
    Language,
    Line,
    Moment,
    Paged,
)

Why = Annotated[str, Meta(max_length=300), ONE_LINE, Meta(description="Why; stands in the case's history.")]
StaffId = Annotated[str, Meta(min_length=1, max_length=100), ONE_LINE]


class CasesQuery(Paged, frozen=True):
    status: Annotated[
        Literal["", "new", "open", "waiting_on_us", "waiting_on_customer", "snoozed", "solved"],
        Meta(description="Empty: all open ones that are not snoozed. solved: those of a day, closed since or not."),
    ] = ""
    day: Annotated[
        date | UnsetType, Meta(description="Of solved cases: the day, in UTC, on which they were; today if left out.")
    ] = UNSET


class StatusIn(AuthorIn, frozen=True, kw_only=True):
    """How it stands with a case."""

    status: Annotated[
        Literal["open", "waiting_on_us", "waiting_on_customer", "solved", "closed"],
        Meta(description="closed: for good. What she writes then opens a new case, which follows this one."),
    ]
    reason: Why = ""


class CaseEditIn(AuthorIn, frozen=True, kw_only=True):
    """What a case is about. What is left out stays."""

    subject: Line | UnsetType = UNSET
    topic: Label | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    reason: Why = ""


class FieldsIn(AuthorIn, frozen=True, kw_only=True):
    """Values of your company's own fields, by name."""

    fields: Annotated[
        dict[str, str | int | float | bool], Meta(description='As `GET /v1/case-fields` defines them; "" empties one.')
    ]


class SnoozeIn(AuthorIn, frozen=True, kw_only=True):
    """Out of the list of open cases for a while."""

    until: Annotated[Moment | UnsetType, Meta(description="Left out: until she writes.")] = UNSET
    reason: Why = ""


class LeaseIn(AuthorIn, frozen=True, kw_only=True):
    """I work on this case now."""

    minutes: Annotated[int, Meta(ge=1, le=15)] = 5
    take_over: Annotated[bool, Meta(description="Although a colleague does; it is told on the timeline.")] = False


class LinkIn(AuthorIn, frozen=True, kw_only=True):
    """Another case that has to do with this one, or a page elsewhere."""

    case_id: CaseRef = ""
    kind: Annotated[
        Literal["relates_to", "caused_by", "cause_of", "duplicate_of", "duplicated_by", "parent_of", "child_of", "url"],
        Meta(description="As this case stands to the other, which carries the opposite. parent_of: an incident."),
    ] = "relates_to"
    url: Annotated[str, Meta(max_length=1000, description="https only.")] = ""
    title: Line = ""


class NoteIn(AuthorIn, frozen=True, kw_only=True):
    """For colleagues: never mailed, never quoted."""

    text: Annotated[str, Meta(min_length=1, max_length=20_000, description="Plain text, up to 20 KB.")]
    mentions: Annotated[list[StaffId], Meta(max_length=20, description="Ids of colleagues it calls.")] = field(
        default_factory=list
    )


class CaseMergeIn(AuthorIn, frozen=True, kw_only=True):
    """They are about one matter."""

    case_id: Annotated[CaseRef, Meta(min_length=1, description="The case that goes on.")]
    reason: Why = ""


class CaseSplitIn(AuthorIn, frozen=True, kw_only=True):
    """Some of what was said is another matter."""

    interactions: Annotated[
        list[Annotated[str, Meta(max_length=26)]], Meta(min_length=1, max_length=20, description="Their ids.")
    ]
    subject: Annotated[Line, Meta(description="Of the new case; if left out, as the first of them has it.")] = ""
    topic: Label = ""
    reason: Why = ""


EXAMPLES: Examples = {
    StatusIn: [{"status": "waiting_on_us", "author": "Tom", "reason": "The carrier is looking for it."}],
    CaseEditIn: [{"topic": "delivery", "subject": "Parcel 118 is lost", "author": "Tom"}],
    FieldsIn: [{"fields": {"order_number": "118"}, "author": "Tom"}],
    SnoozeIn: [
        {"until": "2026-12-01T08:00:00Z", "author": "Tom", "reason": "The part arrives on Monday."},
        {"author": "Tom"},
    ],
    LeaseIn: [{"minutes": 10, "author": "Tom"}],
    LinkIn: [
        {"case_id": "7K3M-9QXT-2B4C", "kind": "duplicate_of", "author": "Tom"},
        {"kind": "url", "url": "https://status.example.com/118", "title": "The outage", "author": "Tom"},
    ],
    NoteIn: [{"text": "She is right, we sent it to the old address.", "author": "Tom"}],
    CaseMergeIn: [{"case_id": "7K3M-9QXT-2B4C", "author": "Tom", "reason": "She wrote twice."}],
    CaseSplitIn: [
        {"interactions": ["01KAM8Q6C3V8QW2E0N4B7T9XYZ"], "subject": "An invoice is missing", "author": "Tom"}
    ],
}
