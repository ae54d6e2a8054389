"""The pages of people who sign in, as a browser sees them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from chalice import Chalice

from app import app
from chalicelib.auth import mailroom
from chalicelib.auth.access import Open, demand_permissions, permission_of
from chalicelib.auth.permissions import Scope
from chalicelib.model.customer import Handle
from chalicelib.model.session import SignInCode
from chalicelib.storage import customers
from chalicelib.web.kit import page
from tests.auth.callers import Answer, Caller, caller, shared_stage, staff_member
from tests.workbench import Bench, text_of

FORM = "application/x-www-form-urlencoded"


@dataclass
class Browser:
    """Keeps cookies, and sends forms as they are on the page it saw last."""

    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""
    caller: Caller = field(default_factory=lambda: Caller(""))

    def get(self, path: str, **headers: str) -> Answer:
        return self._seen(self.caller.send("GET", path, **self._headers(headers)))

    def post(self, path: str, more: dict[str, str] | None = None, **headers: str) -> Answer:
        hidden = dict(re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', self.page))
        body = urlencode(hidden | (more or {})).encode()
        told = {"Content_Type": FORM, "Sec_Fetch_Site": "same-origin"} | headers
        return self._seen(self.caller.send("POST", path, body, **self._headers(told)))

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return ({"Cookie": kept} if kept else {}) | more

    def _seen(self, answer: Answer) -> Answer:
        told = answer.headers.get("Set-Cookie", [])
        for line in [told] if isinstance(told, str) else told:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies.pop(name, None)
            if value:
                self.cookies[name] = value
        self.page = answer.text or self.page
        return answer


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage() as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage has its own environment, which stays for the whole module."""


def code_mailed(stage: Bench) -> str:
    for code in stage.rows(SignInCode):
        mailroom.send_code(code.id)
    return str(re.search(r"\d{4} \d{4}", text_of(stage.sent[-1]))[0])  # type: ignore[index]


def signs_in(browser: Browser, stage: Bench, email: str, way: str = "/sign-in") -> Answer:
    browser.get(way)
    browser.post("/sign-in", {"email": email})
    return browser.post("/sign-in/code", {"code": code_mailed(stage)})


def test_a_stranger_is_led_to_the_sign_in_page_and_back(stage: Bench) -> None:
    browser, tom = Browser(), staff_member("agent", "north", name="Tom Baker")

    assert browser.get("/me").headers["Location"] == "sign-in?next=me"
    let_in = signs_in(browser, stage, tom.email, "/sign-in?next=me")

    assert (let_in.status, let_in.headers["Location"]) == (303, "../me")
    me = browser.get("/me")
    assert "Signed in as Tom Baker" in me.text
    assert "north" in me.text


def test_the_session_is_in_a_cookie_no_script_reads_and_no_other_site_sends(stage: Bench) -> None:
    let_in = signs_in(Browser(), stage, staff_member("agent").email)

    session, visit = let_in.headers["Set-Cookie"]
    assert re.fullmatch(r"liana=ls_\w+; Path=/; Max-Age=43200; HttpOnly; SameSite=Lax", session)
    assert visit.startswith("liana-visit=; ") and "Max-Age=0" in visit


def test_the_pages_speak_chinese_to_who_asks_for_it(stage: Bench) -> None:
    assert "您的邮箱地址" in Browser().get("/sign-in", Accept_Language="zh-CN").text


def test_a_wrong_code_shows_the_form_again(stage: Bench) -> None:
    browser = Browser()
    browser.get("/sign-in")
    browser.post("/sign-in", {"email": "nobody@example.com"})

    refused = browser.post("/sign-in/code", {"code": "0000 0000"})

    assert (refused.status, "opens nothing" in refused.text, 'name="code"' in refused.text) == (401, True, True)


def test_what_is_no_address_is_said_on_the_page(stage: Bench) -> None:
    browser = Browser()
    browser.get("/sign-in")

    refused = browser.post("/sign-in", {"email": "tom"})

    assert (refused.status, "no mail address" in refused.text) == (422, True)


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "../../x", "me?x", "javascript:1", "/me"])
def test_signing_in_leads_nowhere_else(stage: Bench, to: str) -> None:
    page = Browser().get(f"/sign-in?{urlencode({'next': to})}").text

    assert 'name="next" value=""' in page


FORGED = {
    "no token": ({"csrf": ""}, {}),
    "another's token": ({"csrf": "a" + "0" * 32}, {}),
    "from another site": ({}, {"Sec_Fetch_Site": "cross-site"}),
    "from another origin": ({}, {"Sec_Fetch_Site": "", "Origin": "https://evil.example"}),
}


@pytest.mark.parametrize(("form", "headers"), FORGED.values(), ids=FORGED)
def test_a_form_that_is_not_ours_does_nothing(stage: Bench, form: dict[str, str], headers: dict[str, str]) -> None:
    browser = Browser()
    signs_in(browser, stage, staff_member("agent").email)
    browser.get("/me")

    refused = browser.post("/sign-out", form, **headers)

    assert refused.status == 403
    assert browser.get("/me").status == 200


def test_the_token_of_one_session_is_of_no_use_in_another(stage: Bench) -> None:
    mine, theirs = Browser(), Browser()
    signs_in(mine, stage, staff_member("agent").email)
    signs_in(theirs, stage, staff_member("agent").email)
    theirs.get("/me")
    mine.page = theirs.page

    assert mine.post("/sign-out").status == 403


def test_the_sign_in_form_is_protected_too(stage: Bench) -> None:
    assert Browser().post("/sign-in", {"email": "tom@example.com"}).status == 403


@pytest.mark.parametrize("way", ["/sign-out", "/sign-out-everywhere"])
def test_signing_out_ends_the_session_and_not_only_the_cookie(stage: Bench, way: str) -> None:
    browser = Browser()
    signs_in(browser, stage, staff_member("agent").email)
    browser.get("/me")
    kept = dict(browser.cookies)

    out = browser.post(way)

    assert (out.status, out.headers["Location"], browser.cookies) == (303, "sign-in", {})
    assert Browser(cookies=kept).get("/me").status == 303


def test_a_customer_sees_her_cases_and_says_what_she_agrees_to(stage: Bench) -> None:
    stage.receive(b"From: Eve <eve@example.org>\r\nSubject: My tent\r\nMessage-ID: <1@x>\r\n\r\nIt leaks.")
    stage.run()
    browser = Browser()
    signs_in(browser, stage, "eve@example.org", "/sign-in?as=customer")

    me = browser.get("/me")
    assert "My tent" in me.text
    assert "We will answer by" in me.text
    browser.post("/me/consents")

    eve = customers.customer_of(Handle("email", "eve@example.org"))
    assert eve
    assert eve.consents["email/service"].granted
    more = re.search(r'href="(p/[^"]+)"', me.text)
    assert more
    assert "A break from us" in Browser().get(f"/{more[1]}").text
    assert "Stop" in browser.get("/me").text


def test_what_a_customer_is_shown_is_written_down(stage: Bench) -> None:
    stage.receive(b"From: Fay <fay@example.org>\r\nMessage-ID: <2@x>\r\n\r\nHello.")
    stage.run()
    browser = Browser()
    signs_in(browser, stage, "fay@example.org", "/sign-in?as=customer")
    browser.get("/me")

    fay = customers.customer_of(Handle("email", "fay@example.org"))
    assert fay
    looks = caller().get(f"/v1/customers/{fay.id}/looks").json["items"]
    assert [(look["by"], look["what"]) for look in looks] == [("customer", "me")]


def test_opening_the_link_in_the_mail_signs_nobody_in_and_its_button_does(stage: Bench) -> None:
    stage.receive(b"From: Gil <gil@example.org>\r\nMessage-ID: <3@x>\r\n\r\nHello.")
    stage.run()
    asked, phone = Browser(), Browser()
    asked.get("/sign-in?as=customer")
    asked.post("/sign-in", {"email": "gil@example.org"})
    code_mailed(stage)
    link = re.search(r"https://api.liana.test(/sign-in/link/\S+)", text_of(stage.sent[-1]))
    assert link

    assert phone.get(link[1]).status == 200
    assert phone.cookies == {}
    assert phone.post(link[1], Sec_Fetch_Site="cross-site").status == 403  # another site would sign its visitors in
    assert phone.post(link[1]).status == 303
    assert phone.get("/me").status == 200
    assert Browser().post(link[1]).status == 401


def test_a_page_for_the_staff_is_not_for_customers(stage: Bench) -> None:
    assert permission_of(app.routes["/me/consents"]["POST"].view_function) is Scope.OWN_WRITE
    browser = Browser()
    signs_in(browser, stage, staff_member("agent").email)
    browser.get("/me")

    assert browser.post("/me/consents", {"channel": "email", "purpose": "service"}).status == 403


# ── Declared ────────────────────────────────────────────────────────────────────────────────────────────


def test_every_route_declares_its_permission() -> None:
    for path, methods in app.routes.items():
        for method, entry in methods.items():
            assert isinstance(permission_of(entry.view_function), Scope | Open), f"{method} {path}"


def test_a_route_without_a_permission_is_not_packaged() -> None:
    other = Chalice("other")

    @other.route("/forgotten")
    def forgotten() -> None: ...

    with pytest.raises(TypeError, match="GET /forgotten"):
        demand_permissions(("GET", "/forgotten", entry.view_function) for entry in other.routes["/forgotten"].values())


def test_a_page_cannot_be_made_without_one() -> None:
    with pytest.raises(TypeError, match="access"):
        page(app, "/x", methods=["GET"])  # type: ignore[call-arg]
