"""What is shown of campaigns: how far they are, whom they would reach, who was reached and who not, and why."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.configuration import policy
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.model.campaign import MOST_PARTS, Campaign, CampaignState, stand_of
from chalicelib.model.customer import Customer
from chalicelib.model.page import Page
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import playbook
from chalicelib.outreach.campaigns import fanning, preparing, service
from chalicelib.storage import campaigns as storage

LOOKED_AT = 400  # people of an audience that a preview asks about
TOLD = 20  # of them


class Progress(NamedTuple):
    """`stands`: how many stand how by now, by state and guardrail. `ends_at`: about when everybody is looked at."""

    seen: int
    parts: int
    parts_done: int
    stands: dict[str, int]
    ends_at: datetime | None


def campaign(campaign_id: str) -> tuple[Campaign, Progress]:
    """Raises NotFound. Round trips: 2, and 16 for the figures."""
    found, parts = storage.whole(campaign_id)
    if found is None:
        raise NotFound("no campaign has this id")
    seen = sum(part.seen for part in parts)
    ends_at = None
    if found.state is CampaignState.RUNNING and found.expected:
        left = max(0, found.expected - seen)
        ends_at = clock.now() + timedelta(minutes=left / found.rate)
    done = sum(part.done for part in parts)
    return found, Progress(seen, found.parts, done, storage.figures(campaign_id), ends_at)


def campaigns(after: str | None, limit: int) -> Page[Campaign]:
    """The newest first."""
    return storage.campaigns(after, limit)


def people(campaign_id: str, state: TaskState | None, guardrail: str, after: str | None, limit: int) -> Page[Task]:
    """Its people: those in one state, or whom one guardrail refused (or, `planned`, postponed). Raises NotFound."""
    if storage.campaign(campaign_id) is None:
        raise NotFound("no campaign has this id")
    stand = state.value if state else ""
    if guardrail:
        stand = f"{stand or TaskState.PASSED_OVER.value}.{guardrail}"
    return storage.people(campaign_id, stand, after, limit)


def missed(campaign_id: str, after: str | None) -> Page[int]:
    """Places in its list that mean nobody, in their order: those of one row a page. Raises NotFound."""
    found = storage.campaign(campaign_id)
    if found is None:
        raise NotFound("no campaign has this id")
    chunks = found.listing.chunks if found.listing else 0
    number = int(after or 0)
    while number < chunks:
        chunk = storage.chunk(campaign_id, number)
        number += 1
        if chunk and chunk.missed:
            return Page(chunk.missed, str(number) if number < chunks else None)
    return Page((), None)


class Foreseen(NamedTuple):
    """Of some people of its audience: what would become of them now. `minutes`: how long the whole audience takes."""

    expected: int
    looked_at: int
    stands: dict[str, int]
    minutes: int
    people: tuple[Task, ...]


def preview(campaign_id: str) -> Foreseen:
    """Nothing is written. Raises NotFound, Conflict while its list is looked up, Invalid when its play is gone."""
    found = storage.campaign(campaign_id)
    if found is None:
        raise NotFound("no campaign has this id")
    if found.listing and not found.listing.done:
        raise Conflict("its list is still looked up; wait until `list.done` is true")
    running = preparing.check_play(playbook.named(found.play), found.given)
    now = clock.now()
    tasks = []
    for person in _some_of(found):
        decision = fanning.planned(found, running, person, policy(), now)
        tasks += [change for change in decision.changes if isinstance(change, Task)]
    size = service.expected(found)
    return Foreseen(
        expected=size,
        looked_at=len(tasks),
        stands=dict(Counter(stand_of(task) for task in tasks)),
        minutes=-(-size // found.rate),
        people=tuple(tasks[:TOLD]),
    )


def _some_of(found: Campaign) -> list[Customer]:
    """As many of each part: those of one part alone joined first."""
    parts = max(1, min(MOST_PARTS, found.listing.chunks)) if found.listing else MOST_PARTS
    whole = replace(found, parts=parts)
    people: list[Customer] = []
    each = -(-LOOKED_AT // parts)
    for number in range(parts):
        people += service.met(whole, number, "", min(each, LOOKED_AT - len(people))).people
        if len(people) >= LOOKED_AT:
            break
    return people
