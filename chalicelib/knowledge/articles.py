"""What does saving an article change, and which of its words does a customer read?

Its texts are worked on while readers go on seeing those that were published (`Article.live`); `publishing` says how the
one becomes the other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Forbidden, Invalid, Moved, TooLarge
from chalicelib.kernel.messages import Message, RefreshSearch
from chalicelib.knowledge import html
from chalicelib.mail.outgoing.render import FALLBACK, nearest_language
from chalicelib.model.article import (
    MOST_BYTES,
    MOST_IMAGES,
    MOST_WRITERS,
    Article,
    ArticleEdition,
    ArticleImage,
    ArticleState,
    ArticleText,
    Audience,
)
from chalicelib.model.customer import Customer

RESERVED = frozenset({"import", "export", "preview"})  # /v1/articles/<these> are no articles


class Editor(NamedTuple):
    """Who works on an article. `publishes`: whether she may say what readers see."""

    name: str
    caller: str = ""  # as receipts know her; empty: her name
    publishes: bool = True

    @property
    def id(self) -> str:
        return self.caller or self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is said of an article besides its texts; None: as it is. It counts at once, for readers too."""

    topic: str | None = None
    labels: tuple[str, ...] | None = None
    owner: str | None = None
    original: str | None = None
    audience: Audience | None = None
    tiers: tuple[str, ...] | None = None


AS_IT_IS = About()


def put(
    known: Article | None,
    slug: str,
    texts: Mapping[str, ArticleText],
    *,
    by: Editor,
    expected: int | None,
    about: About = AS_IT_IS,
    made_from: Mapping[str, int] | None = None,
    tiers: Collection[str] = (),
    replace_redirect: bool = False,
    images: Sequence[ArticleImage] = (),
    now: datetime,
) -> tuple[Decision, Article]:
    """The article with these texts to work on in place of those it had. The texts it has already change nothing, so a
    repetition is harmless. `expected` is the edition the editor saw: 0 for none, None for any. `made_from`: which
    edition of the original a translation follows, where it is not the newest. `tiers`: those there are. `images`: new
    ones of its.

    What was submitted or scheduled is a draft again. Raises Conflict when another edition is there, Moved for the old
    slug of a renamed article, Forbidden for who may not change its readers, TooLarge, and Invalid for texts that say
    nothing or say it twice, or show an image the article does not have.
    """
    texts = _readable(texts)
    stub = known if known and known.moved_to else None
    if stub and not replace_redirect:
        raise Moved(f'the article is called {stub.moved_to} now; "replace_redirect" begins another here', stub.moved_to)
    old = None if stub else known
    if old is None and slug in RESERVED:
        raise Invalid(f"an article cannot be called {slug}: choose another slug", "/slug")
    its = (*(old.images if old else ()), *(image.id for image in images))
    if len(its) > MOST_IMAGES:
        raise Conflict(f"an article has at most {MOST_IMAGES} images: take one out first")
    _demand_images(texts, its)
    article = _edited(old, texts, made_from or {}, by, now) if old else _begun(stub, slug, texts, by, now)
    article = _described(replace(article, images=its), about, old, by, tiers)
    if old and article == old:
        return Decision(reason="unchanged"), old
    edition = old.edition if old else 0
    if expected is not None and expected != edition:
        there = f"version {edition} is there" if edition else "there is no such article"
        raise Conflict(f"{there}, not version {expected}: look at it again", "/expected_version")
    if old and texts == old.texts:
        article = replace(article, updated_at=now, updated_by=by.name)
        return decided(old, article, *images, reason="described"), article
    kept = (*first_edition(old), *images)
    return decided(old, article, *kept, reason="replaced" if old else "created"), article


def _begun(stub: Article | None, slug: str, texts: Mapping[str, ArticleText], by: Editor, now: datetime) -> Article:
    edition = stub.edition + 1 if stub else 1
    return Article(
        id=slug,
        uid=ids.derived_ulid(now, "article", slug),
        texts=texts,
        changed=dict.fromkeys(texts, edition),
        made_from=dict.fromkeys(texts, edition),
        state=ArticleState.DRAFT,
        writers=(by.id,),
        edition=edition,
        updated_at=now,
        updated_by=by.name,
        version=stub.version if stub else None,
    )


def _edited(
    known: Article, texts: Mapping[str, ArticleText], made_from: Mapping[str, int], by: Editor, now: datetime
) -> Article:
    if texts == known.texts and not made_from:
        return known
    edition = known.edition + (texts != known.texts)
    different = {tag for tag, text in texts.items() if known.texts.get(tag) != text}
    changed = {tag: edition if tag in different else known.changed.get(tag, 0) for tag in texts}
    article = replace(known, texts=texts, changed=changed)
    newest = changed.get(article.source, 0)
    follows = {tag: newest if tag in different else known.made_from.get(tag, 0) for tag in texts}
    follows |= {tag: min(told, newest) for tag, told in made_from.items() if tag in texts}
    if not different and texts == known.texts:  # a translator says that hers still fits
        return replace(known, made_from=follows)
    live = known.live
    clean = known.state is ArticleState.PUBLISHED
    again = bool(live) and texts == live and known.state is not ArticleState.RETIRED
    retired = known.state is ArticleState.RETIRED
    state = ArticleState.PUBLISHED if again else ArticleState.RETIRED if retired else ArticleState.DRAFT
    first = first_edition(known)
    return replace(
        article,
        made_from=follows,
        state=state,
        published={} if again else live,
        published_edition=first[0].edition if first else known.published_edition,
        published_at=first[0].published_at if first else known.published_at,
        published_by=first[0].published_by if first else known.published_by,
        writers=() if again else tuple(dict.fromkeys((*(() if clean else known.writers), by.id)))[-MOST_WRITERS:],
        publish_at=None,
        scheduled_by="",
        edition=edition,
        updated_at=now,
        updated_by=by.name,
    )


def _described(article: Article, about: About, known: Article | None, by: Editor, tiers: Collection[str]) -> Article:
    """Raises Invalid, Forbidden."""
    audience = article.audience if about.audience is None else about.audience
    of_tiers = article.tiers if about.tiers is None else tuple(dict.fromkeys(about.tiers))
    if audience is not Audience.TIERS and about.tiers is None:
        of_tiers = ()
    if audience is Audience.TIERS and not of_tiers:
        raise Invalid('say which tiers read it, or choose another audience than "tiers"', "/tiers")
    if audience is not Audience.TIERS and of_tiers:
        raise Invalid('tiers go with the audience "tiers" only', "/tiers")
    if strange := [tier for tier in of_tiers if tiers and tier not in tiers]:
        raise Invalid(f"there is no tier {strange[0]}; there are {', '.join(tiers)}", "/tiers")
    original = article.original if about.original is None else about.original
    if about.original and about.original not in article.texts:
        raise Invalid("the original is one of its languages", "/original")
    decided_on = known and (known.live or known.state is ArticleState.SCHEDULED)
    if known and decided_on and (audience, of_tiers) != (known.audience, known.tiers) and not by.publishes:
        raise Forbidden("It is published, or will be: who reads it is changed by who may publish (articles:publish).")
    return replace(
        article,
        audience=audience,
        tiers=of_tiers,
        original=original if original in article.texts else "",
        topic=article.topic if about.topic is None else about.topic.strip(),
        owner=article.owner if about.owner is None else about.owner.strip(),
        labels=article.labels if about.labels is None else tuple(dict.fromkeys(about.labels)),
    )


def first_edition(known: Article | None) -> tuple[ArticleEdition, ...]:
    """What was published before editions were kept, to be kept before it is changed; empty for all others."""
    if known is None or known.state is not ArticleState.PUBLISHED or known.published_edition:
        return ()
    return (edition_of(known, known.updated_at, known.updated_by),)


def edition_of(article: Article, at: datetime, by: str, note: str = "") -> ArticleEdition:
    return ArticleEdition(
        uid=article.lasting,
        edition=article.edition,
        texts=article.texts,
        audience=article.audience,
        tiers=article.tiers,
        topic=article.topic,
        published_at=at,
        published_by=by,
        note=note,
    )


def decided(known: Article | None, article: Article, *others: object, reason: str) -> Decision:
    """The change, and word for the search when readers see something else."""
    messages: tuple[Message, ...] = ()
    if seen(known) != seen(article):
        messages = (RefreshSearch(article_id=article.id),)
    return Decision((article, *others), messages, reason=reason)


def seen(article: Article | None) -> tuple[object, ...]:
    """What there is of it for readers."""
    if article is None or not article.live:
        return ()
    return dict(article.live), article.audience, article.tiers, article.topic, article.id


# ── In answers ────────────────────────────────────────────────────────────────────────────────────


def demand_sendable(articles: Sequence[Article], customer: Customer | None) -> None:
    """Raises Conflict, pointing at the first that must not be sent: it is not published, or not for her to read.
    `customer`: None for somebody else than a customer."""
    for place, article in enumerate(articles):
        at = f"/articles/{place}"
        if not article.live:
            raise Conflict(f"the article {article.id} is not published: publish it first, or answer without it", at)
        if article.audience is Audience.AGENTS:
            raise Conflict(f"the article {article.id} is for agents only: say it in your own words", at)
        if article.audience is Audience.TIERS and (customer is None or customer.tier not in article.tiers):
            hers = f": hers is {customer.tier}" if customer else ""
            raise Conflict(f"the article {article.id} is for the tiers {', '.join(article.tiers)}{hers}", at)


def insert(answer: str, articles: Iterable[Article], language: str) -> str:
    """The agent's words, then what each article tells readers, in the customer's language as far as there are any."""
    found = (article.live[nearest(article, language)] for article in articles)
    return "\n\n".join([answer, *(f"{text.title}\n\n{html.to_text(text.body, links=True)}" for text in found)])


def nearest(article: Article, language: str) -> str:
    """The language of what readers see that comes nearest, as in our mails; without English, the first there is. Of
    one that nobody reads, of the texts it has."""
    return nearest_of(article.live or article.texts, language)


def nearest_of(texts: Mapping[str, object], language: str) -> str:
    """Likewise of any texts by language; there is one at least."""
    tags = sorted(texts)
    candidates = (nearest_language(tags, wanted) for wanted in (language, FALLBACK))
    return next((tag for tag in candidates if tag in texts), tags[0])


# ── What can be kept ──────────────────────────────────────────────────────────────────────────────


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
    size = sum(len(f"{text.title}{text.body}".encode()) for text in read.values())
    if size > MOST_BYTES:
        raise TooLarge(
            f"an article's texts have at most {MOST_BYTES} bytes in all languages together, these have {size}: make"
            " two articles of it",
            "/texts",
        )
    return read


def _demand_images(texts: Mapping[str, ArticleText], images: Collection[str]) -> None:
    """Raises Invalid for an image that would not be shown."""
    for tag, text in texts.items():
        if "](" not in text.body and "]:" not in text.body:
            continue  # nothing to read it for
        for address in html.images_of(text.body):
            file = html.image_file(address)
            if address.startswith("images/") and file.partition(".")[0] not in images:
                raise Invalid(
                    f"this article has no image {address[:60]}: upload it first, and write the address you are given",
                    f"/texts/{tag}/body",
                )
