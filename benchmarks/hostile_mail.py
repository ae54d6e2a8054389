"""What hostile mail costs: `python -m benchmarks.hostile_mail [--memory]`.

CPU of the slowest nasty mails of tests/mail/adversarial.py, and how CPU grows when each bomb is doubled twice: twice
the mail may cost twice as much, so four times is linear. `--memory` reads mails of 40 MB, each in a process of its own,
and prints the most memory that took; building the mail takes twice its size already.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable

from chalicelib.mail.parse import parse_mail
from tests.mail.adversarial import bombs, cases

SHOWN = 15
LEAST = 0.05  # CPU seconds below which growth says nothing
SIZE = 40 * 1024 * 1024

_MIXED = b"Content-Type: multipart/mixed; boundary=b\n\n"
LARGE: dict[str, tuple[bytes, bytes]] = {  # what stands first, and what is repeated up to 40 MB
    "text": (b"From: a@b.example\n\n", b"Gr\xc3\xbc\xc3\x9fe und K\xc3\xbcsse, Ann\n"),
    "text in one line": (b"From: a@b.example\n\n", b"word "),
    "text in latin-1": (b"From: a@b.example\n\n", b"Gr\xfc\xdfe\n"),
    "equals signs as quoted-printable": (b"Content-Transfer-Encoding: quoted-printable\n\n", b"="),
    "equals signs as base64": (b"Content-Transfer-Encoding: base64\n\n", b"="),
    "base64": (b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n", b"QUJD" * 19 + b"\n"),
    "base64 in one line": (b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n", b"QUJD"),
    "base64 of text": (b"Content-Transfer-Encoding: base64\n\n", b"QUJD" * 19 + b"\n"),
    "base64 for urls": (b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n", b"-_-_" * 19 + b"\n"),
    "base64 blocks": (b"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n", b"YQ==\n"),
    "base64 junk": (b"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n", b"*A"),
    "quoted-printable": (b"Content-Type: a/b\nContent-Transfer-Encoding: quoted-printable\n\n", b"=41=42=\n"),
    "uuencode": (b"Content-Type: a/b\nContent-Transfer-Encoding: x-uuencode\n\n", b"M" + b"a" * 60 + b"\n"),
    "uuencode in the text": (b"From: a@b.example\n\nbegin 644 a.txt\n", b"M" + b"a" * 60 + b"\n"),
    "uuencode of short lines": (b"Content-Type: a/b\nContent-Transfer-Encoding: x-uuencode\n\n", b"!a\n"),
    "boundary lines": (_MIXED, b"--b\n"),
    "lines like the boundary": (_MIXED, b"--bx\n"),
    "dashes": (_MIXED, b"\n--"),
    "header lines": (b"", b"a: b\n"),
    "a header": (b"Subject: ", b"x "),
    "folds": (b"Subject: x\n", b" x\n"),
    "lines without a name": (b"Subject: x\n", b"x\n"),
    "parts with headers": (_MIXED, b"--b\n" + b"a: b\n" * 7_000 + b"\nx\n"),
    "parts without headers": (_MIXED, b"--b\n" + b"x\n" * 19_000),
    "attachments": (_MIXED, b"--b\nContent-Type: a/b\n\n" + b"x" * 200_000 + b"\n"),
    "texts": (_MIXED, b"--b\nContent-Type: text/plain\n\n" + b"words \xe4 " * 20_000 + b"\n"),
    "pages": (_MIXED, b"--b\nContent-Type: text/html\n\n" + b"<p>words" * 20_000 + b"\n"),
    "depth": (b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(41)), b"x"),
    "html": (b"Content-Type: text/html\n\n", b"<p>word</p>"),
    "stray tags": (b"Content-Type: text/html\n\n", b"<a "),
    "carriage returns": (b"", b"\r"),
    "double carriage returns": (b"From: a@b.example\n\n", b"x\r\r\n"),
    "line feeds": (b"a: b\n", b"\n"),
    "nul": (b"", b"\0"),
    "blanks": (b"From: a@b.example\n", b" "),
    "gb2312": (b"Content-Type: text/plain; charset=gb2312\n\n", b"\x81"),
    "iso-2022-jp": (b"Content-Type: text/plain; charset=iso-2022-jp\n\n", b"\x1b$B\xff"),
    "iso-2022-kr": (b"Content-Type: text/plain; charset=iso-2022-kr\n\n", b"\x0ea\x0f"),
    "wide and bad by turns": (b"Content-Type: text/plain; charset=utf-8\n\n", "\U0001f600\0".encode()),
    "an attached mail": (b"Content-Type: message/rfc822\n\nSubject: x\n\n", b"words\n"),
    "a report": (
        _MIXED.replace(b"mixed", b"report; report-type=delivery-status")
        + b"--b\nContent-Type: message/delivery-status\n\n",
        b"a: b\n\n",
    ),
    "utf-16": (b"\xff\xfe" + "From: a@b.example\n\n".encode("utf-16-le"), "x".encode("utf-16-le")),
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--memory", action="store_true")
    options.add_argument("--one", choices=LARGE, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        weigh(chosen.one)
    elif chosen.memory:
        show_memory()
    else:
        show_times()
        show_growth()


def show_times() -> None:
    times = [(cpu(bomb.build(bomb.size)), bomb.name) for bomb in bombs()] + [(cpu(c.raw), c.name) for c in cases()]
    print(f"{len(times)} nasty mails, CPU s, slowest first")
    for taken, name in sorted(times, reverse=True)[:SHOWN]:
        print(f"{taken:6.2f}  {name}")


def show_growth() -> None:
    rows = []
    for bomb in bombs():
        quarter, half, whole = (least(bomb.build, bomb.size // part) for part in (4, 2, 1))
        if whole >= LEAST:
            rows.append((whole / max(quarter, 0.001), quarter, half, whole, bomb.name))
    print("\nCPU s at a quarter, half and full size, and how often the first goes into the last")
    for ratio, quarter, half, whole, name in sorted(rows, reverse=True)[:SHOWN]:
        print(f"{quarter:6.2f} {half:6.2f} {whole:6.2f} {ratio:6.1f}  {name}")


def show_memory() -> None:
    print("peak MB and CPU s of mails of 40 MB, largest first")
    rows = []
    for name in LARGE:
        done = subprocess.run(  # noqa: S603 - this very module
            [sys.executable, "-m", "benchmarks.hostile_mail", "--one", name], capture_output=True, text=True, check=True
        )
        megabytes, seconds = done.stdout.split()
        rows.append((int(megabytes), float(seconds), name))
    for megabytes, taken, name in sorted(rows, reverse=True):
        print(f"{megabytes:6} {taken:6.2f}  {name}")


def weigh(name: str) -> None:
    first, repeated = LARGE[name]
    raw = first + repeated * ((SIZE - len(first)) // len(repeated))
    taken = cpu(raw)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, f"{taken:.2f}")


def least(build: Callable[[int], bytes], size: int) -> float:
    raw = build(size)
    return min(cpu(raw), cpu(raw))


def cpu(raw: bytes) -> float:
    started = time.process_time()
    parse_mail(raw)
    return time.process_time() - started


if __name__ == "__main__":
    main()
