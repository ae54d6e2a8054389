"""A mail, as every other of ours: SES tells what became of it. Whether it was opened only where the company turned
that on (docs/plays.md: no spying by default)."""

from datetime import timedelta

from chalicelib.model.task import TaskState
from chalicelib.outreach.channels.base import Carrier, Way

PER_MAIL = 0.01  # minor units: SES takes 0.10 US$ per thousand

WAY = Way(
    name="email",
    carrier=Carrier.MAIL,
    needs="email",
    tells=frozenset({TaskState.DELIVERED, TaskState.ANSWERED, TaskState.BOUNCED, TaskState.COMPLAINED}),
    seen_within=timedelta(hours=6),
    disturbs=False,
    cost=lambda _policy, _text: PER_MAIL,
)
