"""Organisations by the API: made, joined, left, summed, suggested, and right through merges and erasures."""

from typing import Any

import pytest

from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.organisation import Affiliation, OrganisationMark
from chalicelib.organisations import views
from chalicelib.storage import customers
from tests.auth.callers import Answer, Caller, caller
from tests.workbench import Bench

BAUM = {"name": "Baum GmbH", "external_id": "K-1044", "domains": ["baum.example"]}


@pytest.fixture
def desk(bench: Bench) -> Caller:
    return caller()


def make(desk: Caller, **fields: Any) -> str:
    made = desk.post("/v1/organisations", {**BAUM, **fields})
    assert made.status == 201, made.text
    return str(made.json["id"])


def person(desk: Caller, address: str, *, orders: int = 0) -> str:
    order = {"kind": "order", "data": {"amount": {"minor": 30_00, "currency": "USD"}}}
    profile = {"kind": "profile", "data": {"language": "en"}}
    told = [order] * orders or [profile]
    facts = [
        {
            "event_id": f"{address} {n}",
            "customer": {"email": address},
            "occurred_at": "2026-01-01T00:00:00Z",
            **each,
        }
        for n, each in enumerate(told)
    ]
    return str(desk.post("/v1/facts", {"facts": facts}).json["results"][0]["customer_id"])


def put_into(desk: Caller, customer_id: str, organisation_id: str) -> Answer:
    said = {"organisation_id": organisation_id, "author": "Tom"}
    return desk.put(f"/v1/customers/{customer_id}/organisation", said)


def take_out(desk: Caller, customer_id: str) -> Answer:
    return desk.send("DELETE", f"/v1/customers/{customer_id}/organisation?author=Tom")


def members(desk: Caller, organisation_id: str) -> list[str]:
    page = desk.get(f"/v1/organisations/{organisation_id}/members").json
    return [item["customer_id"] for item in page["items"]]


# Made and changed


def test_an_organisation_is_found_by_its_id_ones_own_and_in_the_list(desk: Caller) -> None:
    made = make(desk)

    shown = desk.get(f"/v1/organisations/{made}").json
    assert {name: shown[name] for name in BAUM} == BAUM
    assert desk.get("/v1/organisations?external_id=K-1044").json["items"][0]["id"] == made
    assert [item["id"] for item in desk.get("/v1/organisations").json["items"]] == [made]


def test_an_external_id_and_a_domain_have_one_organisation(desk: Caller) -> None:
    make(desk)

    same_id = desk.post("/v1/organisations", {"name": "Other", "external_id": "K-1044"})
    same_domain = desk.post("/v1/organisations", {"name": "Other", "domains": ["x.example", "@BAUM.example"]})

    assert (same_id.status, same_id.pointers) == (409, ["/external_id"])
    assert (same_domain.status, same_domain.pointers) == (409, ["/domains/1"])


def test_what_an_organisation_gives_up_another_may_have(desk: Caller, bench: Bench) -> None:
    made = make(desk)

    changed = desk.put(f"/v1/organisations/{made}", {"name": "Baum SE", "domains": ["blatt.example"]})

    assert (changed.status, changed.json["version"], changed.json["external_id"]) == (200, 2, "")
    assert {mark.value for mark in bench.rows(OrganisationMark)} == {"blatt.example"}
    make(desk, name="Other")


def test_a_change_made_on_an_old_version_is_refused_and_the_same_again_is_none(desk: Caller) -> None:
    made = make(desk)

    assert desk.put(f"/v1/organisations/{made}", {**BAUM, "expected_version": 7}).json["version"] == 1
    refused = desk.put(f"/v1/organisations/{made}", {"name": "B", "expected_version": 7})
    assert (refused.status, refused.pointers) == (409, ["/expected_version"])


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"domains": ["gmail.com"]}, "/domains/0"),
        ({"domains": ["baum.example", "no domain"]}, "/domains/1"),
        ({"name": ""}, "/name"),
        ({"colour": "green"}, "/colour"),
    ],
)
def test_a_wrong_field_is_pointed_at(desk: Caller, fields: dict[str, Any], pointer: str) -> None:
    refused = desk.post("/v1/organisations", {**BAUM, **fields})

    assert (refused.status, refused.pointers) == (422, [pointer])


# Joined and left


def test_who_joins_is_a_member_and_it_is_told(desk: Caller, bench: Bench) -> None:
    made, ann = make(desk), person(desk, "ann@baum.example")

    joined = put_into(desk, ann, made)
    put_into(desk, ann, made)

    assert joined.json["organisation"]["id"] == made
    assert desk.get(f"/v1/customers/{ann}").json["organisation_id"] == made
    assert members(desk, made) == [ann]
    assert [e.detail for e in bench.rows(Event)] == [{"organisation": made, "by": "Tom"}]


def test_who_joins_another_has_left_the_first(desk: Caller, bench: Bench) -> None:
    first, ann = make(desk), person(desk, "ann@baum.example")
    second = make(desk, external_id="K-2", domains=[])
    put_into(desk, ann, first)

    put_into(desk, ann, second)

    assert (members(desk, first), members(desk, second)) == ([], [ann])
    told = sorted(e.what.value for e in bench.rows(Event))
    assert told == ["organisation_joined", "organisation_joined", "organisation_left"]


def test_who_left_belongs_nowhere(desk: Caller, bench: Bench) -> None:
    made, ann = make(desk), person(desk, "ann@baum.example")
    put_into(desk, ann, made)

    assert take_out(desk, ann).json["organisation"] is None
    assert take_out(desk, ann).status == 200

    assert members(desk, made) == []
    assert bench.rows(Affiliation) == []
    assert [e.what for e in bench.rows(Event)].count(EventKind.ORGANISATION_LEFT) == 1


def test_nobody_joins_what_there_is_not(desk: Caller) -> None:
    ann = person(desk, "ann@baum.example")

    refused = put_into(desk, ann, ann)

    assert (refused.status, refused.pointers) == (404, ["/organisation_id"])


def test_an_organisation_is_suggested_by_her_address_and_not_joined(desk: Caller) -> None:
    made, ann = make(desk), person(desk, "ann@baum.example")
    bea = person(desk, "bea@gmail.com")

    shown = desk.get(f"/v1/customers/{ann}/organisation").json

    assert shown["organisation"] is None
    assert [(s["organisation_id"], s["domain"]) for s in shown["suggestions"]] == [(made, "baum.example")]
    assert desk.get(f"/v1/customers/{bea}/organisation").json["suggestions"] == []
    put_into(desk, ann, made)
    assert desk.get(f"/v1/customers/{ann}/organisation").json["suggestions"] == []


def test_the_value_of_an_organisation_is_the_sum_of_its_members(desk: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    made = make(desk)
    for name, orders in (("ann", 2), ("bea", 1), ("cid", 0)):
        put_into(desk, person(desk, f"{name}@baum.example", orders=orders), made)
    asked = {"customer": {"email": "ann@baum.example"}, "channel": "web", "text": "?"}
    desk.post("/v1/requests", asked)

    shown = desk.get(f"/v1/organisations/{made}/value").json

    assert {name: shown[name] for name in shown if name != "_links"} == {
        "members": 3,
        "complete": True,
        "purchases": 3,
        "margin": 3 * 9_00,
        "open_cases": 1,
        "tiers": {"standard": 3},
    }
    monkeypatch.setattr(views, "MOST_SUMMED", 2)
    few = desk.get(f"/v1/organisations/{made}/value").json
    assert (few["members"], few["complete"]) == (2, False)


# Merges, and the forgotten


def test_a_survivor_gets_the_absorbed_ones_organisation_and_gives_it_back(desk: Caller) -> None:
    made, ann, bea = make(desk), person(desk, "ann@baum.example"), person(desk, "bea@baum.example")
    put_into(desk, bea, made)
    said = {"author": "Tom", "reason": "She says so."}

    merge = desk.post(f"/v1/customers/{bea}/merge", {"into": ann, **said}).json
    assert members(desk, made) == [ann]

    desk.post(f"/v1/merges/{merge['id']}/undo", said)
    assert members(desk, made) == [bea]


def test_a_survivor_of_two_members_is_one_member(desk: Caller) -> None:
    made, ann, bea = make(desk), person(desk, "ann@baum.example"), person(desk, "bea@baum.example")
    put_into(desk, ann, made)
    put_into(desk, bea, made)

    desk.post(f"/v1/customers/{bea}/merge", {"into": ann, "author": "Tom", "reason": "She says so."})

    assert members(desk, made) == [ann]
    assert desk.get(f"/v1/organisations/{made}/value").json["members"] == 1


def test_what_she_has_by_a_merged_record_she_can_leave(desk: Caller) -> None:
    made, ann, bea = make(desk), person(desk, "ann@baum.example"), person(desk, "bea@baum.example")
    put_into(desk, bea, made)
    said = {"author": "Tom", "reason": "She says so."}
    merge = desk.post(f"/v1/customers/{bea}/merge", {"into": ann, **said}).json

    assert take_out(desk, ann).json["organisation"] is None
    assert members(desk, made) == []

    desk.post(f"/v1/merges/{merge['id']}/undo", said)
    assert members(desk, made) == [bea], "it was hers before"


def test_who_was_erased_is_no_member(desk: Caller, bench: Bench) -> None:
    made, ann = make(desk), person(desk, "ann@baum.example")
    put_into(desk, ann, made)

    erased = desk.post(f"/v1/customers/{ann}/erasure", {"author": "Tom", "reason": "Her letter."})
    assert erased.status == 202, erased.text
    bench.run()

    assert members(desk, made) == []
    assert bench.rows(Affiliation) == bench.rows(Customer) == []
    assert customers.customer(ann) is None
