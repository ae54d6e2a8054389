"""Clients of AWS services, each made once, on the process's one session."""

from functools import cache
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.session import session

AwsError = (BotoCoreError, ClientError)


_making = Lock()


def client(service: str, *, retry: bool = True) -> Any:
    """`retry=False` for calls that must not be repeated when their answer is lost, such as sending mail."""
    with _making:  # a session is not made for threads, and each of several would make one of its own
        return made(service, retry=retry)


@cache
def made(service: str, *, retry: bool) -> Any:
    config = Config(
        connect_timeout=5,
        read_timeout=20,
        parameter_validation=False,  # our own calls are tested; saves 0.2 ms a call
        s3={"addressing_style": "virtual"},  # links name the bucket's own region: fresh buckets have no other address
        signature_version="s3v4" if service == "s3" else None,  # links signed the old way are refused by newer regions
        retries={"total_max_attempts": 3 if retry else 1, "mode": "standard"},
    )
    return session().create_client(service, config=config)


def error_code(error: Exception) -> str:
    """The service's own code of a ClientError, else the name of what went wrong."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__
