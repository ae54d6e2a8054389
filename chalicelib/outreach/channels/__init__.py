"""Every channel outreach may use. Adding one: a file here and a line in REGISTRY."""

from chalicelib.outreach.channels import app, chat, email, phone, sms
from chalicelib.outreach.channels.base import Carrier, Way

REGISTRY: dict[str, Way] = {way.name: way for way in (email.WAY, app.WAY, chat.WAY, sms.WAY, phone.WAY)}


def is_short(name: str) -> bool:
    """Whether what is said there is the play's short text, not its letter."""
    return name in REGISTRY and REGISTRY[name].carrier in (Carrier.TEXT, Carrier.KEPT)


__all__ = ["REGISTRY", "Carrier", "Way", "is_short"]
