"""How somebody sounds in what she wrote, and what made us think so."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class MoodLevel(Enum):
    CALM = "calm"
    ANNOYED = "annoyed"
    ANGRY = "angry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """`score` runs from -100 (furious) to 100 (glad or plain). `because`: the phrases that weighed most, as the places
    in the text where each begins and ends: what she said is kept once. `by`: who judged, or the agent who
    corrected it."""

    level: MoodLevel
    score: int
    because: tuple[tuple[int, int], ...] = ()
    leaving: tuple[tuple[int, int], ...] = ()  # where she speaks of leaving us, or of lawyers and the public
    thanks: bool = False  # she says thanks and asks for nothing
    by: str

    @property
    def bad(self) -> bool:
        return self.level is not MoodLevel.CALM


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodLabel:
    """What an agent says a contact's mood was: kept to learn from. The words stay with the contact."""

    id: str
    customer_id: str
    interaction_id: str
    at: datetime
    by: str
    level: MoodLevel
    judged: MoodLevel | None = None  # what it was taken for before
    language: str = ""
    version: int | None = None


SCORE_OF = {MoodLevel.CALM: 100, MoodLevel.ANNOYED: -40, MoodLevel.ANGRY: -100}  # when a person says it
