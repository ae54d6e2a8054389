"""Signing in by the company's account, against an issuer that runs as a process of its own."""

import hashlib
import json
import socket
import subprocess
import sys
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from chalicelib.auth import directory, sign_in
from chalicelib.gateways import issuer as gateway
from chalicelib.kernel.settings import settings
from chalicelib.model.access import AccessKind
from chalicelib.storage import staff
from tests.auth.callers import Answer, Caller, shared_stage, staff_member
from tests.web.test_sign_in import Browser
from tests.workbench import Bench


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:  # type: ignore[override]
        return None


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout
        next(line for line in process.stdout if str(port) in line)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture(scope="module")
def stage(issuer: str) -> Iterator[Bench]:
    with shared_stage() as bench, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OIDC_ISSUER", issuer)
        patch.setenv("OIDC_CLIENT_ID", "liana")
        patch.setenv("OIDC_DOMAINS", "baum.example=agent")
        settings.cache_clear()
        name = f"{settings().keys_parameter}-client"
        bench.client("ssm").put_parameter(Name=name, Type="SecureString", Value="a/secret:+")
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage has its own environment, which stays for the whole module."""


def vouch(issuer: str, subject: str, **claims: object) -> None:
    request = urllib.request.Request(
        f"{issuer}/users/{subject}", json.dumps(claims).encode(), {"Content-Type": "application/json"}, method="PUT"
    )
    urllib.request.urlopen(request).close()


def agreed(address: str, subject: str) -> str:
    """She agrees at the issuer's; where it sends her back to, behind our host."""
    try:
        urllib.request.build_opener(NoRedirect).open(address, urlencode({"sub": subject}).encode())
    except urllib.error.HTTPError as answer:
        back = urlsplit(answer.headers["Location"])
        assert back.netloc == "api.liana.test"
        return f"{back.path}?{back.query}"
    raise AssertionError("the issuer did not send her back")


def signs_in(browser: Browser, subject: str) -> Answer:
    there = browser.get("/sign-in/company")
    assert there.status == 303
    return browser.get(agreed(there.headers["Location"], subject))


def test_who_is_listed_signs_in_by_her_company_account(issuer: str) -> None:
    tom, browser = staff_member("lead", "north", name="Tom Baker"), Browser()
    vouch(issuer, "tom", email=tom.email, email_verified=True)

    back = signs_in(browser, "tom")

    assert (back.status, back.headers["Location"]) == (303, "../../me")
    assert set(browser.cookies) == {"liana"}
    assert "Signed in as Tom Baker" in browser.get("/me").text
    told = [event.what for event in directory.accesses_about(tom.id, None, 9).items]
    assert set(told) == {AccessKind.SIGNED_IN, AccessKind.STAFF_BOUND}


def test_who_has_her_address_later_is_somebody_else(issuer: str) -> None:
    tom = staff_member("agent")
    vouch(issuer, "first", email=tom.email, email_verified=True)
    vouch(issuer, "second", email=tom.email, email_verified=True)
    signs_in(Browser(), "first")

    assert signs_in(Browser(), "second").status == 401
    assert signs_in(Browser(), "first").status == 303


def test_a_stranger_is_refused_and_told_whom_to_ask(issuer: str) -> None:
    vouch(issuer, "eve", email="eve@example.org", email_verified=True)

    refused = signs_in(Browser(), "eve")

    assert (refused.status, "ask an admin" in refused.text) == (401, True)


def test_an_address_the_issuer_has_not_verified_lets_nobody_in(issuer: str) -> None:
    vouch(issuer, "sly", email=staff_member("admin").email, email_verified=False)

    assert signs_in(Browser(), "sly").status == 401


def test_who_was_let_go_stays_out(issuer: str) -> None:
    vouch(issuer, "gone", email=staff_member("agent", active=False).email, email_verified=True)

    assert signs_in(Browser(), "gone").status == 401


def test_people_of_a_domain_that_is_named_are_added_with_its_role(issuer: str) -> None:
    vouch(issuer, "nia", email="nia@baum.example", email_verified=True, name="Nia Oak")

    assert signs_in(Browser(), "nia").status == 303

    owner = staff.address("nia@baum.example")
    assert owner
    nia = directory.member(owner.staff_id)
    assert (nia.name, nia.role, nia.subject) == ("Nia Oak", "agent", f"{issuer}#nia")


def test_a_way_back_serves_once_and_only_who_went(issuer: str) -> None:
    vouch(issuer, "ria", email=staff_member("agent").email, email_verified=True)
    ria = Browser()
    back = agreed(ria.get("/sign-in/company").headers["Location"], "ria")
    seed = dict(ria.cookies)

    assert Browser().get(back).status == 401  # without her cookie
    assert ria.get(back).status == 303
    assert Browser(cookies=seed).get(back).status == 401  # the issuer's code is used


def test_the_code_is_exchanged_with_the_verifier_of_the_challenge(issuer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Mapping[str, str]] = []
    exchange = gateway.exchange

    def watched(url: str, form: Mapping[str, str], secret: str, *, basic: bool) -> dict[str, Any]:
        sent.append(form)
        return exchange(url, form, secret, basic=basic)

    monkeypatch.setattr(gateway, "exchange", watched)
    vouch(issuer, "uma", email=staff_member("agent").email, email_verified=True)
    uma = Browser()
    there = uma.get("/sign-in/company").headers["Location"]

    assert uma.get(agreed(there, "uma")).status == 303

    asked = dict(parse_qsl(urlsplit(there).query))
    verifier = sent[0]["code_verifier"]
    s256 = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    assert (asked["code_challenge_method"], asked["code_challenge"]) == ("S256", s256)
    assert len(verifier) >= 43  # RFC 7636, 4.1
    assert verifier not in there
    assert sent[0]["redirect_uri"] == asked["redirect_uri"]


def test_one_network_address_cannot_have_the_issuer_asked_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "MOST_OF_SOURCE", 0)

    assert Browser().get("/sign-in/company/back?state=x&code=y").status == 429


def test_a_key_the_issuer_turned_to_is_asked_for(issuer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    vouch(issuer, "kai", email=staff_member("agent").email, email_verified=True)
    signs_in(Browser(), "kai")
    url = next(url for url in gateway._published if "jwks" in url)
    kept_at, _ = gateway._published[url]
    monkeypatch.setitem(gateway._published, url, (kept_at - gateway.ASK_AGAIN_SECONDS, {"keys": []}))

    assert signs_in(Browser(), "kai").status == 303


def test_with_an_issuer_staff_get_no_codes_and_the_page_leads_there(issuer: str) -> None:
    refused = Caller("").post("/v1/sign-in/codes", {"email": "tom@example.com"})

    assert refused.status == 409
    assert 'href="sign-in/company"' in Browser().get("/sign-in").text
    assert 'name="email"' in Browser().get("/sign-in?as=customer").text
