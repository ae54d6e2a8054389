"""An agent: what she can do, how much at once, whether she is there, and what she has in hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType

from chalicelib.model.load import Pace, TakenBack
from chalicelib.model.tier import EVERY_CHANNEL
from chalicelib.model.work import OUTBOUND

IN_ALL = "total"  # of a capacity: over all channels
DEFAULT_CAPACITY: Mapping[str, int] = MappingProxyType({"phone": 1, "chat": 3, EVERY_CHANNEL: 5})
DEFAULT_QUEUE = "support"
PRESENT_FOR = timedelta(minutes=5)  # without a word from her
MOST_HELD = 100


class Presence(Enum):
    ONLINE = "online"
    AWAY = "away"  # there, but not for new work
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """`held` is what she has in hand, by channel, what she is offered included. The work itself says who has it: this
    is kept beside it, for her capacity. `edition` counts changes of what she can do."""

    id: str  # of the member of staff
    name: str = ""
    skills: Mapping[str, int] = field(default_factory=dict)  # levels 1 to 5
    languages: Mapping[str, int] = field(default_factory=dict)  # likewise, by primary BCP 47 language
    capacity: Mapping[str, int] = field(default_factory=lambda: dict(DEFAULT_CAPACITY))
    queues: tuple[str, ...] = (DEFAULT_QUEUE,)
    teams: tuple[str, ...] = ()  # whose customers she serves besides those who are everybody's
    presence: Presence = Presence.OFFLINE
    present_until: datetime | None = None  # unless she says something before
    held: Mapping[str, str] = field(default_factory=dict)  # work → channel
    offered: str = ""  # the one of them that she has not answered yet
    began: Mapping[str, datetime] = field(default_factory=dict)  # when she took what she has in hand
    pace: Mapping[str, Pace] = field(default_factory=dict)  # by queue and kind of work
    taken_back: tuple[TakenBack, ...] = ()  # calls that went back before she began them, the newest last
    updated_at: datetime
    updated_by: str = ""
    edition: int = 1
    version: int | None = None

    def online(self, now: datetime) -> bool:
        return self.presence is Presence.ONLINE and self.present_until is not None and now < self.present_until

    def takes(self, channel: str, *, outbound: bool = False) -> bool:
        """Whether she has a hand free for it. `outbound`: for a call of a play, of which she has as many as she has of
        the channel, unless her capacity says how many; then she may be there for nothing else."""
        if len(self.held) >= min(self.capacity.get(IN_ALL, MOST_HELD), MOST_HELD):
            return False
        most = self.capacity.get(channel, self.capacity.get(EVERY_CHANNEL, 0))
        busy = sum(each.removeprefix(f"{OUTBOUND}/") == channel for each in self.held.values())
        if not outbound or OUTBOUND not in self.capacity:
            return busy < most
        calls = sum(each.startswith(f"{OUTBOUND}/") for each in self.held.values())
        return calls < self.capacity[OUTBOUND] and busy < max(most, self.capacity[OUTBOUND])

    @property
    def only_outbound(self) -> bool:
        """Whether she is there for calls of plays alone."""
        others = (most for kind, most in self.capacity.items() if kind not in (OUTBOUND, IN_ALL))
        return bool(self.capacity.get(OUTBOUND)) and not any(others)
