"""Looks, exports and erasures by the API; and that nobody is shown without its being written down."""

import typing
from typing import Any

import msgspec
import pytest

from chalicelib.kernel import clock
from chalicelib.model.privacy import STUCK_AFTER, Look
from chalicelib.triggers import api
from chalicelib.triggers.http import Operation
from tests.auth.callers import Caller, caller
from tests.workbench import Bench, mail_bytes

pytestmark = pytest.mark.usefixtures("no_index")

NOBODY = "01KAM8Q6C3V8QW2E0N4B7T9XYZ"
TOM = {"author": "Tom", "reason": "Her letter."}
# Answers about many people at once, with which nobody looks at one of them; and what is linked to nobody.
ABOUT_NOBODY = {
    "get_desk",
    "list_recoveries",
    "list_cases",
    "list_tasks",
    "list_quarantine",
    "get_quarantined",
    "get_quarantined_original",
    "list_looks",  # who looked, not at what
    # What the caller wrote just now.
    "reply_to_case",
    "open_side_conversation",
    "reply_aside",
    "set_my_consent",
    "set_my_preferences",
}


@pytest.fixture
def desk(bench: Bench) -> Caller:
    return caller(name="desk")


@pytest.fixture
def ann(bench: Bench, desk: Caller) -> str:
    bench.receive(mail_bytes("Hello, " * 300, files={"invoice.pdf": b"%PDF-1.4"}))
    bench.run()
    found: str = desk.get("/v1/customers?email=ann%40example.org").json["id"]
    return found


def looks(desk: Caller, customer_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = desk.get(f"/v1/customers/{customer_id}/looks").json["items"]
    return items


def contact(desk: Caller, customer_id: str) -> dict[str, Any]:
    told = desk.get(f"/v1/customers/{customer_id}/timeline").json["items"]
    return next(entry for entry in told if entry.get("direction") == "in")


# Looks


def structs_in(kind: Any, found: set[str] | None = None) -> set[str]:
    """Names of all structs an answer is made of."""
    found = set() if found is None else found
    for inner in typing.get_args(kind):
        structs_in(inner, found)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind.__name__ not in found:
        found.add(kind.__name__)
        for hint in typing.get_type_hints(kind, include_extras=False).values():
            structs_in(hint, found)
    return found


PERSONAL = {
    "CustomerOut", "InteractionOut", "InteractionWhole", "CaseHead", "MatchOut", "TaskOut", "LinkOut", "EventOut",
    "FactOut", "ValueOut", "MomentOut", "ExportOut", "FileOut", "ScheduledOut", "SideHead", "RecoveryOut", "PreviewOut",
    "MeOut", "OwnCaseOut", "FittingArticles", "MessageOut",
}  # fmt: skip


def is_personal(operation: Operation) -> bool:
    reads_of_her = operation.method == "GET" and "customer_id" in operation.path_parameters
    return reads_of_her or bool(structs_in(operation.returns) & PERSONAL)


@pytest.mark.parametrize("operation", api.api.operations, ids=lambda operation: operation.name)
def test_whoever_shows_a_customer_declares_whom(operation: Operation) -> None:
    assert bool(operation.looks_at) == (is_personal(operation) and operation.name not in ABOUT_NOBODY) or (
        operation.name == "start_export"
    )


@pytest.mark.parametrize("operation", api.api.operations, ids=lambda operation: operation.name)
def test_whom_an_endpoint_shows_stands_where_it_says(operation: Operation) -> None:
    kind: Any = operation.returns
    if operation.looks_at and operation.looks_at not in operation.path_parameters:
        for name in operation.looks_at.split("."):
            kind = typing.get_type_hints(kind)[name]

        assert kind is str


def test_a_look_tells_who_what_and_why(desk: Caller, ann: str) -> None:
    desk.get(f"/v1/customers/{ann}", Look_Because="7K3M-9QXT-2B4C")

    look = looks(desk, ann)[0]

    assert (look["by"], look["what"], look["because"]) == ("desk", "get_customer", "7K3M-9QXT-2B4C")
    assert look["customer_id"] == ann


def test_every_way_to_read_of_her_is_a_look(desk: Caller, ann: str) -> None:
    told = contact(desk, ann)
    own = f"/v1/customers/{ann}/interactions/{told['id']}"
    for path in (
        "/v1/customers?email=ann%40example.org",
        f"/v1/customers/{ann}",
        f"/v1/customers/{ann}/matches",
        f"/v1/customers/{ann}/organisation",
        f"/v1/customers/{ann}/segments",
        f"/v1/customers/{ann}/plays/payment_will_fail/why-not",
        own,
        f"{own}/original",
        f"{own}/attachments/1",
        f"/v1/cases/{told['case_id']}",
    ):
        desk.get(path)

    assert [look["what"] for look in looks(desk, ann)] == [
        "get_case",
        "get_attachment",
        "get_original",
        "get_interaction",
        "explain_play",
        "list_segments_of_customer",
        "get_organisation_of",
        "get_matches",
        "get_customer",
        "find_customer",
        "get_timeline",
        "find_customer",
    ]


def test_who_found_nobody_looked_at_nobody(bench: Bench, desk: Caller, ann: str) -> None:
    before = len(bench.rows(Look))

    assert desk.get(f"/v1/customers/{NOBODY}").status == 404
    assert desk.get(f"/v1/customers/{ann}/interactions/{NOBODY}").status == 404
    assert desk.get(f"/v1/customers/{NOBODY}/looks").status == 404

    assert len(bench.rows(Look)) == before


def test_who_cannot_be_written_down_is_shown_nothing(desk: Caller, ann: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.kernel.errors import Unavailable
    from chalicelib.privacy import service

    def away(_decision: object) -> None:
        raise Unavailable("the table cannot be written")

    monkeypatch.setattr(service, "commit", away)

    answer = desk.get(f"/v1/customers/{ann}")

    assert answer.status == 503
    assert "ann@example.org" not in answer.text


@pytest.mark.parametrize("because", ["", "x" * 201, "grüße"])
def test_a_reason_that_cannot_be_kept_is_refused(desk: Caller, ann: str, because: str) -> None:
    answer = desk.get(f"/v1/customers/{ann}", Look_Because=because.encode().decode("latin-1"))

    assert (answer.status, answer.pointers) == (400, ["/Look-Because"])


def test_looks_come_in_pages_and_not_on_the_timeline(desk: Caller, ann: str) -> None:
    for _ in range(3):
        desk.get(f"/v1/customers/{ann}")

    first = desk.get(f"/v1/customers/{ann}/looks?limit=2").json
    second = desk.get(f"/v1/customers/{ann}/looks?limit=2&cursor={first['next']}").json

    found = [look["id"] for look in (*first["items"], *second["items"])]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == 4
    told = {entry["kind"] for entry in desk.get(f"/v1/customers/{ann}/timeline").json["items"]}
    assert told == {"interaction", "question"}


def test_who_looked_at_an_absorbed_record_looked_at_her(desk: Caller, ann: str) -> None:
    body = {"customer": {"email": "a.archer@example.org"}, "channel": "web", "text": "It is me."}
    other = desk.post("/v1/requests", body).json["customer_id"]
    desk.post(f"/v1/customers/{other}/merge", {"into": ann, **TOM})

    desk.get(f"/v1/customers/{other}")

    assert looks(desk, ann)[0]["customer_id"] == other
    assert looks(desk, ann) == looks(desk, other)


def test_looks_take_a_scope_of_their_own(desk: Caller, ann: str) -> None:
    reader = caller("customers:read", name="reader")

    assert reader.get(f"/v1/customers/{ann}/looks").status == 403


# Exports


def test_an_export_is_built_and_its_files_can_be_fetched(bench: Bench, desk: Caller, ann: str) -> None:
    begun = desk.post(f"/v1/customers/{ann}/export", TOM, Idempotency_Key="1")
    again = desk.post(f"/v1/customers/{ann}/export", TOM, Idempotency_Key="1")
    export_id = begun.json["id"]
    assert (begun.status, again.json["id"], again.json["duplicate"]) == (202, export_id, True)
    assert desk.get(f"/v1/exports/{export_id}").json["state"] == "building"

    bench.run()

    page = desk.get(f"/v1/exports/{export_id}?limit=3").json
    names = [file["name"] for file in page["files"]]
    while page["next"]:
        page = desk.get(f"/v1/exports/{export_id}?limit=3&cursor={page['next']}").json
        names += [file["name"] for file in page["files"]]
    assert page["state"] == "done"
    assert names == sorted(names)
    assert {"customer.json", "handles.json", "manifest.json", "timeline/000001.jsonl"} <= set(names)
    assert page["figures"]["interaction"] == 2
    assert [look["what"] for look in looks(desk, ann)][-1] == "find_customer"


def test_a_dry_run_of_an_export_counts_and_writes_nothing(bench: Bench, desk: Caller, ann: str) -> None:
    answer = desk.post(f"/v1/customers/{ann}/export", {**TOM, "dry_run": True})

    assert answer.status == 200
    assert answer.json["rows"] | {"look": 0} == {"customer": 1, "handle": 1, "interaction": 2, "case": 1, "look": 0}
    assert answer.json["files"] == {"mail": 1, "text": 1, "attachment": 1}
    assert answer.json["complete"] is True
    bench.run()
    assert bench.client("s3").list_objects_v2(Bucket=bench.bucket, Prefix="exports/")["KeyCount"] == 0


def test_an_export_nobody_asked_for_is_not_found(desk: Caller) -> None:
    assert desk.get(f"/v1/exports/{NOBODY}").status == 404
    assert desk.post(f"/v1/customers/{NOBODY}/export", TOM).status == 404


# Erasures


def test_a_customer_is_forgotten_and_the_erasure_can_be_read(bench: Bench, desk: Caller, ann: str) -> None:
    begun = desk.post(f"/v1/customers/{ann}/erasure", TOM, Idempotency_Key="1")
    assert begun.status == 202
    bench.run()

    assert desk.get(f"/v1/customers/{ann}").status == 404
    assert desk.get("/v1/customers?email=ann%40example.org").status == 404
    erasure = desk.get(f"/v1/erasures/{begun.json['id']}").json
    assert (erasure["state"], erasure["by"], erasure["author"]) == ("settling", "desk", "Tom")
    bench.tick(clock.now() + 2 * STUCK_AFTER)
    bench.run()
    done = desk.get(f"/v1/erasures/{begun.json['id']}")
    assert done.json["state"] == "done"
    assert ann not in done.text


def test_a_dry_run_of_an_erasure_says_what_goes_and_what_stays(desk: Caller, ann: str) -> None:
    answer = desk.post(f"/v1/customers/{ann}/erasure", {**TOM, "dry_run": True})

    assert answer.status == 200
    rows = answer.json["rows"]
    assert {kind: rows[kind] for kind in ("customer", "handle", "interaction", "case", "message", "receipt")} == {
        "customer": 1,
        "handle": 1,
        "interaction": 2,
        "case": 1,
        "message": 2,
        "receipt": 1,
    }
    assert answer.json["objects"] == {"mail": 1, "text": 1, "attachment": 1, "export": 0}
    assert len(answer.json["stays"]) > 5
    assert desk.get(f"/v1/customers/{ann}").status == 200


def test_an_erasure_waits_for_an_export_and_for_another_erasure(desk: Caller, ann: str) -> None:
    assert desk.post(f"/v1/customers/{NOBODY}/erasure", TOM).status == 404
    export = desk.post(f"/v1/customers/{ann}/export", TOM).json["id"]

    refused = desk.post(f"/v1/customers/{ann}/erasure", TOM)

    assert refused.status == 409
    assert export in refused.json["detail"]


def test_both_take_a_scope_of_their_own(desk: Caller, ann: str) -> None:
    reader = caller("customers:read", "customers:write", name="reader")

    assert reader.post(f"/v1/customers/{ann}/export", TOM).status == 403
    assert reader.post(f"/v1/customers/{ann}/erasure", TOM).status == 403
    assert reader.get(f"/v1/exports/{NOBODY}").status == 403
    assert reader.get(f"/v1/erasures/{NOBODY}").status == 403
