"""How does what she wrote sound? A small model of words and pieces of words, in this process, without a service.

Each language has a table of one-byte weights. A text is looked up in it by the hashes of its words, of pairs of words
and of short pieces of words (Chinese: of one to three characters); two thresholds on the sum tell calm from annoyed and
angry.
benchmarks/mood.py makes the tables and measures them; docs/recovery.md says how well they do.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zlib import crc32

from chalicelib.model.mood import Mood, MoodLevel
from chalicelib.mood import words

OWN = "Liana"
BUCKETS = 2**14  # bytes of a table
READ = 2_000  # characters: who writes more has said how she feels by then
LANGUAGES = ("en", "zh")
MOST_PHRASES, LONGEST_PHRASE = 3, 8  # phrases told, and the words or characters of one
_WORD = re.compile(r"[a-z][a-z']*|[!?]+")
_HAN = re.compile("[\u4e00-\u9fff!?]+")
_SHOUTED = re.compile(r"\b[A-Z]{3,}\b")
_LETTERS = re.compile(r"[^\W\d_]")
_ENGLISH = frozenset(
    [
        "the",
        "a",
        "an",
        "i",
        "you",
        "we",
        "my",
        "your",
        "our",
        "is",
        "are",
        "was",
        "it",
        "this",
        "that",
        "to",
        "of",
        "in",
        "on",
        "for",
        "and",
        "not",
        "have",
        "has",
        "do",
        "does",
        "can",
        "could",
        "would",
        "me",
        "please",
        "with",
        "be",
        "been",
        "thanks",
        "thank",
        "hello",
        "hi",
        "no",
        "never",
    ]
)
_FOLDED = str.maketrans({"’": "'", "‘": "'", "！": "!", "？": "?"})


@dataclass(frozen=True, slots=True)
class Table:
    """`angry` and `bad` are where, on the sum of weights, the chance of each is one half."""

    weights: Sequence[int]
    scale: float
    bad: float
    angry: float
    annoyed_from: float  # the chance of bad from which it is called annoyed
    angry_from: float  # the chance of angry from which it is called so


def judge(text: str) -> Mood | None:
    """None: it is empty, or in a language nobody taught it."""
    read = text[:READ]
    language = language_of(read)
    if not language:
        return None
    table = tables()[language]
    found = list(features(read, language))
    if not found:
        return None
    raw = sum(table.weights[bucket] for bucket in {bucket for bucket, _, _ in found})
    total = raw * table.scale / math.sqrt(len({bucket for bucket, _, _ in found}))
    bad, angry = _chance(total - table.bad), _chance(total - table.angry)
    level = MoodLevel.CALM
    if bad >= table.annoyed_from:
        level = MoodLevel.ANGRY if angry >= table.angry_from else MoodLevel.ANNOYED
    return Mood(
        level=level,
        score=round(100 * (1 - bad - angry)),
        because=_phrases(read, language, found, table) if level is not MoodLevel.CALM else (),
        leaving=words.leaving(read),
        thanks=level is MoodLevel.CALM and words.only_thanks(read),
        by=OWN,
    )


def language_of(text: str) -> str:
    """`en` or `zh` by script and by small words; empty: another one, or it cannot be told."""
    letters = _LETTERS.findall(text)
    if not letters:
        return ""
    if any("\u3040" <= char <= "\u30ff" or "\uac00" <= char <= "\ud7a3" for char in letters):
        return ""
    if sum("\u4e00" <= char <= "\u9fff" for char in letters) >= 0.2 * len(letters):
        return "zh"
    if not all(char.isascii() for char in letters):
        return ""
    said = re.findall(r"[a-z']+", text.translate(_FOLDED).lower())
    known = sum(word.partition("'")[0] in _ENGLISH for word in said)
    return "en" if known >= max(1, 0.15 * len(said)) or len(said) <= 2 else ""


def features(text: str, language: str) -> Iterator[tuple[int, int, int]]:
    """Bucket, beginning and end of each piece of the text that is looked up."""
    folded = "".join(char.lower() if len(char.lower()) == 1 else char for char in text.translate(_FOLDED))
    yield from _han(folded) if language == "zh" else _latin(folded)
    for shouted in _SHOUTED.finditer(text) if language == "en" else ():
        yield _bucket("^"), *shouted.span()


def _latin(text: str) -> Iterator[tuple[int, int, int]]:
    before = ("", 0)
    for match in _WORD.finditer(text):
        word, (start, end) = match[0][:24], match.span()
        if word[0] in "!?":
            word = word[:3]
        yield _bucket(word), start, end
        yield _bucket(f"{before[0]} {word}"), before[1], end
        before = (word, start)
        padded = f"<{word}>"
        for at in range(len(padded) - 3):
            yield _bucket("~" + padded[at : at + 4]), start, end


def _han(text: str) -> Iterator[tuple[int, int, int]]:
    for match in _HAN.finditer(text):
        run, start = match[0], match.start()
        for size in (1, 2, 3):
            for at in range(len(run) - size + 1):
                yield _bucket(run[at : at + size]), start + at, start + at + size


def _bucket(piece: str) -> int:
    return crc32(piece.encode()) % BUCKETS


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def _phrases(
    text: str, language: str, found: Sequence[tuple[int, int, int]], table: Table
) -> tuple[tuple[int, int], ...]:
    """The places that weighed most, in the order of the text."""
    weighed = [0.0] * len(text)
    for bucket, start, end in found:
        if table.weights[bucket] and end > start:
            share = table.weights[bucket] / (end - start)
            for at in range(start, end):
                weighed[at] += share
    unit = _HAN if language == "zh" else re.compile(r"[^\s]+")
    phrases = []
    for match in unit.finditer(text):
        start, end = match.span()
        for begin in range(start, end, LONGEST_PHRASE) if language == "zh" else (start,):
            last = min(begin + LONGEST_PHRASE, end) if language == "zh" else end
            phrases.append((sum(weighed[begin:last]), begin, last))
    heavy = sorted((phrase for phrase in phrases if phrase[0] > 0), reverse=True)[:MOST_PHRASES]
    return _joined(text, sorted((begin, end) for _, begin, end in heavy))


def _joined(text: str, places: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Neighbours as one."""
    joined: list[tuple[int, int]] = []
    for begin, end in places:
        if joined and not text[joined[-1][1] : begin].strip():
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return tuple(joined)


@cache
def tables(folder: Path = Path(__file__).parent) -> dict[str, Table]:
    """The tables that come with it: some 1 ms, when the first text is judged."""
    told = json.loads((folder / "tables.json").read_text("utf-8"))
    return {
        language: Table(memoryview((folder / f"{language}.bin").read_bytes()).cast("b"), **told[language])
        for language in LANGUAGES
    }
