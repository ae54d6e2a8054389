"""Whom does a list mean? Ids of ours, or handles, one a line; what means nobody is counted, and told by its place."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.customers import identity
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.messages import ResolveCampaignList
from chalicelib.model.campaign import Campaign, CampaignState, ListChunk, Listing
from chalicelib.model.customer import HANDLE_KINDS, Handle

MOST_MISSED = 10_000  # places told of one chunk; as many as it has entries
HEADERS = frozenset({"customer_id", "customer", "id", *HANDLE_KINDS})


class Entry(NamedTuple):
    """What stands in one line: an id, or a handle, or neither."""

    customer_id: str = ""
    handle: Handle | None = None


def read(line: str) -> Entry | None:
    """An entry as people write it: an id, `kind:value`, or a bare address, number or id of yours. Of a line with
    several columns it is the first. None: the line is empty, or names its column."""
    first = next(csv.reader([line.replace("\0", "")]), [""])
    text = (first[0] if first else "").partition(";")[0].partition("\t")[0].strip().lstrip("\ufeff")
    if not text or text.lower() in HEADERS:
        return None
    if ids.is_ulid(text):
        return Entry(customer_id=text)
    kind, _, value = text.partition(":")
    if kind not in HANDLE_KINDS or not value:
        kind, value = ("email" if "@" in text else "phone" if text.startswith("+") else "external"), text
    try:
        return Entry(handle=identity.handle(kind, value))
    except Invalid:
        return Entry()


class Read(NamedTuple):
    """Entries of a piece of a file, and how many bytes they took."""

    entries: tuple[Entry, ...]
    size: int


def read_piece(piece: bytes, *, most: int, last: bool) -> Read:
    """The first entries of a piece of a file. A line that does not end in it counts only if the file does."""
    entries: list[Entry] = []
    place = 0
    while place < len(piece) and len(entries) < most:
        end = piece.find(b"\n", place)
        if end < 0 and not last:
            break
        line = piece[place : end if end >= 0 else len(piece)]
        place = end + 1 if end >= 0 else len(piece)
        if (entry := read(line.decode("utf-8", errors="replace").rstrip("\r"))) is not None:
            entries.append(entry)
    return Read(tuple(entries), place)


def chunk_of(
    campaign_id: str, number: int, begins: int, entries: Iterable[Entry], known: Mapping[Entry, str], now: datetime
) -> ListChunk:
    """Some entries, as far as `known` says whom they mean; the first of them has the place `begins` in its list. Who
    stands there twice is in it once."""
    customers: dict[str, None] = {}
    missed: list[int] = []
    for place, entry in enumerate(entries, begins):
        if customer_id := known.get(entry):
            customers[customer_id] = None
        else:
            missed.append(place)
    return ListChunk(campaign_id=campaign_id, number=number, at=now, customers=tuple(customers), missed=tuple(missed))


def of_chunk(chunk: ListChunk) -> Listing:
    """A list that is one chunk."""
    found, missed = len(chunk.customers), len(chunk.missed)
    return Listing(entries=found + missed, chunks=1, found=found, missed=missed, done=True, turn=1)


def waits(campaign: Campaign | None, turn: int) -> bool:
    """Whether its list is to be looked up further, by a message of this turn."""
    return (
        campaign is not None
        and campaign.state is not CampaignState.STOPPED
        and campaign.listing is not None
        and not campaign.listing.done
        and campaign.listing.turn == turn
    )


def further(
    campaign: Campaign, chunks: tuple[ListChunk, ...], *, upload: int, place: int, entries: int, now: datetime
) -> Decision:
    """The list, as far as it was looked up: these chunks, up to a place of a file. One write, with the message that
    goes on; a repetition finds another turn."""
    before = campaign.listing or Listing()
    done = upload >= len(campaign.audience.uploads)
    after = Listing(
        upload=upload,
        place=place,
        entries=before.entries + entries,
        chunks=before.chunks + len(chunks),
        found=before.found + sum(len(chunk.customers) for chunk in chunks),
        missed=before.missed + sum(len(chunk.missed) for chunk in chunks),
        done=done,
        turn=before.turn + 1,
    )
    message = ResolveCampaignList(campaign_id=campaign.id, turn=after.turn)
    return Decision(
        (replace(campaign, listing=after, updated_at=now), *chunks), () if done else (message,), reason="looked up"
    )
