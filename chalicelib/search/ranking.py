"""In which order do articles answer a question?

An article is found in two ways: by its own words (title twice, questions it answered, body), and by single questions
that resemble the new one and vote for the article they led to. Both are measured against their best, and the vote
counts by how much of the question the best of those explains: where little was learned yet, it has little to say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p

VOTERS = 20  # questions that vote
SHARPNESS = 3.0  # a vote's weight is its score to this power: ten vague ones do not outvote a near twin
VOTE = 1.0  # of the votes beside the words, when the best learned question explains all of the new one
DEMAND = 0.02  # at most, of the score: it orders near-ties and no more
FLOOR = 0.6  # of the score is left to an article that never solves what it is found for


@dataclass(frozen=True, slots=True)
class Voice:
    """A learned question that resembles the new one."""

    article: int
    score: float
    explains: float = 0.0  # 0 to 1: how much of the new question its words are
    text: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    article: int
    score: float
    words: float  # 0 to 1, of the best by words
    votes: float  # 0 to 1, of all votes


def rank(
    by_words: Sequence[tuple[int, float]],
    voices: Sequence[Voice],
    demand: Mapping[int, float],
    standing: Mapping[int, float],
) -> list[Ranked]:
    """Best first. `by_words`: articles with their score; what lacks in `demand` is asked for by nobody, what lacks in
    `standing` is a good one."""
    most_words = max((score for _, score in by_words), default=0.0)
    words = {article: score / most_words for article, score in by_words if most_words > 0}
    votes = tallied(voices)
    most_votes = max(votes.values(), default=0.0)
    weight = VOTE * max((voice.explains for voice in voices), default=0.0) ** 2
    most_asked = max(demand.values(), default=0.0)
    ranked = []
    for article in dict.fromkeys((*words, *votes)):
        by_both = words.get(article, 0.0) + (weight * votes.get(article, 0.0) / most_votes if most_votes else 0.0)
        asked = log1p(max(demand.get(article, 0.0), 0.0)) / log1p(most_asked) if most_asked > 0 else 0.0
        trust = FLOOR + (1 - FLOOR) * min(max(standing.get(article, 1.0), 0.0), 1.0)
        score = by_both * (1 + DEMAND * asked) * trust
        ranked.append(Ranked(article, score, words.get(article, 0.0), votes.get(article, 0.0)))
    return sorted(ranked, key=lambda one: -one.score)


def tallied(voices: Iterable[Voice]) -> dict[int, float]:
    """Each article's share of the votes; the best article's best question decides between equals."""
    tally: dict[int, float] = {}
    for voice in voices:
        tally[voice.article] = tally.get(voice.article, 0.0) + voice.score**SHARPNESS
    every = sum(tally.values())
    return {article: votes / every for article, votes in tally.items()} if every > 0 else {}
