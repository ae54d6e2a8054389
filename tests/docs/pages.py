"""The documents as data: their links, tables, code and headings."""

import re
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
NAMES = [path.relative_to(REPOSITORY).as_posix() for path in DOCUMENTS]

_SPAN = re.compile(r"`([^`\n]+)`")
_BLOCK_LINE = re.compile(r"^(?: {4}|\t)(?! *[-*] )(.*)$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$", re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@cache
def text(name: str) -> str:
    return (REPOSITORY / name).read_text("utf-8")


def spans(name: str) -> list[str]:
    """What stands between backticks."""
    return _SPAN.findall(text(name))


def code(name: str) -> list[str]:
    """Everything a reader might type: spans, and the lines of indented blocks."""
    return spans(name) + _BLOCK_LINE.findall(text(name))


def links(name: str) -> list[str]:
    return [inline or reference for inline, reference in _LINK.findall(text(name))]


def anchors(name: str) -> set[str]:
    """The headings as links name them."""
    headings = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(text(name)))
    return {heading.strip().replace(" ", "-") for heading in headings}


def rows(name: str) -> list[list[str]]:
    """The cells of every table row, head rows included."""
    lines = [line for line in text(name).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def row_of(name: str, first: str) -> list[str]:
    """The row whose first cell begins with this span or word. Empty when there is none."""
    named = (first, f"`{first}`", f"`{first}` ", f"{first} ")
    return next((row for row in rows(name) if row[0] in named or row[0].startswith(named[2:])), [])


def section(name: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its level."""
    level = len(heading) - len(heading.lstrip("#"))
    until_next = rf"^{re.escape(heading)}$(.*?)(?=^#{{1,{level}}} |\Z)"
    found = re.search(until_next, text(name), re.MULTILINE | re.DOTALL)
    return found[1] if found else ""


@cache
def repository_files() -> set[str]:
    """Every file that belongs to the repository, by its path."""
    left_out = {".git", ".venv", ".cloud", ".build", ".liana", "__pycache__"}
    found = set()
    for path in REPOSITORY.iterdir():
        if path.name in left_out or path.name.endswith("_cache"):
            continue
        inside = path.rglob("*") if path.is_dir() else [path]
        files = [p for p in inside if p.is_file() and "__pycache__" not in p.parts]
        found |= {p.relative_to(REPOSITORY).as_posix() for p in files}
    return found
