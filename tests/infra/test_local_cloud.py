"""The local cloud starts, keeps its state, stops; and says in one line why it cannot."""

import json
import os
import signal
import socket
from pathlib import Path

import pytest

from infra import local_cloud
from infra.local_cloud import LocalCloud
from infra.trouble import Trouble

pytestmark = pytest.mark.cloud


def test_state_survives_a_stop_and_a_start_on_another_port(tmp_path: Path) -> None:
    with LocalCloud(tmp_path) as cloud:
        cloud.client("s3").create_bucket(Bucket="kept")
        cloud.client("s3").put_object(Bucket="kept", Key="note", Body=b"still here")
        url = cloud.client("sqs").create_queue(QueueName="kept")["QueueUrl"]
        cloud.client("sqs").send_message(QueueUrl=url, MessageBody="waits still")

    with LocalCloud(tmp_path) as cloud:
        sqs = cloud.client("sqs")
        (message,) = sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName="kept")["QueueUrl"])["Messages"]
        assert message["Body"] == "waits still"
        assert cloud.client("s3").get_object(Bucket="kept", Key="note")["Body"].read() == b"still here"
        assert not list((tmp_path / "scratch").glob("*lambda*"))

    with LocalCloud(tmp_path, keep_state=False) as cloud:
        assert cloud.client("s3").list_buckets()["Buckets"] == []


def test_only_the_loopback_can_reach_it(cloud: LocalCloud) -> None:
    assert cloud.endpoint.startswith("http://127.0.0.1:")
    listening = {
        (fields[1], fields[3]) for fields in map(str.split, Path("/proc/net/tcp").read_text().splitlines()[1:])
    }
    hexadecimal = f"{cloud.port:04X}"
    assert {place for place, state in listening if state == "0A" and place.endswith(hexadecimal)} == {
        f"0100007F:{hexadecimal}"
    }


def test_functions_inherit_nothing_of_this_shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    monkeypatch.setenv("TABLE_NAME", "forgotten-in-the-template")

    environment = LocalCloud(tmp_path)._environment()

    assert "mine" not in environment.values()
    assert "TABLE_NAME" not in environment


def test_a_busy_port_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=f"port {port} is busy"):
            LocalCloud(tmp_path, port).start()


def test_a_folder_in_use_is_said(cloud: LocalCloud) -> None:
    with pytest.raises(Trouble, match="another local cloud is running"):
        LocalCloud(cloud.home).start()

    cloud.check()  # and the first is none the worse


def test_a_missing_ministack_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(local_cloud, "REPOSITORY", tmp_path)
    monkeypatch.setattr(local_cloud, "find_spec", lambda name: None)

    with pytest.raises(Trouble, match="MiniStack is not installed"):
        LocalCloud(tmp_path).start()


def test_environments_of_two_pythons_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    python = tmp_path / ".cloud/bin/python"
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / ".cloud/pyvenv.cfg").write_text("version = 3.9.1\n")
    monkeypatch.setattr(local_cloud, "REPOSITORY", tmp_path)

    with pytest.raises(Trouble, match="make clean"):
        LocalCloud(tmp_path).start()


def test_one_that_dies_at_the_start_is_said_with_its_last_word(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "dies"
    program.write_text("#!/bin/sh\necho no room left\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(local_cloud, "ministack_python", lambda: str(program))

    with pytest.raises(Trouble, match=r"has ended \(code 3\): no room left"):
        LocalCloud(tmp_path).start()


def test_one_that_dies_later_is_noticed(tmp_path: Path) -> None:
    with LocalCloud(tmp_path, keep_state=False) as cloud:
        os.kill(cloud.pid, signal.SIGKILL)
        cloud._process.wait(10)  # type: ignore[union-attr]

        with pytest.raises(Trouble, match="has ended"):
            cloud.check()


def test_stream_positions_are_forgotten_for_the_stream_is(tmp_path: Path) -> None:
    state = tmp_path / "state/lambda.json"
    state.parent.mkdir()
    state.write_text(json.dumps({"payload": {"dynamodb_stream_positions": {"data": {"mapping": 127}}, "other": 1}}))

    LocalCloud(tmp_path)._prepare()

    saved = json.loads(state.read_text())["payload"]
    assert saved == {"dynamodb_stream_positions": {"data": {}}, "other": 1}
