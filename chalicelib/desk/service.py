"""What agents do at their desk: say that they are there, get work, take or decline it, hand it on.

Who has what in hand is true on the work; an agent's row repeats it, for her capacity, in the same transaction or by a
message that looks again. So everything here may be asked for twice.
"""

import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.configuration import policy
from chalicelib.desk import blending, load, matching, routing, views
from chalicelib.desk.matching import Standing
from chalicelib.insight import metrics
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from chalicelib.model.agent import PRESENT_FOR, Agent, Presence
from chalicelib.model.case import Case
from chalicelib.model.task import Task
from chalicelib.model.work import Refusal, Routing
from chalicelib.outreach import handing
from chalicelib.storage import desk as storage
from chalicelib.storage.commit import Refused, commit, settle
from chalicelib.storage.desk import Candidate, Work, id_of
from chalicelib.storage.table import Waiting
from chalicelib.telemetry import logger

HEADS = 10  # of each line that are looked at
DEEPER = 100  # where none of those is for her: a line is of all channels, and what stands first may be of another
CANDIDATES = 6  # whose rows are read at once
ROUNDS = 6
ASK_AGAIN = timedelta(seconds=10)
ASK_AGAIN_BUSY = timedelta(seconds=1)
JUST_TAKEN_BACK = timedelta(minutes=5)
NOTHING, HANDS_FULL, BUSY = (
    "nothing waits that you can take",
    "you have as much in hand as you can take; answer, solve or release something",
    "others were faster; ask again",
)
NOT_OFFERED = "this is not offered to you; ask for work with POST /v1/desk/next"


@dataclass(frozen=True, slots=True)
class Handed:
    """What an agent gets: work with her offer, or none, why, and when to ask again."""

    work: Work | None
    why: Sequence[str]
    again_after: timedelta = timedelta()
    agent: Agent | None = None


def save_agent(said: Agent, *, expected: int | None, team: str = "") -> Agent:
    """What an agent can do from now on; what she has in hand, and whether she is there, stays. `team`: the caller's,
    who has no say in who serves another's customers.

    Raises Conflict when somebody changed it since `expected`, Forbidden for another team's agent.
    """

    def decide() -> tuple[Decision, Agent]:
        known = storage.agent(said.id)
        if team and not {*said.teams, *(known.teams if known else ())} <= {team}:
            raise Forbidden(f"You are of the team {team}: whoever serves another's customers is not yours.", "/teams")
        if known is None:
            return Decision((said,), reason="new"), said
        if expected is not None and expected != known.edition:
            raise Conflict(f"the agent is at version {known.edition} by now; read her again")
        same = ("presence", "present_until", "held", "offered", "began", "pace", "taken_back", "version")
        kept = {name: getattr(known, name) for name in same}
        as_before = replace(
            said, **kept, edition=known.edition, updated_at=known.updated_at, updated_by=known.updated_by
        )
        if as_before == known:
            return Decision(reason="as before"), known
        changed = replace(said, **kept, edition=known.edition + 1)
        return Decision((changed,), reason="changed"), changed

    return settle(decide)[1]


def set_presence(agent_id: str, presence: Presence, now: datetime, *, release: bool = False) -> Agent:
    """She is there, for a while, or not; her open offer comes back when she is not. `release`: all she has in hand
    does. Raises NotFound."""

    def decide() -> tuple[Decision, Agent]:
        agent = views.agent(agent_id)
        until = None if presence is Presence.OFFLINE else now + PRESENT_FOR
        there = replace(agent, presence=presence, present_until=until)
        if presence is not Presence.ONLINE:
            back = [*agent.held] if release else [each for each in (agent.offered,) if each]
            there, changes = _given_back(there, back, now, "went away")
            return Decision((there, *changes), reason=presence.value), there
        return Decision((there,), reason=presence.value), there

    return settle(decide)[1]


def miss(agent_id: str, as_of: datetime) -> None:
    """An agent of whom nothing was heard is gone: her open offer comes back. Nothing, if she was heard of."""
    now = max(clock.now(), as_of)

    def decide() -> tuple[Decision, None]:
        agent = storage.agent(agent_id)
        if agent is None or agent.present_until is None or now < agent.present_until:
            return Decision(reason="there"), None
        gone = replace(agent, presence=Presence.OFFLINE, present_until=None)
        gone, changes = _given_back(gone, [each for each in (agent.offered,) if each], now, "is gone")
        return Decision((gone, *changes), reason="gone"), None

    decision, _ = settle(decide)
    logger.info("agent_missed", agent=agent_id, reason=decision.reason)


def settle_hand(agent_id: str, work_id: str) -> None:
    """Makes an agent's row say of this work what the work says. Nothing, when it does."""

    def decide() -> tuple[Decision, None]:
        agent, work = storage.in_hand(agent_id, work_id)
        if agent is None:
            return Decision(reason="no such agent"), None
        hers = work is not None and work.holder == agent_id
        if work is None or not hers or work.routing is None:
            settled = _through(agent, work, work_id, clock.now())
        elif work_id in agent.held:
            settled = agent
        else:
            settled = replace(agent, held={**agent.held, work_id: work.routing.hand})
        return Decision((settled,) if settled != agent else (), reason="settled"), None

    settle(decide)


# ── Next ──────────────────────────────────────────────────────────────────────────────────────────


def next_for(agent_id: str, now: datetime, *, team: str = "", accepts: Collection[str] = ()) -> Handed:
    """The right next work for an agent, offered to nobody else until she says whether she takes it. Who asks again
    before that gets the same. `team`: the caller's; `accepts`: channels, all if empty.

    Raises NotFound, or Conflict for an agent who is not there.
    """
    for _ in range(ROUNDS):
        agent = views.agent(agent_id)
        if not agent.online(now):
            raise Conflict("say first that you are there: PUT /v1/desk/presence")
        if agent.offered:
            if again := _still_offered(agent, now):
                return again
            continue
        if not _any_hand_free(agent, accepts):
            if _in_order(agent, now):
                return Handed(None, (HANDS_FULL,), ASK_AGAIN, agent)
            continue
        waiting = _inbound_and_calls(agent, now, team, accepts)
        if not waiting:
            _heard(agent, now)
            return Handed(None, (NOTHING, *_taken_back(agent, now)), ASK_AGAIN, agent)
        if handed := _claim(agent, waiting, now, team, accepts):
            return handed
    return Handed(None, (BUSY,), ASK_AGAIN_BUSY)


def _any_hand_free(agent: Agent, accepts: Collection[str]) -> bool:
    able = any(agent.takes(channel) for channel in (accepts or {*agent.capacity, "email"}))
    return able or ((not accepts or "phone" in accepts) and agent.takes("phone", outbound=True))


def _taken_back(agent: Agent, now: datetime) -> list[str]:
    """What she is told of calls that were hers a moment ago."""
    return list(dict.fromkeys(each.why for each in agent.taken_back if now - each.at < JUST_TAKEN_BACK))


def _inbound_and_calls(agent: Agent, now: datetime, team: str, accepts: Collection[str]) -> list[Waiting]:
    """What she can take, the right one first. Calls of plays come behind whoever waits at a live channel and behind
    what must not wait any longer, before the rest; and only if enough others are free for those who come."""
    wanted = not accepts or "phone" in accepts
    if not wanted or not agent.takes("phone", outbound=True):
        return _look(agent, now, team, accepts, matching.lanes(agent))
    known = load.current(now)
    if not blending.may_call(agent, known, now):
        return _look(agent, now, team, accepts, matching.lanes(agent))
    groups = [group for group, agents in known.groups.items() if agent.id in agents]
    calls = _look(agent, now, team, accepts, matching.outbound_lanes(agent, groups), outbound=True)
    if agent.only_outbound:
        return calls
    others = _look(agent, now, team, accepts, matching.lanes(agent))
    if not calls or not others:
        return [*others, *calls]
    pressing = {each.place for each in others if each.routing.channel in blending.LIVE}
    for work, _ in storage.candidates(others[:CANDIDATES]):
        if isinstance(work, Task) or matching.presses(work, now):
            pressing |= {each.place for each in others if each.key == storage.place_of(id_of(work))}
    first = [each for each in others if each.place in pressing]
    return [*first, *calls, *(each for each in others if each.place not in pressing)]


def _look(
    agent: Agent,
    now: datetime,
    team: str,
    accepts: Collection[str],
    lanes: Collection[str],
    *,
    outbound: bool = False,
) -> list[Waiting]:
    """What of these lanes, and of what is kept for her, she can take, the right one first. Of each lane one line is
    read, chosen by chance so that agents spread, and its other lines only where that one is short; more of those that
    are long only where nothing is for her. So its cost does not grow with the queues."""
    kept = storage.heads([storage.kept_line(agent.id)], now, HEADS)
    found = [each for each in kept if each.routing.outbound is outbound]
    long: list[str] = []
    for queue in agent.queues:
        for of_team in matching.teams_of(agent, team):
            for lane in lanes:
                lines = storage.lines(queue, of_team, lane)
                random.shuffle(lines)
                one = list(storage.heads(lines[:1], now, HEADS))
                found += one if len(one) == HEADS else [*one, *storage.heads(lines[1:], now, HEADS)]
                long += lines if len(one) == HEADS else []
    return _able(agent, found, now, accepts) or _able(agent, storage.heads(long, now, DEEPER), now, accepts)


def _able(agent: Agent, found: Iterable[Waiting], now: datetime, accepts: Collection[str]) -> list[Waiting]:
    """What of it she can take, the right one first."""
    waiting = {each.place: each for each in found}
    standing = {place: Standing(each.routing, each.stands_at) for place, each in waiting.items()}
    return [waiting[place] for place in matching.first(agent, standing, now, accepts)]


def _claim(agent: Agent, waiting: list[Waiting], now: datetime, team: str, accepts: Collection[str]) -> Handed | None:
    """The first that nobody took meanwhile. None: look again."""
    for number in range(0, len(waiting), CANDIDATES):
        contested = False
        found = storage.candidates(waiting[number : number + CANDIDATES])
        while found:
            candidate = found.pop(random.randrange(len(found)) if contested else 0)  # noqa: S311 - to part agents
            decision, handed = _offer(agent, candidate, now, team, accepts)
            try:
                commit(decision)
            except Refused as refused:
                if any(isinstance(thing, Agent) for thing in refused.stale):
                    return None  # she asked twice at once
                contested = True
                continue
            if handed:
                metrics.count_changes(decision)
                logger.info("handed_out", agent=agent.id, work=handed.work and id_of(handed.work))
                return handed
    return None


def _offer(
    agent: Agent, candidate: Candidate, now: datetime, team: str, accepts: Collection[str]
) -> tuple[Decision, Handed | None]:
    """The work offered to her; or what is to be done instead, because something changed since it was put in line."""
    work, customer = candidate
    line = work.routing
    if line is None or customer is None or not work.waits or not matching.fits(agent, line, now, accepts):
        return Decision(reason="gone"), None
    if customer.team != line.team:
        moved = replace(work, routing=replace(line, team=customer.team))
        if customer.team not in matching.teams_of(agent, team):
            return Decision((moved,), reason="another team's"), None
        work, line = moved, replace(line, team=customer.team)
    if isinstance(work, Task) and (instead := handing.objected(work, customer, now)):
        return instead, None
    told = matching.why(agent, work.queue, line, now)
    offered_for = routing.applies(policy(), line.channel, customer.tier, now).offered_for
    work = routing.offered(work, line, agent.id, now, offered_for)
    busy = routing.holding(agent, id_of(work), line.hand, now, offered=True)
    return Decision((work, busy), reason="offered"), Handed(work, told, agent=busy)


def _still_offered(agent: Agent, now: datetime) -> Handed | None:
    """The offer she has not answered yet; None when there is none any more, which her row then says."""
    work = storage.works([agent.offered]).get(agent.offered)
    offer = work.routing.offer if work and work.routing else None
    if work and work.routing and offer and work.holder == agent.id and now < offer.expires_at:
        return Handed(work, matching.why(agent, work.queue, work.routing, now), agent=agent)
    agent, changes = _given_back(agent, [agent.offered], now, routing.UNANSWERED)
    _if_unchanged(Decision((agent, *changes), reason="unanswered"))
    return None


def _in_order(agent: Agent, now: datetime) -> bool:
    """Whether all that her row says she has in hand is in her hand; what is not is taken off her row."""
    works, settled = storage.works(agent.held), agent
    for work_id in agent.held:
        work = works.get(work_id)
        if work is None or work.holder != agent.id:
            settled = _through(settled, work, work_id, now)
    if settled == agent:
        return True
    _if_unchanged(Decision((settled,), reason="counted anew"))
    return False


def _through(agent: Agent, work: Work | None, work_id: str, now: datetime) -> Agent:
    """The agent without it; how long it took her counts."""
    if work and work.routing and work_id in agent.held:
        agent = blending.done(agent, work.queue, work.routing, work_id, now)
    return routing.without(agent, work_id)


def _heard(agent: Agent, now: datetime) -> None:
    if (there := routing.heard_of(agent, now)) != agent:
        _if_unchanged(Decision((there,), reason="there"))


def _if_unchanged(decision: Decision) -> None:
    """Commits it unless somebody was faster: then it is looked at again anyway."""
    try:
        commit(decision)
    except Refused:
        logger.info("changed_meanwhile", reason=decision.reason)


# ── What becomes of it ────────────────────────────────────────────────────────────────────────────


def answer_offer(work_id: str, agent_id: str, now: datetime, *, takes: bool, reason: str = "") -> Work:
    """She takes what she was offered, or not: then it goes back to its place, and not to her for a while. Who has it
    already may take it again. Raises NotFound, or Conflict when it is not offered to her."""

    def decide() -> tuple[Decision, Work]:
        agent, work = storage.in_hand(agent_id, work_id)
        agent, work, line = _both(agent, work)
        if takes and work.assigned_to == agent_id:
            return Decision(reason="hers already"), work
        refused = line.refused(agent_id, now)
        if not takes and refused and work.holder != agent_id:
            return Decision(reason="declined already"), work
        if work.holder != agent_id or work.assigned_to or (line.offer and line.offer.expires_at <= now):
            raise Conflict(NOT_OFFERED)
        if takes:
            hers = routing.taken(work, line, agent_id, now)
            busy = routing.holding(agent, work_id, line.hand, now, offered=False)
            busy = blending.took(replace(busy, offered=""), work.queue, line, work_id, now)
            return Decision((hers, busy), reason="taken"), hers
        refusal = Refusal(agent_id=agent_id, until=now + routing.NOT_AGAIN, reason=reason or routing.DECLINED)
        back = routing.put_back(work, line, now, refusal)
        return Decision((back, routing.without(routing.heard_of(agent, now), work_id)), reason="declined"), back

    decision, work = settle(decide)
    logger.info("offer_answered", agent=agent_id, work=work_id, reason=decision.reason)
    return work


def hand_on(work_id: str, now: datetime, *, by: str, why: str, to: str = "", queue: str = "", team: str = "") -> Work:
    """Out of whoever's hand it is in: to an agent, who is offered it first, to a queue, or back into its own. Told on
    the timeline of a case.

    Raises NotFound, Conflict for what nobody has to do, Invalid for an agent who may not know of its customer.
    """
    if to and storage.agent(to) is None:
        raise Invalid("there is no such agent; GET /v1/agents lists them", "/to_agent")
    if queue and queue not in policy().touchpoints.queues:
        raise Invalid(f"there is no such queue; there are {', '.join(policy().touchpoints.queues)}", "/to_queue")

    def decide() -> tuple[Decision, Work]:
        work = storage.works([work_id]).get(work_id)
        if work is None:
            raise NotFound("there is no such work")
        _, work, line = _both(_NOBODY, work)
        if not (work.holder or work.waits or work.assigned_to):
            raise Conflict("the next move is not ours: there is nothing to hand on")
        if to and line.team and line.team not in matching.teams_of(views.agent(to), team):
            raise Invalid("this agent does not serve the customer's team", "/to_agent")
        moved = routing.transferred(work, line, now, to=to, queue=queue)
        if moved == work:
            return Decision(reason="there already"), work
        changes: tuple[object, ...] = (moved,)
        if work.holder and (agent := storage.agent(work.holder)):
            freed = routing.without(agent, work_id)
            changes += (freed,) if freed != agent else ()
        if isinstance(work, Case):
            changes += (routing.reassigned(work, now, by=by, why=why, to=to or queue),)
        return Decision(changes, reason="handed on"), moved

    decision, work = settle(decide)
    logger.info("handed_on", work=work_id, reason=decision.reason)
    return work


_NOBODY = Agent(id="", updated_at=clock.from_iso("1970-01-01T00:00:00Z"))


def _both(agent: Agent | None, work: Work | None) -> tuple[Agent, Work, Routing]:
    if agent is None:
        raise NotFound("there is no such agent; a lead makes her with PUT /v1/agents/{agent_id}", "/agent_id")
    if work is None or work.routing is None:
        raise Conflict(NOT_OFFERED)
    return agent, work, work.routing


def _given_back(agent: Agent, work_ids: Collection[str], now: datetime, why: str) -> tuple[Agent, list[Work]]:
    """The agent without these, and those of them that were in her hand back in line."""
    works, back = storage.works(work_ids), []
    for work_id in work_ids:
        agent = routing.without(agent, work_id)
        work = works.get(work_id)
        if work and work.routing and work.holder == agent.id:
            refusal = Refusal(agent_id=agent.id, until=now + routing.NOT_AGAIN_UNANSWERED, reason=why)
            back.append(routing.put_back(work, work.routing, now, refusal))
    return agent, back
