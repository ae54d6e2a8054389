"""Agents, and the work that waits for them. AP-50 an agent · AP-52 what waits that she can do."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel import clock
from chalicelib.model.agent import Agent
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.load import DeskLoad
from chalicelib.model.page import Page
from chalicelib.model.task import Task
from chalicelib.storage import customers, keys, table
from chalicelib.storage.keys import Key
from chalicelib.storage.table import Waiting

Work = Case | Task
TASK = "task:"


def id_of(work: Work) -> str:
    """How an agent's row names it."""
    return f"{TASK}{work.customer_id}:{work.id}" if isinstance(work, Task) else work.id


def place_of(work_id: str) -> Key:
    if work_id.startswith(TASK):
        _, customer_id, task_id = work_id.split(":")
        return keys.timeline(customer_id, task_id)
    return keys.case(work_id)


def agent(agent_id: str) -> Agent | None:
    found: Agent | None = table.row_at(keys.agent(agent_id))
    return found


def agents(after: str | None, limit: int) -> Page[Agent]:
    """AP-51: all agents by id, over all shards."""
    shards = [keys.agents_shard(n) for n in range(keys.LIST_SHARDS)]
    return table.page_of(table.listed_in_all(shards, after=after or "", newest_first=False, limit=limit), limit)


def present() -> list[Agent]:
    """AP-107: who said that she is there: 8 Queries, and a BatchGet for each 100 of them."""
    found = [key for shard in range(keys.LIST_SHARDS) for key in table.placed_in(keys.present_shard(shard))]
    return [row for row in table.rows_at(found, consistent=False).values() if isinstance(row, Agent)]


def load() -> DeskLoad | None:
    """AP-108: what the desk has to do, as it was reckoned last: by key."""
    found: DeskLoad | None = table.row_at(keys.LOAD)
    return found


def lines(queue: str, team: str, lane: str) -> list[str]:
    """The shards of one lane of a queue."""
    return [keys.queue_lane(queue, team, lane, shard) for shard in range(keys.QUEUE_SHARDS)]


def kept_line(agent_id: str) -> str:
    """Where work is kept for one agent."""
    return keys.kept_for(agent_id)


def heads(lines_asked: Iterable[str], now: datetime, limit: int) -> Iterator[Waiting]:
    """AP-52: who stands first in each of these lines: one Query each, whatever the length of the line."""
    until = f"{clock.iso(now)}$"  # sorts behind every id of this instant
    for line in lines_asked:
        yield from table.waiting_in(line, until, limit=limit)


class Candidate(NamedTuple):
    work: Work
    customer: Customer | None


def candidates(waiting: Sequence[Waiting]) -> list[Candidate]:
    """AP-53: the rows themselves and their customers, strongly consistent, in this order; what left is left out. One
    BatchGet, and a read for each customer who was merged."""
    people = [keys.customer(each.customer_id) for each in waiting]
    rows = table.rows_at([*(each.key for each in waiting), *people])
    return [
        Candidate(rows[each.key], customers.survivor(rows.get(keys.customer(each.customer_id)), rows).customer)
        for each in waiting
        if each.key in rows
    ]


def works(work_ids: Iterable[str]) -> dict[str, Work]:
    """AP-54: what an agent has in hand, by id: one BatchGet."""
    places = {work_id: place_of(work_id) for work_id in work_ids}
    rows = table.rows_at(places.values())
    return {work_id: rows[place] for work_id, place in places.items() if isinstance(rows.get(place), Case | Task)}


class InHand(NamedTuple):
    agent: Agent | None
    work: Work | None


def in_hand(agent_id: str, work_id: str) -> InHand:
    """AP-55: an agent and a piece of work: one BatchGet."""
    rows = table.rows_at([keys.agent(agent_id), place_of(work_id)])
    work = rows.get(place_of(work_id))
    return InHand(rows.get(keys.agent(agent_id)), work if isinstance(work, Case | Task) else None)
