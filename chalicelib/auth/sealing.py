"""Text that leaves the house and comes back unchanged, or not at all.

`<payload>.<key id><mac>`, both halves base64url, the MAC 16 bytes of HMAC-SHA256 over purpose, binding and
payload. What is sealed can be read by everybody; only we can make it. `binding` is what must be the same on
return without being carried: it tells a cursor of one caller's list from another's.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from string import ascii_letters, digits

from chalicelib.kernel.signing import Keys

_SIZE = 16
_LONGEST = 4096
_ALPHABET = frozenset(ascii_letters + digits + "-_")  # the decoder takes + and / as well: two spellings of one


def seal(payload: str, keys: Keys, *, purpose: str, binding: str = "") -> str:
    data = _encode(payload.encode())
    return f"{data}.{keys.current}{_encode(keys.sign(purpose, binding, data, size=_SIZE))}"


def unseal(text: str, keys: Keys, *, purpose: str, binding: str = "") -> str | None:
    """The payload; None when this was not sealed by us for this purpose and binding."""
    data, _, signature = text.partition(".")
    if not signature or len(text) > _LONGEST or not _ALPHABET.issuperset(data + signature):
        return None
    try:
        mac = _decode(signature[1:])
        authentic = keys.verify(signature[0], mac, purpose, binding, data, size=_SIZE)
        return _decode(data).decode() if authentic else None
    except (binascii.Error, ValueError):
        return None


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
