"""What every page has in common: security headers, error pages, one log line, the reader's language.

    @page(bp, "/u/{token}", methods=["GET", "POST"])
    def preferences(visit: Visit, token: str) -> Page: ...

Errors become pages here, because what a view raises becomes Chalice's JSON before any middleware sees it.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from chalice.app import Blueprint, Request, Response

from chalicelib.kernel.errors import HubError
from chalicelib.kernel.settings import settings
from chalicelib.telemetry import logger, metrics
from chalicelib.web.render import render, style_hash

LANGUAGES = ("en", "zh-Hans")
RETRY_AFTER = "5"
LONGEST_FORM = 32_000  # characters, percent-encoded

_ERRORS: dict[str, dict[int, tuple[str, str]]] = {
    "en": {
        404: (
            "Nothing here",
            "The address is not complete or not one of ours. Copy the whole link, or just write to us.",
        ),
        503: (
            "One moment, please",
            "We cannot do this right now. Please try again in a minute; nothing was lost.",
        ),
        500: (
            "That did not work",
            "Something on our side failed. Please try again later, or just write to us.",
        ),
    },
    "zh-Hans": {
        404: ("找不到页面", "链接不完整或不属于我们。请复制完整链接，或直接写信给我们。"),
        503: ("请稍候", "暂时无法处理，请一分钟后重试；没有丢失任何内容。"),
        500: ("操作未成功", "我们这边出了问题，请稍后重试，或直接写信给我们。"),
    },
}


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page."""

    method: str
    path: str  # as the browser knows it, with any stage prefix
    language: str
    form: Mapping[str, str] = field(default_factory=dict)  # what a form posted; the last of each name


@dataclass(frozen=True, slots=True)
class Page:
    html: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


View = Callable[..., Page]


def page(bp: Blueprint, path: str, methods: list[str], *, cache_seconds: int = 0) -> Callable[[View], View]:
    """Register a view `(visit, **path parameters)`. Pages are public; what they may do hangs on what is in
    the URL."""

    def register(view: View) -> View:
        def shown(**values: str) -> Response:
            return _show(view, bp.current_request, path, values, cache_seconds)

        bp.route(path, methods=methods, name=view.__name__, content_types=["*/*"], cors=False)(shown)
        return view

    return register


def language_of(accept_language: str) -> str:
    """The language of ours a reader prefers (Accept-Language, RFC 9110); English when there is none."""
    wishes: list[tuple[float, str]] = []
    for part in accept_language[:500].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), tag.lower()))
        except ValueError:
            continue
    for _, tag in sorted(wishes, key=lambda wish: wish[0]):
        if tag.startswith("zh"):
            return "zh-Hans"
        if tag.startswith("en"):
            return "en"
    return "en"


def security_headers(cache_seconds: int = 0) -> dict[str, str]:
    policy = (
        f"default-src 'none'; style-src '{style_hash()}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",  # the URL itself may be a permission
        "Cache-Control": f"max-age={cache_seconds}" if cache_seconds else "no-store",
    }


def _show(view: View, request: Request, route: str, values: Mapping[str, str], cache_seconds: int) -> Response:
    started = time.perf_counter()
    path = str(request.context.get("path", request.path))
    visit = Visit(request.method, path, language_of(request.headers.get("accept-language", "")), _form(request))
    try:
        found = view(visit, **values)
    except HubError as error:
        if error.status >= 500:
            logger.warning("page_not_served", route=route, problem=error.detail)
        found = _sorry(visit, error.status, retryable=error.retryable)
    except Exception:  # noqa: BLE001 - the last line: whatever it is, readers get a page, we get the stack
        logger.exception("page_failed", route=route)
        found = _sorry(visit, 500, retryable=False)
    elapsed = round((time.perf_counter() - started) * 1000, 1)
    logger.info("page", method=visit.method, route=route, status=found.status, ms=elapsed)
    if metrics.metric_set:
        metrics.flush_metrics()
    headers = security_headers(cache_seconds if found.status == 200 else 0)
    return Response(body=found.html, status_code=found.status, headers={**headers, **found.headers})


def _form(request: Request) -> dict[str, str]:
    """Nothing of what is no form, is too long, or cannot be read: whoever needs a field finds it missing."""
    sent_as = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST" or sent_as != "application/x-www-form-urlencoded":
        return {}
    try:
        raw = request.raw_body
        text = raw.decode() if isinstance(raw, bytes) else raw
        return dict(parse_qsl(text, max_num_fields=20)) if len(text) <= LONGEST_FORM else {}
    except ValueError:
        return {}


def _sorry(visit: Visit, status: int, *, retryable: bool) -> Page:
    texts = _ERRORS[visit.language]
    title, text = texts.get(503 if retryable else status) or texts[404 if status < 500 else 500]
    headers = {"Retry-After": RETRY_AFTER} if retryable else {}
    return Page(words_only(visit, title, text), status, headers)


def words_only(visit: Visit, title: str, text: str, **more: Any) -> str:
    """A page of a heading and a sentence, and a button when `button` is given."""
    names: dict[str, Any] = {"button": "", "company": settings().company_name, **more}
    return render("words.html", language=visit.language, title=title, text=text, **names)
