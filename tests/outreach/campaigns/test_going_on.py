"""A campaign goes through its audience whatever dies: nobody has two tasks, nobody has none."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.messages import LookThroughCampaign, Message, PlanCampaignPerson, from_json
from chalicelib.model.campaign import Audience, AudienceKind, Campaign, CampaignState, ListChunk, Listing
from chalicelib.model.customer import Customer
from chalicelib.model.segment import Member
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import guard, plays
from chalicelib.outreach import service as outreach
from chalicelib.outreach.campaigns import fanning, preparing, service, views
from chalicelib.outreach.campaigns.preparing import Edits
from chalicelib.outreach.counting import COUNTER
from chalicelib.outreach.life import Person
from chalicelib.storage import campaigns, customers, keys, tallies
from chalicelib.storage.commit import commit
from tests.factories import NOON, make_campaign
from tests.faults import Breaker, Mortality
from tests.outreach.campaigns.conftest import PLAY, make_load, rows, running_campaign, store_people
from tests.workbench import Died

pytestmark = pytest.mark.usefixtures("told")
TOM = Person(id="key:one", name="Tom")
MINUTE = timedelta(minutes=1)


def slices(campaign: Campaign) -> Iterator[tuple[int, int]]:
    """Each part that is not done, and the slice it is at."""
    yield from ((part.number, part.turn) for part in campaigns.whole(campaign.id).parts if not part.done)


def go_through(campaign: Campaign) -> None:
    """All parts, to their ends."""
    while left := list(slices(campaign)):
        for number, turn in left:
            service.go_on(campaign.id, number, turn, None, lambda: False)


def people_of(tasks: list[Task]) -> list[str]:
    return sorted(task.customer_id for task in tasks)


def test_everybody_has_one_task_though_workers_die_and_messages_come_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    people = store_people(90)
    campaign = running_campaign(rate=100_000)
    monkeypatch.setattr(service, "PAGE", 4)
    monkeypatch.setattr(service, "SLICE", 8)
    dice = random.Random(7)  # noqa: S311 - no secret depends on it
    waiting = list(slices(campaign))
    mortality = Mortality(one_in=12, seed=7)
    breaker = Breaker(monkeypatch)
    died = 0

    while waiting:
        number, turn = waiting.pop(dice.randrange(len(waiting)))
        waiting += [(number, turn)] if dice.random() < 0.2 else []
        try:
            with breaker.breaking(mortality):
                service.go_on(campaign.id, number, turn, None, lambda: False)
        except Died:
            died += 1
            waiting.append((number, turn))
        part = campaigns.part(campaign.id, number).part
        if part and not part.done and part.turn != turn and (number, part.turn) not in waiting:
            waiting.append((number, part.turn))

    assert died > 10
    assert Counter(people_of(rows(Task))) == Counter(people)
    assert campaigns.figures(campaign.id) == {"passed_over.no_consent": 30, "queued": 60}
    assert sum(part.seen for part in campaigns.whole(campaign.id).parts) == 90


def test_the_last_part_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = running_campaign()
    go_through(campaign)

    service.end(campaign.id)

    found = campaigns.campaign(campaign.id)
    assert found and (found.state, found.ended_at) == (CampaignState.DONE, NOON)


def test_a_part_takes_what_it_earned_and_waits_for_the_clock() -> None:
    store_people(200)
    campaign = running_campaign(rate=32, audience=Audience(kind=AudienceKind.EVERYBODY))

    for number, turn in slices(campaign):
        service.go_on(campaign.id, number, turn, None, lambda: False)

    parts = campaigns.whole(campaign.id).parts
    assert len(rows(Task)) == sum(part.seen for part in parts) in (30, 31, 32)
    assert {part.next_at for part in parts if not part.done} == {NOON + MINUTE}


def test_the_rate_holds_over_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    store_people(120)
    campaign = running_campaign(rate=4)
    for minute in range(20):
        now = NOON + minute * MINUTE
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        for part in campaigns.whole(campaign.id).parts:
            service.go_on(campaign.id, part.number, -1 if minute else part.turn, now, lambda: False)

    assert 4 * 18 <= len(rows(Task)) <= 4 * 22


def test_nobody_more_is_looked_at_while_service_is_far_below_its_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    store_people(40)
    campaign = running_campaign(rate=100_000)
    commit(Decision((make_load(in_time=0.5),)))
    monkeypatch.setattr(clock, "now", lambda: NOON + MINUTE)
    for number, turn in slices(campaign):
        service.go_on(campaign.id, number, turn, None, lambda: False)

    assert rows(Task) == []


def test_nobody_more_is_looked_at_after_sending_stopped_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    store_people(40)
    campaign = running_campaign(rate=100_000)
    monkeypatch.setattr(guard, "braked", lambda: True)

    for number, turn in slices(campaign):
        service.go_on(campaign.id, number, turn, None, lambda: False)

    assert rows(Task) == []
    assert {part.next_at for part in campaigns.whole(campaign.id).parts} == {NOON + 5 * MINUTE}


def test_everybody_counts_as_planned_with_the_play() -> None:
    store_people(6)
    campaign = running_campaign(rate=100_000)
    go_through(campaign)
    service.stop(campaign.id, "the text is wrong", by=TOM)
    for part in campaigns.whole(campaign.id).parts:
        service.look_through(campaign.id, part.number, 2, lambda: False)

    assert tallies.sums((COUNTER, "told", f"{NOON:%Y-%m-%d}")) == {
        "planned": 6, "refused.no_consent": 2, "withdrawn": 4,
    }  # fmt: skip


@pytest.mark.parametrize("what", ["segment", "list", "reached"])
def test_every_audience_is_gone_through_in_pages(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PAGE", 2)
    people = store_people(30)
    wanted = sorted(people[:20])
    fields: dict[str, Any] = {}
    if what == "segment":
        commit(Decision(tuple(Member(segment_id="vips", customer_id=each, since=NOON) for each in wanted)))
        fields["audience"] = Audience(kind=AudienceKind.SEGMENT, segment="vips")
    if what == "reached":
        before = running_campaign(id="01KAM8Q6C3V8QW2E0N4B7T9XYZ", rate=100_000)
        go_through(before)
        tasks = {task.customer_id: task for task in rows(Task)}
        wanted = sorted(each for each in wanted if tasks[each].state is TaskState.QUEUED)
        for each in wanted:
            claimed = tasks[each].moved(TaskState.CLAIMED, NOON)
            commit(Decision((claimed.moved(TaskState.SENT, NOON),)))
        fields["audience"] = Audience(kind=AudienceKind.REACHED, campaign_id=before.id)
    if what == "list":
        fields["audience"] = Audience(kind=AudienceKind.LIST)
        fields["listing"] = Listing(chunks=3, found=20, done=True)

    campaign = running_campaign(rate=100_000, **fields)
    if what == "list":
        pieces = (wanted[:7], wanted[7:8], wanted[8:])
        commit(
            Decision(
                tuple(
                    ListChunk(campaign_id=campaign.id, number=number, at=NOON, customers=tuple(piece))
                    for number, piece in enumerate(pieces)
                )
            )
        )
    go_through(campaign)

    assert people_of([task for task in rows(Task) if task.campaign_id == campaign.id]) == wanted


def test_whoever_was_merged_meanwhile_has_one_task() -> None:
    first, second = store_people(2)
    campaign = running_campaign(rate=100_000)
    go_through(campaign)
    records = {each.id: each for each in customers.records([first, second])}
    commit(
        Decision(
            (
                replace(records[first], merged_into=second, merged_by="M"),
                replace(records[second], absorbed=(first,)),
            )
        )
    )

    service._plan(campaign, _running(campaign), customers.records([second]), NOON)

    assert len(rows(Task)) == 2


class Aside:
    """What is sent at once, and whom the play breaks on: until it is mended."""

    def __init__(self) -> None:
        self.broken: set[str] = set()
        self.sent: list[Message] = []

    def send(self, _queue: str, bodies: Sequence[str]) -> None:
        self.sent += map(from_json, bodies)

    def still_needed(self, customer: Customer, _context: Mapping[str, str], _given: Mapping[str, object]) -> bool:
        if customer.id in self.broken:
            raise KeyError("what nobody thought of")
        return True


@pytest.fixture
def aside(told: None, monkeypatch: pytest.MonkeyPatch) -> Aside:
    made = Aside()
    monkeypatch.setattr(service.queues, "queues", made)
    monkeypatch.setitem(plays.BY_NAME, "told", replace(PLAY, still_needed=made.still_needed))
    return made


def test_who_breaks_the_attempt_is_set_aside_and_the_others_do_not_wait(aside: Aside) -> None:
    people = store_people(30)
    aside.broken = {people[7], people[11]}
    campaign = running_campaign(rate=100_000)

    go_through(campaign)

    assert people_of(rows(Task)) == sorted({*people} - aside.broken)
    assert all(part.done for part in campaigns.whole(campaign.id).parts)
    asked = {PlanCampaignPerson(campaign_id=campaign.id, customer_id=each) for each in aside.broken}
    assert len(aside.sent) == 2 and set(aside.sent) == asked


def test_who_was_set_aside_has_her_one_task_as_soon_as_nothing_breaks_on_her(aside: Aside) -> None:
    person, *_ = aside.broken = {store_people(2)[1]}
    campaign = running_campaign(rate=100_000)
    go_through(campaign)
    with pytest.raises(KeyError):
        service.plan_person(campaign.id, person)
    aside.broken.clear()

    service.plan_person(campaign.id, person)
    service.plan_person(campaign.id, person)

    assert people_of(rows(Task)).count(person) == 1
    assert campaigns.figures(campaign.id) == {"passed_over.no_consent": 1, "queued": 1}


def test_nobody_who_was_set_aside_hears_of_a_campaign_that_is_stopped(aside: Aside) -> None:
    aside.broken = set(store_people(1))
    campaign = running_campaign(rate=100_000)
    go_through(campaign)
    service.stop(campaign.id, "wrong list", by=TOM)
    (person,) = aside.broken
    aside.broken = set()

    service.plan_person(campaign.id, person)

    assert rows(Task) == []


def test_a_play_that_breaks_on_many_is_broken_itself_and_the_part_stays_where_it_is(aside: Aside) -> None:
    aside.broken = set(store_people(40))
    campaign = running_campaign(rate=100_000)
    (number, turn), *_ = slices(campaign)

    with pytest.raises(KeyError):
        service.go_on(campaign.id, number, turn, None, lambda: False)

    assert aside.sent == []
    part = campaigns.part(campaign.id, number).part
    assert part and (part.turn, part.seen) == (turn, 0)


def _running(campaign: Campaign) -> Any:
    from chalicelib.outreach import playbook

    return playbook.named(campaign.play)


# Halting


def test_a_campaign_that_is_stopped_withdraws_what_it_planned() -> None:
    store_people(30)
    campaign = running_campaign(rate=100_000)
    go_through(campaign)

    stopped = service.stop(campaign.id, "the text is wrong", by=TOM)
    for part in range(stopped.parts):
        service.look_through(campaign.id, part, stopped.turn, lambda: False)

    assert {task.state for task in rows(Task)} == {TaskState.WITHDRAWN, TaskState.PASSED_OVER}
    assert campaigns.figures(campaign.id) == {"passed_over.no_consent": 10, "withdrawn": 20}


def test_more_people_than_one_write_holds_are_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "POPULATION_SHARDS", 1)
    monkeypatch.setattr(preparing, "MOST_PARTS", 1)
    store_people(150)
    campaign = running_campaign(rate=100_000)
    go_through(campaign)

    stopped = service.stop(campaign.id, "the text is wrong", by=TOM)
    service.look_through(campaign.id, 0, stopped.turn, lambda: False)

    assert campaigns.figures(campaign.id) == {"passed_over.no_consent": 50, "withdrawn": 100}


def test_what_the_last_slice_planned_is_withdrawn_when_its_part_sees_the_stop() -> None:
    campaign = running_campaign()
    stopped = service.stop(campaign.id, "the text is wrong", by=TOM)
    part = campaigns.part(campaign.id, 0).part
    assert part

    stands = fanning.standing(stopped, part, None, NOON)

    assert stands and stands.messages == (LookThroughCampaign(campaign_id=campaign.id, part=0, turn=stopped.turn),)


def test_what_waits_for_a_paused_campaign_is_over_when_it_is_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be due at once, each minute again."""
    store_people(6)
    campaign = running_campaign(rate=100_000)
    go_through(campaign)
    service.pause(campaign.id, "look again", by=TOM)
    task = next(task for task in rows(Task) if task.state is TaskState.QUEUED)
    outreach.deliver_task(task.customer_id, task.id, NOON)
    monkeypatch.setattr(clock, "now", lambda: campaign.deadline)

    outreach.consider_task(task.customer_id, task.id, campaign.deadline)

    (found,) = (each for each in rows(Task) if each.id == task.id)
    assert (found.state, found.reason.partition(":")[0]) == (TaskState.PASSED_OVER, "too_late")


def test_whom_a_campaign_reached_are_told_when_nobody_of_it_is_on_the_way_any_more() -> None:
    store_people(6)
    first = running_campaign(rate=100_000)
    go_through(first)
    for _ in range(3):
        service.end(first.id)
    audience = Audience(kind=AudienceKind.REACHED, campaign_id=first.id)
    commit(Decision((make_campaign(id="01KAM8Q6C3V8QW2E0N4B7T9XYZ", audience=audience, version=None),)))

    with pytest.raises(Conflict, match="4 of its contacts are on their way"):
        service.submit("01KAM8Q6C3V8QW2E0N4B7T9XYZ", by=TOM)
    service.stop(first.id, "it is over", by=TOM)

    assert service.submit("01KAM8Q6C3V8QW2E0N4B7T9XYZ", by=TOM).state is CampaignState.SUBMITTED


def test_a_preview_asks_of_every_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of one part alone are those who joined first."""
    people = store_people(30)
    commit(Decision((make_campaign(version=None),)))
    monkeypatch.setattr(views, "LOOKED_AT", 12)
    monkeypatch.setattr(views, "MOST_PARTS", 3)

    seen = [person.customer_id for person in views.preview(make_campaign().id).people]

    assert len({ids.shard_of(person, 3) for person in seen}) == 3 and set(seen) <= set(people)


def test_a_stop_in_the_middle_of_a_slice_ends_it_with_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    store_people(200)
    campaign = running_campaign(rate=600_000)
    monkeypatch.setattr(service, "PAGE", 2)
    part, turn = next(slices(campaign))
    monkeypatch.setattr(service, "_runs", lambda _: False)

    service.go_on(campaign.id, part, turn, None, lambda: False)

    assert len(rows(Task)) <= 2


@pytest.mark.parametrize("state", [CampaignState.PAUSED, CampaignState.STOPPED])
def test_a_part_of_a_campaign_that_stands_still_leaves_the_clocks_list(state: CampaignState) -> None:
    store_people(40)
    campaign = running_campaign(rate=100_000)
    halt = service.pause if state is CampaignState.PAUSED else service.stop
    halt(campaign.id, "look again", by=TOM)

    for number, turn in slices(campaign):
        service.go_on(campaign.id, number, turn, None, lambda: False)

    assert rows(Task) == []
    assert {part.next_at for part in campaigns.whole(campaign.id).parts} == {None}


def test_a_campaign_that_is_resumed_goes_on_where_it_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    people = store_people(120)
    campaign = running_campaign(rate=32)
    for number, turn in slices(campaign):
        service.go_on(campaign.id, number, turn, None, lambda: False)
    service.pause(campaign.id, "look again", by=TOM)
    for number, turn in slices(campaign):
        service.go_on(campaign.id, number, turn, None, lambda: False)
    before = len(rows(Task))
    assert 0 < before < 120

    service.amend(campaign.id, Edits(rate=100_000), by=TOM)
    service.resume(campaign.id, by=TOM)
    monkeypatch.setattr(clock, "now", lambda: NOON + MINUTE)
    go_through(campaign)

    assert people_of(rows(Task)) == sorted(people)


def test_what_waited_for_a_paused_campaign_is_woken_when_it_goes_on() -> None:
    store_people(30)
    campaign = running_campaign(rate=100_000)
    go_through(campaign)
    service.pause(campaign.id, "look again", by=TOM)
    for task in rows(Task):
        if task.state is TaskState.QUEUED:
            outreach.deliver_task(task.customer_id, task.id, NOON)
    assert campaigns.figures(campaign.id)["planned.campaign_paused"] == 20

    resumed = service.resume(campaign.id, by=TOM)
    for part in range(resumed.parts):
        service.look_through(campaign.id, part, resumed.turn, lambda: False)

    assert campaigns.figures(campaign.id) == {"passed_over.no_consent": 10, "planned": 20}
    assert all(task.due_at < NOON + timedelta(minutes=2) for task in rows(Task) if task.state is TaskState.PLANNED)


def test_a_campaign_whose_play_was_paused_pauses_itself() -> None:
    from chalicelib.model.play import PlayState
    from chalicelib.storage import plays

    store_people(40)
    campaign = running_campaign(rate=100_000)
    record = plays.play("told")
    assert record
    commit(Decision((replace(record, state=PlayState.PAUSED),)))

    part, turn = next(slices(campaign))
    service.go_on(campaign.id, part, turn, None, lambda: False)

    found = campaigns.campaign(campaign.id)
    assert found and found.state is CampaignState.PAUSED and rows(Task) == []


def test_after_its_deadline_nobody_more_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    store_people(40)
    campaign = running_campaign(rate=100_000)
    monkeypatch.setattr(clock, "now", lambda: campaign.deadline)

    go_through(campaign)
    service.end(campaign.id)

    found = campaigns.campaign(campaign.id)
    assert found and found.state is CampaignState.DONE and "deadline" in found.why
    assert rows(Task) == []


def test_a_campaign_pauses_at_its_complaints_and_what_a_person_resumes_is_forgiven() -> None:
    campaign = running_campaign()
    sums = Tally(campaigns.counter_of(campaign.id), {"delivered": 970, "complained": 30})
    commit(Decision((campaign, sums)))

    guard.complained(campaign.id)
    paused = campaigns.campaign(campaign.id)
    service.resume(campaign.id, by=TOM)
    guard.complained(campaign.id)

    assert paused and (paused.state, paused.why) == (CampaignState.PAUSED, "too many complained: 30 of 1000")
    found = campaigns.campaign(campaign.id)
    assert found and (found.state, found.forgiven) == (CampaignState.RUNNING, {"sent": 1_000, "complained": 30})
