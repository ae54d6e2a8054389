"""What the tests' own moto leaves out of moto's work changes nothing that a caller sees."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
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


def test_a_row_is_read_as_moto_reads_it(bench: workbench.Bench) -> None:
    boto3.client("dynamodb").put_item(TableName=bench.bucket, Item=ROW)
    quickly = stored(bench)

    with quick_moto.moto_itself():
        assert stored(bench) == quickly


def test_moto_itself_is_asked_where_the_two_are_compared(bench: workbench.Bench) -> None:
    client = boto3.client("dynamodb")

    def answered_by() -> Any:
        return client.get_item(TableName=bench.bucket, Key=KEY)["ResponseMetadata"]["RequestId"]

    assert answered_by() == "quick"
    with quick_moto.moto_itself():
        assert answered_by() != "quick"
    assert answered_by() == "quick"


def test_the_stream_is_read_as_by_its_api(bench: workbench.Bench) -> None:
    def read() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        quickly, by_call = quick_moto.told_behind(bench.bucket, bench._followed), bench.asked_of_the_stream()
        for record in by_call:  # seconds, as Lambda gives them
            at = record["dynamodb"]["ApproximateCreationDateTime"]
            record["dynamodb"]["ApproximateCreationDateTime"] = at.timestamp()
        return quickly, by_call

    assert read() == ([], [])
    dynamodb = boto3.client("dynamodb")
    dynamodb.put_item(TableName=bench.bucket, Item=ROW)
    dynamodb.put_item(TableName=bench.bucket, Item={**ROW, "number": {"N": "2"}})
    dynamodb.delete_item(TableName=bench.bucket, Key=KEY)
    quickly, by_call = read()
    assert [record["eventName"] for record in by_call] == ["INSERT", "MODIFY", "REMOVE"]
    assert quickly == by_call

    bench._followed = by_call[0]["dynamodb"]["SequenceNumber"]
    quickly, by_call = read()
    assert len(by_call) == 2
    assert quickly == by_call


def test_a_queue_is_known_to_hold_messages_seen_or_not(bench: workbench.Bench) -> None:
    url = bench.queue_urls["mail"]
    assert not quick_moto.holds_messages(url)

    bench.put("mail", "x")
    (message,) = bench.client("sqs").receive_message(QueueUrl=url)["Messages"]
    assert quick_moto.holds_messages(url)

    bench.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert not quick_moto.holds_messages(url)


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


# ── Beside moto itself ──────────────────────────────────────────────────────────────────────────────────────

TABLE = "liana-test"
LEFT_OUT = {"ResponseMetadata", "ApproximateCreationDateTime", "eventID", "SizeBytes"}  # moto weighs the time, too
NAMES = {"#n": "number", "#w": "words", "#l": "list", "#m": "map", "#d": "deep"}
DEEP = {
    "of_s": {"S": "ü€𝄞 words"},
    "of_n": {"N": "-12.50"},
    "of_b": {"B": b"\x00\xff"},
    "of_bs": {"BS": [b"a", b"b"]},
    "of_ns": {"NS": ["1", "2.0", "30"]},
    "of_ss": {"SS": ["x", "ü"]},
    "of_bool": {"BOOL": False},
    "of_null": {"NULL": True},
    "of_l": {"L": [{"L": [{"M": {"x": {"N": "7"}}}]}, {"B": b""}, {"SS": ["q"]}, {"S": ""}]},
    "of_m": {"M": {"in": {"M": {"b": {"B": b"deep"}, "n": {"NS": ["5"]}}}}},
}


def key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def row(number: int) -> dict[str, Any]:
    """One of many, in one of three partitions, some of them in an index, where several stand at one place."""
    by_luck = random.Random(number)  # noqa: S311
    made = {**key(f"p{number % 3}", f"{by_luck.randrange(10**6):06}#{number}"), "kind": {"S": "k"}}
    made["number"] = {"N": str(by_luck.choice([1, 2.5, -3, 10, 400]))}
    made |= dict(by_luck.sample(sorted(DEEP.items()), 3))
    if by_luck.random() < 0.6:
        made |= {"list_pk": {"S": f"l{number % 2}"}, "list_sk": {"S": f"{by_luck.randrange(4)}"}}
    elif by_luck.random() < 0.2:
        made |= {"list_pk": {"S": "l0"}}
    return made


def pages(client: Any, call: str, **asked: Any) -> list[Any]:
    """All of them, by way of where each left off."""
    found = [getattr(client, call)(TableName=TABLE, **asked)]
    while "LastEvaluatedKey" in found[-1]:
        found.append(getattr(client, call)(TableName=TABLE, **asked, ExclusiveStartKey=found[-1]["LastEvaluatedKey"]))
    return found


def updated(client: Any, expression: str, values: dict[str, Any], sk: str = "u", **more: Any) -> Any:
    """`ReturnValues` and a condition, if there is one, are the caller's."""
    told = f"{expression} {more.get('ConditionExpression', '')}"
    used = {name: value for name, value in NAMES.items() if name in told}
    asked = {"TableName": TABLE, "Key": key("u", sk), "UpdateExpression": expression, **more}
    asked |= {"ExpressionAttributeValues": values} if values else {}
    return client.update_item(**asked, **({"ExpressionAttributeNames": used} if used else {}))


def holds(client: Any, condition: str, values: dict[str, Any]) -> Any:
    """Whether a condition holds of the row that has everything: it is put again under it."""
    used = {name: value for name, value in NAMES.items() if name in condition}
    asked = {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    asked |= {"ExpressionAttributeValues": values} if values else {}
    asked |= {"ExpressionAttributeNames": used} if used else {}
    return client.put_item(TableName=TABLE, Item={**key("u", "all"), **DEEP, **ROW_ALONE}, **asked)


ROW_ALONE = {name: value for name, value in ROW.items() if name not in KEY}
CONDITIONS: list[tuple[str, dict[str, Any]]] = [
    ("attribute_exists(pk) AND NOT attribute_exists(other)", {}),
    ("attribute_not_exists(#m.#d)", {}),
    ("#n = :a OR #n > :b", {":a": {"N": "1"}, ":b": {"N": "1.4"}}),
    ("#n BETWEEN :a AND :b", {":a": {"N": "1"}, ":b": {"N": "10"}}),
    ("#n IN (:a, :b)", {":a": {"N": "3"}, ":b": {"N": "1.50"}}),
    ("#n <> :a AND (#n >= :b OR #n <= :a)", {":a": {"N": "1"}, ":b": {"N": "9"}}),
    ("begins_with(sk, :a)", {":a": {"S": "al"}}),
    ("contains(#w, :a)", {":a": {"S": "x"}}),
    ("contains(#l, :a)", {":a": {"S": "x"}}),
    ("size(#w) = :a", {":a": {"N": "2"}}),
    ("attribute_type(#m, :a)", {":a": {"S": "M"}}),
    ("#l[1].#d = :a", {":a": {"N": "2"}}),
    ("#m = :a", {":a": ROW["map"]}),
    ("#l = :a", {":a": ROW["list"]}),
    ("#w = :a", {":a": {"SS": ["y", "x"]}}),
    ("#n = :a", {":a": {"N": "1.50"}}),
    ("#n = :a", {":a": {"N": "1.51"}}),
    ("#n = :a", {":a": {"S": "1.5"}}),
    ("#n == :a", {":a": {"N": "1"}}),
    ("#n = :missing", {":a": {"N": "1"}}),
    ("#n = :a", {":a": {"N": "1"}, ":unused": {"N": "1"}}),
    ("name = :a", {":a": {"N": "1"}}),
]
UPDATES: list[tuple[str, dict[str, Any]]] = [
    ("SET #n = :a, #w = :b", {":a": {"N": "3"}, ":b": {"SS": ["z"]}}),
    ("SET #n = #n + :a", {":a": {"N": "2.5"}}),
    ("SET #n = #n - :a REMOVE #w", {":a": {"N": "2"}}),
    ("SET #n = if_not_exists(#d, :a)", {":a": {"N": "2"}}),
    ("SET #l = list_append(#l, :a)", {":a": {"L": [{"B": b"x"}, {"N": "1"}]}}),
    ("SET #l = list_append(if_not_exists(#d, :a), :a)", {":a": {"L": [{"S": "x"}]}}),
    ("SET #l[0] = :a, #l[9] = :a REMOVE #l[1]", {":a": {"M": {"x": {"S": "y"}}}}),
    ("SET #m.#d = :a", {":a": {"M": {"b": {"B": b"z"}}}}),
    ("SET #m.#d.#n = :a", {":a": {"N": "1"}}),
    ("REMOVE #m.#d, #l[0], #l[1]", {}),
    ("ADD #n :a, #w :b", {":a": {"N": "1"}, ":b": {"SS": ["x", "new"]}}),
    ("DELETE #w :a", {":a": {"SS": ["x"]}}),
    ("SET list_pk = :a, list_sk = :b", {":a": {"S": "l0"}, ":b": {"S": "1"}}),
    ("SET list_pk = :a", {":a": {"S": ""}}),
    ("SET list_pk = :a", {":a": {"N": "1"}}),
    ("SET pk = :a", {":a": {"S": "x"}}),
    ("SET #n = :a, #n = :a", {":a": {"N": "1"}}),
    ("SET #n = :a REMOVE", {":a": {"N": "1"}}),
    ("SET #n = :a", {":b": {"N": "1"}}),
    ("SET #m = :a", {":a": {"S": "x" * 410_000}}),
]
QUERIES: list[dict[str, Any]] = [
    {"KeyConditionExpression": "pk = :p"},
    {"KeyConditionExpression": "pk = :p", "ScanIndexForward": False, "Limit": 3},
    {"KeyConditionExpression": "pk = :p AND sk > :s", "Limit": 4},
    {"KeyConditionExpression": "pk = :p AND begins_with(sk, :s)", "ConsistentRead": True},
    {"KeyConditionExpression": "pk = :p", "FilterExpression": "#n > :n", "Limit": 5},
    {"KeyConditionExpression": "pk = :p", "ProjectionExpression": "sk, #n", "Limit": 9},
    {"KeyConditionExpression": "pk = :p", "Select": "COUNT"},
    {"KeyConditionExpression": "list_pk = :l", "IndexName": "list", "Limit": 4},
    {"KeyConditionExpression": "list_pk = :l", "IndexName": "list", "ScanIndexForward": False, "Limit": 3},
    {"KeyConditionExpression": "list_pk = :l AND list_sk BETWEEN :a AND :b", "IndexName": "list", "Limit": 2},
    {"KeyConditionExpression": "list_pk = :l AND list_sk < :b", "IndexName": "list"},
    {"KeyConditionExpression": "list_pk = :l", "IndexName": "list", "ConsistentRead": True},
    {"KeyConditionExpression": "list_pk = :l", "IndexName": "none"},
    {"KeyConditionExpression": "sk = :s"},
]
VALUES: dict[str, Any] = {
    ":p": {"S": "p1"}, ":s": {"S": "3"}, ":n": {"N": "2"}, ":l": {"S": "l0"}, ":a": {"S": "1"}, ":b": {"S": "2"},
}  # fmt: skip


def calls(client: Any) -> Iterator[Callable[[], Any]]:
    """Everything a caller may ask of a table, what is refused as well."""
    yield from writes(client)
    yield from updates(client)
    yield from reads(client)
    yield in_the_stream


def writes(client: Any) -> Iterator[Callable[[], Any]]:
    for at in range(0, 60, 20):
        wanted = [{"PutRequest": {"Item": row(number)}} for number in range(at, at + 20)]
        yield partial(client.batch_write_item, RequestItems={TABLE: wanted})
    put = partial(partial, client.put_item, TableName=TABLE)
    yield put(Item={**key("u", "all"), **DEEP, **ROW_ALONE})
    for condition, values in CONDITIONS:
        yield partial(holds, client, condition, values)
    for wrong in ({"pk": {"S": "u"}}, key("", "x"), {"pk": {"N": "1"}, "sk": {"S": "x"}}, key("u", "x" * 1100)):
        yield put(Item=wrong)
    for size in (404_900, 405_100):
        yield put(Item={**key("u", "big"), "ü": {"S": "x" * size}})
        yield put(Item={**key("u", "big"), "m": {"M": {"x" * size: {"L": []}}}})
    for number in ("1e200", "word", " 1"):
        yield put(Item={**key("u", "n"), "n": {"L": [{"N": number}]}})
    item = {**key("t", "1"), "map": {"M": {"b": {"B": b"x"}}}}
    fits = {"Put": {"TableName": TABLE, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}
    check = {"TableName": TABLE, "Key": key("u", "all"), "ConditionExpression": "attribute_exists(pk)"}
    for together in ([check], [check], [check, check]):  # the second time it is there already
        yield partial(
            client.transact_write_items, TransactItems=[{"ConditionCheck": each} for each in together] + [fits]
        )


def updates(client: Any) -> Iterator[Callable[[], Any]]:
    for returned in ("ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"):
        for expression, values in UPDATES:
            yield partial(client.put_item, TableName=TABLE, Item={**key("u", "u"), **DEEP, **ROW_ALONE})
            yield partial(updated, client, expression, values, ReturnValues=returned)
            yield partial(client.get_item, TableName=TABLE, Key=key("u", "u"))
    yield partial(updated, client, "ADD #n :a", {":a": {"N": "1"}}, sk="new")
    yield partial(updated, client, "SET #n = :a", {":a": {"N": "1"}}, ConditionExpression="attribute_exists(#d)")
    yield partial(client.delete_item, TableName=TABLE, Key=key("u", "new"), ReturnValues="ALL_OLD")
    yield partial(client.delete_item, TableName=TABLE, Key=key("u", "new"), ConditionExpression="attribute_exists(pk)")


def reads(client: Any) -> Iterator[Callable[[], Any]]:
    wanted = [{"pk": row(number)["pk"], "sk": row(number)["sk"]} for number in (1, 7, 99)]
    gets = [{"Get": {"TableName": TABLE, "Key": each}} for each in wanted]
    yield partial(client.batch_get_item, RequestItems={TABLE: {"Keys": wanted}})
    yield partial(client.transact_get_items, TransactItems=gets)
    for asked in QUERIES:
        told = " ".join(str(value) for value in asked.values())
        used = {name: value for name, value in VALUES.items() if name in told}
        more = {"ExpressionAttributeNames": {"#n": "number"}} if "#n" in told else {}
        yield partial(pages, client, "query", ExpressionAttributeValues=used, **asked, **more)
    yield partial(pages, client, "scan", Limit=7)
    yield partial(pages, client, "scan", IndexName="list", Limit=7)
    values = {":s": {"S": "x"}}
    yield partial(pages, client, "scan", FilterExpression="contains(of_ss, :s)", ExpressionAttributeValues=values)


def in_the_stream() -> list[Any]:
    client = boto3.client("dynamodbstreams")
    arn = boto3.client("dynamodb").describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]
    (shard,) = client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    begin = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    found: list[Any] = client.get_records(ShardIterator=client.get_shard_iterator(**begin)["ShardIterator"])["Records"]
    return found


def seen(thing: Any) -> Any:
    """What differs each time is left out, and so is the order of a set, which has none."""
    if isinstance(thing, dict):
        return {
            name: sorted(value) if name in ("SS", "NS", "BS") and isinstance(value, list) else seen(value)
            for name, value in thing.items()
            if name not in LEFT_OUT
        }
    return [seen(each) for each in thing] if isinstance(thing, list) else thing


def answered(call: Callable[[], Any]) -> Any:
    try:
        return seen(call())
    except ClientError as error:
        return {"code": error.response["Error"], "response": seen(error.response)}
    except Exception as error:  # noqa: BLE001 - what moto itself does not expect
        return {"code": type(error).__name__, "why": str(error)}


def all_answers() -> list[Any]:
    with mock_aws():
        workbench.create_table(TABLE, stream=True)
        return [answered(call) for call in calls(boto3.client("dynamodb"))]


def test_whatever_is_asked_of_a_table_is_answered_as_by_moto_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench.set_environment(monkeypatch, table_name=TABLE)
    quickly = all_answers()

    with quick_moto.moto_itself():
        by_moto = all_answers()

    assert len(by_moto) > 200
    for ours, motos in zip(quickly, by_moto, strict=True):
        assert ours == motos
