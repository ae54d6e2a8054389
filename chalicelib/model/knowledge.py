"""What the company decided about its knowledge base."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields

from chalicelib.kernel.errors import Permanent


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgePolicy:
    """`review`: what somebody wrote is published by somebody else. `review_days`: after how many days somebody must
    look at a published article again; 0: nobody is asked to. `propose_after`: how many people must have asked what no
    article answers before one is proposed."""

    review: bool = False
    review_days: int = 0
    propose_after: int = 5


MOST: Mapping[str, float] = {"review_days": 3650, "propose_after": 10_000}  # of each number; the least is 0


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
        if not number or not 0 <= value <= MOST[name]:
            whole = "whole number" if kinds[name] is int else "number"
            raise Permanent(f"KNOWLEDGE: {name} is a {whole} from 0 to {MOST[name]}")
    return KnowledgePolicy(**told)
