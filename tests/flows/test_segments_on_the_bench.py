"""Segments on the bench: built by a pass, kept by events and by time, right after whatever is repeated or killed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.customers import service as customers_service
from chalicelib.customers.value_index import purchased
from chalicelib.kernel import clock, ids, messages
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import SortCustomers
from chalicelib.model.customer import Customer, CustomerHint, Handle, HandleOwner
from chalicelib.model.fact import FactKind
from chalicelib.model.money import Money
from chalicelib.model.segment import Member, Memberships, Segment, SegmentState
from chalicelib.model.tier import Standing
from chalicelib.model.value import NOTHING
from chalicelib.privacy import service as privacy_service
from chalicelib.segments import membership, service, views
from chalicelib.segments.membership import COUNTER
from chalicelib.storage import customers, keys, tallies
from chalicelib.storage.commit import commit
from chalicelib.sweeps import service as sweeps
from chalicelib.triggers import background
from chalicelib.triggers.contract.segments import Asked
from chalicelib.triggers.decoding import decode
from tests.factories import make_report
from tests.faults import Breaker, Mortality
from tests.workbench import Bench, far_from_now

pytestmark = pytest.mark.usefixtures("no_index")

DAY = timedelta(days=1)
SAID = {"author": "Tom", "reason": "she says so"}
GOLD: dict[str, Any] = {"all": [{"about": "tier", "one_of": ["gold"]}]}
SILENT: dict[str, Any] = {"all": [*GOLD["all"], {"about": "last_purchase", "older_than_days": 90}]}
BUYERS: dict[str, Any] = {"all": [{"about": "purchases", "at_least": 1}]}


@pytest.fixture(autouse=True)
def few_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (keys, sweeps, service):
        monkeypatch.setattr(module, "POPULATION_SHARDS", 2)


def put(slug: str, asked: Mapping[str, Any]) -> Segment:
    definition = decode(_json(asked), Asked).definition
    return service.put_segment(slug, slug.title(), definition, by="desk", expected=None)


def _json(asked: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(asked)


def a_customer(name: str, *, tier: str = "standard", bought: datetime | None = None, **fields: Any) -> Customer:
    """Stored as she is told to be, with a handle to find her by; her tier is pinned, so that it stays."""
    handle = Handle("email", f"{name}@example.org")
    now = clock.now()
    standing = Standing(tier=tier, since=now, pinned_until=now + 700 * DAY, pinned_by="Tom", reason="a test")
    customer = Customer(
        id=ids.derived_ulid(now - 200 * DAY, name),
        created_at=now - 200 * DAY,
        handles=(handle,),
        standing=standing,
        value=purchased(NOTHING, bought, 10_00) if bought else NOTHING,
        **fields,
    )
    commit(Decision((customer, HandleOwner(handle=handle, customer_id=customer.id))))
    return customer


def buys(customer: Customer, number: int = 1) -> None:
    report = make_report(
        FactKind.ORDER,
        receipt_key=f"fact:{customer.id}:{number}",
        customer=CustomerHint(customer_id=customer.id),
        occurred_at=clock.now(),
        margin=Money(10_00, "USD"),
    )
    customers_service.record_fact(report)


def members(slug: str) -> set[str]:
    return {member.customer_id for member in views.members(slug, None, 100).items}


def counted(slug: str) -> int:
    return tallies.sums(COUNTER).get(slug, 0)


def in_order(bench: Bench) -> bool:
    """Members, memberships and sums say the same."""
    rows = {(member.segment_id, member.customer_id) for member in bench.rows(Member)}
    hers = {(slug, each.customer_id) for each in bench.rows(Memberships) for slug in each.since}
    slugs = {slug for slug, _ in rows}
    sums = {slug: n for slug, n in tallies.sums(COUNTER).items() if n}
    return rows == hers and sums == {slug: sum(s == slug for s, _ in rows) for slug in slugs}


def ids_of(people: Iterable[Customer]) -> set[str]:
    return {person.id for person in people}


# Built


def test_a_segment_is_built_of_those_who_were_there_before_it(bench: Bench) -> None:
    golden = [a_customer(f"g{n}", tier="gold") for n in range(3)]
    a_customer("plain")

    put("gold", GOLD)
    bench.run()

    shown = views.segment("gold")
    assert (shown.segment.state, shown.members, shown.progress) == (SegmentState.READY, 3, None)
    assert members("gold") == ids_of(golden)
    assert in_order(bench)
    assert bench.failures == []


def test_changed_conditions_take_in_some_and_let_others_go(bench: Bench) -> None:
    gold, buyer = a_customer("g", tier="gold"), a_customer("b", bought=clock.now() - DAY)
    put("s", GOLD)
    bench.run()
    assert members("s") == {gold.id}

    put("s", BUYERS)
    bench.run()

    assert members("s") == {buyer.id}
    assert counted("s") == 1
    assert in_order(bench)


def test_another_title_builds_nothing(bench: Bench) -> None:
    a_customer("g", tier="gold")
    built = put("gold", GOLD)
    bench.run()

    renamed = service.put_segment("gold", "All that glitters", built.definition, by="desk", expected=1)

    assert (renamed.state, renamed.edition, renamed.build) == (SegmentState.READY, 2, built.build)


def test_a_deleted_segment_is_gone_at_once_and_its_members_follow(bench: Bench) -> None:
    for n in range(4):
        a_customer(f"g{n}", tier="gold")
    put("gold", GOLD)
    bench.run()

    service.delete_segment("gold")

    assert views.segments() == []
    bench.run()
    assert (bench.rows(Member), bench.rows(Memberships), bench.rows(Segment)) == ([], [], [])
    assert counted("gold") == 0


def test_a_segment_saved_anew_while_it_is_cleared_is_right(bench: Bench) -> None:
    gold, buyer = a_customer("g", tier="gold"), a_customer("b", bought=clock.now() - DAY)
    put("s", GOLD)
    bench.run()
    service.delete_segment("s")

    put("s", BUYERS)
    bench.run()

    assert members("s") == {buyer.id}
    assert gold.id not in members("s")
    assert in_order(bench)


def test_one_counts_before_there_is_a_segment(bench: Bench) -> None:
    for n in range(3):
        a_customer(f"g{n}", tier="gold")
    a_customer("plain")

    count_id = service.start_count(decode(_json(GOLD), Asked).definition)
    assert not views.count(count_id).over
    bench.run()

    assert views.count(count_id) == views.Progress(seen=4, matched=3, over=True)
    assert bench.rows(Member) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_build_whose_workers_die_over_and_over_ends_right(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(sweeps, "PAGE", 2)
    monkeypatch.setattr(sweeps, "SLICE", 2)
    golden = [a_customer(f"g{n}", tier="gold") for n in range(6)]
    plain = [a_customer(f"p{n}") for n in range(2)]
    breaker = Breaker(monkeypatch)
    put("gold", GOLD)

    with breaker.breaking(Mortality(seed=seed)):
        for _ in range(300):
            if not (bench._follow_stream() or bench._consume("background", background.background)):
                break
    bench.run()

    assert bench.failures
    assert members("gold") == ids_of(golden)
    assert not members("gold") & ids_of(plain)
    assert views.segment("gold").segment.state is SegmentState.READY
    assert in_order(bench)


# Kept by events


def test_a_fact_makes_her_join(bench: Bench) -> None:
    ann = a_customer("ann")
    put("buyers", BUYERS)
    bench.run()
    assert members("buyers") == set()

    buys(ann)
    bench.run()

    assert members("buyers") == {ann.id}
    assert [segment.id for segment, _ in views.segments_of(ann.id)] == ["buyers"]


def test_who_was_silent_leaves_when_she_writes(bench: Bench) -> None:
    ann = a_customer("ann", lately={"contact": clock.now() - 100 * DAY})
    put("silent", {"all": [{"about": "last_contact", "older_than_days": 90}]})
    bench.run()
    assert members("silent") == {ann.id}

    bench.receive(b"From: ann@example.org\r\nTo: hello@care.liana.test\r\nSubject: Hi\r\n\r\nHello.\r\n")
    bench.run()

    assert members("silent") == set()


def test_a_new_customer_is_sorted_as_she_comes(bench: Bench) -> None:
    put("never", {"all": [{"about": "stage", "one_of": ["never_bought"]}]})
    bench.run()

    bench.receive(b"From: bea@example.org\r\nTo: hello@care.liana.test\r\nSubject: Hi\r\n\r\nHello.\r\n")
    bench.run()

    bea = customers.customer_of(Handle("email", "bea@example.org"))
    found = bench.rows(Customer)
    assert len(found) == 1, bea
    assert members("never") == ids_of(found)


def test_what_no_segment_speaks_of_asks_for_nothing(bench: Bench) -> None:
    ann = a_customer("ann")
    put("gold", GOLD)
    bench.run()

    buys(ann)
    bench._follow_stream()

    assert queued(bench) == 0


def test_without_segments_nobody_is_sorted(bench: Bench) -> None:
    ann = a_customer("ann")
    bench.run()

    buys(ann)
    bench._follow_stream()

    assert queued(bench) == 0


def queued(bench: Bench) -> int:
    said = bench.client("sqs").get_queue_attributes(
        QueueUrl=bench.queue_urls["background"], AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(said["Attributes"]["ApproximateNumberOfMessages"])


def test_repeated_and_late_messages_change_nothing(bench: Bench) -> None:
    ann, bea = a_customer("ann", tier="gold"), a_customer("bea")
    put("gold", GOLD)
    put("buyers", BUYERS)
    bench.run()
    buys(bea)
    bench.run()
    before = sorted(map(repr, [*bench.rows(Member), *bench.rows(Memberships)]))

    for _ in range(3):
        for batch in ((ann.id,), (bea.id, ann.id), (ann.id, "01KAM8Q6C3V8QW2E0N4B7T9XYZ")):
            bench.put("background", messages.to_json(SortCustomers(customer_ids=batch)))
    bench.run()

    assert sorted(map(repr, [*bench.rows(Member), *bench.rows(Memberships)])) == before
    assert in_order(bench)


def test_more_memberships_than_one_transaction_takes_are_written_in_several(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(membership, "MOST_AT_ONCE", 2)
    for n in range(5):
        put(f"s{n}", BUYERS)
    ann = a_customer("ann")
    bench.run()

    buys(ann)
    bench.run()

    assert len(views.segments_of(ann.id)) == 5
    assert in_order(bench)


# Kept by time


def test_a_gold_customer_who_did_not_buy_for_90_days_joins_by_time_alone_and_leaves_when_she_buys(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_customer("ann", tier="gold", bought=clock.now() - 85 * DAY)
    a_customer("bea", bought=clock.now() - 85 * DAY)
    put("silent", SILENT)
    bench.run()
    assert members("silent") == set()
    (waiting,) = bench.rows(Memberships)
    assert waiting.customer_id == ann.id

    with far_from_now(monkeypatch, 5 * DAY + timedelta(minutes=1)):
        bench.tick()
        bench.run()
        assert members("silent") == {ann.id}

        buys(ann)
        bench.run()
        assert members("silent") == set()
    assert in_order(bench)


def test_a_purchase_does_not_move_the_look_at_her_which_moves_it_when_it_comes(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_customer("ann", tier="gold", bought=clock.now() - 85 * DAY)
    put("silent", SILENT)
    bench.run()
    (before,) = bench.rows(Memberships)

    buys(ann)
    bench.run()
    assert bench.rows(Memberships) == [before]

    with far_from_now(monkeypatch, 5 * DAY + timedelta(minutes=1)):
        bench.tick()
        bench.run()
    (after,) = bench.rows(Memberships)
    assert members("silent") == set()
    assert after.look_again == customers.customer(ann.id).value.last + 90 * DAY  # type: ignore[union-attr,operator]


# Merges, and the forgotten


def test_who_was_merged_is_in_no_segment_and_the_survivor_by_her_sum(bench: Bench) -> None:
    ann, bea = a_customer("ann"), a_customer("bea", bought=clock.now() - DAY)
    put("buyers", BUYERS)
    bench.run()

    made = customers_service.merge(bea.id, ann.id, **SAID, confirm_external=False)
    bench.run()
    assert members("buyers") == {ann.id}
    assert in_order(bench)

    customers_service.undo_merge(made.id, **SAID)
    bench.run()
    assert members("buyers") == {bea.id}
    assert in_order(bench)


def test_who_is_erased_is_in_no_segment_and_not_counted(bench: Bench) -> None:
    ann = a_customer("ann", bought=clock.now() - DAY)
    put("buyers", BUYERS)
    bench.run()

    privacy_service.start_erasure(
        ann.id, by="desk", author="Tom", reason="a letter", receipt_key="e:1", fingerprint="f"
    )
    bench.run()

    assert (bench.rows(Member), bench.rows(Memberships)) == ([], [])
    assert counted("buyers") == 0


def test_an_erasure_that_is_quicker_than_the_sorting_counts_her_out_too(bench: Bench) -> None:
    ann = a_customer("ann", bought=clock.now() - DAY)
    put("buyers", BUYERS)
    put("never_gold", {"none": GOLD["all"]})
    bench.run()
    started = privacy_service.start_erasure(
        ann.id, by="desk", author="Tom", reason="a letter", receipt_key="e:1", fingerprint="f"
    )

    privacy_service.erase(started.id, -1)

    assert (bench.rows(Member), bench.rows(Memberships)) == ([], [])
    assert {slug: n for slug, n in tallies.sums(COUNTER).items() if n} == {}


# Nights


def test_after_a_night_segments_by_the_index_are_built_anew(bench: Bench) -> None:
    a_customer("ann")
    first = put("upper", {"all": [{"about": "value_index", "at_least": 50}]})
    put("gold", GOLD)
    bench.run()
    assert views.segment("upper").members == 1

    service.rebuild()
    bench.run()

    upper, gold = views.segment("upper").segment, views.segment("gold").segment
    assert upper.build != first.build
    assert (upper.state, gold.edition) == (SegmentState.READY, 1)
    assert replace(upper, build="", ready_at=None, version=None).edition == 1
