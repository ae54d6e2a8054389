"""The event bus, as EventBridge answers: taken, refused in part, or not at all."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chalicelib.gateways import bus
from chalicelib.gateways.bus import Entry
from chalicelib.kernel.errors import Unavailable
from tests.factories import NOON


class Bus:
    """Refuses what it is told to, as often as it is told to."""

    def __init__(self, refused: dict[str, int], away: bool = False) -> None:
        self.refused, self.away = refused, away
        self.calls: list[list[str]] = []

    def put_events(self, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - as boto3 has it
        self.calls.append([entry["Detail"] for entry in Entries])
        if self.away:
            raise EndpointConnectionError(endpoint_url="https://events")
        results = []
        for entry in Entries:
            left = self.refused.get(entry["Detail"], 0)
            self.refused[entry["Detail"]] = left - 1
            results.append({"ErrorCode": "ThrottlingException"} if left > 0 else {"EventId": "1"})
        return {"Entries": results, "FailedEntryCount": sum("ErrorCode" in each for each in results)}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    def over(twin: Bus, *details: str) -> list[list[str]]:
        monkeypatch.setattr(bus, "client", lambda _service: twin)
        bus.put([Entry("case.opened", detail, NOON) for detail in details], "liana.test")
        return twin.calls

    return over


def test_events_are_put_ten_at_a_time(told: Any) -> None:
    assert [len(call) for call in told(Bus({}), *(str(n) for n in range(12)))] == [10, 2]


def test_what_is_refused_of_a_batch_is_tried_again_alone(told: Any) -> None:
    assert told(Bus({"b": 2}), "a", "b", "c") == [["a", "b", "c"], ["b"], ["b"]]


def test_what_is_refused_three_times_comes_again_with_its_message(told: Any) -> None:
    with pytest.raises(Unavailable, match="refuses 1 events"):
        told(Bus({"b": 3}), "a", "b")


def test_a_bus_that_is_away_may_be_back_later(told: Any) -> None:
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        told(Bus({}, away=True), "a")
