"""The company's settings of its knowledge base."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgePolicy:
    # What answers save.
    served_after: timedelta = timedelta(days=7)  # without a person since: then a question counts as served
    hold_out: float = 0.0  # the share of those who ask that is shown no answers unasked, for comparison
    answer_cost: int = 1_17  # of one answer without a person, in minor units; a published average of the field in US$
