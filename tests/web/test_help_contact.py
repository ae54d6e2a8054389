"""The contact form of the help centre: what becomes of a message, and what comes with it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from urllib.parse import urlencode

import pytest

from chalicelib.kernel import clock, ids
from chalicelib.knowledge import asking
from chalicelib.model.case import Case
from chalicelib.model.customer import Handle
from chalicelib.model.interaction import Interaction
from chalicelib.model.question import AskedThrough, Question, QuestionState
from chalicelib.storage import cases, customers, questions
from chalicelib.web import help_contact, help_kit
from tests.auth.callers import Answer, caller, shared_stage
from tests.web.readers import find, publish, signed_in
from tests.web.test_sign_in import Browser
from tests.workbench import Bench

TEXT = "My zeppelin is late."
_NUMBERS = count(1)  # nobody writes often in the name of one address


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage() as bench:
        publish("parcels", "Where is my parcel?", "Look at the tracking link.")
        ann = {"customer": {"email": "ann@example.org", "name": "Ann Archer"}, "channel": "web", "text": "Hello"}
        caller().post("/v1/requests", ann)
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stage has its own environment, which stays for the whole module; what is found is up to the titles."""
    monkeypatch.setattr(asking, "find", find)


def writes(browser: Browser, text: str = TEXT, **more: str) -> Answer:
    """Opens the form and sends it."""
    browser.get("/help/contact")
    return sends(browser, text, **more)


def sends(browser: Browser, text: str = TEXT, **more: str) -> Answer:
    form = {"email": f"eve{next(_NUMBERS)}@example.org", "text": text, **more}
    ticked = {"along": "yes"} if 'name="along" value="yes" checked' in browser.page else {}
    return browser.post("/help/contact", {**ticked, **form})


def case_of(page: Answer) -> Case:
    number = re.search(r"#([0-9A-Z-]{14})", page.text)
    assert number, page.text
    case_id = ids.read_case_number(number[1])
    assert case_id
    case = cases.case(case_id)
    assert case
    return case


def contacts_of(case: Case) -> list[Interaction]:
    return list(cases.interactions_of(case.id, None, 10).items)


def visitor(browser: Browser) -> str:
    return browser.cookies["liana_visitor"]


def asked_by(visitor_id: str = "", customer_id: str = "") -> list[Question]:
    return questions.questions_of(clock.now() - help_kit.VISIT_LASTS, customer_id=customer_id, visitor_id=visitor_id)


# ── Sent ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_message_becomes_a_case_whose_number_and_time_she_is_told(stage: Bench) -> None:
    page = writes(Browser(), name="Eve Fox", subject="Late")

    assert page.status == 200
    assert "We have your message" in page.text
    assert "We answer by mail to the address you gave, by" in page.text
    case = case_of(page)
    assert (case.subject, case.channel) == ("Late", "web")


def test_whoever_is_not_signed_in_is_not_believed_and_sent_no_mail(stage: Bench) -> None:
    case = case_of(writes(Browser(), email="ann@example.org"))

    (contact,) = contacts_of(case)
    assert (contact.sender, contact.trust) == ("email:ann@example.org", "unverified")
    assert "sender unverified" in contact.flags
    ann = customers.customer_of(Handle("email", "ann@example.org"))
    assert ann
    assert case.customer_id == ann.id


def test_who_is_signed_in_is_believed_and_writes_as_herself(stage: Bench) -> None:
    browser, ann = signed_in("ann@example.org")

    page = writes(browser)

    assert 'name="email"' not in browser.get("/help/contact").text
    case = case_of(page)
    assert case.customer_id == ann.id
    told = contacts_of(case)
    assert (told[0].trust, told[0].preview) == ("authenticated", TEXT)
    assert [one.purpose.value for one in told] == ["contact", "acknowledgement"]


def test_how_fast_an_address_is_answered_tells_no_stranger_whose_it_is(
    stage: Bench,
) -> None:
    shop = caller()
    who = {"customer": {"email": "gold@example.org"}, "channel": "web", "text": "Hello"}
    gold = shop.post("/v1/requests", who).json["customer_id"]
    pinned = shop.put(
        f"/v1/customers/{gold}/tier",
        {"tier": "platinum", "until": clock.iso(clock.now() + timedelta(days=30)), "author": "Ria", "reason": "test"},
    )
    assert pinned.status == 200, pinned.text

    known, unknown = writes(Browser(), email="gold@example.org"), writes(Browser(), email="new@example.org")

    said = [re.search(r"by \w+ \d+ \w+", page.text) for page in (known, unknown)]
    assert said[0] and said[1]
    assert said[0][0] == said[1][0]


def test_the_same_form_sent_twice_is_one_message(stage: Bench) -> None:
    browser = Browser()
    browser.get("/help/contact")
    form_id = dict(re.findall(r'name="(form_id)" value="(\w+)"', browser.page))

    same = {**form_id, "email": "eve@example.org"}
    once, twice = sends(browser, **same), sends(browser, **same)

    assert case_of(once).id == case_of(twice).id
    assert len(contacts_of(case_of(once))) == 1


# ── What comes with it ────────────────────────────────────────────────────────────────────────────


def test_what_a_customer_asked_before_goes_along_with_what_she_writes(stage: Bench) -> None:
    browser, ann = signed_in("ann@example.org")
    browser.get("/help/search?q=Where+is+my+parcel%3F")

    page = writes(browser)

    states = {each.text: (each.state, each.case_id) for each in asked_by(customer_id=ann.id)}
    assert states["Where is my parcel?"] == (QuestionState.PERSON, case_of(page).id)


def test_what_a_visitor_asked_is_told_in_the_case_and_stays_hers_alone(stage: Bench) -> None:
    browser = Browser()
    browser.get("/help/search?q=Where+is+my+parcel%3F")

    case = case_of(writes(browser))
    stage.run()

    note = next(one for one in contacts_of(case) if one.purpose.value == "note")
    assert "Where is my parcel?" in note.preview
    hers = {each.text: (each.state, each.case_id) for each in asked_by(visitor(browser))}
    assert hers["Where is my parcel?"] == (QuestionState.PERSON, case.id)
    assert asked_by(customer_id=case.customer_id) == []


def test_a_cookie_that_says_a_customers_id_shows_and_brings_nothing_of_hers(stage: Bench) -> None:
    hers, ann = signed_in("ann@example.org")
    hers.get("/help/search?q=Does my parcel come tomorrow?")
    other = Browser(cookies={"liana_visitor": ann.id})

    page = other.get("/help/contact").text
    sends(other, email="eve@example.org", text="Anything")

    assert "tomorrow" not in page
    assert [each.case_id for each in asked_by(customer_id=ann.id) if "tomorrow" in each.text] == [""]


def test_the_form_shows_what_she_asked_and_read_before(stage: Bench) -> None:
    browser = Browser()
    browser.get("/help/search?q=Where+is+my+parcel%3F")
    browser.get(f"/help/articles/parcels?question={asked_by(visitor(browser))[0].id}")

    page = browser.get("/help/contact").text

    assert "“Where is my parcel?”" in page
    assert "(read: Where is my parcel?)" in page


def test_what_she_leaves_behind_stays_behind(stage: Bench) -> None:
    browser = Browser()
    browser.get("/help/search?q=Where+is+my+parcel%3F")
    browser.get("/help/contact")

    sends(browser, along="no")

    states = {each.text: each.state for each in asked_by(visitor(browser))}
    assert states == {"Where is my parcel?": QuestionState.ASKED, TEXT: QuestionState.PERSON}


def test_a_question_without_an_answer_stands_in_the_form(stage: Bench) -> None:
    page = Browser().get(f"/help/contact?{urlencode({'q': 'Do you insure </textarea> zeppelins?'})}").text

    assert "Do you insure &lt;/textarea&gt; zeppelins?</textarea>" in page


def test_without_a_script_articles_that_may_answer_are_shown_before_it_is_sent(stage: Bench) -> None:
    browser = Browser()

    page = writes(browser, "where parcel")

    assert "Before you send" in page.text
    assert "help/articles/parcels?question=" in page.text
    assert "where parcel</textarea>" in page.text
    assert [(each.through, each.state) for each in asked_by(visitor(browser))] == [
        (AskedThrough.FORM, QuestionState.ASKED)
    ]


def test_who_sends_it_anyway_reaches_a_person(stage: Bench) -> None:
    browser = Browser()
    writes(browser, "where parcel")

    page = sends(browser, "where parcel")

    case = case_of(page)
    assert asked_by(visitor(browser))[0].case_id == case.id


# ── Not sent ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"email": "eve"}, "This is no mail address"),
        ({"text": " "}, "Your message is empty"),
        ({"text": "x" * 10_001}, "at most 10000 characters"),
        ({"website": "http://spam.example"}, "must stay empty"),
    ],
)
def test_what_cannot_be_sent_is_said_and_nothing_has_to_be_typed_again(
    stage: Bench, form: dict[str, str], said: str
) -> None:
    page = writes(Browser(), **{"name": "Eve Fox", "text": TEXT, **form})

    assert page.status == 422
    assert said in page.text
    assert 'value="Eve Fox"' in page.text


def test_whose_session_ended_while_she_wrote_loses_nothing(stage: Bench) -> None:
    browser, _ = signed_in("ann@example.org")
    browser.get("/help/contact")
    caller_of_hers = browser.cookies["liana"]
    browser.caller.send("DELETE", "/v1/session", Authorization=f"Bearer {caller_of_hers}")

    page = browser.post("/help/contact", {"text": TEXT})

    assert page.status == 422
    assert "You were signed out meanwhile" in page.text
    assert f"{TEXT}</textarea>" in page.text


@pytest.mark.parametrize("limit", ["MOST_OF_ASKER", "MOST_OF_ADDRESS", "MOST_OF_NETWORK"])
def test_who_writes_too_often_is_told_to_wait_and_nothing_is_stored(
    stage: Bench, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(help_contact, limit, 0)

    page = writes(Browser())

    assert page.status == 429
    assert page.headers["Retry-After"] == "900"
    assert "Nothing is lost" in page.text


def test_a_form_of_another_site_sends_nothing(stage: Bench) -> None:
    browser = Browser()
    browser.get("/help/contact")

    assert browser.post("/help/contact", {"text": TEXT}, Sec_Fetch_Site="cross-site").status == 403


def test_a_long_message_in_chinese_arrives_whole(stage: Bench) -> None:
    text = "我的帐篷漏水" * 1_600

    (contact,) = contacts_of(case_of(writes(Browser(), text)))

    body = stage.client("s3").get_object(Bucket=stage.bucket, Key=contact.body_key)["Body"].read().decode()
    assert body == text
