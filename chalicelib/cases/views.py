"""What is shown of cases and interactions."""

from contextlib import suppress
from datetime import date, timedelta

from chalicelib.gateways import objects, texts
from chalicelib.kernel.errors import NotFound
from chalicelib.mail.parse import parse_mail
from chalicelib.model.case import Case
from chalicelib.model.interaction import Interaction
from chalicelib.model.page import Page
from chalicelib.storage import cases as storage


def case(case_id: str) -> Case:
    found = storage.case(case_id)
    if found is None:
        raise NotFound("no case has this number")
    return found


def interactions_of(case_id: str, after: str | None, limit: int) -> Page[Interaction]:
    """Oldest first."""
    return storage.interactions_of(case_id, after, limit)


def open_cases(after: str | None, limit: int) -> Page[Case]:
    """The most urgent first."""
    return storage.open_cases(after, limit)


def quarantined(day: date, after: str | None, limit: int) -> Page[Interaction]:
    """What arrived that day and is linked to nobody, newest first."""
    return storage.quarantined(day, after, limit)


def body_of(interaction: Interaction) -> str:
    """The whole text, from the row, the stored body, or the raw mail. Raises NotFound when it has expired."""
    if interaction.body_key:
        return texts.read(interaction.body_key)
    if interaction.raw_key and interaction.preview.endswith("…"):
        return parse_mail(raw_of(interaction)).text
    return interaction.preview


def raw_of(interaction: Interaction) -> bytes:
    """The original mail, wherever the reconciler has filed it. Raises NotFound when it has expired."""
    at = interaction.at
    places = (
        interaction.raw_key,
        *(objects.filed_key(interaction.raw_key, day) for day in (at, at + timedelta(days=1))),
    )
    for key in places[:-1]:
        with suppress(NotFound):
            return objects.objects.read(key)
    return objects.objects.read(places[-1])  # stored just after midnight
