"""The packaged template, made once, and one local cloud with a deployed stage, for tests that need one."""

import json
from typing import Any

import pytest

from infra.packaging import Package, package


def silent(line: str) -> None:
    """A progress that tells nobody."""


@pytest.fixture(scope="session")
def packaged() -> Package:
    return package("check", "arm64", silent)


@pytest.fixture
def template(packaged: Package) -> dict[str, Any]:
    return json.loads(json.dumps(packaged.template))
