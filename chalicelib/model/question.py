"""A question asked of the knowledge base, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from chalicelib.kernel import ids


class QuestionState(Enum):
    ASKED = "asked"  # nothing was heard since
    SOLVED = "solved"  # she said so
    UNSOLVED = "unsolved"  # she said that it did not help
    PERSON = "person"  # she turned to a person about it


class AskedThrough(Enum):
    HELP_CENTRE = "help_centre"
    FORM = "form"  # while she typed to us
    API = "api"
    LETTER = "letter"  # an email, answered with articles in its acknowledgement
    AGENT = "agent"  # an agent looked for her: mail, chat or phone


LONGEST_QUESTION = 500  # characters kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Of a customer (then it is on her timeline), or of a visitor whose name nobody knows."""

    id: str  # a ULID of when it was asked
    asked_at: datetime
    text: str = ""  # as she wrote it, at most LONGEST_QUESTION
    language: str = ""
    through: AskedThrough
    customer_id: str = ""
    visitor_id: str = ""
    tier: str = ""
    topic: str = ""  # of the best article shown, or of the case
    shown: tuple[str, ...] = ()  # slugs, the best first
    confidence: int = 0  # percent
    answered: bool = False  # whether we said that we have an answer
    held_out: bool = False  # for comparison: it had an answer, and none was shown
    read: tuple[str, ...] = ()  # slugs she opened
    state: QuestionState = QuestionState.ASKED
    solved_by: str = ""  # the slug
    missing: str = ""  # what was missing, in her words
    case_id: str = ""  # of the person she turned to
    gap_id: str = ""  # what nobody's article answers, which it is an instance of
    learned_as: str = ""  # the lesson that was learned of it last; empty: none yet
    version: int | None = None

    @property
    def open_gap(self) -> bool:
        """Whether nobody's article answered it: for those who look after the knowledge base."""
        return not self.answered or self.state in (QuestionState.UNSOLVED, QuestionState.PERSON)

    @property
    def lesson(self) -> str:
        """What there is to learn of it: how it ended and what was missing, or that no article answered it; empty:
        nothing. Who was not shown what we had teaches nothing of it."""
        if self.held_out or (self.answered and self.state is QuestionState.ASKED):
            return ""
        if self.state is QuestionState.UNSOLVED and self.missing:
            return f"{self.state.value}:{ids.fingerprint(self.missing)[:8]}"
        person = self.case_id and self.state is QuestionState.ASKED
        return QuestionState.PERSON.value if person else self.state.value


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedQuestion:
    """What was asked in these words led to this article, so it is found by them from now on. Nothing in it tells of a
    person: names, numbers and addresses are masked."""

    article_id: str
    text: str
    language: str = ""
    times: int = 1
    last_at: datetime
    version: int | None = None
