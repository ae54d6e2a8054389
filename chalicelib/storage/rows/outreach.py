"""Plays, what they planned, and the brake."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib import configuration
from chalicelib.kernel import clock
from chalicelib.model.brake import Brake
from chalicelib.model.campaign import stand_of
from chalicelib.model.play import PlayRecord, PlayVersion
from chalicelib.model.task import Task
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf, SparseMapOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row, kept_until
from chalicelib.storage.rows.remembered import remember_task


class TaskRow(Row, discriminator="task"):
    model = Task
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    play = UnicodeAttribute()
    purpose = UnicodeAttribute()
    channel = UnicodeAttribute()
    tier = UnicodeAttribute()
    why = UnicodeAttribute()
    created_at = UnicodeAttribute()
    due_at = UnicodeAttribute()
    deadline = UnicodeAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute()
    context = MapOf(null=True)
    interaction_id = UnicodeAttribute(null=True)
    stands_on = UnicodeAttribute(null=True)
    edition = NumberAttribute(null=True)
    step = UnicodeAttribute(null=True)
    topic = UnicodeAttribute(null=True)
    urgent = BooleanAttribute(null=True)
    channels = ListOf(null=True)
    tried = ListOf(null=True)
    fall_back_at = UnicodeAttribute(null=True)
    campaign_id = UnicodeAttribute(null=True)
    pilot_id = UnicodeAttribute(null=True)
    arm = UnicodeAttribute(null=True)
    agents = ListOf(null=True)
    goal = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute(null=True)
    done_by = UnicodeAttribute(null=True)
    calls = NumberAttribute(null=True)
    begun_at = UnicodeAttribute(null=True)
    queue = UnicodeAttribute(null=True)
    assigned_to = UnicodeAttribute(null=True)
    routing = SparseMapOf(null=True)

    def domain(self) -> Any:
        """One of a campaign is remembered, so that what changes it can say where it was counted."""
        task = super().domain()
        if task.campaign_id:
            remember_task(task)
        return task

    @classmethod
    def key_of(cls, thing: Task) -> Key:
        return keys.timeline(thing.customer_id, thing.id)

    @classmethod
    def due_place(cls, thing: Task) -> tuple[keys.DueLane, datetime] | None:
        return ("outreach", thing.next_look_at) if thing.next_look_at else None

    @classmethod
    def list_place(cls, thing: Task) -> Key | None:
        if thing.campaign_id:
            return keys.task_of_campaign(thing.campaign_id, thing.customer_id, stand_of(thing), thing.id)
        order = thing.updated_at if thing.state.final else thing.due_at
        return keys.task_in_state(thing.state.value, clock.iso(order), thing.id)

    @classmethod
    def queue_place(cls, thing: Task) -> Key | None:
        return keys.waiting(thing.queue, thing.routing, thing.id) if thing.waits and thing.routing else None

    @classmethod
    def expiry_of(cls, thing: Task) -> datetime | None:
        return kept_until(thing.due_at, configuration.retention().task)


class PlayRow(Row, discriminator="play"):
    model = PlayRecord
    id = UnicodeAttribute()
    title = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    why = UnicodeAttribute(null=True)
    state_at = UnicodeAttribute(null=True)
    stopped_at = UnicodeAttribute(null=True)
    live = MapOf(null=True)
    draft = MapOf(null=True)
    editions = NumberAttribute(null=True)
    pilot = MapOf(null=True)
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: PlayRecord) -> Key:
        return keys.play(thing.id)

    @classmethod
    def list_place(cls, thing: PlayRecord) -> Key | None:
        return keys.play_by_name(thing.id)


class PlayVersionRow(Row, discriminator="play_version"):
    model = PlayVersion
    play = UnicodeAttribute()
    edition = MapOf()

    @classmethod
    def key_of(cls, thing: PlayVersion) -> Key:
        return keys.play_version(thing.play, thing.edition.number)


class BrakeRow(Row, discriminator="brake"):
    model = Brake
    pulled = BooleanAttribute(null=True)
    why = UnicodeAttribute(null=True)
    at = UnicodeAttribute(null=True)
    by = UnicodeAttribute(null=True)
    released_because = UnicodeAttribute(null=True)
    forgiven = MapOf(null=True)

    @classmethod
    def key_of(cls, _thing: Brake) -> Key:
        return keys.BRAKE
