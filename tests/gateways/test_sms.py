"""What is known when a text is not taken: not now, never, or nobody knows."""

import inspect
import json
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.gateways.mailer import SendUnclear
from chalicelib.gateways.sms import EndUserMessaging, RecordingTexter, Texter
from chalicelib.kernel.errors import Permanent, Unavailable

CONTEXT = {"customer": "C", "interaction": "I"}


def refusal(code: str, status: int = 400) -> tuple[int, str]:
    return status, json.dumps({"__type": code, "Message": "no"})


def send() -> str:
    return EndUserMessaging().send("Your card expires.", "+4930123456", "+15550100", CONTEXT)


def test_a_text_that_is_taken_has_the_id_it_got(line_to: Any) -> None:
    line_to("pinpoint-sms-voice-v2", (200, json.dumps({"MessageId": "862a8790"})), retry=False)

    assert send() == "862a8790"


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (refusal("ThrottlingException"), Unavailable),
        (refusal("ServiceQuotaExceededException"), Unavailable),
        (refusal("ResourceNotFoundException"), Unavailable),
        (refusal("AccessDeniedException"), Unavailable),
        (refusal("ValidationException"), Permanent),
        (refusal("ConflictException"), Permanent),
        (refusal("InternalServerException", 500), SendUnclear),
        (ReadTimeoutError(endpoint_url="https://sms-voice.us-east-1.amazonaws.com"), SendUnclear),
    ],
)
def test_what_is_known_when_it_fails_and_nothing_is_sent_twice(
    line_to: Any, answer: Any, known: type[Exception]
) -> None:
    line = line_to("pinpoint-sms-voice-v2", answer, retry=False)

    with pytest.raises(known):
        send()

    assert len(line.calls) == 1


@pytest.mark.parametrize("kind", [EndUserMessaging, RecordingTexter])
def test_the_real_one_and_its_twin_are_called_alike(kind: type) -> None:
    assert inspect.signature(kind.send) == inspect.signature(Texter.send)
