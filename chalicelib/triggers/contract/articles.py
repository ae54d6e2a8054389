"""The knowledge base."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, UnsetType

from chalicelib.triggers.contract.shared import (
    ONE_LINE,
    Agent,
    Cursor,
    Examples,
    Input,
    Key,
    Label,
    Language,
    Moment,
    Paged,
    Slug,
    form,
)

TAG = "[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"
Tag = Annotated[str, form(TAG, "A language in BCP 47: en, zh-Hans.")]
Title = Annotated[str, Meta(min_length=1, max_length=200), ONE_LINE]
Body = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=20_000,
        description="Markdown (CommonMark and tables). `[…](article:slug)` links to another article,"
        " `![…](images/…)` shows an image of this one.",
    ),
]
Audience = Annotated[
    Literal["public", "signed_in", "tiers", "agents"],
    Meta(description="Who reads it: everybody, customers who signed in, those of `tiers`, or agents alone."),
]
Tiers = Annotated[list[Annotated[str, Meta(max_length=60)]], Meta(max_length=20, description="With `tiers`.")]
State = Literal["draft", "in_review", "scheduled", "published", "retired"]
Word = Annotated[str, Meta(max_length=1_000)]
Labels = Annotated[list[Annotated[str, Meta(min_length=1, max_length=60), ONE_LINE]], Meta(max_length=30)]


class ArticleTextIn(Input, frozen=True):
    title: Title
    body: Body


Expected = Annotated[
    int,
    Meta(ge=0, description="The version you saw, 0: none. Another is refused; without it any is replaced."),
]
Publish = Annotated[bool, Meta(description="Readers see it at once. Needs articles:publish.")]
Note = Annotated[Word, Meta(description="What is different in what is published.")]


class _About(Input, frozen=True):
    """What is said of an article besides its texts. Left out: as it is. It counts at once, for readers too."""

    topic: Label | UnsetType = UNSET
    labels: Labels | UnsetType = UNSET
    owner: Annotated[Agent, Meta(description="Who hears what readers say of it.")] | UnsetType = UNSET
    original: Annotated[Tag, Meta(description="The language the others are translated from.")] | UnsetType = UNSET
    audience: Audience | UnsetType = UNSET
    tiers: Tiers | UnsetType = UNSET
    publish: Publish = False
    note: Note = ""
    replace_redirect: Annotated[
        bool, Meta(description="Begin another article under the old slug of a renamed one.")
    ] = False
    expected_version: Expected | UnsetType = UNSET


class ArticleIn(_About, frozen=True, kw_only=True):
    """An article in every language it has: what is left out is removed."""

    texts: Annotated[dict[Tag, ArticleTextIn], Meta(min_length=1, max_length=20, description="By language.")]


class ArticleTexts(_About, frozen=True, kw_only=True):
    """How ArticleIn is read first: decoders do not say in which language something is wrong."""

    texts: Annotated[dict[Tag, Raw], Meta(min_length=1, max_length=20)]


class ArticleTranslationIn(Input, frozen=True):
    """The text of one language."""

    title: Title
    body: Body
    made_from: (
        Annotated[int, Meta(ge=0, description="Which version of the original it follows; left out: the newest.")]
        | UnsetType
    ) = UNSET
    publish: Publish = False
    note: Note = ""
    expected_version: Expected | UnsetType = UNSET


class ArticleStateIn(Input, frozen=True):
    """How it goes on with an article."""

    state: State
    publish_at: Annotated[Moment, Meta(description="With `scheduled`.")] | UnsetType = UNSET
    word: Annotated[
        Word, Meta(description="Why it is sent back (`draft`), or what is different in what is `published`.")
    ] = ""
    expected_version: Expected | UnsetType = UNSET


class ArticleReviewIn(Input, frozen=True):
    """Somebody looked at it: it is still right."""

    review_at: (
        Annotated[Moment, Meta(description="When to look again; left out: as the company says, or never.")] | UnsetType
    ) = UNSET


class ArticleNameIn(Input, frozen=True):
    """Another slug."""

    slug: Slug
    replace_redirect: Annotated[bool, Meta(description="Though this slug leads to another article.")] = False


class ArticleImageIn(Input, frozen=True):
    """An image that was uploaded (`POST /v1/uploads`) as PNG, JPEG, GIF or WebP."""

    upload: Key


Format = Annotated[
    Literal["markdown", "csv", "zendesk"],
    Meta(description="A zip of Markdown files, a table of questions and answers, or what Zendesk's help centre gives."),
]


class ArticlesImportIn(Input, frozen=True):
    """Articles from elsewhere: an upload, or the text of one file."""

    format: Format
    upload: Annotated[Key, Meta(description="Of `POST /v1/uploads`: a zip, CSV or JSON.")] = ""
    content: Annotated[str, Meta(max_length=200_000, description="Instead of an upload.")] = ""
    language: Annotated[Tag, Meta(description="Of texts that do not say theirs.")] = "en"
    publish: Annotated[bool, Meta(description="Those the file calls published are read at once.")] = False
    dry_run: Annotated[bool, Meta(description="Only say what would be done.")] = False
    after: Annotated[int, Meta(ge=0, description="`next` of the part before.")] = 0


class ArticlesExportQuery(Input, frozen=True):
    format: Format = "markdown"
    cursor: Cursor = ""


class ArticlePreviewIn(Input, frozen=True):
    """Markdown as it is written."""

    body: Body


class ArticleQuery(Input, frozen=True):
    language: Annotated[Language, Meta(description="Only the text that comes nearest to it.")] = ""


class ArticlesQuery(Paged, frozen=True):
    """Which articles. A page may be short, or empty, though there are more: `next` says so."""

    state: State | Literal[""] = ""
    topic: Label = ""
    language: Annotated[Language, Meta(description="Those that have a text in it.")] = ""
    audience: Audience | Literal[""] = ""
    stale: Annotated[bool, Meta(description="Those somebody must look at again.")] = False
    behind: Annotated[bool, Meta(description="Those with a translation whose original changed since.")] = False


class VersionQuery(Input, frozen=True):
    against: Annotated[int, Meta(ge=1, description="Another version: what is different since then?")] | UnsetType = (
        UNSET
    )


EXAMPLES: Examples = {
    ArticleIn: [
        {
            "texts": {
                "en": {"title": "Returning goods", "body": "You may return anything within **30 days**."},
                "zh-Hans": {"title": "退货", "body": "您可以在 **30 天**内退回任何商品。"},
            },
            "topic": "returns",
            "audience": "public",
            "publish": True,
            "expected_version": 0,
        }
    ],
    ArticleTranslationIn: [{"title": "退货", "body": "您可以在 30 天内退回任何商品。", "made_from": 3}],
    ArticleStateIn: [
        {"state": "in_review"},
        {"state": "draft", "word": "Say which form."},
        {"state": "scheduled", "publish_at": "2099-01-01T00:00:00Z"},
    ],
    ArticleReviewIn: [{"review_at": "2099-01-01T00:00:00Z"}],
    ArticleNameIn: [{"slug": "returns"}],
    ArticleImageIn: [{"upload": "01KAM8Q6C3V8QW2E0N4B7T9XYB"}],
    ArticlesImportIn: [{"format": "csv", "content": "question,answer\nCan I return a tent?,Yes.", "dry_run": True}],
    ArticlePreviewIn: [{"body": "You may return anything within **30 days**."}],
}
