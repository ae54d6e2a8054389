"""Facts that come by EventBridge: the detail of an event is a fact, its source is who reports it."""

import json
from typing import Any

import pytest

from chalicelib.customers import service
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Unavailable
from chalicelib.model.fact import FactKind
from chalicelib.triggers.facts_in import take_facts
from chalicelib.triggers.reports import read_fact, report_of
from tests.workbench import Bench, Context

ORDER = {
    "kind": "order",
    "event_id": "o-118",
    "customer": {"email": "ann@example.org"},
    "occurred_at": "2026-11-20T10:00:00Z",
    "data": {"amount": {"minor": 1999, "currency": "USD"}},
}


def event(detail: Any, source: str = "shop", **more: Any) -> str:
    """As EventBridge hands it to a queue."""
    return json.dumps(
        {
            "version": "0",
            "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
            "detail-type": "Liana Fact",
            "source": source,
            "account": "111122223333",
            "time": "2026-11-20T10:00:01Z",
            "region": "us-east-1",
            "resources": [],
            "detail": detail,
            **more,
        }
    )


def taken(*bodies: str) -> list[str]:
    """The ids of the messages that are handed back."""
    records = [
        {"messageId": str(n), "body": body, "eventSource": "aws:sqs", "attributes": {}, "messageAttributes": {}}
        for n, body in enumerate(bodies)
    ]
    answer = take_facts({"Records": records}, Context())
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def refusals(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [vars(record) for record in caplog.records if record.message == "fact_refused"]


def test_a_fact_is_told_on_its_customers_timeline(bench: Bench) -> None:
    assert taken(event(ORDER)) == []

    (fact,) = bench.told_of("ann@example.org")
    assert (fact.what, fact.data["amount_minor"]) == (FactKind.ORDER, "1999")


def test_a_repeated_event_is_recorded_once_whatever_its_envelope(bench: Bench) -> None:
    again = event(ORDER, id="another-delivery", time="2026-11-20T10:05:00Z")

    assert taken(event(ORDER), event(ORDER), again) == []
    assert len(bench.told_of("ann@example.org")) == 1


def test_event_ids_are_their_sources_own(bench: Bench) -> None:
    assert taken(event(ORDER, source="shop"), event(ORDER, source="app")) == []

    assert len(bench.told_of("ann@example.org")) == 2


def test_a_colon_in_a_sources_name_makes_it_no_other_source(bench: Bench) -> None:
    long, short = event(ORDER | {"event_id": "1"}, source="shop:eu"), event(ORDER | {"event_id": "eu:1"}, source="shop")

    assert taken(long, short) == []
    assert len(bench.told_of("ann@example.org")) == 2


def test_what_a_key_of_the_same_name_reported_over_http_is_a_repetition(bench: Bench) -> None:
    raw = json.dumps(ORDER, indent=2).encode()
    service.record_fact(report_of(read_fact(raw), raw, source="shop", at=clock.now()))

    assert taken(event(ORDER, source="shop")) == []
    assert len(bench.told_of("ann@example.org")) == 1


@pytest.mark.parametrize(
    ("body", "error", "place"),
    [
        (event({**ORDER, "data": {}}), "Invalid", "/data/amount"),
        (event({**ORDER, "kind": "purchase"}), "Invalid", "/kind"),
        (event({**ORDER, "kind": "profile", "data": {}}), "Invalid", "/data"),
        (event({**ORDER, "customer": {"email": "ann"}}), "Invalid", "/customer/email"),
        (
            event({**ORDER, "customer": {"customer_id": "01KAMZ0000000000000000000X"}}),
            "NotFound",
            "/customer/customer_id",
        ),
        (event({**ORDER, "ann@example.org": "me"}), "Invalid", ""),
        (event("a fact"), "Invalid", ""),
    ],
)
def test_what_can_never_work_is_handed_back_and_the_log_says_why(
    bench: Bench, caplog: pytest.LogCaptureFixture, body: str, error: str, place: str
) -> None:
    assert taken(body, event(ORDER)) == ["0"]

    (told,) = refusals(caplog)
    assert (told["levelname"], told["error"], told["place"], told["source"]) == ("ERROR", error, place, "shop")
    assert told["detail"]
    assert "ann" not in str([vars(record) for record in caplog.records if record.levelname == "ERROR"])
    assert len(bench.told_of("ann@example.org")) == 1


def test_the_same_event_id_with_other_content_is_refused(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    other = {**ORDER, "data": {"amount": {"minor": 1, "currency": "USD"}}}

    assert taken(event(ORDER), event(other)) == ["1"]
    assert [line["error"] for line in refusals(caplog)] == ["KeyReused"]


@pytest.mark.parametrize("body", ["", "no JSON", "[]", '{"detail": {}}', '{"id": "1", "source": "shop"}'])
def test_what_is_no_event_is_handed_back(bench: Bench, body: str) -> None:
    assert taken(body) == ["0"]


def test_what_may_work_later_is_handed_back_and_not_called_refused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(report: object) -> None:
        raise Unavailable("the table cannot be read")

    monkeypatch.setattr(service, "record_fact", away)

    assert taken(event(ORDER)) == ["0"]
    assert refusals(caplog) == []
