"""The desk over a table: work is handed out once, and comes back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.cases import service as cases
from chalicelib.desk import blending, load, service, views
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.model.agent import PRESENT_FOR, Agent, Presence
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Consent, Customer, Handle
from chalicelib.model.event import Event, EventKind
from chalicelib.model.load import Pace
from chalicelib.model.pilot import PilotPlan
from chalicelib.model.play import PlayRecord, PlayState
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import planning
from chalicelib.outreach import service as outreach
from chalicelib.outreach.calling import Said
from chalicelib.storage import cases as cases_stored
from chalicelib.storage import desk as storage
from chalicelib.storage import keys, tallies
from chalicelib.storage.commit import commit
from chalicelib.storage.desk import TASK, id_of
from tests.auth.callers import shared_stage
from tests.factories import (
    BO_ID,
    make_agent,
    make_case,
    make_customer,
    make_play_record,
    make_promise,
    make_routing,
    make_task,
)
from tests.workbench import Bench, create_table, far_from_now, forget_caches

CY_ID = ids.derived_ulid(clock.from_iso("2026-01-01T00:00:00Z"), "cy")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage() as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stage is the module's; each test has an empty table, without a stream and with few lines, for speed."""
    monkeypatch.setattr(keys, "QUEUE_SHARDS", 2)
    stage.client("dynamodb").delete_table(TableName=stage.bucket)
    create_table(stage.bucket)
    load.forget()


def store(*things: Any) -> None:
    for thing in things:
        commit(Decision((replace(thing, version=None),), reason="there"))


def there(**fields: Any) -> Agent:
    """An agent at her desk now."""
    now = clock.now()
    agent = make_agent(**{"present_until": now + PRESENT_FOR, "version": None, **fields})
    store(agent)
    return agent


def waits(number: int = 1, *, team: str = "", customer: bool = True, **line: Any) -> Case:
    """A case in line, and whose it is."""
    now = clock.now()
    owner = make_customer(id=ids.derived_ulid(now, f"customer {number}"), team=team, handles=())
    since = line.pop("since", now - number * MINUTE)
    case = make_case(
        id=ids.derived_case_id(f"case {number}"), customer_id=owner.id, queue="support", promise=None,
        routing=make_routing(**{"since": since, "team": team, **line}),
    )  # fmt: skip
    store(case, *([owner] if customer else []))
    return case


def next_for(agent_id: str = BO_ID, **more: Any) -> service.Handed:
    return service.next_for(agent_id, clock.now(), **more)


def stored(case: Case) -> Case:
    found = cases_stored.case(case.id)
    assert found
    return found


def hers(agent_id: str = BO_ID) -> Agent:
    found = storage.agent(agent_id)
    assert found
    return found


def test_the_longest_waiting_is_offered_to_her_alone_and_counts_for_her() -> None:
    there()
    there(id=CY_ID)
    waits(1)
    old = waits(3)

    handed = next_for()

    assert handed.work and handed.work.id == old.id
    assert stored(old).holder == BO_ID
    assert (hers().held, hers().offered) == ({old.id: "email"}, old.id)
    other = next_for(CY_ID)
    assert other.work and other.work.id != old.id


def test_who_asks_again_before_she_answers_gets_the_same() -> None:
    there()
    waits(1)
    waits(2)

    first, again = next_for(), next_for()

    assert first.work and again.work and again.work.id == first.work.id
    assert len(hers().held) == 1


def test_with_nothing_for_her_she_is_told_when_to_ask_again() -> None:
    there()

    handed = next_for()

    assert (handed.work, handed.why, handed.again_after) == (None, (service.NOTHING,), service.ASK_AGAIN)


def test_behind_a_crowd_of_what_she_cannot_take_she_finds_what_she_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "HEADS", 2)
    there(capacity={"email": 5})
    for number in range(10, 18):
        waits(number, channel="chat")
    mail = waits(1)

    handed = next_for()

    assert handed.work and handed.work.id == mail.id


def test_who_is_not_there_gets_nothing() -> None:
    there(presence=Presence.AWAY)

    with pytest.raises(Conflict, match="say first that you are there"):
        next_for()
    with pytest.raises(NotFound):
        next_for(CY_ID)


def test_full_hands_get_nothing_until_something_leaves_them() -> None:
    there(capacity={"email": 1})
    one = waits(2)
    waits(1)
    next_for()
    service.answer_offer(one.id, BO_ID, clock.now(), takes=False)
    two = next_for().work
    assert two
    service.answer_offer(two.id, BO_ID, clock.now(), takes=True)

    assert next_for().why == (service.HANDS_FULL,)
    commit(Decision((replace(stored(two), status=CaseStatus.SOLVED),), reason="solved by somebody"))  # type: ignore[arg-type]
    service.settle_hand(BO_ID, two.id)

    assert hers().held == {}


def test_hands_that_only_seem_full_are_counted_anew() -> None:
    """The message that would have said so is still on its way."""
    there(capacity={"email": 1}, held={ids.derived_case_id("solved long ago"): "email"})
    case = waits(1)

    handed = next_for()

    assert handed.work and handed.work.id == case.id


def test_declined_work_comes_back_to_its_place_and_not_to_her() -> None:
    there()
    there(id=CY_ID)
    case = waits(1)
    next_for()

    service.answer_offer(case.id, BO_ID, clock.now(), takes=False, reason="I know her in person")
    service.answer_offer(case.id, BO_ID, clock.now(), takes=False)

    back = stored(case)
    assert back.waits and back.routing and case.routing and back.routing.order_at == case.routing.order_at
    assert [one.reason for one in back.routing.refusals] == ["I know her in person"]
    assert next_for().work is None
    other = next_for(CY_ID).work
    assert other and other.id == case.id


def test_taken_twice_is_taken_once() -> None:
    there()
    case = waits(1)
    next_for()

    for _ in range(2):
        service.answer_offer(case.id, BO_ID, clock.now(), takes=True)

    assert (stored(case).assigned_to, hers().held, hers().offered) == (BO_ID, {case.id: "email"}, "")


def test_only_who_was_offered_it_may_take_it() -> None:
    there()
    there(id=CY_ID)
    case = waits(1)
    next_for()

    with pytest.raises(Conflict, match="not offered to you"):
        service.answer_offer(case.id, CY_ID, clock.now(), takes=True)


def test_an_unanswered_offer_comes_back_by_the_clock_once() -> None:
    there()
    case = waits(1)
    next_for()
    later = clock.now() + 3 * MINUTE

    for _ in range(2):
        cases.act_on_case(case.id, later)

    back = stored(case)
    assert back.waits and back.routing and len(back.routing.refusals) == 1
    assert back.version == 3  # in line, offered, back


def test_who_comes_back_after_her_offer_ran_out_gets_other_work(monkeypatch: pytest.MonkeyPatch) -> None:
    there(present_until=clock.now() + 2 * HOUR)
    late = waits(9)
    fresh = waits(1)
    next_for()

    with far_from_now(monkeypatch, 3 * MINUTE):
        handed = next_for()

    assert handed.work and handed.work.id == fresh.id
    assert stored(late).waits
    assert hers().held == {fresh.id: "email"}


def test_the_offer_of_an_agent_who_is_gone_comes_back_and_what_she_took_stays() -> None:
    there()
    taken, offered = waits(2), waits(1)
    next_for()
    service.answer_offer(taken.id, BO_ID, clock.now(), takes=True)
    next_for()

    service.miss(BO_ID, clock.now())
    assert hers().presence is Presence.ONLINE
    service.miss(BO_ID, clock.now() + HOUR)

    assert (hers().presence, hers().held) == (Presence.OFFLINE, {taken.id: "email"})
    assert stored(offered).waits
    assert stored(taken).assigned_to == BO_ID


@pytest.mark.parametrize("presence", [Presence.AWAY, Presence.OFFLINE])
def test_who_leaves_may_leave_all_she_has_to_others(presence: Presence) -> None:
    there()
    taken, offered = waits(2), waits(1)
    next_for()
    service.answer_offer(taken.id, BO_ID, clock.now(), takes=True)
    next_for()

    service.set_presence(BO_ID, presence, clock.now(), release=True)

    assert hers().held == {}
    assert stored(taken).waits and stored(offered).waits


def test_work_of_another_team_is_not_handed_out() -> None:
    there()
    waits(1, team="south")

    assert next_for().work is None
    assert next_for(team="north").work is None
    assert next_for(team="south").work


def test_a_customer_who_was_given_to_another_team_meanwhile_is_found_by_that_team_only() -> None:
    there()
    there(id=CY_ID, teams=("south",))
    case = waits(1, customer=False)
    store(make_customer(id=case.customer_id, team="south", handles=()))

    assert next_for().work is None
    assert stored(case).routing.team == "south"  # type: ignore[union-attr]
    assert next_for(CY_ID).work


def test_skills_and_languages_have_lines_of_their_own() -> None:
    there(skills={"billing": 3}, languages={"de": 4})
    waits(99, needs={"law": 1})
    waits(98, language="zh-Hans", language_level=1)
    billing = waits(60, needs={"billing": 2})
    german = waits(1, language="de", language_level=4)

    first = next_for().work
    assert first and first.id == billing.id
    service.answer_offer(first.id, BO_ID, clock.now(), takes=True)
    second = next_for().work
    assert second and second.id == german.id


def test_what_nobody_can_do_is_open_to_everybody_after_a_while() -> None:
    there()
    case = waits(1, needs={"law": 5}, relax_at=clock.now() + HOUR)
    assert next_for().work is None

    cases.act_on_case(case.id, clock.now() + HOUR)

    assert next_for().work


def test_kept_work_is_hers_and_nobody_elses_until_it_is_kept_long_enough() -> None:
    there()
    there(id=CY_ID)
    waits(9)
    kept = waits(1, kept_for=BO_ID, kept_until=clock.now() + 5 * MINUTE)

    others = next_for(CY_ID).work
    mine = next_for()

    assert others and others.id != kept.id
    assert mine.work and mine.work.id == kept.id

    service.answer_offer(kept.id, BO_ID, clock.now(), takes=False)
    line = replace(stored(kept).routing, kept_for=CY_ID, kept_until=clock.now())  # type: ignore[type-var]
    again = replace(stored(kept), routing=line)
    commit(Decision((again,), reason="kept for Cy"))
    cases.act_on_case(kept.id, clock.now() + MINUTE)
    assert stored(kept).routing.kept_for == ""  # type: ignore[union-attr]


def test_handed_on_to_an_agent_it_leaves_her_hand_and_is_told_on_the_timeline(stage: Bench) -> None:
    there()
    there(id=CY_ID)
    case = waits(1)
    next_for()
    service.answer_offer(case.id, BO_ID, clock.now(), takes=True)

    service.hand_on(case.id, clock.now(), by="Bo", why="Cy knows her", to=CY_ID)

    (event,) = stage.rows(Event)
    assert (event.what, event.detail) == (
        EventKind.CASE_REASSIGNED, {"from": BO_ID, "to": CY_ID, "by": "Bo", "why": "Cy knows her"},
    )  # fmt: skip
    assert hers().held == {}
    handed = next_for(CY_ID)
    assert handed.work and handed.work.id == case.id
    assert handed.why[0] == "was given to you by name"


@pytest.mark.parametrize(("to", "pointer"), [({"to": CY_ID}, "/to_agent"), ({"queue": "nowhere"}, "/to_queue")])
def test_it_is_handed_on_to_what_there_is(to: dict[str, str], pointer: str) -> None:
    case = waits(1)

    with pytest.raises(Invalid) as refused:
        service.hand_on(case.id, clock.now(), by="Tom", why="so", **to)

    assert refused.value.pointer == pointer


def test_what_waits_for_the_customer_cannot_be_handed_on() -> None:
    case = waits(1)
    commit(Decision((replace(stored(case), status=CaseStatus.WAITING),), reason="her move"))

    with pytest.raises(Conflict, match="not ours"):
        service.hand_on(case.id, clock.now(), by="Tom", why="so")


def test_a_promise_that_breaks_in_an_idle_hand_brings_the_case_to_the_front_once(stage: Bench) -> None:
    there(id=CY_ID, present_until=clock.now() + 24 * HOUR)
    waits(9, order_at=clock.now() - 48 * HOUR)
    now = clock.now()
    case = waits(1)
    promise = make_promise(made_at=now - HOUR, warn_at=now - MINUTE, due_at=now - MINUTE)
    line = replace(case.routing, taken_at=now - HOUR)  # type: ignore[type-var]
    commit(Decision((replace(stored(case), assigned_to=BO_ID, promise=promise, routing=line),), reason="hers"))
    there(held={case.id: "email"}, presence=Presence.OFFLINE, present_until=None)

    for _ in range(2):
        cases.act_on_case(case.id, now)
    service.settle_hand(BO_ID, case.id)

    told = [event.what for event in stage.rows(Event)]
    assert sorted(told, key=str) == [EventKind.CASE_REASSIGNED, EventKind.PROMISE_BROKEN]
    assert hers().held == {}
    first = next_for(CY_ID).work
    assert first and first.id == case.id


def test_saying_what_an_agent_can_do_leaves_what_she_has_in_hand() -> None:
    there(held={"x": "email"})

    saved = service.save_agent(make_agent(skills={"law": 2}, version=None), expected=1)
    again = service.save_agent(make_agent(skills={"law": 2}, version=None), expected=None)

    assert (saved.held, saved.skills, saved.edition) == ({"x": "email"}, {"law": 2}, 2)
    assert again.edition == 2
    with pytest.raises(Conflict, match="version 2"):
        service.save_agent(make_agent(skills={}, version=None), expected=1)


# Tasks


def to_call(**fields: Any) -> Task:
    """A task to call Ann, in line by now."""
    now = clock.now()
    consents = {"phone/service": Consent(granted=True, at=now - HOUR, proof="call")}
    ann = make_customer(
        id=ids.derived_ulid(now, "ann"), consents=consents, handles=(Handle("phone", "+49301234567"),),
        time_zone=noon_zone(), **fields,
    )  # fmt: skip
    store(ann)
    wanted = planning.Wanted(
        goal="Ask whether the tent is dry", why="", purpose="service", channel="phone", due_at=now,
        deadline=now + 48 * HOUR, queue="support", needs={}, wants={}, language_level=0, by="Tom",
    )  # fmt: skip
    task = outreach.set_up(ann.id, wanted, receipt_key="api:1", fingerprint="f")
    assert outreach.set_up(ann.id, wanted, receipt_key="api:1", fingerprint="f").id == task.id
    outreach.consider_task(ann.id, task.id, clock.now())
    return task


def noon_zone() -> str:
    """Where it is about noon now: nobody is called at night."""
    ahead = 12 - clock.now().hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"


def task_of(stage: Bench) -> Task:
    (task,) = stage.rows(Task)
    return task  # type: ignore[no-any-return]


def test_a_task_stands_in_line_with_cases_and_is_done_once(stage: Bench) -> None:
    there()
    task = to_call()
    work = next_for().work
    assert isinstance(work, Task)

    service.answer_offer(id_of(work), BO_ID, clock.now(), takes=True)
    assert task_of(stage).state is TaskState.TAKEN
    for _ in range(2):
        outreach.finish(task.customer_id, task.id, Said(outcome="reached", note="All dry", by="Bo"), clock.now())
    service.settle_hand(BO_ID, id_of(work))

    assert (task_of(stage).state, task_of(stage).outcome) == (TaskState.DONE, "reached: All dry")
    assert [event.detail["outcome"] for event in stage.rows(Event)] == ["reached"]
    assert [len(customer.notices_sent) for customer in stage.rows(Customer)] == [1]
    assert hers().held == {}


def test_guardrails_are_asked_again_when_a_task_is_handed_out(stage: Bench) -> None:
    there()
    task = to_call()
    (ann,) = stage.rows(Customer)
    commit(Decision((replace(ann, open_cases={"c": "complaint"}),), reason="she complains"))

    assert next_for().work is None
    assert task_of(stage).id == task.id
    assert task_of(stage).reason.startswith("open_complaint")


def test_a_task_without_consent_is_passed_over_when_it_is_due(stage: Bench) -> None:
    task = to_call(suppressed={})
    assert task_of(stage).state is TaskState.WAITING
    (ann,) = stage.rows(Customer)
    commit(Decision((replace(ann, consents={}),), reason="withdrawn"))
    there()

    assert next_for().work is None
    assert (task_of(stage).state, task_of(stage).id) == (TaskState.PASSED_OVER, task.id)


def test_an_unanswered_task_comes_back_and_one_too_late_is_passed_over(stage: Bench) -> None:
    there()
    task = to_call()
    next_for()

    outreach.consider_task(task.customer_id, task.id, clock.now() + 3 * MINUTE)
    assert task_of(stage).waits
    outreach.consider_task(task.customer_id, task.id, clock.now() + 49 * HOUR)

    assert task_of(stage).state is TaskState.PASSED_OVER


def test_a_task_that_reached_nobody_is_tried_again(stage: Bench) -> None:
    there()
    task = to_call()
    next_for()
    service.answer_offer(f"{TASK}{task.customer_id}:{task.id}", BO_ID, clock.now(), takes=True)

    later = clock.now() + HOUR
    outreach.finish(task.customer_id, task.id, Said(outcome="not_reached", by="Bo", again_at=later), clock.now())

    again = task_of(stage)
    assert (again.state, again.holder) == (TaskState.PLANNED, "")


# Calls of a play


def a_plays_call(*, agents: tuple[str, ...] = (), last_agent: str = "", pilot: bool = True) -> Task:
    """A play's task to call Ann, in line by now; `agents`: those of its pilot."""
    now = clock.now()
    ann = make_customer(
        id=ids.derived_ulid(now, "ann"),
        consents={"phone/service": Consent(granted=True, at=now - HOUR, proof="call")},
        handles=(Handle("phone", "+49301234567"),),
        time_zone=noon_zone(),
        traits={"card_expires_on": "2026-12-10"},
        last_agent=last_agent,
    )
    plan = PilotPlan(id="P", agents=agents, started_at=now) if agents and pilot else None
    task = make_task(
        customer_id=ann.id, channel="phone", channels=("phone", "email"), due_at=now, deadline=now + 48 * HOUR,
        agents=agents, pilot_id="P" if agents else "",
    )  # fmt: skip
    record = make_play_record(pilot=plan)
    assert record.live
    store(ann, task, replace(record, live=replace(record.live, channels=("phone", "email"))))
    outreach.consider_task(ann.id, task.id, now)
    load.forget()
    return task


def take(agent_id: str = BO_ID) -> Task:
    work = next_for(agent_id).work
    assert isinstance(work, Task)
    taken = service.answer_offer(id_of(work), agent_id, clock.now(), takes=True)
    assert isinstance(taken, Task)
    return taken


def customers_come(agent_id: str = BO_ID, *, a_minute: int = 5) -> None:
    """So many, as this agent's row says."""
    in_a_window = 5 * a_minute
    pace = {"support/live": Pace(since=clock.now(), taken=in_a_window, before=in_a_window, seconds=240, done=20)}
    commit(Decision((replace(hers(agent_id), pace=pace),), reason="customers come"))
    load.forget()


def test_a_plays_call_is_handed_out_done_and_counted(stage: Bench) -> None:
    there()
    task = a_plays_call()

    taken = take()
    assert blending.is_idle(hers()) is False
    outreach.begin(task.customer_id, task.id, BO_ID, clock.now())
    outreach.finish(task.customer_id, task.id, Said(outcome="reached", by="Bo", agent_id=BO_ID), clock.now())
    service.settle_hand(BO_ID, id_of(taken))

    assert (task_of(stage).state, task_of(stage).outcome) == (TaskState.DONE, "reached")
    assert (hers().held, hers().began, hers().pace["support/outbound"].done) == ({}, {}, 1)
    day = f"{clock.now():%Y-%m-%d}"
    assert tallies.sums(("outreach", "payment_will_fail", day)) == {"claimed": 1, "answered": 1}


def test_who_calls_is_told_all_she_needs_and_the_number_once_she_begins() -> None:
    there()
    task = a_plays_call()
    taken = take()

    before = views.card(taken, hers(), clock.now())
    begun = views.card(outreach.begin(task.customer_id, task.id, BO_ID, clock.now()), hers(), clock.now())

    assert before and begun
    assert (before.number, begun.number) == ("", "+49301234567")
    assert (before.goal, before.local_time.hour) == ("update the card before a payment fails", 12)
    assert before.agreed["service"].granted


def test_a_call_taken_before_its_play_was_stopped_is_not_begun(stage: Bench) -> None:
    there()
    task = a_plays_call()
    taken = take()
    (record,) = stage.rows(PlayRecord)
    stopped = replace(record, state=PlayState.STOPPED, stopped_at=clock.now(), why="wrong list")
    commit(Decision((stopped,), reason="stopped"))

    with pytest.raises(Conflict, match="wrong list"):
        outreach.begin(task.customer_id, task.id, BO_ID, clock.now())
    service.settle_hand(BO_ID, id_of(taken))

    assert (task_of(stage).state, task_of(stage).holder, hers().held) == (TaskState.WITHDRAWN, "", {})


def test_who_said_no_to_calls_since_it_was_taken_is_not_called(stage: Bench) -> None:
    there()
    task = a_plays_call()
    take()
    (ann,) = stage.rows(Customer)
    commit(Decision((replace(ann, consents={}),), reason="she said no"))

    with pytest.raises(Conflict, match="no_consent"):
        outreach.begin(task.customer_id, task.id, BO_ID, clock.now())

    assert (task_of(stage).state, task_of(stage).begun_at) == (TaskState.PASSED_OVER, None)


def test_how_long_it_took_her_counts_also_where_she_asks_before_her_row_is_settled() -> None:
    there(capacity={"phone": 1})
    task = a_plays_call()
    take()
    outreach.begin(task.customer_id, task.id, BO_ID, clock.now())
    outreach.finish(task.customer_id, task.id, Said(outcome="reached", by="Bo", agent_id=BO_ID), clock.now())

    assert next_for().work is None

    assert (hers().held, hers().pace["support/outbound"].done) == ({}, 1)


def test_a_call_waits_while_all_hands_are_needed() -> None:
    there()
    a_plays_call()
    customers_come()

    assert next_for().work is None


def test_whoever_waits_at_a_live_channel_comes_before_a_call_and_mail_that_can_wait_behind_it() -> None:
    there()
    there(id=CY_ID)
    a_plays_call()
    mail, chat = waits(1), waits(2, channel="chat")

    assert stored(chat) and (first := next_for().work) and first.id == chat.id
    load.forget()
    second = next_for(CY_ID).work
    assert isinstance(second, Task)
    assert stored(mail).waits


def test_mail_whose_promise_is_about_to_break_comes_before_a_call() -> None:
    there()
    a_plays_call()
    mail = waits(1)
    commit(Decision((replace(stored(mail), promise=make_promise(overdue=True)),), reason="promised"))

    work = next_for().work

    assert work and work.id == mail.id


def test_a_call_not_begun_goes_back_to_its_place_when_customers_come_and_its_agent_is_told(stage: Bench) -> None:
    there()
    a_plays_call()
    place = task_of(stage).routing
    take()
    customers_come()

    for _ in range(2):
        load.tend(clock.now() + MINUTE)

    task = task_of(stage)
    assert task.routing and place and (task.waits, task.routing.order_at) == (True, place.order_at)
    assert (hers().held, len(hers().taken_back)) == ({}, 1)
    assert next_for().why == (service.NOTHING, blending.MORE_COME)
    with pytest.raises(Conflict, match="not in your hand"):
        outreach.begin(task.customer_id, task.id, BO_ID, clock.now())


def test_an_offer_of_a_call_goes_back_as_well(stage: Bench) -> None:
    there()
    a_plays_call()
    assert next_for().work
    customers_come()

    load.tend(clock.now() + MINUTE)

    assert (task_of(stage).waits, hers().offered) == (True, "")


def test_a_call_that_was_begun_is_finished(stage: Bench) -> None:
    there()
    task = a_plays_call()
    take()
    outreach.begin(task.customer_id, task.id, BO_ID, clock.now())
    customers_come()

    load.tend(clock.now() + MINUTE)

    assert (task_of(stage).state, task_of(stage).holder) == (TaskState.TAKEN, BO_ID)


def test_the_calls_of_a_pilot_are_its_agents_alone() -> None:
    there()
    there(id=CY_ID)
    a_plays_call(agents=(CY_ID,))

    assert next_for(BO_ID).work is None
    assert next_for(CY_ID).work


def test_when_a_pilot_is_over_anybody_may_make_its_calls(stage: Bench) -> None:
    there()
    task = a_plays_call(agents=(CY_ID,), pilot=False)

    outreach.consider_task(task.customer_id, task.id, clock.now() + HOUR)

    assert (task_of(stage).agents, task_of(stage).waits) == ((), True)


def test_a_call_is_kept_for_who_knows_her_while_she_is_there(stage: Bench) -> None:
    there()
    there(id=CY_ID)
    a_plays_call(last_agent=CY_ID)

    assert next_for(BO_ID).work is None
    assert next_for(CY_ID).work


def test_who_is_there_for_calls_alone_gets_calls_alone() -> None:
    there(capacity={"outbound": 1})
    waits(1)
    task = a_plays_call()

    assert take().id == task.id


def test_a_call_that_is_no_longer_needed_is_not_handed_out(stage: Bench) -> None:
    there()
    task = a_plays_call()
    (ann,) = stage.rows(Customer)
    commit(Decision((replace(ann, traits={}),), reason="she has a new card"))

    assert next_for().work is None
    assert (task_of(stage).id, task_of(stage).state) == (task.id, TaskState.PASSED_OVER)


def test_the_load_is_reckoned_once_in_thirty_seconds_whoever_asks(stage: Bench) -> None:
    there()
    now = clock.now()
    first = load.current(now)
    load.forget()

    again, later = load.current(now + timedelta(seconds=29)), load.current(now + timedelta(seconds=40))

    assert again.at == first.at == now
    assert later.at > now


# From the arrival on


def test_a_contact_stands_in_line_and_comes_back_to_who_answered_her(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.factories import make_arrival

    forget_caches()
    there()
    cases.take_in(make_arrival(receipt_key="api:1", at=clock.now(), channel="web", mailbox="", message_id=""))
    (case,) = bench.rows(Case)
    work = next_for().work
    assert work and work.id == case.id
    service.answer_offer(case.id, BO_ID, clock.now(), takes=True)

    said = {"author": "Bo", "text": "Soon.", "then": "wait", "receipt_key": "api:2", "fingerprint": "f"}
    cases.reply(case.id, **said)  # type: ignore[arg-type]
    bench.run()
    assert (stored(case).holder, hers().held) == ("", {})

    cases.take_in(
        make_arrival(receipt_key="api:3", at=clock.now(), channel="web", mailbox="", message_id="", case_id=case.id)
    )

    line = stored(case).routing
    assert line and (line.kept_for, line.last_agent) == (BO_ID, BO_ID)
    assert stored(case).due_at == line.kept_until


def test_a_case_from_before_there_were_queues_gets_into_line_when_its_promise_is_due() -> None:
    now = clock.now()
    promise = make_promise(made_at=now - HOUR, warn_at=now - MINUTE, due_at=now + HOUR)
    case = make_case(promise=promise)
    store(case, make_customer())

    cases.act_on_case(case.id, now)

    assert stored(case).waits
    assert stored(case).queue == "support"
