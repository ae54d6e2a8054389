"""A gap: what customers ask and no article answers, in their words and without them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from math import floor, log2

HEAT_OF_AN_OCTAVE = 1000  # thousandths: of twice the demand
MOST_EXAMPLES = 20
MOST_CASES = 20
MOST_ALTERNATIVES = 5
MOST_ABSORBED = 50
MOST_KINDS = 12  # tiers, and topics, a gap counts
SKETCHED = 128  # people a gap knows apart; beyond that their number is estimated
SKETCH_DIGITS = 10  # hexadecimal, of each fingerprint


class GapState(Enum):
    OPEN = "open"
    PROPOSED = "proposed"  # enough people asked: somebody should write the article
    DRAFTED = "drafted"  # there is a draft
    ANSWERED = "answered"  # its article is published
    DISMISSED = "dismissed"  # nobody shall write it, unless twice as many ask
    MERGED = "merged"  # it goes on as another one


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What was asked, masked, and how often in these words."""

    text: str
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class GapCase:
    """A case whose customer asked it."""

    case_id: str
    looked_at: bool = False  # what agents answered in it was learned


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another answer agents gave, masked."""

    case_id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Nothing in it tells of a person: texts are masked, people are fingerprints.

    `heat` is the decayed demand as one number that need not be touched while time passes: see knowledge/heat.py.
    """

    id: str
    language: str = ""
    question: str  # the example that resembles the others most
    examples: tuple[Example, ...] = ()  # at most MOST_EXAMPLES
    asks: int = 0
    heat: int = 0
    sketch: tuple[str, ...] = ()  # the smallest fingerprints of who asked, in order, at most SKETCHED
    with_person: int = 0  # asks that ended with a person
    cost: int = 0  # what these cost, in minor units
    tiers: Mapping[str, int] = field(default_factory=dict)  # asks by tier
    topics: Mapping[str, int] = field(default_factory=dict)
    cases: tuple[GapCase, ...] = ()  # the newest MOST_CASES
    state: GapState = GapState.OPEN
    owner: str = ""
    article_id: str = ""
    alternatives: tuple[Alternative, ...] = ()
    absorbed: tuple[str, ...] = ()  # gaps that were merged into it
    merged_into: str = ""
    opened_at: datetime
    last_at: datetime  # when it was asked last
    proposed_at: datetime | None = None
    settled_at: datetime | None = None  # dismissed, or answered
    settled_heat: int = 0  # how much was asked by then
    answered_at: datetime | None = None
    look_at: datetime | None = None  # when its cases are looked through for an answer
    looks: int = 0  # how often they were, since the last one was added
    version: int | None = None

    @property
    def people(self) -> int:
        """How many asked: exact up to SKETCHED, then an estimate within some 9 % (two times out of three)."""
        if len(self.sketch) < SKETCHED:
            return len(self.sketch)
        largest = int(self.sketch[-1], 16) / float(16**SKETCH_DIGITS)
        return max(SKETCHED, round((SKETCHED - 1) / largest))

    @property
    def rank(self) -> int:
        """Its place by demand times what an ask costs, in steps of a fifth. One that no person helped with weighs ten
        minor units an ask."""
        weight = 10 + self.cost / max(self.asks, 1)
        return max(0, floor(4 * (self.heat / HEAT_OF_AN_OCTAVE + log2(weight))))

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in (GapState.OPEN, GapState.PROPOSED, GapState.DRAFTED)
