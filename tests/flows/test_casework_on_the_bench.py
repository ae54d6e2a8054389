"""Cases are merged, split, put aside and closed, while mail goes on arriving."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from chalicelib.cases import casework, mailroom, views
from chalicelib.cases import service as cases
from chalicelib.customers import service as people
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Outdated
from chalicelib.model.case import REMEMBERED_FOR, Case, CaseStatus
from chalicelib.model.customer import Customer, Handle
from chalicelib.model.history import CaseChange
from chalicelib.privacy import service as privacy
from chalicelib.storage import cases as storage
from chalicelib.storage import customers, histories
from tests.workbench import SENDER, Bench, mail_bytes, received, text_of

ANN = "ann@example.org"


def write(bench: Bench, text: str, *, to: str = SENDER, message_id: str = "", **headers: str) -> str:
    """Ann writes; the case her mail is told under."""
    ses_id = bench.receive(mail_bytes(text, message_id=message_id or None, subject=text, **headers), announce=False)
    taken = cases.receive_mail(received(ses_id, [to], ANN, bench.bucket))
    assert taken
    return taken.receipt.case_id


def answer(bench: Bench, case_id: str, text: str, then: str = "wait") -> str:
    """The reply address of our answer, which went out."""
    given = cases.reply(case_id, author="Bo", text=text, then=then, receipt_key=f"r:{text}", fingerprint="f").receipt
    mailroom.send_mail(given.customer_id, given.interaction_id)
    return str(bench.sent[-1]["Reply-To"]).partition("<")[2].rstrip(">")


def said_in(case_id: str) -> list[str]:
    """What she said in it."""
    page = views.interactions_of(views.case(case_id), None, 100)
    return [entry.preview.strip() for entry in page.items if entry.sender]


def ann() -> Customer:
    found = customers.customer_of(Handle("email", ANN))
    assert found
    return found


def test_both_ways_lead_to_a_merged_case_and_after_undoing_each_to_its_own(bench: Bench) -> None:
    tent, invoice = write(bench, "The tent leaks"), write(bench, "Where is the invoice")
    by_tent, by_invoice = answer(bench, tent, "Send it back."), answer(bench, invoice, "We look for it.")

    casework.merge(invoice, tent, seen=None, by="Tom", reason="one order")
    write(bench, "I did", to=by_tent)
    write(bench, "Found it", to=by_invoice)
    whole, open_then = said_in(tent), dict(ann().open_cases)
    casework.undo_merge(invoice, by="Tom", reason="two matters")
    apart = said_in(tent), said_in(invoice)
    landed = write(bench, "Again the tent", to=by_tent), write(bench, "Again the invoice", to=by_invoice)

    assert whole == ["The tent leaks", "Where is the invoice", "I did", "Found it"]
    assert set(open_then) == {tent}
    assert apart == (["The tent leaks", "I did"], ["Where is the invoice", "Found it"])
    assert landed == (tent, invoice)
    assert set(ann().open_cases) == {tent, invoice}
    assert views.case(invoice).status is CaseStatus.OPEN


def test_an_answer_in_a_merged_case_goes_on_from_the_last_mail_of_either(bench: Bench) -> None:
    tent = write(bench, "The tent leaks", message_id="<tent@example.org>")
    invoice = write(bench, "Where is the invoice", message_id="<invoice@example.org>")
    casework.merge(invoice, tent, seen=None, by="Tom", reason="")

    answer(bench, tent, "Both are on their way.")

    assert bench.sent[-1]["In-Reply-To"] == "<invoice@example.org>"
    assert "Where is the invoice" in text_of(bench.sent[-1])


def test_answers_follow_what_was_split_off_and_come_back_with_it(bench: Bench) -> None:
    case = write(bench, "The tent leaks", message_id="<tent@example.org>")
    address = answer(bench, case, "Send it back.")
    write(bench, "And the invoice", to=address, message_id="<invoice@example.org>")
    (said,) = [entry for entry in bench.told_of(ANN) if getattr(entry, "subject", "") == "And the invoice"]

    made = casework.split(
        case, [said.id], subject="", topic="", seen=None, by="Tom", reason="", receipt_key="s:1", fingerprint="f"
    )
    part = made.receipt.case_id
    follows = write(bench, "The invoice again", to=address, In_Reply_To="<invoice@example.org>")
    stays = write(bench, "The tent again", to=address, In_Reply_To="<tent@example.org>")
    apart = said_in(case), said_in(part)
    casework.undo_split(part, by="Tom", reason="one matter")
    later = write(bench, "The invoice once more", to=address, In_Reply_To="<invoice@example.org>")

    assert (follows, stays) == (part, case)
    assert apart == (["The tent leaks", "The tent again"], ["And the invoice", "The invoice again"])
    assert later == case
    assert said_in(case)[1:] == ["And the invoice", "The invoice again", "The tent again", "The invoice once more"]
    assert set(ann().open_cases) == {case}


def test_a_snoozed_case_comes_back_by_the_clock_and_a_solved_one_is_closed_by_it(bench: Bench) -> None:
    case, now = write(bench, "The tent leaks"), clock.now()
    answer(bench, case, "Wait for the part.")
    casework.snooze(case, now + timedelta(days=2), seen=None, by="Tom", reason="the part comes")

    asleep = views.open_cases(None, 10).items
    cases.act_on_case(case, now + timedelta(days=2, minutes=1))
    awake = [found.id for found in views.open_cases(None, 10).items]
    cases.act_on_case(case, now + timedelta(days=8))
    solved = views.case(case).status
    cases.act_on_case(case, now + timedelta(days=9) + REMEMBERED_FOR)
    closed = views.case(case)
    follows = views.case(write(bench, "It leaks again", In_Reply_To="<x@y>", References=_sent_id(bench)))

    assert (asleep, awake, solved, closed.status) == ((), [case], CaseStatus.SOLVED, CaseStatus.CLOSED)
    assert (follows.id != case, follows.follows) == (True, case)
    why = [(change.by, change.why) for change in histories.history(closed, None, 10).items]
    assert why[:3] == [
        ("Liana", "solved long enough ago"),
        ("Liana", "wait over"),
        ("Liana", "snooze over"),
    ]


def _sent_id(bench: Bench) -> str:
    """Of our last answer, as her program refers to it."""
    mail = [entry for entry in bench.told_of(ANN) if getattr(entry, "delivery", None) and entry.author == "Bo"][-1]
    return f"<{mail.delivery.ses_id}@email.amazonses.com>"


def test_the_history_of_a_case_leaves_with_its_customer(bench: Bench) -> None:
    case = write(bench, "The tent leaks")
    casework.set_status(case, "waiting_on_us", seen=0, by="Tom", reason="")
    assert bench.rows(CaseChange)

    begun = privacy.start_erasure(ann().id, by="desk", author="Tom", reason="x", receipt_key="api:e", fingerprint="f")
    privacy.erase(begun.id, -1)

    assert bench.rows(CaseChange) == bench.rows(Case) == []


def test_two_merged_cases_that_turn_out_to_be_two_persons_show_neither_the_others(bench: Bench) -> None:
    """The customers' merge is undone while their cases are one still."""
    tent = write(bench, "The tent leaks")
    write(bench, "Mine, too", sender="Eve <eve@example.org>")
    eve = customers.customer_of(Handle("email", "eve@example.org"))
    assert eve
    (hers,) = eve.open_cases
    merge = people.merge(eve.id, ann().id, author="Tom", reason="one", confirm_external=False)
    casework.merge(hers, tent, seen=None, by="Tom", reason="")
    together = len(said_in(tent))
    people.undo_merge(merge.id, author="Tom", reason="two")

    assert (together, said_in(tent)) == (2, ["The tent leaks"])


@pytest.mark.cloud
def test_of_two_agents_who_saw_the_same_one_wins_and_the_other_learns_why(cloud_bench: Bench) -> None:
    case = write(cloud_bench, "The tent leaks")
    seen = views.case(case).edition

    def take(agent: str) -> str:
        status = {"Tom": "waiting_on_us", "Bo": "solved"}[agent]
        try:
            casework.set_status(case, status, seen=seen, by=agent, reason=f"{agent} says so")
        except Outdated as refused:
            return refused.detail
        return ""

    with ThreadPoolExecutor(2) as agents:
        became = dict(zip(("Tom", "Bo"), agents.map(take, ("Tom", "Bo")), strict=True))

    (winner,) = [agent for agent, refusal in became.items() if not refusal]
    (refusal,) = filter(None, became.values())
    assert f"{winner} changed status (new → {views.case(case).status.value})" in refusal
    assert [change.by for change in histories.history(views.case(case), None, 10).items] == [winner]
    assert storage.case(case) == views.case(case)
