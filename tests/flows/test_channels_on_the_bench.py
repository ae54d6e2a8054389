"""A notice finds her on the channel that suits her, on the next where that fails, and hears when she answers."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.customers import service as customers
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.model.case import Case
from chalicelib.model.customer import Consent, Customer, Handle, HandleOwner
from chalicelib.model.fact import FactKind
from chalicelib.model.interaction import Interaction, Purpose
from chalicelib.model.task import Task, TaskState
from chalicelib.storage import plays
from chalicelib.storage.commit import commit
from chalicelib.storage.tallies import sums
from tests import workbench
from tests.factories import ANN, make_customer, make_report
from tests.workbench import Bench, mail_bytes, send_event, text_event

pytestmark = pytest.mark.usefixtures("no_index")

NUMBER = "+4930123456"
EXPIRES = clock.now() + timedelta(days=30)


@pytest.fixture
def texting(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A company that sends texts."""
    monkeypatch.setenv("SMS", "+15550100")
    workbench.forget_caches()
    yield bench
    workbench.forget_caches()


def noon(days: int) -> datetime:
    day = clock.now() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def ann_agrees_to(*channels: str) -> None:
    """Ann, with an address, a number, and a play that may use these channels, in this order."""
    said = Consent(True, clock.now() - timedelta(days=30), "form")
    phone = Handle("phone", NUMBER)
    ann = make_customer(
        handles=(ANN, phone), consents={f"{channel}/service": said for channel in channels}, version=None
    )
    owners = (HandleOwner(handle=handle, customer_id=ann.id) for handle in (ANN, phone))
    play = plays.play("payment_will_fail")
    assert play and play.live
    commit(Decision((ann, *owners, replace(play, live=replace(play.live, channels=channels)))))
    customers.record_fact(
        make_report(FactKind.CARD_EXPIRING, data={"expires_on": EXPIRES.date().isoformat()}, occurred_at=clock.now())
    )


def told_in_time(bench: Bench) -> None:
    bench.run()
    bench.tick(noon(17))
    bench.run()


def task_of(bench: Bench) -> Task:
    (task,) = bench.rows(Task)
    return task


def counted() -> dict[str, int]:
    """Of the day the clock said it was, and of today, when reports came."""
    days = (f"{day:%Y-%m-%d}" for day in (noon(17), clock.now()))
    return {what: n for day in days for what, n in sums(("outreach", "payment_will_fail", day)).items()}


def tags_of(bench: Bench) -> dict[str, str]:
    return dict(pair.strip().split("=") for pair in bench.sent[0]["X-SES-MESSAGE-TAGS"].split(","))


def test_a_text_says_who_writes_and_is_settled_by_its_own_report(texting: Bench) -> None:
    ann_agrees_to("sms")

    told_in_time(texting)

    ((_, text, to, _),) = texting.texter.accepted
    assert (text.partition(":")[0], to) == ("Baum & Blatt", NUMBER)
    assert task_of(texting).state is TaskState.SENT
    assert counted() == {"planned": 1, "claimed": 1, "sent": 1}


def test_where_her_mail_bounces_she_gets_a_text_and_no_third_thing(texting: Bench) -> None:
    ann_agrees_to("email", "sms")
    told_in_time(texting)
    bounce = {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": ANN.value}]}
    for _ in range(2):
        texting.put("feedback", send_event(texting.mailer.accepted[0][0], tags_of(texting), "Bounce", **bounce))
    texting.run()
    texting.tick(noon(17))
    texting.run()

    task = task_of(texting)
    assert (task.channel, task.tried, task.state) == ("sms", ("email",), TaskState.SENT)
    assert (len(texting.sent), len(texting.texter.accepted)) == (1, 1)


def test_a_number_no_text_reaches_gets_no_more_of_them_and_may_be_called(texting: Bench) -> None:
    ann_agrees_to("sms")
    told_in_time(texting)
    ((text_id, _, _, context),) = texting.texter.accepted

    texting.put("feedback", text_event(text_id, context, "TEXT_INVALID"))
    texting.run()

    (ann,) = texting.rows(Customer)
    assert ann.suppressed == {f"sms:{NUMBER}": "bounced"}
    assert task_of(texting).state is TaskState.BOUNCED


def written(text: str, told_id: str = "in-1", **more: str) -> str:
    said = {"originationNumber": NUMBER, "messageBody": text, "inboundMessageId": told_id, **more}
    return json.dumps({"Type": "Notification", "Message": json.dumps(said)})


def test_stop_ends_texts_at_once_and_opens_no_case(texting: Bench) -> None:
    ann_agrees_to("sms")
    texting.run()

    for _ in range(2):
        texting.put("mail", written("STOP"))
    told_in_time(texting)

    (ann,) = texting.rows(Customer)
    assert not ann.consents["sms/service"].granted
    assert not ann.consents["sms/marketing"].granted
    assert not texting.rows(Case)
    assert task_of(texting).reason.startswith("no_consent")
    assert not texting.texter.accepted


def test_who_answers_a_text_has_answered_the_task_and_opened_a_case(texting: Bench) -> None:
    ann_agrees_to("sms")
    told_in_time(texting)

    texting.put("mail", written("Thanks, done.", previousPublishedMessageId=texting.texter.accepted[0][0]))
    texting.run()

    (ann,) = texting.rows(Customer)
    assert task_of(texting).state is TaskState.ANSWERED
    assert ann.reach["sms"].answered == 1
    assert len(texting.rows(Case)) == 1


@pytest.mark.parametrize(("sender", "answered"), [("ann@example.org", True), ("bob@example.org", False)])
def test_only_she_answers_a_mail_by_answering_it(bench: Bench, sender: str, answered: bool) -> None:
    ann_agrees_to("email")
    told_in_time(bench)
    ses_id = bench.mailer.accepted[0][0]

    raw = mail_bytes("I will.", sender=sender, In_Reply_To=f"<{ses_id}@email.amazonses.com>")
    bench.receive(raw, source=sender)
    bench.run()

    assert (task_of(bench).state is TaskState.ANSWERED) is answered
    assert len([said for said in bench.rows(Interaction) if said.purpose is Purpose.CONTACT]) == 1


@pytest.mark.parametrize(("sender", "heard"), [("ann@example.org", True), ("bob@example.org", False)])
def test_who_answers_a_mail_that_she_wants_no_more_gets_no_more(bench: Bench, sender: str, heard: bool) -> None:
    ann_agrees_to("email")
    told_in_time(bench)
    ses_id = bench.mailer.accepted[0][0]

    raw = mail_bytes(
        "Please unsubscribe me.\n\n> Your card expires", sender=sender, In_Reply_To=f"<{ses_id}@email.amazonses.com>"
    )
    bench.receive(raw, source=sender)
    bench.run()

    ann = next(one for one in bench.rows(Customer) if one.handles[0].value == "ann@example.org")
    assert ann.consents["email/service"].granted is not heard
    assert ("answered that she wants no more" in ann.consents["email/service"].proof) is heard
    assert len([said for said in bench.rows(Interaction) if said.purpose is Purpose.CONTACT]) == 1, "a person sees it"


def test_an_answer_by_machine_is_none(bench: Bench) -> None:
    ann_agrees_to("email")
    told_in_time(bench)
    ses_id = bench.mailer.accepted[0][0]

    away = mail_bytes("I am away.", In_Reply_To=f"<{ses_id}@email.amazonses.com>", Auto_Submitted="auto-replied")
    bench.receive(away)
    bench.run()

    assert task_of(bench).state is TaskState.SENT
