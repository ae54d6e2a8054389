"""How does what an agent answered become the draft of an article? Her greeting, her signature and whatever tells of a
person are taken out; what it means she is asked by whoever reviews it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.knowledge.masking import MASK, masked
from chalicelib.mail.replies.quotes import new_text
from chalicelib.model.article import Article, ArticleState, ArticleText
from chalicelib.model.gap import Gap
from chalicelib.model.interaction import Direction, Interaction, Purpose

WRITER = "Liana"
LEAST = 30  # letters of an answer that says something; half of that in Chinese
LONGEST = 8_000
LONGEST_TITLE = 150
SAME_ANSWER = 0.85  # from which another answer is none
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen|abend)|lieber?"
    r"|sehr geehrte[rs]?|bonjour|bonsoir|cher|chère|hola|estimad[oa]|buenos días|ciao|gentile)(?!\w)[^.?\n]{0,60}$"
    r"|(?:您好|你好|尊敬的|亲爱的)[^。?？\n]{0,10}$",
    re.IGNORECASE,
)
_GREETING_BEFORE = re.compile(r"^(?:您好|你好|尊敬的[^，,！!。\n]{0,20}|亲爱的[^，,！!。\n]{0,20})[，,！!。:：]\s*")
_THANKS = re.compile(
    r"(?:thank you|thanks|many thanks|vielen dank|danke|merci|gracias|grazie)(?!\w)[^?\n]{0,90}$"
    r"|(?:感谢您|谢谢)[^，,?？\n]{0,20}$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?:with )?(?:kind|best|warm|many)?\s*(?:regards|wishes|greetings)|sincerely|cheers"
    r"|yours (?:sincerely|truly|faithfully)|mit freundlichen grüßen|(?:viele|beste|liebe|freundliche) grüße"
    r"|cordialement|bien à vous|saludos(?: cordiales)?|un saludo|cordiali saluti|distinti saluti"
    r"|此致|敬礼|顺颂商祺|祝(?:您|你)?(?:生活愉快|好|商祺|顺利|一切顺利))[,，.。!！]?$",
    re.IGNORECASE,
)
_CLOSING_LINES = 6  # at the end, where a closing may stand
_WORDS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Answered:
    """What an agent answered in a case, as it may become an article."""

    case_id: str
    text: str
    at: datetime
    solved: bool  # the case is, since
    author: str = ""  # who answered


def essence(text: str, names: Iterable[str] = ()) -> str:
    """An answer without greeting, closing, signature and quotes, masked line by line; empty when too little is left.
    `names`: of the customer and of who answered."""
    lines = [line.rstrip() for line in new_text(text).strip().splitlines()]
    lines = _without_closing(_without_greeting(lines))
    told = [masked(line, names) if line.strip() else "" for line in lines]
    said = re.sub(r"\n{3,}", "\n\n", "\n".join(told)).strip()
    weight = sum(2 if char > "\u2e80" else 1 for char in said if char.isalpha())
    return said[:LONGEST] if weight >= LEAST else ""


def best(answers: Sequence[Answered]) -> Answered | None:
    """Of a solved case before others, then the one that says most, then the newest."""
    return max(answers, key=lambda one: (one.solved, min(len(one.text), 1_500), one.at), default=None)


def is_answer(said: Interaction) -> bool:
    """Whether a person answered the customer with it."""
    return said.direction is Direction.OUT and said.purpose is Purpose.REPLY and said.author not in ("", WRITER)


def draft(gap: Gap, body: str, language: str, now: datetime) -> Article:
    """For review, under a slug that follows from the gap: there is one draft of it. It is never published by itself."""
    tag = gap.language or language or "en"
    return Article(
        id=slug_of(gap),
        texts={tag: ArticleText(title_of(gap.question), body)},
        state=ArticleState.IN_REVIEW,
        original=tag,
        topic=next(iter(gap.topics), ""),
        owner=gap.owner,
        updated_at=now,
        updated_by=WRITER,
    )


def title_of(question: str) -> str:
    """What customers asked, in their words, as a line of its own."""
    said = " ".join(question.split()).strip(f" {MASK}")[:LONGEST_TITLE].strip()
    return said[:1].upper() + said[1:] if said else MASK


def slug_of(gap: Gap) -> str:
    """From the question, as far as it is Latin, and the gap's id."""
    words = "-".join(_WORDS.findall(gap.question.lower()))[:60].strip("-")
    return f"{words or 'answer'}-{gap.id[-8:].lower()}"


def _without_greeting(lines: list[str]) -> list[str]:
    """Greeting and thanks before the matter, each on a line of its own; Chinese ones may share it."""
    kept = list(lines)
    for _ in range(2):
        while kept and not kept[0].strip():
            kept.pop(0)
        if kept and (_GREETING.match(kept[0].strip()) or _THANKS.match(kept[0].strip())) and len(kept) > 1:
            kept.pop(0)
    if kept:
        kept[0] = _GREETING_BEFORE.sub("", kept[0].lstrip())
    return kept


def _without_closing(lines: list[str]) -> list[str]:
    written = [number for number, line in enumerate(lines) if line.strip()]
    for number in written[-_CLOSING_LINES:]:
        if _CLOSING.match(lines[number].strip()):
            return lines[:number]
    return lines
