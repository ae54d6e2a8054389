"""Segments: what one may ask of customers."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from chalicelib.model.segment import Definition
from chalicelib.triggers.contract.articles import Expected
from chalicelib.triggers.contract.customers import ULID
from chalicelib.triggers.contract.shared import ONE_LINE, Examples, Input, Language, Word, Zone, form

Days = Annotated[int, Meta(ge=1, le=3650)]
Some = Meta(min_length=1, max_length=20)
Id = Annotated[str, form(ULID, "An id of ours.")]


class TierIs(Input, frozen=True, tag_field="about", tag="tier"):
    one_of: Annotated[list[Word], Some]


class ValueIndexIs(Input, frozen=True, tag_field="about", tag="value_index"):
    """At least, and below: 0 to 100."""

    at_least: Annotated[float, Meta(ge=0, le=100)] = 0.0
    below: Annotated[float, Meta(gt=0, le=100)] | UnsetType = UNSET


class StageIs(Input, frozen=True, tag_field="about", tag="stage"):
    """Where she stands: new for 30 days from her first purchase; then active until she is silent for 13 weeks or twice
    her usual interval, then at risk, and lapsed after twice as long."""

    one_of: Annotated[list[Literal["never_bought", "new", "active", "at_risk", "lapsed"]], Some]


class TraitIs(Input, frozen=True, tag_field="about", tag="trait"):
    """One of these values; without them: she has it. Of one that is a date or time, when that is."""

    name: Word
    one_of: Annotated[tuple[Word, ...], Meta(max_length=20)] = ()
    within_days: Annotated[Days, Meta(description="In the last so many days.")] | UnsetType = UNSET
    older_than_days: Annotated[Days, Meta(description="So many days ago, or longer.")] | UnsetType = UNSET
    in_next_days: Annotated[Days, Meta(description="Still to come, within so many days.")] | UnsetType = UNSET

    def __post_init__(self) -> None:
        timed = (self.within_days, self.older_than_days, self.in_next_days)
        if sum(days is not UNSET for days in timed) + bool(self.one_of) > 1:
            raise ValueError("Give one of one_of, within_days, older_than_days and in_next_days, or none.")


class PurchasesAre(Input, frozen=True, tag_field="about", tag="purchases"):
    at_least: Annotated[int, Meta(ge=0, le=10**6)] = 0
    at_most: Annotated[int, Meta(ge=0, le=10**6)] | UnsetType = UNSET


class Ago(Input, frozen=True, tag_field="about"):
    """When it was; it does not hold where there was none."""

    within_days: Annotated[Days, Meta(description="In the last so many days.")] | UnsetType = UNSET
    older_than_days: Annotated[Days, Meta(description="So many days ago, or longer.")] | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.within_days is UNSET) == (self.older_than_days is UNSET):
            raise ValueError("Give one of within_days and older_than_days.")


class FirstPurchaseWas(Ago, frozen=True, tag="first_purchase"):
    pass


class LastPurchaseWas(Ago, frozen=True, tag="last_purchase"):
    pass


class KnownSince(Ago, frozen=True, tag="known_since"):
    pass


class LastContactWas(Ago, frozen=True, tag="last_contact"):
    """She turned to us herself, by whatever channel."""


class LastVisitWas(Ago, frozen=True, tag="last_visit"):
    """Signed in, she searched, read or stayed on a page, or she rated something."""


class LastUsageWas(Ago, frozen=True, tag="last_usage"):
    """She used what she bought."""


class LastRefundWas(Ago, frozen=True, tag="last_refund"):
    pass


class LastCancellationWas(Ago, frozen=True, tag="last_cancellation"):
    """She ended a subscription or a contract."""


class Notified(Ago, frozen=True, tag="notified"):
    """The last notice sent of our own accord."""


class OpenCaseIs(Input, frozen=True, tag_field="about", tag="open_case"):
    """She has one, of one of these topics or of any."""

    one_of: Annotated[tuple[Word, ...], Meta(max_length=20)] = ()


class ConsentIs(Input, frozen=True, tag_field="about", tag="consent"):
    """She agreed, and did not take it back."""

    channel: Word
    purpose: Word


class LanguageIs(Input, frozen=True, tag_field="about", tag="language"):
    """`en` holds for `en-GB` too."""

    one_of: Annotated[list[Annotated[Language, Meta(min_length=2)]], Some]


class TimeZoneIs(Input, frozen=True, tag_field="about", tag="time_zone"):
    one_of: Annotated[list[Annotated[Zone, Meta(min_length=1)]], Some]


class HandleIs(Input, frozen=True, tag_field="about", tag="handle"):
    """She has a handle of one of these kinds."""

    one_of: Annotated[list[Literal["email", "phone", "chat", "external", "device"]], Some]


class OrganisationIs(Input, frozen=True, tag_field="about", tag="organisation"):
    """She belongs to one of these, or to any."""

    one_of: Annotated[tuple[Id, ...], Meta(max_length=20)] = ()


ConditionIn = (
    TierIs
    | ValueIndexIs
    | StageIs
    | TraitIs
    | PurchasesAre
    | FirstPurchaseWas
    | LastPurchaseWas
    | KnownSince
    | LastContactWas
    | LastVisitWas
    | LastUsageWas
    | LastRefundWas
    | LastCancellationWas
    | Notified
    | OpenCaseIs
    | ConsentIs
    | LanguageIs
    | TimeZoneIs
    | HandleIs
    | OrganisationIs
)
Conditions = Annotated[tuple[ConditionIn, ...], Meta(max_length=20)]


class Asked(Input, frozen=True, omit_defaults=True):
    """All of `all` hold, one of `any` at least, none of `none`; what is left out asks nothing. 20 in all."""

    all: Conditions = ()
    any: Conditions = ()
    none: Conditions = ()

    @property
    def definition(self) -> Definition:
        """In the model's words, which are the same ones."""
        return msgspec.convert(msgspec.to_builtins(self), Definition)

    @classmethod
    def of(cls, definition: Definition) -> "Asked":
        told: dict[str, list[dict[str, Any]]] = msgspec.to_builtins(definition)
        plain = {
            group: [{name: value for name, value in each.items() if value not in ("", [], (), None)} for each in given]
            for group, given in told.items()
        }
        return msgspec.convert(plain, cls)


class SegmentIn(Input, frozen=True):
    """A named audience: who meets these conditions."""

    title: Annotated[str, Meta(min_length=1, max_length=200), ONE_LINE]
    conditions: Asked
    expected_version: Expected | UnsetType = UNSET


class CountIn(Input, frozen=True):
    """How many would be in such a segment?"""

    conditions: Asked


_GOLD_AND_SILENT = {
    "all": [{"about": "tier", "one_of": ["gold", "platinum"]}, {"about": "last_purchase", "older_than_days": 90}],
    "none": [{"about": "open_case", "one_of": ["complaint"]}],
}
EXAMPLES: Examples = {
    SegmentIn: [{"title": "Gold, and silent", "conditions": _GOLD_AND_SILENT, "expected_version": 0}],
    CountIn: [{"conditions": _GOLD_AND_SILENT}],
}
