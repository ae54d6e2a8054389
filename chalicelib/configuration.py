"""The company's configuration as rules see it: the stage's settings, read and checked once."""

import json
from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo

from chalicelib.kernel.errors import Permanent
from chalicelib.kernel.settings import settings
from chalicelib.model.policy import REFERENCE_COSTS, Policy
from chalicelib.model.retention import Retention, read_retention
from chalicelib.model.tier import read_tiers


@cache
def policy() -> Policy:
    """Raises Permanent when the settings cannot be used; a test that changes them clears the cache."""
    return Policy(
        tiers=read_tiers(settings().tiers),
        time_zone=_time_zone(settings().default_timezone),
        currency=settings().default_currency,
        sending_on=settings().sending_on,
        sender_address=settings().sender_address.lower(),
        inbound_domain=settings().inbound_domain.lower(),
        contact_costs=read_contact_costs(settings().contact_costs),
        ses_message_id_domain=settings().ses_message_id_domain,
        staff=frozenset(entry.strip().lower() for entry in settings().staff.split(",") if entry.strip()),
    )


@cache
def retention() -> Retention:
    """How long what is kept. Raises Permanent when the setting cannot be used."""
    return read_retention(settings().retention)


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


def _time_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as error:
        raise Permanent(f"DEFAULT_TIMEZONE is no IANA name such as Europe/Berlin: {name!r}") from error
