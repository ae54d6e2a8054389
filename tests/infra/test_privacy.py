"""Export and erasure from a terminal, with the operator's own credentials."""

import json
import zipfile
from pathlib import Path

import pytest

from chalicelib.kernel.settings import settings
from chalicelib.model.customer import Handle
from chalicelib.model.interaction import Receipt
from chalicelib.model.privacy import Look
from chalicelib.storage import customers
from infra import privacy
from infra.cloud import Cloud
from infra.stack import Stack
from infra.trouble import Trouble
from tests.workbench import SENDER, Bench, mail_bytes

NOBODY = "01KAM8Q6C3V8QW2E0N4B7T9XYZ"
ANN = Handle("email", "ann@example.org")
TOM = {"author": "Tom", "reason": "letter"}


@pytest.fixture
def stack(bench: Bench) -> Stack:
    outputs = {"TableName": settings().table_name, "BucketName": bench.bucket, "SenderAddress": SENDER}
    return Stack("liana-test", "", "", outputs, {"Stage": "test"})


@pytest.fixture
def cloud() -> Cloud:
    return Cloud("us-east-1")


@pytest.fixture
def anns_id(bench: Bench) -> str:
    bench.receive(mail_bytes("Hello, " * 300, files={"invoice.pdf": b"%PDF-1.4"}))
    bench.run()
    found = customers.customer_of(ANN)
    assert found
    return found.id


def test_an_export_is_one_zip_with_everything_in_it(
    bench: Bench, cloud: Cloud, stack: Stack, anns_id: str, tmp_path: Path
) -> None:
    found = privacy.export(cloud, stack, anns_id, **TOM, to=tmp_path / "new", progress=lambda _: bench.run())

    with zipfile.ZipFile(found) as whole:
        assert whole.testzip() is None
        assert json.loads(whole.read("manifest.json"))["holds"]["interaction"] == 2
        files = [name.rpartition("/")[2] for name in whole.namelist() if name.startswith("attachments/")]
        assert files == ["1-invoice.pdf"]
    assert [path.suffix for path in found.parent.iterdir()] == [".zip"]


def test_an_operators_export_is_a_look_like_any_other(
    bench: Bench, cloud: Cloud, stack: Stack, anns_id: str, tmp_path: Path
) -> None:
    privacy.export(cloud, stack, anns_id, **TOM, to=tmp_path, progress=lambda _: bench.run())

    (look,) = bench.rows(Look)
    assert (look.by, look.what, look.because) == ("operator", "start_export", "letter")


def test_what_is_kept_is_counted_without_writing(bench: Bench, cloud: Cloud, stack: Stack, anns_id: str) -> None:
    lines = [line.split() for line in privacy.inventory(cloud, stack, anns_id)]

    assert ["2", "interaction"] in lines
    assert ["1", "attachment", "(objects)"] in lines


def test_an_erasure_is_followed_until_she_is_forgotten(bench: Bench, cloud: Cloud, stack: Stack, anns_id: str) -> None:
    told: list[str] = []
    erasure_id = privacy.erase(cloud, stack, anns_id, **TOM)
    bench.run()

    privacy.wait_until_forgotten(cloud, stack, erasure_id, progress=told.append)

    assert customers.customer_of(ANN) is None
    assert [line.split() for line in told][:3] == [["1", "case"], ["1", "case_of_customer"], ["1", "customer"]]


def test_the_receipt_of_an_erasure_does_not_say_of_whom(bench: Bench, cloud: Cloud, stack: Stack, anns_id: str) -> None:
    privacy.erase(cloud, stack, anns_id, **TOM)

    (receipt,) = [receipt for receipt in bench.rows(Receipt) if receipt.key.startswith("api:operator:")]
    assert anns_id not in str(receipt)


def test_somebody_nobody_knows_is_trouble_told_in_a_line(
    bench: Bench, cloud: Cloud, stack: Stack, tmp_path: Path
) -> None:
    for ask in (
        lambda: privacy.inventory(cloud, stack, NOBODY),
        lambda: privacy.export(cloud, stack, NOBODY, **TOM, to=tmp_path),
        lambda: privacy.erase(cloud, stack, NOBODY, **TOM),
    ):
        with pytest.raises(Trouble, match=f"{NOBODY}: no customer has this id"):
            ask()  # type: ignore[no-untyped-call]


def test_who_does_not_wait_any_longer_is_told_that_it_goes_on(
    bench: Bench, cloud: Cloud, stack: Stack, anns_id: str
) -> None:
    erasure_id = privacy.erase(cloud, stack, anns_id, **TOM)

    with pytest.raises(Trouble, match="goes on by itself"):
        privacy.wait_until_forgotten(cloud, stack, erasure_id, patience=-1)


def test_what_stays_is_told_with_its_reason() -> None:
    assert all(": " in line for line in privacy.stays())
