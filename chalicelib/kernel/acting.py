"""Who acts? Whatever is written names her, though rules and storage were never told."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

LIANA = "Liana"  # rules and the clock
_acting: ContextVar[str] = ContextVar("acting", default=LIANA)


def who() -> str:
    """The name of whoever is behind what is done just now."""
    return _acting.get()


@contextmanager
def acting(name: str) -> Iterator[None]:
    """Within it, `name` acts; an empty one changes nothing."""
    before = _acting.set(name or who())
    try:
        yield
    finally:
        _acting.reset(before)
