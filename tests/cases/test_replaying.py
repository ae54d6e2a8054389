"""What becomes of a mail that is read again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.cases.intake import Intake, take_in
from chalicelib.cases.replaying import release, replay
from chalicelib.kernel.errors import Conflict
from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case
from chalicelib.model.interaction import Attachment, Interaction, Purpose, Receipt
from chalicelib.model.known import IntakeFacts
from chalicelib.model.trust import Trust
from tests.factories import ANNS_ID, NOON, make_arrival, make_customer, make_policy

FACTS = IntakeFacts(customer=make_customer())
POLICY = make_policy()


def stored(arrival: Arrival) -> tuple[Receipt, Interaction]:
    """What the first reading left, as the table gives it back."""
    taken = take_in(arrival, FACTS, POLICY, NOON)
    contact = next(c for c in taken.decision.changes if isinstance(c, Interaction) and c.purpose is Purpose.CONTACT)
    return replace(taken.receipt, version=1), replace(contact, version=1)


def read_again(arrival: Arrival, *known: Any) -> Intake:
    return replay(arrival, FACTS, *(known or (None, None)), POLICY, NOON)


def released(arrival: Arrival, *known: Any) -> Intake:
    return release(arrival, FACTS, *known, POLICY, NOON, by="Bo", reason="a customer of ours")


def changed(intake: Intake, kind: type) -> list[Any]:
    return [change for change in intake.decision.changes if isinstance(change, kind)]


def test_a_mail_nobody_took_in_is_taken_in() -> None:
    assert read_again(make_arrival()).decision.reason == "new"


def test_a_mail_that_reads_the_same_changes_nothing() -> None:
    arrival = make_arrival()

    assert read_again(arrival, *stored(arrival)).decision.changes == ()


def test_a_contact_that_reads_better_is_told_better_and_stays_where_it_is() -> None:
    receipt, contact = stored(make_arrival(text="M?rchen"))
    file = Attachment(name="a.pdf", type="application/pdf", size=1, key="attachments/x")

    intake = read_again(make_arrival(text="Märchen", attachments=(file,), trust=Trust.SPAM), receipt, contact)

    assert intake.decision.changes == (replace(contact, preview="Märchen", attachments=(file,)),)


def test_whoever_wrote_the_same_mail_twice_has_one_contact_to_read_again() -> None:
    receipt = Receipt(key="mail:1", at=NOON, customer_id=ANNS_ID, version=1)

    assert read_again(make_arrival(), receipt, None).decision.changes == ()


def test_what_is_still_spam_stays_in_quarantine_and_reads_better() -> None:
    receipt, aside = stored(make_arrival(trust=Trust.SPAM, text="M?rchen"))

    intake = read_again(make_arrival(trust=Trust.SPAM, text="Märchen"), receipt, aside)

    assert intake.decision.changes == (replace(aside, preview="Märchen"),)


def test_what_was_put_aside_by_mistake_becomes_a_contact_of_the_same_id() -> None:
    receipt, aside = stored(make_arrival(sender=None))

    intake = read_again(make_arrival(), receipt, aside)

    contact, moved = (next(i for i in changed(intake, Interaction) if i.quarantined is q) for q in (False, True))
    (filed,) = changed(intake, Receipt)
    assert contact.id == aside.id
    assert (filed.version, filed.customer_id) == (1, ANNS_ID)
    assert moved == replace(aside, released_to=contact.case_id)


def test_a_stored_mail_that_tells_no_verdicts_is_thought_of_as_before() -> None:
    receipt, aside = stored(make_arrival(trust=Trust.SPAM))

    intake = replay(make_arrival(trust=Trust.UNVERIFIED), FACTS, receipt, aside, POLICY, NOON, judged=False)

    assert intake.decision.changes == ()


def test_what_carried_a_virus_is_let_in_by_nobody_even_if_its_original_does_not_say_so() -> None:
    receipt, aside = stored(make_arrival(trust=Trust.BLOCKED))

    with pytest.raises(Conflict, match="virus"):
        released(make_arrival(trust=Trust.UNVERIFIED), receipt, aside)


def test_released_mail_opens_a_case_and_its_sender_stays_unproven() -> None:
    receipt, aside = stored(make_arrival(trust=Trust.SPAM))

    intake = released(make_arrival(trust=Trust.SPAM), receipt, aside)

    (case,) = changed(intake, Case)
    contact = next(i for i in changed(intake, Interaction) if not i.quarantined)
    assert contact.case_id == case.id
    assert contact.flags == ("sender unverified", "released from quarantine by Bo: a customer of ours")
    assert not intake.decision.messages


def test_releasing_twice_is_releasing_once() -> None:
    receipt, aside = stored(make_arrival(trust=Trust.SPAM))

    again = released(make_arrival(trust=Trust.SPAM), receipt, replace(aside, released_to="a case"))

    assert (again.duplicate, again.decision.changes) == (True, ())


@pytest.mark.parametrize("arrival", [{"trust": Trust.BLOCKED}, {"sender": None}])
def test_a_virus_and_a_mail_of_nobody_are_let_in_by_nobody(arrival: dict[str, Any]) -> None:
    receipt, aside = stored(make_arrival(**arrival))

    with pytest.raises(Conflict):
        released(make_arrival(**arrival), receipt, aside)


def test_a_released_mail_is_not_judged_again() -> None:
    receipt, aside = stored(make_arrival(trust=Trust.SPAM))

    assert not read_again(make_arrival(), receipt, replace(aside, released_to="a case")).decision.changes


def test_what_is_let_in_late_is_promised_from_now_on_and_not_acknowledged() -> None:
    receipt, aside = stored(make_arrival(trust=Trust.SPAM))
    later = NOON + timedelta(days=3)

    intake = replay(make_arrival(), FACTS, receipt, aside, POLICY, later)

    (case,) = changed(intake, Case)
    assert (case.opened_at, case.promise.made_at) == (NOON, later)
    assert not intake.decision.messages


def test_files_that_nobody_saw_before_are_locked_whoever_unlocked_the_others() -> None:
    receipt, contact = stored(make_arrival())
    file = Attachment(name="a.exe", type="application/octet-stream", size=1, key="attachments/x")

    intake = read_again(make_arrival(attachments=(file,), locked="nobody looked for viruses"), receipt, contact)

    (again,) = changed(intake, Interaction)
    assert again.locked == "nobody looked for viruses"
