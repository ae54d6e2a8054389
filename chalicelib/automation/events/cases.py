"""What do cases, their promises and contacts tell?"""

from chalicelib.automation import data as of
from chalicelib.automation.events.told import Told, points
from chalicelib.model.case import Case, CaseStatus, Promise, PromiseState
from chalicelib.model.interaction import DeliveryState, Direction, Interaction, Purpose


def of_case(old: Case | None, new: Case | None) -> list[Told]:
    if new is None:
        return [_case("case.deleted", old)] if old else []
    told: list[Told] = []
    if old is None:
        told.append(_case("case.opened", new))
    else:
        told += [_case(name, new) for name in _moves(old, new)]
        told += [_case(name, new) for name, what in _HANDED if getattr(old, what) != getattr(new, what)]
        if changed := tuple(what for what in _OF_A_CASE if getattr(old, what) != getattr(new, what)):
            told.append(_case("case.changed", new, changed))
    return told + _promises(old, new)


_HANDED = (("case.queued", "queue"), ("case.assigned", "assigned_to"))
# What of a case one may want to know of when it is different.
_OF_A_CASE = (
    "subject", "topic", "priority", "urgency", "tier", "language", "attention", "mood", "customer_id",
    "snoozed_until", "absorbed",
    "followers", "links", "custom", "participants",
)  # fmt: skip


def _moves(old: Case, new: Case) -> list[str]:
    """What became of it, by its status and where it is shown."""
    moves = []
    if new.merged_into != old.merged_into:
        moves.append("case.merged" if new.merged_into else "case.unmerged")
    if new.snoozed != old.snoozed and new.status.is_open:
        moves.append("case.snoozed" if new.snoozed else "case.woken")
    if old.status is new.status:
        return moves
    if new.status.is_open and not old.status.is_open:
        moves.append("case.reopened")
    if move := _BY_STATUS.get(new.status):
        moves.append(move)
    elif old.status is CaseStatus.WAITING:
        moves.append("case.answer_due")
    return moves


_BY_STATUS = {
    CaseStatus.SOLVED: "case.solved",
    CaseStatus.CLOSED: "case.closed",
    CaseStatus.WAITING: "case.waiting",
    CaseStatus.WAITING_ON_US: "case.asked_elsewhere",
}


def _case(name: str, case: Case, changed: tuple[str, ...] = ()) -> Told:
    told = of.CaseData(
        status=case.status.value,
        channel=case.channel,
        tier=case.tier,
        priority=case.priority,
        topic=case.topic,
        language=case.language,
        urgency=case.urgency.value,
        mood=case.mood.level.value if case.mood else "",
        queue=case.queue,
        assigned_to=case.assigned_to,
        opened_at=case.opened_at,
        owed_by=case.owed_by,
        solved_at=case.solved_at,
        merged_into=case.merged_into,
        follows=case.follows,
        changed=changed,
    )
    return Told(name, told, case.customer_id, case.id)


def _promises(old: Case | None, new: Case) -> list[Told]:
    """By kind and when it was made: a promise may change its place on the case."""
    before = {(one.kind, one.made_at): one for one in old.promises} if old else {}
    told = []
    for one in new.promises:
        was = before.get((one.kind, one.made_at))
        told += [_promise(name, new, one) for name in _promise_news(was, one)]
    return told


def _promise_news(was: Promise | None, one: Promise) -> list[str]:
    news = []
    if was is None:
        news.append("promise.made")
    elif was.due_at != one.due_at:
        news.append("promise.moved")
    state = was.state if was else PromiseState.OPEN
    if state is not one.state and one.state in _BY_STATE:
        news.append(_BY_STATE[one.state])
    late = one.state is PromiseState.BROKEN and one.kept_at and not (was and was.kept_at)
    return [*news, "promise.kept"] if late else news


_BY_STATE = {
    PromiseState.AT_RISK: "promise.at_risk",
    PromiseState.BROKEN: "promise.broken",
    PromiseState.KEPT: "promise.kept",
}


def _promise(name: str, case: Case, one: Promise) -> Told:
    told = of.PromiseData(
        promise=one.kind.value,
        state=one.state.value,
        channel=one.channel or case.channel,
        tier=case.tier,
        made_at=one.made_at,
        due_at=one.due_at,
        kept_at=one.kept_at,
        late=one.state is PromiseState.BROKEN and one.kept_at is not None,
    )
    return Told(name, told, case.customer_id, case.id)


def of_interaction(old: Interaction | None, new: Interaction | None) -> list[Told]:
    """Nothing when it is gone: it became too old, or she was erased."""
    name = _contact_news(old, new) if new else ""
    return [_interaction(name, new)] if new and name else []


def _contact_news(old: Interaction | None, new: Interaction) -> str:
    if new.purpose is Purpose.STAFF:  # how colleagues hear of events is none
        return ""
    if new.quarantined:
        released = old is not None and not old.released_to and new.released_to
        return "interaction.released" if released else "" if old else "interaction.quarantined"
    if new.direction is Direction.OUT and new.delivery:
        return _mail_news(old.delivery.state if old and old.delivery else None, new.delivery.state)
    if new.purpose is Purpose.SIDE:
        return "" if old else "side.received"
    names = {
        Direction.IN: "interaction.received",
        Direction.OUT: "interaction.sent",
        Direction.INTERNAL: "interaction.noted",
    }
    return "" if old else names.get(new.direction, "")


def _mail_news(was: DeliveryState | None, state: DeliveryState) -> str:
    again = state is DeliveryState.CLAIMED or (was is not None and state is DeliveryState.QUEUED)
    return "" if again or state is was else f"interaction.{state.value}"


def _interaction(name: str, said: Interaction) -> Told:
    told = of.InteractionData(
        interaction_id=said.id,
        channel=said.channel,
        direction=said.direction.value,
        purpose=said.purpose.value,
        tier=said.tier,
        language=said.language,
        trust=said.trust,
        machine=said.machine,
        flags=said.flags,
        attachments=len(said.attachments),
        value_index=points(said.index),
        mood=said.mood.level.value if said.mood else "",
        leaving=bool(said.mood and said.mood.leaving),
        delivery=said.delivery.state.value if said.delivery else "",
        attempt=said.delivery.attempt if said.delivery else 0,
        task_id=said.task_id,
    )
    return Told(name, told, said.customer_id, said.case_id)
