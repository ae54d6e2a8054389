"""Search for mails that break the parser: `python -m benchmarks.fuzz_mail MINUTES FOLDER`.

Atheris, which is no dependency of ours, changes mails so that they reach new lines of `chalicelib.mail`; it starts
with the nasty mails of the tests, and with the development data where LIANA_DATA names it. A mail that breaks a
promise (`violations` in tests/mail/adversarial.py), raises, or takes more than two seconds of CPU is written to FOLDER,
once per kind, beside the slowest one; what is found becomes a case in tests/mail/adversarial.py.
"""

import os
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path

SLOW = 2.0  # CPU seconds
LONGEST = 16_384  # bytes of a mail that is tried
TOKENS = (
    *("From: ", "To: ", "Subject: ", "Date: ", "Message-ID: <", "References: ", "Return-Path: <>", "Content-Type: "),
    *("text/plain", "text/html", "text/calendar", "multipart/mixed", "multipart/alternative", "multipart/report"),
    *(
        "multipart/digest",
        "message/rfc822",
        "message/delivery-status",
        "application/ms-tnef",
        "; boundary=",
        "; charset=",
    ),
    *("; name*0*=", "; filename=", "Content-Transfer-Encoding: ", "Content-Disposition: attachment", "base64"),
    *(
        "quoted-printable",
        "x-uuencode",
        "utf-8",
        "utf-7",
        "utf-16",
        "iso-2022-jp",
        "iso-2022-kr",
        "gb2312",
        "big5",
        "hz",
    ),
    *(
        "=?utf-8?Q?",
        "=?iso-2022-jp?B?",
        "?=",
        "--",
        "\\x0d\\x0a",
        "\\x0a\\x0a",
        "\\x0d",
        "\\x00",
        "\\xff\\xfe",
        "\\x1b$B",
    ),
    *("\\x1b(B", "\\x0e", "<!--", "<script>", "<a href=", "</", "&#", "> ", "wrote:", "begin 644 ", "-----BEGIN PGP "),
    *("Action: failed", "Status: 5.1.1", "BEGIN:VEVENT", "-- ", "@", "<", ">", "(", ")", "'", "*", "%"),
)


def main() -> int:
    try:
        import atheris
    except ImportError:
        print("Atheris is missing: `pip install atheris` into an environment of its own beside requirements.txt")
        return 0
    minutes, folder = float(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(include=["chalicelib.mail"]):
        from chalicelib.mail.parse import parse_mail
    from tests.mail.adversarial import violations

    found: set[str] = set()
    slowest = 0.0

    def keep(kind: str, raw: bytes) -> None:
        if kind not in found:
            found.add(kind)
            print(f"found: {kind}", flush=True)
            (folder / f"{sha256(kind.encode()).hexdigest()[:8]}.eml").write_bytes(raw)

    def read(raw: bytes) -> None:
        nonlocal slowest
        started = time.process_time()
        try:
            mail = parse_mail(raw)
        except Exception as error:  # noqa: BLE001 - the parser must never raise: each kind is a finding
            return keep(f"raises {type(error).__name__}", raw)
        taken = time.process_time() - started
        broken = violations(mail)
        if broken:
            keep(f"breaks {broken} {[w for w in mail.warnings if w.startswith('unparsed')]}", raw)
        if taken > SLOW:
            keep("slow", raw)
        if taken > slowest:
            slowest = taken
            (folder / "slowest.eml").write_bytes(raw)
            (folder / "slowest.txt").write_text(f"{taken:.3f} s CPU, {len(raw)} bytes\n")
        return None

    with tempfile.TemporaryDirectory() as corpus:
        tokens = Path(corpus) / "tokens.txt"
        tokens.write_text("".join(f'"{token}"\n' for token in TOKENS))
        seeds = Path(corpus) / "seeds"
        seeds.mkdir()
        for raw in _seeds():
            (seeds / sha256(raw).hexdigest()).write_bytes(raw)
        options = (
            f"-max_total_time={int(minutes * 60)}",
            f"-max_len={LONGEST}",
            f"-dict={tokens}",
            "-print_final_stats=1",
        )
        atheris.Setup([sys.argv[0], *options, str(seeds)], read)
        atheris.Fuzz()
    return 0


def _seeds() -> list[bytes]:
    from tests.mail.adversarial import bombs, cases

    data = Path(os.environ.get("LIANA_DATA", "-")) / "mail"
    real = [path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file() and path.stat().st_size <= LONGEST]
    return [raw for raw in (*(c.raw for c in cases()), *(b.build(20) for b in bombs()), *real) if len(raw) <= LONGEST]


if __name__ == "__main__":
    sys.exit(main())
