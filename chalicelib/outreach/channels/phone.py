"""An agent calls her: a task at the desk, with reason, goal and suggested words."""

from datetime import timedelta

from chalicelib.model.task import TaskState
from chalicelib.outreach.channels.base import Carrier, Way

WAY = Way(
    name="phone",
    carrier=Carrier.AGENT,
    needs="phone",
    tells=frozenset({TaskState.DONE}),
    seen_within=timedelta(minutes=30),  # until an agent is free
    cost=lambda policy, _text: float(policy.contact_costs["phone"]),
)
