"""Follow-up messages travel as JSON between versions of Liana."""

import json
from dataclasses import fields

import pytest

from chalicelib.kernel import messages
from chalicelib.kernel.messages import ConsiderTask, Message, SendMail

SEND = SendMail(customer_id="c", interaction_id="i")


def example(kind: type[Message]) -> Message:
    return kind(**{f.name: True if f.name == "bulk" else f"some {f.name}" for f in fields(kind)})


@pytest.mark.parametrize("kind", messages.ALL)
def test_every_message_survives_the_journey(kind: type[Message]) -> None:
    message = example(kind)

    assert messages.from_json(messages.to_json(message)) == message


def test_every_message_there_is_can_be_read() -> None:
    declared = {name for name, kind in vars(messages).items() if kind in Message.__subclasses__()}

    assert {kind.__name__ for kind in messages.ALL} == declared


def test_what_a_newer_sender_adds_is_ignored() -> None:
    newer = {**json.loads(messages.to_json(SEND)), "priority": 3}

    assert messages.from_json(json.dumps(newer)) == SEND


def test_what_an_older_sender_left_out_takes_its_default() -> None:
    older = '{"type":"SendMail","customer_id":"c","interaction_id":"i"}'

    assert messages.from_json(older) == SEND


@pytest.mark.parametrize(
    "body",
    ["", "hello", "null", "[]", "7", '"SendMail"', "{}", '{"type":"Unheard"}', '{"type":["SendMail"]}',
     '{"type":"SendMail","customer_id":"c"}'],
)  # fmt: skip
def test_what_is_no_message_is_a_value_error(body: str) -> None:
    with pytest.raises(ValueError, match=r"not a follow-up message|Expecting"):
        messages.from_json(body)


@pytest.mark.parametrize(
    ("message", "lane"),
    [
        (SEND, "follow_ups"),
        (SendMail(customer_id="c", interaction_id="i", bulk=True), "outreach"),
        (ConsiderTask(customer_id="c", task_id="t", as_of="now"), "outreach"),
        (messages.JudgeTier(customer_id="c", as_of="now"), "outreach"),
        (messages.JudgeTier(customer_id="c", as_of="now", bulk=True), "background"),
        (messages.ActOnCase(case_id="c", as_of="now"), "follow_ups"),
    ],
)
def test_people_do_not_wait_behind_notices(message: Message, lane: str) -> None:
    assert messages.lane_of(message) == lane


def test_a_decision_with_messages_needs_a_row_to_carry_them() -> None:
    from chalicelib.kernel.decision import Decision

    with pytest.raises(ValueError, match="needs one"):
        Decision(messages=(SEND,))
