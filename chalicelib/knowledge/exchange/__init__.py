"""How do articles leave, and come from elsewhere? Bytes to entries and back; pure.

Three forms, each of which gives back exactly what it was made of: a folder of Markdown files with front matter, one for
each language, with images beside; a table of questions and answers (CSV); and what help centres of Zendesk's kind give
(JSON, HTML).
"""

from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.knowledge.exchange import folder, questions, zendesk
from chalicelib.knowledge.exchange.entries import Entry, Read
from chalicelib.knowledge.exchange.files import unpacked, zipped

FORMATS = ("markdown", "csv", "zendesk")


class File(NamedTuple):
    name: str
    content_type: str
    content: bytes


def read(format_: str, content: bytes, *, language: str = "en") -> Read:
    """The articles in a file of this form, and what could not be read of it, each with its place. `language`: of texts
    that do not say theirs. A zip may hold any of them. Raises Invalid, TooLarge."""
    match format_:
        case "markdown":
            return folder.read(unpacked(content, alone="article.md"), language=language)
        case "csv":
            return questions.read(_only(content, ".csv"), language=language)
        case _:
            return zendesk.read(_only(content, ".json"))


def write(format_: str, entries: Iterable[Entry]) -> File:
    """These articles as one file of this form."""
    match format_:
        case "markdown":
            return File("articles.zip", "application/zip", zipped(folder.write(entries)))
        case "csv":
            return File("articles.csv", "text/csv; charset=utf-8", questions.write(entries))
        case _:
            return File("articles.json", "application/json", zendesk.write(entries))


def _only(content: bytes, ending: str) -> bytes:
    files = unpacked(content, alone=f"articles{ending}")
    return next((files[name] for name in sorted(files) if name.lower().endswith(ending)), b"")
