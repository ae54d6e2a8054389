"""Campaigns: a play sent once to an audience."""

from typing import Annotated, TypeVar

from msgspec import UNSET, Meta, UnsetType, field

from chalicelib.model.campaign import MOST_FILES, MOST_INLINE, MOST_RATE, AudienceKind
from chalicelib.model.campaign import Audience as Whom
from chalicelib.model.task import TaskState
from chalicelib.outreach.campaigns.preparing import Edits
from chalicelib.triggers.contract.segments import Id
from chalicelib.triggers.contract.shared import ONE_LINE, AuthorIn, Examples, Input, Key, Moment, Paged, Slug, if_told

T = TypeVar("T")
Line = Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]
Named = Annotated[str, Meta(min_length=1, max_length=60), ONE_LINE]
Said = Annotated[str, Meta(max_length=1_000)]
Rate = Annotated[
    int, Meta(ge=1, le=MOST_RATE, description="People a minute, all together. Fewer while the team falls behind.")
]


class ToEverybody(Input, frozen=True, tag_field="kind", tag="everybody"):
    """All customers."""


class ToSegment(Input, frozen=True, tag_field="kind", tag="segment"):
    """Who is in a segment when she is looked at."""

    segment: Slug


class ToList(Input, frozen=True, tag_field="kind", tag="list"):
    """Up to 1,000 entries, or up to 10 uploads (text/plain or text/csv, an entry a line, the first column counts): ids
    of ours, `kind:value`, or bare addresses, phone numbers and ids of yours."""

    entries: Annotated[tuple[Key, ...], Meta(max_length=MOST_INLINE)] = ()
    uploads: Annotated[tuple[Id, ...], Meta(max_length=MOST_FILES)] = ()


class ToReached(Input, frozen=True, tag_field="kind", tag="reached"):
    """Whom another campaign reached: its notice was sent, or an agent spoke to her."""

    campaign_id: Id


AudienceIn = ToEverybody | ToSegment | ToList | ToReached


def audience_of(said: AudienceIn) -> Whom:
    """In the model's words."""
    match said:
        case ToSegment():
            return Whom(kind=AudienceKind.SEGMENT, segment=said.segment)
        case ToList():
            return Whom(kind=AudienceKind.LIST, uploads=said.uploads)
        case ToReached():
            return Whom(kind=AudienceKind.REACHED, campaign_id=said.campaign_id)
        case ToEverybody():
            return Whom(kind=AudienceKind.EVERYBODY)


class CampaignIn(AuthorIn, frozen=True, kw_only=True):
    """A draft. Nobody is contacted before a second person approved it."""

    title: Line
    play: Named
    parameters: Annotated[
        dict[Named, str | int | float | bool], Meta(max_length=20, description="Of the play, for this campaign alone.")
    ] = field(default_factory=dict)
    context: Annotated[
        dict[Named, Said], Meta(max_length=20, description="What its texts need: the incident's words for one.")
    ] = field(default_factory=dict)
    reason: Annotated[Line, Meta(description="Why these people hear of it; it stands with each of them.")]
    audience: AudienceIn
    rate_per_minute: Rate = 1_000
    starts_at: Annotated[Moment | None, Meta(description="Null: when it is approved.")] = None
    deadline: Annotated[Moment, Meta(description="Later it helps nobody.")]


class CampaignChangeIn(AuthorIn, frozen=True, kw_only=True):
    """What is left out stays. The rate may change at any time, and holds from the next minute on; the rest of a draft
    alone. For another play or audience, draft another campaign."""

    title: Line | UnsetType = UNSET
    parameters: Annotated[dict[Named, str | int | float | bool], Meta(max_length=20)] | UnsetType = UNSET
    context: Annotated[dict[Named, Said], Meta(max_length=20)] | UnsetType = UNSET
    reason: Line | UnsetType = UNSET
    rate_per_minute: Rate | UnsetType = UNSET
    starts_at: Annotated[Moment | None, Meta(description="Null: when it is approved.")] | UnsetType = UNSET
    deadline: Moment | UnsetType = UNSET


def edits_of(said: CampaignChangeIn) -> Edits:
    """In the service's words."""
    return Edits(
        title=if_told(said.title),
        given=if_told(said.parameters),
        context=if_told(said.context),
        reason=if_told(said.reason),
        rate=if_told(said.rate_per_minute),
        starts_at=if_told(said.starts_at),
        deadline=if_told(said.deadline),
        at_once=said.starts_at is None,
    )


class HaltIn(AuthorIn, frozen=True, kw_only=True):
    """Why stands with the campaign, and with everybody it concerns."""

    why: Line


class PeopleQuery(Paged, frozen=True, kw_only=True):
    state: Annotated[TaskState | UnsetType, Meta(description="Those in this state.")] = UNSET
    reason: Annotated[
        str,
        Meta(max_length=60, description="Whom this guardrail refused; with the state `planned`: postponed."),
        ONE_LINE,
    ] = ""


EXAMPLES: Examples = {
    CampaignIn: [
        {
            "title": "The outage of Friday",
            "play": "incident",
            "parameters": {"what": "some cards were charged twice", "since": "Friday", "next_news": "on Monday"},
            "reason": "her card may have been charged twice on Friday",
            "audience": {"kind": "list", "entries": ["ann@example.org", "external:4711"]},
            "rate_per_minute": 600,
            "deadline": "2099-11-27T17:00:00Z",
            "author": "Tom",
        }
    ],
    CampaignChangeIn: [{"rate_per_minute": 200, "author": "Tom"}],
    HaltIn: [{"why": "The text names the wrong day.", "author": "Tom"}],
}
