"""A page of a list: its items, and where the next page begins."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`next` is the place behind the last item, None at the end; callers outside see it sealed."""

    items: tuple[T, ...]
    next: str | None = None
