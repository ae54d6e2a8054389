"""What stands below a letter that the writer did not write for it: signature, telephone, list, scanner, lawyers.

"Best regards, Ann" is part of the letter; what follows a line of `--` is not.
"""

import re
from collections.abc import Sequence

from chalicelib.mail.replies.banners import is_banner, is_personal
from chalicelib.mail.replies.lines import is_rule
from chalicelib.mail.replies.words import (
    ADVERTISEMENTS,
    DEVICES,
    FOOTERS,
    NOTICES,
    TAGLINE_ENDINGS,
    TAGLINES,
    Phrases,
    folded,
)

_SIGNATURE = 12  # written lines below a mark; more than that is the second half of a letter
_AFTER_RULE = 5  # below a mark that people also use to part a letter
_TAGLINE = 130  # characters
_NOTICE, _NOTICE_LINES, _NOTICE_PARAGRAPHS = 4_000, 40, 4  # characters, lines, paragraphs
_NAMED_MARK = re.compile(r"(?:--|—)\s{0,2}[^\W\d_a-z][\w .,'’&-]{1,40}(?<!-)$")
_RULES = ("---", "—", "———", "–")
_MARGIN = ' \t*<>[](){}_-—~|"“”'
_SENTENCE = re.compile(r"\?(?:\s|$)|: \w")
_LINK = re.compile(r"\W{0,3}(?:https?://|www\.|mailto:)\S{1,300}\W{0,3}$")
_PLATFORM = re.compile(r"(?:windows|android|ios|iphone|ipad|outlook)\b.{0,20}$")
_TAGLINE_START, _TAGLINE_END = Phrases(TAGLINES), Phrases(TAGLINE_ENDINGS, ending=r"\W{0,4}$")
_ADVERTISEMENT, _DEVICE, _FOOTER = Phrases(ADVERTISEMENTS), Phrases(DEVICES), Phrases(FOOTERS)
_NOTICES = tuple(Phrases(notice) for notice in NOTICES)


def without_signature(views: Sequence[str], passage: list[int], *, said: bool) -> list[int]:
    """The lines of a passage that are the letter. `said`: whether one was begun above the passage."""
    kept = _above_mark(views, passage, said=said)
    kept = _without_taglines(views, kept)
    for _ in range(_NOTICE_PARAGRAPHS):
        above = _above_notice(views, kept)
        if len(above) == len(kept) or not (above or said):
            break
        kept = above
    return kept


def is_tagline(view: str) -> bool:
    """`Sent from my iPhone`, in any language; not `Sent via DHL yesterday`."""
    said = folded(view.strip(_MARGIN + ".!"))
    if _ADVERTISEMENT.match(said) and not is_personal(view):
        return True
    if not said or _SENTENCE.search(view):
        return False
    said = re.sub(r"[<(\[]?https?://\S{1,300}", "", said)
    if len(said) > _TAGLINE or len(said.split()) > 14:
        return False
    start = _TAGLINE_START.match(said)
    if start is None and not _TAGLINE_END.search(said):
        return False
    return bool(_DEVICE.search(said))


def _above_mark(views: Sequence[str], passage: list[int], *, said: bool) -> list[int]:
    below = sum(1 for n in passage if views[n])
    for index, number in enumerate(passage):
        view = views[number].strip()
        below -= bool(view)
        marked = below < _room(view) and _is_mark(views, passage, index)
        footer = below < _SIGNATURE and "?" not in view and bool(_FOOTER.match(folded(view.strip(_MARGIN))))
        if said and (marked or footer):
            return passage[:index]
        said = said or not (is_rule(view) or _is_greeting(view))
    return passage


def _is_mark(views: Sequence[str], passage: list[int], index: int) -> bool:
    """Whether such a line marks a signature: directly above it, or the only one. Others part a letter."""
    mark = views[passage[index]].strip()
    follows = index + 1 < len(passage) and bool(views[passage[index + 1]])
    only = sum(views[n].strip() == mark for n in passage) == 1
    return (follows and only) if mark in _RULES else (follows or only)


def _is_greeting(view: str) -> bool:
    return view.endswith((",", "，")) and len(view) < 50 and len(view.split()) < 5


def _room(view: str) -> int:
    """One more than the written lines a signature below this line may have; 0 when it marks none."""
    if view in ("--", "__") or (len(view) > 4 and set(view) == {"_"}):
        return _SIGNATURE + 1
    if view in _RULES:
        return _AFTER_RULE + 1
    return _AFTER_RULE + 1 if view.startswith("--") and _NAMED_MARK.match(view) else 0


def _without_taglines(views: Sequence[str], passage: list[int]) -> list[int]:
    """Without such lines and their links, and without what stands below one when that is the smaller part."""
    kept: list[int] = []
    total = sum(len(views[n]) for n in passage)
    above, dropped = 0, False
    for index, number in enumerate(passage):
        view = views[number]
        if dropped and (not view or _LINK.match(view) or _PLATFORM.match(folded(view))):
            continue
        begins = dropped or index == 0 or not views[passage[index - 1]]
        dropped = bool(view) and is_tagline(view) and (begins or _ends(views, passage, index))
        if not dropped:
            kept.append(number)
            above += len(view)
        elif 2 * above > total:
            break
    return kept


def _ends(views: Sequence[str], passage: list[int], index: int) -> bool:
    """Whether nothing but links and further taglines follows."""
    below = [views[n] for n in passage[index + 1 : index + 8] if views[n]]
    return len(below) < 4 and all(_LINK.match(view) or is_tagline(view) for view in below)


def _above_notice(views: Sequence[str], passage: list[int]) -> list[int]:
    """Without the last paragraph when lawyers or a gateway wrote it."""
    end = len(passage)
    while end and is_rule(views[passage[end - 1]]):
        end -= 1
    start = end
    while start and not is_rule(views[passage[start - 1]]):
        start -= 1
    paragraph = [views[n] for n in passage[start:end]]
    return passage[:start] if paragraph and (is_banner(paragraph) or _is_notice(paragraph)) else passage


def _is_notice(paragraph: Sequence[str]) -> bool:
    text = " ".join(paragraph[:_NOTICE_LINES])
    if not 40 <= len(text) < _NOTICE or is_personal(text):
        return False
    text = folded(text)
    secret, addressed, *others = (bool(notice.search(text)) for notice in _NOTICES)
    return (secret or addressed) and secret + addressed + sum(others) > 1
