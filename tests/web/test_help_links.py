"""The links beside articles in letters: opening one changes nothing, and what its button did is told in words."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from chalicelib.cases import self_service
from chalicelib.cases.self_service import About, Outcome, Shown
from chalicelib.model.question import AskedThrough, Question
from tests.auth.callers import shared_stage
from tests.web.test_sign_in import Browser
from tests.workbench import Bench

ASKED = Question(
    id="01M81CNVANW112634BHHS3E7VF",
    asked_at=datetime(2026, 11, 22, tzinfo=UTC),
    text="Where is my parcel?",
    through=AskedThrough.LETTER,
    customer_id="01M81CNVANW112634BHHS3E7VG",
)
ARTICLES = tuple(Shown(slug, slug.title(), "", "", "en", fallback=False) for slug in ("parcels", "returns"))


@dataclass
class Said:
    """What the pages asked for, in place of cases."""

    about: About
    done: list[tuple[str, ...]] = field(default_factory=list)

    def look_up(self, _token: str) -> About:
        return self.about

    def solved_by_answer(self, token: str, slug: str = "") -> About:
        self.done.append(("solved", token, slug))
        return self.about._replace(outcome=Outcome.SOLVED)

    def still_needed(self, token: str) -> About:
        self.done.append(("person", token))
        return self.about._replace(outcome=Outcome.PERSON)


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage(stream=False) as bench:
        yield bench


@pytest.fixture
def said(stage: Bench, monkeypatch: pytest.MonkeyPatch) -> Said:
    due = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    about = About(None, ASKED, ARTICLES, "68D5-36G0-AQJJ", "My parcel", "en", due, "UTC")
    found = Said(about)
    for name in ("look_up", "solved_by_answer", "still_needed"):
        monkeypatch.setattr(self_service, name, getattr(found, name))
    return found


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage has its own environment, which stays for the whole module."""


@pytest.mark.parametrize("way", ["solved", "person"])
def test_opening_a_link_shows_a_button_and_changes_nothing(said: Said, way: str) -> None:
    page = Browser().get(f"/help/{way}/token")

    assert page.status == 200
    assert '<form method="post">' in page.text
    assert "#68D5-36G0-AQJJ: My parcel" in page.text
    assert said.done == []


def test_that_it_is_solved_is_said_with_the_article_that_did(said: Said) -> None:
    page = Browser().post("/help/solved/token", {"article": "returns"})

    assert said.done == [("solved", "token", "returns")]
    assert "Your case is solved" in page.text


def test_who_still_needs_somebody_hears_what_happens_and_by_when(said: Said) -> None:
    page = Browser().post("/help/person/token")

    assert said.done == [("person", "token")]
    assert "A person sees to it" in page.text
    assert "We answer by Monday 23 November, 09:00 (UTC)." in page.text


def test_without_a_case_she_is_led_to_the_form_with_her_question(said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(self_service, "still_needed", lambda _: About(Outcome.FORM, ASKED))

    page = Browser().post("/help/person/token")

    assert (page.status, page.headers["Location"]) == (303, "../../help/contact?q=Where+is+my+parcel%3F")


@pytest.mark.parametrize(
    ("outcome", "status", "words"),
    [
        (Outcome.GONE, 404, "not one of ours"),
        (Outcome.EXPIRED, 410, "reply to our mail"),
        (Outcome.CLOSED, 200, "just write to us"),
        (Outcome.NOTED, 200, "at work on your case"),
    ],
)
def test_a_link_that_does_nothing_any_more_says_what_to_do(
    said: Said, outcome: Outcome, status: int, words: str
) -> None:
    said.about = About(outcome)

    page = Browser().get("/help/solved/token")

    assert page.status == status
    assert words in page.text
    assert "<form" not in page.text


def test_the_page_speaks_the_language_of_the_letter(said: Said) -> None:
    said.about = said.about._replace(language="zh-Hans")

    assert "已解决" in Browser().get("/help/solved/token", Accept_Language="en").text


def test_the_address_is_told_to_nobody_and_kept_by_no_cache(said: Said) -> None:
    page = Browser().get("/help/solved/token")

    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "private, no-store"
