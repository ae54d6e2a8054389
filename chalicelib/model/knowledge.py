"""What the company decided about its knowledge base."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta

from chalicelib.kernel.errors import Permanent
from chalicelib.model.article import MOST_IN_AN_ANSWER


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgePolicy:
    """`review`: what somebody wrote is published by somebody else. `review_days`: after how many days somebody must
    look at a published article again; 0: nobody is asked to. `served_after_days`: who turns to a person within so many
    days of a question about it was not served. `hold_out`: of those who are shown answers unasked, the share that is
    shown none, for comparison. `answer_cost`: of an answer without a person, in minor units; a published average of the
    field in US$. `answers_in_letters`: how many articles an acknowledgement carries at most; 0: none.
    `propose_after`: how many people must have asked what no article answers before one is proposed."""

    review: bool = False
    review_days: int = 0
    # What answers save.
    served_after_days: int = 7
    hold_out: float = 0.0
    answer_cost: int = 1_17
    answers_in_letters: int = 3
    propose_after: int = 5

    @property
    def served_after(self) -> timedelta:
        return timedelta(days=self.served_after_days)


MOST: Mapping[str, float] = {  # of each number; the least is 0
    "review_days": 3650,
    "served_after_days": 30,
    "hold_out": 0.5,
    "answer_cost": 1_000_000,
    "answers_in_letters": MOST_IN_AN_ANSWER,
    "propose_after": 10_000,
}
LEAST: Mapping[str, float] = {"served_after_days": 1, "propose_after": 1}  # where it is not 0


def read_knowledge(text: str) -> KnowledgePolicy:
    """From `{"review": true, "review_days": 180}`; what is not named keeps its default.

    Raises Permanent, saying what to correct.
    """
    if not text:
        return KnowledgePolicy()
    try:
        told = dict(json.loads(text))
    except (ValueError, TypeError) as error:
        raise Permanent(f"KNOWLEDGE cannot be read ({error}); see docs/knowledge.md for its form") from error
    kinds = {f.name: f.type for f in fields(KnowledgePolicy)}
    if unknown := sorted({*told} - {*kinds}):
        raise Permanent(f"KNOWLEDGE: there is no {unknown[0]}; there are {', '.join(kinds)}")
    for name, value in told.items():
        if kinds[name] is bool:
            if type(value) is not bool:
                raise Permanent(f"KNOWLEDGE: {name} is true or false")
            continue
        number = type(value) is int or (kinds[name] is float and type(value) is float)
        least = LEAST.get(name, 0)
        if not number or not least <= value <= MOST[name]:
            whole = "whole number" if kinds[name] is int else "number"
            raise Permanent(f"KNOWLEDGE: {name} is a {whole} from {least} to {MOST[name]}")
    return KnowledgePolicy(**told)
