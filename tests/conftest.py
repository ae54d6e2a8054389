"""Fixtures every room may use: an environment without AWS, and Liana on a bench over moto or the local cloud."""

import shutil
from collections.abc import Iterator

import pytest
from hypothesis import settings
from moto import mock_aws

from chalicelib.knowledge import loading
from infra.deploy import deploy_local
from infra.front_door import FrontDoor
from infra.local_cloud import LocalCloud
from infra.mailbox import Mailbox
from infra.stack import Stack
from tests import quick_moto, workbench

# The same examples every time: what lands does not depend on luck. `--hypothesis-profile=default` looks for others.
settings.register_profile("reproducible", derandomize=True)
settings.load_profile("reproducible")
quick_moto.install()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bench", choices=("moto", "cloud"), default="moto", help="what Liana on the bench stands on")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that need the local cloud come first: they take longest, and workers end together only when what is left
    at the end is short."""
    slow = {item.path for item in items if item.get_closest_marker("cloud")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in a test reaches for somebody's account or reads the machine's own settings."""
    workbench.set_environment(monkeypatch, table_name="liana-test")


@pytest.fixture
def bench(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[workbench.Bench]:
    """Liana over moto: quick, and right for everything but transactions under concurrency. With `--bench=cloud` it is
    over the local cloud instead."""
    if request.config.getoption("--bench") == "cloud":
        yield request.getfixturevalue("cloud_bench")
    else:
        with mock_aws():
            yield workbench.open_bench(monkeypatch)
    shutil.rmtree(loading.place(), ignore_errors=True)
    workbench.forget_caches()


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has an index built because he searched in vain: for tests in which there is nothing to be found."""
    monkeypatch.setattr(loading, "commit", lambda _: None)


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """One local cloud for all tests that need one, with IAM enforced as on AWS."""
    with LocalCloud(tmp_path_factory.mktemp("cloud"), keep_state=False, auth=True) as running:
        yield running


@pytest.fixture(scope="session")
def stack(cloud: LocalCloud) -> Stack:
    """A stage of Liana deployed to it, by the code that deploys to AWS. Its mail door and mailbox are fixtures, too."""
    return deploy_local(cloud, progress=lambda _: None)


@pytest.fixture(scope="session")
def door(cloud: LocalCloud, stack: Stack) -> Iterator[FrontDoor]:
    with FrontDoor(cloud, stack, 0) as opened:
        yield opened


@pytest.fixture(scope="module")
def mailbox(cloud: LocalCloud, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    """One open at a time: two would share what is sent."""
    with Mailbox(cloud, stack, tmp_path_factory.mktemp("mailbox")) as opened:
        yield opened


@pytest.fixture
def cloud_bench(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[workbench.Bench]:
    """Liana over the local cloud, whose transactions, idempotency and concurrency are DynamoDB's."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.endpoint)
    yield workbench.open_bench(monkeypatch)
    workbench.forget_caches()
