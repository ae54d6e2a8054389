"""Which known group does a question belong to? Groups are compared by their words, over an inverted index.

A group is the mean of its examples, each a vector of its words weighted by how rare they are. A question looks only at
groups that share one of its rare words, so that a thousand questions against a thousand groups are some thousand
comparisons and not a million.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log, sqrt

from chalicelib.search import analysis

Tokens = Callable[[str], Sequence[str]]
RARE_WORDS = 6  # of a question, by which groups are looked up
COMPARED = 12  # groups at most, for one question
SIMILAR = 0.4  # cosine from which a question belongs to a group
SIMILAR_UNPARTED = 0.33  # likewise where words are not parted, and pairs of characters stand for them
MERGED = 0.6  # from which two groups are one
_ASKING = re.compile(
    "什么时候|多长时间|多久|怎么办|怎么样|怎样|怎么|如何|为什么|什么|请问|能不能|可不可以|可以|是否|想要|我的|你们"
)
_UNPARTED = frozenset({"zh", "ja", "ko", "th", "yue"})


def tokens_of(language: str) -> Tokens:
    """How texts of a language are compared: by words that say something."""

    def tokens(text: str) -> list[str]:
        every = analysis.tokens(_ASKING.sub(" ", text), language)
        return [token for token in every if not analysis.says_little(token, language)] or every

    return tokens


def similar_in(language: str) -> float:
    """From which likeness a question belongs to a group."""
    return SIMILAR_UNPARTED if analysis.primary(language) in _UNPARTED else SIMILAR


class Clusters:
    """Groups of one language, as they are during a run. `comparisons` counts how often two vectors were compared."""

    def __init__(self, tokens: Tokens, *, similar: float = SIMILAR) -> None:
        self._tokens, self._similar = tokens, similar
        self._sums: dict[str, Counter[str]] = {}
        self._groups_with: defaultdict[str, set[str]] = defaultdict(set)
        self._texts_with: Counter[str] = Counter()
        self._texts = 0
        self.comparisons = 0

    def add(self, group: str, texts: Iterable[tuple[str, int]]) -> None:
        """These texts, each so many times, are of the group."""
        known = self._sums.setdefault(group, Counter())
        for text, times in texts:
            words = set(self._tokens(text))
            self._texts += times
            for word in words:
                known[word] += times
                self._texts_with[word] += times
                self._groups_with[word].add(group)

    def drop(self, group: str) -> None:
        for word in self._sums.pop(group, ()):
            self._groups_with[word].discard(group)

    def nearest(self, text: str, *, but: str = "") -> tuple[str, float]:
        """The group that resembles it most, and how much (0 to 1); "" when none shares a telling word."""
        return self._nearest(Counter(set(self._tokens(text))), but)

    def group_of(self, text: str) -> str:
        """The group it belongs to; "" when it is something new."""
        group, similarity = self.nearest(text)
        return group if similarity >= self._similar else ""

    def doubles(self) -> list[tuple[str, str]]:
        """Pairs of groups that are one, the one that stays first; each group is in one pair at most."""
        found: list[tuple[str, str]] = []
        taken: set[str] = set()
        for group in sorted(self._sums):
            other, similarity = self._nearest(self._sums[group], group)
            if similarity >= MERGED and not {group, other} & taken:
                taken |= {group, other}
                found.append((min(group, other), max(group, other)))
        return found

    def _nearest(self, words: Mapping[str, int], but: str) -> tuple[str, float]:
        shared: Counter[str] = Counter()
        known = (word for word in words if self._groups_with.get(word))
        for word in sorted(known, key=lambda word: (-words[word] * self._weight(word), word))[:RARE_WORDS]:
            weight = words[word] * self._weight(word) ** 2
            for group in self._groups_with[word]:
                if group != but:
                    shared[group] += weight  # type: ignore[assignment]  # a Counter of floats
        best, most = "", 0.0
        for group, _ in sorted(shared.items(), key=lambda each: (-each[1], each[0]))[:COMPARED]:
            similarity = self._cosine(words, self._sums[group])
            if similarity > most:
                best, most = group, similarity
        return best, most

    def _cosine(self, one: Mapping[str, int], other: Mapping[str, int]) -> float:
        self.comparisons += 1
        small, large = sorted((one, other), key=len)
        product = sum(small[word] * large[word] * self._weight(word) ** 2 for word in small if word in large)
        return product / (self._length(one) * self._length(other)) if product else 0.0

    def _length(self, words: Mapping[str, int]) -> float:
        return sqrt(sum((times * self._weight(word)) ** 2 for word, times in words.items()))

    def _weight(self, word: str) -> float:
        return log(1 + (self._texts + 20) / (self._texts_with[word] + 1))


def medoid(texts: Sequence[tuple[str, int]], tokens: Tokens) -> str:
    """The text that resembles the others most, each counted as often as it was said; the shorter of two alike."""
    read = [(text, times, frozenset(tokens(text))) for text, times in texts]

    def nearness(mine: frozenset[str]) -> float:
        return sum(times * _overlap(mine, other) for _, times, other in read)

    return max(read, key=lambda each: (round(nearness(each[2]), 6), -len(each[0]), each[0]))[0]


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0
