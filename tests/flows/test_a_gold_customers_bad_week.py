"""The story of Ann, a gold customer, from her angry mail to *kept*."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest

from chalicelib.cases import service as cases
from chalicelib.customers import service as customers
from chalicelib.kernel import clock
from chalicelib.model.case import Case, CaseStatus, PromiseState
from chalicelib.model.customer import Customer, CustomerHint
from chalicelib.model.fact import FactKind
from chalicelib.model.interaction import Interaction, Purpose
from chalicelib.model.money import Money
from chalicelib.model.rating import Rating, RatingState
from chalicelib.model.recovery import Cause, Deed, Recovery, RecoveryState, Sign
from chalicelib.model.urgency import Urgency
from chalicelib.recovery import service as recoveries
from chalicelib.recovery import views
from tests.auth.callers import Caller, caller
from tests.factories import ANN, make_arrival, make_report
from tests.workbench import Bench, far_from_now, forget_caches, mail_bytes, text_of

ANGRY = (
    "Where is my tent?! You promised Friday and nothing came. You lied to me, this is a disgrace, I am furious."
    " I will cancel my contract!"
)
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def bench(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Everybody of gold is asked how it was, an hour after her case was solved."""
    monkeypatch.setenv("RATINGS", json.dumps({"share": {"gold": 1}, "after_hours": 1}))
    forget_caches()
    return bench


def only(bench: Bench, kind: type) -> object:
    (found,) = bench.rows(kind)
    return found


def case_of(bench: Bench) -> Case:
    found = only(bench, Case)
    assert isinstance(found, Case)
    return found


def recovery_of(bench: Bench) -> Recovery:
    found = only(bench, Recovery)
    assert isinstance(found, Recovery)
    return found


def causes(bench: Bench) -> list[Cause]:
    return [one.cause for one in recovery_of(bench).causes]


def told(bench: Bench, what: FactKind, at: datetime, **more: object) -> None:
    customers.record_fact(make_report(what, receipt_key=f"fact:shop:{what.value}", occurred_at=at, **more))
    bench.run()


def a_gold_customer(bench: Bench) -> None:
    agreed = {"channel": "email", "purpose": "service", "granted": "true", "proof": "sign-up form"}
    told(bench, FactKind.CONSENT, clock.now(), customer=CustomerHint(handle=ANN, name="Ann"), data=agreed)
    (ann,) = bench.rows(Customer)
    until = clock.now() + timedelta(days=90)
    customers.pin_tier(ann.id, "gold", until=until, by="Lea", reason="A good customer.")


def vote(bench: Bench, score: int, comment: str = "") -> None:
    """She clicks on a score in the mail, and on the button of the page."""
    asked = next(mail for mail in bench.sent if mail["Subject"].startswith("How was it?"))
    links = re.findall(r"(\d) - .*?: https://api\.liana\.test(/r/\S+)", text_of(asked))
    path = dict(links)[str(score)]
    browser = Caller("")
    before = bench.rows(Rating)
    page = browser.get(path)
    assert f'value="{score}" checked' in page.text
    assert bench.rows(Rating) == before
    form = urlencode({"score": score, "comment": comment}).encode()
    assert browser.send("POST", path, form, Content_Type=FORM).status == 200
    bench.run()


def test_from_an_angry_mail_to_kept(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    a_gold_customer(bench)
    monday = clock.now()

    # She writes an angry mail: it is urgent, promised in half of gold's time, and a recovery begins.
    bench.receive(mail_bytes(ANGRY, subject="My tent for Friday"))
    bench.run()
    case = case_of(bench)
    assert (case.urgency, case.recovery) == (Urgency.URGENT, recovery_of(bench).id)
    assert case.promise and case.promise.due_at - case.promise.made_at == timedelta(hours=4)
    assert "within 4 hours" in text_of(bench.sent[0])
    assert causes(bench) == [Cause.ANGRY, Cause.LEAVING]

    # She rings about the same: it joins.
    with far_from_now(monkeypatch, timedelta(hours=1)):
        call = make_arrival(
            receipt_key="api:desk:1", channel="phone", at=clock.now(), author="Bo", case_id=case.id, subject="",
            message_id="", mailbox="", text="She asks where her tent is.",
        )  # fmt: skip
        cases.take_in(call)
        bench.run()
    assert causes(bench) == [Cause.ANGRY, Cause.LEAVING, Cause.REPEATED]

    # Nobody answers in time: the promise breaks, and that is a cause, too.
    bench.tick(monday + timedelta(hours=5))
    bench.run()
    case = case_of(bench)
    assert case.promise and case.promise.state is PromiseState.BROKEN
    assert causes(bench)[-1] is Cause.BROKEN_PROMISE

    # The lead answers and notes what she did; the case is solved, and Ann will be asked how it was.
    with far_from_now(monkeypatch, timedelta(hours=6)):
        cases.reply(
            case.id, author="Lea", text="I am sorry. It is with you tonight.", then="solve",
            receipt_key="r", fingerprint="f",
        )  # fmt: skip
        bench.run()
    recovery = recovery_of(bench)
    recoveries.note_done(recovery.customer_id, recovery.id, Deed.APOLOGY, "Rang her, too.", by="Lea")
    assert recovery.answered_at
    assert case_of(bench).status is CaseStatus.SOLVED
    (rating,) = bench.rows(Rating)
    assert rating.state is RatingState.PLANNED

    # An hour later she is asked. Her first vote is low; her second, after a call, is what counts.
    bench.tick(monday + timedelta(hours=8))
    bench.run()
    vote(bench, 2, "Tell me before Friday.")
    assert causes(bench)[-1] is Cause.LOW_RATING
    vote(bench, 5, "Lea was great.")
    (rating,) = bench.rows(Rating)
    assert (rating.score, [one.score for one in rating.votes]) == (5, [2, 5])

    # She orders again.
    told(bench, FactKind.ORDER, clock.now(), amount=Money(9900, "USD"))
    assert {seen.sign for seen in recovery_of(bench).seen} == {Sign.RATED_WELL, Sign.ORDERED}

    # A week passes: she is kept, once, and the report counts it.
    for _ in range(2):
        bench.tick(monday + timedelta(days=9))
        bench.run()
    recovery = recovery_of(bench)
    assert (recovery.state, recovery.reason) == (RecoveryState.KEPT, "she ordered again")
    assert only(bench, Customer).recovery == ""  # type: ignore[attr-defined]
    day = recovery.opened_at.date()
    first = next(line for line in views.report(day, day) if line.cause == "angry")
    assert (first.tier, first.opened, first.answered, first.kept, first.kept_share) == ("gold", 1, 1, 1, 1.0)

    # And all of it can be read, by those who may.
    told_on = caller().get(f"/v1/customers/{recovery.customer_id}/timeline?limit=100").json["items"]
    assert {"recovery", "rating"} <= {entry["kind"] for entry in told_on}
    week = f"from={day}&to={day + timedelta(days=6)}"
    (line,) = caller("ratings:read").get(f"/v1/reports/ratings?{week}").json["items"]
    assert (line["sent"], line["answered"], line["mean"]) == (1, 1, 5.0)


def test_a_customer_who_cancels_is_lost_at_once(bench: Bench) -> None:
    a_gold_customer(bench)
    bench.receive(mail_bytes(ANGRY))
    bench.run()

    told(bench, FactKind.SUBSCRIPTION_CANCELLED, clock.now(), data={"what": "family plan"})

    recovery = recovery_of(bench)
    assert (recovery.state, recovery.reason) == (RecoveryState.LOST, "she cancelled")


def test_a_low_rating_your_systems_report_begins_a_recovery(bench: Bench) -> None:
    a_gold_customer(bench)

    told(bench, FactKind.RATING, clock.now(), data={"score": "1", "of": "delivery"})

    assert causes(bench) == [Cause.LOW_RATING]


def test_whoever_solves_a_case_and_however_its_customer_is_asked_by_chance_alone(bench: Bench) -> None:
    """An agent who closes a case without an answer does not choose who is asked."""
    from chalicelib.kernel.decision import Decision
    from chalicelib.storage.commit import commit

    a_gold_customer(bench)
    bench.receive(mail_bytes("Which tent is the lightest?"))
    bench.run()

    case = case_of(bench)
    closed = replace(case, status=CaseStatus.SOLVED, solved_at=clock.now(), updated_at=clock.now())
    commit(Decision((closed,), reason="closed by hand"))
    bench.run()
    bench.tick(clock.now() + timedelta(hours=2))
    bench.run()

    (rating,) = bench.rows(Rating)
    asked = [mail for mail in bench.rows(Interaction) if mail.purpose is Purpose.RATING]
    assert (rating.state, len(asked)) == (RatingState.ASKED, 1)
