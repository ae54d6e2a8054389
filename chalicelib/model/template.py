"""A template: what agents write again and again, written once, in the languages customers read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """`edition` counts how often it was changed: that is what two editors must agree on. The row's `version` rises
    with every use, too."""

    id: str  # its slug
    title: str
    texts: Mapping[str, str]  # by language, BCP 47; {{variables}} stand in them
    team: str = ""  # whose agents may use it; empty: everybody's
    edition: int = 1
    updated_at: datetime
    updated_by: str
    used: int = 0  # how often an answer was made of it
    deleted: bool = False  # its slug remembers its editions
    version: int | None = None
