"""Object storage: raw mail as it arrived (`in/<ses id>`, filed as `mail/<day>/<ses id>`) and long bodies."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.gateways.aws import AwsError, client, error_code
from chalicelib.kernel.errors import NotFound, Unavailable
from chalicelib.kernel.settings import settings

ARRIVED = "in/"
FILED = "mail/"


class Stored(NamedTuple):
    key: str
    at: datetime
    size: int


def filed_key(arrived: str, at: datetime) -> str:
    """Where raw mail lies after it was filed: by day, so that a range of days can be read again."""
    return f"{FILED}{at:%Y/%m/%d}/{arrived.removeprefix(ARRIVED)}"


class Objects(Protocol):
    def read(self, key: str) -> bytes:
        """Raises NotFound, or Unavailable when it may work later."""
        ...

    def write(self, key: str, content: bytes, content_type: str) -> None: ...

    def list_arrived(self, after: str) -> Iterator[list[Stored]]:
        """Pages of raw mail not filed yet, in key order, behind the key `after`."""
        ...

    def move(self, key: str, to: str) -> None:
        """Copy, then delete: interrupted between, it is in both places and can be moved again."""
        ...


class S3Objects:
    def read(self, key: str) -> bytes:
        try:
            body: bytes = client("s3").get_object(Bucket=settings().bucket_name, Key=key)["Body"].read()
            return body
        except AwsError as error:
            if error_code(error) in ("NoSuchKey", "404"):
                raise NotFound(f"there is no object {key}") from error
            raise Unavailable(f"object storage: {error_code(error)}") from error

    def write(self, key: str, content: bytes, content_type: str) -> None:
        try:
            client("s3").put_object(Bucket=settings().bucket_name, Key=key, Body=content, ContentType=content_type)
        except AwsError as error:
            raise Unavailable(f"object storage: {error_code(error)}") from error

    def list_arrived(self, after: str) -> Iterator[list[Stored]]:
        pages = client("s3").get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=settings().bucket_name, Prefix=ARRIVED, StartAfter=after):
                yield [Stored(o["Key"], o["LastModified"], o["Size"]) for o in page.get("Contents", ())]
        except AwsError as error:
            raise Unavailable(f"object storage: {error_code(error)}") from error

    def move(self, key: str, to: str) -> None:
        bucket = settings().bucket_name
        try:
            client("s3").copy_object(Bucket=bucket, Key=to, CopySource={"Bucket": bucket, "Key": key})
            client("s3").delete_object(Bucket=bucket, Key=key)
        except AwsError as error:
            raise Unavailable(f"object storage: {error_code(error)}") from error


objects: Objects = S3Objects()
