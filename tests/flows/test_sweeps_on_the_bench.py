"""A pass over everybody: whatever is killed, repeated or late, each customer is seen once and the end comes once."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from chalicelib.kernel import clock, ids, messages
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import FactRecorded, Message, SweepEnded, SweepPart
from chalicelib.model.customer import Customer
from chalicelib.model.interaction import Receipt
from chalicelib.model.sweep import KEPT, Part, Sweep
from chalicelib.storage import keys
from chalicelib.storage import sweeps as storage
from chalicelib.storage.commit import commit
from chalicelib.sweeps import service
from chalicelib.triggers import background, handlers
from tests.factories import NOON, make_customer
from tests.faults import Breaker, Mortality
from tests.workbench import Bench, far_from_now

pytestmark = pytest.mark.usefixtures("no_index")

PARTS = 3
MOST_ROUNDS = 300
EVERYBODY = sorted(ids.derived_ulid(NOON, str(n)) for n in range(40))
TODAY = {"job": "toy", "run": "today"}


@dataclass
class Names:
    """Remembers whom it saw, which a real job must not: its size would grow."""

    mark: str
    seen: list[str] = field(default_factory=list)

    def look_at(self, customer: Customer) -> Iterable[Message]:
        self.seen.append(f"{self.mark}{customer.id}")
        return [FactRecorded(customer_id=customer.id, fact_id="none")] if customer.id in EVERYBODY[::4] else []

    def to_bytes(self) -> bytes:
        return json.dumps(self.seen).encode()


class Toy:
    def gathering(self, sweep: Sweep, gathered: bytes, _now: datetime) -> Names:
        return Names(sweep.given["mark"], json.loads(gathered or b"[]"))

    def conclusion(self, _sweep: Sweep, gathered: Iterable[bytes]) -> Decision:
        seen = sorted(name for part in gathered for name in json.loads(part))
        return Decision((Receipt(key="toy", fingerprint=" ".join(seen), at=clock.now()),), reason="told")


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few customers make many slices of several pages."""
    for module in (keys, service):
        monkeypatch.setattr(module, "POPULATION_SHARDS", PARTS)
    monkeypatch.setattr(service, "PAGE", 2)
    monkeypatch.setattr(service, "SLICE", 4)
    monkeypatch.setattr(handlers, "JOBS", {"toy": Toy()})


@pytest.fixture
def crowd(bench: Bench) -> None:
    for customer_id in EVERYBODY:
        commit(Decision((make_customer(id=customer_id, version=None),)))


def start() -> bool:
    return service.start("toy", "today", {"mark": "*"})


def sweep_through(bench: Bench) -> None:
    """Until nothing moves; what is sent to other lanes stays on them."""
    for _ in range(MOST_ROUNDS):
        if not (bench._follow_stream() or bench._consume("background", background.background)):
            return
    raise AssertionError(f"it never came to rest: {bench.failures[-3:]}")


def told(bench: Bench) -> list[str]:
    """Whom the end tells of."""
    (receipt,) = bench.rows(Receipt)
    return str(receipt.fingerprint).replace("*", "").split()


def caused(bench: Bench) -> Counter[str]:
    """For whom something was to be done, and how often it was said."""
    found: Counter[str] = Counter()
    sqs, url = bench.client("sqs"), bench.queue_urls["outreach"]
    while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found.update(json.loads(message["Body"])["customer_id"] for message in got)
    return found


@pytest.mark.usefixtures("crowd")
def test_everybody_is_seen_once_and_what_they_caused_is_sent(bench: Bench) -> None:
    assert start()

    sweep_through(bench)

    sweep = storage.run("toy", "today")
    assert sweep and sweep.closed_at and sweep.customers == len(EVERYBODY)
    assert told(bench) == EVERYBODY
    assert caused(bench) == Counter(EVERYBODY[::4])
    assert bench.failures == []


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_workers_that_die_over_and_over_lose_nothing_and_double_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    breaker = Breaker(monkeypatch)
    start()

    with breaker.breaking(Mortality(seed=seed)):
        sweep_through(bench)

    assert len(bench.failures) >= 3
    assert told(bench) == EVERYBODY
    assert set(caused(bench)) == set(EVERYBODY[::4]), "at least once"


@pytest.mark.usefixtures("crowd")
def test_messages_that_come_twice_or_late_change_nothing(bench: Bench) -> None:
    start()
    every_message = [SweepPart(**TODAY, part=number, after=after) for number in range(PARTS) for after in ("", "01X")]

    for _ in range(4):
        bench._follow_stream()
        for message in (*every_message, SweepEnded(**TODAY)):
            bench.put("background", messages.to_json(message))
        for _ in range(3):
            bench._consume("background", background.background)
    sweep_through(bench)

    assert told(bench) == EVERYBODY
    assert bench.failures == []


@pytest.mark.usefixtures("crowd")
def test_a_run_that_was_started_is_not_started_again(bench: Bench) -> None:
    start()
    sweep_through(bench)
    before = (storage.whole("toy", "today"), told(bench))

    assert not start()
    sweep_through(bench)

    assert (storage.whole("toy", "today"), told(bench)) == before


def test_a_run_over_nobody_ends(bench: Bench) -> None:
    start()

    sweep_through(bench)

    assert told(bench) == []


@pytest.mark.usefixtures("crowd")
def test_out_of_time_a_slice_ends_with_the_page_at_hand(bench: Bench) -> None:
    start()

    seen = service.go_on(handlers.JOBS, "toy", "today", 0, "", lambda: True)

    part = storage.part("toy", "today", 0).part
    assert part and (seen, part.customers, part.done) == (2, 2, False)


@pytest.mark.usefixtures("crowd")
def test_the_slower_of_two_workers_with_one_message_changes_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    start()
    faster = Toy()

    class Slower(Toy):
        def gathering(self, sweep: Sweep, gathered: bytes, now: datetime) -> Names:
            service.go_on({"toy": faster}, "toy", "today", 0, "", lambda: False)
            return super().gathering(sweep, gathered, now)

    assert service.go_on({"toy": Slower()}, "toy", "today", 0, "", lambda: True) == 0

    part = storage.part("toy", "today", 0).part
    assert part and part.customers == 4, "as far as the faster one came"


@pytest.mark.usefixtures("crowd")
def test_after_a_week_nothing_is_begun_anew(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its parts may have expired before the run itself."""
    start()

    with far_from_now(monkeypatch, KEPT + timedelta(minutes=1)):
        sweep_through(bench)

    assert bench.rows(Part) == []


@pytest.mark.usefixtures("crowd")
def test_another_run_of_the_job_is_a_sweep_of_its_own(bench: Bench) -> None:
    start()
    sweep_through(bench)
    (before,) = bench.rows(Receipt)
    commit(Decision((replace(before, fingerprint="forgotten"),)))

    assert service.start("toy", "tomorrow", {"mark": ""})
    service.go_on(handlers.JOBS, "toy", "tomorrow", 0, "", lambda: False)

    assert not storage.whole("toy", "tomorrow").parts[0].done
    assert storage.part("toy", "today", 0).part != storage.part("toy", "tomorrow", 0).part
