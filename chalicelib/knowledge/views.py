"""What is shown of articles and templates."""

from chalicelib.kernel.errors import Moved, NotFound
from chalicelib.knowledge import templates as templates_rules
from chalicelib.model.article import Article, ArticleEdition, ArticleState, Audience
from chalicelib.model.page import Page
from chalicelib.model.template import Template
from chalicelib.storage import knowledge as storage

MOST_LOOKED_THROUGH = 500  # articles for one page
LOOKED_AT_ONCE = 100


def article(slug: str) -> Article:
    """Raises NotFound, Moved."""
    found = storage.article(slug)
    if found is None:
        raise NotFound("no article has this slug")
    if found.moved_to:
        raise Moved(f"the article is called {found.moved_to} now", found.moved_to)
    return found


def articles(
    after: str | None,
    limit: int,
    *,
    state: ArticleState | None = None,
    topic: str = "",
    language: str = "",
    audience: Audience | None = None,
    stale: bool = False,
    behind: bool = False,
) -> Page[Article]:
    """By slug, those alone that are as asked for. Few of many are looked for in steps: a page may be short, or empty,
    though there are more."""

    def wanted(found: Article) -> bool:
        return (
            state in (None, found.state)
            and topic in ("", found.topic)
            and (not language or any(tag.lower() == language.lower() for tag in found.texts))
            and audience in (None, found.audience)
            and (found.stale or not stale)
            and bool(found.behind or not behind)
        )

    plain = not (state or topic or language or audience or stale or behind)
    items: list[Article] = []
    place, looked = after, 0
    while True:
        page = storage.articles(place, limit if plain else LOOKED_AT_ONCE)
        looked += len(page.items)
        for number, found in enumerate(page.items):
            if wanted(found):
                items.append(found)
            if len(items) == limit:
                more = page.next or number < len(page.items) - 1
                return Page(tuple(items), found.id if more else None)
        place = page.next
        if place is None or looked >= MOST_LOOKED_THROUGH:
            return Page(tuple(items), place)


def editions(slug: str, after: str | None, limit: int) -> Page[ArticleEdition]:
    """What was published of it, the newest first. Raises NotFound, Moved."""
    return storage.editions(article(slug), after, limit)


def edition(slug: str, number: int) -> ArticleEdition:
    """Raises NotFound, Moved."""
    found = storage.edition(article(slug), number)
    if found is None:
        raise NotFound("no such version of it was published")
    return found


def template(slug: str, serving: str = "") -> Template:
    """As agents of this team may use it; "": of all. Raises NotFound."""
    found = storage.template(slug)
    if found is None or not templates_rules.usable(found, serving):
        raise NotFound("there is no such template")
    return found


def templates(after: str | None, limit: int, serving: str = "") -> Page[Template]:
    """By slug, without other teams' ones: a page may be short."""
    page = storage.templates(after, limit)
    return Page(tuple(found for found in page.items if templates_rules.usable(found, serving)), page.next)
