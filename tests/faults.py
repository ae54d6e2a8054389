"""Breaks one call of the many that a piece of work makes: AWS calls of any service, and SES behind its twin."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from chalicelib.gateways import mailer as mail_gateway
from chalicelib.gateways.mailer import Mailer, SendUnclear
from chalicelib.session import session
from tests.workbench import Died, forget_clients


class Moment(Enum):
    BEFORE = "before it took effect"
    AFTER = "after it took effect"


class Way(Enum):
    DIES = "the worker dies"
    ERRS = "the connection is lost"


@dataclass
class Fault:
    """Fails call number `at`, counted from 0; -1 fails none and only counts."""

    at: int
    moment: Moment = Moment.BEFORE
    way: Way = Way.ERRS
    calls: list[str] = field(default_factory=list)

    def begins(self, call: str, error: Callable[[], Exception]) -> None:
        self.calls.append(call)
        if self._is_now(Moment.BEFORE):
            raise self._failure(error)

    def ended(self, error: Callable[[], Exception]) -> None:
        if self._is_now(Moment.AFTER):
            raise self._failure(error)

    def _is_now(self, moment: Moment) -> bool:
        return len(self.calls) - 1 == self.at and self.moment is moment

    def _failure(self, error: Callable[[], Exception]) -> BaseException:
        return Died() if self.way is Way.DIES else error()


class Breaker:
    """Stands between the product and AWS for one test. The test's own clients are not touched."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.fault: Fault | None = None
        # Clients copy the session's handlers when they are made.
        session().register("before-call", self._before)
        session().register("after-call", self._after)
        forget_clients()
        patch.setattr(mail_gateway, "mailer", BreakableMailer(mail_gateway.mailer, self))

    @contextmanager
    def breaking(self, fault: Fault) -> Iterator[None]:
        """While it lasts, calls are counted and the chosen one fails."""
        self.fault = fault
        try:
            yield
        finally:
            self.fault = None

    def _before(self, model: Any, **_: Any) -> None:
        if self.fault:
            self.fault.begins(model.name, connection_lost)

    def _after(self, **_: Any) -> None:
        if self.fault:
            self.fault.ended(connection_lost)


class BreakableMailer:
    """SES, whose answer may get lost before or after it took the mail."""

    def __init__(self, inner: Mailer, breaker: Breaker) -> None:
        self.inner, self.breaker = inner, breaker

    def send(self, raw: bytes, sender: str, to: str) -> str:
        fault = self.breaker.fault or Fault(at=-1)
        fault.begins("SendRawEmail", lambda: SendUnclear("connection lost"))
        ses_id = self.inner.send(raw, sender, to)
        fault.ended(lambda: SendUnclear("connection lost"))
        return ses_id


def connection_lost() -> Exception:
    return ConnectionClosedError(endpoint_url="https://aws.test")


@dataclass
class Mortality(Fault):
    """The worker dies at one call in `one_in`, before or after it took effect; the same calls for the same seed."""

    at: int = -1
    one_in: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - no secret depends on it

    def _is_now(self, _moment: Moment) -> bool:
        return self.dice.random() < 0.5 / self.one_in

    def _failure(self, _error: Callable[[], Exception]) -> BaseException:
        return Died()
