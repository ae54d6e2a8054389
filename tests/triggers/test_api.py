"""Each endpoint against the real services and an emulated table: what goes in can be read again."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel import clock
from chalicelib.kernel.errors import Unavailable
from chalicelib.model.customer import Customer
from chalicelib.model.fact import Fact
from chalicelib.model.interaction import Interaction
from chalicelib.model.task import Task
from chalicelib.storage.rows import Row
from chalicelib.triggers.api import facts
from chalicelib.triggers.contract.facts import EXAMPLES, FactsIn
from tests.auth.callers import Answer, Caller, caller
from tests.workbench import Bench, mail_bytes, text_of

NOBODY = "01KAM8Q6C3V8QW2E0N4B7T9XYZ"


@pytest.fixture
def shop(bench: Bench) -> Caller:
    return caller()


def ask(shop: Caller, text: str = "Where is my parcel?", **more: Any) -> Answer:
    body = {"customer": {"email": "Maria@Example.com", "name": "Maria"}, "channel": "web", "text": text}
    return shop.post("/v1/requests", body | more)


def log(shop: Caller, **more: Any) -> Answer:
    body = {
        "customer": {"phone": "+49 30 1234567"},
        "channel": "phone",
        "direction": "in",
        "text": "Called.",
        "agent": "Tom",
    }
    return shop.post("/v1/interactions", body | more)


def fact(kind: str, event_id: str = "e1", **more: Any) -> dict[str, Any]:
    at = clock.iso(clock.now())
    return {
        "kind": kind,
        "event_id": event_id,
        "customer": {"external": "shop-77"},
        "occurred_at": at,
        **more,
    }


def said(case: dict[str, Any]) -> list[dict[str, Any]]:
    """What was said in a case but for our acknowledgements."""
    return [item for item in case["interactions"] if item["purpose"] != "acknowledgement"]


def report(shop: Caller, *facts: dict[str, Any]) -> list[dict[str, Any]]:
    answer = shop.post("/v1/facts", {"facts": list(facts)})
    assert answer.status == 200
    results: list[dict[str, Any]] = answer.json["results"]
    return results


# ── Requests and interactions ───────────────────────────────────────────────────────────────────────────


def test_a_request_opens_a_case_and_is_acknowledged(shop: Caller, bench: Bench) -> None:
    taken = ask(shop, language="en")
    bench.run()

    assert taken.status == 202
    assert taken.json["duplicate"] is False
    (mail,) = bench.sent
    assert "maria@example.com" in mail["To"]
    assert taken.json["case_number"] in text_of(mail)


def test_what_was_taken_can_be_read_where_its_links_point(shop: Caller) -> None:
    taken = ask(shop, subject="Parcel", topic="delivery").json

    case = shop.get(taken["_links"]["case"].replace("../", "/")).json
    customer = shop.get(taken["_links"]["customer"].replace("../", "/")).json
    assert case["case"]["subject"] == "Parcel"
    assert case["case"]["topic"] == "delivery"
    assert case["case"]["tier"] == "standard"
    assert case["case"]["promise"]["state"] == "open"
    assert [i["text"] for i in said(case)] == ["Where is my parcel?"]
    assert customer["open_cases"] == [taken["case_id"]]
    assert customer["handles"] == [{"kind": "email", "value": "maria@example.com"}]


def test_a_second_request_may_go_on_with_her_case(shop: Caller) -> None:
    number = ask(shop).json["case_number"]

    again = ask(shop, "Still nothing", case_id=number).json

    assert again["case_number"] == number
    assert [i["text"] for i in said(shop.get(f"/v1/cases/{number}").json)] == [
        "Where is my parcel?",
        "Still nothing",
    ]


def test_nobody_goes_on_with_somebody_elses_case(shop: Caller) -> None:
    number = ask(shop).json["case_number"]

    refused = ask(shop, customer={"email": "eve@example.com"}, case_id=number)

    assert refused.status == 404
    assert refused.pointers == ["/case_id"]


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"case_id": "7K3M-9QXT-2B4C"}, "/case_id"),
        ({"customer": {"customer_id": NOBODY}}, "/customer/customer_id"),
    ],
)
def test_an_unknown_case_or_customer_is_said(shop: Caller, more: dict[str, Any], pointer: str) -> None:
    refused = ask(shop, **more)

    assert refused.status == 404
    assert refused.pointers == [pointer]


def test_a_logged_call_tells_who_had_it_and_when(shop: Caller, bench: Bench) -> None:
    yesterday = clock.now() - timedelta(days=1)

    taken = log(shop, occurred_at=clock.iso(yesterday))

    assert taken.status == 201
    (interaction,) = bench.rows(Interaction)
    assert (interaction.author, interaction.channel, interaction.at) == ("Tom", "phone", yesterday)
    assert interaction.sender == "phone:+49301234567"


@pytest.mark.parametrize("channel", ["email", "web", "fax", ""])
def test_agents_log_only_the_channels_that_exist(shop: Caller, channel: str) -> None:
    refused = log(shop, channel=channel)

    assert refused.status == 422
    assert refused.pointers == ["/channel"]
    assert "board, chat, phone" in refused.json["detail"]


@pytest.mark.parametrize("at", ["1999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_cannot_be_is_refused(shop: Caller, at: str) -> None:
    refused = log(shop, occurred_at=at)

    assert refused.status == 422
    assert refused.pointers == ["/occurred_at"]


def test_a_clock_that_runs_a_little_ahead_is_forgiven(shop: Caller, bench: Bench) -> None:
    assert log(shop, occurred_at=clock.iso(clock.now() + timedelta(minutes=2))).status == 201

    (interaction,) = bench.rows(Interaction)
    assert interaction.at <= clock.now()


# ── Facts ───────────────────────────────────────────────────────────────────────────────────────────────


def test_each_fact_has_its_own_outcome(shop: Caller) -> None:
    order = fact("order", data={"amount": {"minor": 12900, "currency": "USD"}})
    results = report(
        shop,
        order,
        order,
        order | {"data": {"amount": {"minor": 5, "currency": "USD"}}},
        fact("order", "e2", data={"amount": {"minor": "12", "currency": "USD"}}),
        fact("order", "e3", data={"amount": {"minor": 12, "currency": "EUR"}}),
        fact("wedding", "e4"),
        fact("card_updated", "e5", customer={"customer_id": NOBODY}),
        fact("usage", "e6", data={"what": "minutes", "quantity": 30}, occurred_at="2036-01-01T00:00:00Z"),
        {"event_id": "e7"},
        fact("card_updated", "e8"),
    )

    assert [
        (result["outcome"], [e["pointer"] for e in (result["problem"] or {}).get("errors", ())]) for result in results
    ] == [
        ("recorded", []),
        ("duplicate", []),
        ("refused", ["/facts/2/event_id"]),
        ("refused", ["/facts/3/data/amount/minor"]),
        ("refused", ["/facts/4/data/amount/currency"]),
        ("refused", ["/facts/5/kind"]),
        ("refused", ["/facts/6/customer/customer_id"]),
        ("refused", ["/facts/7/occurred_at"]),
        ("refused", ["/facts/8/kind"]),
        ("recorded", []),
    ]
    assert results[0]["customer_id"] == results[1]["customer_id"] == results[9]["customer_id"]


def test_every_kind_of_fact_is_recorded_and_told(shop: Caller) -> None:
    money = {"minor": 4000, "currency": "USD"}
    results = report(
        shop,
        fact("order", "1", data={"amount": money, "margin": money}),
        fact("payment", "2", data={"amount": money}),
        fact("refund", "3", data={"amount": money, "margin": {"minor": 500, "currency": "USD"}}),
        fact("usage", "4", data={"what": "minutes"}),
        fact("life_event", "5", data={"what": "moved", "on": "2026-11-01"}),
        fact("card_expiring", "6", data={"expires_on": "2026-12-31"}),
        fact("card_updated", "7"),
        fact(
            "consent",
            "8",
            data={"channel": "email", "purpose": "service", "granted": True, "proof": "form 5"},
        ),
        fact("profile", "9", data={"name": "Maria", "time_zone": "Europe/Berlin"}),
    )

    assert [result["outcome"] for result in results] == ["recorded"] * 9, results
    customer = shop.get("/v1/customers?external=shop-77").json
    assert (customer["name"], customer["time_zone"]) == ("Maria", "Europe/Berlin")
    assert [(c["channel"], c["purpose"], c["granted"]) for c in customer["consents"]] == [("email", "service", True)]
    told = shop.get(f"/v1/customers/{customer['id']}/timeline").json["items"]
    facts = {item["what"]: item for item in told if item["kind"] == "fact"}
    assert set(facts) == {
        "order",
        "payment",
        "refund",
        "life_event",
        "card_expiring",
        "card_updated",
        "consent",
        "profile",
    }
    assert facts["order"]["data"] == {"amount_minor": "4000", "currency": "USD"}
    assert facts["life_event"]["data"] == {"what": "moved", "on": "2026-11-01"}


def test_a_whole_batch_may_be_sent_again(shop: Caller) -> None:
    batch = [fact("card_updated", f"e{n}") for n in range(5)]

    assert {result["outcome"] for result in report(shop, *batch)} == {"recorded"}
    assert {result["outcome"] for result in report(shop, *batch)} == {"duplicate"}


def test_what_she_did_and_what_you_think_of_her_is_told(shop: Caller) -> None:
    batch = [example for sent in EXAMPLES[FactsIn] for example in sent["facts"]]

    results = report(shop, *batch)

    assert [result["outcome"] for result in results] == ["recorded"] * len(batch), results
    customer = shop.get("/v1/customers?external=shop-77").json
    assert customer["traits"] == {"card_expires_on": "2026-12-31", "plan": "family", "shoe-size": "38"}
    told = {item["what"]: item for item in shop.get(f"/v1/customers/{customer['id']}/timeline").json["items"]}
    assert told["search"]["data"] == {"query": "how to wash a tent", "results": "0"}
    assert told["article_read"]["data"]["article"] == "caring-for-tents"
    assert told["rating"]["data"]["score"] == "4"
    assert told["trait"]["data"] == {"plan": "family", "shoe-size": "38", "trial": ""}
    assert told["order"]["corrected_by"] == told["correction"]["id"]


@pytest.mark.parametrize(
    ("kind", "data", "pointer"),
    [
        ("trait", {}, "/facts/0/data"),
        ("trait", {"set": {"plan": "x"}, "remove": ["plan"]}, "/facts/0/data"),
        ("trait", {"set": {"plan": ""}}, "/facts/0/data/set"),
        ("trait", {"set": {"Plan": "x"}}, "/facts/0/data/set"),
        ("trait", {"set": {"plan": "x" * 201}}, "/facts/0/data/set"),
        ("trait", {"set": {f"t{n}": "x" for n in range(51)}}, "/facts/0/data/set"),
        ("rating", {"score": 6, "of": "delivery"}, "/facts/0/data/score"),
        ("potential", {"amount": {"minor": 1, "currency": "EUR"}}, "/facts/0/data/amount/currency"),
        ("search", {"query": ""}, "/facts/0/data/query"),
        ("correction", {"corrects": "e1", "reason": "itself"}, "/facts/0"),
        ("correction", {"corrects": "e0"}, "/facts/0/data/reason"),
    ],
)
def test_what_no_fact_can_say_is_refused_with_the_place(
    shop: Caller, kind: str, data: dict[str, Any], pointer: str
) -> None:
    (result,) = report(shop, fact(kind, data=data))

    assert result["outcome"] == "refused"
    assert result["problem"]["errors"][0]["pointer"].startswith(pointer)


def test_a_wrong_fact_is_corrected_once_and_no_task_comes_of_it(shop: Caller, bench: Bench) -> None:
    soon, later = (f"{clock.now() + timedelta(days=days):%Y-%m-%d}" for days in (20, 700))
    before = clock.iso(clock.now() - timedelta(days=9))
    wrong = fact("card_expiring", "wrong", data={"expires_on": soon})
    right = fact("card_expiring", "right", data={"expires_on": later}, occurred_at=before)
    void = fact("correction", "void", data={"corrects": "wrong", "reason": "another's card"})

    report(shop, right, wrong)
    bench.run()
    first, again = report(shop, void), report(shop, {**void, "event_id": "void again"})
    bench.tick(clock.now() + timedelta(days=7))
    bench.run()

    assert (first[0]["outcome"], again[0]["outcome"]) == ("recorded", "refused")
    assert again[0]["problem"]["type"] == "/problems/conflict"
    assert shop.get("/v1/customers?external=shop-77").json["traits"] == {"card_expires_on": later}
    (task,) = [task for task in bench.rows(Task) if task.context["expires_on"] == soon]
    assert task.reason.startswith("not_needed")


def test_a_fact_that_is_gone_cannot_be_corrected(shop: Caller, bench: Bench) -> None:
    report(shop, fact("rating", "stars", data={"score": 1, "of": "delivery"}))
    (row,) = [row for row in Row.scan() if row.model is Fact]
    row.delete()

    (result,) = report(shop, fact("correction", "void", data={"corrects": "stars", "reason": "a test"}))

    assert (result["outcome"], result["problem"]["type"]) == ("refused", "/problems/not-found")


def test_a_fact_that_comes_after_its_correction_is_told_and_does_nothing(shop: Caller, bench: Bench) -> None:
    void = fact("correction", "void", data={"corrects": "o1", "reason": "a test order"})
    order = fact("order", "o1", data={"amount": {"minor": 4000, "currency": "USD"}})
    card = fact("card_expiring", "c1", data={"expires_on": "2036-12-31"})
    never = fact("correction", "never", data={"corrects": "c1", "reason": "another's card"})

    outcomes = [result["outcome"] for result in report(shop, void, order, order, never, card, void)]
    bench.run()

    assert outcomes == ["recorded", "recorded", "duplicate", "recorded", "recorded", "duplicate"]
    (customer,) = bench.rows(Customer)
    assert (customer.value.margin, customer.value.purchases, customer.traits) == (0, 0, {})
    assert bench.rows(Task) == []


@pytest.mark.parametrize("facts", [[], [{}] * 101])
def test_a_batch_has_one_to_a_hundred(shop: Caller, facts: list[object]) -> None:
    refused = shop.post("/v1/facts", {"facts": facts})

    assert refused.status == 422
    assert refused.pointers == ["/facts"]


def test_when_the_table_is_away_the_batch_is_to_be_sent_again(shop: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise Unavailable("the table cannot be written")

    monkeypatch.setattr(facts.customers_service, "record_fact", away)

    assert shop.post("/v1/facts", {"facts": [fact("card_updated")]}).status == 503


# ── Customers, cases, tasks ─────────────────────────────────────────────────────────────────────────────


def test_a_customer_is_found_by_a_handle_however_it_is_written(shop: Caller) -> None:
    customer = ask(shop).json["customer_id"]

    assert shop.get("/v1/customers?email=MARIA%40example.com").json["id"] == customer


@pytest.mark.parametrize("query", ["", "?email=a%40b.c&phone=%2B4930123456"])
def test_a_lookup_needs_exactly_one_handle(shop: Caller, query: str) -> None:
    assert shop.get(f"/v1/customers{query}").status == 400


def test_a_lookup_by_what_is_no_handle_says_what_one_looks_like(shop: Caller) -> None:
    refused = shop.get("/v1/customers?phone=0301")

    assert (refused.status, refused.pointers) == (422, ["/phone"])


@pytest.mark.parametrize(
    "path",
    [
        f"/v1/customers/{NOBODY}",
        f"/v1/customers/{NOBODY}/timeline",
        f"/v1/customers/{NOBODY}/tasks/{NOBODY}",
        "/v1/customers?email=nobody%40example.com",
        "/v1/cases/7K3M-9QXT-2B4C",
    ],
)
def test_what_does_not_exist_is_not_found(shop: Caller, path: str) -> None:
    assert shop.get(path).status == 404


def test_the_timeline_tells_everything_newest_first_in_pages(shop: Caller) -> None:
    customer = ask(shop, "first").json["customer_id"]
    for text in ("second", "third"):
        ask(shop, text)

    whole = shop.get(f"/v1/customers/{customer}/timeline").json["items"]
    first = shop.get(f"/v1/customers/{customer}/timeline?limit=2").json
    second = shop.get(f"/v1/customers/{customer}/timeline?limit=2&cursor={first['next']}").json

    assert [item["id"] for item in whole] == sorted((item["id"] for item in whole), reverse=True)
    assert [i["id"] for i in first["items"] + second["items"]] == [i["id"] for i in whole][:4]


def test_the_most_urgent_case_comes_first(shop: Caller) -> None:
    slow = ask(shop).json["case_id"]
    fast = log(shop, channel="chat", customer={"chat": "maria"}).json["case_id"]

    assert [case["id"] for case in shop.get("/v1/cases").json["items"]] == [fast, slow]


def test_a_long_text_is_whole_when_asked_for(shop: Caller) -> None:
    text = "很长的信。" * 2000
    case_id = ask(shop, text).json["case_id"]

    (short,) = said(shop.get(f"/v1/cases/{case_id}").json)
    (full,) = said(shop.get(f"/v1/cases/{case_id}?text=full").json)

    assert not short["text_complete"]
    assert text.startswith(short["text"].rstrip("…"))
    assert (full["text"], full["text_complete"]) == (text, True)


def test_a_case_shows_what_was_promised_and_what_became_of_it(shop: Caller) -> None:
    case_id = ask(shop).json["case_id"]

    shop.post(
        f"/v1/cases/{case_id}/replies", {"text": "Tomorrow.", "then": "wait", "author": "Tom"}, Idempotency_Key="r"
    )

    case = shop.get(f"/v1/cases/{case_id}").json["case"]
    (promise,) = case["promises"]
    assert promise == case["promise"]
    assert (promise["kind"], promise["state"], promise["paused_at"]) == ("first_answer", "kept", None)
    (step,) = case["promise_log"]
    assert (step["promise"], step["step"], step["why"], step["due_at"]) == (
        "first_answer",
        "kept",
        "answered",
        promise["due_at"],
    )


def test_a_reply_is_sent_and_solves_the_case(shop: Caller, bench: Bench) -> None:
    case_id = ask(shop).json["case_id"]
    answer = {"text": "It comes tomorrow.", "then": "solve", "author": "Tom"}

    first = shop.post(f"/v1/cases/{case_id}/replies", answer, Idempotency_Key="r1")
    again = shop.post(f"/v1/cases/{case_id}/replies", answer, Idempotency_Key="r1")
    bench.run()

    assert first.status == 202
    assert again.json["duplicate"]
    assert shop.get(f"/v1/cases/{case_id}").json["case"]["status"] == "solved"
    assert sum("It comes tomorrow." in text_of(mail) for mail in bench.sent) == 1


def test_the_same_reply_key_on_another_case_is_refused(shop: Caller) -> None:
    answer = {"text": "It comes tomorrow.", "then": "wait", "author": "Tom"}
    one, other = ask(shop).json["case_id"], ask(shop).json["case_id"]
    shop.post(f"/v1/cases/{one}/replies", answer, Idempotency_Key="r1")

    assert shop.post(f"/v1/cases/{other}/replies", answer, Idempotency_Key="r1").status in (409, 422)


def test_a_customer_without_an_address_cannot_be_written_to(shop: Caller) -> None:
    case_id = log(shop).json["case_id"]

    refused = shop.post(f"/v1/cases/{case_id}/replies", {"text": "Hello", "then": "wait", "author": "Tom"})

    assert refused.status == 409
    assert "call her" in refused.json["detail"]


def test_a_planned_task_is_listed_with_its_reason(shop: Caller, bench: Bench) -> None:
    ends = (clock.now() + timedelta(days=9)).date().isoformat()
    who = {"email": "maria@example.com"}
    report(shop, fact("card_expiring", customer=who, data={"expires_on": ends, "card_hint": "Visa ending 42"}))
    bench.run()

    found = [
        task
        for state in ("planned", "queued", "passed_over", "sent")
        for task in shop.get(f"/v1/tasks?state={state}").json["items"]
    ]

    (task,) = found
    assert task["why"]
    assert shop.get(f"/v1/customers/{task['customer_id']}/tasks/{task['id']}").json == task


def test_what_was_linked_to_nobody_is_in_the_days_quarantine(shop: Caller, bench: Bench) -> None:
    bench.receive(mail_bytes(), virus="FAIL")
    bench.run()

    (item,) = shop.get(f"/v1/quarantine?day={clock.now():%Y-%m-%d}").json["items"]
    assert item["customer_id"] == ""
    assert "quarantined" in item["flags"][0]


@pytest.mark.parametrize("seconds", [59, 3601])
def test_a_token_lives_a_minute_to_an_hour(shop: Caller, seconds: int) -> None:
    refused = shop.post("/v1/tokens", {"scopes": ["cases:read"], "expires_in": seconds})

    assert refused.status == 422
    assert refused.pointers == ["/expires_in"]


def test_a_token_cannot_get_what_its_key_lacks(bench: Bench) -> None:
    refused = caller("tokens:write", "cases:read").post("/v1/tokens", {"scopes": ["customers:read"]})

    assert refused.status == 403
    assert refused.pointers == ["/scopes"]
