"""An SMTP server on the loopback that runs while a `with` block does: front door and mailbox are two."""

import asyncio
import socket
from collections.abc import Awaitable
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller

from infra.trouble import Trouble

LOOPBACK = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """A listening socket on the loopback; 0 takes a free port. Callers wait in it until somebody serves."""
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError as error:
        raise Trouble(f"port {port} is busy: stop what listens there, or choose another ({error.strerror})") from error


class SmtpServer:
    """Serves `self` as aiosmtpd's handler: subclasses define `listener`, `handle_RCPT` and `handle_DATA`."""

    size_limit = 40 * 1024 * 1024  # SES's own, for mail in and for mail out
    port = 0  # known once it serves
    _controller: Controller | None = None

    def listener(self) -> socket.socket:
        """The socket to serve; closed at the end of the `with` block."""
        return listen(self.port)

    def __enter__(self) -> Self:
        listener = self.listener()
        self.port = int(listener.getsockname()[1])
        self._controller = _Controller(self, listener, self.port, self.size_limit)
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, rcpt_options: list[str]) -> str:
        envelope.rcpt_tos.append(address)
        return "250 OK"


class _Controller(Controller):
    """aiosmtpd on a socket that listens already: a busy port is known at once, not after its time-out."""

    def __init__(self, handler: SmtpServer, listener: socket.socket, port: int, size_limit: int) -> None:
        self._listener = listener
        super().__init__(handler, hostname=LOOPBACK, port=port, data_size_limit=size_limit, enable_SMTPUTF8=True)

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listener)
