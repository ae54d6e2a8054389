"""What the knowledge base learns."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, field

from chalicelib.knowledge.heat import demand
from chalicelib.model.gap import Gap
from chalicelib.model.question import Question
from chalicelib.model.upkeep import ArticleCare, ArticleVote, Finding, UnknownWord, Votes, WordPair
from chalicelib.triggers.answers.shared import Links, Next, Output


class ExampleOut(Output, frozen=True):
    text: Annotated[str, Meta(description="As it was asked, masked.")]
    times: int


class AlternativeOut(Output, frozen=True):
    text: Annotated[str, Meta(description="What an agent answered, masked.")]
    at: datetime


class GapOut(Output, frozen=True):
    """What customers ask and no article answers."""

    gap_id: str
    state: Annotated[str, Meta(description="open, proposed, drafted, answered, dismissed or merged.")]
    language: str
    question: Annotated[str, Meta(description="The example that resembles the others most.")]
    examples: list[ExampleOut]
    asks: int
    people: Annotated[int, Meta(description="Who asked, each counted once; an estimate above 128.")]
    demand: Annotated[float, Meta(description="Asks that count by now: half of one after 14 days.")]
    with_person: Annotated[int, Meta(description="Asks that ended with a person.")]
    cost: Annotated[int, Meta(description="What these cost, in minor units.")]
    tiers: Annotated[dict[str, int], Meta(description="Asks by tier.")]
    topics: Annotated[dict[str, int], Meta(description="Asks by topic.")]
    cases: Annotated[int, Meta(description="Cases of whoever asked, 20 at most.")]
    alternatives: list[AlternativeOut]
    owner: str
    article: Annotated[str, Meta(description="The draft, or the article that answers it; empty: none.")]
    opened_at: datetime
    last_at: datetime
    proposed_at: datetime | None
    answered_at: datetime | None
    links: Links = field(name="_links")

    @classmethod
    def of(cls, gap: Gap, now: datetime, links: dict[str, str]) -> "GapOut":
        return cls(
            gap_id=gap.id,
            state=gap.state.value,
            language=gap.language,
            question=gap.question,
            examples=[ExampleOut(text=each.text, times=each.times) for each in gap.examples],
            asks=gap.asks,
            people=gap.people,
            demand=round(demand(gap.heat, now), 1),
            with_person=gap.with_person,
            cost=gap.cost,
            tiers=dict(gap.tiers),
            topics=dict(gap.topics),
            cases=len(gap.cases),
            alternatives=[AlternativeOut(text=one.text, at=one.at) for one in gap.alternatives],
            owner=gap.owner,
            article=gap.article_id,
            opened_at=gap.opened_at,
            last_at=gap.last_at,
            proposed_at=gap.proposed_at,
            answered_at=gap.answered_at,
            links=links,
        )


class GapsOut(Output, frozen=True):
    """What costs most first: demand times what an ask costs."""

    items: list[GapOut]
    next: Next


class AskerOut(Output, frozen=True):
    """Who asked, when, and how it ended; not in which words."""

    question_id: str
    customer_id: Annotated[str, Meta(description="Empty: a visitor whose name nobody knows.")]
    asked_at: datetime
    state: str
    case_id: str

    @classmethod
    def of(cls, question: Question) -> "AskerOut":
        return cls(
            question_id=question.id,
            customer_id=question.customer_id,
            asked_at=question.asked_at,
            state=question.state.value,
            case_id=question.case_id,
        )


class AskersOut(Output, frozen=True):
    items: list[AskerOut]
    next: Next


class FindingOut(Output, frozen=True):
    """Something about an article that somebody should look at."""

    finding_id: str
    what: Annotated[
        str,
        Meta(
            description="duplicate, dead_link, moved_link, contradiction, review_due, past_date, translation_behind,"
            " not_helpful or does_not_solve."
        ),
    ]
    state: Annotated[str, Meta(description="open, dismissed or fixed.")]
    article: str
    other: Annotated[str, Meta(description="The other article, of two.")]
    language: str
    evidence: Annotated[str, Meta(description="The words that show it.")]
    fix: Annotated[str, Meta(description="What to do, where that is known.")]
    owner: str
    first_at: datetime
    closed_at: datetime | None
    closed_by: str
    links: Links = field(name="_links")

    @classmethod
    def of(cls, finding: Finding, links: dict[str, str]) -> "FindingOut":
        return cls(
            finding_id=finding.id,
            what=finding.what.value,
            state=finding.state.value,
            article=finding.article_id,
            other=finding.other_id,
            language=finding.language,
            evidence=finding.evidence,
            fix=finding.fix,
            owner=finding.owner,
            first_at=finding.first_at,
            closed_at=finding.closed_at,
            closed_by=finding.closed_by,
            links=links,
        )


class UpkeepOut(Output, frozen=True):
    """The newest first."""

    items: list[FindingOut]
    next: Next


class VotesOut(Output, frozen=True):
    helpful: int
    not_helpful: int

    @classmethod
    def of(cls, votes: Votes) -> "VotesOut":
        return cls(helpful=votes.helpful, not_helpful=votes.not_helpful)


class MissingOut(Output, frozen=True):
    text: Annotated[str, Meta(description="Masked.")]
    at: datetime


class FeedbackOut(Output, frozen=True):
    """What readers say of an article. Each counts once, with her last word, some minutes later."""

    article: str
    votes: VotesOut
    by_month: Annotated[dict[str, VotesOut], Meta(description="`2026-11`; the last 24.")]
    solved: Annotated[int, Meta(description="Who asked and said that it solved it.")]
    unsolved: Annotated[int, Meta(description="Who said that it did not, or turned to a person.")]
    standing: Annotated[float, Meta(description="0.3 to 1: how far up it is found.")]
    missing: Annotated[list[MissingOut], Meta(description="What they missed, the newest first.")]

    @classmethod
    def of(cls, care: ArticleCare) -> "FeedbackOut":
        return cls(
            article=care.article_id,
            votes=VotesOut.of(care.votes),
            by_month={month: VotesOut.of(votes) for month, votes in sorted(care.by_month.items())},
            solved=care.solved,
            unsolved=care.unsolved,
            standing=care.standing / 100,
            missing=[MissingOut(text=one.text, at=one.at) for one in reversed(care.missing)],
        )


class VoteOut(Output, frozen=True):
    """The vote as it stands."""

    article: str
    helpful: bool
    at: datetime

    @classmethod
    def of(cls, vote: ArticleVote) -> "VoteOut":
        return cls(article=vote.article_id, helpful=vote.helpful, at=vote.at)


class UnknownWordOut(Output, frozen=True):
    language: str
    word: str
    demand: float
    people: Annotated[int, Meta(description="Who wrote it: 3 at least, counted up to 10.")]

    @classmethod
    def of(cls, language: str, word: UnknownWord, now: datetime) -> "UnknownWordOut":
        return cls(
            language=language,
            word=word.word,
            demand=round(demand(word.heat, now), 1),
            people=len(word.askers),
        )


class UnknownWordsOut(Output, frozen=True):
    """Words that are asked for and that no article knows, the most asked for first."""

    items: list[UnknownWordOut]


class PairOut(Output, frozen=True):
    """Who asked with `word` in vain found it with `other`."""

    pair_id: str
    language: str
    word: str
    other: str
    people: int
    state: Annotated[str, Meta(description="suggested, approved or dismissed.")]
    decided_by: str
    links: Links = field(name="_links")

    @classmethod
    def of(cls, pair: WordPair, links: dict[str, str]) -> "PairOut":
        return cls(
            pair_id=pair.id,
            language=pair.language,
            word=pair.word,
            other=pair.other,
            people=len(pair.askers),
            state=pair.state.value,
            decided_by=pair.decided_by,
            links=links,
        )


class PairsOut(Output, frozen=True):
    items: list[PairOut]
    next: Next
