"""The knowledge base."""

from typing import Annotated

from msgspec import UNSET, Meta, Raw, UnsetType

from chalicelib.triggers.contract.shared import ONE_LINE, Examples, Input, Language, form

Tag = Annotated[str, form("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", "A language in BCP 47: en, zh-Hans.")]


class ArticleTextIn(Input, frozen=True):
    title: Annotated[str, Meta(min_length=1, max_length=200), ONE_LINE]
    body: Annotated[str, Meta(min_length=1, max_length=20_000, description="Plain text or Markdown.")]


Expected = Annotated[
    int,
    Meta(ge=0, description="The version you saw, 0: none. Another is refused; without it any is replaced."),
]


class ArticleIn(Input, frozen=True):
    """An article in every language it has: what is left out is removed."""

    texts: Annotated[dict[Tag, ArticleTextIn], Meta(min_length=1, max_length=20, description="By language.")]
    expected_version: Expected | UnsetType = UNSET


class ArticleTexts(Input, frozen=True):
    """How ArticleIn is read first: decoders do not say in which language something is wrong."""

    texts: Annotated[dict[Tag, Raw], Meta(min_length=1, max_length=20)]
    expected_version: Expected | UnsetType = UNSET


class ArticleQuery(Input, frozen=True):
    language: Annotated[Language, Meta(description="Only the text that comes nearest to it.")] = ""


EXAMPLES: Examples = {
    ArticleIn: [
        {
            "texts": {
                "en": {"title": "Returning goods", "body": "You may return anything within 30 days."},
                "zh-Hans": {"title": "退货", "body": "您可以在 30 天内退回任何商品。"},
            },
            "expected_version": 0,
        }
    ],
}
