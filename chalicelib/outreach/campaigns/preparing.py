"""Who may do what with a campaign, in which state? Drafted by one person, started by another, stopped by anybody.

draft ─▶ submitted ─▶ approved ─▶ running ⇄ paused
  ▲─ sent back ─┘         └─ stopped ◀─┴───────┘   running ─▶ done
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Forbidden, Invalid
from chalicelib.kernel.messages import BeginCampaign, LookThroughCampaign, PlanCampaignPart, ResolveCampaignList
from chalicelib.model.campaign import (
    MOST_PARTS,
    MOST_RATE,
    Audience,
    AudienceKind,
    Campaign,
    CampaignPart,
    CampaignState,
    ListChunk,
    Listing,
)
from chalicelib.model.interaction import Receipt
from chalicelib.model.play import PlayState, Value
from chalicelib.outreach import parameters
from chalicelib.outreach.campaigns import listing, pacing
from chalicelib.outreach.life import Person
from chalicelib.outreach.plays.base import Running


class Edits(NamedTuple):
    """What somebody changes of a campaign; None: it stays."""

    title: str | None = None
    given: Mapping[str, Value] | None = None
    context: Mapping[str, str] | None = None
    reason: str | None = None
    rate: int | None = None
    starts_at: datetime | None = None
    deadline: datetime | None = None
    at_once: bool = False  # it starts when it is approved, whatever was said before


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A campaign as somebody drafts it."""

    title: str
    play: str
    given: Mapping[str, Value]
    context: Mapping[str, str]
    reason: str
    audience: Audience
    rate: int
    starts_at: datetime | None
    deadline: datetime


def draft(
    wanted: Wanted, chunk: ListChunk | None, *, by: Person, receipt_key: str, fingerprint: str, now: datetime
) -> tuple[Decision, Campaign]:
    """A new one; its receipt makes the same request one campaign. `chunk`: its list, if that was told with it. Lists
    in files are looked up in the background. Raises Invalid."""
    check_times(wanted.rate, wanted.starts_at, wanted.deadline, now)
    told = None
    if wanted.audience.kind is AudienceKind.LIST:
        told = listing.of_chunk(chunk) if chunk else Listing()
    campaign = Campaign(
        id=ids.derived_ulid(now, receipt_key),
        title=wanted.title,
        play=wanted.play,
        given=wanted.given,
        context=wanted.context,
        reason=wanted.reason,
        audience=wanted.audience,
        listing=told,
        rate=wanted.rate,
        starts_at=wanted.starts_at,
        deadline=wanted.deadline,
        prepared_by=by.id,
        prepared_at=now,
        preparers=(by.id,),
        updated_at=now,
        updated_by=by.name,
    )
    receipt = Receipt(key=receipt_key, fingerprint=fingerprint, at=now, interaction_id=campaign.id)
    changes: tuple[object, ...] = (campaign, receipt)
    if chunk:
        changes += (replace(chunk, campaign_id=campaign.id),)
    messages = (ResolveCampaignList(campaign_id=campaign.id, turn=0),) if wanted.audience.uploads else ()
    return Decision(changes, messages, reason="drafted"), campaign


def check_times(rate: int, starts_at: datetime | None, deadline: datetime, now: datetime) -> None:
    """Raises Invalid, with a pointer."""
    if not 1 <= rate <= MOST_RATE:
        raise Invalid(f"a rate is 1 to {MOST_RATE} people a minute", "/rate_per_minute")
    if deadline <= now:
        raise Invalid("the deadline has passed; name a later one", "/deadline")
    if starts_at and starts_at >= deadline:
        raise Invalid("the deadline is before it starts; name a later one", "/deadline")


def check_play(running: Running | None, given: Mapping[str, Value]) -> Running:
    """The play, if it can be sent with these parameters. Raises Invalid, with a pointer."""
    if running is None:
        raise Invalid("there is no such play; GET /v1/plays lists them", "/play")
    parameters.check(running.play.parameters, given, "/parameters")
    return running


def submitted(campaign: Campaign, running: Running | None, expected: int, *, by: Person, now: datetime) -> Decision:
    """It waits for a second person, for the play's edition that runs now. Raises Conflict, Invalid."""
    if campaign.state is CampaignState.SUBMITTED:
        return Decision(reason="submitted before")
    _demand(campaign, CampaignState.DRAFT)
    check_times(campaign.rate, campaign.starts_at, campaign.deadline, now)
    running = check_play(running, campaign.given)
    _demand_running(running)
    if campaign.listing and not campaign.listing.done:
        raise Conflict("its list is still looked up; wait until `list.done` is true")
    if campaign.listing and not campaign.listing.found:
        raise Invalid("nobody on its list is known; the list's lines that mean nobody are under /missed", "/audience")
    waits = replace(
        campaign,
        state=CampaignState.SUBMITTED,
        edition=running.number,
        expected=expected,
        submitted_at=now,
        prepared_by=by.id,  # whoever hands it in answers for it
        preparers=_with(campaign.preparers, by),
        why="",
        updated_at=now,
        updated_by=by.name,
    )
    return Decision((waits,), reason="submitted")


def sent_back(campaign: Campaign, why: str, *, by: Person, now: datetime) -> Decision:
    """It is a draft again. Raises Conflict."""
    if campaign.state is CampaignState.DRAFT:
        return Decision(reason="a draft")
    _demand(campaign, CampaignState.SUBMITTED, CampaignState.APPROVED)
    back = replace(
        campaign,
        state=CampaignState.DRAFT,
        why=why,
        approved_by="",
        approved_at=None,
        updated_at=now,
        updated_by=by.name,
    )
    return Decision((back,), reason="sent back")


def approved(campaign: Campaign, running: Running | None, *, by: Person, now: datetime) -> Decision:
    """On a second person's word it begins, at its time. Raises Conflict, Invalid, Forbidden (who had a hand in it)."""
    if campaign.state is not CampaignState.DRAFT and campaign.approved_by == by.id:
        return Decision(reason="approved before")
    _demand(campaign, CampaignState.SUBMITTED)
    if by.id in (campaign.prepared_by, *campaign.preparers):
        raise Forbidden("A second person approves it: whoever drafted, changed or submitted it cannot.")
    check_times(campaign.rate, campaign.starts_at, campaign.deadline, now)
    _demand_edition(campaign, check_play(running, campaign.given))
    begins = max(campaign.starts_at or now, now)
    goes = replace(
        campaign,
        state=CampaignState.APPROVED,
        starts_at=begins,
        approved_by=by.id,
        approved_at=now,
        updated_at=now,
        updated_by=by.name,
    )
    message = BeginCampaign(campaign_id=campaign.id, as_of=clock.iso(now))
    return Decision((goes,), (message,) if begins <= now else (), reason="approved")


def begun(campaign: Campaign, now: datetime) -> Decision:
    """Its parts, each with the message that makes it go on."""
    if campaign.state is not CampaignState.APPROVED or (campaign.starts_at and campaign.starts_at > now):
        return Decision(reason=f"is {campaign.state.value}")
    parts = MOST_PARTS
    if campaign.listing:
        parts = max(1, min(parts, campaign.listing.chunks))
    runs = replace(
        campaign, state=CampaignState.RUNNING, begun_at=now, parts=parts, turn=campaign.turn + 1, updated_at=now
    )
    rows = tuple(pacing.begun(runs, number, now) for number in range(parts))
    return Decision((runs, *rows), tuple(_first(part) for part in rows), reason="begun")


def paused(campaign: Campaign, why: str, *, by: str, now: datetime) -> Decision:
    """Nobody is contacted until it is resumed. Raises Conflict."""
    if campaign.state is CampaignState.PAUSED:
        return Decision(reason="paused before")
    _demand(campaign, CampaignState.RUNNING, CampaignState.DONE, CampaignState.APPROVED)
    stands = replace(
        campaign, state=CampaignState.PAUSED, why=why, turn=campaign.turn + 1, updated_at=now, updated_by=by
    )
    return Decision((stands,), reason="paused")


def resumed(
    campaign: Campaign,
    parts: tuple[CampaignPart, ...],
    running: Running | None,
    *,
    by: Person,
    now: datetime,
    forgiven: Mapping[str, int] | None = None,
) -> Decision:
    """It goes on where it stood, and what waited for it is due again. `forgiven`: what was counted until now, which
    pauses it no more. Raises Conflict, Invalid."""
    if campaign.state in (CampaignState.RUNNING, CampaignState.DONE, CampaignState.APPROVED):
        return Decision(reason="it runs")
    _demand(campaign, CampaignState.PAUSED)
    running = check_play(running, campaign.given)
    _demand_running(running)
    _demand_edition(campaign, running)
    if now >= campaign.deadline:
        raise Conflict("its deadline has passed; prepare another campaign")
    state = CampaignState.RUNNING if campaign.begun_at else CampaignState.APPROVED
    goes = replace(
        campaign,
        state=state,
        why="",
        forgiven=campaign.forgiven if forgiven is None else forgiven,
        turn=campaign.turn + 1,
        updated_at=now,
        updated_by=by.name,
    )
    if state is CampaignState.APPROVED:
        message = BeginCampaign(campaign_id=campaign.id, as_of=clock.iso(now))
        return Decision((goes,), (message,), reason="resumed")
    going = tuple(part for part in parts if not part.done)
    woken = tuple(replace(part, next_at=now + pacing.STUCK_AFTER, paced_at=now, turn=part.turn + 1) for part in going)
    look = tuple(_look_through(goes, part.number) for part in parts)
    if not going:
        goes = replace(goes, state=CampaignState.DONE)
    return Decision((goes, *woken), (*map(_first, woken), *look), reason="resumed")


def stopped(campaign: Campaign, why: str, *, by: str, now: datetime) -> Decision:
    """For good: nobody more is contacted, and what was planned is withdrawn. A draft is dropped by it."""
    if campaign.state is CampaignState.STOPPED:
        return Decision(reason="stopped before")
    over = replace(
        campaign,
        state=CampaignState.STOPPED,
        why=why,
        turn=campaign.turn + 1,
        ended_at=now,
        updated_at=now,
        updated_by=by,
    )
    return Decision((over,), tuple(_look_through(over, n) for n in range(campaign.parts)), reason="stopped")


def amended(campaign: Campaign, edits: Edits, *, by: Person, now: datetime) -> Decision:
    """A draft with other words or times; or, whatever its state, another rate from the next slice on. Raises Conflict,
    Invalid."""
    if campaign.over:
        raise Conflict(f"it is {campaign.state.value}; its rate matters no more, and nothing else of it changes")
    before = campaign
    if edits._replace(rate=None) != Edits():
        if campaign.state is not CampaignState.DRAFT:
            raise Conflict(f"it is {campaign.state.value}: only its rate may change; {_another_way(campaign)}")
        campaign = _edited(campaign, edits)
    campaign = replace(campaign, rate=edits.rate if edits.rate is not None else campaign.rate)
    starts_at = campaign.starts_at if campaign.state is CampaignState.DRAFT else None
    check_times(campaign.rate, starts_at, campaign.deadline, now)
    if campaign == before:
        return Decision(reason="as it was")
    if campaign.state is CampaignState.DRAFT:
        campaign = replace(campaign, preparers=_with(campaign.preparers, by))
    return Decision((replace(campaign, updated_at=now, updated_by=by.name),), reason="amended")


def _edited(campaign: Campaign, edits: Edits) -> Campaign:
    return replace(
        campaign,
        title=edits.title if edits.title is not None else campaign.title,
        given=edits.given if edits.given is not None else campaign.given,
        context=edits.context if edits.context is not None else campaign.context,
        reason=edits.reason if edits.reason is not None else campaign.reason,
        starts_at=None if edits.at_once else edits.starts_at or campaign.starts_at,
        deadline=edits.deadline or campaign.deadline,
    )


def _another_way(campaign: Campaign) -> str:
    if campaign.state in (CampaignState.SUBMITTED, CampaignState.APPROVED):
        return "send it back first"
    return "stop it, and draft another"


def _with(preparers: tuple[str, ...], by: Person) -> tuple[str, ...]:
    return preparers if by.id in preparers else (*preparers, by.id)


def done(campaign: Campaign, parts: tuple[CampaignPart, ...], now: datetime) -> Decision:
    """Everybody was looked at, if that is so."""
    if campaign.state is not CampaignState.RUNNING or sum(part.done for part in parts) < campaign.parts:
        return Decision(reason="not yet")
    why = "its deadline passed before everybody was looked at" if now >= campaign.deadline else ""
    return Decision(
        (replace(campaign, state=CampaignState.DONE, why=why, ended_at=now, updated_at=now),), reason="done"
    )


def _first(part: CampaignPart) -> PlanCampaignPart:
    return PlanCampaignPart(campaign_id=part.campaign_id, part=part.number, turn=part.turn)


def _look_through(campaign: Campaign, part: int) -> LookThroughCampaign:
    return LookThroughCampaign(campaign_id=campaign.id, part=part, turn=campaign.turn)


def _demand(campaign: Campaign, *states: CampaignState) -> None:
    if campaign.state not in states:
        raise Conflict(f"it is {campaign.state.value}; that can be done of one that is {_either(states)}")


def _either(states: tuple[CampaignState, ...]) -> str:
    return " or ".join(state.value for state in states)


def _demand_running(running: Running) -> None:
    if running.state is not PlayState.RUNNING or running.edition is None:
        raise Conflict(f"its play is {running.state.value}; start the play first")


def _demand_edition(campaign: Campaign, running: Running) -> None:
    if running.number != campaign.edition:
        raise Conflict(
            f"its play has edition {running.number} by now, and edition {campaign.edition} was submitted; "
            "send it back and submit it again"
        )
