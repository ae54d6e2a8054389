"""How much is asked for something, counting what is long ago for less?

Each ask counts 1 and half of that after HALF_LIFE. Kept is not the sum but its heat: the logarithm (base 2, in
thousandths) of what the sum would be if it had grown since 1970 instead of decaying. So it is one whole number, an ask
changes it in one step, time does not change it at all, and of two heats the greater one is the greater demand at any
moment: an order by heat stays right while nobody asks.
"""

from datetime import datetime, timedelta
from math import log2

from chalicelib.model.gap import HEAT_OF_AN_OCTAVE as _OCTAVE

HALF_LIFE = timedelta(days=14)


def asked(heat: int, at: datetime, times: float = 1.0) -> int:
    """The heat after one more ask, or `times` of them, at `at`; of something nobody asked for yet it is 0."""
    added = _age(at) + log2(times)
    if not heat:
        return round(added * _OCTAVE)
    return round(_sum(heat / _OCTAVE, added) * _OCTAVE)


def together(one: int, other: int) -> int:
    """The heat of what was asked of two things that are one."""
    if not one or not other:
        return one or other
    return round(_sum(one / _OCTAVE, other / _OCTAVE) * _OCTAVE)


def demand(heat: int, now: datetime) -> float:
    """Asks that count by now."""
    return 2.0 ** (heat / _OCTAVE - _age(now)) if heat else 0.0


def _sum(one: float, other: float) -> float:
    low, high = sorted((one, other))
    return high + log2(1 + 2.0 ** (low - high))


def _age(at: datetime) -> float:
    return at.timestamp() / HALF_LIFE.total_seconds()
