"""What is learned from questions, in the table: gaps, votes, findings, words. AP-88 what there is to learn · AP-89 gaps
· AP-90 the questions of a gap · AP-91 what is known of an article · AP-92 findings · AP-93 words."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel import clock
from chalicelib.model.article import Article
from chalicelib.model.gap import Gap, GapState
from chalicelib.model.page import Page
from chalicelib.model.question import Question
from chalicelib.model.upkeep import (
    ArticleCare,
    ArticleVote,
    Finding,
    FindingState,
    Learning,
    PairState,
    UnknownWords,
    WordPair,
)
from chalicelib.storage import keys, table

A_PAGE = 100


class Cared(NamedTuple):
    article: Article | None
    care: ArticleCare | None


def learning() -> Learning:
    """AP-88: when there is something to learn; by key."""
    found: Learning | None = table.row_at(keys.LEARNING)
    return found or Learning()


def to_learn(limit: int) -> list[Question | ArticleVote]:
    """AP-88: questions and votes of which nothing was learned yet, over all shards; a shard's earliest first."""
    a_shard = -(-limit // keys.LIST_SHARDS)
    found = [
        entry.key
        for shard in range(keys.LIST_SHARDS)
        for entry in table.listed(keys.gap_questions_shard(shard), limit=a_shard)
    ]
    return list(table.rows_at(found[:limit]).values())


def gap(gap_id: str) -> Gap | None:
    """AP-89: by key."""
    found: Gap | None = table.row_at(keys.gap(gap_id))
    return found


def gaps(state: GapState, after: str | None, limit: int) -> Page[Gap]:
    """AP-89: those in a state, what costs most first."""
    listed = table.listed(keys.ranked(state.value), after=after or "", newest_first=True, limit=limit)
    return table.page_of(listed, limit)


def gaps_known(states: Iterable[GapState], limit: int) -> list[Gap]:
    """AP-89: those a question may be an instance of, what costs most first; `limit` of each state. As they were a
    moment ago: who changes one is refused when it is another by then."""
    places = [
        entry.key
        for state in states
        for entry in table.listed(keys.ranked(state.value), newest_first=True, limit=limit)
    ]
    return list(table.rows_at(places, consistent=False).values())


def questions_of(gap_ids: Iterable[str], after: str | None, limit: int) -> Page[Question]:
    """AP-90: what was asked of a gap, and of those that were merged into it; the newest first."""
    shards = [keys.questions_of_gap(gap_id) for gap_id in gap_ids]
    return table.page_of(table.listed_in_all(shards, after=after or "", newest_first=True, limit=limit), limit)


def vote(slug: str, voter: str) -> ArticleVote | None:
    """AP-91: by key."""
    found: ArticleVote | None = table.row_at(keys.article_vote(slug, voter))
    return found


def cared(slug: str) -> Cared:
    """AP-91: an article and what is known of it, in one BatchGet."""
    places = keys.article(slug), keys.article_care(slug)
    rows = table.rows_at(places)
    return Cared(rows.get(places[0]), rows.get(places[1]))


def cares(slugs: Iterable[str]) -> dict[str, ArticleCare]:
    """AP-91: what is known of these, by slug: one BatchGet per 100."""
    return {one.article_id: one for one in table.rows_at(keys.article_care(slug) for slug in slugs).values()}


def standings(slugs: Iterable[str]) -> dict[str, float]:
    """AP-91: how well each solves what it is found for, 0 to 1; 1 for those nothing is known of."""
    wanted = list(slugs)
    known = cares(wanted)
    return {slug: known[slug].standing / 100 if slug in known else 1.0 for slug in wanted}


def heard_since(at: datetime, limit: int) -> list[ArticleCare]:
    """AP-91: articles readers said something of since then, the earliest first."""
    listed = table.listed(keys.HEARD, after=clock.iso(at), limit=limit)
    return list(table.rows_at(entry.key for entry in listed).values())


def finding(finding_id: str) -> Finding | None:
    """AP-92: by key."""
    found: Finding | None = table.row_at(keys.finding(finding_id))
    return found


def findings_of(slug: str) -> list[Finding]:
    """AP-92: of an article, open or not; one Query of its partition."""
    return table.entries(keys.article(slug).pk, keys.FINDINGS, after=None, limit=A_PAGE, consistent=True)


def findings(state: FindingState, after: str | None, limit: int) -> Page[Finding]:
    """AP-92: of all articles, the newest first."""
    listed = table.listed(keys.findings_in_state(state.value), after=after or "", newest_first=True, limit=limit)
    return table.page_of(listed, limit)


def word_pair(language: str, word: str, other: str) -> WordPair | None:
    """AP-93: by key."""
    found: WordPair | None = table.row_at(keys.word_pair(language, word, other))
    return found


def word_pairs(state: PairState, after: str | None, limit: int) -> Page[WordPair]:
    """AP-93: by language and word."""
    return table.page_of(table.listed(keys.pairs_in_state(state.value), after=after or "", limit=limit), limit)


def synonyms() -> dict[str, tuple[str, ...]]:
    """AP-93: words that were approved to mean the same, by language and word (`de:handy`); for whoever builds the
    index."""
    found: dict[str, tuple[str, ...]] = {}
    after = ""
    while True:
        page = word_pairs(PairState.APPROVED, after, A_PAGE)
        for pair in page.items:
            word = f"{pair.language}:{pair.word}" if pair.language else pair.word
            found[word] = (*found.get(word, ()), pair.other)
        if page.next is None:
            return found
        after = page.next


def unknown_words(language: str) -> UnknownWords | None:
    """AP-93: by key."""
    found: UnknownWords | None = table.row_at(keys.unknown_words(language))
    return found


def all_unknown_words() -> list[UnknownWords]:
    """AP-93: of each language; a Query and one BatchGet."""
    return list(table.page_of(table.listed(keys.UNKNOWN, limit=A_PAGE), A_PAGE).items)
