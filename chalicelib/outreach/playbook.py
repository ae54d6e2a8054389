"""Which plays run? Those in code and those by configuration, each with the company's word on it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.customers import tiers
from chalicelib.model.customer import Customer
from chalicelib.model.event import EventKind
from chalicelib.model.fact import FactKind
from chalicelib.model.play import PlayRecord
from chalicelib.model.task import Task
from chalicelib.outreach import configured, plays
from chalicelib.outreach.plays.base import Running
from chalicelib.storage import campaigns
from chalicelib.storage import plays as storage
from chalicelib.storage.calibration import current_policy

_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def of(name: str, record: PlayRecord | None) -> Running | None:
    """The play of this name with its record, as it was read; None for one there is no more."""
    if play := plays.BY_NAME.get(name):
        return Running(play, record or untouched(name))
    edition = (record.live or record.draft) if record else None
    if record is None or edition is None or edition.definition is None:
        return None
    return Running(configured.play_of(name, record.title, edition, _index), record)


def named(name: str) -> Running | None:
    """As it is stored by now: one strongly consistent read."""
    return of(name, storage.play(name))


def for_task(task: Task) -> Running | None:
    """The play of a task, with the campaign it is of: as they are stored by now, one strongly consistent read."""
    if not task.campaign_id:
        return named(task.play)
    campaign, record = campaigns.with_play(task.campaign_id, task.play)
    running = of(task.play, record)
    return replace(running, campaign=campaign) if running else None


def for_trigger(what: FactKind | EventKind | str) -> list[Running]:
    """Those that run and that such a fact or event, or joining such a segment, triggers; as they were fifteen seconds
    ago at most. Whether one still runs is asked anew before anybody is contacted."""
    return [running for running in _running() if what in running.play.triggers]


def wanted() -> frozenset[FactKind | EventKind | str]:
    """What those that run wait for."""
    return frozenset(what for running in _running() for what in running.play.triggers)


def all_of(records: Iterable[PlayRecord]) -> list[Running]:
    """Every play there is, by name: those in code, touched or not, and those by configuration."""
    known = {record.id: record for record in records}
    found = (of(name, known.get(name)) for name in sorted({*plays.BY_NAME, *known}))
    return [running for running in found if running]


def awaited_segments() -> set[str]:
    """The segments that somebody may join and be written to for it."""
    edition_of = (running.record.live for running in _running())
    return {e.definition.when.segment for e in edition_of if e and e.definition and e.definition.when.segment}


def untouched(name: str) -> PlayRecord:
    return PlayRecord(id=name, updated_at=_BEGAN, updated_by="Liana")


def _running() -> Iterable[Running]:
    found = (of(record.id, record) for record in storage.fresh_plays() if record.contacts)
    return [running for running in found if running]


def _index(customer: Customer) -> float:
    return tiers.index(customer, current_policy())
