"""Signing in by an issuer: the rules of the way there and back."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from chalicelib.auth import oidc
from chalicelib.kernel.errors import Unauthenticated
from chalicelib.kernel.signing import Keys

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
KEYS = Keys("a", {"a": b"a" * 32})
ISSUER, CLIENT = "https://id.example.com", "liana"
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEY = {**json.loads(RSAAlgorithm.to_jwk(PRIVATE.public_key())), "kid": "1", "alg": "RS256", "use": "sig"}
SAID = {
    "iss": ISSUER, "aud": CLIENT, "sub": "7", "nonce": "n", "iat": NOW.timestamp(), "exp": NOW.timestamp() + 300,
    "email": "Tom@example.com", "email_verified": True,
}  # fmt: skip


def read(
    said: dict[str, Any], key: Any = PRIVATE, algorithm: str = "RS256", by: dict[str, Any] = KEY
) -> dict[str, Any]:
    token = jwt.encode(said, key, algorithm=algorithm, headers={"kid": "1"})
    return oidc.claims_of(token, by, issuer=ISSUER, client_id=CLIENT, nonce="n", now=NOW)


def test_the_address_asks_for_a_code_with_state_nonce_and_a_challenge() -> None:
    attempt = oidc.begin(KEYS, NOW)

    asked = parse_qs(urlsplit(oidc.address("https://id.example.com/auth", CLIENT, "https://x/back", attempt)).query)

    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    digest = hashlib.sha256(attempt.verifier.encode()).digest()
    assert asked["code_challenge"] == [base64.urlsafe_b64encode(digest).decode().rstrip("=")]
    assert (asked["state"], asked["nonce"]) == ([attempt.state], [attempt.nonce])
    assert attempt.verifier not in str(asked)
    assert 43 <= len(attempt.verifier) <= 128


def test_an_attempt_goes_on_from_its_cookie() -> None:
    attempt = oidc.begin(KEYS, NOW)

    assert oidc.resume(attempt.seed, attempt.state, KEYS, NOW + timedelta(minutes=9)) == attempt


@pytest.mark.parametrize("seed", ["", "x", "x.y.z", None])
def test_who_comes_back_without_the_cookie_is_refused(seed: str | None) -> None:
    attempt, other = oidc.begin(KEYS, NOW), oidc.begin(KEYS, NOW)

    with pytest.raises(Unauthenticated):
        oidc.resume(other.seed if seed is None else seed, attempt.state, KEYS, NOW)


@pytest.mark.parametrize("later", [timedelta(minutes=11), -timedelta(minutes=2)])
def test_an_attempt_ends_after_ten_minutes(later: timedelta) -> None:
    attempt = oidc.begin(KEYS, NOW)

    with pytest.raises(Unauthenticated):
        oidc.resume(attempt.seed, attempt.state, KEYS, NOW + later)


def test_what_the_issuer_signed_for_us_and_this_attempt_is_believed() -> None:
    assert oidc.person_of(read(SAID), ISSUER) == oidc.Person("https://id.example.com#7", "tom@example.com", "")


def test_keys_on_curves_serve_too() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    key = {**json.loads(ECAlgorithm.to_jwk(private.public_key())), "kid": "1", "alg": "ES256"}

    assert read(SAID, private, "ES256", key)["sub"] == "7"


@pytest.mark.parametrize(
    "said",
    [
        SAID | {"iss": "https://evil.example.com"},
        SAID | {"aud": "another"},
        SAID | {"aud": [CLIENT, "another"]},
        SAID | {"aud": [CLIENT, "another"], "azp": "another"},
        SAID | {"nonce": "m"},
        {name: value for name, value in SAID.items() if name != "nonce"},
        SAID | {"exp": NOW.timestamp() - 120},
        SAID | {"iat": NOW.timestamp() + 120},
        {name: value for name, value in SAID.items() if name != "exp"},
    ],
    ids=["issuer", "audience", "audiences", "party", "nonce", "no nonce", "expired", "from the future", "endless"],
)
def test_what_is_not_for_us_now_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        read(said)


def test_what_another_key_signed_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        read(SAID, rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_shared_secret_is_no_signature_of_the_issuers() -> None:
    secret = "s" * 32
    key = {
        "kty": "oct",
        "k": base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
        "kid": "1",
        "alg": "HS256",
    }

    with pytest.raises(Unauthenticated):
        read(SAID, secret, "HS256", key)


@pytest.mark.parametrize("token", ["", "a.b.c", "ü"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        oidc.key_named_in(token)


@pytest.mark.parametrize("said", [{"email_verified": False}, {"email_verified": None}, {"email": 7}, {"email": None}])
def test_an_address_the_issuer_did_not_verify_is_nobodys(said: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated, match="verified"):
        oidc.person_of(SAID | said, ISSUER)
