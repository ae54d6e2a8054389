"""Requests to addresses somebody gave us, held against a real receiver that behaves in every bad way."""

import contextlib
import http.server
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.gateways import outward
from chalicelib.kernel.addresses import is_public, read_url
from tests.workbench import set_environment

PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]
NOT_PUBLIC = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3", "224.0.0.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "ff02::1", "::ffff:10.0.0.1", "::10.0.0.1"),
    *("2002:a00:1::", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2001::1", "240.0.0.1", "255.255.255.255"),
]  # fmt: skip


class Receiver(http.server.BaseHTTPRequestHandler):
    """What it does is in the path."""

    got: list[tuple[str, bytes, dict[str, str]]]

    def do_GET(self) -> None:
        self.send_response(int(self.path.removeprefix("/")))
        self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((self.path, body, dict(self.headers)))
        match self.path:
            case "/redirect":
                self.send_response(307)
                self.send_header("Location", "/elsewhere")
            case "/busy":
                self.send_response(503)
                self.send_header("Retry-After", "120")
            case "/hangs":
                time.sleep(2)
                self.send_response(200)
            case "/drips":
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                with contextlib.suppress(OSError):
                    for _ in range(20):
                        self.wfile.write(b"X-More: more\r\n")
                        time.sleep(0.1)
                return
            case _:
                self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 10_000 if self.path == "/talks" else b"taken\n")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    set_environment(monkeypatch, target="local")
    Receiver.got = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def post(url: str) -> outward.Answer:
    return outward.post(url, b'{"a":1}', {"content-type": "application/json", "webhook-id": "1"})


def test_what_is_sent_arrives_as_it_is(receiver: str) -> None:
    answer = post(f"{receiver}/in?from=liana")

    ((path, body, headers),) = Receiver.got
    assert (answer.status, answer.taken, answer.snippet, answer.error) == (200, True, "taken\\n", "")
    assert (path, body, headers["webhook-id"]) == ("/in?from=liana", b'{"a":1}', "1")
    assert headers["Host"] == receiver.removeprefix("http://")


def test_a_redirect_is_not_followed(receiver: str) -> None:
    answer = post(f"{receiver}/redirect")

    assert (answer.status, answer.taken, answer.error) == (307, False, "it redirects, which is not followed")
    assert [path for path, _, _ in Receiver.got] == ["/redirect"]


def test_who_asks_for_time_is_heard(receiver: str) -> None:
    assert post(f"{receiver}/busy").retry_after == 120


def test_of_a_long_answer_little_is_read(receiver: str) -> None:
    assert post(f"{receiver}/talks").snippet == "x" * outward.READ_AT_MOST


@pytest.mark.parametrize("path", ["/hangs", "/drips"])
def test_who_takes_too_long_is_cut_off_as_a_whole(receiver: str, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    monkeypatch.setattr(outward, "WITHIN", 0.3)

    answer = post(f"{receiver}{path}")

    assert (answer.status, answer.error) == (0, "no answer within 0 seconds")
    assert answer.ms < 1500


def test_nobody_there_is_an_answer_too(monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, target="local")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

    assert post(f"http://127.0.0.1:{port}/").error == "no answer (ConnectionRefusedError)"


@pytest.mark.parametrize("status", [200, 301, 401, 403, 429])
def test_a_page_that_is_there_is_no_dead_link(receiver: str, status: int) -> None:
    assert outward.trouble_with(f"{receiver}/{status}#top") == ""


@pytest.mark.parametrize("status", [404, 410, 503])
def test_a_page_that_is_gone_says_why(receiver: str, status: int) -> None:
    assert outward.trouble_with(f"{receiver}/{status}") == f"it answered {status}"


@pytest.mark.parametrize(
    "url",
    ["https://10.0.0.1/", "https://wiki.intranet/", "http://example.com/", "https://例子.com/", "https://a@b.com/"],
)
def test_a_page_that_is_not_ours_to_try_is_not_tried(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(outward, "_ask", lambda *_, **__: pytest.fail("it was asked"))

    assert outward.trouble_with(url) == ""


def test_a_name_that_leads_inside_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it was called"))

    assert outward.trouble_with("https://wiki.example.com/") == ""


def test_a_certificate_nobody_vouches_for_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    set_environment(monkeypatch, target="local")
    key, own = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
    subprocess.run([*made, "-subj", "/CN=localhost", "-keyout", key, "-out", own], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, key)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_shake_hands, args=(server, context))
        thread.start()
        answer = post(f"https://localhost:{server.getsockname()[1]}/")
        thread.join()

    assert answer.status == 0
    assert answer.error.startswith("its certificate or TLS is not in order")


def _shake_hands(server: socket.socket, context: ssl.SSLContext) -> None:
    sock, _ = server.accept()
    try:
        context.wrap_socket(sock, server_side=True).close()
    except OSError:
        sock.close()


def test_on_aws_a_name_that_leads_inside_is_not_called(receiver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, target="aws")
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)

    answer = post("https://hooks.example.com/")

    assert answer.error == "its name leads to an address that is not a public one"


def test_of_a_name_with_a_public_and_a_private_address_neither_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in (PUBLIC[0], "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)

    assert "not a public one" in post("https://hooks.example.com/").error


def test_the_address_that_was_checked_is_the_one_that_is_called(receiver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    real = socket.getaddrinfo

    def once(host: str, *args: object, **more: object) -> object:
        asked.append(host)
        return real(host, *args, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(socket, "getaddrinfo", once)

    post(receiver.replace("127.0.0.1", "localhost"))

    assert asked.count("localhost") == 1


def test_on_aws_this_machine_is_not_called(receiver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_environment(monkeypatch, target="aws")

    assert post(receiver).error == "Only https:// addresses are called."
    assert Receiver.got == []


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_of_networks_of_ones_own_are_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/", "ftp://hooks.example.com/", "https://", "hooks.example.com", "https://user@a.example.com/",
        "https://user:secret@a.example.com/", "https://a.example.com/#part", "https://localhost/", "https://shop/",
        "https://shop.internal/", "https://printer.local/", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/",
        "https://2130706433/", "https://0x7f.0.0.1/", "https://a.example.com:99999/", "https://a.example.com/ b",
        "https://a.example.com\\@b.example.com/", "https://a.example.com/" + "x" * 500, "https://bücher.example.com/",
        "https://localhost./",
    ],
)  # fmt: skip
def test_what_cannot_be_called_cannot_be_saved(url: str) -> None:
    with pytest.raises(ValueError, match=r"\."):
        read_url(url)


def test_what_can_be_called_is_read_as_it_is_written() -> None:
    assert read_url("https://Hooks.example.com:8443/in?a=1") == ("https", "hooks.example.com", 8443, "/in?a=1")
