"""Plays: what a company prepares of them, and what it has done with them."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.model.play import MOST_TEXT, PlayDefinition, Value
from chalicelib.triggers.contract.articles import Expected
from chalicelib.triggers.contract.segments import Asked
from chalicelib.triggers.contract.shared import ONE_LINE, Examples, Input, Label, Language, Paged, Word, form

Seen = Expected | UnsetType
Why = Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]
Written = Annotated[Language, Meta(min_length=2)]
Slug = Annotated[str, Meta(max_length=80), ONE_LINE]
Kind = Annotated[str, form("[a-z_]{0,40}", "A kind's name: order, case_solved.")]


class WhenIn(Input, frozen=True):
    """Exactly one of `fact`, `event`, `trait` and `segment`."""

    fact: Annotated[Kind, Meta(description="A kind of fact that is told of her.")] = ""
    event: Annotated[Kind, Meta(description="What happens with us: case_solved, tier_changed.")] = ""
    trait: Annotated[str, Meta(max_length=100, description="One that holds a date."), ONE_LINE] = ""
    segment: Annotated[Slug, Meta(description="She joins this segment.")] = ""
    where: Annotated[
        dict[Word, Annotated[str, Meta(max_length=300)]],
        Meta(max_length=10, description="What the fact or event must say."),
    ] = msgspec.field(default_factory=dict)
    days: Annotated[
        int,
        Meta(
            ge=-365, le=365, description="So many days after it; below 0 before the date a trait holds or a fact names."
        ),
    ] = 0
    too_late_after_days: Annotated[int, Meta(ge=1, le=90, description="From when it is right.")] = 7


class WordsIn(Input, frozen=True):
    """Jinja with names, `if`, comparisons and the filters default, upper, lower, capitalize, trim. Names hold texts."""

    subject: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]
    body: Annotated[str, Meta(min_length=1, max_length=MOST_TEXT)]
    short: Annotated[str, Meta(max_length=600, description="In the app and by SMS; none: the subject."), ONE_LINE] = ""


class DefinitionIn(Input, frozen=True):
    """When, who, what, goal."""

    when: WhenIn
    texts: Annotated[dict[Written, WordsIn], Meta(min_length=1, max_length=10, description="By language.")]
    goal: Annotated[str, Meta(min_length=1, max_length=200, description="What it helps her with."), ONE_LINE]
    who: Annotated[Asked, Meta(description="Conditions, as segments have them; nothing: everybody.")] = Asked()
    goal_fact: Annotated[
        Kind, Meta(description="The kind of fact that says it was reached: nobody is contacted after it.")
    ] = ""
    topic: Label = ""
    urgent: Annotated[bool, Meta(description="A day later it helps less.")] = False
    purpose: Annotated[str, form("[a-z_]{1,40}", "Small letters and _: service.")] = "service"

    @property
    def definition(self) -> PlayDefinition:
        """In the model's words."""
        told = msgspec.to_builtins(self) | {"who": msgspec.to_builtins(self.who.definition)}
        return msgspec.convert(told, PlayDefinition)


Given = Annotated[dict[Word, Value], Meta(max_length=30, description="By parameter; what is left out has its default.")]


class PlayIn(Input, frozen=True):
    """The next edition. A play in code has parameters; one by configuration a title and a definition."""

    parameters: Given = msgspec.field(default_factory=dict)
    channels: Annotated[
        list[Annotated[str, form("[a-z_]{1,20}", "A channel: email.")]],
        Meta(max_length=10, description="That may be used, the preferred first; none: the play's own."),
    ] = msgspec.field(default_factory=list)
    title: Annotated[str, Meta(max_length=200), ONE_LINE] = ""
    definition: DefinitionIn | UnsetType = UNSET
    expected_version: Seen = UNSET


class DiscardQuery(Input, frozen=True, kw_only=True):
    """What you saw of it."""

    expected_version: Seen = UNSET


class StepIn(Input, frozen=True):
    """What you saw of it."""

    expected_version: Seen = UNSET


class ApproveIn(Input, frozen=True):
    """The edition you looked at, and the pilot, if one was prepared to try it."""

    edition: Annotated[int, Meta(ge=1, le=10**6)]
    pilot_id: Annotated[
        str, Meta(max_length=26, description="Starts with it, in one write; empty: none. Somebody else prepared it.")
    ] = ""
    expected_version: Seen = UNSET


class BecauseIn(Input, frozen=True):
    why: Why
    expected_version: Seen = UNSET


class PlayPreviewIn(Input, frozen=True):
    """Which edition, and by how many customers."""

    edition: Annotated[
        Literal["live", "draft"], Meta(description="A play that comes with the hub has one as it comes.")
    ] = "draft"
    sample: Annotated[int, Meta(ge=10, le=500)] = 200
    window_days: Annotated[int, Meta(ge=1, le=90, description="What was told in so many days is looked at.")] = 30


class EditionsAsked(Paged, frozen=True):
    """A page of them."""


_MOVING: Mapping[str, object] = {
    "title": "Moving house",
    "channels": ["email"],
    "definition": {
        "when": {"fact": "life_event", "where": {"what": "moved"}, "days": 3},
        "who": {"all": [{"about": "tier", "one_of": ["gold", "platinum"]}]},
        "texts": {
            "en": {
                "subject": "Your new address",
                "body": "Hello {{ name }},\n\nyour contract moves with you. Tell us where parcels go from now on.",
            },
            "zh-Hans": {"subject": "您的新地址", "body": "{{ name }}，您好：\n\n合同随您迁移。请告知今后的收件地址。"},
        },
        "goal": "have parcels sent to the right place",
        "goal_fact": "profile",
        "topic": "address",
    },
    "expected_version": 0,
}
EXAMPLES: Examples = {
    PlayIn: [{"parameters": {"lead_days": 21}}, _MOVING],
    PlayPreviewIn: [{"edition": "live", "sample": 100, "window_days": 30}],
    StepIn: [{"expected_version": 3}],
    ApproveIn: [{"edition": 2, "expected_version": 4}],
    BecauseIn: [{"why": "the text names a wrong date"}],
}
