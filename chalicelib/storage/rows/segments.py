"""Segments, and who is in them."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.model.segment import Directory, Member, Memberships, Segment
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row


class DirectoryRow(Row, discriminator="directory"):
    model = Directory
    edition = NumberAttribute(null=True)
    editions = MapOf(null=True)
    speaks_of = ListOf(null=True)

    @classmethod
    def key_of(cls, _thing: Directory) -> Key:
        return keys.SEGMENTS


class SegmentRow(Row, discriminator="segment"):
    model = Segment
    id = UnicodeAttribute()
    title = UnicodeAttribute(null=True)
    definition = MapOf()
    edition = NumberAttribute()
    state = UnicodeAttribute()
    build = UnicodeAttribute(null=True)
    ready_at = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()
    turn = NumberAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Segment) -> Key:
        return keys.segment(thing.id)


class MembershipsRow(Row, discriminator="memberships"):
    model = Memberships
    customer_id = UnicodeAttribute()
    since = MapOf(null=True)
    look_again = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Memberships) -> Key:
        return keys.memberships(thing.customer_id)

    @classmethod
    def due_place(cls, thing: Memberships) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.look_again) if thing.look_again else None


class MemberRow(Row, discriminator="member"):
    model = Member
    segment_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    since = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Member) -> Key:
        return keys.member(thing.segment_id, thing.customer_id)
