"""Whom a list means."""

import pytest

from chalicelib.model.campaign import Audience, AudienceKind, CampaignState, Listing
from chalicelib.model.customer import Handle
from chalicelib.outreach.campaigns import listing
from chalicelib.outreach.campaigns.listing import Entry
from tests.factories import ANNS_ID, BO_ID, NOON, make_campaign

ANN, BO = Entry(handle=Handle("email", "ann@example.org")), Entry(customer_id=BO_ID)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("Ann@Example.org", ANN),
        ("  ann@example.org  ", ANN),
        ("email:ann@example.org", ANN),
        ("ann@example.org,Ann Archer,Berlin", ANN),
        ('"ann@example.org";"Ann"', ANN),
        ("\ufeffann@example.org", ANN),
        (BO_ID, BO),
        ("+49 30 1234567", Entry(handle=Handle("phone", "+49301234567"))),
        ("4711", Entry(handle=Handle("external", "4711"))),
        ("chat:ann", Entry(handle=Handle("chat", "ann"))),
        ("email:nobody", Entry()),
        ("+1", Entry()),
        ("", None),
        ("email", None),
        ("customer_id,name", None),
    ],
)
def test_an_entry_is_read_as_people_write_it(line: str, meant: Entry | None) -> None:
    assert listing.read(line) == meant


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_piece_ends_with_its_last_whole_line(end: str) -> None:
    piece = f"ann@example.org{end}{BO_ID}{end}4711".encode()

    read = listing.read_piece(piece, most=10, last=False)

    assert read.entries == (ANN, BO)
    assert piece[read.size :] == b"4711"


def test_the_last_line_of_a_file_needs_no_end() -> None:
    assert listing.read_piece(BO_ID.encode(), most=10, last=True) == ((BO,), 26)


def test_a_piece_has_so_many_entries_at_most() -> None:
    piece = b"4711\n" * 9

    assert listing.read_piece(piece, most=4, last=True).size == 20


def test_who_is_not_known_is_told_by_place_and_who_stands_there_twice_is_one() -> None:
    entries = (ANN, Entry(), Entry(customer_id=ANNS_ID), BO)
    known = {ANN: ANNS_ID, Entry(customer_id=ANNS_ID): ANNS_ID}

    chunk = listing.chunk_of("C", 3, 1_001, entries, known, NOON)

    assert (chunk.customers, chunk.missed) == ((ANNS_ID,), (1_002, 1_004))


def test_a_message_of_another_turn_looks_nothing_up() -> None:
    campaign = make_campaign(audience=Audience(kind=AudienceKind.LIST, uploads=("U",)), listing=Listing(turn=2))

    assert listing.waits(campaign, 2)
    assert not listing.waits(campaign, 1)
    assert not listing.waits(make_campaign(state=CampaignState.STOPPED, listing=Listing(turn=2)), 2)


def test_the_last_piece_of_the_last_file_sends_no_message() -> None:
    campaign = make_campaign(audience=Audience(kind=AudienceKind.LIST, uploads=("U", "V")), listing=Listing(upload=0))

    first = listing.further(campaign, (), upload=1, place=0, entries=5, now=NOON)
    last = listing.further(campaign, (), upload=2, place=0, entries=5, now=NOON)

    assert (len(first.messages), len(last.messages)) == (1, 0)
