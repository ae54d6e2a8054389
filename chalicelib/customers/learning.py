"""What do facts teach us of a customer, money aside? By subject: her card, her name, one trait, one consent.

Of each subject the newest statement counts, by when it happened and in whatever order it comes. Of two at one moment
"nothing" counts, else the greater value, so that no order matters. A corrected fact says nothing, and what is then
known of its subjects is what the others say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from chalicelib.customers import consent
from chalicelib.customers.identity import WORDS, with_words, word_of
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict
from chalicelib.model.customer import MOST_TRAITS, Consent, Customer, consent_key
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind

T = TypeVar("T")
CARD = "card"
MOST_TRAIT_NAMES = (
    100  # that one customer ever had: those removed are remembered, so that no older news bring them back
)
_TRAIT, _CONSENT = "trait:", "consent:"
_CARD_TRAIT = "card_expires_on"  # no trait of the company's: their names have no _
_PROBLEM = "problem:"

Told = Fact | Event


def subjects(told: Told) -> tuple[str, ...]:
    """What a fact speaks of. An event speaks of one consent, when she unsubscribed."""
    if isinstance(told, Event):
        return (_consent_of(told.detail),) if told.what is EventKind.UNSUBSCRIBED else ()
    if told.what is FactKind.CONSENT:
        return (_consent_of(told.data),)
    return tuple(_said(told))


def learn(customer: Customer, told: Told, about: Iterable[str] | None = None) -> Customer:
    """What it says of these subjects, or of all. Older news never overrides newer."""
    if isinstance(told, Fact) and told.corrected_by:
        return customer
    wanted = subjects(told) if about is None else set(subjects(told)).intersection(about)
    if any(subject.startswith(_CONSENT) for subject in wanted):
        return _consented(customer, told)
    if isinstance(told, Fact):
        for subject, said in _said(told).items():
            customer = _learnt(customer, subject, said, told.occurred_at) if subject in wanted else customer
    return customer


def relearn(customer: Customer, about: Iterable[str], still: Iterable[Told]) -> Customer:
    """These subjects as if only what is `still` held true had been told of them."""
    about = tuple(about)
    for subject in about:
        customer = _without(customer, subject)
    for told in still:
        customer = learn(customer, told, about)
    return customer


def still_told(about: Iterable[str], newest_first: Iterable[Told], *, but: str = "") -> list[Told]:
    """What decides these subjects, of all that was told of her but the fact `but`. Reads no further than it must."""
    about, found = set(about), []
    decided: dict[str, datetime] = {}
    if not about:
        return []
    for told in newest_first:
        at = ids.instant_of(told.id)
        if decided.keys() == about and at < min(decided.values()):
            break
        if told.id == but or (isinstance(told, Fact) and told.corrected_by):
            continue
        if speaks_of := about.intersection(subjects(told)):
            found.append(told)
            decided = {**dict.fromkeys(speaks_of, at), **decided}
    return found


def corrected(entries: Iterable[object]) -> tuple[str, ...]:
    """The subjects of which a correction among these made something else known."""
    corrections = (entry for entry in entries if isinstance(entry, Fact) and entry.what is FactKind.CORRECTION)
    return tuple(sorted({about for fact in corrections for about in fact.data.get("about", "").split(",") if about}))


def check_room(before: Customer, after: Customer) -> None:
    """Raises Conflict when a fact would give her more traits than one customer has."""
    names = [subject.removeprefix(_TRAIT) for subject in after.learnt if subject.startswith(_TRAIT)]
    if len(names) > max(MOST_TRAIT_NAMES, sum(subject.startswith(_TRAIT) for subject in before.learnt)):
        raise Conflict(f"a customer has at most {MOST_TRAIT_NAMES} names of traits, removed ones included", "/data")
    if len(after.traits) > len(before.traits) and sum(name in after.traits for name in names) > MOST_TRAITS:
        raise Conflict(f"a customer has at most {MOST_TRAITS} traits; remove others first", "/data/set")


def traits_of(subject: str) -> tuple[str, ...]:
    """The trait a subject is kept as, if it is kept as one."""
    if subject == CARD:
        return (_CARD_TRAIT,)
    if subject.startswith(_PROBLEM):
        return (problem_trait(subject.removeprefix(_PROBLEM)),)
    return (subject.removeprefix(_TRAIT),) if subject.startswith(_TRAIT) else ()


def problem_trait(what: str) -> str:
    """The trait in which the day lies on which a problem bites."""
    return f"problem_{what}"


def introduced(customer: Customer, word: str) -> str:
    """What was said of her in passing, whatever facts know."""
    return customer.introduced.get(word, "") if word in customer.learnt else word_of(customer, word)


def _consent_of(data: Mapping[str, str]) -> str:
    return _CONSENT + consent_key(data["channel"], data["purpose"])


def _said(fact: Fact) -> dict[str, str]:  # noqa: PLR0911 - one for each kind that teaches something
    """What it says of each subject; nothing: there is none any more."""
    match fact.what:
        case FactKind.CARD_EXPIRING:
            return {CARD: fact.data["expires_on"]}
        case FactKind.CARD_UPDATED:
            return {CARD: ""}
        case FactKind.PROBLEM_AHEAD:
            return {_PROBLEM + fact.data["what"]: fact.data["on"]}
        case FactKind.PROBLEM_SOLVED:
            return {_PROBLEM + fact.data["what"]: ""}
        case FactKind.PROFILE:
            return {word: told for word in WORDS if (told := fact.data.get(word))}
        case FactKind.TRAIT:
            return {_TRAIT + name: value for name, value in fact.data.items()}
    return {}


def _consented(customer: Customer, told: Told) -> Customer:
    data, at = (told.detail, told.at) if isinstance(told, Event) else (told.data, told.occurred_at)
    said = Consent(granted=data.get("granted") == "true", at=at, proof=data["proof"])
    return consent.with_consent(customer, data["channel"], data["purpose"], said)


def _learnt(customer: Customer, subject: str, said: str, at: datetime) -> Customer:
    known_at = customer.learnt.get(subject)
    known = _known(customer, subject)
    if known_at and (known_at, not known, known) > (at, not said, said):
        return customer
    aside = introduced(customer, subject) if subject in WORDS else ""
    customer = replace(customer, learnt={**customer.learnt, subject: at})
    if subject in WORDS:
        kept = {**customer.introduced, subject: aside} if aside else customer.introduced
        return replace(with_words(customer, {subject: said}), introduced=kept)
    (name,) = traits_of(subject)
    traits = _but(customer.traits, name)
    return replace(customer, traits={**traits, name: said} if said else traits)


def _known(customer: Customer, subject: str) -> str:
    return word_of(customer, subject) if subject in WORDS else customer.traits.get(traits_of(subject)[0], "")


def _without(customer: Customer, subject: str) -> Customer:
    if subject.startswith(_CONSENT):
        return replace(customer, consents=_but(customer.consents, subject.removeprefix(_CONSENT)))
    if subject in WORDS:
        customer = with_words(customer, {subject: introduced(customer, subject)})
    return replace(
        customer,
        introduced=_but(customer.introduced, subject),
        learnt=_but(customer.learnt, subject),
        traits={name: trait for name, trait in customer.traits.items() if name not in traits_of(subject)},
    )


def _but(these: Mapping[str, T], name: str) -> dict[str, T]:
    return {key: each for key, each in these.items() if key != name}
