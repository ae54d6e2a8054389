"""What does a question ask the index for?

For each of its words a group of terms, of which only the best counts: the word's stem, how else it may have been meant
to be spelt where the index does not know it, and its synonyms. How rare a word is in the index is how much it tells.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log

from chalicelib.search import analysis

MOST_WORDS = 40  # the rarest of them: a whole letter may be asked
SYNONYM = 0.5  # weight of a word that means the same
LONGEST_PART = 6  # characters of a synonym where words are not parted
SPELLING = {1: 0.8, 2: 0.6}  # of a word that is so many edits away
MOST_SPELLINGS = 3
LITTLE = 0.4  # weight of words like "please" and "my", which a small index may hold to be rare


@dataclass(frozen=True, slots=True)
class Group:
    """One word of the question."""

    terms: tuple[tuple[str, float], ...]  # tokens the index knows, and their weight; none for an unknown word
    rarity: float  # its inverse document frequency, times `tells`: its weight in the question
    tells: float = 1.0  # less for a word that stands in any question


@dataclass(frozen=True, slots=True)
class Asked:
    groups: tuple[Group, ...]
    pairs: tuple[str, ...] = ()  # of tokens that follow each other
    unknown: tuple[str, ...] = ()  # words no article has, as they were written, those that were read otherwise included

    @property
    def total(self) -> float:
        """The rarity of all words: what the whole question tells."""
        return sum(group.rarity for group in self.groups)

    @property
    def searchable(self) -> tuple[Group, ...]:
        return tuple(group for group in self.groups if group.terms)

    def share(self, tokens: Collection[str]) -> float:
        """0 to 1: how much of the question these tokens explain."""
        total = self.total
        explained = sum(
            group.rarity * max((weight for token, weight in group.terms if token in tokens), default=0.0)
            for group in self.groups
        )
        return explained / total if total else 0.0


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the index knows of words."""

    documents: int
    frequency: Callable[[str], int]  # of a token: how many articles have it
    near: Callable[[str], Iterable[str]]  # to a word: those that are written much like it
    synonyms: Mapping[str, Sequence[str]]  # by word, or by language and word: `de:handy`


def understand(words: Sequence[analysis.Word], languages: Sequence[str], vocabulary: Vocabulary) -> Asked:
    """`languages`: those a word may be of, the likeliest first; it is stemmed as in each."""
    groups: dict[str, Group] = {}
    unknown: dict[str, None] = {}
    for place, word in enumerate(words):
        if word.unparted:
            meant = _within(word.text, languages[0], vocabulary)
            for token in word.tokens:
                if token not in groups:
                    groups[token] = _group([(token, 1.0), *meant.get(token, ())], languages[0], vocabulary)
        elif word.text not in groups:
            before = words[place - 1].text if place and not words[place - 1].unparted else ""
            after = words[place + 1].text if place + 1 < len(words) and not words[place + 1].unparted else ""
            groups[word.text], known = _of(word.text, (before, after), languages, vocabulary)
            if not known:
                unknown[word.text] = None
    most_telling = sorted(groups.values(), key=lambda group: -group.rarity)[:MOST_WORDS]
    return Asked(tuple(most_telling), _pairs(words, groups), tuple(unknown))


def _pairs(words: Sequence[analysis.Word], groups: Mapping[str, Group]) -> tuple[str, ...]:
    """Of words that follow each other, as they were probably meant."""
    meant = [groups[word.text].terms[0][0] if not word.unparted and groups[word.text].terms else "" for word in words]
    pairs = dict.fromkeys(pair(one, other) for one, other in pairwise(meant) if one and other)
    return tuple(pairs)[: MOST_WORDS - 1]


def pair(one: str, other: str) -> str:
    """Two tokens that follow each other, as a token."""
    return f"{one}_{other}"


def _of(word: str, beside: tuple[str, str], languages: Sequence[str], vocabulary: Vocabulary) -> tuple[Group, bool]:
    stems = list(dict.fromkeys(analysis.stem(word, language) for language in languages))
    terms = [(stem, 1.0) for stem in stems]
    known = any(vocabulary.frequency(stem) for stem in stems)
    if not known:
        terms = _spellings(word, languages, vocabulary) or terms
    # "screen saver" where articles write "screensaver".
    for whole in (beside[0] + word, word + beside[1]):
        if whole != word and vocabulary.frequency(stem := analysis.stem(whole, languages[0])):
            terms.append((stem, SPELLING[1]))
    for other in _meaning(word, languages[0], vocabulary):
        terms += [(token, SYNONYM) for token in analysis.tokens(other, languages[0])]
    return _group(terms, languages[0], vocabulary), known


def _meaning(word: str, language: str, vocabulary: Vocabulary) -> list[str]:
    """What means the same in the language she asks in, or in whatever language."""
    synonyms = vocabulary.synonyms
    own = f"{analysis.primary(language)}:{word}"
    return [*synonyms.get(word, ()), *synonyms.get(own, ())] if synonyms else []


def _within(run: str, language: str, vocabulary: Vocabulary) -> dict[str, list[tuple[str, float]]]:
    """What means the same as a part of a run of characters whose words are not parted, by the pairs of that part."""
    found: dict[str, list[tuple[str, float]]] = {}
    if not vocabulary.synonyms:
        return found
    for start in range(len(run)):
        for length in range(2, min(LONGEST_PART, len(run) - start) + 1):
            part = run[start : start + length]
            for other in _meaning(part, language, vocabulary):
                pairs = [(token, SYNONYM) for token in analysis.tokens(other, language) if len(token) > 1]
                for token in analysis.tokens(part, language):
                    if len(token) > 1:
                        found.setdefault(token, []).extend(pairs)
    return found


def _spellings(word: str, languages: Sequence[str], vocabulary: Vocabulary) -> list[tuple[str, float]]:
    if len(word) < 4 or not word.isalpha():
        return []
    found: dict[str, tuple[int, int]] = {}
    for near in vocabulary.near(word):
        away = edits(word, near)
        for language in languages:
            stem = analysis.stem(near, language)
            frequency = vocabulary.frequency(stem)
            if frequency and away in SPELLING:
                found[stem] = min(found.get(stem, (away, -frequency)), (away, -frequency))
    best = sorted(found.items(), key=lambda one: one[1])[:MOST_SPELLINGS]
    return [(stem, SPELLING[away]) for stem, (away, _) in best if away == best[0][1][0]]


def _group(terms: Iterable[tuple[str, float]], language: str, vocabulary: Vocabulary) -> Group:
    weights: dict[str, float] = {}
    for token, weight in terms:
        weights[token] = max(weight, weights.get(token, 0.0))
    frequencies = {token: vocabulary.frequency(token) for token in weights}
    most = max(frequencies.values(), default=0)
    rarity = log(1 + (vocabulary.documents - most + 0.5) / (most + 0.5)) if vocabulary.documents >= most else 0.0
    tells = LITTLE if all(analysis.says_little(token, language) for token in weights) else 1.0
    terms = tuple((token, weight) for token, weight in weights.items() if frequencies[token])
    return Group(terms, max(rarity, 0.0) * tells, tells)


def edits(one: str, other: str) -> int:
    """Letters to insert, leave out, replace or swap with their neighbour to make one word the other (optimal string
    alignment)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, its in enumerate(other, 1):
            cost = min(last[column] + 1, now[column - 1] + 1, last[column - 1] + (letter != its))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == its:
                cost = min(cost, before[column - 2] + 1)
            now.append(cost)
        before, last = last, now
    return last[-1]
