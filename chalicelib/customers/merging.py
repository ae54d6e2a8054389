"""Are these two one person, and what if they are not after all? A merge is a pointer: nothing told is copied or moved.

The absorbed record rests and leads to the survivor. What comes by its handles is still told under it, and counts for
the survivor. So undoing has nothing to sort out on the timelines: it gives both back what they were, and to each what
was told under its own record since.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from chalicelib.customers import consent, facts, handles, lately, learning, reaching, tiers, value_index
from chalicelib.customers.identity import WORDS, with_words, word_of
from chalicelib.customers.languages import LANGUAGE
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict
from chalicelib.knowledge import deflection
from chalicelib.model.case import Case
from chalicelib.model.customer import Consent, Customer, Handle
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact
from chalicelib.model.interaction import Direction, Interaction
from chalicelib.model.merge import Merge, Signpost
from chalicelib.model.policy import Policy
from chalicelib.model.reach import Reach
from chalicelib.model.recovery import Asked
from chalicelib.model.tier import Standing

T = TypeVar("T")
MOST_RECORDS = 50  # of one person: a page of her timeline asks each
NOTICES_REMEMBERED = 10
TOLD_LATE = timedelta(days=400)  # a fact that happened longer before the merge stays with the survivor
A_MOMENT = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Since:
    """What stands on the timelines of each, from `TOLD_LATE` before the merge on, and her open cases. Of subjects of
    corrections among it: what is `still` told, whenever it was."""

    survivors: Iterable[Any]
    absorbeds: Iterable[Any]
    cases: Iterable[Case]
    survivors_still: Iterable[learning.Told] = ()
    absorbeds_still: Iterable[learning.Told] = ()


def merge(
    survivor: Customer,
    absorbed: Customer,
    *,
    author: str,
    reason: str,
    confirm_external: bool = False,
    policy: Policy,
    now: datetime,
) -> Decision:
    """Both as one from now on. Changes begin with the Merge. Raises Conflict, saying what to do instead."""
    _check(survivor, absorbed, confirm_external=confirm_external)
    survivor, absorbed = tiers.of_today(survivor), tiers.of_today(absorbed)
    earlier = [ids.instant_of(merge_id) for merge_id in (*survivor.merges, *absorbed.merges)]
    at = max([now, *(moment + A_MOMENT for moment in earlier)])
    made = Merge(
        id=ids.derived_ulid(at, "merge", survivor.id, absorbed.id, str(absorbed.version)),
        at=at,
        by=author,
        reason=reason,
        survivor=survivor,
        absorbed=absorbed,
    )
    both, retiered, news = tiers.retiered(_together(survivor, absorbed, made.id, policy, now), policy, now)
    rests = replace(absorbed, merged_into=survivor.id, merged_by=made.id)
    told = _told(EventKind.MERGED, survivor.id, absorbed.id, made.id, at, by=author, reason=reason)
    signs = (Signpost(merge_id=made.id, customer_id=customer.id) for customer in (survivor, absorbed))
    return Decision((made, both, rests, *signs, told, *retiered), news, reason="merged")


def undo(
    made: Merge,
    survivor: Customer,
    absorbed: Customer,
    since: Since,
    *,
    author: str,
    reason: str,
    policy: Policy,
    now: datetime,
) -> Decision:
    """Two again. Each is what she was before, and what was told under her own record since.

    Of what holds us back (unsubscribing by a link, notices she got) nobody can say whose it was: it holds for both.
    Raises Conflict when something was merged on top of it.
    """
    if made.undone_at:
        return Decision(reason="undone before")
    if survivor.merged_into:
        raise Conflict(f"{survivor.id} was merged into {survivor.merged_into}; undo merge {survivor.merged_by} first")
    if survivor.merges[-1] != made.id:
        raise Conflict(f"another customer was merged into {survivor.id} since; undo merge {survivor.merges[-1]} first")
    refusals = _refusals([*since.survivors, *since.absorbeds], made.at)
    hers = _facts(since.absorbeds, lambda fact: fact.during >= made.id)
    own = _facts(since.survivors, lambda fact: fact.recorded_at >= made.at - clock.SKEW)
    served = [entry for entry in since.absorbeds if isinstance(entry, Interaction) and entry.during >= made.id]
    theirs = _retold(made.absorbed, hers, refusals, learning.corrected(since.absorbeds), since.absorbeds_still)
    ours = _retold(made.survivor, own, refusals, learning.corrected(since.survivors), since.survivors_still)
    theirs = [*theirs, _served(theirs[-1], served)]
    held_back = _held_back(made, survivor, (*theirs, *ours))
    apart = _apart(made, survivor, absorbed, theirs[-1], since.cases)
    calls = {contact.at for contact in served}
    hers_rung = (*made.absorbed.rung, *(one for one in survivor.rung if one.at in calls))
    apart = replace(apart, rung=lately.newest(hers_rung))
    apart = replace(apart, consents=_said_last(apart.consents, held_back))
    rest = _rest(made, survivor, apart, ours[-1], (*theirs, *ours))
    apart, told_apart, news_of_apart = tiers.retiered(apart, policy, now)
    rest, told_rest, news_of_rest = tiers.retiered(rest, policy, now)
    over = replace(
        made,
        survivor=_named(made.survivor),
        absorbed=_named(made.absorbed),
        undone_at=now,
        undone_by=author,
        undone_because=reason,
    )
    what = EventKind.MERGE_UNDONE
    told = (
        _told(what, rest.id, apart.id, made.id, now, by=author, reason=reason),
        _told(what, apart.id, rest.id, made.id, now, by=author, reason=reason),
    )
    return Decision(
        (over, rest, apart, *told, *told_rest, *told_apart), (*news_of_rest, *news_of_apart), reason="undone"
    )


def _check(survivor: Customer, absorbed: Customer, *, confirm_external: bool) -> None:
    if survivor.id == absorbed.id:
        raise Conflict("nobody is merged into herself; name another customer", "/into")
    if survivor.id in absorbed.absorbed:
        raise Conflict(f"{survivor.id} was merged into this customer; undo that merge first", "/into")
    if absorbed.merged_into:
        raise Conflict(
            f"this customer was merged into {absorbed.merged_into}, by merge {absorbed.merged_by};"
            " merge that one, or undo it first"
        )
    if survivor.merged_into:
        raise Conflict(f"{survivor.id} was merged into {survivor.merged_into}; name that one", "/into")
    if len(survivor.ids) + len(absorbed.ids) > MOST_RECORDS:
        raise Conflict(f"nobody is made of more than {MOST_RECORDS} records", "/into")
    theirs = [set(customer.handles_of("external")) for customer in (survivor, absorbed)]
    if all(theirs) and theirs[0] != theirs[1] and not confirm_external:
        raise Conflict("your own systems know them by different ids; confirm that they are one", "/confirm_external")


# ── Together ──────────────────────────────────────────────────────────────────────────────────────


def _together(survivor: Customer, absorbed: Customer, merge_id: str, policy: Policy, now: datetime) -> Customer:
    """What adds up is added, what was said last counts, and what the survivor lacks she gets."""
    learnt = {
        about: _knows_better(survivor, absorbed, about).learnt[about]
        for about in {**survivor.learnt, **absorbed.learnt}
    }
    words = {word: _better_word(survivor, absorbed, word) for word in WORDS}
    aside = {**_introduced(absorbed), **_introduced(survivor)}
    together = replace(
        survivor,
        handles=(*survivor.handles, *(handle for handle in absorbed.handles if handle not in survivor.handles)),
        standing=tiers.better(survivor, absorbed, policy, now).standing,
        value=value_index.joined(survivor.value, absorbed.value),
        traits=_traits(survivor, absorbed),
        learnt=learnt,
        language_chosen=_knows_better(survivor, absorbed, LANGUAGE).language_chosen,
        told=_last_told(survivor.told, absorbed.told),
        introduced={word: told for word, told in aside.items() if word in learnt},
        consents=_said_last(survivor.consents, absorbed.consents),
        suppressed={**absorbed.suppressed, **survivor.suppressed},
        open_cases={**survivor.open_cases, **absorbed.open_cases},
        acknowledged=tuple(sorted((*survivor.acknowledged, *absorbed.acknowledged))),
        notices_sent=tuple(sorted((*survivor.notices_sent, *absorbed.notices_sent)))[-NOTICES_REMEMBERED:],
        reach=reaching.of_both(survivor.reach, absorbed.reach),
        told_of=_told_last(survivor.told_of, absorbed.told_of),
        blocked=survivor.blocked or absorbed.blocked,
        not_before=_newer(survivor.not_before, absorbed.not_before),
        organisation_id=survivor.organisation_id or absorbed.organisation_id,
        team=survivor.team or absorbed.team,
        last_agent=survivor.last_agent or absorbed.last_agent,
        recovery=survivor.recovery or absorbed.recovery,
        asked=_asked_last(survivor.asked, absorbed.asked),
        rating_asked_at=_newer(survivor.rating_asked_at, absorbed.rating_asked_at),
        questions=deflection.of_both(survivor.questions, absorbed.questions),
        compared=max(survivor.compared, absorbed.compared),
        pilots=_drawn_first(survivor, absorbed),
        lately=lately.of_both(survivor.lately, absorbed.lately),
        rung=lately.newest((*survivor.rung, *absorbed.rung)),
        absorbed=(*survivor.absorbed, *absorbed.ids),
        merges=(*survivor.merges, merge_id),
    )
    return with_words(together, words)


def _drawn_first(survivor: Customer, absorbed: Customer) -> dict[str, str]:
    """In each pilot the group of her older record, by which she would be drawn."""
    later, earlier = sorted((survivor, absorbed), key=lambda one: min(one.ids), reverse=True)
    return {**later.pilots, **earlier.pilots}


def _asked_last(ours: Mapping[str, Asked], theirs: Mapping[str, Asked]) -> dict[str, Asked]:
    """Of each topic the newest; both are remembered for days only."""
    return {
        topic: max((asked[topic] for asked in (ours, theirs) if topic in asked), key=lambda one: one.at)
        for topic in {**theirs, **ours}
    }


def _told_last(ours: Mapping[str, datetime], theirs: Mapping[str, datetime]) -> dict[str, datetime]:
    """When either was last told of each play."""
    return {play: max(told[play] for told in (ours, theirs) if play in told) for play in {**theirs, **ours}}


def _newer(ours: datetime | None, theirs: datetime | None) -> datetime | None:
    return max(filter(None, (ours, theirs)), default=None)


def _blocked_still(now: Customer, own: Customer, other: Customer) -> str:
    """What was said of her before, while it holds; what was said since holds back both."""
    return own.blocked if now.blocked and now.blocked == other.blocked else now.blocked


def _knows_better(survivor: Customer, absorbed: Customer, about: str) -> Customer:
    """Whose news of it are newer; the survivor's if neither are."""
    theirs, own = absorbed.learnt.get(about), survivor.learnt.get(about)
    return absorbed if theirs and (own is None or theirs > own) else survivor


def _better_word(survivor: Customer, absorbed: Customer, word: str) -> str:
    better = _knows_better(survivor, absorbed, word)
    other = absorbed if better is survivor else survivor
    return word_of(better, word) or word_of(other, word)


def _traits(survivor: Customer, absorbed: Customer) -> dict[str, str]:
    """The survivor's, then the absorbed one's; what facts tell comes from whose are newer, missing ones included."""
    traits = {**absorbed.traits, **survivor.traits}
    for about in {**survivor.learnt, **absorbed.learnt}:
        better = _knows_better(survivor, absorbed, about)
        names = learning.traits_of(about)
        traits = {name: trait for name, trait in traits.items() if name not in names}
        traits |= {name: better.traits[name] for name in names if name in better.traits}
    return traits


def _said_last(ours: Mapping[str, Consent], theirs: Mapping[str, Consent]) -> dict[str, Consent]:
    """The newest statement per channel and purpose; of two at one moment the refusal."""
    said = dict(ours)
    for key, statement in theirs.items():
        if consent.counts(statement, said.get(key)):
            said[key] = statement
    return said


# ── And apart ─────────────────────────────────────────────────────────────────────────────────────


def _facts(entries: Iterable[Any], chosen: Callable[[Fact], bool]) -> list[Fact]:
    """In the order they were recorded."""
    found = [entry for entry in entries if isinstance(entry, Fact) and chosen(entry)]
    return sorted(found, key=lambda fact: (fact.recorded_at, fact.id))


def _refusals(entries: Iterable[Any], since: datetime) -> list[Event]:
    events = (entry for entry in entries if isinstance(entry, Event) and entry.what is EventKind.UNSUBSCRIBED)
    return [event for event in events if event.at >= since]


def _retold(
    before: Customer,
    told: Iterable[Fact],
    refusals: Iterable[Event],
    corrected: Iterable[str],
    still: Iterable[learning.Told],
) -> list[Customer]:
    """What she would have been from then on if only this had been told of her, and of subjects corrected since what is
    `still` told. Told twice, only her value changes."""
    customer = before
    states = [customer]
    for fact in told:
        customer = facts.learn(customer, fact)
        states.append(customer)
    customer = learning.relearn(customer, corrected, still)
    states.append(customer)
    for event in refusals:
        customer = learning.learn(customer, event)
        states.append(customer)
    return states


def _served(customer: Customer, contacts: Iterable[Interaction]) -> Customer:
    value = customer.value
    for contact in contacts:
        value = value_index.served(value, contact.at, contact.cost)
        if contact.direction is Direction.IN and not contact.machine:
            customer = lately.by_contact(customer, contact.at)
    return replace(customer, value=value)


def _held_back(made: Merge, now: Customer, states: Iterable[Customer]) -> dict[str, Consent]:
    """Refusals since the merge that no timeline explains any more: what told them was kept no longer."""
    states = tuple(states)
    return {
        key: said
        for key, said in now.consents.items()
        if not said.granted and said.at >= made.at and all(state.consents.get(key) != said for state in states)
    }


def _named(record: Customer) -> Customer:
    """Only who it was: the rest of a copy may have come from somebody who turned out to be another person."""
    standing = Standing(tier=record.tier, since=record.created_at)
    return Customer(id=record.id, created_at=record.created_at, standing=standing)


def _apart(made: Merge, now: Customer, resting: Customer, retold: Customer, cases: Iterable[Case]) -> Customer:
    """The absorbed one, herself again."""
    before = made.absorbed
    hers = {case.id for case in cases if case.customer_id in before.ids}
    others = _places(set(now.handles).difference(resting.handles))
    return replace(
        retold,
        handles=tuple(handle for handle in resting.handles if handle in now.handles),
        standing=_resumed(before.standing, now.standing),
        suppressed={**before.suppressed, **_since(made, now, others)},
        open_cases={case_id: topic for case_id, topic in now.open_cases.items() if case_id in hers},
        acknowledged=_with_later(before.acknowledged, now.acknowledged, made.survivor.acknowledged),
        notices_sent=_with_later(before.notices_sent, now.notices_sent, made.survivor.notices_sent),
        told=before.told,
        reach=before.reach,
        told_of=_told_of(made, now, before),
        blocked=_blocked_still(now, before, made.survivor),
        not_before=_unless_since(made, now, before, lambda customer: customer.not_before),
        recovery=before.recovery,
        asked=before.asked,
        rating_asked_at=_unless_since(made, now, before, lambda customer: customer.rating_asked_at),
        questions=deflection.of_one(now.questions, before.questions),
        compared=before.compared,
        pilots=before.pilots,
        lately=retold.lately,
        version=resting.version,
    )


def _resumed(before: Standing, now: Standing) -> Standing:
    """Her standing of before the merge. A grace period that did not run on since begins anew, so that no tier is lost
    by a notice of long ago; a pin that somebody ended meanwhile stays ended."""
    if before.pinned_until and not now.pinned_until:
        before = replace(before, pinned_until=None, pinned_by="", reason="")
    if before.below_since == now.below_since:
        return before
    return replace(before, below_since=None, noticed_at=None, lost_at=None)


def _rest(made: Merge, now: Customer, apart: Customer, own: Customer, states: Iterable[Customer]) -> Customer:
    """The survivor without her: her own again. What no fact explains (`states` are all they explain) stays with her."""
    states = tuple(states)
    before, absorbed = made.survivor, made.absorbed
    value = replace(value_index.corrected(now.value, apart.value), first=own.value.first, last=own.value.last)
    pinned_since = now.standing.pinned_until and now.standing not in (made.survivor.standing, absorbed.standing)
    learnt = _own_again(lambda customer: customer.learnt, now, own, states)
    aside = _own_again(_introduced, now, own, states)
    words = {**aside, **_own_again(_words, now, own, states)}
    rest = replace(
        now,
        handles=tuple(handle for handle in now.handles if handle not in apart.handles),
        standing=now.standing if pinned_since else _resumed(before.standing, now.standing),
        value=value,
        traits=_own_again(lambda customer: customer.traits, now, own, states),
        learnt=learnt,
        # Who said which language is known by when it was said.
        language_chosen=(now if learnt.get(LANGUAGE) == now.learnt.get(LANGUAGE) else before).language_chosen,
        told={**before.told, **{kind: at for kind, at in now.told.items() if absorbed.told.get(kind) != at}},
        introduced={word: told for word, told in aside.items() if word in learnt},
        consents=_own_again(lambda customer: customer.consents, now, own, states),
        suppressed={**before.suppressed, **_since(made, now, _places(apart.handles))},
        open_cases={case_id: topic for case_id, topic in now.open_cases.items() if case_id not in apart.open_cases},
        acknowledged=_with_later(before.acknowledged, now.acknowledged, absorbed.acknowledged),
        notices_sent=_with_later(before.notices_sent, now.notices_sent, absorbed.notices_sent),
        reach=_reach(made, now),
        told_of=_told_of(made, now, before),
        blocked=_blocked_still(now, before, absorbed),
        not_before=_unless_since(made, now, before, lambda customer: customer.not_before),
        rating_asked_at=_unless_since(made, now, before, lambda customer: customer.rating_asked_at),
        organisation_id=_own_unless_since(made, now, lambda customer: customer.organisation_id),
        team=_own_unless_since(made, now, lambda customer: customer.team),
        last_agent=_own_unless_since(made, now, lambda customer: customer.last_agent),
        recovery=before.recovery if now.recovery == absorbed.recovery else now.recovery,
        questions=tuple(one for one in now.questions if one not in apart.questions),
        compared=before.compared if now.compared == max(before.compared, absorbed.compared) else now.compared,
        pilots={
            **{each: arm for each, arm in now.pilots.items() if each not in absorbed.pilots},
            **before.pilots,
        },
        asked={**before.asked, **{about: one for about, one in now.asked.items() if absorbed.asked.get(about) != one}},
        lately=_own_again(lambda customer: customer.lately, now, own, states),
        rung=lately.newest((*before.rung, *(one for one in now.rung if one not in apart.rung))),
        absorbed=before.absorbed,
        merges=before.merges,
    )
    return with_words(rest, {word: words.get(word, "") for word in WORDS})


def _last_told(one: Mapping[str, datetime], other: Mapping[str, datetime]) -> dict[str, datetime]:
    return {kind: max(filter(None, (one.get(kind), other.get(kind)))) for kind in {**one, **other}}


def _unless_since(
    made: Merge, now: Customer, before: Customer, of: Callable[[Customer], datetime | None]
) -> datetime | None:
    """Her own again. What came or went since holds us back, or no more, from both."""
    return of(before) if of(now) == _newer(of(made.survivor), of(made.absorbed)) else of(now)


def _told_of(made: Merge, now: Customer, before: Customer) -> dict[str, datetime]:
    """Likewise: what was told since may have been told her."""
    together = _told_last(made.survivor.told_of, made.absorbed.told_of)
    return {**before.told_of, **{play: at for play, at in now.told_of.items() if at != together.get(play)}}


def _reach(made: Merge, now: Customer) -> dict[str, Reach]:
    """The survivor's own of each channel; of one that was used since, the sum without what the other had brought."""
    before, absorbed = made.survivor.reach, made.absorbed.reach
    together = reaching.of_both(before, absorbed)
    used = {channel: reach for channel, reach in now.reach.items() if reach != together.get(channel)}
    own = {channel: reach for channel, reach in before.items() if channel not in used}
    return {**own, **reaching.of_one(used, absorbed)}


def _own_unless_since(made: Merge, now: Customer, of: Callable[[Customer], str]) -> str:
    """Where she was before, unless she was put elsewhere since, or nowhere."""
    before = of(made.survivor)
    return before if of(now) == (before or of(made.absorbed)) else of(now)


def _own_again(
    of: Callable[[Customer], Mapping[str, T]], now: Customer, own: Customer, states: Iterable[Customer]
) -> dict[str, T]:
    known = [of(state) for state in states]
    unexplained = {key: said for key, said in of(now).items() if all(state.get(key) != said for state in known)}
    return {**of(own), **unexplained}


def _introduced(customer: Customer) -> dict[str, str]:
    return {word: told for word in WORDS if (told := learning.introduced(customer, word))}


def _words(customer: Customer) -> dict[str, str]:
    return {word: told for word in WORDS if (told := word_of(customer, word))}


def _places(known_as: Iterable[Handle]) -> set[str]:
    return {place for handle in known_as for place in handles.places(handle)}


def _since(made: Merge, now: Customer, others: set[str]) -> dict[str, str]:
    """Places that failed since the merge, but those of the other one."""
    known = {*made.survivor.suppressed, *made.absorbed.suppressed, *others}
    return {place: why for place, why in now.suppressed.items() if place not in known}


def _with_later(
    before: tuple[datetime, ...], now: tuple[datetime, ...], theirs: tuple[datetime, ...]
) -> tuple[datetime, ...]:
    later = tuple(moment for moment in now if moment not in before and moment not in theirs)
    return (*before, *later)[-NOTICES_REMEMBERED:] if later else before


def _told(
    what: EventKind, customer_id: str, other_id: str, merge_id: str, at: datetime, *, by: str, reason: str
) -> Event:
    return Event(
        id=ids.derived_ulid(at, customer_id, what.value, merge_id),
        customer_id=customer_id,
        what=what,
        at=at,
        detail={"merge": merge_id, "record": other_id, "by": by, "reason": reason},
    )
