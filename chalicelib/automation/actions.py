"""What may a rule do, and what does that change?

Each action is one entry of ACTIONS: what it needs, and a function from the work at hand to the work with that done. It
raises Skipped where it must not be done: the others of the rule are done all the same, and the run says why.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.automation import deliveries
from chalicelib.cases import promises
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.messages import Message
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Customer
from chalicelib.model.domain_event import DomainEvent
from chalicelib.model.event import Event, EventKind
from chalicelib.model.rule import Act, Rule, RuleRun

LONGEST_TEXT = 200
COUNTER = ("rules",)  # how often each ran


class Skipped(Exception):
    """Why an action is not done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The case and the customer with what was done so far, and what comes with it."""

    rule: Rule
    event: DomainEvent
    case: Case | None
    customer: Customer | None
    now: datetime
    also: tuple[object, ...] = ()
    messages: tuple[Message, ...] = ()
    did: tuple[str, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)


def _any(_act: Act) -> None:
    return


@dataclass(frozen=True, slots=True)
class Action:
    """`needs` are the names of what an entry says besides `do`; `check` raises ValueError for what cannot be."""

    means: str
    needs: tuple[str, ...]
    do: Callable[[Work, Act], Work]
    check: Callable[[Act], None] = _any
    of_case: bool = True


def done(work: Work) -> Work:
    """All actions of the rule, in their order."""
    for act in work.rule.then:
        try:
            after = ACTIONS[act.do].do(work, act)
        except Skipped as why:
            work = replace(work, skipped={**work.skipped, act.do: str(why)})
        else:
            if after != work:
                work = replace(after, did=(*work.did, " ".join(filter(None, (act.do, act.name, act.to)))))
    return work


def decision(before: Work, after: Work, ran: RuleRun) -> Decision:
    """What was done, that it was done, and the line on her timeline, in one write; what follows from it names the
    rule."""
    changes: list[object] = [ran]
    if after.case and after.case != before.case:
        changes.append(replace(after.case, updated_at=after.now))
    if after.customer and after.customer != before.customer:
        changes.append(after.customer)
    whose = after.case.customer_id if after.case else after.event.subject.customer_id
    if whose:
        told = Event(
            id=ids.derived_ulid(after.now, "rule ran", ran.id),
            customer_id=whose,
            what=EventKind.RULE_RAN,
            at=after.now,
            case_id=after.event.subject.case_id,
            detail={"rule": ran.rule, "did": "; ".join(ran.did)},
        )
        changes.append(told)
    changes += [*after.also, Tally(COUNTER, {ran.rule: 1})]
    return Decision(tuple(changes), after.messages, reason="ran", caused_by=(*after.event.chain, ran.rule))


# ── One by one ────────────────────────────────────────────────────────────────────────────────────


def _set_topic(work: Work, act: Act) -> Work:
    """The customer's row has it, too: guardrails ask what her open cases are about."""
    case = _open(work)
    moved = replace(work, case=replace(case, topic=act.to))
    if work.customer and case.id in work.customer.open_cases:
        known = {**work.customer.open_cases, case.id: act.to}
        moved = replace(moved, customer=replace(work.customer, open_cases=known))
    return moved


def _set_attention(work: Work, act: Act) -> Work:
    return replace(work, case=replace(_open(work), attention=act.to))


def _set_language(work: Work, act: Act) -> Work:
    return replace(work, case=replace(_open(work), language=act.to))


def _set_status(work: Work, act: Act) -> Work:
    """Never over a promise: while she waits for our answer, no rule says that she does not."""
    case = _open(work)
    if case.promise and case.promise.kept_at is None and case.status.ours:
        raise Skipped("an answer is owed to the customer")
    if act.to == "waiting":
        if case.status is CaseStatus.WAITING:
            return work
        later = work.now + promises.WAIT_FOR_CUSTOMER
        waiting = promises.answered(case, work.now, solved=False)
        return replace(work, case=replace(waiting, status=CaseStatus.WAITING, waiting_until=later))
    solved = replace(
        promises.answered(case, work.now, solved=True),
        status=CaseStatus.SOLVED, priority=0, attention="", solved_at=work.now, waiting_until=None,
    )  # fmt: skip
    told = Event(
        id=ids.derived_ulid(work.now, case.id, "solved", work.rule.name, work.event.id),
        customer_id=case.customer_id,
        what=EventKind.CASE_SOLVED,
        at=work.now,
        case_id=case.id,
        detail={"why": f"rule {work.rule.name}"},
    )
    customer = promises.without_case(work.customer, case.id) if work.customer else None
    return replace(work, case=solved, customer=customer, also=(*work.also, told))


def _check_status(act: Act) -> None:
    if act.to not in ("waiting", "solved"):
        raise ValueError("set_status: to is waiting or solved")


def _call_webhook(work: Work, act: Act) -> Work:
    """What happened, to one webhook more, whatever it waits for itself."""
    made = deliveries.made(work.event, act.to, work.now, cause=work.rule.name)
    return replace(work, also=(*work.also, *made.changes), messages=(*work.messages, *made.messages))


def _check_webhook(act: Act) -> None:
    if not ids.is_ulid(act.to):
        raise ValueError("call_webhook: to is the id of a webhook, as GET /v1/webhooks shows it")


def _open(work: Work) -> Case:
    if work.case is None:
        raise Skipped("there is no case")
    if work.case.merged_into:
        raise Skipped("the case goes on as another one")
    if not work.case.status.is_open:
        raise Skipped("the case is not open")
    return work.case


def _short(longest: int = LONGEST_TEXT) -> Callable[[Act], None]:
    def check(act: Act) -> None:
        if len(act.to) > longest or any(ord(letter) < 32 for letter in act.to):
            raise ValueError(f"{act.do}: to is one line of at most {longest} characters")

    return check


ACTIONS: Mapping[str, Action] = {
    "set_topic": Action("Gives the case a topic.", ("to",), _set_topic, _short(60)),
    "set_attention": Action("Says what an agent has to see to first.", ("to",), _set_attention, _short()),
    "set_language": Action("Says in which language the case is answered.", ("to",), _set_language, _short(35)),
    "set_status": Action(
        "`waiting` or `solved`, unless an answer is owed to the customer.", ("to",), _set_status, _check_status
    ),
    "call_webhook": Action("Sends the event to one webhook more.", ("to",), _call_webhook, _check_webhook, False),
}
