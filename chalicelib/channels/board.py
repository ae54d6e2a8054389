"""Bulletin boards and public posts: an agent logs what was asked and answered."""

from chalicelib.channels.base import Channel, Reporter

CHANNEL = Channel(name="board", reported_by=Reporter.AGENT)
