"""A message in the company's app or on its page: it is kept until she looks, and then it is delivered."""

from datetime import timedelta

from chalicelib.model.task import TaskState
from chalicelib.outreach.channels.base import Carrier, Way

WAY = Way(
    name="app",
    carrier=Carrier.KEPT,
    tells=frozenset({TaskState.DELIVERED, TaskState.OPENED, TaskState.ANSWERED}),
    seen_within=timedelta(hours=1),
    patience=timedelta(hours=24),
    longest=2_000,
    disturbs=False,
    cost=lambda _policy, _text: 0.0,
)
