"""Text messages: parts, numbers, and STOP."""

import pytest

from chalicelib.channels import sms


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # each takes two places
        ("€" * 81, 2),
        ("您" * 70, 1),
        ("您" * 71, 2),
        ("a" * 70 + "您", 2),  # one letter of another script, and all of it takes twice the room
        ("🎪" * 35, 1),
        ("🎪" * 36, 2),
    ],
)
def test_a_text_is_paid_by_the_parts_it_takes(text: str, parts: int) -> None:
    assert sms.segments(text) == parts


def test_no_letter_is_cut_in_two_between_parts() -> None:
    # 153 places a part: the 77th € does not fit into the first with its two.
    assert sms.segments("€" * 153) == 3


@pytest.mark.parametrize(
    ("value", "is_one"), [("+4930123456", True), ("030123456", False), ("+0301", False), ("", False)]
)
def test_only_e_164_is_a_number(value: str, is_one: bool) -> None:
    assert sms.is_number(value) is is_one


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("STOP", True),
        (" Stop. ", True),
        ("stop  all", True),
        ("退订", True),
        ("Stop by on Monday?", False),
        ("", False),
    ],
)
def test_stop_alone_means_no_more(text: str, stops: bool) -> None:
    assert sms.says_stop(text) is stops
