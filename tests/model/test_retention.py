"""How long what is kept: what is said in a line of settings, and what is wrong with it."""

import pytest

from chalicelib.kernel.errors import Permanent
from chalicelib.model.retention import Retention, read_retention


def test_what_is_not_named_keeps_its_default() -> None:
    assert read_retention("") == Retention()
    assert read_retention("look=30, usage=500") == Retention(look=30, usage=500)


def test_nought_is_for_good() -> None:
    assert read_retention("interaction=0 fact=0").fact == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mail=3", "knows no 'mail'; it may name interaction"),
        ("look", "retention look: write whole days, as in look=400"),
        ("look=-1", "write whole days"),
        ("look=1.5", "write whole days"),
        ("look=3 look=4", "names look twice"),
        ("fact=399", "at least 400 days"),
        ("event=90", "case=1095 would outlive event=90, by which an erasure finds it: say case=90 or less"),
        ("case=0", "case=0 would outlive event=1095"),
        ("interaction=365 quarantine=90", "say message=365 or less"),
        ("interaction=90 message=90", "say quarantine=90 or less"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_write(text: str, says: str) -> None:
    with pytest.raises(Permanent, match=says):
        read_retention(text)
