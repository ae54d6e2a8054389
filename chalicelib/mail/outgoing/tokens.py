"""The signed reply address: which case an answer belongs to, in the one place every mail program keeps.

`reply+<k><case><pp>-<mac>@domain`: k the key's name (1 character), case a 60-bit id (12), pp the
participant's number (2), mac 80 bits of HMAC-SHA256 (16); digits, letters and key in lower-case Crockford
base32, 38 characters in all (RFC 5321 allows 64). SES replaces our Message-ID, so this is how replies find
home.

`side+<k><case><nn>-<mac>@domain` is the address of a side conversation: nn its number in the case, the mac bound to
this purpose. Neither kind passes as the other.

A token shows that somebody had our mail. It threads; it never says who writes.
"""

import re
from dataclasses import dataclass
from typing import Protocol

PARTICIPANTS = 32 * 32

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_SHAPE = re.compile(r"reply[+-]([0-9a-z])([0-9a-hjkmnp-tv-z]{12})([0-9a-hjkmnp-tv-z]{2})-([0-9a-hjkmnp-tv-z]{16})")
_SIDE = re.compile(r"side[+-]([0-9a-z])([0-9a-hjkmnp-tv-z]{12})([0-9a-hjkmnp-tv-z]{2})-([0-9a-hjkmnp-tv-z]{16})")
_PURPOSE, _SIDE_PURPOSE = "reply", "side"
_MAC = 10  # bytes


class Signer(Protocol):
    """What this module needs of `kernel.signing.Keys`."""

    @property
    def current(self) -> str: ...

    def sign(self, purpose: str, *parts: str, size: int = 10, key: str | None = None) -> bytes: ...

    def verify(self, key_id: str, mac: bytes, purpose: str, *parts: str, size: int = 10) -> bool: ...


@dataclass(frozen=True, slots=True)
class ReplyToken:
    case_id: str  # 12 characters, lower-case
    participant: int


@dataclass(frozen=True, slots=True)
class SideToken:
    case_id: str
    number: int


@dataclass(frozen=True, slots=True)
class Forged:
    """It looks like one of our addresses but we never gave it out: ignored, counted, alarmed on."""

    reason: str  # 'malformed', 'signature'


def reply_address(domain: str, case_id: str, participant: int, keys: Signer) -> str:
    """The Reply-To for one participant of one case."""
    return _address(domain, case_id, participant, keys, _PURPOSE, _SHAPE)


def side_address(domain: str, case_id: str, number: int, keys: Signer) -> str:
    """The Reply-To of one side conversation of one case."""
    return _address(domain, case_id, number, keys, _SIDE_PURPOSE, _SIDE)


def read_reply_address(address: str, keys: Signer) -> ReplyToken | SideToken | Forged | None:
    """The token in an address, None for any other. Upper case and `reply-` pass: gateways write both."""
    local = address.strip().lower().rpartition("@")[0]
    match, purpose = _SHAPE.fullmatch(local), _PURPOSE
    if match is None:
        match, purpose = _SIDE.fullmatch(local), _SIDE_PURPOSE
    if match is None:
        return Forged("malformed") if local.startswith(("reply+", "side+")) else None
    key, case_id, pair, mac = match.groups()
    number = _ALPHABET.index(pair[0]) * 32 + _ALPHABET.index(pair[1])
    if not keys.verify(key, _from_base32(mac), purpose, case_id, str(number), size=_MAC):
        return Forged("signature")
    return ReplyToken(case_id, number) if purpose == _PURPOSE else SideToken(case_id, number)


def _address(domain: str, case_id: str, number: int, keys: Signer, purpose: str, shape: re.Pattern[str]) -> str:
    body = case_id.lower() + _pair(number)
    mac = keys.sign(purpose, case_id.lower(), str(number), size=_MAC)
    address = f"{purpose}+{keys.current}{body}-{_to_base32(mac)}@{domain.lower()}"
    if not shape.fullmatch(address.partition("@")[0]):
        raise ValueError("a reply address needs a one-character key and a 12-character base32 case id")
    return address


def _pair(number: int) -> str:
    if not 0 <= number < PARTICIPANTS:
        raise ValueError(f"participant numbers run from 0 to {PARTICIPANTS - 1}")
    return _ALPHABET[number // 32] + _ALPHABET[number % 32]


def _to_base32(data: bytes) -> str:
    number = int.from_bytes(data, "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(len(data) * 8 - 5, -1, -5))


def _from_base32(text: str) -> bytes:
    number = 0
    for char in text:
        number = number << 5 | _ALPHABET.index(char)
    return number.to_bytes(len(text) * 5 // 8, "big")
