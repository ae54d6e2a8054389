"""Sessions in browsers: the cookies they live in, and how a request is known to come from a page of ours. Pure.

A cookie is HttpOnly, SameSite=Lax and for this host alone; where there is TLS it is Secure and named `__Host-…`, which
browsers take from this very host only. A form of ours carries a token that follows from the cookie and a signing key:
who cannot read our pages cannot make it. Besides, browsers say where a request comes from; what is not ours is refused.
"""

import hmac
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from chalicelib.kernel.signing import Keys

SESSION, VISIT, ATTEMPT = "liana", "liana-visit", "liana-attempt"
VISITOR = "liana_visitor"  # who asks in the help centre, when nobody knows her name
VISITOR_SECONDS = 90 * 24 * 3600
_VALUE = re.compile(r"[A-Za-z0-9._-]{1,400}")
_PURPOSE = "csrf"


def named(name: str, *, tls: bool) -> str:
    return f"__Host-{name}" if tls else name


def read(header: str, name: str) -> str:
    """The value of a cookie; empty when there is none, or more than one of this name."""
    found = [
        value.strip() for part in header.split(";") for key, _, value in [part.partition("=")] if key.strip() == name
    ]
    return found[0] if len(found) == 1 and _VALUE.fullmatch(found[0]) else ""


def written(name: str, value: str, seconds: int, *, tls: bool) -> str:
    """A Set-Cookie header; 0 seconds: it goes."""
    if value and not _VALUE.fullmatch(value):
        raise ValueError("not fit for a cookie")
    secure = "; Secure" if tls else ""
    return f"{named(name, tls=tls)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def token_of(cookie: str, keys: Keys) -> str:
    """For the forms shown to whoever has this cookie."""
    return keys.current + keys.sign(_PURPOSE, cookie, size=16).hex()


def is_token_of(token: str, cookie: str, keys: Keys) -> bool:
    key_id, given = token[:1], token[1:]
    if not cookie or key_id not in keys.keys or not given.isascii():
        return False
    return hmac.compare_digest(given, keys.sign(_PURPOSE, cookie, size=16, key=key_id).hex())


def comes_from_us(headers: Mapping[str, str], host: str) -> bool:
    """Whether a browser sends this from a page of ours, as far as it says: by `Sec-Fetch-Site`, else by `Origin`. Who
    says neither is no browser of today; the token still has to be right. Header names in small letters."""
    said = says_it_comes_from_us(headers, host)
    return said is None or said


def says_it_comes_from_us(headers: Mapping[str, str], host: str) -> bool | None:
    """Likewise; None when nothing is said."""
    site = headers.get("sec-fetch-site", "")
    if site:
        return site == "same-origin"
    origin = headers.get("origin", "")
    return (origin != "null" and urlsplit(origin).netloc.lower() == host.lower()) if origin else None
