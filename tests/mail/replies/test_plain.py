"""A plain yes or no, and what is neither."""

import pytest

from chalicelib.mail.replies.plain import NO, STOP, YES, plain


@pytest.mark.parametrize("text", ["no", "No.", "“No”", "No, thanks!\n\nAnn", "NO THANK YOU", "Nein.", "否", "不用了。"])
def test_a_plain_no_is_one_however_it_is_written(text: str) -> None:
    assert plain(text) == NO


@pytest.mark.parametrize("text", ["yes", "Yes!\n\nKind regards\nAnn", "是", "Ja."])
def test_a_plain_yes_is_one(text: str) -> None:
    assert plain(text) == YES


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "Unsubscribe.",
        "Please, unsubscribe me!\n\nAnn",
        "please remove me from your list",
        "退订",
        "请不要再发了。",
    ],
)
def test_that_she_wants_no_more_is_understood(text: str) -> None:
    assert plain(text) == STOP


@pytest.mark.parametrize(
    "text",
    [
        "", "…", "Cancel", "Stop by on Monday", "How do I unsubscribe from the daily plan?", "取消订单",
        "no idea what you mean", "Yes, but the lamp is still broken", "not yet", "I know",
        "Yes\nbut the lamp that you sent instead of the first one is broken, too", "No\n1\n2\n3",
    ],
)  # fmt: skip
def test_whatever_says_more_is_for_people(text: str) -> None:
    assert plain(text) == ""
