"""The table alone, on moto: for what the rooms above never see. One table a module, emptied after each test,
because clients cost more than rows."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from chalicelib.kernel.settings import settings
from chalicelib.storage.rows import Row
from tests import workbench

NAME = "liana-test"


@pytest.fixture(scope="module")
def created_table() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        workbench.set_environment(patch, table_name=NAME)
        workbench.create_table(NAME)
        yield
    workbench.forget_caches()


@pytest.fixture
def no_aws() -> None:
    """The table's environment stays for the whole module."""


@pytest.fixture
def table(created_table: None) -> Iterator[None]:
    yield
    assert settings().table_name == NAME
    with Row.batch_write() as batch:
        for row in Row.scan():
            batch.delete(row)


@pytest.fixture
def no_table(table: None) -> Iterator[None]:
    """The table is gone for this test."""
    boto3.client("dynamodb").delete_table(TableName=NAME)
    yield
    workbench.create_table(NAME)
