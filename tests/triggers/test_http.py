"""Whatever a caller sends, the answer says what to do: one form, a pointer, nothing of our insides."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.auth import service as auth
from chalicelib.auth.permissions import GRANTABLE
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Invalid, Malformed, Unavailable
from chalicelib.triggers import api, contract, decoding, http
from chalicelib.triggers.contract.articles import ArticleIn, ArticleTexts
from chalicelib.triggers.contract.cases import ReplyIn
from chalicelib.triggers.contract.facts import FactIn, FactsIn
from chalicelib.triggers.contract.intake import InteractionIn, RequestIn
from chalicelib.triggers.contract.tokens import TokenIn
from tests.auth.callers import Caller, caller, shared_stage
from tests.workbench import Bench, far_from_now

ASKED: dict[str, Any] = contract.EXAMPLES[RequestIn][0]  # type: ignore[assignment]
NOBODY = "01KAM8Q6C3V8QW2E0N4B7T9XYZ"


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage() as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage has its own environment, which stays for the whole module."""


@pytest.fixture
def shop() -> Caller:
    return caller()


def test_a_refusal_is_a_problem(shop: Caller) -> None:
    refused = shop.get(f"/v1/customers/{NOBODY}")

    assert refused.status == 404
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert set(refused.json) == {"type", "title", "status", "detail", "instance"}
    assert refused.json["type"] == "/problems/not-found"
    assert refused.json["status"] == 404


# ── Bodies ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\x00", 400),
        (b'{"text": "\\ud800"}', 400),
        (b"\xff\xfe{}", 400),
        (b"[]", 422),
        (b"null", 422),
    ],
)
def test_what_is_no_json_object_is_refused(shop: Caller, body: bytes, status: int) -> None:
    assert shop.send("POST", "/v1/requests", body).status == status


def test_deeply_nested_json_is_refused(shop: Caller) -> None:
    deep = b"[" * 100_000
    assert shop.send("POST", "/v1/requests", deep).status in (400, 422)
    assert shop.send("POST", "/v1/facts", b'{"facts":[' + deep).status == 400
    whole = b'{"facts":[' + b"[" * 5_000 + b"]" * 5_000 + b"]}"
    assert shop.send("POST", "/v1/facts", whole).status in (200, 400)


@pytest.mark.parametrize(
    ("change", "pointer", "told"),
    [
        ({"text": 5}, "/text", "Expected a string, got an integer."),
        ({"text": ""}, "/text", "length >= 1"),
        ({"subject": "a\r\nBcc: x@y.z"}, "/subject", "One line"),
        ({"subject": "Hello\n"}, "/subject", "One line"),
        ({"topic": None}, "/topic", "got null"),
        ({"channel": "fax"}, "/channel", "app, sms, web"),
        ({"colour": "red"}, "/colour", "no such field"),
        ({"a/b~c": 1}, "/a~1b~0c", "no such field"),
        ({"customer": {"mail": "x"}}, "/customer/mail", "no such field"),
        ({"customer": {}}, "/customer", "exactly one of"),
        ({"customer": {"email": "a@b.c", "phone": "+4930123456"}}, "/customer", "exactly one of"),
        ({"customer": {"email": "not an address"}}, "/customer/email", "name@example.com"),
        ({"customer": {"phone": "12345"}}, "/customer/phone", "E.164"),
        ({"customer": {"email": "a@b.c", "language": "en\n"}}, "/customer/language", "BCP 47"),
        ({"case_id": "12"}, "/case_id", "7K3M-9QXT-2B4C"),
    ],
)
def test_a_wrong_field_is_pointed_at(shop: Caller, change: dict[str, Any], pointer: str, told: str) -> None:
    refused = shop.post("/v1/requests", ASKED | change)

    assert refused.status in (400, 422)
    assert refused.pointers == [pointer]
    assert told in refused.json["detail"]


def test_a_missing_field_is_pointed_at(shop: Caller) -> None:
    refused = shop.post("/v1/requests", {"customer": {"email": "a@b.c"}, "channel": "web"})

    assert refused.status == 422
    assert refused.pointers == ["/text"]
    assert refused.json["detail"] == "This field is required."


@pytest.mark.parametrize(("path", "size"), [("/v1/requests", 256 * 1024), ("/v1/facts", 1024 * 1024)])
def test_a_body_over_the_limit_is_refused_unread(shop: Caller, path: str, size: int) -> None:
    assert shop.send("POST", path, b"{" * (size + 1)).status == 413
    assert shop.send("POST", path, b"{" * size).status == 400


def test_ten_megabytes_are_refused(shop: Caller) -> None:
    refused = shop.send("POST", "/v1/facts", json.dumps({"facts": ["x" * 10_000_000]}).encode())

    assert refused.status == 413
    assert refused.json["type"] == "/problems/too-large"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonp"])
def test_another_content_type_is_refused(shop: Caller, content_type: str) -> None:
    refused = shop.send("POST", "/v1/requests", b"{}", Content_Type=content_type)

    assert refused.status == 415
    assert refused.json["type"] == "/problems/unsupported-media-type"


def test_json_may_name_its_character_set(shop: Caller) -> None:
    body = json.dumps(ASKED).encode()

    assert shop.send("POST", "/v1/requests", body, Content_Type="application/json; charset=utf-8").status == 202


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_no_json_makes_a_decoder_fail_in_another_way(value: object) -> None:
    raw = json.dumps(value).encode()

    for kind in (
        RequestIn,
        InteractionIn,
        FactsIn,
        FactIn,
        ReplyIn,
        ArticleIn,
        ArticleTexts,
        TokenIn,
    ):
        with pytest.raises((Invalid, Malformed)) as refused:
            decoding.decode(raw, kind)
        assert (refused.value.pointer or "/").startswith("/")


# ── Paths, parameters, headers ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        ("/v1/customers/42", "/customer_id"),
        (f"/v1/customers/{NOBODY.lower()}", "/customer_id"),
        ("/v1/customers/%2e%2e/timeline", "/customer_id"),
        (f"/v1/customers/{NOBODY}/tasks/x", "/task_id"),
        ("/v1/cases/7K3M-9QXT", "/case_id"),
        ("/v1/cases/" + "7" * 5000, "/case_id"),
        ("/v1/cases?limit=0", "/limit"),
        ("/v1/cases?limit=101", "/limit"),
        ("/v1/cases?limit=many", "/limit"),
        ("/v1/cases?limit=1&limit=2", "/limit"),
        ("/v1/cases?page=2", "/page"),
        ("/v1/cases?cursor=" + "x" * 2000, "/cursor"),
        ("/v1/articles/Returning_Goods", "/slug"),
        ("/v1/articles/" + "a" * 81, "/slug"),
        ("/v1/articles/returning-goods?language=e", "/language"),
        ("/v1/tasks", "/state"),
        ("/v1/tasks?state=lost", "/state"),
        ("/v1/quarantine", "/day"),
        ("/v1/quarantine?day=yesterday", "/day"),
        ("/v1/quarantine?day=2026-02-30", "/day"),
        (f"/v1/customers/{NOBODY}?full=1", "/full"),
    ],
)
def test_a_wrong_parameter_is_pointed_at(shop: Caller, path: str, pointer: str) -> None:
    refused = shop.get(path)

    assert refused.status == 400
    assert refused.pointers == [pointer]


def test_a_case_is_found_by_the_number_people_read_out(shop: Caller) -> None:
    taken = shop.post("/v1/requests", ASKED).json

    assert shop.get(f"/v1/cases/{taken['case_number']}").json["case"]["id"] == taken["case_id"]


@pytest.mark.parametrize("key", ["", " ", "two words", "x" * 201, "schlüssel", "a\tb"])
def test_an_idempotency_key_that_cannot_be_is_refused(shop: Caller, key: str) -> None:
    refused = shop.post("/v1/requests", ASKED, Idempotency_Key=key)

    assert refused.status == 400
    assert refused.pointers == ["/Idempotency-Key"]


@pytest.mark.parametrize("key", ["1", "x" * 200, '"8e03978e-40d5-43e8-bc93-6894a57f9324"'])
def test_any_visible_ascii_is_an_idempotency_key(shop: Caller, key: str) -> None:
    first = shop.post("/v1/requests", ASKED, Idempotency_Key=key).json
    again = shop.post("/v1/requests", ASKED, Idempotency_Key=key).json

    assert again == first | {"duplicate": True}


def test_the_same_key_with_other_content_is_refused(shop: Caller) -> None:
    shop.post("/v1/requests", ASKED, Idempotency_Key="k")

    refused = shop.post("/v1/requests", ASKED | {"text": "Something else"}, Idempotency_Key="k")

    assert refused.status == 422
    assert refused.json["type"] == "/problems/key-reused"


def test_the_same_content_written_differently_is_the_same(shop: Caller) -> None:
    shop.post("/v1/requests", ASKED, Idempotency_Key="k")

    other_order = json.dumps(dict(reversed(ASKED.items())), indent=4, ensure_ascii=False).encode()

    assert shop.send("POST", "/v1/requests", other_order, Idempotency_Key="k").json["duplicate"]


def test_without_a_key_every_request_is_new(shop: Caller) -> None:
    first, second = (shop.post("/v1/requests", ASKED).json for _ in range(2))

    assert first["interaction_id"] != second["interaction_id"]


def test_one_caller_cannot_collide_with_anothers_key(shop: Caller) -> None:
    other = caller()

    first = shop.post("/v1/requests", ASKED, Idempotency_Key="k").json
    second = other.post("/v1/requests", ASKED, Idempotency_Key="k").json

    assert first["interaction_id"] != second["interaction_id"]


def test_a_new_key_of_the_same_name_remembers_what_the_old_one_sent(shop: Caller) -> None:
    shop.post("/v1/requests", ASKED, Idempotency_Key="k")

    assert shop.key
    assert caller(name=shop.key.name).post("/v1/requests", ASKED, Idempotency_Key="k").json["duplicate"]


# ── Cursors ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def two_cases(shop: Caller) -> str:
    for _ in range(2):
        customer: str = shop.post("/v1/requests", ASKED).json["customer_id"]
    return customer


@pytest.mark.usefixtures("two_cases")
def test_a_cursor_goes_on_where_the_page_ended(shop: Caller) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = shop.get(f"/v1/cases?limit=1{cursor}").json
        seen += [case["id"] for case in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert len(seen) == len(set(seen))
    assert len(seen) >= 2


def test_a_cursor_serves_its_own_list_and_caller_only(shop: Caller, two_cases: str) -> None:
    cursor = shop.get("/v1/cases?limit=1").json["next"]
    other = caller()

    for refused in (
        other.get(f"/v1/cases?cursor={cursor}"),
        shop.get(f"/v1/customers/{two_cases}/timeline?cursor={cursor}"),
        shop.get(f"/v1/tasks?state=sent&cursor={cursor}"),
        shop.get(f"/v1/cases?cursor={cursor[:-4]}"),
        shop.get("/v1/cases?cursor=VCMwMQ.axxxxxxxxxxxxxxxxxxxxxxx"),
    ):
        assert refused.status == 400
        assert refused.pointers == ["/cursor"]
        assert "Start again without one" in refused.json["detail"]


def test_a_cursor_belongs_to_one_customer(shop: Caller, two_cases: str) -> None:
    cursor = shop.get(f"/v1/customers/{two_cases}/timeline?limit=1").json["next"]

    assert shop.get(f"/v1/customers/{two_cases}/timeline?limit=50&cursor={cursor}").status == 200
    assert shop.get(f"/v1/customers/{NOBODY}/timeline?cursor={cursor}").status == 400


def test_a_cursor_belongs_to_its_filters(shop: Caller) -> None:
    assert shop.key
    call = http.Call(
        operation=next(o for o in api.api.operations if o.name == "list_tasks"),
        input=None,
        principal=auth.Principal(key_id="", name="", scopes=frozenset()),
        at=clock.now(),
        receipt_key="",
        fingerprint="",
        after=None,
        listing=f'["list_tasks","{shop.key.name}",{{}},{{"state":"sent"}}]',
        source="",
    )
    cursor = call.cursor("somewhere")

    assert shop.get(f"/v1/tasks?state=sent&limit=3&cursor={cursor}").status == 200
    assert shop.get(f"/v1/tasks?state=failed&cursor={cursor}").status == 400


# ── Who may ─────────────────────────────────────────────────────────────────────────────────────────────


def example_call(operation: http.Operation) -> tuple[str, str, bytes]:
    path = (
        operation.path.replace("{case_id}", "7k3m9qxt2b4c")
        .replace("{customer_id}", NOBODY)
        .replace("{task_id}", NOBODY)
        .replace("{slug}", "returning-goods")
    )
    body = json.dumps(contract.EXAMPLES[operation.documented_as][0]).encode() if operation.documented_as else b""
    return operation.method, path, body


PROTECTED = [operation for operation in api.api.operations if operation.scope]
OPERATIONS = pytest.mark.parametrize("operation", PROTECTED, ids=lambda operation: operation.name)


@OPERATIONS
def test_without_a_key_nobody_gets_in(operation: http.Operation) -> None:
    assert Caller("").send(*example_call(operation)).status == 401


@OPERATIONS
def test_a_wrong_key_is_refused_by_the_gateway(operation: http.Operation) -> None:
    assert Caller("liana_forged").send(*example_call(operation)).status == 403  # infra restyles it as 401


@OPERATIONS
def test_every_endpoint_asks_for_its_own_scope(operation: http.Operation) -> None:
    others = [scope.value for scope in GRANTABLE if scope is not operation.scope]

    refused = caller(*others).send(*example_call(operation))

    assert refused.status == 403
    assert operation.scope
    assert operation.scope.value in refused.json["detail"]


def test_a_request_past_the_authorizer_without_a_principal_is_refused(
    shop: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": ["*"]}
    policy = {"policyDocument": {"Statement": [everything]}, "context": {}, "principalId": ""}
    monkeypatch.setattr(api.api_authorizer, "func", lambda _: policy)
    monkeypatch.setattr("chalice.local.ARNMatcher.does_any_resource_match", lambda *_: True)

    refused = shop.get("/v1/cases")

    assert refused.status == 401
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_a_revoked_key_is_refused(shop: Caller) -> None:
    assert shop.key
    auth.revoke_key(shop.key.id, clock.now())

    assert shop.get("/v1/cases").status == 403


def test_a_token_works_until_it_expires(shop: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    made = shop.post("/v1/tokens", {"scopes": ["cases:read"], "expires_in": 60}).json
    bearer = Caller(made["token"])

    assert bearer.get("/v1/cases").status == 200
    assert bearer.get(f"/v1/customers/{NOBODY}").status == 403
    with far_from_now(monkeypatch, timedelta(seconds=61)):
        assert bearer.get("/v1/cases").status == 403
    assert datetime.fromisoformat(made["expires_at"]) > clock.now()


# ── Our own troubles ────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_error_tells_callers_nothing_and_the_log_everything(
    shop: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret insides")

    monkeypatch.setattr(api.cases.cases, "open_cases", broken)

    failed = shop.get("/v1/cases")

    assert failed.status == 500
    assert "secret insides" not in failed.text
    assert "RuntimeError" not in failed.text
    assert "secret insides" in caplog.text


def test_a_passing_trouble_says_when_to_come_back(shop: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(*_: object) -> None:
        raise Unavailable("the table cannot be read: ProvisionedThroughputExceeded")

    monkeypatch.setattr(api.intake.cases_service, "take_in", unavailable)

    failed = shop.post("/v1/requests", ASKED)

    assert failed.status == 503
    assert int(failed.headers["Retry-After"]) > 0
    assert "Throughput" not in failed.text


def test_each_request_leaves_one_line_without_its_content(shop: Caller, caplog: pytest.LogCaptureFixture) -> None:
    shop.post("/v1/requests", ASKED)

    assert shop.key
    (line,) = [vars(record) for record in caplog.records if record.message == "request"]
    assert (line["method"], line["route"], line["status"]) == ("POST", "/v1/requests", 202)
    assert line["principal"] == shop.key.name
    assert line["ms"] > 0
    assert "maria" not in str([vars(record) for record in caplog.records]).lower()


def test_no_answer_is_kept_by_caches(shop: Caller) -> None:
    assert shop.get("/v1/cases").headers["Cache-Control"] == "no-store"
    assert shop.get(f"/v1/customers/{NOBODY}").headers["Cache-Control"] == "no-store"


def test_pointers_follow_rfc_6901() -> None:
    assert decoding.pointer_to("/a", "m~n/o") == "/a/m~0n~1o"
    assert re.fullmatch(r"(/([^/~]|~[01])*)*", decoding.pointer_to("", "~/~1"))
