"""Whose mail was forwarded here? For an agent's own command: she forwards a customer's mail and wants it filed as his.

Only lines labelled From, Von, 发件人… name a sender: an address in the text, a `cid:` or a style's `@name` does not.
"""

import re
from dataclasses import dataclass

from chalicelib.mail.message import Address
from chalicelib.mail.replies.headings import block_at
from chalicelib.mail.replies.lines import Lines

_LINK = re.compile(r"(?:mailto|cid|https?|sip):", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}")
_QUOTE = re.compile(r"\s{0,3}(?:>|&gt;) ?")


@dataclass(frozen=True, slots=True)
class Forwarded:
    sender: Address  # its `email` is '' where the mail program wrote only a name
    subject: str
    date: str  # as it was written, in whatever language
    text: str


def original_of(text: str) -> Forwarded | None:
    """The first message within this one that has a header block; None when there is none."""
    lines = Lines(text)
    for at in range(len(lines)):
        block = block_at(lines, at)
        if block is None:
            continue
        sender = _sender(block.fields.get("from", ""))
        if sender is not None:
            body = _body([*lines.raw[block.end :], *lines.beyond], quoted=lines.quoted[at])
            return Forwarded(sender, block.fields.get("subject", ""), block.fields.get("date", ""), body)
    return None


def _sender(value: str) -> Address | None:
    found = _EMAIL.search(_LINK.sub("", value))
    name = _LINK.sub("", value)[: found.start()] if found else value
    name = name.strip(" \t<([{\"'“”;,|")
    if not found:
        return Address(name, "") if name and "@" not in name else None
    return Address(name, found[0].lower())


def _body(raw: list[str], *, quoted: bool) -> str:
    if quoted:
        raw = [_QUOTE.sub("", line, count=1) for line in raw]
    return "\n".join(raw).strip("\n").rstrip()
