"""What a customer says of herself."""

from typing import Annotated

from msgspec import Meta

from chalicelib.triggers.contract.shared import Examples, Input, form


class OwnConsentIn(Input, frozen=True):
    """Whether we may write to her first, about this and on this channel."""

    channel: Annotated[str, form("[a-z_]{1,20}", "A channel: email."), Meta(examples=["email"])]
    purpose: Annotated[str, form("[a-z_]{1,40}", "Small letters and _: service."), Meta(examples=["service"])]
    granted: bool


EXAMPLES: Examples = {
    OwnConsentIn: [{"channel": "email", "purpose": "service", "granted": False}],
}
