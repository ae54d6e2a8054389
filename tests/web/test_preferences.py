"""The unsubscribe link: opening it changes nothing, posting to it does, and it always answers in words."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.auth.links import PreferencesLink, preferences_token, unsubscribe_token
from chalicelib.gateways.secrets import signing_keys
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Unavailable
from chalicelib.web import preferences
from tests.auth.callers import Answer, Caller, caller, shared_stage
from tests.workbench import Bench

FORM = "application/x-www-form-urlencoded"
SEPARATED = "multipart/form-data; boundary=x"
BROWSER = Caller("")


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage() as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage has its own environment, which stays for the whole module."""


@pytest.fixture
def shop() -> Caller:
    return caller()


@pytest.fixture
def customer(shop: Caller) -> str:
    assert shop.key
    body = {"customer": {"external": shop.key.id}, "channel": "web", "text": "Hello"}
    found: str = shop.post("/v1/requests", body).json["customer_id"]
    return found


@pytest.fixture
def link(customer: str) -> str:
    return "/u/" + unsubscribe_token(customer, "email", "service", "TASK", signing_keys())


def consents(shop: Caller, customer: str) -> list[tuple[str, str, bool, str]]:
    found = shop.get(f"/v1/customers/{customer}").json["consents"]
    return [(c["channel"], c["purpose"], c["granted"], c["proof"]) for c in found]


def test_opening_the_link_shows_a_button_and_changes_nothing(shop: Caller, customer: str, link: str) -> None:
    page = BROWSER.get(link)

    assert page.status == 200
    assert '<form method="post">' in page.text
    assert consents(shop, customer) == []


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (FORM, b"List-Unsubscribe=One-Click"),
        (
            SEPARATED,
            b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
        ),
        ("", b""),
    ],
)
def test_one_click_withdraws_consent(shop: Caller, customer: str, link: str, content_type: str, body: bytes) -> None:
    done = BROWSER.send("POST", link, body, Content_Type=content_type)

    assert done.status == 200
    assert consents(shop, customer) == [("email", "service", False, "unsubscribe link of TASK")]


def test_posting_twice_is_as_good_as_once(shop: Caller, customer: str, link: str) -> None:
    assert [BROWSER.send("POST", link, Content_Type=FORM).status for _ in range(2)] == [200, 200]
    assert len(consents(shop, customer)) == 1


@pytest.mark.parametrize("token", ["x", "x.axxx", "%00", "a" * 5000])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_broken_link_is_met_kindly(method: str, token: str) -> None:
    page = BROWSER.send(method, f"/u/{token}", Content_Type=FORM)

    assert page.status == 404
    assert page.headers["Content-Type"].startswith("text/html")
    assert "write to us" in page.text


@pytest.mark.parametrize(
    ("wish", "language", "words"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans", "停止发送"),
        ("en-GB,zh;q=0.5", "en", "Stop these messages"),
        ("de, zh;q=0.3, en;q=0.2", "zh-Hans", "停止发送"),
        ("fr", "en", "Stop these messages"),
        ("", "en", "Stop these messages"),
        (";;q=x,,zh;q=oops", "en", "Stop these messages"),
    ],
)
def test_the_page_speaks_the_readers_language(link: str, wish: str, language: str, words: str) -> None:
    page = BROWSER.get(link, Accept_Language=wish)

    assert f'<html lang="{language}">' in page.text
    assert words in page.text


def test_the_page_says_whose_it_is(link: str) -> None:
    assert "Baum &amp; Blatt" in BROWSER.get(link).text


@pytest.mark.parametrize("error", [Unavailable("the table is away"), RuntimeError("secret insides")])
def test_our_own_trouble_is_told_without_its_insides(
    link: str, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(preferences.customers, "withdraw_consent", fail)

    page = BROWSER.send("POST", link, Content_Type=FORM)

    assert page.status == (503 if isinstance(error, Unavailable) else 500)
    assert ("Retry-After" in page.headers) is isinstance(error, Unavailable)
    assert str(error) not in page.text


# All that she agreed to


def preferences_link(customer: str, *, days: int = 180) -> str:
    until = clock.now() + timedelta(days=days)
    return "/p/" + preferences_token(PreferencesLink(customer, "TASK", until), signing_keys())


def posted(customer: str, body: str, site: str = "same-origin") -> Answer:
    return BROWSER.send("POST", preferences_link(customer), body.encode(), Content_Type=FORM, Sec_Fetch_Site=site)


def test_opening_preferences_shows_what_she_agreed_to_and_changes_nothing(shop: Caller, customer: str) -> None:
    before = shop.get(f"/v1/customers/{customer}").json

    page = BROWSER.get(preferences_link(customer))

    assert "E-mail: off" in page.text
    assert shop.get(f"/v1/customers/{customer}").json == before


def test_what_she_says_on_the_page_holds_at_once(shop: Caller, customer: str) -> None:
    posted(customer, "channel=email&purpose=service&granted=no")
    posted(customer, "channel=sms&purpose=service&granted=yes")
    posted(customer, "language=zh-Hans")
    page = posted(customer, "rest_days=30")

    known = shop.get(f"/v1/customers/{customer}").json
    said = {(one["channel"], one["granted"]) for one in known["consents"]}
    assert page.status == 200
    assert {("email", False), ("sms", True)} <= said
    assert (known["language"], known["language_chosen"]) == ("zh-Hans", True)
    assert known["not_before"] is not None


def test_the_page_speaks_the_language_she_chose_and_names_what_she_agreed_to_elsewhere(
    shop: Caller, customer: str
) -> None:
    assert shop.key
    said = {"channel": "email", "purpose": "spring_fair", "granted": True, "proof": "form"}
    fact = {"event_id": "fair", "kind": "consent", "occurred_at": "2026-01-01T00:00:00Z", "data": said}
    shop.post("/v1/facts", {"facts": [{**fact, "customer": {"external": shop.key.id}}]})

    page = posted(customer, "language=zh-Hans")

    assert '<html lang="zh-Hans">' in page.text
    assert "Spring fair" in page.text


def test_nobody_invents_kinds_of_messages(shop: Caller, customer: str) -> None:
    before = consents(shop, customer)

    for granted in ("yes", "no"):
        posted(customer, f"channel=email&purpose=invented&granted={granted}")

    assert consents(shop, customer) == before


def test_a_page_of_somebody_elses_cannot_post(customer: str) -> None:
    page = posted(customer, "channel=sms&purpose=service&granted=yes", "cross-site")

    assert page.status == 403


def test_a_link_of_half_a_year_ago_and_an_unsubscribe_link_open_no_preferences(customer: str, link: str) -> None:
    assert BROWSER.get(preferences_link(customer, days=-1)).status == 404
    assert BROWSER.get(link.replace("/u/", "/p/")).status == 404
