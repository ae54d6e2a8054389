"""Everybody, in parts and pages: each once, and nobody who turned out to be somebody else."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.customer import Customer
from chalicelib.storage import customers, keys
from chalicelib.storage.commit import commit
from chalicelib.storage.table import row_at
from tests.factories import ANNS_ID, NOON, make_customer, make_task
from tests.meter import Metering

pytestmark = pytest.mark.usefixtures("table")
IDS = sorted(ids.derived_ulid(NOON, str(n)) for n in range(60))


def stored(*things: Any) -> None:
    for thing in things:
        commit(Decision((replace(thing, version=None),)))


def listed(shard: int, limit: int = 1000) -> list[Customer]:
    found, after = [], ""
    while True:
        page = customers.population(shard, after, limit)
        found += page.items
        if page.next is None:
            return found
        after = page.next


def everybody(limit: int = 1000) -> list[str]:
    return [customer.id for shard in range(keys.POPULATION_SHARDS) for customer in listed(shard, limit)]


def test_all_parts_together_have_everybody_once() -> None:
    stored(*(make_customer(id=customer_id) for customer_id in IDS), make_task())

    assert sorted(everybody()) == IDS
    assert sorted(everybody(limit=1)) == IDS, "page by page, too"


def test_a_part_is_in_the_order_of_ids() -> None:
    stored(*(make_customer(id=customer_id) for customer_id in reversed(IDS)))

    parts = [[customer.id for customer in listed(shard)] for shard in range(keys.POPULATION_SHARDS)]

    assert all(part == sorted(part) for part in parts)


def test_who_was_merged_is_not_among_them_and_comes_back_when_it_is_undone() -> None:
    stored(make_customer())
    customer = row_at(keys.customer(ANNS_ID))

    commit(Decision((replace(customer, merged_into="01S", merged_by="01M"),)))
    assert everybody() == []

    commit(Decision((replace(row_at(keys.customer(ANNS_ID)), merged_into="", merged_by=""),)))
    assert everybody() == [ANNS_ID]


def test_a_page_costs_one_query_and_a_read_per_hundred() -> None:
    metering = Metering()
    shard = keys.in_population(ANNS_ID).pk
    crowd = [c for c in (ids.derived_ulid(NOON, f"c{n}") for n in range(6000)) if keys.in_population(c).pk == shard]
    stored(*(make_customer(id=customer_id) for customer_id in crowd[:120]))

    meter = metering.start()
    page = customers.population(int(shard.rpartition("#")[2]), "", 1000)

    assert len(page.items) == 120
    assert meter.trips == {"Query": 1, "BatchGetItem": 2}
