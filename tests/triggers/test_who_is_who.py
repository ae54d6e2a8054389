"""Handles, merges and matches by the API: what agents say about who is who."""

from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.kernel import clock
from tests.auth.callers import Answer, Caller, caller
from tests.workbench import Bench

NOBODY = "01KAM8Q6C3V8QW2E0N4B7T9XYZ"
TOM = {"author": "Tom", "reason": "She says so."}
WORD = "author=Tom&reason=Her+son"


@pytest.fixture
def desk(bench: Bench) -> Caller:
    return caller(name="desk")


def known(desk: Caller, text: str = "Hello", **customer: str) -> str:
    """The id of whoever asks something."""
    body = {"customer": customer, "channel": "web", "text": text}
    found: str = desk.post("/v1/requests", body).json["customer_id"]
    return found


def merge(desk: Caller, who: str, into: str, **more: Any) -> Answer:
    return desk.post(f"/v1/customers/{who}/merge", {"into": into, **TOM, **more})


def told(desk: Caller, customer_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = desk.get(f"/v1/customers/{customer_id}/timeline").json["items"]
    return items


def events(desk: Caller, customer_id: str) -> list[str]:
    return [item["what"] for item in told(desk, customer_id) if item["kind"] == "event"]


def follow(desk: Caller, link: str) -> dict[str, Any]:
    answer = desk.get(link.replace("../", "/").replace("//", "/"))
    assert answer.status == 200
    found: dict[str, Any] = answer.json
    return found


# Handles


def test_somebody_is_known_by_her_device_alone(desk: Caller) -> None:
    ann = known(desk, device="ios-5F3A")

    assert desk.get("/v1/customers?device=ios-5F3A").json["id"] == ann


def test_an_added_handle_is_hers_and_told_with_who_added_it(desk: Caller) -> None:
    ann = known(desk, email="ann@example.org")

    added = desk.post(f"/v1/customers/{ann}/handles", {"kind": "phone", "value": "+49 30 1234567"})
    again = desk.post(f"/v1/customers/{ann}/handles", {"kind": "phone", "value": "+49301234567"})

    assert added.status == again.status == 200
    assert added.json["handles"][1] == {"kind": "phone", "value": "+49301234567"}
    assert known(desk, phone="+49301234567") == ann
    (event,) = [item for item in told(desk, ann) if item["kind"] == "event"]
    assert event["detail"] == {"handle": "phone:+49301234567", "by": "desk"}


def test_somebody_elses_handle_is_refused_with_her_id_and_nothing_more(desk: Caller) -> None:
    ann = known(desk, email="ann@example.org")
    bea = known(desk, email="bea@example.org", name="Bea Baker")

    refused = desk.post(f"/v1/customers/{ann}/handles", {"kind": "email", "value": "Bea@example.org"})

    assert (refused.status, refused.json["type"]) == (409, "/problems/handle-taken")
    assert bea in refused.json["detail"]
    assert "Baker" not in refused.text


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"kind": "fax", "value": "1"}, 422, "/kind"),
        ({"kind": "phone", "value": "030 123"}, 422, "/value"),
        ({"kind": "phone"}, 422, "/value"),
    ],
)
def test_a_handle_that_cannot_be_one_is_refused(desk: Caller, body: dict[str, str], status: int, pointer: str) -> None:
    ann = known(desk, email="ann@example.org")

    refused = desk.post(f"/v1/customers/{ann}/handles", body)

    assert (refused.status, refused.pointers) == (status, [pointer])


def test_a_handle_split_off_is_somebody_else_from_then_on(desk: Caller) -> None:
    ann = known(desk, email="ann@example.org")
    desk.post(f"/v1/customers/{ann}/handles", {"kind": "email", "value": "a+b@example.org"})

    split = desk.send("DELETE", f"/v1/customers/{ann}/handles/email/{quote('a+b@example.org')}?{WORD}")

    assert split.status == 200
    alone = split.json["customer_id"]
    assert (split.json["left"], known(desk, email="a+b@example.org")) == (ann, alone)
    assert follow(desk, split.json["_links"]["self"])["name"] == ""
    assert "handle_split_off" in events(desk, ann)
    assert "handle_split_off" in events(desk, alone)


def test_the_last_handle_and_one_she_does_not_have_stay(desk: Caller) -> None:
    ann = known(desk, email="ann@example.org")

    last = desk.send("DELETE", f"/v1/customers/{ann}/handles/email/ann@example.org?{WORD}")
    none = desk.send("DELETE", f"/v1/customers/{ann}/handles/email/bea@example.org?{WORD}")
    fax = desk.send("DELETE", f"/v1/customers/{ann}/handles/fax/1?{WORD}")
    wrong = desk.send("DELETE", f"/v1/customers/{ann}/handles/phone/030?{WORD}")
    unsaid = desk.send("DELETE", f"/v1/customers/{ann}/handles/email/ann@example.org")

    assert [answer.status for answer in (last, none, fax, wrong, unsaid)] == [409, 404, 400, 400, 400]


# Merges


def test_both_ids_answer_as_the_survivor(desk: Caller) -> None:
    ann, bea = known(desk, email="ann@example.org"), known(desk, email="bea@example.org")

    made = merge(desk, bea, ann)

    assert (made.status, made.json["into"], made.json["absorbed"]) == (201, ann, bea)
    found = desk.get(f"/v1/customers/{bea}").json
    assert (found["id"], found["absorbed"], found["merges"]) == (ann, [bea], [made.json["id"]])
    assert follow(desk, found["_links"]["merged_into"])["id"] == ann
    assert len(found["open_cases"]) == 2
    assert told(desk, ann) == told(desk, bea)
    assert "merged_into" not in desk.get(f"/v1/customers/{ann}").json["_links"]


def test_an_undone_merge_leaves_two(desk: Caller) -> None:
    ann, bea = known(desk, email="ann@example.org"), known(desk, email="bea@example.org")
    before = [desk.get(f"/v1/customers/{who}").json for who in (ann, bea)]
    made = merge(desk, bea, ann).json

    undone = desk.post(f"/v1/merges/{made['id']}/undo", TOM)
    again = desk.post(f"/v1/merges/{made['id']}/undo", TOM)

    assert undone.status == again.status == 200
    assert undone.json == again.json
    assert undone.json["undone_by"] == "Tom"
    assert [desk.get(f"/v1/customers/{who}").json for who in (ann, bea)] == before
    assert events(desk, ann) == ["merge_undone", "merged"]
    assert events(desk, bea) == ["merge_undone"]


def test_a_merge_that_cannot_be_says_what_to_do(desk: Caller) -> None:
    ann, bea, cara = (known(desk, external=number) for number in ("1", "2", "3"))

    unconfirmed, herself = merge(desk, bea, ann), merge(desk, ann, ann)
    made = merge(desk, bea, ann, confirm_external=True)
    again, back, late = merge(desk, bea, ann), merge(desk, ann, bea), merge(desk, cara, bea)

    assert made.status == 201
    assert [a.status for a in (unconfirmed, herself, again, back, late)] == [409] * 5
    assert unconfirmed.pointers == ["/confirm_external"]
    assert made.json["id"] in again.json["detail"]
    assert "undo that merge first" in back.json["detail"]
    assert ann in late.json["detail"]


def test_nobody_is_merged_with_nobody(desk: Caller) -> None:
    ann = known(desk, email="ann@example.org")

    into, who, undone = merge(desk, ann, NOBODY), merge(desk, NOBODY, ann), desk.post(f"/v1/merges/{NOBODY}/undo", TOM)

    assert [answer.status for answer in (into, who, undone)] == [404, 404, 404]
    assert into.pointers == ["/into"]


def test_a_request_by_either_goes_on_with_the_others_case(desk: Caller) -> None:
    ann, bea = known(desk, email="ann@example.org"), known(desk, email="bea@example.org")
    case_id = desk.get(f"/v1/customers/{bea}").json["open_cases"][0]
    merge(desk, bea, ann)

    body = {"customer": {"email": "ann@example.org"}, "channel": "web", "text": "Me again", "case_id": case_id}
    taken = desk.post("/v1/requests", body)

    assert (taken.status, taken.json["case_id"]) == (202, case_id)


def test_a_fact_by_an_absorbed_id_counts_for_the_survivor(desk: Caller) -> None:
    ann, bea = known(desk, email="ann@example.org"), known(desk, email="bea@example.org")
    merge(desk, bea, ann)
    money = {"minor": 5_00, "currency": "USD"}
    fact = {
        "event_id": "e1",
        "kind": "order",
        "occurred_at": clock.iso(clock.now()),
        "data": {"amount": money, "margin": money},
    }

    desk.post("/v1/facts", {"facts": [{**fact, "customer": {"customer_id": bea}}]})

    assert desk.get(f"/v1/customers/{ann}/value").json["margin"] == 5_00


def test_saying_who_is_who_needs_its_scope(desk: Caller) -> None:
    ann = known(desk, email="ann@example.org")
    reader = caller("customers:read")

    refused = [
        reader.post(f"/v1/customers/{ann}/handles", {"kind": "chat", "value": "ann"}),
        reader.send("DELETE", f"/v1/customers/{ann}/handles/email/ann@example.org?{WORD}"),
        merge(reader, ann, ann),
        reader.post(f"/v1/merges/{NOBODY}/undo", TOM),
    ]

    assert [answer.status for answer in refused] == [403] * 4


# Matches


def test_matches_are_proposed_with_reasons_and_lead_to_the_merge(desk: Caller) -> None:
    ann = known(desk, email="ann.archer@firm.example", name="Ann Archer")
    tagged = known(desk, email="annarcher@firm.example", name="Ann Archer")
    known(desk, email="bob@firm.example", name="Bob")

    found = desk.get(f"/v1/customers/{ann}/matches")

    (match,) = found.json["items"]
    assert (match["customer_id"], match["reasons"], match["strong"]) == (tagged, ["same_name_and_domain"], False)
    assert match["_links"]["merge"].endswith(f"/v1/customers/{tagged}/merge")


def test_who_resembles_nobody_has_no_matches(desk: Caller) -> None:
    ann = known(desk, chat="ann")

    assert desk.get(f"/v1/customers/{ann}/matches").json == {"items": []}
    assert desk.get(f"/v1/customers/{NOBODY}/matches").status == 404
