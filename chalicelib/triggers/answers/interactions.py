"""Contacts: in a list, or one with all it says."""

from datetime import datetime
from typing import Annotated, NamedTuple

from msgspec import Meta, field, structs

from chalicelib.gateways.objects import Link
from chalicelib.model.interaction import Attachment, Delivery, DeliveryState, Direction, Interaction, Purpose
from chalicelib.triggers.answers.recoveries import MoodOut
from chalicelib.triggers.answers.shared import Index, Links, Next, Output, points


class DeliveryOut(Output, frozen=True):
    to: str
    state: DeliveryState
    since: datetime
    detail: str

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryOut":
        return cls(to=delivery.to, state=delivery.state, since=delivery.since, detail=delivery.detail)


class AttachmentOut(Output, frozen=True):
    """A file that came with a contact. Its name is safe to save as; what its type says nobody checked."""

    number: Annotated[int, Meta(description="From 1, in the order of the mail.")]
    name: str
    type: str
    size: Annotated[int, Meta(description="Bytes.")]
    inline: Annotated[bool, Meta(description="The HTML may show it.")]

    @classmethod
    def of(cls, number: int, file: Attachment) -> "AttachmentOut":
        return cls(number=number, name=file.name, type=file.type, size=file.size, inline=bool(file.content_id))


class InteractionOut(Output, frozen=True, tag_field="kind", tag="interaction"):
    """One contact, in or out. `tier` is what the customer's was at that moment."""

    id: str
    at: datetime
    customer_id: str
    case_id: str
    channel: str
    direction: Direction
    purpose: Purpose
    tier: str
    value_index: Index
    author: Annotated[str, Meta(description="Empty: the customer herself.")]
    sender: str
    subject: str
    text: str
    text_complete: Annotated[bool, Meta(description="false: `text` is the beginning of it.")]
    language: str
    machine: Annotated[str, Meta(description="Why it counts as written by a machine; empty: it does not.")]
    flags: Annotated[list[str], Meta(description="What to know before believing it.")]
    articles: Annotated[list[str], Meta(description="Slugs of the articles the answer inserted.")]
    mentions: Annotated[list[str], Meta(description="Ids of colleagues a note calls.")]
    side: Annotated[int, Meta(description="The side conversation of its case it belongs to; 0: none.")]
    delivery: DeliveryOut | None
    attachments: list[AttachmentOut]
    locked: Annotated[str, Meta(description="Why its attachments must not be opened; empty: they may.")]
    released_to: Annotated[str, Meta(description="Quarantined: the case it was taken into after all.")]
    mood: Annotated[MoodOut | None, Meta(description="How it sounds; null: not judged.")]

    @classmethod
    def of(cls, interaction: Interaction) -> "InteractionOut":
        return cls(
            id=interaction.id,
            at=interaction.at,
            customer_id=interaction.customer_id,
            case_id=interaction.case_id,
            channel=interaction.channel,
            direction=interaction.direction,
            purpose=interaction.purpose,
            tier=interaction.tier,
            value_index=points(interaction.index),
            author=interaction.author,
            sender=interaction.sender,
            subject=interaction.subject,
            text=interaction.preview,
            text_complete=not interaction.preview.endswith("…"),
            language=interaction.language,
            machine=interaction.machine,
            flags=[*interaction.flags, *interaction.warnings],
            articles=list(interaction.articles),
            mentions=list(interaction.mentions),
            side=interaction.side,
            delivery=DeliveryOut.of(interaction.delivery) if interaction.delivery else None,
            attachments=[AttachmentOut.of(number, file) for number, file in enumerate(interaction.attachments, 1)],
            locked=interaction.locked,
            released_to=interaction.released_to,
            mood=MoodOut.of(interaction.mood) if interaction.mood else None,
        )


class Words(NamedTuple):
    """What a contact says, as it may be shown."""

    text: str  # what is new in it
    text_complete: bool
    whole: str
    whole_complete: bool
    html: str
    html_left_out: bool
    blocked_images: int


class InteractionWhole(InteractionOut, frozen=True, tag="interaction"):
    """One contact with all it says. `text` is what is new in it, `whole_text` has the quotes, too.

    Show `html` in a sandboxed frame: it is made safe, and nothing in it is loaded from its sender. The addresses of
    its own pictures serve for five minutes."""

    whole_text: Annotated[str, Meta(description="Empty when it has expired.")]
    whole_text_complete: Annotated[bool, Meta(description="false: it is longer, or has expired.")]
    html: Annotated[str, Meta(description="A fragment for a body; empty: it came without, or has expired.")]
    html_left_out: Annotated[bool, Meta(description="It is too large for an answer: fetch the original.")]
    blocked_images: Annotated[int, Meta(description="Pictures that would have been loaded from elsewhere.")]
    trust: Annotated[str, Meta(description="How far its sender may be believed.")]
    links: Links = field(name="_links")

    @classmethod
    def with_words(cls, interaction: Interaction, words: Words, links: dict[str, str]) -> "InteractionWhole":
        short = structs.asdict(InteractionOut.of(interaction))
        return cls(
            **short | {"text": words.text, "text_complete": words.text_complete},
            whole_text=words.whole,
            whole_text_complete=words.whole_complete,
            html=words.html,
            html_left_out=words.html_left_out,
            blocked_images=words.blocked_images,
            trust=interaction.trust,
            links=links,
        )


class LinkOut(Output, frozen=True):
    """Where it can be fetched for a while, without a key, by whoever has the address: pass it on to nobody."""

    url: str
    expires_at: datetime

    @classmethod
    def of(cls, link: Link) -> "LinkOut":
        return cls(url=link.url, expires_at=link.expires_at)


class Unlocked(Output, frozen=True):
    """Its attachments may be opened. Who said so, and why, is on the customer's timeline."""

    interaction_id: str
    links: Links = field(name="_links")


class InteractionsOut(Output, frozen=True):
    items: list[InteractionOut]
    next: Next
