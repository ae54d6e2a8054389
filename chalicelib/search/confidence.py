"""Is the best article found an answer?

A logistic regression over a few shares that say how well it fits; one for articles that only their words speak for, one
for those that learned questions speak for as well. `python -m benchmarks.search fit` chose the weights, on half of the
development sets at 0 to all learned questions: right ones against questions nothing answers, those of other subjects
among them; what was answerable and found wrongly counts as unanswered at a third of its weight.
"""

from dataclasses import astuple, dataclass, replace
from math import exp

THRESHOLD = 0.5  # from here on it is called an answer
ONE_SENTENCE = 0.6  # likewise, where only one of several sentences is answered
LEAD = 3.0  # of what its words reach, at most, an article's lead tells: the only one that has a word is no answer yet


@dataclass(frozen=True, slots=True)
class Evidence:
    """All 0 to 1."""

    reached: float  # the best article's score by words, of the highest that this question could have
    explained: float  # how much of the question, by rarity, its words are
    agreed: float  # its share of the votes of similar questions
    ahead: float  # by how much of its score it is before the next


BY_WORDS = (-3.49, 4.77, 1.44, 0.0, 2.21)  # the bias, then a weight for each
BY_QUESTIONS = (-4.47, 5.49, 2.3, 2.1, 1.51)


def likelihood(evidence: Evidence) -> float:
    """0 to 1."""
    bias, *weights = BY_QUESTIONS if evidence.agreed > 0 else BY_WORDS
    if not evidence.agreed:
        evidence = replace(evidence, ahead=min(evidence.ahead, LEAD * evidence.reached))
    total = bias + sum(weight * share for weight, share in zip(weights, astuple(evidence), strict=True))
    return 1 / (1 + exp(-total))
