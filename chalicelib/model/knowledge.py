"""What the company decided about its knowledge base."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgePolicy:
    """`served_after_days`: within how many days of a question somebody who turns to a person about it was not served.
    `hold_out`: of those who are shown answers unasked, the share that is shown none, for comparison. `answer_cost`: of an
    answer without a person, in minor units; a published average of the field in US$."""

    served_after_days: int = 7
    hold_out: float = 0.0
    answer_cost: int = 1_17

    @property
    def served_after(self) -> timedelta:
        return timedelta(days=self.served_after_days)
