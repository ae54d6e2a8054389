"""Fixtures every room may use: an environment without AWS, and Liana on a bench over moto."""

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests import workbench


@pytest.fixture(autouse=True)
def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in a test reaches for somebody's account or reads the machine's own settings."""
    workbench.set_environment(monkeypatch, table_name="liana-test")


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[workbench.Bench]:
    """Liana over moto: quick, and right for everything but transactions under concurrency."""
    with mock_aws():
        yield workbench.open_bench(monkeypatch)
    workbench.forget_caches()
