import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.mail.__main__ import main
from tests.mail.letters import letter, multipart, part

ROOT = Path(__file__).parents[2]


def test_the_command_prints_one_object_per_mail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(letter("Yes\n\n> No", In_Reply_To="<zero@shop.example>"))

    status = main([str(file), str(file)])

    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert status == 0
    assert first == second
    assert first["from"] == "Ann Lee <ann@customer.example>"
    assert (first["reply_text"], first["in_reply_to"]) == ("Yes", "zero@shop.example")
    assert first.keys() >= {
        "subject",
        "to",
        "message_id",
        "references",
        "text",
        "attachments",
        "auto",
        "bounce",
    }


def test_paths_may_come_from_standard_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.eml").write_bytes(letter())
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{tmp_path / 'a.eml'}\n{tmp_path / 'gone.eml'}\n"))

    status = main(["--jsonl"])

    output = capsys.readouterr()
    assert status == 1
    assert json.loads(output.out)["subject"] == "My order"
    assert "gone.eml" in output.err


def run(*arguments: str, stdin: bytes = b"", **environment: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "chalicelib.mail", *arguments]
    variables = {**os.environ, **environment}
    return subprocess.run(command, input=stdin, env=variables, cwd=ROOT, capture_output=True, check=False)


def test_an_invitation_and_a_protection_are_shown_when_there_is_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calendar = part("text/calendar", "BEGIN:VEVENT\nSUMMARY:Visit\nEND:VEVENT")
    (tmp_path / "a.eml").write_bytes(multipart("signed", part("text/plain", "come"), calendar))

    main([str(tmp_path / "a.eml")])

    shown = json.loads(capsys.readouterr().out)
    assert (shown["invitation"]["summary"], shown["protection"]) == ("Visit", "signed")


def test_an_empty_file_gives_an_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.eml").touch()

    status = main([str(tmp_path / "a.eml")])

    assert status == 0
    assert json.loads(capsys.readouterr().out)["text"] == ""


def test_what_is_no_readable_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(letter())

    done = run("--jsonl", stdin=f"{tmp_path}\n\na\0b\n{tmp_path / 'a.eml'}\n".encode())

    assert done.returncode == 1
    assert json.loads(done.stdout)["subject"] == "My order"
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_any_name_and_text_can_be_shown_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    name = os.fsencode(tmp_path) + b"/\xff.eml"
    Path(os.fsdecode(name)).write_bytes(letter(Subject="您好"))

    done = run("--jsonl", stdin=name + b"\n", PYTHONIOENCODING=encoding)

    shown = json.loads(done.stdout.decode(encoding))
    assert (shown["subject"], os.fsencode(shown["path"])) == ("您好", name)


def test_mails_are_shown_as_their_paths_come(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(letter())
    command = [sys.executable, "-m", "chalicelib.mail", "--jsonl"]

    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin and process.stdout
        process.stdin.write(f"{tmp_path / 'a.eml'}\n".encode())
        process.stdin.flush()
        first = process.stdout.readline()  # while standard input is still open
        process.stdin.close()

    assert json.loads(first)["subject"] == "My order"


def test_who_has_seen_enough_may_close_the_pipe(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(letter("x" * 100_000))
    command = [sys.executable, "-m", "chalicelib.mail", *[str(tmp_path / "a.eml")] * 9]

    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.read(10)
        process.stdout.close()
        complaints = process.stderr.read()

    assert complaints == b""
