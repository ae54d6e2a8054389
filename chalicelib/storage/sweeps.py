"""Sweeps in the table: a run, and how far each of its parts is."""

from typing import NamedTuple

from chalicelib.model.sweep import Part, Sweep
from chalicelib.storage import keys, table


class Stand(NamedTuple):
    sweep: Sweep | None
    part: Part | None


class Whole(NamedTuple):
    sweep: Sweep | None
    parts: list[Part]


def part(job: str, run: str, number: int) -> Stand:
    """AP-35: a run and one of its parts, in one BatchGet."""
    places = keys.sweep(job, run), keys.sweep_part(job, run, number)
    rows = table.rows_at(places)
    return Stand(rows.get(places[0]), rows.get(places[1]))


def run(job: str, run: str) -> Sweep | None:
    """AP-36: a run, by key."""
    found: Sweep | None = table.row_at(keys.sweep(job, run))
    return found


def whole(job: str, run: str) -> Whole:
    """AP-36: a run and all its parts, in their order: a read by key, and one BatchGet."""
    sweep: Sweep | None = table.row_at(keys.sweep(job, run))
    if sweep is None:
        return Whole(None, [])
    places = [keys.sweep_part(job, run, number) for number in range(sweep.parts)]
    rows = table.rows_at(places)
    return Whole(sweep, [rows[place] for place in places if place in rows])
