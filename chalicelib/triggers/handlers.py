"""Who reacts to what: every follow-up message and the one function that handles it."""

from collections.abc import Callable
from typing import Any

from chalicelib.auth import mailroom as auth_mailroom
from chalicelib.automation import service as automation
from chalicelib.cases import mailroom, notifying, self_service
from chalicelib.cases import service as cases
from chalicelib.customers import night
from chalicelib.customers import service as customers
from chalicelib.desk import load
from chalicelib.desk import service as desk
from chalicelib.insight import driving
from chalicelib.kernel import clock, messages
from chalicelib.kernel.messages import (
    ActOnAnswer,
    ActOnArticle,
    ActOnCase,
    AskForRating,
    AskMood,
    BeginCampaign,
    BringQuestions,
    BuildExport,
    CampaignPlanned,
    CareForArticle,
    CaseHasTopic,
    ClearSegment,
    ConsiderTask,
    DeliverTask,
    DeliverWebhook,
    Erase,
    FactRecorded,
    FollowRecovery,
    Happened,
    JudgeSubject,
    JudgeTier,
    LearnQuestions,
    LookAtGap,
    LookAtPilot,
    LookThroughCampaign,
    MailSettled,
    MayMakeHerAsk,
    MissAgent,
    NoteSign,
    NoticeKept,
    NotifyStaff,
    PlanCampaignPart,
    PlanCampaignPerson,
    PlanRating,
    PublishEvents,
    RebuildSegments,
    Recalibrate,
    RefreshSearch,
    ResolveCampaignList,
    SegmentJoined,
    SendMail,
    SendSignInCode,
    SettleHand,
    SortCustomers,
    SweepEnded,
    SweepPart,
    TeachArticles,
    TellAskers,
    TellKeepers,
    TendDesk,
    TendSearch,
    TierNews,
    WakeLearning,
)
from chalicelib.knowledge import building as search
from chalicelib.knowledge import learning, tending
from chalicelib.knowledge import mailroom as knowledge_mailroom
from chalicelib.knowledge import service as knowledge
from chalicelib.model.task import TaskState
from chalicelib.outreach import askers
from chalicelib.outreach import service as outreach
from chalicelib.outreach.campaigns import service as campaigns
from chalicelib.outreach.delivery import News
from chalicelib.outreach.pilots import service as pilots
from chalicelib.privacy import service as privacy
from chalicelib.ratings import service as ratings
from chalicelib.recovery import service as recovery
from chalicelib.segments import building
from chalicelib.segments import service as segments
from chalicelib.sweeps import service as sweeps
from chalicelib.sweeps.job import Jobs

HANDLERS: dict[type[messages.Message], Callable[[Any], object]] = {
    SendMail: lambda m: mailroom.send_mail(m.customer_id, m.interaction_id),
    FactRecorded: lambda m: fact_recorded(m.customer_id, m.fact_id),
    CaseHasTopic: lambda m: driving.note_case(m.case_id),
    MayMakeHerAsk: lambda m: driving.note_entry(m.customer_id, m.entry_id),
    TierNews: lambda m: outreach.plan_for(m.customer_id, m.event_id),
    Happened: lambda m: outreach.plan_for(m.customer_id, m.entry_id),
    TellAskers: lambda m: askers.tell(m.gap_id, m.after),
    JudgeTier: lambda m: customers.judge_tier(m.customer_id, clock.from_iso(m.as_of)),
    ConsiderTask: lambda m: outreach.consider_task(m.customer_id, m.task_id, clock.from_iso(m.as_of)),
    DeliverTask: lambda m: outreach.deliver_task(m.customer_id, m.task_id, clock.from_iso(m.as_of)),
    SegmentJoined: lambda m: outreach.plan_for_joined(m.customer_id, m.segment_id, clock.from_iso(m.since)),
    JudgeSubject: lambda m: pilots.judge(m.customer_id, m.pilot_id, clock.from_iso(m.as_of)),
    LookAtPilot: lambda m: pilots.look(m.pilot_id, clock.from_iso(m.as_of)),
    NoticeKept: lambda m: outreach.take_back(m.customer_id, m.task_id, m.interaction_id),
    MailSettled: lambda m: outreach.record_outcome(
        m.customer_id, m.task_id, News(TaskState(m.state), m.interaction_id, m.channel, m.said)
    ),
    ActOnCase: lambda m: cases.act_on_case(m.case_id, clock.from_iso(m.as_of)),
    ActOnAnswer: lambda m: cases.act_on_answer(
        m.customer_id, m.answer_id, clock.from_iso(m.as_of) if m.as_of else None, m.why
    ),
    BringQuestions: lambda m: self_service.bring_questions(
        m.customer_id, m.case_id, m.contact_id, m.visitor_id, proven=m.proven
    ),
    TeachArticles: lambda m: self_service.teach(m.customer_id, m.interaction_id),
    NotifyStaff: lambda m: notifying.notify(m.case_id, m.what, m.of, m.to),
    AskMood: lambda m: cases.ask_mood(m.customer_id, m.interaction_id),
    NoteSign: lambda m: recovery.note_sign(m.customer_id, m.fact_id),
    FollowRecovery: lambda m: recovery.follow(m.customer_id, m.recovery_id, clock.from_iso(m.as_of)),
    PlanRating: lambda m: ratings.plan(m.case_id),
    AskForRating: lambda m: ratings.ask(m.customer_id, m.rating_id, clock.from_iso(m.as_of)),
    Recalibrate: lambda m: sweeps.start(
        night.CALIBRATION, m.run, customers.night_begins(clock.now(), after=clock.from_iso(m.after))
    ),
    SweepEnded: lambda m: sweeps.end(JOBS, m.job, m.run),
    BuildExport: lambda m: privacy.build_export(m.export_id, m.turn),
    Erase: lambda m: privacy.erase(m.erasure_id, m.turn, clock.from_iso(m.as_of) if m.as_of else None),
    SortCustomers: lambda m: segments.sort(m.customer_ids, clock.from_iso(m.as_of) if m.as_of else None),
    RebuildSegments: lambda _: segments.rebuild(),
    SendSignInCode: lambda m: auth_mailroom.send_code(m.code_id),
    PublishEvents: lambda m: automation.publish(m.events),
    DeliverWebhook: lambda m: automation.deliver(m.delivery_id, m.tries),
    SettleHand: lambda m: desk.settle_hand(m.agent_id, m.work_id),
    MissAgent: lambda m: desk.miss(m.agent_id, clock.from_iso(m.as_of)),
    TendDesk: lambda m: load.tend(clock.from_iso(m.as_of)),
    ActOnArticle: lambda m: knowledge.act_on_article(m.article_id, clock.from_iso(m.as_of)),
    WakeLearning: lambda _: learning.wake(),
    LookAtGap: lambda m: tending.look_at_gap(m.gap_id, clock.from_iso(m.as_of)),
    CareForArticle: lambda m: tending.care_for(m.article_id),
    TellKeepers: lambda m: knowledge_mailroom.write_to(m.to, clock.from_iso(m.since), clock.from_iso(m.until)),
    BeginCampaign: lambda m: campaigns.begin(m.campaign_id, clock.from_iso(m.as_of)),
    PlanCampaignPerson: lambda m: campaigns.plan_person(m.campaign_id, m.customer_id),
    CampaignPlanned: lambda m: campaigns.end(m.campaign_id),
}
# Those that do as much as they have time for, and leave the rest to another message.
LONG_HANDLERS: dict[type[messages.Message], Callable[[Any, Callable[[], bool]], object]] = {
    SweepPart: lambda m, out_of_time: sweeps.go_on(JOBS, m.job, m.run, m.part, m.after, out_of_time),
    RefreshSearch: lambda m, out_of_time: search.refresh(m.article_id, out_of_time),
    TendSearch: lambda m, out_of_time: search.tend(clock.from_iso(m.as_of), out_of_time),
    LearnQuestions: lambda m, out_of_time: learning.learn(out_of_time, clock.from_iso(m.as_of) if m.as_of else None),
    PlanCampaignPart: lambda m, out_of_time: campaigns.go_on(
        m.campaign_id, m.part, m.turn, clock.from_iso(m.as_of) if m.as_of else None, out_of_time
    ),
    LookThroughCampaign: lambda m, out_of_time: campaigns.look_through(m.campaign_id, m.part, m.turn, out_of_time),
    ResolveCampaignList: lambda m, out_of_time: campaigns.resolve_list(m.campaign_id, m.turn, out_of_time),
    ClearSegment: lambda m, out_of_time: segments.clear(m.segment_id, m.turn, out_of_time),
}
JOBS: Jobs = {night.CALIBRATION: customers.NIGHT, building.JOB: segments.JOB}


def fact_recorded(customer_id: str, fact_id: str) -> None:
    """Plays may have something to say about it, and it may make somebody ask."""
    outreach.plan_for(customer_id, fact_id)
    driving.note_entry(customer_id, fact_id)


def handle(body: str, out_of_time: Callable[[], bool] = lambda: False) -> None:
    """Raises ValueError for what is not a message of ours: it goes to the dead-letter queue."""
    message = messages.from_json(body)
    if long := LONG_HANDLERS.get(type(message)):
        long(message, out_of_time)
    else:
        HANDLERS[type(message)](message)
