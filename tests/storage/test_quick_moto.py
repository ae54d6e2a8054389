"""What the tests' own moto leaves out of moto's work changes nothing that a caller sees."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests import quick_moto, workbench

ROW: dict[str, Any] = {
    "pk": {"S": "a"},
    "sk": {"S": "b"},
    "number": {"N": "1.5"},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "words": {"SS": ["x", "y"]},
    "list": {"L": [{"S": "x"}, {"M": {"deep": {"N": "2"}}}, {"L": []}]},
    "map": {"M": {"bytes": {"B": b"\x00"}, "text": {"S": ""}, "empty": {"M": {}}}},
}
KEY = {"pk": ROW["pk"], "sk": ROW["sk"]}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[workbench.Bench]:
    """With nothing in its table."""
    with mock_aws():
        yield workbench.open_bench(monkeypatch, plays=())
    workbench.forget_caches()


def stored(bench: workbench.Bench) -> Any:
    """As it is read."""
    found = boto3.client("dynamodb").get_item(TableName=bench.bucket, Key=KEY, ConsistentRead=True)
    found.pop("ResponseMetadata")
    return found


def put(bench: workbench.Bench, sk: str, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": bench.bucket, "Item": {"pk": ROW["pk"], "sk": {"S": sk}}, **more}}


def in_stream(bench: workbench.Bench) -> int:
    return len(bench._new_records())


def test_a_row_is_read_as_it_was_written(bench: workbench.Bench) -> None:
    boto3.client("dynamodb").put_item(TableName=bench.bucket, Item=ROW)

    assert stored(bench) == {"Item": ROW}


def test_a_row_is_read_as_moto_reads_it(bench: workbench.Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    boto3.client("dynamodb").put_item(TableName=bench.bucket, Item=ROW)
    quickly = stored(bench)
    monkeypatch.setattr("moto.core.serialize.ResponseSerializer._serialize_type_structure", quick_moto._structure)

    assert stored(bench) == quickly


def test_a_refused_transaction_leaves_neither_rows_nor_records(bench: workbench.Bench) -> None:
    client = boto3.client("dynamodb")
    client.put_item(TableName=bench.bucket, Item=ROW)
    update = {
        "TableName": bench.bucket,
        "Key": KEY,
        "UpdateExpression": "SET words = :two",
        "ExpressionAttributeValues": {":two": {"N": "2"}},
    }
    refused = put(bench, "new", ConditionExpression="attribute_exists(pk)")

    with pytest.raises(client.exceptions.TransactionCanceledException):
        client.transact_write_items(TransactItems=[{"Update": update}, put(bench, "other"), refused])

    assert client.scan(TableName=bench.bucket)["Items"] == [ROW]
    assert in_stream(bench) == 1


def test_a_transaction_that_is_no_good_puts_back_what_it_deleted(bench: workbench.Bench) -> None:
    client = boto3.client("dynamodb")
    client.put_item(TableName=bench.bucket, Item=ROW)
    gone = {"Delete": {"TableName": bench.bucket, "Key": KEY}}

    with pytest.raises(client.exceptions.ClientError):
        client.transact_write_items(TransactItems=[gone, put(bench, "twice"), put(bench, "twice")])

    assert client.scan(TableName=bench.bucket)["Items"] == [ROW]


def test_a_transaction_that_fits_is_written_and_told(bench: workbench.Bench) -> None:
    client = boto3.client("dynamodb")

    client.transact_write_items(TransactItems=[put(bench, "one"), put(bench, "two")])

    assert client.scan(TableName=bench.bucket)["Count"] == 2
    assert in_stream(bench) == 2
