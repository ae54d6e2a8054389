"""The embedded local cloud: MiniStack as a child process, on the loopback only, with its state in one folder.

MiniStack writes its state when it is asked to stop and loses it when killed, so `stop` asks and waits. Its
environment is ours to the last variable, because the functions it runs inherit it: what a function needs must
be in the template.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from http.client import HTTPResponse
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from infra.cloud import LOCAL_REGION, Cloud
from infra.smtp import LOOPBACK, listen
from infra.stages import REPOSITORY
from infra.trouble import Trouble

DEFAULT_PORT = 4566
DEFAULT_HOME = REPOSITORY / ".liana"
_START_PATIENCE = 60.0
_STOP_PATIENCE = 60.0
_BY_URL = ("sqs.json", "lambda.json", "cloudformation.json")  # files of MiniStack's state that hold URLs of queues


class LocalCloud(Cloud):
    """Runs while the `with` block does.

    `port=None` takes a free port. `auth=True` enforces the functions' IAM roles. `keep_state=False` starts
    from nothing and saves nothing. Mail that SES is asked to send is relayed to `mail_listener`, which a
    Mailbox serves; until it does, senders wait a few seconds.
    """

    def __init__(
        self,
        home: Path = DEFAULT_HOME,
        port: int | None = None,
        *,
        auth: bool = False,
        keep_state: bool = True,
    ) -> None:
        self.home = home.resolve()
        self.port = port or free_port()
        self.mail_listener: socket.socket | None = None
        self.auth = auth
        self.keep_state = keep_state
        self._process: subprocess.Popen[bytes] | None = None
        super().__init__(LOCAL_REGION, f"http://{LOOPBACK}:{self.port}")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def log_path(self) -> Path:
        return self.home / "ministack.log"

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def start(self) -> None:
        python = ministack_python()
        _refuse_busy(self.port)
        self.home.mkdir(parents=True, exist_ok=True)
        try:
            with (self.home / "lock").open("w") as lock, self.log_path.open("ab") as log:
                _hold(lock, self.home)
                self._prepare()
                log.truncate(0)
                self.mail_listener = listen(0)
                # Its own session: Ctrl-C is for us, and we ask it to stop in good order. The lock goes with
                # it, so that the folder stays taken as long as MiniStack lives, even if we do not.
                self._process = subprocess.Popen(
                    [python, "-m", "ministack"],
                    env=self._environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=self.home,
                    start_new_session=True,
                    pass_fds=(lock.fileno(),),
                )
            self._wait_until_healthy()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Asks MiniStack to write its state and end; kills it only if it does not within a minute."""
        if self.mail_listener:
            self.mail_listener.close()
            self.mail_listener = None
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Trouble(
                "the local cloud did not stop in a minute and was killed: its last changes are lost"
            ) from None
        finally:
            shutil.rmtree(self.home / "scratch", ignore_errors=True)

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def check(self) -> None:
        """Raises Trouble if MiniStack has died."""
        if not self.is_alive():
            code = self._process.returncode if self._process else None
            raise Trouble(f"the local cloud has ended (code {code}): {_last_line(self.log_path)}")

    def _prepare(self) -> None:
        # Each worker unpacks its own copy of the code under TMPDIR and leaves it behind.
        for leftover in ("scratch",) if self.keep_state else ("scratch", "state", "s3"):
            shutil.rmtree(self.home / leftover, ignore_errors=True)
        for folder in ("scratch", "state", "s3"):
            (self.home / folder).mkdir(exist_ok=True)
        # MiniStack 1.5 saves how far each stream was read but not the stream, and would then skip as many new
        # records. Remove when a version restarts stream mappings by itself.
        saved = self.home / "state" / "lambda.json"
        if saved.exists():
            state = json.loads(saved.read_text())
            with contextlib.suppress(KeyError):
                state["payload"]["dynamodb_stream_positions"]["data"] = {}
            saved.write_text(json.dumps(state))
        self._move_to_port()

    def _move_to_port(self) -> None:
        """What was saved names queues by URLs with the port of that time: under another, nobody would read them."""
        told = self.home / "port"
        before = told.read_text().strip() if told.exists() else str(self.port)
        there = re.compile(rf"\b(localhost|{re.escape(LOOPBACK)}):{before}\b")
        for name in _BY_URL if before != str(self.port) else ():
            saved = self.home / "state" / name
            if saved.exists():
                saved.write_text(there.sub(rf"\g<1>:{self.port}", saved.read_text()))
        told.write_text(f"{self.port}\n")

    def _environment(self) -> dict[str, str]:
        kept = "1" if self.keep_state else "0"
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.home),
            "TMPDIR": str(self.home / "scratch"),
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": LOOPBACK,
            "PERSIST_STATE": kept,
            "STATE_DIR": str(self.home / "state"),
            "S3_PERSIST": kept,
            "S3_DATA_DIR": str(self.home / "s3"),
            "SMTP_HOST": f"{LOOPBACK}:{self.mail_listener.getsockname()[1]}" if self.mail_listener else "",
            "IOT_MTLS_ENABLED": "0",  # would listen on all interfaces
            "SFTP_ENABLED": "0",
            "AUTH": "true" if self.auth else "false",
        }

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + _START_PATIENCE
        while time.monotonic() < deadline:
            self.check()
            with contextlib.suppress(OSError), self._get("/_ministack/health") as answer:
                if answer.status == 200:
                    return
            time.sleep(0.1)
        raise Trouble(f"the local cloud did not answer within {_START_PATIENCE:.0f} s: see {self.log_path}")

    def _get(self, path: str) -> HTTPResponse:
        answer: HTTPResponse = urllib.request.urlopen(f"{self.endpoint}{path}", timeout=5)
        return answer


def serve_until_interrupted(cloud: LocalCloud, words: str) -> None:
    """Says what is served, and waits for Ctrl-C; Trouble if the local cloud dies meanwhile."""
    waiting = threading.Event()
    try:
        print(words)
        while not waiting.wait(2.0):
            cloud.check()
    except KeyboardInterrupt:
        print("\nstopping …")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def ministack_python() -> str:
    """The interpreter that has MiniStack: `.cloud`, made by make, else ours. The functions run on it too."""
    own = REPOSITORY / ".cloud/bin/python"
    if own.exists():
        made_with = (REPOSITORY / ".cloud/pyvenv.cfg").read_text()
        minor = f"{sys.version_info.major}.{sys.version_info.minor}"
        if f"version = {minor}." not in made_with:
            raise Trouble(f".cloud was made with another Python than {minor}, which runs this: make clean, then again")
        return str(own)
    if find_spec("ministack") is None:
        raise Trouble("MiniStack is not installed: run `make setup`")
    return sys.executable


def _refuse_busy(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex((LOOPBACK, port)) == 0:
            raise Trouble(f"port {port} is busy: stop what listens there, or choose another with PORT=…")


def _hold(lock: IO[str], home: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Trouble(f"another local cloud is running in {home}: stop it first") from None


def _last_line(path: Path) -> str:
    lines = path.read_text("utf-8", "replace").split("\n") if path.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")
