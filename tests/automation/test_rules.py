"""Which rules there are, when one holds, and what it does then."""

import json
from typing import Any

import pytest

from chalicelib.automation import actions, rules
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Permanent
from chalicelib.model.case import Case, CaseStatus, PromiseState
from chalicelib.model.case_field import CaseField, FieldType
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import Interaction, Purpose, Receipt
from chalicelib.model.mood import Mood, MoodLevel
from chalicelib.model.rule import Rule, RuleRun
from chalicelib.model.task import Task
from chalicelib.model.urgency import Urgency
from tests.automation.things import WEBHOOK_ID, make_event
from tests.factories import CASE_ID, NOON, at, make_case, make_customer, make_policy, make_promise, make_routing

TOPIC = [{"do": "set_topic", "to": "billing"}]
FIELDS = (
    CaseField(name="order_number", type=FieldType.TEXT),
    CaseField(name="units", type=FieldType.NUMBER),
    CaseField(name="fragile", type=FieldType.BOOL),
)
ANSWERED = make_promise(state=PromiseState.KEPT, kept_at=NOON)


def read(**entry: Any) -> Rule:
    """One rule, checked."""
    (rule,) = rules.read_rules(json.dumps([{"name": "one", "when": "case.opened", "then": TOPIC, **entry}]))
    return rule


def scene(**fields: Any) -> rules.Scene:
    return rules.Scene(
        **{"event": make_event(), "case": make_case(), "customer": make_customer(), "policy": make_policy(), **fields}
    )


def holds(condition: dict[str, Any], **fields: Any) -> bool:
    return not rules.why_not(read(**{"if": [condition]}), scene(**fields))


# ── Asking ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("condition", "case", "result"),
    [
        ({"field": "case.topic", "equals": "billing"}, {"topic": "billing"}, True),
        ({"field": "case.topic", "equals": "billing"}, {"topic": "delivery"}, False),
        ({"field": "case.topic", "equals": "billing"}, {}, False),
        ({"field": "case.topic", "in": ["billing", "delivery"]}, {"topic": "delivery"}, True),
        ({"field": "case.subject", "contains": "INVOICE"}, {"subject": "My invoice is wrong"}, True),
        ({"field": "case.subject", "contains": ["bill", "invoice"]}, {"subject": "Rechnung"}, False),
        ({"field": "case.status", "equals": "new"}, {}, True),
        ({"field": "case.priority", "at_least": 2}, {"priority": 2}, True),
        ({"field": "case.priority", "at_most": 1}, {"priority": 2}, False),
        ({"field": "case.tier", "at_least": "gold"}, {"tier": "platinum"}, True),
        ({"field": "case.tier", "at_least": "gold"}, {"tier": "standard"}, False),
        ({"field": "case.tier", "at_most": "gold"}, {"tier": "platinum"}, False),
        ({"field": "case.language", "equals": "en"}, {"language": "en-GB"}, True),
        ({"field": "case.language", "equals": "en"}, {"language": "enm"}, False),
        ({"field": "case.machine", "is_set": True}, {"machine": "vacation"}, True),
        ({"field": "case.machine", "is_set": False}, {}, True),
        ({"field": "case.custom.order", "equals": 7}, {}, False),
        ({"field": "case.urgency", "in": ["high", "urgent"]}, {"urgency": Urgency.HIGH}, True),
        ({"field": "case.mood", "equals": "angry"}, {"mood": Mood(level=MoodLevel.ANGRY, score=-90, by="x")}, True),
        ({"field": "case.mood", "equals": "angry"}, {}, False),
    ],
)
def test_a_condition_asks_the_case_as_it_is(condition: dict[str, Any], case: dict[str, Any], result: bool) -> None:
    assert holds(condition, case=make_case(**case)) is result


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        ({"field": "customer.tier", "equals": "gold"}, True),
        ({"field": "customer.team", "equals": "north"}, True),
        ({"field": "customer.traits.vip", "equals": "YES"}, True),
        ({"field": "customer.traits.vip", "equals": "no"}, False),
        ({"field": "customer.open_cases", "at_least": 2}, True),
        ({"field": "customer.value_index", "at_least": 0}, True),
        ({"field": "customer.value_index", "at_least": 101}, False),
        ({"field": "data.channel", "in": ["email", "web"]}, True),
        ({"field": "event.type", "equals": "case.opened"}, True),
    ],
)
def test_a_condition_asks_the_customer_and_the_event(condition: dict[str, Any], result: bool) -> None:
    ann = make_customer(tier="gold", team="north", traits={"vip": "yes"}, open_cases={"a": "", "b": ""})

    assert holds(condition, customer=ann) is result


def test_of_a_list_one_entry_is_enough() -> None:
    rule = read(when="case.changed", **{"if": [{"field": "data.changed", "in": ["topic"]}]})

    assert not rules.why_not(rule, scene(event=make_event(data={"changed": ["language", "topic"]})))
    assert rules.why_not(rule, scene(event=make_event(data={"changed": []})))


def test_business_hours_are_those_of_the_channel_when_it_happened() -> None:
    from chalicelib.model.calendar import read_calendars

    open_days = read_calendars('{"time_zone": "Europe/Berlin", "open": {"mon-fri": ["09:00-17:00"]}}', "UTC")
    closed, opened = (make_event(timestamp=at(when)) for when in ("2026-11-21 12:00", "2026-11-20 08:00"))

    for event, during in ((closed, False), (opened, True)):
        policy = make_policy(calendars=open_days)
        assert holds({"business_hours": True}, event=event, policy=policy) is during
        assert holds({"business_hours": False}, event=event, policy=policy) is not during


def test_all_must_hold_and_nothing_of_unless() -> None:
    gold = {"field": "case.tier", "equals": "gold"}
    rule = read(**{"if": [{"field": "case.channel", "equals": "email"}], "unless": [gold]})

    assert rules.why_not(rule, scene()) == ""
    assert rules.why_not(rule, scene(case=make_case(channel="phone"))) == "case.channel equals email does not hold"
    assert rules.why_not(rule, scene(case=make_case(tier="gold"))) == "case.tier equals gold holds"


def test_nothing_holds_of_a_case_that_is_gone() -> None:
    assert not holds({"field": "case.channel", "equals": "email"}, case=None)


@pytest.mark.parametrize(
    ("entry", "event", "why"),
    [
        ({}, {}, ""),
        ({"when": ["case.solved", "case.*"]}, {}, ""),
        ({"when": "case.solved"}, {}, "it waits for case.solved"),
        ({"enabled": False}, {}, "it is switched off"),
        ({}, {"chain": ("one",)}, "the event follows from this rule"),
        ({}, {"chain": ("one", "two")}, "the event follows from this rule"),
        ({}, {"chain": ("a", "b")}, ""),
        ({}, {"chain": ("a", "b", "c")}, "the event follows from 3 rules already"),
    ],
)
def test_a_rule_never_follows_itself_and_few_follow_each_other(
    entry: dict[str, Any], event: dict[str, Any], why: str
) -> None:
    assert rules.waits_for(read(**entry), make_event(**event)) == why


# ── Reading ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        ({"name": "A rule"}, "small letters, digits and -"),
        ({"when": "case.opend"}, "there is no event case.opend"),
        ({"when": "*"}, "there is no event"),
        ({"when": []}, "the name of an event"),
        ({"when": "rule.ran"}, "rules do not wait for rule.ran"),
        ({"colour": "red"}, "there is no colour in a rule"),
        ({"if": [{"field": "case.colour", "equals": "red"}]}, "there is no field case.colour"),
        ({"if": [{"field": "data.colour", "equals": "red"}]}, "these events carry"),
        ({"if": [{"field": "case.topic"}]}, "give one of equals"),
        ({"if": [{"field": "case.topic", "equals": "a", "in": ["b"]}]}, "give one of equals"),
        ({"if": [{"field": "case.topic", "like": "a"}]}, "there is no like"),
        ({"if": [{"field": "case.priority", "at_least": "two"}]}, "needs a figure"),
        ({"if": [{"field": "case.topic", "in": []}]}, "needs a text or a figure"),
        ({"if": [{"business_hours": "yes"}]}, "true or false"),
        ({"if": "case.topic"}, "a list of at most"),
        ({"when": "customer.created", "if": [{"field": "case.topic", "equals": "a"}]}, "about a case"),
        ({"when": "customer.created"}, "set_topic: not every event"),
        ({"then": []}, "say what to do"),
        ({"then": [{"do": "dance"}]}, "there is no 'dance'"),
        ({"then": [{"do": "set_topic"}]}, "set_topic needs to"),
        ({"then": [{"do": "set_topic", "to": "x" * 61}]}, "at most 60"),
        ({"then": [{"do": "set_topic", "to": "x", "if": 1}]}, "there is no if"),
        ({"then": [{"do": "set_status", "to": "closed"}]}, "waiting or solved"),
        ({"then": [{"do": "call_webhook", "to": "mine"}]}, "the id of a webhook"),
        ({"stop": 1}, "true or false"),
        ({"then": [{"do": "assign", "to": "Bo"}]}, "the id of an agent"),
        ({"then": [{"do": "set_urgency", "to": "huge"}]}, "low, normal, high, urgent"),
        ({"then": [{"do": "create_task", "to": "Call", "queue": "q", "channel": "fax"}]}, "channel is one of"),
        ({"then": [{"do": "create_task", "to": "Call", "queue": "q"}]}, "create_task needs channel"),
        (
            {"when": "task.done", "then": [{"do": "create_task", "to": "a", "queue": "q", "channel": "phone"}]},
            "that would never end",
        ),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_before_it_is_deployed(entry: dict[str, Any], complaint: str) -> None:
    with pytest.raises(Permanent) as refused:
        read(**entry)

    assert complaint in refused.value.detail
    assert refused.value.detail.startswith("rules: ")


@pytest.mark.parametrize("source", ["{", "{}", "7", '["a"]', "[null]", json.dumps([{}] * 101), " " * 60_001])
def test_what_are_no_rules_is_refused(source: str) -> None:
    with pytest.raises(Permanent, match="rules: "):
        rules.read_rules(source)


def test_two_rules_of_one_name_are_refused() -> None:
    with pytest.raises(Permanent, match="two are called one"):
        rules.read_rules(json.dumps([{"name": "one", "when": "case.opened", "then": TOPIC}] * 2))


def test_a_tier_nobody_has_is_refused() -> None:
    rule = read(**{"if": [{"field": "customer.tier", "at_least": "Diamond"}]})

    with pytest.raises(Permanent, match="there is no tier diamond"):
        rules.fit([rule], ["standard", "gold"], [], [])


@pytest.mark.parametrize(
    "act",
    [
        {"do": "set_queue", "to": "vip"},
        {"do": "create_task", "to": "Call her", "queue": "vip", "channel": "phone"},
    ],
)
def test_a_queue_there_is_not_is_refused(act: dict[str, str]) -> None:
    with pytest.raises(Permanent, match="there is no queue vip"):
        rules.fit([read(then=[act])], [], ["support"], [])


def test_the_relay_hands_on_what_rules_that_are_on_wait_for() -> None:
    ones = [read(), read(name="two", when=["case.opened", "case.*"]), read(name="off", when="fact.recorded",
            then=[{"do": "call_webhook", "to": WEBHOOK_ID}], enabled=False)]  # fmt: skip

    assert rules.types_of(ones) == ("case.*", "case.opened")


# ── Doing ─────────────────────────────────────────────────────────────────────────────────────────


def done(*acts: dict[str, str], case: Case | None = None, customer: Any = None) -> actions.Work:
    work = actions.Work(
        rule=read(then=list(acts)), event=make_event(), case=case or make_case(), customer=customer or make_customer(),
        policy=make_policy(case_fields=FIELDS),
        now=NOON,
    )  # fmt: skip
    return actions.done(work)


def test_a_topic_is_set_on_the_case_and_where_guardrails_look_for_it() -> None:
    work = done(*TOPIC, customer=make_customer(open_cases={CASE_ID: ""}))

    assert work.case and work.case.topic == "billing"
    assert work.customer and work.customer.open_cases == {CASE_ID: "billing"}
    assert work.did == ("set_topic billing",)


def test_what_is_so_already_is_not_done() -> None:
    assert done(*TOPIC, case=make_case(topic="billing")).did == ()


def test_one_action_that_must_not_be_done_does_not_keep_the_others() -> None:
    work = done({"do": "set_status", "to": "solved"}, {"do": "set_attention", "to": "look"})

    assert (work.did, dict(work.skipped)) == (
        ("set_attention look",), {"set_status": "an answer is owed to the customer"},
    )  # fmt: skip


@pytest.mark.parametrize("state", [PromiseState.OPEN, PromiseState.AT_RISK, PromiseState.BROKEN])
@pytest.mark.parametrize("status", ["waiting", "solved"])
def test_no_rule_says_that_nothing_is_owed_while_an_answer_is(status: str, state: PromiseState) -> None:
    owed = make_case(status=CaseStatus.OPEN, promise=make_promise(state=state))

    assert done({"do": "set_status", "to": status}, case=owed).did == ()


def test_a_case_that_was_answered_is_solved_and_leaves_her_open_cases() -> None:
    answered = make_case(status=CaseStatus.WAITING, promise=ANSWERED)

    work = done(
        {"do": "set_status", "to": "solved"}, case=answered, customer=make_customer(open_cases={CASE_ID: "", "b": ""})
    )

    assert work.case and (work.case.status, work.case.solved_at) == (CaseStatus.SOLVED, NOON)
    assert work.customer and dict(work.customer.open_cases) == {"b": ""}
    (told,) = work.also
    assert isinstance(told, Event) and told.what is EventKind.CASE_SOLVED


def test_urgency_is_set_and_what_is_promised_comes_sooner_or_not_at_all() -> None:
    work = done({"do": "set_urgency", "to": "urgent"})

    assert work.case and (work.case.urgency, work.case.urgency_by) == (Urgency.URGENT, "rule one")
    assert work.did == ("set_urgency urgent",)


def test_no_rule_says_how_urgent_a_case_is_when_an_agent_said_so() -> None:
    work = done({"do": "set_urgency", "to": "low"}, case=make_case(urgency=Urgency.HIGH, urgency_by="Tom"))

    assert dict(work.skipped) == {"set_urgency": "somebody of the team said how urgent it is"}


@pytest.mark.parametrize(
    ("act", "holds"),
    [
        ({"do": "set_field", "name": "order_number", "to": "A-7"}, {"custom": {"order_number": "A-7"}}),
        ({"do": "set_field", "name": "units", "to": "7"}, {"custom": {"units": 7}}),
        ({"do": "set_field", "name": "fragile", "to": "True"}, {"custom": {"fragile": True}}),
        ({"do": "add_follower", "to": "bo@example.com"}, {"followers": ("bo@example.com",)}),
        ({"do": "set_language", "to": "de"}, {"language": "de"}),
    ],
)
def test_what_agents_do_to_a_case_rules_do_too(act: dict[str, str], holds: dict[str, Any]) -> None:
    work = done(act)

    assert work.case and {name: getattr(work.case, name) for name in holds} == holds
    assert len(work.did) == 1


def test_a_field_that_does_not_fit_is_skipped_and_says_why() -> None:
    work = done({"do": "set_field", "name": "units", "to": "many"})

    assert dict(work.skipped) == {"set_field": "units is a number"}


def test_a_field_no_case_has_is_refused_before_a_deploy() -> None:
    with pytest.raises(Permanent, match="cases have no field colour"):
        rules.fit([read(then=[{"do": "set_field", "name": "colour", "to": "red"}])], [], [], ["units"])


def test_a_note_is_for_colleagues_and_names_the_rule() -> None:
    noted, receipt = done({"do": "add_note", "to": "She has two orders open."}).also

    assert isinstance(noted, Interaction) and isinstance(receipt, Receipt)
    assert (noted.purpose, noted.author, noted.preview) == (Purpose.NOTE, "rule one", "She has two orders open.")


def test_a_page_elsewhere_is_linked_under_its_title() -> None:
    work = done({"do": "link_page", "to": "https://erp.example.com/orders", "name": "Orders"})

    assert work.case and [(one.url, one.title) for one in work.case.links] == [
        ("https://erp.example.com/orders", "Orders")
    ]


AGENT = ids.derived_ulid(NOON, "agent")


def test_a_case_that_waits_is_handed_to_a_queue_or_kept_for_an_agent() -> None:
    waiting = make_case(queue="support", routing=make_routing())

    moved, kept = (done(act, case=waiting).case for act in (
        {"do": "set_queue", "to": "billing"}, {"do": "assign", "to": AGENT},
    ))  # fmt: skip

    assert moved and (moved.queue, moved.holder) == ("billing", "")
    assert kept and kept.routing and (kept.routing.kept_for, kept.assigned_to) == (AGENT, "")


@pytest.mark.parametrize("act", [{"do": "set_queue", "to": "billing"}, {"do": "assign", "to": AGENT}])
def test_no_rule_takes_a_case_out_of_somebodys_hand(act: dict[str, str]) -> None:
    taken = make_case(queue="support", routing=make_routing(), assigned_to="Bo")

    assert dict(done(act, case=taken).skipped) == {act["do"]: "an agent has it in hand"}


def test_a_task_is_set_up_for_an_agent_once_an_event() -> None:
    act = {"do": "create_task", "to": "Call her", "queue": "support", "channel": "phone"}

    task, receipt = done(act).also

    assert isinstance(task, Task) and isinstance(receipt, Receipt)
    assert (task.goal, task.queue, task.channel, task.why) == ("Call her", "support", "phone", "rule one")
    assert receipt.key == f"rule:one:{make_event().id}"


def test_machine_mail_may_be_solved_at_once() -> None:
    work = done({"do": "set_status", "to": "solved"}, case=make_case(promise=None, machine="vacation"))

    assert work.case and work.case.status is CaseStatus.SOLVED


def test_a_case_that_was_answered_may_wait() -> None:
    work = done({"do": "set_status", "to": "waiting"}, case=make_case(status=CaseStatus.OPEN, promise=ANSWERED))

    assert work.case and work.case.status is CaseStatus.WAITING and work.case.waiting_until


@pytest.mark.parametrize(
    ("case", "why"),
    [
        ({"status": CaseStatus.SOLVED}, "the case is not open"),
        ({"merged_into": "another"}, "the case goes on as another one"),
    ],
)
def test_a_case_that_is_over_is_left_alone(case: dict[str, Any], why: str) -> None:
    assert dict(done(*TOPIC, case=make_case(**case)).skipped) == {"set_topic": why}


def test_an_event_is_sent_to_one_webhook_more() -> None:
    work = done({"do": "call_webhook", "to": WEBHOOK_ID})

    (delivery,) = work.also
    assert (delivery.webhook_id, delivery.event_type) == (WEBHOOK_ID, "case.opened")  # type: ignore[attr-defined]
    assert len(work.messages) == 1


def test_what_a_rule_does_its_run_and_the_line_on_her_timeline_are_one_write_that_names_it() -> None:
    before = actions.Work(
        rule=read(),
        event=make_event(chain=("before",)),
        case=make_case(),
        customer=make_customer(),
        policy=make_policy(),
        now=NOON,
    )
    ran = RuleRun(id="r", rule="one", edition=1, at=NOON, event_id="e", event_type="case.opened", did=("set_topic a",))

    decision = actions.decision(before, actions.done(before), ran)

    kinds = [type(change).__name__ for change in decision.changes]
    assert kinds == ["RuleRun", "Case", "Customer", "Event", "Tally"]
    assert decision.caused_by == ("before", "one")
    (told,) = [change for change in decision.changes if isinstance(change, Event)]
    assert told.detail == {"rule": "one", "did": "set_topic a"}


def test_rules_see_what_rules_before_them_changed() -> None:
    first = done(*TOPIC)

    assert not rules.why_not(read(**{"if": [{"field": "case.topic", "equals": "billing"}]}), scene(case=first.case))
