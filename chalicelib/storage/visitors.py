"""Visitors nobody knows by name. AP-94 one of them."""

from chalicelib.model.deflection import Visitor
from chalicelib.storage import keys, table


def visitor(visitor_id: str) -> Visitor | None:
    """AP-94: by key. Intake reads it with what else it reads."""
    found: Visitor | None = table.row_at(keys.visitor(visitor_id))
    return found
