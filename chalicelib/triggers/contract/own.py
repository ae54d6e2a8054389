"""What a customer says of herself."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from chalicelib.triggers.contract.shared import ONE_LINE, Examples, Input, Moment, form


class OwnConsentIn(Input, frozen=True):
    """Whether we may write to her first, about this and on this channel."""

    channel: Annotated[str, form("[a-z_]{1,20}", "A channel: email."), Meta(examples=["email"])]
    purpose: Annotated[str, form("[a-z_]{1,40}", "Small letters and _: service."), Meta(examples=["service"])]
    granted: bool


class OwnPreferencesIn(Input, frozen=True, kw_only=True):
    """What is given changes; what is left out stays."""

    language: (
        Annotated[str, form("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", "A language in BCP 47: en, zh-Hans.")] | UnsetType
    ) = UNSET
    left_alone_until: Annotated[
        Moment | UnsetType | None, Meta(description="Until then nobody contacts her first; null: they may again.")
    ] = UNSET


class LingeringIn(Input, frozen=True):
    """On which page, by its path, and for how many seconds so far."""

    page: Annotated[str, Meta(min_length=1, max_length=200), ONE_LINE]
    seconds: Annotated[int, Meta(ge=1, le=86_400)]


class OwnOfferIn(Input, frozen=True):
    """A call of ours, or a chat."""

    wants: Literal["call", "chat"]


EXAMPLES: Examples = {
    OwnPreferencesIn: [{"language": "zh-Hans"}, {"left_alone_until": "2026-12-31T00:00:00Z"}],
    LingeringIn: [{"page": "/tariffs", "seconds": 120}],
    OwnOfferIn: [{"wants": "call"}],
    OwnConsentIn: [{"channel": "email", "purpose": "service", "granted": False}],
}
