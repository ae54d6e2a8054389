"""A table of questions and answers (CSV, RFC 4180), a line for each article and language.

    question,answer,language,slug,topic,…
    Can I return a tent?,"Yes, within **30 days**.",en,returning-goods,returns

`question` and `answer` must be there; the order is free; commas, semicolons or tabs part. Cells that a spreadsheet
would take for a formula are written with an apostrophe before them, which is taken off again.
"""

import csv
import io
from collections.abc import Iterable
from typing import Any

from chalicelib.knowledge.exchange.entries import (
    Entry,
    Odd,
    Problem,
    Read,
    joined,
    language_of,
    listed,
    made,
    slug_of,
    told,
)
from chalicelib.model.article import ArticleText

COLUMNS = (
    "question", "answer", "language", "slug", "topic", "labels", "audience", "tiers", "state", "original", "owner",
    "review_at",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "'")
_TITLES, _BODIES = ("question", "title"), ("answer", "body")


def write(entries: Iterable[Entry]) -> bytes:
    """With a byte order mark, by which spreadsheets know that it is UTF-8. Images stay behind."""
    out = io.StringIO(newline="")
    table = csv.DictWriter(out, COLUMNS, restval="")
    table.writeheader()
    for entry in entries:
        said = {name: listed(value) if isinstance(value, list) else value for name, value in told(entry).items()}
        for tag, text in entry.texts.items():
            row = {"question": text.title, "answer": text.body, "language": tag, "slug": entry.slug, **said}
            table.writerow({name: _guarded(str(value)) for name, value in row.items()})
    return out.getvalue().encode("utf-8-sig")


def read(content: bytes, *, language: str) -> Read:
    """`language`: of lines that do not say theirs."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Read((), (Problem("1", "it is not UTF-8 text: save it as “CSV UTF-8”"),))
    header = text.partition("\n")[0]
    parted = max(",;\t", key=header.count)
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=parted)
    names = [(name or "").strip().lower() for name in table.fieldnames or ()]
    table.fieldnames = names
    if not set(names) & set(_TITLES) or not set(names) & set(_BODIES):
        return Read(
            (), (Problem("1", "its first line names the columns: question and answer, and what else there is"),)
        )
    found: dict[str, Entry] = {}
    problems: list[Problem] = []
    while True:
        try:
            row = next(table, None)
        except csv.Error as error:
            problems.append(Problem(str(table.line_num), f"from here on it cannot be read: {error}"))
            break
        if row is None:
            break
        if not any(value.strip() for value in row.values() if isinstance(value, str)):
            continue
        try:
            entry = _entry({name: _open(value) for name, value in row.items() if isinstance(value, str)}, language)
            there = found.get(entry.slug)
            found[entry.slug] = joined(there, entry) if there else entry
        except Odd as error:
            problems.append(Problem(str(table.line_num), str(error)))
    return Read(tuple(found.values()), tuple(problems))


def _entry(row: dict[str, Any], language: str) -> Entry:
    title = next((row[name] for name in _TITLES if row.get(name)), "").strip()
    body = next((row[name] for name in _BODIES if row.get(name)), "").strip()
    tag = language_of(row.get("language", "").strip() or language)
    slug = row.get("slug", "").strip() or slug_of(title)
    return made(slug, {tag: ArticleText(title, body)}, row)


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _open(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
