"""Which of the waiting work is an agent's next?

She stands in some lines only (her queues, teams, skills, languages); of those who stand first in them she gets whoever
is first by all she can do for them. What she can do better than others counts as minutes, so it cannot delay anybody
for long.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.model.agent import Agent
from chalicelib.model.case import Case
from chalicelib.model.work import LEVELS, OUTBOUND, Handling, Routing, primary

WISH_COUNTS = timedelta(minutes=15)  # each that she fulfils
LANGUAGE_COUNTS = timedelta(minutes=30)
MOST_THAT_COUNTS = 10 * WISH_COUNTS + LANGUAGE_COUNTS  # wishes and former needs, five each


def teams_of(agent: Agent, team: str) -> tuple[str, ...]:
    """Whose customers she serves; `team`: the caller's, beyond which she knows nobody."""
    if team:
        return ("", team)
    return tuple(dict.fromkeys(["", *agent.teams]))


def lanes(agent: Agent) -> tuple[str, ...]:
    """The lines of each queue in which she may do something."""
    return ("", *(f"s:{skill}" for skill in sorted(agent.skills)), *(f"l:{one}" for one in sorted(agent.languages)))


def outbound_lanes(agent: Agent, groups: Iterable[str]) -> tuple[str, ...]:
    """The lines of each queue in which calls of plays wait that she may make; `groups`: of agents who alone may."""
    return (*(f"{OUTBOUND}{lane}" for lane in lanes(agent)), *(f"{OUTBOUND}g:{group}" for group in sorted(groups)))


def fits(agent: Agent, line: Routing, now: datetime, accepts: Iterable[str] = ()) -> bool:
    """Whether she can take it now. `accepts`: the channels she wants work of; none: all."""
    wanted = tuple(accepts)
    if wanted and line.channel not in wanted:
        return False
    if not agent.takes(line.channel, outbound=line.outbound) or line.refused(agent.id, now) or line.bars(agent.id):
        return False
    if line.offer or (line.kept_for and line.kept_for != agent.id):
        return False
    if line.kept_for == agent.id:
        return True  # who knows her, or was asked by name
    level = line.language_level if line.outbound else lowered(line.language_level, line, now)
    if agent.languages.get(primary(line.language), 0) < level:
        return False
    return all(agent.skills.get(skill, 0) >= lowered(level, line, now) for skill, level in line.needs.items())


def lowered(level: int, line: Routing, now: datetime) -> int:
    """What is asked of that level after so long a wait: it falls evenly, down to the lowest, until needs are wishes."""
    if not level or line.relax_at is None or line.relax_at <= line.since:
        return level
    part = (now - line.since) / (line.relax_at - line.since)
    return max(LEVELS[0], level - int(level * min(max(part, 0.0), 1.0)))


def place(agent: Agent, line: Routing, stands_at: datetime) -> datetime:
    """Where it stands for this agent."""
    met = sum(agent.skills.get(skill, 0) >= level for skill, level in line.wants.items())
    speaks = bool(line.language) and primary(line.language) in agent.languages
    return stands_at - met * WISH_COUNTS - speaks * LANGUAGE_COUNTS


class Standing(NamedTuple):
    """Waiting work, and the moment it stands at."""

    line: Routing
    at: datetime


def first(agent: Agent, waiting: Mapping[str, Standing], now: datetime, accepts: Iterable[str] = ()) -> list[str]:
    """Those of the work (by any name) that she can take, hers by name first, then as they stand for her."""
    wanted = tuple(accepts)
    able = {
        name: (line, place(agent, line, at)) for name, (line, at) in waiting.items() if fits(agent, line, now, wanted)
    }
    return sorted(able, key=lambda name: (able[name][0].kept_for != agent.id, able[name][1], name))


def presses(case: Case, now: datetime) -> bool:
    """Whether a case must not wait for a call of ours: a promise is about to break."""
    return any(one.running and now >= one.warn_at for one in case.promises)


def why(agent: Agent, queue: str, line: Routing, now: datetime) -> list[str]:
    """For the agent: why she gets this, in sentences."""
    waited = int((now - line.since).total_seconds() // 60)
    told = [f"waits for {waited} min in the queue {queue}"]
    if line.kept_for == agent.id:
        told.insert(0, "had you last" if line.last_agent == agent.id else "was given to you by name")
    if line.outbound:
        told.append("a call that we make unasked: enough others are free for those who come")
    if line.handling is Handling.CALL_BACK:
        told.append("wants to be called back")
    if line.handling is Handling.SELF_SERVICE_FIRST and line.deferred:
        told.append("did not help herself")
    if met := sorted(skill for skill in (*line.needs, *line.wants) if skill in agent.skills):
        told.append(f"asks for {', '.join(dict.fromkeys(met))}")
    if line.language and primary(line.language) in agent.languages:
        told.append(f"speaks {line.language}")
    if line.relaxed:
        told.append("nobody who knows it better had time")
    return told
