"""Templates of answers."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, field

from chalicelib.knowledge.templates import variables
from chalicelib.model.template import Template
from chalicelib.triggers.answers.shared import Links, Next, Output


class TemplateOut(Output, frozen=True):
    """`version` rises with every change, `used` with every answer made of it."""

    slug: str
    version: int
    title: str
    texts: Annotated[dict[str, str], Meta(description="By language.")]
    team: Annotated[str, Meta(description="Whose agents may use it; empty: everybody's.")]
    variables: Annotated[list[str], Meta(description="What it asks the agent to fill in.")]
    used: int
    updated_at: datetime
    updated_by: str
    links: Links = field(name="_links")

    @classmethod
    def of(cls, template: Template, links: dict[str, str]) -> "TemplateOut":
        return cls(
            slug=template.id,
            version=template.edition,
            title=template.title,
            texts=dict(sorted(template.texts.items())),
            team=template.team,
            variables=list(variables(template)),
            used=template.used,
            updated_at=template.updated_at,
            updated_by=template.updated_by,
            links=links,
        )


class TemplatesOut(Output, frozen=True):
    """Templates by slug."""

    items: list[TemplateOut]
    next: Next


class TemplateGone(Output, frozen=True):
    slug: str


class PreviewOut(Output, frozen=True):
    """What an answer would say."""

    customer_id: str
    text: str
    language: Annotated[str, Meta(description="Of the template's text.")]
    wanted: Annotated[str, Meta(description="The customer's, or the one asked for; empty: nobody knows it.")]
    fallback: Annotated[bool, Meta(description="There is no text in the language that was wanted.")]
