"""What is shown of articles and templates."""

from chalicelib.kernel.errors import NotFound
from chalicelib.knowledge import templates as templates_rules
from chalicelib.model.article import Article
from chalicelib.model.page import Page
from chalicelib.model.template import Template
from chalicelib.storage import knowledge as storage


def article(slug: str) -> Article:
    found = storage.article(slug)
    if found is None:
        raise NotFound("no article has this slug")
    return found


def articles(after: str | None, limit: int) -> Page[Article]:
    """By slug."""
    return storage.articles(after, limit)


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
