"""How good is the prediction by which agents are given calls of plays: `python -m benchmarks.blending [--quick]`.

Contacts, calls and handling times are simulated one by one, once as the model has it (other work is begun the moment
more than `keep` are idle) and once as the desk does it: every thirty seconds so many of the idle are named as are above
`keep`, and each named one asks for work within ten seconds.
"""

import heapq
import math
import random
import sys
import time
from collections import deque
from dataclasses import dataclass

from chalicelib.insight import erlang

WITHIN = 20.0
CASES = (
    # agents, contacts a minute, seconds each, seconds of other work, patience
    (10, 1.5, 240.0, 240.0, 0.0),
    (10, 1.5, 240.0, 480.0, 0.0),
    (10, 1.5, 240.0, 120.0, 0.0),
    (25, 5.0, 240.0, 300.0, 120.0),
    (50, 10.0, 240.0, 240.0, 0.0),
    (50, 10.0, 240.0, 600.0, 180.0),
    (200, 45.0, 240.0, 300.0, 120.0),
)


@dataclass(frozen=True)
class Seen:
    in_time: float
    other_a_minute: float
    busy: float


def simulate(  # noqa: C901 - one branch for each thing that happens
    agents: int,
    rate: float,
    handle: float,
    other_handle: float,
    patience: float,
    keep: int,
    *,
    hours: float,
    named_every: float = 0.0,
    seed: int = 1,
) -> Seen:
    """`named_every`: 0, as the model has it; else as the desk does, by that many seconds."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    end, now = hours * 3600, 0.0
    events: list[tuple[float, int, str]] = []
    count = served = begun = came = 0
    idle, line, busy_seconds = agents, deque[tuple[float, float]](), 0.0
    named = 0

    def later(after: float, what: str) -> None:
        nonlocal count
        count += 1
        heapq.heappush(events, (now + after, count, what))

    def start(what: str, mean: float) -> None:
        nonlocal idle, busy_seconds
        taken = chance.expovariate(1 / mean)
        idle, busy_seconds = idle - 1, busy_seconds + taken
        later(taken, what)

    later(chance.expovariate(rate), "comes")
    if named_every:
        later(named_every, "named")
    while now < end:
        now, _, what = heapq.heappop(events)
        if what == "comes":
            later(chance.expovariate(rate), "comes")
            came += 1
            if idle:
                served += 1
                start("done", handle)
            else:
                line.append((now, now + chance.expovariate(1 / patience) if patience else math.inf))
        elif what == "done":
            idle += 1
            while line and line[0][1] <= now:
                line.popleft()
            if line:
                since, _ = line.popleft()
                served += now - since <= WITHIN
                start("done", handle)
        elif what == "named":
            later(named_every, "named")
            named = max(0, idle - keep)
            for _ in range(named):
                later(chance.uniform(0, 10), "asks")
        elif what == "asks" and idle:
            begun += 1
            start("done", other_handle)
        while not named_every and idle > keep:
            begun += 1
            start("done", other_handle)
    return Seen(served / came, begun / end * 60, busy_seconds / end / agents)


def main() -> None:
    hours = 400.0 if "--quick" in sys.argv else 3000.0
    print(
        "| agents | per min | AHT s | other s | patience s | keep | predicted | simulated | other/min | simulated"
        " | as the desk does it | other/min | busy |"
    )
    print("|" + "---|" * 13)
    for agents, a_minute, handle, other, patience in CASES:
        rate = a_minute / 60
        found = erlang.blend(agents, rate, handle, target=0.8, within=WITHIN, patience=patience, other_handle=other)
        length = min(hours, hours * 2 / a_minute)
        seen = simulate(agents, rate, handle, other, patience, found.keep, hours=length)
        desk = simulate(agents, rate, handle, other, patience, found.keep, hours=length, named_every=30.0)
        print(
            f"| {agents} | {a_minute} | {handle:.0f} | {other:.0f} | {patience:.0f} | {found.keep} "
            f"| {found.service.answered_in_time:.4f} | {seen.in_time:.4f} "
            f"| {found.service.other_work * 60:.3f} | {seen.other_a_minute:.3f} "
            f"| {desk.in_time:.4f} | {desk.other_a_minute:.3f} | {desk.busy:.2f} |"
        )
    print()
    for agents in (10, 50, 300, 2_000):
        began = time.process_time()
        erlang.blend(agents, 0.7 * agents / 240, 240, target=0.8, patience=120, other_handle=400)
        took = (time.process_time() - began) * 1000
        print(f"keep of {agents} agents, with patience and unlike times: {took:.0f} ms CPU")


if __name__ == "__main__":
    main()
