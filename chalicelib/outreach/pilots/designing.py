"""May this pilot be prepared, started, widened, stopped? And when is it decided?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import msgspec

from chalicelib.insight import statistics
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Forbidden, Invalid
from chalicelib.model.interaction import Receipt
from chalicelib.model.pilot import (
    EVERY_TIER,
    MOST_DAYS,
    MOST_PERIODS,
    PRIMARY,
    Cause,
    Design,
    Evidence,
    Outcome,
    Period,
    Pilot,
    PilotState,
    Then,
)
from chalicelib.model.play import PlayRecord, PlayState
from chalicelib.outreach.life import Person
from chalicelib.outreach.pilots.reading import ONCE, POWER, WITHHELD, Reading

MOST_ALIKE = 2  # running pilots of one outcome that may reach the same people, unless it is said
DIGITS, MOST = 9, 1e15  # of what is kept as evidence
LOOKED_AT = timedelta(days=1)  # how often it is seen whether the planned number is reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody asks to have tried."""

    primary: Outcome
    minimum: float
    expected: float
    spread: float = 0.0
    planned: int = 0  # people; 0: as many as the smallest difference needs
    contacted: Mapping[str, float] = field(default_factory=lambda: {EVERY_TIER: 0.5})
    held_out: Mapping[str, float] = field(default_factory=lambda: {EVERY_TIER: 0.5})
    agents: tuple[str, ...] = ()
    window_days: int = 28
    grace_days: int = 2
    days: int = 90
    spend_cap: int = 100_000
    goal_fact: str = ""
    why: str = ""
    overlapping: bool = False


# ── Preparing ─────────────────────────────────────────────────────────────────────────────────────


def prepared(play: str, wanted: Wanted, tiers: Iterable[str], who: Person, receipt: Receipt, now: datetime) -> Decision:
    """A pilot that waits for a second person. Raises Invalid, saying what to correct."""
    _check_shares(wanted.contacted, wanted.held_out, tiers)
    _check_outcome(wanted)
    design = Design(
        primary=wanted.primary,
        minimum=wanted.minimum,
        expected=wanted.expected,
        spread=wanted.spread,
        planned=_planned(wanted),
        contacted=wanted.contacted,
        held_out=wanted.held_out,
        agents=wanted.agents,
        window_days=wanted.window_days,
        grace_days=wanted.grace_days,
        days=min(wanted.days, MOST_DAYS),
        spend_cap=wanted.spend_cap,
        goal_fact=wanted.goal_fact,
        why=wanted.why,
        overlapping=wanted.overlapping,
    )
    pilot = Pilot(
        id=receipt.interaction_id,
        play=play,
        design=design,
        prepared_by=who.name,
        prepared_by_id=who.id,
        prepared_at=now,
        updated_at=now,
    )
    return Decision((pilot, receipt), reason="prepared")


def _check_shares(contacted: Mapping[str, float], held_out: Mapping[str, float], tiers: Iterable[str]) -> None:
    known = {*tiers, EVERY_TIER}
    for name, shares in (("contacted", contacted), ("held_out", held_out)):
        if unknown := sorted({*shares} - known):
            raise Invalid(f"there is no tier {unknown[0]}; there are {', '.join(sorted(known))}", f"/{name}")
        if any(not 0 <= share <= 1 for share in shares.values()):
            raise Invalid("a share is 0 to 1", f"/{name}")
    both = [(_share(contacted, tier), _share(held_out, tier)) for tier in known]
    if any(one + other > 1 + 1e-9 for one, other in both):
        raise Invalid("of no tier more than everybody is contacted or held out: lower one of the shares", "/held_out")
    if not any(one and other for one, other in both):
        raise Invalid("some tier needs people who are contacted and people who are held out", "/held_out")


def _share(shares: Mapping[str, float], tier: str) -> float:
    return shares.get(tier, shares.get(EVERY_TIER, 0.0))


def _check_outcome(wanted: Wanted) -> None:
    if wanted.primary not in PRIMARY:
        raise Invalid(
            "who rates may depend on being contacted, so ratings decide nothing; take low_rating", "/primary_outcome"
        )
    if wanted.primary is Outcome.GOAL and not wanted.goal_fact:
        raise Invalid("say by which kind of fact the goal is seen to be reached", "/goal_fact")
    if wanted.minimum <= 0:
        raise Invalid("the smallest difference worth finding is above 0", "/minimum_difference")
    if wanted.primary.is_share:
        if not 0 < wanted.expected < 1:
            raise Invalid("the share expected of those held out is above 0 and below 1", "/expected")
        if not 0 < _hoped(wanted) < 1:
            raise Invalid("there is no room for such a difference: lower it", "/minimum_difference")
    elif wanted.spread <= 0:
        raise Invalid("say what standard deviation is expected of it", "/expected_spread")


def _hoped(wanted: Wanted) -> float:
    return wanted.expected + (wanted.minimum if wanted.primary.more_is_better else -wanted.minimum)


def _planned(wanted: Wanted) -> int:
    """People in both groups: what the smallest difference needs, and never fewer than anything is said of."""
    ratios = [
        (_share(wanted.contacted, tier), _share(wanted.held_out, tier))
        for tier in {*wanted.contacted, *wanted.held_out}
    ]
    contacted, held_out = next(((one, other) for one, other in sorted(ratios) if one and other))
    ratio = contacted / held_out
    fewest = statistics.FEWEST if wanted.primary.is_share else statistics.FEWEST_OF_MONEY
    least = ceil(fewest * (1 + max(ratio, 1 / ratio)))
    if wanted.planned:
        if wanted.planned < least:
            raise Invalid(f"of fewer than {least} people nothing would be said: plan for more", "/planned_people")
        return wanted.planned
    if wanted.primary.is_share:
        held = statistics.needed(wanted.expected, _hoped(wanted), power=POWER, per_other=ratio, alpha=ONCE)
    else:
        held = statistics.needed_of_means(wanted.spread, wanted.minimum, power=POWER, per_other=ratio, alpha=ONCE)
    return max(least, ceil(held * (1 + ratio)))


# ── Starting ──────────────────────────────────────────────────────────────────────────────────────


def started(pilot: Pilot, record: PlayRecord, running: Iterable[Pilot], who: Person, now: datetime) -> Decision:
    """From now on it decides whom the play contacts. Raises Conflict, and Forbidden for who prepared it."""
    if pilot.state is PilotState.RUNNING and pilot.started_by == who.name:
        return Decision(reason="started before")
    _must_be(pilot, PilotState.PREPARED)
    if pilot.prepared_by_id == who.id:
        raise Forbidden("Somebody else has to start what you prepared.")
    if record.pilot:
        raise Conflict(f"pilot {record.pilot.id} of this play is running; stop that one first")
    if record.state is PlayState.STOPPED:
        raise Conflict("this play is stopped; start it again before you try it")
    alike = [each for each in running if each.id != pilot.id and _alike(each, pilot)]
    if len(alike) >= MOST_ALIKE and not pilot.design.overlapping:
        raise Conflict(
            f"{len(alike)} pilots of the same outcome reach the same people ({', '.join(one.id for one in alike)});"
            " wait for one, or prepare this one with overlapping: true"
        )
    first = Period(
        number=1,
        since=now,
        contacted=pilot.design.contacted,
        held_out=pilot.design.held_out,
        by=who.name,
    )
    begun = replace(
        pilot,
        state=PilotState.RUNNING,
        started_by=who.name,
        started_at=now,
        periods=(first,),
        look_at=now + LOOKED_AT,
        updated_at=now,
    )
    return Decision((begun, _tried(record, begun, who, now)), reason="started")


def started_with(
    approved: Decision, record: PlayRecord, pilot: Pilot, running: Iterable[Pilot], who: Person, now: datetime
) -> Decision:
    """An edition that is approved with the pilot that tries it, in one write: nobody is contacted by it beside the
    pilot. `record` is the play as the approval leaves it. Raises as `started`, and Invalid for another play's."""
    if pilot.play != record.id:
        raise Invalid(f"this pilot is of {pilot.play}", "/pilot_id")
    begun = started(pilot, record, running, who, now)
    if not begun.changes:
        return approved
    rest = tuple(change for change in approved.changes if not isinstance(change, PlayRecord))
    return Decision((*rest, *begun.changes), reason="approved and started")


def _alike(one: Pilot, other: Pilot) -> bool:
    """Whether both look for the same outcome among people who may be the same."""
    if one.state is not PilotState.RUNNING or one.design.primary is not other.design.primary:
        return False
    tiers = {*one.design.contacted, *other.design.contacted, EVERY_TIER}
    return any(_share(one.design.contacted, tier) and _share(other.design.contacted, tier) for tier in tiers)


def _tried(record: PlayRecord, pilot: Pilot, who: Person, now: datetime) -> PlayRecord:
    return replace(record, pilot=pilot.plan, updated_at=now, updated_by=who.name)


def dropped(pilot: Pilot, who: Person, why: str, now: datetime) -> Decision:
    """Nobody shall start it. Raises Conflict for one that was started."""
    if pilot.state is PilotState.DROPPED:
        return Decision(reason="dropped before")
    _must_be(pilot, PilotState.PREPARED)
    over = replace(pilot, state=PilotState.DROPPED, stopped_at=now, stopped_by=who.name, why=why, updated_at=now)
    return Decision((over,), reason="dropped")


def _must_be(pilot: Pilot, state: PilotState) -> None:
    if pilot.state is not state:
        raise Conflict(f"this pilot is {pilot.state.value}; only one that is {state.value} can be changed so")


# ── While it runs ─────────────────────────────────────────────────────────────────────────────────


def widened(
    pilot: Pilot,
    record: PlayRecord,
    contacted: Mapping[str, float],
    reading: Reading,
    tiers: Iterable[str],
    who: Person,
    why: str,
    now: datetime,
) -> Decision:
    """More are contacted from now on; those held out stay so. A new period begins: people are compared with those of
    their own. What was known goes with it as evidence. Raises Conflict, Invalid."""
    _must_be(pilot, PilotState.RUNNING)
    before = pilot.periods[-1]
    after = {**before.contacted, **contacted}
    _check_shares(after, before.held_out, tiers)
    if after == before.contacted:
        return Decision(reason="as wide as that already")
    if any(_share(after, tier) < _share(before.contacted, tier) for tier in {*after, *before.contacted}):
        raise Conflict("a pilot is widened, never narrowed: whoever was contacted stays so; stop it instead")
    if len(pilot.periods) >= MOST_PERIODS:
        raise Conflict(f"it was widened {MOST_PERIODS - 1} times; stop it, and prepare another")
    period = Period(number=before.number + 1, since=now, contacted=after, held_out=before.held_out, by=who.name)
    wider = replace(pilot, periods=(*pilot.periods, period), updated_at=now)
    shown = _evidence(wider, Cause.WIDENED, reading, who, why, now)
    return Decision((wider, _tried(record, wider, who, now), shown), reason="widened")


def stopped(
    pilot: Pilot, record: PlayRecord | None, then: Then, reading: Reading, who: Person, why: str, now: datetime
) -> Decision:
    """Nobody is drawn any more. The play goes on for everybody, or is stopped as well. Raises Conflict."""
    if pilot.state is PilotState.STOPPED and pilot.then == then.value:
        return Decision(reason="stopped before")
    _must_be(pilot, PilotState.RUNNING)
    over = replace(
        pilot,
        state=PilotState.STOPPED,
        stopped_at=now,
        stopped_by=who.name,
        then=then.value,
        why=why,
        look_at=None,
        updated_at=now,
    )
    changes: tuple[object, ...] = (over, _evidence(over, Cause.STOPPED, reading, who, why, now))
    if record and record.pilot and record.pilot.id == pilot.id:
        free = replace(record, pilot=None, updated_at=now, updated_by=who.name)
        if then is Then.STOP:
            free = replace(
                free,
                state=PlayState.STOPPED,
                state_at=now,
                stopped_at=now,
                why=why or f"its pilot {pilot.id} was stopped",
            )
        changes += (free,)
    return Decision(changes, reason="stopped")


def looked(pilot: Pilot, reading: Reading, once: Reading | None, now: datetime) -> Decision:
    """The day's look: when the planned number is reached, what an ordinary comparison says is stored, once. It is not
    looked for what it says: only whether enough people are there. `once` is that comparison."""
    if pilot.started_at is None or pilot.look_at is None or now < pilot.look_at:
        return Decision(reason="not due")
    if once and once.primary and once.primary.once_p_value is not None and once.verdict != WITHHELD:
        decided = replace(pilot, decided_at=now, look_at=None, updated_at=now)
        shown = _evidence(decided, Cause.PLANNED, once, Person(id="", name="Liana"), "", now)
        return Decision((decided, shown), reason=once.verdict)
    last = pilot.started_at + timedelta(days=pilot.design.days + pilot.design.window_days + pilot.design.grace_days + 1)
    later = None if now > last else now + LOOKED_AT
    return Decision((replace(pilot, look_at=later, updated_at=now),), reason=f"{reading.missing_people} missing")


def _evidence(pilot: Pilot, cause: Cause, reading: Reading, who: Person, why: str, now: datetime) -> Evidence:
    edition = "" if cause is Cause.PLANNED else str(len(pilot.periods))
    return Evidence(
        id=ids.derived_ulid(now, "evidence", pilot.id, cause.value, edition),
        pilot_id=pilot.id,
        at=now,
        cause=cause,
        by=who.name,
        why=why,
        reading=_kept(msgspec.to_builtins(reading)),
    )


def _kept(told: Any) -> Any:
    """Numbers as the table can hold them."""
    if isinstance(told, dict):
        return {name: _kept(each) for name, each in told.items() if each is not None}
    if isinstance(told, list | tuple):
        return [_kept(each) for each in told]
    return round(max(-MOST, min(MOST, told)), DIGITS) if isinstance(told, float) else told
