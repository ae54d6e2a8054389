"""What is read to preview a play: a bounded sample of the customers, and what they were told of. Nothing is written."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.kernel import clock, ids
from chalicelib.kernel.errors import Conflict
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.interaction import Interaction
from chalicelib.model.play import PlayEdition, PlayState
from chalicelib.model.segment import Member
from chalicelib.outreach import directing, planning, playbook, plays, preview
from chalicelib.outreach.plays.base import Joined, Running, Told
from chalicelib.outreach.preview import Preview, Sampled
from chalicelib.segments.membership import COUNTER
from chalicelib.storage import customers, keys, segments, tallies
from chalicelib.storage.calibration import current_policy

MOST = 500  # customers in a sample

ENTRIES = 50  # of a timeline, the newest
UNSEEN = frozenset({FactKind.USAGE, EventKind.QUESTION_ANSWERED})  # told to plays, and on no timeline


def of_play(name: str, *, draft: bool, sample: int, window_days: int) -> Preview:
    """What the live edition would do, or the draft. A Query for each place and each customer of the sample.

    Raises NotFound; Conflict when there is no such edition.
    """
    now = clock.now()
    running = _as_if_it_ran(directing.one(name), draft=draft)
    if running.play.triggers <= UNSEEN:
        raise Conflict("what calls for this play stands on no timeline; a campaign of it has a preview of its own")
    since, most = now - timedelta(days=window_days), min(sample, MOST)
    if segment := _segment_of(running):
        sampled, of = _members(segment, most, since)
    else:
        sampled = [Sampled(customer, _told(customer, since)) for customer in _customers(most)]
        of = current_policy().calibration.customers
    return preview.of_sample(
        sampled, running, current_policy(), of=max(of, len(sampled)), window_days=window_days, now=now
    )


def _as_if_it_ran(running: Running, *, draft: bool) -> Running:
    record = running.record
    edition = record.draft if draft else record.live
    if edition is None and not draft and running.play.name in plays.BY_NAME:
        edition = PlayEdition(number=0, prepared_by="", prepared_at=record.updated_at)  # as it comes
    if edition is None:
        what = "prepared" if draft else "approved"
        raise Conflict(f"no edition of this play was {what}; say which one in `edition`", "/edition")
    # As approved: a preview is asked for before that.
    live = replace(edition, approved_by=edition.approved_by or "preview", approved_at=record.updated_at)
    shown = replace(record, state=PlayState.RUNNING, live=live, stopped_at=None, pilot=None)
    found = playbook.of(running.play.name, shown)
    return found or running


def _customers(most: int) -> list[Customer]:
    """Drawn anew each time: some from each part of the population, from a random moment of joining on. Who joined in
    quiet times is a little more likely to be among them."""
    each = -(-most // keys.POPULATION_SHARDS)
    found: dict[str, Customer] = {}
    for shard in random.sample(range(keys.POPULATION_SHARDS), keys.POPULATION_SHARDS):
        for customer in _from_anywhere(shard, min(each, most - len(found))):
            found.setdefault(customer.id, customer)
        if len(found) >= most:
            break
    return list(found.values())


def _from_anywhere(shard: int, most: int) -> Iterable[Customer]:
    if most < 1:
        return ()
    first = customers.population(shard, "", most).items
    if len(first) < most:
        return first  # that is everybody
    begin, now = ids.instant_of(first[0].id), clock.now()
    moment = begin + (now - begin) * random.random()  # noqa: S311 - no secret depends on it
    found = customers.population(shard, ids.first_ulid_at(moment), most).items
    return (*found, *first)[:most]


def _told(customer: Customer, since: datetime) -> tuple[Told, ...]:
    entries = customers.timeline(customer.id, None, ENTRIES).items
    happened = (planning.event_of(entry) if isinstance(entry, Interaction) else entry for entry in entries)
    return tuple(
        told
        for told in happened
        if (isinstance(told, Fact) and not told.corrected_by and told.recorded_at >= since)
        or (isinstance(told, Event) and told.at >= since)
    )


# ── Of a segment ──────────────────────────────────────────────────────────────────────────────────


def _segment_of(running: Running) -> str:
    edition = running.edition
    return edition.definition.when.segment if edition and edition.definition else ""


def _members(slug: str, most: int, since: datetime) -> tuple[list[Sampled], int]:
    """Some of each part of a segment, with when they joined; and how many are in it."""
    each = -(-most // keys.POPULATION_SHARDS)
    drawn: list[Member] = []
    for part in random.sample(range(keys.POPULATION_SHARDS), keys.POPULATION_SHARDS):
        drawn += segments.members_in(slug, part, "", min(each, most - len(drawn))) if len(drawn) < most else []
    joined = {member.customer_id: member for member in drawn}
    people = customers.records(joined)
    told = [Sampled(person, _joined(slug, joined[person.id], since)) for person in people]
    return told, tallies.sums_of(COUNTER, [slug]).get(slug, len(told))


def _joined(slug: str, member: Member, since: datetime) -> tuple[Told, ...]:
    if member.since < since:
        return ()
    return (Joined(customer_id=member.customer_id, segment=slug, at=member.since),)
