"""What a question keeps of a person: nothing."""

import pytest

from chalicelib.knowledge.masking import masked, words_of


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Where is my parcel?", "Where is my parcel?"),
        ("Where is order 4711-0815?", "Where is order …?"),
        ("Where is order A12B-99X7?", "Where is order …?"),
        ("Where is #AB99?", "Where is …?"),
        ("Write to ann.archer@example.org please", "Write to … please"),
        ("See https://shop.example/orders/17?x=y now", "See … now"),
        ("Call me on +49 (30) 123-4567 tonight", "Call me on … tonight"),
        ("My IBAN is DE89 3704 0044 0532 0130 00, is it saved?", "My IBAN is …, is it saved?"),
        ("My name is Ann Archer and my tent leaks", "… and my tent leaks"),
        ("Hi, this is Maria Lopez, where is my parcel?", "Hi, …, where is my parcel?"),
        ("Dear Tom, where is my parcel?", "…, where is my parcel?"),
        ("Mrs. Archer cannot log in", "… cannot log in"),
        ("Can you deliver to 12 Baker Street on Friday?", "Can you deliver to … on Friday?"),
        ("Liefern Sie in die Hauptstraße 5a?", "Liefern Sie in die …?"),
        ("我叫王小明，包裹在哪里？", "…,包裹在哪里?"),
        ("请寄到中山路123号", "…"),
        ("电话13812345678打不通", "电话…打不通"),
        ("Is the 2 year warranty still on?", "Is the 2 year warranty still on?"),
        ("I am looking for my invoice", "I am looking for my invoice"),
    ],
)
def test_what_tells_of_a_person_is_masked(text: str, told: str) -> None:
    assert masked(text) == told


def test_her_own_names_are_masked_wherever_they_stand() -> None:
    assert masked("The parcel for ann archer, or Archer", names=["Ann Archer"]) == "The parcel for …, or …"
    assert masked("王小明的包裹", names=["王小明"]) == "…的包裹"


def test_a_name_inside_a_word_is_no_name() -> None:
    assert masked("The annual fee", names=["Ann"]) == "The annual fee"


@pytest.mark.parametrize(
    "text", ["Where is my parcel?", " where is  my PARCEL ", "Where is my parcel?!", "where is my parcel"]
)
def test_the_same_words_are_one_question(text: str) -> None:
    assert words_of(text) == "where is my parcel"


@pytest.mark.parametrize("text", ["", "???", "4711", "ann@example.org", "a " * 150])
def test_what_is_no_question_is_not_learned(text: str) -> None:
    assert words_of(text) == ""


def test_two_signs_of_chinese_are_words_enough() -> None:
    assert words_of("退货？") == "退货"
