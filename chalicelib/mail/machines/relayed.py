"""Who wrote to the list that put its own address into From, so that the mail passes DMARC?

For people to read: any sender can write these headers.
"""

import re
from collections.abc import Sequence

from chalicelib.mail.message import Address
from chalicelib.mail.mime.headers import addresses

_VIA = re.compile(r"['\"]?(.{1,200}?)['\"]? via .{1,200}$", re.IGNORECASE)
_SAID_BY_LISTS = ("x-original-from", "x-original-sender")


def original_sender(headers: Sequence[tuple[str, str]], sender: Address, reply_to: Sequence[Address]) -> Address | None:
    """`headers`: names in lower case, values as sent. None when the sender wrote it herself."""
    via = _VIA.match(sender.name)
    said = [a for wanted in _SAID_BY_LISTS for name, value in headers if name == wanted for a in addresses(value, 1)]
    candidates = [*said, *(reply_to if via else ())]
    found = next((a for a in candidates if a.email and a.email != sender.email), None)
    if found is None or found.name or via is None:
        return found
    return Address(via[1].strip(), found.email)
