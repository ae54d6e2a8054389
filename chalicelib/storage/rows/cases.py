"""Cases, and what became of them."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib import configuration
from chalicelib.kernel import clock
from chalicelib.model.case import Case
from chalicelib.model.casework import CaseMerge, CaseSplit
from chalicelib.model.history import CaseChange, CaseOfCustomer
from chalicelib.model.urgency import Urgency
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf, SparseMapOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row, kept_until
from chalicelib.storage.rows.remembered import remember_case


class CaseRow(Row, discriminator="case"):
    model = Case
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    opened_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    channel = UnicodeAttribute()
    subject = UnicodeAttribute(null=True)
    topic = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    priority = NumberAttribute(null=True)
    tier = UnicodeAttribute()
    language = UnicodeAttribute(null=True)
    promise = MapOf(null=True)
    first_answer = MapOf(null=True)
    solution = MapOf(null=True)
    promise_log = ListOf(null=True)
    waiting_until = UnicodeAttribute(null=True)
    participants = ListOf(null=True)
    heard = ListOf(null=True)
    machine = UnicodeAttribute(null=True)
    attention = UnicodeAttribute(null=True)
    solved_at = UnicodeAttribute(null=True)
    follows = UnicodeAttribute(null=True)
    merged_into = UnicodeAttribute(null=True)
    scheduled = ListOf(null=True)
    sides = NumberAttribute(null=True)
    urgency = UnicodeAttribute(null=True)
    urgency_by = UnicodeAttribute(null=True)
    mood = MapOf(null=True)
    recovery = UnicodeAttribute(null=True)
    queue = UnicodeAttribute(null=True)
    assigned_to = UnicodeAttribute(null=True)
    routing = SparseMapOf(null=True)
    edition = NumberAttribute(null=True)
    followers = ListOf(null=True)
    links = ListOf(null=True)
    custom = MapOf(null=True)
    lease = MapOf(null=True)
    snoozed_at = UnicodeAttribute(null=True)
    snoozed_until = UnicodeAttribute(null=True)
    absorbed = ListOf(null=True)
    split_from = UnicodeAttribute(null=True)

    def domain(self) -> Any:
        """It is remembered, by its version, so that what changes it can say what it was."""
        case = super().domain()
        remember_case(case)
        return case

    @classmethod
    def key_of(cls, thing: Case) -> Key:
        return keys.case(thing.id)

    @classmethod
    def due_place(cls, thing: Case) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.due_at) if thing.due_at else None

    @classmethod
    def list_place(cls, thing: Case) -> Key | None:
        """Open cases by status, the most urgent first: higher priority, then the earlier promise; low ones behind the
        others. Snoozed ones by when they come back, the others by when they were solved."""
        if thing.merged_into:
            return None
        if not thing.status.is_open:
            return keys.solved_case(thing.id, thing.solved_at) if thing.solved_at else None
        if thing.snoozed:
            return keys.snoozed_case(thing.id, clock.iso(thing.snoozed_until) if thing.snoozed_until else "later")
        urgency = clock.iso(thing.owed_by) if thing.owed_by else f"later#{clock.iso(thing.updated_at)}"
        if thing.urgency is Urgency.LOW and thing.owed_by:
            urgency = f"later#{urgency}"
        return keys.open_case(thing.id, thing.status.value, f"{9 - thing.priority}#{urgency}")

    @classmethod
    def queue_place(cls, thing: Case) -> Key | None:
        if thing.waits and thing.routing:
            return keys.waiting(thing.queue, thing.routing, thing.id, thing.priority)
        return None

    @classmethod
    def expiry_of(cls, thing: Case) -> datetime | None:
        """An open case is never too old."""
        return None if thing.status.is_open else kept_until(thing.updated_at, configuration.retention().case)


class CaseChangeRow(Row, discriminator="case_change"):
    model = CaseChange
    case_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    edition = NumberAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    why = UnicodeAttribute(null=True)
    changed = MapOf(null=True)

    @classmethod
    def key_of(cls, thing: CaseChange) -> Key:
        return keys.case_change(thing.customer_id, thing.case_id, thing.edition)

    @classmethod
    def expiry_of(cls, thing: CaseChange) -> datetime | None:
        return kept_until(thing.at, configuration.retention().case)


class CaseOfCustomerRow(Row, discriminator="case_of_customer"):
    model = CaseOfCustomer
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    case_id = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: CaseOfCustomer) -> Key:
        return keys.case_of_customer(thing.customer_id, thing.id)


class CaseMergeRow(Row, discriminator="case_merge"):
    model = CaseMerge
    case_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    into = MapOf()
    absorbed = MapOf()
    made = MapOf()

    @classmethod
    def key_of(cls, thing: CaseMerge) -> Key:
        return keys.case_merge(thing.customer_id, thing.case_id)


class CaseSplitRow(Row, discriminator="case_split"):
    model = CaseSplit
    case_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    out_of = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    moved = ListOf()
    messages = ListOf(null=True)
    made = MapOf()

    @classmethod
    def key_of(cls, thing: CaseSplit) -> Key:
        return keys.case_split(thing.customer_id, thing.case_id)
