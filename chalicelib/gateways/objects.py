"""Object storage: raw mail as it arrived (`in/<ses id>`, filed as `mail/<day>/<ses id>`), long bodies, attachments."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol
from urllib.parse import quote

from chalicelib.gateways.aws import AwsError, client, error_code
from chalicelib.kernel import clock
from chalicelib.kernel.errors import NotFound, Unavailable
from chalicelib.kernel.settings import settings

ARRIVED = "in/"
FILED = "mail/"


DELETED_AT_ONCE = 1000  # S3 DeleteObjects
LINK_LIVES = timedelta(minutes=5)
HARMLESS = frozenset(  # what a browser shows without running anything
    ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain", "message/rfc822")
)


class Link(NamedTuple):
    url: str
    expires_at: datetime


class Peek(NamedTuple):
    size: int
    begins: bytes
    etag: str  # another content has another one


class Stored(NamedTuple):
    key: str
    at: datetime
    size: int


def filed_key(arrived: str, at: datetime) -> str:
    """Where raw mail lies after it was filed: by day, so that a range of days can be read again."""
    return f"{filed_folder(at)}{arrived.removeprefix(ARRIVED)}"


def filed_folder(day: date) -> str:
    return f"{FILED}{day:%Y/%m/%d}/"


def places_of(key: str, at: datetime) -> tuple[str, ...]:
    """Where raw mail of this key may lie: as it arrived, or filed by its day, which may be the next one after
    midnight. In the order in which it moves."""
    arrived = f"{ARRIVED}{key.rpartition('/')[2]}"
    filed = (filed_key(arrived, day) for day in (at, at + timedelta(days=1)))
    return tuple(dict.fromkeys((key, arrived, *filed)))


class Objects(Protocol):
    def read(self, key: str) -> bytes:
        """Raises NotFound, or Unavailable when it may work later."""
        ...

    def write(self, key: str, content: bytes, content_type: str) -> None: ...

    def exists(self, key: str) -> bool: ...

    def link(self, key: str, name: str, content_type: str) -> Link:
        """An address anybody who has it may fetch the object from for a while, saved under this name."""
        ...

    def list_in(self, folder: str, after: str) -> Iterator[list[Stored]]:
        """Pages of what lies there, in key order, behind the key `after`."""
        ...

    def list_arrived(self, after: str) -> Iterator[list[Stored]]:
        """Pages of raw mail not filed yet, in key order, behind the key `after`."""
        ...

    def move(self, key: str, to: str) -> None:
        """Copy, then delete: interrupted between, it is in both places and can be moved again."""
        ...

    def page_of(self, folder: str, after: str, limit: int) -> list[Stored]:
        """What lies there, in key order, behind the key `after`: at most `limit`."""
        ...

    def copy(self, key: str, to: str, etag: str = "") -> int | None:
        """Inside the store, at most 5 GB; returns its size, None when there is no such object. With an etag: only that
        very content, None for another."""
        ...

    def peek(self, key: str, size: int) -> Peek | None:
        """How large it is, and its first bytes; None when there is no such object."""
        ...

    def door(self, key: str, content_type: str, size: int, lives: timedelta) -> Link:
        """An address where anybody who has it may put one file for a while: of exactly this type and size."""
        ...

    def delete(self, keys: Sequence[str]) -> None:
        """All of them; what is not there is no error."""
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

    def exists(self, key: str) -> bool:
        try:
            client("s3").head_object(Bucket=settings().bucket_name, Key=key)
        except AwsError as error:
            if error_code(error) in ("NoSuchKey", "NotFound", "404"):
                return False
            raise Unavailable(f"object storage: {error_code(error)}") from error
        return True

    def link(self, key: str, name: str, content_type: str) -> Link:
        asked = {
            "Bucket": settings().bucket_name,
            "Key": key,
            "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
            "ResponseContentType": content_type if content_type in HARMLESS else "application/octet-stream",
        }
        url = client("s3").generate_presigned_url("get_object", Params=asked, ExpiresIn=int(LINK_LIVES.total_seconds()))
        return Link(url, clock.now() + LINK_LIVES)

    def list_arrived(self, after: str) -> Iterator[list[Stored]]:
        return self.list_in(ARRIVED, after)

    def list_in(self, folder: str, after: str) -> Iterator[list[Stored]]:
        pages = client("s3").get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=settings().bucket_name, Prefix=folder, StartAfter=after):
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

    def page_of(self, folder: str, after: str, limit: int) -> list[Stored]:
        asked = {"Bucket": settings().bucket_name, "Prefix": folder, "MaxKeys": limit, "StartAfter": after}
        try:
            found = client("s3").list_objects_v2(**asked).get("Contents", ())
        except AwsError as error:
            raise Unavailable(f"object storage: {error_code(error)}") from error
        return [Stored(o["Key"], o["LastModified"], o["Size"]) for o in found]

    def copy(self, key: str, to: str, etag: str = "") -> int | None:
        bucket = settings().bucket_name
        only = {"CopySourceIfMatch": etag} if etag else {}
        try:
            found = client("s3").head_object(Bucket=bucket, Key=key)
            if etag not in ("", found["ETag"]):
                return None
            client("s3").copy_object(Bucket=bucket, Key=to, CopySource={"Bucket": bucket, "Key": key}, **only)
        except AwsError as error:
            if error_code(error) in ("NoSuchKey", "NotFound", "404", "PreconditionFailed", "412"):
                return None
            raise Unavailable(f"object storage: {error_code(error)}") from error
        return int(found["ContentLength"])

    def peek(self, key: str, size: int) -> Peek | None:
        try:
            found = client("s3").get_object(Bucket=settings().bucket_name, Key=key, Range=f"bytes=0-{size - 1}")
            whole = str(found.get("ContentRange", "")).rpartition("/")[2]
            return Peek(int(whole or found["ContentLength"]), found["Body"].read(), str(found["ETag"]))
        except AwsError as error:
            if error_code(error) in ("NoSuchKey", "NotFound", "404"):
                return None
            if error_code(error) in ("InvalidRange", "416"):  # there is nothing in it
                return Peek(0, b"", "")
            raise Unavailable(f"object storage: {error_code(error)}") from error

    def door(self, key: str, content_type: str, size: int, lives: timedelta) -> Link:
        # Both headers are signed: S3 refuses a request that has others.
        asked = {"Bucket": settings().bucket_name, "Key": key, "ContentType": content_type, "ContentLength": size}
        url = client("s3").generate_presigned_url("put_object", Params=asked, ExpiresIn=int(lives.total_seconds()))
        return Link(url, clock.now() + lives)

    def delete(self, keys: Sequence[str]) -> None:
        for start in range(0, len(keys), DELETED_AT_ONCE):
            batch = [{"Key": key} for key in keys[start : start + DELETED_AT_ONCE]]
            try:
                answer = client("s3").delete_objects(
                    Bucket=settings().bucket_name, Delete={"Objects": batch, "Quiet": True}
                )
            except AwsError as error:
                raise Unavailable(f"object storage: {error_code(error)}") from error
            if failed := answer.get("Errors"):
                raise Unavailable(f"object storage: {failed[0].get('Code')}")


objects: Objects = S3Objects()
