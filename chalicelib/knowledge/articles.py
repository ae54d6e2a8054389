"""What does saving an article change, and which of its words does a customer read?"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.mail.outgoing.render import FALLBACK, nearest_language
from chalicelib.model.article import Article, ArticleText


def put(
    known: Article | None,
    slug: str,
    texts: Mapping[str, ArticleText],
    *,
    by: str,
    expected: int | None,
    now: datetime,
) -> tuple[Decision, Article]:
    """The article with these texts in place of those it had. The texts it has already change nothing, so a
    repetition is harmless. `expected` is the edition the editor saw: 0 for none, None for any.

    Raises Conflict when another edition is there, Invalid for texts that say nothing or say it twice.
    """
    texts = _readable(texts)
    if known and known.texts == texts:
        return Decision(reason="unchanged"), known
    edition = known.edition if known else 0
    if expected is not None and expected != edition:
        there = f"version {edition} is there" if edition else "there is no such article"
        raise Conflict(f"{there}, not version {expected}: look at it again", "/expected_version")
    article = Article(
        id=slug,
        texts=texts,
        edition=edition + 1,
        updated_at=now,
        updated_by=by,
        used=known.used if known else 0,
        version=known.version if known else None,
    )
    return Decision((article,), reason="replaced" if known else "created"), article


def insert(answer: str, articles: Iterable[Article], language: str) -> str:
    """The agent's words, then each article's, in the customer's language as far as there are any."""
    found = (article.texts[nearest(article, language)] for article in articles)
    return "\n\n".join([answer, *(f"{text.title}\n\n{text.body}" for text in found)])


def nearest(article: Article, language: str) -> str:
    """The language of its texts that comes nearest, as in our mails; without English, the first there is."""
    return nearest_of(article.texts, language)


def nearest_of(texts: Mapping[str, object], language: str) -> str:
    """Likewise of any texts by language; there is one at least."""
    tags = sorted(texts)
    candidates = (nearest_language(tags, wanted) for wanted in (language, FALLBACK))
    return next((tag for tag in candidates if tag in texts), tags[0])


def _readable(texts: Mapping[str, ArticleText]) -> dict[str, ArticleText]:
    if not texts:
        raise Invalid("an article has a text in one language at least", "/texts")
    read: dict[str, ArticleText] = {}
    for tag, text in texts.items():
        if tag.lower() in {other.lower() for other in read}:
            raise Invalid("this language is there already, written differently", f"/texts/{tag}")
        read[tag] = ArticleText(text.title.strip(), text.body.strip())
        for field in ("title", "body"):
            if not getattr(read[tag], field):
                raise Invalid("there is nothing to read in it", f"/texts/{tag}/{field}")
    return read
