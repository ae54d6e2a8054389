"""Online chat: an agent, or the chat tool, logs it."""

from chalicelib.channels.base import Channel, Reporter

CHANNEL = Channel(name="chat", reported_by=Reporter.AGENT)
