"""Keyed hashes with rotatable keys, for tokens that leave the house and come back.

HMAC-SHA256 (RFC 2104), cut to `size` bytes. The purpose is part of what is signed, so that a token made for
one use never passes for another.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Keys:
    """`current` signs; every key in `keys` (one character → secret) still verifies."""

    current: str
    keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def from_json(cls, text: str) -> "Keys":
        """From `{"current": "b", "keys": {"a": "<hex>", "b": "<hex>"}}`."""
        data = json.loads(text)
        return cls(data["current"], {name: bytes.fromhex(secret) for name, secret in data["keys"].items()})

    def sign(self, purpose: str, *parts: str, size: int = 10, key: str | None = None) -> bytes:
        secret = self.keys[key or self.current]
        return hmac.digest(secret, "\x1f".join((purpose, *parts)).encode(), hashlib.sha256)[:size]

    def verify(self, key_id: str, mac: bytes, purpose: str, *parts: str, size: int = 10) -> bool:
        if key_id not in self.keys:
            return False
        return hmac.compare_digest(mac, self.sign(purpose, *parts, size=size, key=key_id))
