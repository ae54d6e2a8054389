"""What each shipped play finds an occasion in, when, and when it is none any more."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.messages import ConsiderTask
from chalicelib.model.article import Article, ArticleState, Audience
from chalicelib.model.case import PromiseState
from chalicelib.model.customer import Consent, Customer, Handle, Rung, Standing
from chalicelib.model.deflection import Fate, OpenQuestion
from chalicelib.model.interaction import Direction, Receipt
from chalicelib.model.segment import Memberships
from chalicelib.model.task import SEGMENT, Grounds, Task, TaskState
from chalicelib.model.value import ValueState
from chalicelib.outreach import grounds, guardrails, planning, plays
from chalicelib.outreach.guardrails import Contact, Refusal
from chalicelib.outreach.plays.base import Occasion, Running
from tests.factories import (
    ANNS_ID,
    CASE_ID,
    NOON,
    at,
    make_article,
    make_case,
    make_customer,
    make_fact,
    make_interaction,
    make_policy,
    make_promise,
    make_task,
)
from tests.outreach.told import ASKED, AT_RISK, LEAST, MOST, RANG, Said, occasions, running, say, told_to

A_DAY = timedelta(days=1)


def only(name: str, said: Said) -> Any:
    (occasion,) = occasions(name, said)
    return occasion


def needed(name: str, context: Mapping[str, str], **customer: Any) -> bool:
    play = plays.BY_NAME[name]
    return play.still_needed(make_customer(**customer), context, running(play).given)


@pytest.mark.parametrize("name", sorted(set(LEAST) - {"first_steps"}))
def test_what_calls_for_a_play_is_one_occasion_the_same_each_time(name: str) -> None:
    assert only(name, LEAST[name]).key == only(name, LEAST[name]).key


@pytest.mark.parametrize("play", plays.ALL, ids=lambda play: play.name)
def test_every_parameter_is_within_its_own_bounds(play: Any) -> None:
    for one in play.parameters:
        assert one.says.strip()
        assert not one.one_of or one.default in one.one_of
        assert one.at_least is None or one.at_least <= one.default <= one.at_most
        assert len(str(one.default)) <= one.longest


# A problem ahead


@pytest.mark.parametrize(
    ("on", "due"),
    [("2026-12-10", "2026-12-03"), ("2026-11-22", "2026-11-20 12:00"), ("2026-11-20", "2026-11-20 12:00")],
)
def test_a_problem_is_told_a_week_before_it_bites_or_at_once(on: str, due: str) -> None:
    assert only("account_problem_ahead", say({"what": "quota_low", "on": on})).due_at == at(due)


def test_a_problem_of_yesterday_is_no_news() -> None:
    assert occasions("account_problem_ahead", say({"what": "quota_low", "on": "2026-11-19"})) == []


@pytest.mark.parametrize(
    ("traits", "still"),
    [
        ({"problem_bill_high": "2026-12-10"}, True),
        ({"problem_bill_high": "2026-12-20"}, False),
        ({"problem_quota_low": "2026-12-10"}, False),
        ({}, False),
    ],
)
def test_a_problem_is_told_while_it_lies_ahead_on_that_day(traits: dict[str, str], still: bool) -> None:
    context = only("account_problem_ahead", LEAST["account_problem_ahead"]).context

    assert needed("account_problem_ahead", context, traits=traits) is still


# A life event


def test_a_guide_comes_two_weeks_before_and_helps_two_weeks_after() -> None:
    occasion = only("life_event_ahead", LEAST["life_event_ahead"])

    assert (occasion.due_at, occasion.deadline) == (at("2026-11-26"), at("2026-12-24"))
    assert occasion.context["article"] == "a-guide"


@pytest.mark.parametrize(("event", "guide"), [("moved", "moving-house"), ("birth", "new-child"), ("wedding", "rights")])
def test_each_event_has_the_guide_the_company_named(event: str, guide: str) -> None:
    said = say({"what": event, "on": "2026-12-10"}, guides="moved=moving-house, birth=new-child *=rights")

    assert only("life_event_ahead", said).context["article"] == guide


def test_an_event_without_a_guide_calls_for_nothing() -> None:
    assert occasions("life_event_ahead", say({"what": "wedding"}, guides="moved=moving-house")) == []


def test_an_event_without_a_day_is_of_the_day_it_was_told() -> None:
    assert only("life_event_ahead", say({"what": "moved"}, guides="*=a-guide")).due_at == NOON


# Lingering


def test_who_lingers_is_offered_help_for_ten_minutes() -> None:
    occasion = only("lingering", LEAST["lingering"])

    assert (occasion.due_at, occasion.deadline - NOON) == (NOON, timedelta(minutes=10))
    assert occasion.again == timedelta(days=14)


@pytest.mark.parametrize(
    ("page", "seconds", "pages", "offered"),
    [
        ("/tariffs", "90", "", True),
        ("/tariffs", "89", "", False),
        ("/tariffs/family", "120", "/help, /tariffs", True),
        ("/jobs", "120", "/help, /tariffs", False),
    ],
)
def test_help_is_offered_from_some_time_on_and_on_the_pages_named(
    page: str, seconds: str, pages: str, offered: bool
) -> None:
    assert bool(occasions("lingering", say({"page": page, "seconds": seconds}, pages=pages))) is offered


def test_only_top_tiers_may_be_rung_while_they_linger() -> None:
    top = only("lingering", replace(LEAST["lingering"], customer={"tier": "platinum"}))

    assert (top.channels, only("lingering", LEAST["lingering"]).channels) == (("app", "phone"), ("app",))


def test_who_has_a_case_open_is_not_offered_another_way() -> None:
    assert not needed("lingering", {"page": "/"}, open_cases={CASE_ID: ""})


# A question that is answered now


def test_an_answer_helps_for_thirty_days_after_she_asked() -> None:
    assert only("question_answered", LEAST["question_answered"]).deadline == at("2026-12-19 12:00")
    late = say({**ASKED, "asked_at": "2026-10-20T12:00:00.000Z"})
    assert occasions("question_answered", late) == []


@pytest.mark.parametrize(
    ("customer", "still"),
    [
        ({}, True),
        ({"questions": (OpenQuestion(id="01E", at=NOON, fate=Fate.UNSERVED, through="api"),)}, True),
        ({"questions": (OpenQuestion(id="01E", at=NOON, fate=Fate.SERVED, through="api"),)}, False),
        ({"questions": (OpenQuestion(id="0", at=NOON, fate=Fate.SERVED, through="api", asked=("01E",)),)}, False),
        ({"questions": (OpenQuestion(id="0", at=NOON, fate=Fate.SERVED, through="api"),)}, True),
        ({"open_cases": {CASE_ID: ""}}, False),
        ({"open_cases": {"another": ""}}, True),
        (
            {
                "questions": (OpenQuestion(id="01E", at=NOON, fate=Fate.PERSON, through="api", cases=("c",)),),
                "open_cases": {"c": ""},
            },
            False,
        ),
    ],
)
def test_who_was_helped_or_is_about_to_be_is_not_told(customer: dict[str, Any], still: bool) -> None:
    context = only("question_answered", LEAST["question_answered"]).context

    assert needed("question_answered", context, **customer) is still
    assert bool(occasions("question_answered", say(ASKED, customer))) is still


# First steps


def test_first_steps_are_three_tasks() -> None:
    found = occasions("first_steps", MOST["first_steps"])

    assert [(one.step, one.due_at - NOON) for one in found] == [
        ("day1", A_DAY),
        ("week1", 7 * A_DAY),
        ("month1", 30 * A_DAY),
    ]
    assert len({(one.key, one.step) for one in found}) == 3


def test_a_step_of_no_days_is_left_out() -> None:
    assert [one.step for one in occasions("first_steps", say(week1_days=0))] == ["day1", "month1"]


def test_another_order_begins_nothing_anew_unless_the_company_says_so() -> None:
    play, customer = plays.BY_NAME["first_steps"], make_customer()
    first, second = (replace(told_to(play, MOST["first_steps"]), id=name) for name in ("o1", "o2"))

    def keys(fact: Any, orders: str) -> set[str]:
        return {one.key for one in play.occasions(fact, customer, running(play, orders=orders).given)}

    assert keys(first, "once") == keys(second, "once")
    assert keys(first, "every").isdisjoint(keys(second, "every"))


def test_first_steps_are_for_the_products_named() -> None:
    assert occasions("first_steps", say({"product": "stove"}, products="tent, boat")) == []
    assert occasions("first_steps", say({"product": "boat"}, products="tent, boat"))


@pytest.mark.parametrize(
    ("step", "customer", "still"),
    [
        ("day1", {}, True),
        ("week1", {"lately": {"usage": NOON + A_DAY}}, False),
        ("month1", {"lately": {"usage": NOON + A_DAY}}, True),
        ("week1", {"lately": {"usage": NOON - A_DAY}}, True),
        ("month1", {"lately": {"refund": NOON + A_DAY}}, False),
        ("month1", {"lately": {"cancelled": NOON + A_DAY}}, False),
        ("week1", {"open_cases": {CASE_ID: ""}}, False),
        ("week1", {"recovery": "R"}, False),
    ],
)
def test_a_step_is_left_out_where_the_one_before_went_wrong(step: str, customer: dict[str, Any], still: bool) -> None:
    context = next(one for one in occasions("first_steps", LEAST["first_steps"]) if one.step == step).context

    assert needed("first_steps", context, **customer) is still


# A key customer who is silent

REGULAR = ValueState(purchases=5, first=NOON - timedelta(days=400), last=NOON)


@pytest.mark.parametrize(
    ("customer", "days"),
    [
        ({}, 90),
        ({"value": REGULAR}, 200),
        ({"value": replace(REGULAR, purchases=2)}, 90),
        ({"value": replace(REGULAR, first=NOON - timedelta(days=8))}, 14),
        ({"value": replace(REGULAR, first=NOON - timedelta(days=1600))}, 365),
        ({"lately": {"usage": NOON + A_DAY}}, 91),
    ],
)
def test_silence_is_twice_her_usual_time_or_ninety_days(customer: dict[str, Any], days: int) -> None:
    occasion = only("silent_key_customer", say({}, {"tier": "gold", **customer}))

    assert occasion.due_at - NOON == timedelta(days=days)


def test_only_key_customers_are_watched() -> None:
    assert occasions("silent_key_customer", say()) == []


WATCH = make_task(play="silent_key_customer", due_at=NOON, deadline=NOON + timedelta(days=21), context={})
WATCHING = running(plays.BY_NAME["silent_key_customer"])


def test_the_watch_of_who_was_heard_of_moves_itself() -> None:
    customer = make_customer(tier="gold", lately={"contact": NOON - 30 * A_DAY})

    (moved,) = planning.consider(WATCH, customer, WATCHING, make_policy(), NOON).changes

    assert (moved.state, moved.due_at - NOON, moved.deadline - NOON) == (TaskState.PLANNED, 60 * A_DAY, 81 * A_DAY)


def test_who_is_silent_is_asked_about() -> None:
    customer = make_customer(tier="gold", lately={"order": NOON - 91 * A_DAY})

    assert not planning.consider(WATCH, customer, WATCHING, make_policy(), NOON).reason.startswith("moved")


def test_one_watch_is_kept_of_a_person_whatever_record_of_hers_is_told_of() -> None:
    customer = make_customer(id="01S", absorbed=(ANNS_ID,), tier="gold")

    (plan,) = planning.plans_for(make_fact_of_usage(), customer, [WATCHING], NOON)

    assert plan.changes[0].customer_id == "01S"


# The same may come again


def plan_of(now: Any = NOON) -> Any:
    (plan,) = planning.plans_for(make_fact_of_usage(), make_customer(tier="gold"), [WATCHING], now)
    return plan


def make_fact_of_usage() -> Any:
    return told_to(plays.BY_NAME["silent_key_customer"], LEAST["silent_key_customer"])


def receipt_of(now: Any, **fields: Any) -> Receipt:
    return replace(plan_of(now).changes[1], version=4, **fields)


def test_while_its_task_is_open_nothing_is_planned() -> None:
    known = receipt_of(NOON - A_DAY)

    assert planning.once(plan_of(), known, WATCH, NOON).changes == ()


def test_an_old_receipt_of_an_open_task_is_renewed() -> None:
    known = receipt_of(NOON - 101 * A_DAY, interaction_id=WATCH.id)

    (renewed,) = planning.once(plan_of(), known, WATCH, NOON).changes

    assert (renewed.at, renewed.interaction_id, renewed.version) == (NOON, WATCH.id, 4)


@pytest.mark.parametrize("earlier", [None, make_task(TaskState.DONE), make_task(TaskState.PASSED_OVER)])
def test_when_its_task_is_over_the_same_is_an_occasion_again(earlier: Task | None) -> None:
    task, receipt, _ = planning.once(plan_of(), receipt_of(NOON - A_DAY), earlier, NOON).changes

    assert (receipt.interaction_id, receipt.version) == (task.id, 4)


def test_before_its_time_the_same_is_no_occasion_though_its_task_is_over() -> None:
    known = receipt_of(NOON - A_DAY, until=NOON + A_DAY)

    assert planning.once(plan_of(), known, None, NOON).reason == "has its task"


def test_what_has_no_time_to_come_again_never_does() -> None:
    assert planning.once(plan_of(), receipt_of(NOON - 300 * A_DAY, until=None), None, NOON).changes == ()


# A promise about to break


def test_she_is_told_until_the_promise_breaks() -> None:
    occasion = only("promise_about_to_break", LEAST["promise_about_to_break"])

    assert (occasion.due_at, occasion.deadline) == (NOON, at("2026-11-20 14:00"))


def test_what_the_cases_own_letter_tells_is_not_told_again() -> None:
    assert occasions("promise_about_to_break", say({**AT_RISK, "letter": "yes"})) == []


@pytest.mark.parametrize(("tier", "call"), [("platinum", "yes"), ("gold", "yes"), ("standard", "")])
def test_top_tiers_are_offered_a_call(tier: str, call: str) -> None:
    assert only("promise_about_to_break", say(AT_RISK, {"tier": tier})).context["call_back"] == call


@pytest.mark.parametrize(
    ("promise", "why"),
    [
        (make_promise(state=PromiseState.AT_RISK), ""),
        (make_promise(state=PromiseState.AT_RISK, told_by=NOON), "not_needed: the promise was kept, or holds longer"),
        (make_promise(state=PromiseState.KEPT), "not_needed: the promise was kept, or holds longer"),
        (make_promise(), "not_needed: the promise was kept, or holds longer"),
        (None, "not_needed: the promise was kept, or holds longer"),
    ],
)
def test_a_promise_that_is_kept_meanwhile_is_not_told_of(promise: Any, why: str) -> None:
    task = make_task(context=only("promise_about_to_break", LEAST["promise_about_to_break"]).context)

    assert grounds.objection(task, Grounds(case=make_case(promise=promise))) == why


# Is it right now?


def test_who_was_let_down_is_asked_three_days_after_it_was_solved() -> None:
    occasion = only("recovery_follow_up", LEAST["recovery_follow_up"])

    assert (occasion.key, occasion.due_at - NOON, occasion.channels) == ("R", 3 * A_DAY, ("email", "app"))


def test_top_tiers_are_rung_to_be_asked() -> None:
    said = say({}, {"recovery": "R", "tier": "gold"})

    assert only("recovery_follow_up", said).channels == ()


def test_who_was_not_let_down_is_not_asked() -> None:
    assert occasions("recovery_follow_up", say()) == []


def test_nobody_is_asked_whether_it_is_right_while_it_is_open() -> None:
    task = make_task(play="recovery_follow_up", context=only("recovery_follow_up", LEAST["recovery_follow_up"]).context)
    customer = make_customer(recovery="R", open_cases={CASE_ID: ""})

    decision = planning.consider(task, customer, running(plays.BY_NAME["recovery_follow_up"]), make_policy(), NOON)

    assert decision.changes[0].due_at == NOON + A_DAY


@pytest.mark.parametrize(
    ("customer", "still"),
    [
        ({"recovery": "R"}, True),
        ({"recovery": "another"}, False),
        ({}, False),
        ({"recovery": "R", "rating_asked_at": NOON + A_DAY}, False),
        ({"recovery": "R", "rating_asked_at": NOON - A_DAY}, True),
    ],
)
def test_she_is_asked_once_and_only_while_we_do_not_know(customer: dict[str, Any], still: bool) -> None:
    context = only("recovery_follow_up", LEAST["recovery_follow_up"]).context

    assert needed("recovery_follow_up", context, **customer) is still


# An invitation


@pytest.mark.parametrize(
    ("rung", "topics", "invited"),
    [
        (RANG, "", True),
        (RANG[1:], "", False),
        (RANG, "billing", True),
        (RANG, "delivery", False),
        ((Rung(NOON - 61 * A_DAY, "billing"), *RANG[1:]), "", False),
        (tuple(Rung(one.at, "complaint") for one in RANG), "", False),
        ((*RANG[:2], RANG[0]), "", False),  # the call itself does not count
    ],
)
def test_who_rang_often_for_what_can_be_had_otherwise_is_invited(
    rung: tuple[Rung, ...], topics: str, invited: bool
) -> None:
    assert bool(occasions("channel_invitation", say({}, {"rung": rung}, topics=topics))) is invited


def test_an_invitation_comes_a_day_later_and_never_twice_in_a_year() -> None:
    occasion = only("channel_invitation", LEAST["channel_invitation"])

    assert (occasion.due_at - NOON, occasion.again) == (A_DAY, 365 * A_DAY)


def test_who_said_no_is_not_invited() -> None:
    context = only("channel_invitation", LEAST["channel_invitation"]).context

    assert needed("channel_invitation", context)
    assert not needed("channel_invitation", context, traits={"invitations": "no"})


def test_a_call_of_hers_is_what_plays_wait_for_and_a_mail_or_call_of_ours_is_not() -> None:
    rang = planning.event_of(make_interaction(channel="phone"))

    assert rang and (rang.customer_id, rang.at) == (ANNS_ID, NOON)
    assert planning.event_of(make_interaction(channel="phone", direction=Direction.OUT)) is None
    assert planning.event_of(make_interaction()) is None


# What a task stands on


def test_what_was_planned_for_a_fact_that_was_wrong_is_not_said() -> None:
    task = make_task(stands_on="01F")

    assert grounds.objection(task, Grounds(fact=make_fact(corrected_by="01C"))).startswith("not_needed")
    assert grounds.objection(task, Grounds(fact=make_fact())) == ""


@pytest.mark.parametrize(
    "article",
    [None, make_article(state=ArticleState.DRAFT), make_article(audience=Audience.SIGNED_IN), make_article(texts={})],
)
def test_nobody_is_sent_to_an_article_that_cannot_be_read(article: Article | None) -> None:
    task = make_task(context={"article": "returning-goods"})

    assert grounds.objection(task, Grounds(article=article)).startswith("no_article")


def test_what_is_only_worth_reading_besides_is_left_out_when_nobody_can() -> None:
    task = make_task(context={"see": "returning-goods"})

    assert grounds.objection(task, Grounds()) == ""
    assert grounds.linked(task, Grounds(), "https://x").context["link"] == ""


def test_the_link_is_that_of_the_article_as_it_is_called_by_now() -> None:
    task = make_task(context={"article": "an-old-name"})

    linked = grounds.linked(task, Grounds(article=make_article()), "https://care.example")

    assert linked.context["link"] == "https://care.example/help/articles/returning-goods"


# At once


def test_what_is_due_at_once_does_not_wait_for_the_clock() -> None:
    play = plays.BY_NAME["lingering"]

    (plan,) = planning.plans_for(told_to(play, LEAST["lingering"]), make_customer(), [running(play)], NOON)

    assert plan.messages == (
        ConsiderTask(customer_id=ANNS_ID, task_id=plan.changes[0].id, as_of="2026-11-20T12:00:00.000Z"),
    )


@pytest.mark.parametrize(("segments", "why"), [({"silent": NOON}, ""), ({}, "not_needed"), (None, "not_needed")])
def test_who_left_the_segment_that_a_play_is_for_is_not_contacted(segments: Any, why: str) -> None:
    task = make_task(context={SEGMENT: "silent"})
    found = Grounds(memberships=None if segments is None else Memberships(customer_id=ANNS_ID, since=segments))

    assert grounds.stands_on_something(task)
    assert grounds.objection(task, found).partition(":")[0] == why


HER = {
    "recovery_follow_up": {"recovery": "R", "tier": "gold"},
    "silent_key_customer": {"tier": "gold", "lately": {"order": NOON - timedelta(days=100)}},
    "channel_invitation": {"rung": RANG},
    "promise_about_to_break": {"open_cases": {CASE_ID: "complaint"}, "recovery": "R"},
    "payment_will_fail": {"traits": {"card_expires_on": "2026-12-10"}},
    "account_problem_ahead": {"traits": {"problem_bill_high": "2026-12-10"}},
    "tier_will_change": {"standing": Standing(tier="gold", since=NOON, lost_at=at("2026-12-10T12:00:00"))},
}


@pytest.mark.parametrize("name", sorted(plays.BY_NAME))
def test_a_plausible_customer_passes_the_guardrails_of_every_play_on_each_of_its_channels(name: str) -> None:
    play = plays.BY_NAME[name]
    her = HER.get(name, {})
    said = replace(LEAST[name], customer=her)
    going = running(play, **said.given)
    for occasion in occasions(name, said):
        for channel in going.channels:
            customer = reachable(play, channel, **her)
            task = planned(going, occasion, customer, channel)
            contact = Contact(customer=customer, task=task, running=going, policy=make_policy(), now=task.due_at)
            assert not isinstance(objection := guardrails.objection_to(contact), Refusal), f"{channel}: {objection}"


def reachable(play: Any, channel: str, **her: Any) -> Customer:
    handles = (Handle("email", "ann@example.org"), Handle("phone", "+4915112345678"))
    agreed = {f"{channel}/{play.purpose}": Consent(granted=True, at=NOON, proof="form")}
    return make_customer(handles=handles, consents=agreed, **her)


def planned(going: Running, occasion: Occasion, customer: Customer, channel: str) -> Task:
    plan = planning.planned(going, occasion, customer.id, customer.tier, NOON)
    task = next(change for change in plan.changes if isinstance(change, Task))
    return replace(task, channel=channel)
