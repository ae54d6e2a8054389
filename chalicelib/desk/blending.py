"""May an agent call somebody for us now, or is she kept for those who come?

Of the agents of a queue so many are left idle that those who come are answered as promised (insight/erlang.py); those
idle beyond them are named, one call each. Who has not begun her call loses it when more come than there are hands for.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from chalicelib.insight import erlang
from chalicelib.model.agent import MOST_HELD, Agent
from chalicelib.model.load import STALE_AFTER, WINDOW, DeskLoad, Pace, Promise, QueueLoad, TakenBack
from chalicelib.model.play import PlayRecord
from chalicelib.model.work import OUTBOUND, Routing

LIVE = frozenset({"phone", "chat"})  # somebody waits at the other end
LIVE_KIND, WRITTEN_KIND = "live", "written"
USUAL = 240  # seconds, before anything was measured
LONGEST = 4 * 3600  # what took longer was left lying
MEMORY = 20  # how many of her last the smoothed time speaks of
MOST_PACES = 24
MOST_NAMED = 500
MOST_TAKEN_BACK = 3
MORE_COME = "more customers come to us than there are hands for: the call went back into line, at its place"


# ── How quickly an agent works ────────────────────────────────────────────────────────────────────


def kind_of(line: Routing) -> str:
    if line.outbound:
        return OUTBOUND
    return LIVE_KIND if line.channel in LIVE else WRITTEN_KIND


def took(agent: Agent, queue: str, line: Routing, work_id: str, now: datetime) -> Agent:
    """The agent, who took it now."""
    name = f"{queue}/{kind_of(line)}"
    pace = _turned(agent.pace.get(name), now)
    paces = {**agent.pace, name: replace(pace, taken=pace.taken + 1)}
    if len(paces) > MOST_PACES:
        del paces[min(paces, key=lambda each: (paces[each].since, each))]
    began = {each: at for each, at in agent.began.items() if each in agent.held}
    return replace(agent, pace=paces, began={**began, work_id: now})


def done(agent: Agent, queue: str, line: Routing, work_id: str, now: datetime) -> Agent:
    """The agent, who is through with it now; the same one if she never took it."""
    since = agent.began.get(work_id)
    if since is None:
        return agent
    began = {each: at for each, at in agent.began.items() if each != work_id}
    name, took_her = f"{queue}/{kind_of(line)}", min(LONGEST, max(1, int((now - since).total_seconds())))
    pace = _turned(agent.pace.get(name), now)
    of = min(pace.done + 1, MEMORY)
    smoothed = round(pace.seconds + (took_her - pace.seconds) / of)
    return replace(agent, began=began, pace={**agent.pace, name: replace(pace, seconds=smoothed, done=pace.done + 1)})


def _turned(pace: Pace | None, now: datetime) -> Pace:
    """In the window of now."""
    since = datetime.fromtimestamp(now.timestamp() // WINDOW.total_seconds() * WINDOW.total_seconds(), now.tzinfo)
    if pace is None:
        return Pace(since=since)
    if pace.since >= since:
        return pace
    return replace(pace, since=since, taken=0, before=pace.taken if since - pace.since <= WINDOW else 0)


# ── What there is to do ───────────────────────────────────────────────────────────────────────────


def reckoned(
    agents: Sequence[Agent], promise: Promise, groups: Mapping[str, tuple[str, ...]], now: datetime
) -> DeskLoad:
    """From who is there: for each queue how many must be kept, and who may call. An agent of several queues counts as
    a part of one in each."""
    serving = [agent for agent in agents if serves(agent)]
    queues = {
        queue: _queue(queue, [agent for agent in serving if queue in agent.queues], agents, promise, now)
        for queue in sorted({queue for agent in serving for queue in agent.queues})
    }
    return DeskLoad(
        at=now,
        queues=queues,
        named=_named(serving, queues, now),
        groups=groups,
        out=sum(_calls(agent) for agent in agents),
    )


def serves(agent: Agent) -> bool:
    """Whether she takes those who come by a live channel."""
    return not agent.only_outbound and any(replace(agent, held={}).takes(channel) for channel in LIVE)


def is_idle(agent: Agent) -> bool:
    return not any(each in LIVE or each.startswith(f"{OUTBOUND}/") for each in agent.held.values())


def _calls(agent: Agent) -> bool:
    return any(each.startswith(f"{OUTBOUND}/") for each in agent.held.values())


def _queue(
    queue: str, serving: Sequence[Agent], everybody: Iterable[Agent], promise: Promise, now: datetime
) -> QueueLoad:
    there = int(sum(1 / len(agent.queues) for agent in serving) + 1e-9)
    idle = int(sum(1 / len(agent.queues) for agent in serving if is_idle(agent)) + 1e-9)
    live = [_turned(agent.pace.get(f"{queue}/{LIVE_KIND}"), now) for agent in serving]
    calls = [_turned(agent.pace.get(f"{queue}/{OUTBOUND}"), now) for agent in everybody if queue in agent.queues]
    busy = [sum(each in LIVE for each in agent.held.values()) for agent in serving]
    at_once = max(1.0, sum(busy) / max(1, sum(map(bool, busy))))  # chats of one agent
    rate = _rate(live, now)
    seconds, other = _usual(live) / at_once, _usual(calls)
    found = _kept(there, _rounded(rate), round(seconds), round(other), promise)
    return QueueLoad(
        agents=there,
        idle=idle,
        an_hour=round(rate * 3600, 1),
        seconds=round(seconds),
        other_seconds=round(other),
        keep=found.keep if rate else 0,
        in_time=round(found.service.answered_in_time, 4) if rate else 1.0,
        kept=found.reached or not rate,
    )


def _rate(paces: Iterable[Pace], now: datetime) -> float:
    """Contacts a second: of this window and the one before, or of this one alone where it runs higher, so that what
    rises is seen at once."""
    this = before = 0
    for pace in paces:
        this, before = this + pace.taken, before + pace.before
    elapsed = now.timestamp() % WINDOW.total_seconds()
    both = (this + before) / (elapsed + WINDOW.total_seconds())
    return max(both, this / elapsed) if elapsed >= 60 and this > before / 2 else both


def _usual(paces: Iterable[Pace]) -> float:
    """Mean seconds of those who did any."""
    known = [(pace.seconds, min(pace.done, MEMORY)) for pace in paces if pace.done]
    return sum(seconds * n for seconds, n in known) / sum(n for _, n in known) if known else USUAL


def _rounded(rate: float) -> float:
    return float(f"{rate:.2g}")


@lru_cache(maxsize=256)
def _kept(agents: int, rate: float, seconds: int, other: int, promise: Promise) -> erlang.Blend:
    return erlang.blend(
        agents,
        rate,
        max(1, seconds),
        target=promise.share,
        within=promise.within_seconds,
        patience=promise.patience_seconds,
        other_handle=other,
    )


def _named(serving: Iterable[Agent], queues: Mapping[str, QueueLoad], now: datetime) -> tuple[str, ...]:
    """Those of the idle beyond the kept, in an order that is another one each time. Parts of agents count: one of two
    queues in which nobody comes is spared, though she is no whole agent in either."""
    idle = [agent for agent in serving if is_idle(agent)]
    parts = {queue: sum(1 / len(agent.queues) for agent in idle if queue in agent.queues) for queue in queues}
    left = {queue: parts[queue] - load.keep if load.kept else 0.0 for queue, load in queues.items()}
    named: list[str] = []
    able = [agent for agent in idle if agent.takes("phone", outbound=True)]
    for agent in sorted(able, key=lambda each: hashlib.sha256(f"{now.timestamp()}{each.id}".encode()).digest()):
        share = 1 / len(agent.queues)
        if len(named) < MOST_NAMED and all(left[queue] >= share - 1e-9 for queue in agent.queues):
            named.append(agent.id)
            left |= {queue: left[queue] - share for queue in agent.queues}
    return tuple(sorted(named))


def groups_of(records: Iterable[PlayRecord]) -> dict[str, tuple[str, ...]]:
    """The pilots whose calls few agents have, by the name of their line."""
    pilots = [record.pilot for record in records if record.pilot and record.pilot.agents]
    return {pilot.id: pilot.agents for pilot in pilots}


# ── What follows ──────────────────────────────────────────────────────────────────────────────────


def may_call(agent: Agent, load: DeskLoad, now: datetime) -> bool:
    """Whether she may be given a call of a play now: who takes nobody that comes by a live channel is kept for none."""
    return not serves(agent) or (agent.id in load.named and now - load.at < STALE_AFTER)


def missing(load: DeskLoad) -> dict[str, int]:
    """By queue: how many more idle agents there should be, where somebody calls for us meanwhile."""
    short = {queue: min(each.keep, each.agents) - each.idle for queue, each in load.queues.items()}
    return {queue: few for queue, few in short.items() if few > 0} if load.out else {}


def callers(agents: Iterable[Agent], queue: str) -> list[Agent]:
    """Whose calls come back first when hands are missing in a queue: offers before what was taken."""
    hers = [agent for agent in agents if queue in agent.queues and serves(agent) and _calls(agent)]
    return sorted(hers, key=lambda agent: (not agent.offered, agent.id))


def calls_of(agent: Agent) -> list[str]:
    return [work_id for work_id, hand in agent.held.items() if hand.startswith(f"{OUTBOUND}/")][:MOST_HELD]


def told(agent: Agent, work_id: str, now: datetime) -> Agent:
    """The agent, who is told why it is no longer hers."""
    back = TakenBack(work_id=work_id, at=now, why=MORE_COME)
    return replace(agent, taken_back=(*agent.taken_back, back)[-MOST_TAKEN_BACK:])
