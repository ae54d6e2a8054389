from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.auth.links import (
    QuestionLink,
    Unsubscription,
    question_token,
    read_question_token,
    read_unsubscribe_token,
    unsubscribe_token,
)
from chalicelib.auth.sealing import seal
from chalicelib.kernel.signing import Keys
from tests.factories import NOON

KEYS = Keys("a", {"a": b"1" * 32})
LINK = QuestionLink(customer_id="ann", question_id="her question", case_id="a case", until=NOON + timedelta(days=30))


@settings(deadline=None)
@given(st.text(), st.text(), st.text(), st.text())
def test_a_link_says_later_what_it_said_when_it_was_made(who: str, channel: str, purpose: str, about: str) -> None:
    token = unsubscribe_token(who, channel, purpose, about, KEYS)

    assert read_unsubscribe_token(token, KEYS) == Unsubscription(who, channel, purpose, about)


def test_a_link_needs_no_quoting_in_a_url() -> None:
    token = unsubscribe_token("01KAM8Q6C3V8QW2E0N4B7T9XYZ", "email", "服务", "?&/+", KEYS)

    assert all(c.isascii() and (c.isalnum() or c in "-_.") for c in token)


def test_a_token_made_for_something_else_is_no_link() -> None:
    assert read_unsubscribe_token(seal('["a","b","c","d"]', KEYS, purpose="api-token"), KEYS) is None


def test_a_link_beside_articles_names_the_question_its_customer_and_its_case() -> None:
    assert read_question_token(question_token(LINK, KEYS), KEYS) == LINK


def test_a_link_beside_articles_ends() -> None:
    assert not LINK.over(NOON + timedelta(days=29))
    assert LINK.over(NOON + timedelta(days=30))


def test_a_link_beside_articles_passes_for_no_other_question_and_for_nothing_else() -> None:
    token = question_token(LINK, KEYS)
    other = question_token(replace(LINK, question_id="another"), KEYS)
    said, mac = other.partition(".")[0], token.partition(".")[2]

    assert read_question_token(f"{said}.{mac}", KEYS) is None
    assert read_unsubscribe_token(token, KEYS) is None
    assert read_question_token(unsubscribe_token("ann", "email", "service", "", KEYS), KEYS) is None
