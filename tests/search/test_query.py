"""What does a question ask the index for?"""

from collections.abc import Iterable

import pytest

from chalicelib.search import analysis
from chalicelib.search.query import MOST_WORDS, Asked, Vocabulary, edits, understand

KNOWN = {"refund": 4, "activ": 1, "card": 5, "the": 10, "screensav": 2, "invoic": 1, "退款": 2, "退": 3, "款": 3}


def vocabulary(near: Iterable[str] = (), **synonyms: list[str]) -> Vocabulary:
    return Vocabulary(10, lambda token: KNOWN.get(token, 0), lambda _: near, synonyms)


def asked(text: str, near: Iterable[str] = (), **synonyms: list[str]) -> Asked:
    return understand(analysis.words(text, "en"), ["en"], vocabulary(near, **synonyms))


def terms(one: Asked) -> dict[str, float]:
    return {token: weight for group in one.groups for token, weight in group.terms}


def test_words_are_asked_for_by_their_stems_the_rarest_first() -> None:
    assert list(terms(asked("the refunds, activation"))) == ["activ", "refund", "the"]


def test_a_mistyped_word_is_read_as_the_known_one_nearest_to_it() -> None:
    one = asked("activatoin", near=["activation", "refunding"])

    assert terms(one) == {"activ": 0.8}
    assert one.unknown == ("activatoin",)


def test_a_word_nothing_resembles_counts_as_unexplained() -> None:
    one = asked("refund unicorn")

    assert one.unknown == ("unicorn",)
    assert one.share({"refund"}) < 0.4


def test_a_synonym_counts_less_than_the_word_itself() -> None:
    assert terms(asked("bill", bill=["invoice"])) == {"invoic": 0.5}


def test_words_that_are_written_as_one_are_found_when_they_are_parted() -> None:
    assert "screensav" in terms(asked("my screen saver"))


def test_words_that_follow_each_other_are_told_as_pairs() -> None:
    assert asked("activate the card").pairs == ("activ_the", "the_card")


def test_a_question_is_explained_by_its_rare_words_more_than_by_frequent_ones() -> None:
    one = asked("the activation card")

    assert one.share({"activ"}) > one.share({"card"}) > one.share({"the"})
    assert one.share({"activ", "card", "the"}) == pytest.approx(1)


def test_of_a_letter_the_rarest_words_are_asked_for() -> None:
    words = [f"word{letter}{other}" for letter in "abcdefghij" for other in "abcdefghij"]

    assert len(asked(" ".join(words)).groups) == MOST_WORDS


@pytest.mark.parametrize(
    ("one", "other", "away"),
    [
        ("card", "card", 0),
        ("crad", "card", 1),
        ("car", "card", 1),
        ("cards", "card", 1),
        ("cord", "card", 1),
        ("refnud", "refunds", 2),
        ("", "pin", 3),
    ],
)
def test_edits_are_counted_a_swap_as_one(one: str, other: str, away: int) -> None:
    assert edits(one, other) == edits(other, one) == away


def in_language(text: str, language: str) -> dict[str, float]:
    words = Vocabulary(10, lambda _: 1, lambda _: (), {"de:handy": ["phone"], "zh:手机": ["移动电话"]})
    return terms(understand(analysis.words(text, language), [language], words))


def test_a_synonym_counts_in_the_language_it_was_learned_in() -> None:
    assert "phon" in in_language("my handy", "de") or "phone" in in_language("my handy", "de")
    assert not {"phon", "phone"} & in_language("my handy", "en").keys()


def test_a_synonym_counts_where_words_are_not_parted() -> None:
    assert {"移动", "电话"} <= in_language("我的手机坏了", "zh").keys()
    assert "移动" not in in_language("手写的机票", "zh")
