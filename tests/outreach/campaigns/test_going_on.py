"""A campaign goes through its audience whatever dies: nobody has two tasks, nobody has none."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.campaign import Campaign, CampaignState
from chalicelib.model.customer import Consent, Handle
from chalicelib.model.task import Task
from chalicelib.outreach import plays
from chalicelib.outreach.campaigns import service
from chalicelib.outreach.campaigns.preparing import By
from chalicelib.storage import campaigns
from chalicelib.storage.commit import commit
from tests.factories import NOON, make_campaign, make_customer, make_told
from tests.faults import Breaker, Mortality
from tests.workbench import Bench, Died

TOM = By(id="key:one", name="Tom")


@pytest.fixture(autouse=True)
def _told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The play a campaign sends is installed, and it is day."""
    monkeypatch.setitem(plays.BY_NAME, "told", make_told())
    monkeypatch.setattr(clock, "now", lambda: NOON)


def store_people(count: int) -> list[str]:
    """Two of three agreed to be written to."""
    people = [
        make_customer(
            id=ids.derived_ulid(NOON - timedelta(days=9), str(number)),
            handles=(Handle("email", f"{number}@example.org"),),
            consents={"email/service": Consent(True, NOON, "form")} if number % 3 else {},
            version=None,
        )
        for number in range(count)
    ]
    for begin in range(0, count, 90):
        commit(Decision(tuple(people[begin : begin + 90])))
    return [person.id for person in people]


def running_campaign(parts: int, **fields: object) -> Campaign:
    """It was begun: its parts are stored, and their first messages are to be handled."""
    campaign = make_campaign(state=CampaignState.APPROVED, approved_at=NOON, version=None, **fields)
    commit(Decision((campaign,)))
    service.begin(campaign.id, NOON)
    found = campaigns.whole(campaign.id)
    assert found.campaign and len(found.parts) == parts
    return found.campaign


def test_everybody_has_one_task_though_workers_die_and_messages_come_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = store_people(150)
    campaign = running_campaign(32, rate=100_000)
    monkeypatch.setattr(service, "PAGE", 4)
    monkeypatch.setattr(service, "SLICE", 8)
    dice = random.Random(7)  # noqa: S311 - no secret depends on it
    breaker = Breaker(monkeypatch)
    waiting = [(part.number, part.turn) for part in campaigns.whole(campaign.id).parts]
    died = 0

    with breaker.breaking(Mortality(one_in=12, seed=7)):
        for _ in range(4_000):
            if not waiting:
                break
            number, turn = waiting.pop(dice.randrange(len(waiting)))
            again = [(number, turn)] if dice.random() < 0.2 else []
            try:
                service.go_on(campaign.id, number, turn, None, lambda: False)
            except Died:
                died += 1
                again = [(number, turn)]
            waiting += again
            fault, breaker.fault = breaker.fault, None
            part = campaigns.part(campaign.id, number).part
            breaker.fault = fault
            if part and not part.done and part.turn != turn and (number, part.turn) not in waiting:
                waiting.append((number, part.turn))

    tasks = bench.rows(Task)
    assert died > 10
    assert Counter(task.customer_id for task in tasks) == Counter(people)
    assert all(part.done for part in campaigns.whole(campaign.id).parts)
    assert campaigns.figures(campaign.id) == {"passed_over.no_consent": 50, "queued": 100}
