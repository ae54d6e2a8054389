"""Clients of AWS services."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest

from chalicelib.gateways import aws


class Slow:
    """A session that takes its time, until another thread has it make a client as well."""

    def __init__(self) -> None:
        self.made = 0
        self.another = Barrier(2)

    def create_client(self, service: str, *, config: object) -> object:  # noqa: ARG002 - as a session's
        self.made += 1
        with suppress(BrokenBarrierError):
            self.another.wait(0.05)
        return object()


def test_threads_that_begin_at_once_share_one_client(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow()
    monkeypatch.setattr(aws, "session", lambda: slow)
    aws.made.cache_clear()

    with ThreadPoolExecutor(8) as threads:
        clients = set(threads.map(aws.client, ["s3"] * 8))
    aws.made.cache_clear()

    assert (len(clients), slow.made) == (1, 1)
