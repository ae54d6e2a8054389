"""Who of the staff hears of what happens in a case, and does it have to be said at all?

Who is meant by name (the author of an answer that was cancelled, whom a note mentions) and who is concerned: whoever
has the case and whoever follows it. Of promises the company's own addresses hear, too.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import NotifyStaff, SendMail
from chalicelib.model.case import Case
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import Delivery, Direction, Interaction, Purpose
from chalicelib.model.notice import MOST_AN_HOUR, Colleague, NoticeKind, NoticeSettings, Notified
from chalicelib.model.policy import Policy

OF_PROMISES = {
    EventKind.PROMISE_AT_RISK: NoticeKind.PROMISE_AT_RISK,
    EventKind.PROMISE_BROKEN: NoticeKind.PROMISE_BROKEN,
}
TOO_MANY = "too many letters this hour"


def concerned(case: Case) -> tuple[str, ...]:
    """Ids, or addresses, of whoever has the case and whoever follows it."""
    return tuple(dict.fromkeys(filter(None, (case.assigned_to, *case.followers))))


def news(case: Case, policy: Policy, told: Iterable[Event]) -> tuple[NotifyStaff, ...]:
    """What the staff is told of the promises of a case; nothing where nobody would hear it."""
    if not (policy.notify or concerned(case)):
        return ()
    return tuple(_news(case, OF_PROMISES[event.what], event.id) for event in told if event.what in OF_PROMISES)


def she_wrote(case: Case, contact_id: str) -> tuple[NotifyStaff, ...]:
    """Likewise of a contact in a case that goes on: most cases are nobody's, and cost nothing here."""
    return (_news(case, NoticeKind.CUSTOMER_WROTE, contact_id),) if concerned(case) else ()


def _news(case: Case, what: NoticeKind, of: str) -> NotifyStaff:
    return NotifyStaff(customer_id=case.customer_id, case_id=case.id, what=what.value, of=of)


def to_notify(
    case: Case,
    what: NoticeKind,
    meant: Iterable[str],
    staff: Mapping[str, Colleague],
    settings: Mapping[str, NoticeSettings],
    policy: Policy,
) -> tuple[Colleague, ...]:
    """Everybody who hears of it, each address once. `staff`: those of them who are members of it and may still sign in,
    by id; `settings`: what each does not want to hear of."""
    named = tuple(meant) if what is NoticeKind.MENTION else (*meant, *concerned(case))
    found = [staff[one] if one in staff else Colleague(one) for one in named if one in staff or "@" in one]
    if what in OF_PROMISES.values():
        found += [Colleague(address) for address in policy.notify]
    wanted = [one for one in found if one.staff_id not in settings or what not in settings[one.staff_id].off]
    by_address = {one.address.lower(): one for one in reversed(wanted) if not policy.is_ours(one.address)}
    return tuple(reversed(by_address.values()))


def letter_id(to: Colleague, what: NoticeKind, of: str) -> str:
    """Of the one letter to this person about this: it follows from what happened, so that a repetition writes none."""
    return ids.derived_ulid(ids.instant_of(of), "letter", what.value, of, to.address.lower())


def whom(to: Colleague) -> str:
    return ids.fingerprint("notified", to.address.lower())


def hour_of(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def tell(
    to: Colleague,
    case: Case,
    what: NoticeKind,
    of: str,
    known: Interaction | None,
    notified: Notified | None,
    now: datetime,
    *,
    detail: str = "",
) -> Decision:
    """The letter, stored and queued behind what customers wait for. Nothing when it was written before (`known`), or
    when she had as many this hour as one person reads; the last of them says so."""
    if known:
        return Decision(reason="told before")
    count = notified or Notified(whom=whom(to), hour=hour_of(now))
    if len(count.letters) >= MOST_AN_HOUR:
        return Decision(reason=TOO_MANY)
    last = {"last": "yes"} if len(count.letters) == MOST_AN_HOUR - 1 else {}
    letter = Interaction(
        id=letter_id(to, what, of),
        customer_id=case.customer_id,
        case_id=case.id,
        at=now,
        channel="email",
        direction=Direction.OUT,
        purpose=Purpose.STAFF,
        author="Liana",
        subject=case.subject,
        language=to.language,
        delivery=Delivery(to=to.address, since=now),
        template={"what": what.value, "detail": detail, **last},
    )
    message = SendMail(customer_id=letter.customer_id, interaction_id=letter.id, bulk=True)
    return Decision((letter, replace(count, letters=(*count.letters, letter.id))), (message,), reason="told")
