"""Staff, keys, sessions and the access log over HTTP, as an admin and others see them."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.auth import mailroom
from chalicelib.customers import service
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.session import Audience, SignInCode
from chalicelib.model.task import TaskState
from chalicelib.storage.commit import commit
from tests.auth.callers import Caller, caller, session_of, shared_stage, signed_in, staff_member
from tests.factories import make_task
from tests.workbench import Bench, text_of

BROWSER = Caller("")


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage() as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage has its own environment, which stays for the whole module."""


@pytest.fixture
def admin() -> Caller:
    return signed_in("admin")


def tom(number: int, **fields: Any) -> dict[str, Any]:
    return {"email": f"tom{number}@example.com", "name": "Tom", "role": "agent", "team": "north", **fields}


def test_an_admin_adds_a_member_who_is_listed_and_read(admin: Caller) -> None:
    made = admin.post("/v1/staff", tom(1))

    assert (made.status, made.json["role"], made.json["team"]) == (201, "agent", "north")
    assert admin.get(f"/v1/staff/{made.json['id']}").json["email"] == made.json["email"]
    assert made.json in admin.get("/v1/staff?limit=100").json["items"]


def test_the_same_address_twice_is_refused_with_who_has_it(admin: Caller) -> None:
    first = admin.post("/v1/staff", tom(2)).json["id"]

    again = admin.post("/v1/staff", tom(2, name="Thomas"))

    assert (again.status, again.pointers, first in again.text) == (409, ["/email"], True)


def test_a_change_tells_who_made_it(admin: Caller) -> None:
    member = admin.post("/v1/staff", tom(3)).json

    changed = admin.put(f"/v1/staff/{member['id']}", tom(3, role="lead", expected_version=1))

    assert (changed.json["role"], changed.json["version"]) == ("lead", 2)
    told = admin.get(f"/v1/access-log?about={member['id']}").json["items"]
    assert [event["what"] for event in told] == ["staff_changed", "staff_added"]
    assert told[0]["detail"] == {"role": "agent → lead"}
    assert told[0]["by"] == changed.json["updated_by"]


def test_who_was_let_go_is_signed_out(admin: Caller) -> None:
    made = staff_member("agent")
    told = {"email": made.email, "name": made.name, "role": "agent"}

    changed = admin.put(f"/v1/staff/{made.id}", {**told, "active": False})

    assert changed.json["active"] is False


@pytest.mark.parametrize("role", ["agent", "lead", "analyst"])
def test_only_admins_change_the_staff(role: str) -> None:
    assert signed_in(role).post("/v1/staff", tom(4)).status == 403


def test_an_admin_of_one_team_does_not_change_the_staff() -> None:
    assert signed_in("admin", "north").post("/v1/staff", tom(5)).status == 403


def test_a_machine_gives_no_role_that_may_more_than_it_may() -> None:
    refused = caller("staff:write").post("/v1/staff", tom(6))

    assert (refused.status, refused.pointers) == (403, ["/role"])


def test_a_key_is_made_rotated_and_revoked(admin: Caller) -> None:
    made = admin.post("/v1/keys", {"name": "shop", "scopes": ["articles:read"]}).json
    key, first = made["key"]["id"], Caller(made["secret"])

    turned = admin.post(f"/v1/keys/{key}/rotate", {"grace_hours": 1}).json
    second = Caller(turned["secret"])
    assert (first.get("/v1/articles").status, second.get("/v1/articles").status) == (200, 200)

    assert admin.send("DELETE", f"/v1/keys/{key}").json["revoked_at"]
    assert second.get("/v1/articles").status in (401, 403)
    listed = admin.get("/v1/keys?limit=100")
    assert made["secret"].rpartition("_")[2] not in listed.text
    told = [event["what"] for event in admin.get(f"/v1/access-log?about={key}").json["items"]]
    assert told == ["key_revoked", "key_rotated", "key_made"]


def test_a_key_made_by_a_machine_may_not_do_more_than_it() -> None:
    refused = caller("keys:write").post("/v1/keys", {"name": "x", "scopes": ["cases:read"]})

    assert (refused.status, refused.pointers) == (403, ["/scopes"])


@pytest.mark.parametrize("scope", ["own:read", "session:own"])
def test_no_key_gets_what_comes_with_signing_in(admin: Caller, scope: str) -> None:
    refused = admin.post("/v1/keys", {"name": "x", "scopes": [scope]})

    assert (refused.status, refused.pointers) == (422, ["/scopes"])


def test_the_log_of_a_day_is_read_page_by_page(admin: Caller) -> None:
    for number in range(7, 10):
        admin.post("/v1/staff", tom(number))

    first = admin.get("/v1/access-log?limit=2").json
    second = admin.get(f"/v1/access-log?limit=2&cursor={first['next']}").json

    ids = [event["id"] for event in first["items"] + second["items"]]
    assert len(set(ids)) == 4
    assert ids == sorted(ids, reverse=True)


def test_signing_in_over_http_and_out_again(stage: Bench) -> None:
    member = staff_member("agent", "north")
    code = BROWSER.post("/v1/sign-in/codes", {"email": member.email}).json
    for each in stage.rows(SignInCode):
        mailroom.send_code(each.id)
    found = re.search(r"\d{4} \d{4}", text_of(stage.sent[-1]))
    assert found

    begun = BROWSER.post("/v1/sign-in/sessions", {"sign_in_id": code["sign_in_id"], "code": found[0]})
    assert begun.status == 201
    me = Caller(begun.json["token"])
    assert me.get("/v1/session").json["staff_id"] == member.id

    assert me.send("DELETE", "/v1/session").json == {"signed_out": True}
    assert me.get("/v1/session").status in (401, 403)


def test_a_wrong_code_is_refused(stage: Bench) -> None:
    code = BROWSER.post("/v1/sign-in/codes", {"email": "nobody@example.com"}).json

    refused = BROWSER.post("/v1/sign-in/sessions", {"sign_in_id": code["sign_in_id"], "code": "12345678"})

    assert refused.status == 401


def test_who_is_signed_in_acts_in_her_own_name(stage: Bench) -> None:
    lead = signed_in("lead")
    body = {"customer": {"external": "acts"}, "channel": "web", "text": "Hello"}
    customer = caller().post("/v1/requests", body).json["customer_id"]
    give = {"team": "north", "author": "Somebody Else", "reason": "moved"}

    assert lead.put(f"/v1/customers/{customer}/team", give).status == 200

    told = caller().get(f"/v1/customers/{customer}/timeline").json["items"]
    (event,) = [entry for entry in told if entry.get("what") == "team_changed"]
    assert event["detail"]["by"] == lead.get("/v1/session").json["name"]


def test_who_is_signed_in_logs_no_contact_as_a_colleague(stage: Bench) -> None:
    agent = signed_in("agent")
    told = {"customer": {"external": "logs"}, "channel": "phone", "direction": "in", "text": "Hello", "agent": "Other"}

    logged = agent.post("/v1/interactions", told).json

    contact = agent.get(f"/v1/customers/{logged['customer_id']}/interactions/{logged['interaction_id']}").json
    assert contact["author"] == agent.get("/v1/session").json["name"]


def test_a_customer_cannot_fill_her_row_with_what_she_agrees_to(stage: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_CONSENTS", 1)
    body = {"customer": {"email": "ida@example.org"}, "channel": "web", "text": "Hello"}
    ida = session_of(Audience.CUSTOMER, caller().post("/v1/requests", body).json["customer_id"])

    said = [
        ida.put("/v1/me/consents", {"channel": "email", "purpose": purpose, "granted": True}).status
        for purpose in ("service", "news", "service")
    ]

    assert said == [200, 409, 200]


def test_a_customer_says_which_language_she_reads_and_that_she_wants_to_be_left_alone(stage: Bench) -> None:
    body = {"customer": {"email": "uma@example.org"}, "channel": "web", "text": "Hello"}
    uma = session_of(Audience.CUSTOMER, caller().post("/v1/requests", body).json["customer_id"])
    until = "2099-01-01T00:00:00Z"

    said = [
        uma.put("/v1/me/preferences", wish).json
        for wish in ({"language": "zh-Hans"}, {"left_alone_until": until}, {"left_alone_until": None})
    ]

    assert [(me["language"], me["language_chosen"], me["left_alone_until"]) for me in said] == [
        ("zh-Hans", True, None),
        ("zh-Hans", True, until),
        ("zh-Hans", True, None),
    ]


def test_who_is_stuck_on_a_page_is_offered_help_and_takes_it_up_once(stage: Bench) -> None:
    body = {"customer": {"phone": "+15550177"}, "channel": "web", "text": "Hello"}
    zoe = session_of(Audience.CUSTOMER, caller().post("/v1/requests", body).json["customer_id"])
    told = zoe.post("/v1/me/lingering", {"page": "/tariffs", "seconds": 120})
    customer_id = zoe.get("/v1/me").json["customer_id"]
    offer = make_task(
        TaskState.DELIVERED,
        customer_id=customer_id,
        play="lingering",
        channel="app",
        why="120 seconds on /tariffs",
        deadline=clock.now() + timedelta(minutes=10),
        version=None,
    )
    commit(Decision((offer,)))

    called, again = (zoe.post(f"/v1/me/offers/{offer.id}", {"wants": "call"}) for _ in range(2))
    chat = zoe.post(f"/v1/me/offers/{offer.id}", {"wants": "chat"})

    assert (told.status, called.status, chat.status) == (202, 201, 201)
    assert called.json["task_id"] == again.json["task_id"] != ""
    assert chat.json["case_id"]
    call = caller().get(f"/v1/customers/{customer_id}/tasks/{called.json['task_id']}").json
    assert (call["channel"], call["why"]) == ("phone", "she took up our offer: 120 seconds on /tariffs")


@pytest.mark.parametrize(
    ("task", "status"),
    [({"play": "payment_will_fail"}, 404), ({"over": True}, 409), ({"state": TaskState.PASSED_OVER}, 409)],
)
def test_what_is_no_offer_any_more_cannot_be_taken_up(stage: Bench, task: Mapping[str, Any], status: int) -> None:
    body = {"customer": {"email": "yan@example.org"}, "channel": "web", "text": "Hello"}
    customer_id = caller().post("/v1/requests", body).json["customer_id"]
    now = clock.now()
    deadline = now + timedelta(minutes=-60 if "over" in task else 10)
    fields = {"play": "lingering", "state": TaskState.SENT, "deadline": deadline, **task}
    fields.pop("over", None)
    offer = make_task(id=ids.new_ulid(now), customer_id=customer_id, version=None, **fields)
    commit(Decision((offer,)))

    yan = session_of(Audience.CUSTOMER, customer_id)

    assert yan.post(f"/v1/me/offers/{offer.id}", {"wants": "chat"}).status == status
