"""Segments by the API: saved, counted, shown and deleted. Few parts, so that a pass is quick."""

from typing import Any

import pytest

from chalicelib.segments import definitions
from chalicelib.segments import service as segments_service
from chalicelib.storage import keys
from chalicelib.sweeps import service as sweeps
from tests.auth.callers import Answer, Caller, caller
from tests.workbench import Bench

VIP = {"all": [{"about": "trait", "name": "vip", "one_of": ["yes"]}]}
PLACE = "/v1/segments/vips"


@pytest.fixture
def desk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Caller:
    for module in (keys, sweeps, segments_service):
        monkeypatch.setattr(module, "POPULATION_SHARDS", 2)
    return caller()


def put(desk: Caller, conditions: object = VIP, slug: str = "vips", **more: Any) -> Answer:
    return desk.put(f"/v1/segments/{slug}", {"title": "VIPs", "conditions": conditions, **more})


def tell(desk: Caller, name: str, vip: str) -> str:
    fact = {
        "event_id": f"{name} {vip}",
        "kind": "trait",
        "customer": {"email": f"{name}@example.com"},
        "occurred_at": "2026-01-01T00:00:00Z",
        "data": {"set": {"vip": vip}},
    }
    answer = desk.post("/v1/facts", {"facts": [fact]})
    assert answer.json["results"][0]["outcome"] == "recorded", answer.text
    return str(answer.json["results"][0]["customer_id"])


def test_a_segment_is_saved_built_and_shown_with_its_members(desk: Caller, bench: Bench) -> None:
    ann = tell(desk, "ann", "yes")
    tell(desk, "bea", "no")
    saved = put(desk, expected_version=0)
    assert (saved.status, saved.json["state"], saved.json["conditions"]) == (200, "building", VIP)

    bench.run()

    shown = desk.get(PLACE).json
    assert (shown["state"], shown["members"], shown["version"], shown["progress"]) == ("ready", 1, 1, None)
    assert [item["customer_id"] for item in desk.get(f"{PLACE}/members").json["items"]] == [ann]
    assert [item["slug"] for item in desk.get(f"/v1/customers/{ann}/segments").json["items"]] == ["vips"]
    assert [(item["slug"], item["members"]) for item in desk.get("/v1/segments").json["items"]] == [("vips", 1)]


def test_members_come_in_pages(desk: Caller, bench: Bench) -> None:
    people = {tell(desk, f"c{n}", "yes") for n in range(5)}
    put(desk)
    bench.run()

    found, cursor = [], ""
    for _ in range(5):
        page = desk.get(f"{PLACE}/members?limit=2{cursor}").json
        found += [item["customer_id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert (set(found), len(found)) == (people, 5)


def test_one_counts_before_one_saves(desk: Caller, bench: Bench) -> None:
    tell(desk, "ann", "yes")
    tell(desk, "bea", "no")

    started = desk.post("/v1/segment-counts", {"conditions": VIP})
    assert (started.status, started.json["state"]) == (202, "counting")
    bench.run()

    done = desk.get(f"/v1/segment-counts/{started.json['id']}").json
    assert (done["state"], done["progress"]) == ("ready", {"seen": 2, "matched": 1})


def test_a_deleted_segment_is_gone(desk: Caller, bench: Bench) -> None:
    put(desk)

    deleted = desk.send("DELETE", PLACE)

    assert (deleted.status, deleted.json) == (200, {"slug": "vips"})
    assert desk.get(PLACE).status == desk.get(f"{PLACE}/members").status == 404
    assert desk.send("DELETE", PLACE).status == 404
    assert desk.get("/v1/segments").json["items"] == []
    assert put(desk, expected_version=0).json["version"] == 1


def test_a_change_made_on_an_old_version_is_refused(desk: Caller) -> None:
    put(desk)

    refused = put(desk, {"all": [{"about": "open_case"}]}, expected_version=0)

    assert (refused.status, refused.pointers) == (409, ["/expected_version"])


def test_the_same_again_is_no_change(desk: Caller) -> None:
    assert put(desk).json["version"] == put(desk, expected_version=0).json["version"] == 1


def test_there_are_so_many_segments_at_most(desk: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(definitions, "MOST_SEGMENTS", 3)
    for number in range(3):
        assert put(desk, slug=f"s{number}").status == 200

    assert put(desk, slug="one-more").status == 409
    assert put(desk, {"none": VIP["all"]}, slug="s2").status == 200


@pytest.mark.parametrize(
    ("conditions", "pointer"),
    [
        ({}, "/conditions"),
        ({"all": []}, "/conditions"),
        ({"all": [{"about": "open_case"}] * 11, "none": [{"about": "open_case"}] * 10}, "/conditions"),
        ({"all": [{"about": "open_case"}] * 21}, "/conditions/all"),
        ({"all": [{"about": "weather"}]}, "/conditions/all/0/about"),
        ({"all": [{"about": "tier", "one_of": []}]}, "/conditions/all/0/one_of"),
        ({"any": [{"about": "tier", "one_of": ["gold", "wood"]}]}, "/conditions/any/0/one_of/1"),
        ({"all": [{"about": "last_purchase"}]}, "/conditions/all/0"),
        ({"all": [{"about": "last_purchase", "within_days": 1, "older_than_days": 1}]}, "/conditions/all/0"),
        ({"all": [{"about": "last_purchase", "within_days": 0}]}, "/conditions/all/0/within_days"),
        ({"all": [{"about": "trait", "name": "x", "one_of": ["y"], "within_days": 1}]}, "/conditions/all/0"),
        ({"all": [{"about": "value_index", "below": 101}]}, "/conditions/all/0/below"),
        ({"all": [{"about": "stage", "one_of": ["asleep"]}]}, "/conditions/all/0/one_of/0"),
        ({"some": []}, "/conditions/some"),
    ],
)
def test_a_wrong_condition_is_pointed_at(desk: Caller, conditions: object, pointer: str) -> None:
    refused = put(desk, conditions)

    assert (refused.status, refused.pointers) == (422, [pointer]), refused.text
    assert desk.get(PLACE).status == 404


def test_segments_have_scopes_of_their_own(desk: Caller) -> None:
    reader = caller("segments:read")

    assert put(reader).status == 403
    assert reader.get("/v1/segments").status == 200
    assert caller("segments:write").get("/v1/segments").status == 403
