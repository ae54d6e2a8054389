"""What has every row, and how does a domain object become one?

Attributes carry the names of the model's fields; `Row.of` and `Row.domain` translate between the two, so a field added
to a model needs one line in its row and nothing else.

The outbox rides in the row that causes it: `outbox` holds the messages of the last write, `outbox_id` names
that write, and the relay sends what it sees under a new id (see triggers/relay.py).
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar

import msgspec
from pynamodb.attributes import DiscriminatorAttribute, NumberAttribute, UnicodeAttribute, VersionAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection
from pynamodb.models import Model

from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf
from chalicelib.storage.keys import Key

_EMPTY: tuple[Any, ...] = ("", b"", None, [], (), {})
_ROW_OF: dict[type, type["Row"]] = {}


class DueIndex(GlobalSecondaryIndex["Row"]):  # type: ignore[no-untyped-call]  # pynamodb's __init_subclass__
    """What the clock must act on, by time; sparse."""

    class Meta:
        index_name = "due"
        projection = IncludeProjection(["kind"])

    due_pk = UnicodeAttribute(hash_key=True)
    due_sk = UnicodeAttribute(range_key=True)


class ListIndex(GlobalSecondaryIndex["Row"]):  # type: ignore[no-untyped-call]  # as above
    """Open cases by status, solved ones by day, tasks by state, interactions of a case, articles, customers; sparse."""

    class Meta:
        index_name = "list"
        projection = IncludeProjection(["kind"])

    list_pk = UnicodeAttribute(hash_key=True)
    list_sk = UnicodeAttribute(range_key=True)


class QueueIndex(GlobalSecondaryIndex["Row"]):  # type: ignore[no-untyped-call]  # as above
    """Work that waits for an agent, with what it asks of her; sparse."""

    class Meta:
        index_name = "queue"
        projection = IncludeProjection(["kind", "customer_id", "routing"])

    queue_pk = UnicodeAttribute(hash_key=True)
    queue_sk = UnicodeAttribute(range_key=True)


class Row(Model):
    """What every row has. `kind` tells pynamodb which class to make of it; never rename a kind in use."""

    class Meta:
        table_name = "unset"  # bind() names it; nothing is read from the environment at import
        billing_mode = "PAY_PER_REQUEST"

    model: ClassVar[type]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """A kind is known as soon as it is declared."""
        super().__init_subclass__(**kwargs)
        _ROW_OF[cls.model] = cls

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    version = VersionAttribute(null=True)
    outbox_id = UnicodeAttribute(null=True)
    outbox = ListOf(null=True)
    caused_by = UnicodeAttribute(null=True)  # rules that led to the last write, by commas
    expires_at = NumberAttribute(null=True)
    due_pk = UnicodeAttribute(null=True)
    due_sk = UnicodeAttribute(null=True)
    list_pk = UnicodeAttribute(null=True)
    list_sk = UnicodeAttribute(null=True)
    queue_pk = UnicodeAttribute(null=True)
    queue_sk = UnicodeAttribute(null=True)
    due_index = DueIndex()
    list_index = ListIndex()
    queue_index = QueueIndex()

    @classmethod
    def of(cls, thing: Any) -> "Row":
        """The row of a domain object, keyed and indexed; empty fields are not stored."""
        kind = _ROW_OF[type(thing)]
        row = kind()
        fields = msgspec.to_builtins(thing, builtin_types=(bytes,))
        for name, value in fields.items():
            if value not in _EMPTY:
                setattr(row, name, value)
        row.pk, row.sk = kind.key_of(thing)
        if place := kind.due_place(thing):
            lane, at = place
            row.due_pk, row.due_sk = keys.due(lane, at, Key(row.pk, row.sk))
        if listing := kind.list_place(thing):
            row.list_pk, row.list_sk = listing
        if waiting := kind.queue_place(thing):
            row.queue_pk, row.queue_sk = waiting
        if at_last := kind.expiry_of(thing):
            row.expires_at = int(at_last.timestamp())
        return row

    def domain(self) -> Any:
        """The domain object this row holds; fields it lacks take their defaults."""
        return msgspec.convert(self.attribute_values, type=self.model, strict=False, builtin_types=(bytes,))

    def addition(self) -> list[Action]:
        """What adds this row to the one at its key, of those kinds that are added to."""
        raise NotImplementedError

    @classmethod
    def key_of(cls, thing: Any) -> Key:
        raise NotImplementedError

    @classmethod
    def due_place(cls, _thing: Any) -> tuple[keys.DueLane, datetime] | None:
        return None

    @classmethod
    def list_place(cls, _thing: Any) -> Key | None:
        return None

    @classmethod
    def queue_place(cls, _thing: Any) -> Key | None:
        return None

    @classmethod
    def expiry_of(cls, _thing: Any) -> datetime | None:
        return None


def kind_of(thing: Any) -> str:
    """What the table calls a thing of this type."""
    return str(Row.kind.get_discriminator(_ROW_OF[type(thing)]))


def key_of(thing: Any) -> Key:
    return _ROW_OF[type(thing)].key_of(thing)


def kept_until(at: datetime, days: int) -> datetime | None:
    """For good, if no days are given."""
    return at + timedelta(days=days) if days else None
