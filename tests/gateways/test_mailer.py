"""What is known when SES does not take a mail: not now, never, or nobody knows."""

import inspect
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from chalicelib.gateways.mailer import Mailer, RecordingMailer, SendUnclear, SesMailer
from chalicelib.kernel.errors import Permanent, Unavailable

TAKEN = (
    200,
    "<SendRawEmailResponse><SendRawEmailResult><MessageId>0100-1</MessageId></SendRawEmailResult></SendRawEmailResponse>",
)
HERE = "https://email.us-east-1.amazonaws.com"


def refusal(code: str, status: int = 400) -> tuple[int, str]:
    return status, f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"


def send() -> str:
    return SesMailer().send(b"From: a@x.test\r\n\r\nhello", "hello@care.liana.test", "ann@example.org")


def test_a_mail_that_is_taken_has_the_id_ses_gave_it(line_to: Any) -> None:
    line_to("ses", TAKEN, retry=False)

    assert send() == "0100-1"


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (refusal("Throttling"), Unavailable),
        (refusal("TooManyRequestsException", 429), Unavailable),
        (refusal("AccountSendingPausedException"), Unavailable),
        (refusal("ConfigurationSetDoesNotExist"), Unavailable),
        (refusal("AccessDenied", 403), Unavailable),
        (refusal("ExpiredToken", 403), Unavailable),
        (refusal("MessageRejected"), Permanent),
        (refusal("InvalidParameterValue"), Permanent),
        (refusal("MailFromDomainNotVerifiedException"), Permanent),
        (refusal("InternalFailure", 500), SendUnclear),
        (refusal("ServiceUnavailable", 503), SendUnclear),
        ((502, "<html>Bad gateway</html>"), SendUnclear),
        (ConnectionClosedError(endpoint_url=HERE), SendUnclear),
        (ReadTimeoutError(endpoint_url=HERE), SendUnclear),
        (EndpointConnectionError(endpoint_url=HERE), SendUnclear),
    ],
)
def test_what_is_known_when_it_fails_and_nothing_is_sent_twice(
    line_to: Any, answer: Any, known: type[Exception]
) -> None:
    line = line_to("ses", answer, retry=False)

    with pytest.raises(known):
        send()

    assert len(line.calls) == 1


@pytest.mark.parametrize("kind", [SesMailer, RecordingMailer])
def test_the_real_one_and_its_twin_are_called_alike(kind: type) -> None:
    assert inspect.signature(kind.send) == inspect.signature(Mailer.send)


def test_the_twin_keeps_what_it_accepts_and_names_it_once() -> None:
    twin = RecordingMailer()

    ids = [twin.send(b"one", "us", "ann"), twin.send(b"two", "us", "bob")]

    assert twin.accepted == [(ids[0], b"one", "ann"), (ids[1], b"two", "bob")]
    assert len(set(ids)) == 2
