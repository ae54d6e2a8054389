"""Where does another message begin in a text: `-----Original Message-----`, or lines of From, Sent, To and Subject?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from chalicelib.mail.replies.lines import CLOCK, Lines, is_rule
from chalicelib.mail.replies.words import HEADING_OF, REPLY_LINES, TITLES, Phrases, folded

_DEPTH = 16  # lines of a header block, at most
_LABEL = 28  # characters
_INNER = 12  # labels on one line
_MARGIN = " \t>*_|-•·[]"
_PADDING = " \t*|"
_COLON = re.compile("[:：︰﹕]")
_RULED_TITLE = re.compile(
    r"[>\s*|]{0,6}[-_=~*\u2013\u2014]{2,}\s{0,20}([^\W\d_].{2,60}?)\s{0,20}[-_=~*\u2013\u2014]{2,}[\s*]{0,6}$"
)
_OUR_CUT = re.compile(r"[>\s*]{0,9}##-.{3,100}-##")
_REPLY_LINE = Phrases(REPLY_LINES)


@dataclass(frozen=True, slots=True)
class Block:
    """The header lines of a message within a message; `end` is the line after them."""

    end: int
    fields: dict[str, str]  # by kind, as in `words.HEADINGS`


def is_cut_marker(view: str) -> bool:
    """Our own `##- Please type your reply above this line -##`, quoted or not."""
    return bool(_OUR_CUT.match(view))


def is_reply_line(view: str) -> bool:
    """The same of another desk: a line that says so and not much more."""
    return 8 < len(view) < (60 if view.endswith(".") else 120) and bool(_REPLY_LINE.search(folded(view)))


def heading_end(lines: Lines, at: int) -> int:
    """The line after a title, a header block, or both; `at` when there is none."""
    view = lines.views[at]
    if block := block_at(lines, at):
        return block.end
    ruled = _RULED_TITLE.match(view)
    titled = len(view) <= 90 and (ruled is not None or not is_rule(view)) and _is_title(ruled[1] if ruled else view)
    if not (ruled or titled or is_rule(view)):
        return at
    below = lines.written(at + 1)
    if below - at <= 3 and (block := block_at(lines, below)):
        return block.end
    return at + 1 if ruled and titled else at


def block_at(lines: Lines, at: int) -> Block | None:
    """The header block that begins with this line, quoted or not."""
    if at >= len(lines) or not _labels(lines.views[at]):
        return None
    fields: dict[str, str] = {}
    last, gap, kind = at, 0, "other"
    for number in range(at, min(at + _DEPTH, len(lines))):
        view = lines.views[number]
        found = _labels(view)
        if not found:
            gap += 1
            if gap > 2:
                break
            if gap == 1 and (len(lines.views[last]) > 60 or kind in ("to", "cc") or not fields[kind]):
                fields[kind] = f"{fields[kind]} {view.strip(_MARGIN)}".strip()
            continue
        if gap and found[0][0] in fields and "from" in fields:
            break  # the next message's
        for kind, value in found:
            fields.setdefault(kind, value)
        last, gap = number, 0
    if not _is_header(fields):
        return None
    below = lines.views[last + 1] if last + 1 < len(lines) else ""
    wrapped = len(lines.views[last]) > 60 and below and not below.startswith(">")
    return Block(last + 2 if wrapped else last + 1, fields)


def _is_header(fields: dict[str, str]) -> bool:
    """Not a person's `From: Berlin, To: Paris, Date: 12 May`."""
    kinds = fields.keys() - {"other"}
    addressed = any("@" in fields.get(kind, "") for kind in ("from", "to", "cc"))
    timed = bool(CLOCK.search(fields.get("date", "")))
    if "from" not in kinds:
        return len(kinds) > 2 and "subject" in kinds and (addressed or timed)
    if len(kinds) > 2:
        return "subject" in kinds or addressed or (timed and list(fields)[:2] == ["from", "date"])
    return len(kinds) == 2 and "@" in fields["from"]


@lru_cache(maxsize=2 * _DEPTH)  # each line is looked at for every block it may belong to
def _labels(view: str) -> tuple[tuple[str, str], ...]:
    return tuple(_read_labels(view))


def _read_labels(view: str) -> Iterator[tuple[str, str]]:
    """(kind, value) of each label, when one begins the line: programs for telephones put them all on one."""
    head = _COLON.search(view, 0, _LABEL + 8)
    if head is None:
        cells = view.split("|", 3) if view.startswith("|") else ()  # NetEase draws a table
        if len(cells) > 2 and (kind := _kind(cells[1])):
            yield kind, cells[2].strip(_PADDING)
        return
    kind = _kind(view[: head.start()])
    if kind is None:
        return
    start = head.end()
    for colon in islice(_COLON.finditer(view, start), _INNER):
        words = view[start : colon.start()].rstrip(" *_").split(" ")
        inner = next(((n, k) for n in (3, 2, 1) if len(words) > n and (k := _kind(" ".join(words[-n:])))), None)
        if inner:
            yield kind, " ".join(words[: -inner[0]]).strip(_PADDING)
            kind, start = inner[1], colon.end()
    yield kind, view[start:].strip(_PADDING)


def _kind(label: str) -> str | None:
    label = label.strip(_MARGIN)
    return HEADING_OF.get(folded(label).replace(" ", "").replace("*", "")) if len(label) <= _LABEL else None


def _is_title(view: str) -> bool:
    title = folded(view)
    return any(stem in title for stem in TITLES)
