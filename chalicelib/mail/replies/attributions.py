"""Does a line say who wrote what follows: `On <date>, <somebody> wrote:`, in any language?

One rule instead of one per mail program: up to four lines that end in a colon, with two of a date, an address and
a word for "wrote". Where what follows is not quoted the line must be surer, for people write such lines too.
"""

import re

from chalicelib.mail.replies.lines import CLOCK, Lines
from chalicelib.mail.replies.words import FIRST_PERSON, HEADING_OF, SECOND_PERSON, WROTE, WROTE_ENDINGS, folded

_GROUP = 4  # lines
_WORDS = 40
_LONGEST = 600  # characters of them together
_DAY = re.compile(
    r"\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|(?<!\d)(?:(?:19|20|25)\d\d|[٠-٩۰-۹०-९๐-๙]{4})(?!\d)|\d\s?[年년]"
)
_DIGIT, _FIVE_DIGITS = re.compile(r"\d"), re.compile(r"(?:\D{0,400}\d){5}")
_ADDRESS = re.compile(r"[^\s<>@()\[\]]{1,64}@[^\s<>@()\[\]]{2,255}")
_CLOSED = re.compile(r"@[^\s<>@]{2,255}[\s>)\]\"”»,;]{0,6}$")  # ends with the address
_PERSONAL = re.compile(f"{FIRST_PERSON.strip()}|{SECOND_PERSON.strip()}")
_COLONS = (":", "：", "︰", "﹕")
_BETWEEN_WORDS = str.maketrans(dict.fromkeys(",:：()/;،", " "))


def attribution_end(lines: Lines, at: int) -> int:
    """The line after it, `at` when there is none."""
    end = _end(lines, at)
    below = range(at + 1, end)
    return at if any(_stands_alone(lines, start, _end(lines, start)) for start in below) else end


def _end(lines: Lines, at: int) -> int:
    if not _may_begin(lines, at):
        return at
    joined, number = "", at
    for _ in range(_GROUP):
        joined = f"{joined} {lines.views[number].strip()}".strip()
        number += 1
        if len(joined) > _LONGEST:
            return at
        if _opens(joined, quoted_below=_is_quoted(lines, number), lines=number - at):
            return number
        below = lines.written(number)
        if below == len(lines):
            return at
        open_bracket = joined.count("<") > joined.count(">")
        apart = below > number or (lines.quoted[below] and not _says_only_wrote(lines.views[below]))
        if apart and not (open_bracket or lines.views[below].startswith("<")):
            return at
        number = below
    return at


def _may_begin(lines: Lines, at: int) -> bool:
    view = lines.views[at]
    if not view:
        return False
    if ("@" in view and _ADDRESS.search(view)) or view.endswith("<") or _is_dated(view) or _says_wrote(view):
        return True
    below = lines.views[at + 1].lstrip() if at + 1 < len(lines) else ""
    return "@" in below and below.startswith(("<", "(<", "[mailto:"))  # a long name above its address


def _opens(text: str, *, quoted_below: bool, lines: int) -> bool:
    tail = text.strip(" *_-=~>")
    dated = _is_dated(tail)
    if text.startswith(">>>"):  # GroupWise
        return dated and text.endswith(">>>")
    words = _words(tail)
    ends = tail.endswith(_COLONS) or (dated and _says_wrote(tail[-14:]))
    if not ends or len(words) > _WORDS:
        return False
    wrote, address = _says_wrote(tail), bool(_ADDRESS.search(tail))
    if not quoted_below:
        return _is_sure(tail, dated=dated, wrote=wrote, address=address)
    if dated:
        return wrote or address or len(words) <= _WORDS // 2
    return wrote and (address or (lines == 1 and len(words) <= _WORDS // 4))


def _is_sure(text: str, *, dated: bool, wrote: bool, address: bool) -> bool:
    """Whether only a program writes so: `On 12.5.2026 your agent wrote:` is a customer's."""
    if "<" not in text and (_PERSONAL.search(text) or _is_addressed(text)):
        return False
    clock = bool(CLOCK.search(text))
    if wrote:
        return dated and (address or (clock and bool(_DAY.search(text))))
    return clock and bool(_CLOSED.search(text.rstrip("".join(_COLONS))))


def _is_addressed(text: str) -> bool:
    """Whether the address is the one written to: `I wrote to ann@customer.example`."""
    found = _ADDRESS.search(text)
    before = _words(text[: found.start()])[-1:] if found else []
    return any(HEADING_OF.get(word) == "to" for word in before)


def _stands_alone(lines: Lines, at: int, end: int) -> bool:
    """Whether these lines need none before them: then the line above is the writer's own."""
    joined = " ".join(lines.views[at:end]).strip()
    words = _words(joined)
    if not words or words[0] in WROTE or joined[0].islower() or joined[0] in "<([":
        return False
    return bool(_DAY.search(joined)) and _says_wrote(joined)


def _is_quoted(lines: Lines, at: int) -> bool:
    below = lines.written(at)
    return below < len(lines) and lines.quoted[below]


def _is_dated(text: str) -> bool:
    return bool(_DIGIT.search(text)) and bool(CLOCK.search(text) or (_DAY.search(text) and _FIVE_DIGITS.match(text)))


def _says_wrote(text: str) -> bool:
    return any(word in WROTE for word in _words(text)) or any(ending in text for ending in WROTE_ENDINGS)


def _says_only_wrote(view: str) -> bool:
    """`> wrote:`, the end of an opening that was wrapped together with the quote."""
    return len(view) < 30 and view.endswith(_COLONS) and _says_wrote(view)


def _words(text: str) -> list[str]:
    return folded(text).translate(_BETWEEN_WORDS).split()
