from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.auth.links import Unsubscription, read_unsubscribe_token, unsubscribe_token
from chalicelib.auth.sealing import seal
from chalicelib.kernel.signing import Keys

KEYS = Keys("a", {"a": b"1" * 32})


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
