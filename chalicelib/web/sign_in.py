"""Pages of people who sign in: the address, the code, who one is, and out again. For staff and for customers."""

import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalice.app import Blueprint

from chalicelib.auth import company, directory, links, oidc, sessions, sign_in
from chalicelib.auth.access import Open
from chalicelib.auth.permissions import Scope
from chalicelib.cases import views as cases
from chalicelib.customers import service as customers_service
from chalicelib.customers import views as customers
from chalicelib.gateways.secrets import signing_keys
from chalicelib.kernel import clock, ids
from chalicelib.kernel.errors import Forbidden, HubError, Invalid, NotFound, Unauthenticated
from chalicelib.kernel.settings import settings
from chalicelib.knowledge import visitors
from chalicelib.mail.outgoing.render import spoken
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.session import Audience
from chalicelib.privacy import service as privacy
from chalicelib.telemetry import logger
from chalicelib.web import cookies
from chalicelib.web.kit import Page, Visit, page
from chalicelib.web.render import render
from chalicelib.web.words import TEXTS

bp = Blueprint(__name__)

_NEXT = re.compile(r"[a-z][a-z0-9-]{0,40}(/[a-z0-9-]{1,40}){0,4}")
_VISIT_SECONDS = 3600
_PREFERENCES_OPEN = timedelta(hours=1)  # the page with all of them, from hers
_VISITOR_KEPT = timedelta(seconds=cookies.VISITOR_SECONDS)
_CONSENTS = (("email", "service"),)  # what customers are asked, whatever they said so far


@page(bp, "/sign-in", methods=["GET", "POST"], access=Open.PUBLIC)
def ask_for_code(visit: Visit) -> Page:
    """The answer is the same whether the address is somebody's."""
    if visit.method == "GET":
        by_issuer = bool(settings().oidc_issuer) and visit.query.get("as") != "customer"
        return _form(
            visit,
            "address",
            issuer=by_issuer,
            audience=_audience(visit.query.get("as", "")),
            to=visit.query.get("next", ""),
        )
    audience, to = _audience(visit.form.get("as", "")), visit.form.get("next", "")
    try:
        code = sign_in.ask_for_code(audience, visit.form.get("email", ""), language=visit.language, source=visit.source)
    except Invalid:
        return _form(visit, "address", audience=audience, to=to, wrong="no_address", status=422)
    return _form(visit, "code", audience=audience, to=to, sign_in_id=code.id)


@page(bp, "/sign-in/code", methods=["POST"], access=Open.PUBLIC)
def begin_session(visit: Visit) -> Page:
    """With the code from the mail."""
    sign_in_id = visit.form.get("sign_in_id", "")
    try:
        signed_in = sign_in.redeem(
            sign_in_id if ids.is_ulid(sign_in_id) else "", visit.form.get("code", "")[:20], source=visit.source
        )
    except Unauthenticated:
        return _form(
            visit,
            "code",
            audience=_audience(visit.form.get("as", "")),
            to=visit.form.get("next", ""),
            status=401,
            sign_in_id=sign_in_id,
            wrong="no_code",
        )
    return _let_in(visit, signed_in, visit.form.get("next", ""))


@page(bp, "/sign-in/link/{token}", methods=["GET", "POST"], access=Open.BY_LINK)
def begin_session_by_link(visit: Visit, token: str) -> Page:
    """Opening the link changes nothing, because mail scanners open every link; its button signs in. Pressed by another
    site it does not: that would sign its visitors in as whoever the link was mailed to."""
    if visit.method == "GET":
        # Without it browsers that do not tell the site leave the form's origin out.
        return _shown(visit, "sign_in.html", step="link", headers={"Referrer-Policy": "same-origin"})
    if not visit.from_us:
        raise Forbidden("this form did not come from a page of ours")
    try:
        signed_in = sign_in.redeem_link(token)
    except Unauthenticated:
        return _shown(visit, "sign_in.html", step="expired", status=401)
    return _let_in(visit, signed_in, "")


@page(bp, "/sign-in/company", methods=["GET"], access=Open.PUBLIC)
def go_to_issuer(visit: Visit) -> Page:
    """To the company's issuer, with a seed of this attempt in a cookie."""
    if not settings().oidc_issuer:
        raise NotFound("people sign in here by codes")
    there, seed = company.begin(_back(visit))
    kept = cookies.written(cookies.ATTEMPT, seed, int(oidc.LIFE.total_seconds()), tls=visit.tls)
    return Page("", 303, {"Location": there, "Set-Cookie": kept})


@page(bp, "/sign-in/company/back", methods=["GET"], access=Open.PUBLIC)
def back_from_issuer(visit: Visit) -> Page:
    """With a code of the issuer's, or without one when she changed her mind."""
    gone = cookies.written(cookies.ATTEMPT, "", 0, tls=visit.tls)
    sign_in.count_source(visit.source)  # each asks the issuer something
    try:
        signed_in = company.finish(
            visit.attempt, visit.query.get("state", ""), visit.query.get("code", ""), _back(visit)
        )
    except Unauthenticated as error:
        logger.info("issuer_sign_in_refused", why=error.detail)
        return _shown(visit, "sign_in.html", step="unknown", status=401, headers={"Set-Cookie": gone})
    let_in = _let_in(visit, signed_in, "")
    return Page("", 303, {**let_in.headers, "Set-Cookie": [*let_in.headers["Set-Cookie"], gone]})


@page(bp, "/sign-out", methods=["POST"], access=Scope.SESSION_OWN)
def sign_out(visit: Visit) -> Page:
    if visit.principal:
        directory.sign_out(visit.principal.key_id, staff_id=visit.principal.staff_id, by=visit.principal.name)
    return _let_out(visit)


@page(bp, "/sign-out-everywhere", methods=["POST"], access=Scope.SESSION_OWN)
def sign_out_everywhere(visit: Visit) -> Page:
    if visit.principal and visit.principal.staff_id:
        directory.sign_out_everywhere(visit.principal.staff_id, by=visit.principal.name)
    elif visit.principal:
        directory.sign_out(visit.principal.key_id, staff_id="", by="")
    return _let_out(visit)


@page(bp, "/me", methods=["GET"], access=Scope.SESSION_OWN)
def me(visit: Visit) -> Page:
    """Who is signed in: a member with her role and team, or a customer with her cases and what she agreed to."""
    if visit.principal is None or visit.principal.staff_id:
        member = directory.member(visit.principal.staff_id) if visit.principal else None
        return _shown(visit, "me.html", member=member)
    customer = customers.customer(visit.principal.customer_id)
    open_cases = [_line_of(case, customer, visit) for case in cases.open_cases_of(customer)]
    privacy.look(customer.id, by="customer", what="me", because="")
    link = links.PreferencesLink(customer.id, "", clock.now() + _PREFERENCES_OPEN)
    more = links.preferences_token(link, signing_keys())
    return _shown(visit, "me_customer.html", customer=customer, cases=open_cases, consents=_said(customer), more=more)


@page(bp, "/me/consents", methods=["POST"], access=Scope.OWN_WRITE)
def say_consent(visit: Visit) -> Page:
    """What she agrees to from now on. A form sent twice is kept twice and changes nothing the second time."""
    key = (visit.form.get("channel", ""), visit.form.get("purpose", ""))
    if visit.principal and all(re.fullmatch("[a-z_]{1,40}", word) for word in key):
        customers_service.say_consent(
            visit.principal.customer_id,
            *key,
            granted=visit.form.get("granted") == "yes",
            proof="said by herself, signed in",
            receipt_key=f"fact:%own:{ids.new_ulid(clock.now())}",
            fingerprint="",
        )
    return Page("", 303, {"Location": visit.to("me")})


def _back(visit: Visit) -> str:
    """Where the issuer sends the browser back to, as it knows us: our address, or this request's own."""
    return f"{visit.address}/sign-in/company/back"


def _form(visit: Visit, step: str, *, audience: Audience, to: str, status: int = 200, **more: Any) -> Page:
    """A page with a form, for whoever is not signed in: what its token follows from is a cookie of her own."""
    headers = {}
    if not visit.cookie:
        cookie = secrets.token_hex(16)
        visit = replace(visit, cookie=cookie, token=cookies.token_of(cookie, signing_keys()))
        headers["Set-Cookie"] = cookies.written(cookies.VISIT, cookie, _VISIT_SECONDS, tls=visit.tls)
    told = {"audience": audience.value, "next": _safe(to), **more}
    return _shown(visit, "sign_in.html", status=status, headers=headers, step=step, **told)


def _let_in(visit: Visit, signed_in: sign_in.SignedIn, to: str) -> Page:
    life = int((signed_in.session.ends_at - signed_in.session.created_at).total_seconds())
    gone = cookies.written(cookies.VISIT, "", 0, tls=visit.tls)
    cookie = cookies.written(cookies.SESSION, signed_in.text, life, tls=visit.tls)
    known = _known(visit, signed_in)
    return Page("", 303, {"Location": visit.to(_safe(to) or "me"), "Set-Cookie": [cookie, gone, *known]})


def _known(visit: Visit, signed_in: sign_in.SignedIn) -> list[str]:
    """What a customer asked in the help centre before is hers now, and its cookie goes. Where that fails she comes in
    all the same; the next time does it."""
    if not visit.visitor or signed_in.session.audience is not Audience.CUSTOMER:
        return []
    try:
        visitors.came_as(visit.visitor, signed_in.session.subject_id, clock.now() - _VISITOR_KEPT)
    except HubError as error:
        logger.warning("visitor_not_known", problem=error.detail)
        return []
    return [cookies.written(cookies.VISITOR, "", 0, tls=visit.tls)]


def _let_out(visit: Visit) -> Page:
    gone = cookies.written(cookies.SESSION, "", 0, tls=visit.tls)
    return Page("", 303, {"Location": visit.to("sign-in"), "Set-Cookie": gone})


def _audience(text: str) -> Audience:
    return Audience.CUSTOMER if text == "customer" else Audience.STAFF


def _safe(to: str) -> str:
    """A page of ours to go on to; empty for what leads elsewhere."""
    return to if _NEXT.fullmatch(to) else ""


def _line_of(case: Case, customer: Customer, visit: Visit) -> dict[str, str]:
    promise = case.promise
    due = (promise.told_by or promise.due_at) if promise and promise.kept_at is None else None
    return {
        "number": ids.case_number(case.id),
        "subject": case.subject,
        "status": case.status.value,
        "answer_by": _when(due, customer, visit) if due else "",
    }


def _when(at: datetime, customer: Customer, visit: Visit) -> str:
    zone = customer.time_zone or settings().default_timezone
    return f"{spoken(at.astimezone(ZoneInfo(zone)), visit.language)} ({zone})"


def _said(customer: Customer) -> list[dict[str, Any]]:
    """What she agreed to or refused, and what she may be asked."""
    known = {tuple(key.split("/", 1)): said.granted for key, said in customer.consents.items()}
    asked = dict.fromkeys(_CONSENTS, False) | known
    return [{"channel": key[0], "purpose": key[1], "granted": granted} for key, granted in sorted(asked.items())]


def _shown(
    visit: Visit, template: str, *, status: int = 200, headers: dict[str, Any] | None = None, **names: Any
) -> Page:
    told: dict[str, Any] = {
        "audience": "staff",
        "issuer": False,
        "next": "",
        "sign_in_id": "",
        "wrong": "",
        "minutes": sessions.CODE_LIFE.seconds // 60,
        "to": visit.to,
        "token": visit.token,
        "words": TEXTS[visit.language],
        "company": settings().company_name,
        **names,
    }
    return Page(render(template, language=visit.language, **told), status, headers or {})
