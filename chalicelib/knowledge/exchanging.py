"""What is done to take articles in from elsewhere, and to hand them out.

A call does a bounded part and says where to go on, so neither the size of a file nor that of the knowledge base is a
limit. What was taken in already changes nothing, so a part may be repeated.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from chalicelib.cases import uploads
from chalicelib.configuration import policy
from chalicelib.gateways import objects
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Forbidden, HubError, Invalid, NotFound, TooLarge
from chalicelib.knowledge import articles, exchange, html, publishing
from chalicelib.knowledge.articles import About, Editor
from chalicelib.knowledge.exchange.entries import PUBLISHED, RETIRED, Entry, entry_of
from chalicelib.knowledge.illustrating import MOST_IMAGE_BYTES
from chalicelib.model.article import IMAGE_TYPES, Article, ArticleImage, ArticleState, ArticleText, Audience
from chalicelib.storage import correspondence
from chalicelib.storage import knowledge as storage
from chalicelib.storage.commit import settle
from chalicelib.telemetry import logger

TAKEN_AT_ONCE = 50  # articles of one call: a read, a write and a write for each image
GIVEN_AT_ONCE = 500
IMAGES_AT_ONCE = 100  # an object to read each
BYTES_AT_ONCE = 6 * 1024 * 1024  # of texts and images, but for one article alone: the file fits in an upload
_PAGE = 100
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)  # images that come from elsewhere are named by what they are, not by when

CREATED, CHANGED, UNCHANGED, REFUSED = "created", "changed", "unchanged", "refused"


class Line(NamedTuple):
    """What became of an article, or would. `at`: where it stands in the file, of what could not be read."""

    slug: str
    result: str
    why: str = ""
    at: str = ""
    state: str = ""
    languages: tuple[str, ...] = ()


class Imported(NamedTuple):
    lines: tuple[Line, ...]
    total: int  # articles in the file
    next: int | None  # from where to go on


class Exported(NamedTuple):
    key: str
    url: str
    expires_at: datetime
    articles: int
    size: int  # bytes
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a file is to be taken in."""

    format: str
    language: str = "en"
    publish: bool = False
    dry_run: bool = False


def uploaded(upload_id: str, *, caller: str) -> bytes:
    """What somebody put into the store for this. Raises NotFound, Conflict, Invalid."""
    found = correspondence.uploads([upload_id]).get(upload_id)
    upload = uploads.usable(found, by=caller, case_id="", now=clock.now(), at="/upload")
    lying = objects.objects.peek(upload.key, uploads.LOOKED_AT)
    uploads.check(upload, uploads.Lying(lying.size, lying.begins) if lying else None, "/upload")
    return objects.objects.read(upload.key)


def take_in(content: bytes, wish: Wish, *, after: int, by: Editor) -> Imported:
    """The articles of a file, from behind the first `after`, as far as one call goes. What cannot be read is told with
    the first part. Raises Invalid, TooLarge for a file that cannot be opened."""
    entries, problems = exchange.read(wish.format, content, language=wish.language)
    part = sorted(entries, key=lambda entry: entry.slug)[after : after + TAKEN_AT_ONCE]
    lines = [] if after else [Line("", REFUSED, problem.why, at=problem.at) for problem in problems]
    for entry in part:
        try:
            lines.append(_take(entry, wish, by))
        except HubError as error:
            if error.retryable:
                raise
            lines.append(Line(entry.slug, REFUSED, error.detail, at=error.pointer or ""))
    left = after + len(part)
    logger.info("articles_imported", entries=len(part), dry_run=wish.dry_run)
    return Imported(tuple(lines), len(entries), left if left < len(entries) else None)


def hand_out(format_: str, after: str | None) -> Exported:
    """Articles by slug as one file in the store, which the link opens for a while: what readers see, or the texts of
    what nobody reads."""
    given: list[Entry] = []
    place, shown, size = after, 0, 0
    for article in _from(after):
        entry = entry_of(article, _images_of(article) if format_ != "csv" else {})
        shown, size = shown + len(entry.images), size + _size_of(entry)
        full = len(given) >= GIVEN_AT_ONCE or shown > IMAGES_AT_ONCE or size > BYTES_AT_ONCE
        if given and full:
            break
        given.append(entry)
        place = article.id
    else:
        place = None
    file = exchange.write(format_, given)
    key = f"exports/articles/{ids.new_ulid(clock.now())}/{file.name}"
    objects.objects.write(key, file.content, file.content_type)
    url, expires_at = objects.objects.link(key, file.name, file.content_type)
    logger.info("articles_exported", articles=len(given), bytes=len(file.content))
    return Exported(key, url, expires_at, len(given), len(file.content), place)


def _take(entry: Entry, wish: Wish, by: Editor) -> Line:
    now = clock.now()
    if wish.dry_run:
        return _decide(entry, wish, by, now)[1].line

    def kept() -> tuple[Decision, Line]:
        decision, taken = _decide(entry, wish, by, now)
        for key, content in taken.contents.items():  # before what names them: nothing shows them yet
            objects.objects.write(key, content, _type_of(content))
        return decision, taken.line

    return settle(kept)[1]


_WORKED_ON = (ArticleState.DRAFT, ArticleState.IN_REVIEW, ArticleState.SCHEDULED)


class _Taken(NamedTuple):
    line: Line
    contents: Mapping[str, bytes] = MappingProxyType({})  # of new images, by key


def _decide(entry: Entry, wish: Wish, by: Editor, now: datetime) -> tuple[Decision, _Taken]:
    known = storage.article(entry.slug)
    if known and known.moved_to:
        return Decision(reason=REFUSED), _Taken(Line(entry.slug, REFUSED, f"it is called {known.moved_to} now"))
    texts, images, contents = _illustrated(entry, known, by.name, now)
    if known:
        texts = {**(known.live or known.texts), **texts}
    if known and _same(entry, texts, known, wish):
        return Decision(reason=UNCHANGED), _Taken(_line(known, UNCHANGED))
    if known and known.live and known.state in _WORKED_ON:
        why = "somebody works on another text of it: publish that or discard it first"
        return Decision(reason=REFUSED), _Taken(Line(entry.slug, REFUSED, why, state=known.state.value))
    about, tiers = _about(entry, known), policy().tiers.bands.tiers
    saved = articles.put(
        known, entry.slug, texts, by=by, expected=None, about=about, tiers=tiers, images=images, now=now
    )
    (decision, article), why = _as_told(entry, wish, known, saved, by, now)
    if entry.review_at and entry.review_at > now and entry.review_at != article.review_at and decision.changes:
        article = replace(article, review_at=entry.review_at)
        decision = replace(decision, changes=(article, *decision.changes[1:]))
    result = UNCHANGED if not decision.changes else CHANGED if known else CREATED
    return decision, _Taken(_line(article, result, why), contents)


def _as_told(
    entry: Entry, wish: Wish, known: Article | None, saved: publishing.Settled, by: Editor, now: datetime
) -> tuple[publishing.Settled, str]:
    """Published or retired as the file says, or a draft, with the reason."""
    if wish.publish and entry.state == PUBLISHED:
        try:
            how = policy().knowledge
            return publishing.at_once(known, *saved, by=by, policy=how, note="imported", now=now), ""
        except Forbidden as error:
            return saved, error.detail
    if entry.state == RETIRED and known is None:
        decision, article = saved
        _, retired = publishing.retire(article, by=by, now=now)
        return (replace(decision, changes=(retired, *decision.changes[1:])), retired), ""
    return saved, ""


def _same(entry: Entry, texts: Mapping[str, ArticleText], known: Article, wish: Wish) -> bool:
    """Whether it says what readers see already, whatever is worked on, or what is worked on, if it is not to be
    published."""
    read = known.live if entry.state == PUBLISHED else known.texts
    there = dict(read) == texts or (not wish.publish and dict(known.texts) == texts)
    about = _about(entry, known)
    said = {name: getattr(about, name) for name in about.__slots__}
    return there and all(value is None or value == getattr(known, name) for name, value in said.items())


def _about(entry: Entry, known: Article | None) -> About:
    """What the file says; what it does not say stays. An import opens nothing to more readers than it has."""
    closed = known is not None and known.audience is not Audience.PUBLIC and entry.audience is Audience.PUBLIC
    return About(
        topic=entry.topic or None,
        labels=entry.labels or None,
        owner=entry.owner or None,
        original=entry.original or None,
        audience=None if closed else entry.audience,
        tiers=None if closed else entry.tiers,
    )


def _illustrated(
    entry: Entry, known: Article | None, by: str, now: datetime
) -> tuple[dict[str, ArticleText], list[ArticleImage], dict[str, bytes]]:
    """Its texts with the names images have here, the images that are new here, and their content by key.

    Raises Invalid, TooLarge.
    """
    texts = dict(entry.texts)
    if not entry.images:
        return texts, [], {}
    ours = {address: html.image_file(address).partition(".")[0] for address in entry.images}
    taken = storage.images([image_id for image_id in ours.values() if image_id])
    new: dict[str, ArticleImage] = {}
    contents: dict[str, bytes] = {}
    for address, content in entry.images.items():
        if len(content) > MOST_IMAGE_BYTES:
            raise TooLarge(f"{address[:100]}: an image has at most {MOST_IMAGE_BYTES} bytes")
        type_ = _type_of(content)
        if not type_:
            raise Invalid(f"{address[:100]} is none of {', '.join(IMAGE_TYPES)}")
        image_id = ours[address]
        there = taken.get(image_id)
        if not image_id or (there and there.article_id != entry.slug):
            image_id = ids.derived_ulid(_LONG_AGO, "image", entry.slug, hashlib.sha256(content).hexdigest())
        image = ArticleImage(
            id=image_id, article_id=entry.slug, name=address[-100:], type=type_, size=len(content), at=now, by=by
        )
        for tag, text in texts.items():
            body = text.body.replace(f"]({address}", f"](images/{image.file}").replace(
                f"]: {address}", f"]: images/{image.file}"
            )
            texts[tag] = ArticleText(text.title, body)
        if known is None or image_id not in known.images:
            new[image_id], contents[image.key] = image, content
    return texts, list(new.values()), contents


def _type_of(content: bytes) -> str:
    begins = content[: uploads.LOOKED_AT]
    return next((type_ for type_ in IMAGE_TYPES if uploads.is_of(type_, begins)), "")


def _images_of(article: Article) -> dict[str, bytes]:
    """Those its texts show."""
    texts = article.live or article.texts
    shown = [found for found in article.images if any(found in text.body for text in texts.values())]
    contents = {}
    for image in storage.images(shown).values():
        try:
            contents[f"images/{image.file}"] = objects.objects.read(image.key)
        except NotFound:
            logger.warning("article_image_missing", article=article.id, image=image.id)
    return contents


def _from(after: str | None) -> Iterator[Article]:
    """Every article behind this slug."""
    place = after
    while True:
        page = storage.articles(place, _PAGE)
        yield from page.items
        place = page.next
        if place is None:
            return


def _size_of(entry: Entry) -> int:
    """In bytes, about."""
    return sum(len(text.body) for text in entry.texts.values()) + sum(map(len, entry.images.values()))


def _line(article: Article, result: str, why: str = "") -> Line:
    return Line(article.id, result, why, state=article.state.value, languages=tuple(sorted(article.texts)))
