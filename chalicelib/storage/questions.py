"""Questions asked of the knowledge base, and what was learned of them, in the table."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel import ids
from chalicelib.model.interaction import Receipt
from chalicelib.model.question import LearnedQuestion, Question
from chalicelib.storage import keys, table
from chalicelib.storage.keys import Key

A_PAGE = 100
MOST_LEARNED = 1_000  # looked at, of one article


def question(question_id: str, *, customer_id: str = "", visitor_id: str = "") -> Question | None:
    """AP-84: one question of a customer's record, or of a visitor; None when there is none, or it has expired. A
    visitor's id is what her browser says: with a customer's for it nobody finds anything."""
    place = (
        keys.timeline(customer_id, question_id) if customer_id else keys.question_of_visitor(visitor_id, question_id)
    )
    found = table.row_at(place)
    return found if isinstance(found, Question) else None


def questions_of(since: datetime, *, customer_id: str = "", visitor_id: str = "") -> list[Question]:
    """AP-84: what a customer's record, or a visitor, asked since then, newest first: a Query for each 100 entries of
    her timeline, or of his questions."""
    first = ids.first_ulid_at(since)
    found: list[Question] = []
    if customer_id:
        pk, starting = keys.customer(customer_id).pk, keys.TIMELINE
    else:
        pk, starting = keys.questions_of_visitor(visitor_id), keys.QUESTIONS
    after = None
    while True:
        page = table.entries(pk, starting, after=after, limit=A_PAGE)
        found += [each for each in page if isinstance(each, Question) and each.id >= first]
        if len(page) < A_PAGE or page[-1].id < first:
            break
        after = starting + page[-1].id
    return sorted(found, key=lambda each: each.id, reverse=True)


def learned(*slugs: str) -> list[LearnedQuestion]:
    """AP-85: by which words an article of these names, by now and before, is found, in no order; one Query each."""
    return [
        each
        for slug in slugs
        for each in table.entries(keys.article(slug).pk, keys.QUESTIONS, after=None, limit=MOST_LEARNED)
    ]


class Lesson(NamedTuple):
    """A question as it is stored, what its article learned in these words, and whether it was learned of her before."""

    question: Question | None
    learned: LearnedQuestion | None
    receipt: Receipt | None


def lesson(asked: Question, slug: str, words: str, receipt_key: str) -> Lesson:
    """AP-85: all of it in one BatchGet."""
    places = (
        _place(asked),
        keys.learned_question(slug, words),
        keys.receipt(receipt_key),
    )
    found = table.rows_at(places)
    return Lesson(*(found.get(place) for place in places))


def _place(asked: Question) -> Key:
    at_home = keys.timeline(asked.customer_id, asked.id)
    return at_home if asked.customer_id else keys.question_of_visitor(asked.visitor_id, asked.id)
