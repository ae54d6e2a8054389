"""Campaigns by the API: drafted, approved by a second person, gone through, halted."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.outreach import plays
from chalicelib.outreach.campaigns import preparing
from chalicelib.storage import campaigns, keys
from tests.auth.callers import Answer, Caller, caller, shared_stage
from tests.factories import make_told
from tests.workbench import Bench

TOLD = make_told()
NOBODY = "01KAM8Q6C3V8QW2E0N4B7T9XYZ"
AUTHOR = {"author": "Tom"}
WHY = {**AUTHOR, "why": "wrong day"}


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """One for all: each test has people and campaigns of its own."""
    with shared_stage() as opened:
        opened.start_plays("told")
        yield opened


@pytest.fixture(autouse=True)
def no_aws(bench: Bench) -> None:
    """The bench has its own environment, which stays for the whole module."""


@pytest.fixture
def desk(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """Few parts, so that a campaign is quick; and its play runs."""
    for module, name in ((keys, "POPULATION_SHARDS"), (campaigns, "PARTS"), (preparing, "MOST_PARTS")):
        monkeypatch.setattr(module, name, 2)
    monkeypatch.setitem(plays.BY_NAME, "told", TOLD)
    return caller()


def tell(desk: Caller, *names: str, granted: bool = True) -> list[str]:
    """They agreed to be written to, or did not."""
    facts = [
        {
            "event_id": name,
            "kind": "consent",
            "customer": {"email": f"{name}@example.com"},
            "occurred_at": "2026-01-01T00:00:00Z",
            "data": {"channel": "email", "purpose": "service", "granted": granted, "proof": "form"},
        }
        for name in names
    ]
    answer = desk.post("/v1/facts", {"facts": facts})
    return [str(result["customer_id"]) for result in answer.json["results"]]


def draft(desk: Caller, audience: dict[str, Any], **more: Any) -> Answer:
    body = {
        "title": "The outage",
        "play": "told",
        "reason": "the shop was down",
        "audience": audience,
        "rate_per_minute": 60_000,
        "deadline": "2099-01-01T00:00:00Z",
        **AUTHOR,
        **more,
    }
    return desk.post("/v1/campaigns", body)


def approved(desk: Caller, answer: Answer) -> str:
    """By somebody else."""
    assert answer.status == 201, answer.text
    place = f"/v1/campaigns/{answer.json['id']}"
    assert desk.post(f"{place}/submit", AUTHOR).status == 200
    assert caller().post(f"{place}/approve", AUTHOR).json["state"] == "approved"
    return place


def test_a_list_is_looked_up_approved_gone_through_and_told(desk: Caller, bench: Bench) -> None:
    ann, bea = tell(desk, "ann", "bea")
    drafted = draft(desk, {"kind": "list", "entries": ["ann@example.com", bea, "nobody@example.com", ann]})
    assert drafted.json["list"] == {"entries": 3, "found": 2, "missed": 1, "done": True}

    place = approved(desk, drafted)
    bench.run()

    shown = desk.get(place).json
    assert (shown["state"], shown["progress"]["seen"], shown["progress"]["parts_done"]) == ("done", 2, 1)
    assert sum(shown["progress"]["stands"].values()) == 2
    assert {person["customer_id"] for person in desk.get(f"{place}/people").json["items"]} == {ann, bea}
    assert desk.get(f"{place}/missed").json["items"] == [3]


def test_a_list_in_a_file_is_looked_up_in_the_background(desk: Caller, bench: Bench) -> None:
    tell(desk, "eve")
    content = b"email\neve@example.com\nnobody@example.com\n"
    upload = desk.post("/v1/uploads", {"filename": "list.csv", "content_type": "text/csv", "size": len(content)}).json[
        "id"
    ]
    bench.client("s3").put_object(Bucket=bench.bucket, Key=f"uploads/{upload}", Body=content)
    drafted = draft(desk, {"kind": "list", "uploads": [upload]})
    place = f"/v1/campaigns/{drafted.json['id']}"
    assert desk.post(f"{place}/submit", AUTHOR).status == 409

    bench.run()

    assert desk.get(place).json["list"] == {"entries": 2, "found": 1, "missed": 1, "done": True}
    assert desk.get(f"{place}/preview").json["looked_at"] == 1


def test_people_are_told_by_state_and_guardrail_in_pages(desk: Caller, bench: Bench) -> None:
    people = tell(desk, "fay", "gus", "cleo")
    (silent,) = tell(desk, "dan", granted=False)
    place = approved(desk, draft(desk, {"kind": "list", "entries": [*people, silent]}))
    bench.run()

    refused = desk.get(f"{place}/people?state=passed_over&reason=no_consent").json["items"]
    first = desk.get(f"{place}/people?limit=3").json
    rest = desk.get(f"{place}/people?limit=3&cursor={first['next']}").json

    assert [(person["customer_id"], person["stands"]) for person in refused] == [(silent, "passed_over.no_consent")]
    assert len(first["items"]) == 3
    assert {person["customer_id"] for person in first["items"] + rest["items"]} == {*people, silent}


def test_a_stopped_campaign_has_withdrawn_what_it_planned(desk: Caller, bench: Bench) -> None:
    people = tell(desk, "hal", "ida")
    place = approved(desk, draft(desk, {"kind": "list", "entries": people}, starts_at="2098-01-01T00:00:00Z"))
    before = len(bench.sent)

    stopped = desk.post(f"{place}/stop", WHY)
    bench.run()

    assert (stopped.json["state"], stopped.json["why"]) == ("stopped", "wrong day")
    assert desk.get(f"{place}/people").json["items"] == []
    assert len(bench.sent) == before


def test_a_campaign_is_paused_and_resumed(desk: Caller) -> None:
    place = approved(desk, draft(desk, {"kind": "everybody"}, starts_at="2098-01-01T00:00:00Z"))

    assert desk.post(f"{place}/pause", WHY).json["state"] == "paused"
    assert desk.post(f"{place}/resume", AUTHOR).json["state"] == "approved"


def test_whoever_submitted_it_cannot_approve_it(desk: Caller) -> None:
    place = f"/v1/campaigns/{draft(desk, {'kind': 'everybody'}).json['id']}"
    desk.post(f"{place}/submit", AUTHOR)

    assert desk.post(f"{place}/approve", {"author": "Lea"}).status == 403


def test_one_that_was_sent_back_is_a_draft_again(desk: Caller) -> None:
    place = f"/v1/campaigns/{draft(desk, {'kind': 'everybody'}).json['id']}"
    desk.post(f"{place}/submit", AUTHOR)

    back = desk.post(f"{place}/send-back", WHY).json

    assert (back["state"], back["why"]) == ("draft", "wrong day")


def test_a_draft_may_be_changed_and_then_its_rate_alone(desk: Caller) -> None:
    place = f"/v1/campaigns/{draft(desk, {'kind': 'everybody'}, starts_at='2098-01-01T00:00:00Z').json['id']}"

    changed = change(desk, place, title="News", rate_per_minute=5, starts_at=None)
    desk.post(f"{place}/submit", AUTHOR)
    refused = change(desk, place, title="Other news")

    assert (changed.json["title"], changed.json["rate_per_minute"], changed.json["starts_at"]) == ("News", 5, None)
    assert change(desk, place, rate_per_minute=6).json["rate_per_minute"] == 6
    assert (refused.status, "send it back" in refused.text) == (409, True)


def change(desk: Caller, place: str, **fields: Any) -> Answer:
    return desk.send("PATCH", place, json.dumps({**AUTHOR, **fields}).encode())


def test_what_it_cannot_say_is_refused_when_it_is_submitted(desk: Caller) -> None:
    drafted = draft(desk, {"kind": "everybody"}, context={"sinse": "Friday"})

    refused = desk.post(f"/v1/campaigns/{drafted.json['id']}/submit", AUTHOR)

    assert (refused.status, refused.pointers) == (422, ["/context/sinse"])


def test_the_same_request_makes_one_campaign(desk: Caller) -> None:
    key = {"Idempotency_Key": "one"}
    body = {
        "title": "x", "play": "told", "reason": "y", "audience": {"kind": "everybody"},
        "deadline": "2099-01-01T00:00:00Z", **AUTHOR,
    }  # fmt: skip

    first, again = (desk.post("/v1/campaigns", body, **key).json["id"] for _ in range(2))

    assert first == again
    assert [each["id"] for each in desk.get("/v1/campaigns?limit=2").json["items"]].count(first) == 1


@pytest.mark.parametrize(
    ("audience", "more", "pointer"),
    [
        ({"kind": "segment", "segment": "nobody-knows"}, {}, "/audience/segment"),
        ({"kind": "reached", "campaign_id": NOBODY}, {}, "/audience/campaign_id"),
        ({"kind": "list"}, {}, "/audience"),
        ({"kind": "list", "entries": ["a"], "uploads": [NOBODY]}, {}, "/audience"),
        ({"kind": "list", "uploads": [NOBODY]}, {}, "/audience/uploads/0"),
        ({"kind": "everybody"}, {"rate_per_minute": 0}, "/rate_per_minute"),
        ({"kind": "everybody"}, {"deadline": "2020-01-01T00:00:00Z"}, "/deadline"),
        ({"kind": "everybody"}, {"starts_at": "2099-02-01T00:00:00Z"}, "/deadline"),
        ({"kind": "everybody"}, {"play": "nobody_knows"}, "/play"),
        ({"kind": "everybody"}, {"parameters": {"days": 3}}, "/parameters/days"),
    ],
)
def test_what_cannot_be_is_refused_by_its_place(
    desk: Caller, audience: dict[str, Any], more: dict[str, Any], pointer: str
) -> None:
    refused = draft(desk, audience, **more)

    assert refused.status in (404, 422)
    assert refused.pointers == [pointer]


def test_a_list_of_nobody_cannot_be_submitted(desk: Caller) -> None:
    drafted = draft(desk, {"kind": "list", "entries": ["nobody@example.com"]})

    refused = desk.post(f"/v1/campaigns/{drafted.json['id']}/submit", AUTHOR)

    assert (refused.status, refused.pointers) == (422, ["/audience"])


@pytest.mark.parametrize("what", ["", "/preview", "/people", "/missed"])
def test_a_campaign_nobody_made_is_not_found(desk: Caller, what: str) -> None:
    assert desk.get(f"/v1/campaigns/{NOBODY}{what}").status == 404
