"""Webhooks and rules by the API: made, changed, tried, shown, and hidden from other teams."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.automation import deliveries, service
from chalicelib.automation.actions import COUNTER
from chalicelib.gateways import outward
from chalicelib.gateways.outward import Answer as Reply
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.model.rule import RuleRun
from chalicelib.model.webhook import MOST_WEBHOOKS, Listeners
from chalicelib.storage.commit import commit
from tests.auth.callers import Caller, caller, shared_stage
from tests.automation.things import make_event
from tests.factories import make_case, make_customer
from tests.workbench import Bench

URL = "https://hooks.example.com/liana"


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage() as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stage is the module's. The world outside answers 204."""
    monkeypatch.setattr(outward, "post", lambda *_: Reply(204, 7, "thanks"))


@pytest.fixture(scope="module")
def desk(stage: Bench) -> Caller:
    return caller()


def made(desk: Caller, **more: Any) -> dict[str, Any]:
    answer = desk.post("/v1/webhooks", {"url": URL, "types": ["case.*"], **more})
    assert answer.status == 201, answer.text
    return dict(answer.json)


def test_a_webhook_is_made_with_a_secret_that_is_never_shown_again(desk: Caller) -> None:
    new = made(desk, description="Orders")
    path = f"/v1/webhooks/{new['webhook']['id']}"

    shown = desk.get(path)

    assert new["secret"].startswith("whsec_")
    assert (shown.json["url"], shown.json["types"], shown.json["active"]) == (URL, ["case.*"], True)
    assert new["secret"] not in shown.text + desk.get("/v1/webhooks").text


def test_the_same_request_again_makes_no_second_webhook(desk: Caller) -> None:
    sent = {"url": URL, "types": ["task.*"]}

    first, again = (desk.post("/v1/webhooks", sent, Idempotency_Key="twice").json for _ in range(2))
    other = desk.post("/v1/webhooks", {**sent, "types": ["*"]}, Idempotency_Key="twice")

    assert first == again
    assert other.status == 409


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"url": "http://hooks.example.com/"}, "/url"),
        ({"url": "https://169.254.169.254/latest/meta-data"}, "/url"),
        ({"url": "https://shop.internal/"}, "/url"),
        ({"types": ["case.*", "case.opend"]}, "/types/1"),
        ({"types": ["colour.*"]}, "/types/0"),
        ({"types": []}, "/types"),
        ({"team": "A Team"}, "/team"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused_with_a_pointer(desk: Caller, change: Any, pointer: str) -> None:
    refused = desk.post("/v1/webhooks", {"url": URL, "types": ["case.*"], **change})

    assert (refused.status, refused.pointers) == (422, [pointer])


def test_a_webhook_is_changed_by_who_saw_its_last_version(desk: Caller) -> None:
    path = f"/v1/webhooks/{made(desk)['webhook']['id']}"
    change = {"url": URL, "types": ["*"], "active": False}

    changed = desk.put(path, {**change, "expected_version": 1})
    late = desk.put(path, {**change, "active": True, "expected_version": 1})

    assert (changed.json["active"], changed.json["types"], changed.json["version"]) == (False, ["*"], 2)
    assert late.status == 409


def test_a_deleted_webhook_is_gone(desk: Caller) -> None:
    path = f"/v1/webhooks/{made(desk)['webhook']['id']}"

    assert desk.send("DELETE", path).status == 200

    assert (desk.get(path).status, desk.send("DELETE", path).status) == (404, 404)
    assert path.rpartition("/")[2] not in desk.get("/v1/webhooks").text


def test_a_rotated_secret_is_another_and_both_sign(desk: Caller) -> None:
    new = made(desk)

    rotated = desk.post(f"/v1/webhooks/{new['webhook']['id']}/secrets", {})

    assert rotated.status == 201
    assert rotated.json["secret"] != new["secret"]
    assert rotated.json["webhook"]["secrets"] == 2


def test_a_test_is_sent_and_its_delivery_shows_every_attempt(desk: Caller, stage: Bench) -> None:
    path = f"/v1/webhooks/{made(desk)['webhook']['id']}"

    asked = desk.post(f"{path}/test", {})
    stage.run()

    (delivery,) = desk.get(f"{path}/deliveries").json["items"]
    assert asked.status == 202
    assert (delivery["id"], delivery["event_type"]) == (asked.json["delivery_id"], "webhook.tested")
    assert (delivery["outcome"], delivery["attempts"][0]["status"]) == ("delivered", 204)
    assert (delivery["attempts"][0]["ms"], delivery["attempts"][0]["snippet"]) == (7, "thanks")
    assert desk.get(f"{path}/deliveries/{delivery['id']}").json == delivery


def test_what_was_delivered_is_sent_once_more_when_somebody_asks(desk: Caller, stage: Bench) -> None:
    path = f"/v1/webhooks/{made(desk)['webhook']['id']}"
    delivery_id = desk.post(f"{path}/test", {}).json["delivery_id"]
    early = desk.post(f"{path}/deliveries/{delivery_id}/redeliver", {})
    stage.run()

    again = desk.post(f"{path}/deliveries/{delivery_id}/redeliver", {})
    stage.run()

    assert (early.status, again.status) == (409, 202)
    assert len(desk.get(f"{path}/deliveries/{delivery_id}").json["attempts"]) == 2


def test_deliveries_come_in_pages_newest_first(desk: Caller, stage: Bench) -> None:
    webhook_id = made(desk)["webhook"]["id"]
    for n in range(5):
        commit(deliveries.made(make_event(id=make_event(f"case.{n}").id), webhook_id, clock.now()))

    seen, cursor = list[str](), ""
    while True:
        page = desk.get(f"/v1/webhooks/{webhook_id}/deliveries?limit=2{cursor}").json
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert len(seen) == 5 and seen == sorted(seen, reverse=True)


def test_a_delivery_of_another_webhook_is_not_found(desk: Caller) -> None:
    one, other = (f"/v1/webhooks/{made(desk)['webhook']['id']}" for _ in range(2))
    delivery_id = desk.post(f"{one}/test", {}).json["delivery_id"]

    assert desk.get(f"{other}/deliveries/{delivery_id}").status == 404


def test_a_key_of_one_team_makes_webhooks_of_its_team_and_sees_no_others(desk: Caller) -> None:
    north, all_teams = caller(team="north"), made(desk)["webhook"]["id"]

    own = made(north)["webhook"]

    assert own["team"] == "north"
    assert north.post("/v1/webhooks", {"url": URL, "types": ["*"], "team": "south"}).status == 403
    assert north.get(f"/v1/webhooks/{all_teams}").status == 404
    assert north.send("DELETE", f"/v1/webhooks/{all_teams}").status == 404
    assert [each["id"] for each in north.get("/v1/webhooks").json["items"]] == [own["id"]]


def test_there_are_so_many_webhooks_and_no_more(desk: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.automation import webhooks
    from chalicelib.kernel.errors import Conflict
    from chalicelib.model.webhook import Listener
    from tests.automation.things import KEYS
    from tests.factories import NOON

    full = Listeners(webhooks={str(n): Listener(types=("*",)) for n in range(MOST_WEBHOOKS)})

    with pytest.raises(Conflict, match="which is the most"):
        webhooks.new(
            full, "w", url=URL, types=("*",), description="", team="", active=True, keys=KEYS, by="x", now=NOON
        )  # fmt: skip


def test_every_event_has_its_schema_and_an_example(desk: Caller) -> None:
    found = {item["type"]: item for item in desk.get("/v1/event-types").json["items"]}

    assert found["case.opened"]["json_schema"]["properties"]["type"] == {"const": "case.opened"}
    assert found["case.opened"]["example"]["subject"]["case_id"]


# Rules

RULES = [
    {"name": "billing", "when": "case.opened", "if": [{"field": "case.subject", "contains": "order"}],
     "then": [{"do": "set_topic", "to": "billing"}]},
    {"name": "gold", "when": ["case.opened"], "if": [{"field": "customer.tier", "equals": "gold"}],
     "then": [{"do": "set_attention", "to": "a good customer"}]},
]  # fmt: skip


@pytest.fixture
def ruled(stage: Bench) -> Iterator[None]:
    service.save_rules(json.dumps(RULES))
    yield
    service.save_rules("[]")


def test_rules_are_shown_as_they_are_configured_with_how_often_they_ran(
    desk: Caller, stage: Bench, ruled: None
) -> None:
    event = make_event()
    ran = RuleRun(id=event.id, rule="billing", edition=1, at=clock.now(), event_id=event.id, event_type=event.type)
    commit(Decision((ran, Tally(COUNTER, {"billing": 1}))))

    billing, gold = desk.get("/v1/rules").json["items"]

    assert (billing["rule"], billing["ran"], bool(billing["last_ran_at"])) == (RULES[0], 1, True)
    assert (gold["ran"], gold["last_ran_at"]) == (0, None)


def test_a_dry_run_says_what_would_run_and_why_the_others_would_not(desk: Caller, ruled: None) -> None:
    from chalicelib.kernel.ids import derived_case_id, derived_ulid
    from tests.factories import NOON

    own, case_id = derived_ulid(NOON, "dry"), derived_case_id("dry")
    commit(Decision((make_customer(id=own, handles=(), version=None),)))
    commit(Decision((make_case(id=case_id, customer_id=own, version=None),)))

    tried = desk.post("/v1/rules/dry-run", {"type": "case.opened", "case_id": case_id}).json

    billing, gold = tried["items"]
    assert (billing["would_run"], billing["would_do"]) == (True, ["set_topic billing"])
    assert (gold["would_run"], gold["why_not"]) == (False, "customer.tier equals gold does not hold")
    assert desk.get(f"/v1/cases/{case_id}").json["case"]["topic"] == ""


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"type": "case.opend"}, 422), ({"type": "case.opened", "case_id": "7K3M-9QXT-2B4C"}, 404)],
)
def test_a_dry_run_of_what_cannot_be_is_refused(desk: Caller, asked: dict[str, str], status: int) -> None:
    assert desk.post("/v1/rules/dry-run", asked).status == status


def test_who_may_read_webhooks_may_not_change_them(stage: Bench) -> None:
    reader = caller("webhooks:read")

    assert reader.post("/v1/webhooks", {"url": URL, "types": ["*"]}).status == 403
    assert reader.get("/v1/webhooks").status == 200
