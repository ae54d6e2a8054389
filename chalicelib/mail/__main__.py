"""Show what Liana reads in a mail: one JSON object per file.

python -m chalicelib.mail FILE…
python -m chalicelib.mail --jsonl < paths
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from chalicelib.mail.message import ParsedMail
from chalicelib.mail.parse import parse_mail


def main(arguments: Sequence[str]) -> int:
    """0 when every file could be opened; a line on standard error for each that could not."""
    parser = argparse.ArgumentParser(
        prog="python -m chalicelib.mail", description="Show what is read in a mail, as JSON."
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="raw mail (.eml)")
    parser.add_argument("--jsonl", action="store_true", help="read the paths from standard input, one per line")
    options = parser.parse_args(arguments)
    if not options.files and not options.jsonl:
        parser.error("name a file, or use --jsonl")
    return show([*options.files, *(_paths() if options.jsonl else ())])


def show(paths: Iterable[str]) -> int:
    failed = 0
    for path in paths:
        try:
            raw = Path(path).read_bytes()
        except OSError as error:
            sys.stderr.write(f"{path}: {error.strerror}\n")
            failed = 1
            continue
        sys.stdout.write(json.dumps({"path": path, **as_json(parse_mail(raw))}, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return failed


def as_json(mail: ParsedMail) -> dict[str, Any]:
    bounce = mail.bounce
    return {
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


def _paths() -> list[str]:
    return [line.strip() for line in sys.stdin if line.strip()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
