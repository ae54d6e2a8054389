"""The packaged template, made once, and one local cloud with a deployed stage, for tests that need one."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.deploy import deploy_local
from infra.local_cloud import LocalCloud
from infra.packaging import Package, package
from infra.stack import Stack


def silent(line: str) -> None:
    """A progress that tells nobody."""


@pytest.fixture(scope="session")
def packaged() -> Package:
    return package("check", "arm64", silent)


@pytest.fixture
def template(packaged: Package) -> dict[str, Any]:
    return json.loads(json.dumps(packaged.template))


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    with LocalCloud(tmp_path_factory.mktemp("cloud"), keep_state=False) as running:
        yield running


@pytest.fixture(scope="session")
def stack(cloud: LocalCloud) -> Stack:
    return deploy_local(cloud, progress=silent)
