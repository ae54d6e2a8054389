"""Where the local cloud's outgoing mail ends: a folder of numbered .eml files, and SES's events about each.

What customers would have received is `messages()`; `wait_for` waits for one without polling. Listing and
showing need only the folder, so `python -m infra mailbox` works while another process serves, and after.
"""

import asyncio
import json
import logging
import re
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra import ses_shapes
from infra.local_cloud import LocalCloud
from infra.smtp import SmtpServer
from infra.stack import Stack
from infra.trouble import Trouble

_log = logging.getLogger(__name__)
_ENVELOPE_TO = "X-Envelope-To"  # ours: the .eml alone would not tell a blind copy's recipient


@dataclass(frozen=True)
class SentMail:
    """One mail as its recipient got it."""

    number: int
    path: Path
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def to(self) -> str:
        return ", ".join(self.recipients)

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def message_id(self) -> str:
        """With its angle brackets, as a reply would cite it."""
        return str(self.message.get("Message-ID", ""))

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain", "html"))
        return str(part.get_content()).replace("\r\n", "\n") if part else ""


class Mailbox(SmtpServer):
    """Takes in what SES relays while the `with` block runs, on the socket the cloud has kept for it."""

    def __init__(self, cloud: LocalCloud, stack: Stack, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._cloud, self._stack, self._sns = cloud, stack, cloud.client("sns")
        self._arrived = threading.Condition()
        self._messages = saved_messages(folder)

    def listener(self) -> socket.socket:
        if self._cloud.mail_listener is None:
            raise Trouble("the local cloud is not running: start it before its mailbox")
        return self._cloud.mail_listener.dup()  # so that a second mailbox can follow the first

    def messages(self) -> list[SentMail]:
        with self._arrived:
            return list(self._messages)

    def wait_for(self, predicate: Callable[[SentMail], bool], timeout: float = 300.0) -> SentMail:
        """The first mail that fits, whether it is there already or comes in time; else TimeoutError."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: any(map(predicate, self._messages)), timeout):
                there = "; ".join(f"{mail.to}: {mail.subject}" for mail in self._messages) or "empty"
                raise TimeoutError(f"no such mail within {timeout:.0f} s; the mailbox: {there}")
            return next(filter(predicate, self._messages))

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        try:
            await asyncio.to_thread(self.take, envelope.content, envelope.mail_from or "", list(envelope.rcpt_tos))
        except (BotoCoreError, ClientError, OSError):
            _log.exception("sent mail not kept")
            return "451 4.3.0 Try again later"
        return "250 OK"

    def take(self, raw: bytes, sender: str, recipients: list[str]) -> SentMail:
        """Keeps one mail and publishes what SES would say of it."""
        mail = self._keep(_as_received(raw, recipients), recipients)
        message: EmailMessage = message_from_bytes(raw, policy=policy.default)
        # MiniStack makes what SendRawEmail returned the Message-ID; SES's events carry it without the domain.
        message_id = mail.message_id.strip("<>").partition("@")[0]
        told = ses_shapes.events(ses_shapes.sent(message, message_id, sender, recipients, self._stack.stage))
        for event in told:
            self._sns.publish(
                TopicArn=self._stack.feedback_topic,
                Subject="Amazon SES Email Event Notification",
                Message=json.dumps(event),
            )
        return mail

    def _keep(self, raw: bytes, recipients: list[str]) -> SentMail:
        with self._arrived:
            number = self._messages[-1].number + 1 if self._messages else 1
            path = self.folder / f"{number:04d}.eml"
            path.write_bytes(raw)
            mail = _read(path)
            self._messages.append(mail)
            self._arrived.notify_all()
            return mail


def saved_messages(folder: Path) -> list[SentMail]:
    """The folder's mails, oldest first."""
    return [_read(path) for path in sorted(folder.glob("[0-9]*.eml"))]


def show(folder: Path, number: int | None = None) -> str:
    """A list of the mails in the folder, or one of them as a person would read it."""
    mails = saved_messages(folder)
    if number is None:
        lines = [f"{mail.number:>4}  {mail.to:<36.36}  {mail.subject}" for mail in mails]
        return "\n".join(lines) if lines else "The mailbox is empty."
    for mail in mails:
        if mail.number == number:
            shown = (
                "From",
                "To",
                "Reply-To",
                "Subject",
                "Date",
                "Message-ID",
                "In-Reply-To",
                "List-Unsubscribe",
            )
            head = [f"{name}: {mail.message[name]}" for name in shown if mail.message[name]]
            return "\n".join([*head, "", mail.text])
    raise Trouble(f"there is no mail {number}; the last is {mails[-1].number if mails else 0}")


def _as_received(raw: bytes, recipients: list[str]) -> bytes:
    """SES keeps its own X-SES headers to itself; we add who it went to."""
    head, blank, body = raw.partition(b"\r\n\r\n")
    unfolded = re.split(rb"\r\n(?![ \t])", head)
    kept = [line for line in unfolded if not line.lower().startswith(b"x-ses-")]
    return b"\r\n".join([f"{_ENVELOPE_TO}: {', '.join(recipients)}".encode(), *kept]) + blank + body


def _read(path: Path) -> SentMail:
    message: EmailMessage = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    recipients = tuple(filter(None, str(message.get(_ENVELOPE_TO, "")).split(", ")))
    return SentMail(int(path.stem), path, recipients, message)
