"""What follows when a contact's mood turns out to be another than was thought when it came in?"""

from dataclasses import replace
from datetime import datetime

from chalicelib.cases import urgency
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import Direction, Interaction
from chalicelib.model.mood import SCORE_OF, Mood, MoodLabel, MoodLevel
from chalicelib.model.policy import Policy
from chalicelib.model.recovery import Recovery
from chalicelib.mood.scorer import OWN
from chalicelib.recovery import following
from chalicelib.recovery.detecting import Happening


def second_opinion(
    contact: Interaction,
    case: Case | None,
    customer: Customer,
    recovery: Recovery | None,
    mood: Mood | None,
    policy: Policy,
) -> Decision:
    """What the service says counts instead of our own word; not twice, and not against an agent."""
    if mood is None or (contact.mood and contact.mood.by != OWN):
        return Decision(reason="nothing new")
    return _judged(contact, case, customer, recovery, mood, contact.at, policy)


def corrected(
    contact: Interaction,
    case: Case | None,
    customer: Customer,
    recovery: Recovery | None,
    label: MoodLabel | None,
    level: MoodLevel,
    now: datetime,
    policy: Policy,
    *,
    by: str,
    language: str,
) -> Decision:
    """An agent says how she sounded: it counts, and is kept to learn from, told on the timeline. `label`: what an agent
    said before. Raises Conflict for what is no contact of hers."""
    if contact.direction is not Direction.IN or contact.machine:
        raise Conflict("only what a person wrote or said to us has a mood")
    if label and label.level is level:
        return Decision(reason="so already")
    before = contact.mood
    mood = Mood(level=level, score=SCORE_OF[level], leaving=before.leaving if before else (), by=by)
    judged = label.judged if label else (before.level if before else None)
    kept = MoodLabel(
        id=label.id if label else ids.derived_ulid(now, contact.id, "mood"),
        customer_id=contact.customer_id,
        interaction_id=contact.id,
        at=now,
        by=by,
        level=level,
        judged=judged,
        language=language,
        version=label.version if label else None,
    )
    told = Event(
        id=ids.derived_ulid(now, contact.id, "mood", level.value),
        customer_id=contact.customer_id,
        what=EventKind.MOOD_CORRECTED,
        at=now,
        case_id=contact.case_id,
        detail={"contact": contact.id, "from": before.level.value if before else "", "to": level.value, "by": by},
    )
    decision = _judged(contact, case, customer, recovery, mood, now, policy)
    return replace(decision, changes=(*decision.changes, kept, told), reason="corrected")


def _judged(
    contact: Interaction,
    case: Case | None,
    customer: Customer,
    recovery: Recovery | None,
    mood: Mood,
    at: datetime,
    policy: Policy,
) -> Decision:
    judged = replace(contact, mood=mood)
    changed = case
    if case and case.status.is_open:
        changed = urgency.heard(case, mood, case.tier, at, policy)
    happening = Happening(at=at, entry_id=contact.id, case=changed, contact=judged)
    noted = following.note(customer, recovery, happening, policy)
    if changed and noted.caused:
        changed = replace(changed, recovery=noted.caused)
    changes: tuple[object, ...] = (judged, *noted.changes)
    changes += (changed,) if changed and changed != case else ()
    changes += (noted.customer,) if noted.customer != customer else ()
    return Decision(changes, reason="judged")
