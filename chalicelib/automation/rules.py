"""Which rules are there, and does one hold for what happened?

A rule is configuration, checked before it is deployed: when an event of these types happens, if all of these conditions
hold and none of those, then do this. It is asked with the case and the customer as they are when it runs.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from chalicelib.automation import actions, events
from chalicelib.cases import calendars
from chalicelib.customers import tiers
from chalicelib.kernel.errors import Permanent
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.domain_event import DEEPEST, DomainEvent
from chalicelib.model.mood import Mood
from chalicelib.model.policy import Policy
from chalicelib.model.rule import Act, Condition, Rule

MOST_RULES = 100
MOST_CONDITIONS, MOST_ACTS, MOST_VALUES = 20, 10, 100
LONGEST_SOURCE = 60_000  # bytes of JSON: they lie in one row
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_OPS = ("equals", "in", "contains", "at_least", "at_most", "is_set")
BUSINESS_HOURS = "business_hours"
_OF_CASE = (
    "status", "topic", "subject", "channel", "language", "tier", "priority", "urgency", "queue", "assigned_to",
    "attention", "machine", "mood", "follows",
)  # fmt: skip
_OF_CUSTOMER = ("tier", "language", "time_zone", "team", "organisation_id", "value_index", "open_cases")
_MAPS = {"case.custom": "a case's own field", "customer.traits": "a trait"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a rule looks at."""

    event: DomainEvent
    case: Case | None
    customer: Customer | None
    policy: Policy


# ── Asking ────────────────────────────────────────────────────────────────────────────────────────


def waits_for(rule: Rule, event: DomainEvent) -> str:
    """Empty, if this event is one the rule looks at; else why not. A rule never follows itself, and no more than three
    follow each other."""
    if not rule.enabled:
        return "it is switched off"
    if event.type in events.NOT_FOR_RULES or not events.wanted(event.type, rule.when):
        return f"it waits for {', '.join(rule.when)}"
    if rule.name in event.chain:
        return "the event follows from this rule"
    if len(event.chain) >= DEEPEST:
        return f"the event follows from {len(event.chain)} rules already"
    return ""


def why_not(rule: Rule, scene: Scene) -> str:
    """Empty, if all holds; else the first condition that does not."""
    for condition in rule.holds:
        if not _holds(condition, scene):
            return f"{_words(condition)} does not hold"
    for condition in rule.unless:
        if _holds(condition, scene):
            return f"{_words(condition)} holds"
    return ""


def _words(condition: Condition) -> str:
    wanted = ", ".join(condition.value) if condition.value else f"{condition.figure:g}"
    return f"{condition.field} {condition.op} {wanted}"


def _holds(condition: Condition, scene: Scene) -> bool:
    if condition.field == BUSINESS_HOURS:
        return _is_open(scene) == (condition.value == ("true",))
    found = _texts(_value(condition.field, scene))
    match condition.op:
        case "is_set":
            return bool(found) == (condition.value == ("true",))
        case "equals" | "in":
            return any(_same(condition.field, text, wanted) for text in found for wanted in condition.value)
        case "contains":
            return any(wanted in text for text in found for wanted in condition.value)
    if condition.value:  # a tier
        ranks = [_rank(text, scene.policy) for text in found]
        wanted = _rank(condition.value[0], scene.policy)
        return any(rank >= wanted if condition.op == "at_least" else rank <= wanted for rank in ranks)
    figures = [float(text) for text in found if _is_figure(text)]
    return any(
        figure >= condition.figure if condition.op == "at_least" else figure <= condition.figure for figure in figures
    )


def _same(field: str, text: str, wanted: str) -> bool:
    """`en` stands for `en-GB`, too."""
    return text == wanted or (field.endswith(".language") and text.startswith(f"{wanted}-"))


def _rank(tier: str, policy: Policy) -> int:
    return policy.tiers.bands.rank(tier)


def _is_open(scene: Scene) -> bool:
    channel = scene.case.channel if scene.case else str(scene.event.data.get("channel", ""))
    at = scene.event.timestamp
    return calendars.next_opening(scene.policy.calendars.of(channel), at) <= at


def _value(field: str, scene: Scene) -> Any:
    if field == "event.type":
        return scene.event.type
    room, _, name = field.partition(".")
    if room == "data":
        return scene.event.data.get(name)
    if field == "customer.value_index":
        return tiers.index(scene.customer, scene.policy) if scene.customer else None
    if field == "customer.open_cases":
        return len(scene.customer.open_cases) if scene.customer else None
    thing: object = scene.case if room == "case" else scene.customer
    attribute, _, key = name.partition(".")
    value = getattr(thing, attribute, None)
    return value.get(key) if key and isinstance(value, Mapping) else value


def _texts(value: Any) -> list[str]:
    """What is compared: small letters, of a list each; nothing of what is empty."""
    if isinstance(value, list | tuple):
        return [text for each in value for text in _texts(each)]
    if isinstance(value, Mood):
        value = value.level
    plain = getattr(value, "value", value)
    if isinstance(plain, bool):
        return [str(plain).lower()]
    return [] if plain in (None, "") else [str(plain).casefold()]


def _is_figure(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


# ── Reading ───────────────────────────────────────────────────────────────────────────────────────


def read_rules(text: str) -> tuple[Rule, ...]:
    """From a JSON list; empty: none. Raises Permanent that names the rule and says what to correct."""
    if not text:
        return ()
    if len(text.encode()) > LONGEST_SOURCE:
        raise Permanent(f"rules: they take {len(text.encode())} bytes of JSON; at most {LONGEST_SOURCE} fit")
    try:
        told = json.loads(text)
    except ValueError as error:
        raise Permanent(f"rules: not JSON ({error})") from error
    if not isinstance(told, list) or len(told) > MOST_RULES:
        raise Permanent(f"rules: a list of at most {MOST_RULES}, in the order they are asked in")
    read = []
    for number, entry in enumerate(told, 1):
        name = entry.get("name", "") if isinstance(entry, dict) else ""
        try:
            read.append(_rule(entry))
        except (ValueError, TypeError, AttributeError) as error:
            raise Permanent(f"rules: {name or f'number {number}'}: {error}") from error
    if twice := sorted({rule.name for rule in read if sum(other.name == rule.name for other in read) > 1}):
        raise Permanent(f"rules: two are called {twice[0]}; each has a name of its own")
    return tuple(read)


def types_of(rules: Iterable[Rule]) -> tuple[str, ...]:
    """What the relay has to hand on for them."""
    return tuple(sorted({pattern for rule in rules if rule.enabled for pattern in rule.when}))


def _rule(entry: Mapping[str, Any]) -> Rule:
    _only(entry, {"name", "when", "if", "unless", "then", "stop", "enabled"}, "a rule")
    name = entry.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError("a rule's name is 1 to 40 small letters, digits and -")
    when = _words_of(entry.get("when"), "when")
    happening = [event for event in events.EVENTS if events.wanted(event.name, when)]
    for pattern in when:
        possible = [event for event in happening if events.wanted(event.name, [pattern])]
        if not possible or pattern == "*":
            raise ValueError(f"when: there is no event {pattern}; docs/events.md lists them")
        if pattern in events.NOT_FOR_RULES:
            raise ValueError(f"when: rules do not wait for {pattern}")
    holds = tuple(_condition(each, happening) for each in _list(entry.get("if", []), MOST_CONDITIONS, "if"))
    unless = tuple(_condition(each, happening) for each in _list(entry.get("unless", []), MOST_CONDITIONS, "unless"))
    then = tuple(_act(each, happening) for each in _list(entry.get("then"), MOST_ACTS, "then"))
    if not then:
        raise ValueError("then: say what to do")
    return Rule(
        name=name,
        when=when,
        holds=holds,
        unless=unless,
        then=then,
        stop=_flag(entry.get("stop", False), "stop"),
        enabled=_flag(entry.get("enabled", True), "enabled"),
    )


def _condition(entry: Mapping[str, Any], happening: list[events.EventType]) -> Condition:
    if BUSINESS_HOURS in entry:
        _only(entry, {BUSINESS_HOURS}, "a condition about business hours")
        within = _flag(entry[BUSINESS_HOURS], BUSINESS_HOURS)
        return Condition(field=BUSINESS_HOURS, op="equals", value=(str(within).lower(),))
    _only(entry, {"field", *_OPS}, "a condition")
    field = entry.get("field")
    if not isinstance(field, str):
        raise TypeError("a condition names a field")
    _check_field(field, happening)
    given = [op for op in _OPS if op in entry]
    if len(given) != 1:
        raise ValueError(f"{field}: give one of {', '.join(_OPS)}")
    op, wanted = given[0], entry[given[0]]
    if op == "is_set":
        return Condition(field=field, op=op, value=(str(_flag(wanted, op)).lower(),))
    if op in ("at_least", "at_most"):
        if isinstance(wanted, str) and field.endswith("tier"):
            return Condition(field=field, op=op, value=(wanted.casefold(),))
        if isinstance(wanted, bool) or not isinstance(wanted, int | float):
            raise TypeError(f"{field}: {op} needs a figure, or for a tier its name")
        return Condition(field=field, op=op, figure=float(wanted))
    values = wanted if isinstance(wanted, list) and op != "equals" else [wanted]
    if not values or len(values) > MOST_VALUES or not all(isinstance(each, str | int | float) for each in values):
        raise ValueError(f"{field}: {op} needs a text or a figure, or a list of at most {MOST_VALUES}")
    return Condition(field=field, op=op, value=tuple(text for each in values for text in _texts(each)))


def _check_field(field: str, happening: list[events.EventType]) -> None:
    room, _, name = field.partition(".")
    if field == "event.type" or any(field.startswith(f"{named}.") for named in _MAPS):
        return
    if room == "data":
        if any(name in each.name for event in happening for each in msgspec.structs.fields(event.data)):
            return
        known = sorted({each.name for event in happening for each in msgspec.structs.fields(event.data)})
        raise ValueError(f"{field}: these events carry {', '.join(known)}")
    if room == "case" and name in _OF_CASE:
        if not all(event.has_case for event in happening):
            raise ValueError(f"{field}: not every event it waits for is about a case")
        return
    if room == "customer" and name in _OF_CUSTOMER:
        return
    fields = ("event.type", "data.<name>", *(f"case.{each}" for each in _OF_CASE), "case.custom.<name>")
    theirs = (*(f"customer.{each}" for each in _OF_CUSTOMER), "customer.traits.<name>")
    raise ValueError(f"there is no field {field}; there are {', '.join((*fields, *theirs))}")


def _act(entry: Mapping[str, Any], happening: list[events.EventType]) -> Act:
    do = str(entry.get("do"))
    if do not in actions.ACTIONS:
        raise ValueError(f"then: there is no {do!r}; there are {', '.join(actions.ACTIONS)}")
    action = actions.ACTIONS[do]
    _only(entry, {"do", *action.needs}, do)
    if missing := [name for name in action.needs if not str(entry.get(name, "")).strip()]:
        raise ValueError(f"{do} needs {missing[0]}")
    if action.of_case and not all(event.has_case for event in happening):
        raise ValueError(f"{do}: not every event it waits for is about a case")
    if do == "create_task" and any(event.name.startswith("task.") for event in happening):
        raise ValueError("create_task: what waits for tasks makes no tasks: that would never end")
    act = Act(do=do, **{name: str(entry[name]).strip() for name in action.needs})
    action.check(act)
    return act


def _only(entry: Mapping[str, Any], known: set[str], what: str) -> None:
    if not isinstance(entry, Mapping):
        raise TypeError(f"{what} is a table")
    if unknown := sorted(set(entry) - known):
        raise ValueError(f"there is no {unknown[0]} in {what}; there are {', '.join(sorted(known))}")


def _list(value: Any, most: int, what: str) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise TypeError(f"{what}: a list of at most {most}")
    return value


def _words_of(value: Any, what: str) -> tuple[str, ...]:
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise TypeError(f"{what}: the name of an event, or a list of names")
    return tuple(dict.fromkeys(words))


def _flag(value: Any, what: str) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"{what}: true or false")
    return value


def fit(rules: Iterable[Rule], tiers: Iterable[str], queues: Iterable[str], fields: Iterable[str]) -> None:
    """Raises Permanent for a tier, a queue or a field of cases that is named and not configured."""
    named, there, own = {name.casefold() for name in tiers}, set(queues), set(fields)
    for rule in rules:
        for condition in (*rule.holds, *rule.unless):
            if condition.field.endswith(".tier") and (odd := sorted(set(condition.value) - named)):
                raise Permanent(f"rules: {rule.name}: there is no tier {odd[0]}; there are {', '.join(sorted(named))}")
        asked = [act.to if act.do == "set_queue" else act.queue for act in rule.then]
        if odd := sorted({queue for queue in asked if queue} - there):
            raise Permanent(f"rules: {rule.name}: there is no queue {odd[0]}; there are {', '.join(sorted(there))}")
        if unknown := sorted({act.name for act in rule.then if act.do == "set_field"} - own):
            raise Permanent(f"rules: {rule.name}: cases have no field {unknown[0]}; case_fields defines them")
