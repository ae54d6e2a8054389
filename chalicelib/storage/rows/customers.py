"""Customers, whose handle is whose, and what is known of them."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib import configuration
from chalicelib.model.calibration import Calibration
from chalicelib.model.customer import Customer, HandleOwner
from chalicelib.model.event import Event
from chalicelib.model.fact import Fact
from chalicelib.model.merge import Merge, Signpost
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf, SparseListOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row, kept_until


class CustomerRow(Row, discriminator="customer"):
    model = Customer
    id = UnicodeAttribute()
    created_at = UnicodeAttribute()
    handles = ListOf(null=True)
    name = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    time_zone = UnicodeAttribute(null=True)
    tier = UnicodeAttribute(null=True)  # as 0.1 kept it
    standing = MapOf(null=True)
    value = MapOf(null=True)
    margin_by_month = MapOf(null=True)
    look_again = UnicodeAttribute(null=True)
    traits = MapOf(null=True)
    learnt = MapOf(null=True)
    told = MapOf(null=True)
    introduced = MapOf(null=True)
    consents = MapOf(null=True)
    suppressed = MapOf(null=True)
    open_cases = MapOf(null=True)
    acknowledged = ListOf(null=True)
    notices_sent = ListOf(null=True)
    reach = MapOf(null=True)
    told_of = MapOf(null=True)
    blocked = UnicodeAttribute(null=True)
    not_before = UnicodeAttribute(null=True)
    organisation_id = UnicodeAttribute(null=True)
    last_agent = UnicodeAttribute(null=True)
    team = UnicodeAttribute(null=True)
    language_chosen = BooleanAttribute(null=True)
    merged_into = UnicodeAttribute(null=True)
    merged_by = UnicodeAttribute(null=True)
    absorbed = ListOf(null=True)
    merges = ListOf(null=True)
    recovery = UnicodeAttribute(null=True)
    asked = MapOf(null=True)
    rating_asked_at = UnicodeAttribute(null=True)
    questions = SparseListOf(null=True)
    lately = MapOf(null=True)
    rung = ListOf(null=True)
    compared = UnicodeAttribute(null=True)
    pilots = MapOf(null=True)

    def domain(self) -> Any:
        if self.standing is None:
            self.standing = {"tier": self.tier, "since": self.created_at}
        return super().domain()

    @classmethod
    def key_of(cls, thing: Customer) -> Key:
        return keys.customer(thing.id)

    @classmethod
    def list_place(cls, thing: Customer) -> Key | None:
        """A record that turned out to be somebody else's is nobody of the population."""
        return None if thing.merged_into else keys.in_population(thing.id)

    @classmethod
    def due_place(cls, thing: Customer) -> tuple[keys.DueLane, datetime] | None:
        """When time alone may change her tier."""
        return ("outreach", thing.look_again) if thing.look_again and not thing.merged_into else None


class HandleRow(Row, discriminator="handle"):
    model = HandleOwner
    handle = MapOf()
    customer_id = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: HandleOwner) -> Key:
        return keys.handle(thing.handle)


class FactRow(Row, discriminator="fact"):
    model = Fact
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    what = UnicodeAttribute()
    occurred_at = UnicodeAttribute()
    recorded_at = UnicodeAttribute()
    margin = MapOf(null=True)
    effect = MapOf(null=True)
    index = NumberAttribute(null=True)
    data = MapOf(null=True)
    during = UnicodeAttribute(null=True)
    corrected_by = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Fact) -> Key:
        place = keys.timeline if thing.on_timeline else keys.untold_fact
        return place(thing.customer_id, thing.id)

    @classmethod
    def expiry_of(cls, thing: Fact) -> datetime | None:
        kept = configuration.retention()
        return kept_until(thing.recorded_at, kept.fact if thing.on_timeline else kept.usage)


class EventRow(Row, discriminator="event"):
    model = Event
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    what = UnicodeAttribute()
    at = UnicodeAttribute()
    case_id = UnicodeAttribute(null=True)
    task_id = UnicodeAttribute(null=True)
    detail = MapOf(null=True)

    @classmethod
    def key_of(cls, thing: Event) -> Key:
        return keys.timeline(thing.customer_id, thing.id)

    @classmethod
    def expiry_of(cls, thing: Event) -> datetime | None:
        return kept_until(thing.at, configuration.retention().event)


class MergeRow(Row, discriminator="merge"):
    model = Merge
    id = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    reason = UnicodeAttribute()
    survivor = MapOf()
    absorbed = MapOf()
    undone_at = UnicodeAttribute(null=True)
    undone_by = UnicodeAttribute(null=True)
    undone_because = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Merge) -> Key:
        return keys.merge(thing.id)


class SignpostRow(Row, discriminator="signpost"):
    model = Signpost
    merge_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Signpost) -> Key:
        return keys.signpost(thing.customer_id, thing.merge_id)


class CalibrationRow(Row, discriminator="calibration"):
    model = Calibration
    at = UnicodeAttribute(null=True)
    run = UnicodeAttribute(null=True)
    customers = NumberAttribute(null=True)
    parameters = MapOf()
    learnt = MapOf()
    table = MapOf()
    bands = MapOf(null=True)
    tiers_version = UnicodeAttribute(null=True)
    snapshots = ListOf(null=True)

    @classmethod
    def key_of(cls, _thing: Calibration) -> Key:
        return keys.CALIBRATION
