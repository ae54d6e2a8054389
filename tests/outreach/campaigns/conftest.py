"""The table alone, and a play that campaigns send, at noon. Few parts, so that going through them is quick."""

from typing import Any

import pytest

from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.campaign import Campaign, CampaignState
from chalicelib.model.customer import Consent, Handle
from chalicelib.model.load import DeskLoad, QueueLoad
from chalicelib.outreach import plays
from chalicelib.outreach.campaigns import preparing, service
from chalicelib.storage import campaigns, keys, table
from chalicelib.storage.commit import commit
from chalicelib.storage.rows import Row
from tests.factories import NOON, make_campaign, make_customer, make_play_record, make_told
from tests.storage.conftest import created_table, no_aws
from tests.storage.conftest import table as stored

__all__ = ["created_table", "no_aws", "stored"]
PLAY = make_told()


@pytest.fixture
def told(stored: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The play is installed and runs."""
    monkeypatch.setitem(plays.BY_NAME, "told", PLAY)
    monkeypatch.setattr(clock, "now", lambda: NOON)
    for module, name in ((keys, "POPULATION_SHARDS"), (campaigns, "PARTS"), (preparing, "MOST_PARTS")):
        monkeypatch.setattr(module, name, 3)
    commit(Decision((make_play_record("told", version=None),)))


def store_people(count: int, **fields: Any) -> list[str]:
    """Two of three agreed to be written to."""
    people = [
        make_customer(
            id=ids.derived_ulid(NOON, str(number)),
            handles=(Handle("email", f"{number}@example.org"),),
            consents={"email/service": Consent(True, NOON, "form")} if number % 3 else {},
            version=None,
            **fields,
        )
        for number in range(count)
    ]
    for begin in range(0, count, 90):
        commit(Decision(tuple(people[begin : begin + 90])))
    return [person.id for person in people]


def running_campaign(**fields: Any) -> Campaign:
    """It was begun: its parts are stored, and their first messages are to be handled."""
    fields = {"edition": 1, "state": CampaignState.APPROVED, "approved_at": NOON, "version": None, **fields}
    campaign = make_campaign(**fields)
    commit(Decision((campaign,)))
    service.begin(campaign.id, NOON)
    found = campaigns.campaign(campaign.id)
    assert found is not None and found.state is CampaignState.RUNNING
    return found


def make_load(*, in_time: float, **fields: Any) -> DeskLoad:
    """What is predicted of one queue at noon, or a minute later."""
    queue = {"agents": 5, "idle": 1, "an_hour": 60.0, "seconds": 240, "other_seconds": 240, "keep": 1, "kept": False}
    queues = {"support": QueueLoad(in_time=in_time, **{**queue, **fields})}
    return DeskLoad(at=NOON, queues=queues)


def rows(model: type) -> list[Any]:
    """Every stored thing of a kind."""
    table.bind()
    return [row.domain() for row in Row.scan() if row.model is model]
