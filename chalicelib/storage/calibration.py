"""What the last night learnt, as every function reads customers' sums with. AP-25."""

import time
from dataclasses import replace

from chalicelib.configuration import policy
from chalicelib.model.calibration import Calibration
from chalicelib.model.policy import Policy
from chalicelib.storage import keys, table

KEPT = 300  # seconds: a night's news are five minutes late at most
_NONE_YET = Calibration()
_kept: tuple[float, Calibration] | None = None


def stored() -> Calibration:
    """As it is in the table; what holds before the first night if there is none."""
    found: Calibration | None = table.row_at(keys.CALIBRATION)
    return found or _NONE_YET


def published() -> Calibration:
    """As this process read it some minutes ago at most: one read of some 10 KB in five minutes, none otherwise."""
    global _kept  # noqa: PLW0603 - one per process, as the clients are
    if _kept is None or time.monotonic() - _kept[0] > KEPT:
        _kept = time.monotonic(), stored()
    return _kept[1]


def forget() -> None:
    """The next one to ask reads it anew."""
    global _kept  # noqa: PLW0603 - as above
    _kept = None


def current_policy() -> Policy:
    """The company's configuration with what the last night learnt: for whoever judges a tier."""
    return replace(policy(), calibration=published())
