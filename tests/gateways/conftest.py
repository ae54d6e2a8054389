"""AWS that answers what a test says, or drops the line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from chalicelib.gateways import aws


class Body:
    """The part of an HTTP response botocore reads."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self) -> Iterator[bytes]:
        yield self.content


@dataclass
class Line:
    """The line to AWS: each call is answered with the next of `answers`, the last one again and again."""

    answers: list[Exception | tuple[int, str]]
    calls: list[Any] = field(default_factory=list)

    def __call__(self, request: Any, **_: object) -> AWSResponse:
        answer = self.answers[min(len(self.calls), len(self.answers) - 1)]
        self.calls.append(request)
        if isinstance(answer, Exception):
            raise answer
        status, content = answer
        return AWSResponse(request.url, status, {}, Body(content.encode()))


@pytest.fixture
def line_to() -> Any:
    """`line_to("ses", answer, …)`: what the service answers from now on."""

    def connect(service: str, *answers: Exception | tuple[int, str], retry: bool = True) -> Line:
        line = Line(list(answers))
        # Asked for just as the gateways ask, so that it is the very client they keep.
        client = aws.client(service) if retry else aws.client(service, retry=False)
        client.meta.events.register("before-send", line)
        return line

    return connect
