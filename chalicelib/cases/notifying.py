"""What is done to tell the staff: find out whom, and write each one letter."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.cases import audience
from chalicelib.configuration import policy
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict
from chalicelib.model.case import Case
from chalicelib.model.notice import Colleague, NoticeKind, NoticeSettings
from chalicelib.storage import cases
from chalicelib.storage import correspondence as storage
from chalicelib.storage.commit import settle
from chalicelib.telemetry import logger


def notify(case_id: str, what: str, of: str, meant: Sequence[str]) -> int:
    """Writes to whoever hears of it; returns to how many. May be repeated: nobody gets a second letter."""
    case = cases.case(case_id)
    if case is None:
        return 0
    kind = NoticeKind(what)
    staff = storage.colleagues({*meant, *audience.concerned(case)})
    settings = storage.notice_settings(staff)
    people = audience.to_notify(case, kind, meant, staff, settings, policy())
    told = [_tell(person, case, kind, of, clock.now()) for person in people]
    logger.info(
        "staff_notified", case=case_id, what=what, told=told.count("told"), too_many=told.count(audience.TOO_MANY)
    )
    return told.count("told")


def _tell(person: Colleague, case: Case, kind: NoticeKind, of: str, now: datetime) -> str:
    def decide() -> tuple[Decision, None]:
        known = storage.letter(case.customer_id, audience.letter_id(person, kind, of))
        count = storage.notified(audience.whom(person), audience.hour_of(now))
        return audience.tell(person, case, kind, of, known, count, now), None

    return settle(decide)[0].reason


def settings_of(staff_id: str) -> NoticeSettings:
    """What this member of the staff does not want to hear of. Raises Conflict for a machine."""
    if not staff_id:
        raise Conflict("a machine gets no letters: sign in to see yours")
    return storage.notice_settings([staff_id]).get(staff_id) or NoticeSettings(
        staff_id=staff_id, updated_at=clock.now()
    )


def set_off(staff_id: str, off: Sequence[NoticeKind]) -> NoticeSettings:
    """She hears no more of these, and of everything else. May be repeated. Raises Conflict for a machine."""
    now = clock.now()

    def decide() -> tuple[Decision, NoticeSettings]:
        known = settings_of(staff_id)
        wanted = tuple(kind for kind in NoticeKind if kind in off)
        changed = NoticeSettings(staff_id=staff_id, off=wanted, updated_at=now, version=known.version)
        return Decision((changed,), reason="set"), changed

    return settle(decide)[1]
