"""How urgent is a case, and who said so? A table says it at every contact; an agent may say otherwise."""

from dataclasses import replace
from datetime import datetime

from chalicelib.cases import promises
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.case import Case
from chalicelib.model.event import Event, EventKind
from chalicelib.model.mood import Mood
from chalicelib.model.policy import Policy
from chalicelib.model.urgency import Urgency


def began(case: Case, mood: Mood | None, policy: Policy) -> Case:
    """A new case, before anything is promised in it."""
    urgent = promises.reranked(case, policy.urgency.of(case.tier, case.topic, mood))
    return replace(urgent, mood=_briefly(mood)) if mood else urgent


def heard(case: Case, mood: Mood | None, tier: str, now: datetime, policy: Policy) -> Case:
    """The case after one more word of hers. It becomes more urgent at once. It becomes less so only once she had an
    answer, and never against an agent."""
    case = promises.reranked(replace(case, mood=_briefly(mood)) if mood else case, case.urgency)
    told = policy.urgency.of(tier, case.topic, case.mood)
    if told.rank > case.urgency.rank:
        return _raised(case, told, now, policy)
    if told.rank < case.urgency.rank and not case.urgency_by and not case.status.ours:
        return promises.reranked(case, told)
    return case


def put(case: Case, urgency: Urgency, now: datetime, policy: Policy, *, by: str, reason: str) -> Decision:
    """An agent says how urgent it is; told on the timeline. Said again it changes nothing."""
    if case.urgency is urgency and case.urgency_by:
        return Decision(reason="so already")
    changed = (
        _raised(case, urgency, now, policy) if urgency.rank > case.urgency.rank else promises.reranked(case, urgency)
    )
    told = Event(
        id=ids.derived_ulid(now, case.id, "urgency", str(case.version)),
        customer_id=case.customer_id,
        what=EventKind.URGENCY_SET,
        at=now,
        case_id=case.id,
        detail={"from": case.urgency.value, "to": urgency.value, "by": by, "reason": reason},
    )
    return Decision((replace(changed, urgency_by=by, updated_at=max(case.updated_at, now)), told), reason="urgency set")


def _briefly(mood: Mood) -> Mood | None:
    """Without the places in its text, which the contact has; of calm words nothing: most are calm."""
    return replace(mood, because=()) if mood.bad or mood.leaving else None


def _raised(case: Case, urgency: Urgency, now: datetime, policy: Policy) -> Case:
    return promises.hastened(promises.reranked(case, urgency), case.urgency, now, policy)
