"""The outbox: what a write put into its row is put on its queue."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from chalicelib.gateways import queues as gateway
from chalicelib.insight.reports import drivers
from chalicelib.kernel import messages
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.messages import (
    ConsiderTask,
    Happened,
    MayMakeHerAsk,
    PlanRating,
    SendMail,
    SettleHand,
    SortCustomers,
    TellAskers,
)
from chalicelib.model.event import EventKind
from chalicelib.model.interaction import Delivery, DeliveryState, Direction, Purpose
from chalicelib.model.segment import Directory
from chalicelib.model.webhook import Listener, Listeners
from chalicelib.outreach import playbook
from chalicelib.storage import automation, segments
from chalicelib.storage.rows import Row
from chalicelib.triggers import relay
from tests.factories import NOON, make_article, make_case, make_interaction
from tests.workbench import Context, forget_caches, set_environment

MAIL = messages.to_json(SendMail(customer_id="c", interaction_id="i"))
NOTICE = messages.to_json(SendMail(customer_id="c", interaction_id="i", bulk=True))
SORT = messages.to_json(SortCustomers(customer_ids=("ann",)))
TASK = messages.to_json(ConsiderTask(customer_id="c", task_id="t", as_of="now"))


class RecordingQueues:
    """The twin: keeps what it is given, unless a queue is down."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, list[str]]] = []
        self.down = ""

    def send(self, queue: gateway.Queue, bodies: Sequence[str]) -> None:
        if queue == self.down:
            raise Unavailable(f"queue {queue}: down")
        self.sent.append((queue, list(bodies)))


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> RecordingQueues:
    twin = RecordingQueues()
    monkeypatch.setattr(gateway, "queues", twin)
    return twin


@pytest.fixture(autouse=True)
def listening(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Nobody, until a test says to what."""

    def say(*types: str) -> None:
        found = Listeners(webhooks={"w": Listener(types=types)} if types else {})
        monkeypatch.setattr(automation, "fresh_listeners", lambda: found)

    say()
    return say


@pytest.fixture(autouse=True)
def learnt_by(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """What makes people call: by nobody, until a test says so."""

    def say(everybody: bool) -> None:
        monkeypatch.setattr(drivers, "is_drawn", lambda *_: everybody)

    say(False)
    return say


def image(outbox_id: str | None, *bodies: str) -> dict[str, Any]:
    row: dict[str, Any] = {"pk": {"S": "CASE#1"}, "sk": {"S": "CASE"}}
    if outbox_id:
        row |= {"outbox_id": {"S": outbox_id}, "outbox": {"L": [{"S": body} for body in bodies]}}
    return row


def change(new: dict[str, Any] | None, old: dict[str, Any] | None = None) -> dict[str, Any]:
    """A record of the stream."""
    images = {"NewImage": new, "OldImage": old}
    return {"eventID": "e", "dynamodb": {name: row for name, row in images.items() if row}}


def relayed(*records: dict[str, Any]) -> Any:
    return relay.relay({"Records": list(records)}, Context())


@pytest.mark.parametrize(
    ("record", "fresh"),
    [
        (change(image("w1", MAIL)), [MAIL]),
        (change(image("w1", MAIL, TASK)), [MAIL, TASK]),
        (change(image("w2", TASK), image("w1", MAIL)), [TASK]),
        (change(image("w2", MAIL), image("w1", MAIL)), [MAIL]),
        (change(image("w1", MAIL), image("w1", MAIL)), []),
        (change(image(None), image("w1", MAIL)), []),
        (change(image(None)), []),
        (change(None, image("w1", MAIL)), []),
        ({"eventID": "e"}, []),
    ],
)
def test_what_this_write_put_in_is_relayed_and_nothing_older(record: dict[str, Any], fresh: list[str]) -> None:
    assert relay.fresh_outbox(record) == fresh


def test_each_message_goes_on_its_lane(queues: RecordingQueues) -> None:
    relayed(change(image("w1", MAIL, TASK)), change(image("w2", NOTICE)))

    assert queues.sent == [("follow_ups", [MAIL]), ("outreach", [TASK, NOTICE])]


@pytest.mark.parametrize("body", ["", "{}", '{"type":"Unheard"}'])
def test_what_cannot_be_read_is_put_aside_and_the_rest_goes_on(queues: RecordingQueues, body: str) -> None:
    answer = relayed(change(image("w1", body)), change(image("w2", MAIL)))

    assert answer == {"batchItemFailures": []}
    assert queues.sent == [("relay_dead_letters", [body]), ("follow_ups", [MAIL])]


def test_a_queue_that_does_not_answer_fails_the_batch_which_comes_again(queues: RecordingQueues) -> None:
    queues.down = "outreach"

    with pytest.raises(Unavailable):
        relayed(change(image("w1", MAIL)), change(image("w2", TASK)))


# Segments


def person(**fields: Any) -> dict[str, Any]:
    return {"kind": {"S": "customer"}, "id": {"S": "ann"}, **fields}


def bought(last: str) -> dict[str, Any]:
    return {"value": {"M": {"last": {"S": last}, "service": {"N": last[-1]}}}}


@pytest.fixture
def speaks_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def say(*attributes: str) -> None:
        found = Directory(editions={"s": 1} if attributes else {}, speaks_of=attributes)
        monkeypatch.setattr(segments, "directory", lambda: found)

    return say


@pytest.mark.parametrize(
    ("new", "old", "about", "asked"),
    [
        (person(language={"S": "en"}), person(language={"S": "de"}), "language", 1),
        (person(language={"S": "en"}), person(), "language", 1),
        (person(language={"S": "en"}), person(language={"S": "en"}), "language", 0),
        (person(name={"S": "Ann"}), person(), "language", 0),
        (person(**bought("2026-11-2")), person(**bought("2026-11-1")), "value.last", 1),
        (person(**bought("2026-11-1")), person(), "value.last", 1),
        (person(**bought("2026-11-2")), person(**bought("2026-11-1")), "value.first", 0),
        (person(merged_into={"S": "bea"}), person(), "language", 1),
        (person(), None, "language", 1),
        (None, person(), "language", 1),
        ({**person(), "kind": {"S": "case"}}, None, "language", 0),
    ],
)
def test_who_changed_in_what_segments_speak_of_is_to_be_sorted(
    queues: RecordingQueues, speaks_of: Callable[..., None], new: Any, old: Any, about: str, asked: int
) -> None:
    speaks_of(about)

    relayed(change(new, old))

    assert queues.sent == [("background", [SORT])] * asked


def test_without_segments_nobody_is(queues: RecordingQueues, speaks_of: Callable[..., None]) -> None:
    speaks_of()

    relayed(change(person()))

    assert queues.sent == []


def test_who_changed_several_times_is_asked_for_once_and_many_together(
    queues: RecordingQueues, speaks_of: Callable[..., None]
) -> None:
    speaks_of("language")
    crowd = [change({**person(), "id": {"S": f"c{n:02d}"}}) for n in range(30)]

    relayed(*crowd, *crowd)

    ((_, bodies),) = queues.sent
    asked = [messages.from_json(body) for body in bodies]
    assert [len(m.customer_ids) for m in asked if isinstance(m, SortCustomers)] == [25, 5]


def test_when_the_table_does_not_say_everybody_who_changed_is(
    queues: RecordingQueues, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> Directory:
        raise Unavailable("the table cannot be read")

    monkeypatch.setattr(segments, "directory", away)

    relayed(change(person(name={"S": "Ann"}), person()))

    assert queues.sent == [("background", [SORT])]


def test_what_cannot_be_asked_delays_no_message_and_waits_in_the_dead_letters(
    queues: RecordingQueues, speaks_of: Callable[..., None]
) -> None:
    speaks_of("language")
    queues.down = "background"

    answer = relayed(change(person() | image("w1", MAIL)))

    assert answer == {"batchItemFailures": []}
    assert queues.sent == [("follow_ups", [MAIL]), ("relay_dead_letters", [SORT])]


def test_writes_without_messages_ask_no_queue(queues: RecordingQueues) -> None:
    relayed(change(image(None)), change(None, image("w1", MAIL)))

    assert queues.sent == []


# ── Solved cases ────────────────────────────────────────────────────────────────────────────────────────


def a_case(status: str, tier: str = "gold") -> dict[str, Any]:
    return {"kind": {"S": "case"}, "id": {"S": "7k3m9qxt2b4c"}, "status": {"S": status}, "tier": {"S": tier}}


@pytest.fixture
def golden_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATINGS", '{"share": {"gold": 1}}')
    forget_caches()


@pytest.mark.parametrize(
    ("new", "old", "planned"),
    [
        (a_case("solved"), a_case("new"), 1),
        (a_case("closed"), a_case("waiting_on_customer"), 1),
        (a_case("solved"), None, 1),
        (a_case("solved"), a_case("solved"), 0),
        (a_case("closed"), a_case("solved"), 0),
        (a_case("open"), a_case("solved"), 0),
        (a_case("solved", tier="standard"), a_case("new"), 0),
        (None, a_case("solved"), 0),
    ],
)
def test_a_solved_case_of_the_sample_is_planned_to_be_asked_about_however_it_was_solved(
    golden_sample: None, new: dict[str, Any] | None, old: dict[str, Any] | None, planned: int
) -> None:
    found = relay.ratings_to_plan([change(new, old)])

    assert [messages.from_json(body) for body in found] == [PlanRating(case_id="7k3m9qxt2b4c")] * planned


def test_where_nobody_is_asked_nothing_is_planned() -> None:
    assert relay.ratings_to_plan([change(a_case("solved"), a_case("new"))]) == []


# Events


def stored(thing: Any, version: int = 1, caused_by: str = "") -> dict[str, Any]:
    """A row as the stream shows it."""
    row = Row.of(thing)
    row.version = version
    row.caused_by = caused_by or None
    return row.serialize()


def opened(**more: Any) -> dict[str, Any]:
    return change(stored(make_case(promise=None), **more))


def told(queues: RecordingQueues) -> list[Any]:
    """The events that were handed on, in their messages."""
    bodies = [body for queue, sent in queues.sent if queue == "events" for body in sent]
    return [[json.loads(event) for event in json.loads(body)["events"]] for body in bodies]


def test_what_somebody_listens_to_is_handed_on_behind_all_messages(
    queues: RecordingQueues, listening: Callable[..., None]
) -> None:
    listening("case.*")

    relayed(opened(), change(image("w1", MAIL)))

    assert [queue for queue, _ in queues.sent] == ["follow_ups", "events"]
    (((event),),) = told(queues)
    assert (event["type"], event["sequence"], event["chain"]) == ("case.opened", 1, [])


def test_what_nobody_listens_to_is_not(queues: RecordingQueues, listening: Callable[..., None]) -> None:
    listening("customer.*")

    relayed(opened())

    assert queues.sent == []


def test_what_a_rule_wrote_says_so_until_the_next_write(
    queues: RecordingQueues, listening: Callable[..., None]
) -> None:
    listening("case.opened")

    relayed(opened(caused_by="one,two"))

    ((event,),) = told(queues)
    assert (event["cause"], event["chain"]) == ("rule:two", ["one", "two"])


def test_ten_events_travel_together(queues: RecordingQueues, listening: Callable[..., None]) -> None:
    listening("article.*")

    relayed(*(change(stored(make_article(f"a{n}"))) for n in range(25)))

    assert [len(batch) for batch in told(queues)] == [10, 10, 5]


def test_with_the_bus_on_everything_is_handed_on(queues: RecordingQueues, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, events="on")

    relayed(opened())

    assert [[event["type"] for event in batch] for batch in told(queues)] == [["case.opened"]]


def test_events_that_no_queue_takes_delay_no_message(queues: RecordingQueues, listening: Callable[..., None]) -> None:
    listening("case.*")
    queues.down = "events"

    answer = relayed(change({**stored(make_case(promise=None)), **image("w1", MAIL)}))

    assert answer == {"batchItemFailures": []}
    assert [queue for queue, _ in queues.sent] == ["follow_ups", "relay_dead_letters"]


def test_a_row_that_cannot_be_read_holds_up_no_other(queues: RecordingQueues, listening: Callable[..., None]) -> None:
    listening("*")

    relayed(change({**image(None), "kind": {"S": "case"}}), opened())

    assert [[event["type"] for event in batch] for batch in told(queues)] == [["case.opened"]]


def test_when_the_table_does_not_say_who_listens_everything_is_handed_on(
    queues: RecordingQueues, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> Listeners:
        raise Unavailable("the table cannot be read")

    monkeypatch.setattr(automation, "fresh_listeners", away)

    relayed(opened())

    assert len(told(queues)) == 1


# Hands


def test_a_change_that_cannot_be_read_holds_up_nothing() -> None:
    broken = {"kind": {"S": "task"}, "id": {"S": "w"}, "state": {"S": "taken"}, "assigned_to": {"S": "bo"}}
    whole = in_hand(taken="bo")

    lanes = relay.seen([{"dynamodb": {"NewImage": broken}}, {"dynamodb": {"NewImage": whole}}])

    assert len(lanes["follow_ups"]) == 1


def in_hand(status: str = "open", *, taken: str = "", offered: str = "", kind: str = "case") -> dict[str, Any]:
    """A case, or a task, as the stream shows it."""
    state = {"state" if kind == "task" else "status": {"S": status}}
    offer = {"M": {"agent_id": {"S": offered}}} if offered else {"NULL": True}
    row: dict[str, Any] = {"kind": {"S": kind}, "id": {"S": "w"}, "customer_id": {"S": "c"}, **state}
    row["routing"] = {"M": {"offer": offer}}
    return row | ({"assigned_to": {"S": taken}} if taken else {})


ASLEEP = in_hand(taken="bo") | {"snoozed_at": {"S": "2026-11-20T12:00:00Z"}}


@pytest.mark.parametrize(
    ("before", "after", "concerned"),
    [
        (in_hand(), in_hand(offered="bo"), []),  # her row was written with it
        (in_hand(offered="bo"), in_hand(taken="bo"), []),
        (in_hand(offered="bo"), in_hand(), ["bo"]),
        (in_hand(taken="bo"), in_hand("waiting_on_customer"), ["bo"]),
        (in_hand(taken="bo"), in_hand("solved", taken="bo"), ["bo"]),
        (in_hand("solved", taken="bo"), in_hand(taken="bo"), ["bo"]),
        (in_hand(taken="bo"), in_hand(taken="cy"), ["bo", "cy"]),
        (in_hand(taken="bo"), None, ["bo"]),
        (in_hand(taken="bo"), ASLEEP, ["bo"]),
        (ASLEEP, in_hand(taken="bo"), ["bo"]),
        (in_hand(), in_hand("solved"), []),
    ],
)
def test_agents_whose_hand_a_write_changed_are_counted_anew(
    queues: RecordingQueues, before: dict[str, Any], after: dict[str, Any] | None, concerned: list[str]
) -> None:
    relayed(change(after, before))

    asked = [messages.from_json(body) for _, bodies in queues.sent for body in bodies]
    assert asked == [SettleHand(agent_id=agent, work_id="w") for agent in concerned]


def test_a_task_is_named_with_its_customer(queues: RecordingQueues) -> None:
    relayed(change(in_hand("done", kind="task"), in_hand("taken", taken="bo", kind="task")))

    ((_, (body,)),) = queues.sent
    assert messages.from_json(body) == SettleHand(agent_id="bo", work_id="task:c:w")


# What plays wait for


def a_row(kind: str, customer: str = "c", **attributes: str) -> dict[str, Any]:
    row = {"kind": kind, "customer_id": customer, "id": "01E", **attributes}
    return {name: {"S": value} for name, value in row.items()}


HAPPENED = messages.to_json(Happened(customer_id="c", entry_id="01E"))
SOLVED = a_row("event", what="case_solved")
RANG = a_row("interaction", channel="phone", direction="in")
ANSWERED = {"kind": {"S": "gap"}, "id": {"S": "01G"}, "state": {"S": "answered"}}


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def say(*what: EventKind) -> None:
        monkeypatch.setattr(playbook, "wanted", lambda: frozenset(what))

    return say


@pytest.mark.parametrize(
    ("record", "what"),
    [
        (change(SOLVED), EventKind.CASE_SOLVED),
        (change(RANG), EventKind.CALLED),
        (change(a_row("event", what="promise_at_risk")), EventKind.PROMISE_AT_RISK),
    ],
)
def test_what_a_running_play_waits_for_is_handed_on_and_else_nothing(
    record: dict[str, Any], what: EventKind, queues: RecordingQueues, waiting: Callable[..., None]
) -> None:
    waiting(what)
    relayed(record)
    waiting(EventKind.MERGED)
    relayed(record)

    assert queues.sent == [("outreach", [HAPPENED])]


@pytest.mark.parametrize(
    "record",
    [
        change(SOLVED, SOLVED),
        change(None, SOLVED),
        change(a_row("event", what="tier_will_change")),
        change(a_row("interaction", channel="phone", direction="out")),
        change(a_row("interaction", channel="email", direction="in")),
        change(ANSWERED, ANSWERED),
    ],
)
def test_what_is_not_new_or_told_otherwise_is_not_handed_on(
    record: dict[str, Any], queues: RecordingQueues, waiting: Callable[..., None]
) -> None:
    waiting(*EventKind)
    relayed(record)

    assert queues.sent == []


def test_a_gap_that_is_answered_has_its_askers_told(queues: RecordingQueues, waiting: Callable[..., None]) -> None:
    waiting(EventKind.QUESTION_ANSWERED)

    relayed(change(ANSWERED, {**ANSWERED, "state": {"S": "drafted"}}))

    assert queues.sent == [("background", [messages.to_json(TellAskers(gap_id="01G"))])]


def test_when_nobody_can_say_what_plays_wait_for_all_is_handed_on(
    queues: RecordingQueues, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down() -> frozenset[EventKind]:
        raise Unavailable("the table: down")

    monkeypatch.setattr(playbook, "wanted", down)

    relayed(change(SOLVED))

    assert queues.sent == [("outreach", [HAPPENED])]


def test_what_plays_wait_for_is_kept_aside_while_its_queue_is_down(
    queues: RecordingQueues, waiting: Callable[..., None]
) -> None:
    waiting(EventKind.CASE_SOLVED)
    queues.down = "outreach"

    relayed(change(SOLVED))

    assert queues.sent == [("relay_dead_letters", [HAPPENED])]


def test_a_write_nobody_can_read_keeps_no_play_from_hearing_of_the_others(
    queues: RecordingQueues, waiting: Callable[..., None]
) -> None:
    waiting(EventKind.CASE_SOLVED)

    relayed(change({"kind": {"S": "event"}, "customer_id": {"S": "c"}}), change(SOLVED))

    assert ("outreach", [HAPPENED]) in queues.sent


def test_a_case_whose_topic_is_known_since_this_write_tells_what_made_somebody_ask() -> None:
    topic = {"topic": {"S": "billing"}}
    without = {"kind": {"S": "case"}, "id": {"S": "C"}}

    def told(new: dict[str, Any], old: dict[str, Any]) -> list[str]:
        return relay.topics_known({"dynamodb": {"NewImage": new, "OldImage": old}})

    assert [len(told({**without, **topic}, old)) for old in ({}, without, {**without, **topic})] == [1, 1, 0]
    assert told(without, {}) == []


def a_notice(state: DeliveryState) -> dict[str, Any]:
    way = Delivery(to="ann@example.com", state=state, since=NOON)
    made = make_interaction(direction=Direction.OUT, purpose=Purpose.NOTICE, delivery=way)
    return Row.of(made).serialize()


QUEUED, SENT, DELIVERED = map(a_notice, (DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.DELIVERED))


@pytest.mark.parametrize(
    ("new", "old", "told"),
    [
        (SOLVED, None, 1),
        (SOLVED, SOLVED, 0),
        (a_row("event", what="merged"), None, 0),
        (QUEUED, None, 0),
        (SENT, QUEUED, 1),
        (DELIVERED, SENT, 0),
    ],
    ids=["an event", "not new", "no reason", "a notice on its way", "one that left", "one that left before"],
)
def test_what_may_make_somebody_ask_is_counted_when_it_happens(
    new: dict[str, Any],
    old: dict[str, Any] | None,
    told: int,
    queues: RecordingQueues,
    waiting: Callable[..., None],
    learnt_by: Callable[[bool], None],
) -> None:
    waiting()
    learnt_by(True)

    relayed(change(new, old))

    asked = [messages.from_json(body) for _, bodies in queues.sent for body in bodies]
    assert asked == [MayMakeHerAsk(customer_id=new["customer_id"]["S"], entry_id=new["id"]["S"])] * told


def test_what_may_make_somebody_ask_holds_up_nothing_while_its_queue_is_down(
    queues: RecordingQueues, waiting: Callable[..., None], learnt_by: Callable[[bool], None]
) -> None:
    waiting()
    learnt_by(True)
    queues.down = "outreach"

    assert relayed(change(SOLVED)) == {"batchItemFailures": []}
