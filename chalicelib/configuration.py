"""The company's configuration as rules see it: the stage's settings, read and checked once."""

from functools import cache
from zoneinfo import ZoneInfo

from chalicelib.kernel.errors import Permanent
from chalicelib.kernel.settings import settings
from chalicelib.model.policy import Policy
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
        ses_message_id_domain=settings().ses_message_id_domain,
        staff=frozenset(entry.strip().lower() for entry in settings().staff.split(",") if entry.strip()),
    )


@cache
def retention() -> Retention:
    """How long what is kept. Raises Permanent when the setting cannot be used."""
    return read_retention(settings().retention)


def _time_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as error:
        raise Permanent(f"DEFAULT_TIMEZONE is no IANA name such as Europe/Berlin: {name!r}") from error
