"""A play that people wrote, from what is told of somebody to what she reads."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel import clock
from chalicelib.model.customer import CustomerHint
from chalicelib.model.fact import FactKind
from chalicelib.model.play import PlayDefinition, When, Words
from chalicelib.model.segment import About, Condition, Definition
from chalicelib.model.task import TaskState
from chalicelib.outreach import directing
from chalicelib.outreach.life import Person, Prepared
from chalicelib.segments import service as segments
from chalicelib.storage import keys
from chalicelib.sweeps import service as sweeps
from tests.flows.test_outreach_on_the_bench import ANN, at_noon, consents, only_task, report
from tests.workbench import Bench, text_of

TOM, LEA = Person("staff:1", "Tom"), Person("staff:2", "Lea")
TEXTS = {
    "en": Words(subject="Your visit on {{ date }}", body="Hello {{ name }}, we come on {{ date }}."),
    "zh-Hans": Words(subject="预约 {{ date }}", body="{{ name }}，您好，我们 {{ date }} 上门。"),
}


def runs(when: When, **fields: Any) -> None:
    definition = PlayDefinition(when=when, texts=TEXTS, goal="be there", **fields)
    directing.draft("visit", Prepared("A visit", {}, (), definition), by=TOM, expected=0)
    directing.submit("visit", by=TOM, expected=None)
    directing.approve("visit", 1, by=LEA, expected=None)
    directing.start("visit", by=LEA, expected=None)


def ann(**traits: str) -> None:
    report(FactKind.PROFILE, customer=CustomerHint(handle=ANN, name="Ann", language="zh-Hans"), data={"name": "Ann"})
    consents()
    if traits:
        report(FactKind.TRAIT, data=traits)


def test_days_before_a_date_in_a_trait_she_reads_of_it_in_her_language(bench: Bench) -> None:
    runs(When(trait="visit", days=-7))
    day = (clock.now() + timedelta(days=30)).date().isoformat()
    ann(visit=day)
    bench.run()
    assert only_task(bench).state is TaskState.PLANNED

    bench.tick(at_noon(24))
    bench.run()

    (mail,) = bench.sent
    assert mail["Subject"] == f"预约 {day}"
    assert "Ann，您好" in text_of(mail)
    assert (only_task(bench).play, only_task(bench).edition) == ("visit", 1)


def test_once_its_goal_was_told_she_is_left_alone(bench: Bench) -> None:
    runs(When(trait="visit", days=-7), goal_fact="rating")
    ann(visit=(clock.now() + timedelta(days=30)).date().isoformat())
    report(FactKind.RATING, data={"score": "5", "of": "visit"})
    bench.run()

    bench.tick(at_noon(24))
    bench.run()

    assert not bench.sent
    assert only_task(bench).reason.startswith("not_needed")


def test_a_corrected_text_holds_for_what_has_not_left(bench: Bench) -> None:
    runs(When(trait="visit", days=-7))
    ann(visit=(clock.now() + timedelta(days=30)).date().isoformat())
    bench.run()
    better = PlayDefinition(
        when=When(trait="visit", days=-7),
        texts={"en": Words(subject="We come", body="On {{ date }}.")},
        goal="be there",
    )
    directing.draft("visit", Prepared("A visit", {}, (), better), by=TOM, expected=None)
    directing.submit("visit", by=TOM, expected=None)
    directing.approve("visit", 2, by=LEA, expected=None)

    bench.tick(at_noon(24))
    bench.run()

    assert [mail["Subject"] for mail in bench.sent] == ["We come"]


def test_who_joins_a_segment_is_written_to_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (keys, sweeps, segments):
        monkeypatch.setattr(module, "POPULATION_SHARDS", 2)
    plan = Definition(all=(Condition(about=About.TRAIT, name="plan", one_of=("gold",)),))
    segments.put_segment("gold-plan", "Gold plan", plan, by="Tom", expected=None)
    bench.run()
    runs(When(segment="gold-plan"))
    ann(plan="gold")
    bench.run()
    report(FactKind.TRAIT, data={"plan": "gold"})
    bench.run()

    bench.tick(at_noon(1))
    bench.run()

    assert len(bench.sent) == 1
    assert only_task(bench).why.startswith("joined gold-plan on")
