"""Templates of answers."""

from typing import Annotated

from msgspec import UNSET, Meta, Raw, UnsetType, field

from chalicelib.model.team import TEAM
from chalicelib.triggers.contract.articles import Expected, Tag
from chalicelib.triggers.contract.shared import ONE_LINE, Agent, CaseRef, Examples, Input, Language, form

TemplateText = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=10_000,
        description="Plain text with variables: {{customer.name}}, {{customer.name|there}} for when it is not known, "
        "{{text}} where the agent's own words go, {{anything}} for her to fill in.",
    ),
]
Values = Annotated[
    dict[
        Annotated[str, form("[a-z][a-z0-9_]{0,39}", "1 to 40 small letters, digits and _.")],
        Annotated[str, Meta(min_length=1, max_length=2000)],
    ],
    Meta(max_length=50, description="What the template asks you to fill in, by name."),
]


class TemplateIn(Input, frozen=True):
    """A template in every language it has: what is left out is removed."""

    title: Annotated[str, Meta(min_length=1, max_length=200), ONE_LINE]
    texts: Annotated[dict[Tag, TemplateText], Meta(min_length=1, max_length=20, description="By language.")]
    team: Annotated[str, form(f"({TEAM})?", "1 to 40 small letters, digits and -; empty: everybody's.")] = ""
    expected_version: Expected | UnsetType = UNSET


class TemplateRead(Input, frozen=True):
    """How TemplateIn is read first: decoders do not say in which language something is wrong."""

    title: Annotated[str, Meta(min_length=1, max_length=200), ONE_LINE]
    texts: Annotated[dict[Tag, Raw], Meta(min_length=1, max_length=20)]
    team: Annotated[str, form(f"({TEAM})?", "1 to 40 small letters, digits and -; empty: everybody's.")] = ""
    expected_version: Expected | UnsetType = UNSET


class PreviewIn(Input, frozen=True):
    """In which case, and what the agent would add."""

    case_id: CaseRef
    author: Agent
    text: Annotated[str, Meta(max_length=100_000, description="The agent's own words.")] = ""
    template_values: Values = field(default_factory=dict)
    language: Annotated[Language, Meta(description="Another than hers.")] = ""


EXAMPLES: Examples = {
    TemplateIn: [
        {
            "title": "We look into it",
            "texts": {
                "en": "Dear {{customer.name|customer}},\n\nwe look into order {{order}}. {{text}}",
                "zh-Hans": "{{customer.name|您好}}：\n\n我们正在查询订单 {{order}}。{{text}}",
            },
            "expected_version": 0,
        }
    ],
    PreviewIn: [{"case_id": "7K3M-9QXT-2B4C", "author": "Tom", "template_values": {"order": "1001"}}],
}
