"""A text as lines that rules can afford to look at: at most 3,000 of them, at most 400 characters of each."""

import re

LINE, LINES = 400, 3_000
RULE = re.compile(r"[-_=*~+#.\s\u1427\u2010-\u2015\u2500\u2550\uff0d]+$")  # U+1427: the dot of Streak and Mailtrack
CLOCK = re.compile(r"(?<!\d)(?<!\d[./-])\d{1,2}\s?[:.h時點点]\s?\d{2}(?!\.?\d)")  # 10:00, 10h00, 10.00; not 12.05.2026

_UNSEEN = dict.fromkeys((*range(0x200B, 0x2010), 0x2060, 0xAD, 0xFEFF)) | dict.fromkeys((0xA0, 0x202F, 0x3000), " ")
# `>`, `AL>`, and not GroupWise's opening of a quote: `>>> Ann <ann@customer.example> 12.05.2026 10:00 >>>`
_QUOTE = re.compile(r"\s{0,8}(?:(?:[A-Z][A-Za-z]{0,2})?>(?!>> .{6,390}>>>$)|&gt;)")
_RARE_QUOTE = re.compile(r"\s{0,4}([|}»])(?:\s|$)")
_ASKS = ("?", "？", ":", "：")


class Lines:
    """`raw` as written, `views` as rules want them (no invisible characters), `quoted` by number.

    `beyond` holds in one string what follows the last of them, if anything does.
    """

    def __init__(self, text: str) -> None:
        lines = text.replace("\r\n", "\n").split("\n", LINES)
        self.raw, self.beyond = lines[:LINES], lines[LINES:]
        self.views = [_view(line[:LINE]) for line in self.raw]
        self.quoted = _quoted(self.views)
        self._written = _written(self.views)

    def __len__(self) -> int:
        return len(self.views)

    def written(self, at: int) -> int:
        """The first line from this one on that is not blank; the number of lines when there is none."""
        return self._written[at] if at < len(self) else len(self)


def is_rule(view: str) -> bool:
    """A line without words: blank, or drawn."""
    return not view or bool(RULE.match(view))


def _view(line: str) -> str:
    return (line if line.isascii() else line.translate(_UNSEEN)).rstrip()


def _written(views: list[str]) -> list[int]:
    found, following = [0] * len(views), len(views)
    for at in range(len(views) - 1, -1, -1):
        following = at if views[at] else following
        found[at] = following
    return found


def _quoted(views: list[str]) -> list[bool]:
    quoted = [bool(_QUOTE.match(view)) for view in views]
    rare = [match[1] if (match := _RARE_QUOTE.match(view)) and not view.endswith("|") else "" for view in views]
    for at in range(1, len(views)):
        if rare[at] and rare[at] == rare[at - 1]:  # code and tables have such lines, too, but not one below the other
            quoted[at - 1] = quoted[at] = True
    for at, view in enumerate(views):
        if view.startswith(">From ") and not any(quoted[at - 1 : at] + quoted[at + 1 : at + 2]):
            quoted[at] = False  # mbox writes a person's own "From" so
    for at in range(1, len(views) - 1):
        if not quoted[at] and quoted[at - 1] and quoted[at + 1] and _is_rest(views[at], views[at - 1]):
            quoted[at] = True
    return quoted


def _is_rest(view: str, above: str) -> bool:
    """Whether this line, between two quoted ones, is what a mail program broke off the one above."""
    return len(above) > 60 and bool(view) and not view[0].isupper() and not above.endswith(_ASKS)
