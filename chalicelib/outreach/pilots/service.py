"""What is done about pilots: prepare, start, widen, stop them; judge their subjects; look whether they are decided.

Each is one conditional write, and each may be asked for twice.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from chalicelib.configuration import policy
from chalicelib.insight import metrics
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import KeyReused, NotFound
from chalicelib.model.interaction import Receipt
from chalicelib.model.pilot import Pilot, Then
from chalicelib.model.play import PlayRecord
from chalicelib.outreach import holding_out, playbook
from chalicelib.outreach.life import Person
from chalicelib.outreach.piloting import counter
from chalicelib.outreach.pilots import designing, judging, reading
from chalicelib.outreach.pilots.designing import Wanted
from chalicelib.outreach.pilots.reading import Reading
from chalicelib.storage import cases, plays, tallies
from chalicelib.storage import pilots as storage
from chalicelib.storage.commit import settle
from chalicelib.telemetry import logger

# ── People ────────────────────────────────────────────────────────────────────────────────────────


def judge(customer_id: str, pilot_id: str, as_of: datetime) -> str:
    """What became of somebody whose window is over. Returns it in a word. Her row says that she was counted, and is
    written with the sums: the same again counts nobody twice."""
    now = max(clock.now(), as_of)

    def decide() -> tuple[Decision, None]:
        subject, pilot, customer, twins = storage.subject(customer_id, pilot_id)
        pilot = pilot or holding_out.pilot_named(pilot_id)
        if subject is None or subject.judge_at is None or now < subject.judge_at:
            return Decision(reason="judged before" if subject else "gone"), None
        outcomes, moved = dict[str, int](), False
        if customer and pilot:
            told = storage.told_between(customer.ids, subject.at, subject.window_ends_at)
            outcomes = judging.outcomes_of(subject, told, pilot.design)
            if pilot.of_all_plays:
                moved = holding_out.moved(pilot, customer, subject.arm, policy().outreach.hold_out)
            else:
                of_play = storage.plays_of(customer.ids, told)
                outcomes |= judging.company_of(subject, told, customer, of_play)
        return judging.judged(subject, pilot, customer, twins, outcomes, now, moved=moved), None

    decision, _ = settle(decide)
    logger.info("subject_judged", pilot=pilot_id, reason=decision.reason)
    return decision.reason


# ── Pilots ────────────────────────────────────────────────────────────────────────────────────────


def prepare(play: str, wanted: Wanted, who: Person, *, receipt_key: str, fingerprint: str) -> Pilot:
    """A pilot of this play that waits for a second person; the same request again is answered with the same one.

    Raises NotFound, KeyReused, Invalid.
    """
    now = clock.now()
    if playbook.named(play) is None:
        raise NotFound("there is no play of this name")

    def decide() -> tuple[Decision, Pilot]:
        known = cases.receipt(receipt_key)
        if known:
            if known.fingerprint != fingerprint:
                raise KeyReused("this key came before with other content; use a new key for a new pilot")
            return Decision(reason="duplicate"), _there(storage.pilot(known.interaction_id))
        receipt = Receipt(
            key=receipt_key,
            fingerprint=fingerprint,
            at=now,
            interaction_id=ids.derived_ulid(now, "pilot", play, receipt_key),
        )
        tiers = [tier.name for tier in policy().tiers.tiers]
        decision = designing.prepared(play, wanted, tiers, who, receipt, now)
        return decision, _pilot_in(decision)

    return _settled("pilot_prepared", decide)


def start(pilot_id: str, who: Person) -> Pilot:
    """It decides from now on whom its play contacts. Raises NotFound, Conflict, and Forbidden for who prepared it."""
    now = clock.now()

    def decide() -> tuple[Decision, Pilot]:
        pilot = _there(storage.pilot(pilot_id))
        running = storage.named(record.pilot.id for record in plays.plays() if record.pilot)
        return _changed(pilot, designing.started(pilot, _record_of(pilot), running, who, now))

    return _settled("pilot_started", decide)


def drop(pilot_id: str, who: Person, why: str) -> Pilot:
    """Nobody shall start it. Raises NotFound, Conflict."""
    now = clock.now()

    def decide() -> tuple[Decision, Pilot]:
        pilot = _there(storage.pilot(pilot_id))
        return _changed(pilot, designing.dropped(pilot, who, why, now))

    return _settled("pilot_dropped", decide)


def widen(pilot_id: str, contacted: Mapping[str, float], who: Person, why: str) -> Pilot:
    """More are contacted; what was known is kept as evidence. Raises NotFound, Conflict, Invalid."""
    now = clock.now()

    def decide() -> tuple[Decision, Pilot]:
        pilot = _there(storage.pilot(pilot_id))
        tiers = [tier.name for tier in policy().tiers.tiers]
        known = read(pilot, now)
        return _changed(pilot, designing.widened(pilot, _record_of(pilot), contacted, known, tiers, who, why, now))

    return _settled("pilot_widened", decide)


def stop(pilot_id: str, then: Then, who: Person, why: str) -> Pilot:
    """Nobody is drawn any more; the play goes on for all, or stops. What was known is kept as evidence. Raises
    NotFound, Conflict."""
    now = clock.now()

    def decide() -> tuple[Decision, Pilot]:
        pilot = _there(storage.pilot(pilot_id))
        known = read(pilot, now)
        return _changed(pilot, designing.stopped(pilot, plays.play(pilot.play), then, known, who, why, now))

    return _settled("pilot_stopped", decide)


def look(pilot_id: str, as_of: datetime) -> str:
    """The day's look: is the planned number reached? Returns what came of it."""
    now = max(clock.now(), as_of)

    def decide() -> tuple[Decision, None]:
        pilot = storage.pilot(pilot_id)
        if pilot is None or pilot.look_at is None or now < pilot.look_at:
            return Decision(reason="not due"), None
        known = read(pilot, now)
        once = None if known.missing_people else read(pilot, now, once=True)
        return designing.looked(pilot, known, once, now), None

    decision, _ = settle(decide)
    logger.info("pilot_looked_at", pilot=pilot_id, reason=decision.reason)
    return decision.reason


def read(pilot: Pilot, now: datetime, *, once: bool = False) -> Reading:
    """What it says at this moment: 16 Queries."""
    return reading.read(pilot, reading.figures_of(tallies.sums(counter(pilot.id))), now, once=once)


def _settled(what: str, decide: Callable[[], tuple[Decision, Pilot]]) -> Pilot:
    decision, pilot = settle(decide)
    plays.forget()
    metrics.count_changes(decision)
    logger.info(what, pilot=pilot.id, reason=decision.reason)
    return pilot


def _changed(pilot: Pilot, decision: Decision) -> tuple[Decision, Pilot]:
    return decision, _pilot_in(decision) if decision.changes else pilot


def _pilot_in(decision: Decision) -> Pilot:
    return next(change for change in decision.changes if isinstance(change, Pilot))


def _there(pilot: Pilot | None) -> Pilot:
    if pilot is None:
        raise NotFound("there is no such pilot")
    return pilot


def _record_of(pilot: Pilot) -> PlayRecord:
    running = playbook.named(pilot.play)
    if running is None:
        raise NotFound("there is no play of this name any more")
    return running.record
