"""The key grammar."""

from datetime import timedelta

import pytest

from chalicelib.kernel.ids import shard_of
from chalicelib.model.customer import Handle
from chalicelib.storage import keys
from chalicelib.storage.keys import LONGEST, Key
from tests.factories import NOON


@pytest.mark.parametrize(
    ("key", "pk", "sk"),
    [
        (keys.customer("01C"), "CUSTOMER#01C", "PROFILE"),
        (keys.timeline("01C", "01E"), "CUSTOMER#01C", "T#01E"),
        (keys.untold_fact("01C", "01F"), "CUSTOMER#01C", "F#01F"),
        (keys.quarantine(NOON, "01E"), f"QUARANTINE#2026-11-20#{shard_of('01E', keys.LIST_SHARDS):02d}", "T#01E"),
        (keys.case("7k3m"), "CASE#7k3m", "CASE"),
        (keys.handle(Handle("email", "ann@example.org")), "HANDLE#email:ann@example.org", "HANDLE"),
        (keys.message("us@x", "id@y"), "MSG#us@x#id@y", "MSG"),
        (keys.receipt("mail:1"), "RECEIPT#mail:1", "RECEIPT"),
        (keys.machine("k1"), "MACHINE#k1", "MACHINE"),
        (keys.signpost("01C", "01M"), "CUSTOMER#01C", "T#~01M"),
        (keys.merge("01M"), "MERGE#01M", "MERGE"),
        (keys.in_population("01C"), f"CUSTOMERS#{shard_of('01C', keys.POPULATION_SHARDS):02d}", "01C"),
        (keys.sweep("calibration", "2026-11-20"), "SWEEP#calibration#2026-11-20", "RUN"),
        (keys.sweep_part("calibration", "2026-11-20", 7), "SWEEP#calibration#2026-11-20", "PART#07"),
        (keys.of_case("7k3m", "01E"), "CASE#7k3m", "01E"),
    ],
)
def test_every_kind_has_its_place(key: Key, pk: str, sk: str) -> None:
    assert key == (pk, sk)


@pytest.mark.parametrize("char", ["a", "é", "订", "😀"])
def test_what_others_made_too_long_still_has_a_place_of_its_own(char: str) -> None:
    first, second = keys.message("us@x", char * 3000), keys.message("us@x", char * 3000 + "b")

    assert len(first.pk.encode()) <= LONGEST
    assert first != second
    assert first == keys.message("us@x", char * 3000)


def test_what_just_fits_is_written_out() -> None:
    room = LONGEST - len("RECEIPT#")

    assert keys.receipt("订" * (room // 3)).pk == "RECEIPT#" + "订" * (room // 3)
    assert keys.receipt("x" * (room + 1)).pk != "RECEIPT#" + "x" * (room + 1)


def test_two_cases_due_at_one_instant_have_two_places() -> None:
    first, second = (keys.due("work", NOON, keys.case(case_id)) for case_id in ("7k3m", "9qxt"))

    assert first.sk != second.sk


def test_a_row_keeps_its_shard_when_its_time_moves() -> None:
    row = keys.timeline("01C", "01E")

    now, later = keys.due("work", NOON, row), keys.due("work", NOON + timedelta(days=1), row)

    assert now.pk == later.pk
    assert now.sk < later.sk
