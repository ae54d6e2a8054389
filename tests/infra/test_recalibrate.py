"""A pass over all customers by hand: started as the night starts it, watched until its end."""

import io
import json
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from infra.__main__ import main
from infra.cloud import Cloud
from infra.recalibrate import Outcome, start, told, wait
from infra.stack import Stack
from infra.trouble import Trouble

STACK = Stack("liana-prod", "UPDATE_COMPLETE", "", {}, {"Stage": "prod"})
DONE = Outcome(customers=1_000_000, seconds=412.4, published=True, thresholds={"gold": 85.96, "platinum": 97})


@dataclass
class Lambda:
    """A cloud of which only is known what the function answers."""

    answer: Any
    error: str = ""
    asked: list[Any] = field(default_factory=list)
    pause: float = 0.0
    region: str = "eu-west-1"

    def client(self, _service: str) -> "Lambda":
        return self

    def describe_stack_resource(self, **_asked: str) -> Any:
        return {"StackResourceDetail": {"PhysicalResourceId": "function"}}

    def invoke(self, **said: Any) -> Any:
        self.asked.append(json.loads(said["Payload"]))
        answer = io.BytesIO(json.dumps(self.answer).encode())
        return {"Payload": answer, **({"FunctionError": self.error} if self.error else {})}


def test_the_nights_function_is_asked_for_a_run_of_another_name() -> None:
    cloud = Lambda({"run": "its-name", "started": True})

    assert start(cast("Cloud", cloud), STACK) == "its-name"

    (event,) = cloud.asked
    assert event["detail"]["run"] == event["time"]
    assert len(event["time"]) == len("2026-11-22T10:11:12Z"), "no day, which is the night's own"


def test_a_function_that_fails_is_one_line() -> None:
    with pytest.raises(Trouble, match="calibrate failed: no table; its log is /liana/prod/calibrate"):
        start(cast("Cloud", Lambda({"errorMessage": "no\ntable"}, "Unhandled")), STACK)


def test_it_is_watched_until_it_is_over() -> None:
    looks = iter([None, None, DONE])

    assert wait(cast("Cloud", Lambda(None)), STACK, "run", lambda *_: next(looks)) == DONE


def test_one_that_does_not_end_says_where_to_look() -> None:
    with pytest.raises(Trouble, match="BackgroundDeadLetters"):
        wait(cast("Cloud", Lambda(None)), STACK, "run", lambda *_: None, patience=-1)


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        (DONE, "recalibrate: 1,000,000 customers in 412 s; gold at 86.0, platinum at 97.0"),
        (
            Outcome(customers=0, seconds=2, published=False, thresholds={}),
            "recalibrate: 0 customers in 2 s; nothing published: there is nobody, or a later run was quicker",
        ),
    ],
)
def test_the_figures_stand_in_one_line(outcome: Outcome, line: str) -> None:
    assert told(outcome) == line


def test_the_command_needs_a_stage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recalibrate", "--wait"]) == 1
    assert capsys.readouterr().err.startswith("error:")
