"""Which arrivals that were linked to nobody."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from chalicelib.triggers.contract.shared import Paged


class QuarantineQuery(Paged, frozen=True, kw_only=True):
    day: Annotated[date, Meta(description="The day they arrived, in UTC.")]
