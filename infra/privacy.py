"""A person asks what is known of her, or to be forgotten: by a terminal, with the operator's own credentials."""

import shutil
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from infra.cloud import Cloud
from infra.hub import as_the_stage
from infra.stack import Stack
from infra.trouble import Trouble

T = TypeVar("T")
Progress = Callable[[str], None]
PATIENCE = 3600  # seconds
BY = "operator"  # as whom it is kept


def inventory(cloud: Cloud, stack: Stack, customer_id: str) -> list[str]:
    """What is kept of her, counted, a line each. Raises Trouble for an id nobody has."""
    from chalicelib.kernel.errors import NotFound
    from chalicelib.privacy.views import inventory as found_of

    with as_the_stage(cloud, stack):
        try:
            found = found_of(customer_id)
        except NotFound as error:
            raise Trouble(f"{customer_id}: {error.detail}") from error
    lines = [*_lines(found.rows), *(f"{line} (objects)" for line in _lines(found.objects))]
    return lines if found.complete else [*lines, "and more: that is as far as was counted"]


def stays() -> list[str]:
    """What an erasure leaves, and why."""
    from chalicelib.privacy.erasing import STAYS

    return [f"{stay.what}: {stay.why}" for stay in STAYS]


def export(
    cloud: Cloud,
    stack: Stack,
    customer_id: str,
    *,
    author: str,
    reason: str,
    to: Path,
    progress: Progress = print,
    patience: float = PATIENCE,
) -> Path:
    """Has an export built, waits for it, and fetches it as one zip; returns where it lies."""
    from chalicelib.kernel.errors import HubError
    from chalicelib.model.privacy import Export, ExportState, folder_of
    from chalicelib.privacy.service import look, start_export
    from chalicelib.storage.privacy import export as stored_export

    with as_the_stage(cloud, stack):
        try:
            begun = start_export(customer_id, by=BY, author=author, reason=reason, **_once(customer_id, "export"))
            look(customer_id, by=BY, what="start_export", because=reason)
        except HubError as error:
            raise Trouble(f"{customer_id}: {error.detail}") from error
        progress(f"export {begun.id} is being built")

        def ended() -> Export | None:
            found = stored_export(begun.id)
            if found is None:
                raise Trouble(f"export {begun.id} is gone: she was erased meanwhile")
            return None if found.state is ExportState.BUILDING else found

        done = _until(ended, cloud.pause, patience, f"export {begun.id} is still being built; it goes on by itself")
    if done.state is ExportState.FAILED:
        raise Trouble(f"export {begun.id} failed: {done.detail}")
    for line in _lines(done.figures):
        progress(line)
    return fetch(cloud, stack, folder_of(begun.id), to / f"liana-export-{begun.id}.zip")


def fetch(cloud: Cloud, stack: Stack, folder: str, to: Path) -> Path:
    """All objects of a folder as one zip, streamed; a file of that name is replaced once it is whole."""
    s3 = cloud.client("s3")
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as whole:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=stack.bucket_name, Prefix=folder):
            for found in page.get("Contents", ()):
                body = s3.get_object(Bucket=stack.bucket_name, Key=found["Key"])["Body"]
                with whole.open(found["Key"].removeprefix(folder), "w", force_zip64=True) as entry:
                    shutil.copyfileobj(body, entry)
    part.replace(to)
    return to


def erase(cloud: Cloud, stack: Stack, customer_id: str, *, author: str, reason: str) -> str:
    """Has her forgotten; returns the erasure's id."""
    from chalicelib.kernel.errors import HubError
    from chalicelib.privacy.service import start_erasure

    with as_the_stage(cloud, stack):
        try:
            asked = _once(customer_id, "erase")
            return start_erasure(customer_id, by=BY, author=author, reason=reason, **asked).id
        except HubError as error:
            raise Trouble(f"{customer_id}: {error.detail}") from error


def wait_until_forgotten(
    cloud: Cloud, stack: Stack, erasure_id: str, progress: Progress = print, patience: float = PATIENCE
) -> None:
    """Until nothing of her is left that was there; what was being written meanwhile goes a quarter of an hour later."""
    from chalicelib.model.privacy import Erasure, ErasureState
    from chalicelib.storage.privacy import erasure as stored_erasure

    with as_the_stage(cloud, stack):

        def far() -> Erasure | None:
            found = stored_erasure(erasure_id)
            on_its_way = found is None or found.state in (ErasureState.ACCEPTED, ErasureState.ERASING)
            return None if on_its_way else found

        erasure = _until(far, cloud.pause, patience, f"erasure {erasure_id} goes on by itself")
    for line in _lines(erasure.counts):
        progress(line)
    if erasure.state is ErasureState.REFUSED:
        raise Trouble("she was merged with another customer just now: look again, and ask again")


def _once(customer_id: str, what: str) -> dict[str, str]:
    """Each command is a request of its own; who repeats it is told what is under way."""
    from chalicelib.kernel import clock, ids

    return {"receipt_key": f"api:{BY}:{what}:{ids.new_ulid(clock.now())}", "fingerprint": ids.fingerprint(customer_id)}


def _until(ask: Callable[[], T | None], pause: float, patience: float, trouble: str) -> T:
    deadline = time.monotonic() + patience
    while (found := ask()) is None:
        if time.monotonic() > deadline:
            raise Trouble(trouble)
        time.sleep(pause)
    return found


def _lines(counted: Mapping[str, int]) -> list[str]:
    return [f"{n:>9,}  {what}" for what, n in sorted(counted.items()) if n]
