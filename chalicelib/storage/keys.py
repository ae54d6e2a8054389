"""The key grammar of the table, in one place; docs/data-model.md shows it as a chart.

    CUSTOMER#<id>        PROFILE | T#<ulid> (timeline, newest last) | T#~<ulid> (signposts) | F#<ulid> (facts not told)
                         | L#<ulid> (who looked) | X#<ulid> (exports) | SEGMENTS (hers) | ORGANISATION (hers) | ERASING
    QUARANTINE#<day>#<n> T#<ulid>
    CASE#<id>            CASE
    HANDLE#<kind>:<v>    HANDLE
    MSG#<mailbox>#<id>   MSG
    RECEIPT#<source>     RECEIPT
    MACHINE#<id>         MACHINE
    ARTICLE#<slug>       ARTICLE
    MERGE#<id>           MERGE
    SWEEP#<job>#<run>    RUN | PART#<n>
    ORGANISATION#<id>    ORGANISATION
    MARK#<kind>:<v>      MARK (whose external id or domain it is)
    SEGMENTS             SEGMENTS (which there are)
    SEGMENT#<slug>       SEGMENT
    SEGMENT#<slug>#<n>   <customer id>: who is in it
    TALLY#<counter>#<n>  S#<what is summed>
    EXPORT#<id>          EXPORT
    ERASURE#<id>         ERASURE
    CALIBRATION          CALIBRATION
    AGENT#<staff id>     AGENT

What others chose (handles, message ids, idempotency keys) may be longer than a key: then a hash is its end.

Index `due`:  DUE#<lane>#<shard> → <instant>#<id>: what the clock must act on; nothing else is in it.
Index `list`: CASES#<shard>, TASKS#<state>#<shard> → order#<id>; CASE#<id> → <ulid>: a case's interactions;
ARTICLES#<shard> → <slug>; CUSTOMERS#<shard> → <ulid>: everybody, for passes over all customers; AGENTS#<shard>.
Index `queue`: QUEUE#<queue>#<team>#<lane>#<shard>, or KEPT#<agent> → <order>#<id>: work that waits for an agent.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple

from chalicelib.kernel import clock, ids
from chalicelib.model.customer import Handle
from chalicelib.model.work import Routing

DUE_SHARDS = 16
LIST_SHARDS = 8
QUEUE_SHARDS = 4  # of each lane of each queue
TALLY_SHARDS = 16
POPULATION_SHARDS = 32
DueLane = Literal["work", "outreach"]
PROFILE = "PROFILE"
TIMELINE = "T#"
SUMS = "S#"
LOOKS = "L#"
EXPORTS = "X#"
SIGNPOSTS = "~"  # behind every ulid, so that who reads the newest first meets them


LONGEST = 2048  # bytes of a partition key


class Key(NamedTuple):
    pk: str
    sk: str


CALIBRATION = Key("CALIBRATION", "CALIBRATION")  # one a stage
SEGMENTS = Key("SEGMENTS", "SEGMENTS")  # likewise


def customer(customer_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", PROFILE)


def timeline(customer_id: str, entry_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", TIMELINE + entry_id)


def signpost(customer_id: str, merge_id: str) -> Key:
    return timeline(customer_id, SIGNPOSTS + merge_id)


def untold_fact(customer_id: str, fact_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", f"F#{fact_id}")


def look(customer_id: str, look_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", LOOKS + look_id)


def exported(customer_id: str, export_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", EXPORTS + export_id)


def erasing(customer_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", "ERASING")


def export(export_id: str) -> Key:
    return Key(f"EXPORT#{export_id}", "EXPORT")


def erasure(erasure_id: str) -> Key:
    return Key(f"ERASURE#{erasure_id}", "ERASURE")


def quarantine(at: datetime, interaction_id: str) -> Key:
    shard = ids.shard_of(interaction_id, LIST_SHARDS)
    return Key(quarantine_shard(at, shard), TIMELINE + interaction_id)


def quarantine_shard(day: date, shard: int) -> str:
    return f"QUARANTINE#{day:%Y-%m-%d}#{shard:02d}"


def case(case_id: str) -> Key:
    return Key(f"CASE#{case_id}", "CASE")


def handle(owned: Handle) -> Key:
    return Key(_fitting(f"HANDLE#{owned}"), "HANDLE")


def message(mailbox: str, message_id: str) -> Key:
    return Key(_fitting(f"MSG#{mailbox}#{message_id}"), "MSG")


def receipt(source: str) -> Key:
    return Key(_fitting(f"RECEIPT#{source}"), "RECEIPT")


def machine(key_id: str) -> Key:
    return Key(f"MACHINE#{key_id}", "MACHINE")


def article(slug: str) -> Key:
    return Key(f"ARTICLE#{slug}", "ARTICLE")


def merge(merge_id: str) -> Key:
    return Key(f"MERGE#{merge_id}", "MERGE")


def sweep(job: str, run: str) -> Key:
    return Key(f"SWEEP#{job}#{run}", "RUN")


def sweep_part(job: str, run: str, number: int) -> Key:
    return Key(f"SWEEP#{job}#{run}", f"PART#{number:02d}")


def tally(counter: Sequence[str], shard: int) -> str:
    return _fitting(f"TALLY#{'#'.join(counter)}#{shard:02d}")


def sum_of(counter: Sequence[str], shard: int, of_what: str) -> Key:
    return Key(tally(counter, shard), SUMS + of_what)


def segment(slug: str) -> Key:
    return Key(f"SEGMENT#{slug}", "SEGMENT")


def members(slug: str, part: int) -> str:
    return f"SEGMENT#{slug}#{part:02d}"


def member(slug: str, customer_id: str) -> Key:
    """In the part of the segment that holds the customers of one part of the population."""
    return Key(members(slug, ids.shard_of(customer_id, POPULATION_SHARDS)), customer_id)


def memberships(customer_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", "SEGMENTS")


def organisation(organisation_id: str) -> Key:
    return Key(f"ORGANISATION#{organisation_id}", "ORGANISATION")


def organisation_mark(what: str, value: str) -> Key:
    return Key(_fitting(f"MARK#{what}:{value}"), "MARK")


def affiliation(customer_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", "ORGANISATION")


def due(lane: DueLane, at: datetime, key: Key) -> Key:
    """Place on the due index; the shard follows the row, so that moving its time moves nothing else."""
    return Key(due_shard(lane, ids.shard_of("".join(key), DUE_SHARDS)), f"{clock.iso(at)}#{_id_in(key)}")


def due_shard(lane: DueLane, shard: int) -> str:
    return f"DUE#{lane}#{shard:02d}"


def open_cases_shard(shard: int) -> str:
    return f"CASES#{shard:02d}"


def open_case(case_id: str, order: str) -> Key:
    return Key(open_cases_shard(ids.shard_of(case_id, LIST_SHARDS)), f"{order}#{case_id}")


def tasks_shard(state: str, shard: int) -> str:
    return f"TASKS#{state}#{shard:02d}"


def task_in_state(state: str, order: str, task_id: str) -> Key:
    return Key(tasks_shard(state, ids.shard_of(task_id, LIST_SHARDS)), f"{order}#{task_id}")


def of_case(case_id: str, interaction_id: str) -> Key:
    return Key(f"CASE#{case_id}", interaction_id)


def articles_shard(shard: int) -> str:
    return f"ARTICLES#{shard:02d}"


def article_by_slug(slug: str) -> Key:
    return Key(articles_shard(ids.shard_of(slug, LIST_SHARDS)), slug)


def organisations_shard(shard: int) -> str:
    return f"ORGANISATIONS#{shard:02d}"


def organisation_by_age(organisation_id: str) -> Key:
    return Key(organisations_shard(ids.shard_of(organisation_id, LIST_SHARDS)), organisation_id)


def members_of(organisation_id: str) -> str:
    return f"ORGANISATION#{organisation_id}"


def agent(agent_id: str) -> Key:
    return Key(f"AGENT#{agent_id}", "AGENT")


def agents_shard(shard: int) -> str:
    return f"AGENTS#{shard:02d}"


def agent_by_id(agent_id: str) -> Key:
    return Key(agents_shard(ids.shard_of(agent_id, LIST_SHARDS)), agent_id)


def queue_lane(queue: str, team: str, lane: str, shard: int) -> str:
    return f"QUEUE#{queue}#{team}#{lane}#{shard:02d}"


def kept_for(agent_id: str) -> str:
    return f"KEPT#{agent_id}"


def waiting(queue: str, routing: Routing, work_id: str, priority: int = 0) -> Key:
    """Place of waiting work: in its queue, or with the agent it is kept for."""
    shard = ids.shard_of(work_id, QUEUE_SHARDS)
    line = queue_lane(queue, routing.team, routing.lane, shard)
    return Key(
        kept_for(routing.kept_for) if routing.kept_for else line, f"{clock.iso(routing.stands_at(priority))}#{work_id}"
    )


def population_shard(shard: int) -> str:
    return f"CUSTOMERS#{shard:02d}"


def in_population(customer_id: str) -> Key:
    return Key(population_shard(ids.shard_of(customer_id, POPULATION_SHARDS)), customer_id)


def _id_in(key: Key) -> str:
    """The id of the row at a key: behind T#, or that of the partition."""
    return key.sk.removeprefix(TIMELINE) if key.sk.startswith(TIMELINE) else key.pk.partition("#")[2]


def _fitting(pk: str) -> str:
    """The partition key itself, or its beginning and the hash of the whole: no two long ones become one."""
    data = pk.encode()
    if len(data) <= LONGEST:
        return pk
    end = f"#{hashlib.sha256(data).hexdigest()}"
    return data[: LONGEST - len(end)].decode(errors="ignore") + end
