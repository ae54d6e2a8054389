"""Which addresses outside may we send requests to? None by which somebody could reach what is ours.

https only, no names that mean a private network, and nothing but public addresses, whoever they are told by: a literal,
or what a name turns out to be when it is called.
"""

import ipaddress
import re
from typing import NamedTuple
from urllib.parse import urlsplit

LONGEST_URL = 500
_PRIVATE_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa", "test", "invalid")
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
# Each leads to an IPv4 address inside it: Teredo, 6to4, NAT64 (RFC 4380, 3056, 6052, 8215), v4-compatible.
_V6_AROUND_V4 = tuple(map(ipaddress.IPv6Network, ("2001::/32", "2002::/16", "64:ff9b::/96", "64:ff9b:1::/48", "::/96")))


class Place(NamedTuple):
    """Where a request goes: the host as it is named, and the path with its query."""

    scheme: str
    host: str
    port: int
    path: str


def read_url(url: str, *, loopback: bool = False) -> Place:
    """Raises ValueError that says what to correct. `loopback`: plain http to this machine is allowed too, for a
    developer's own receiver."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise ValueError(f"An address has at most {LONGEST_URL} printable ASCII characters and no spaces.")
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    try:
        port = parts.port
    except ValueError:
        raise ValueError("The port is a number up to 65535.") from None
    if parts.username or parts.password or parts.fragment or not host:
        raise ValueError("Give https://host/path: no user, no password, no fragment.")
    own = loopback and host in ("127.0.0.1", "localhost")
    if parts.scheme != "https" and not (own and parts.scheme == "http"):
        raise ValueError("Only https:// addresses are called.")
    if not own:
        _check_host(host)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)


def _check_host(host: str) -> None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        private = any(host == name or host.endswith(f".{name}") for name in _PRIVATE_NAMES)
        if private or not _HOST.fullmatch(host):
            raise ValueError("Name a host that anybody on the internet can find.") from None
    else:
        if not is_public(str(address)):
            raise ValueError("This address is not a public one.")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet's, and not a way round to another."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in _V6_AROUND_V4):
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)
