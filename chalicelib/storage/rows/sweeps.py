"""Passes over everybody, and sums of what was counted."""

from datetime import datetime

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.model.sweep import KEPT as SWEEP_KEPT
from chalicelib.model.sweep import Part, Sweep
from chalicelib.model.tally import Sum
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row


class SweepRow(Row, discriminator="sweep"):
    model = Sweep
    job = UnicodeAttribute()
    run = UnicodeAttribute()
    started_at = UnicodeAttribute()
    parts = NumberAttribute()
    given = MapOf(null=True)
    closed_at = UnicodeAttribute(null=True)
    customers = NumberAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Sweep) -> Key:
        return keys.sweep(thing.job, thing.run)

    @classmethod
    def expiry_of(cls, thing: Sweep) -> datetime:
        return thing.started_at + SWEEP_KEPT


class SweepPartRow(Row, discriminator="sweep_part"):
    model = Part
    job = UnicodeAttribute()
    run = UnicodeAttribute()
    number = NumberAttribute()
    started_at = UnicodeAttribute()
    after = UnicodeAttribute(null=True)
    gathered = BinaryAttribute(null=True, legacy_encoding=False)
    customers = NumberAttribute(null=True)
    done = BooleanAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Part) -> Key:
        return keys.sweep_part(thing.job, thing.run, thing.number)

    @classmethod
    def expiry_of(cls, thing: Part) -> datetime:
        return thing.started_at + SWEEP_KEPT


class SumRow(Row, discriminator="sum"):
    model = Sum
    counter = ListOf()
    shard = NumberAttribute()
    of_what = UnicodeAttribute()
    amount = NumberAttribute()

    @classmethod
    def key_of(cls, thing: Sum) -> Key:
        return keys.sum_of(thing.counter, thing.shard, thing.of_what)

    def addition(self) -> list[Action]:
        kept = (SumRow.counter.set(self.counter), SumRow.shard.set(self.shard), SumRow.of_what.set(self.of_what))
        return [SumRow.amount.add(self.amount), SumRow.kind.set(SumRow), *kept]
