"""What makes people call, over a table: counted once a person and week."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.insight import driving
from chalicelib.insight.reports import drivers
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.model.calibration import Calibration
from chalicelib.model.fact import FactKind
from chalicelib.model.interaction import Receipt
from chalicelib.model.play import Words
from chalicelib.outreach import directing
from chalicelib.outreach.life import Person, Prepared
from chalicelib.storage import calibration, tallies
from chalicelib.storage.commit import commit
from tests import quick_moto
from tests.auth.callers import shared_stage
from tests.factories import ANNS_ID, make_case, make_customer, make_fact
from tests.meter import Reading
from tests.workbench import Bench

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage(stream=False) as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    quick_moto.empty(stage.bucket)
    calibration._kept.clear()
    monkeypatch.setattr(driving, "PROPOSED_FROM", timedelta())  # this week: the others are as empty


def store(*things: object) -> None:
    for thing in things:
        commit(Decision((thing,), reason="there"))


def summed() -> dict[str, int]:
    return tallies.sums((drivers.COUNTER, drivers.week_of(clock.now().date())))


def test_a_question_is_counted_once_with_what_came_before() -> None:
    now = clock.now()
    moved = make_fact(
        FactKind.LIFE_EVENT, id=ids.derived_ulid(now, "moved"), occurred_at=now - timedelta(hours=1),
        data={"what": "moved"}, version=None,
    )  # fmt: skip
    case = make_case(topic="billing", opened_at=now, version=None)
    store(make_customer(version=None), moved, case)

    for _ in range(2):
        driving.note_entry(ANNS_ID, moved.id)
        driving.note_case(case.id)

    happened = "fact%3Alife_event%3Awhat%3Dmoved"
    assert summed() == {
        "asked/billing/standard": 1,
        "cost/billing": 999,
        f"had/{happened}": 1,
        f"pair/billing/{happened}/1/standard": 1,
    }


def test_what_is_counted_names_nobody(stage: Bench) -> None:
    now = clock.now()
    store(make_customer(version=None), make_case(topic="billing", opened_at=now, version=None))

    driving.note_case(make_case().id)

    (receipt,) = stage.rows(Receipt)
    assert ANNS_ID not in receipt.key
    assert receipt.customer_id == ""


def test_a_case_without_a_topic_is_not_counted() -> None:
    store(make_customer(version=None), make_case(version=None))

    driving.note_case(make_case().id)

    assert summed() == {}


@pytest.mark.parametrize(("days", "pairs"), [(5, 1), (9, 0)], ids=["within a week", "later"])
def test_a_day_that_lies_ahead_of_who_asks_is_counted_with_her(days: int, pairs: int) -> None:
    now = clock.now()
    on = f"{(now + days * DAY).date()}"
    told_at = now - 20 * DAY
    expiring = make_fact(
        FactKind.CARD_EXPIRING, id=ids.derived_ulid(now, "card"), occurred_at=told_at, recorded_at=told_at,
        data={"expires_on": on}, version=None,
    )  # fmt: skip
    case = make_case(topic="billing", opened_at=now, version=None)
    store(make_customer(traits={"card_expires_on": on}, version=None), expiring, case)

    for _ in range(2):
        driving.note_entry(ANNS_ID, expiring.id)
        driving.note_case(case.id)

    began = drivers.week_of((now + (days - 7) * DAY).date())
    assert tallies.sums((drivers.COUNTER, began))["had/ahead%3Atrait%3Acard_expires_on"] == 1
    assert summed().get("pair/billing/ahead%3Atrait%3Acard_expires_on/5/standard", 0) == pairs


def test_what_it_costs_to_count() -> None:
    """As docs/plays.md says."""
    now = clock.now()
    on = f"{(now + DAY).date()}"
    told = make_fact(
        FactKind.CARD_EXPIRING, id=ids.derived_ulid(now, "card"), occurred_at=now, recorded_at=now,
        data={"expires_on": on}, version=None,
    )  # fmt: skip
    store(
        make_customer(traits={"card_expires_on": on}, version=None),
        told,
        make_case(topic="billing", opened_at=now, version=None),
    )

    of_fact = Reading()
    driving.note_entry(ANNS_ID, told.id)
    counted, of_case = dict(of_fact.calls), Reading()
    driving.note_case(make_case().id)

    assert counted == {"BatchGetItem": 1, "TransactWriteItems": 2}
    assert of_case.calls == {"GetItem": 2, "Query": 1, "BatchGetItem": 1, "TransactWriteItems": 1}


def test_a_day_nobody_counted_when_it_was_told_is_not_counted_with_who_asks() -> None:
    now = clock.now()
    traits = {"contract-end": f"{(now + 3 * DAY).date()}"}
    store(make_customer(traits=traits, version=None), make_case(topic="billing", opened_at=now, version=None))

    driving.note_case(make_case().id)

    assert [name for name in summed() if name.startswith("pair")] == []


def people_call(what: str = "fact%3Acard_expiring") -> None:
    """412 of 3,433 whose card expires ask about billing, of 100,000 customers."""
    week = drivers.week_of(clock.now().date())
    sums = {
        "asked/billing/standard": 1_200,
        "cost/billing": 1_200 * 999,
        f"had/{what}": 3_433,
        f"pair/billing/{what}/5/standard": 412,
    }
    store(Calibration(at=clock.now(), customers=100_000))
    commit(Decision((Receipt(key="x", at=clock.now()), Tally((drivers.COUNTER, week), sums)), reason="counted"))


def test_what_people_ask_proposes_a_play_until_it_is_dismissed() -> None:
    people_call()
    now = clock.now()
    (found,) = driving.proposals(now)
    assert found.play == ""
    assert found.found.says.startswith(
        "412 people asked about billing within 5 days after card expiring (12% of those with it"
    )

    for _ in range(2):
        driving.dismiss(found.found.id, "Tom", now)

    assert driving.proposals(now) == []


EVE, KEY = Person("staff:eve", "Eve"), Person("key:1", "shop")


def test_a_proposal_becomes_one_play_however_often_it_is_asked_for() -> None:
    people_call()
    now = clock.now()
    (proposed,) = driving.proposals(now)

    made = driving.draft(proposed.found.id, EVE, now)
    again = driving.draft(proposed.found.id, KEY, now + 100 * DAY)

    assert made.record == again.record
    assert made.record.draft and made.record.draft.preparers == (EVE.id,)
    assert made.record.title == "About billing, after card expiring"
    assert [each.play for each in driving.proposals(now)] == [made.play.name]


def test_such_a_draft_is_submitted_when_its_words_are_written() -> None:
    people_call()
    (proposed,) = driving.proposals(clock.now())
    made = driving.draft(proposed.found.id, EVE, clock.now())

    with pytest.raises(Conflict, match=r"its words are not written yet: replace \[…\] in en, zh-Hans"):
        directing.submit(made.play.name, by=EVE, expected=None)

    draft = made.record.draft
    assert draft and draft.definition
    texts = {"en": Words(subject="Your card", body="Hello {{ name }},\n\nnothing is lost when a card expires.")}
    written = replace(draft.definition, texts=texts)
    wanted = Prepared(made.record.title, {}, (), written)
    directing.draft(made.play.name, wanted, by=EVE, expected=None)
    assert directing.submit(made.play.name, by=EVE, expected=None).record.draft is not None


def test_what_is_not_proposed_or_was_dismissed_becomes_no_play() -> None:
    people_call()
    (proposed,) = driving.proposals(clock.now())
    driving.dismiss(proposed.found.id, "Tom", clock.now())

    for proposal_id in (proposed.found.id, "0123456789abcdef"):
        with pytest.raises(NotFound):
            driving.draft(proposal_id, EVE, clock.now())


def test_a_notice_that_makes_people_call_is_proposed_and_becomes_no_play() -> None:
    people_call(what="notice%3Apayment_will_fail")
    (proposed,) = driving.proposals(clock.now())

    assert "5 days after notice payment will fail" in proposed.found.says
    with pytest.raises(Conflict, match="change what it says"):
        driving.draft(proposed.found.id, EVE, clock.now())


def test_the_report_tells_topics_with_what_they_cost() -> None:
    people_call()
    today = clock.now().date()

    lines, weeks = driving.report(today - DAY * today.weekday(), today)

    assert weeks == 1
    assert [(line.topic, line.people, line.people_before, line.cost) for line in lines] == [
        ("billing", 1_200, 0, 1_198_800)
    ]


@pytest.mark.parametrize(("back", "says"), [(-1, "from comes before to"), (92, "at most 92 days")])
def test_a_report_of_too_much_is_refused(back: int, says: str) -> None:
    today = clock.now().date()

    with pytest.raises(Invalid, match=says):
        driving.report(today - DAY * back, today)
