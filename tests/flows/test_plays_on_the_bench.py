"""A story for each play that comes with Liana: what happens, who hears of it, and who does not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.cases import service as cases
from chalicelib.customers import service as customers
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.arrival import Arrival
from chalicelib.model.article import ArticleState
from chalicelib.model.campaign import Audience, AudienceKind, Campaign
from chalicelib.model.customer import Consent, Customer, CustomerHint, Handle, HandleOwner
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import FactKind, FactReport
from chalicelib.model.gap import Gap, GapState
from chalicelib.model.money import Money
from chalicelib.model.pilot import Arm, PilotPlan
from chalicelib.model.play import PlayEdition, PlayState
from chalicelib.model.question import AskedThrough, Question
from chalicelib.model.recovery import Recovery, Sign
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import askers, piloting, wording
from chalicelib.outreach import service as outreach
from chalicelib.outreach.calling import Said
from chalicelib.outreach.campaigns import preparing
from chalicelib.outreach.campaigns import service as campaigns
from chalicelib.outreach.campaigns.preparing import Wanted
from chalicelib.outreach.life import Person
from chalicelib.storage import campaigns as stored_campaigns
from chalicelib.storage import keys
from chalicelib.storage.commit import commit
from chalicelib.triggers import schedule
from tests.factories import (
    ANN,
    ANNS_ID,
    BO_ID,
    make_article,
    make_case,
    make_customer,
    make_promise,
    make_recovery,
)
from tests.workbench import Bench, Context, far_from_now, forget_caches, text_of, tick_event

NOW = clock.now()
PHONE = Handle("phone", "+15550100")
BO = Handle("email", "bo@example.org")


@pytest.fixture
def told(bench: Bench) -> Callable[..., None]:
    """A fact about Ann, and all that follows from it."""

    def tell(kind: FactKind, /, **data: str) -> None:
        report = FactReport(
            receipt_key=f"fact:shop:{ids.new_ulid(clock.now())}",
            fingerprint="f",
            customer=CustomerHint(customer_id=ANNS_ID),
            what=kind,
            occurred_at=clock.now(),
            amount=Money(100_00, "USD") if kind is FactKind.ORDER else None,
            data=data,
        )
        customers.record_fact(report)
        bench.run()

    return tell


AGREED = {"email/service": Consent(True, NOW - timedelta(days=30), "form")}


def ann(*channels: str, **fields: Any) -> Customer:
    """Who agreed to service messages by these channels, or by mail."""
    agreed = {
        f"{channel}/service": Consent(True, NOW - timedelta(days=30), "form") for channel in channels or ("email",)
    }
    customer = make_customer(
        **{"consents": agreed, "handles": (ANN, PHONE), "version": None, "language": "en", **fields}
    )
    owners = [HandleOwner(handle=handle, customer_id=ANNS_ID) for handle in customer.handles]
    commit(Decision((customer, *owners)))
    return customer


def start(bench: Bench, name: str, **given: Any) -> None:
    bench.start_plays(name)
    edition = PlayEdition(number=1, given=given, prepared_by="Tom", prepared_at=NOW, approved_by="Lea", approved_at=NOW)
    bench.set_play(name, PlayState.RUNNING, live=edition)


def noon_zone() -> str:
    """Where it is about noon now."""
    east = 12 - NOW.hour
    return f"Etc/GMT{-east:+d}" if east else "UTC"


def at_noon(days: int) -> datetime:
    day = NOW + timedelta(days=days)
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def wait(bench: Bench, days: int) -> None:
    """What is due of outreach by then. The other clock stands: days ahead it would build the index anew."""
    schedule.plan_outreach(tick_event(at_noon(days)), Context())
    bench.run()


def tasks(bench: Bench) -> dict[str, Task]:
    """By step."""
    return {task.step: task for task in bench.rows(Task)}


def only(bench: Bench) -> Task:
    (task,) = bench.rows(Task)
    return task


def day(days: int) -> str:
    return f"{at_noon(days):%Y-%m-%d}"


def test_a_high_bill_is_told_a_week_before_and_not_when_it_was_put_right(bench: Bench, told: Any) -> None:
    ann()
    start(bench, "account_problem_ahead")
    told(FactKind.PROBLEM_AHEAD, what="bill_high", on=day(20), amount_minor="12900", currency="USD")
    told(FactKind.PROBLEM_AHEAD, what="quota_low", on=day(20))
    told(FactKind.PROBLEM_SOLVED, what="quota_low")

    wait(bench, 12)
    assert not bench.sent, "too early"
    wait(bench, 14)

    (mail,) = bench.sent
    assert "will be higher than usual: 129.00 USD" in text_of(mail)
    assert sorted(task.state.value for task in bench.rows(Task)) == ["passed_over", "sent"]


def test_a_guide_comes_before_a_move_under_its_new_name_and_only_while_it_can_be_read(bench: Bench, told: Any) -> None:
    ann()
    renamed = make_article("moving", texts={}, moved_to="moving-house", version=None)
    retired = make_article("new-child", state=ArticleState.RETIRED, version=None)
    commit(Decision((renamed, make_article("moving-house", version=None), retired)))
    start(bench, "life_event_ahead", guides="moved=moving birth=new-child")
    told(FactKind.LIFE_EVENT, what="moved", on=day(20))
    told(FactKind.LIFE_EVENT, what="birth", on=day(20))

    wait(bench, 7)

    (mail,) = bench.sent
    assert "https://api.liana.test/help/articles/moving-house" in text_of(mail)
    (passed,) = [task for task in bench.rows(Task) if task.state is TaskState.PASSED_OVER]
    assert passed.reason.startswith("no_article")


def test_who_lingers_is_offered_help_at_once_and_once(bench: Bench, told: Any) -> None:
    ann("app", time_zone=noon_zone())
    start(bench, "lingering")

    told(FactKind.LINGERING, page="/tariffs", seconds="120")
    told(FactKind.LINGERING, page="/tariffs", seconds="240")

    task = only(bench)
    assert (task.reason, task.channel, task.state) == ("", "app", TaskState.SENT)


def asked(customer_id: str, **fields: Any) -> Question:
    """How to fold the tent, three days ago, and nothing answered it."""
    at = NOW - timedelta(days=3)
    return Question(
        **{
            "id": ids.derived_ulid(at, customer_id, str(fields)),
            "asked_at": at,
            "text": "How do I fold the tent?",
            "through": AskedThrough.HELP_CENTRE,
            "customer_id": customer_id,
            "gap_id": "01G",
            "learned_as": "asked",
            **fields,
        }
    )


def test_an_answer_that_comes_late_still_comes_to_all_who_asked_and_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(askers, "A_TURN", 1)
    ann()
    bo = make_customer(id=BO_ID, handles=(BO,), consents=AGREED, version=None)
    then = NOW - timedelta(days=3)
    gap = Gap(id="01G", question="How do I fold the tent?", opened_at=then, last_at=then, state=GapState.DRAFTED)
    hers = asked(ANNS_ID), asked(ANNS_ID, text="Fold the tent?"), asked(BO_ID), asked("", visitor_id="v")
    commit(Decision((bo, HandleOwner(handle=BO, customer_id=BO_ID), gap, *hers, make_article("folding", version=None))))
    start(bench, "question_answered")

    for state in (GapState.ANSWERED, GapState.DRAFTED, GapState.ANSWERED):
        (gap,) = bench.rows(Gap)
        commit(Decision((replace(gap, state=state, article_id="folding", answered_at=NOW),)))
        bench.run()
    wait(bench, 1)

    assert sorted(mail["To"] for mail in bench.sent) == [ANN.value, BO.value]
    assert "/help/articles/folding" in text_of(bench.sent[0])


def test_first_steps_are_taken_one_by_one_and_end_when_it_was_sent_back(bench: Bench, told: Any) -> None:
    ann()
    start(bench, "first_steps")
    told(FactKind.ORDER, product="tent")
    told(FactKind.ORDER, product="tent")
    assert {*tasks(bench)} == {"day1", "week1", "month1"}

    wait(bench, 2)
    wait(bench, 8)
    told(FactKind.REFUND)
    wait(bench, 31)

    assert [mail["Subject"] for mail in bench.sent] == ["Your first steps with tent", "Does everything work with tent?"]
    assert tasks(bench)["month1"].reason.startswith("not_needed")


def test_who_uses_it_already_is_not_told_how_to_begin(bench: Bench, told: Any) -> None:
    ann()
    start(bench, "first_steps")
    told(FactKind.ORDER)
    told(FactKind.USAGE, what="app")

    wait(bench, 2)

    assert not bench.sent
    assert tasks(bench)["day1"].reason.startswith("not_needed")


def test_a_key_customer_who_falls_silent_is_rung_and_one_watch_is_kept_meanwhile(
    bench: Bench, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann("phone", tier="gold")
    start(bench, "silent_key_customer")
    told(FactKind.ORDER)
    told(FactKind.USAGE, what="app")
    with far_from_now(monkeypatch, timedelta(days=60)):
        told(FactKind.USAGE, what="app")

    wait(bench, 91)
    watch = only(bench)
    assert (watch.state, watch.due_at.date()) == (TaskState.PLANNED, at_noon(150).date())
    wait(bench, 151)

    assert (only(bench).state, only(bench).channel) == (TaskState.WAITING, "phone")


def test_when_a_watch_is_over_her_next_order_begins_another_one(bench: Bench, told: Any) -> None:
    ann("phone", tier="gold")
    start(bench, "silent_key_customer")
    told(FactKind.ORDER)
    wait(bench, 120)
    assert only(bench).reason.startswith("too_late")

    told(FactKind.ORDER)
    told(FactKind.ORDER)

    assert sorted(task.state.value for task in bench.rows(Task)) == ["passed_over", "planned"]


def test_who_rang_hears_before_the_promise_to_her_breaks(bench: Bench, told: Any) -> None:
    """No letter of the case's own goes to who was not acknowledged by mail."""
    promise = make_promise(made_at=NOW - timedelta(hours=18), due_at=NOW + timedelta(hours=6), warn_at=NOW)
    case = make_case(promise=promise, channel="phone", opened_at=NOW, updated_at=NOW, version=None)
    ann("app", open_cases={case.id: ""}, tier="gold", time_zone=noon_zone())
    commit(Decision((case,)))
    start(bench, "promise_about_to_break")

    for minutes in (1, 2):
        bench.tick(NOW + timedelta(minutes=minutes))
        bench.run()

    task = only(bench)
    assert (task.reason, task.state, task.channel, task.context["call_back"]) == ("", TaskState.SENT, "app", "yes")
    assert not bench.sent


def test_where_the_case_writes_itself_the_play_is_silent(bench: Bench, told: Any) -> None:
    promise = make_promise(
        made_at=NOW - timedelta(hours=18), due_at=NOW + timedelta(hours=6), warn_at=NOW, tell=ANN.value
    )
    case = make_case(promise=promise, opened_at=NOW, updated_at=NOW, version=None)
    ann(open_cases={case.id: ""}, time_zone=noon_zone())
    commit(Decision((case,)))
    start(bench, "promise_about_to_break")

    bench.tick(NOW + timedelta(minutes=1))
    bench.run()

    assert len(bench.sent) == 1
    assert bench.rows(Task) == []


def solved(case_id: str) -> Decision:
    return Decision(
        (
            Event(
                id=ids.derived_ulid(NOW, "solved", case_id),
                customer_id=ANNS_ID,
                what=EventKind.CASE_SOLVED,
                at=NOW,
                case_id=case_id,
            ),
        )
    )


def test_who_was_let_down_is_asked_whether_it_is_right_and_what_she_says_counts(bench: Bench, told: Any) -> None:
    ann("phone", "email", tier="gold", recovery="R")
    commit(
        Decision(
            (make_recovery(opened_at=NOW - timedelta(days=1), follow_until=NOW + timedelta(days=60), version=None),)
        )
    )
    start(bench, "recovery_follow_up")

    commit(solved("a"))
    commit(solved("b"))
    bench.run()
    wait(bench, 4)

    task = only(bench)
    assert (task.state, task.channel) == (TaskState.WAITING, "phone")
    assert "whether it is right now" in wording.call(task, make_customer())

    commit(Decision((replace(task, state=TaskState.TAKEN, assigned_to="bo"),)))
    outreach.finish(ANNS_ID, task.id, Said(outcome="solved", by="Bo", agent_id="bo"), now=at_noon(4))
    bench.run()

    assert [one.sign for one in bench.rows(Recovery)[0].seen] == [Sign.SAID_SO]


def test_who_rings_again_and_again_is_invited_once_a_year(bench: Bench, told: Any) -> None:
    ann()
    start(bench, "channel_invitation", thanks="The first time you do, we waive the fee.")
    for n in range(4):
        cases.take_in(
            Arrival(
                receipt_key=f"api:{n}",
                fingerprint="f",
                channel="phone",
                at=NOW - timedelta(days=8 - 2 * n),
                sender=PHONE,
                author="Bo",
                subject=f"Bill {n}",
                text="…",
                topic="billing",
            )
        )
        bench.run()
    (customer,) = bench.rows(Customer)
    assert [one.topic for one in customer.rung] == ["billing"] * 4

    assert only(bench).why == "she rang 3 times in 60 days"


def sent(audience: Audience, entries: tuple[str, ...] = (), **given: str) -> Campaign:
    """A campaign with the incident play, as one person prepares it and another approves it."""
    wanted = Wanted(
        title="The outage",
        play="incident",
        given=given,
        context={},
        reason="our app was down",
        audience=audience,
        rate=60_000,
        starts_at=None,
        deadline=NOW + timedelta(days=5),
    )
    key = f"campaign:{ids.new_ulid(NOW)}"
    tom, lea = Person(id="key:one", name="Tom"), Person(id="key:two", name="Lea")
    drafted = campaigns.draft(wanted, entries, by=tom, caller="tom", receipt_key=key, fingerprint="f")
    campaigns.submit(drafted.id, by=tom)
    return campaigns.approve(drafted.id, by=lea)


def test_an_incident_is_told_and_its_end_to_whoever_heard_that_it_began(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMS", "+15550199")
    forget_caches()
    for module, name in ((keys, "POPULATION_SHARDS"), (stored_campaigns, "PARTS"), (preparing, "MOST_PARTS")):
        monkeypatch.setattr(module, name, 2)
    start(bench, "incident")
    bench.set_play("incident", PlayState.RUNNING, pilot=PILOT)
    held_out, bo, cleo = (held_out_or_not(held_out) for held_out in (True, False, False))
    ann("sms", "email", time_zone=noon_zone())
    people = {"bo@example.org": (bo, AGREED), "cleo@example.org": (cleo, {}), "dan@example.org": (held_out, AGREED)}
    for address, (customer_id, consents) in people.items():
        handle = Handle("email", address)
        customer = make_customer(
            id=customer_id,
            handles=(handle,),
            language="zh-CN",
            time_zone=noon_zone(),
            consents=consents,
            version=None,
        )
        commit(Decision((customer, HandleOwner(handle=handle, customer_id=customer_id))))
    what = {"what": "our app shows no balances", "what_zh": "应用无法显示余额"}

    began = sent(Audience(kind=AudienceKind.LIST), (PHONE.value, *people, "nobody@example.org"), **what)
    bench.run()

    assert began.listing and (began.listing.found, began.listing.missed) == (4, 1)
    assert stored_campaigns.figures(began.id) == {"sent": 2, "passed_over.no_consent": 1, "held_out": 1}
    assert [(mail["To"], mail["Subject"]) for mail in bench.sent] == [
        ("bo@example.org", "服务异常通知：应用无法显示余额")
    ]
    ((_, text, to, _),) = bench.texter.accepted
    assert (to, "we have a problem: our app shows no balances" in text) == (PHONE.value, True)

    ended = sent(Audience(kind=AudienceKind.REACHED, campaign_id=began.id), news="solved", **what)
    bench.run()

    assert stored_campaigns.figures(ended.id) == {"sent": 2}
    assert [(mail["To"], mail["Subject"]) for mail in bench.sent[1:]] == [
        ("bo@example.org", "问题已解决：应用无法显示余额")
    ]
    assert "it is solved: our app shows no balances" in bench.texter.accepted[1][1]
    forget_caches()


PILOT = PilotPlan(
    id="01KAM8Q6C3V8QW2E0N4B7T9XY0",  # Ann is not held out
    contacted={"*": 0.5},
    held_out={"*": 0.5},
    started_at=NOW,
)


def held_out_or_not(held_out: bool) -> str:
    """An id of somebody whom the pilot holds out, or not."""
    wanted = Arm.HELD_OUT if held_out else Arm.CONTACTED
    anybody = (ids.new_ulid(NOW) for _ in range(100))
    return next(one for one in anybody if piloting.arm_of(make_customer(id=one), PILOT, NOW) is wanted)
