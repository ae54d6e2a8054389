"""The desk by the API: the map, agents, and work from being offered to being done."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.customer import Consent, Handle
from chalicelib.model.tier import DEFAULT_TIERS
from chalicelib.model.urgency import Urgency
from chalicelib.storage import keys
from chalicelib.storage.commit import commit
from tests.auth.callers import Caller, caller, shared_stage
from tests.factories import make_customer
from tests.workbench import Bench, create_table

BO, CY = (ids.derived_ulid(clock.from_iso("2026-01-01T00:00:00Z"), name) for name in ("bo", "cy"))


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage() as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stage is the module's; each test has an empty table, without a stream and with few lines, for speed."""
    monkeypatch.setattr(keys, "QUEUE_SHARDS", 1)
    stage.client("dynamodb").delete_table(TableName=stage.bucket)
    create_table(stage.bucket)


@pytest.fixture
def desk() -> Caller:
    return caller()


def at_her_desk(desk: Caller, agent_id: str = BO, **can: object) -> None:
    assert desk.put(f"/v1/agents/{agent_id}", {"name": "Bo", **can}).status == 200
    assert desk.put("/v1/desk/presence", {"presence": "online", "agent_id": agent_id}).status == 200


def asked(desk: Caller, email: str = "ann@example.org") -> str:
    """Somebody asks through the website; the case's id."""
    body = {"customer": {"email": email}, "channel": "web", "text": "Where is it?"}
    return str(desk.post("/v1/requests", body).json["case_id"])


def test_the_map_shows_every_channel_and_tier_and_what_counts_now(desk: Caller) -> None:
    told = desk.get("/v1/touchpoints").json

    assert len(told["items"]) == 7 * 3
    assert told["queues"] == ["support"]
    email = next(item for item in told["items"] if (item["channel"], item["tier"]) == ("email", "platinum"))
    assert email["now"] == email["bands"][0]
    assert (email["now"]["handling"], email["now"]["head_start_minutes"], email["now"]["cost"]) == (
        "queue",
        22 * 60,
        999,
    )
    assert email["now"]["first_answer_minutes"]["urgent"] == 120 * DEFAULT_TIERS.factor(Urgency.URGENT)


def test_an_agent_is_made_shown_and_changed_by_who_read_her(desk: Caller) -> None:
    body = {
        "name": "Bo Lind",
        "skills": {"law": 4},
        "languages": {"de": 3},
        "capacity": {"chat": 2},
        "teams": ["north"],
    }
    made = desk.put(f"/v1/agents/{BO}", body).json

    assert {name: made[name] for name in body} == body
    assert (made["presence"], made["in_hand"], made["version"]) == ("offline", {}, 1)
    assert desk.put(f"/v1/agents/{BO}", {**body, "skills": {}, "expected_version": 1}).json["version"] == 2
    assert desk.put(f"/v1/agents/{BO}", {**body, "expected_version": 1}).status == 409
    assert [agent["id"] for agent in desk.get("/v1/agents").json["items"]] == [BO]
    assert desk.get(f"/v1/agents/{CY}").status == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"skills": {"law": 6}},
        {"skills": {"a b": 1}},
        {"languages": {"zh-Hans": 1}},
        {"capacity": {"fax": 1}},
        {"queues": []},
    ],
)
def test_what_no_agent_can_be_is_refused(desk: Caller, wrong: dict[str, object]) -> None:
    assert desk.put(f"/v1/agents/{BO}", wrong).status == 422


def test_work_is_offered_with_why_taken_and_in_her_hand(desk: Caller) -> None:
    at_her_desk(desk)
    case_id = asked(desk)

    told = desk.post("/v1/desk/next", {"agent_id": BO}).json
    taken = desk.post(f"/v1/cases/{case_id}/offer", {"answer": "accept", "agent_id": BO}).json

    assert (told["work"]["kind"], told["work"]["case"]["id"], told["work"]["offered"]) == ("case", case_id, True)
    assert told["why"] == ["waits for 0 min in the queue support"]
    assert told["work"]["routing"]["offered_to"] == BO
    assert (taken["assigned_to"], taken["queue"], taken["routing"]["offered_to"]) == (BO, "support", "")
    hers = desk.get(f"/v1/desk?agent_id={BO}").json
    assert (hers["agent"]["in_hand"], [item["case"]["id"] for item in hers["items"]]) == ({"web": 1}, [case_id])


def test_who_gets_a_customers_case_has_looked_at_her(desk: Caller) -> None:
    at_her_desk(desk)
    asked(desk)

    customer_id = desk.post("/v1/desk/next", {"agent_id": BO}).json["customer_id"]

    (look,) = desk.get(f"/v1/customers/{customer_id}/looks").json["items"]
    assert look["what"] == "next_work"


def test_with_nothing_to_do_she_is_told_so_and_nobody_was_looked_at(desk: Caller) -> None:
    at_her_desk(desk)

    told = desk.post("/v1/desk/next", {"agent_id": BO, "accepts": ["chat"]}).json

    assert told == {
        "work": None, "why": ["nothing waits that you can take"], "ask_again_seconds": 10, "customer_id": "",
    }  # fmt: skip


def test_declined_it_may_be_handed_on_by_name(desk: Caller) -> None:
    at_her_desk(desk)
    at_her_desk(desk, CY)
    case_id = asked(desk)
    desk.post("/v1/desk/next", {"agent_id": BO})

    declined = desk.post(f"/v1/cases/{case_id}/offer", {"answer": "decline", "agent_id": BO})
    moved = desk.put(f"/v1/cases/{case_id}/assignment", {"to_agent": CY, "author": "Tom", "reason": "Hers."})

    assert (declined.status, declined.json["routing"]["offered_to"]) == (200, "")
    assert moved.json["routing"]["kept_for"] == CY
    assert desk.post("/v1/desk/next", {"agent_id": CY}).json["work"]["case"]["id"] == case_id


def test_a_machine_says_for_whom_it_asks(desk: Caller) -> None:
    refused = desk.post("/v1/desk/next", {})

    assert (refused.status, refused.pointers) == (422, ["/agent_id"])


def test_both_an_agent_and_a_queue_is_too_much(desk: Caller) -> None:
    both = {"to_agent": BO, "to_queue": "support", "author": "Tom", "reason": "So."}

    assert desk.put(f"/v1/cases/{asked(desk)}/assignment", both).status == 422


def test_a_contact_that_an_agent_is_to_make_is_set_up_once(desk: Caller) -> None:
    now = clock.now()
    ann = make_customer(
        version=None,
        handles=(Handle("phone", "+49301234567"),),
        consents={"phone/service": Consent(granted=True, at=now, proof="call")},
    )
    commit(Decision((ann,), reason="there"))
    body = {
        "goal": "Ask whether the tent is dry.", "author": "Tom", "due_at": clock.iso(now),
        "deadline": clock.iso(now + timedelta(days=2)),
    }  # fmt: skip
    path = f"/v1/customers/{ann.id}/tasks"

    first, again = (desk.post(path, body, Idempotency_Key="1") for _ in range(2))

    assert (first.status, first.json["play"], first.json["state"]) == (201, "by_hand", "planned")
    assert again.json["id"] == first.json["id"]
    assert desk.post(path, {**body, "deadline": body["due_at"]}).pointers == ["/deadline"]
    assert desk.post(path, {**body, "queue": "nowhere"}).pointers == ["/queue"]
    done = {"outcome": "reached", "note": "Dry.", "author": "Bo"}
    assert desk.post(f"{path}/{first.json['id']}/outcome", done).json["outcome"] == "reached: Dry."


def test_a_lead_of_one_team_has_no_say_in_who_serves_anothers_customers(desk: Caller) -> None:
    lead = caller(team="north")
    desk.put(f"/v1/agents/{BO}", {"teams": ["south"]})

    refused = lead.put(f"/v1/agents/{CY}", {"teams": ["south"]})

    assert (refused.status, refused.pointers) == (403, ["/teams"])
    assert lead.put(f"/v1/agents/{BO}", {"teams": ["north"]}).status == 403
    assert lead.put(f"/v1/agents/{CY}", {"teams": ["north"]}).status == 200
