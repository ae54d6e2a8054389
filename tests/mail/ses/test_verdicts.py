import pytest

from chalicelib.mail.message import Verdict, Verdicts
from chalicelib.mail.parse import parse_mail
from chalicelib.mail.ses.verdicts import may_acknowledge, trust
from chalicelib.model.trust import Trust
from tests.mail.letters import letter

PASS, FAIL, GRAY = Verdict.PASS, Verdict.FAIL, Verdict.GRAY


@pytest.mark.parametrize(
    ("verdicts", "has_token", "expected"),
    [
        (Verdicts(virus=FAIL, dmarc=PASS), True, Trust.BLOCKED),
        (Verdicts(spam=FAIL, dmarc=PASS), False, Trust.SPAM),
        (Verdicts(spam=FAIL, dmarc=PASS), True, Trust.SPAM),
        (Verdicts(dmarc=PASS), False, Trust.AUTHENTICATED),
        (Verdicts(dmarc=GRAY, spf=PASS), False, Trust.WEAK),
        (Verdicts(dmarc=GRAY, spf=FAIL), False, Trust.UNVERIFIED),
        (Verdicts(dmarc=FAIL, dmarc_policy="none"), True, Trust.UNVERIFIED),
        (Verdicts(dmarc=FAIL, dmarc_policy="none"), False, Trust.SPOOFED),
        (Verdicts(dmarc=FAIL, dmarc_policy="reject"), True, Trust.SPOOFED),
        (Verdicts(dmarc=FAIL), True, Trust.SPOOFED),
        (Verdicts(), True, Trust.UNVERIFIED),
    ],
)
def test_trust_follows_the_table(verdicts: Verdicts, has_token: bool, expected: Trust) -> None:
    found = trust(verdicts, "customer.example", envelope_source="b@bounce.customer.example", has_token=has_token)

    assert found is expected


def test_spf_and_dkim_of_another_domain_prove_nothing() -> None:
    verdicts = Verdicts(dmarc=GRAY, spf=PASS, dkim=PASS)

    found = trust(verdicts, "customer.example", envelope_source="x@evil.example", dkim_domains=("evil.example",))

    assert found is Trust.UNVERIFIED


def test_aligned_dkim_is_weak_trust() -> None:
    found = trust(Verdicts(dmarc=GRAY), "customer.example", dkim_domains=("customer.example",))

    assert found is Trust.WEAK


def test_dmarc_pass_without_one_clear_sender_authenticates_nobody() -> None:
    assert trust(Verdicts(dmarc=PASS), "") is Trust.UNVERIFIED


@pytest.mark.parametrize(
    ("raw", "trusted", "answer"),
    [
        (letter(), Trust.AUTHENTICATED, (True, "person")),
        (letter(), Trust.WEAK, (True, "person")),
        (letter(), Trust.UNVERIFIED, (False, "trust:unverified")),
        (
            letter(X_Auto_Response_Suppress="OOF, AutoReply"),
            Trust.AUTHENTICATED,
            (False, "suppressed-by-sender"),
        ),
        (letter(Precedence="list"), Trust.AUTHENTICATED, (False, "machine:list")),
        (letter(From="ann@shop.example"), Trust.AUTHENTICATED, (False, "machine:own-domain")),
        (letter(From=""), Trust.AUTHENTICATED, (False, "no-sender")),
    ],
)
def test_only_believed_people_get_an_acknowledgement(raw: bytes, trusted: Trust, answer: tuple[bool, str]) -> None:
    assert may_acknowledge(parse_mail(raw), trusted, own_domains={"shop.example"}) == answer
