"""Which of the waiting work is an agent's next, and that nobody waits for ever."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.desk import matching
from chalicelib.desk.matching import Standing
from chalicelib.model.agent import Agent
from chalicelib.model.work import Handling, Offer, Refusal, Routing
from tests.factories import BO_ID, NOON, make_agent, make_routing

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def standing(waiting: dict[str, Routing]) -> dict[str, Standing]:
    return {name: Standing(line, line.order_at) for name, line in waiting.items()}


BILLING = make_agent(skills={"billing": 3}, languages={"de": 2})


@pytest.mark.parametrize(
    ("line", "fits"),
    [
        ({}, True),
        ({"needs": {"billing": 3}}, True),
        ({"needs": {"billing": 4}}, False),
        ({"needs": {"billing": 1, "law": 1}}, False),
        ({"language": "de-AT", "language_level": 2}, True),
        ({"language": "de", "language_level": 3}, False),
        ({"language": "zh-Hans", "language_level": 1}, False),
        ({"language": "zh-Hans"}, True),
        ({"kept_for": "Tom"}, False),
        ({"kept_for": BO_ID, "needs": {"law": 5}}, True),
        ({"offer": Offer(agent_id="Tom", at=NOON, expires_at=NOON + HOUR)}, False),
        ({"refusals": (Refusal(agent_id=BO_ID, until=NOON + MINUTE),)}, False),
        ({"refusals": (Refusal(agent_id=BO_ID, until=NOON),)}, True),
        ({"channel": "phone"}, False),
    ],
    ids=str,
)
def test_an_agent_gets_what_she_can_do_now(line: dict[str, Any], fits: bool) -> None:
    agent = make_agent(skills={"billing": 3}, languages={"de": 2}, held={"a call": "phone"})

    assert matching.fits(agent, make_routing(**line), NOON) is fits


@pytest.mark.parametrize(
    ("held", "channel", "takes"),
    [
        ({}, "phone", True),
        ({"1": "phone"}, "phone", False),
        ({"1": "phone"}, "chat", True),
        ({"1": "chat", "2": "chat", "3": "chat"}, "chat", False),
        ({"1": "web"}, "web", True),
    ],
)
def test_capacity_is_by_channel(held: dict[str, str], channel: str, takes: bool) -> None:
    assert make_agent(held=held).takes(channel) is takes


def test_a_total_bounds_all_channels_together() -> None:
    agent = make_agent(capacity={"*": 5, "total": 2}, held={"1": "chat", "2": "email"})

    assert not agent.takes("web")


def test_only_the_channels_she_accepts_are_handed_to_her() -> None:
    assert not matching.fits(make_agent(), make_routing(channel="email"), NOON, ["chat"])
    assert matching.fits(make_agent(), make_routing(channel="chat"), NOON, ["chat"])


@pytest.mark.parametrize(("waited", "asked"), [(0, 4), (14, 4), (15, 3), (30, 2), (45, 1), (60, 1)])
def test_the_level_asked_falls_while_it_waits(waited: int, asked: int) -> None:
    line = make_routing(since=NOON, needs={"law": 4}, relax_at=NOON + HOUR)

    assert matching.lowered(4, line, NOON + waited * MINUTE) == asked


def test_what_is_kept_for_her_comes_first_then_who_waits_longest() -> None:
    waiting = {
        "new": make_routing(order_at=NOON),
        "old": make_routing(order_at=NOON - HOUR),
        "hers": make_routing(order_at=NOON, kept_for=BO_ID),
    }

    assert matching.first(make_agent(), standing(waiting), NOON) == ["hers", "old", "new"]


def test_what_she_does_better_counts_as_minutes() -> None:
    waiting = {
        "older": make_routing(order_at=NOON - 10 * MINUTE),
        "wished": make_routing(order_at=NOON, wants={"billing": 2}),
        "much older": make_routing(order_at=NOON - 20 * MINUTE),
        "spoken": make_routing(order_at=NOON, language="de"),
    }

    assert matching.first(BILLING, standing(waiting), NOON) == ["spoken", "much older", "wished", "older"]


def test_she_stands_in_the_lines_of_what_she_can_do() -> None:
    assert matching.lanes(BILLING) == ("", "s:billing", "l:de")


@pytest.mark.parametrize(
    ("hers", "callers", "teams"),
    [
        ((), "", ("",)),
        (("north",), "", ("", "north")),
        (("north",), "south", ("", "south")),
        ((), "north", ("", "north")),
    ],
)
def test_a_callers_team_bounds_whose_customers_are_handed_out(
    hers: tuple[str, ...], callers: str, teams: tuple[str, ...]
) -> None:
    assert matching.teams_of(make_agent(teams=hers), callers) == teams


def test_she_is_told_why() -> None:
    line = make_routing(
        handling=Handling.CALL_BACK, wants={"billing": 1}, language="de", relaxed=True, kept_for=BO_ID, last_agent=BO_ID
    )

    told = matching.why(BILLING, "support", line, NOON)

    assert told == [
        "had you last",
        "waits for 60 min in the queue support",
        "wants to be called back",
        "asks for billing",
        "speaks de",
        "nobody who knows it better had time",
    ]


# Whatever comes and whoever asks, nobody waits for ever.

SKILLS = st.dictionaries(st.sampled_from(["billing", "law", "wine"]), st.integers(1, 5), max_size=3)
LANGUAGES = st.dictionaries(st.sampled_from(["de", "en", "zh"]), st.integers(1, 5), max_size=2)
AGENTS = st.builds(make_agent, skills=SKILLS, languages=LANGUAGES)
AROUND = st.integers(-600, 0).map(lambda minutes: NOON + minutes * MINUTE)


def relaxed(order_at: datetime, wants: dict[str, int], language: str) -> Routing:
    return make_routing(since=order_at, order_at=order_at, wants=wants, language=language, relaxed=True)


LINES = st.builds(relaxed, AROUND, SKILLS, st.sampled_from(["", "de", "zh"]))


@settings(deadline=None, max_examples=100)
@given(AGENTS, LINES, st.lists(st.tuples(st.integers(0, 600), LINES), max_size=8))
def test_who_comes_later_by_all_that_counts_never_passes(
    agent: Agent, early: Routing, others: list[tuple[int, Routing]]
) -> None:
    late = {
        str(n): make_routing(
            order_at=early.order_at + matching.MOST_THAT_COUNTS + (1 + after) * MINUTE, wants=line.wants, language="de"
        )
        for n, (after, line) in enumerate(others)
    }

    assert matching.first(agent, standing({"early": early, **late}), NOON)[0] == "early"


@settings(deadline=None, max_examples=100)
@given(AGENTS, SKILLS, st.integers(0, 5))
def test_at_its_end_every_need_is_met_by_whoever_has_the_skill_at_all(
    agent: Agent, needs: dict[str, int], level: int
) -> None:
    line = make_routing(since=NOON - HOUR, relax_at=NOON, needs=needs, language="de", language_level=level)
    able = all(skill in agent.skills for skill in needs) and (not level or "de" in agent.languages)

    assert matching.fits(agent, line, NOON) is able
