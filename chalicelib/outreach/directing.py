"""What is done about plays themselves: prepare, submit, approve, start, pause, stop. outreach/life.py decides."""

from collections.abc import Callable

from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.model.page import Page
from chalicelib.model.play import PlayRecord, PlayVersion
from chalicelib.model.task import BY_HAND
from chalicelib.outreach import channels, configured, life, parameters, playbook, plays, selling
from chalicelib.outreach.life import Person, Prepared
from chalicelib.outreach.pilots import designing
from chalicelib.outreach.plays.base import Running
from chalicelib.segments import definitions
from chalicelib.storage import pilots, segments
from chalicelib.storage import plays as storage
from chalicelib.storage.calibration import current_policy
from chalicelib.storage.commit import settle
from chalicelib.telemetry import logger

MOST_PLAYS = 200  # by configuration
TAKEN = frozenset({BY_HAND, "proposals"})  # what agents set up, and a place of the API beside plays
Step = Callable[[PlayRecord | None], tuple[Decision, PlayRecord]]


def every() -> list[Running]:
    """All plays, by name."""
    return playbook.all_of(storage.plays())


def one(name: str) -> Running:
    """Raises NotFound."""
    found = playbook.named(name)
    if found is None:
        raise NotFound("no play has this name; GET /v1/plays lists them")
    return found


def versions(name: str, after: str | None, limit: int) -> Page[PlayVersion]:
    """What was approved of it, the newest first. Raises NotFound."""
    one(name)
    return storage.versions(name, after, limit)


def draft(name: str, wanted: Prepared, *, by: Person, expected: int | None) -> Running:
    """Raises Invalid with a pointer, Conflict."""
    checked = _checked(name, wanted)
    if name not in plays.BY_NAME and storage.play(name) is None:
        _check_room()
    return _step(name, lambda known: life.drafted(known, name, checked, by=by, expected=expected, now=clock.now()))


def submit(name: str, *, by: Person, expected: int | None) -> Running:
    """Raises NotFound, Conflict."""
    return _step(name, lambda known: life.submitted(known, by=by, expected=expected, now=clock.now()))


def send_back(name: str, why: str, *, by: Person, expected: int | None) -> Running:
    """Raises NotFound, Conflict."""
    return _step(name, lambda known: life.sent_back(known, why, by=by, expected=expected, now=clock.now()))


def approve(name: str, number: int, *, by: Person, expected: int | None, pilot_id: str = "") -> Running:
    """`pilot_id`: the pilot that starts with it. Raises NotFound, Conflict, Forbidden for whoever prepared either,
    Invalid for what is not right any more."""
    now = clock.now()

    def decide(known: PlayRecord | None) -> tuple[Decision, PlayRecord]:
        decision, record = life.approved(known, number, by=by, expected=expected, now=now)
        if decision.changes and record.live:
            # What was right when it was saved may not be so by now: a segment is gone, a release knows new signs.
            edition = record.live
            _checked(name, Prepared(record.title, edition.given, edition.channels, edition.definition))
        if pilot_id:
            pilot = pilots.pilot(pilot_id)
            if pilot is None:
                raise Invalid("there is no such pilot", "/pilot_id")
            others = pilots.named(each.pilot.id for each in storage.plays() if each.pilot)
            decision = designing.started_with(decision, record, pilot, others, by, now)
        return decision, record

    return _step(name, decide)


def start(name: str, *, by: Person, expected: int | None) -> Running:
    """Raises Conflict."""
    return _step(name, lambda known: life.started(known, by=by, expected=expected, now=clock.now()))


def pause(name: str, why: str, *, by: Person, expected: int | None) -> Running:
    """Raises Conflict."""
    return _step(name, lambda known: life.paused(known, why, by=by, expected=expected, now=clock.now()))


def resume(name: str, *, by: Person, expected: int | None) -> Running:
    """Raises Conflict."""
    return _step(name, lambda known: life.resumed(known, by=by, expected=expected, now=clock.now()))


def stop(name: str, why: str, *, by: Person, expected: int | None) -> Running:
    """Raises Conflict."""
    return _step(name, lambda known: life.stopped(known, why, by=by, expected=expected, now=clock.now()))


def discard(name: str, *, by: Person, expected: int | None) -> None:
    """Raises NotFound, Conflict."""
    one(name)

    def decide() -> tuple[Decision, None]:
        return life.discarded(storage.play(name), by=by, expected=expected, now=clock.now()), None

    decision, _ = settle(decide)
    storage.forget()
    logger.info("play_discarded", play=name, reason=decision.reason, by=by.id)


def _step(name: str, rule: Step) -> Running:
    def decide() -> tuple[Decision, None]:
        return rule(storage.play(name))[0], None

    decision, _ = settle(decide)
    storage.forget()
    logger.info("play_changed", play=name, reason=decision.reason)
    return one(name)


def _checked(name: str, wanted: Prepared) -> Prepared:
    """Raises Invalid, with a pointer, for what this play cannot be."""
    if play := plays.BY_NAME.get(name):
        if wanted.definition is not None or wanted.title:
            raise Invalid("this play is code: it has parameters and channels, no title or definition", "/definition")
        parameters.check(play.parameters, wanted.given, "/parameters")
        _check_channels(wanted.channels, play.channels)
        return wanted
    if name in TAKEN:
        raise Invalid("this name stands for something else here; choose another", "/name")
    if wanted.definition is None:
        raise Invalid("no play in code has this name; one by configuration has a definition", "/definition")
    if not wanted.title:
        raise Invalid("give it a title", "/title")
    parameters.check((), wanted.given, "/parameters")
    _check_channels(wanted.channels, tuple(channels.REGISTRY))
    configured.check(wanted.definition, _segments(wanted), selling.why_it_sells, "/definition")
    if wanted.definition.who.conditions:
        definitions.check(wanted.definition.who, current_policy().tiers.bands.tiers, "/definition/who")
    return wanted


def _check_room() -> None:
    """Raises Conflict for one play more than there may be: whoever asks which run reads them all."""
    if sum(record.configured for record in storage.plays()) >= MOST_PLAYS:
        raise Conflict(f"there are {MOST_PLAYS} plays by configuration; discard drafts that nobody needs", "/name")


def _segments(wanted: Prepared) -> set[str]:
    """Those there are; read only for a play that names one."""
    return set(segments.directory().editions) if wanted.definition and wanted.definition.when.segment else set()


def _check_channels(wanted: tuple[str, ...], there: tuple[str, ...]) -> None:
    for place, channel in enumerate(wanted):
        if channel not in there:
            raise Invalid(f"this play cannot be sent so; there are {', '.join(there)}", f"/channels/{place}")
