"""What is done about the images of articles: take them from uploads, show them to whoever may read the article."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.cases import uploads
from chalicelib.gateways import objects
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision, Gone
from chalicelib.kernel.errors import Conflict, Invalid, Moved, NotFound, TooLarge
from chalicelib.knowledge.readers import may_read, readers_of
from chalicelib.model.article import IMAGE_TYPES, MOST_IMAGES, Article, ArticleImage, Audience
from chalicelib.storage import correspondence, customers
from chalicelib.storage import knowledge as storage
from chalicelib.storage.commit import settle
from chalicelib.telemetry import logger

MOST_IMAGE_BYTES = 2 * 1024 * 1024  # what a function hands on at once is 6 MB, and base64 makes 4 bytes of 3


class Shown(NamedTuple):
    """An image, and where an editor may fetch it for a while."""

    image: ArticleImage
    url: str
    expires_at: datetime


def add_image(slug: str, upload_id: str, *, by: str, caller: str) -> Shown:
    """The upload as an image of the article, at a place of its own that never changes. It is named by the upload, so a
    repetition makes the same one.

    Raises NotFound, Moved, Conflict (nothing lies there yet), Invalid (no image we show, or not what it says),
    TooLarge.
    """
    now = clock.now()

    def decide() -> tuple[Decision, ArticleImage]:
        article = _there(slug)
        if known := storage.images([upload_id]).get(upload_id):  # never laid over what an article shows already
            if upload_id in article.images:
                return Decision(reason="unchanged"), known
            raise Conflict("another article shows this upload: upload the image once more for this one", "/upload")
        found = correspondence.uploads([upload_id]).get(upload_id)
        upload = uploads.usable(found, by=caller, case_id="", now=now, at="/upload")
        if upload.type not in IMAGE_TYPES:
            raise Invalid(f"an article shows {', '.join(IMAGE_TYPES)}; this is {upload.type}", "/upload")
        if upload.size > MOST_IMAGE_BYTES:
            raise TooLarge(f"an image has at most {MOST_IMAGE_BYTES} bytes: make it smaller", "/upload")
        image = ArticleImage(
            id=upload.id, article_id=article.id, name=upload.name, type=upload.type, size=upload.size, at=now, by=by
        )
        lying = objects.objects.peek(upload.key, uploads.LOOKED_AT)
        uploads.check(upload, uploads.Lying(lying.size, lying.begins) if lying else None, "/upload")
        if objects.objects.copy(upload.key, image.key, lying.etag if lying else "") is None:
            raise Conflict("it was put there anew while it was taken: send this again", "/upload")
        return _illustrated(article, image), image

    decision, image = settle(decide)
    logger.info("article_image_added", article=slug, image=image.id, reason=decision.reason)
    return _shown(image)


def images_of(slug: str) -> list[Shown]:
    """All of an article, in the order in which they came. Raises NotFound, Moved."""
    article = _there(slug)
    found = storage.images(article.images)
    return [_shown(found[image_id]) for image_id in article.images if image_id in found]


def remove_image(slug: str, image_id: str, *, by: str) -> None:
    """Nobody sees it any more. Raises NotFound, also the second time, Moved, and Conflict while a text shows it."""
    now = clock.now()

    def decide() -> tuple[Decision, ArticleImage]:
        article = _there(slug)
        image = storage.images([image_id]).get(image_id) if image_id in article.images else None
        if image is None:
            raise NotFound("this article has no such image", "/image_id")
        if any(image_id in text.body for texts in (article.texts, article.live) for text in texts.values()):
            raise Conflict("a text of the article shows it: take it out there, and publish that, first", "/image_id")
        left = tuple(other for other in article.images if other != image_id)
        changed = replace(article, images=left, updated_at=now, updated_by=by)
        return Decision((changed, Gone(image)), reason="removed"), image

    _, image = settle(decide)
    objects.objects.delete([image.key])
    logger.info("article_image_removed", article=slug, image=image_id)


def image_for(image_id: str, *, customer_id: str, agent: bool) -> tuple[ArticleImage, Article]:
    """An image that somebody may see, and its article: a text she may read shows it. `customer_id`: of whoever signed
    in, or empty. Raises NotFound: of others nobody learns anything. Two or three reads by key."""
    image = storage.images([image_id]).get(image_id)
    article = storage.followed([image.article_id]).get(image.article_id) if image else None
    if image is None or article is None or not any(image_id in text.body for text in article.live.values()):
        raise NotFound("there is no such image")
    if article.audience is not Audience.PUBLIC:
        customer = customers.customer(customer_id) if customer_id else None
        if not may_read(article, readers_of(customer, agent=agent)):
            raise NotFound("there is no such image")
    return image, article


def content_of(image: ArticleImage) -> bytes:
    """Raises NotFound, Unavailable."""
    return objects.objects.read(image.key)


def link_to(image: ArticleImage) -> objects.Link:
    return objects.objects.link(image.key, image.name, image.type)


def _there(slug: str) -> Article:
    article = storage.article(slug)
    if article is None:
        raise NotFound("no article has this slug")
    if article.moved_to:
        raise Moved(f"the article is called {article.moved_to} now", article.moved_to)
    return article


def _illustrated(article: Article, image: ArticleImage) -> Decision:
    if len(article.images) >= MOST_IMAGES:
        raise Conflict(f"an article has at most {MOST_IMAGES} images: take one out first")
    return Decision((replace(article, images=(*article.images, image.id)), image), reason="added")


def _shown(image: ArticleImage) -> Shown:
    url, expires_at = link_to(image)
    return Shown(image, url, expires_at)
