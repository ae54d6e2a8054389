"""Which domain events are there, and which does a committed write tell?

Events follow from what a row was and what it is: whoever changes a row publishes nothing. A kind of row has a
function in OF_KIND, or its reason to be silent in SILENT; an entry of the timeline has its event's name in NEWS, or its
reason in SILENT_NEWS.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import count
from typing import Any, NamedTuple

import msgspec

from chalicelib.automation import data as of
from chalicelib.kernel import ids
from chalicelib.model.article import Article, ArticleState
from chalicelib.model.brake import Brake
from chalicelib.model.campaign import Campaign, CampaignState
from chalicelib.model.case import Case, CaseStatus, Promise, PromiseState
from chalicelib.model.customer import Customer, HandleOwner
from chalicelib.model.domain_event import DomainEvent, RowChange, Subject
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact
from chalicelib.model.gap import Gap, GapState
from chalicelib.model.interaction import DeliveryState, Direction, Interaction, Purpose
from chalicelib.model.merge import Merge
from chalicelib.model.mood import MoodLabel
from chalicelib.model.organisation import Affiliation, Organisation
from chalicelib.model.pilot import Pilot, PilotState
from chalicelib.model.play import PlayEdition, PlayRecord, PlayState
from chalicelib.model.privacy import Erasure
from chalicelib.model.rating import Rating
from chalicelib.model.recovery import Recovery
from chalicelib.model.rule import RuleRun
from chalicelib.model.segment import Member, Segment
from chalicelib.model.task import Task, TaskState
from chalicelib.model.upkeep import ArticleCare, Finding, FindingState, Votes
from chalicelib.model.webhook import Webhook

SOURCE = "liana"


@dataclass(frozen=True, slots=True)
class EventType:
    """What one may be told of. `about` names the subject's ids it carries."""

    name: str
    means: str
    data: type[of.Data]
    about: tuple[str, ...] = ("customer_id",)
    version: int = 1

    @property
    def has_case(self) -> bool:
        return "case_id" in self.about


class Told(NamedTuple):
    """One event before it has its envelope."""

    name: str
    data: of.Data
    customer_id: str = ""
    case_id: str = ""


_CASE = ("customer_id", "case_id")
EVENTS: tuple[EventType, ...] = (
    EventType("interaction.received", "A customer wrote, rang or chatted.", of.InteractionData, _CASE),
    EventType("interaction.noted", "Colleagues told each other something.", of.InteractionData, _CASE),
    EventType("interaction.quarantined", "Something arrived that belongs to nobody.", of.InteractionData, ()),
    EventType("interaction.released", "Somebody took it in after all.", of.InteractionData, ()),
    EventType("interaction.queued", "A mail of ours is stored and waits to be sent.", of.InteractionData, _CASE),
    EventType("interaction.sent", "SES took it; or an agent logged what was said.", of.InteractionData, _CASE),
    EventType("interaction.delivered", "Her server took it.", of.InteractionData, _CASE),
    EventType("interaction.bounced", "It came back.", of.InteractionData, _CASE),
    EventType("interaction.complained", "She reported it as unwanted.", of.InteractionData, _CASE),
    EventType("interaction.failed", "SES refused it for good.", of.InteractionData, _CASE),
    EventType("interaction.held", "It is kept and not sent.", of.InteractionData, _CASE),
    EventType("case.opened", "A new matter.", of.CaseData, _CASE),
    EventType("case.changed", "Something of it is different; `changed` says what.", of.CaseData, _CASE),
    EventType("case.queued", "It is in another queue.", of.CaseData, _CASE),
    EventType("case.assigned", "Another agent has it, or none.", of.CaseData, _CASE),
    EventType("case.waiting", "The next move is the customer's.", of.CaseData, _CASE),
    EventType("case.answer_due", "The next move is ours again.", of.CaseData, _CASE),
    EventType("case.solved", "It is taken for solved.", of.CaseData, _CASE),
    EventType("case.reopened", "It was solved and is open again.", of.CaseData, _CASE),
    EventType("case.closed", "It is closed for good.", of.CaseData, _CASE),
    EventType("case.merged", "It goes on as another case.", of.CaseData, _CASE),
    EventType(
        "case.asked_elsewhere", "It waits for somebody else of ours: a colleague, a supplier.", of.CaseData, _CASE
    ),
    EventType("case.snoozed", "It is out of the list of open cases for a while.", of.CaseData, _CASE),
    EventType("case.woken", "It is back in it.", of.CaseData, _CASE),
    EventType("case.unmerged", "It is a case of its own again.", of.CaseData, _CASE),
    EventType("case.deleted", "Its row is gone: too old, or its customer was erased.", of.CaseData, _CASE),
    EventType("promise.made", "An answer or a solution was promised.", of.PromiseData, _CASE),
    EventType("promise.moved", "It is due at another time.", of.PromiseData, _CASE),
    EventType("promise.at_risk", "Its last quarter has begun.", of.PromiseData, _CASE),
    EventType("promise.broken", "Its time passed.", of.PromiseData, _CASE),
    EventType("promise.kept", "It was kept; `late` says whether too late.", of.PromiseData, _CASE),
    EventType("recovery.opened", "We let her down, and stay with her until we know.", of.RecoveryData, _CASE),
    EventType("recovery.worsened", "One more cause; `cause` says which.", of.RecoveryData, _CASE),
    EventType("recovery.answered", "She had an answer of a person.", of.RecoveryData, _CASE),
    EventType("recovery.done", "An agent did something about it.", of.RecoveryData, _CASE),
    EventType("recovery.sign_seen", "She did something since; `signs` says what.", of.RecoveryData, _CASE),
    EventType("recovery.kept", "She stays.", of.RecoveryData, _CASE),
    EventType("recovery.lost", "She left.", of.RecoveryData, _CASE),
    EventType("recovery.reopened", "It is not over after all.", of.RecoveryData, _CASE),
    EventType("rating.planned", "She will be asked how a solved case was.", of.RatingData, _CASE),
    EventType("rating.passed_over", "She is not asked after all; `reason` says why.", of.RatingData, _CASE),
    EventType("rating.asked", "She was asked.", of.RatingData, _CASE),
    EventType("rating.answered", "She voted, or voted anew.", of.RatingData, _CASE),
    EventType("mood.corrected", "An agent said how a contact sounds.", of.MoodData),
    EventType("customer.created", "Somebody we did not know.", of.CustomerData),
    EventType("customer.changed", "Something of her is different; `changed` says what.", of.CustomerData),
    EventType("customer.merged", "Two customers are one person.", of.MergeData),
    EventType("customer.unmerged", "They are two after all.", of.MergeData),
    EventType("customer.erased", "She was forgotten, on her word.", of.ErasureData),
    EventType("customer.tier_changed", "She has another tier.", of.TierData),
    EventType("customer.tier_will_change", "It will be lowered, unless her index rises.", of.NewsData),
    EventType("customer.tier_kept", "It will not be lowered after all.", of.NewsData),
    EventType("customer.tier_pinned", "Somebody pinned her tier, or the pin ended.", of.TierData),
    EventType("customer.team_changed", "Another team serves her.", of.CustomerData),
    EventType("customer.unsubscribed", "She took back her consent by the link in a notice.", of.NewsData),
    EventType("customer.blocked", "Nobody contacts her first any more.", of.NewsData),
    EventType("customer.unblocked", "She may be contacted first again.", of.NewsData),
    EventType("participant.confirmed", "Somebody who joined a case by writing may be answered.", of.NewsData, _CASE),
    EventType("participant.revoked", "Somebody's reply address opens the case no more.", of.NewsData, _CASE),
    EventType("attachments.unlocked", "Somebody vouched for a contact's files.", of.NewsData, _CASE),
    EventType("answer.scheduled", "An answer waits for its time.", of.NewsData, _CASE),
    EventType("answer.cancelled", "One that waited is not sent.", of.NewsData, _CASE),
    EventType("side.opened", "Somebody else was asked about a case.", of.NewsData, _CASE),
    EventType("side.received", "What was said to it came in.", of.InteractionData, _CASE),
    EventType("side.closed", "That conversation is closed.", of.NewsData, _CASE),
    EventType("side.reopened", "It goes on.", of.NewsData, _CASE),
    EventType("side.intruded", "The customer wrote to its address; it is in quarantine.", of.NewsData, _CASE),
    EventType("handle.added", "A handle is a customer's.", of.HandleData),
    EventType("handle.moved", "It is another customer's.", of.HandleData),
    EventType("handle.removed", "It is nobody's.", of.HandleData),
    EventType("fact.recorded", "A system of yours told something of her.", of.FactData),
    EventType("fact.corrected", "A fact was wrong.", of.FactData),
    EventType("task.planned", "She may be written to first.", of.TaskData),
    EventType("task.postponed", "It is due at another time.", of.TaskData),
    EventType("task.queued", "The guardrails let it through.", of.TaskData),
    EventType("task.claimed", "Its notice is with whoever sends it.", of.TaskData),
    EventType("task.sent", "SES took the notice.", of.TaskData),
    EventType("task.delivered", "Her server took it.", of.TaskData),
    EventType("task.opened", "She looked at it.", of.TaskData),
    EventType("task.answered", "She answered it.", of.TaskData),
    EventType("task.withdrawn", "Its play or campaign was stopped before she was contacted.", of.TaskData),
    EventType("task.held_out", "She is not contacted, to see what contacting others changes.", of.TaskData),
    EventType("task.bounced", "It came back.", of.TaskData),
    EventType("task.complained", "She reported it as unwanted.", of.TaskData),
    EventType("task.failed", "It could not be sent.", of.TaskData),
    EventType("task.held", "It is kept and not sent.", of.TaskData),
    EventType("task.waiting", "It waits for an agent.", of.TaskData),
    EventType("task.taken", "An agent is about it.", of.TaskData),
    EventType("task.done", "An agent did it.", of.TaskData),
    EventType("task.passed_over", "She was not written to; `reason` says why.", of.TaskData),
    EventType("play.drafted", "An edition of a play is prepared, or changed.", of.PlayData, ()),
    EventType("play.submitted", "It waits for a second person.", of.PlayData, ()),
    EventType("play.sent_back", "Its preparers have to change it.", of.PlayData, ()),
    EventType("play.discarded", "It is prepared no more.", of.PlayData, ()),
    EventType("play.approved", "A second person approved it; it is what counts.", of.PlayData, ()),
    EventType("play.started", "It contacts customers.", of.PlayData, ()),
    EventType("play.paused", "It contacts nobody; what it planned waits.", of.PlayData, ()),
    EventType("play.resumed", "It goes on.", of.PlayData, ()),
    EventType("play.stopped", "It contacts nobody; what it planned is withdrawn.", of.PlayData, ()),
    EventType("outreach.stopped", "Too many complained, or too much bounced: nothing is sent first.", of.BrakeData, ()),
    EventType("outreach.released", "A person let it go on.", of.BrakeData, ()),
    EventType("campaign.submitted", "It waits for a second person.", of.CampaignData, ()),
    EventType("campaign.approved", "It begins, at its time.", of.CampaignData, ()),
    EventType("campaign.begun", "It goes through its audience.", of.CampaignData, ()),
    EventType("campaign.paused", "Nobody is contacted by it for now.", of.CampaignData, ()),
    EventType("campaign.resumed", "It goes on.", of.CampaignData, ()),
    EventType("campaign.stopped", "For good; what it planned is withdrawn.", of.CampaignData, ()),
    EventType("campaign.done", "Everybody in its audience was looked at.", of.CampaignData, ()),
    EventType("pilot.prepared", "Somebody wants a play tried; another person has to start it.", of.PilotData, ()),
    EventType("pilot.started", "It decides whom its play contacts.", of.PilotData, ()),
    EventType("pilot.widened", "More are contacted.", of.PilotData, ()),
    EventType("pilot.decided", "The planned number is reached; what it says is kept.", of.PilotData, ()),
    EventType("pilot.stopped", "Nobody is drawn any more; `then` says what the play does.", of.PilotData, ()),
    EventType("pilot.dropped", "Nobody shall start it.", of.PilotData, ()),
    EventType("segment.saved", "An audience is new, or others belong to it.", of.SegmentData, ()),
    EventType("segment.deleted", "It is gone.", of.SegmentData, ()),
    EventType("segment.joined", "She belongs to an audience.", of.SegmentData),
    EventType("segment.left", "She does not any more.", of.SegmentData),
    EventType("organisation.created", "A new organisation.", of.OrganisationData, ()),
    EventType("organisation.changed", "Something of it is different; `changed` says what.", of.OrganisationData, ()),
    EventType("organisation.deleted", "It is gone.", of.OrganisationData, ()),
    EventType("organisation.joined", "A customer belongs to it.", of.OrganisationData),
    EventType("organisation.left", "She does not any more.", of.OrganisationData),
    EventType("article.drafted", "An article is new, or its texts are worked on.", of.ArticleData, ()),
    EventType("article.submitted", "Somebody is to look at it before it is published.", of.ArticleData, ()),
    EventType("article.sent_back", "It is a draft again, and why stands with it.", of.ArticleData, ()),
    EventType("article.scheduled", "It will be published at a time.", of.ArticleData, ()),
    EventType("article.published", "Its readers see it as it is now.", of.ArticleData, ()),
    EventType("article.retired", "Nobody reads it any more.", of.ArticleData, ()),
    EventType("article.renamed", "It has another slug; `was` leads there.", of.ArticleData, ()),
    EventType("article.review_due", "Somebody must look whether it is still right.", of.ArticleData, ()),
    EventType("article.deleted", "It is gone.", of.ArticleData, ()),
    EventType("article.feedback", "Readers said whether it helped them.", of.FeedbackData, ()),
    EventType("knowledge.gap_proposed", "Enough people asked what no article answers.", of.GapData, ()),
    EventType("knowledge.gap_drafted", "There is a draft that answers it.", of.GapData, ()),
    EventType("knowledge.gap_answered", "Its article can be read.", of.GapData, ()),
    EventType("knowledge.gap_dismissed", "Nobody shall write it.", of.GapData, ()),
    EventType("knowledge.finding_opened", "An article needs somebody to look at it.", of.FindingData, ()),
    EventType("knowledge.finding_closed", "It is fixed, or as it should be.", of.FindingData, ()),
    EventType("rule.ran", "A rule of yours did something.", of.RuleData, _CASE),
    EventType("webhook.switched_off", "It failed for days, or said that it is gone.", of.WebhookData, ()),
    EventType("webhook.tested", "Somebody asked for an event to test a webhook with.", of.WebhookData, ()),
)
BY_NAME: Mapping[str, EventType] = {event.name: event for event in EVENTS}
# Asked for or told by automation itself: rules do not wait for these.
NOT_FOR_RULES = frozenset({"rule.ran", "webhook.switched_off", "webhook.tested"})


def events_of(change: RowChange, stage: str) -> list[DomainEvent]:
    """What a committed write tells, in the order in which to read it. The same write tells the same, ids included."""
    tell = OF_KIND.get(change.kind)
    if tell is None:
        return []
    numbers = count()
    return [_event(change, told, next(numbers), stage) for told in tell(change.old, change.new)]


def _event(change: RowChange, told: Told, number: int, stage: str) -> DomainEvent:
    return DomainEvent(
        id=ids.derived_ulid(change.at, "event", change.key, str(change.version), told.name, str(number)),
        type=told.name,
        version=BY_NAME[told.name].version,
        timestamp=change.at,
        stage=stage,
        sequence=change.version,
        subject=Subject(customer_id=told.customer_id, case_id=told.case_id),
        data=msgspec.to_builtins(told.data),
        cause=f"rule:{change.chain[-1]}" if change.chain else "",
        chain=change.chain,
    )


def to_json(event: DomainEvent) -> str:
    """As everybody is told: https://www.rfc-editor.org/rfc/rfc8259, in UTF-8, without spaces."""
    return msgspec.json.encode(event).decode()


def from_json(text: str) -> DomainEvent:
    """Raises ValueError for what is none."""
    return msgspec.json.decode(text, type=DomainEvent)


def wanted(event_type: str, patterns: Iterable[str]) -> bool:
    """Whether one of these names it: `case.opened`, `case.*`, `*`."""
    return any(fnmatchcase(event_type, pattern) for pattern in patterns)


# ── What each kind of row tells ───────────────────────────────────────────────────────────────────


def of_case(old: Case | None, new: Case | None) -> list[Told]:
    if new is None:
        return [_case("case.deleted", old)] if old else []
    told: list[Told] = []
    if old is None:
        told.append(_case("case.opened", new))
    else:
        told += [_case(name, new) for name in _moves(old, new)]
        told += [_case(name, new) for name, what in _HANDED if getattr(old, what) != getattr(new, what)]
        if changed := tuple(what for what in _OF_A_CASE if getattr(old, what) != getattr(new, what)):
            told.append(_case("case.changed", new, changed))
    return told + _promises(old, new)


_HANDED = (("case.queued", "queue"), ("case.assigned", "assigned_to"))
# What of a case one may want to know of when it is different.
_OF_A_CASE = (
    "subject", "topic", "priority", "urgency", "tier", "language", "attention", "mood", "customer_id",
    "snoozed_until", "absorbed",
    "followers", "links", "custom", "participants",
)  # fmt: skip


def _moves(old: Case, new: Case) -> list[str]:
    """What became of it, by its status and where it is shown."""
    moves = []
    if new.merged_into != old.merged_into:
        moves.append("case.merged" if new.merged_into else "case.unmerged")
    if new.snoozed != old.snoozed and new.status.is_open:
        moves.append("case.snoozed" if new.snoozed else "case.woken")
    if old.status is new.status:
        return moves
    if new.status.is_open and not old.status.is_open:
        moves.append("case.reopened")
    if move := _BY_STATUS.get(new.status):
        moves.append(move)
    elif old.status is CaseStatus.WAITING:
        moves.append("case.answer_due")
    return moves


_BY_STATUS = {
    CaseStatus.SOLVED: "case.solved",
    CaseStatus.CLOSED: "case.closed",
    CaseStatus.WAITING: "case.waiting",
    CaseStatus.WAITING_ON_US: "case.asked_elsewhere",
}


def _case(name: str, case: Case, changed: tuple[str, ...] = ()) -> Told:
    told = of.CaseData(
        status=case.status.value,
        channel=case.channel,
        tier=case.tier,
        priority=case.priority,
        topic=case.topic,
        language=case.language,
        urgency=case.urgency.value,
        mood=case.mood.level.value if case.mood else "",
        queue=case.queue,
        assigned_to=case.assigned_to,
        opened_at=case.opened_at,
        owed_by=case.owed_by,
        solved_at=case.solved_at,
        merged_into=case.merged_into,
        follows=case.follows,
        changed=changed,
    )
    return Told(name, told, case.customer_id, case.id)


def _promises(old: Case | None, new: Case) -> list[Told]:
    """By kind and when it was made: a promise may change its place on the case."""
    before = {(one.kind, one.made_at): one for one in old.promises} if old else {}
    told = []
    for one in new.promises:
        was = before.get((one.kind, one.made_at))
        told += [_promise(name, new, one) for name in _promise_news(was, one)]
    return told


def _promise_news(was: Promise | None, one: Promise) -> list[str]:
    news = []
    if was is None:
        news.append("promise.made")
    elif was.due_at != one.due_at:
        news.append("promise.moved")
    state = was.state if was else PromiseState.OPEN
    if state is not one.state and one.state in _BY_STATE:
        news.append(_BY_STATE[one.state])
    late = one.state is PromiseState.BROKEN and one.kept_at and not (was and was.kept_at)
    return [*news, "promise.kept"] if late else news


_BY_STATE = {
    PromiseState.AT_RISK: "promise.at_risk",
    PromiseState.BROKEN: "promise.broken",
    PromiseState.KEPT: "promise.kept",
}


def _promise(name: str, case: Case, one: Promise) -> Told:
    told = of.PromiseData(
        promise=one.kind.value,
        state=one.state.value,
        channel=one.channel or case.channel,
        tier=case.tier,
        made_at=one.made_at,
        due_at=one.due_at,
        kept_at=one.kept_at,
        late=one.state is PromiseState.BROKEN and one.kept_at is not None,
    )
    return Told(name, told, case.customer_id, case.id)


def of_interaction(old: Interaction | None, new: Interaction | None) -> list[Told]:
    """Nothing when it is gone: it became too old, or she was erased."""
    name = _contact_news(old, new) if new else ""
    return [_interaction(name, new)] if new and name else []


def _contact_news(old: Interaction | None, new: Interaction) -> str:
    if new.purpose is Purpose.STAFF:  # how colleagues hear of events is none
        return ""
    if new.quarantined:
        released = old is not None and not old.released_to and new.released_to
        return "interaction.released" if released else "" if old else "interaction.quarantined"
    if new.direction is Direction.OUT and new.delivery:
        return _mail_news(old.delivery.state if old and old.delivery else None, new.delivery.state)
    if new.purpose is Purpose.SIDE:
        return "" if old else "side.received"
    names = {
        Direction.IN: "interaction.received",
        Direction.OUT: "interaction.sent",
        Direction.INTERNAL: "interaction.noted",
    }
    return "" if old else names.get(new.direction, "")


def _mail_news(was: DeliveryState | None, state: DeliveryState) -> str:
    again = state is DeliveryState.CLAIMED or (was is not None and state is DeliveryState.QUEUED)
    return "" if again or state is was else f"interaction.{state.value}"


def _interaction(name: str, said: Interaction) -> Told:
    told = of.InteractionData(
        interaction_id=said.id,
        channel=said.channel,
        direction=said.direction.value,
        purpose=said.purpose.value,
        tier=said.tier,
        language=said.language,
        trust=said.trust,
        machine=said.machine,
        flags=said.flags,
        attachments=len(said.attachments),
        value_index=_points(said.index),
        mood=said.mood.level.value if said.mood else "",
        leaving=bool(said.mood and said.mood.leaving),
        delivery=said.delivery.state.value if said.delivery else "",
        attempt=said.delivery.attempt if said.delivery else 0,
        task_id=said.task_id,
    )
    return Told(name, told, said.customer_id, said.case_id)


def of_customer(old: Customer | None, new: Customer | None) -> list[Told]:
    if new is None:
        return []  # customer.erased tells it
    if old is None:
        return [_customer("customer.created", new)]
    told = []
    if old.tier != new.tier:
        told.append(_tier("customer.tier_changed", new, old))
    if old.standing.pinned_until != new.standing.pinned_until:
        told.append(_tier("customer.tier_pinned", new, old))
    if old.team != new.team:
        told.append(_customer("customer.team_changed", new))
    if changed := tuple(what for what in _OF_A_CUSTOMER if getattr(old, what) != getattr(new, what)):
        told.append(_customer("customer.changed", new, changed))
    return told


_OF_A_CUSTOMER = (
    "name",
    "language",
    "time_zone",
    "consents",
    "suppressed",
    "traits",
    "handles",
    "organisation_id",
    "not_before",
)


def _customer(name: str, customer: Customer, changed: tuple[str, ...] = ()) -> Told:
    told = of.CustomerData(
        tier=customer.tier,
        language=customer.language,
        time_zone=customer.time_zone,
        team=customer.team,
        organisation_id=customer.organisation_id,
        merged_into=customer.merged_into,
        handles=len(customer.handles),
        open_cases=len(customer.open_cases),
        changed=changed,
    )
    return Told(name, told, customer.id)


def _tier(name: str, customer: Customer, was: Customer) -> Told:
    standing = customer.standing
    told = of.TierData(tier=standing.tier, was=was.tier, at=standing.since, pinned_until=standing.pinned_until)
    return Told(name, told, customer.id)


def of_handle(old: HandleOwner | None, new: HandleOwner | None) -> list[Told]:
    if new is None:
        return [Told("handle.removed", of.HandleData(kind=old.handle.kind), old.customer_id)] if old else []
    if old is None:
        return [Told("handle.added", of.HandleData(kind=new.handle.kind), new.customer_id)]
    if old.customer_id == new.customer_id:
        return []
    return [Told("handle.moved", of.HandleData(kind=new.handle.kind, was_of=old.customer_id), new.customer_id)]


def of_fact(old: Fact | None, new: Fact | None) -> list[Told]:
    if new is None:
        return []
    told = of.FactData(
        fact_id=new.id,
        what=new.what.value,
        occurred_at=new.occurred_at,
        margin=new.margin.minor if new.margin else None,
        currency=new.margin.currency if new.margin else "",
        value_index=_points(new.index),
        corrected_by=new.corrected_by,
    )
    names = [] if old else ["fact.recorded"]
    if new.corrected_by and not (old and old.corrected_by):
        names.append("fact.corrected")
    return [Told(name, told, new.customer_id) for name in names]


def of_task(old: Task | None, new: Task | None) -> list[Told]:
    if new is None:
        return []
    postponed = old is not None and old.state is new.state is TaskState.PLANNED and old.due_at != new.due_at
    if old is not None and old.state is new.state and not postponed:
        return []
    told = of.TaskData(
        task_id=new.id,
        play=new.play,
        purpose=new.purpose,
        channel=new.channel,
        tier=new.tier,
        state=new.state.value,
        reason=new.reason.partition(":")[0] if postponed or new.state is TaskState.PASSED_OVER else "",
        due_at=new.due_at,
        interaction_id=new.interaction_id,
        queue=new.queue,
        assigned_to=new.assigned_to,
    )
    back = old is not None and new.state is TaskState.PLANNED  # it had been queued, and a guardrail objected then
    return [Told("task.postponed" if postponed or back else f"task.{new.state.value}", told, new.customer_id)]


def of_member(old: Member | None, new: Member | None) -> list[Told]:
    one = new or old
    if one is None or (old and new):
        return []
    return [Told("segment.joined" if new else "segment.left", of.SegmentData(segment=one.segment_id), one.customer_id)]


def of_campaign(old: Campaign | None, new: Campaign | None) -> list[Told]:
    """Nothing of drafts: they are nobody's news yet."""
    if new is None or (old and old.state is new.state):
        return []
    name = _OF_CAMPAIGNS.get(new.state, "")
    if new.state is CampaignState.RUNNING and old and old.state is CampaignState.PAUSED:
        name = "campaign.resumed"
    told = of.CampaignData(
        campaign_id=new.id,
        play=new.play,
        state=new.state.value,
        audience=new.audience.kind.value,
        expected=new.expected,
        why=new.why,
    )
    return [Told(name, told)] if name else []


_OF_CAMPAIGNS = {
    CampaignState.SUBMITTED: "campaign.submitted",
    CampaignState.APPROVED: "campaign.approved",
    CampaignState.RUNNING: "campaign.begun",
    CampaignState.PAUSED: "campaign.paused",
    CampaignState.STOPPED: "campaign.stopped",
    CampaignState.DONE: "campaign.done",
}


def of_brake(old: Brake | None, new: Brake | None) -> list[Told]:
    if new is None or new.pulled == (old is not None and old.pulled):
        return []
    if new.pulled:
        return [Told("outreach.stopped", of.BrakeData(why=new.why))]
    return [Told("outreach.released", of.BrakeData(why=new.released_because, by=new.by))]


def of_pilot(old: Pilot | None, new: Pilot | None) -> list[Told]:
    if new is None:
        return []
    told = of.PilotData(
        pilot_id=new.id,
        play=new.play,
        state=new.state.value,
        outcome=new.design.primary.value,
        period=len(new.periods),
        then=new.then,
    )
    names = []
    if old is None or old.state is not new.state:
        names.append({PilotState.RUNNING: "pilot.started"}.get(new.state, f"pilot.{new.state.value}"))
    elif len(old.periods) < len(new.periods):
        names.append("pilot.widened")
    if old and new.decided_at and not old.decided_at:
        names.append("pilot.decided")
    return [Told(name, told) for name in names]


def of_segment(old: Segment | None, new: Segment | None) -> list[Told]:
    one = new or old
    if one is None or (old and new and old.edition == new.edition):
        return []
    told = of.SegmentData(segment=one.id, state=one.state.value, edition=one.edition)
    return [Told("segment.saved" if new else "segment.deleted", told)]


def of_play(old: PlayRecord | None, new: PlayRecord | None) -> list[Told]:
    one = new or old
    if one is None:
        return []
    number = next((each.number for each in (one.draft, one.live) if each), one.editions)
    told = of.PlayData(play=one.id, state=one.state.value, edition=number, by=one.updated_by, why=one.why)
    live = msgspec.structs.replace(told, edition=one.live.number if one.live else 0)
    names: list[Told] = []
    draft, before = (one.draft if new else None), (old.draft if old else None)
    if new and old and new.live != old.live:
        names.append(Told("play.approved", live))
    elif before and draft is None:
        names.append(Told("play.discarded", told))
    elif draft and draft != before:
        names.append(_of_draft(draft, told))
    if new and old and new.state is not old.state:
        resumed = old.state is PlayState.PAUSED and new.state is PlayState.RUNNING
        what = {PlayState.RUNNING: "resumed" if resumed else "started"}.get(new.state, new.state.value)
        names.append(Told(f"play.{what}", live))
    return names


def _of_draft(draft: PlayEdition, told: of.PlayData) -> Told:
    if draft.submitted_at:
        return Told("play.submitted", told)
    if draft.sent_back:
        return Told("play.sent_back", msgspec.structs.replace(told, why=draft.sent_back))
    return Told("play.drafted", told)


def of_organisation(old: Organisation | None, new: Organisation | None) -> list[Told]:
    one = new or old
    if one is None:
        return []
    told = of.OrganisationData(organisation_id=one.id, edition=one.edition)
    if old is None or new is None:
        return [Told("organisation.created" if new else "organisation.deleted", told)]
    changed = tuple(what for what in ("name", "external_id", "domains") if getattr(old, what) != getattr(new, what))
    return [Told("organisation.changed", msgspec.structs.replace(told, changed=changed))] if changed else []


def of_affiliation(old: Affiliation | None, new: Affiliation | None) -> list[Told]:
    told = []
    if old and not (new and new.organisation_id == old.organisation_id):
        told.append(
            Told("organisation.left", of.OrganisationData(organisation_id=old.organisation_id), old.customer_id)
        )
    if new and not (old and new.organisation_id == old.organisation_id):
        joined = of.OrganisationData(organisation_id=new.organisation_id)
        told.append(Told("organisation.joined", joined, new.customer_id))
    return told


def of_article(old: Article | None, new: Article | None) -> list[Told]:
    """One that was renamed is told of by what it leaves under its old slug."""
    if new is None:
        return [_article("article.deleted", old)] if old and not old.moved_to else []
    if new.moved_to:
        renamed = old is not None and not old.moved_to
        return [_article("article.renamed", replace(old, id=new.moved_to), was=new.id)] if old and renamed else []
    if old is None or old.moved_to:
        return [] if new.former else [_article(name, new) for name in _article_news(None, new)]
    return [_article(name, new) for name in _article_news(old, new)]


def _article_news(old: Article | None, new: Article) -> list[str]:
    news = []
    was = old.state if old else None
    out = new.state is ArticleState.PUBLISHED and (old is None or old.published_edition != new.published_edition)
    back = new.state is ArticleState.PUBLISHED and was is not None and not (old and old.live)
    if (old is None or old.edition != new.edition) and new.state is not ArticleState.PUBLISHED:
        news.append("article.drafted")
    if out or back:
        news.append("article.published")
    elif was is not new.state and new.state in _BY_ARTICLE_STATE:
        news.append(_BY_ARTICLE_STATE[new.state])
    elif was is ArticleState.IN_REVIEW and new.state is ArticleState.DRAFT and old and old.edition == new.edition:
        news.append("article.sent_back")
    return [*news, "article.review_due"] if new.stale and not (old and old.stale) else news


_BY_ARTICLE_STATE = {
    ArticleState.IN_REVIEW: "article.submitted",
    ArticleState.SCHEDULED: "article.scheduled",
    ArticleState.RETIRED: "article.retired",
}


def _article(name: str, one: Article, was: str = "") -> Told:
    told = of.ArticleData(
        article=one.id,
        edition=one.edition,
        languages=tuple(sorted(one.texts)),
        state=one.state.value,
        audience=one.audience.value,
        topic=one.topic,
        owner=one.owner,
        was=was,
    )
    return Told(name, told)


def of_gap(old: Gap | None, new: Gap | None) -> list[Told]:
    if new is None or (old and old.state is new.state) or new.state not in _OF_GAPS:
        return []
    told = of.GapData(
        gap_id=new.id,
        state=new.state.value,
        language=new.language,
        asks=new.asks,
        people=new.people,
        article=new.article_id,
        owner=new.owner,
    )
    return [Told(_OF_GAPS[new.state], told)]


_OF_GAPS = {
    GapState.PROPOSED: "knowledge.gap_proposed",
    GapState.DRAFTED: "knowledge.gap_drafted",
    GapState.ANSWERED: "knowledge.gap_answered",
    GapState.DISMISSED: "knowledge.gap_dismissed",
}


def of_article_care(old: ArticleCare | None, new: ArticleCare | None) -> list[Told]:
    """Outcomes and links are no news; what readers say is."""
    if new is None or new.votes == (old.votes if old else Votes()):
        return []
    votes = new.votes
    told = of.FeedbackData(
        article=new.article_id, helpful=votes.helpful, not_helpful=votes.not_helpful, standing=new.standing
    )
    return [Told("article.feedback", told)]


def of_finding(old: Finding | None, new: Finding | None) -> list[Told]:
    if new is None or (old and old.state is new.state):
        return []
    told = of.FindingData(
        finding_id=new.id,
        what=new.what.value,
        article=new.article_id,
        other=new.other_id,
        state=new.state.value,
        owner=new.owner,
    )
    return [Told(f"knowledge.finding_{'opened' if new.state is FindingState.OPEN else 'closed'}", told)]


def of_merge(old: Merge | None, new: Merge | None) -> list[Told]:
    if new is None or (old and (old.undone_at or not new.undone_at)):
        return []
    told = of.MergeData(merge_id=new.id, survivor_id=new.survivor.id, absorbed_id=new.absorbed.id)
    return [Told("customer.unmerged" if new.undone_at else "customer.merged", told, new.survivor.id)]


def of_erasure(old: Erasure | None, new: Erasure | None) -> list[Told]:
    """At the moment she is a new customer; when all is done the row does not know any more who she was."""
    if new is None or not new.forgotten_at or (old and old.forgotten_at):
        return []
    named = new if new.customer_id else old or new
    return [Told("customer.erased", of.ErasureData(erasure_id=new.id, records=tuple(named.records)), named.customer_id)]


def of_event(old: Event | None, new: Event | None) -> list[Told]:
    """Entries of the timeline that no other row tells of."""
    if new is None or old is not None or new.what not in NEWS:
        return []
    told = of.NewsData(entry_id=new.id, task_id=new.task_id)
    return [Told(NEWS[new.what], told, new.customer_id, new.case_id)]


def of_recovery(old: Recovery | None, new: Recovery | None) -> list[Told]:
    if new is None:
        return []
    names = ["recovery.opened"] if old is None else _recovery_news(old, new)
    told = of.RecoveryData(
        recovery_id=new.id,
        state=new.state.value,
        tier=new.tier,
        for_role=new.for_role,
        cause=new.causes[-1].cause.value if new.causes else "",
        causes=tuple(one.cause.value for one in new.causes),
        signs=tuple(one.sign.value for one in new.seen),
        follow_until=new.follow_until,
    )
    return [Told(name, told, new.customer_id, new.case_id) for name in names]


def _recovery_news(old: Recovery, new: Recovery) -> list[str]:
    changed = {
        "recovery.worsened": new.causes != old.causes,
        "recovery.answered": bool(new.answered_at and not old.answered_at),
        "recovery.done": new.done != old.done,
        "recovery.sign_seen": new.seen != old.seen,
        "recovery.reopened": new.open and not old.open,
        f"recovery.{new.state.value}": not new.open and new.state is not old.state,
    }
    return [name for name, is_so in changed.items() if is_so]


def of_rating(old: Rating | None, new: Rating | None) -> list[Told]:
    if new is None or (old and old.state is new.state and old.votes == new.votes):
        return []
    told = of.RatingData(
        rating_id=new.id,
        state=new.state.value,
        tier=new.tier,
        channel=new.channel,
        topic=new.topic,
        score=new.score,
        votes=len(new.votes),
        reason=new.reason.partition(":")[0],
    )
    return [Told(f"rating.{new.state.value}", told, new.customer_id, new.case_id)]


def of_mood_label(_old: MoodLabel | None, new: MoodLabel | None) -> list[Told]:
    if new is None:
        return []
    judged = new.judged.value if new.judged else ""
    told = of.MoodData(interaction_id=new.interaction_id, mood=new.level.value, judged=judged)
    return [Told("mood.corrected", told, new.customer_id)]


def of_rule_run(old: RuleRun | None, new: RuleRun | None) -> list[Told]:
    if new is None or old is not None:
        return []
    told = of.RuleData(
        rule=new.rule,
        edition=new.edition,
        event_id=new.event_id,
        event_type=new.event_type,
        did=tuple(did.partition(" ")[0] for did in new.did),
        skipped=tuple(sorted(new.skipped)),
    )
    return [Told("rule.ran", told, new.customer_id, new.case_id)]


def of_webhook(old: Webhook | None, new: Webhook | None) -> list[Told]:
    if not (old and new and new.off_because and not old.off_because):
        return []
    return [Told("webhook.switched_off", of.WebhookData(webhook_id=new.id, because=new.off_because))]


def _points(tenths: int | None) -> float | None:
    return None if tenths is None else tenths / 10


OF_KIND: Mapping[str, Callable[[Any, Any], list[Told]]] = {
    "interaction": of_interaction,
    "case": of_case,
    "customer": of_customer,
    "merge": of_merge,
    "erasure": of_erasure,
    "handle": of_handle,
    "fact": of_fact,
    "task": of_task,
    "campaign": of_campaign,
    "pilot": of_pilot,
    "segment": of_segment,
    "play": of_play,
    "brake": of_brake,
    "member": of_member,
    "organisation": of_organisation,
    "affiliation": of_affiliation,
    "article": of_article,
    "gap": of_gap,
    "article_care": of_article_care,
    "finding": of_finding,
    "event": of_event,
    "recovery": of_recovery,
    "rating": of_rating,
    "mood_label": of_mood_label,
    "rule_run": of_rule_run,
    "webhook": of_webhook,
}
SILENT: Mapping[str, str] = {
    "case_change": "case.changed and its kin tell it",
    "case_of_customer": "case.opened tells it",
    "case_merge": "case.merged and case.unmerged tell it",
    "case_split": "case.opened tells of the new one",
    "receipt": "what it stands for is told by what was written with it",
    "message": "likewise",
    "signpost": "customer.merged tells it",
    "memberships": "segment.joined and segment.left tell it",
    "directory": "segment.saved and segment.deleted tell it",
    "organisation_mark": "organisation.changed tells it",
    "calibration": "a night's figures of everybody; what they change of a customer is told of her",
    "sweep": "how work goes on, no news",
    "sweep_part": "how work goes on, no news",
    "sum": "counters; what is counted is told by what happened",
    "look": "who looked at whom is for those who may ask, not for every listener",
    "export": "who asked for it is answered by the API; nobody else is told",
    "exported": "likewise",
    "erasing": "customer.erased tells it, once it is so",
    "play_version": "play.approved tells it",
    "evidence": "its pilot tells that something was decided",
    "subject": "who is in a pilot is nobody's business while it runs; task.held_out tells of a task",
    "campaign_part": "how work goes on, no news",
    "list_chunk": "who is on a list is for those who may ask",
    "agent": "who is there, and what she has in hand, is for the desk; case.assigned tells who has what",
    "desk_load": "a figure of the moment, for the desk and for campaigns",
    "staff": "who works here, and who may do what, is for those who may ask",
    "staff_address": "likewise",
    "admins": "likewise",
    "access": "likewise",
    "session": "who is signed in is her own business",
    "sign_in_code": "likewise",
    "call_rate": "a counter",
    "machine": "who may call is no business of listeners",
    "listeners": "who listens is no business of listeners",
    "webhook_delivery": "telling of what was told would never end",
    "template": "who writes templates knows; what is made of one is told as interaction.queued",
    "scheduled_answer": "answer.scheduled and answer.cancelled tell it",
    "side_conversation": "side.opened, side.received and side.closed tell it",
    "upload": "what comes of it is told by what names it",
    "notice_settings": "what a colleague wants to hear of is hers",
    "notified": "a counter",
    "article_edition": "its article tells that it was published",
    "article_image": "its article shows it when it is published",
    "question": "what somebody looks for is hers; what comes of it is told by cases and articles",
    "learned_question": "a counter",
    "article_vote": "article.feedback tells it, once it is counted",
    "word_pair": "what words mean is for those who write articles",
    "unknown_words": "likewise",
    "learning": "how work goes on, no news",
    "visitor": "nobody knows who she is, and questions tell what she asked",
    "snapshot": "how work goes on, no news; article.changed tells what is new in it",
    "newest_snapshot": "likewise",
    "search_build": "likewise",
    "search_mark": "likewise",
    "rulebook": "a deploy changes it, and who deploys knows",
}
NEWS: Mapping[EventKind, str] = {
    EventKind.TIER_WILL_CHANGE: "customer.tier_will_change",
    EventKind.TIER_KEPT: "customer.tier_kept",
    EventKind.UNSUBSCRIBED: "customer.unsubscribed",
    EventKind.BLOCKED: "customer.blocked",
    EventKind.UNBLOCKED: "customer.unblocked",
    EventKind.PARTICIPANT_CONFIRMED: "participant.confirmed",
    EventKind.PARTICIPANT_REVOKED: "participant.revoked",
    EventKind.ATTACHMENTS_UNLOCKED: "attachments.unlocked",
    EventKind.ANSWER_SCHEDULED: "answer.scheduled",
    EventKind.ANSWER_CANCELLED: "answer.cancelled",
    EventKind.SIDE_OPENED: "side.opened",
    EventKind.SIDE_CLOSED: "side.closed",
    EventKind.SIDE_REOPENED: "side.reopened",
    EventKind.SIDE_INTRUDED: "side.intruded",
}
SILENT_NEWS: Mapping[EventKind, str] = {
    EventKind.TIER_CHANGED: "customer.tier_changed, by her row",
    EventKind.TIER_PINNED: "customer.tier_pinned, by her row",
    EventKind.TIER_PIN_ENDED: "customer.tier_pinned, by her row",
    EventKind.CASE_SOLVED: "case.solved, by the case",
    EventKind.CASE_CLOSED: "case.closed, by the case",
    EventKind.CASE_REOPENED: "case.reopened, by the case",
    EventKind.CASE_SNOOZED: "case.changed, by the case",
    EventKind.CASE_WOKEN: "case.changed, by the case",
    EventKind.CASE_TAKEN_OVER: "case.changed, by the case, when whoever took over changes it",
    EventKind.CASES_MERGED: "case.merged, by the case",
    EventKind.CASE_MERGE_UNDONE: "case.changed, by the case",
    EventKind.CASE_SPLIT: "case.opened, by the case",
    EventKind.CASE_SPLIT_UNDONE: "case.merged, by the case",
    EventKind.PROMISE_AT_RISK: "promise.at_risk, by the case",
    EventKind.PROMISE_BROKEN: "promise.broken, by the case",
    EventKind.MAIL_BOUNCED: "interaction.bounced, by the mail",
    EventKind.MAIL_COMPLAINED: "interaction.complained, by the mail",
    EventKind.HANDLE_ADDED: "handle.added, by the handle",
    EventKind.HANDLE_SPLIT_OFF: "handle.moved, by the handle",
    EventKind.MERGED: "customer.merged, by the merge",
    EventKind.MERGE_UNDONE: "customer.unmerged, by the merge",
    EventKind.ORGANISATION_JOINED: "organisation.joined, by the affiliation",
    EventKind.ORGANISATION_LEFT: "organisation.left, by the affiliation",
    EventKind.TEAM_CHANGED: "customer.team_changed, by her row",
    EventKind.CASE_REASSIGNED: "case.assigned, by the case",
    EventKind.URGENCY_SET: "case.changed, by the case",
    EventKind.MOOD_CORRECTED: "mood.corrected, by the label",
    EventKind.LANGUAGE_CHANGED: "customer.changed, by her row",
    EventKind.CALLED: "interaction.received, by the contact",
    EventKind.QUESTION_ANSWERED: "knowledge.gap_answered, by the gap",
    EventKind.OUTCOME: "task.*, by the task",
    EventKind.RULE_RAN: "rule.ran, by the run",
}


# ── How it is described to others ─────────────────────────────────────────────────────────────────

_AT = datetime.fromisoformat("2026-11-20T12:00:00+00:00")
_OPEN = {"status": "new", "channel": "email", "tier": "gold", "priority": 1, "topic": "delivery", "opened_at": _AT}
_TASK = {"play": "payment_will_fail", "purpose": "service", "channel": "email", "tier": "gold", "due_at": _AT}
EXAMPLES: Mapping[type[of.Data], of.Data] = {
    type(example): example
    for example in (
        of.CaseData(**{**_OPEN, "owed_by": _AT, "changed": ("topic",)}),  # type: ignore[arg-type]
        of.PromiseData(promise="first_answer", state="open", channel="email", tier="gold", made_at=_AT, due_at=_AT),
        of.CampaignData(campaign_id="01KAM8Q6C3V8QW2E0N4B7T9XYZ", play="payment_will_fail", state="running",
            audience="segment", expected=1200),
        of.InteractionData(
            interaction_id="01M800QRH468D536G0AQJJ040B", channel="email", direction="in", purpose="contact", tier="gold"
        ),
        of.CustomerData(tier="gold", language="de", handles=1, open_cases=1),
        of.TierData(tier="platinum", was="gold", at=_AT),
        of.HandleData(kind="email"),
        of.FactData(
            fact_id="01M800QRH468D536G0AQJJ040C", what="order", occurred_at=_AT, margin=1250, currency="EUR"
        ),
        of.TaskData(task_id="01M800QRH468D536G0AQJJ040D", state="planned", **_TASK),  # type: ignore[arg-type]
        of.PlayData(play="payment_will_fail", state="stopped", edition=2, by="Lea", why="the text names a wrong date"),
        of.BrakeData(why="31 of 5000 notices were complained of"),
        of.PilotData(
            pilot_id="01M800QRH468D536G0AQJJ040S", play="payment_will_fail", state="running", outcome="goal", period=1
        ),
        of.SegmentData(segment="gold-and-silent", state="ready", edition=1),
        of.GapData(gap_id="01M800QRH468D536G0AQJJ040R", state="proposed", language="en", asks=9, people=6),
        of.FeedbackData(article="returning-goods", helpful=12, not_helpful=3, standing=100),
        of.FindingData(
            finding_id="returning-goods.0123456789ab", what="dead_link", article="returning-goods", state="open"
        ),
        of.ArticleData(article="returning-goods", edition=2, languages=("en", "zh-Hans")),
        of.OrganisationData(organisation_id="01M800QRH468D536G0AQJJ040E", edition=1),
        of.MergeData(
            merge_id="01M800QRH468D536G0AQJJ040F",
            survivor_id="01M800QRH468D536G0AQJJ040A",
            absorbed_id="01M800QRH468D536G0AQJJ040G",
        ),
        of.ErasureData(erasure_id="01M800QRH468D536G0AQJJ040H", records=("01M800QRH468D536G0AQJJ040A",)),
        of.RecoveryData(
            recovery_id="01M800QRH468D536G0AQJJ040N", state="open", tier="gold", for_role="agent", cause="angry",
            causes=("broken_promise", "angry"), follow_until=_AT,
        ),
        of.RatingData(rating_id="01M800QRH468D536G0AQJJ040P", state="answered", tier="gold", channel="email", score=4),
        of.MoodData(interaction_id="01M800QRH468D536G0AQJJ040B", mood="annoyed", judged="calm"),
        of.NewsData(entry_id="01M800QRH468D536G0AQJJ040J"),
        of.RuleData(
            rule="billing-first", edition=3, event_id="01M800QRH468D536G0AQJJ040K", event_type="case.opened",
            did=("set_topic",),
        ),
        of.WebhookData(webhook_id="01M800QRH468D536G0AQJJ040M", because="it answered 410: it is gone"),
    )
}  # fmt: skip


def example_of(event: EventType) -> DomainEvent:
    """One such event, as listeners get it."""
    given = {"customer_id": "01M800QRH468D536G0AQJJ040A", "case_id": "68d536g0aqjj"}
    subject = Subject(**{name: value for name, value in given.items() if name in event.about})
    return DomainEvent(
        id="01M800QRH468D536G0AQJJ0400",
        type=event.name,
        version=event.version,
        timestamp=_AT,
        stage="prod",
        sequence=1,
        subject=subject,
        data=msgspec.to_builtins(EXAMPLES[event.data]),
    )


def schema_of(event: EventType) -> dict[str, Any]:
    """The JSON Schema of one such event, the envelope included."""
    (_, data), definitions = msgspec.json.schema_components((DomainEvent, event.data), ref_template="#/$defs/{name}")
    whole = dict(definitions["DomainEvent"])
    own = {
        "type": {"const": event.name},
        "version": {"const": event.version},
        "timestamp": {"type": "string", "format": "date-time"},
        "data": data,
    }
    whole |= {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event.name,
        "description": event.means,
        "properties": {**whole["properties"], **own},
        "required": list(whole["properties"]),
        "$defs": {name: each for name, each in definitions.items() if name != "DomainEvent"},
    }
    return whole
