"""Requests to addresses that somebody gave us: to public ones only, never redirected, within seconds."""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from threading import Timer
from typing import NamedTuple

from chalicelib.kernel.addresses import Place, is_public, read_url
from chalicelib.kernel.settings import settings

WITHIN = 10.0  # seconds, for all of it
CONNECT_WITHIN = 5.0
READ_AT_MOST = 4096  # bytes of an answer; the rest is never read
SENT_AT_MOST = 256 * 1024
LONGEST_WAIT_ASKED = 3600  # seconds
GONE = frozenset({404, 410, 500, 501, 502, 503, 504})  # others may be read by people who sign in or are asked otherwise


class Answer(NamedTuple):
    """`status` 0: there was none, `error` says why. `retry_after`: seconds it asks us to wait."""

    status: int
    ms: int
    snippet: str = ""
    error: str = ""
    retry_after: int = 0

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Whatever goes wrong is an answer, too. The address that was checked is the one that is called: a name that
    changes its mind in between gains nothing."""
    started = time.monotonic()
    told, error = _Told(), ""
    try:
        told = _ask(read_url(url, loopback=settings().target == "local"), body, headers)
        error = "it redirects, which is not followed" if 300 <= told.status < 400 else ""
    except (ValueError, OSError, http.client.HTTPException) as failure:
        error = _words_for(failure, time.monotonic() - started)
    return Answer(told.status, round((time.monotonic() - started) * 1000), told.snippet, error, told.retry_after)


def trouble_with(url: str) -> str:
    """Why a page that somebody links to cannot be read; "" when it can, or sends readers on. Nothing of it is kept."""
    started = time.monotonic()
    try:
        place = read_url(url.partition("#")[0], loopback=settings().target == "local")
        _address_of(place)
    except ValueError:
        return ""  # an address that is not ours to try says nothing about the page
    except OSError as failure:
        return _words_for(failure, time.monotonic() - started)
    try:
        told = _ask(place, b"", {"User-Agent": "Liana", "Accept": "*/*"}, method="GET")
    except (ValueError, OSError, http.client.HTTPException) as failure:
        return _words_for(failure, time.monotonic() - started)
    return f"it answered {told.status}" if told.status in GONE else ""


def _words_for(failure: Exception, seconds: float) -> str:
    """For whoever reads the log of deliveries. A certificate that is not in order is a ValueError, too."""
    match failure:
        case ssl.SSLError():
            return f"its certificate or TLS is not in order ({failure.reason or type(failure).__name__})"
        case socket.gaierror():
            return "its name cannot be resolved"
        case _ if isinstance(failure, TimeoutError) or seconds >= WITHIN:
            return f"no answer within {WITHIN:.0f} seconds"
        case OSError() | http.client.HTTPException():
            return f"no answer ({type(failure).__name__})"
    return str(failure)


def _address_of(place: Place) -> str:
    """Raises ValueError when its name leads anywhere but to the internet."""
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    own = settings().target == "local" and place.host in ("127.0.0.1", "localhost")
    if not own and not all(is_public(address) for address in addresses):
        raise ValueError("its name leads to an address that is not a public one")
    return addresses[0]


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Pinned(http.client.HTTPConnection):
    """To this address, whatever the name says by now; the certificate has to be the name's."""

    def __init__(self, address: str, place: Place) -> None:
        super().__init__(place.host, place.port, timeout=CONNECT_WITHIN)
        self._address, self._tls = address, place.scheme == "https"
        self.was_cut = False
        self.default_port = 443 if self._tls else 80  # what the Host header leaves out

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), CONNECT_WITHIN)
        if self._tls:
            wrapped = _context().wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock = wrapped
            wrapped.do_handshake()

    def cut(self) -> None:
        self.was_cut = True
        if self.sock:
            with suppress(OSError):  # it is over already
                self.sock.shutdown(socket.SHUT_RDWR)


class _Told(NamedTuple):
    status: int = 0
    snippet: str = ""
    retry_after: int = 0


def _ask(place: Place, body: bytes, headers: Mapping[str, str], *, method: str = "POST") -> _Told:
    if len(body) > SENT_AT_MOST:
        raise ValueError("it is larger than 256 KB")
    connection = _Pinned(_address_of(place), place)
    # Time-outs of sockets begin anew with every byte: who answers drop by drop is cut off as a whole.
    watch = Timer(WITHIN, connection.cut)
    watch.daemon = True
    watch.start()
    try:
        connection.connect()
        connection.sock.settimeout(WITHIN)
        connection.request(method, place.path, body if method == "POST" else None, dict(headers))
        answer = connection.getresponse()
        snippet, wait = _readable(answer.read(READ_AT_MOST)), answer.getheader("Retry-After", "")
        if connection.was_cut:  # what ends in the middle of its head reads as whole
            raise TimeoutError
    finally:
        watch.cancel()
        connection.close()
    return _Told(answer.status, snippet, min(int(wait), LONGEST_WAIT_ASKED) if wait.isdecimal() else 0)


def _readable(data: bytes) -> str:
    text = data.decode(errors="replace")
    return json.dumps(text, ensure_ascii=False)[1:-1] if any(ord(c) < 32 for c in text) else text
