"""Ids say when, follow from their cause, and survive being read out."""

from datetime import timedelta

import pytest

from chalicelib.kernel import ids
from tests.factories import NOON

A_MOMENT = timedelta(milliseconds=1)


def test_a_derived_id_is_the_same_for_the_same_cause() -> None:
    assert ids.derived_ulid(NOON, "mail:1", "answer") == ids.derived_ulid(NOON, "mail:1", "answer")


@pytest.mark.parametrize("parts", [("mail:2",), ("mail:1", ""), ("mail:", "1"), ("mail:1", "answer"), ("mail", ":1")])
def test_a_derived_id_differs_when_any_part_does(parts: tuple[str, ...]) -> None:
    assert ids.derived_ulid(NOON, *parts) != ids.derived_ulid(NOON, "mail:1")


def test_a_derived_id_differs_when_the_moment_does() -> None:
    assert ids.derived_ulid(NOON, "mail:1") != ids.derived_ulid(NOON + A_MOMENT, "mail:1")


def test_new_ids_of_one_moment_differ() -> None:
    assert ids.new_ulid(NOON) != ids.new_ulid(NOON)


def test_ids_sort_by_time() -> None:
    moments = [NOON + n * A_MOMENT for n in range(2000)]

    made = [ids.new_ulid(at) for at in moments]

    assert made == sorted(made)


def test_the_first_id_of_a_moment_sorts_before_every_other_of_it_and_behind_all_before() -> None:
    first = ids.first_ulid_at(NOON)

    assert ids.new_ulid(NOON - A_MOMENT) < first <= ids.new_ulid(NOON)


def test_every_made_id_is_a_ulid() -> None:
    assert ids.is_ulid(ids.new_ulid(NOON))


@pytest.mark.parametrize("text", ["", "01KAM8Q6C3V8QW2E0N4B7T9XY", "01kam8q6c3v8qw2e0n4b7t9xyz", "U" * 26])
def test_other_text_is_no_ulid(text: str) -> None:
    assert not ids.is_ulid(text)


def test_a_case_number_is_read_back_as_its_id() -> None:
    case_id = ids.derived_case_id("mail:1")

    assert ids.read_case_number(ids.case_number(case_id)) == case_id


@pytest.mark.parametrize(
    "said",
    [
        "7K3M-9QXT-2B10",
        "7k3m9qxt2b10",
        " 7K3M 9QXT 2B10 ",
        "#7K3M-9QXT-2B10",
        "7K3M-9QXT-2BIO",
        "7k3m-9qxt-2blo",
    ],
)
def test_a_case_number_is_understood_however_it_is_said(said: str) -> None:
    assert ids.read_case_number(said) == "7k3m9qxt2b10"


@pytest.mark.parametrize(
    "said", ["", "7K3M", "7K3M-9QXT-2B1U", "7K3M-9QXT-2B10-1", "ﬆ" * 12, "订单订单订单订单订单订单", "-" * 12]
)
def test_what_cannot_be_a_case_number_is_none(said: str) -> None:
    assert ids.read_case_number(said) is None


def test_a_fingerprint_tells_where_one_part_ends_and_the_next_begins() -> None:
    assert ids.fingerprint("a", "bc") != ids.fingerprint("ab", "c")


def test_shards_are_in_range_and_all_used() -> None:
    used = {ids.shard_of(f"key {n}", 8) for n in range(200)}

    assert used == set(range(8))
