"""Plays by configuration: when they speak, to whom, what they say, and what is refused when they are saved."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel import clock
from chalicelib.kernel.errors import Invalid
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import FactKind
from chalicelib.model.play import PlayDefinition, PlayEdition, When, Words
from chalicelib.model.segment import About, Condition, Definition
from chalicelib.outreach import configured
from chalicelib.outreach.plays.base import Joined, Occasion, Play
from tests.factories import ANNS_ID, NOON, at, make_customer, make_fact

DAY = timedelta(days=1)
WORDS = {"en": Words(subject="Hello {{ name }}", body="It is about {{ date }}.")}
GOLD = Definition(all=(Condition(about=About.TRAIT, name="plan", one_of=("gold",)),))


def definition(when: When, **fields: Any) -> PlayDefinition:
    return PlayDefinition(**{"when": when, "texts": WORDS, "goal": "know", **fields})


def play(when: When, **fields: Any) -> Play:
    edition = PlayEdition(number=1, definition=definition(when, **fields), prepared_by="Tom", prepared_at=NOON)
    return configured.play_of("visit", "A visit", edition, lambda _: 50.0)


def occasions(found: Play, told: Any, customer: Customer | None = None) -> list[Occasion]:
    return list(found.occasions(told, customer or make_customer(), {}))


def moved(**fields: Any) -> Any:
    return make_fact(
        what=FactKind.LIFE_EVENT, data={"what": "moved"}, occurred_at=NOON - DAY, recorded_at=NOON, **fields
    )


# ── When ──────────────────────────────────────────────────────────────────────────────────────────


def test_days_after_a_fact_are_counted_from_when_it_happened() -> None:
    (occasion,) = occasions(play(When(fact="life_event", days=3)), moved())

    assert (occasion.due_at, occasion.deadline) == (NOON + 2 * DAY, NOON + 9 * DAY)
    assert occasion.why == "3 days after life_event on 2026-11-19"


def test_what_should_have_been_said_before_is_said_at_once() -> None:
    (occasion,) = occasions(play(When(fact="life_event")), moved())

    assert occasion.due_at == NOON


def test_what_it_is_too_late_for_is_not_planned() -> None:
    late = make_fact(what=FactKind.LIFE_EVENT, data={"what": "moved"}, occurred_at=NOON - 8 * DAY, recorded_at=NOON)

    assert occasions(play(When(fact="life_event")), late) == []


@pytest.mark.parametrize(("what", "planned"), [("moved", 1), ("birthday", 0)])
def test_only_a_fact_that_says_what_is_asked_for_triggers_it(what: str, planned: int) -> None:
    told = make_fact(what=FactKind.LIFE_EVENT, data={"what": what}, occurred_at=NOON, recorded_at=NOON)

    assert len(occasions(play(When(fact="life_event", where={"what": "moved"})), told)) == planned


def test_days_before_the_date_in_a_trait_are_planned_when_the_trait_is_told() -> None:
    told = make_fact(what=FactKind.TRAIT, data={"visit": "2026-12-10"}, recorded_at=NOON)

    (occasion,) = occasions(play(When(trait="visit", days=-7)), told, make_customer(traits={"visit": "2026-12-10"}))

    assert (occasion.due_at, occasion.deadline) == (at("2026-12-03"), at("2026-12-10"))
    assert occasion.context["visit"] == "2026-12-10"


def test_days_before_the_day_a_fact_tells_of_are_planned_when_it_is_told_and_stand_on_it() -> None:
    moving = make_fact(what=FactKind.LIFE_EVENT, data={"what": "moved", "on": "2026-12-10"}, recorded_at=NOON)

    (occasion,) = occasions(play(When(fact="life_event", where={"what": "moved"}, days=-7)), moving)

    assert (occasion.due_at, occasion.deadline) == (at("2026-12-03"), at("2026-12-10"))
    assert (occasion.key, occasion.stands_on) == ("moved:2026-12-10", moving.id)
    assert occasions(play(When(fact="life_event", days=-7)), moved()) == []


@pytest.mark.parametrize(
    ("traits", "needed"),
    [({"problem_bill_high": "2026-12-10"}, True), ({"problem_bill_high": "2026-12-20"}, False), ({}, False)],
    ids=["still expected", "on another day", "solved"],
)
def test_a_problem_is_told_of_before_its_day_while_it_is_expected_on_it(traits: dict[str, str], needed: bool) -> None:
    told = make_fact(what=FactKind.PROBLEM_AHEAD, data={"what": "bill_high", "on": "2026-12-10"}, recorded_at=NOON)
    found = play(When(fact="problem_ahead", days=-2))
    (occasion,) = occasions(found, told)

    assert found.still_needed(make_customer(traits=traits), occasion.context, {}) is needed


def test_the_same_date_told_twice_is_one_occasion_and_another_date_another() -> None:
    found = play(When(trait="visit", days=-7))
    keys = [
        occasions(found, make_fact(id=fact_id, what=FactKind.TRAIT, data={"visit": day}, recorded_at=NOON), customer)[
            0
        ].key
        for fact_id, day in (("1", "2026-12-10"), ("2", "2026-12-10"), ("3", "2026-12-11"))
        for customer in (make_customer(traits={"visit": day}),)
    ]

    assert keys[0] == keys[1] != keys[2]


def test_a_trait_of_another_name_or_without_a_date_triggers_nothing() -> None:
    found = play(When(trait="visit", days=-7))

    for traits in ({"other": "2026-12-10"}, {"visit": "soon"}):
        told = make_fact(what=FactKind.TRAIT, data=traits, recorded_at=NOON)
        assert occasions(found, told, make_customer(traits=traits)) == []


def test_an_event_triggers_it() -> None:
    event = Event(
        id="01E", customer_id=ANNS_ID, what=EventKind.TIER_CHANGED, at=NOON, detail={"from": "gold", "to": "silver"}
    )

    (occasion,) = occasions(play(When(event="tier_changed", where={"to": "silver"}, days=1)), event)

    assert (occasion.due_at, occasion.context["to"]) == (NOON + DAY, "silver")


def test_joining_a_segment_triggers_it_once_for_each_time_she_joins() -> None:
    found = play(When(segment="silent"))
    first, again, later = (
        occasions(found, Joined(customer_id=ANNS_ID, segment="silent", at=when))[0].key
        for when in (NOON, NOON, NOON + DAY)
    )

    assert found.triggers == {"segment:silent"}
    assert first == again != later


# ── Who, and whether it is still needed ───────────────────────────────────────────────────────────


def test_who_does_not_meet_its_conditions_is_not_planned_for() -> None:
    found = play(When(fact="life_event"), who=GOLD)

    assert occasions(found, moved()) == []
    assert len(occasions(found, moved(), make_customer(traits={"plan": "gold"}))) == 1


def test_who_meets_its_conditions_no_more_is_not_contacted() -> None:
    found = play(When(fact="life_event"), who=GOLD)
    (occasion,) = occasions(found, moved(), make_customer(traits={"plan": "gold"}))

    assert found.still_needed(make_customer(traits={"plan": "gold"}), occasion.context, {})
    assert not found.still_needed(make_customer(), occasion.context, {})


@pytest.mark.parametrize(("told_at", "needed"), [(None, True), (NOON, True), (NOON + DAY, False)])
def test_once_its_goal_was_told_it_is_not_needed(told_at: Any, needed: bool) -> None:
    found = play(When(fact="life_event"), goal_fact="profile")
    (occasion,) = occasions(found, moved())
    told = {"profile": told_at} if told_at else {}

    assert found.still_needed(make_customer(told=told), occasion.context, {}) is needed


def test_another_date_ends_what_was_planned_for_the_first() -> None:
    found = play(When(trait="visit", days=-7))
    told = make_fact(what=FactKind.TRAIT, data={"visit": "2026-12-10"}, recorded_at=NOON)
    (occasion,) = occasions(found, told, make_customer(traits={"visit": "2026-12-10"}))

    assert not found.still_needed(make_customer(traits={"visit": "2026-12-24"}), occasion.context, {})


# ── What is refused ───────────────────────────────────────────────────────────────────────────────


def refused(when: When = When(fact="life_event"), **fields: Any) -> Invalid:  # noqa: B008 - never changed
    with pytest.raises(Invalid) as error:
        configured.check(definition(when, **fields), ["silent"], lambda *_: "", "")
    return error.value


def words(body: str, subject: str = "Hello") -> dict[str, Words]:
    return {"en": Words(subject=subject, body=body)}


@pytest.mark.parametrize(
    ("when", "pointer"),
    [
        (When(), "/when"),
        (When(fact="order", segment="silent"), "/when"),
        (When(fact="wedding"), "/when/fact"),
        (When(fact="consent"), "/when/fact"),
        (When(event="outcome"), "/when/event"),
        (When(segment="nobody"), "/when/segment"),
        (When(fact="order", days=-3), "/when/days"),
        (When(trait="visit", where={"a": "b"}), "/when/where"),
    ],
)
def test_a_when_that_never_comes_is_refused(when: When, pointer: str) -> None:
    assert refused(when).pointer == pointer


@pytest.mark.parametrize(
    "body",
    [
        "{{ nobody }}",
        "{{ name.__class__ }}",
        "{{ name * 999999999 }}",
        "{{ range(9) }}",
        "{% for x in name %}{{ x }}{% endfor %}",
        "{% include 'x' %}",
        "{% set x = 1 %}",
        "{{ name | attr('x') }}",
        "{{ name",
        "{{ what > 3 }}",
        "{% if what == 'moved' %}{{ name | trim(3) }}{% endif %}",
        "{{ name | default(5) }}",
        "{{ " + "(" * 900 + "name" + ")" * 900 + " }}",
        "{{ name" + " | upper" * 400 + " }}",
        "{% if name %}" * 120 + "x" + "{% endif %}" * 120,
        "x" * 4001,
        "{# nothing is left #}",
    ],
)
def test_a_text_that_is_a_program_or_says_nothing_is_refused(body: str) -> None:
    assert refused(texts=words(body)).pointer == "/texts/en/body"


def test_a_text_that_sells_is_refused_with_the_reason() -> None:
    with pytest.raises(Invalid, match="this text sells, and notices help: an offer") as error:
        configured.check(
            definition(When(fact="order"), texts=words("Only today")), [], lambda *_: "an offer", "/definition"
        )

    assert error.value.pointer == "/definition/texts/en/subject"


def test_too_many_words_for_a_record_are_refused() -> None:
    texts = {tag: Words(subject="你好", body="字" * 3_000) for tag in ("zh", "zh-Hans")}

    assert refused(texts=texts).pointer == "/texts"


def test_a_text_may_choose_by_what_it_knows() -> None:
    text = "{% if what == 'moved' %}Welcome there{% else %}Hello{% endif %}, {{ name | default('you') | upper }}"
    configured.check(definition(When(fact="life_event"), texts=words(text)), [], lambda *_: "", "")

    said = configured.rendered(Words(subject="Hi", body=text), {"name": "Ann", "what": "moved"})

    assert said == ("Hi", "Welcome there, ANN")


def test_what_nobody_told_is_said_by_its_default() -> None:
    said = configured.rendered(Words(subject="Hello {{ name | default('there') }}", body="x"), {"name": ""})

    assert said[0] == "Hello there"


@pytest.mark.parametrize(("short", "said"), [("In short, {{ name }}", "In short, Ann"), ("", "Hi Ann")])
def test_where_there_is_little_room_its_short_text_is_said_else_its_subject(short: str, said: str) -> None:
    there = Words(subject="Hi {{ name }}", body="x", short=short)

    assert configured.rendered_short(there, {"name": "Ann"}) == said


def test_a_short_text_is_looked_at_like_the_others() -> None:
    there = {"en": Words(subject="Hi", body="x", short="{{ nobody }}")}

    assert refused(texts=there).pointer == "/texts/en/short"


def test_a_subject_stays_one_line_whatever_her_name_is() -> None:
    said = configured.rendered(Words(subject="Hello {{ name }}", body="x"), {"name": "Ann\nBcc: x@example.org"})

    assert said[0] == "Hello Ann Bcc: x@example.org"


def test_the_play_has_what_its_edition_says() -> None:
    edition = PlayEdition(
        number=1,
        channels=("phone",),
        definition=definition(When(fact="order"), topic="billing", urgent=True, purpose="news"),
        prepared_by="Tom",
        prepared_at=NOON,
    )
    found = configured.play_of("visit", "A visit", edition, lambda _: 50.0)

    assert (found.channels, found.topic, found.urgent, found.purpose) == (("phone",), "billing", True, "news")
    assert configured.play_of("visit", "", replace(edition, channels=()), lambda _: 0.0).channels == ("email",)


@pytest.mark.parametrize("when", [When(trait="visit", days=-7), When(fact="problem_ahead", days=-2)])
def test_a_campaign_sends_it_to_whom_it_is_for_though_no_fact_planned_it(when: When) -> None:
    found = play(when, who=GOLD)
    gold = make_customer(traits={"plan": "gold", "visit": "2026-12-10"})

    assert found.still_needed(gold, {configured.SINCE: clock.iso(NOON), "since": "Tuesday"}, {})
    assert not found.still_needed(make_customer(), {configured.SINCE: clock.iso(NOON)}, {})
