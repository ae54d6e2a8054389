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
    return f"{folder_of(source)}{ids.fingerprint(text)}.txt"


def folder_of(source: str) -> str:
    """Where all texts of one source lie, those of earlier readings included."""
    return f"bodies/{ids.fingerprint(source)}/"


def folder_in(key: str) -> str:
    """The folder of a text's source by its key; the key itself of one that was stored without."""
    folder = key.rpartition("/")[0]
    return key if folder == "bodies" else f"{folder}/"


def write(key: str, text: str) -> None:
    storage.objects.write(key, text.encode(), "text/plain; charset=utf-8")


def read(key: str) -> str:
    """Raises NotFound when it has expired."""
    return storage.objects.read(key).decode()
