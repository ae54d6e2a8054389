"""Is the best article found an answer?

A logistic regression over a few shares that say how well it fits. `benchmarks/search.py fit` chose the weights.
"""

from dataclasses import astuple, dataclass
from math import exp

THRESHOLD = 0.5  # from here on it is called an answer


@dataclass(frozen=True, slots=True)
class Evidence:
    """All 0 to 1."""

    reached: float  # the best article's score by words, of the highest that this question could have
    resembles: float  # how much of the question the best learned question explains
    twin: float  # the score of that, of the highest it could have
    agreed: float  # the article's share of the votes of similar questions
    ahead: float  # by how much of its score it is before the next


BIAS = -2.0
WEIGHTS = (1.0, 2.0, 1.0, 1.0, 0.5)


def likelihood(evidence: Evidence) -> float:
    total = BIAS + sum(weight * share for weight, share in zip(WEIGHTS, astuple(evidence), strict=True))
    return 1 / (1 + exp(-total))
