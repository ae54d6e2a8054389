"""The new words of a reply: what she wrote now, without the history, the signature and our own mail.

A text is read as passages, quotes and headings (`headings`, `attributions`). What stands below a heading is history,
unless it is quoted and answered. Quotes at the end go, quotes that are answered stay; a signature goes with the
passage it stands below (`signatures`), a gateway's warning from above the first one (`banners`). A forwarded mail
is history as well; but where nothing was written above it, its words are what is new.

When in doubt more is kept, and never nothing. All of it is linear: see `lines` for how much is looked at.
"""

import re
from dataclasses import dataclass, field
from enum import Enum, auto

from chalicelib.mail.replies.attributions import attribution_end
from chalicelib.mail.replies.banners import banner_length, tag_length
from chalicelib.mail.replies.headings import heading_end, is_cut_marker, is_reply_line
from chalicelib.mail.replies.lines import Lines, is_rule
from chalicelib.mail.replies.signatures import without_signature
from chalicelib.mail.replies.words import INLINE_ANSWERS, Phrases, folded

CUT_MARKERS = {
    "en": "##- Please type your reply above this line -##",
    "zh-Hans": "##- 请在此行上方回复 -##",
}
CUT_MARKER = CUT_MARKERS["en"]

_INLINE_ANSWERS = Phrases(INLINE_ANSWERS)
_REMARK = 600  # characters in which somebody announces answers further down
_WORDS = re.compile(r"[^\W_]|[\u2190-\u2bff\U0001f000-\U0001faff]")  # emoji are words


class _Kind(Enum):
    PASSAGE = auto()
    QUOTE = auto()
    HEADING = auto()  # opens somebody else's message
    END = auto()  # a line below which nothing is new


@dataclass
class _Block:
    kind: _Kind
    lines: list[int] = field(default_factory=list)
    ours: bool = False  # a quote of a mail of ours, by its cut marker


def new_text(text: str) -> str:
    """The part of `text` that is new. Keeps inline answers; '' only for blank text."""
    lines = Lines(text)
    start = _below_banners(lines)
    blocks = [block for block in _without_signatures(lines, _blocks(lines, start)) if block.lines]
    kept = _trimmed(lines, _new(lines, blocks))
    chosen = [lines.raw[number] for number in kept]
    if kept:
        chosen[0] = chosen[0][tag_length(lines.views[kept[0]]) :]
        if kept[-1] == len(lines) - 1:
            chosen += lines.beyond
    result = _margin("\n".join(chosen))
    return result if _WORDS.search(result) else _margin(text)


def _margin(text: str) -> str:
    """Without blank lines around it; an indented first line stays indented."""
    text = text.strip("\n").rstrip()
    first, newline, rest = text.partition("\n")
    return first.lstrip() + newline + rest if not first.startswith("    ") else text


def _below_banners(lines: Lines) -> int:
    at = 0
    for _ in range(3):
        start = lines.written(at)
        end = start
        while end < len(lines) and lines.views[end] and not lines.quoted[end] and end < start + 8:
            end += 1
        length = banner_length(lines.views[start:end])
        if not length:
            break
        at = start + length
    return at if lines.written(at) < len(lines) else 0


def _blocks(lines: Lines, at: int) -> list[_Block]:
    blocks: list[_Block] = []

    def add(kind: _Kind, number: int) -> None:
        if not blocks or blocks[-1].kind is not kind or kind is _Kind.HEADING:
            blocks.append(_Block(kind))
        blocks[-1].lines.append(number)

    while at < len(lines):
        view = lines.views[at]
        if lines.quoted[at]:
            add(_Kind.QUOTE, at)
            blocks[-1].ours = blocks[-1].ours or is_cut_marker(view)
        elif not view:
            add(blocks[-1].kind if blocks and blocks[-1].kind is not _Kind.HEADING else _Kind.PASSAGE, at)
        elif is_cut_marker(view) or is_reply_line(view):
            add(_Kind.END, at)
        elif (end := max(heading_end(lines, at), attribution_end(lines, at))) > at:
            add(_Kind.HEADING, at)
            at = end
            continue
        else:
            add(_Kind.PASSAGE, at)
        at += 1
    return blocks


def _without_signatures(lines: Lines, blocks: list[_Block]) -> list[_Block]:
    said = False
    for block in blocks:
        if block.kind is _Kind.PASSAGE:
            kept = without_signature(lines.views, block.lines, said=said)
            block.lines = kept if any(not is_rule(lines.views[number]) for number in kept) else []
            said = said or bool(block.lines)
    return blocks


def _new(lines: Lines, blocks: list[_Block]) -> list[int]:
    """The passages that are new, and the quotes between them."""
    answered = _answered(blocks)
    kept: list[int] = []
    said = False
    for index, block in enumerate(blocks):
        if block.kind is _Kind.PASSAGE:
            said = True
            kept += block.lines
        elif block.kind is _Kind.QUOTE:
            if answered[index] and (said or not block.ours or _interleaved(blocks, index)):
                kept += block.lines
        elif said and not answered[index] and not _announced(lines, kept):
            break
    return kept


def _answered(blocks: list[_Block]) -> list[bool]:
    """For each block whether words of this mail follow: then a quote, or the heading of one, has an answer."""
    answers = [False] * (len(blocks) + 1)
    for index in range(len(blocks) - 1, -1, -1):
        kind = blocks[index].kind
        below = blocks[index + 1].kind if index + 1 < len(blocks) else _Kind.END
        if kind is _Kind.PASSAGE:
            answers[index] = True
        elif kind is _Kind.END or (kind is _Kind.HEADING and below is not _Kind.QUOTE):
            answers[index] = False
        else:
            answers[index] = answers[index + 1]
    return answers


def _interleaved(blocks: list[_Block], index: int) -> bool:
    """Whether answers stand between this quote and another one."""
    kinds = [block.kind for block in blocks[index + 1 : index + 3]]
    return kinds == [_Kind.PASSAGE, _Kind.QUOTE]


def _announced(lines: Lines, kept: list[int]) -> bool:
    """Whether the words so far say that the answers stand within the history."""
    said = " ".join(lines.views[number] for number in kept[:10])
    return len(said) < _REMARK and bool(_INLINE_ANSWERS.search(folded(said)))


def _trimmed(lines: Lines, kept: list[int]) -> list[int]:
    """Without what trails: quotes, rules and blank lines."""
    end = len(kept)
    while end and (lines.quoted[kept[end - 1]] or is_rule(lines.views[kept[end - 1]])):
        end -= 1
    return kept[:end]
