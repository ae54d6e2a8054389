"""Was a person needed? Whether what somebody asked was served, once it is known that she turned to nobody about it.

A request is counted when it begins, and moved to another cell of the same counter when its fate changes: so whatever is
asked, retried, merged or erased, each is in exactly one cell, and no sweep is needed. What may still change stands on
the row of whoever asked, which asking and intake read and write anyway.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Generic, TypeVar
from zlib import crc32

from chalicelib.insight.statistics import drawn
from chalicelib.kernel.decision import Gone, Tally
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.deflection import (
    A_WORD,
    CONTACT,
    LONGEST_TOPIC,
    MOST_JOINED,
    MOST_REQUESTS,
    MOST_WORDS,
    Fate,
    OpenQuestion,
    Visitor,
)
from chalicelib.model.policy import Policy
from chalicelib.model.question import AskedThrough, Question
from chalicelib.model.tally import words_as_one

COUNTER = "requests"  # by the month in which they began
NAMELESS = "nameless"  # asked by nobody who could be seen again: counted apart
SALT, EXPERIMENT = "v1", "answers"
HELD, SHOWN = "held", "shown"
UNASKED = (AskedThrough.LETTER, AskedThrough.FORM)  # where answers come that she did not look for
READ = 400  # characters of a text that are compared
WHILE_WRITING = timedelta(hours=1)  # what the form was asked so shortly before the contact is about it

A = TypeVar("A", Customer, Visitor)
Sums = Counter[tuple[str, str]]  # by counter's month and name


@dataclass(frozen=True, slots=True)
class Reckoned(Generic[A]):
    """Whoever asked, and what is added to which sums."""

    asker: A
    sums: Sums

    def changes(self, before: A) -> tuple[object, ...]:
        """For a decision; the sums with the row that makes a repetition harmless. Nothing where nothing changed."""
        return (self.asker, *tallies(self.sums)) if self.asker != before else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """That somebody turned to a person."""

    at: datetime
    case_id: str
    channel: str
    topic: str = ""
    text: str = ""
    language: str = ""
    follows: str = ""  # the case hers goes on from
    opened: bool = True  # whether the case was opened by it


# ── Held out ──────────────────────────────────────────────────────────────────────────────────────


def held_out(asker_id: str, policy: Policy) -> bool:
    """Whether she is shown no answers in letters and beside the form, so that it is known what would happen without
    them. In what she searches herself she is shown all: nobody is refused what she looks for."""
    return drawn(SALT, EXPERIMENT, asker_id) < policy.knowledge.hold_out


# ── Asking ────────────────────────────────────────────────────────────────────────────────────────


def asked(asker: Customer | Visitor | None, question: Question, policy: Policy) -> tuple[object, ...]:
    """What a question changes beside its own row: a new request or one she made before, and the figures. The same again
    changes nothing. What an agent looks up while she talks to somebody is no request."""
    if question.through is AskedThrough.AGENT:
        return ()
    if asker is None:
        return tallies(Counter({_cell_of(question.asked_at, NAMELESS, "", "", question.through.value, "", ""): 1}))
    if isinstance(asker, Visitor):
        return ask(asker, question, policy).changes(asker)
    return ask(asker, question, policy).changes(asker)


def ask(asker: A, question: Question, policy: Policy) -> Reckoned[A]:
    """As `asked`, of somebody."""
    known = kept(asker.questions, question.asked_at, policy)
    if any(question.id == one.id or question.id in one.asked for one in asker.questions):
        return Reckoned(asker, Counter())
    shown = question.answered and not question.held_out
    asked_so = OpenQuestion(
        id=question.id,
        at=question.asked_at,
        fate=Fate.SERVED if shown else Fate.UNSERVED,
        through=question.through.value,
        topic=_topic(question.topic),
        tier=_tier_of(asker),
        words=telling(question.text, question.language),
        slug=next(iter(question.shown), "") if shown else "",
    )
    before = next((one for one in reversed(known) if why_the_same(asked_so, one, question, policy)), None)
    if before is None and question.case_id:
        return Reckoned(asker, Counter())  # its contact was counted, too long ago to be remembered
    group, compared = _group(asker, question, policy)
    after = replace(_joined(before, asked_so, question) if before else asked_so, group=group)
    if before and before.group:
        after, compared = replace(after, group=before.group), asker.compared
    told = _with(asker, _in_place(known, before, after), question.asked_at)
    return Reckoned(replace(told, compared=compared), _moved(before, after))


def _joined(before: OpenQuestion, again: OpenQuestion, question: Question) -> OpenQuestion:
    fate = before.fate
    if fate is not Fate.PERSON and again.fate is Fate.SERVED:
        fate = Fate.SERVED
    by_letter = question.through is AskedThrough.LETTER and not before.through
    return replace(
        before,
        fate=fate,
        again_at=max(before.last_at, again.at),
        through=again.through if by_letter else before.through,
        cases=before.seen_to_in if by_letter else before.cases,
        topic=before.topic or again.topic,
        slug=again.slug or before.slug,
        asked=(*before.asked, again.id)[-MOST_JOINED:],
    )


def why_the_same(question: OpenQuestion, earlier: OpenQuestion, asked_so: Question, policy: Policy) -> str:
    """Why a question is one matter with an earlier request; empty: it is not."""
    if asked_so.case_id:
        return "asked in its case" if asked_so.case_id in earlier.seen_to_in else ""
    if abs(question.at - earlier.at) > policy.knowledge.served_after:
        return ""
    if question.topic and question.topic == earlier.topic:
        return "of the same topic"
    if question.slug and question.slug == earlier.slug:
        return "led to the same article"
    return "in the same words" if alike(question.words, earlier.words) else ""


def _group(asker: Customer | Visitor, question: Question, policy: Policy) -> tuple[str, str]:
    """In which group of the comparison a request counts, and the month and share she was compared in: once in each, so
    that one who asks often weighs as much as anybody."""
    share = policy.knowledge.hold_out
    eligible = question.answered and question.through in UNASKED and 0 < share < 1
    period = f"{question.asked_at:%Y-%m}@{share}"
    if not eligible or asker.compared == period:
        return "", asker.compared
    return f"{HELD if question.held_out else SHOWN}@{share}", period


# ── What became of it ─────────────────────────────────────────────────────────────────────────────


def turned(asker: A, contact: Turned, policy: Policy) -> Reckoned[A]:
    """What it means to the figures that she turned to a person: what she had asked about it was not served. A case
    nothing was asked about before is a request of its own. The same contact again changes nothing."""
    words = telling(contact.text, contact.language) if contact.opened or asker.questions else ""
    about = {one.id for one in asker.questions if why_about(contact, words, one, policy)}
    sums: Sums = Counter()
    questions: list[OpenQuestion] = []
    for one in asker.questions:
        after = _with_person(one, contact) if one.id in about else one
        sums.update(_moved(one, after))
        questions.append(after)
    if contact.opened and not about and not isinstance(asker, Visitor):
        first = OpenQuestion(
            id=contact.case_id,
            at=contact.at,
            fate=Fate.PERSON,
            topic=_topic(contact.topic),
            tier=_tier_of(asker),
            channel=contact.channel,
            words=words,
        )
        sums.update(_moved(None, first))
        questions = [*kept(questions, contact.at, policy), first]
    return Reckoned(_with(asker, questions, contact.at) if tuple(questions) != asker.questions else asker, sums)


def needed(
    customer: Customer, visitor: Visitor | None, contact: Turned, policy: Policy, *, proven: bool
) -> tuple[Customer, tuple[object, ...]]:
    """`turned` in a decision that writes the customer anyway: the customer, and what else it changes. `visitor` is who
    she was on the page she wrote on; unless it is `proven` that it was she, what was asked there stays the visitor's,
    and was not served either."""
    sums: Sums = Counter()
    changes: list[object] = []
    if visitor and proven:
        known = linked(customer, visitor, policy)
        customer, sums = known.asker, known.sums
        changes.append(Gone(visitor))
    elif visitor:
        seen = turned(visitor, contact, policy)
        sums = seen.sums
        changes += [seen.asker] if seen.asker != visitor else []
        contact = replace(contact, opened=contact.opened and seen.asker == visitor)
    found = turned(customer, contact, policy)
    sums.update(found.sums)
    return found.asker, (*changes, *tallies(sums))


def why_about(contact: Turned, words: str, asked_so: OpenQuestion, policy: Policy) -> str:
    """Why a contact is about what was asked; empty: it is not, and the question may still be served."""
    within = policy.knowledge.served_after
    if not asked_so.at - within <= contact.at <= asked_so.last_at + within:
        return ""
    if contact.case_id in asked_so.seen_to_in:
        return "in the same case"
    if contact.follows and contact.follows in asked_so.seen_to_in:
        return "goes on from its case"
    if asked_so.through == AskedThrough.FORM.value and abs(contact.at - asked_so.last_at) <= WHILE_WRITING:
        return "asked while she wrote"
    if asked_so.topic and asked_so.topic == _topic(contact.topic):
        return "of the same topic"
    return "in the same words" if alike(asked_so.words, words) else ""


def _with_person(asked_so: OpenQuestion, contact: Turned) -> OpenQuestion:
    seen_to = _with_case(asked_so, contact.case_id)
    channel = asked_so.channel if asked_so.fate is Fate.PERSON else contact.channel
    return replace(asked_so, fate=Fate.PERSON, channel=channel, cases=seen_to)


def _with_case(one: OpenQuestion, case_id: str) -> tuple[str, ...]:
    known = not case_id or case_id in one.seen_to_in
    return one.cases if known else (*one.cases, case_id)[-MOST_JOINED:]


def said_solved(asker: A, question_id: str, case: Case | None, now: datetime, policy: Policy) -> Reckoned[A]:
    """She says that an answer solved what she asked: it was served. So was what she had written to us already, unless a
    person had answered it: `case` is that case as it was before she said so."""
    if case and answered_by_person(case):
        return Reckoned(asker, Counter())
    theirs = _in_one(case)

    def served(one: OpenQuestion) -> OpenQuestion:
        mine = question_id in (one.id, *one.asked) or bool(theirs & set(one.seen_to_in))
        may = one.fate is not Fate.PERSON or (bool(theirs) and set(one.seen_to_in) <= theirs)
        return replace(one, fate=Fate.SERVED) if mine and may else one

    return _each(asker, served, now, policy)


def _in_one(case: Case | None) -> set[str]:
    """The case and those merged into it."""
    return {case.id, *case.absorbed} if case else set()


def answered_by_person(case: Case) -> bool:
    """Whether anybody of ours gave an answer in it: then a person served her, whatever she says of articles."""
    return case.first_answer is not None or bool(case.promise and case.promise.kept_at)


def said_unsolved(asker: A, question_id: str, now: datetime, policy: Policy) -> Reckoned[A]:
    """She says that the answer did not help: it was not served, whether she turns to a person or gives up."""

    def unserved(one: OpenQuestion) -> OpenQuestion:
        mine = question_id in (one.id, *one.asked) and one.fate is Fate.SERVED
        return replace(one, fate=Fate.UNSERVED) if mine else one

    return _each(asker, unserved, now, policy)


def said_needed(asker: A, question_id: str, case_id: str, channel: str, now: datetime, policy: Policy) -> Reckoned[A]:
    """She says of this very question that she needs a person."""

    def needed(one: OpenQuestion) -> OpenQuestion:
        if question_id not in (one.id, *one.asked):
            return one
        seen_to = _with_case(one, case_id)
        way = one.channel if one.fate is Fate.PERSON else channel
        return replace(one, fate=Fate.PERSON, cases=seen_to, channel=way)

    return _each(asker, needed, now, policy)


def retopiced(customer: Customer, case: Case, now: datetime, policy: Policy) -> Reckoned[Customer]:
    """Her requests once their case has another topic: those that began with a contact are counted under it."""

    def of_topic(one: OpenQuestion) -> OpenQuestion:
        began = case.id == one.id and one.topic != _topic(case.topic)
        return replace(one, topic=_topic(case.topic)) if began else one

    return _each(customer, of_topic, now, policy)


# ── Who it was ────────────────────────────────────────────────────────────────────────────────────


def linked(customer: Customer, visitor: Visitor, policy: Policy) -> Reckoned[Customer]:
    """The customer once it is known that she was that visitor: what was asked so is hers, counted with her tier; what
    she had asked before under her name is one request. The visitor's row has to go in the same decision."""
    sums: Sums = Counter()
    questions = list(customer.questions)
    for one in visitor.questions:
        hers = replace(one, tier=customer.tier)
        same = next((each for each in questions if _one_matter(hers, each, policy)), None)
        if same is None:
            questions.append(hers)
            sums.update(_moved(one, hers))
            continue
        both = _together(same, hers)
        questions[questions.index(same)] = both
        sums.update(_moved(one, None))
        sums.update(_moved(same, both))
    told = _with(customer, sorted(questions, key=lambda each: each.at), visitor.seen_at)
    return Reckoned(replace(told, compared=customer.compared or visitor.compared), _without_zeros(sums))


def came_as(customer: Customer, visitor: Visitor, policy: Policy) -> tuple[object, ...]:
    """`linked` as changes of a decision, for who signs in."""
    found = linked(customer, visitor, policy)
    return (*found.changes(customer), Gone(visitor))


def _one_matter(one: OpenQuestion, other: OpenQuestion, policy: Policy) -> bool:
    if abs(one.at - other.at) > policy.knowledge.served_after:
        return False
    same = (one.topic and one.topic == other.topic) or (one.slug and one.slug == other.slug)
    return bool(same) or bool(set(one.seen_to_in) & set(other.seen_to_in)) or alike(one.words, other.words)


def _together(one: OpenQuestion, other: OpenQuestion) -> OpenQuestion:
    """Two requests as one, which is the earlier one."""
    first, second = sorted((one, other), key=lambda each: each.at)
    person = next((each for each in (first, second) if each.fate is Fate.PERSON), None)
    fate = Fate.PERSON if person else min(first.fate, second.fate, key=lambda each: each is not Fate.SERVED)
    return replace(
        first,
        fate=fate,
        channel=person.channel if person else "",
        again_at=max(first.last_at, second.last_at),
        topic=first.topic or second.topic,
        group=first.group or second.group,
        slug=first.slug or second.slug,
        asked=(*first.asked, second.id, *second.asked)[-MOST_JOINED:],
        cases=tuple(dict.fromkeys((*first.cases, *second.seen_to_in)))[-MOST_JOINED:],
    )


def of_both(ours: Sequence[OpenQuestion], theirs: Sequence[OpenQuestion]) -> tuple[OpenQuestion, ...]:
    """Of two records that are one customer. Nothing is counted anew: undoing gives each back what was hers."""
    known = {one.id: one for one in (*theirs, *ours)}
    return tuple(sorted(known.values(), key=lambda one: one.at))[-MOST_REQUESTS:]


def of_one(now: Sequence[OpenQuestion], hers: Iterable[OpenQuestion]) -> tuple[OpenQuestion, ...]:
    """Of what both have by now, what was hers before they were one, as it stands."""
    ids = {one.id for one in hers}
    return tuple(one for one in now if one.id in ids)


# ── In common ─────────────────────────────────────────────────────────────────────────────────────


def telling(text: str, language: str) -> str:
    """Checksums of the words of a text that tell what it is about, the first ones: enough to compare it by."""
    from chalicelib.search.analysis import says_little, spoken, tokens  # it loads a stemmer

    language = spoken(text[:READ], language)
    found = tokens(text[:READ], language)
    sums = (crc32(token.encode()).to_bytes(4)[-3:] for token in found if not says_little(token, language))
    return "".join(b64encode(each).decode() for each in list(dict.fromkeys(sums))[:MOST_WORDS])


def alike(one: str, other: str) -> bool:
    """Whether at least half of the words of the shorter one are in the other, and two of them unless it has but one."""
    mine, hers = _words_in(one), _words_in(other)
    wanted, common = min(len(mine), len(hers)), len(mine & hers)
    return common > 0 and common >= max(min(2, wanted), ceil(wanted / 2))


def _words_in(told: str) -> set[str]:
    return {told[at : at + A_WORD] for at in range(0, len(told), A_WORD)}


def kept(questions: Sequence[OpenQuestion], now: datetime, policy: Policy) -> list[OpenQuestion]:
    """Those whose fate may still change: others are counted as they are, for good."""
    return [one for one in questions if one.last_at + policy.knowledge.served_after >= now]


def final_before(now: datetime, policy: Policy) -> datetime:
    """Requests that began earlier are counted for good: within the window of the first question others joined them, and
    within the window of the last of those a person was turned to, or was not."""
    return now - 2 * policy.knowledge.served_after


def _each(asker: A, change: Callable[[OpenQuestion], OpenQuestion], now: datetime, policy: Policy) -> Reckoned[A]:
    """All that may still change."""
    sums: Sums = Counter()
    open_ones = kept(asker.questions, now, policy)
    after = tuple(change(one) if one in open_ones else one for one in asker.questions)
    for one, other in zip(asker.questions, after, strict=True):
        sums.update(_moved(one, other))
    return Reckoned(replace(asker, questions=after) if after != asker.questions else asker, _without_zeros(sums))


def _tier_of(asker: Customer | Visitor) -> str:
    return asker.tier if isinstance(asker, Customer) else ""


def _in_place(known: Iterable[OpenQuestion], before: OpenQuestion | None, after: OpenQuestion) -> list[OpenQuestion]:
    return [*(one for one in known if one is not before), after]


def _with(asker: A, questions: Iterable[OpenQuestion], at: datetime) -> A:
    newest = tuple(questions)[-MOST_REQUESTS:]
    if isinstance(asker, Visitor):
        return replace(asker, questions=newest, seen_at=max(asker.seen_at, at))
    return replace(asker, questions=newest)


# ── Cells ─────────────────────────────────────────────────────────────────────────────────────────


def _moved(before: OpenQuestion | None, after: OpenQuestion | None) -> Sums:
    sums: Sums = Counter()
    if before:
        sums[_cell(before)] -= 1
    if after:
        sums[_cell(after)] += 1
    return _without_zeros(sums)


def _cell(one: OpenQuestion) -> tuple[str, str]:
    return _cell_of(one.at, one.fate.value, one.topic, one.tier, one.through or CONTACT, one.channel, one.group)


def _cell_of(at: datetime, *words: str) -> tuple[str, str]:
    return f"{at:%Y-%m}", words_as_one(f"{at:%Y-%m-%d}", *words)


def tallies(sums: Mapping[tuple[str, str], int]) -> tuple[Tally, ...]:
    """One for each month, for no sum may be written twice in one decision."""
    by_month: dict[str, dict[str, int]] = {}
    for (month, name), amount in sums.items():
        if amount:
            by_month.setdefault(month, {})[name] = amount
    return tuple(Tally((COUNTER, month), amounts) for month, amounts in by_month.items())


def _without_zeros(sums: Sums) -> Sums:
    return Counter({cell: amount for cell, amount in sums.items() if amount})


def _topic(told: str) -> str:
    return told.strip().lower()[:LONGEST_TOPIC]
