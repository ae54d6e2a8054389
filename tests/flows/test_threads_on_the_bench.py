"""Which case a mail comes to, and what is kept of it: threads, colleagues, forwards, files, quarantine, replay."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.cases import service as cases
from chalicelib.cases import views
from chalicelib.channels.email import files_of
from chalicelib.gateways.objects import objects
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Locked
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Customer
from chalicelib.model.interaction import Direction, Interaction
from chalicelib.storage import cases as storage
from chalicelib.storage.commit import commit
from tests.workbench import SENDER, Bench, forget_caches, mail_bytes, send_event, text_of

pytestmark = pytest.mark.usefixtures("no_index")

NEWLINE = "\n"


def contacts(bench: Bench) -> list[Interaction]:
    found = [i for i in bench.rows(Interaction) if i.direction is Direction.IN]
    return sorted(found, key=lambda interaction: (interaction.at, interaction.id))


def reply_address(bench: Bench) -> str:
    """Where the last mail we sent wants its answer."""
    return str(bench.sent[-1]["Reply-To"]).partition("<")[2].rstrip(">")


def answered(bench: Bench, then: str = "wait", text: str = "It is on its way.") -> Case:
    """The one case, after an agent's answer."""
    (case,) = bench.rows(Case)
    cases.reply(case.id, author="Bo", text=text, then=then, receipt_key=f"r:{clock.now()}", fingerprint="f")
    bench.run()
    (case,) = bench.rows(Case)
    return case


# Threads


def test_an_answer_carries_what_was_said_before_below_our_marker(bench: Bench) -> None:
    bench.receive(mail_bytes("My order has not arrived.", message_id="<first@example.org>"))
    bench.run()

    case = answered(bench)

    mail = bench.sent[-1]
    new, _, old = text_of(mail).partition("##- Please type your reply above this line -##")
    assert "It is on its way." in new
    assert "> My order has not arrived." in old
    assert mail["Subject"].startswith("Re: Where is my order? [#")
    assert mail["In-Reply-To"] == "<first@example.org>"
    assert case.status is CaseStatus.WAITING


def test_a_long_answer_chain_quotes_the_last_three_messages_and_no_machine(bench: Bench) -> None:
    bench.receive(mail_bytes("First question."))
    bench.run()
    for number in range(3):
        answered(bench, text=f"Answer {number}.")
        bench.receive(mail_bytes(f"Question {number}."), recipients=[reply_address(bench)])
        bench.run()

    answered(bench, text="The end.")

    old = text_of(bench.sent[-1]).partition("##-")[2]
    assert [old.count(f"> Question {n}.") for n in range(3)] == [0, 1, 1]
    assert "> Answer 2." in old
    assert "We have your message" not in old


def test_of_a_reply_only_what_is_new_is_shown_and_all_of_it_is_kept(bench: Bench) -> None:
    bench.receive(mail_bytes())
    bench.run()
    answered(bench)
    quoted = NEWLINE.join(f"> {line}" for line in text_of(bench.sent[-1]).splitlines())

    bench.receive(
        mail_bytes(f"Thank you!\n\nOn Mon, 2 Nov 2026 at 10:00, Baum & Blatt <{SENDER}> wrote:\n{quoted}"),
        recipients=[reply_address(bench)],
    )
    bench.run()

    reply = contacts(bench)[-1]
    assert reply.preview == "Thank you!"
    assert "> It is on its way." in views.body_of(reply)


def test_the_number_in_the_subject_leads_home_when_everything_else_is_lost(bench: Bench) -> None:
    bench.receive(mail_bytes())
    bench.run()
    subject = answered(bench) and str(bench.sent[-1]["Subject"])

    bench.receive(mail_bytes("From my other program.", subject=f"AW: {subject}"))
    bench.run()

    assert len(bench.rows(Case)) == 1


def test_the_number_in_the_subject_of_a_stranger_opens_no_case(bench: Bench) -> None:
    bench.receive(mail_bytes())
    bench.run()
    subject = answered(bench) and str(bench.sent[-1]["Subject"])

    bench.receive(mail_bytes("Let me see.", subject=subject, sender="eve@evil.example"), source="eve@evil.example")
    bench.run()

    assert len(bench.rows(Case)) == 2


def test_who_answers_long_after_it_was_solved_opens_a_case_that_follows(bench: Bench) -> None:
    bench.receive(mail_bytes())
    bench.run()
    solved = answered(bench, then="solve")
    long_ago = solved.updated_at - timedelta(days=40)
    commit(Decision((replace(solved, solved_at=long_ago),)))

    bench.receive(mail_bytes("It broke again."), recipients=[reply_address(bench)])
    bench.run()

    new = next(case for case in bench.rows(Case) if case.id != solved.id)
    assert (new.follows, new.customer_id) == (solved.id, solved.customer_id)


def test_mail_to_a_merged_case_lands_in_its_survivor(bench: Bench) -> None:
    bench.receive(mail_bytes())
    bench.run()
    address = reply_address(bench)
    (merged,) = bench.rows(Case)
    bench.receive(mail_bytes("A second matter."))
    bench.run()
    survivor = next(case for case in bench.rows(Case) if case.id != merged.id)
    commit(Decision((replace(merged, merged_into=survivor.id), replace(survivor, absorbed=(merged.id,)))))

    bench.receive(mail_bytes("To the first one."), recipients=[address])
    bench.run()

    (told,) = [case for case in bench.rows(Case) if case.id == survivor.id]
    said = views.interactions_of(told, None, 10).items
    assert [entry.preview for entry in said][-1] == "To the first one."
    assert len(bench.rows(Case)) == 2


def test_a_bounce_that_comes_as_a_mail_is_shown_in_the_case_of_the_mail_it_is_about(bench: Bench) -> None:
    bench.receive(mail_bytes())
    bench.run()
    case = answered(bench)
    ses_id = bench.mailer.accepted[-1][0]
    bounce = (
        "From: Mail Delivery System <mailer-daemon@mx.example.org>\n"
        f"To: {SENDER}\nSubject: Undelivered Mail Returned to Sender\nMessage-ID: <dsn@mx.example.org>\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nIt could not be delivered.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        "Final-Recipient: rfc822; ann@example.org\nAction: failed\nStatus: 5.1.1\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{ses_id}@email.amazonses.com>\n--b--\n"
    )

    bench.receive(bounce.encode(), source="", dmarc="GRAY", spf="GRAY", dkim="GRAY")
    bench.run()

    told = contacts(bench)[-1]
    assert told.case_id == case.id
    assert "reports that a mail to ann@example.org did not arrive (5.1.1)" in told.warnings
    assert len(bench.sent) == 2, "nobody answers a machine"


def test_an_agents_answer_that_bounces_brings_the_case_back_with_the_reason(bench: Bench) -> None:
    bench.receive(mail_bytes())
    bench.run()
    answered(bench)
    mail = bench.sent[-1]
    tags = dict(pair.strip().split("=") for pair in mail["X-SES-MESSAGE-TAGS"].split(","))

    bench.put(
        "feedback",
        send_event(
            bench.mailer.accepted[-1][0],
            tags,
            "Bounce",
            bounceType="Permanent",
            bouncedRecipients=[{"emailAddress": "ann@example.org", "status": "5.1.1"}],
        ),
    )
    bench.run()

    (case,), (customer,) = bench.rows(Case), bench.rows(Customer)
    assert case.status is CaseStatus.OPEN
    assert case.attention.startswith("the answer to ann@example.org bounced")
    assert customer.suppressed == {"ann@example.org": "bounced"}


# Colleagues


def test_a_colleague_who_got_the_mail_joins_and_is_not_answered_until_confirmed(bench: Bench) -> None:
    bench.receive(mail_bytes(message_id="<first@example.org>"))
    bench.run()

    bench.receive(
        mail_bytes("I ordered it.", sender="bob@example.org", In_Reply_To="<first@example.org>"),
        source="bob@example.org",
    )
    bench.run()
    case = answered(bench)

    assert [(p.address, p.confirmed) for p in case.participants] == [
        ("ann@example.org", True),
        ("bob@example.org", False),
    ]
    assert bench.mailer.accepted[-1][2] == "ann@example.org"

    cases.set_participant(case.id, 2, "confirmed", by="Bo")
    bench.receive(
        mail_bytes("And?", sender="bob@example.org", In_Reply_To="<first@example.org>"), source="bob@example.org"
    )
    bench.run()
    answered(bench, text="Here you are.")

    assert bench.mailer.accepted[-1][2] == "bob@example.org"


def test_a_revoked_reply_address_opens_a_case_of_its_own(bench: Bench) -> None:
    bench.receive(mail_bytes())
    bench.run()
    address = reply_address(bench)
    (case,) = bench.rows(Case)

    cases.set_participant(case.id, 1, "revoked", by="Bo")
    bench.receive(mail_bytes("Hello?", sender="eve@evil.example"), source="eve@evil.example", recipients=[address])
    bench.run()

    assert len(bench.rows(Case)) == 2
    assert "came to a reply address that was withdrawn" in contacts(bench)[-1].warnings


# An agent forwards


FORWARD = """@fwd She rang, too.

---------- Forwarded message ---------
From: Cara Field <cara@customers.example>
Date: Mon, 2 Nov 2026 at 10:00
Subject: The pegs are missing
To: <bo@shop.example>

There were no pegs in the bag.
"""


def forwarded(bench: Bench, **verdicts: str) -> Interaction:
    bench.receive(
        mail_bytes(FORWARD, sender="Bo <bo@shop.example>", subject="Fwd: The pegs are missing"),
        source="bo@shop.example",
        **verdicts,
    )
    bench.run()
    return contacts(bench)[-1]


@pytest.fixture
def staffed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """The bench of a company that named its staff."""
    monkeypatch.setenv("STAFF", "@shop.example")
    forget_caches()
    return bench


def test_what_an_agent_forwards_by_command_is_the_customers_case(staffed: Bench) -> None:
    contact = forwarded(staffed)

    (case,), (customer,) = staffed.rows(Case), staffed.rows(Customer)
    assert contact.sender == "email:cara@customers.example"
    assert contact.author == "Bo"
    assert (case.subject, customer.name) == ("The pegs are missing", "Cara Field")
    assert contact.preview == "There were no pegs in the bag."
    assert case.promise
    assert not staffed.sent, "she wrote to Bo, and Bo to us: nobody waits for an acknowledgement"
    answered(staffed)
    assert staffed.mailer.accepted[-1][2] == "cara@customers.example"


def test_files_of_what_is_forwarded_lie_with_the_customers_own(staffed: Bench) -> None:
    """So that forgetting one customer takes no file that was forwarded for another."""
    for name in ("cara", "dora"):
        text = FORWARD.replace("cara", name)
        raw = mail_bytes(text, sender="Bo <bo@shop.example>", files={"logo.pdf": b"%PDF logo"})
        staffed.receive(raw, source="bo@shop.example")
        staffed.run()

    folders = {file.key.rpartition("/")[0] for contact in contacts(staffed) for file in contact.attachments}
    assert folders == {files_of(f"{name}@customers.example").rstrip("/") for name in ("cara", "dora")}


def test_the_command_of_who_is_no_staff_is_text(bench: Bench) -> None:
    contact = forwarded(bench)

    assert contact.sender == "email:bo@shop.example"


def test_the_command_of_staff_who_is_not_proven_is_not_heeded(staffed: Bench) -> None:
    contact = forwarded(staffed, dmarc="GRAY", spf="GRAY", dkim="GRAY")

    assert contact.sender == "email:bo@shop.example"
    assert any("not heeded" in warning for warning in contact.warnings)


# Files


def test_files_are_kept_by_their_hash_once_a_sender(bench: Bench) -> None:
    files = {"logo.pdf": b"%PDF logo", "invoice.pdf": b"%PDF 1"}
    bench.receive(mail_bytes(files=files))
    bench.receive(mail_bytes("Again.", files={"logo again.pdf": b"%PDF logo"}))
    bench.run()

    keys = {file.key for contact in contacts(bench) for file in contact.attachments}
    assert len(keys) == 2
    assert {objects.read(key) for key in keys} == {b"%PDF logo", b"%PDF 1"}


def test_files_stay_locked_while_nobody_looked_for_viruses(bench: Bench) -> None:
    bench.receive(mail_bytes(files={"a.pdf": b"%PDF"}), virus="DISABLED")
    bench.run()
    (contact,) = contacts(bench)

    with pytest.raises(Locked, match="nobody looked"):
        views.attachment(contact, 1)

    cases.unlock(contact.customer_id, contact.id, by="Bo", reason="scanned it myself")
    assert views.attachment(views.interaction(contact.customer_id, contact.id), 1).url


# Quarantine and replay


def replayed(bench: Bench, ses_id: str) -> None:
    bench.put("mail", json.dumps({"stored": f"in/{ses_id}", "at": clock.iso(clock.now()), "replay": True}))
    bench.run()


def test_a_released_spam_mail_becomes_a_case_without_an_acknowledgement(bench: Bench) -> None:
    bench.receive(mail_bytes(files={"a.pdf": b"%PDF"}), spam="FAIL")
    bench.run()
    (aside,) = contacts(bench)

    taken = cases.release(aside.id, by="Bo", reason="a customer of ours")
    again = cases.release(aside.id, by="Bo", reason="twice")
    bench.run()

    (case,) = bench.rows(Case)
    assert (taken.receipt.case_id, taken.duplicate, again.duplicate) == (case.id, False, True)
    assert not bench.sent
    (contact,) = storage.interactions_of(case.id, None, 10).items
    assert contact.id == aside.id
    assert objects.read(contact.attachments[0].key) == b"%PDF"


def test_a_virus_is_released_by_nobody(bench: Bench) -> None:
    bench.receive(mail_bytes(), virus="FAIL")
    bench.run()
    (aside,) = contacts(bench)

    with pytest.raises(Conflict, match="virus"):
        cases.release(aside.id, by="Bo", reason="let me")


def test_replaying_mail_that_was_taken_in_doubles_nothing(bench: Bench) -> None:
    ids = [bench.receive(mail_bytes(f"Matter {n}.")) for n in range(3)]
    bench.run()
    before = (contacts(bench), len(bench.rows(Case)), len(bench.sent))

    for ses_id in ids:
        replayed(bench, ses_id)

    assert (contacts(bench), len(bench.rows(Case)), len(bench.sent)) == before


def test_replaying_what_a_better_parser_reads_differently_changes_the_text_alone(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = cases.parse_mail
    with monkeypatch.context() as worse:
        worse.setattr(cases, "parse_mail", lambda raw: replace(real(raw), reply_text="?", text="?"))
        ses_id = bench.receive(mail_bytes("Schöne Grüße"))
        bench.run()
    (before,) = contacts(bench)

    replayed(bench, ses_id)

    (after,) = contacts(bench)
    assert (before.preview, after.preview) == ("?", "Schöne Grüße")
    assert replace(after, preview="?", version=before.version) == before


def test_mail_nobody_ever_took_in_is_taken_in_by_a_replay(bench: Bench) -> None:
    ses_id = bench.receive(mail_bytes(), announce=False)

    replayed(bench, ses_id)

    assert len(bench.rows(Case)) == 1


# Loops


def test_a_sender_who_writes_more_than_twenty_times_an_hour_is_kept_and_moves_nothing(bench: Bench) -> None:
    bench.receive(mail_bytes())
    bench.run()
    address = reply_address(bench)

    for number in range(23):
        bench.receive(mail_bytes(f"Again {number}."), recipients=[address])
        bench.run()

    flagged = [contact for contact in contacts(bench) if any("frozen" in flag for flag in contact.flags)]
    assert len(contacts(bench)) == 24
    assert len(flagged) == 3
    assert len(bench.sent) == 1


def test_a_machine_no_rule_recognises_gets_five_acknowledgements_an_hour(bench: Bench) -> None:
    for number in range(8):
        bench.receive(mail_bytes(f"Report {number}.", subject=f"Report {number}"))
        bench.run()

    assert len(bench.rows(Case)) == 8
    assert len(bench.sent) == 5
