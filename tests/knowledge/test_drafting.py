from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.knowledge import drafting, gaps
from chalicelib.knowledge.drafting import Answered, essence
from chalicelib.model.article import ArticleState
from chalicelib.model.gap import Gap
from chalicelib.model.interaction import Direction, Purpose
from tests.factories import ANNS_ID, CASE_ID, NOON, make_interaction, make_outbound

BODY = "Turn the lid to the left and take the old battery out. Put a CR2032 in, plus side up."

SENT_OFF = (
    "已经给张伟先生寄到北京市朝阳区建国路88号，电话13800138000，请注意查收包裹；"
    "如需修改收货时间，请在收到短信后联系快递员。"
)


def gap(question: str = "how do i change the lamp battery?", **fields: object) -> Gap:
    ask = gaps.Ask(question_id="01Q", at=NOON, text=question, asker=ANNS_ID)
    return replace(gaps.open_for(ask), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        f"Dear Ann,\n\n{BODY}\n\nBest regards,\nTom Taylor\nLiana Outdoor",
        f"Hi Ann!\n\nThank you for your message.\n\n{BODY}\n\nCheers\nTom",
        f"Hallo Frau Archer,\n{BODY}\n\nMit freundlichen Grüßen\nTom Taylor",
        f"{BODY}\n-- \nTom Taylor\n+49 30 1234567",
        f"{BODY}\n\nOn Fri, 20 Nov 2026 Ann Archer <ann@example.org> wrote:\n> How do I change it?",
    ],
)
def test_only_the_matter_of_an_answer_is_left(text: str) -> None:
    said = essence(text, ["Ann Archer", "Tom Taylor"])

    assert said.startswith("Turn the lid to the left")
    assert said.endswith("plus side up.")


def test_a_chinese_answer_loses_greeting_and_closing() -> None:
    text = "您好，请向左旋转灯盖，取出旧电池，然后换上新电池，正极朝上即可。\n\n祝您生活愉快！\n小李"

    assert essence(text, ["李明"]) == "请向左旋转灯盖,取出旧电池,然后换上新电池,正极朝上即可。"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("We sent the refund for order 4711-0815 to DE89 3704 0044 0532 0130 00, it takes five working days.", "0532"),
        ("I called you at +49 30 1234567 and left word: please unscrew the lid and change the battery.", "1234567"),
        ("Write to ann.archer@example.org from the address of your account to change the battery.", "example.org"),
        ("We deliver to Ann Archer at 12 Baker Street within three working days after the order.", "Baker"),
        ("As Ann told us the lid is stuck: turn it to the left and take the battery out.", "Ann"),
        ("我们已把退款退回到尾号6222021234567890的银行卡，三个工作日内到账，请您查收。", "6222021234567890"),
        (SENT_OFF, "13800138000"),
        (SENT_OFF, "张伟"),
        (SENT_OFF, "建国路88号"),
    ],
)
def test_a_draft_holds_no_personal_data(text: str, secret: str) -> None:
    said = essence(text, ["Ann Archer", "张伟"])

    assert said
    assert secret not in said


def test_an_answer_that_says_nothing_makes_no_article() -> None:
    assert essence("Hi Ann,\n\nDone!\n\nBest regards\nTom") == ""


def test_paragraphs_stay() -> None:
    assert essence(f"{BODY}\n\n{BODY}").count("\n\n") == 1


def test_the_answer_of_a_solved_case_comes_first() -> None:
    long = Answered("a", BODY * 3, NOON, solved=False)
    solved = Answered("b", BODY, NOON - timedelta(days=1), solved=True)

    assert drafting.best([long, solved]) == solved
    assert drafting.best([]) is None


def test_a_draft_asks_in_the_customers_words_and_waits_for_review() -> None:
    article = drafting.draft(gap(owner="tom", topics={"lamps": 2}), BODY, "de", NOON)

    assert article.texts["de"].title == "How do i change the lamp battery?"
    assert (article.state, article.owner, article.topic) == (ArticleState.IN_REVIEW, "tom", "lamps")
    assert article.live == {}


def test_a_gap_has_the_same_slug_each_time() -> None:
    assert drafting.slug_of(gap()) == drafting.slug_of(gap())
    assert drafting.slug_of(gap()).startswith("how-do-i-change-the-lamp-battery-")
    assert drafting.slug_of(gap("怎么换电池")).startswith("answer-")


def test_only_what_a_person_answered_is_an_answer() -> None:
    reply = replace(make_outbound(), purpose=Purpose.REPLY, author="Tom", case_id=CASE_ID)

    assert drafting.is_answer(reply)
    assert not drafting.is_answer(replace(reply, purpose=Purpose.ACKNOWLEDGEMENT, author="Liana"))
    assert not drafting.is_answer(make_interaction(direction=Direction.IN))
