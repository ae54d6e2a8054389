"""What becomes of an agent's note? An entry of the case and of the customer's timeline that no customer is shown."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import TooLarge
from chalicelib.kernel.messages import NotifyStaff
from chalicelib.model.case import Case
from chalicelib.model.interaction import Direction, Interaction, Purpose, Receipt, preview_of
from chalicelib.model.notice import NoticeKind

LONGEST_NOTE = 20_000  # bytes
CHANNEL = "note"


def demand_short(text: str) -> str:
    """The text. Raises TooLarge."""
    if len(text.encode()) > LONGEST_NOTE:
        raise TooLarge(f"a note has at most {LONGEST_NOTE} bytes", "/text")
    return text


def note(
    case: Case,
    text: str,
    mentions: Sequence[str],
    *,
    by: str,
    receipt_key: str,
    fingerprint: str,
    body_key: str,
    now: datetime,
) -> tuple[Decision, Receipt]:
    """Stored once. The case stays as it is, so a note is in nobody's way; it is hers under whose record the case is."""
    noted = Interaction(
        id=ids.derived_ulid(now, receipt_key),
        customer_id=case.customer_id,
        case_id=case.id,
        at=now,
        channel=CHANNEL,
        direction=Direction.INTERNAL,
        purpose=Purpose.NOTE,
        tier=case.tier,
        author=by,
        preview=preview_of(text),
        body_key=body_key,
        mentions=tuple(dict.fromkeys(mentions)),
    )
    receipt = Receipt(
        key=receipt_key,
        fingerprint=fingerprint,
        at=now,
        customer_id=case.customer_id,
        case_id=case.id,
        interaction_id=noted.id,
    )
    called = NotifyStaff(
        customer_id=case.customer_id,
        case_id=case.id,
        what=NoticeKind.MENTION.value,
        of=noted.id,
        to=noted.mentions,
    )
    return Decision((noted, receipt), (called,) if mentions else (), reason="noted", by=by), receipt
