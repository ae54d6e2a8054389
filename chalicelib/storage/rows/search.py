"""What the knowledge base is searched with."""

from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.model.search import NewestSnapshot, SearchBuild, SearchMark, Snapshot
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row

MARK_LOST_AFTER = timedelta(seconds=30)


class SnapshotRow(Row, discriminator="snapshot"):
    model = Snapshot
    number = NumberAttribute()
    format = NumberAttribute()
    at = UnicodeAttribute()
    why = UnicodeAttribute()
    documents = NumberAttribute()
    files = ListOf()
    demand = MapOf(null=True)
    popular = ListOf(null=True)

    @classmethod
    def key_of(cls, thing: Snapshot) -> Key:
        return keys.snapshot(thing.number)


class NewestSnapshotRow(Row, discriminator="newest_snapshot"):
    model = NewestSnapshot
    number = NumberAttribute()
    format = NumberAttribute()
    at = UnicodeAttribute()

    @classmethod
    def key_of(cls, _thing: NewestSnapshot) -> Key:
        return keys.NEWEST_SNAPSHOT


class SearchBuildRow(Row, discriminator="search_build"):
    model = SearchBuild
    holder = UnicodeAttribute(null=True)
    until = UnicodeAttribute(null=True)
    rebuild = MapOf(null=True)
    tend_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, _thing: SearchBuild) -> Key:
        return keys.SEARCH_BUILD

    @classmethod
    def due_place(cls, thing: SearchBuild) -> tuple[keys.DueLane, datetime] | None:
        """A rebuild whose builder died goes on when another may; else when demand is looked at again."""
        at = (thing.until or thing.rebuild.asked_at) if thing.rebuild else thing.tend_at
        return ("work", at) if at else None


class SearchMarkRow(Row, discriminator="search_mark"):
    model = SearchMark
    article_id = UnicodeAttribute()
    at = UnicodeAttribute()
    marked_at = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: SearchMark) -> Key:
        return keys.search_mark(thing.article_id)

    @classmethod
    def due_place(cls, thing: SearchMark) -> tuple[keys.DueLane, datetime]:
        """When it should have been built long since: its message got lost, or its builder died."""
        return "work", thing.marked_at + MARK_LOST_AFTER
