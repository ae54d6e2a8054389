"""What is done by agents who work on cases: how it stands, what it says, who works on it, what they note.

editing.py and regrouping.py decide; each function here loads, asks, commits. Anything may be called twice.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeVar

from chalicelib.cases import editing, noting, regrouping
from chalicelib.configuration import policy
from chalicelib.gateways import texts
from chalicelib.insight import metrics
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import KeyReused, NotFound
from chalicelib.model.case import Case, CaseStatus, LinkKind
from chalicelib.model.case_field import Value
from chalicelib.model.customer import Customer
from chalicelib.model.interaction import Interaction, Receipt
from chalicelib.storage import cases as storage
from chalicelib.storage import customers, histories
from chalicelib.storage.commit import settle

T = TypeVar("T")


class Noted(NamedTuple):
    receipt: Receipt
    duplicate: bool


def set_status(case_id: str, to: str, *, seen: int | None, by: str, reason: str) -> None:
    """Raises NotFound, Outdated, Conflict, Invalid; all of these do, where an edition was seen."""

    def rule(case: Case, customer: Customer) -> Decision:
        return editing.move(case, customer, CaseStatus(to), clock.now(), policy(), by=by, reason=reason)

    _change(case_id, rule, seen)


def describe(case_id: str, said: Mapping[str, str], *, seen: int | None, by: str, reason: str) -> None:
    def rule(case: Case, owner: Customer) -> Decision:
        return editing.describe(case, owner, said, clock.now(), policy(), by=by, reason=reason)

    _change(case_id, rule, seen)


def fill_in(case_id: str, said: Mapping[str, Value], *, seen: int | None, by: str) -> None:
    fields = policy().case_fields
    _change(case_id, lambda case, _: editing.fill_in(case, said, fields, clock.now(), by=by), seen)


def snooze(case_id: str, until: datetime | None, *, seen: int | None, by: str, reason: str) -> None:
    _change(case_id, lambda case, _: editing.snooze(case, until, clock.now(), by=by, reason=reason), seen)


def wake(case_id: str, *, by: str) -> None:
    _change(case_id, lambda case, _: editing.wake(case, clock.now(), by=by))


def lease(case_id: str, holder: str, name: str, minutes: int, *, take_over: bool) -> None:
    _change(case_id, lambda case, _: editing.lease(case, holder, name, minutes, clock.now(), take_over=take_over))


def release(case_id: str, holder: str) -> None:
    _change(case_id, lambda case, _: editing.release(case, holder, clock.now()))


def follow(case_id: str, follower: str, *, by: str) -> None:
    _change(case_id, lambda case, _: editing.follow(case, follower, clock.now(), by=by))


def unfollow(case_id: str, follower: str, *, by: str) -> None:
    _change(case_id, lambda case, _: editing.unfollow(case, follower, clock.now(), by=by))


def link(case_id: str, other_id: str, kind: str, *, by: str) -> None:
    def decide() -> tuple[Decision, None]:
        case, other = storage.pair(case_id, other_id)
        if case is None or other is None:
            raise NotFound("no case has this number", None if case is None else "/case_id")
        return editing.link(case, other, LinkKind(kind), clock.now(), by=by), None

    _settled(decide)


def link_page(case_id: str, url: str, title: str, *, by: str) -> None:
    _change(case_id, lambda case, _: editing.link_page(case, url, title, clock.now(), by=by))


def unlink(case_id: str, link_id: str, *, by: str) -> None:
    def decide() -> tuple[Decision, None]:
        case, other = storage.pair(case_id, link_id)
        if case is None:
            raise NotFound("no case has this number")
        return editing.unlink(case, other, link_id, clock.now(), by=by), None

    _settled(decide)


def note(case_id: str, text: str, mentions: Sequence[str], *, by: str, receipt_key: str, fingerprint: str) -> Noted:
    """For colleagues only. Raises NotFound, KeyReused, TooLarge."""
    now = clock.now()

    def decide() -> tuple[Decision, Noted]:
        receipt, case = storage.answerable(case_id, receipt_key)
        if receipt:
            if receipt.fingerprint != fingerprint:
                raise KeyReused("this key came before with other content; use a new key for a new note")
            return Decision(reason="duplicate"), Noted(receipt, True)
        if case is None or customers.customer(case.customer_id) is None:
            raise NotFound("no case has this number")
        decision, made = noting.note(
            case,
            text,
            mentions,
            by=by,
            receipt_key=receipt_key,
            fingerprint=fingerprint,
            body_key=texts.keep(receipt_key, noting.demand_short(text)),
            now=now,
        )
        return decision, Noted(made, False)

    return _settled(decide)


def merge(case_id: str, into_id: str, *, seen: int | None, by: str, reason: str) -> None:
    """Raises NotFound, Outdated, Conflict, Invalid."""

    def decide() -> tuple[Decision, None]:
        absorbed, into = storage.pair(case_id, into_id)
        customer = customers.customer(into.customer_id) if into else None
        if absorbed is None:
            raise NotFound("no case has this number")
        if into is None or customer is None:
            raise NotFound("no case has this number", "/case_id")
        _demand_current(absorbed, seen)
        return regrouping.merge(absorbed, into, customer, clock.now(), policy().calendars, by=by, reason=reason), None

    _settled(decide)


def undo_merge(case_id: str, *, by: str, reason: str) -> None:
    """Raises NotFound, Conflict."""

    def decide() -> tuple[Decision, None]:
        absorbed = storage.case(case_id)
        if absorbed is None:
            raise NotFound("no case has this number")
        kept = storage.merge_of(absorbed)
        into = storage.case(kept.into.id) if kept else None
        since = storage.said_since(absorbed, kept.at) if kept else []
        owners = {
            case.customer_id: owner
            for case in (absorbed, into)
            if case and (owner := customers.customer(case.customer_id))
        }
        return regrouping.undo_merge(kept, absorbed, into, since, owners, clock.now(), by=by, reason=reason), None

    _settled(decide)


def split(
    case_id: str,
    interactions: Sequence[str],
    *,
    subject: str,
    topic: str,
    seen: int | None,
    by: str,
    reason: str,
    receipt_key: str,
    fingerprint: str,
) -> Noted:
    """Raises NotFound, Outdated, Conflict, KeyReused."""
    wanted = list(dict.fromkeys(interactions))

    def decide() -> tuple[Decision, Noted]:
        receipt, case = storage.answerable(case_id, receipt_key)
        if receipt:
            if receipt.fingerprint != fingerprint:
                raise KeyReused("this key came before with other content; use a new key for a new split")
            return Decision(reason="duplicate"), Noted(receipt, True)
        customer = customers.customer(case.customer_id) if case else None
        if case is None or customer is None:
            raise NotFound("no case has this number")
        _demand_current(case, seen)
        said = storage.entries_of((record, wanted_id) for record in customer.ids for wanted_id in wanted)
        decision, made = regrouping.split(
            case,
            customer,
            said,
            storage.messages_at(_messages_of(said)),
            wanted,
            clock.now(),
            policy(),
            subject=subject,
            topic=topic,
            by=by,
            reason=reason,
            receipt_key=receipt_key,
            fingerprint=fingerprint,
        )
        return decision, Noted(made, False)

    return _settled(decide)


def undo_split(case_id: str, *, by: str, reason: str) -> str:
    """The id of the case it is one with again. Raises NotFound, Conflict."""

    def decide() -> tuple[Decision, str]:
        part = storage.case(case_id)
        customer = customers.customer(part.customer_id) if part else None
        if part is None or customer is None:
            raise NotFound("no case has this number")
        if part.split_from and part.merged_into == part.split_from and storage.split_of(part) is None:
            return Decision(reason="undone before"), part.split_from
        kept = storage.split_of(part)
        case = storage.case(kept.out_of) if kept else None
        said = storage.entries_of(kept.moved) if kept else []
        messages = storage.messages_at((m.mailbox, m.message_id) for m in kept.messages) if kept else []
        decision = regrouping.undo_split(
            kept, part, case, said, messages, customer, clock.now(), policy().calendars, by=by, reason=reason
        )
        return decision, kept.out_of if kept else ""

    return _settled(decide)


def _messages_of(said: Sequence[Interaction]) -> list[tuple[str, str]]:
    """Mailbox and Message-ID of each mail among these, in or out."""
    ours, domain = policy().sender_address, policy().ses_message_id_domain
    came = [(one.mailbox or ours, one.message_id) for one in said if one.message_id]
    went = [(ours, f"{one.delivery.ses_id}@{domain}") for one in said if one.delivery and one.delivery.ses_id]
    return [*came, *went]


def _demand_current(case: Case, seen: int | None) -> None:
    since = histories.changes_since(case, seen) if seen is not None and seen != case.edition else []
    editing.demand_current(case, seen, since)


def _change(case_id: str, rule: Callable[[Case, Customer], Decision], seen: int | None = None) -> None:
    """One trip for the case, one for its customer, one to write; one more when it moved on since it was seen."""

    def decide() -> tuple[Decision, None]:
        case = storage.case(case_id)
        customer = customers.customer(case.customer_id) if case else None
        if case is None or customer is None:
            raise NotFound("no case has this number")
        _demand_current(case, seen)
        return rule(case, customer), None

    _settled(decide)


def _settled(decide: Callable[[], tuple[Decision, T]]) -> T:
    decision, result = settle(decide)
    metrics.count_changes(decision)
    return result
