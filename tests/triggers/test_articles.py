"""The knowledge base by the API: written, read, inserted in answers."""

from typing import Any

import pytest

from chalicelib.model.article import Article
from chalicelib.model.interaction import Interaction, Purpose
from tests.auth.callers import Answer, Caller, caller
from tests.workbench import Bench, text_of

TEXTS = {
    "en": {"title": "Returning goods", "body": "You may return anything within 30 days."},
    "zh-Hans": {"title": "退货", "body": "您可以在 30 天内退回任何商品。"},
}
PLACE = "/v1/articles/returning-goods"


@pytest.fixture
def desk(bench: Bench) -> Caller:
    return caller()


def put(desk: Caller, slug: str = "returning-goods", texts: object = TEXTS, **more: Any) -> Answer:
    return desk.put(f"/v1/articles/{slug}", {"texts": texts, "publish": True, **more})


def case_of(desk: Caller, language: str = "en", email: str = "maria@example.com") -> str:
    asked = {"customer": {"email": email}, "channel": "web", "text": "?", "language": language}
    return str(desk.post("/v1/requests", asked).json["case_id"])


def reply(desk: Caller, case_id: str, articles: object, key: str = "r1", **more: Any) -> Answer:
    answer = {"text": "Hello,", "then": "wait", "author": "Tom", "articles": articles, **more}
    return desk.post(f"/v1/cases/{case_id}/replies", answer, Idempotency_Key=key)


def used(desk: Caller, slug: str = "returning-goods") -> int:
    return int(desk.get(f"/v1/articles/{slug}").json["used"])


# ── Written and read ────────────────────────────────────────────────────────────────────────────────────


def test_what_was_written_can_be_read(desk: Caller) -> None:
    saved = put(desk)

    assert saved.status == 200
    assert desk.key
    assert saved.json["updated_by"] == desk.key.name
    assert (saved.json["version"], saved.json["used"], saved.json["texts"]) == (1, 0, TEXTS)
    assert desk.get(PLACE).json == saved.json


def test_one_language_is_read_when_asked_for(desk: Caller) -> None:
    put(desk)

    read = desk.get(f"{PLACE}?language=zh-CN").json

    assert read["texts"] == {"zh-Hans": TEXTS["zh-Hans"]}
    assert read["languages"] == ["en", "zh-Hans"]


def test_articles_are_listed_with_their_titles_in_pages(desk: Caller) -> None:
    for slug in ("c", "a", "b"):
        put(desk, slug)

    first = desk.get("/v1/articles?limit=2").json
    second = desk.get(f"/v1/articles?limit=2&cursor={first['next']}").json

    assert [item["slug"] for item in first["items"] + second["items"]] == ["a", "b", "c"]
    assert first["items"][0]["titles"] == {"en": "Returning goods", "zh-Hans": "退货"}


def test_a_change_made_on_an_old_version_is_refused(desk: Caller) -> None:
    put(desk, expected_version=0)
    changed = {"en": TEXTS["en"]}
    assert put(desk, texts=changed, expected_version=1).json["version"] == 2

    refused = put(desk, expected_version=1)

    assert (refused.status, refused.pointers) == (409, ["/expected_version"])
    assert desk.get(PLACE).json["texts"] == changed


def test_an_article_in_use_can_be_changed_by_who_saw_its_texts(desk: Caller) -> None:
    put(desk)
    assert reply(desk, case_of(desk), ["returning-goods"]).status == 202

    saved = put(desk, texts={"en": TEXTS["en"]}, expected_version=1)

    assert (saved.status, saved.json["version"], saved.json["used"]) == (200, 2, 1)


def test_the_same_texts_again_are_no_change(desk: Caller) -> None:
    first = put(desk, expected_version=0)

    assert put(desk, expected_version=0).json == first.json


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/texts"),
        ({"texts": {}}, "/texts"),
        ({"texts": {"english please": TEXTS["en"]}}, "/texts"),
        ({"texts": {"": TEXTS["en"]}}, "/texts"),
        ({"texts": {"en": {"title": "T"}}}, "/texts/en/body"),
        ({"texts": {"en": TEXTS["en"], "de": {"title": "T" * 201, "body": "b"}}}, "/texts/de/title"),
        ({"texts": {"en": {"title": "a\nb", "body": "b"}}}, "/texts/en/title"),
        ({"texts": {"en": {"title": "T", "body": "b" * 20_001}}}, "/texts/en/body"),
        ({"texts": {"en": {"title": "T", "body": " \n"}}}, "/texts/en/body"),
        ({"texts": {"en": {**TEXTS["en"], "html": "<b>"}}}, "/texts/en/html"),
        ({"texts": {"en": 5}}, "/texts/en"),
        ({"texts": TEXTS, "expected_version": -1}, "/expected_version"),
        ({"texts": TEXTS, "used": 9}, "/used"),
    ],
)
def test_a_wrong_field_of_an_article_is_pointed_at(desk: Caller, body: dict[str, Any], pointer: str) -> None:
    refused = desk.put(PLACE, body)

    assert (refused.status, refused.pointers) == (422, [pointer])
    assert desk.get(PLACE).status == 404


@pytest.mark.parametrize("slug", ["Returning", "a_b", "a" * 81, "%E9"])
def test_a_slug_is_small_letters_digits_and_hyphens(desk: Caller, slug: str) -> None:
    refused = put(desk, slug)

    assert (refused.status, refused.pointers) == (400, ["/slug"])


# ── Inserted in answers ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("language", "read"), [("en", "en"), ("zh-CN", "zh-Hans"), ("de", "en")])
def test_an_article_reaches_the_customer_in_her_language(desk: Caller, bench: Bench, language: str, read: str) -> None:
    put(desk)

    reply(desk, case_of(desk, language), ["returning-goods"])
    bench.run()

    (mail,) = [text_of(mail) for mail in bench.sent if "Hello," in text_of(mail)]
    for text_language, text in TEXTS.items():
        assert (text["body"] in mail) is (text_language == read)
    assert mail.index("Hello,") < mail.index(TEXTS[read]["title"]) < mail.index(TEXTS[read]["body"])


def test_an_answer_remembers_its_articles_and_counts_each_once_however_often_it_is_repeated(
    desk: Caller, bench: Bench
) -> None:
    put(desk)
    put(desk, "shipping")
    case_id = case_of(desk)

    answers = [reply(desk, case_id, ["shipping", "returning-goods", "shipping"]) for _ in range(3)]
    bench.run()

    assert [answer.json["duplicate"] for answer in answers] == [False, True, True]
    assert (used(desk), used(desk, "shipping")) == (1, 1)
    told = desk.get(f"/v1/cases/{case_id}").json["interactions"]
    (answer,) = [item for item in told if item["purpose"] == "reply"]
    assert answer["articles"] == ["shipping", "returning-goods"]
    assert answer["text"].count(TEXTS["en"]["body"]) == 2
    assert sum("Hello," in text_of(mail) for mail in bench.sent) == 1


def test_a_repeated_answer_is_known_though_its_article_changed(desk: Caller, bench: Bench) -> None:
    put(desk)
    case_id = case_of(desk)
    reply(desk, case_id, ["returning-goods"])
    put(desk, texts={"en": {"title": "Returning goods", "body": "Within 60 days."}})

    again = reply(desk, case_id, ["returning-goods"])
    bench.run()

    assert again.json["duplicate"]
    (mail,) = [text_of(mail) for mail in bench.sent if "Hello," in text_of(mail)]
    assert TEXTS["en"]["body"] in mail


def test_an_unknown_article_is_pointed_at_and_nothing_is_sent_or_counted(desk: Caller, bench: Bench) -> None:
    put(desk)
    case_id = case_of(desk)

    refused = reply(desk, case_id, ["returning-goods", "gone"])
    bench.run()

    assert (refused.status, refused.pointers) == (404, ["/articles/1"])
    assert used(desk) == 0
    assert [i for i in bench.rows(Interaction) if i.purpose is Purpose.REPLY] == []
    assert desk.get(f"/v1/cases/{case_id}").json["case"]["promise"]["state"] == "open"


@pytest.mark.parametrize(
    ("articles", "pointer"),
    [([f"a{n}" for n in range(6)], "/articles"), (["Not A Slug"], "/articles/0"), ("a", "/articles")],
)
def test_what_cannot_be_articles_is_refused(desk: Caller, articles: object, pointer: str) -> None:
    refused = reply(desk, case_of(desk), articles)

    assert (refused.status, refused.pointers) == (422, [pointer])


def test_a_long_article_is_sent_whole(desk: Caller, bench: Bench) -> None:
    body = "\n".join(f"{n}. Fold it once more." for n in range(200))
    put(desk, texts={"en": {"title": "Folding", "body": body}})

    reply(desk, case_of(desk), ["returning-goods"])
    bench.run()

    assert any(body in text_of(mail).replace("\r\n", "\n") for mail in bench.sent)


def test_another_answer_under_a_used_key_does_not_change_the_words_of_the_first(desk: Caller, bench: Bench) -> None:
    case_id, first = case_of(desk), "It comes tomorrow. " * 100
    reply(desk, case_id, [], text=first)

    refused = reply(desk, case_id, [], text="It never comes. " * 100)
    bench.run()

    assert refused.status == 422
    told = desk.get(f"/v1/cases/{case_id}?text=full").json["interactions"]
    assert [item["text"] for item in told if item["purpose"] == "reply"] == [first]


def test_answers_to_many_customers_are_all_counted(desk: Caller, bench: Bench) -> None:
    put(desk)
    for number in range(3):
        reply(desk, case_of(desk, email=f"c{number}@example.com"), ["returning-goods"], key=f"r{number}")

    (article,) = bench.rows(Article)
    assert (article.used, article.edition) == (3, 1)
