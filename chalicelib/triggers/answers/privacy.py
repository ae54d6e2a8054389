"""Looks, exports and erasures."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, field

from chalicelib.model.privacy import Erasure, Export, Look
from chalicelib.privacy.erasing import STAYS
from chalicelib.privacy.exporting import NOT_IN_IT
from chalicelib.privacy.views import File, Inventory
from chalicelib.triggers.answers.shared import Links, Output


class LookOut(Output, frozen=True):
    """That somebody read about her."""

    id: str
    customer_id: Annotated[str, Meta(description="The record of hers that was asked for.")]
    at: datetime
    by: Annotated[str, Meta(description="The name of the caller's key.")]
    what: Annotated[str, Meta(description="The operation: get_timeline, get_attachment.")]
    because: Annotated[str, Meta(description="What the caller gave as her reason.")]

    @classmethod
    def of(cls, look: Look) -> "LookOut":
        return cls(
            id=look.id,
            customer_id=look.customer_id,
            at=look.at,
            by=look.by,
            what=look.what,
            because=look.because,
        )


class LooksOut(Output, frozen=True):
    items: list[LookOut]
    next: str | None


class Begun(Output, frozen=True):
    """It is stored, and goes on by itself."""

    id: str
    duplicate: bool
    links: Links = field(name="_links")


class ExportPlan(Output, frozen=True):
    """What an export would hold: how many of which rows, and files."""

    rows: dict[str, int]
    files: dict[str, int]
    complete: Annotated[bool, Meta(description="False: there is more than was counted.")]
    not_in_it: list[str]

    @classmethod
    def of(cls, found: Inventory) -> "ExportPlan":
        rows = {kind: n for kind, n in found.rows.items() if kind in _EXPORTED}
        files = {what: n for what, n in found.objects.items() if what != "export"}
        return cls(rows=rows, files=files, complete=found.complete, not_in_it=list(NOT_IN_IT))


_EXPORTED = {"customer", "handle", "interaction", "fact", "event", "task", "look", "case", "merge"}


class FileOut(Output, frozen=True):
    name: str
    size: Annotated[int, Meta(description="Bytes.")]
    url: Annotated[str, Meta(description="Serves whoever has it, for five minutes.")]
    expires_at: datetime

    @classmethod
    def of(cls, file: File) -> "FileOut":
        return cls(name=file.name, size=file.size, url=file.link.url, expires_at=file.link.expires_at)


class ExportOut(Output, frozen=True):
    """All there is of a customer, as files."""

    id: str
    customer_id: str
    state: Literal["building", "done", "failed"]
    at: datetime
    by: str
    author: str
    reason: str
    figures: Annotated[dict[str, int], Meta(description="How many of what it holds, so far.")]
    finished_at: datetime | None
    expires_at: datetime
    detail: Annotated[str, Meta(description="Why it failed.")]
    files: Annotated[list[FileOut], Meta(description="A page of them, once it is done.")]
    next: str | None

    @classmethod
    def of(cls, export: Export, files: Sequence[File], next_: str | None) -> "ExportOut":
        return cls(
            id=export.id,
            customer_id=export.customer_id,
            state=export.state.value,
            at=export.at,
            by=export.by,
            author=export.author,
            reason=export.reason,
            figures=dict(export.figures),
            finished_at=export.finished_at,
            expires_at=export.expires_at,
            detail=export.detail,
            files=[FileOut.of(file) for file in files],
            next=next_,
        )


class StayOut(Output, frozen=True):
    what: str
    why: str


class ErasurePlan(Output, frozen=True):
    """What an erasure would find, and what stays nevertheless."""

    rows: dict[str, int]
    objects: dict[str, int]
    complete: Annotated[bool, Meta(description="False: there is more than was counted.")]
    stays: list[StayOut]

    @classmethod
    def of(cls, found: Inventory) -> "ErasurePlan":
        stays = [StayOut(what=stay.what, why=stay.why) for stay in STAYS]
        return cls(rows=dict(found.rows), objects=dict(found.objects), complete=found.complete, stays=stays)


class ErasureOut(Output, frozen=True):
    """That somebody was forgotten. Of whom, it does not say."""

    id: str
    state: Literal["accepted", "erasing", "settling", "done", "refused"]
    at: datetime
    by: str
    author: str
    reason: str
    counts: Annotated[dict[str, int], Meta(description="How many rows of each kind went, and objects of what.")]
    forgotten_at: Annotated[datetime | None, Meta(description="From then on she is a new customer.")]
    finished_at: datetime | None

    @classmethod
    def of(cls, erasure: Erasure) -> "ErasureOut":
        return cls(
            id=erasure.id,
            state=erasure.state.value,
            at=erasure.at,
            by=erasure.by,
            author=erasure.author,
            reason=erasure.reason,
            counts=dict(erasure.counts),
            forgotten_at=erasure.forgotten_at,
            finished_at=erasure.finished_at,
        )
