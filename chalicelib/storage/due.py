"""AP-5: what is due by now, from the due index, shard by shard; never a scan."""

from collections.abc import Callable, Iterator
from datetime import datetime

from chalicelib.kernel import clock
from chalicelib.kernel.messages import (
    ActOnAnswer,
    ActOnArticle,
    ActOnCase,
    AskForRating,
    BeginCampaign,
    BuildExport,
    CareForArticle,
    ConsiderTask,
    DeliverWebhook,
    Erase,
    FollowRecovery,
    JudgeSubject,
    JudgeTier,
    LearnQuestions,
    LookAtGap,
    LookAtPilot,
    Message,
    MissAgent,
    PlanCampaignPart,
    RefreshSearch,
    SendMail,
    SortCustomers,
    TendDesk,
    TendSearch,
)
from chalicelib.model.campaign import Campaign, CampaignPart
from chalicelib.model.gap import Gap
from chalicelib.model.later import ScheduledAnswer
from chalicelib.model.pilot import Pilot, Subject
from chalicelib.model.rating import Rating
from chalicelib.model.recovery import Recovery
from chalicelib.model.search import SearchBuild, SearchMark
from chalicelib.model.upkeep import ArticleCare, Learning
from chalicelib.storage import keys, table
from chalicelib.storage.keys import DueLane
from chalicelib.storage.table import Indexed

PAGE = 500


def work(now: datetime) -> Iterator[list[Message]]:
    """Cases whose promise, wait or offer is due, answers that wait, outbound mail, exports and erasures that got stuck,
    customers whose segments time may change, articles to be published or looked at again, articles the index lacks,
    agents of whom nothing was heard, webhooks to be tried again, campaigns that begin or go on, as the messages that
    act."""
    return _due("work", now)


def outreach(now: datetime) -> Iterator[list[Message]]:
    """Tasks whose time has come, recoveries and ratings, tiers that time may change, and what becomes of people in
    pilots, as messages."""
    return _due("outreach", now)


def _due(lane: DueLane, now: datetime) -> Iterator[list[Message]]:
    """Pages, earliest first within a shard. A page is one Query; an idle shard costs one, too."""
    until = f"{clock.iso(now)}$"  # sorts behind every id of this instant
    for shard in range(keys.DUE_SHARDS):
        after = ""
        while True:
            found = table.due_by(keys.due_shard(lane, shard), until, after=after, limit=PAGE)
            if found:
                # What many entries ask for at once is asked for once.
                yield list(dict.fromkeys(_message(lane, entry, clock.iso(now)) for entry in found))
            if len(found) < PAGE:
                break
            after = found[-1].place


def _message(lane: DueLane, found: Indexed, as_of: str) -> Message:
    key = found.key
    kind, _, owner = key.pk.partition("#")
    entry = key.sk.removeprefix(keys.TIMELINE).removeprefix(keys.LETTERS).removeprefix(keys.LATER)
    if key.sk == keys.PROFILE:
        return JudgeTier(customer_id=owner, as_of=as_of)
    if key == keys.memberships(owner):
        return SortCustomers(customer_ids=(owner,), as_of=as_of)
    if found.model and (told := _BY_MODEL.get(found.model)):
        return told(owner, entry, as_of)
    if lane == "outreach":
        return ConsiderTask(customer_id=owner, task_id=entry, as_of=as_of)
    if announce := _BY_PARTITION.get(kind):
        return announce(owner, as_of)
    return SendMail(customer_id=owner, interaction_id=entry)


_BY_MODEL: dict[type, Callable[[str, str, str], Message]] = {
    Gap: lambda owner, _entry, as_of: LookAtGap(gap_id=owner, as_of=as_of),
    Campaign: lambda owner, _entry, as_of: BeginCampaign(campaign_id=owner, as_of=as_of),
    CampaignPart: lambda owner, entry, as_of: PlanCampaignPart(
        campaign_id=owner, part=int(entry.removeprefix("PART#")), as_of=as_of
    ),
    ArticleCare: lambda owner, _entry, _as_of: CareForArticle(article_id=owner),
    Learning: lambda _owner, _entry, as_of: LearnQuestions(as_of=as_of),
    Pilot: lambda owner, _entry, as_of: LookAtPilot(pilot_id=owner, as_of=as_of),
    Subject: lambda owner, entry, as_of: JudgeSubject(
        customer_id=owner, pilot_id=entry.removeprefix(keys.SUBJECTS), as_of=as_of
    ),
    Recovery: lambda owner, entry, as_of: FollowRecovery(customer_id=owner, recovery_id=entry, as_of=as_of),
    ScheduledAnswer: lambda owner, entry, as_of: ActOnAnswer(customer_id=owner, answer_id=entry, as_of=as_of),
    SearchMark: lambda *_: RefreshSearch(),
    SearchBuild: lambda _owner, _entry, as_of: TendSearch(as_of=as_of),
    Rating: lambda owner, entry, as_of: AskForRating(customer_id=owner, rating_id=entry, as_of=as_of),
}
_BY_PARTITION: dict[str, Callable[[str, str], Message]] = {
    "CASE": lambda case_id, as_of: ActOnCase(case_id=case_id, as_of=as_of),
    "ARTICLE": lambda slug, as_of: ActOnArticle(article_id=slug, as_of=as_of),
    "EXPORT": lambda export_id, _: BuildExport(export_id=export_id),
    "DELIVERY": lambda delivery_id, _: DeliverWebhook(delivery_id=delivery_id),
    "LOAD": lambda _, as_of: TendDesk(as_of=as_of),
    "AGENT": lambda agent_id, as_of: MissAgent(agent_id=agent_id, as_of=as_of),
    "ERASURE": lambda erasure_id, as_of: Erase(erasure_id=erasure_id, as_of=as_of),
}
