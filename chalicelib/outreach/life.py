"""What becomes of a play when somebody prepares, submits, approves, starts, pauses or stops it?

    draft ──submit──▶ submitted ──approve (a second person)──▶ live          off ──start──▶ running ◀──▶ paused
      ▲                  │ send back · any change                              ▲               └──stop──▶ stopped
      └──────────────────┘                                                     └─────────start──────────────┘

What is asked for and is so already changes nothing: any of these may come twice.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel.decision import Decision, Gone
from chalicelib.kernel.errors import Conflict, Forbidden
from chalicelib.model.play import (
    TO_WRITE,
    PlayDefinition,
    PlayEdition,
    PlayRecord,
    PlayState,
    PlayVersion,
    Value,
)

MOST_PREPARERS = 20
SO_ALREADY = "so already"
_INSTEAD = {(PlayState.PAUSED, PlayState.RUNNING): ": resume it", (PlayState.STOPPED, PlayState.RUNNING): ": start it"}


class Person(NamedTuple):
    """Who does it: `id` tells two of one name apart."""

    id: str
    name: str


class Prepared(NamedTuple):
    """What somebody wants the next edition to be."""

    title: str
    given: Mapping[str, Value]
    channels: tuple[str, ...]
    definition: PlayDefinition | None


def drafted(
    known: PlayRecord | None, name: str, wanted: Prepared, *, by: Person, expected: int | None, now: datetime
) -> tuple[Decision, PlayRecord]:
    """The next edition, prepared anew or changed; one that was submitted has to be submitted again. What runs goes on.

    Raises Conflict when another version than `expected` is there (0: none), or too many had a hand in it.
    """
    _demand(known, expected)
    record = known or PlayRecord(id=name, updated_at=now, updated_by=by.name)
    before = record.draft
    if before and _says(before, record.title) == wanted:
        return Decision(reason=SO_ALREADY), record
    was_shown = before is not None and (before.submitted_at or before.sent_back)
    number = before.number if before and not was_shown else record.editions + 1  # what was shown keeps its number
    preparers = tuple(dict.fromkeys((*(before.preparers if before else ()), by.id)))
    if len(preparers) > MOST_PREPARERS:
        raise Conflict(f"{MOST_PREPARERS} people prepared this edition already; discard it and begin anew")
    edition = PlayEdition(
        number=number,
        given=wanted.given,
        channels=wanted.channels,
        definition=wanted.definition,
        prepared_by=by.name,
        prepared_at=now,
        preparers=preparers,
    )
    return _stored(replace(record, title=wanted.title, draft=edition, editions=number), by, now, "drafted")


def _says(edition: PlayEdition, title: str) -> Prepared:
    return Prepared(title, edition.given, edition.channels, edition.definition)


def submitted(
    known: PlayRecord | None, *, by: Person, expected: int | None, now: datetime
) -> tuple[Decision, PlayRecord]:
    """The draft waits for a second person. Raises Conflict; so it does while a text of it is still to be written."""
    record, draft = _with_draft(known, expected)
    if draft.submitted_at:
        return Decision(reason=SO_ALREADY), record
    texts = draft.definition.texts if draft.definition else {}
    if unfinished := [language for language, words in texts.items() if words.unfinished]:
        raise Conflict(f"its words are not written yet: replace {TO_WRITE} in {', '.join(unfinished)}, or leave it out")
    return _stored(replace(record, draft=replace(draft, submitted_at=now, sent_back="")), by, now, "submitted")


def sent_back(
    known: PlayRecord | None, why: str, *, by: Person, expected: int | None, now: datetime
) -> tuple[Decision, PlayRecord]:
    """Its preparers have to change it. Raises Conflict."""
    record, draft = _with_draft(known, expected)
    if not draft.submitted_at:
        if draft.sent_back:
            return Decision(reason=SO_ALREADY), record
        raise Conflict("this edition was not submitted: there is nothing to send back; wait until it is")
    return _stored(replace(record, draft=replace(draft, submitted_at=None, sent_back=why)), by, now, "sent back")


def approved(
    known: PlayRecord | None, number: int, *, by: Person, expected: int | None, now: datetime
) -> tuple[Decision, PlayRecord]:
    """The edition of this number is what counts from now on; of a play that runs, at once.

    Raises Conflict for what was not submitted or is another edition, Forbidden for whoever prepared it.
    """
    if known and known.live and known.live.number == number:
        return Decision(reason=SO_ALREADY), known
    record, draft = _with_draft(known, expected)
    if draft.number != number:
        raise Conflict(f"edition {draft.number} waits, not {number}: look at it again", "/edition")
    if not draft.submitted_at:
        raise Conflict("this edition is still being prepared; it has to be submitted first")
    if by.id in draft.preparers:
        raise Forbidden("You had a hand in this edition; somebody else has to approve it.")
    live = replace(draft, approved_by=by.name, approver=by.id, approved_at=now)
    decision, record = _stored(replace(record, live=live, draft=None), by, now, "approved")
    version = PlayVersion(play=record.id, edition=live)
    return replace(decision, changes=(*decision.changes, version)), record


def started(
    known: PlayRecord | None, *, by: Person, expected: int | None, now: datetime
) -> tuple[Decision, PlayRecord]:
    """It contacts customers from now on; after a stop, those of whom something is told from now on. Raises Conflict."""
    return _moved(known, PlayState.RUNNING, (PlayState.OFF, PlayState.STOPPED), "", by, expected, now)


def paused(
    known: PlayRecord | None, why: str, *, by: Person, expected: int | None, now: datetime
) -> tuple[Decision, PlayRecord]:
    """It contacts nobody; what it planned waits. Raises Conflict."""
    return _moved(known, PlayState.PAUSED, (PlayState.RUNNING,), why, by, expected, now)


def resumed(
    known: PlayRecord | None, *, by: Person, expected: int | None, now: datetime
) -> tuple[Decision, PlayRecord]:
    """It goes on. Raises Conflict."""
    return _moved(known, PlayState.RUNNING, (PlayState.PAUSED,), "", by, expected, now)


def stopped(
    known: PlayRecord | None, why: str, *, by: Person, expected: int | None, now: datetime
) -> tuple[Decision, PlayRecord]:
    """It contacts nobody, and what it planned is withdrawn. Raises Conflict."""
    return _moved(known, PlayState.STOPPED, (PlayState.RUNNING, PlayState.PAUSED), why, by, expected, now)


def discarded(known: PlayRecord | None, *, expected: int | None, by: Person, now: datetime) -> Decision:
    """Its draft is gone; with it a play that never had anything else. Raises Conflict."""
    record, _ = _with_draft(known, expected)
    if record.live is None and record.pilot is None:
        return Decision((Gone(record),), reason="deleted")
    return _stored(replace(record, draft=None), by, now, "discarded")[0]


def _moved(
    known: PlayRecord | None,
    to: PlayState,
    before: tuple[PlayState, ...],
    why: str,
    by: Person,
    expected: int | None,
    now: datetime,
) -> tuple[Decision, PlayRecord]:
    state = known.state if known else PlayState.OFF
    if known and state is to:
        return Decision(reason=SO_ALREADY), known
    _demand(known, expected)
    if known is None or known.live is None:
        raise Conflict("no edition of this play was approved; prepare one, submit it, and let somebody else approve it")
    if state not in before:
        there, instead = " or ".join(one.value for one in before), _INSTEAD.get((state, to), "")
        raise Conflict(f"this play is {state.value}; only one that is {there} can become {to.value} so{instead}")
    moved = replace(known, state=to, why=why, state_at=now)
    if to is PlayState.STOPPED:
        moved = replace(moved, stopped_at=now)
    return _stored(moved, by, now, to.value)


def _with_draft(known: PlayRecord | None, expected: int | None) -> tuple[PlayRecord, PlayEdition]:
    _demand(known, expected)
    if known is None or known.draft is None:
        raise Conflict("no edition of this play is being prepared; prepare one first")
    return known, known.draft


def _demand(known: PlayRecord | None, expected: int | None) -> None:
    there = (known.version or 0) if known else 0
    if expected is not None and expected != there:
        found = f"version {there} is there" if there else "nobody touched this play yet"
        raise Conflict(f"{found}, not version {expected}: look at it again", "/expected_version")


def _stored(record: PlayRecord, by: Person, now: datetime, reason: str) -> tuple[Decision, PlayRecord]:
    changed = replace(record, updated_at=now, updated_by=by.name)
    return Decision((changed,), reason=reason), changed
