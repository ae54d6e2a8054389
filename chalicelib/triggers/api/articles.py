"""The knowledge base: articles, from draft to what readers see."""

from typing import Any

import msgspec

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.kernel.errors import Conflict, Invalid, Outdated
from chalicelib.knowledge import exchanging, html, illustrating
from chalicelib.knowledge import service as knowledge_service
from chalicelib.knowledge import views as knowledge
from chalicelib.knowledge.articles import About, Editor, nearest
from chalicelib.model.article import Article, ArticleState, ArticleText, Audience
from chalicelib.triggers.answers.articles import (
    ArticleHead,
    ArticleImageOut,
    ArticleImagesOut,
    ArticleOut,
    ArticlePreviewOut,
    ArticlesExported,
    ArticlesImported,
    ArticlesOut,
    ArticleVersionHead,
    ArticleVersionOut,
    ArticleVersionsOut,
)
from chalicelib.triggers.contract.articles import (
    ArticleImageIn,
    ArticleIn,
    ArticleNameIn,
    ArticlePreviewIn,
    ArticleQuery,
    ArticleReviewIn,
    ArticlesExportQuery,
    ArticlesImportIn,
    ArticlesQuery,
    ArticleStateIn,
    ArticleTextIn,
    ArticleTexts,
    ArticleTranslationIn,
    VersionQuery,
)
from chalicelib.triggers.contract.shared import Paged, if_told
from chalicelib.triggers.decoding import decode
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "POST",
    "/v1/articles/preview",
    scope=Scope.ARTICLES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="How Markdown would be shown",
    body=ArticlePreviewIn,
    returns=ArticlePreviewOut,
)
def preview_article(call: Call[ArticlePreviewIn]) -> ArticlePreviewOut:
    """Nothing is stored."""
    body = call.input.body
    return ArticlePreviewOut(html=html.to_html(body), text=html.to_text(body, links=True))


@api.endpoint(
    "POST",
    "/v1/articles/import",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Take articles in from elsewhere",
    body=ArticlesImportIn,
    returns=ArticlesImported,
    errors=(404, 409),
)
def import_articles(call: Call[ArticlesImportIn]) -> ArticlesImported:
    """Fifty at once: `next` says where to go on. What a file does not say of an article stays as it is. The same file
    again changes nothing, so each part may be repeated."""
    given = call.input
    if bool(given.upload) == bool(given.content):
        raise Invalid("Give an upload, or the content itself.", "/upload")
    content = (
        exchanging.uploaded(given.upload, caller=call.principal.caller) if given.upload else given.content.encode()
    )
    wish = exchanging.Wish(format=given.format, language=given.language, publish=given.publish, dry_run=given.dry_run)
    return ArticlesImported.of(exchanging.take_in(content, wish, after=given.after, by=_editor(call)))


@api.endpoint(
    "GET",
    "/v1/articles/export",
    scope=Scope.ARTICLES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Hand articles out",
    query=ArticlesExportQuery,
    returns=ArticlesExported,
)
def export_articles(call: Call[ArticlesExportQuery]) -> ArticlesExported:
    """Some hundred in one file: `next` is the cursor of the next one. What readers see; of what nobody reads, the texts
    that are worked on."""
    done = exchanging.hand_out(call.input.format, call.after)
    return ArticlesExported(
        url=done.url, expires_at=done.expires_at, articles=done.articles, size=done.size, next=call.cursor(done.next)
    )


@api.endpoint(
    "PUT",
    "/v1/articles/{slug}",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Write an article, or change it",
    body=ArticleTexts,
    documented_as=ArticleIn,
    returns=ArticleOut,
    errors=(308, 409),
    versioned="optional",
    etag="version",
)
def put_article(call: Call[ArticleTexts], slug: str) -> ArticleOut:
    """All its languages at once, as a draft: readers see what they saw until it is published, which `publish` does in
    the same call. The same texts again change nothing, so it may be repeated."""
    given = call.input
    about = About(
        topic=if_told(given.topic),
        labels=None if isinstance(given.labels, msgspec.UnsetType) else tuple(given.labels),
        owner=if_told(given.owner),
        original=if_told(given.original),
        audience=None if isinstance(given.audience, msgspec.UnsetType) else Audience(given.audience),
        tiers=None if isinstance(given.tiers, msgspec.UnsetType) else tuple(given.tiers),
    )
    with _Seen(call):
        article = knowledge_service.put_article(
            slug,
            _article_texts(given.texts),
            **_by(call),
            expected=_expected(call),
            about=about,
            publish=given.publish,
            note=given.note,
            replace_redirect=given.replace_redirect,
        )
    return _article_out(call, article)


@api.endpoint(
    "GET",
    "/v1/articles",
    scope=Scope.ARTICLES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="The articles of the knowledge base",
    query=ArticlesQuery,
    returns=ArticlesOut,
)
def list_articles(call: Call[ArticlesQuery]) -> ArticlesOut:
    """By slug, with their titles; those alone that are as asked for."""
    asked = call.input
    page = knowledge.articles(
        call.after,
        asked.limit,
        state=ArticleState(asked.state) if asked.state else None,
        topic=asked.topic,
        language=asked.language,
        audience=Audience(asked.audience) if asked.audience else None,
        stale=asked.stale,
        behind=asked.behind,
    )
    items = [ArticleHead.of(article, {"self": call.link(f"v1/articles/{article.id}")}) for article in page.items]
    return ArticlesOut(items=items, next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/articles/{slug}",
    scope=Scope.ARTICLES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="An article",
    query=ArticleQuery,
    returns=ArticleOut,
    errors=(308, 404),
    etag="version",
)
def get_article(call: Call[ArticleQuery], slug: str) -> ArticleOut:
    """In all its languages, or in the one that comes nearest to the language asked for: the same base
    language, else English, else the first there is. What editors work on, and what readers see."""
    return _article_out(call, knowledge.article(slug), call.input.language)


@api.endpoint(
    "PUT",
    "/v1/articles/{slug}/texts/{language}",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Translate an article, or change one language of it",
    body=ArticleTranslationIn,
    returns=ArticleOut,
    errors=(308, 404, 409),
    versioned="optional",
    etag="version",
)
def put_article_text(call: Call[ArticleTranslationIn], slug: str, language: str) -> ArticleOut:
    """The other languages stay. A translation follows the original as it is, or as it was in the version it was
    `made_from`; the same text with a newer one says that it still fits."""
    given = call.input
    with _Seen(call):
        article = knowledge_service.put_text(
            slug,
            language,
            ArticleText(given.title, given.body),
            **_by(call),
            expected=_expected(call),
            made_from=if_told(given.made_from),
            publish=given.publish,
            note=given.note,
        )
    return _article_out(call, article)


@api.endpoint(
    "DELETE",
    "/v1/articles/{slug}/texts/{language}",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Take a language out of an article",
    returns=ArticleOut,
    errors=(308, 404, 409),
    versioned="optional",
    etag="version",
)
def delete_article_text(call: Call[None], slug: str, language: str) -> ArticleOut:
    """Readers see it until that is published. It is not its only one: then the article is retired."""
    with _Seen(call):
        article = knowledge_service.remove_text(slug, language, **_by(call), expected=call.seen)
    return _article_out(call, article)


@api.endpoint(
    "PUT",
    "/v1/articles/{slug}/state",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Submit, publish, schedule or retire an article",
    body=ArticleStateIn,
    returns=ArticleOut,
    errors=(308, 404, 409),
    versioned="optional",
    etag="version",
)
def put_article_state(call: Call[ArticleStateIn], slug: str) -> ArticleOut:
    """`in_review` submits it; `draft` sends it back, takes it off the clock, or brings it back from retirement;
    `published`, `scheduled`, and `retired` where customers read it, need articles:publish, and with review on somebody
    else than who wrote it. The state it has changes nothing, so it may be repeated."""
    given = call.input
    with _Seen(call):
        article = knowledge_service.move_article(
            slug,
            ArticleState(given.state),
            **_by(call),
            expected=_expected(call),
            at=if_told(given.publish_at),
            word=given.word,
        )
    return _article_out(call, article)


@api.endpoint(
    "DELETE",
    "/v1/articles/{slug}/draft",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Discard what is worked on",
    returns=ArticleOut,
    errors=(308, 404, 409),
    versioned="optional",
    etag="version",
)
def discard_article_draft(call: Call[None], slug: str) -> ArticleOut:
    """Readers see what they saw. May be repeated."""
    with _Seen(call):
        article = knowledge_service.discard_draft(slug, by=call.principal.name, expected=call.seen)
    return _article_out(call, article)


@api.endpoint(
    "PUT",
    "/v1/articles/{slug}/review",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Say that an article is still right",
    body=ArticleReviewIn,
    returns=ArticleOut,
    errors=(308, 404, 409),
    etag="version",
)
def review_article(call: Call[ArticleReviewIn], slug: str) -> ArticleOut:
    """Until then it is not stale."""
    until = if_told(call.input.review_at)
    return _article_out(call, knowledge_service.reviewed(slug, until=until, by=call.principal.name))


@api.endpoint(
    "POST",
    "/v1/articles/{slug}/rename",
    scope=Scope.ARTICLES_PUBLISH,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Give an article another slug",
    body=ArticleNameIn,
    returns=ArticleOut,
    errors=(308, 404, 409),
    etag="version",
)
def rename_article(call: Call[ArticleNameIn], slug: str) -> ArticleOut:
    """The old ones lead to it, all of them in one step. May be repeated."""
    given = call.input
    article = knowledge_service.rename(
        slug,
        given.slug,
        by=call.principal.name,
        publishes=_publishes(call),
        replace_redirect=given.replace_redirect,
    )
    return _article_out(call, article)


@api.endpoint(
    "GET",
    "/v1/articles/{slug}/versions",
    scope=Scope.ARTICLES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="What was published of an article",
    query=Paged,
    returns=ArticleVersionsOut,
    errors=(308, 404),
)
def list_article_versions(call: Call[Paged], slug: str) -> ArticleVersionsOut:
    """The newest first."""
    page = knowledge.editions(slug, call.after, call.input.limit)
    items = [
        ArticleVersionHead.of(edition, {"self": call.link(f"v1/articles/{slug}/versions/{edition.edition}")})
        for edition in page.items
    ]
    return ArticleVersionsOut(items=items, next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/articles/{slug}/versions/{number}",
    scope=Scope.ARTICLES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="A version of an article",
    query=VersionQuery,
    returns=ArticleVersionOut,
    errors=(308, 404),
)
def get_article_version(call: Call[VersionQuery], slug: str, number: str) -> ArticleVersionOut:
    """As it was published; `against` another one with what is different."""
    other = if_told(call.input.against)
    links = {"self": call.link(f"v1/articles/{slug}/versions/{number}"), "article": call.link(f"v1/articles/{slug}")}
    return ArticleVersionOut.of(
        knowledge.edition(slug, int(number)), knowledge.edition(slug, other) if other else None, links
    )


@api.endpoint(
    "POST",
    "/v1/articles/{slug}/versions/{number}/restore",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Begin a draft with what was published before",
    returns=ArticleOut,
    errors=(308, 404, 409),
    versioned="optional",
    etag="version",
)
def restore_article_version(call: Call[None], slug: str, number: str) -> ArticleOut:
    """Its texts are worked on again; readers see what they saw until that is published."""
    with _Seen(call):
        article = knowledge_service.restore(slug, int(number), **_by(call), expected=call.seen)
    return _article_out(call, article)


@api.endpoint(
    "POST",
    "/v1/articles/{slug}/images",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Give an article an image",
    body=ArticleImageIn,
    returns=ArticleImageOut,
    status=201,
    errors=(308, 404, 409),
)
def add_article_image(call: Call[ArticleImageIn], slug: str) -> ArticleImageOut:
    """One that was uploaded: PNG, JPEG, GIF or WebP of 2 MB at most. Readers see it when a text that is published shows
    it. The same upload again is the same image."""
    added = illustrating.add_image(slug, call.input.upload, by=call.principal.name, caller=call.principal.caller)
    return ArticleImageOut.of(*added)


@api.endpoint(
    "GET",
    "/v1/articles/{slug}/images",
    scope=Scope.ARTICLES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="The images of an article",
    returns=ArticleImagesOut,
    errors=(308, 404),
)
def list_article_images(_call: Call[None], slug: str) -> ArticleImagesOut:
    """With what its texts call them."""
    return ArticleImagesOut(items=[ArticleImageOut.of(*found) for found in illustrating.images_of(slug)])


@api.endpoint(
    "DELETE",
    "/v1/articles/{slug}/images/{image_id}",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Take an image from an article",
    returns=ArticleImagesOut,
    errors=(308, 404, 409),
)
def delete_article_image(call: Call[None], slug: str, image_id: str) -> ArticleImagesOut:
    """No text of it shows it, neither what is worked on nor what is published."""
    illustrating.remove_image(slug, image_id, by=call.principal.name)
    return ArticleImagesOut(items=[ArticleImageOut.of(*found) for found in illustrating.images_of(slug)])


class _Seen:
    """Tells who sent If-Match that what she saw has changed, in the words of that header."""

    def __init__(self, call: Call[Any]) -> None:
        self._call = call

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        if self._call.seen is not None and isinstance(error, Conflict) and error.pointer == "/expected_version":
            raise Outdated(error.detail, "/If-Match") from error


def _by(call: Call[Any]) -> dict[str, Any]:
    return {"by": call.principal.name, "caller": call.principal.caller, "publishes": _publishes(call)}


def _editor(call: Call[Any]) -> Editor:
    return Editor(call.principal.name, call.principal.caller, _publishes(call))


def _publishes(call: Call[Any]) -> bool:
    return Scope.ARTICLES_PUBLISH.value in call.principal.scopes


def _expected(call: Call[Any]) -> int | None:
    """The edition she saw, by If-Match or in the body."""
    if call.seen is not None:
        return call.seen
    return if_told(call.input.expected_version)


def _article_texts(given: dict[str, msgspec.Raw]) -> dict[str, ArticleText]:
    texts = {}
    for tag, raw in given.items():
        try:
            text: ArticleTextIn = decode(bytes(raw), ArticleTextIn)
        except Invalid as error:
            error.pointer = f"/texts/{tag}{error.pointer or ''}"
            raise
        texts[tag] = ArticleText(text.title, text.body)
    return texts


def _article_out(call: Call[Any], article: Article, language: str = "") -> ArticleOut:
    tags = [nearest(article, language)] if language else []
    at = f"v1/articles/{article.id}"
    links = {"self": call.link(at), "versions": call.link(f"{at}/versions"), "images": call.link(f"{at}/images")}
    return ArticleOut.of(article, tags, links)
