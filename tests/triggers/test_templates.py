"""Templates by the API: written, previewed, and made answers of, in the customer's language."""

from typing import Any

import pytest

from chalicelib.kernel.errors import Invalid
from chalicelib.knowledge import templates
from chalicelib.model.interaction import Interaction, Purpose
from tests.auth.callers import Answer, Caller, caller
from tests.factories import NOON
from tests.workbench import Bench, text_of

TEXTS = {
    "en": "Dear {{customer.name|customer}},\n\nwe look into order {{order}}.",
    "zh-Hans": "{{customer.name|您好}}：\n\n我们正在查询订单 {{order}}。",
}
PLACE = "/v1/templates/looking-into-it"


@pytest.fixture
def desk(bench: Bench) -> Caller:
    return caller()


def put(desk: Caller, **more: Any) -> Answer:
    return desk.put(PLACE, {"title": "We look into it", "texts": TEXTS, **more})


def case_of(desk: Caller, language: str = "", **who: str) -> str:
    customer = {"email": "maria@example.com", **who}
    asked = {"customer": customer, "channel": "web", "text": "Where is it?", "language": language}
    return str(desk.post("/v1/requests", asked).json["case_id"])


def reply(desk: Caller, case_id: str, **more: Any) -> Answer:
    body = {"then": "wait", "author": "Tom", "template": "looking-into-it", "template_values": {"order": "1001"}}
    return desk.post(f"/v1/cases/{case_id}/replies", body | more, Idempotency_Key="r1")


def answers(bench: Bench) -> list[str]:
    bench.run()
    return [text_of(mail).replace("\r\n", "\n") for mail in bench.sent if mail["Auto-Submitted"] is None]


def test_a_template_is_written_read_listed_and_deleted(desk: Caller) -> None:
    saved = put(desk, expected_version=0).json

    assert (saved["version"], saved["variables"], saved["used"]) == (1, ["order"], 0)
    assert desk.get(PLACE).json == saved
    assert [item["slug"] for item in desk.get("/v1/templates").json["items"]] == ["looking-into-it"]
    assert desk.send("DELETE", PLACE).status == 200
    assert (desk.get(PLACE).status, desk.send("DELETE", PLACE).status) == (404, 404)
    assert desk.get("/v1/templates").json["items"] == []
    assert put(desk, expected_version=0).json["version"] == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Dear {{customer.nick}}", "there is no variable customer.nick"),
        ("Dear {{customer.name", "a variable is written"),
        ("Dear {{Customer}}", "a variable is written"),
        ("Dear {{ }}", "a variable is written"),
        (" \n", "nothing to read"),
    ],
)
def test_a_text_that_cannot_be_filled_in_is_refused_when_it_is_saved(text: str, told: str) -> None:
    texts = {"en": "Hello", "de": text}

    with pytest.raises(Invalid, match=told) as refused:
        templates.put(None, "t", title="T", texts=texts, team="", by="Tom", expected=None, now=NOON)

    assert refused.value.pointer == "/texts/de"


@pytest.mark.parametrize(
    ("language", "said", "fallback"),
    [
        ("en", "we look into order 1001.", False),
        ("zh-CN", "我们正在查询订单 1001。", False),
        ("de", "we look into", True),
    ],
)
def test_an_answer_is_made_of_a_template_in_her_language_and_tells_of_a_fallback(
    desk: Caller, bench: Bench, language: str, said: str, fallback: bool
) -> None:
    put(desk)

    replied = reply(desk, case_of(desk, language, name="Maria"), text="Tom is on it.").json

    assert replied["template"]["fallback"] is fallback
    (mail,) = answers(bench)
    assert said in mail
    assert "Maria" in mail
    assert mail.index(said) < mail.index("Tom is on it.")
    assert desk.get(PLACE).json["used"] == 1


def test_a_repeated_answer_is_told_as_the_first_was_and_counted_once(desk: Caller, bench: Bench) -> None:
    put(desk)
    case_id = case_of(desk, "de")

    first, second = reply(desk, case_id).json, reply(desk, case_id).json

    assert second == {**first, "duplicate": True}
    assert len(answers(bench)) == desk.get(PLACE).json["used"] == 1


@pytest.mark.parametrize(
    ("values", "pointer"),
    [({}, "/template_values/order"), ({"order": "1", "colour": "red"}, "/template_values/colour")],
)
def test_a_value_that_is_missing_or_unknown_is_pointed_at_and_nothing_is_sent(
    desk: Caller, bench: Bench, values: dict[str, str], pointer: str
) -> None:
    put(desk)

    refused = reply(desk, case_of(desk), template_values=values)

    assert (refused.status, refused.pointers) == (422, [pointer])
    assert [i for i in bench.rows(Interaction) if i.purpose is Purpose.REPLY] == []


def test_what_is_not_known_of_her_and_has_no_words_for_that_is_refused(desk: Caller) -> None:
    put(desk, texts={"en": "Dear {{customer.name}}, {{order}}"})

    refused = reply(desk, case_of(desk))

    assert (refused.status, refused.pointers) == (422, ["/template"])
    assert "customer.name is not known" in refused.json["detail"]


def test_what_a_customer_calls_herself_is_not_read_as_a_variable(desk: Caller, bench: Bench) -> None:
    put(desk)

    reply(desk, case_of(desk, "en", name="{{case.number}} {{order}}"))

    (mail,) = answers(bench)
    assert "Dear {{case.number}} {{order}}," in mail


def test_a_preview_says_what_would_be_sent_and_counts_nothing(desk: Caller) -> None:
    put(desk, texts={"en": "{{company.name}}, {{case.number}}, {{agent.name}}: {{text}}!"})
    case_id = case_of(desk)

    seen = desk.post(f"{PLACE}/preview", {"case_id": case_id, "author": "Tom", "text": "soon"}).json

    number = desk.get(f"/v1/cases/{case_id}").json["case"]["number"]
    assert seen["text"] == f"Baum & Blatt, {number}, Tom: soon!"
    assert desk.get(PLACE).json["used"] == 0


def test_a_teams_template_does_not_exist_for_other_teams(desk: Caller) -> None:
    put(desk, team="north")
    north, south = caller(team="north"), caller(team="south")

    assert north.get(PLACE).status == 200
    assert (south.get(PLACE).status, south.put(PLACE, {"title": "T", "texts": {"en": "x"}}).status) == (404, 404)
    assert reply(south, case_of(south)).pointers == ["/template"]
    assert south.get("/v1/templates").json["items"] == []


def test_a_key_of_one_team_writes_that_teams_templates(bench: Bench) -> None:
    north = caller(team="north")

    assert put(north).json["team"] == "north"
    assert put(north, team="south").pointers == ["/team"]


# ── Her language ────────────────────────────────────────────────────────────────────────────────────────


def test_the_language_that_was_chosen_holds_whatever_she_writes_in(desk: Caller, bench: Bench) -> None:
    put(desk)
    case_id = case_of(desk, "en")
    owner = desk.get(f"/v1/cases/{case_id}").json["case"]["customer_id"]

    chosen = desk.put(
        f"/v1/customers/{owner}/language", {"language": "zh-Hans", "source": "said", "author": "Tom"}
    ).json
    later = desk.get(f"/v1/cases/{case_of(desk, 'en')}").json["case"]
    reply(desk, case_id)

    assert (chosen["language"], chosen["language_chosen"]) == ("zh-Hans", True)
    assert later["language"] == "zh-Hans"
    assert any("我们正在查询" in mail for mail in answers(bench))


def test_a_guess_does_not_change_what_was_chosen(desk: Caller) -> None:
    owner = desk.get(f"/v1/cases/{case_of(desk)}").json["case"]["customer_id"]
    place = f"/v1/customers/{owner}/language"
    desk.put(place, {"language": "fr", "source": "said", "author": "Tom"})

    guessed = desk.put(place, {"language": "de", "source": "guessed", "author": "Tom"}).json

    assert guessed["language"] == "fr"
    told = [e for e in desk.get(f"/v1/customers/{owner}/timeline").json["items"] if e.get("what") == "language_changed"]
    assert [event["detail"]["to"] for event in told] == ["fr"]
