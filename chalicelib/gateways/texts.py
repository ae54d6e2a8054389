"""Texts that are too long for a row: kept in object storage, the beginning stays in the row."""

from chalicelib.gateways import objects as storage
from chalicelib.kernel import ids
from chalicelib.model.interaction import PREVIEW_BYTES


def keep(source: str, text: str) -> str:
    """Stores a long text and returns its key; empty when a row can carry it.

    Source and text make the key: a retry writes the same object, and another text under a used source overwrites
    nothing.
    """
    key = key_of(source, text) if len(text.encode()) > PREVIEW_BYTES else ""
    if key:
        write(key, text)
    return key


def key_of(source: str, text: str) -> str:
    return f"bodies/{ids.fingerprint(source, text)}.txt"


def write(key: str, text: str) -> None:
    storage.objects.write(key, text.encode(), "text/plain; charset=utf-8")


def read(key: str) -> str:
    """Raises NotFound when it has expired."""
    return storage.objects.read(key).decode()
