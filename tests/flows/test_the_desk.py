"""Agents ask at once, on transactions that behave like DynamoDB's: each piece of work is one agent's, none is left."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.desk import service
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.agent import PRESENT_FOR, Agent
from chalicelib.model.case import Case, CaseStatus
from chalicelib.storage import cases
from chalicelib.storage.commit import commit, settle
from tests.factories import make_agent, make_case, make_customer, make_routing
from tests.workbench import Bench

pytestmark = pytest.mark.cloud
AGENTS, CASES = 8, 24


def store(*things: object) -> None:
    for thing in things:
        commit(Decision((replace(thing, version=None),), reason="there"))  # type: ignore[type-var]


def agent(number: int) -> Agent:
    made = make_agent(id=ids.derived_ulid(clock.now(), f"agent {number}"), present_until=clock.now() + PRESENT_FOR)
    store(made)
    return made


def waiting(number: int) -> Case:
    line = make_routing(since=clock.now() - timedelta(minutes=number))
    case = make_case(id=ids.derived_case_id(f"case {number}"), queue="support", promise=None, routing=line)
    store(case)
    return case


def test_two_agents_and_one_case(cloud_bench: Bench) -> None:
    store(make_customer())
    bo, cy = agent(1), agent(2)
    case = waiting(1)

    with ThreadPoolExecutor(8) as threads:
        handed = list(threads.map(lambda who: service.next_for(who.id, clock.now()), [bo, cy] * 4))

    got = {each.agent.id for each in handed if each.work and each.agent}
    assert len(got) == 1  # asked four times at once, whoever got it was handed it each time, or nothing yet
    found = cases.case(case.id)
    assert found and {found.holder} == got


def test_agents_at_once_share_all_there_is_and_nothing_is_done_twice(cloud_bench: Bench) -> None:
    store(make_customer())
    ids_of_cases = {waiting(number).id for number in range(CASES)}

    def work(who: Agent) -> list[str]:
        done, idle = [], 0
        while idle < 3:
            handed = service.next_for(who.id, clock.now())
            if not handed.work:
                idle += 1
                continue
            case_id = handed.work.id
            service.answer_offer(case_id, who.id, clock.now(), takes=True)
            settle(lambda case_id=case_id: solved(case_id))
            service.settle_hand(who.id, case_id)
            done.append(case_id)
        return done

    with ThreadPoolExecutor(AGENTS) as threads:
        done = [case_id for got in threads.map(work, [agent(n) for n in range(AGENTS)]) for case_id in got]

    assert Counter(done) == Counter(ids_of_cases)


def solved(case_id: str) -> tuple[Decision, None]:
    case = cases.case(case_id)
    assert case
    return Decision((replace(case, status=CaseStatus.SOLVED, assigned_to=""),), reason="solved"), None
