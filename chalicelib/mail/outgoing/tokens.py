"""The signed reply address: which case an answer belongs to, in the one place every mail program keeps.

`reply+<k><case><pp>-<mac>@domain`: k the key's name (1 character), case a 60-bit id (12), pp the
participant's number (2), mac 80 bits of HMAC-SHA256 (16); digits, letters and key in lower-case Crockford
base32, 38 characters in all (RFC 5321 allows 64). SES replaces our Message-ID, so this is how replies find
home.

A token shows that somebody had our mail. It threads; it never says who writes.
"""

import re
from dataclasses import dataclass
from typing import Protocol

PARTICIPANTS = 32 * 32

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_SHAPE = re.compile(r"reply[+-]([0-9a-z])([0-9a-hjkmnp-tv-z]{12})([0-9a-hjkmnp-tv-z]{2})-([0-9a-hjkmnp-tv-z]{16})")
_PURPOSE = "reply"
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
class Forged:
    """It looks like one of our addresses but we never gave it out: ignored, counted, alarmed on."""

    reason: str  # 'malformed', 'signature'


def reply_address(domain: str, case_id: str, participant: int, keys: Signer) -> str:
    """The Reply-To for one participant of one case."""
    body = case_id.lower() + _pair(participant)
    mac = keys.sign(_PURPOSE, case_id.lower(), str(participant), size=_MAC)
    address = f"reply+{keys.current}{body}-{_to_base32(mac)}@{domain.lower()}"
    if not _SHAPE.fullmatch(address.partition("@")[0]):
        raise ValueError("a reply address needs a one-character key and a 12-character base32 case id")
    return address


def read_reply_address(address: str, keys: Signer) -> ReplyToken | Forged | None:
    """The token in an address, None for any other. Upper case and `reply-` pass: gateways write both."""
    local = address.strip().lower().rpartition("@")[0]
    match = _SHAPE.fullmatch(local)
    if match is None:
        return Forged("malformed") if local.startswith("reply+") else None
    key, case_id, pair, mac = match.groups()
    participant = _ALPHABET.index(pair[0]) * 32 + _ALPHABET.index(pair[1])
    if not keys.verify(key, _from_base32(mac), _PURPOSE, case_id, str(participant), size=_MAC):
        return Forged("signature")
    return ReplyToken(case_id, participant)


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
