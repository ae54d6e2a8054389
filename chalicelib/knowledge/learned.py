"""What is shown of what the knowledge base learned."""

from chalicelib.kernel.errors import NotFound
from chalicelib.knowledge import vocabulary
from chalicelib.model.gap import Gap, GapState
from chalicelib.model.page import Page
from chalicelib.model.question import Question
from chalicelib.model.upkeep import ArticleCare, Finding, FindingState, PairState, UnknownWord, WordPair
from chalicelib.storage import gaps as storage


def gap(gap_id: str) -> Gap:
    """The gap, or the one it was merged into. Raises NotFound."""
    found = storage.gap(gap_id)
    while found and found.state is GapState.MERGED:
        found = storage.gap(found.merged_into)
    if found is None:
        raise NotFound("there is no such gap, or nobody asked it for long")
    return found


def gaps(state: GapState, after: str | None, limit: int) -> Page[Gap]:
    """What costs most first."""
    return storage.gaps(state, after, limit)


def askers(gap_id: str, after: str | None, limit: int) -> Page[Question]:
    """The newest first. Raises NotFound."""
    found = gap(gap_id)
    return storage.questions_of((found.id, *found.absorbed), after, limit)


def findings(state: FindingState, after: str | None, limit: int) -> Page[Finding]:
    """The newest first."""
    return storage.findings(state, after, limit)


def feedback(slug: str) -> ArticleCare:
    """Raises NotFound."""
    article, care = storage.cared(slug)
    if article and article.moved_to:
        article, care = storage.cared(article.moved_to)
    if article is None:
        raise NotFound("no article has this slug")
    return care or ArticleCare(article_id=article.id)


def pairs(state: PairState, after: str | None, limit: int) -> Page[WordPair]:
    return storage.word_pairs(state, after, limit)


def unknown_words() -> list[tuple[str, UnknownWord]]:
    """With their language, the most asked for first; only those enough people wrote."""
    found = [(known.language, word) for known in storage.all_unknown_words() for word in vocabulary.shown(known)]
    return sorted(found, key=lambda each: (-each[1].heat, each[1].word))
