"""What every page has in common: who may see it, security headers, error pages, one log line, the reader's language.

    @page(bp, "/u/{token}", methods=["GET", "POST"], access=Open.BY_LINK)
    def preferences(visit: Visit, token: str) -> Page: ...

    @page(bp, "/me", methods=["GET"], access=Scope.SESSION_OWN)
    def me(visit: Visit) -> Page: ...

Each page says what it asks for. One with a scope is shown to whoever is signed in and has it; a stranger is led to
the sign-in page and back. What changes something is done only when a form of ours sends it, unless the address itself
is the permission. Errors become pages here: what a view raises becomes Chalice's JSON before any middleware sees it.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote

from chalice.app import Blueprint, Request, Response

from chalicelib.auth import service as auth
from chalicelib.auth.access import Open, Permission, declares
from chalicelib.auth.permissions import Principal, Scope
from chalicelib.gateways.secrets import signing_keys
from chalicelib.kernel import clock, ids
from chalicelib.kernel.errors import Forbidden, HubError
from chalicelib.kernel.settings import settings
from chalicelib.telemetry import logger, metrics
from chalicelib.web import cookies
from chalicelib.web.render import render, style_hashes

LANGUAGES = ("en", "zh-Hans")
RETRY_AFTER = "5"
LONGEST_FORM = 32_000  # characters, percent-encoded
SAFE = ("GET", "HEAD")

_ERRORS: dict[str, dict[int, tuple[str, str]]] = {
    "en": {
        404: (
            "Nothing here",
            "The address is not complete or not one of ours. Copy the whole link, or just write to us.",
        ),
        403: (
            "Not from here",
            "You may not do this, or this page is out of date. Go back, load the page again, and try once more.",
        ),
        429: ("Too many tries", "Please wait a quarter of an hour, then try again."),
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
        403: ("无法执行", "您没有权限，或页面已过期。请返回并重新加载页面后再试。"),
        429: ("尝试次数过多", "请等待一刻钟后再试。"),
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
    route: str = "/"
    principal: Principal | None = None  # who is signed in; always there on pages that ask for a scope
    form: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    token: str = ""  # for the forms on this page
    cookie: str = ""  # what the token follows from
    cookies: tuple[str, ...] = ()  # all of ours that came: a page may be older than her session, or outlive it
    source: str = ""  # network address
    host: str = ""
    tls: bool = True
    attempt: str = ""  # the seed of a sign-in by the issuer, while it is under way
    accept: str = ""  # what the browser would rather have
    from_us: bool = True  # whether it comes from a page of ours, as far as the browser says
    visitor: str = ""  # who asks in the help centre, as her cookie knows her; empty: nobody yet
    stranger: bool = False  # no session came with it, and the browser says that a page of ours sends it
    ahead: bool = False  # the browser fetches it before anybody asked to see it
    accepts: str = ""  # Accept-Language

    @property
    def root(self) -> str:
        """What stands before our paths: a stage, or nothing."""
        path, parts = self.path.rstrip("/"), self.route.strip("/")
        return path.rsplit("/", parts.count("/") + 1)[0] if parts else path

    @property
    def address(self) -> str:
        """Our own, as the browser knows it, without a slash at the end."""
        return settings().base_url or ("https" if self.tls else "http") + f"://{self.host}" + self.root

    def to(self, target: str) -> str:
        """A path of ours as a relative reference: right behind any stage prefix or custom domain."""
        return "../" * (self.route.count("/") - 1) + target


@dataclass(frozen=True, slots=True)
class Page:
    html: str | bytes
    status: int = 200
    headers: Mapping[str, Any] = field(default_factory=dict)


View = Callable[..., Page]


def page(
    bp: Blueprint,
    path: str,
    methods: list[str],
    *,
    access: Permission,
    cache_seconds: int = 0,
    strangers: bool = False,
    longest_form: int = LONGEST_FORM,
) -> Callable[[View], View]:
    """Register a view `(visit, **path parameters)`, for whom `access` says. `strangers`: its form is taken without a
    token from whoever is not signed in, if her browser itself says that a page of ours sends it; so the page it stands
    on may be kept by caches, or be older than her cookie."""

    def register(view: View) -> View:
        def shown(**values: str) -> Response:
            asked = _Asked(path, access, cache_seconds, strangers, longest_form)
            return _show(view, bp.current_request, asked, values)

        declares(shown, access)
        bp.route(path, methods=methods, name=view.__name__, content_types=["*/*"], cors=False)(shown)
        return view

    return register


class _Asked(NamedTuple):
    """What a page says of itself."""

    route: str
    access: Permission
    cache_seconds: int
    strangers: bool
    longest_form: int


def language_of(accept_language: str) -> str:
    """The language of ours a reader prefers (Accept-Language, RFC 9110); English when there is none."""
    for tag in wishes_of(accept_language):
        if tag.startswith("zh"):
            return "zh-Hans"
        if tag.startswith("en"):
            return "en"
    return "en"


def wishes_of(accept_language: str) -> list[str]:
    """The languages a reader wishes for, in small letters, the dearest first."""
    wishes: list[tuple[float, str]] = []
    for part in accept_language[:500].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((-float(quality or 1), tag.lower()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(wishes, key=lambda wish: wish[0])]


def content_policy(*loads: str) -> str:
    """What a page may load: its style sheets, and from our own host what is named (`img-src`, `script-src`)."""
    styles = " ".join(f"'{sheet}'" for sheet in style_hashes())
    own = "".join(f"{kind} 'self'; " for kind in loads)
    return f"default-src 'none'; style-src {styles}; {own}form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


def security_headers(cache_seconds: int = 0) -> dict[str, str]:
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": content_policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",  # the URL itself may be a permission
        "Cache-Control": f"max-age={cache_seconds}" if cache_seconds else "no-store",
    }


def _show(view: View, request: Request, asked: _Asked, values: Mapping[str, str]) -> Response:
    started = time.perf_counter()
    route, access, cache_seconds = asked.route, asked.access, asked.cache_seconds
    visit = _plain(request, asked)
    try:
        visit = visit if access is Open.BY_LINK or cache_seconds else _visited(visit, request)
        found = _refused(visit, asked) or view(visit, **values)
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
    if access is not Open.BY_LINK and not cache_seconds:
        # A form's browser names its origin only so; nothing secret is in these addresses.
        headers["Referrer-Policy"] = "same-origin"
    return Response(body=found.html, status_code=found.status, headers={**headers, **found.headers})


def _plain(request: Request, asked: _Asked) -> Visit:
    """Without who it is: for pages everybody gets alike."""
    path = str(request.context.get("path", request.path))
    identity = request.context.get("identity") or {}
    headers = {name.lower(): str(value) for name, value in request.headers.items()}
    host, accepts = headers.get("host", ""), headers.get("accept-language", "")
    tls = settings().target == "aws"
    visitor = cookies.read(headers.get("cookie", ""), cookies.named(cookies.VISITOR, tls=tls))
    query = {name: str(value) for name, value in (request.query_params or {}).items()}
    return Visit(
        request.method,
        path,
        language_of(query.get("language") or accepts),
        route=asked.route,
        form=_form(request, asked.longest_form),
        query=query,
        source=str(identity.get("sourceIp") or ""),
        host=host,
        tls=tls,
        accept=headers.get("accept", ""),
        from_us=cookies.comes_from_us(headers, host),
        visitor=visitor if ids.is_ulid(visitor) else "",
        ahead="prefetch" in headers.get("sec-purpose", headers.get("purpose", "")),
        accepts=accepts,
    )


def _visited(visit: Visit, request: Request) -> Visit:
    """With who is signed in, and what she sent. Whoever has no session gets a cookie of her own for forms."""
    header = str(request.headers.get("cookie", ""))
    session = cookies.read(header, cookies.named(cookies.SESSION, tls=visit.tls))
    principal = auth.by_session(session, clock.now()) if session else None
    before_session = cookies.read(header, cookies.named(cookies.VISIT, tls=visit.tls))
    cookie = session if principal else before_session or visit.visitor
    given = {name.lower(): str(value) for name, value in request.headers.items()}
    ours = cookies.says_it_comes_from_us(given, visit.host)
    return replace(
        visit,
        principal=principal,
        token=cookies.token_of(cookie, signing_keys()) if cookie else "",
        cookie=cookie,
        cookies=tuple(filter(None, (session, before_session, visit.visitor))),
        attempt=cookies.read(header, cookies.named(cookies.ATTEMPT, tls=visit.tls)),
        stranger=bool(ours) and not session,
    )


def _form(request: Request, longest: int) -> dict[str, str]:
    """Nothing of what is no form, is too long, or cannot be read: whoever needs a field finds it missing."""
    sent_as = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST" or sent_as != "application/x-www-form-urlencoded":
        return {}
    try:
        raw = request.raw_body
        text = raw.decode() if isinstance(raw, bytes) else raw
        return dict(parse_qsl(text, max_num_fields=20)) if len(text) <= longest else {}
    except ValueError:
        return {}


def _refused(visit: Visit, asked: _Asked) -> Page | None:
    """What is shown instead to whom the page is not for; None: she may see it. Raises Forbidden."""
    access = asked.access
    if isinstance(access, Scope):
        if visit.principal is None:
            back = f"?next={quote(visit.route.lstrip('/'), safe='')}" if "{" not in visit.route else ""
            return Page("", 303, {"Location": visit.to("sign-in") + back})
        visit.principal.demand(access)
    if visit.method in SAFE or access is Open.BY_LINK or (asked.strangers and visit.stranger):
        return None
    token, keys = visit.form.get("csrf", ""), signing_keys()
    right = any(cookies.is_token_of(token, cookie, keys) for cookie in visit.cookies)
    if not right or not visit.from_us:
        raise Forbidden("this form did not come from a page of ours")
    return None


def _sorry(visit: Visit, status: int, *, retryable: bool) -> Page:
    texts = _ERRORS[visit.language]
    title, text = texts.get(503 if retryable else status) or texts[404 if status < 500 else 500]
    headers = {"Retry-After": RETRY_AFTER} if retryable else {}
    return Page(words_only(visit, title, text), status, headers)


def words_only(visit: Visit, title: str, text: str, **more: Any) -> str:
    """A page of a heading and a sentence, and a button when `button` is given."""
    names: dict[str, Any] = {"button": "", "company": settings().company_name, **more}
    return render("words.html", language=visit.language, title=title, text=text, **names)
