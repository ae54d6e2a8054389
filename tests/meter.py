"""Counts what the product asks of DynamoDB: round trips, and the write units DynamoDB itself says it took.

Read units are not asserted: no emulator counts them right.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from chalicelib.session import session
from tests.workbench import forget_clients


class Reading:
    """The calls to DynamoDB from now on, and the entries that queries touched."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.touched = 0
        session().register("after-call.dynamodb", self._count)
        forget_clients()

    def _count(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        self.calls[model.name] += 1
        self.touched += parsed.get("ScannedCount", 0)


@dataclass
class Meter:
    trips: Counter[str] = field(default_factory=Counter)
    write_units: float = 0

    @property
    def round_trips(self) -> int:
        return sum(self.trips.values())


_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}


class Metering:
    """Stands on the product's session; `start` gives a fresh meter that runs until the next one."""

    def __init__(self) -> None:
        self.meter = Meter()
        session().register("provide-client-params.dynamodb", self._ask_for_units)
        session().register("after-call.dynamodb", self._read)
        forget_clients()

    def start(self) -> Meter:
        self.meter = Meter()
        return self.meter

    def _ask_for_units(self, params: dict[str, Any], model: Any, **_: Any) -> dict[str, Any]:
        return {**params, "ReturnConsumedCapacity": "TOTAL"} if model.name in _WRITES else params

    def _read(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        self.meter.trips[model.name] += 1
        if model.name in _WRITES:
            consumed = parsed.get("ConsumedCapacity", [])
            for one in consumed if isinstance(consumed, list) else [consumed]:
                self.meter.write_units += one["CapacityUnits"]
