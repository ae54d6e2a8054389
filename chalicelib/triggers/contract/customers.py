"""Handles, merges and how a customer is looked up."""

from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.model.team import TEAM
from chalicelib.triggers.contract.shared import ONE_LINE, Agent, Examples, Input, Key, form

ULID = "[0-9A-HJKMNP-TV-Z]{26}"


class HandleIn(Input, frozen=True):
    """One more way to recognise a customer."""

    kind: Literal["email", "phone", "chat", "external", "device"]
    value: Key


class MergeIn(Input, frozen=True, kw_only=True):
    """Whom the customer turned out to be."""

    into: Annotated[str, form(ULID, "A customer's id."), Meta(description="The customer who remains.")]
    author: Annotated[Agent, Meta(description="The agent who answers for it.")]
    reason: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]
    confirm_external: Annotated[
        bool, Meta(description="They are one although your own systems know them by different ids.")
    ] = False


class TeamIn(Input, frozen=True, kw_only=True):
    """Whose customer she is."""

    team: Annotated[str, form(f"({TEAM})?", "1 to 40 small letters, digits and -; empty: everybody's.")]
    author: Annotated[Agent, Meta(description="The agent who answers for it.")]
    reason: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]


class BlockIn(Input, frozen=True, kw_only=True):
    """Why nobody contacts her first any more, and how you know."""

    why: Annotated[
        str,
        Meta(min_length=1, max_length=200, description="`deceased`, or a reason in words, shown to agents."),
        ONE_LINE,
    ]
    proof: Annotated[str, Meta(min_length=1, max_length=300, description="How you know."), ONE_LINE]
    author: Annotated[Agent, Meta(description="The agent who answers for it.")]


class UnblockIn(Input, frozen=True, kw_only=True):
    """How you know that she may be contacted first again."""

    proof: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]
    author: Annotated[Agent, Meta(description="The agent who answers for it.")]


class LanguageIn(Input, frozen=True, kw_only=True):
    """The language she is written to in."""

    language: Annotated[str, form("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", "A language in BCP 47: en, zh-Hans.")]
    source: Annotated[
        Literal["said", "guessed"],
        Meta(description="said: chosen, whatever she writes in. guessed: until she tells."),
    ]
    author: Annotated[Agent, Meta(description="The agent who answers for it.")]


class VouchQuery(Input, frozen=True):
    """On whose word, and why. Both are kept."""

    author: Annotated[Agent, Meta(description="The agent who answers for it.")]
    reason: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]


class LookupQuery(Input, frozen=True):
    """Exactly one handle."""

    email: Key = ""
    phone: Key = ""
    chat: Key = ""
    external: Key = ""
    device: Key = ""


EXAMPLES: Examples = {
    BlockIn: [{"why": "deceased", "proof": "Her son rang and sent the certificate.", "author": "Tom"}],
    UnblockIn: [{"proof": "She rang herself: it was a mix-up of names.", "author": "Tom"}],
    HandleIn: [{"kind": "phone", "value": "+49 30 1234567"}],
    MergeIn: [
        {"into": "01KAM8Q6C3V8QW2E0N4B7T9XYZ", "author": "Tom", "reason": "She says so, and knows both order numbers."}
    ],
    LanguageIn: [{"language": "zh-Hans", "source": "said", "author": "Tom"}],
    TeamIn: [{"team": "billing", "author": "Tom", "reason": "She asks about nothing but invoices."}],
}
