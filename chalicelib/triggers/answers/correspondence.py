"""What goes on beside a case's thread."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, field

from chalicelib.gateways.objects import Link
from chalicelib.model.later import LaterState, ScheduledAnswer
from chalicelib.model.notice import NoticeKind
from chalicelib.model.side import SideConversation
from chalicelib.model.upload import Upload
from chalicelib.triggers.answers.interactions import AttachmentOut, InteractionOut
from chalicelib.triggers.answers.shared import Links, Next, Output


class ScheduledOut(Output, frozen=True):
    """An answer that waits for its time, or did."""

    id: str
    state: LaterState
    send_at: datetime
    send_at_hers: Annotated[str, Meta(description="The same moment on her clock.")]
    time_zone: Annotated[str, Meta(description="Hers, or the company's while hers is unknown.")]
    author: str
    then: str
    text: str
    text_complete: Annotated[bool, Meta(description="false: `text` is the beginning of it.")]
    articles: list[str]
    template: str
    attachments: list[AttachmentOut]
    only_if_silent: Annotated[bool, Meta(description="It is cancelled if she writes first.")]
    after_promise: Annotated[bool, Meta(description="A promise to her breaks before it is sent.")]
    settled_at: datetime | None
    why: Annotated[str, Meta(description="It was cancelled.")]
    interaction_id: Annotated[str, Meta(description="The answer it became.")]
    links: Links = field(name="_links")

    @classmethod
    def of(
        cls, answer: ScheduledAnswer, zone: str, owed_by: datetime | None, state: LaterState, links: dict[str, str]
    ) -> "ScheduledOut":
        return cls(
            id=answer.id,
            state=state,
            send_at=answer.send_at,
            send_at_hers=answer.send_at.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes"),
            time_zone=zone,
            author=answer.author,
            then=answer.then,
            text=answer.preview,
            text_complete=not answer.preview.endswith("…"),
            articles=list(answer.articles),
            template=answer.template,
            attachments=[AttachmentOut.of(number, file) for number, file in enumerate(answer.attachments, 1)],
            only_if_silent=answer.only_if_silent,
            after_promise=bool(owed_by and answer.waits and owed_by < answer.send_at),
            settled_at=answer.settled_at,
            why=answer.why,
            interaction_id=answer.interaction_id,
            links=links,
        )


class ScheduledAnswersOut(Output, frozen=True):
    """Of one case, the newest first."""

    customer_id: str
    items: list[ScheduledOut]


class Cancelled(Output, frozen=True):
    """It is not sent."""

    id: str


class UploadOut(Output, frozen=True):
    """Where to put the file: `PUT` it there with exactly these headers. Whoever has the address may, so pass it on to
    nobody but the program that uploads."""

    id: Annotated[str, Meta(description="Name it among `attachments`.")]
    url: str
    headers: dict[str, str]
    expires_at: Annotated[datetime, Meta(description="Of the address; the file is there to be used for a day.")]

    @classmethod
    def of(cls, upload: Upload, link: Link) -> "UploadOut":
        return cls(
            id=upload.id,
            url=link.url,
            headers={"Content-Type": upload.type, "Content-Length": str(upload.size)},
            expires_at=link.expires_at,
        )


class SideHead(Output, frozen=True):
    """A conversation with others about a case. Its customer never sees it."""

    number: int
    case_id: str
    customer_id: str
    reference: Annotated[str, Meta(description="How people name it: it stands in its subject.")]
    subject: str
    to: list[str]
    language: str
    author: str
    opened_at: datetime
    updated_at: datetime
    messages: Annotated[int, Meta(description="Letters and answers.")]
    unread: bool
    state: str
    links: Links = field(name="_links")

    @classmethod
    def of(cls, side: SideConversation, links: dict[str, str]) -> "SideHead":
        return cls(
            number=side.number,
            case_id=side.case_id,
            customer_id=side.customer_id,
            reference=side.reference,
            subject=side.subject,
            to=list(side.to),
            language=side.language,
            author=side.author,
            opened_at=side.opened_at,
            updated_at=side.updated_at,
            messages=side.messages,
            unread=side.unread,
            state="open" if side.open else "closed",
            links=links,
        )


class SidesOut(Output, frozen=True):
    """Of one case, the oldest first."""

    customer_id: str
    items: list[SideHead]


class SideOut(Output, frozen=True):
    """A side conversation and what was said in it, oldest first: one entry for each address a letter went to."""

    side: SideHead
    interactions: list[InteractionOut]
    next: Next


class SideTaken(Output, frozen=True):
    """It is stored, and will be sent. `duplicate`: it had been before, and nothing is sent twice."""

    side: SideHead
    interaction_id: Annotated[str, Meta(description="The letter to the first address.")]
    duplicate: bool


class NotificationsOut(Output, frozen=True):
    """What you hear of by mail."""

    on: list[NoticeKind]
    off: list[NoticeKind]
