"""Campaigns in the table. AP-98 a campaign, its parts and lists · AP-99 all of them · AP-100 its people · AP-101 its
figures. The sums of a campaign are kept by `counted`, with each of its tasks that is written, in one transaction."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from chalicelib.kernel.decision import Tally
from chalicelib.model.campaign import Campaign, CampaignPart, ListChunk, stand_of
from chalicelib.model.customer import Customer
from chalicelib.model.page import Page
from chalicelib.model.play import PlayRecord
from chalicelib.model.task import Task, TaskState
from chalicelib.storage import customers, keys, rows, table, tallies

# In the order in which a contact goes: who moves on while they are read one after the other is met again, not missed.
PARTS = keys.POPULATION_SHARDS
REACHED = (TaskState.SENT, TaskState.DELIVERED, TaskState.OPENED, TaskState.ANSWERED, TaskState.DONE)


class Stand(NamedTuple):
    campaign: Campaign | None
    part: CampaignPart | None


class Whole(NamedTuple):
    campaign: Campaign | None
    parts: tuple[CampaignPart, ...]


def campaign(campaign_id: str) -> Campaign | None:
    """AP-98: by key, strongly consistent."""
    found: Campaign | None = table.row_at(keys.campaign(campaign_id))
    return found


def with_play(campaign_id: str, play: str) -> tuple[Campaign | None, PlayRecord | None]:
    """AP-98: a campaign and the record of its play, in one BatchGet."""
    places = keys.campaign(campaign_id), keys.play(play)
    found = table.rows_at(places)
    return found.get(places[0]), found.get(places[1])


def part(campaign_id: str, number: int) -> Stand:
    """AP-98: a campaign and one of its parts, in one BatchGet."""
    places = keys.campaign(campaign_id), keys.campaign_part(campaign_id, number)
    found = table.rows_at(places)
    return Stand(found.get(places[0]), found.get(places[1]))


def whole(campaign_id: str) -> Whole:
    """AP-98: a campaign and all its parts: a read by key, and a BatchGet."""
    found = campaign(campaign_id)
    if found is None:
        return Whole(None, ())
    places = [keys.campaign_part(campaign_id, number) for number in range(found.parts)]
    there = table.rows_at(places)
    return Whole(found, tuple(there[place] for place in places if place in there))


def chunk(campaign_id: str, number: int) -> ListChunk | None:
    """AP-98: a thousand entries of its list, by key."""
    found: ListChunk | None = table.row_at(keys.list_chunk(campaign_id, number))
    return found


def campaigns(after: str | None, limit: int) -> Page[Campaign]:
    """AP-99: all of them, the newest first: a Query and a BatchGet."""
    found = table.listed(keys.CAMPAIGNS, after=after or "", newest_first=True, limit=limit)
    return table.page_of(found, limit)


class Person(NamedTuple):
    """Where a campaign's task is listed, and whose it is."""

    place: str
    key: keys.Key

    @property
    def customer_id(self) -> str:
        return self.key.pk.partition("#")[2]


def people_in(campaign_id: str, number: int, stand: str, after: str, limit: int) -> list[Person]:
    """AP-100: tasks of one of the 32 parts that stand so: a state, with a guardrail behind a dot or without. One Query
    of the list index, behind the place `after`, which says where a task stood a moment ago."""
    shard = keys.tasks_of_campaign(campaign_id, number)
    if not stand:
        found = table.listed(shard, after=after, limit=limit)
    else:
        # A state alone takes in all its guardrails, and no other state that begins alike.
        begin, end = f"{stand}#", f"{stand}{'$' if '.' in stand else '/'}"
        found = table.listed_between(shard, f"{after}\0" if after else begin, end, limit=limit)
    return [Person(each.place, each.key) for each in found]


def people(campaign_id: str, stand: str, after: str | None, limit: int) -> Page[Task]:
    """AP-100: who stands so, part by part: a Query, one more where a part ends, and a BatchGet."""
    number, _, behind = (after or "0#").partition("#")
    part, found = int(number), list[Person]()
    while part < keys.POPULATION_SHARDS:
        found += people_in(campaign_id, part, stand, behind, limit - len(found))
        if len(found) == limit:
            return Page(tasks_at(found), f"{part}#{found[-1].place}")
        part, behind = part + 1, ""
    return Page(tasks_at(found), None)


def tasks_at(found: Iterable[Person]) -> tuple[Task, ...]:
    """These tasks as they are stored, without those that are gone: a BatchGet per 100."""
    listed = list(found)
    there = table.rows_at(person.key for person in listed)
    return tuple(there[person.key] for person in listed if person.key in there)


def tasks_of(wanted: Sequence[tuple[str, str]]) -> dict[str, Task]:
    """Which of these tasks are there, by the customer whose they are: a BatchGet per 100."""
    places = {keys.timeline(customer_id, task_id): customer_id for customer_id, task_id in wanted}
    return {places[place]: task for place, task in table.rows_at(places).items()}


class Met(NamedTuple):
    """A piece of an audience: the people in it as they are stored, how many entries that took, where it goes on."""

    people: tuple[Customer, ...]
    entries: int
    next: str | None


def everybody(number: int, after: str, limit: int) -> Met:
    """AP-100: a page of everybody."""
    page = customers.population(number, after, limit)
    return Met(page.items, len(page.items), page.next)


def met(customer_ids: Sequence[str], next_: str | None) -> Met:
    """These people, merged ones as who they are now: a BatchGet per 100, and a read for each merge."""
    found = {record.id: record for record in customers.records(customer_ids)}
    people: dict[str, Customer] = {}
    for record in found.values():
        survivor = customers.survivor(record).customer if record.merged_into else record
        if survivor and not survivor.merged_into:
            people[survivor.id] = survivor
    return Met(tuple(people.values()), len(customer_ids), next_)


def counter_of(campaign_id: str) -> tuple[str, ...]:
    return ("campaign", campaign_id)


def figures(campaign_id: str) -> dict[str, int]:
    """AP-101: how many stand how by now: 16 Queries."""
    return {stand: amount for stand, amount in tallies.sums(counter_of(campaign_id)).items() if amount}


def counted(changes: Iterable[Any]) -> list[Tally]:
    """What the changes of campaigns' tasks do to the sums of their campaigns: each task is counted where it stands. One
    that was not read in its version is read: one more trip."""
    found: list[Tally] = []
    for change in changes:
        if not isinstance(change, Task) or not change.campaign_id:
            continue
        after = stand_of(change)
        if change.version is None:
            found.append(Tally(counter_of(change.campaign_id), {after: 1}))
            continue
        before = rows.task_as_read(change) or table.row_at(rows.key_of(change))
        # Another version: the commit will be refused, and this with it.
        if before is not None and before.version == change.version and stand_of(before) != after:
            found.append(Tally(counter_of(change.campaign_id), {stand_of(before): -1, after: 1}))
    return found
