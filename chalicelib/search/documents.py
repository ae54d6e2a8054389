"""What is indexed, and what is found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One article in one language. Its key is (`id`, `language`)."""

    id: str  # the article's slug
    language: str  # BCP 47
    title: str
    body: str  # plain text
    questions: tuple[str, ...] = ()  # what customers asked that it answered, the most asked first
    readers: frozenset[str] = frozenset({"public"})  # who may find it: public, signed_in, tier:<name>, agents
    topic: str = ""
    demand: float = 0.0  # how often it was asked for of late, decayed
    standing: float = 1.0  # 0 to 1: less for one that does not solve what it is found for


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found, in the language that is nearest to the asker's. `question` is the learned one that
    resembles hers most, or empty."""

    id: str
    language: str
    title: str
    score: float
    confidence: float  # 0 to 1: how likely it is that it answers
    question: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`answered`: the best hit is likely enough to be an answer; if not, say so and offer a person."""

    hits: tuple[Hit, ...] = ()
    confidence: float = 0.0
    answered: bool = False
    unknown_words: tuple[str, ...] = ()
