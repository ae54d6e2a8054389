"""What is a play by configuration? When, who, what and goal, as people wrote them, made into a play like any other.

Texts are jinja, but only names, `if`, comparisons and a few filters: whoever writes texts writes no programs. Every
name is known when the text is saved, so that no notice fails for a name nobody gives.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

from chalicelib.customers import learning
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Invalid
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.play import MOST_TEXT, PlayDefinition, PlayEdition, When, Words
from chalicelib.model.task import SEGMENT
from chalicelib.outreach.plays.base import Given, Occasion, Play, Told, joined
from chalicelib.segments import conditions

MOST_SUBJECT = 200  # characters
MOST_SHORT = 300
MOST_NESTED = 40  # things in one another in a text: far less than what Python's compiler cannot take
MOST_LANGUAGES = 10
MOST_WORDS = 16_000  # bytes of all texts: the play's record is read again for each notice
NAME, DATE, SINCE = "name", "date", "told_at"
TRAIT_FACTS = frozenset({FactKind.TRAIT, FactKind.CARD_EXPIRING})
CARD_TRAIT = "card_expires_on"
# What facts of a kind may say, beside what `where` asks for; what one leaves out is an empty text.
SAYS: Mapping[FactKind, tuple[str, ...]] = MappingProxyType(
    {
        FactKind.LIFE_EVENT: ("what", "on"),
        FactKind.PROBLEM_AHEAD: ("what", "on"),
        FactKind.CARD_EXPIRING: ("expires_on", "card_hint"),
        FactKind.REFERRAL: ("whom",),
        FactKind.POTENTIAL: ("what",),
        FactKind.ARTICLE_READ: ("article", "title"),
        FactKind.RATING: ("score", "of"),
        FactKind.SUBSCRIPTION_CANCELLED: ("what",),
        FactKind.USAGE: ("what",),
    }
)
# Facts that tell of a day to come, and where.
DAY_OF: Mapping[FactKind, str] = MappingProxyType(
    {FactKind.LIFE_EVENT: "on", FactKind.PROBLEM_AHEAD: "on", FactKind.CARD_EXPIRING: "expires_on"}
)
_DATED = ", ".join(sorted(kind.value for kind in DAY_OF))
_NEVER = frozenset({FactKind.CONSENT.value, FactKind.CORRECTION.value})  # no reason to write to anybody
# A play that followed what came of plays would follow itself; who wants no more letters gets none about that.
_EVENTS = frozenset(
    kind.value
    for kind in EventKind
    if kind not in (EventKind.OUTCOME, EventKind.UNSUBSCRIBED, EventKind.MAIL_COMPLAINED, EventKind.MAIL_BOUNCED)
)
_FILTERS = frozenset({"default", "upper", "lower", "capitalize", "trim"})
_MOST: Mapping[str, int] = MappingProxyType({"subject": MOST_SUBJECT, "body": MOST_TEXT, "short": MOST_SHORT})

Index = Callable[[Customer], float]


def play_of(name: str, title: str, edition: PlayEdition, index: Index) -> Play:
    """The play that this edition's definition describes. `index` gives a customer's value index, for who asks by it."""
    definition = edition.definition
    if definition is None:
        raise ValueError(f"{name} has no definition: it is code")

    def belongs(customer: Customer) -> bool:
        if not definition.who.conditions:
            return True
        return conditions.matches(definition.who, customer, index(customer), clock.now())

    def occasions(told: Told, customer: Customer, _given: Given) -> Iterable[Occasion]:
        return _occasions(definition, told, customer) if belongs(customer) else ()

    def still_needed(customer: Customer, context: Mapping[str, str], _given: Given) -> bool:
        trait = definition.when.trait
        if trait and trait in context and customer.traits.get(trait, "") != context[trait]:
            return False  # a campaign may speak of it without its date
        if not _still_ahead(definition.when, customer, context):
            return False
        reached_at = customer.told.get(definition.goal_fact) if definition.goal_fact else None
        if reached_at and reached_at > clock.from_iso(context[SINCE]):
            return False
        return belongs(customer)

    return Play(
        name=name,
        title=title,
        purpose=definition.purpose,
        goal=definition.goal,
        triggers=triggers(definition.when),
        occasions=occasions,
        still_needed=still_needed,
        channels=edition.channels or ("email",),
        topic=definition.topic,
        urgent=definition.urgent,
        words=definition.texts,
    )


def triggers(when: When) -> frozenset[FactKind | EventKind | str]:
    if when.fact:
        return frozenset({FactKind(when.fact)})
    if when.event:
        return frozenset({EventKind(when.event)})
    return frozenset({joined(when.segment)}) if when.segment else TRAIT_FACTS


def _occasions(definition: PlayDefinition, told: Told, customer: Customer) -> Iterable[Occasion]:
    when = definition.when
    data = _data(told)
    if any(data.get(key) != value for key, value in when.where.items()):
        return
    told_at = told.recorded_at if isinstance(told, Fact) else told.at
    happened_at = told.occurred_at if isinstance(told, Fact) else told.at
    key, stands_on = told.id, ""
    if when.trait:
        if not _speaks_of(told, when.trait):
            return
        key = customer.traits.get(when.trait, "")
        if (moment := moment_of(key)) is None:
            return
        happened_at, data = moment, {when.trait: key}
    elif when.days < 0 and isinstance(told, Fact):
        day = data.get(DAY_OF[told.what], "")
        if (moment := moment_of(day)) is None:
            return
        happened_at, key, stands_on = moment, ":".join((data.get("what", ""), day)), told.id
    right_at = happened_at + timedelta(days=when.days)
    deadline = right_at + timedelta(days=when.too_late_after_days)
    if when.days < 0:
        deadline = min(deadline, happened_at)  # to be told of what is over helps nobody
    if deadline <= told_at:
        return
    yield Occasion(
        key=key,
        due_at=max(right_at, told_at),
        deadline=deadline,
        why=_why(when, happened_at),
        context={
            **{name: data.get(name, "") for name in names_of(when) if name not in (NAME, DATE)},
            DATE: f"{happened_at:%Y-%m-%d}",
            SINCE: clock.iso(told_at),
            **({SEGMENT: when.segment} if when.segment else {}),
        },
        stands_on=stands_on,
    )


def _still_ahead(when: When, customer: Customer, context: Mapping[str, str]) -> bool:
    """Of what is told before its day: whether it is still expected on that day. A problem may be solved, a card
    renewed, either be told anew with another day; a life event that was wrong is corrected. A campaign may speak of it
    without its date."""
    if when.days >= 0 or not when.fact or DAY_OF[FactKind(when.fact)] not in context:
        return True
    if when.fact == FactKind.PROBLEM_AHEAD.value:
        return customer.traits.get(learning.problem_trait(context.get("what", ""))) == context["on"]
    return when.fact != FactKind.CARD_EXPIRING.value or customer.traits.get(CARD_TRAIT) == context["expires_on"]


def _data(told: Told) -> Mapping[str, str]:
    if isinstance(told, Fact):
        return told.data
    return told.detail if isinstance(told, Event) else {}


def _speaks_of(told: Told, trait: str) -> bool:
    if not isinstance(told, Fact):
        return False
    return trait == CARD_TRAIT if told.what is FactKind.CARD_EXPIRING else bool(told.data.get(trait))


def _why(when: When, at: datetime) -> str:
    what = when.fact or when.event or when.trait or f"joined {when.segment}"
    if not when.days:
        return f"{what} on {at:%Y-%m-%d}"
    return f"{abs(when.days)} days {'after' if when.days > 0 else 'before'} {what} on {at:%Y-%m-%d}"


def moment_of(text: str) -> datetime | None:
    """The date or time a trait holds; a date is its first moment in UTC."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


# ── What is refused when it is saved ──────────────────────────────────────────────────────────────


def check(definition: PlayDefinition, segments: Iterable[str], sells: Callable[[str, str], str], at: str) -> None:
    """Raises Invalid, with a pointer behind `at`, for what can never speak, speaks of what nobody gives, or sells.
    `sells` says why a text in a language does, and nothing for one that does not."""
    when, kinds = definition.when, {kind.value for kind in FactKind}
    wrong: tuple[tuple[bool, str, str], ...] = (
        (
            sum(map(bool, (when.fact, when.event, when.trait, when.segment))) != 1,
            "give exactly one of fact, event, trait and segment",
            "/when",
        ),
        (bool(when.fact) and when.fact not in kinds - _NEVER, "such a fact triggers no play", "/when/fact"),
        (bool(when.event) and when.event not in _EVENTS, f"it is one of {', '.join(sorted(_EVENTS))}", "/when/event"),
        (bool(when.segment) and when.segment not in set(segments), "there is no such segment", "/when/segment"),
        (
            when.days < 0 and not when.trait and when.fact not in {kind.value for kind in DAY_OF},
            f"only a date in a trait, or in a fact of {_DATED}, is known beforehand",
            "/when/days",
        ),
        (bool(when.where) and not (when.fact or when.event), "only a fact or an event says something", "/when/where"),
        (
            bool(definition.goal_fact) and definition.goal_fact not in kinds,
            "there is no such kind of fact",
            "/goal_fact",
        ),
    )
    for is_wrong, why, place in wrong:
        if is_wrong:
            raise Invalid(why, at + place)
    _check_texts(definition, sells, f"{at}/texts")


def _check_texts(definition: PlayDefinition, sells: Callable[[str, str], str], at: str) -> None:
    if not definition.texts:
        raise Invalid("it says nothing: give a text in one language at least", at)
    if len(definition.texts) > MOST_LANGUAGES:
        raise Invalid(f"give {MOST_LANGUAGES} languages at most", at)
    if sum(len("".join(said.values()).encode()) for said in map(_parts, definition.texts.values())) > MOST_WORDS:
        raise Invalid(f"all texts together have {MOST_WORDS:,} bytes at most", at)
    sample = dict.fromkeys(names_of(definition.when), "2026-12-10") | {NAME: "Ann Archer"}
    for language, words in definition.texts.items():
        for part, text in _parts(words).items():
            _check_text(text, part, frozenset(sample), f"{at}/{language}/{part}")
            said = _said(text, sample)
            if not said:
                raise Invalid("with sample data nothing is left of it", f"{at}/{language}/{part}")
            if why := sells(said, language):
                raise Invalid(f"this text sells, and notices help: {why}", f"{at}/{language}/{part}")


def names_of(when: When) -> tuple[str, ...]:
    """The names its texts may use."""
    says: tuple[str, ...] = ()
    if when.fact:
        says = SAYS.get(FactKind(when.fact), ())
    elif when.trait:
        says = (when.trait,)
    return tuple(dict.fromkeys((NAME, DATE, *says, *when.where)))


def _parts(words: Words) -> dict[str, str]:
    """What was written, by part; who wrote nothing short says nothing short."""
    parts = {"subject": words.subject, "body": words.body}
    return {**parts, "short": words.short} if words.short else parts


def _check_text(text: str, part: str, names: frozenset[str], at: str) -> None:
    """No text that passes fails when it is said, whatever the names hold: they hold texts."""
    from jinja2 import TemplateSyntaxError, nodes

    most = _MOST[part]
    if len(text) > most:
        raise Invalid(f"a {part} has {most:,} characters at most", at)
    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        raise Invalid(f"line {error.lineno} cannot be read: {error.message}"[:300], at) from error
    except RecursionError as error:
        raise Invalid("too much stands in one another; write it plainer", at) from error
    if _is_deeper(tree, MOST_NESTED):
        raise Invalid("too much stands in one another; write it plainer", at)
    allowed = (
        nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.Compare, nodes.Operand, nodes.Const,
        nodes.And, nodes.Or, nodes.Not, nodes.Filter,
    )  # fmt: skip
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, allowed) or (isinstance(node, nodes.Filter) and node.name not in _FILTERS):
            words = f"only names, if, comparisons and the filters {', '.join(sorted(_FILTERS))} are for texts"
            raise Invalid(f"line {node.lineno}: {words}", at)
        if isinstance(node, nodes.Name) and node.name not in names:
            there = ", ".join(sorted(names))
            raise Invalid(f"line {node.lineno}: nobody gives {node.name!r}; there are {there}", at)
        if wrong := _wrong_in(node):
            raise Invalid(f"line {node.lineno}: {wrong}", at)


def _wrong_in(node: "nodes.Node") -> str:
    """Why it could fail, or would never hold, as every name holds a text; empty: it cannot."""
    from jinja2 import nodes

    if isinstance(node, nodes.Filter) and node.args:
        text, *only_missing = node.args
        fits = node.name == "default" and _is_text(text) and len(only_missing) < 2
        if not fits or not all(isinstance(one, nodes.Const) and one.value is True for one in only_missing):
            return "a filter is written without brackets, but for `default('a text', true)`"
    if isinstance(node, nodes.Compare) and not all(map(_is_text, (node.expr, *(one.expr for one in node.ops)))):
        return "names hold texts: compare them with names, or with texts in quotation marks"
    return ""


def _is_text(node: "nodes.Node") -> bool:
    from jinja2 import nodes

    while isinstance(node, nodes.Filter) and node.node is not None:
        node = node.node
    return isinstance(node, nodes.Name) or (isinstance(node, nodes.Const) and isinstance(node.value, str))


def _is_deeper(tree: "nodes.Node", most: int) -> bool:
    level: list[nodes.Node] = [tree]
    for _ in range(most):
        level = [child for node in level for child in node.iter_child_nodes()]
    return bool(level)


# ── What it says ──────────────────────────────────────────────────────────────────────────────────


def names_in(words: Words) -> frozenset[str]:
    """The names these texts ask for."""
    from jinja2.meta import find_undeclared_variables

    texts = _parts(words).values()
    return frozenset().union(*(find_undeclared_variables(_environment().parse(text)) for text in texts))


def rendered(words: Words, context: Mapping[str, str]) -> tuple[str, str]:
    """Subject and body. A subject is one line, whatever a name in it holds."""
    return " ".join(_said(words.subject, context).split()), _said(words.body, context)


def rendered_short(words: Words, context: Mapping[str, str]) -> str:
    """What is said where there is room for little: its short text, else its subject."""
    return _said(words.short or words.subject, context)


def _said(text: str, context: Mapping[str, str]) -> str:
    said: str = _template(text).render(context)
    return said.strip()


@lru_cache(maxsize=256)
def _template(text: str):  # type: ignore[no-untyped-def]
    return _environment().from_string(text)


@lru_cache(maxsize=1)
def _environment() -> "ImmutableSandboxedEnvironment":
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(autoescape=False)
    environment.filters["default"] = _or_else
    return environment


def _or_else(said: str, instead: str = "", _empty_too: bool = True) -> str:
    """What nobody told is an empty text: that is what a default is for."""
    return said or instead
