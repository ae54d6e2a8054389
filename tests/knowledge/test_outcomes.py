from dataclasses import replace

import pytest

from chalicelib.knowledge import outcomes
from chalicelib.knowledge.outcomes import LOWEST, Outcome, standing
from chalicelib.model.question import AskedThrough, Question, QuestionState
from chalicelib.model.upkeep import MOST_MISSING, ArticleCare, ArticleVote, Votes
from tests.factories import ANNS_ID, NOON, at

CARE = ArticleCare(article_id="lamps")


def vote(*, helpful: bool, **fields: object) -> ArticleVote:
    return ArticleVote(**{"article_id": "lamps", "voter": "ab12", "helpful": helpful, "at": NOON, **fields})  # type: ignore[arg-type]


def with_votes(*votes: ArticleVote) -> ArticleCare:
    care = CARE
    for one in votes:
        care = outcomes.with_vote(care, one, NOON)
    return care


def question(**fields: object) -> Question:
    values = {
        "id": "01Q",
        "asked_at": NOON,
        "text": "lamp?",
        "through": AskedThrough.HELP_CENTRE,
        "customer_id": ANNS_ID,
        "answered": True,
        "shown": ("lamps", "tents"),
        **fields,
    }
    return Question(**values)  # type: ignore[arg-type]


def test_votes_are_summed_in_all_and_by_month() -> None:
    care = with_votes(vote(helpful=True), vote(helpful=False, at=at("2026-12-01")))

    assert care.votes == Votes(helpful=1, not_helpful=1)
    assert care.by_month == {"2026-11": Votes(helpful=1), "2026-12": Votes(not_helpful=1)}


def test_who_votes_anew_takes_her_vote_back() -> None:
    first = vote(helpful=True)

    again = with_votes(first, vote(helpful=False, counted=first.lesson))

    assert again.votes == Votes(not_helpful=1)


def test_the_same_vote_again_is_none() -> None:
    known = vote(helpful=False, missing="which battery?")
    again = {"helpful": False, "missing": "which battery?", "language": "en", "now": NOON}

    assert outcomes.vote(known, "lamps", "ab12", **again) is known  # type: ignore[arg-type]


def test_what_was_missing_is_kept_for_the_newest_remarks() -> None:
    care = CARE
    for number in range(MOST_MISSING + 5):
        care = outcomes.with_vote(care, vote(helpful=False, voter=str(number), missing=f"remark {number}"), NOON)

    assert len(care.missing) == MOST_MISSING
    assert care.missing[-1].text == f"remark {MOST_MISSING + 4}"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"state": QuestionState.SOLVED, "solved_by": "tents"}, (Outcome("tents", solved=1),)),
        ({"state": QuestionState.UNSOLVED}, (Outcome("lamps", unsolved=1),)),
        ({"state": QuestionState.PERSON, "read": ("tents",)}, (Outcome("tents", unsolved=1),)),
        ({"state": QuestionState.PERSON, "answered": False}, ()),
        ({"state": QuestionState.PERSON, "held_out": True}, ()),
        ({}, ()),
    ],
)
def test_what_an_outcome_says_of_an_article(fields: dict[str, object], expected: tuple[Outcome, ...]) -> None:
    assert outcomes.outcomes_of(question(**fields)) == expected


def test_who_is_helped_after_all_takes_back_that_she_was_not() -> None:
    told = outcomes.outcomes_of(
        question(state=QuestionState.SOLVED, solved_by="lamps", learned_as=QuestionState.UNSOLVED.value)
    )

    assert told == (Outcome("lamps", unsolved=-1), Outcome("lamps", solved=1))


def test_who_turns_to_a_person_after_she_was_not_helped_is_counted_once() -> None:
    assert outcomes.outcomes_of(question(state=QuestionState.PERSON, learned_as="unsolved")) == ()


def test_an_article_nobody_judged_stands_as_it_is() -> None:
    assert standing(0, 0) == 100


def test_one_bad_vote_takes_little() -> None:
    assert standing(0, 1) >= 75


def test_an_article_that_solves_nothing_falls_and_is_never_hidden() -> None:
    assert standing(0, 20) == LOWEST
    assert standing(0, 100_000) == LOWEST


def test_an_article_that_got_better_recovers() -> None:
    bad = standing(1, 10)

    assert bad < 50
    assert standing(61, 10) == 100


def test_outcomes_move_the_standing() -> None:
    care = outcomes.with_outcomes(CARE, [Outcome("lamps", unsolved=1)] * 12)

    assert care.unsolved == 12
    assert care.standing < 60
    assert outcomes.with_outcomes(replace(care, solved=200), []).standing == 100


def test_who_says_later_what_was_missing_is_heard_and_counts_once() -> None:
    first = vote(helpful=False)
    later = vote(helpful=False, missing="which battery?", counted=first.lesson)

    care = with_votes(first, later)

    assert later.lesson != first.lesson
    assert care.votes == Votes(not_helpful=1)
    assert [one.text for one in care.missing] == ["which battery?"]


def test_the_same_words_with_her_vote_and_with_her_question_are_one_remark() -> None:
    care = with_votes(vote(helpful=False, missing="which battery?"))

    assert outcomes.with_missing(care, "which battery?", NOON, NOON) == care


def test_what_was_missing_in_an_answer_is_learned_also_when_she_says_it_later() -> None:
    first = question(state=QuestionState.UNSOLVED)
    later = replace(first, missing="which battery?", learned_as=first.lesson)

    assert later.lesson != first.lesson
    assert sum(one.unsolved for one in outcomes.outcomes_of(later)) == 0
