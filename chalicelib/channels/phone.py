"""Calls: an agent logs what was said."""

from chalicelib.channels.base import Channel, Reporter

CHANNEL = Channel(name="phone", reported_by=Reporter.AGENT)
