"""What a committed write tells: as it was and as it is, and nothing of what people wrote."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.automation import data, events
from chalicelib.automation.events.cases import of_case
from chalicelib.automation.events.customers import of_erasure
from chalicelib.automation.events.describing import example_of, schema_of
from chalicelib.automation.events.kinds import SILENT
from chalicelib.automation.events.outreach import of_brake
from chalicelib.automation.events.recovery import of_rating
from chalicelib.automation.events.timeline import NEWS, SILENT_NEWS
from chalicelib.model.article import ArticleState
from chalicelib.model.brake import Brake
from chalicelib.model.case import CaseStatus, PromiseKind, PromiseState
from chalicelib.model.customer import HandleOwner
from chalicelib.model.domain_event import RowChange
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import DeliveryState
from chalicelib.model.merge import Merge
from chalicelib.model.privacy import Erasure
from chalicelib.model.rating import Rating, RatingState, Vote
from chalicelib.model.recovery import Cause, Caused, Recovery, RecoveryState
from chalicelib.model.segment import Member
from chalicelib.model.task import TaskState
from chalicelib.model.tier import Standing
from chalicelib.storage.rows import KINDS, Row
from tests.automation.things import make_event, make_webhook
from tests.factories import (
    ANN,
    ANNS_ID,
    NOON,
    make_article,
    make_case,
    make_customer,
    make_fact,
    make_interaction,
    make_outbound,
    make_promise,
    make_task,
)  # fmt: skip

CASE = make_case()
LATER = NOON + timedelta(hours=1)


def told(kind: str, old: Any, new: Any) -> list[str]:
    return [each.name for each in events.OF_KIND[kind](old, new)]


# ── The registry ──────────────────────────────────────────────────────────────────────────────────


def test_every_kind_of_row_tells_something_or_says_why_not() -> None:
    kinds = {str(Row.kind.get_discriminator(kind)) for kind in KINDS}

    assert {*events.OF_KIND, *SILENT} == kinds
    assert not events.OF_KIND.keys() & SILENT.keys()
    assert all(SILENT.values())


def test_every_entry_of_the_timeline_tells_something_or_says_why_not() -> None:
    assert {*NEWS, *SILENT_NEWS} == set(EventKind)
    assert not NEWS.keys() & SILENT_NEWS.keys()


def test_what_entries_are_silent_for_exists() -> None:
    named = {why.partition(",")[0] for why in SILENT_NEWS.values()}

    assert all(any(events.wanted(event.name, [name]) for event in events.EVENTS) for name in named)


@pytest.mark.parametrize("event", events.EVENTS, ids=lambda event: event.name)
def test_the_example_of_every_event_fits_its_schema(event: events.EventType) -> None:
    import json

    example = json.loads(events.to_json(example_of(event)))

    Draft202012Validator.check_schema(schema_of(event))
    Draft202012Validator(schema_of(event)).validate(example)


def test_no_event_is_told_that_is_not_declared() -> None:
    import re

    sources = [path.read_text() for path in Path(events.__file__).parent.glob("*.py")]
    spoken = {name for source in sources for name in re.findall(r'"([a-z_]+\.[a-z_]+)"', source)}

    assert spoken <= {*events.BY_NAME, "liana.stage"}


# ── The envelope ──────────────────────────────────────────────────────────────────────────────────


def test_the_same_write_tells_the_same_again() -> None:
    change = RowChange(kind="case", key="CASE#1/CASE", at=NOON, version=2, old=None, new=CASE)

    assert events.events_of(change, "prod") == events.events_of(change, "prod")


def test_no_two_events_have_one_id() -> None:
    writes = [RowChange(kind="case", key="k", at=NOON, version=v, old=None, new=CASE) for v in (1, 2)]
    found = [event.id for write in writes for event in events.events_of(write, "prod")]

    assert len(found) == len(set(found)) == 4


def test_an_event_says_what_it_is_about_and_where_it_stands_in_its_row() -> None:
    change = RowChange(kind="case", key="k", at=NOON, version=7, old=None, new=CASE, chain=("a", "b"))

    event = events.events_of(change, "prod")[0]

    assert (event.type, event.subject.customer_id, event.subject.case_id) == ("case.opened", ANNS_ID, CASE.id)
    assert (event.sequence, event.stage, event.cause, event.chain) == (7, "prod", "rule:b", ("a", "b"))


def test_an_event_survives_the_journey() -> None:
    event = make_event()

    assert events.from_json(events.to_json(event)) == event


def test_nothing_of_what_people_wrote_is_told_and_no_address() -> None:
    mail = make_interaction(sender="email:ann@example.org", author="Tom Jones", subject="My secret", preview="My words")
    rows: list[tuple[str, Any]] = [
        ("interaction", mail),
        ("interaction", replace(make_outbound(), author="Tom Jones")),
        ("case", replace(CASE, subject="My secret", attention="Tom Jones")),
        ("customer", make_customer(name="Ann Archer", traits={"hobby": "tents"})),
        ("handle", HandleOwner(handle=ANN, customer_id=ANNS_ID)),
        ("task", make_task()),
        ("fact", make_fact()),
    ]

    for kind, row in rows:
        change = RowChange(kind=kind, key="k", at=NOON, version=1, old=None, new=row)
        for event in events.events_of(change, "prod"):
            text = events.to_json(event)
            for private in ("ann@", "Ann Archer", "My secret", "My words", "Tom Jones", "tents", "4242"):
                assert private not in text


@pytest.mark.parametrize(
    ("pattern", "name", "meant"),
    [
        ("case.opened", "case.opened", True),
        ("case.*", "case.opened", True),
        ("*", "case.opened", True),
        ("case.*", "customer.created", False),
        ("case.open", "case.opened", False),
    ],
)
def test_patterns_name_events(pattern: str, name: str, meant: bool) -> None:
    assert events.wanted(name, [pattern]) is meant


# ── Cases and promises ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ({}, {}, []),
        ({}, {"topic": "billing"}, ["case.changed"]),
        ({}, {"status": CaseStatus.WAITING}, ["case.waiting"]),
        ({"status": CaseStatus.WAITING}, {"status": CaseStatus.OPEN}, ["case.answer_due"]),
        ({}, {"status": CaseStatus.SOLVED}, ["case.solved"]),
        ({"status": CaseStatus.SOLVED}, {"status": CaseStatus.OPEN}, ["case.reopened"]),
        ({"status": CaseStatus.SOLVED}, {"status": CaseStatus.WAITING}, ["case.reopened", "case.waiting"]),
        ({}, {"merged_into": "another", "status": CaseStatus.SOLVED}, ["case.merged", "case.solved"]),
        ({"merged_into": "another"}, {"merged_into": ""}, ["case.unmerged"]),
        ({}, {"status": CaseStatus.CLOSED}, ["case.closed"]),
        ({"status": CaseStatus.SOLVED}, {"status": CaseStatus.CLOSED}, ["case.closed"]),
        ({}, {"status": CaseStatus.WAITING_ON_US}, ["case.asked_elsewhere"]),
        ({}, {"snoozed_at": NOON, "snoozed_until": LATER}, ["case.snoozed", "case.changed"]),
        ({"snoozed_at": NOON}, {"snoozed_at": None}, ["case.woken"]),
        ({}, {"updated_at": LATER, "heard": ()}, []),
    ],
)
def test_what_became_of_a_case_is_told(before: dict[str, Any], after: dict[str, Any], names: list[str]) -> None:
    old = replace(CASE, promise=None, **before)

    assert told("case", old, replace(old, **after)) == names


def test_a_new_case_tells_of_its_promises() -> None:
    solution = make_promise(kind=PromiseKind.SOLUTION)

    assert told("case", None, replace(CASE, solution=solution)) == ["case.opened", "promise.made", "promise.made"]


def test_a_case_that_changed_says_what() -> None:
    (event,) = of_case(CASE, replace(CASE, topic="billing", priority=2))

    assert isinstance(event.data, data.CaseData)
    assert event.data.changed == ("topic", "priority")


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ({}, {"state": PromiseState.AT_RISK}, ["promise.at_risk"]),
        ({}, {"state": PromiseState.BROKEN}, ["promise.broken"]),
        ({}, {"state": PromiseState.KEPT, "kept_at": NOON}, ["promise.kept"]),
        ({"state": PromiseState.BROKEN}, {"kept_at": NOON}, ["promise.kept"]),
        ({}, {"state": PromiseState.BROKEN, "kept_at": NOON}, ["promise.broken", "promise.kept"]),
        ({}, {"due_at": LATER}, ["promise.moved"]),
        ({}, {"paused_at": NOON}, []),
    ],
)
def test_what_became_of_a_promise_is_told(before: dict[str, Any], after: dict[str, Any], names: list[str]) -> None:
    old = make_promise(**before)
    cases = [replace(CASE, promise=promise) for promise in (old, replace(old, **after))]

    assert told("case", *cases) == names


def test_a_promise_that_only_changed_its_place_is_no_news() -> None:
    first, following = make_promise(state=PromiseState.KEPT), make_promise(made_at=NOON, kind=PromiseKind.NEXT_ANSWER)

    after = replace(CASE, promise=following, first_answer=first)

    assert told("case", replace(CASE, promise=first), after) == ["promise.made"]


# ── Everything else ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("was", "state", "names"),
    [
        (None, DeliveryState.QUEUED, ["interaction.queued"]),
        (DeliveryState.QUEUED, DeliveryState.CLAIMED, []),
        (DeliveryState.CLAIMED, DeliveryState.QUEUED, []),
        (DeliveryState.CLAIMED, DeliveryState.SENT, ["interaction.sent"]),
        (DeliveryState.SENT, DeliveryState.BOUNCED, ["interaction.bounced"]),
        (DeliveryState.SENT, DeliveryState.SENT, []),
    ],
)
def test_the_way_of_a_mail_is_told(was: DeliveryState | None, state: DeliveryState, names: list[str]) -> None:
    assert told("interaction", make_outbound(was) if was else None, make_outbound(state)) == names


def test_a_contact_is_told_once_and_one_in_quarantine_is_nobodys() -> None:
    mail, aside = make_interaction(), make_interaction(customer_id="")

    assert told("interaction", None, mail) == ["interaction.received"]
    assert told("interaction", mail, replace(mail, locked="")) == []
    assert told("interaction", None, aside) == ["interaction.quarantined"]
    assert told("interaction", aside, replace(aside, released_to="c")) == ["interaction.released"]
    assert told("interaction", mail, None) == []


def test_a_customer_and_what_becomes_of_her_are_told() -> None:
    ann = make_customer()
    gold = replace(ann, standing=Standing(tier="gold", since=NOON))

    assert told("customer", None, ann) == ["customer.created"]
    assert told("customer", ann, gold) == ["customer.tier_changed"]
    assert told("customer", ann, replace(ann, team="north", language="de")) == [
        "customer.team_changed", "customer.changed",
    ]  # fmt: skip
    assert told("customer", ann, replace(ann, open_cases={"c": ""})) == []


def test_merges_and_their_undoing_are_told() -> None:
    merge = Merge(id="m", at=NOON, by="Tom", reason="", survivor=make_customer(), absorbed=make_customer(id="B"))
    undone = replace(merge, undone_at=NOON)

    assert told("merge", None, merge) == ["customer.merged"]
    assert told("merge", merge, undone) == ["customer.unmerged"]
    assert told("merge", undone, undone) == []


def test_who_was_forgotten_is_told_with_all_ids_she_was_known_by() -> None:
    asked = Erasure(id="e", at=NOON, by="x", author="", reason="", updated_at=NOON, customer_id="A", records=("A", "B"))

    (event,) = of_erasure(asked, replace(asked, forgotten_at=NOON, customer_id="", records=()))

    assert (event.name, event.customer_id) == ("customer.erased", "A")
    assert isinstance(event.data, data.ErasureData)
    assert event.data.records == ("A", "B")


def test_handles_facts_members_and_articles_are_told() -> None:
    owned = HandleOwner(handle=ANN, customer_id="A")
    member = Member(segment_id="vips", customer_id="A", since=NOON)
    fact, article = make_fact(), make_article()

    assert told("handle", owned, replace(owned, customer_id="B")) == ["handle.moved"]
    assert told("handle", owned, None) == ["handle.removed"]
    assert told("fact", None, fact) == ["fact.recorded"]
    assert told("fact", fact, replace(fact, corrected_by="c")) == ["fact.corrected"]
    assert told("member", None, member) == ["segment.joined"]
    assert told("member", member, None) == ["segment.left"]
    assert told("article", article, replace(article, used=2)) == []


@pytest.mark.parametrize(
    ("was", "state", "names"),
    [
        (None, TaskState.PLANNED, ["task.planned"]),
        (TaskState.PLANNED, TaskState.PASSED_OVER, ["task.passed_over"]),
        (TaskState.PLANNED, TaskState.QUEUED, ["task.queued"]),
        (TaskState.QUEUED, TaskState.PLANNED, ["task.postponed"]),
        (TaskState.SENT, TaskState.DELIVERED, ["task.delivered"]),
        (TaskState.SENT, TaskState.SENT, []),
    ],
)
def test_the_way_of_a_task_is_told(was: TaskState | None, state: TaskState, names: list[str]) -> None:
    assert told("task", make_task(was) if was else None, make_task(state)) == names


def test_the_timeline_tells_what_no_other_row_does() -> None:
    revoked = Event(id="e", customer_id="A", what=EventKind.PARTICIPANT_REVOKED, at=NOON, detail={"address": "a@b"})

    assert told("event", None, revoked) == ["participant.revoked"]
    assert told("event", None, replace(revoked, what=EventKind.CASE_SOLVED)) == []


def test_a_webhook_that_was_switched_off_by_itself_is_told() -> None:
    on, off = make_webhook(), make_webhook(active=False, off_because="gone")

    assert told("webhook", on, off) == ["webhook.switched_off"]
    assert told("webhook", on, make_webhook(active=False)) == []


def test_what_becomes_of_a_recovery_is_told() -> None:
    caused = Caused(cause=Cause.ANGRY, at=NOON)
    one = Recovery(id="r", customer_id="A", opened_at=NOON, tier="gold", causes=(caused,), follow_until=LATER)
    worse = replace(one, causes=(caused, Caused(cause=Cause.LEAVING, at=NOON)))

    assert told("recovery", None, one) == ["recovery.opened"]
    assert told("recovery", one, worse) == ["recovery.worsened"]
    assert told("recovery", one, replace(one, answered_at=NOON)) == ["recovery.answered"]
    assert told("recovery", one, replace(one, state=RecoveryState.LOST)) == ["recovery.lost"]
    assert told("recovery", one, replace(one, follow_until=NOON)) == []


def test_what_becomes_of_a_rating_is_told_and_not_what_she_wrote() -> None:
    asked = Rating(
        id="r", customer_id="A", case_id="c", solved_at=NOON, due_at=NOON, tier="gold", channel="email",
        state=RatingState.ASKED, updated_at=NOON,
    )  # fmt: skip
    vote = Vote(at=NOON, score=2, comment="You are slow")
    voted = replace(asked, state=RatingState.ANSWERED, score=2, comment="You are slow", votes=(vote,))
    anew = replace(voted, score=5, votes=(vote, replace(vote, score=5)))

    assert told("rating", None, asked) == ["rating.asked"]
    assert told("rating", asked, voted) == told("rating", voted, anew) == ["rating.answered"]
    assert "slow" not in str(of_rating(asked, voted))


@pytest.mark.parametrize("state", TaskState)
def test_every_state_of_a_task_is_an_event(state: TaskState) -> None:
    assert f"task.{state.value}" in events.BY_NAME


@pytest.mark.parametrize("state", DeliveryState)
def test_every_state_of_a_mail_is_an_event_but_that_somebody_is_about_it(state: DeliveryState) -> None:
    assert (f"interaction.{state.value}" in events.BY_NAME) is not (state is DeliveryState.CLAIMED)


def test_who_has_a_case_is_told() -> None:
    queued = replace(CASE, queue="support")

    assert told("case", CASE, queued) == ["case.queued"]
    assert told("case", queued, replace(queued, assigned_to="Bo")) == ["case.assigned"]


def test_the_life_of_an_article_is_told() -> None:
    draft = make_article(state=ArticleState.DRAFT, version=None)
    waits, published = replace(draft, state=ArticleState.IN_REVIEW), replace(draft, state=ArticleState.PUBLISHED)
    published = replace(published, published_edition=1)
    edited = replace(published, state=ArticleState.DRAFT, published=published.texts, edition=2)
    timed = replace(edited, state=ArticleState.SCHEDULED, publish_at=NOON)
    retired = replace(edited, state=ArticleState.RETIRED, published={})

    assert told("article", None, draft) == ["article.drafted"]
    assert told("article", draft, waits) == ["article.submitted"]
    assert told("article", waits, draft) == ["article.sent_back"]
    assert told("article", waits, published) == ["article.published"]
    assert told("article", None, published) == ["article.published"]
    assert told("article", published, edited) == ["article.drafted"]
    assert told("article", edited, timed) == ["article.scheduled"]
    assert told("article", timed, edited) == []
    assert told("article", edited, replace(edited, state=ArticleState.PUBLISHED, published={}, edition=3)) == []
    assert told("article", edited, retired) == ["article.retired"]
    assert told("article", replace(retired, state=ArticleState.DRAFT), published) == ["article.published"]
    assert told("article", published, replace(published, stale=True)) == ["article.review_due"]
    assert told("article", published, replace(published, topic="billing")) == []


def test_of_a_renamed_article_only_the_name_is_told() -> None:
    old = make_article("old")
    new, left = replace(old, id="new", former=("old",)), make_article("old", texts={}, moved_to="new")

    assert told("article", old, left) == ["article.renamed"]
    assert told("article", None, new) == []
    assert told("article", left, replace(left, moved_to="newest")) == []
    assert told("article", left, replace(new, id="old", former=("new",))) == []
    assert told("article", left, make_article("old", state=ArticleState.DRAFT)) == ["article.drafted"]


def test_the_brake_tells_that_it_was_pulled_and_by_whom_it_was_released() -> None:
    pulled = Brake(pulled=True, why="30 of 5000 notices were complained of", at=NOON)
    freed = replace(pulled, pulled=False, by="Lea", released_because="its play is stopped")

    (stopped,) = of_brake(None, pulled)
    (released,) = of_brake(pulled, freed)

    assert (stopped.name, released.name) == ("outreach.stopped", "outreach.released")
    assert (released.data.by, released.data.why) == ("Lea", "its play is stopped")
    assert not of_brake(pulled, replace(pulled, forgiven={"2026-11-20/sent": 1}))
