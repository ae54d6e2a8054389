"""Show what Liana reads in a mail: one JSON object per file.

python -m chalicelib.mail FILE…
python -m chalicelib.mail --jsonl < paths
"""

import argparse
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

from chalicelib.mail.message import DEFAULT_LIMITS, ParsedMail
from chalicelib.mail.parse import parse_mail


def main(arguments: Sequence[str]) -> int:
    """0 when every file was read and shown; a line on standard error for each that could not be opened."""
    parser = argparse.ArgumentParser(
        prog="python -m chalicelib.mail", description="Show what is read in a mail, as JSON."
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="raw mail (.eml)")
    parser.add_argument("--jsonl", action="store_true", help="read the paths from standard input, one per line")
    options = parser.parse_args(arguments)
    if not options.files and not options.jsonl:
        parser.error("name a file, or use --jsonl")
    _bear_any_name(sys.stdout, sys.stderr)
    try:
        return show(chain(options.files, _paths() if options.jsonl else ()))
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def show(paths: Iterable[str]) -> int:
    failed = 0
    ascii_only = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    for path in paths:
        try:
            with Path(path).open("rb") as file:
                raw = file.read(DEFAULT_LIMITS.mail + 1)
        except (OSError, ValueError) as error:  # ValueError: a path with a NUL
            sys.stderr.write(f"{path}: {getattr(error, 'strerror', None) or error}\n")
            failed = 1
            continue
        shown = json.dumps({"path": path, **as_json(parse_mail(raw))}, ensure_ascii=ascii_only)
        sys.stdout.write(shown + "\n")
        sys.stdout.flush()
    return failed


def as_json(mail: ParsedMail) -> dict[str, Any]:
    """The fields of a mail by name; `invitation` and `protection` only when there is one."""
    bounce = mail.bounce
    shown: dict[str, Any] = {
        "subject": mail.subject,
        "from": str(mail.sender),
        "to": [str(address) for address in mail.to],
        "message_id": mail.message_id,
        "in_reply_to": next(iter(mail.in_reply_to), None),
        "references": list(mail.references),
        "text": mail.text,
        "reply_text": mail.reply_text,
        "attachments": [{"name": a.name, "size": a.size, "type": a.type} for a in mail.attachments],
        "auto": mail.auto,
        "bounce": {"recipient": bounce.recipient, "status": bounce.status} if bounce else None,
        "warnings": list(mail.warnings),
    }
    if mail.invitation:
        shown["invitation"] = asdict(mail.invitation)
    if mail.protection:
        shown["protection"] = mail.protection
    return shown


def _bear_any_name(*streams: object) -> None:
    """File names are bytes: what is no text in them goes out as `\\udcff`, which is JSON."""
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _paths() -> Iterator[str]:
    """As they come, so that a pipe can go on for long."""
    lines = sys.stdin.buffer if isinstance(sys.stdin, io.TextIOWrapper) else sys.stdin
    return (path for line in lines if (path := os.fsdecode(line).rstrip("\r\n")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
