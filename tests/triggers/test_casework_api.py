"""Agents work on a case: each endpoint against the real services and an emulated table."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.auth.callers import Answer, Caller, caller, shared_stage
from tests.workbench import Bench

TOM = {"author": "Tom"}


_PEOPLE = count(1)


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage() as bench:
        yield bench


@pytest.fixture(scope="module")
def desk(stage: Bench) -> Caller:
    return caller(name="desk")


@pytest.fixture(autouse=True)
def no_aws() -> None:
    """The stage is the module's: tests ask for their own cases only."""


def opened(desk: Caller, email: str = "", **more: str) -> str:
    """A new case, of somebody of her own unless her address is given."""
    email = email or f"c{next(_PEOPLE)}@example.com"
    body = {"customer": {"email": email}, "channel": "web", "text": "Where is my parcel?"}
    return str(desk.post("/v1/requests", body | more).json["case_id"])


@pytest.fixture
def maria() -> str:
    return f"maria{next(_PEOPLE)}@example.com"


@pytest.fixture
def case(desk: Caller, maria: str) -> str:
    """Maria's, new."""
    return opened(desk, maria)


def head(desk: Caller, case: str) -> Any:
    return desk.get(f"/v1/cases/{case}").json["case"]


def etag(desk: Caller, case: str) -> str:
    return str(desk.get(f"/v1/cases/{case}").headers["ETag"])


def put(desk: Caller, case: str, what: str, body: dict[str, Any]) -> Answer:
    """With what is true by now as seen."""
    return desk.put(f"/v1/cases/{case}/{what}", TOM | body, If_Match=etag(desk, case))


def history(desk: Caller, case: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = desk.get(f"/v1/cases/{case}/history").json["items"]
    return items


def events(desk: Caller, case: str) -> list[str]:
    customer = head(desk, case)["customer_id"]
    items = desk.get(f"/v1/customers/{customer}/timeline").json["items"]
    return [entry["what"] for entry in items if entry["kind"] == "event"]


# ── What was seen ───────────────────────────────────────────────────────────────────────────────────────


def test_an_edit_of_what_was_seen_is_made_and_has_the_next_etag(desk: Caller, case: str) -> None:
    seen = etag(desk, case)

    done = desk.send("PATCH", f"/v1/cases/{case}", b'{"author": "Tom", "topic": "delivery"}', If_Match=seen)

    assert (done.status, done.json["topic"], done.headers["ETag"]) == (200, "delivery", '"1"')
    assert seen == '"0"'
    assert etag(desk, case) == '"1"'


def test_an_edit_of_what_changed_since_is_refused_and_says_who_changed_what(desk: Caller, case: str) -> None:
    seen = etag(desk, case)
    put(desk, case, "status", {"status": "waiting_on_us"})

    late = desk.put(f"/v1/cases/{case}/status", {"author": "Bo", "status": "solved"}, If_Match=seen)

    assert (late.status, late.pointers) == (412, ["/If-Match"])
    assert "Tom changed status (new → waiting_on_us)" in late.json["detail"]
    assert head(desk, case)["status"] == "waiting_on_us"


def test_what_could_overwrite_says_what_was_seen(desk: Caller, case: str) -> None:
    refused = desk.put(f"/v1/cases/{case}/status", TOM | {"status": "solved"})

    assert (refused.status, refused.json["type"]) == (428, "/problems/say-what-you-saw")


# ── How it stands ───────────────────────────────────────────────────────────────────────────────────────


def test_a_case_is_solved_reopened_and_closed_by_hand_and_each_is_told(desk: Caller, case: str) -> None:
    stood = [put(desk, case, "status", {"status": status}).json["status"] for status in ("solved", "open", "closed")]

    assert stood == ["solved", "open", "closed"]
    assert events(desk, case) == ["case_closed", "case_reopened", "case_solved"]


def test_what_is_closed_stays_closed_for_agents_and_what_she_writes_opens_one_that_follows(
    desk: Caller, case: str, maria: str
) -> None:
    put(desk, case, "status", {"status": "closed"})

    refused = [put(desk, case, "status", {"status": "open"}), put(desk, case, "snooze", {})]
    answer = desk.post(f"/v1/cases/{case}/replies", TOM | {"text": "Hm.", "then": "wait"})
    later = opened(desk, maria, case_id=case)

    assert [one.status for one in (*refused, answer)] == [409, 409, 409]
    assert later != case
    assert head(desk, later)["follows"] == case


# ── Snoozing ────────────────────────────────────────────────────────────────────────────────────────────


def listed(desk: Caller, status: str, *cases: str) -> list[str]:
    """Which of these are in a list."""
    found = [item["id"] for item in desk.get(f"/v1/cases?limit=100&status={status}").json["items"]]
    return [case for case in cases if case in found]


def test_a_snoozed_case_is_out_of_the_list_until_she_writes(desk: Caller, case: str, maria: str) -> None:
    put(desk, case, "snooze", {"reason": "The part is on its way."})
    asleep = (listed(desk, "", case), listed(desk, "snoozed", case))

    opened(desk, maria, case_id=case)

    assert asleep == ([], [case])
    assert (listed(desk, "", case), listed(desk, "snoozed", case)) == ([case], [])
    assert head(desk, case)["snoozed"] is False


# ── Leases ──────────────────────────────────────────────────────────────────────────────────────────────


def test_others_see_who_works_on_a_case_and_are_kept_off_until_they_take_over(desk: Caller, case: str) -> None:
    path, answer = f"/v1/cases/{case}/lease", {"author": "Bo", "text": "Here it is.", "then": "wait"}
    desk.put(path, TOM | {"minutes": 10})

    refused = [desk.put(path, {"author": "Bo"}), desk.post(f"/v1/cases/{case}/replies", answer)]
    shown = head(desk, case)["lease"]["name"]
    taken = desk.post(f"/v1/cases/{case}/replies", answer | {"take_over": True})

    assert shown == "Tom"
    assert [one.status for one in refused] == [409, 409]
    assert all("Tom works on this case until" in one.json["detail"] for one in refused)
    assert taken.status == 202
    assert "case_taken_over" in events(desk, case)
    assert head(desk, case)["lease"] is None


# ── Followers and links ─────────────────────────────────────────────────────────────────────────────────


def test_colleagues_follow_and_follow_no_more(desk: Caller, case: str) -> None:
    path = f"/v1/cases/{case}/followers"
    for follower in ("Bo@Example.com", "bo@example.com", "01KAM8Q6C3V8QW2E0N4B7T9XYZ"):
        desk.put(f"{path}/{follower}", TOM)

    left = desk.send("DELETE", f"{path}/bo@example.com?author=Tom").json["followers"]

    assert left == ["01KAM8Q6C3V8QW2E0N4B7T9XYZ"]
    assert desk.put(f"{path}/nobody", TOM).pointers == ["/follower"]


def test_both_cases_carry_a_link_each_as_it_is_seen_from_there(desk: Caller, case: str) -> None:
    other = opened(desk)

    made = desk.post(f"/v1/cases/{case}/links", TOM | {"case_id": other, "kind": "parent_of"}).json["linked"]
    there = head(desk, other)["linked"]
    desk.send("DELETE", f"/v1/cases/{other}/links/{case}?author=Bo")

    assert [(link["id"], link["kind"]) for link in (*made, *there)] == [(other, "parent_of"), (case, "child_of")]
    assert head(desk, case)["linked"] == head(desk, other)["linked"] == []


# ── Notes ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_note_stands_on_the_case_and_is_noted_once(desk: Caller, case: str) -> None:
    body = TOM | {"text": "Old address. " * 200, "mentions": ["01KAM8Q6C3V8QW2E0N4B7T9XYZ"]}
    seen = etag(desk, case)

    first, again = (desk.post(f"/v1/cases/{case}/notes", body, Idempotency_Key="n1") for _ in range(2))

    said = desk.get(f"/v1/cases/{case}?text=full").json["interactions"]
    (note,) = [entry for entry in said if entry["purpose"] == "note"]
    assert (first.status, first.json["duplicate"], again.json["duplicate"]) == (201, False, True)
    assert (note["text"], note["author"], note["direction"]) == (body["text"], "Tom", "internal")
    assert note["mentions"] == body["mentions"]
    assert etag(desk, case) == seen


# ── History and lists ───────────────────────────────────────────────────────────────────────────────────


def test_a_history_says_who_changed_what_and_why_newest_first(desk: Caller, case: str) -> None:
    put(desk, case, "status", {"status": "waiting_on_us", "reason": "The carrier looks for it."})
    desk.put(f"/v1/cases/{case}/followers/bo@example.com", {"author": "Bo"})

    newest, oldest = history(desk, case)

    assert (newest["by"], newest["changed"]) == ("Bo", [{"name": "followers", "from": "", "to": "bo@example.com"}])
    assert (oldest["by"], oldest["why"], oldest["edition"]) == ("Tom", "The carrier looks for it.", 1)
    assert oldest["changed"] == [{"name": "status", "from": "new", "to": "waiting_on_us"}]


def test_all_cases_of_a_customer_are_listed_whatever_became_of_them(desk: Caller, case: str, maria: str) -> None:
    customer = head(desk, case)["customer_id"]
    later = opened(desk, maria)
    put(desk, case, "status", {"status": "closed"})

    found = desk.get(f"/v1/customers/{customer}/cases").json["items"]

    assert [(item["id"], item["status"]) for item in found] == [(later, "new"), (case, "closed")]


def test_cases_are_listed_by_status_and_solved_ones_by_day(desk: Caller, case: str) -> None:
    asked, done = opened(desk), opened(desk)
    put(desk, asked, "status", {"status": "waiting_on_us"})
    put(desk, done, "status", {"status": "solved"})

    all_three = (case, asked, done)
    assert [listed(desk, status, *all_three) for status in ("new", "waiting_on_us", "solved", "")] == [
        [case],
        [asked],
        [done],
        [case, asked],
    ]
    assert desk.get("/v1/cases?status=solved&day=2020-01-01").json["items"] == []
