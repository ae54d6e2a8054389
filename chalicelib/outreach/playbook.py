"""Which plays run? Those in code and those by configuration, each with the company's word on it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.model.event import EventKind
from chalicelib.model.fact import FactKind
from chalicelib.model.play import PlayRecord
from chalicelib.model.task import Task
from chalicelib.outreach import plays
from chalicelib.outreach.plays.base import Running
from chalicelib.storage import campaigns
from chalicelib.storage import plays as storage

_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def of(name: str, record: PlayRecord | None) -> Running | None:
    """The play of this name with its record, as it was read; None for one there is no more."""
    play = plays.BY_NAME.get(name)
    return Running(play, record or _unasked(name)) if play else None


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


def for_trigger(what: FactKind | EventKind) -> list[Running]:
    """Those that run and that such a fact or event triggers, as they were fifteen seconds ago at most. Whether one
    still runs is asked anew before anybody is contacted."""
    return [running for running in _all() if what in running.play.triggers and running.record.contacts]


def wanted() -> frozenset[FactKind | EventKind]:
    """What those that run wait for."""
    return frozenset(what for running in _all() if running.record.contacts for what in running.play.triggers)


def _all() -> Iterable[Running]:
    records = {record.id: record for record in storage.fresh_plays()}
    for name, play in plays.BY_NAME.items():
        yield Running(play, records.get(name) or _unasked(name))


def _unasked(name: str) -> PlayRecord:
    return PlayRecord(id=name, updated_at=_BEGAN, updated_by="Liana")
