"""Pilots, what they said, and who is in them."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib import configuration
from chalicelib.model.pilot import Evidence, Pilot, PilotState, Subject
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row, kept_until


class PilotRow(Row, discriminator="pilot"):
    model = Pilot
    id = UnicodeAttribute()
    play = UnicodeAttribute()
    state = UnicodeAttribute()
    design = MapOf()
    prepared_by = UnicodeAttribute()
    prepared_by_id = UnicodeAttribute()
    prepared_at = UnicodeAttribute()
    started_by = UnicodeAttribute(null=True)
    started_at = UnicodeAttribute(null=True)
    periods = ListOf(null=True)
    decided_at = UnicodeAttribute(null=True)
    look_at = UnicodeAttribute(null=True)
    stopped_at = UnicodeAttribute(null=True)
    stopped_by = UnicodeAttribute(null=True)
    then = UnicodeAttribute(null=True)
    why = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Pilot) -> Key:
        return keys.pilot(thing.id)

    @classmethod
    def list_place(cls, thing: Pilot) -> Key | None:
        return keys.pilot_by_age(thing.id)

    @classmethod
    def due_place(cls, thing: Pilot) -> tuple[keys.DueLane, datetime] | None:
        return ("outreach", thing.look_at) if thing.look_at and thing.state is PilotState.RUNNING else None


class EvidenceRow(Row, discriminator="evidence"):
    model = Evidence
    id = UnicodeAttribute()
    pilot_id = UnicodeAttribute()
    at = UnicodeAttribute()
    cause = UnicodeAttribute()
    by = UnicodeAttribute(null=True)
    why = UnicodeAttribute(null=True)
    reading = MapOf()

    @classmethod
    def key_of(cls, thing: Evidence) -> Key:
        return keys.evidence(thing.pilot_id, thing.id)


class SubjectRow(Row, discriminator="subject"):
    model = Subject
    pilot_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    play = UnicodeAttribute()
    arm = UnicodeAttribute()
    tier = UnicodeAttribute()
    period = NumberAttribute()
    expected = NumberAttribute(null=True)
    task_id = UnicodeAttribute()
    at = UnicodeAttribute()
    window_ends_at = UnicodeAttribute()
    judge_at = UnicodeAttribute(null=True)
    judged = UnicodeAttribute(null=True)
    outcomes = MapOf(null=True)

    @classmethod
    def key_of(cls, thing: Subject) -> Key:
        return keys.subject(thing.customer_id, thing.pilot_id)

    @classmethod
    def due_place(cls, thing: Subject) -> tuple[keys.DueLane, datetime] | None:
        """When it is looked what became of her."""
        return ("outreach", thing.judge_at) if thing.judge_at else None

    @classmethod
    def expiry_of(cls, thing: Subject) -> datetime | None:
        return kept_until(thing.window_ends_at, configuration.retention().task)
