"""Text messages: how many parts one takes, which numbers it goes to, what she means by STOP."""

import re

from chalicelib.channels.base import Channel, Reporter

CHANNEL = Channel(name="sms", reported_by=Reporter.MACHINE)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# 3GPP TS 23.038: the letters that take seven bits, and those that take two of them.
_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_TWICE = frozenset("^{}\\[~]|€\f")
_GSM_ALONE, _GSM_JOINED = 160, 153
_UCS_2_ALONE, _UCS_2_JOINED = 70, 67
# What carriers and the field's associations say must be understood as no more, whatever its case; and what our Chinese
# texts tell her to write.
_STOP = frozenset(
    {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "arret", "arrêt", "td", "t", "退订"}
)


def segments(text: str) -> int:
    """How many parts it is sent, and paid, as; 0 for nothing."""
    if not text:
        return 0
    if all(letter in _GSM_7 or letter in _GSM_7_TWICE for letter in text):
        return _parts([2 if letter in _GSM_7_TWICE else 1 for letter in text], _GSM_ALONE, _GSM_JOINED)
    return _parts([len(letter.encode("utf-16-be")) // 2 for letter in text], _UCS_2_ALONE, _UCS_2_JOINED)


def _parts(sizes: list[int], alone: int, joined: int) -> int:
    """No letter is cut in two: what does not fit begins the next part."""
    if sum(sizes) <= alone:
        return 1
    parts, room = 1, joined
    for size in sizes:
        if size > room:
            parts, room = parts + 1, joined
        room -= size
    return parts


def is_number(value: str) -> bool:
    """Whether it is a number in E.164, the only form that is sent to."""
    return _E164.fullmatch(value) is not None


def says_stop(text: str) -> bool:
    """Whether she wants no more of them; the word alone, for "stop by on Monday" means something else."""
    return " ".join(text.split()).strip(" .!\"'").casefold() in _STOP
