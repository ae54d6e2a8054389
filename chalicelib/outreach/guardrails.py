"""May we contact her now? An ordered tuple of questions; the first that objects decides, by name.

A Refusal ends the task; a Postponement moves it. Rules are asked when the task is due and again just before
its notice is handed over, because an hour can change everything. `why_not` asks them all.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from chalicelib.model.campaign import CampaignState
from chalicelib.model.customer import DECEASED, Customer, consent_key
from chalicelib.model.outreach import DAYS, HOLIDAYS
from chalicelib.model.pilot import Arm
from chalicelib.model.play import PlayState
from chalicelib.model.policy import Policy
from chalicelib.model.task import Task
from chalicelib.outreach import choosing, frequency, holding_out, selling
from chalicelib.outreach.channels import REGISTRY
from chalicelib.outreach.plays.base import Running

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
COMPLAINT = "complaint"
AGAIN = timedelta(hours=1)  # until what waits for people's decision is asked again
LONGEST_REST = 14  # days in a row on which nobody may be contacted


@dataclass(frozen=True, slots=True)
class Refusal:
    rule: str
    why: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.why}"


@dataclass(frozen=True, slots=True)
class Postponement:
    rule: str
    until: datetime

    def __str__(self) -> str:
        return f"{self.rule}: not before {self.until.isoformat(timespec='minutes')}"


Objection = Refusal | Postponement


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """The contact that is asked about."""

    customer: Customer
    task: Task
    running: Running | None  # None: an agent set it up by hand, and is to do it
    policy: Policy
    now: datetime
    text: str = ""  # what is about to leave; empty: nothing is written yet
    braked: bool = False  # too many complained, or too much bounced: nothing is sent


def not_running(contact: Contact) -> Objection | None:
    if contact.running is None:
        return None
    campaign = contact.running.campaign
    if campaign and campaign.state is CampaignState.PAUSED:
        return Postponement("not_running", contact.now + AGAIN)
    if campaign and campaign.state is CampaignState.STOPPED:
        return Refusal("not_running", f"the campaign is stopped: {campaign.why}")
    record = contact.running.record
    if record.contacts:
        return None
    if record.state is PlayState.PAUSED:
        return Postponement("not_running", contact.now + AGAIN)
    return Refusal("not_running", f"the play is {record.state.value}" + (f": {record.why}" if record.why else ""))


def not_approved(contact: Contact) -> Objection | None:
    """A second person approved the edition. What was never prepared cannot run; it is previewed as it comes."""
    edition = contact.running.edition if contact.running else None
    if edition is None or edition.number == 0:
        return None
    if edition.approved_by and edition.approver not in edition.preparers:
        return None
    return Refusal("not_approved", "no second person approved what it says")


def too_late(contact: Contact) -> Objection | None:
    if contact.now >= contact.task.deadline:
        return Refusal("too_late", "its deadline has passed")
    return None


def not_needed(contact: Contact) -> Objection | None:
    running = contact.running
    if running and not running.play.still_needed(contact.customer, contact.task.context, running.given):
        return Refusal("not_needed", "she has taken care of it, or it changed")
    return None


def blocked(contact: Contact) -> Objection | None:
    if not contact.customer.blocked:
        return None
    if contact.customer.blocked == DECEASED:
        return Refusal("blocked", "she has died")
    return Refusal("blocked", f"nobody contacts her first: {contact.customer.blocked}")


def no_consent(contact: Contact) -> Objection | None:
    consent = contact.customer.consents.get(consent_key(contact.task.channel, contact.task.purpose))
    if consent is None:
        return Refusal("no_consent", f"she never agreed to {contact.task.purpose} by {contact.task.channel}")
    if not consent.granted:
        return Refusal("no_consent", f"withdrawn on {consent.at:%Y-%m-%d}")
    return None


def suppressed(contact: Contact) -> Objection | None:
    way = REGISTRY.get(contact.task.channel)
    if way and way.address(contact.customer):
        return None
    if contact.task.channel == "phone":
        known = contact.customer.handles_of("phone")
        return Refusal("no_number", "her number turned out to be wrong" if known else "no phone number is known")
    if way and way.name != "email":
        return Refusal("no_address", way.lacks(contact.customer))
    if contact.customer.email:
        return None
    if contact.customer.suppressed:
        why = ", ".join(sorted(set(contact.customer.suppressed.values())))
        return Refusal("suppressed", f"nothing is sent to her address any more: {why}")
    return Refusal("no_address", "no e-mail address is known")


def not_for_her_tier(contact: Contact) -> Objection | None:
    """A play may be for some tiers only, and a company may keep its agents' calls for some."""
    if contact.running is None:
        return None
    tier, tiers = contact.customer.tier, contact.running.play.tiers
    if tiers and tier not in tiers:
        return Refusal("not_for_her_tier", f"it is for {', '.join(tiers)}, and she is {tier}")
    called = contact.policy.outreach.call_tiers
    if called and contact.task.channel in choosing.BY_AGENTS and tier not in called:
        return Refusal("not_for_her_tier", f"agents call {', '.join(called)}, and she is {tier}")
    return None


def open_complaint(contact: Contact) -> Objection | None:
    if COMPLAINT in contact.customer.open_cases.values():
        return Refusal("open_complaint", "a complaint of hers is open; answer that first")
    return None


def same_matter(contact: Contact) -> Objection | None:
    """Somebody deals with it already; two voices about one matter confuse."""
    topic = contact.task.topic
    if contact.running and topic and topic in contact.customer.open_cases.values():
        return Refusal("same_matter", f"a case of hers about {topic} is open; answer there")
    return None


def bad_contact(contact: Contact) -> Objection | None:
    """Angry, let down, or rating us low: all of them open a recovery, which stays open for days after the last sign."""
    if contact.running and contact.customer.recovery:
        return Refusal("bad_contact", "we let her down of late; whoever sees to that speaks with her")
    return None


def held_out(contact: Contact) -> Objection | None:
    """The same customers all the quarter, whichever play it is."""
    share = contact.policy.outreach.hold_out
    if contact.running and share and holding_out.arm_of(contact.customer, share, contact.now) is Arm.HELD_OUT:
        return Refusal("held_out", "she is of the share that no play contacts this quarter, to see what plays do")
    return None


def told_already(contact: Contact) -> Objection | None:
    """The same play, or step of it, has days of its own between two contacts."""
    running = contact.running
    told_at = contact.customer.told_of.get(frequency.told_key(contact.task))
    if running is None or told_at is None or not running.play.again_after_days:
        return None
    if contact.now < told_at + timedelta(days=running.play.again_after_days):
        return Refusal(
            "told_already",
            f"told on {told_at:%Y-%m-%d}; again after {running.play.again_after_days} days at the soonest",
        )
    return None


def sells(contact: Contact) -> Objection | None:
    why = selling.why_it_sells(contact.text, contact.customer.language) if contact.text else ""
    return Refusal("sells", why) if why else None


def frequency_cap(contact: Contact) -> Objection | None:
    """Everything that reached her first counts, by whatever channel: notices, calls, what agents set up."""
    outreach, tier = contact.policy.outreach, contact.customer.tier
    waits = (
        _free_at(contact, outreach.weekly(tier), WEEK),
        _free_at(contact, outreach.monthly(tier), MONTH),
    )
    later = [free_at for free_at in waits if free_at]
    if not later:
        return None
    free_at = max(later)
    if free_at < contact.task.deadline:
        return Postponement("frequency_cap", free_at)
    if not (outreach.weekly(tier) and outreach.monthly(tier)):
        return Refusal("frequency_cap", f"no play contacts customers of the tier {tier}")
    per = WEEK if waits[0] else MONTH
    recent = sum(at > contact.now - per for at in contact.customer.notices_sent)
    return Refusal("frequency_cap", f"{recent} notices in {per.days} days, and no time to wait")


def _free_at(contact: Contact, most: int, per: timedelta) -> datetime | None:
    """When one more in `per` is not too many; None: now."""
    recent = sorted(at for at in contact.customer.notices_sent if at > contact.now - per)
    if not most:
        return contact.task.deadline
    return recent[-most] + per if len(recent) >= most else None


def not_before(contact: Contact) -> Objection | None:
    """She asked to be left alone until then."""
    until = contact.customer.not_before
    if until is None or contact.now >= until:
        return None
    if until >= contact.task.deadline:
        return Refusal("not_before", f"she asked to be left alone until {until:%Y-%m-%d}, and then it is too late")
    return Postponement("not_before", until)


def quiet_hours(contact: Contact) -> Objection | None:
    """Nobody is written to at night, or called in the evening, by her own clock."""
    local = _by_her_clock(contact)
    # What an agent set up by hand was agreed on with her, for an hour of hers.
    hours = contact.policy.outreach.quiet_on(contact.task.channel if contact.running else "")
    if not hours.hold(local.time()):
        return None
    day = local.date() + timedelta(days=1) if local.time() >= hours.end else local.date()
    morning = datetime.combine(day, hours.end, local.tzinfo).astimezone(contact.now.tzinfo)
    if morning >= contact.task.deadline:
        return Refusal("quiet_hours", "it is night where she is, and in the morning it is too late")
    return Postponement("quiet_hours", morning)


def rest_day(contact: Contact) -> Objection | None:
    """Days of the week and holidays on which the company lets people alone."""
    days = contact.policy.outreach.rests_on(contact.task.channel)
    local = _by_her_clock(contact)
    if not (contact.running and days and _rests(contact, days, local.date())):
        return None
    ahead = (local.date() + timedelta(days=n) for n in range(1, LONGEST_REST + 1))
    day = next((day for day in ahead if not _rests(contact, days, day)), local.date() + timedelta(days=LONGEST_REST))
    begins = contact.policy.outreach.quiet_on(contact.task.channel).end
    until = datetime.combine(day, begins, local.tzinfo).astimezone(contact.now.tzinfo)
    if until >= contact.task.deadline:
        return Refusal("rest_day", "nobody is contacted on such a day, and afterwards it is too late")
    return Postponement("rest_day", until)


def _rests(contact: Contact, days: tuple[str, ...], day: date) -> bool:
    if DAYS[day.weekday()] in days:
        return True
    closed = contact.policy.calendars.of(contact.task.channel).days.get(day) == ()
    return HOLIDAYS in days and closed


def _by_her_clock(contact: Contact) -> datetime:
    return contact.now.astimezone(ZoneInfo(contact.customer.time_zone or contact.policy.time_zone))


def braked(contact: Contact) -> Objection | None:
    """Agents' calls go on: it is mail that others complain of."""
    if contact.braked and contact.running and contact.task.channel not in choosing.BY_AGENTS:
        return Postponement("braked", contact.now + AGAIN)
    return None


GUARDRAILS: tuple[Callable[[Contact], Objection | None], ...] = (
    not_running,
    not_approved,
    too_late,
    not_needed,
    blocked,
    no_consent,
    suppressed,
    not_for_her_tier,
    open_complaint,
    same_matter,
    bad_contact,
    told_already,
    sells,
    frequency_cap,  # may postpone: asked after everything that only refuses
    not_before,
    quiet_hours,
    rest_day,
    braked,
    held_out,  # the last: those held out are then like those contacted, in everything but that
)

# What a play of a kind passes by, whoever she is. What is not here nobody passes by: consent least of all.
ESSENTIAL, URGENT = "essential", "urgent"
PASSED_BY: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        # She is worse off not knowing: an outage at hers, a promise to her that is about to break.
        ESSENTIAL: frozenset(
            {"open_complaint", "same_matter", "bad_contact", "held_out", "frequency_cap", "not_before"}
        ),
        # A day later it helps less.
        URGENT: frozenset({"rest_day"}),
    }
)
# What a play may say that it is about, and so passes by: a recovery's follow-up is for whoever was let down.
MAY_BE_ITS_MATTER = frozenset({"open_complaint", "same_matter", "bad_contact"})


def objection_to(contact: Contact) -> Objection | None:
    """The first objection, None when she may be contacted now."""
    return next((objection for _, objection in all_objections(contact) if objection), None)


def passes_by(running: Running | None) -> frozenset[str]:
    """The guardrails that are not asked for this play."""
    if running is None:
        return frozenset()
    play = running.play
    kinds = [kind for kind, holds in ((ESSENTIAL, play.essential), (URGENT, play.urgent)) if holds]
    return frozenset().union(play.about & MAY_BE_ITS_MATTER, *(PASSED_BY[kind] for kind in kinds))


def all_objections(contact: Contact) -> Iterator[tuple[str, Objection | None]]:
    """What each says, in their order, one at a time; those the play passes by say nothing."""
    passed = passes_by(contact.running)
    for rule in GUARDRAILS:
        yield rule.__name__, None if rule.__name__ in passed else rule(contact)
