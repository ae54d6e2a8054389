"""Who looked at whom, exports and erasures."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib import configuration
from chalicelib.model.privacy import EXPORTS_KEPT, Erasing, Erasure, Export, Exported, Look
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row, kept_until


class LookRow(Row, discriminator="look"):
    model = Look
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    what = UnicodeAttribute()
    because = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Look) -> Key:
        return keys.look(thing.customer_id, thing.id)

    @classmethod
    def expiry_of(cls, thing: Look) -> datetime | None:
        return kept_until(thing.at, configuration.retention().look)


class ExportRow(Row, discriminator="export"):
    model = Export
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    records = ListOf()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    author = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    turn = NumberAttribute(null=True)
    record = NumberAttribute(null=True)
    after = UnicodeAttribute(null=True)
    parts = NumberAttribute(null=True)
    figures = MapOf(null=True)
    updated_at = UnicodeAttribute()
    finished_at = UnicodeAttribute(null=True)
    detail = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Export) -> Key:
        return keys.export(thing.id)

    @classmethod
    def due_place(cls, thing: Export) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.next_look_at) if thing.next_look_at else None

    @classmethod
    def expiry_of(cls, thing: Export) -> datetime:
        return thing.expires_at


class ExportedRow(Row, discriminator="exported"):
    model = Exported
    export_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    at = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Exported) -> Key:
        return keys.exported(thing.customer_id, thing.export_id)

    @classmethod
    def expiry_of(cls, thing: Exported) -> datetime:
        return thing.at + EXPORTS_KEPT


class ErasureRow(Row, discriminator="erasure"):
    model = Erasure
    id = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    author = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    turn = NumberAttribute(null=True)
    customer_id = UnicodeAttribute(null=True)
    records = ListOf(null=True)
    cases = ListOf(null=True)
    handles = ListOf(null=True)
    counts = MapOf(null=True)
    forgotten_at = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute()
    finished_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Erasure) -> Key:
        return keys.erasure(thing.id)

    @classmethod
    def due_place(cls, thing: Erasure) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.next_look_at) if thing.next_look_at else None


class ErasingRow(Row, discriminator="erasing"):
    model = Erasing
    customer_id = UnicodeAttribute()
    erasure_id = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Erasing) -> Key:
        return keys.erasing(thing.customer_id)
