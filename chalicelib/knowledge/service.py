"""What is done about articles and templates: save them. How often they are used is counted by answers, in cases."""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Forbidden, NotFound
from chalicelib.knowledge import articles, templates
from chalicelib.model.article import Article, ArticleText
from chalicelib.model.template import Template
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


def put_template(
    slug: str, *, title: str, texts: Mapping[str, str], team: str, by: str, expected: int | None, serving: str = ""
) -> Template:
    """Creates or replaces it. `serving`: the team of a caller who may touch that team's only.

    Raises NotFound (it is another team's), Conflict when another edition than `expected` is there, or Invalid.
    """
    now = clock.now()

    def decide() -> tuple[Decision, Template]:
        known = storage.template(slug)
        _may_touch(known, serving)
        if serving and team != serving:
            raise Forbidden(f"This key is of the team {serving}: its templates are, too.", "/team")
        return templates.put(known, slug, title=title, texts=texts, team=team, by=by, expected=expected, now=now)

    decision, template = settle(decide)
    logger.info("template_put", template=slug, edition=template.edition, reason=decision.reason)
    return template


def delete_template(slug: str, *, by: str, serving: str = "") -> None:
    """Nobody finds it any more; answers made of it stay. Raises NotFound, also the second time."""
    now = clock.now()

    def decide() -> tuple[Decision, None]:
        known = storage.template(slug)
        if known is None or known.deleted:
            raise NotFound("there is no such template")
        _may_touch(known, serving)
        return Decision((replace(known, deleted=True, updated_at=now, updated_by=by),), reason="deleted"), None

    settle(decide)
    logger.info("template_deleted", template=slug)


def _may_touch(known: Template | None, serving: str) -> None:
    """Who serves one team changes its templates; everybody's only who serves all. Raises NotFound, Forbidden."""
    if known is None or not serving or known.team == serving:
        return
    if known.team:
        raise NotFound("there is no such template")
    raise Forbidden("This template is everybody's: a key of all teams changes it.")
