"""The help centre: what readers find, what they are not shown, and what is noted of it."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from chalicelib.knowledge import asking
from chalicelib.knowledge.gaps import fingerprint
from chalicelib.model.article import ArticleState, Audience
from chalicelib.model.customer import Handle
from chalicelib.model.question import AskedThrough, Question, QuestionState
from chalicelib.model.upkeep import ArticleVote
from chalicelib.search.documents import Found, Hit
from chalicelib.storage import customers, questions
from chalicelib.web import help_kit
from chalicelib.web.help_words import TEXTS
from tests.auth.callers import Answer, caller, shared_stage
from tests.auth.callers import signed_in as staff_signed_in
from tests.web.readers import find, publish, signed_in
from tests.web.test_pages import Outline
from tests.web.test_sign_in import Browser, signs_in
from tests.workbench import Bench


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage(stream=False) as bench:
        publish(
            "parcels",
            "Where is my parcel?",
            "Look at **the tracking link**.\n\n## Not there?\n\n<script>alert(1)</script>",
            more={"zh-Hans": ("我的包裹在哪里？", "请查看物流链接。")},
            topic="delivery",
        )
        publish("returns", "Send it back within thirty days", "Print the label.")
        publish("hotline", "Your own hotline", audience=Audience.SIGNED_IN)
        publish("lounge", "The golden lounge", audience=Audience.TIERS, tiers=("gold",))
        publish("goodwill", "How much goodwill", audience=Audience.AGENTS)
        publish("draft", "Not yet written", state=ArticleState.DRAFT)
        publish("parcel", "What it was called", state=ArticleState.RETIRED, moved_to="parcels")
        publish("kindness", "What it was called", state=ArticleState.RETIRED, moved_to="goodwill")
        caller().post("/v1/requests", {"customer": {"email": "ann@example.org"}, "channel": "web", "text": "Hello"})
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stage has its own environment, which stays for the whole module; what is found is up to the titles."""
    monkeypatch.setattr(asking, "find", find)


def asks(browser: Browser, text: str, **headers: str) -> Answer:
    return browser.get(f"/help/search?{urlencode({'q': text})}", **headers)


def asked_by(browser: Browser) -> list[Question]:
    return questions.questions_of(
        help_kit.clock.now() - help_kit.VISIT_LASTS, visitor_id=browser.cookies["liana_visitor"]
    )


# ── Finding ───────────────────────────────────────────────────────────────────────────────────────


def test_who_asks_is_shown_answers_with_an_excerpt_and_her_question_is_kept(stage: Bench) -> None:
    browser = Browser()

    page = asks(browser, "Where is my parcel?")

    assert page.status == 200
    assert re.search(r'href="\.\./help/articles/parcels\?question=\w{26}"', page.text)
    assert "tracking link" in page.text
    (question,) = asked_by(browser)
    assert (question.text, question.through) == ("Where is my parcel?", AskedThrough.HELP_CENTRE)
    assert question.shown == ("parcels",)


def test_where_no_article_answers_it_says_so_and_offers_a_person_with_the_question(stage: Bench) -> None:
    browser = Browser()

    page = asks(browser, "Do you insure a zeppelin?")

    assert "We have no answer to this" in page.text
    assert "We know nothing of: zeppelin." in page.text
    (question,) = asked_by(browser)
    assert f'href="../help/contact?question={question.id}&amp;q=Do+you+insure+a+zeppelin%3F"' in page.text


def test_what_only_resembles_the_question_is_not_called_an_answer(stage: Bench) -> None:
    page = asks(Browser(), "Is my parcel insured against hail?")

    assert "We have no answer to this" in page.text
    assert "We are not sure that these answer your question" in page.text
    assert "Where is my parcel?" in page.text


def test_the_way_in_shows_what_is_asked_most(stage: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    hits = tuple(Hit(id=slug, language="en", title="", score=1, confidence=1) for slug in ("returns", "parcels"))
    monkeypatch.setattr(asking, "popular", lambda **_: hits)

    page = Browser().get("/help").text

    assert "Asked most" in page
    assert page.index("Send it back") < page.index("Where is my parcel?")


def test_where_little_was_asked_yet_others_fill_up_the_way_in(stage: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    hits = (Hit(id="returns", language="en", title="", score=1, confidence=1),)
    monkeypatch.setattr(asking, "popular", lambda **_: hits)

    page = Browser().get("/help").text

    assert page.index("Asked most") < page.index("Send it back") < page.index("Good to know")
    assert page.index("Good to know") < page.index("Where is my parcel?")
    assert page.count("Send it back") == 1


def test_before_anybody_asked_the_way_in_shows_what_there_is(stage: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "popular", lambda **_: ())

    page = Browser().get("/help").text

    assert "Good to know" in page
    assert "Where is my parcel?" in page


def test_while_she_types_articles_are_suggested_and_nothing_is_kept(stage: Bench) -> None:
    browser = Browser()

    told = browser.get("/help/suggestions?q=where+parcel")

    assert told.headers["Content-Type"] == "application/json"
    assert told.json == {
        "answers": [
            {
                "title": "Where is my parcel?",
                "href": "help/articles/parcels?asked=where+parcel",
                "excerpt": told.json["answers"][0]["excerpt"],
            }
        ]
    }
    assert browser.cookies == {}


def test_beside_the_form_nothing_is_suggested_that_is_not_likely_to_be_an_answer(stage: Bench) -> None:
    assert Browser().get("/help/suggestions?form=1&q=parcel+insured").json == {"answers": []}
    assert Browser().get("/help/suggestions?form=1&q=where+parcel").json["answers"]
    assert Browser().get("/help/suggestions?q=pa").json == {"answers": []}


def test_opening_a_suggestion_keeps_the_question_it_was_suggested_for(stage: Bench) -> None:
    browser = Browser()

    browser.get("/help/articles/parcels?asked=where+parcel&form=1")

    (question,) = asked_by(browser)
    assert (question.text, question.through, question.read) == ("where parcel", AskedThrough.FORM, ("parcels",))


def test_who_follows_a_link_that_was_handed_on_asked_nothing(stage: Bench) -> None:
    browser = Browser()

    page = browser.get("/help/articles/parcels?asked=Where is my parcel?", Sec_Fetch_Site="cross-site")

    assert page.status == 200
    assert "liana_visitor" not in browser.cookies


def test_what_a_browser_fetches_ahead_was_not_asked(stage: Bench) -> None:
    browser = Browser()

    page = asks(browser, "Where is my parcel?", Sec_Purpose="prefetch")

    assert "Where is my parcel?" in page.text
    assert browser.cookies == {}


def test_a_network_that_asks_too_often_is_told_to_wait(stage: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(help_kit, "ASKS_A_MINUTE", 0)
    monkeypatch.setattr(help_kit.limits, "_counts", {})

    assert [asks(Browser(), "parcel").status for _ in range(2)] == [429, 429]


# ── An article ────────────────────────────────────────────────────────────────────────────────────


def test_an_article_is_safe_html_with_its_date_and_other_languages(stage: Bench) -> None:
    page = Browser().get("/help/articles/parcels").text

    assert "<strong>the tracking link</strong>" in page
    assert "<script>" not in page.partition("<body")[2]
    assert "Updated 2 November 2026" in page
    assert '<a href="?language=zh-Hans" lang="zh-Hans" hreflang="zh-Hans">简体中文</a>' in page
    assert Outline(page).open == []


@pytest.mark.parametrize("slug", ["hotline", "lounge", "goodwill", "draft", "nowhere", "NOT%20A%20SLUG", "a" * 200])
def test_what_is_not_for_her_is_answered_like_what_does_not_exist(stage: Bench, slug: str) -> None:
    page = Browser().get(f"/help/articles/{slug}")

    assert page.status == 404
    assert "There is no such article" in page.text
    assert 'role="search"' in page.text
    assert not any(title in page.text for title in ("Your own hotline", "golden lounge", "How much goodwill"))


def test_an_old_address_leads_to_the_new_one_and_tells_nobody_of_what_is_not_for_her(stage: Bench) -> None:
    moved = Browser().get("/help/articles/parcel?language=zh-Hans")

    assert (moved.status, moved.headers["Location"]) == (308, "../../help/articles/parcels?language=zh-Hans")
    assert Browser().get("/help/articles/kindness").status == 404


def test_no_cache_hands_on_where_an_old_address_of_what_is_not_everybodys_leads(stage: Bench) -> None:
    publish("chat", "", moved_to="hotline", state=ArticleState.RETIRED)
    ann, _ = signed_in("ann@example.org")

    moved = ann.get("/help/articles/chat")

    assert (moved.status, moved.headers["Cache-Control"]) == (308, "private, no-store")


def test_every_field_has_a_label_and_every_page_one_title(stage: Bench) -> None:
    for path in ("/help", "/help/search?q=zeppelin", "/help/contact", "/help/articles/parcels", "/help/articles/x"):
        text = Browser().get(path).text
        fields = re.findall(r'<(?:input|textarea) id="(\w+)"', text)
        assert {name for name in fields if f'for="{name}"' not in text} == set(), path
        assert text.count("<h1") == 1, path
        assert '<main id="content"' in text and 'class="skip" href="#content"' in text


def test_a_customer_who_is_signed_in_reads_what_is_for_her_and_no_cache_keeps_it(stage: Bench) -> None:
    browser, _ = signed_in("ann@example.org")

    page = browser.get("/help/articles/hotline")

    assert (page.status, page.headers["Cache-Control"]) == (200, "private, no-store")
    assert 'name="robots" content="noindex"' in page.text
    assert browser.get("/help/articles/lounge").status == 404
    assert browser.get("/help/articles/goodwill").status == 404


def test_agents_read_what_is_for_them_and_are_told_so(stage: Bench) -> None:
    browser = Browser(cookies={"liana": staff_signed_in("agent").secret})

    page = browser.get("/help/articles/goodwill")

    assert "never send it to a customer" in page.text
    assert browser.get("/help/articles/lounge").status == 200
    assert asks(browser, "Where is my parcel?").status == 200
    assert "liana_visitor" not in browser.cookies


def test_an_index_that_is_behind_shows_nobody_what_is_not_for_her(
    stage: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = Found(
        hits=(Hit(id="goodwill", language="en", title="How much goodwill", score=1, confidence=1),), answered=True
    )
    monkeypatch.setattr(asking, "find", lambda *_, **__: late)
    monkeypatch.setattr(asking, "popular", lambda **_: late.hits)

    pages = [Browser().get(path).text for path in ("/help", "/help/search?q=much", "/help/suggestions?q=much")]

    assert not any("goodwill" in page for page in pages)


def test_reading_is_noted_with_the_question_that_led_there(stage: Bench) -> None:
    browser = Browser()
    link = re.search(r'href="\.\.(/help/articles/parcels[^"]+)"', asks(browser, "Where is my parcel?").text)
    assert link

    browser.get(link[1])

    assert asked_by(browser)[0].read == ("parcels",)


def test_nobody_notes_anything_with_anothers_question(stage: Bench) -> None:
    hers, other = Browser(), Browser()
    asks(hers, "Where is my parcel?")
    asks(other, "Where is my parcel?")

    other.get(f"/help/articles/parcels?question={asked_by(hers)[0].id}")

    assert asked_by(hers)[0].read == ()


# ── Its language ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "accepts", "title"),
    [
        ("", "", "Where is my parcel?"),
        ("", "zh-CN,zh;q=0.9", "我的包裹在哪里？"),
        ("?language=zh-Hans", "en", "我的包裹在哪里？"),
        ("?language=en", "zh-CN", "Where is my parcel?"),
        ("?language=%3Cb%3E", "en", "Where is my parcel?"),
    ],
)
def test_it_is_read_in_the_language_she_chooses_or_her_browser_asks_for(
    stage: Bench, query: str, accepts: str, title: str
) -> None:
    assert f"<h1>{title}</h1>" in Browser().get(f"/help/articles/parcels{query}", Accept_Language=accepts).text


def test_a_customers_own_language_comes_before_her_browsers(stage: Bench) -> None:
    who = {"customer": {"email": "li@example.org", "language": "zh-Hans"}, "channel": "web", "text": "你好"}
    caller().post("/v1/requests", who)
    browser, _ = signed_in("li@example.org")

    assert "我的包裹在哪里？" in browser.get("/help/articles/parcels", Accept_Language="en").text


def test_a_language_it_is_not_written_in_is_said_and_the_nearest_shown(stage: Bench) -> None:
    page = Browser().get("/help/articles/returns?language=zh-Hans").text

    assert "本文暂无中文版。" in page
    assert "Print the label." in page


def test_every_word_is_there_in_every_language() -> None:
    english, chinese = TEXTS["en"], TEXTS["zh-Hans"]

    assert english.keys() == chinese.keys()
    for name, text in english.items():
        assert re.findall(r"{\w+}", text) == re.findall(r"{\w+}", chinese[name]), name


# ── Whether it helped ─────────────────────────────────────────────────────────────────────────────


def votes_for(browser: Browser, stage: Bench) -> list[ArticleVote]:
    voter = fingerprint(f"parcels {browser.cookies['liana_visitor']}")
    return [vote for vote in stage.rows(ArticleVote) if vote.voter == voter]


def votes(browser: Browser, helped: str, **more: str) -> Answer:
    return browser.post("/help/articles/parcels/feedback", {"helped": helped, **more})


def test_that_it_helped_is_noted_with_her_question(stage: Bench) -> None:
    browser = Browser()
    asks(browser, "Where is my parcel?")
    browser.get(f"/help/articles/parcels?question={asked_by(browser)[0].id}")

    voted = votes(browser, "yes")

    assert "Good to hear" in voted.text
    (question,) = asked_by(browser)
    assert (question.state, question.solved_by) == (QuestionState.SOLVED, "parcels")


def test_who_was_not_helped_may_say_what_was_missing_and_ask_a_person(stage: Bench) -> None:
    browser = Browser()
    asks(browser, "Where is my parcel?")
    browser.get(f"/help/articles/parcels?question={asked_by(browser)[0].id}")

    page = votes(browser, "no").text
    thanked = votes(browser, "no", missing="What about islands?").text

    assert 'name="missing"' in page
    assert "/help/contact?question=" in page
    assert "whoever looks after this article" in thanked
    (question,) = asked_by(browser)
    assert (question.state, question.missing) == (QuestionState.UNSOLVED, "What about islands?")


def test_her_last_vote_counts(stage: Bench) -> None:
    browser = Browser()
    asks(browser, "Where is my parcel?")
    browser.get(f"/help/articles/parcels?question={asked_by(browser)[0].id}")
    votes(browser, "no")

    votes(browser, "yes")

    assert asked_by(browser)[0].state is QuestionState.SOLVED
    mine = votes_for(browser, stage)
    assert [(vote.article_id, vote.helpful) for vote in mine] == [("parcels", True)]


def test_a_vote_needs_no_cookie_when_a_page_of_ours_sends_it(stage: Bench) -> None:
    browser = Browser()
    browser.get("/help/articles/parcels")
    assert browser.cookies == {}

    assert votes(browser, "yes").status == 200
    assert [vote.helpful for vote in votes_for(browser, stage)] == [True]


@pytest.mark.parametrize("headers", [{"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": ""}])
def test_a_vote_of_another_site_does_nothing(stage: Bench, headers: dict[str, str]) -> None:
    browser = Browser()

    assert browser.post("/help/articles/parcels/feedback", {"helped": "yes"}, **headers).status == 403


def test_who_is_signed_in_votes_with_the_token_of_her_page(stage: Bench) -> None:
    browser, _ = signed_in("ann@example.org")
    browser.get("/help/articles/parcels")
    page = browser.page

    assert votes(browser, "yes", csrf="a" + "0" * 32).status == 403
    browser.page = page
    assert votes(browser, "yes").status == 200


# ── Who she is ────────────────────────────────────────────────────────────────────────────────────


def test_what_a_visitor_asked_is_hers_once_she_signs_in(stage: Bench) -> None:
    browser = Browser()
    asks(browser, "Where is my parcel?")
    (asked,) = asked_by(browser)

    signs_in(browser, stage, "ann@example.org", "/sign-in?as=customer")

    ann = customers.customer_of(Handle("email", "ann@example.org"))
    assert ann
    assert "liana_visitor" not in browser.cookies
    assert asked.id in [
        each.id for each in questions.questions_of(asked.asked_at - help_kit.VISIT_LASTS, customer_id=ann.id)
    ]
    assert questions.questions_of(asked.asked_at - help_kit.VISIT_LASTS, visitor_id=asked.visitor_id) == []


# ── For browsers and search engines ───────────────────────────────────────────────────────────────


def test_what_is_everybodys_may_be_kept_for_a_minute_and_sets_no_cookie(stage: Bench) -> None:
    for path in ("/help", "/help/articles/parcels"):
        page = Browser().get(path)
        assert page.headers["Cache-Control"] == "public, max-age=60"
        assert page.headers["Vary"] == "Accept-Language, Cookie"
        assert "Set-Cookie" not in page.headers


def test_whoever_has_a_cookie_gets_a_page_of_her_own(stage: Bench) -> None:
    browser = Browser()
    asks(browser, "Where is my parcel?")

    assert browser.get("/help/articles/parcels").headers["Cache-Control"] == "private, no-store"


def test_who_asks_is_known_again_by_a_random_id_no_script_reads(stage: Bench) -> None:
    page = asks(Browser(), "Where is my parcel?")

    assert re.fullmatch(
        r"liana_visitor=[0-9A-Z]{26}; Path=/; Max-Age=7776000; HttpOnly; SameSite=Lax", page.headers["Set-Cookie"]
    )


def test_a_page_runs_our_own_script_and_nothing_else(stage: Bench) -> None:
    page = asks(Browser(), "Where is my parcel?")
    script = re.search(r'<script src="\.\.(/help/script\.js\?v=\w+)" defer></script>', page.text)

    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert script
    served = Browser().get(script[1])
    assert served.headers["Content-Type"] == "text/javascript"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert served.headers["ETag"]
    assert "immutable" in served.headers["Cache-Control"]


def test_whatever_she_asks_is_shown_as_text(stage: Bench) -> None:
    page = asks(Browser(), '"><script>alert(1)</script>')

    assert "<script>alert" not in page.text
    assert Outline(page.text).open == []


def test_search_engines_are_told_of_each_language(stage: Bench) -> None:
    page = Browser().get("/help/articles/parcels").text
    root = "https://api.liana.test/help/articles/parcels"

    assert f'<link rel="canonical" href="{root}">' in page
    assert f'<link rel="alternate" hreflang="zh-Hans" href="{root}?language=zh-Hans">' in page
    assert f'<link rel="alternate" hreflang="x-default" href="{root}">' in page


def test_the_sitemap_names_what_is_public_and_nothing_else(stage: Bench) -> None:
    whole = Browser().get("/help/sitemap.xml").text
    parts = re.findall(r"<loc>https://api.liana.test(/help/sitemap\.xml\?part=\d)</loc>", whole)

    listed = "".join(Browser().get(part).text for part in parts)

    assert sorted(re.findall(r"<loc>https://api.liana.test/help/articles/([^<]+)</loc>", listed)) == [
        "parcels",
        "returns",
    ]
    assert "<lastmod>2026-11-02</lastmod>" in listed
    assert Browser().get("/help/sitemap.xml?part=99").status == 404


def test_robots_are_led_to_articles_and_away_from_what_is_asked(stage: Bench) -> None:
    text = Browser().get("/robots.txt").text

    assert "Allow: /help/articles/" in text
    assert "Allow: /help/sitemap.xml" in text
    assert "Disallow: /\n" in text
    assert "Sitemap: https://api.liana.test/help/sitemap.xml" in text
