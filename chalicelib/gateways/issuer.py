"""Speaking to the company's issuer (OpenID Connect): what it publishes, kept a while, and the exchange of a code."""

import json
import time
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import quote

from chalicelib.kernel.errors import Permanent, Unavailable
from chalicelib.kernel.settings import settings

KEPT_SECONDS = 3600
ASK_AGAIN_SECONDS = 60  # at most so often for keys that were not among those published
_LONGEST = 256 * 1024
_published: dict[str, tuple[float, Any]] = {}


def published(url: str, *, newer: bool = False) -> dict[str, Any]:
    """A document of the issuer's; `newer`: as it is now, if what we have is a minute old. Raises Unavailable,
    Permanent."""
    now = time.monotonic()
    kept = _published.get(url)
    if kept and now - kept[0] < (ASK_AGAIN_SECONDS if newer else KEPT_SECONDS):
        found: dict[str, Any] = kept[1]
        return found
    found = _answer("GET", url)
    _published[url] = (now, found)
    return found


def exchange(url: str, form: Mapping[str, str], secret: str, *, basic: bool) -> dict[str, Any]:
    """What the token endpoint gives for a code, once: a lost answer is not asked for again. The secret goes into the
    Authorization header (`basic`, RFC 6749 2.3.1) or the form; empty: we have none. Raises Unavailable, Permanent."""
    if secret and basic:
        pair = f"{quote(form['client_id'], safe='')}:{quote(secret, safe='')}"
        return _answer("POST", url, form=form, headers={"Authorization": f"Basic {b64encode(pair.encode()).decode()}"})
    return _answer("POST", url, form={**form, "client_secret": secret} if secret else form)


def userinfo(url: str, access_token: str) -> dict[str, Any]:
    """What the issuer tells of whoever signed in. Raises Unavailable, Permanent."""
    return _answer("GET", url, headers={"Authorization": f"Bearer {access_token}"})


def _answer(
    method: str, url: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    from urllib3.exceptions import HTTPError

    if not url.startswith("https://") and settings().target != "local":
        raise Permanent("the issuer must be spoken to by https")
    try:
        more: dict[str, Any] = {"fields": dict(form), "encode_multipart": False} if form else {}
        got = _pool().request(method, url, headers={"Accept": "application/json", **(headers or {})}, **more)
        data = json.loads(got.data[:_LONGEST])
    except (HTTPError, ValueError) as error:
        raise Unavailable(f"the issuer does not answer: {type(error).__name__}") from error
    if got.status >= 500 or not isinstance(data, dict):
        raise Unavailable(f"the issuer answered {got.status}")
    if got.status >= 400:
        raise Permanent(f"the issuer refused: {str(data.get('error', got.status))[:100]}")
    return data


@cache
def _pool() -> Any:
    from urllib3 import PoolManager, Timeout

    return PoolManager(timeout=Timeout(connect=3, read=8), retries=False)
