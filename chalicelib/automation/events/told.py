"""What one row tells, and how figures of it are told."""

from typing import NamedTuple

from chalicelib.automation import data as of


class Told(NamedTuple):
    """One event before it has its envelope."""

    name: str
    data: of.Data
    customer_id: str = ""
    case_id: str = ""


def points(tenths: int | None) -> float | None:
    return None if tenths is None else tenths / 10
