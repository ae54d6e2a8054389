"""Every way a contact can take. Adding one: a file here and a line in REGISTRY."""

from chalicelib.channels import app, board, chat, email, phone, sms, web
from chalicelib.channels.base import Channel, Reporter

REGISTRY: dict[str, Channel] = {
    channel.name: channel
    for channel in (email.CHANNEL, web.CHANNEL, app.CHANNEL, phone.CHANNEL, sms.CHANNEL, chat.CHANNEL, board.CHANNEL)
}

__all__ = ["REGISTRY", "Channel", "Reporter"]
