"""What SES itself wrote on top of a stored mail, and nothing below that: the sender could have written the
rest.

SES prepends its trace headers in a fixed order, each once. The block ends at the first header that is not
the next of that order; without SES's own Received line there is no block at all.
"""

import re
from collections.abc import Sequence

_ORDER = (
    "return-path",
    "received",
    "x-ses-spam-verdict",
    "x-ses-virus-verdict",
    "received-spf",
    "authentication-results",
)
_SES_HOST = re.compile(r"\bby inbound-smtp\.[a-z0-9-]{1,30}\.amazonaws\.com(\.cn)? ")
_DKIM = re.compile(r"\bdkim=pass\b[^;]{0,300}?\bheader\.[id]=(?:[^;@\s]{0,100}@)?([a-z0-9.-]{1,253})", re.IGNORECASE)
AUTHSERV_ID = "amazonses.com"


def ses_block(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """SES's trace headers by lower-case name; empty when the mail did not come through SES."""
    block: dict[str, str] = {}
    position = 0
    for name, value in headers[: len(_ORDER)]:
        if name not in _ORDER[position:]:
            break
        block[name] = value
        position = _ORDER.index(name) + 1
    return block if _SES_HOST.search(block.get("received", "")) else {}


def authentication(block: dict[str, str]) -> str:
    """The results SES states, '' when the header is not SES's."""
    authserv, _, results = block.get("authentication-results", "").partition(";")
    return results if authserv.strip().lower() == AUTHSERV_ID else ""


def dkim_domains(headers: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(d.lower() for d in _DKIM.findall(authentication(ses_block(headers)))))
