"""Which words do customers use that no article knows, and which of theirs mean the same as ours?

A word counts by the people who wrote it, not by how often: one that only one of them wrote may be her name, and is
shown to nobody.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import Message, RefreshSearch
from chalicelib.knowledge import heat
from chalicelib.model.question import Question, QuestionState
from chalicelib.model.upkeep import (
    ASKERS_KEPT,
    ASKERS_TO_SHOW,
    MOST_WORDS,
    PairState,
    UnknownWord,
    UnknownWords,
    WordPair,
)

REPHRASED_WITHIN = timedelta(minutes=10)
MOST_DIFFERENT = 2  # words in which two questions differ, on either side: more is another question
ENOUGH = 8  # people whose rephrasing approves a pair by itself
IN_INDEX = "~synonyms"  # marks that the index lacks them, as articles are marked by their slugs; no slug has a tilde
_WORD = re.compile(r"[^\W\d_]{3,30}")
_UNPARTED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]+")


def rephrased(before: Iterable[Question], solved: Question) -> list[Question]:
    """Which of an asker's questions she asked in vain, just before the one that was solved."""
    if solved.state is not QuestionState.SOLVED:
        return []
    return [
        one
        for one in before
        if timedelta() < solved.asked_at - one.asked_at <= REPHRASED_WITHIN
        and one.id != solved.id
        and not one.held_out
        and one.state is not QuestionState.SOLVED
    ]


def pairs_of(one: str, other: str, says_little: Callable[[str], bool]) -> list[tuple[str, str]]:
    """Words of the first text that stand where others stand in the second. Nothing unless the two are one question
    but for a word or two. Words that say little mean nothing in place of others."""
    unparted = "".join(_UNPARTED.findall(one)), "".join(_UNPARTED.findall(other))
    if all(unparted):
        return _of_runs(*unparted)
    mine, hers = _words(one), _words(other)
    lost = [word for word in mine if word not in hers and not says_little(word)]
    found = [word for word in hers if word not in mine and not says_little(word)]
    shared = [word for word in mine if word in hers and not says_little(word)]
    if not shared or not 1 <= len(lost) <= MOST_DIFFERENT or not 1 <= len(found) <= MOST_DIFFERENT:
        return []
    return [(a, b) for a in lost for b in found]


def learn(
    known: WordPair | None, language: str, words: tuple[str, str], askers: Iterable[str], now: datetime
) -> WordPair:
    """The pair after these asked so as well. Enough people approve it by themselves; what somebody decided stays."""
    pair = known or WordPair(language=language, word=words[0], other=words[1], last_at=now)
    told = tuple(dict.fromkeys((*pair.askers, *askers)))[:ASKERS_KEPT]
    state = pair.state
    if state is PairState.SUGGESTED and len(told) >= ENOUGH:
        state = PairState.APPROVED
    return replace(
        pair,
        askers=told,
        last_at=now,
        state=state,
        decided_at=now if state is not pair.state else pair.decided_at,
        decided_by="Liana" if state is not pair.state else pair.decided_by,
    )


def decide(pair: WordPair, state: PairState, *, by: str, now: datetime) -> tuple[Decision, WordPair]:
    """Somebody says that they mean the same, or that they do not. The same again changes nothing."""
    if pair.state is state and pair.decided_at:
        return Decision(reason="decided before"), pair
    decided = replace(pair, state=state, decided_at=now, decided_by=by)
    return Decision((decided,), to_index(pair, decided), reason=state.value), decided


def to_index(before: WordPair | None, after: WordPair) -> tuple[Message, ...]:
    """The index hears of it when a pair is searched for together from now on, or no more."""
    was = before is not None and before.state is PairState.APPROVED
    return (RefreshSearch(article_id=IN_INDEX),) if was != (after.state is PairState.APPROVED) else ()


def heard(known: UnknownWords, asked: Mapping[str, Iterable[str]], now: datetime) -> UnknownWords:
    """With these words and the fingerprints of who wrote each. The least asked for go when there are too many."""
    words = {one.word: one for one in known.words}
    for word, askers in asked.items():
        there = words.get(word, UnknownWord(word=word, heat=0))
        new = tuple(dict.fromkeys(asker for asker in askers if asker not in there.askers))
        if not new and len(there.askers) < ASKERS_KEPT:
            continue  # the same people again
        words[word] = UnknownWord(
            word=word,
            heat=heat.asked(there.heat, now, float(max(1, len(new)))),
            askers=(*there.askers, *new)[:ASKERS_KEPT],
        )
    kept = sorted(words.values(), key=lambda one: (-one.heat, one.word))[:MOST_WORDS]
    return replace(known, words=tuple(kept))


def shown(known: UnknownWords) -> tuple[UnknownWord, ...]:
    """Those enough people wrote."""
    return tuple(one for one in known.words if len(one.askers) >= ASKERS_TO_SHOW)


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(word.lower() for word in _WORD.findall(text)))


def _of_runs(one: str, other: str) -> list[tuple[str, str]]:
    """The runs of characters that were replaced, where more stayed than went."""
    matcher = SequenceMatcher(a=one, b=other, autojunk=False)
    changes = [change for change in matcher.get_opcodes() if change[0] != "equal"]
    if matcher.ratio() < 0.5 or len(changes) > MOST_DIFFERENT:
        return []
    runs = [(one[a:b], other[c:d]) for what, a, b, c, d in changes if what == "replace"]
    return [(mine, hers) for mine, hers in runs if 2 <= len(mine) <= 6 and 2 <= len(hers) <= 6]
