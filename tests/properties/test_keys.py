"""The key grammar keeps time order and never outgrows DynamoDB, whatever others put into it."""

from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.kernel import clock, ids
from chalicelib.model.customer import Handle
from chalicelib.storage import keys
from chalicelib.storage.rows.cases import CaseRow
from tests.factories import make_case, make_promise
from tests.properties.strategies import HANDLES, MOMENTS, WORDS

LONGEST_SORT_KEY = 1024
LONG = st.text(max_size=50) | st.builds(lambda text, times: text * times, st.text(min_size=1), st.integers(1, 2500))
ULIDS = st.text(ids.CROCKFORD, min_size=26, max_size=26)
few = settings(deadline=None, max_examples=60)


@few
@given(st.lists(st.tuples(MOMENTS, ULIDS), min_size=2, max_size=10))
def test_the_due_index_is_in_time_order(due: list[tuple[datetime, str]]) -> None:
    places = sorted((keys.due("work", at, keys.timeline("c", entry)).sk, at) for at, entry in due)

    assert all(before <= after for (_, before), (_, after) in pairwise(places))


@few
@given(MOMENTS, MOMENTS, ULIDS)
def test_what_is_due_by_now_is_before_the_cut_and_nothing_else_is(at: datetime, now: datetime, entry: str) -> None:
    place = keys.due("outreach", at, keys.timeline("c", entry)).sk

    assert (place <= f"{clock.iso(now)}$") is (at <= now)


@few
@given(st.lists(st.tuples(st.integers(0, 9), MOMENTS), min_size=2, max_size=10))
def test_open_cases_are_in_the_order_of_priority_then_promise(urgent: list[tuple[int, datetime]]) -> None:
    places = []
    for priority, due_at in urgent:
        listing = CaseRow.list_place(make_case(priority=priority, promise=make_promise(due_at=due_at)))
        assert listing
        places.append((listing.sk, -priority, due_at))

    assert sorted(places) == sorted(places, key=lambda place: place[1:])


@few
@given(st.lists(MOMENTS, min_size=2, max_size=20))
def test_ids_are_in_time_order(moments: list[datetime]) -> None:
    in_order = sorted(set(moments))

    made = [ids.new_ulid(at) for at in in_order]

    assert made == sorted(made)
    assert len({ids.first_ulid_at(at) for at in in_order}) == len(in_order), "no two milliseconds are one"


@few
@given(LONG, LONG)
def test_no_handle_message_or_receipt_outgrows_its_key(one: str, other: str) -> None:
    for key in (keys.handle(Handle("external", one)), keys.message(one, other), keys.receipt(one)):
        assert len(key.pk.encode()) <= keys.LONGEST
        assert len(key.sk.encode()) <= LONGEST_SORT_KEY


@few
@given(LONG, LONG)
def test_two_sources_never_share_a_place(one: str, other: str) -> None:
    assert (keys.receipt(one) == keys.receipt(other)) is (one == other)


@few
@given(HANDLES, HANDLES)
def test_two_handles_never_share_a_place(one: Handle, other: Handle) -> None:
    assert (keys.handle(one) == keys.handle(other)) is (one == other)


@few
@given(st.text())
def test_whatever_is_typed_a_case_number_is_a_case_id_or_nothing(typed: str) -> None:
    case_id = ids.read_case_number(typed)

    assert case_id is None or ids.read_case_number(ids.case_number(case_id)) == case_id


@few
@given(st.lists(WORDS, min_size=1, max_size=4))
def test_a_case_id_is_read_back_from_its_number(parts: list[str]) -> None:
    case_id = ids.derived_case_id(*parts)

    assert ids.read_case_number(ids.case_number(case_id)) == case_id


@pytest.mark.parametrize("shards", [1, 8, 16])
@few
@given(text=st.text())
def test_a_shard_is_one_of_those_there_are(shards: int, text: str) -> None:
    assert 0 <= ids.shard_of(text, shards) < shards
