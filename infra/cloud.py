"""Where we deploy to: a region of AWS, or the local cloud on the loopback. Everything else takes either."""

import threading
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from infra.trouble import Trouble

DEFAULT_ENDPOINT = "http://127.0.0.1:4566"
LOCAL_REGION = "us-east-1"
# We wait for a function's answer, 300 seconds at most, and never start it a second time meanwhile.
_PATIENT = Config(read_timeout=330, tcp_keepalive=True, retries={"mode": "standard", "total_max_attempts": 1})


class Cloud:
    """A region and its clients. Clients are made once and may be used from any thread."""

    def __init__(self, region: str, endpoint: str = "") -> None:
        self.region = region
        self.endpoint = endpoint
        self._clients: dict[str, Any] = {}
        self._making = threading.Lock()  # boto3 sessions are not thread-safe, their clients are

    @classmethod
    def aws(cls, region: str | None = None) -> "Cloud":
        """AWS, with the credentials and (unless named) the region that boto3 finds."""
        try:
            found = region or boto3.Session().region_name
        except BotoCoreError as error:  # AWS_PROFILE names a profile that does not exist
            raise Trouble(f"AWS credentials: {error}") from error
        if not found:
            raise Trouble("no AWS region: give --region, set AWS_REGION, or write region in the stage file")
        return cls(found)

    @classmethod
    def local(cls, endpoint: str = DEFAULT_ENDPOINT) -> "Cloud":
        return cls(LOCAL_REGION, endpoint.rstrip("/"))

    @property
    def target(self) -> str:
        """The template's parameter Target: aws or local."""
        return "local" if self.endpoint else "aws"

    @property
    def pause(self) -> float:
        """Seconds between two looks at something that is under way."""
        return 0.2 if self.endpoint else 3.0

    @cached_property
    def account(self) -> str:
        return str(self.client("sts").get_caller_identity()["Account"])

    def session(self) -> boto3.Session:
        """A fresh session; the local cloud's has the root user's key pair and every service's endpoint."""
        if not self.endpoint:
            return boto3.Session(region_name=self.region)
        return boto3.Session(
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - the emulator's well-known root key
            region_name=self.region,
        )

    def client(self, service: str) -> Any:
        with self._making:
            if service not in self._clients:
                self._clients[service] = self.session().client(
                    service,
                    endpoint_url=self.endpoint or None,
                    config=Config(
                        s3={"addressing_style": "path"} if self.endpoint else {},
                        retries={"mode": "standard", "max_attempts": 4},
                    ).merge(_PATIENT if service == "lambda" else Config()),
                )
            return self._clients[service]
