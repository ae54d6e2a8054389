"""What may a rule do, and what does that change?

Each action is one entry of ACTIONS: what it needs, and a function from the work at hand to the work with that done. It
raises Skipped where it must not be done: the others of the rule are done all the same, and the run says why.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.automation import deliveries
from chalicelib.cases import editing, noting, urgency
from chalicelib.desk import routing
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.errors import HubError
from chalicelib.kernel.messages import Message
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.case_field import FieldType, Value
from chalicelib.model.customer import Customer
from chalicelib.model.domain_event import DomainEvent
from chalicelib.model.event import Event, EventKind
from chalicelib.model.policy import REFERENCE_COSTS, Policy
from chalicelib.model.rule import Act, Rule, RuleRun
from chalicelib.model.urgency import Urgency
from chalicelib.model.work import Routing
from chalicelib.outreach import planning
from chalicelib.outreach.planning import Wanted

LONGEST_TEXT = 200
TASK_OF_USE_FOR = timedelta(days=7)
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
    policy: Policy
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
        except HubError as why:
            work = replace(work, skipped={**work.skipped, act.do: why.detail})
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
    return Decision(
        tuple(changes), after.messages, reason="ran", caused_by=(*after.event.chain, ran.rule), by=_name(after)
    )


# ── One by one ────────────────────────────────────────────────────────────────────────────────────


def _set_topic(work: Work, act: Act) -> Work:
    """The customer's row has it, too: guardrails ask what her open cases are about."""
    case, customer = _hers(work)
    return _with(work, editing.describe(case, customer, {"topic": act.to}, work.now, work.policy, by=_name(work)))


def _set_attention(work: Work, act: Act) -> Work:
    return replace(work, case=replace(_open(work), attention=act.to))


def _set_language(work: Work, act: Act) -> Work:
    case, customer = _hers(work)
    return _with(work, editing.describe(case, customer, {"language": act.to}, work.now, work.policy, by=_name(work)))


def _set_field(work: Work, act: Act) -> Work:
    """One of the company's own fields, if cases of this topic have it."""
    types = {field.name: field.type for field in work.policy.case_fields}
    said: Value = act.to
    if types.get(act.name) is FieldType.BOOL:
        said = act.to.lower() == "true"
    elif types.get(act.name) is FieldType.NUMBER:
        said = _figure(act.to)
    fields = work.policy.case_fields
    return _with(work, editing.fill_in(_open(work), {act.name: said}, fields, work.now, by=_name(work)))


def _figure(text: str) -> Value:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def _add_follower(work: Work, act: Act) -> Work:
    return _with(work, editing.follow(_open(work), act.to, work.now, by=_name(work)))


def _add_note(work: Work, act: Act) -> Work:
    """For colleagues. One for an event, however often the rule is asked."""
    case = _open(work)
    key = f"rule:{work.rule.name}:{work.event.id}:note:{len(work.did)}"
    made, _ = noting.note(
        case, act.to, (), by=_name(work), receipt_key=key, fingerprint="", body_key="", now=work.now
    )  # fmt: skip
    return _with(work, made)


def _link_page(work: Work, act: Act) -> Work:
    return _with(work, editing.link_page(_open(work), act.to, act.name, work.now, by=_name(work)))


def _check_page(act: Act) -> None:
    _short()(act)
    if not act.to.startswith("https://"):
        raise ValueError("link_page: to is an address that begins with https://")


def _name(work: Work) -> str:
    """Who did it, as histories tell."""
    return f"rule {work.rule.name}"


def _hers(work: Work) -> tuple[Case, Customer]:
    case = _open(work)
    if work.customer is None:
        raise Skipped("there is no customer")
    return case, work.customer


def _with(work: Work, decision: Decision) -> Work:
    """The work with what a rule about cases decided in it."""
    for change in decision.changes:
        match change:
            case Case():
                work = replace(work, case=change)
            case Customer():
                work = replace(work, customer=change)
            case _:
                work = replace(work, also=(*work.also, change))
    return replace(work, messages=(*work.messages, *decision.messages))


def _set_urgency(work: Work, act: Act) -> Work:
    """As an agent does, but never against one."""
    case = _open(work)
    if case.urgency_by and not case.urgency_by.startswith("rule "):
        raise Skipped("somebody of the team said how urgent it is")
    if case.urgency.value == act.to:
        return work
    put = urgency.put(case, Urgency(act.to), work.now, work.policy, by=_name(work), reason="a rule")
    changed = next(change for change in put.changes if isinstance(change, Case))
    return replace(work, case=changed)


def _check_urgency(act: Act) -> None:
    if act.to not in {each.value for each in Urgency}:
        raise ValueError(f"set_urgency: to is one of {', '.join(each.value for each in Urgency)}")


def _set_queue(work: Work, act: Act) -> Work:
    """While nobody has it in hand."""
    case, line = _in_line(work)
    return replace(work, case=_as_case(routing.transferred(case, line, work.now, queue=act.to)))


def _assign(work: Work, act: Act) -> Work:
    """It is kept for her for an hour, and offered to her first; then to whoever can."""
    case, line = _in_line(work)
    if line.kept_for == act.to:
        return work
    return replace(work, case=_as_case(routing.transferred(case, line, work.now, to=act.to)))


def _check_agent(act: Act) -> None:
    if not ids.is_ulid(act.to):
        raise ValueError("assign: to is the id of an agent, as GET /v1/agents shows it")


def _in_line(work: Work) -> tuple[Case, Routing]:
    case = _open(work)
    if case.holder:
        raise Skipped("an agent has it in hand")
    if case.routing is None or not case.waits:
        raise Skipped("it does not wait for an agent")
    return case, case.routing


def _as_case(moved: object) -> Case:
    assert isinstance(moved, Case)  # noqa: S101 - what went in was one
    return moved


def _create_task(work: Work, act: Act) -> Work:
    """For an agent, in a queue: what is to be done is what the rule says. Once for an event, as all the rule does."""
    if work.customer is None:
        raise Skipped("there is no customer")
    wanted = Wanted(
        goal=act.to,
        why=_name(work),
        purpose="service",
        channel=act.channel,
        due_at=work.now,
        deadline=work.now + TASK_OF_USE_FOR,
        queue=act.queue,
        needs={},
        wants={},
        language_level=0,
        by=_name(work),
    )
    made = planning.set_up(wanted, work.customer, f"rule:{work.rule.name}:{work.event.id}", "", work.now)
    return replace(work, also=(*work.also, *made.changes), messages=(*work.messages, *made.messages))


def _check_task(act: Act) -> None:
    _short()(act)
    if act.channel not in REFERENCE_COSTS:
        raise ValueError(f"create_task: channel is one of {', '.join(REFERENCE_COSTS)}")


def _set_status(work: Work, act: Act) -> Work:
    """Never over a promise: while she waits for our answer, no rule says that she does not."""
    case, customer = _hers(work)
    if case.promise and case.promise.kept_at is None and case.status.ours:
        raise Skipped("an answer is owed to the customer")
    to = {"waiting": CaseStatus.WAITING, "solved": CaseStatus.SOLVED}[act.to]
    moved = editing.move(case, customer, to, work.now, work.policy, by=_name(work))
    return _with(work, moved)


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
    "set_urgency": Action(
        "`low`, `normal`, `high` or `urgent`, unless an agent said so already.", ("to",), _set_urgency, _check_urgency
    ),
    "set_language": Action("Says in which language the case is answered.", ("to",), _set_language, _short(35)),
    "set_status": Action(
        "`waiting` or `solved`, unless an answer is owed to the customer.", ("to",), _set_status, _check_status
    ),
    "set_field": Action("Fills in a field of your own.", ("name", "to"), _set_field, _short()),
    "add_follower": Action(
        "A member of the team, by id or address, follows the case.", ("to",), _add_follower, _short()
    ),
    "add_note": Action("Leaves a note for colleagues.", ("to",), _add_note, _short(900)),
    "link_page": Action("Links a page elsewhere, under a title.", ("to", "name"), _link_page, _check_page),
    "set_queue": Action("Hands the case to a queue, while nobody has it in hand.", ("to",), _set_queue),
    "assign": Action(
        "Keeps the case for an agent for an hour, while nobody has it in hand.", ("to",), _assign, _check_agent
    ),
    "create_task": Action(
        "Sets up a task for an agent: what to do, in which queue, by which channel. Guardrails are asked as always.",
        ("to", "queue", "channel"),
        _create_task,
        _check_task,
        False,
    ),
    "call_webhook": Action("Sends the event to one webhook more.", ("to",), _call_webhook, _check_webhook, False),
}
