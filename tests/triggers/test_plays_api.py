"""Plays by the API: two people are needed to contact anybody, one is enough to stop it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.insight import driving
from chalicelib.insight.reports import drivers
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.model.calibration import Calibration
from chalicelib.model.session import Audience
from chalicelib.model.task import Task
from chalicelib.outreach import plays
from chalicelib.storage import calibration
from chalicelib.storage.commit import commit
from tests.auth.callers import Caller, caller, session_of, shared_stage, signed_in, staff_member
from tests.workbench import Bench

CARD = "/v1/plays/payment_will_fail"
MOVING: dict[str, Any] = {
    "title": "Moving house",
    "definition": {
        "when": {"fact": "life_event", "where": {"what": "moved"}, "days": 3},
        "texts": {"en": {"subject": "Your new address", "body": "Hello {{ name }}, where do parcels go now?"}},
        "goal": "have parcels sent to the right place",
    },
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage(stream=False) as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage has its own environment, which stays for the whole module."""


@pytest.fixture
def tom() -> Caller:
    return caller(name="Tom")


@pytest.fixture
def lea() -> Caller:
    return caller(name="Lea")


def moving(number: int, **definition: Any) -> tuple[str, dict[str, Any]]:
    return f"/v1/plays/moving_{number}", {**MOVING, "definition": {**MOVING["definition"], **definition}}


def test_every_play_that_comes_with_the_hub_is_listed_with_what_may_be_set(tom: Caller) -> None:
    items = {item["name"]: item for item in tom.get("/v1/plays").json["items"]}

    assert set(plays.BY_NAME) <= set(items)
    (lead,) = [p for p in items["payment_will_fail"]["parameters"] if p["name"] == "lead_days"]
    assert (lead["kind"], lead["default"], lead["at_least"], lead["at_most"]) == ("number", 14, 1, 60)


def test_an_edition_goes_from_its_draft_to_those_that_count(tom: Caller, lea: Caller) -> None:
    drafted = tom.put(CARD, {"parameters": {"lead_days": 21}, "channels": ["email"]}).json
    number = drafted["draft"]["number"]
    assert (drafted["draft"]["prepared_by"], drafted["live"]["number"]) == ("Tom", number - 1)

    tom.post(f"{CARD}/submit", {})
    refused = tom.post(f"{CARD}/approve", {"edition": number})
    approved = lea.post(f"{CARD}/approve", {"edition": number}).json

    assert (refused.status, refused.json["detail"]) == (
        403, "You had a hand in this edition; somebody else has to approve it.",
    )  # fmt: skip
    assert (approved["state"], approved["live"]["parameters"], approved["draft"]) == (
        "running", {"lead_days": 21}, None,
    )  # fmt: skip
    (newest, *_) = tom.get(f"{CARD}/editions").json["items"]
    assert (newest["number"], newest["prepared_by"], newest["approved_by"]) == (number, "Tom", "Lea")


def test_a_member_of_staff_is_one_person_with_any_session() -> None:
    member = staff_member("lead")
    place, body = moving(1)
    session_of(Audience.STAFF, member.id).put(place, body)
    session_of(Audience.STAFF, member.id).post(f"{place}/submit", {})

    assert session_of(Audience.STAFF, member.id).post(f"{place}/approve", {"edition": 1}).status == 403
    assert signed_in("lead").post(f"{place}/approve", {"edition": 1}).status == 200


def test_a_play_is_paused_resumed_stopped_and_started_again(tom: Caller) -> None:
    place = "/v1/plays/tier_will_change"

    paused = tom.post(f"{place}/pause", {"why": "too many answers"}).json
    resumed = tom.post(f"{place}/resume", {}).json
    stopped = tom.post(f"{place}/stop", {"why": "wrong date"}).json
    again = tom.post(f"{place}/start", {}).json

    assert (paused["state"], paused["why"]) == ("paused", "too many answers")
    assert (resumed["state"], resumed["why"]) == ("running", "")
    assert (stopped["state"], stopped["why"]) == ("stopped", "wrong date")
    assert again["state"] == "running"


def test_who_saw_another_version_is_refused(tom: Caller) -> None:
    seen = tom.get(CARD).json["version"]

    refused = tom.post(f"{CARD}/stop", {"why": "x", "expected_version": seen + 1})

    assert refused.status == 409
    assert refused.json["errors"][0]["pointer"] == "/expected_version"


def test_a_play_by_configuration_begins_with_its_draft_and_is_off(tom: Caller) -> None:
    place, body = moving(2)

    made = tom.put(place, {**body, "expected_version": 0})

    assert made.status == 200, made.text
    assert (made.json["state"], made.json["by_configuration"], made.json["title"]) == ("off", True, "Moving house")
    assert made.json["draft"]["definition"]["when"]["where"] == {"what": "moved"}
    assert tom.post(f"{place}/start", {}).status == 409


def test_a_play_of_which_nothing_was_approved_is_gone_with_its_draft(tom: Caller) -> None:
    place, body = moving(3)
    seen = tom.put(place, body).json["version"]

    refused = tom.send("DELETE", f"{place}/draft?expected_version={seen + 1}")
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (409, "/expected_version")
    assert tom.send("DELETE", f"{place}/draft?expected_version={seen}").status == 200
    assert tom.get(place).status == 404


def test_a_preview_says_whom_a_draft_would_reach_and_writes_nothing(tom: Caller, stage: Bench) -> None:
    who = {"email": "ann@example.org"}
    at = clock.iso(clock.now())
    facts: list[dict[str, Any]] = [
        {"kind": "life_event", "event_id": "moved-1", "customer": who, "occurred_at": at, "data": {"what": "moved"}},
        {"kind": "order", "event_id": "order-1", "customer": {"email": "bea@example.org"}, "occurred_at": at,
         "data": {"amount": {"minor": 100, "currency": "USD"}}},
    ]  # fmt: skip
    reported = tom.post("/v1/facts", {"facts": facts})
    ann = reported.json["results"][0]["customer_id"]
    place, body = moving(5)
    tom.put(place, body)

    told = tom.post(f"{place}/preview", {"edition": "draft", "sample": 100, "window_days": 30}).json

    assert (told["sampled"], told["of"]) == (2, 2)
    assert [(group["reason"], group["customer_ids"]) for group in told["refused"]] == [("no_consent", [ann])]
    assert told["people"]["likely"] == 0
    assert not stage.rows(Task)


def test_a_preview_counts_those_who_rang(tom: Caller) -> None:
    call = {"customer": {"phone": "+4930123"}, "channel": "phone", "direction": "in", "text": "Called.", "agent": "Tom"}
    for number in (1, 2, 3):
        assert tom.post("/v1/interactions", call, Idempotency_Key=f"call-{number}").status < 300

    told = tom.post("/v1/plays/channel_invitation/preview", {"edition": "live", "sample": 100}).json

    assert [(group["reason"], group["people"]) for group in told["refused"]] == [("not_needed", 1)]


def test_what_no_timeline_tells_is_not_previewed_as_if_it_reached_nobody(tom: Caller) -> None:
    refused = tom.post("/v1/plays/incident/preview", {"edition": "live"})

    assert refused.status == 409
    assert "campaign" in refused.json["detail"]


def test_of_an_edition_that_is_not_there_there_is_no_preview(tom: Caller) -> None:
    place, body = moving(6)
    tom.put(place, body)

    assert tom.post(f"{place}/preview", {"edition": "live"}).status == 409


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        (CARD, {"parameters": {"lead_days": 0}}, "/parameters/lead_days"),
        (CARD, {"channels": ["pigeon"]}, "/channels/0"),
        (CARD, {"definition": MOVING["definition"]}, "/definition"),
        ("/v1/plays/new_one", {"title": "x"}, "/definition"),
        ("/v1/plays/by_hand", MOVING, "/name"),
        ("/v1/plays/new_one", {**MOVING, "title": ""}, "/title"),
        ("/v1/plays/new_one", moving(9, when={"segment": "nobody"})[1], "/definition/when/segment"),
        ("/v1/plays/new_one", moving(9, when={"fact": "order", "event": "tier_kept"})[1], "/definition/when"),
        (
            "/v1/plays/new_one",
            moving(9, who={"all": [{"about": "tier", "one_of": ["tin"]}]})[1],
            "/definition/who/all/0/one_of/0",
        ),
        (
            "/v1/plays/new_one",
            moving(9, texts={"en": {"subject": "Hello", "body": "Buy now and save 50% on tents, today only!"}})[1],
            "/definition/texts/en/body",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_where_it_stands(tom: Caller, path: str, body: object, pointer: str) -> None:
    refused = tom.put(path, body)

    assert refused.status == 422, refused.text
    assert refused.json["errors"][0]["pointer"] == pointer


def test_what_people_ask_becomes_a_play_in_one_call_that_two_people_answer_for(
    tom: Caller, lea: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    monkeypatch.setattr(driving, "PROPOSED_FROM", timedelta())
    label = "ahead%3Atrait%3Acontract-end"
    sums = {"asked/contract/gold": 1_200, f"had/{label}": 3_433, f"pair/contract/{label}/5/gold": 412}
    week = Tally((drivers.COUNTER, drivers.week_of(now.date())), sums)
    calibration._kept.clear()
    commit(Decision((Calibration(at=now, customers=100_000), week), reason="counted"))
    (proposal,) = tom.get("/v1/plays/proposals").json["items"]

    made = tom.post(f"/v1/plays/proposals/{proposal['id']}/draft", None).json
    again = lea.post(f"/v1/plays/proposals/{proposal['id']}/draft", None).json
    (became,) = tom.get("/v1/plays/proposals").json["items"]

    place = f"/v1/plays/{made['name']}"
    assert (proposal["play"], became["play"], made == again) == ("", made["name"], True)
    assert (
        made["draft"]["definition"]["when"] | {"trait": "contract-end", "days": -6}
        == (made["draft"]["definition"]["when"])
    )
    unwritten = tom.post(f"{place}/submit", {})
    assert (unwritten.status, "its words are not written yet" in unwritten.json["detail"]) == (409, True)

    words = {"en": {"subject": "Your contract", "body": "Hello {{ name }}, nothing stops on {{ date }}."}}
    written = {"title": made["title"], "definition": {**made["draft"]["definition"], "texts": words}}
    tom.put(place, written)
    tom.post(f"{place}/submit", {})
    assert tom.post(f"{place}/approve", {"edition": 1}).status == 403
    assert lea.post(f"{place}/approve", {"edition": 1}).status == 200
