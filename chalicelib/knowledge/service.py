"""What is done about articles: save them. How often they are used is counted by answers, in cases."""

from collections.abc import Mapping

from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.knowledge import articles
from chalicelib.model.article import Article, ArticleText
from chalicelib.storage import knowledge as storage
from chalicelib.storage.commit import settle
from chalicelib.telemetry import logger


def put_article(slug: str, texts: Mapping[str, ArticleText], *, by: str, expected: int | None) -> Article:
    """Creates or replaces it. Raises Conflict when another edition than `expected` is there, or Invalid."""
    now = clock.now()

    def decide() -> tuple[Decision, Article]:
        return articles.put(storage.article(slug), slug, texts, by=by, expected=expected, now=now)

    decision, article = settle(decide)
    logger.info("article_put", article=slug, edition=article.edition, reason=decision.reason)
    return article
