"""A country's name in the stage's file becomes days in the functions' settings."""

import pytest

from infra import public_holidays
from infra.trouble import Trouble


def test_a_part_of_a_country_has_its_own_days() -> None:
    days = public_holidays.days_of("DE-BY", range(2026, 2028))

    assert days["2026"].split()[:3] == ["0101", "0106", "0403"]
    assert list(days) == ["2026", "2027"]
    assert "0106" not in public_holidays.days_of("DE", [2026])["2026"].split()


def test_no_place_has_none() -> None:
    assert public_holidays.days_of("", [2026]) == {}


@pytest.mark.parametrize(
    ("place", "says"),
    [("XX", "a country looks like DE"), ("DE-XX", "parts of DE are BB, BE, BW, BY"), ("Germany ", "a country looks")],
)
def test_a_place_nobody_knows_is_refused_with_what_to_write(place: str, says: str) -> None:
    with pytest.raises(Trouble, match=says):
        public_holidays.days_of(place, [2026])
