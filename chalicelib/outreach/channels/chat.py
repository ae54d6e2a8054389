"""A message in the chat she knows us by: its tool fetches it as the app does."""

from datetime import timedelta

from chalicelib.model.task import TaskState
from chalicelib.outreach.channels.base import Carrier, Way

WAY = Way(
    name="chat",
    carrier=Carrier.KEPT,
    needs="chat",
    tells=frozenset({TaskState.DELIVERED, TaskState.OPENED, TaskState.ANSWERED}),
    seen_within=timedelta(minutes=15),
    patience=timedelta(hours=24),
    longest=2_000,
    cost=lambda _policy, _text: 0.0,
)
