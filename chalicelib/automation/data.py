"""What events carry: the form of `data`, one class for events alike. Ids, states and figures; never what people wrote,
and never an address."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

Moment = Annotated[datetime, Meta(tz=True)]


class Data(Struct, frozen=True, kw_only=True):
    pass


class CaseData(Data, frozen=True, kw_only=True):
    """A case as it is then. `changed` names what is different, where that is the news."""

    status: str
    channel: str
    tier: str
    priority: int = 0
    topic: str = ""
    language: str = ""
    urgency: str = ""
    mood: str = ""
    queue: str = ""
    assigned_to: str = ""
    opened_at: Moment
    owed_by: Moment | None = None  # when the first promise breaks
    solved_at: Moment | None = None
    merged_into: str = ""
    follows: str = ""
    changed: tuple[str, ...] = ()


class PromiseData(Data, frozen=True, kw_only=True):
    """`late`: it was kept, and too late."""

    promise: str
    state: str
    channel: str
    tier: str
    made_at: Moment
    due_at: Moment
    kept_at: Moment | None = None
    late: bool = False


class InteractionData(Data, frozen=True, kw_only=True):
    """One contact. `delivery` is where a mail of ours stands; `attempt` counts how often it was tried."""

    interaction_id: str
    channel: str
    direction: str
    purpose: str
    tier: str = ""
    language: str = ""
    trust: str = ""
    machine: str = ""
    flags: tuple[str, ...] = ()
    attachments: int = 0
    value_index: float | None = None
    mood: str = ""
    leaving: bool = False
    delivery: str = ""
    attempt: int = 0
    task_id: str = ""


class CustomerData(Data, frozen=True, kw_only=True):
    tier: str
    language: str = ""
    time_zone: str = ""
    team: str = ""
    organisation_id: str = ""
    merged_into: str = ""
    handles: int = 0
    open_cases: int = 0
    changed: tuple[str, ...] = ()


class TierData(Data, frozen=True, kw_only=True):
    """`was` and `tier` are names of tiers."""

    tier: str
    was: str = ""
    at: Moment | None = None  # from when on it holds, or will
    pinned_until: Moment | None = None


class HandleData(Data, frozen=True, kw_only=True):
    """Of which kind it is: email, phone, chat, external, device. Which one, the API tells who may know."""

    kind: str
    was_of: str = ""  # the customer who had it before


class FactData(Data, frozen=True, kw_only=True):
    """`margin` is in minor units of `currency`."""

    fact_id: str
    what: str
    occurred_at: Moment
    margin: int | None = None
    currency: str = ""
    value_index: float | None = None
    corrected_by: str = ""


class TaskData(Data, frozen=True, kw_only=True):
    """`reason` is the guardrail's name where one objected."""

    task_id: str
    play: str
    purpose: str
    channel: str
    tier: str
    state: str
    reason: str = ""
    due_at: Moment
    interaction_id: str = ""
    queue: str = ""
    assigned_to: str = ""


class CampaignData(Data, frozen=True, kw_only=True):
    """`expected`: people in its audience, as far as that was known. `why`: it is paused or stopped."""

    campaign_id: str
    play: str
    state: str
    audience: str
    expected: int = 0
    why: str = ""


class BrakeData(Data, frozen=True, kw_only=True):
    """`why` it was pulled or released; `by`: who released it."""

    why: str
    by: str = ""


class PilotData(Data, frozen=True, kw_only=True):
    """`period` counts how often it was widened, from 1. `then`: what became of the play when it was stopped."""

    pilot_id: str
    play: str
    state: str
    outcome: str
    period: int = 0
    then: str = ""


class SegmentData(Data, frozen=True, kw_only=True):
    segment: str
    state: str = ""
    edition: int = 0


class PlayData(Data, frozen=True, kw_only=True):
    """`edition`: the one it happened to. `why`: it was paused, stopped or sent back."""

    play: str
    state: str
    edition: int
    by: str
    why: str = ""


class ArticleData(Data, frozen=True, kw_only=True):
    """`was`: the slug it had before, of one that was renamed."""

    article: str
    edition: int
    languages: tuple[str, ...]
    state: str = ""
    audience: str = ""
    topic: str = ""
    owner: str = ""
    was: str = ""


class GapData(Data, frozen=True, kw_only=True):
    """What customers ask and no article answers. Its words are read by the API; `people` is an estimate above 128."""

    gap_id: str
    state: str
    language: str = ""
    asks: int = 0
    people: int = 0
    article: str = ""
    owner: str = ""


class FeedbackData(Data, frozen=True, kw_only=True):
    """What readers say of an article by now, in sums."""

    article: str
    helpful: int
    not_helpful: int
    standing: int


class FindingData(Data, frozen=True, kw_only=True):
    """Something about an article that somebody should look at. Its words are read by the API."""

    finding_id: str
    what: str
    article: str
    other: str = ""
    state: str
    owner: str = ""


class OrganisationData(Data, frozen=True, kw_only=True):
    organisation_id: str
    edition: int = 0
    changed: tuple[str, ...] = ()


class MergeData(Data, frozen=True, kw_only=True):
    merge_id: str
    survivor_id: str
    absorbed_id: str


class ErasureData(Data, frozen=True, kw_only=True):
    """`records` are all ids she was known by: what names them elsewhere is to go, too."""

    erasure_id: str
    records: tuple[str, ...]


class RecoveryData(Data, frozen=True, kw_only=True):
    """`causes` are all there are until then, `cause` the one that is the news; `signs` what she did afterwards."""

    recovery_id: str
    state: str
    tier: str
    for_role: str
    cause: str
    causes: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    follow_until: Moment


class RatingData(Data, frozen=True, kw_only=True):
    """`score` is from 1 to 5, 0: none yet. What she wrote with it, the API tells who may know."""

    rating_id: str
    state: str
    tier: str
    channel: str
    topic: str = ""
    score: int = 0
    votes: int = 0
    reason: str = ""


class MoodData(Data, frozen=True, kw_only=True):
    """`judged` is what a contact was taken for before somebody said what it is."""

    interaction_id: str
    mood: str
    judged: str = ""


class NewsData(Data, frozen=True, kw_only=True):
    """Something her timeline tells; `entry_id` is the entry's."""

    entry_id: str
    task_id: str = ""


class RuleData(Data, frozen=True, kw_only=True):
    """`did` and `skipped` name actions."""

    rule: str
    edition: int
    event_id: str
    event_type: str
    did: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


class WebhookData(Data, frozen=True, kw_only=True):
    webhook_id: str
    because: str = ""
