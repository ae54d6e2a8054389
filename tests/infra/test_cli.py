"""The command line: what goes wrong is one line on standard error and a failing exit, never a traceback."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from infra.__main__ import main
from infra.local_cloud import LocalCloud, free_port
from infra.stack import Stack
from infra.stages import REPOSITORY


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    return said


def test_a_stage_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status"]) == 1
    assert "which stage?" in one_line(capsys)


def test_a_stage_without_a_file_says_what_to_write(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["deploy", "--stage", "nowhere"]) == 1
    assert "liana.nowhere.toml is missing: write in it sender_address" in one_line(capsys)


def test_a_local_cloud_that_is_not_up_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--local", f"http://127.0.0.1:{free_port()}"]) == 1
    assert "is the local cloud up?" in one_line(capsys)


def test_destroying_wants_a_yes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["destroy", "--local", "--delete-data"]) == 1
    assert "ALL ITS DATA" in one_line(capsys)


def test_an_empty_mailbox_and_a_wrong_number(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["mailbox", "--home", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "The mailbox is empty.\n"
    assert main(["mailbox", "--home", str(tmp_path), "3"]) == 1
    assert "no mail 3" in one_line(capsys)


@pytest.mark.cloud
def test_status_of_a_local_stage(cloud: LocalCloud, stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--local", cloud.endpoint]) == 0

    said = capsys.readouterr().out
    assert stack.api_url in said
    assert "RelayDeadLetters" in said
    assert "dead letters" in said.splitlines()[-1]


@pytest.mark.cloud
@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_up_serves_until_it_is_asked_to_end(tmp_path: Path, asked: signal.Signals) -> None:
    command = [sys.executable, "-m", "infra", "up", "--home", str(tmp_path)]
    ports = ["--port", str(free_port()), "--smtp-port", "0"]
    serving = subprocess.Popen(
        [*command, *ports], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert serving.stdout
    said = []
    for line in serving.stdout:
        said.append(line)
        if "Ctrl-C" in line:
            serving.send_signal(asked)

    assert serving.wait(60) == 0
    assert any(line.startswith("mail to  anything@liana.example by SMTP at 127.0.0.1:") for line in said)
    assert (tmp_path / "state/dynamodb.json").exists()
    serving.stdout.close()
