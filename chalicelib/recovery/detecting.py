"""What went wrong just now? An ordered tuple of questions, each about what has just happened to a customer.

They are asked in the write that stores what happened, so nothing is noticed later than it is known.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.kernel import ids
from chalicelib.model.case import Case, PromiseKind
from chalicelib.model.customer import Customer
from chalicelib.model.interaction import Direction, Interaction
from chalicelib.model.mood import MoodLevel
from chalicelib.model.recovery import Asked, Cause, Caused, RecoveryPolicy

IN_VAIN = timedelta(hours=12)  # who asks again on the same channel after that has waited in vain
MOST_TOPICS = 5  # remembered of a customer
_ANSWERING = re.compile(r"^(?:\s*(?:re|aw|fw|fwd|wg|回复|答复|转发)\s*[:：])+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """What has just happened: a contact in a case, a promise that broke in one, or a rating of one."""

    at: datetime
    entry_id: str
    case: Case | None = None  # as it is from now on
    before: Case | None = None  # as it was; None: it is new
    contact: Interaction | None = None
    asked: Asked | None = None  # when she last asked about the same
    broken: PromiseKind | None = None
    score: int = 0  # of 5; 0: no rating


def angry(happening: Happening, _policy: RecoveryPolicy) -> str | None:
    mood = happening.contact.mood if happening.contact else None
    return f"mood {mood.score / 100:.2f}" if mood and mood.level is MoodLevel.ANGRY else None


def leaving(happening: Happening, _policy: RecoveryPolicy) -> str | None:
    mood = happening.contact.mood if happening.contact else None
    return "she speaks of leaving, of lawyers or of the public" if mood and mood.leaving else None


def repeated(happening: Happening, policy: RecoveryPolicy) -> str | None:
    """She asks the same again: in another case, or in one where we still owe the answer and enough time passed for one,
    or by another channel."""
    contact, asked, case = happening.contact, happening.asked, happening.case
    if contact is None or asked is None or case is None or happening.at - asked.at > policy.repeat:
        return None
    again = f"asked before by {asked.channel}, {happening.at - asked.at} earlier".partition(".")[0]
    if asked.case_id != case.id:
        return again
    owed = happening.before is not None and happening.before.status.ours
    in_vain = asked.channel != contact.channel or happening.at - asked.at >= IN_VAIN
    return again if owed and in_vain else None


def reopened(happening: Happening, _policy: RecoveryPolicy) -> str | None:
    contact, before, case = happening.contact, happening.before, happening.case
    if contact is None or before is None or case is None or before.status.is_open or not case.status.is_open:
        return None
    return None if contact.mood and contact.mood.thanks else "it had been taken for solved"


def broken_promise(happening: Happening, _policy: RecoveryPolicy) -> str | None:
    return f"of the {happening.broken.value.replace('_', ' ')}" if happening.broken else None


def low_rating(happening: Happening, policy: RecoveryPolicy) -> str | None:
    return f"{happening.score} of 5" if 0 < happening.score <= policy.low_rating else None


DETECTORS: tuple[tuple[Cause, Callable[[Happening, RecoveryPolicy], str | None]], ...] = (
    (Cause.ANGRY, angry),
    (Cause.LEAVING, leaving),
    (Cause.REPEATED, repeated),
    (Cause.REOPENED, reopened),
    (Cause.BROKEN_PROMISE, broken_promise),
    (Cause.LOW_RATING, low_rating),
)


def causes_in(happening: Happening, policy: RecoveryPolicy) -> tuple[Caused, ...]:
    """All that went wrong in it; machines and our own words are no contact."""
    contact = happening.contact
    if contact and (contact.direction is not Direction.IN or contact.machine):
        return ()
    return tuple(
        Caused(
            cause=cause,
            at=happening.at,
            case_id=happening.case.id if happening.case else "",
            entry_id=happening.entry_id,
            detail=why,
        )
        for cause, detector in DETECTORS
        if (why := detector(happening, policy)) is not None
    )


def topic_of(case: Case) -> str:
    """What a case is about, to compare: its topic, else a hash of its subject; empty: it says too little."""
    if case.topic:
        return case.topic.strip().lower()
    subject = re.sub(r"[\W\d_]+", " ", _ANSWERING.sub("", case.subject)).strip().lower()
    han = any("\u4e00" <= char <= "\u9fff" for char in subject)
    return ids.fingerprint(subject)[:8] if (han and len(subject) >= 4) or len(subject.split()) >= 2 else ""


def asking(customer: Customer, case: Case, at: datetime, channel: str, policy: RecoveryPolicy) -> Customer:
    """The customer with this contact remembered by its topic, as long as it matters."""
    topic = topic_of(case)
    if not topic:
        return customer
    recent: Mapping[str, Asked] = {
        about: asked for about, asked in customer.asked.items() if about != topic and at - asked.at <= policy.repeat
    }
    newest = sorted(recent.items(), key=lambda pair: pair[1].at)[-(MOST_TOPICS - 1) :]
    return replace(customer, asked={**dict(newest), topic: Asked(at=at, channel=channel, case_id=case.id)})
