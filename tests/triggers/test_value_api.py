"""What a customer is worth and why, and her tier decided by hand, by the API."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.model.tier import DEFAULT_TIERS
from chalicelib.storage.commit import commit
from tests.auth.callers import Caller, caller
from tests.factories import CALIBRATION, make_customer
from tests.workbench import Bench

NOBODY = "01KAM8Q6C3V8QW2E0N4B7T9XYZ"
WORD = "author=Tom&reason=It+was+kind"


@pytest.fixture
def desk(bench: Bench) -> Caller:
    commit(Decision((CALIBRATION,)))
    return caller(name="desk")


def buys(desk: Caller, number: int = 1, minor: int = 50_00) -> str:
    """Ann's order; returns her id."""
    money = {"minor": minor, "currency": "USD"}
    fact = {
        "event_id": f"o{number}",
        "kind": "order",
        "customer": {"email": "ann@example.org"},
        "occurred_at": clock.iso(clock.now() - timedelta(days=30 - number)),
        "data": {"amount": money, "margin": money},
    }
    found: str = desk.post("/v1/facts", {"facts": [fact]}).json["results"][0]["customer_id"]
    return found


def pin(desk: Caller, who: str, **more: Any) -> Any:
    until = clock.iso(clock.now() + timedelta(days=30))
    return desk.put(
        f"/v1/customers/{who}/tier",
        {"tier": "platinum", "until": until, "author": "Tom", "reason": "Three broken promises.", **more},
    )


def test_an_index_is_explained_by_terms_that_sum_to_it_exactly(desk: Caller) -> None:
    ann = buys(desk)
    desk.post("/v1/requests", {"customer": {"customer_id": ann}, "channel": "web", "text": "Hello"})

    value = desk.get(f"/v1/customers/{ann}/value").json

    assert {term["term"] for term in value["terms"]} == {
        "start", "purchases", "margin", "loyalty", "referrals", "potential", "service"
    }  # fmt: skip
    assert sum(term["money"] for term in value["terms"]) == value["expected"]
    assert round(sum(term["points"] for term in value["terms"]), 1) == value["value_index"] == 85.0
    assert next(term["money"] for term in value["terms"] if term["term"] == "service") < 0
    assert (value["purchases"], value["margin"], value["standing"]["tier"]) == (1, 50_00, "gold")
    assert value["calibrated_with"] == CALIBRATION.customers


def test_what_0_1_kept_of_her_counts_before_anything_else_is_told_of_her(desk: Caller) -> None:
    old = make_customer(version=None, margin_by_month={f"{clock.now():%Y-%m}": 50_00})
    commit(Decision((old,)))

    value = desk.get(f"/v1/customers/{old.id}/value").json

    assert (value["purchases"], value["margin"]) == (1, 50_00)
    assert value["value_index"] == desk.get(f"/v1/customers/{old.id}").json["value_index"] > 40


def test_its_history_tells_what_changed_it_newest_first(desk: Caller) -> None:
    ann = buys(desk)
    desk.post("/v1/requests", {"customer": {"customer_id": ann}, "channel": "web", "text": "Hello"})

    history = desk.get(f"/v1/customers/{ann}/value/history").json["items"]

    assert [entry["because"] for entry in history] == ["contact by web", "tier_changed", "order"]
    assert {entry["value_index"] for entry in history} == {85.0}


def test_the_index_is_on_the_customer_her_contacts_and_her_facts(desk: Caller) -> None:
    ann = buys(desk)

    (fact,) = [e for e in desk.get(f"/v1/customers/{ann}/timeline").json["items"] if e["kind"] == "fact"]

    assert fact["value_index"] == desk.get(f"/v1/customers/{ann}").json["value_index"] == 85.0


def test_a_pinned_tier_is_told_with_who_and_why_and_ends_on_somebodys_word(desk: Caller) -> None:
    ann = buys(desk)

    pinned = pin(desk, ann)
    told = desk.get(f"/v1/customers/{ann}/timeline").json["items"]
    ended = desk.send("DELETE", f"/v1/customers/{ann}/tier?{WORD}")

    assert (pinned.status, pinned.json["tier"], pinned.json["reason"]) == (200, "platinum", "Three broken promises.")
    assert {"tier_pinned", "tier_changed"} <= {entry["what"] for entry in told if entry["kind"] == "event"}
    assert (ended.status, ended.json["pinned_until"], ended.json["tier"]) == (200, None, "platinum")
    assert ended.json["below_since"]


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"tier": "silver"}, "/tier"),
        ({"until": "2020-01-01T00:00:00Z"}, "/until"),
        ({"until": "2090-01-01T00:00:00Z"}, "/until"),
        ({"reason": ""}, "/reason"),
        ({"reason": " "}, "/reason"),
        ({"author": " "}, "/author"),
    ],
)
def test_a_pin_that_says_not_enough_is_refused_and_the_field_named(
    desk: Caller, more: dict[str, str], pointer: str
) -> None:
    refused = pin(desk, buys(desk), **more)

    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, pointer)


def test_what_is_not_pinned_cannot_be_unpinned(desk: Caller) -> None:
    refused = desk.send("DELETE", f"/v1/customers/{buys(desk)}/tier?{WORD}")

    assert (refused.status, refused.json["detail"]) == (409, "this customer's tier is not pinned")


def test_pinning_needs_its_scope(desk: Caller) -> None:
    assert pin(caller("customers:write", "customers:read"), buys(desk)).status == 403


@pytest.mark.parametrize("path", ["value", "value/history"])
def test_nobody_has_no_value(desk: Caller, path: str) -> None:
    assert desk.get(f"/v1/customers/{NOBODY}/{path}").status == 404


def test_the_tiers_in_force_are_told_with_thresholds_and_promises(desk: Caller) -> None:
    tiers = desk.get("/v1/tiers").json

    assert [(t["name"], t["from_index"], t["first_answer_minutes"]["*"]) for t in tiers["tiers"]] == [
        ("standard", 0, 1440),
        ("gold", 80, 480),
        ("platinum", 95, 120),
    ]
    assert (tiers["grace_days"], tiers["notice_days"], tiers["edition"]) == (28, 14, DEFAULT_TIERS.edition)
