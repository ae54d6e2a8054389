"""Which kinds of row does the table have?

Each room declares its own. Whoever imports one of them imports all, here: a query on `Row` silently skips rows whose
class was never imported (pynamodb, docs/polymorphism.rst). So nothing of this package is imported lazily.
"""

from chalicelib.storage.rows import (  # noqa: F401 - importing a room is what declares its kinds
    auth,
    automation,
    campaigns,
    cases,
    correspondence,
    customers,
    desk,
    gaps,
    interactions,
    knowledge,
    organisations,
    outreach,
    pilots,
    privacy,
    recovery,
    search,
    segments,
    sweeps,
)
from chalicelib.storage.rows.base import Row, key_of, kind_of
from chalicelib.storage.rows.remembered import as_read, forget_read, task_as_read

__all__ = ["KINDS", "Row", "as_read", "forget_read", "key_of", "kind_of", "task_as_read"]

KINDS: tuple[type[Row], ...] = tuple(Row.kind.get_registered_subclasses(Row))
