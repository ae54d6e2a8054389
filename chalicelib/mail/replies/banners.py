"""Is this paragraph a gateway's warning about mail from outside ("CAUTION: external sender…")?

It begins like a warning and says two of three things: that the mail is from outside, that links and attachments bite,
that one should know the sender. A person who asks about such a mail says "I", or puts a question mark.
"""

import re
from collections.abc import Sequence

from chalicelib.mail.replies.words import (
    BANNERS,
    FIRST_PERSON,
    HARM,
    OUTSIDE,
    SENDER,
    TAGS,
    THIS_MAIL,
    WARNINGS,
    Phrases,
    folded,
)

_LINES = 8
_OPENING = 60  # characters in which it comes to the point
_LABEL = 9  # words: "External email - treat with caution"
_START = re.compile(r"\W{0,8}")
_TAGGED = re.compile(
    r"\s{0,4}(?:\[{1,2}|\*{2,3}|<{2}|\{)\s{0,3}([^\[\]*<>{}]{3,30}?)\s{0,3}(?:\]{1,2}|\*{2,3}|>{2}|\})[\s:-]{0,4}"
)
_WARNING, _THIS_MAIL, _KNOWN, _TAG = Phrases(WARNINGS), Phrases(THIS_MAIL), Phrases(BANNERS), Phrases(TAGS)
_FIRST_PERSON = re.compile(FIRST_PERSON.strip())
_SAYS = (Phrases(OUTSIDE), Phrases(HARM), Phrases(SENDER))
_FINISHED = (".", "!", "。", ")", "]", "*", "！")


def banner_length(views: Sequence[str]) -> int:
    """How many of these lines, from the first one, are such a warning."""
    if not views:
        return 0
    joined = ""
    found = 0
    for count, view in enumerate(views[:_LINES], start=1):
        if found and not _goes_on(views[count - 2], view):
            break
        joined = f"{joined} {view.strip()}".strip()
        if found or _is_banner(joined, count):
            found = count
    return found


def is_banner(views: Sequence[str]) -> bool:
    return banner_length(views) == len(views) > 0


def tag_length(view: str) -> int:
    """The length of an `[EXTERNAL]` before a line's first word; 0 when there is none."""
    tagged = _TAGGED.match(view)
    return tagged.end() if tagged and _TAG.fullmatch(folded(tagged[1])) else 0


def is_personal(text: str) -> bool:
    """Whether somebody speaks for herself: "I", or a question."""
    return "?" in text or bool(_FIRST_PERSON.search(text))


def _is_banner(text: str, lines: int) -> bool:
    said = _START.sub("", folded(text), count=1)
    label = said.rstrip(" *]>:!}-") if lines == 1 else ""
    if _KNOWN.match(said) or (label != "ext" and _TAG.fullmatch(label)):
        return True
    of_itself = bool(_THIS_MAIL.search(said, _OPENING))
    if not (of_itself or _WARNING.match(said)) or is_personal(text):
        return False
    outside, *others = (bool(sign.search(said)) for sign in _SAYS)
    return outside and (any(others) or of_itself or len(said.split()) < _LABEL)


def _goes_on(above: str, view: str) -> bool:
    """Whether a sentence runs on into this line, or the warning says more."""
    said = folded(view.strip())
    if not above.endswith(_FINISHED):
        return bool(said) and (not view.strip()[0].isupper() or any(sign.search(said) for sign in _SAYS))
    signs = sum(bool(sign.search(said)) for sign in _SAYS)
    return bool(_KNOWN.match(said)) or signs > 1 or (signs == 1 and bool(_WARNING.match(said)))
