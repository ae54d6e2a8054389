"""Who may call for us, and who is kept for those who come."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.desk import blending, matching
from chalicelib.model.agent import Agent
from chalicelib.model.load import DeskLoad, Pace, Promise
from chalicelib.model.pilot import PilotPlan
from tests.factories import NOON, make_agent, make_play_record, make_routing

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOBODY_GIVES_UP = Promise(patience_seconds=0)
CALL = make_routing(channel="phone", outbound=True)


def agents(count: int, **fields: Any) -> list[Agent]:
    return [make_agent(id=f"agent {n:03d}", **fields) for n in range(count)]


def taking(agent: Agent, taken: int, seconds: int = 240) -> Agent:
    """She took so many in the five minutes before noon."""
    return replace(agent, pace={"support/live": Pace(since=NOON - 5 * MINUTE, taken=taken, seconds=seconds, done=20)})


def ten_with(idle: int, a_minute: float) -> list[Agent]:
    """Ten agents to whom so many customers came a minute."""
    ten = agents(10)
    ten = [agent if n < idle else replace(agent, held={"c": "chat"}) for n, agent in enumerate(ten)]
    in_all = int(a_minute * 5 * 2)  # two of them in ten minutes, for both windows count
    return [taking(agent, in_all // 10 + (n < in_all % 10)) for n, agent in enumerate(ten)]


def reckoned(there: list[Agent], **more: Any) -> DeskLoad:
    return blending.reckoned(there, more.pop("promise", NOBODY_GIVES_UP), more.pop("groups", {}), NOON)


def test_so_many_are_named_as_are_idle_beyond_those_kept() -> None:
    load = reckoned(ten_with(idle=5, a_minute=0.75))

    support = load.queues["support"]
    assert (support.agents, support.idle, support.an_hour) == (10, 5, 84.0)
    assert support.in_time >= 0.8
    assert len(load.named) == support.idle - support.keep > 0


def test_nobody_is_named_while_no_more_are_idle_than_are_kept() -> None:
    assert reckoned(ten_with(idle=2, a_minute=1.5)).named == ()


def test_nobody_is_named_where_the_promise_is_not_kept_anyway() -> None:
    load = reckoned(ten_with(idle=3, a_minute=3.0))

    assert (load.queues["support"].kept, load.named) == (False, ())


def test_everybody_idle_is_named_while_nobody_comes() -> None:
    assert len(reckoned(agents(4)).named) == 4


def test_who_writes_to_a_customer_is_idle_and_who_talks_to_one_is_not() -> None:
    writes, talks, calls = (make_agent(id=held, held={"1": held}) for held in ("email", "chat", "outbound/phone"))

    assert reckoned([writes, talks, calls]).named == ("email",)


def test_an_agent_of_two_queues_is_half_an_agent_in_each_and_named_if_both_can_spare_her() -> None:
    both = agents(4, queues=("support", "vip"))
    load = reckoned([taking(agent, 0) for agent in both])
    assert (load.queues["support"].agents, load.queues["vip"].agents, len(load.named)) == (2, 2, 4)

    pressed = [replace(agent, pace={"vip/live": Pace(since=NOON - 5 * MINUTE, taken=9)}) for agent in both]
    assert reckoned(pressed).named == ()


def test_a_single_agent_of_three_queues_is_named_while_nobody_comes_and_not_while_somebody_does() -> None:
    alone = make_agent(queues=("support", "vip", "billing"))
    pressed = replace(alone, pace={"vip/live": Pace(since=NOON - 5 * MINUTE, taken=1)})

    assert reckoned([alone]).named == (alone.id,)
    assert reckoned([pressed]).named == ()


def test_who_takes_nobody_that_comes_live_is_kept_for_nobody_beside_her_mail() -> None:
    writer = make_agent(capacity={"email": 5, "outbound": 1})

    assert blending.may_call(writer, reckoned([writer]), NOON)


def test_who_is_there_for_calls_alone_may_always_call_and_is_kept_for_nobody() -> None:
    caller = make_agent(capacity={"outbound": 1})
    load = reckoned([caller])

    assert load.queues == {}
    assert blending.may_call(caller, load, NOON)


def test_an_old_reckoning_allows_no_calls() -> None:
    (agent,) = agents(1)
    load = reckoned([agent])

    assert blending.may_call(agent, load, NOON + MINUTE)
    assert not blending.may_call(agent, load, NOON + 2 * MINUTE)


def test_rising_traffic_is_seen_within_a_minute() -> None:
    later = NOON + MINUTE
    calm = taking(make_agent(), 2)
    rising = replace(calm, pace={"support/live": Pace(since=NOON, taken=6, before=2)})

    rates = [blending.reckoned([each], NOBODY_GIVES_UP, {}, later).queues["support"].an_hour for each in (calm, rising)]

    assert rates == [20.0, 360.0]


def test_what_she_takes_is_counted_and_how_long_it_takes_her_is_remembered() -> None:
    line = make_routing(channel="chat")
    agent = make_agent(held={"c": "chat"})

    agent = blending.took(agent, "support", line, "c", NOON)
    agent = blending.done(agent, "support", line, "c", NOON + 6 * MINUTE)
    agent = blending.took(agent, "support", line, "d", NOON + 6 * MINUTE)
    agent = blending.done(agent, "support", line, "d", NOON + 8 * MINUTE)

    pace = agent.pace["support/live"]
    assert (pace.taken, pace.before, pace.seconds, pace.done) == (1, 1, 240, 2)
    assert agent.began == {}


def test_what_she_never_took_is_not_counted() -> None:
    assert blending.done(make_agent(), "support", CALL, "c", NOON) == make_agent()


def test_chats_at_once_take_less_of_an_agent_each() -> None:
    one, three = (taking(make_agent(held={str(n): "chat" for n in range(chats)}), 2, seconds=300) for chats in (1, 3))

    assert [reckoned([each]).queues["support"].seconds for each in (one, three)] == [300, 100]


def test_hands_are_missing_when_fewer_are_idle_than_are_kept_and_calls_are_out() -> None:
    ten = ten_with(idle=1, a_minute=1.0)
    calling = [*ten[:-1], replace(ten[-1], held={"t": "outbound/phone"})]

    load = reckoned(calling)

    assert blending.missing(load) == {"support": load.queues["support"].keep - 1}
    assert blending.missing(reckoned(ten)) == {}
    assert [agent.id for agent in blending.callers(calling, "support")] == [ten[-1].id]


def test_calls_that_were_only_offered_come_back_before_those_taken() -> None:
    taken, offered = (
        make_agent(id=name, held={"t": "outbound/phone"}, offered=of) for name, of in (("a", ""), ("b", "t"))
    )

    assert [agent.id for agent in blending.callers([taken, offered], "support")] == ["b", "a"]


def test_pilots_with_agents_of_their_own_have_lines_of_their_own() -> None:
    pilot = PilotPlan(id="P", agents=("Bo", "Cy"), started_at=NOON)

    groups = blending.groups_of([make_play_record(pilot=pilot), make_play_record("other")])

    assert groups == {"P": ("Bo", "Cy")}
    assert matching.outbound_lanes(make_agent(), ["P"]) == ("outbound", "outboundg:P")


@pytest.mark.parametrize(
    ("capacity", "held", "able"),
    [
        ({"phone": 1}, {}, True),
        ({"phone": 1}, {"1": "phone"}, False),
        ({"phone": 1}, {"1": "outbound/phone"}, False),
        ({"phone": 1, "outbound": 0}, {}, False),
        ({"outbound": 1}, {}, True),
        ({"outbound": 1}, {"1": "outbound/phone"}, False),
        ({"phone": 2, "outbound": 1}, {"1": "outbound/phone"}, False),
        ({"phone": 1, "total": 1}, {"1": "email"}, False),
    ],
    ids=str,
)
def test_a_call_takes_a_hand_of_the_phone_or_of_its_own(
    capacity: dict[str, int], held: dict[str, str], able: bool
) -> None:
    assert make_agent(capacity=capacity, held=held).takes("phone", outbound=True) is able


def test_who_has_a_call_of_ours_in_hand_has_no_voice_left_for_who_rings() -> None:
    assert not make_agent(capacity={"phone": 1}, held={"1": "outbound/phone"}).takes("phone")


def test_only_a_pilots_agents_fit_however_long_it_waits() -> None:
    line = replace(CALL, only=("Tom",), group="P", relaxed=True)

    assert not matching.fits(make_agent(), line, NOON + 9 * HOUR)
    assert matching.fits(make_agent(id="Tom"), line, NOON)


def test_nobody_is_called_unasked_in_a_language_the_agent_does_not_speak_however_long_it_waits() -> None:
    line = replace(CALL, language="de", language_level=2, relax_at=NOON - HOUR)

    assert not matching.fits(make_agent(languages={"de": 1}), line, NOON + 9 * HOUR)
    assert matching.fits(make_agent(languages={"de": 2}), line, NOON)
