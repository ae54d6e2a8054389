"""What is counted of a play, a day: by state, in the write that makes it so."""

from datetime import datetime

from chalicelib.kernel.decision import Tally
from chalicelib.model.task import Task

COUNTER = "outreach"


def counted(task: Task, now: datetime, *what: str) -> Tally:
    """One more of each, of its play, on this day by UTC."""
    return Tally((COUNTER, task.play, f"{now:%Y-%m-%d}"), dict.fromkeys(what, 1))
