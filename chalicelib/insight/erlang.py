"""How soon is somebody answered, and how many agents may do something else meanwhile?

Contacts arrive at random, `rate` a second, and take `handle` seconds of one of `agents`; whoever waits gives up after
`patience` seconds on average (0: nobody does). Agents take other work, of which there is always some, whenever more
than `keep` of them are idle (Bhulai and Koole, IEEE Transactions on Automatic Control 48, 2003). Without other work
that is Erlang's C formula, with patience Palm's A (Garnett, Mandelbaum and Reiman, M&SOM 4, 2002).

All is computed by recursions whose terms lie between 0 and 1, so that it holds for thousands of agents.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

PIECES = 32  # of the integral over waiting times
ROUNDS = 60  # until the mixture of handling times no longer changes
MOST = 700.0  # e to more than this is no number
_LEFT = 40.0  # the part of the density below e to the minus this counts as nothing
_GAUSS = (  # nodes and weights of six points: Abramowitz and Stegun, table 25.4
    (0.238619186083197, 0.467913934572691), (0.661209386466265, 0.360761573048139),
    (0.932469514203152, 0.171324492379170),
)  # fmt: skip


def erlang_b(agents: int, load: float) -> float:
    """The share of contacts that find all agents busy where nobody waits; `load`: contacts that arrive while one is
    handled (Erlang)."""
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(agents: int, load: float) -> float:
    """The share of contacts that wait, where nobody gives up; 1 where more arrives than is handled."""
    if load >= agents:
        return 1.0
    blocked = erlang_b(agents, load)
    return blocked / (1 - load / agents * (1 - blocked))


@dataclass(frozen=True, slots=True)
class Service:
    """What becomes of contacts. Times are seconds, shares of all contacts."""

    answered_in_time: float  # within the time asked for
    waits: float  # somebody, however shortly
    average_wait: float  # of everybody, those who give up included; infinite where the line grows without end
    gives_up: float
    other_work: float  # begun per second, beside


def service(
    agents: int, rate: float, handle: float, *, patience: float = 0.0, within: float = 20.0, keep: int | None = None
) -> Service:
    """What becomes of them with so many agents, of whom `keep` are not given other work; None: none of them is.

    Raises ValueError for figures that cannot be.
    """
    if agents < 0 or rate < 0 or handle <= 0 or patience < 0 or within < 0:
        raise ValueError("agents, rates and times are not negative, and handling takes time")
    kept = agents if keep is None else min(max(keep, 0), agents)
    done = 1 / handle
    if not agents:
        return Service(0.0, 1.0, patience or math.inf, 1.0 if patience else 0.0, 0.0)
    if not rate:
        in_time = 1.0 if kept else -math.expm1(-agents * done * within)
        return Service(in_time, 0.0 if kept else 1.0, 0.0, 0.0, (agents - kept) * done)
    idle, lowest = _idle(agents, kept, rate * handle)
    waiting = _waiting(agents * done, rate, patience, within)
    if waiting is None:
        return Service(0.0, 1.0, math.inf, 0.0, 0.0)
    # `idle` is P(fewer than all busy) ÷ P(all but one busy); those who come to a full house are `rate` × the area.
    free = 1 / (1 + rate * waiting.area * idle) if kept else 0.0
    late = 1 - free
    other = (agents - kept) * done * lowest * free if kept else 1 / waiting.area
    return Service(
        answered_in_time=free + late * waiting.in_time,
        waits=late,
        average_wait=late * waiting.average,
        gives_up=late * waiting.gives_up,
        other_work=other,
    )


def _idle(agents: int, kept: int, load: float) -> tuple[float, float]:
    """With n busy or waiting, n from agents - kept: the weight of the last state in which somebody is idle, as a part
    of all such; and that of the first, likewise. Both 0 to 1."""
    last = first = 1.0
    for n in range(agents - kept + 1, agents):
        step = n / load  # from the weight of n to that of n - 1
        first /= 1 + last / step
        last = last / (last + step)
    return last, first


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Of those who find everybody busy: how their waiting times are spread."""

    area: float  # under the density, whose value is 1 at 0
    in_time: float
    average: float
    gives_up: float


def _waiting(speed: float, rate: float, patience: float, within: float) -> _Waiting | None:
    """`speed`: contacts all agents together handle a second. None where the line grows without end."""
    if not patience:
        spare = speed - rate
        return _Waiting(1 / spare, 1 - math.exp(-spare * within), 1 / spare, 0.0) if spare > 0 else None
    impatience = 1 / patience
    # The time until an agent is free has the density exp(rate × (1 - e^-θx) / θ - speed × x): Zeltyn and Mandelbaum,
    # Queueing Systems 51, 2005. Its exponent is concave, highest where rate × e^-θx = speed.
    peak_at = max(0.0, math.log(rate / speed) * patience) if rate else 0.0

    def exponent(x: float) -> float:
        return rate * -math.expm1(-impatience * x) / impatience - speed * x

    peak = exponent(peak_at)
    end = peak_at + 1 / speed
    while exponent(end) > peak - _LEFT:
        end += end - peak_at
    begin = 0.0
    if peak > _LEFT:
        low, high = 0.0, peak_at
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if exponent(middle) < peak - _LEFT else (low, middle)
        begin = low

    def in_all_and_served(low: float, high: float) -> tuple[float, float]:
        whole = served = 0.0
        for x, weight in _nodes(low, high):
            part = weight * math.exp(exponent(x) - peak)
            whole += part
            served += part * math.exp(-impatience * x)
        return whole, served

    whole, served = in_all_and_served(begin, end)
    in_time = in_all_and_served(begin, min(within, end))[1] if within > begin else 0.0
    lost = 1 - served / whole
    return _Waiting(whole * math.exp(min(peak, MOST)), in_time / whole, lost * patience, lost)


def _nodes(low: float, high: float) -> Iterator[tuple[float, float]]:
    """Where an integral is looked at, and how much each counts: Gauss and Legendre's rule in pieces that are short at
    the lower end, where a density falls fastest."""
    before = low
    for n in range(1, PIECES + 1):
        after = low + (high - low) * (n / PIECES) ** 2
        middle, half = (before + after) / 2, (after - before) / 2
        for at, weight in _GAUSS:
            yield middle - half * at, half * weight
            yield middle + half * at, half * weight
        before = after


# ── How many may do something else ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Blend:
    """How many idle agents are kept for those who come, and what comes of it. `reached`: whether the promise is kept;
    where not, nobody does other work."""

    keep: int
    service: Service
    reached: bool


def blend(
    agents: int,
    rate: float,
    handle: float,
    *,
    target: float,
    within: float = 20.0,
    patience: float = 0.0,
    other_handle: float = 0.0,
) -> Blend:
    """The fewest that must be kept idle, so that `target` of all are answered within that time. `other_handle`: what
    the other work takes, in seconds; 0: as long."""

    def kept(keep: int) -> Service:
        return blended(agents, rate, handle, other_handle or handle, keep, within=within, patience=patience)

    low, high = 0, agents  # what is answered in time grows with `keep`
    best = kept(agents)
    if best.answered_in_time < target:
        return Blend(agents, best, reached=False)
    while low < high:
        middle = (low + high) // 2
        found = kept(middle)
        if found.answered_in_time >= target:
            high, best = middle, found
        else:
            low = middle + 1
    return Blend(high, best, reached=True)


def blended(
    agents: int,
    rate: float,
    handle: float,
    other_handle: float,
    keep: int,
    *,
    within: float = 20.0,
    patience: float = 0.0,
) -> Service:
    """As `service`, where other work takes longer: with the mean of what is being handled, which follows from how much
    of each is begun, found by halving. It is cautious: what is answered in time is at least that, as
    `benchmarks/blending.py` shows; so shorter work counts as if it took as long as a contact."""
    low, high = handle, max(handle, other_handle)
    found = service(agents, rate, low, patience=patience, within=within, keep=keep)
    for _ in range(ROUNDS if high > low * (1 + 1e-9) else 0):
        mean = (low + high) / 2
        found = service(agents, rate, mean, patience=patience, within=within, keep=keep)
        begun = rate * (1 - found.gives_up) + found.other_work
        mixed = (rate * (1 - found.gives_up) * handle + found.other_work * other_handle) / begun if begun else handle
        if mixed > mean:
            low = mean
        else:
            high = mean
        if high - low < 1e-6 * high:
            break
    return found
