import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.signing import Keys
from chalicelib.mail.outgoing.tokens import (
    PARTICIPANTS,
    Forged,
    ReplyToken,
    SideToken,
    read_reply_address,
    reply_address,
    side_address,
)

OLD = Keys("a", {"a": b"first secret"})
KEYS = Keys("b", {"a": b"first secret", "b": b"second secret"})
CASE = "0123456789ab"
CASES = st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=12, max_size=12)


@given(CASES, st.integers(0, PARTICIPANTS - 1))
def test_every_address_we_give_out_comes_home(case_id: str, participant: int) -> None:
    address = reply_address("in.shop.example", case_id, participant, KEYS)

    assert read_reply_address(address, KEYS) == ReplyToken(case_id, participant)
    assert len(address.partition("@")[0]) == 38


def test_gateways_may_change_case_and_separator() -> None:
    address = reply_address("in.shop.example", CASE, 3, KEYS).upper().replace("REPLY+", "REPLY-")

    assert read_reply_address(address, KEYS) == ReplyToken(CASE, 3)


def test_an_old_key_still_reads() -> None:
    assert read_reply_address(reply_address("in.shop.example", CASE, 0, OLD), KEYS) == ReplyToken(CASE, 0)


def test_a_withdrawn_key_does_not_read() -> None:
    assert read_reply_address(reply_address("in.shop.example", CASE, 0, KEYS), OLD) == Forged("signature")


@pytest.mark.parametrize("at", range(7, 38))
def test_a_changed_character_is_a_forgery(at: int) -> None:
    address = reply_address("in.shop.example", CASE, 3, KEYS)
    changed = address[:at] + ("0" if address[at] != "0" else "1") + address[at + 1 :]

    assert isinstance(read_reply_address(changed, KEYS), Forged)


def test_a_cut_token_is_malformed() -> None:
    assert read_reply_address("reply+b0123456789ab@in.shop.example", KEYS) == Forged("malformed")


@pytest.mark.parametrize("address", ["ann@customer.example", "reply-to@shop.example", "reply@shop.example", "", "@"])
def test_other_addresses_are_no_tokens(address: str) -> None:
    assert read_reply_address(address, KEYS) is None


@pytest.mark.parametrize(("case_id", "participant"), [("short", 0), (CASE, -1), (CASE, PARTICIPANTS), ("u" * 12, 0)])
def test_what_does_not_fit_an_address_is_refused(case_id: str, participant: int) -> None:
    with pytest.raises(ValueError, match=r"participant|case id"):
        reply_address("in.shop.example", case_id, participant, KEYS)


def test_the_address_of_a_side_conversation_is_good_for_nothing_else() -> None:
    side, reply = side_address("in.shop.example", CASE, 3, KEYS), reply_address("in.shop.example", CASE, 3, KEYS)

    assert read_reply_address(side, KEYS) == SideToken(CASE, 3)
    assert isinstance(read_reply_address(side.replace("side+", "reply+"), KEYS), Forged)
    assert isinstance(read_reply_address(reply.replace("reply+", "side+"), KEYS), Forged)
