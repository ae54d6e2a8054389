"""The stage's signing keys, from SSM Parameter Store (a SecureString costs nothing), kept a while."""

from functools import cache
from typing import Any

from chalicelib.gateways.aws import client
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


@cache
def _parsed(text: str) -> Keys:
    return Keys.from_json(text)
