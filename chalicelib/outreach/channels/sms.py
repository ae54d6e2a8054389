"""A text message to her phone, while the company has it switched on."""

from datetime import timedelta

from chalicelib.channels.sms import place, segments
from chalicelib.model.task import TaskState
from chalicelib.outreach.channels.base import Carrier, Way

PER_SEGMENT = 5.0  # minor units: between a cent and ten, by country
LONGEST = 300  # characters: two segments in Latin letters, five in others

WAY = Way(
    name="sms",
    carrier=Carrier.TEXT,
    needs="phone",
    tells=frozenset({TaskState.DELIVERED, TaskState.ANSWERED, TaskState.BOUNCED}),
    seen_within=timedelta(minutes=15),
    longest=LONGEST,
    cost=lambda _policy, text: PER_SEGMENT * segments(text),
    place=place,
    on=lambda policy: policy.sms_on,
)
