"""What is shown of cases and interactions."""

from contextlib import suppress
from datetime import date, datetime
from typing import NamedTuple

from chalicelib.cases import language, promises
from chalicelib.configuration import policy
from chalicelib.gateways import objects, texts
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Locked, NotFound
from chalicelib.mail.message import ParsedMail
from chalicelib.mail.parse import parse_mail
from chalicelib.mail.replies.quotes import new_text
from chalicelib.model.case import Case, CaseStatus, PromiseKind
from chalicelib.model.case_field import CaseField
from chalicelib.model.customer import Customer
from chalicelib.model.history import CaseChange
from chalicelib.model.interaction import Interaction
from chalicelib.model.later import ScheduledAnswer
from chalicelib.model.page import Page
from chalicelib.model.side import SideConversation
from chalicelib.storage import cases as storage
from chalicelib.storage import correspondence, customers, histories
from chalicelib.storage.calibration import current_policy

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


class Whole(NamedTuple):
    said: str  # what is new in it
    text: str | None  # everything, quotes and all; None: it has expired
    html: str  # safe to show in a sandboxed frame
    blocked_images: int  # remote ones, which would tell the sender that she was read


def case(case_id: str) -> Case:
    found = storage.case(case_id)
    if found is None:
        raise NotFound("no case has this number")
    return found


def interactions_of(case: Case, after: str | None, limit: int) -> Page[Interaction]:
    """Oldest first, those of the cases that were merged into it among them."""
    owner = customers.customer(case.customer_id) if case.absorbed else None
    if owner is None:
        return storage.interactions_of(case.id, after, limit)
    return storage.said_in_all(case, owner, after, limit)


def history_of(case: Case, after: str | None, limit: int) -> Page[CaseChange]:
    """Who changed what, newest first."""
    return histories.history(case, after, limit)


def cases_of(customer_id: str, after: str | None, limit: int) -> Page[Case]:
    """All of hers, the newest first. Raises NotFound."""
    owner = customers.customer(customer_id)
    if owner is None:
        raise NotFound("no customer has this id")
    return storage.cases_of_customer(owner.ids, after, limit)


def case_fields() -> tuple[CaseField, ...]:
    return policy().case_fields


def open_cases(after: str | None, limit: int, status: CaseStatus | None = None) -> Page[Case]:
    """The most urgent first; those that are snoozed are left out."""
    return storage.open_cases(after, limit, (status,) if status else storage.OPEN)


def snoozed_cases(after: str | None, limit: int) -> Page[Case]:
    """Those that come back first first."""
    return storage.snoozed_cases(after, limit)


def solved_cases(day: date, after: str | None, limit: int) -> Page[Case]:
    """What was solved that day, the first first."""
    return storage.solved_cases(day, after, limit)


def mood_labels(after: str | None, limit: int) -> Page[storage.Labelled]:
    """What agents said of moods, with the contacts; the oldest first."""
    return storage.mood_labels(after, limit)


def open_cases_of(customer: Customer) -> list[Case]:
    """Hers, the newest first: one BatchGet."""
    found = customers.cases_of(customer.open_cases)
    return sorted((case for case in found if case.status.is_open), key=lambda case: case.opened_at, reverse=True)


def promised_now(channel: str, now: datetime, tier: str = "") -> datetime | None:
    """By when whoever writes on this channel now has her first answer: a customer of this tier, or of the lowest one.
    None where nothing is promised."""
    current = current_policy()
    of = current.tiers.named(tier or current.tiers.lowest.name)
    promised = promises.made(PromiseKind.FIRST_ANSWER, of, channel, now, current)
    return promised.due_at if promised else None


def quarantined(day: date, after: str | None, limit: int) -> Page[Interaction]:
    """What arrived that day and is linked to nobody, newest first."""
    return storage.quarantined(day, after, limit)


def quarantined_one(interaction_id: str) -> Interaction:
    """Raises NotFound."""
    found = storage.quarantined_one(interaction_id) if ids.is_ulid(interaction_id) else None
    if found is None:
        raise NotFound("nothing with this id is quarantined")
    return found


def interaction(customer_id: str, interaction_id: str) -> Interaction:
    """Raises NotFound."""
    found = storage.outbound(customer_id, interaction_id).mail
    if found is None:
        raise NotFound("this customer has no such contact")
    return found


def body_of(interaction: Interaction) -> str:
    """The whole text, quotes and all. Raises NotFound when it has expired."""
    if interaction.body_key:
        return texts.read(interaction.body_key)
    if interaction.raw_key and interaction.preview.endswith("…"):
        return parse_mail(raw_of(interaction)).text
    return interaction.preview


def said_in(interaction: Interaction) -> str:
    """All that is new in it. Raises NotFound when it has expired."""
    if not interaction.preview.endswith("…"):
        return interaction.preview
    whole = body_of(interaction)
    return new_text(whole) if interaction.raw_key and not interaction.author else whole


def whole(interaction: Interaction) -> Whole:
    """All that can be said of one contact. HTML is made from the original, by today's sanitiser, and of that original
    only once; '' without one, or when it has expired."""
    mail = _original_mail(interaction)
    try:
        text = mail.text if mail and not interaction.body_key else body_of(interaction)
    except NotFound:
        text = None
    said = interaction.preview
    if said.endswith("…") and text is not None:
        said = new_text(text) if mail and not interaction.author else text
    if mail is None or not mail.html:
        return Whole(said, text, "", 0)
    from chalicelib.mail.sanitise import safe_html

    safe = safe_html(mail.html, _inline_images(interaction))
    return Whole(said, text, safe.html, safe.blocked_images)


def _original_mail(interaction: Interaction) -> ParsedMail | None:
    if interaction.raw_key:
        with suppress(NotFound):
            return parse_mail(raw_of(interaction))
    return None


def original(interaction: Interaction) -> objects.Link:
    """Where its original mail can be fetched for a while. Raises NotFound."""
    if not interaction.raw_key:
        raise NotFound("this contact did not come by mail")
    return objects.objects.link(_place_of(interaction), f"{interaction.id}.eml", "message/rfc822")


def attachment(interaction: Interaction, number: int) -> objects.Link:
    """Where its n-th attachment, counted from 1, can be fetched for a while. Raises NotFound, Locked."""
    if not 1 <= number <= len(interaction.attachments):
        raise NotFound("this contact has no attachment of this number")
    file = interaction.attachments[number - 1]
    if interaction.locked:
        raise Locked(f"it must not be opened: {interaction.locked}")
    if not file.key:
        raise NotFound("only the original mail holds this attachment")
    return objects.objects.link(file.key, file.name, file.type)


def _inline_images(interaction: Interaction) -> dict[str, str]:
    """Addresses of the pictures the HTML shows, by their content id."""
    if interaction.locked:
        return {}
    return {
        file.content_id: objects.objects.link(file.key, file.name, file.type).url
        for file in interaction.attachments
        if file.content_id and file.key and file.type in PICTURES
    }


def raw_of(interaction: Interaction) -> bytes:
    """The original mail. Raises NotFound when it has expired."""
    return read_original(interaction.raw_key, interaction.at)


def read_original(key: str, at: datetime) -> bytes:
    """Raw mail that was under this key when it arrived, wherever the reconciler has filed it since."""
    *first, last = objects.places_of(key, at)
    for place in first:
        with suppress(NotFound):
            return objects.objects.read(place)
    return objects.objects.read(last)


def _place_of(interaction: Interaction) -> str:
    for key in objects.places_of(interaction.raw_key, interaction.at):
        if objects.objects.exists(key):
            return key
    raise NotFound("the original mail has expired")


class Scheduled(NamedTuple):
    """Answers of a case that wait or waited, and what their times mean to its customer."""

    customer_id: str
    answers: list[ScheduledAnswer]
    waiting: frozenset[str]  # ids of those the case still waits for
    zone: str
    language: str
    owed_by: datetime | None


def scheduled(case_id: str, *, answers: bool = True) -> Scheduled:
    """The newest first. Raises NotFound."""
    found = case(case_id)
    customer = customers.customer(found.customer_id)
    return Scheduled(
        customer_id=found.customer_id,
        answers=correspondence.answers_of(case_id) if answers else [],
        waiting=frozenset(waiting.id for waiting in found.scheduled),
        zone=(customer.time_zone if customer else "") or policy().time_zone,
        language=language.of_answers(found, customer) if customer else found.language,
        owed_by=found.owed_by,
    )


def sides(case_id: str) -> tuple[Case, list[SideConversation]]:
    """The side conversations of a case and of those that are one with it, the oldest first. Raises NotFound."""
    found = case(case_id)
    owner = customers.customer(found.customer_id) if found.absorbed else None
    parts = storage.parts_of(found, owner) if owner else [found.id]
    begun = [side for part in parts for side in correspondence.sides_of(part)]
    return found, sorted(begun, key=lambda side: side.opened_at)
