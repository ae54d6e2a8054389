"""What operators do about access: the first admin, and the secret the issuer knows a stage by."""

import pytest

import infra.__main__ as cli
from chalicelib.gateways import secrets
from chalicelib.kernel.settings import settings
from chalicelib.model.access import AccessEvent, AccessKind
from chalicelib.storage import staff
from infra.cloud import Cloud
from infra.stack import Stack
from infra.stages import Stage, local_stage
from tests.workbench import SENDER, Bench

STAGE = local_stage()


@pytest.fixture(autouse=True)
def operator(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a prompt, with this stage deployed."""
    outputs = {
        "ApiUrl": "https://api.liana.test",
        "TableName": bench.bucket,
        "BucketName": bench.bucket,
        "SenderAddress": SENDER,
    }
    deployed = Stack(STAGE.stack_name, "CREATE_COMPLETE", "", outputs, {"Stage": STAGE.name})

    def where(_: object) -> tuple[Cloud, Stage]:
        return Cloud("us-east-1"), STAGE

    monkeypatch.setattr(cli, "_where", where)
    monkeypatch.setattr(cli.stack, "require", lambda *_: deployed)
    monkeypatch.setenv("KEYS_PARAMETER", STAGE.keys_parameter)
    settings.cache_clear()


def test_the_first_admin_is_made_and_a_second_time_changes_nothing(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = [cli.main(["staff-admin", "Ria@example.com", "--name", "Ria", "--local"]) for _ in range(2)]

    told = capsys.readouterr()
    first, second = told.out.split()
    assert (ran, first) == ([0, 0], second)
    ria = staff.member(first)
    assert ria and (ria.email, ria.name, ria.role, ria.team, ria.active) == (
        "ria@example.com",
        "Ria",
        "admin",
        "",
        True,
    )
    assert "https://api.liana.test/sign-in" in told.err
    assert [event.what for event in bench.rows(AccessEvent)] == [AccessKind.STAFF_ADDED]


def test_the_client_secret_is_kept_shown_nowhere_and_taken_away_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = []
    for typed in ("  s3cret/+\n", ""):
        monkeypatch.setattr(cli.getpass, "getpass", lambda _, typed=typed: typed)
        assert cli.main(["client-secret", "--local"]) == 0
        secrets._client_secret.cache_clear()
        kept.append(secrets.client_secret())

    assert kept == ["s3cret/+", ""]
    assert "s3cret" not in "".join(capsys.readouterr())
