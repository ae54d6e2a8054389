"""Every follow-up message: what is to be done next, as a frozen dataclass, to and from JSON.

A message names rows, it never carries their content: whoever handles it reads what is true by then. Each
travels on one lane (an SQS queue): `follow_ups` for what customers wait for, `outreach` for what can wait,
`background` for what takes minutes, `events` for what others are told of, `webhooks` for requests to who may be slow.
Handlers stand in chalicelib/triggers/handlers.py; docs/messages.md describes them.
"""

import json
from dataclasses import asdict, dataclass, fields
from typing import ClassVar, Literal

Lane = Literal["follow_ups", "outreach", "background", "events", "webhooks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    lane: ClassVar[Lane] = "follow_ups"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMail(Message):
    """Send the outbound interaction that is stored and queued. `bulk` notices wait behind people's mail."""

    customer_id: str
    interaction_id: str
    bulk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRecorded(Message):
    """A fact about a customer is stored: plays may have something to say about it."""

    lane = "outreach"
    customer_id: str
    fact_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHasTopic(Message):
    """It is known what somebody asked about: what made her?"""

    lane = "outreach"
    case_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MayMakeHerAsk(Message):
    """Something happened to somebody, or she was sent a notice: it is counted, to see whether it makes people call."""

    lane = "outreach"
    customer_id: str
    entry_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TierNews(Message):
    """Something about a customer's tier was told on her timeline: plays may have something to say about it."""

    lane = "outreach"
    customer_id: str
    event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened(Message):
    """Something stands on a customer's timeline that a running play waits for: an event, or a contact."""

    lane = "outreach"
    customer_id: str
    entry_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TellAskers(Message):
    """There is an article for what nobody's article answered: go on telling those who asked."""

    lane = "background"
    gap_id: str
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeTier(Message):
    """Time, or a night, may have changed what tier she keeps. `bulk`: one of very many that a night found."""

    lane = "outreach"
    customer_id: str
    as_of: str
    bulk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsiderTask(Message):
    """A planned task's time has come: ask the guardrails."""

    lane = "outreach"
    customer_id: str
    task_id: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverTask(Message):
    """A task passed the guardrails: claim it and hand its notice to the mailer."""

    lane = "outreach"
    customer_id: str
    task_id: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeSubject(Message):
    """Somebody's window in a pilot is over: what became of her?"""

    lane = "outreach"
    customer_id: str
    pilot_id: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtPilot(Message):
    """The day's look at a pilot: is the planned number reached?"""

    lane = "outreach"
    pilot_id: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettled(Message):
    """What became of an outbound mail or text that belongs to a task, or of its being answered on a channel: `said`
    holds a plain yes or no, or that she wants no more."""

    lane = "outreach"
    customer_id: str
    interaction_id: str
    task_id: str
    state: str
    channel: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeKept(Message):
    """A task's notice was stored and did not leave: its play was paused or stopped before the mailer had it."""

    lane = "outreach"
    customer_id: str
    interaction_id: str
    task_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentJoined(Message):
    """Somebody belongs to a segment now that a play waits for."""

    lane = "outreach"
    customer_id: str
    segment_id: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOnCase(Message):
    """A case's promise or wait is due."""

    case_id: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOnAnswer(Message):
    """An answer that waited is due, or its case does not wait for it any more: `why`."""

    customer_id: str
    answer_id: str
    as_of: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BringQuestions(Message):
    """A visitor turned to a person: what she asked the knowledge base before goes into her case, and becomes hers if it
    is proven who she is."""

    lane = "background"
    customer_id: str
    case_id: str
    contact_id: str
    visitor_id: str
    proven: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TeachArticles(Message):
    """An answer inserted articles: they are found by her words from now on."""

    lane = "outreach"
    customer_id: str
    interaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyStaff(Message):
    """Something happened in a case that colleagues hear of by mail. `of`: what it was, so that each is told once.
    `to`: ids of members of the staff who are meant; empty: whoever it concerns."""

    lane = "outreach"
    customer_id: str
    case_id: str
    what: str
    of: str
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskMood(Message):
    """A contact was taken in: ask the service that judges moods as well."""

    lane = "outreach"
    customer_id: str
    interaction_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSign(Message):
    """A fact says how it goes on with a customer we let down, or that we did."""

    lane = "outreach"
    customer_id: str
    fact_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowRecovery(Message):
    """A recovery was followed long enough: is she kept, or lost?"""

    lane = "outreach"
    customer_id: str
    recovery_id: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRating(Message):
    """A case of the sample was solved: its customer may be asked how it was."""

    lane = "outreach"
    case_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForRating(Message):
    """The time has come to ask."""

    lane = "outreach"
    customer_id: str
    rating_id: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalibrate(Message):
    """Pass over everybody again, for a moment later than that of the last pass."""

    lane = "background"
    run: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPart(Message):
    """Go on with a part of a sweep, from behind the customer `after`."""

    lane = "background"
    job: str
    run: str
    part: int
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepEnded(Message):
    """A part of a sweep is through: it may have been the last."""

    lane = "background"
    job: str
    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildExport(Message):
    """Go on building an export from where it stands. Without a turn: whichever it is at."""

    lane = "background"
    export_id: str
    turn: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase(Message):
    """Go on erasing a person. Without a turn: whichever it is at."""

    lane = "background"
    erasure_id: str
    turn: int = -1
    as_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SortCustomers(Message):
    """What segments speak of changed on these customers' rows, or time did it: who is in which by now?"""

    lane = "background"
    customer_ids: tuple[str, ...]
    as_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearSegment(Message):
    """Go on taking the members out of a segment that was deleted."""

    lane = "background"
    segment_id: str
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildSegments(Message):
    """A night moved the value index: segments that speak of it are built anew."""

    lane = "background"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshSearch(Message):
    """What readers see of an article changed, or how often it is asked for: the index has to follow. Without an
    article: with whatever it lacks by now."""

    lane = "background"
    article_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TendSearch(Message):
    """The day's look at the index: was it made by this version of the program, and what is asked for by now?"""

    lane = "background"
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSignInCode(Message):
    """Mail a one-time code to whom it is for, or nothing if it is nobody's."""

    code_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishEvents(Message):
    """Tell whoever listens: the event bus, webhooks, rules. The one message that carries what it is about, as JSON: an
    event is of a moment that no row keeps."""

    lane = "events"
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverWebhook(Message):
    """Send what is stored for a webhook, if it was tried `tries` times. Below 0: however often it was."""

    lane = "webhooks"
    delivery_id: str
    tries: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleHand(Message):
    """Work came into an agent's hand, or left it: what does she have in hand by now?"""

    agent_id: str
    work_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MissAgent(Message):
    """Nothing was heard of an agent for a while: is she gone?"""

    agent_id: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TendDesk(Message):
    """Calls of plays are out: are there still hands enough for those who come?"""

    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOnArticle(Message):
    """An article is to be published, or somebody must look at it again."""

    article_id: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeLearning(Message):
    """Somebody asked what no article answers, or said whether one helped."""

    lane = "background"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnQuestions(Message):
    """Learn of what was asked since, and tell those who look after articles, if it is time."""

    lane = "background"
    as_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtGap(Message):
    """Agents may have answered cases of a gap by now."""

    lane = "background"
    gap_id: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CareForArticle(Message):
    """An article changed, or time passed: what is wrong with it?"""

    lane = "background"
    article_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TellKeepers(Message):
    """Write to somebody who looks after articles what happened within a time. `to`: an address, or a member of the
    staff."""

    lane = "outreach"
    to: str
    since: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginCampaign(Message):
    """A campaign was approved, and its time has come."""

    lane = "background"
    campaign_id: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCampaignPart(Message):
    """Go on with a part of a campaign: the slice of this turn. Below 0: whichever it is at, if it is due."""

    lane = "background"
    campaign_id: str
    part: int
    turn: int = -1
    as_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCampaignPerson(Message):
    """Plan a campaign's contact with one person, apart from her part: something of hers broke the attempt."""

    lane = "background"
    campaign_id: str
    customer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPlanned(Message):
    """A part of a campaign is through: it may have been the last."""

    lane = "background"
    campaign_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookThroughCampaign(Message):
    """A campaign was stopped, or goes on after a pause: withdraw what one part of it planned, or wake it."""

    lane = "background"
    campaign_id: str
    part: int
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveCampaignList(Message):
    """Look up whom the next lines of a campaign's list mean."""

    lane = "background"
    campaign_id: str
    turn: int


ALL: tuple[type[Message], ...] = (
    SendMail,
    FactRecorded,
    CaseHasTopic,
    MayMakeHerAsk,
    TierNews,
    Happened,
    TellAskers,
    JudgeTier,
    ConsiderTask,
    DeliverTask,
    JudgeSubject,
    LookAtPilot,
    MailSettled,
    NoticeKept,
    SegmentJoined,
    ActOnCase,
    ActOnAnswer,
    BringQuestions,
    TeachArticles,
    NotifyStaff,
    AskMood,
    NoteSign,
    FollowRecovery,
    PlanRating,
    AskForRating,
    Recalibrate,
    SweepPart,
    SweepEnded,
    BuildExport,
    Erase,
    SortCustomers,
    ClearSegment,
    RebuildSegments,
    RefreshSearch,
    TendSearch,
    SendSignInCode,
    PublishEvents,
    DeliverWebhook,
    SettleHand,
    MissAgent,
    TendDesk,
    ActOnArticle,
    WakeLearning,
    LearnQuestions,
    LookAtGap,
    CareForArticle,
    TellKeepers,
    BeginCampaign,
    PlanCampaignPart,
    PlanCampaignPerson,
    CampaignPlanned,
    LookThroughCampaign,
    ResolveCampaignList,
)
_BY_NAME = {kind.__name__: kind for kind in ALL}


def lane_of(message: Message) -> Lane:
    if isinstance(message, SendMail):
        return "outreach" if message.bulk else "follow_ups"
    if isinstance(message, JudgeTier) and message.bulk:
        return "background"
    return message.lane


def to_json(message: Message) -> str:
    return json.dumps({"type": type(message).__name__, **asdict(message)}, separators=(",", ":"))


def from_json(text: str) -> Message:
    """Unknown fields are ignored (a newer sender), a missing one or an unknown type raises ValueError."""
    try:
        data = json.loads(text)
        kind = _BY_NAME[data["type"]]
        known = {f.name for f in fields(kind)}
        told = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
        return kind(**{name: value for name, value in told.items() if name in known})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a follow-up message: {error!r}") from error
