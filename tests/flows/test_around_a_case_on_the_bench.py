"""What is done around a case in several rooms fits together: side conversations, moods, fields and merges."""

from datetime import timedelta

import pytest

from chalicelib import configuration
from chalicelib.cases import casework, correspondence, views
from chalicelib.cases import service as cases
from chalicelib.cases.correspondence import Words
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.settings import settings
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Handle
from chalicelib.model.interaction import Interaction, Receipt
from chalicelib.model.later import ScheduledAnswer
from chalicelib.model.mood import MoodLevel
from chalicelib.model.recovery import Cause, Caused
from chalicelib.model.urgency import Urgency
from chalicelib.recovery import service as recovery
from chalicelib.storage.commit import commit
from tests.factories import make_arrival, make_recovery
from tests.workbench import Bench, mail_bytes, received

CARRIER = Handle("email", "claims@carrier.example")
SES_HEAD = (
    b"Return-Path: <ann@example.org>\r\n"
    b"Received: from mail.example.org by inbound-smtp.us-east-1.amazonaws.com with SMTP id 1 for hello@care.liana.test;"
    b" Fri, 20 Nov 2026 12:00:00 +0000 (UTC)\r\n"
    b"X-SES-Spam-Verdict: FAIL\r\nX-SES-Virus-Verdict: PASS\r\n"
)
ANGRY = "This is a disgrace! I am furious, never again!"


def asked(key: str) -> Receipt:
    """Ann writes of a matter of its own."""
    arrival = make_arrival(receipt_key=key, fingerprint=key, at=clock.now(), message_id=f"{key}@example.org")
    return cases.take_in(arrival).receipt


def two_in_one() -> tuple[Receipt, Case]:
    """What was merged, and the case that goes on, whose next move is hers."""
    absorbed, into = asked("one"), asked("two")
    words = Words(author="Tom", text="Where is it?", caller="desk", receipt_key="s:1", fingerprint="f")
    correspondence.open_side(absorbed.case_id, [CARRIER.value], subject="Parcel", language="en", words=words)
    casework.merge(absorbed.case_id, into.case_id, seen=None, by="Tom", reason="one matter")
    cases.reply(into.case_id, author="Tom", text="It comes.", then="wait", receipt_key="r:1", fingerprint="f")
    return absorbed, views.case(into.case_id)


def test_the_side_conversation_of_a_merged_case_goes_on_in_the_one_that_does(bench: Bench) -> None:
    absorbed, whole = two_in_one()

    cases.take_in(
        make_arrival(
            receipt_key="c", at=clock.now(), sender=CARRIER, message_id="c@x", side_case=absorbed.case_id, side=1
        )
    )
    again = views.case(whole.id)
    (side,) = views.sides(whole.id)[1]
    words = Words(author="Tom", text="Thank you.", caller="desk", receipt_key="s:2", fingerprint="f")
    wrote = correspondence.write_side(absorbed.case_id, 1, words)

    assert (again.status, again.waits, again.attention) == (
        CaseStatus.OPEN,
        True,
        "an answer came in side conversation 1",
    )
    assert (side.case_id, side.unread) == (absorbed.case_id, True)
    assert wrote.side.messages == 3
    assert views.case(whole.id).attention == ""


def test_how_a_contact_of_a_merged_case_sounded_counts_in_the_one_that_goes_on(bench: Bench) -> None:
    absorbed, whole = two_in_one()

    cases.correct_mood(absorbed.customer_id, absorbed.interaction_id, MoodLevel.ANGRY, by="Tom")

    assert views.case(whole.id).urgency.rank > Urgency.NORMAL.rank


def test_while_an_answer_is_owed_in_the_case_that_goes_on_a_recovery_is_not_settled(bench: Bench) -> None:
    absorbed, into = asked("one"), asked("two")
    casework.merge(absorbed.case_id, into.case_id, seen=None, by="Tom", reason="one matter")
    cause = Caused(cause=Cause.ANGRY, at=clock.now(), case_id=absorbed.case_id, entry_id="E")
    hers = make_recovery(customer_id=absorbed.customer_id, causes=(cause,), follow_until=clock.now(), version=None)
    commit(Decision((hers,)))

    assert recovery.follow(hers.customer_id, hers.id, clock.now()) == "an answer is owed"


def test_an_answer_that_is_to_solve_later_needs_its_fields_now_and_only_waits_if_they_are_gone_then(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASE_FIELDS", '[{"name": "cause", "type": "text", "required_to_solve": true}]')
    for kept in (settings, configuration.policy):
        kept.cache_clear()
    case_id, at = asked("one").case_id, clock.now() + timedelta(days=1)
    given = {"author": "Tom", "text": "It is there.", "then": "solve", "receipt_key": "r:1", "fingerprint": "f"}

    with pytest.raises(Invalid, match="cause"):
        cases.reply(case_id, send_at=at, **given)  # type: ignore[arg-type]
    casework.fill_in(case_id, {"cause": "carrier"}, seen=None, by="Tom")
    waits = cases.reply(case_id, send_at=at, **given).answer  # type: ignore[arg-type]
    casework.fill_in(case_id, {"cause": ""}, seen=None, by="Tom")
    assert isinstance(waits, ScheduledAnswer)
    cases.act_on_answer(waits.customer_id, waits.id, at, "")

    assert views.case(case_id).status is CaseStatus.WAITING


def test_what_is_let_in_from_quarantine_is_heard_as_it_sounds(bench: Bench) -> None:
    ses_id = bench.receive(SES_HEAD + mail_bytes(ANGRY), announce=False)
    put_aside = cases.receive_mail(
        received(ses_id, ["hello@care.liana.test"], "ann@example.org", bench.bucket, spam="FAIL")
    )
    assert put_aside

    taken = cases.release(put_aside.receipt.interaction_id, by="Tom", reason="It is Ann.")

    (contact,) = [one for one in bench.rows(Interaction) if one.id == taken.receipt.interaction_id and one.case_id]
    assert contact.mood and contact.mood.level is MoodLevel.ANGRY
    assert views.case(taken.receipt.case_id).recovery
