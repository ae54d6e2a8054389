"""How well `chalicelib.mail` reads real mail, and what it costs: `python -m benchmarks.mail [--verbose]`.

Needs the development mails: LIANA_DATA is the folder that holds `mail/expected.jsonl`. Prints one table; `--verbose`
adds the mails that are read wrongly, by path only. Times are CPU of one process; compare the rows of one run.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from base64 import encodebytes
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default as default_policy
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from chalicelib.mail.message import ParsedMail
from chalicelib.mail.parse import parse_mail

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("LIANA_DATA", ROOT / ".." / "shared" / "data")) / "mail"
IMPORT_RUNS = 5
MEGABYTE = 1024 * 1024
T = TypeVar("T")
STATED = re.compile(
    rb"^(?:final|original)-recipient:[^;\r\n]{0,40};[ \t]*<?([^\s<>;]{3,320})", re.IGNORECASE | re.MULTILINE
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--verbose", action="store_true", help="name the mails that are read wrongly")
    options.add_argument("--weigh", choices=("attachment", "text"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.weigh:
        print(peak_megabytes(chosen.weigh))
        return
    if not (DATA / "expected.jsonl").exists():
        print("benchmarks.mail: skipped, no development mails; set LIANA_DATA to the folder that holds mail/")
        return
    table = measure()
    for name, value in table.rows:
        print(f"{name:<44} {value:>20}")
    if chosen.verbose:
        for name, paths in table.wrong.items():
            print(f"\n{name}")
            print("\n".join(f"  {path}" for path in paths))


@dataclass
class Table:
    rows: list[tuple[str, str]] = field(default_factory=list)
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def add(self, name: str, value: str) -> None:
        self.rows.append((name, value))

    def count(self, name: str, answers: Iterable[tuple[str, bool]]) -> None:
        """How many of these mails are right, and which are not."""
        answers = list(answers)
        right = sum(ok for _, ok in answers)
        self.add(name, f"{right}/{len(answers)} = {right / (len(answers) or 1):.3f}")
        if right < len(answers):
            self.wrong[name] = [path for path, ok in answers if not ok]


@dataclass(frozen=True)
class Case:
    path: str
    suite: str
    expect: dict[str, Any]


def measure() -> Table:
    lines = dict.fromkeys((DATA / "expected.jsonl").read_text(encoding="utf-8").splitlines())
    cases = [Case(**json.loads(line)) for line in lines]
    raws = {case.path: (DATA / case.path).read_bytes() for case in cases}
    mails, ours = timed(raws, parse_mail)
    _, theirs = timed(raws, naively)
    table = Table()
    table.add("mails", str(len(raws)))
    table.count("read, none lost", ((p, p in mails and not unparsed(mails[p])) for p in raws))
    score(table, cases, mails, raws)
    table.add("CPU ms per mail: p50 / p99 / max", spread(ours))
    table.add("  email, policy.default: lost", str(len(raws) - len(theirs)))
    table.add("  email, policy.default: p50 / p99 / max", spread(theirs))
    table.add("import chalicelib.mail.parse, CPU ms", f"{import_ms('import chalicelib.mail.parse'):.0f}")
    table.add("  import email and its policy, CPU ms", f"{import_ms('import email, email.policy'):.0f}")
    for kind, name in (("attachment", "a 28 MB attachment"), ("text", "40 MB of plain text")):
        table.add(f"peak RSS, MB: {name}", f"{weighed(kind):.0f}")
    return table


def score(table: Table, cases: list[Case], mails: dict[str, ParsedMail], raws: dict[str, bytes]) -> None:
    def of(*suites: str) -> list[tuple[str, dict[str, Any], ParsedMail]]:
        return [(c.path, c.expect, mails[c.path]) for c in cases if c.suite in suites and c.path in mails]

    score_replies(table, [(path, expect["reply"], mail.reply_text) for path, expect, mail in of("reply")])
    bounces = of("bounce")
    table.count("bounces detected", ((p, mail.bounce is not None) for p, _, mail in bounces))
    stated = [(p, str(expect["status"]), status_of(mail)) for p, expect, mail in bounces if expect["status"]]
    table.count("bounce status, class", ((p, found[:1] == wanted[:1]) for p, wanted, found in stated))
    exact = [(p, found == wanted) for p, wanted, found in stated if not wanted.startswith(("5.0.9", "4.0.9"))]
    table.count("bounce status, exact", exact)
    named = [(p, mail.bounce.recipient if mail.bounce else None) for p, _, mail in bounces]
    table.count("bounce names a recipient", ((p, found is not None) for p, found in named))
    told = [(p, found, stated_recipients(raws[p])) for p, found in named]
    table.count("bounce recipient, where the DSN states one", ((p, found in t) for p, found, t in told if t))
    table.count("ARF is machine mail", ((p, mail.auto is not None) for p, _, mail in of("arf")))
    table.count("automatic answers: machine, no bounce", ((p, bool(m.auto and not m.bounce)) for p, _, m in of("auto")))
    table.count("not a bounce", ((p, mail.bounce is None) for p, _, mail in of("notbounce")))
    table.count("reply is no machine mail", ((p, not (mail.auto or mail.bounce)) for p, _, mail in of("reply")))


def score_replies(table: Table, texts: list[tuple[str, str, str]]) -> None:
    """Token precision and recall of each text, averaged; exact once white space is made equal."""
    precision, recall = [], []
    for _, wanted, found in texts:
        want, have = (Counter(re.findall(r"\w+", text.lower())) for text in (wanted, found))
        shared = sum((want & have).values())
        precision.append(shared / (sum(have.values()) or 1))
        recall.append(shared / (sum(want.values()) or 1))
    table.add("reply precision / recall", f"{statistics.fmean(precision):.3f} / {statistics.fmean(recall):.3f}")
    table.count("reply exact", ((path, wanted.split() == found.split()) for path, wanted, found in texts))
    kept = ((path, r >= 0.5) for (path, _, _), r in zip(texts, recall, strict=True))
    table.count("reply recall at least .5", kept)


def status_of(mail: ParsedMail) -> str:
    return (mail.bounce.status if mail.bounce else None) or ""


def stated_recipients(raw: bytes) -> set[str]:
    return {found.decode("latin-1").lower() for found in STATED.findall(raw) if b"@" in found}


def unparsed(mail: ParsedMail) -> bool:
    return any(warning.startswith("unparsed") for warning in mail.warnings)


def naively(raw: bytes) -> None:
    """The standard library as its documentation shows it."""
    mail = message_from_bytes(raw, policy=default_policy)
    _ = [mail["subject"], mail["from"], mail["to"], mail["cc"], mail["date"], mail["message-id"]]
    body = mail.get_body(preferencelist=("plain", "html"))
    _ = body.get_content() if body else None
    for attachment in mail.iter_attachments():
        _ = attachment.get_filename(), attachment.get_content()


def timed(raws: dict[str, bytes], read: Callable[[bytes], T]) -> tuple[dict[str, T], list[float]]:
    """(what was read of those that gave no exception, CPU ms of each: the better of two runs)."""
    results: dict[str, T] = {}
    times = []
    for path, raw in raws.items():
        with suppress(Exception):
            times.append(min(cpu_ms(partial(read, raw)) for _ in range(2)))
            results[path] = read(raw)
    return results, times


def cpu_ms(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000


def spread(times: list[float]) -> str:
    ordered = sorted(times)
    return f"{statistics.median(ordered):.1f} / {ordered[int(len(ordered) * 0.99)]:.1f} / {ordered[-1]:.0f}"


def import_ms(statement: str) -> float:
    program = f"import time; t = time.process_time(); {statement}; print(time.process_time() - t)"
    return min(float(run_python("-c", program)) for _ in range(IMPORT_RUNS)) * 1000


def weighed(kind: str) -> float:
    return float(run_python("-m", "benchmarks.mail", "--weigh", kind))


def peak_megabytes(kind: str) -> float:
    """Of this process, once it has read a mail of 40 MB."""
    import resource

    head = b"From: a@customer.example\r\nTo: help@shop.example\r\nSubject: Big\r\nMIME-Version: 1.0\r\n"
    if kind == "text":
        raw = (
            head + b"Content-Type: text/plain\r\n\r\n" + b"Where is my order, please?\r\n" * (40 * MEGABYTE // 28 - 10)
        )
    else:
        start = (
            b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nHello\r\n--b\r\nContent-Type: image/png\r\n'
        )
        base64 = b"Content-Transfer-Encoding: base64\r\n\r\n"
        raw = head + start + base64 + encodebytes(bytes(28 * MEGABYTE)) + b"--b--\r\n"
    parse_mail(raw)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / MEGABYTE


def run_python(*arguments: str) -> str:
    run = [sys.executable, *arguments]
    return subprocess.run(run, check=True, capture_output=True, text=True, cwd=ROOT).stdout  # noqa: S603 - our own


if __name__ == "__main__":
    main()
