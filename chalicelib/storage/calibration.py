"""What the last night learnt, as every function reads customers' sums with. AP-25."""

import time
from dataclasses import replace

from chalicelib.configuration import policy
from chalicelib.model.calibration import Calibration
from chalicelib.model.policy import Policy
from chalicelib.storage import keys, table

KEPT = 300  # seconds: a night's news are five minutes late at most
KEPT_BEFORE_THE_FIRST = 5  # and those of the first night a few seconds: until then it is a read of nothing
_kept: list[tuple[float, Calibration]] = []  # when to read it anew, and what was read


def stored() -> Calibration:
    """As it is in the table; what holds before the first night if there is none."""
    found: Calibration | None = table.row_at(keys.CALIBRATION)
    return found or Calibration()


def current_policy() -> Policy:
    """The company's configuration with what the last night learnt: for whoever judges a tier. It reads some 10 KB once
    in five minutes and process, and nothing otherwise."""
    if not _kept or time.monotonic() >= _kept[0][0]:
        return fresh_policy()
    return replace(policy(), calibration=_kept[0][1])


def fresh_policy() -> Policy:
    """The same, read now: for whoever was woken because of what was just published."""
    calibration = stored()
    kept = KEPT if calibration.at else KEPT_BEFORE_THE_FIRST
    _kept[:] = [(time.monotonic() + kept, calibration)]
    return replace(policy(), calibration=calibration)
