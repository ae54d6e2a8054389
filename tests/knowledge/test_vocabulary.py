from datetime import timedelta

import pytest

from chalicelib.knowledge import vocabulary
from chalicelib.knowledge.vocabulary import pairs_of
from chalicelib.model.question import AskedThrough, Question, QuestionState
from chalicelib.model.upkeep import MOST_WORDS, PairState, UnknownWords, WordPair
from tests.factories import ANNS_ID, NOON

LITTLE = frozenset({"how", "can", "where", "what", "the", "does", "please"})
PAIR = ("en", ("handy", "phone"))


def question(text: str, minutes: float = 0, state: QuestionState = QuestionState.ASKED) -> Question:
    return Question(
        id=f"{text}{minutes}",
        asked_at=NOON + timedelta(minutes=minutes),
        text=text,
        through=AskedThrough.HELP_CENTRE,
        customer_id=ANNS_ID,
        state=state,
    )


@pytest.mark.parametrize(
    ("before", "after", "pairs"),
    [
        ("insure my handy", "insure my phone", [("handy", "phone")]),
        ("how can I insure my handy", "insure the phone please", [("handy", "phone")]),
        ("insure my phone", "insure my phone", []),
        ("insure my handy", "where is my parcel", []),
        ("handy", "phone", []),
        ("my lamp flickers at night outside", "my lamp needs another battery soon", []),
        ("怎么退换商品", "怎么退货商品", []),
        ("如何修改快递地址", "如何修改收货地址", [("快递", "收货")]),
    ],
)
def test_a_word_stands_for_another_where_all_else_is_the_same(
    before: str, after: str, pairs: list[tuple[str, str]]
) -> None:
    assert pairs_of(before, after, LITTLE.__contains__) == pairs


def test_only_what_was_asked_in_vain_just_before_is_rephrased() -> None:
    solved = question("insure my phone", 10, QuestionState.SOLVED)
    before = [
        question("insure my handy", 6),
        question("insure my cell", -5),
        question("insure my mobile", 7, QuestionState.SOLVED),
        question("insure my fone", 12),
    ]

    assert [one.text for one in vocabulary.rephrased(before, solved)] == ["insure my handy"]


def test_a_pair_is_suggested_to_nobody_before_three_people_wrote_it() -> None:
    pair = vocabulary.learn(None, *PAIR, ["a", "b"], NOON)

    assert not pair.shown
    assert vocabulary.learn(pair, *PAIR, ["c"], NOON).shown


def test_who_rephrases_twice_counts_once() -> None:
    pair = vocabulary.learn(None, *PAIR, ["a"], NOON)

    assert vocabulary.learn(pair, *PAIR, ["a"], NOON).askers == ("a",)


def test_enough_people_approve_a_pair() -> None:
    pair = vocabulary.learn(None, *PAIR, [str(number) for number in range(vocabulary.ENOUGH)], NOON)

    assert (pair.state, pair.decided_by) == (PairState.APPROVED, "Liana")


def test_what_somebody_refused_stays_refused() -> None:
    pair = WordPair(
        language="en", word="handy", other="phone", state=PairState.DISMISSED, last_at=NOON, decided_at=NOON
    )

    more = vocabulary.learn(pair, *PAIR, [str(number) for number in range(20)], NOON)

    assert more.state is PairState.DISMISSED


def test_deciding_twice_changes_nothing() -> None:
    pair = WordPair(language="en", word="handy", other="phone", last_at=NOON)
    _, decided = vocabulary.decide(pair, PairState.APPROVED, by="Tom", now=NOON)

    again, _ = vocabulary.decide(decided, PairState.APPROVED, by="Eve", now=NOON)

    assert again.changes == ()


def test_a_word_only_one_person_wrote_is_shown_to_nobody() -> None:
    words = vocabulary.heard(UnknownWords(language="en"), {"schmidt": ["a", "a"], "klarna": ["a", "b", "c"]}, NOON)

    assert [one.word for one in vocabulary.shown(words)] == ["klarna"]


def test_words_that_were_asked_for_least_go_when_there_are_too_many() -> None:
    asked = {f"word{number}": ["a"] for number in range(MOST_WORDS + 50)}
    words = vocabulary.heard(UnknownWords(language="en"), {**asked, "klarna": ["a", "b"]}, NOON)

    assert len(words.words) == MOST_WORDS
    assert words.words[0].word == "klarna"


def test_the_same_people_again_change_nothing() -> None:
    words = vocabulary.heard(UnknownWords(language="en"), {"klarna": ["a", "b"]}, NOON)

    assert vocabulary.heard(words, {"klarna": ["b"]}, NOON) == words
