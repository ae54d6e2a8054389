"""What goes on beside a customer's thread, on the bench: answers that wait, and conversations with others about her
case, from which nothing leaks either way."""

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.cases import sides
from chalicelib.kernel import clock, ids
from chalicelib.model.case import Case, CaseStatus, PromiseState
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event
from chalicelib.model.interaction import Interaction, Purpose
from chalicelib.model.side import SideConversation
from tests.auth.callers import Answer, Caller, caller
from tests.workbench import DOMAIN, Bench, far_from_now, mail_bytes, parsed, send_event, text_of

pytestmark = pytest.mark.usefixtures("no_index")

ANN, CARRIER = "ann@example.org", "claims@carrier.example"
SECRET, HERS = "we suspect the driver", "My order has not arrived."


@pytest.fixture
def desk(bench: Bench) -> Caller:
    return caller()


def a_case(bench: Bench) -> Case:
    bench.receive(mail_bytes(HERS))
    bench.run()
    return case_in(bench)


def case_in(bench: Bench) -> Case:
    (case,) = bench.rows(Case)
    assert isinstance(case, Case)
    return case


def letters(bench: Bench, to: str = ANN) -> list[EmailMessage]:
    """What people wrote to this address, oldest first."""
    return [
        mail
        for mail, (_, _, got) in zip(bench.sent, bench.mailer.accepted, strict=True)
        if got == to and not mail["Auto-Submitted"]
    ]


# ── Answers that wait ─────────────────────────────────────────────────────────────────────────────────


def later(desk: Caller, case: Case, days: float = 3, **more: Any) -> Answer:
    at = clock.iso(clock.now() + timedelta(days=days))
    body = {"text": "Is it there by now?", "then": "wait", "author": "Tom", "send_at": at}
    return desk.post(f"/v1/cases/{case.id}/replies", body | more, Idempotency_Key=more.get("text", "later"))


def waiting(desk: Caller, case: Case) -> list[tuple[str, str]]:
    items = desk.get(f"/v1/cases/{case.id}/scheduled-answers").json["items"]
    return [(item["state"], item["why"]) for item in items]


def test_an_answer_goes_out_at_its_time_once_and_only_then_keeps_the_promise(
    desk: Caller, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = a_case(bench)
    at = clock.iso(clock.now() + timedelta(days=0.5))
    told = [later(desk, case, send_at=at).json for _ in range(2)]
    bench.tick()
    bench.run()
    before = case_in(bench)

    with far_from_now(monkeypatch, timedelta(days=0.5, minutes=1)):
        for _ in range(2):
            bench.tick()
            bench.run()

    assert [one["duplicate"] for one in told] == [False, True]
    assert told[0]["scheduled"]["after_promise"] is False
    assert before.promise and before.promise.state is not PromiseState.KEPT
    (mail,) = letters(bench)
    assert "Is it there by now?" in text_of(mail)
    after = case_in(bench)
    assert (after.status, after.scheduled) == (CaseStatus.WAITING, ())
    assert after.promise and after.promise.state is PromiseState.KEPT
    assert waiting(desk, case) == [("sent", "")]
    assert bench.failures == []


def test_what_waits_is_cancelled_when_she_writes_first_and_somebody_is_told(
    desk: Caller, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = a_case(bench)
    later(desk, case)
    later(desk, case, text="Anyway.", only_if_silent=False)

    bench.receive(mail_bytes("It is here!", In_Reply_To="<first@x>", subject="Re: [#" + number(case) + "]"))
    bench.run()

    (found,) = {one.attention for one in bench.rows(Case)}
    assert found == "an answer that was to be sent later was cancelled: the customer wrote first"
    assert sorted(waiting(desk, case)) == [("cancelled", "the customer wrote first"), ("waiting", "")]
    assert [e.detail["why"] for e in bench.rows(Event) if e.what.value == "answer_cancelled"] == [
        "the customer wrote first"
    ]
    with far_from_now(monkeypatch, timedelta(days=3, minutes=1)):
        bench.tick()
        bench.run()
    assert [text_of(mail).splitlines()[0] for mail in letters(bench)] == ["Anyway."]


def number(case: Case) -> str:
    return ids.case_number(case.id)


def test_what_waits_is_cancelled_when_the_case_is_solved(desk: Caller, bench: Bench) -> None:
    case = a_case(bench)
    later(desk, case)

    desk.post(f"/v1/cases/{case.id}/replies", {"text": "It is there.", "then": "solve", "author": "Tom"})
    bench.run()

    assert waiting(desk, case) == [("cancelled", "the case was solved")]
    assert later(desk, case, text="again").status == 409


def test_what_waits_can_be_called_off_and_not_twice(desk: Caller, bench: Bench) -> None:
    case = a_case(bench)
    answer = later(desk, case).json["scheduled"]["id"]
    place = f"/v1/cases/{case.id}/scheduled-answers/{answer}?author=Tom"

    assert [desk.send("DELETE", place).status for _ in range(2)] == [200, 200]
    assert waiting(desk, case) == [("cancelled", "called off by Tom")]
    assert len([e for e in bench.rows(Event) if e.what.value == "answer_cancelled"]) == 1
    assert case_in(bench).scheduled == ()


def test_her_clock_is_shown_and_times_that_do_not_fit_are_refused(desk: Caller, bench: Bench) -> None:
    asked = {"customer": {"email": ANN, "time_zone": "Asia/Shanghai"}, "channel": "web", "text": "?"}
    case_id = desk.post("/v1/requests", asked).json["case_id"]
    (case,) = bench.rows(Case)
    assert case.id == case_id

    told = later(desk, case, 2).json["scheduled"]

    assert told["time_zone"] == "Asia/Shanghai"
    assert told["send_at_hers"].endswith("+08:00")
    assert told["after_promise"] is True
    for days in (-1, 91):
        assert later(desk, case, days, text=f"{days}").pointers == ["/send_at"]


def test_a_case_does_not_close_over_an_answer_that_waits(
    desk: Caller, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = a_case(bench)
    desk.post(f"/v1/cases/{case.id}/replies", {"text": "We look.", "then": "wait", "author": "Tom"})
    later(desk, case, 10)

    with far_from_now(monkeypatch, timedelta(days=8)):
        bench.tick()
        bench.run()
    with far_from_now(monkeypatch, timedelta(days=10, minutes=1)):
        bench.tick()
        bench.run()

    assert [text_of(mail).splitlines()[0] for mail in letters(bench)] == ["We look.", "Is it there by now?"]


# ── Side conversations ──────────────────────────────────────────────────────────────────────────────────


def aside(desk: Caller, case: Case, *to: str, key: str = "s1", **more: Any) -> Answer:
    body = {"to": to or [CARRIER], "subject": "Parcel 118", "text": SECRET, "author": "Tom"}
    return desk.post(f"/v1/cases/{case.id}/side-conversations", body | more, Idempotency_Key=key)


def begun(desk: Caller, bench: Bench) -> tuple[Case, EmailMessage]:
    """A case with a side conversation, and the letter that began it."""
    case = a_case(bench)
    aside(desk, case)
    bench.run()
    (letter,) = letters(bench, CARRIER)
    return case, letter


def from_carrier(bench: Bench, letter: EmailMessage, text: str = "It is at the depot.", **more: Any) -> None:
    """The carrier answers, as a mail program does: to the address it was given, with references and a quote."""
    to = str(letter["Reply-To"].addresses[0].addr_spec)
    sender = more.pop("sender", CARRIER)
    ses_id = bench.mailer.accepted[-1][0]
    verdicts = more.pop("verdicts", {})
    more = {"In_Reply_To": f"<{ses_id}@email.amazonses.com>", **more}
    bench.receive(
        mail_bytes(f"{text}\n\n> {SECRET}\n", sender=sender, to=to, subject=f"Re: {letter['Subject']}", **more),
        source=sender,
        recipients=[to],
        **verdicts,
    )
    bench.run()


def in_thread(desk: Caller, case: Case) -> str:
    return desk.get(f"/v1/cases/{case.id}?text=full").text


def in_side(desk: Caller, case: Case) -> list[tuple[str, str]]:
    told = desk.get(f"/v1/cases/{case.id}/side-conversations/1?text=full").json["interactions"]
    return [(item["direction"], item["text"].splitlines()[0]) for item in told]


def test_a_letter_to_others_says_nothing_of_hers_and_has_an_address_of_its_own(desk: Caller, bench: Bench) -> None:
    case, letter = begun(desk, bench)

    raw = letter.as_string()
    assert letter["Subject"].startswith("Parcel 118 [S-")
    assert str(letter["Reply-To"].addresses[0].addr_spec).startswith("side+")
    assert letter["To"] == CARRIER
    assert (letter["References"], letter["In-Reply-To"], letter["Cc"]) == (None, None, None)
    for hers in (ANN, "Archer", number(case), HERS, "Where is my order"):
        assert hers not in raw
        assert hers not in text_of(letter)


def test_what_others_answer_is_told_in_the_side_conversation_only(desk: Caller, bench: Bench) -> None:
    case, letter = begun(desk, bench)

    from_carrier(bench, letter)

    assert in_side(desk, case) == [("out", SECRET), ("in", "It is at the depot.")]
    assert "depot" not in in_thread(desk, case)
    assert SECRET not in in_thread(desk, case)
    assert case_in(bench).attention == "an answer came in side conversation 1"
    marked = [(e.purpose, e.side) for e in bench.told_of(ANN) if isinstance(e, Interaction) and e.side]
    assert marked == [(Purpose.SIDE, 1)] * 2
    assert bench.failures == []


def test_nobody_who_answers_aside_is_acknowledged_or_becomes_a_customer(desk: Caller, bench: Bench) -> None:
    _, letter = begun(desk, bench)
    sent = len(bench.sent)

    from_carrier(bench, letter)
    from_carrier(bench, letter, "I am away.", Auto_Submitted="auto-replied")
    from_carrier(bench, letter, "I take over.", sender="colleague@carrier.example")

    assert len(bench.sent) == sent
    assert [customer.email for customer in bench.rows(Customer)] == [ANN]
    assert len(bench.rows(Case)) == 1


def test_a_customer_of_ours_who_answers_aside_in_anothers_case_gets_no_case_of_it(desk: Caller, bench: Bench) -> None:
    bench.receive(mail_bytes("Mine!", sender=CARRIER), source=CARRIER)
    bench.run()
    before = len(bench.sent)
    (own,) = bench.rows(Case)
    bench.receive(mail_bytes(HERS))
    bench.run()
    (case,) = [one for one in bench.rows(Case) if one.id != own.id]
    aside(desk, case)
    bench.run()

    from_carrier(bench, letters(bench, CARRIER)[-1])

    assert in_side(desk, case)[-1] == ("in", "It is at the depot.")
    assert len(bench.rows(Case)) == 2
    assert len(bench.sent) == before + 2  # Ann's acknowledgement, and the letter
    assert "depot" not in str(bench.told_of(CARRIER))


def test_her_next_answer_quotes_and_continues_nothing_of_it(desk: Caller, bench: Bench) -> None:
    case, letter = begun(desk, bench)
    for n in range(3):
        from_carrier(bench, letter, f"It is at depot {n}.")

    desk.post(f"/v1/cases/{case.id}/replies", {"text": "It comes soon.", "then": "wait", "author": "Tom"})
    bench.run()

    (answer,) = letters(bench, ANN)
    assert HERS in text_of(answer)
    whole = answer.as_string() + text_of(answer)
    for secret in ("depot", SECRET, CARRIER, "side+", "[S-"):
        assert secret not in whole
    hers = next(one for one in bench.rows(Interaction) if one.sender == f"email:{ANN}")
    assert answer["In-Reply-To"] == f"<{hers.message_id}>"


def test_an_answer_by_reference_lands_there_though_it_came_to_our_common_address(desk: Caller, bench: Bench) -> None:
    case, letter = begun(desk, bench)
    ses_id = bench.mailer.accepted[-1][0]

    bench.receive(
        mail_bytes("It is lost.", sender=CARRIER, In_Reply_To=f"<{ses_id}@email.amazonses.com>"), source=CARRIER
    )
    bench.run()

    assert letter["Subject"]
    assert in_side(desk, case)[-1] == ("in", "It is lost.")
    assert "It is lost." not in in_thread(desk, case)
    assert len(bench.rows(Case)) == len(bench.rows(Customer)) == 1


def test_she_who_gets_hold_of_the_address_is_put_aside_and_an_agent_looks(desk: Caller, bench: Bench) -> None:
    case, letter = begun(desk, bench)

    from_carrier(bench, letter, "What does this mean?", sender=ANN)

    assert in_side(desk, case) == [("out", SECRET)]
    assert "What does this mean?" not in in_thread(desk, case)
    (put_aside,) = [one for one in bench.rows(Interaction) if one.quarantined]
    assert put_aside.flags == ("quarantined: the customer wrote to the address of a side conversation",)
    assert case_in(bench).attention.startswith("the customer wrote to the address of a side conversation (1)")
    released = desk.post(f"/v1/quarantine/{put_aside.id}/release", {"author": "Tom", "reason": "Hers."})
    assert released.status == 202
    assert "What does this mean?" not in in_thread(desk, case)


def test_her_answer_that_copies_the_side_address_stays_hers(desk: Caller, bench: Bench) -> None:
    case, letter = begun(desk, bench)
    side = str(letter["Reply-To"].addresses[0].addr_spec)
    own = next(mail for mail in bench.sent if mail["Auto-Submitted"])["Reply-To"].addresses[0].addr_spec

    bench.receive(mail_bytes("And now?", to=own, Cc=side), recipients=[own, side])
    bench.run()

    assert "And now?" in in_thread(desk, case)
    assert in_side(desk, case) == [("out", SECRET)]


@pytest.mark.parametrize("verdicts", [{"spam": "FAIL"}])
def test_what_is_not_to_be_believed_is_put_aside_there_too(
    desk: Caller, bench: Bench, verdicts: dict[str, str]
) -> None:
    case, letter = begun(desk, bench)

    from_carrier(bench, letter, verdicts=verdicts)

    assert in_side(desk, case) == [("out", SECRET)]
    assert len([one for one in bench.rows(Interaction) if one.quarantined]) == 1


def test_she_and_our_own_addresses_cannot_be_in_one(desk: Caller, bench: Bench) -> None:
    case = a_case(bench)

    refused = [aside(desk, case, CARRIER, address).pointers for address in (ANN, f"x@{DOMAIN}", "nobody")]

    assert refused == [["/to/1"]] * 3
    assert bench.rows(SideConversation) == []


def test_nothing_more_goes_to_an_address_that_became_hers_since(desk: Caller, bench: Bench) -> None:
    case, _ = begun(desk, bench)
    handle = {"kind": "email", "value": CARRIER}
    assert desk.post(f"/v1/customers/{case.customer_id}/handles", handle).status == 200

    more = {"text": "Any news?", "author": "Tom"}
    refused = desk.post(f"/v1/cases/{case.id}/side-conversations/1/replies", more, Idempotency_Key="m")

    assert refused.status == 409
    bench.run()
    assert len(letters(bench, CARRIER)) == 1


def test_several_get_a_letter_each_and_a_repetition_sends_none(desk: Caller, bench: Bench) -> None:
    case = a_case(bench)
    told = [aside(desk, case, CARRIER, "b@carrier.example").json for _ in range(2)]
    more = {"text": "Any news?", "author": "Tom"}
    for _ in range(2):
        desk.post(f"/v1/cases/{case.id}/side-conversations/1/replies", more, Idempotency_Key="m")
    bench.run()

    assert [one["duplicate"] for one in told] == [False, True]
    assert [len(letters(bench, to)) for to in (CARRIER, "b@carrier.example")] == [2, 2]
    assert letters(bench, CARRIER)[0]["To"] == f"{CARRIER}, b@carrier.example"


def test_an_answer_wakes_a_case_that_waited_and_a_closed_conversation(desk: Caller, bench: Bench) -> None:
    case, letter = begun(desk, bench)
    desk.post(f"/v1/cases/{case.id}/replies", {"text": "We asked.", "then": "wait", "author": "Tom"})
    place = f"/v1/cases/{case.id}/side-conversations/1"
    assert desk.put(place, {"state": "closed", "author": "Tom"}).json["state"] == "closed"
    refused = desk.post(f"{place}/replies", {"text": "?", "author": "Tom"})

    from_carrier(bench, letter)

    assert refused.status == 409
    assert case_in(bench).status is CaseStatus.OPEN
    (side,) = desk.get(f"/v1/cases/{case.id}/side-conversations").json["items"]
    assert (side["state"], side["unread"], side["messages"]) == ("open", True, 2)


def test_a_bounce_aside_is_told_and_suppresses_nothing_of_hers(desk: Caller, bench: Bench) -> None:
    begun(desk, bench)
    ses_id, raw, _ = bench.mailer.accepted[-1]
    tags = dict(pair.strip().split("=") for pair in parsed(raw)["X-SES-MESSAGE-TAGS"].split(","))
    bench.put("feedback", send_event(ses_id, tags, "Bounce", bounceType="Permanent", bounceSubType="General"))
    bench.run()

    (ann,) = bench.rows(Customer)
    assert ann.suppressed == {}
    assert case_in(bench).attention == "a mail of side conversation 1 did not arrive"


def test_a_flood_aside_is_kept_and_moves_nothing(desk: Caller, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sides, "MOST_HEARD", 1)
    case, letter = begun(desk, bench)

    for n in range(2):
        from_carrier(bench, letter, f"{n}")

    assert [text for _, text in in_side(desk, case)] == [SECRET, "0", "1"]
    (side,) = bench.rows(SideConversation)
    assert side.messages == 2
