"""Signing in by the company's issuer: authorization code with PKCE (OpenID Connect Core 1.0, RFC 7636). Pure.

Nothing is stored meanwhile. A cookie holds a random seed; state, nonce and the verifier follow from it and a signing
key: who has not the cookie has none of them, and who sees the address has not the verifier.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Unauthenticated
from chalicelib.kernel.signing import Keys

LIFE = timedelta(minutes=10)
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384")  # signed by a key only the issuer has
_SLACK = timedelta(seconds=60)
REFUSED = "Your company account could not be verified. Start again."


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to the issuer and back."""

    seed: str  # in the cookie
    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        return _base64(hashlib.sha256(self.verifier.encode()).digest())


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the issuer vouches for: `subject` never changes, `email` is one it has verified."""

    subject: str
    email: str
    name: str


def begin(keys: Keys, now: datetime) -> Attempt:
    return _attempt(f"{ids.new_ulid(now)}.{keys.current}.{secrets.token_hex(16)}", keys.current, keys)


def resume(seed: str, state: str, keys: Keys, now: datetime) -> Attempt:
    """The attempt somebody comes back from. Raises Unauthenticated when it is not hers, or too old."""
    ulid, _, rest = seed.partition(".")
    key_id = rest.partition(".")[0]
    if key_id not in keys.keys or not ids.first_ulid_at(now - LIFE) <= ulid <= ids.first_ulid_at(now + _SLACK):
        raise Unauthenticated(REFUSED)
    attempt = _attempt(seed, key_id, keys)
    if not secrets.compare_digest(attempt.state.encode(), state.encode()):
        raise Unauthenticated(REFUSED)
    return attempt


def address(endpoint: str, client_id: str, back: str, attempt: Attempt) -> str:
    """Where the browser is sent."""
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": back,
        "scope": "openid email profile",
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": attempt.challenge,
        "code_challenge_method": "S256",
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def key_named_in(id_token: str) -> str:
    """Which key of the issuer's signed it. Raises Unauthenticated."""
    import jwt  # 60 ms with cryptography: only whoever signs in by an issuer pays for it

    try:
        return str(jwt.get_unverified_header(id_token).get("kid", ""))
    except jwt.PyJWTError as error:
        raise Unauthenticated(REFUSED) from error


def claims_of(
    id_token: str, key: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, now: datetime
) -> dict[str, Any]:
    """What the issuer says, checked: its signature, for us, for this attempt, and still valid. Raises
    Unauthenticated."""
    import jwt

    try:
        signed_by = jwt.PyJWK.from_dict(dict(key))
        if signed_by.algorithm_name not in ALGORITHMS:
            raise Unauthenticated(REFUSED)
        claims: dict[str, Any] = jwt.decode(
            id_token,
            signed_by,
            algorithms=[signed_by.algorithm_name],
            audience=client_id,
            issuer=issuer,
            leeway=_SLACK,
            options={"require": ["exp", "iat", "iss", "aud", "sub"], "verify_exp": False, "verify_iat": False},
        )
    except jwt.PyJWTError as error:
        raise Unauthenticated(REFUSED) from error
    fresh = claims["iat"] - _SLACK.seconds <= now.timestamp() < claims["exp"] + _SLACK.seconds
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if not fresh or claims.get("nonce") != nonce or (several and claims.get("azp") != client_id):
        raise Unauthenticated(REFUSED)
    return claims


def person_of(claims: Mapping[str, Any], issuer: str) -> Person:
    """Raises Unauthenticated when the issuer has not verified an address of hers."""
    email, verified = claims.get("email"), claims.get("email_verified")
    if not isinstance(email, str) or verified not in (True, "true"):
        raise Unauthenticated("Your company account has no verified mail address: ask whoever looks after it.")
    return Person(f"{issuer}#{claims['sub']}", email.strip().lower(), str(claims.get("name") or "")[:100])


def _attempt(seed: str, key_id: str, keys: Keys) -> Attempt:
    state, nonce, verifier = (
        _base64(keys.sign(f"oidc-{what}", seed, size=32, key=key_id)) for what in ("state", "nonce", "verifier")
    )
    return Attempt(seed, state, nonce, verifier)


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
