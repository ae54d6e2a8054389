"""May we contact her now? An ordered tuple of questions; the first that objects decides, by name.

A Refusal ends the task; a Postponement moves it. Rules are asked when the task is due and again just before
its notice is handed over, because an hour can change everything.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.model.campaign import Campaign
from chalicelib.model.customer import Customer, consent_key
from chalicelib.model.policy import Policy
from chalicelib.model.task import Task
from chalicelib.outreach.channels import REGISTRY
from chalicelib.outreach.plays.base import Running

QUIET_FROM, QUIET_UNTIL = time(20), time(8)
MOST_NOTICES, PER = 2, timedelta(days=7)
COMPLAINT = "complaint"


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

    @property
    def campaign(self) -> Campaign | None:
        """The one it is of."""
        return self.running.campaign if self.running else None


def too_late(contact: Contact) -> Objection | None:
    if contact.now >= contact.task.deadline:
        return Refusal("too_late", "its deadline has passed")
    return None


def not_needed(contact: Contact) -> Objection | None:
    running = contact.running
    if running and not running.play.still_needed(contact.customer, contact.task.context, running.given):
        return Refusal("not_needed", "she has taken care of it, or it changed")
    return None


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
        return Refusal("no_number", "no phone number is known")
    if way and way.name != "email":
        return Refusal("no_address", way.lacks(contact.customer))
    if contact.customer.email:
        return None
    if contact.customer.suppressed:
        why = ", ".join(sorted(set(contact.customer.suppressed.values())))
        return Refusal("suppressed", f"nothing is sent to her address any more: {why}")
    return Refusal("no_address", "no e-mail address is known")


def open_complaint(contact: Contact) -> Objection | None:
    if COMPLAINT in contact.customer.open_cases.values():
        return Refusal("open_complaint", "a complaint of hers is open; answer that first")
    return None


def frequency_cap(contact: Contact) -> Objection | None:
    recent = [at for at in contact.customer.notices_sent if at > contact.now - PER]
    if len(recent) < MOST_NOTICES:
        return None
    free_at = sorted(recent)[-MOST_NOTICES] + PER
    if free_at >= contact.task.deadline:
        return Refusal("frequency_cap", f"{len(recent)} notices in {PER.days} days, and no time to wait")
    return Postponement("frequency_cap", free_at)


def quiet_hours(contact: Contact) -> Objection | None:
    """Nobody is written to at night, by her own clock."""
    local = contact.now.astimezone(ZoneInfo(contact.customer.time_zone or contact.policy.time_zone))
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return None
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    morning = datetime.combine(day, QUIET_UNTIL, local.tzinfo).astimezone(contact.now.tzinfo)
    if morning >= contact.task.deadline:
        return Refusal("quiet_hours", "it is night where she is, and in the morning it is too late")
    return Postponement("quiet_hours", morning)


GUARDRAILS: tuple[Callable[[Contact], Objection | None], ...] = (
    too_late,
    not_needed,
    no_consent,
    suppressed,
    open_complaint,
    frequency_cap,  # may postpone: asked after everything that refuses
    quiet_hours,
)


def objection_to(contact: Contact) -> Objection | None:
    """The first objection, None when she may be contacted now."""
    return next((objection for rule in GUARDRAILS if (objection := rule(contact))), None)
