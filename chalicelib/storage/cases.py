"""Cases and interactions in the table. AP-3 which case does it belong to · AP-4 what is next to do.

A case that was merged into another leads to it in `intake_facts` and `living`; all others answer with the row itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

from chalicelib.kernel import clock, ids
from chalicelib.kernel.errors import NotFound
from chalicelib.model.agent import Agent
from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.casework import CaseMerge, CaseSplit
from chalicelib.model.customer import Customer, HandleOwner
from chalicelib.model.interaction import Interaction, KnownMessage, Receipt
from chalicelib.model.known import IntakeFacts
from chalicelib.model.mood import MoodLabel
from chalicelib.model.page import Page
from chalicelib.model.question import Question
from chalicelib.storage import customers, keys, table
from chalicelib.storage.keys import Key

REFERENCES_LOOKED_UP = 40  # newest first; with the other keys they fit one BatchGet of 100
SHARDS_AT_ONCE = 8
SINCE = 100  # interactions
MERGES_FOLLOWED = 8  # a merge points at the survivor of the day; more in a row is a mistake of ours


def intake_facts(arrival: Arrival) -> IntakeFacts:
    """All that is known about an arrival: one BatchGet, and one more for the rows the first one names. A merged
    case is replaced by its survivor, for two more reads.

    Raises NotFound when an authenticated caller names a case that does not exist.
    """
    rows = table.rows_at([*_asked_of(arrival).values(), *_answered_by(arrival)])
    receipt: Receipt | None = rows.get(keys.receipt(arrival.receipt_key))
    return IntakeFacts(receipt=receipt) if receipt else _facts(arrival, rows)


class Replayed(NamedTuple):
    """What is known about a mail that is read again, as if it had not been taken in, and what became of it then."""

    facts: IntakeFacts
    receipt: Receipt | None
    interaction: Interaction | None


def replay_facts(arrival: Arrival) -> Replayed:
    rows = table.rows_at([*_asked_of(arrival).values(), *_answered_by(arrival)])
    receipt: Receipt | None = rows.get(keys.receipt(arrival.receipt_key))
    place = None
    if receipt and receipt.interaction_id:
        place = (
            keys.timeline(receipt.customer_id, receipt.interaction_id)
            if receipt.customer_id
            else keys.quarantine(receipt.at, receipt.interaction_id)
        )
    return Replayed(_facts(arrival, rows), receipt, table.row_at(place) if place else None)


def _asked_of(arrival: Arrival) -> dict[str, Key]:
    wanted: dict[str, Key] = {"receipt": keys.receipt(arrival.receipt_key)}
    if arrival.sender:
        wanted["owner"] = keys.handle(arrival.sender)
    if arrival.customer_id:
        wanted["customer"] = keys.customer(arrival.customer_id)
    if arrival.case_id:
        wanted["named"] = keys.case(arrival.case_id)
    if arrival.subject_case:
        wanted["numbered"] = keys.case(arrival.subject_case)
    if arrival.message_id:
        wanted["repeat"] = keys.message(arrival.mailbox, arrival.message_id)
    if arrival.visitor_id:
        wanted["visitor"] = keys.visitor(arrival.visitor_id)
    return wanted


def _answered_by(arrival: Arrival) -> list[Key]:
    return [keys.message(arrival.mailbox, reference) for reference in arrival.references[:REFERENCES_LOOKED_UP]]


def _facts(arrival: Arrival, rows: Mapping[Key, Any]) -> IntakeFacts:
    found = {name: rows.get(key) for name, key in _asked_of(arrival).items()}
    owner: HandleOwner | None = found.get("owner")
    named: Case | None = found.get("named")
    if arrival.case_id and named is None and not arrival.by_token:
        raise NotFound("no case has this number", "/case_id")
    revoked = named is not None and arrival.by_token and not named.admits(arrival.participant)
    named = None if revoked else named
    answered = [] if named and not arrival.by_token else _known(arrival, rows)
    aside = answered[0] if answered and answered[0].side and not named else None
    notice = next((message for message in answered if message.task_id), None)
    known = next((message for message in answered if not message.side and not message.task_id), None)
    if named and known and known.case_id == named.id:
        known = None
    numbered: Case | None = None if named or known else found.get("numbered")
    case = named or numbered
    split_off = known if named else None
    known = None if named else known
    customer_id = arrival.customer_id or (owner.customer_id if owner else "")
    owner_id = case.customer_id if case else (known.customer_id if known else "")
    people = {id_ for id_ in (customer_id, owner_id) if id_ and id_ != arrival.customer_id}
    led_to = [keys.case(message.case_id) for message in (known, split_off) if message]
    more = table.rows_at([*map(keys.customer, people), *led_to])
    if named and split_off and (part := _part_of(named, more.get(keys.case(split_off.case_id)))):
        named = case = part
    referenced: Case | None = more.get(keys.case(known.case_id)) if known else None
    customer, under, during = customers.survivor(found.get("customer") or more.get(keys.customer(customer_id)), more)
    case_owner, owner_during = customer, during
    if owner_id != customer_id:
        case_owner, _, owner_during = customers.survivor(more.get(keys.customer(owner_id)), more)
    via, via_during = None, owner_during
    if (case := case or referenced) and (whole := _whole(case, customers.Found(case_owner, during=owner_during))):
        survivor, owner_during = whole
        via = case
        named, referenced, numbered = (survivor if one is case else None for one in (named, referenced, numbered))
        if named and arrival.by_token and not named.admits_from(case, arrival.participant):
            named, via, revoked = None, None, True
    if case and case_owner is None:  # whose case it is is being erased: it is gone already
        if arrival.case_id and not arrival.by_token:
            raise NotFound("no case has this number", "/case_id")
        named = referenced = numbered = None
    return IntakeFacts(
        last_free=_last_free(case, case_owner if case else customer, arrival),
        repeat=found.get("repeat"),
        customer=customer,
        under=under,
        named=named,
        referenced=referenced,
        numbered=numbered,
        side=aside,
        notice=notice,
        revoked=revoked,
        owner=case_owner,
        during=during,
        owner_during=owner_during,
        recoveries=customers.recoveries_of(person for person in (customer, case_owner) if person),
        via=via,
        via_during=via_during,
        visitor=found.get("visitor"),
    )


def _last_free(case: Case | None, customer: Customer | None, arrival: Arrival) -> bool:
    """Whether the agent who had her last could take it: one read, for a case that comes back into line, or a customer's
    next one."""
    if customer is None or arrival.machine or (case and case.status.ours):
        return False
    last = (case.routing.last_agent if case and case.routing else "") or customer.last_agent
    agent: Agent | None = table.row_at(keys.agent(last)) if last else None
    channel = case.routing.channel if case and case.routing else arrival.channel
    return agent is not None and agent.online(clock.now()) and agent.takes(channel)


def _whole(case: Case, owner: customers.Found) -> tuple[Case, str] | None:
    """What this case was merged into, and the merge that led to its owner; None for a case that stands for itself. So
    does one whose customer turned out to be another person after all."""
    if not case.merged_into:
        return None
    survivor = _survivor_of(case)
    if survivor.customer_id != case.customer_id:
        whose = customers.survivor(table.row_at(keys.customer(survivor.customer_id)))
        one_person = whose.customer and owner.customer and whose.customer.id == owner.customer.id
        return (survivor, whose.during) if one_person else None
    return survivor, owner.during


def _part_of(case: Case, other: Case | None) -> Case | None:
    """The other, if it was split from the case: what it answers moved there, whatever the reply address says."""
    return other if other and other.split_from == case.id and not other.merged_into else None


def _known(arrival: Arrival, rows: Mapping[Key, Any]) -> list[KnownMessage]:
    """The messages it answers that we know and that belong to a case or beside one, or to a task, the newest first."""
    known = [rows[key] for key in _answered_by(arrival) if key in rows]
    return [message for message in known if message.case_id or message.task_id]


def _survivor_of(case: Case) -> Case:
    """The case itself, or the one it was merged into."""
    for _ in range(MERGES_FOLLOWED):
        if not case.merged_into:
            break
        case = table.row_at(keys.case(case.merged_into)) or replace(case, merged_into="")
    return case


class Outbound(NamedTuple):
    mail: Interaction | None
    customer: Customer | None


def outbound(customer_id: str, interaction_id: str) -> Outbound:
    told, customer = customers.entry(customer_id, interaction_id)  # anything of her timeline, if the id is a caller's
    return Outbound(told if isinstance(told, Interaction) else None, customer)


def to_be_sent(customer_id: str, interaction_id: str) -> Outbound:
    """AP-9: a mail of ours and its customer; a letter to the staff lies aside from her timeline, one read further."""
    mail, customer = outbound(customer_id, interaction_id)
    if mail is None:
        mail = table.row_at(keys.staff_letter(customer_id, interaction_id))
    return Outbound(mail, customer)


def case(case_id: str) -> Case | None:
    found: Case | None = table.row_at(keys.case(case_id))
    return found


class Helpable(NamedTuple):
    """A contact, the question that was made of it, its case and its customer."""

    contact: Interaction | None
    question: Question | None
    case: Case | None
    customer: Customer | None


def helpable(customer_id: str, contact_id: str, question_id: str, case_id: str) -> Helpable:
    """AP-87: one BatchGet; one more read for a customer who was merged."""
    contact, question, case = keys.timeline(customer_id, contact_id), keys.timeline(customer_id, question_id), case_id
    rows = table.rows_at([contact, question, keys.case(case), keys.customer(customer_id)])
    owner = customers.survivor(rows.get(keys.customer(customer_id)), rows).customer
    said = rows.get(contact)
    return Helpable(
        said if isinstance(said, Interaction) else None, rows.get(question), rows.get(keys.case(case)), owner
    )


class Answerable(NamedTuple):
    receipt: Receipt | None
    case: Case | None


def answerable(case_id: str, receipt_key: str) -> Answerable:
    places = keys.receipt(receipt_key), keys.case(case_id)
    rows = table.rows_at(places)
    return Answerable(rows.get(places[0]), rows.get(places[1]))


def interactions_of(case_id: str, after: str | None, limit: int, *, newest_first: bool = False) -> Page[Interaction]:
    """A case's interactions: one Query on the list index for their keys, one BatchGet for the rows."""
    pk = keys.of_case(case_id, "").pk
    found = table.listed(pk, after=after or "", newest_first=newest_first, limit=limit)
    return table.page_of(found, limit)


def living(case_id: str) -> Case | None:
    """The case, or the one it was merged into: a read for each merge."""
    found = case(case_id)
    return _survivor_of(found) if found else None


class Pair(NamedTuple):
    first: Case | None
    second: Case | None


def pair(first_id: str, second_id: str) -> Pair:
    """AP-59: two cases as they are stored: one BatchGet."""
    places = keys.case(first_id), keys.case(second_id)
    rows = table.rows_at(places)
    return Pair(rows.get(places[0]), rows.get(places[1]))


def named(case_ids: Iterable[str]) -> list[Case]:
    """Those there are: one BatchGet, none for none."""
    return list(table.rows_at(keys.case(case_id) for case_id in case_ids).values())


def merge_of(case: Case) -> CaseMerge | None:
    """AP-60: how this case was merged into another, unless that was undone."""
    found: CaseMerge | None = table.row_at(keys.case_merge(case.customer_id, case.id))
    return found


def split_of(case: Case) -> CaseSplit | None:
    """AP-60: what was moved out of another case to make this one, unless that was undone."""
    found: CaseSplit | None = table.row_at(keys.case_split(case.customer_id, case.id))
    return found


def said_since(case: Case, since: datetime) -> list[Interaction]:
    """AP-61: what was said in a case from a moment on, as far as one page goes: one Query, one BatchGet."""
    return list(interactions_of(case.id, ids.first_ulid_at(since), SINCE).items)


def entries_of(places: Iterable[tuple[str, str]]) -> list[Interaction]:
    """AP-61: interactions by record and id: one BatchGet."""
    found = table.rows_at(keys.timeline(*place) for place in places).values()
    return [entry for entry in found if isinstance(entry, Interaction)]


def messages_at(places: Iterable[tuple[str, str]]) -> list[KnownMessage]:
    """AP-61: Message-IDs by mailbox: one BatchGet."""
    return list(table.rows_at(keys.message(*place) for place in places).values())


def parts_of(case: Case, owner: Customer) -> list[str]:
    """The case and those that are one with it, by id: one BatchGet where there are any."""
    here = {case.id, *case.absorbed}
    return [
        case.id,
        *(one.id for one in named(case.absorbed) if one.merged_into in here and one.customer_id in owner.ids),
    ]


def said_in_all(
    case: Case, owner: Customer, after: str | None, limit: int, *, newest_first: bool = False
) -> Page[Interaction]:
    """AP-58: what was said in a case and in those that are one with it: merged into it, and of the same person still. A
    Query each, one BatchGet; one more BatchGet where there are others."""
    parts = [keys.of_case(part, "").pk for part in parts_of(case, owner)]
    return table.page_of(table.listed_in_all(parts, after=after or "", newest_first=newest_first, limit=limit), limit)


def cases_of_customer(record_ids: Iterable[str], after: str | None, limit: int) -> Page[Case]:
    """AP-62: all cases of a person, solved ones included, the newest first: a Query a record, one BatchGet."""
    found = [
        entry
        for record in record_ids
        for entry in table.entries(
            keys.customer(record).pk, keys.HER_CASES, after=keys.HER_CASES + after if after else None, limit=limit
        )
    ]
    newest = sorted(found, key=lambda entry: entry.id, reverse=True)[:limit]
    rows = table.rows_at(keys.case(entry.case_id) for entry in newest)
    items = tuple(rows[place] for entry in newest if (place := keys.case(entry.case_id)) in rows)
    return Page(items, newest[-1].id if len(newest) == limit else None)


OPEN = tuple(status for status in CaseStatus if status.is_open)


def open_cases(after: str | None, limit: int, statuses: Sequence[CaseStatus] = OPEN) -> Page[Case]:
    """AP-4: open cases that are not snoozed, the most urgent first, over all shards of these statuses, eight at a
    time."""
    return _in_shards(
        [keys.open_cases_shard(status.value, n) for status in statuses for n in range(keys.LIST_SHARDS)], after, limit
    )


def snoozed_cases(after: str | None, limit: int) -> Page[Case]:
    """AP-4: snoozed cases, those that come back first first."""
    return _in_shards([keys.snoozed_shard(n) for n in range(keys.LIST_SHARDS)], after, limit)


def solved_cases(day: date, after: str | None, limit: int) -> Page[Case]:
    """AP-4: what was solved on a day, the first first."""
    return _in_shards([keys.solved_shard(day, n) for n in range(keys.LIST_SHARDS)], after, limit)


def _in_shards(shards: Sequence[str], after: str | None, limit: int) -> Page[Case]:
    with ThreadPoolExecutor(SHARDS_AT_ONCE) as readers:
        pages = readers.map(lambda shard: table.listed(shard, after=after or "", limit=limit), shards)
        found = sorted(entry for page in pages for entry in page)[:limit]
    return table.page_of(found, limit)


def quarantined(day: date, after: str | None, limit: int) -> Page[Interaction]:
    """AP-14: what was put aside on a day, newest first, over all shards."""
    behind = keys.TIMELINE + after if after else None
    found = [
        interaction
        for shard in range(keys.LIST_SHARDS)
        for interaction in table.entries(keys.quarantine_shard(day, shard), keys.TIMELINE, after=behind, limit=limit)
    ]
    newest = sorted(found, key=lambda interaction: interaction.id, reverse=True)[:limit]
    return Page(tuple(newest), newest[-1].id if len(newest) == limit else None)


def quarantined_one(interaction_id: str) -> Interaction | None:
    found: Interaction | None = table.row_at(keys.quarantine(ids.instant_of(interaction_id), interaction_id))
    return found


def mood_label(customer_id: str, interaction_id: str) -> MoodLabel | None:
    """AP-66: what an agent said of a contact's mood."""
    found: MoodLabel | None = table.row_at(keys.mood_label(customer_id, interaction_id))
    return found


class Labelled(NamedTuple):
    label: MoodLabel
    contact: Interaction


def mood_labels(after: str | None, limit: int) -> Page[Labelled]:
    """AP-66: what agents said of moods, the oldest first, with the contacts that are still there."""
    shards = [keys.mood_labels_shard(n) for n in range(keys.LIST_SHARDS)]
    page = table.page_of(table.listed_in_all(shards, after=after or "", newest_first=False, limit=limit), limit)
    places = {label.id: keys.timeline(label.customer_id, label.interaction_id) for label in page.items}
    rows = table.rows_at(places.values())
    return Page(
        tuple(Labelled(label, rows[place]) for label in page.items if (place := places[label.id]) in rows), page.next
    )


def receipt(key: str) -> Receipt | None:
    found: Receipt | None = table.row_at(keys.receipt(key))
    return found


def receipts_of(keys_of_receipts: list[str]) -> set[str]:
    """Which of these (at most 100) have a receipt."""
    wanted = {keys.receipt(key): key for key in keys_of_receipts}
    return {wanted[key] for key in table.rows_at(wanted)}
