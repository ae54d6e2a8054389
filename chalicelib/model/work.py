"""Work that waits for an agent: what it asks of her, where it stands in line, and to whom it is offered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

MOST_REFUSALS = 5  # remembered; the oldest go
LEVELS = range(1, 6)  # of a skill or a language
OUTBOUND = "outbound"  # of an agent's capacity: calls of plays
A_POINT = timedelta(hours=2)  # of priority: by how much earlier it stands


class Handling(Enum):
    """Who sees to a contact. Each ends with a person: there is none that does not."""

    SELF_SERVICE_FIRST = "self_service_first"  # answered with articles; then a person after a while, unless they helped
    QUEUE = "queue"  # whoever can, the longest waiting first
    PERSON = "person"  # who answered her last, for as long as she is kept for her; then as the queue
    CALL_BACK = "call_back"  # an agent calls her, when somebody is there


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """That it was handed to an agent, who has not said yet whether she takes it."""

    agent_id: str
    at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """That it is not offered to this agent for a while: she declined it, did not answer, or had it taken from her."""

    agent_id: str
    until: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """Where a piece of work stands in line. `order_at` is its place: a moment, set once, so that whatever comes later
    than that moment, however it is weighed, cannot pass it for ever.

    `needs` and `language_level` bar agents who do not reach them; `wants` only prefer those who do. All are levels.
    """

    channel: str  # whose capacity it takes
    handling: Handling = Handling.QUEUE
    since: datetime  # she waits since then
    order_at: datetime
    needs: Mapping[str, int] = field(default_factory=dict)
    wants: Mapping[str, int] = field(default_factory=dict)
    language: str = ""
    language_level: int = 0  # 0: any agent may, one who speaks it rather
    team: str = ""  # of its customer, when it was routed
    relax_at: datetime | None = None  # when what it needs becomes what it wants, because nobody came
    relaxed: bool = False
    last_agent: str = ""  # who had it last
    kept_for: str = ""
    kept_until: datetime | None = None
    taken_at: datetime | None = None  # when its agent took it
    outbound: bool = False  # a call of a play: it is handed out while inbound service allows it
    only: tuple[str, ...] = ()  # agents who alone may have it; no time makes others of them
    group: str = ""  # of those agents: what their line is called
    offer: Offer | None = None
    refusals: tuple[Refusal, ...] = ()

    @property
    def lane(self) -> str:
        """Which of a queue's lines it stands in, by the first thing that bars agents: so that nobody has to read past
        work she cannot do. Calls of plays stand in lines of their own, and in none of them those that few agents may
        have."""
        outbound = OUTBOUND if self.outbound else ""
        if self.group:
            return f"{outbound}g:{self.group}"
        if self.needs:
            return f"{outbound}s:{min(self.needs)}"
        if self.language and self.language_level:
            return f"{outbound}l:{primary(self.language)}"
        return outbound

    @property
    def hand(self) -> str:
        """What it takes of an agent's capacity."""
        return f"{OUTBOUND}/{self.channel}" if self.outbound else self.channel

    @property
    def next_at(self) -> datetime | None:
        """When the clock has to look at it; of what nobody was given."""
        if self.offer:
            return self.offer.expires_at
        return min((at for at in (self.kept_until, self.relax_at) if at), default=None)

    @property
    def deferred(self) -> bool:
        """Whether a person may see it later only: she helps herself first, or is called back."""
        return self.order_at > self.since

    def stands_at(self, priority: int = 0) -> datetime:
        """Its place, weighed by what presses; before a person may see it, nothing brings it nearer."""
        return self.order_at if self.deferred else self.order_at - priority * A_POINT

    def bars(self, agent_id: str) -> bool:
        """Whether it is for others alone."""
        return bool(self.only) and agent_id not in self.only

    def refused(self, agent_id: str, now: datetime) -> bool:
        return any(one.agent_id == agent_id and now < one.until for one in self.refusals)


def primary(language: str) -> str:
    """The language alone: `zh` of `zh-Hans`."""
    return language.partition("-")[0].lower()


def holder_of(assigned_to: str, routing: Routing | None) -> str:
    """Who has it: took it, or is offered it; empty: nobody."""
    if assigned_to:
        return assigned_to
    return routing.offer.agent_id if routing and routing.offer else ""
