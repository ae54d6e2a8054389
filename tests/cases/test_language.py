"""In which language we answer."""

import pytest

from chalicelib.cases import language
from tests.factories import make_arrival, make_customer


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("您好，我的订单还没有到。", "zh-Hans"),
        ("Hi, 您好，我的 iPhone 手机坏了，请问怎么修？", "zh-Hans"),
        ("Hello, my name is 王 and my order is late.", ""),
        ("注文がまだ届きません。", ""),
        ("주문이 아직 도착하지 않았습니다.", ""),
        ("", ""),
        ("?!", ""),
    ],
)
def test_the_script_tells_chinese_and_nothing_else(text: str, told: str) -> None:
    assert language.by_script(text) == told


def test_what_she_says_goes_before_what_we_know_and_that_before_the_script() -> None:
    chinese = make_customer(language="zh-Hans")

    assert language.of_case(make_arrival(language="en"), chinese) == "en"
    assert language.of_case(make_arrival(text="Hello"), chinese) == "zh-Hans"
    assert language.of_case(make_arrival(text="您好您好", subject=""), make_customer(language="")) == "zh-Hans"
