"""How much does the desk have to do? Reckoned while agents ask for work, at most every thirty seconds, and by the clock
while calls of plays are out."""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.configuration import policy
from chalicelib.desk import blending, routing
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.model.agent import Agent
from chalicelib.model.load import FRESH_FOR, DeskLoad
from chalicelib.model.task import Task
from chalicelib.storage import desk as storage
from chalicelib.storage import plays
from chalicelib.storage.commit import Refused, commit, settle
from chalicelib.telemetry import logger

KEPT_FOR = timedelta(seconds=10)  # in a process, between two requests
_kept: list[tuple[datetime, DeskLoad]] = []


def forget() -> None:
    _kept.clear()


def current(now: datetime) -> DeskLoad:
    """Thirty seconds old at most, and ten more: one read in ten seconds and process; whoever finds it older reckons it
    anew."""
    if _kept and timedelta() <= now - _kept[0][0] < KEPT_FOR:
        return _kept[0][1]
    found = storage.load()
    if found is None or now - found.at >= FRESH_FOR:
        found = _anew(found, now)
    _kept[:] = [(now, found)]
    return found


def tend(as_of: datetime) -> None:
    """By the clock, while calls are out: they come back when more customers come."""
    now = max(clock.now(), as_of)
    found = storage.load()
    if found and found.look_at and found.look_at <= now:
        _anew(found, now, by_the_clock=True)


def _anew(before: DeskLoad | None, now: datetime, *, by_the_clock: bool = False) -> DeskLoad:
    """Of two who reckon at once one is heard; what the other found is as true. By the clock nobody is named when no
    calls are out: so it looks no more until an agent asks."""
    agents = [agent for agent in storage.present() if agent.online(now)]
    groups = blending.groups_of(plays.plays())
    load = blending.reckoned(agents, policy().outreach.promise, groups, now)
    if by_the_clock and not load.out:
        load = replace(load, named=())
    load = replace(load, version=before.version if before else None)
    try:
        commit(Decision((load,), reason="reckoned"))
    except Refused:
        return storage.load() or load
    for queue, few in blending.missing(load).items():
        _bring_back(blending.callers(agents, queue), few, now)
    return load


def _bring_back(callers: list[Agent], few: int, now: datetime) -> None:
    """So many calls that were not begun go back into line."""
    brought = 0
    for agent in callers:
        for work_id in blending.calls_of(agent):
            if brought >= few:
                return
            brought += taken_back(agent.id, work_id, now)


def taken_back(agent_id: str, work_id: str, now: datetime) -> bool:
    """A call out of her hand, at the place it had, and she is told why; not one that she began. Whether it was: of two
    who do it at once one does."""

    def decide() -> tuple[Decision, bool]:
        agent, work = storage.in_hand(agent_id, work_id)
        if agent is None or not isinstance(work, Task) or work.routing is None:
            return Decision(reason="gone"), False
        if work.holder != agent_id or work.begun_at:
            return Decision(reason="begun, or hers no more"), False
        back = routing.put_back(work, work.routing, now)
        freed = blending.told(routing.without(agent, work_id), work_id, now)
        return Decision((back, freed), reason="taken back"), True

    decision, was = settle(decide)
    logger.info("call_taken_back", agent=agent_id, work=work_id, reason=decision.reason)
    return was
