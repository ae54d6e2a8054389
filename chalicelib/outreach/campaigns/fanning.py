"""What does one part of a campaign do next, and what is written about whom? A part's row says where it stands; the
message that goes on rides in it, as in a sweep, or the clock sends it when the part has earned more people.

A message says which slice it begins. It counts only if the part is at it: a repetition, a late one, and the slower of
two workers all change nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.messages import CampaignPlanned, LookThroughCampaign, Message, PlanCampaignPart
from chalicelib.model.campaign import Campaign, CampaignPart, CampaignState, stand_of
from chalicelib.model.customer import Customer
from chalicelib.model.policy import Policy
from chalicelib.model.task import Task
from chalicelib.outreach import planning
from chalicelib.outreach.campaigns import pacing, preparing
from chalicelib.outreach.configured import SINCE
from chalicelib.outreach.counting import counted
from chalicelib.outreach.plays.base import Occasion, Running

MOST_ITEMS = 100  # in a transaction
BY_THE_CLOCK = -1  # in place of a turn


def is_next(campaign: Campaign | None, part: CampaignPart | None, turn: int, now: datetime) -> bool:
    """Whether a message of this turn, or of the clock, is what this part waits for."""
    if campaign is None or part is None or part.done:
        return False
    if turn == BY_THE_CLOCK:
        return part.next_at is not None and part.next_at <= now
    return part.turn == turn


def standing(campaign: Campaign, part: CampaignPart, running: Running | None, now: datetime) -> Decision | None:
    """What becomes of a part that must not go on; None: it may. Paused, it leaves the clock's list, and whoever
    resumes the campaign wakes it."""
    if campaign.state is CampaignState.STOPPED:
        # Whom its last slice planned was not there yet when the others were withdrawn.
        look = LookThroughCampaign(campaign_id=campaign.id, part=part.number, turn=campaign.turn)
        return replace(_still(part, campaign.state.value), messages=(look,))
    if campaign.state is not CampaignState.RUNNING:
        return _still(part, campaign.state.value)
    if now >= campaign.deadline:
        return _ended(replace(part, turn=part.turn + 1), "too late")
    if running is None or not running.record.contacts or running.number != campaign.edition:
        why = "its play does not run as it was approved with"
        stands = preparing.paused(campaign, why, by="Liana", now=now)
        return Decision((*stands.changes, *_still(part, why).changes), reason=why)
    return None


def sliced(
    part: CampaignPart, share: float, *, upto: str | None, seen: int, now: datetime, owes: bool = False
) -> Decision:
    """The part behind a slice `upto` a place (None: to its end) in which it saw so many more. `owes`: it has people to
    take at once. Otherwise the clock looks when it has earned some."""
    further = replace(
        part,
        after=upto if upto is not None else part.after,
        seen=part.seen + seen,
        saved=part.saved - seen,
        turn=part.turn + 1,
    )
    if upto is None:
        return _ended(further, "through")
    if owes:
        # The clock sees to it if the message is lost on the way.
        further = replace(further, next_at=now + pacing.STUCK_AFTER)
        going: tuple[Message, ...] = (
            PlanCampaignPart(campaign_id=part.campaign_id, part=part.number, turn=further.turn),
        )
        return Decision((further,), going, reason="goes on")
    return Decision((replace(further, next_at=pacing.look_again_at(further, share, now)),), reason="waits")


def _ended(part: CampaignPart, why: str) -> Decision:
    over = replace(part, done=True, next_at=None)
    return Decision((over,), (CampaignPlanned(campaign_id=part.campaign_id),), reason=why)


def _still(part: CampaignPart, why: str) -> Decision:
    return Decision((replace(part, next_at=None, turn=part.turn + 1),), reason=why)


# ── People ────────────────────────────────────────────────────────────────────────────────────────


def task_id_of(campaign: Campaign, customer_id: str) -> str:
    """The same whenever it is asked for: that the task is there already is what says that she has hers."""
    return ids.derived_ulid(campaign.approved_at or campaign.prepared_at, "campaign", campaign.id, customer_id)


def planned(campaign: Campaign, running: Running, customer: Customer, policy: Policy, now: datetime) -> Decision:
    """Her task, looked at right away: queued, waiting for an agent, held out, planned for later, or passed over with
    the reason. Its id is its receipt."""
    task = task_of(campaign, running, customer, now)
    considered = planning.consider(task, customer, replace(running, campaign=campaign), policy, now)
    return replace(considered, changes=(*considered.changes, counted(task, now, "planned")))


def task_of(campaign: Campaign, running: Running, customer: Customer, now: datetime) -> Task:
    """As it is before anybody asked whether she may be contacted."""
    occasion = Occasion(
        key=campaign.id,
        due_at=now,
        deadline=campaign.deadline,
        why=campaign.reason,
        context=context_of(campaign, running),
    )
    (task, *_) = planning.planned(running, occasion, customer.id, customer.tier, now).changes
    if not isinstance(task, Task):
        raise TypeError("a plan begins with its task")
    return replace(task, id=task_id_of(campaign, customer.id), campaign_id=campaign.id)


def context_of(campaign: Campaign, running: Running) -> dict[str, str]:
    """What its texts may name: the campaign's own words, and parameters as the play's edition or the campaign sets
    them. Of a play by configuration it is said since when, by which it tells whether its goal was reached."""
    edition = running.edition
    given = {**(edition.given if edition else {}), **campaign.given}
    since = {SINCE: clock.iso(campaign.approved_at or campaign.prepared_at)} if running.play.words else {}
    return {**{name: str(value) for name, value in given.items()}, **campaign.context, **since}


class Pack(NamedTuple):
    """What is written about several people in one transaction."""

    customer_ids: tuple[str, ...]
    decision: Decision


def packs(decided: Iterable[tuple[str, Decision]]) -> list[Pack]:
    """The same changes in as few transactions as hold them; each customer's stay in one."""
    found: list[Pack] = []
    people: list[str] = []
    told: list[Decision] = []
    rows, sums = 0, set[tuple[str, ...]]()
    for customer_id, decision in decided:
        more_rows, more_sums = _items(decision.changes)
        if people and rows + more_rows + len(sums | more_sums) > MOST_ITEMS:
            found.append(_pack(people, told))
            people, told, rows, sums = [], [], 0, set()
        people.append(customer_id)
        told.append(decision)
        rows, sums = rows + more_rows, sums | more_sums
    if people:
        found.append(_pack(people, told))
    return found


def _pack(people: Sequence[str], told: Sequence[Decision]) -> Pack:
    changes = tuple(change for decision in told for change in decision.changes)
    messages = tuple(message for decision in told for message in decision.messages)
    return Pack(tuple(people), Decision(changes, messages, reason="planned"))


def _items(changes: Sequence[object]) -> tuple[int, set[tuple[str, ...]]]:
    """How many rows these write, and the sums they add to: those of many people are one item each."""
    rows, sums = 0, set[tuple[str, ...]]()
    for change in changes:
        if isinstance(change, Tally):
            sums |= {(*change.counter, name) for name in change.amounts}
            continue
        rows += 1
        if isinstance(change, Task):
            sums.add(("campaign", stand_of(change)))
    return rows, sums
