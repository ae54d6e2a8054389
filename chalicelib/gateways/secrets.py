"""The stage's signing keys, from SSM Parameter Store (a SecureString costs nothing), kept a while."""

import time
from functools import cache, lru_cache
from typing import Any

from chalicelib.gateways.aws import AwsError, client, error_code
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.settings import settings
from chalicelib.kernel.signing import Keys

KEPT_SECONDS = 300


@cache
def _provider() -> Any:
    from aws_lambda_powertools.utilities.parameters import SSMProvider  # 37 ms, not for everyone

    return SSMProvider(boto3_client=client("ssm"))


def signing_keys() -> Keys:
    """Raises Unavailable when they cannot be read."""
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError

    try:
        text = _provider().get(settings().keys_parameter, decrypt=True, max_age=KEPT_SECONDS)
    except GetParameterError as error:
        raise Unavailable("the signing keys cannot be read; `make status` shows what is missing") from error
    return _parsed(text)


def client_secret() -> str:
    """What the company's issuer knows us by; empty for a public client. Raises Unavailable."""
    return _client_secret(f"{settings().keys_parameter}-client", int(time.monotonic() // KEPT_SECONDS))


@lru_cache(maxsize=1)
def _client_secret(name: str, _while: int) -> str:
    try:
        found = client("ssm").get_parameters(Names=[name], WithDecryption=True)["Parameters"]
    except AwsError as error:
        raise Unavailable(f"the issuer's client secret cannot be read: {error_code(error)}") from error
    return str(found[0]["Value"]) if found else ""


@cache
def _parsed(text: str) -> Keys:
    return Keys.from_json(text)
