import io
import json
from pathlib import Path

import pytest

from chalicelib.mail.__main__ import main

from .letters import letter


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
