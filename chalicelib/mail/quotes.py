"""The new words of a reply: what she wrote now, without the history, the signature and our own mail.

One generic rule instead of one per mail program and language: a group of up to four lines that holds a date
or an address and ends in a colon or a word for "wrote" opens the history; so do three kinds of
From/Sent/To/Subject lines, and a separator. Quotes at the end go, quotes that are answered stay. When in
doubt more is kept, and never nothing.

Every pattern sees at most 400 characters of a line and 3,000 lines of a mail.
"""

import re
from collections.abc import Iterator

from chalicelib.mail.words import DEVICES, HEADING_OF, TAGLINES, WROTE, WROTE_ENDINGS

CUT_MARKERS = {
    "en": "##- Please type your reply above this line -##",
    "zh-Hans": "##- 请在此行上方回复 -##",
}
CUT_MARKER = CUT_MARKERS["en"]

_LINE, _LINES = 400, 3_000
_QUOTE = re.compile(r"\s{0,8}[A-Za-z]{0,2}[>|]")
_RULE = re.compile(r"[-_=*~+#\s\u2014\u2500]{2,}$")
_TITLED_RULE = re.compile(r"[>\s]{0,4}(?:[-_=*]{3,}\s{0,3}[^\W\d_][^-_=*]{3,60}[-_=*]{3,}|[-_]{20,})\s{0,9}$")
_CUT = re.compile(r"[>\s*]{0,9}##-.{3,100}-##")
_DAY_OR_HOUR = re.compile(r"\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|\d{1,2}[:.h]\d{2}|\d\s?[年년]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_ADDRESS = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{2,255}")
_DEVICE = re.compile("|".join(DEVICES), re.IGNORECASE)
_TAGLINE = re.compile(r"[\s*<\[(]{0,4}(" + "|".join(TAGLINES) + ")", re.IGNORECASE)


def new_text(text: str) -> str:
    """The part of `text` that is new. Keeps inline answers; '' only for blank text."""
    lines = text.replace("\r\n", "\n").split("\n", _LINES)
    beyond = lines[_LINES:]
    lines = lines[:_LINES]
    views = [line[:_LINE].replace("\u200e", "").rstrip() for line in lines]
    keep = _without_history(views)
    uncut = beyond if keep and keep[-1] == len(lines) - 1 else []
    result = "\n".join([*(lines[n] for n in keep), *uncut]).strip("\n").rstrip()
    result = _margin(result)
    return result if result.strip() else _margin(text.strip("\n").rstrip())


def _margin(text: str) -> str:
    first, newline, rest = text.partition("\n")
    return first.lstrip() + newline + rest if not first.startswith("    ") else text


def _without_history(views: list[str]) -> list[int]:
    end = len(views)
    quoted = [bool(_QUOTE.match(v)) for v in views]
    _join_wrapped(views, quoted)
    last_new = _last_new(views, quoted)
    keep: list[int] = []
    written = False  # whether anything was said so far
    at = 0
    while at < end:
        view = views[at]
        if _CUT.match(view):
            break
        if quoted[at]:
            keep.append(at)
            at += 1
            continue
        if _is_signature(views, quoted, at, written):
            following = next((n for n in range(at, end) if quoted[n]), end)
            if following < last_new < end:
                at = following
                continue
            break
        opened = _history_at(views, quoted, at)
        if opened > at:
            body = next((n for n in range(opened, end) if views[n].strip()), end)
            inline = body < end and quoted[body] and last_new > body
            if written and not inline:
                break
            at = opened
            continue
        written = written or (bool(view.strip()) and not _RULE.match(view))
        keep.append(at)
        at += 1
    return _trimmed(views, quoted, keep)


def _trimmed(views: list[str], quoted: list[bool], keep: list[int]) -> list[int]:
    """Without what trails: quotes, rules and blank lines."""
    end = len(keep)
    while end and (quoted[keep[end - 1]] or not views[keep[end - 1]].strip() or _RULE.match(views[keep[end - 1]])):
        end -= 1
    return keep[:end]


def _join_wrapped(views: list[str], quoted: list[bool]) -> None:
    """A quoted line that a mail program broke: its unmarked rest between two quoted lines is quote too."""
    for at in range(1, len(views) - 1):
        if not quoted[at] and quoted[at - 1] and quoted[at + 1] and len(views[at - 1]) > 60 and views[at].strip():
            quoted[at] = True


def _last_new(views: list[str], quoted: list[bool]) -> int:
    """The last line that answers, not counting a signature; -1 for none."""
    end = len(views)
    for at in range(end - 1, -1, -1):
        if not quoted[at] and (views[at] in ("--", "—") or (_RULE.match(views[at]) and len(views[at].strip()) > 1)):
            end = at
    return next((n for n in range(end - 1, -1, -1) if views[n].strip() and not quoted[n]), -1)


def _is_signature(views: list[str], quoted: list[bool], at: int, written: bool) -> bool:
    view = views[at].strip()
    if not written:
        return False
    if view in ("--", "---", "—") or (len(view) > 4 and set(view) == {"_"}):
        return True
    if len(view) > 100 or not _TAGLINE.match(view):
        return False
    last = not any(v.strip() for v, q in zip(views[at + 1 :], quoted[at + 1 :], strict=True) if not q)
    return last or bool(_DEVICE.search(view))


def _history_at(views: list[str], quoted: list[bool], at: int) -> int:
    """Where the history's own text begins when its heading stands at this line; `at` when there is none."""
    view = views[at]
    if not view.strip():
        return at
    if _TITLED_RULE.match(view):
        below = next((n for n in range(at + 1, len(views)) if views[n].strip()), at)
        titled = any(char.isalpha() for char in view)
        end = _heading_block(views, below) if below > at else at
        if end > below:
            return end
        return at + 1 if titled else at
    end = _heading_block(views, at)
    return end if end > at else _attribution(views, quoted, at)


def _heading_block(views: list[str], at: int) -> int:
    """The end of a block of From/Sent/To/Subject lines, `at` if there are not three kinds of them."""
    kinds: set[str] = set()
    last = at
    if not _kind(views[at]):
        return at
    gap = 0
    for number in range(at, min(at + 14, len(views))):
        kind = _kind(views[number])
        if kind:
            kinds.add(kind)
            last, gap = number, 0
        else:
            gap += 1
            if gap > 2:
                break
    named = "subject" in kinds or any("@" in view for view in views[at : last + 1])  # not "From: Paris"
    known = named and (len(kinds) >= 3 or (len(kinds) == 2 and "from" in kinds and "@" in views[at]))
    if not known:
        return at
    last += 1
    while (
        last < len(views)
        and views[last].strip()
        and last < at + 14
        and not _kind(views[last])
        and views[last][:1] != ">"
    ):
        last += 1  # a subject that goes on in the next line
        break
    return last


def _kind(view: str) -> str | None:
    head, colon, _ = view[:40].replace("：", ":").partition(":")
    if not colon:
        return None
    return HEADING_OF.get("".join(head.strip(" \t>*_|").lower().replace("*", "").split()))


def _attribution(views: list[str], quoted: list[bool], at: int) -> int:
    """`On <date>, <somebody> wrote:` in any language, over one to four lines."""
    dated = _dated(views[at])
    named = "@" in views[at] and bool(_ADDRESS.search(views[at]))
    if not (dated or named or _has_wrote(views[at])):
        return at
    joined = ""
    for count, number in enumerate(_group(views, quoted, at)):
        if count == 2 and not dated:
            break
        joined = f"{joined} {views[number].strip()}".strip()
        if len(joined) > 2 * _LINE:
            break
        tail = joined.rstrip(" *_>")
        colon = tail.endswith((":", "：", ":>"))
        if not (colon or (dated and _has_wrote(tail[-12:]))):
            continue
        wrote = _has_wrote(tail)
        address = "@" in joined and bool(_ADDRESS.search(joined))
        below = next((n for n in range(number + 1, len(views)) if views[n].strip()), -1)
        answers = below >= 0 and quoted[below]
        if (dated and (wrote or address or answers)) or (wrote and (address or answers) and colon):
            return number + 1
    return at


def _dated(view: str) -> bool:
    if not any(char.isdigit() for char in view):
        return False
    return bool(_DAY_OR_HOUR.search(view)) or (bool(_YEAR.search(view)) and sum(map(str.isdigit, view)) > 4)


def _has_wrote(view: str) -> bool:
    words = view.lower().replace(",", " ").replace(":", " ").replace("：", " ").split()
    return any(w in WROTE for w in words) or any(w in view for w in WROTE_ENDINGS)


def _group(views: list[str], quoted: list[bool], at: int) -> Iterator[int]:
    """Up to four written lines, over single blank ones when the group is clearly open (`…<`)."""
    count, number = 0, at
    while number < len(views) and count < 4:
        if quoted[number] and number > at and not views[number].lstrip().startswith("> "):
            return
        if views[number].strip():
            count += 1
            yield number
        elif count and not _dated(views[at]):
            return
        number += 1
        if number > at + 7:
            return
