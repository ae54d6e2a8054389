"""The company's configuration as rules see it: the stage's settings, read and checked once."""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from zoneinfo import ZoneInfo

from chalicelib.kernel.errors import Permanent
from chalicelib.kernel.settings import settings
from chalicelib.model.calendar import Calendars, read_calendars
from chalicelib.model.case import PromiseKind
from chalicelib.model.case_field import read_case_fields
from chalicelib.model.knowledge import read_knowledge
from chalicelib.model.outreach import read_outreach
from chalicelib.model.policy import REFERENCE_COSTS, Policy
from chalicelib.model.rating import read_ratings
from chalicelib.model.recovery import read_recovery
from chalicelib.model.retention import Retention, read_retention
from chalicelib.model.tier import Tiers, read_tiers
from chalicelib.model.touchpoint import Touchpoints, read_touchpoints
from chalicelib.model.urgency import Urgency, read_urgency

OWN, COMPREHEND, OFF = "own", "comprehend", "off"  # who judges moods
WEEKS_PROMISED = 52  # at most, of business time


@cache
def policy() -> Policy:
    """Raises Permanent when the settings cannot be used; a test that changes them clears the cache."""
    zone = _time_zone(settings().default_timezone)
    tiers, calendars = read_promises(settings().tiers, settings().calendar, zone)
    return Policy(
        tiers=tiers,
        calendars=calendars,
        delays_told=settings().delays_told,
        time_zone=zone,
        currency=settings().default_currency,
        sending_on=settings().sending_on,
        sender_address=settings().sender_address.lower(),
        sms_from="" if settings().sms == OFF else settings().sms,
        inbound_domain=settings().inbound_domain.lower(),
        contact_costs=read_contact_costs(settings().contact_costs),
        touchpoints=read_map(settings().touchpoints, tiers, zone),
        case_fields=read_case_fields(settings().case_fields),
        ses_message_id_domain=settings().ses_message_id_domain,
        staff=frozenset(_entries(settings().staff)),
        notify=tuple(dict.fromkeys(_entries(settings().notify))),
        urgency=read_urgency(settings().urgency, tiers.bands.tiers),
        recovery=read_recovery(settings().recovery),
        ratings=read_ratings(settings().ratings),
        knowledge=read_knowledge(settings().knowledge),
        outreach=read_outreach(settings().outreach, tiers.bands.tiers),
        second_opinion=read_mood(settings().mood) == COMPREHEND,
    )


@cache
def retention() -> Retention:
    """How long what is kept. Raises Permanent when the setting cannot be used."""
    return read_retention(settings().retention)


def read_promises(tiers: str, calendar: str, time_zone: str) -> tuple[Tiers, Calendars]:
    """What is promised and the business time it is counted in, from JSON. Raises Permanent, also for a promise that
    could take longer than a year."""
    promised, calendars = read_tiers(tiers), read_calendars(calendar, time_zone)
    for tier in promised.tiers:
        for channel in {*tier.channels, *calendars.channels}:
            longest = max(tier.within(kind, channel) or timedelta() for kind in PromiseKind)
            longest *= max(promised.factor(urgency) for urgency in Urgency)
            if longest > calendars.of(channel).a_week * WEEKS_PROMISED:
                raise Permanent(f"{tier.name} promises more on {channel} than a year of the calendar's weeks holds")
    return promised, calendars


def read_map(touchpoints: str, tiers: Tiers, time_zone: str) -> Touchpoints:
    """The touchpoint map, from JSON. Raises Permanent, also for a map by which somebody would not reach a person."""
    return read_touchpoints(touchpoints, tiers, tuple(REFERENCE_COSTS), time_zone)


def read_contact_costs(text: str) -> Mapping[str, int]:
    """Minor units by channel, from JSON; a channel it does not name has its reference. Raises Permanent."""
    if not text:
        return REFERENCE_COSTS
    try:
        told = dict(json.loads(text))
    except (ValueError, TypeError) as error:
        raise Permanent(f'CONTACT_COSTS cannot be read ({error}); it looks like {{"phone": 3274}}') from error
    if unknown := sorted({*told} - {*REFERENCE_COSTS}):
        raise Permanent(f"CONTACT_COSTS: there is no channel {unknown[0]}; there are {', '.join(REFERENCE_COSTS)}")
    if odd := [channel for channel, cost in told.items() if type(cost) is not int or cost < 0]:
        raise Permanent(f"CONTACT_COSTS: {odd[0]} needs a whole number of minor units, 0 or more")
    return {**REFERENCE_COSTS, **told}


def _entries(text: str) -> list[str]:
    return [entry.strip().lower() for entry in text.split(",") if entry.strip()]


def read_mood(text: str) -> str:
    """Who judges moods. Raises Permanent."""
    if text not in (OWN, COMPREHEND, OFF):
        raise Permanent(f"MOOD is {OWN}, {COMPREHEND} or {OFF}")
    return text


def _time_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as error:
        raise Permanent(f"DEFAULT_TIMEZONE is no IANA name such as Europe/Berlin: {name!r}") from error
