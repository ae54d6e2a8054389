"""What goes on beside a case's thread, in the table: answers that wait, side conversations, uploads, letters to the
staff. AP-74 answers that wait · AP-75 side conversations · AP-76 uploads, and who was told."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.interaction import Interaction, KnownMessage, Receipt
from chalicelib.model.later import ScheduledAnswer
from chalicelib.model.notice import Colleague, NoticeSettings, Notified
from chalicelib.model.page import Page
from chalicelib.model.side import MOST_IN_A_CASE, SideConversation
from chalicelib.model.upload import Upload
from chalicelib.storage import cases, customers, keys, table

REMEMBERED = 50  # answers of one case that waited, in a list


class Waiting(NamedTuple):
    answer: ScheduledAnswer | None
    case: Case | None
    customer: Customer | None


def waiting(customer_id: str, answer_id: str) -> Waiting:
    """An answer, its case and its customer: one BatchGet, and one for the case it names."""
    places = keys.later(customer_id, answer_id), keys.customer(customer_id)
    rows = table.rows_at(places)
    answer: ScheduledAnswer | None = rows.get(places[0])
    case: Case | None = table.row_at(keys.case(answer.case_id)) if answer else None
    return Waiting(answer, case, customers.survivor(rows.get(places[1])).customer)


def answers_of(case_id: str) -> list[ScheduledAnswer]:
    """Those of a case, newest first: a Query on the list index, and a BatchGet."""
    found = table.listed(keys.later_of_case(case_id, "").pk, newest_first=True, limit=REMEMBERED)
    return list(table.page_of(found, REMEMBERED).items)


def side(case: Case, number: int) -> SideConversation | None:
    found: SideConversation | None = table.row_at(keys.side(case.customer_id, case.id, number))
    return found


def sides_of(case_id: str) -> list[SideConversation]:
    """Those of a case, the oldest first: a Query on the list index, and a BatchGet."""
    found = table.listed(keys.side_of_case(case_id, 0).pk, limit=MOST_IN_A_CASE)
    return list(table.page_of(found, MOST_IN_A_CASE).items)


def said_aside(
    case_id: str, number: int, after: str | None, limit: int, *, newest_first: bool = False
) -> Page[Interaction]:
    """What was said in a side conversation: a Query on the list index, and a BatchGet."""
    pk = keys.said_aside(case_id, number, "").pk
    return table.page_of(table.listed(pk, after=after or "", newest_first=newest_first, limit=limit), limit)


class SideFacts(NamedTuple):
    """What is known when something comes to a side conversation."""

    receipt: Receipt | None
    repeat: KnownMessage | None
    case: Case | None
    side: SideConversation | None
    owner: Customer | None  # whose case it is


def side_facts(arrival: Arrival) -> SideFacts:
    """A BatchGet of receipt, Message-ID and case, and one of the conversation and the customer it names. A merged case
    is replaced by the one it was merged into, for two reads more."""
    places = keys.receipt(arrival.receipt_key), keys.case(arrival.side_case)
    message = keys.message(arrival.mailbox, arrival.message_id) if arrival.message_id else None
    rows = table.rows_at([*places, *([message] if message else [])])
    receipt: Receipt | None = rows.get(places[0])
    case: Case | None = rows.get(places[1])
    if case is None:
        return SideFacts(receipt, None, None, None, None)
    more = keys.side(case.customer_id, case.id, arrival.side), keys.customer(case.customer_id)
    found = table.rows_at(more)
    owner = customers.survivor(found.get(more[1])).customer
    if case.merged_into and owner and (whole := cases.living(case.id)) and whole.customer_id in owner.ids:
        case = whole
    return SideFacts(receipt, rows.get(message) if message else None, case, found.get(more[0]), owner)


def uploads(upload_ids: Iterable[str]) -> dict[str, Upload]:
    """Those that exist, by id: one BatchGet."""
    found: dict[str, Upload] = {
        thing.id: thing for thing in table.rows_at(keys.upload(upload_id) for upload_id in upload_ids).values()
    }
    return found


def notice_settings(staff_ids: Iterable[str]) -> dict[str, NoticeSettings]:
    """What these members of the staff do not want to hear of, by id: one BatchGet."""
    found: dict[str, NoticeSettings] = {
        thing.staff_id: thing for thing in table.rows_at(map(keys.notice_settings, staff_ids)).values()
    }
    return found


def notified(whom: str, hour: datetime) -> Notified | None:
    """What this person was told in this hour; by key."""
    found: Notified | None = table.row_at(keys.notified(whom, hour))
    return found


def letter(customer_id: str, letter_id: str) -> Interaction | None:
    """A letter to the staff; by key."""
    found: Interaction | None = table.row_at(keys.staff_letter(customer_id, letter_id))
    return found


def colleagues(staff_ids: Iterable[str]) -> dict[str, Colleague]:
    """Members of the staff among these ids who may sign in, by id: one BatchGet, and none for none."""
    found = table.rows_at(keys.staff_member(staff_id) for staff_id in staff_ids if "@" not in staff_id)
    return {one.id: Colleague(one.email, one.language, one.id) for one in found.values() if one.active}
