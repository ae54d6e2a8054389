"""What becomes of a gap when it is asked again, dismissed, taken on, answered?

People are counted by a sketch of their fingerprints (k minimum values): exact for the first SKETCHED of them, estimated
beyond, and nobody can be found by it who is not known already.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict
from chalicelib.knowledge.clusters import Tokens, medoid
from chalicelib.knowledge.heat import asked, demand, together
from chalicelib.model.gap import (
    MOST_ABSORBED,
    MOST_ALTERNATIVES,
    MOST_CASES,
    MOST_EXAMPLES,
    MOST_KINDS,
    SKETCH_DIGITS,
    SKETCHED,
    Alternative,
    Example,
    Gap,
    GapCase,
    GapState,
)
from chalicelib.model.question import AskedThrough, Question, QuestionState

Rule = Callable[[Gap], Decision]
LONGEST_ALTERNATIVE = 2_000  # characters
MOST_JOINED = 2_000  # gaps that are compared with each other
LONGEST_EXAMPLE = 200  # characters
FIRST_LOOK = timedelta(minutes=10)  # until somebody may have answered a case
MOST_LOOKS = 8  # each after twice the time: within some two days
COMES_BACK_AT = 2.0  # times the demand it had when it was settled
# Which channel an ask would have been, or was: what a person's answer to it costs.
CHANNELS: Mapping[AskedThrough, str] = {
    AskedThrough.HELP_CENTRE: "web",
    AskedThrough.FORM: "web",
    AskedThrough.API: "app",
    AskedThrough.LETTER: "email",
    AskedThrough.AGENT: "phone",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question as a gap takes it in. `text` is masked. `again`: it was taken in before, and only now it ended with
    a person."""

    question_id: str
    at: datetime
    text: str
    language: str = ""
    asker: str  # id of a customer or visitor
    tier: str = ""
    topic: str = ""
    case_id: str = ""
    cost: int = 0  # minor units, if it ended with a person
    with_person: bool = False
    again: bool = False


def ask_of(question: Question, masked: str, costs: Mapping[str, int]) -> Ask:
    person = with_person(question) and question.learned_as != QuestionState.PERSON.value
    return Ask(
        question_id=question.id,
        at=question.asked_at,
        text=masked[:LONGEST_EXAMPLE].strip(),
        language=question.language,
        asker=question.customer_id or question.visitor_id,
        tier=question.tier,
        topic=question.topic,
        case_id=question.case_id,
        with_person=person,
        cost=costs.get(CHANNELS[question.through], 0) if person else 0,
        again=bool(question.gap_id),
    )


def with_person(question: Question) -> bool:
    return question.state is QuestionState.PERSON or bool(question.case_id)


def open_for(ask: Ask) -> Gap:
    """A new gap with nothing in it yet. Its id follows from the question that made it, so that two workers who open it
    for the same one make one."""
    return Gap(
        id=ids.derived_ulid(ask.at, "gap", ask.question_id),
        language=ask.language,
        question=ask.text,
        opened_at=ask.at,
        last_at=ask.at,
    )


def take_in(gap: Gap, asks: Sequence[Ask], tokens: Tokens, *, propose_after: int, now: datetime) -> Gap:
    """The gap after these were asked as well. The order of asks makes no difference."""
    new = [ask for ask in asks if not ask.again]
    heat = gap.heat
    for ask in new:
        heat = asked(heat, ask.at)
    examples = _examples(gap.examples, (ask.text for ask in new))
    cases = _cases(gap.cases, (ask.case_id for ask in asks if ask.case_id))
    has_news = any(not case.looked_at for case in cases) and cases != gap.cases
    taken = replace(
        gap,
        language=gap.language or next((ask.language for ask in asks if ask.language), ""),
        question=medoid([(each.text, each.times) for each in examples], tokens) if examples else gap.question,
        examples=examples,
        asks=gap.asks + len(new),
        heat=heat,
        sketch=_sketch(gap.sketch, (fingerprint(ask.asker) for ask in new if ask.asker)),
        with_person=gap.with_person + sum(ask.with_person for ask in asks),
        cost=gap.cost + sum(ask.cost for ask in asks),
        tiers=_counted(gap.tiers, (ask.tier for ask in new)),
        topics=_counted(gap.topics, (ask.topic for ask in new)),
        cases=cases,
        last_at=max(gap.last_at, *(ask.at for ask in new)) if new else gap.last_at,
        looks=0 if has_news else gap.looks,
    )
    return _looking(_judged(taken, propose_after, now), now, anew=has_news)


def join(kept: Gap, other: Gap, tokens: Tokens, *, propose_after: int, now: datetime) -> tuple[Gap, Gap]:
    """Two gaps that turned out to be one: the whole, and what is left of the other."""
    examples = _examples(kept.examples, (each.text for each in other.examples for _ in range(each.times)))
    whole = replace(
        kept,
        question=medoid([(each.text, each.times) for each in examples], tokens),
        examples=examples,
        asks=kept.asks + other.asks,
        heat=together(kept.heat, other.heat),
        sketch=_sketch(kept.sketch, other.sketch),
        with_person=kept.with_person + other.with_person,
        cost=kept.cost + other.cost,
        tiers=_counted(kept.tiers, (name for name, times in other.tiers.items() for _ in range(times))),
        topics=_counted(kept.topics, (name for name, times in other.topics.items() for _ in range(times))),
        cases=(kept.cases + tuple(case for case in other.cases if case not in kept.cases))[-MOST_CASES:],
        alternatives=(kept.alternatives + other.alternatives)[:MOST_ALTERNATIVES],
        opened_at=min(kept.opened_at, other.opened_at),
        last_at=max(kept.last_at, other.last_at),
        owner=kept.owner or other.owner,
        absorbed=(*kept.absorbed, other.id, *other.absorbed)[-MOST_ABSORBED:],
    )
    left = replace(other, state=GapState.MERGED, merged_into=kept.id, look_at=None, cases=(), alternatives=())
    return _looking(_judged(whole, propose_after, now), now, anew=True), left


def fingerprint(asker: str) -> str:
    return hashlib.sha256(f"asked by {asker}".encode()).hexdigest()[:SKETCH_DIGITS]


# ── What people decide about it ───────────────────────────────────────────────────────────────────


def dismiss(gap: Gap, *, now: datetime) -> Decision:
    """Nobody shall write it; it comes back when twice as much is asked. Raises Conflict when it is settled."""
    if gap.state is GapState.DISMISSED:
        return Decision(reason="dismissed before")
    if not gap.is_open:
        raise Conflict(f"this gap is {gap.state.value}: there is nothing to dismiss")
    settled = replace(gap, state=GapState.DISMISSED, settled_at=now, settled_heat=gap.heat, look_at=None)
    return Decision((settled,), reason="dismissed")


def assign(gap: Gap, owner: str) -> Decision:
    """Whoever writes it; "": nobody. Raises Conflict when it is settled."""
    if gap.owner == owner:
        return Decision(reason="hers already" if owner else "nobody's already")
    if not gap.is_open:
        raise Conflict(f"this gap is {gap.state.value}: nobody has to write it")
    return Decision((replace(gap, owner=owner),), reason="assigned")


def reopen(gap: Gap) -> Decision:
    """It is to be written after all. Raises Conflict for one that was merged."""
    if gap.is_open:
        return Decision(reason="open already")
    if gap.state is GapState.MERGED:
        raise Conflict(f"this gap goes on as {gap.merged_into}: reopen that one")
    again = replace(gap, state=GapState.PROPOSED, settled_at=None, settled_heat=0, article_id="")
    return Decision((again,), reason="reopened")


def drafted(gap: Gap, article_id: str) -> Gap:
    """There is a draft that answers it. Raises Conflict when there was one before, or when it is settled."""
    if gap.article_id and gap.article_id != article_id:
        raise Conflict(f"there is a draft already: {gap.article_id}", "/article")
    if not gap.is_open:
        raise Conflict(f"this gap is {gap.state.value}: reopen it before it is written")
    return replace(gap, state=GapState.DRAFTED, article_id=article_id)


def answered(gap: Gap, article_id: str, now: datetime) -> Gap:
    """Its article can be read."""
    return replace(
        gap,
        state=GapState.ANSWERED,
        article_id=article_id,
        answered_at=now,
        settled_at=now,
        settled_heat=gap.heat,
        look_at=None,
    )


def unanswered(gap: Gap) -> Gap:
    """Its article cannot be read any more."""
    return replace(gap, state=GapState.DRAFTED, answered_at=None, settled_at=None, settled_heat=0)


# ── What its cases taught ─────────────────────────────────────────────────────────────────────────


def looked(gap: Gap, case_ids: Iterable[str], now: datetime) -> Gap:
    """These of its cases were answered, and that was learned; the others are looked at again, later and later."""
    done = frozenset(case_ids)
    cases = tuple(replace(case, looked_at=case.looked_at or case.case_id in done) for case in gap.cases)
    return _looking(replace(gap, cases=cases, looks=gap.looks + 1), now, anew=False, after_look=True)


def with_alternative(gap: Gap, case_id: str, text: str, now: datetime) -> Gap:
    """Another answer beside the draft. The same words, or of the same case, are there already."""
    if any(one.case_id == case_id or one.text == text for one in gap.alternatives):
        return gap
    added = Alternative(case_id=case_id, text=text, at=now)
    return replace(gap, alternatives=(*gap.alternatives, added)[-MOST_ALTERNATIVES:])


# ── Within ────────────────────────────────────────────────────────────────────────────────────────


def _judged(gap: Gap, propose_after: int, now: datetime) -> Gap:
    if gap.state is GapState.OPEN and gap.people >= propose_after:
        return replace(gap, state=GapState.PROPOSED, proposed_at=now)
    if gap.state in (GapState.DISMISSED, GapState.ANSWERED) and gap.settled_at:
        then = demand(gap.settled_heat, gap.settled_at)
        if demand(gap.heat, now) >= COMES_BACK_AT * max(then, 1.0):
            return replace(
                gap, state=GapState.PROPOSED, proposed_at=now, settled_at=None, settled_heat=0, article_id=""
            )
    return gap


def _looking(gap: Gap, now: datetime, *, anew: bool, after_look: bool = False) -> Gap:
    """When its cases are looked through: not before somebody wants an article, and never without end."""
    waits = gap.state in (GapState.PROPOSED, GapState.DRAFTED) and any(not case.looked_at for case in gap.cases)
    if not waits or gap.looks >= MOST_LOOKS:
        return replace(gap, look_at=None)
    if gap.look_at and not anew and not after_look:
        return gap
    if gap.look_at and anew and not after_look:
        return replace(gap, look_at=min(gap.look_at, now + FIRST_LOOK))
    return replace(gap, look_at=now + FIRST_LOOK * 2**gap.looks)


def _examples(known: tuple[Example, ...], texts: Iterable[str]) -> tuple[Example, ...]:
    times = {each.text: each.times for each in known}
    for text in filter(None, texts):
        times[text] = times.get(text, 0) + 1
    kept = sorted(times.items(), key=lambda each: (-each[1], each[0]))[:MOST_EXAMPLES]
    return tuple(Example(text=text, times=count) for text, count in kept)


def _sketch(known: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*known, *more})[:SKETCHED])


def _cases(known: tuple[GapCase, ...], case_ids: Iterable[str]) -> tuple[GapCase, ...]:
    there = {case.case_id for case in known}
    new = [GapCase(case_id=case_id) for case_id in dict.fromkeys(case_ids) if case_id not in there]
    return (*known, *new)[-MOST_CASES:]


def _counted(known: Mapping[str, int], names: Iterable[str]) -> Mapping[str, int]:
    counts = dict(known)
    for name in filter(None, names):
        counts[name] = counts.get(name, 0) + 1
    kept = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:MOST_KINDS]
    return dict(kept)
