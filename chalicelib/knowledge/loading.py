"""The index this process searches: fetched when it is first needed, exchanged when there is a newer one.

Which snapshot is the newest is looked up every LOOKED_UP seconds at most. Files this machine has already, whatever
snapshot they came with, are not fetched again. A newer one is opened beside the one in use, which goes on serving until
then, and for good when the newer one cannot be read: that is counted, and an alarm tells.
"""

import hashlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.gateways import objects
from chalicelib.kernel import clock, ids
from chalicelib.kernel.errors import HubError, NotFound, Unavailable
from chalicelib.kernel.settings import settings
from chalicelib.knowledge import indexing
from chalicelib.model.search import SNAPSHOTS_KEPT, NewestSnapshot, Popular, Snapshot, SnapshotFile
from chalicelib.storage import search as storage
from chalicelib.storage.commit import Refused, commit
from chalicelib.telemetry import Counted, count, logger

if TYPE_CHECKING:
    from chalicelib.search.index import Index

LOOKED_UP = 15.0  # seconds: a publish is searchable everywhere soon after its snapshot is
AT_ONCE = 8  # files fetched
WORKED_ON = 900  # seconds a folder may be worked on: as long as a function runs


class BrokenFile(Unavailable):
    """What was fetched is not what the snapshot names."""


@dataclass(slots=True)
class _Held:
    """What this process has. `index` is None while nothing could be opened."""

    number: int = 0
    index: "Index | None" = None
    popular: tuple[Popular, ...] = ()
    looked_up: float = float("-inf")
    broken: set[int] = field(default_factory=set)  # snapshots that could not be read: not tried at every look


_held = _Held()
_lock = threading.Lock()


def current() -> "Index | None":
    """What to search now; None: there is nothing to search, or nothing could be read. Raises nothing.

    Who got one may use it as long as she likes, whatever is exchanged meanwhile."""
    if time.monotonic() - _held.looked_up >= LOOKED_UP and _lock.acquire(blocking=_held.index is None):
        try:
            if time.monotonic() - _held.looked_up >= LOOKED_UP:
                _look()
        finally:
            _lock.release()
    return _held.index


def popular() -> tuple[Popular, ...]:
    """The most asked articles as of the newest snapshot that could be read, for all readers; after `current`."""
    return _held.popular


def forget() -> None:
    """As a process that has just begun; what it fetched stays on the machine."""
    global _held  # noqa: PLW0603 - the process has one
    _held = _Held()


def give_up(index: "Index") -> None:
    """It broke in use: the one before serves until there is a newer one."""
    if _held.index is index:
        _held.broken.add(_held.number)
        _held.index, _held.number, _held.looked_up = None, 0, float("-inf")


def place() -> Path:
    """Where this machine keeps what it fetched; a folder of its own for each stage."""
    return Path(tempfile.gettempdir()) / f"liana-search-{ids.fingerprint(settings().table_name)[:12]}"


def _look() -> None:
    try:
        newest = storage.newest()
        _have_it_built(newest)
        if newest and newest.number != _held.number:
            _exchange(newest)
    except HubError as error:
        _fell_back("search_not_looked_up", error)
    except OSError as error:
        _fell_back("search_not_kept", error)
    finally:
        _held.looked_up = time.monotonic()


def _have_it_built(newest: NewestSnapshot | None) -> None:
    """There is none yet, or it is of an older version of the program: whoever finds that has it built, once. A second
    order changes nothing while the first is under way."""
    from chalicelib.search.index import FORMAT

    if newest and newest.format >= FORMAT:
        return
    with suppress(Refused):  # somebody did
        build = storage.work().build
        if build.rebuild is None:
            commit(indexing.ordered(build, clock.now()))


def _exchange(newest: NewestSnapshot) -> None:
    """The newest that can be read, unless it is what is in use already."""
    from chalicelib.search.index import BrokenIndex

    for snapshot in storage.snapshots(range(newest.number, newest.number - SNAPSHOTS_KEPT, -1)):
        _held.popular = _held.popular or snapshot.popular
        if snapshot.number == _held.number:
            return
        if snapshot.number in _held.broken:
            count(Counted.SEARCH_FELL_BACK)
            continue
        try:
            index = _opened(snapshot)
        except (HubError, OSError) as error:
            if isinstance(error, BrokenFile | NotFound | BrokenIndex):
                _held.broken.add(snapshot.number)
            _fell_back("search_snapshot_unreadable", error, number=snapshot.number)
            continue
        _held.index, _held.number, _held.popular = index, snapshot.number, snapshot.popular
        logger.info("search_opened", number=snapshot.number, documents=snapshot.documents, bytes=snapshot.size)
        tidy(snapshot)
        return


def _fell_back(event: str, error: Exception, number: int = 0) -> None:
    logger.warning(event, error=type(error).__name__, detail=getattr(error, "detail", ""), number=number)
    count(Counted.SEARCH_FELL_BACK)


def _opened(snapshot: Snapshot) -> "Index":
    from chalicelib.search.index import FORMAT, BrokenIndex, Index

    if snapshot.format != FORMAT:
        raise BrokenIndex(f"Snapshot {snapshot.number} is of format {snapshot.format}, not {FORMAT}.")
    folder = place() / f"{snapshot.number:08d}-{ids.fingerprint(*(file.sha256 for file in snapshot.files))[:8]}"
    if not folder.exists():
        # Made beside it and then renamed: whoever sees it sees all of it.
        half = Path(tempfile.mkdtemp(prefix="half-", dir=_made(place())))
        laid_out(snapshot.files, half / "index", link=True)
        try:
            (half / "index").rename(folder)
        except OSError:  # another process was faster
            if not folder.exists():
                raise
        finally:
            shutil.rmtree(half, ignore_errors=True)
    return Index.open(folder)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def laid_out(files: Iterable[SnapshotFile], folder: Path, *, link: bool) -> None:
    """Puts these files into a folder, fetching those this machine has not. `link`: nobody will write them, so each is
    one with what is kept. Raises NotFound, BrokenFile, Unavailable or OSError."""
    shutil.rmtree(folder, ignore_errors=True)
    wanted = list(files)
    with ThreadPoolExecutor(AT_ONCE) as fetchers:
        kept = list(fetchers.map(_fetched, wanted))
    folder.mkdir(parents=True)
    for file, at in zip(wanted, kept, strict=True):
        to = folder / file.name
        to.parent.mkdir(parents=True, exist_ok=True)
        if link:
            os.link(at, to)
        else:
            shutil.copy2(at, to)


def _fetched(file: SnapshotFile) -> Path:
    kept = place() / "files" / file.sha256
    if kept.exists() and kept.stat().st_size == file.size:
        return kept
    keep(content_of(file), file.sha256)
    return kept


def content_of(file: SnapshotFile) -> bytes:
    """A file of a snapshot as it was when it was made. Raises NotFound, Unavailable, or BrokenFile for another one."""
    content = objects.objects.read(file.key)
    if len(content) != file.size or hashlib.sha256(content).hexdigest() != file.sha256:
        raise BrokenFile(f"{file.key} is not the file the snapshot names")
    return content


def keep(content: bytes, sha256: str) -> None:
    """On this machine, whole or not at all."""
    kept = place() / "files" / sha256
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as half:
        half.write(content)
    Path(half.name).replace(kept)


def tidy(snapshot: Snapshot) -> None:
    """Leaves on the machine what this snapshot is made of, and what somebody may be at work with. What is still
    searched is open, and so stays readable until that is done."""
    named, now = {file.sha256 for file in snapshot.files}, time.time()
    for old in _made(place() / "files").iterdir():
        with suppress(OSError):  # another process does the same
            if old.name not in named and old.stat().st_mtime < now - LOOKED_UP:
                old.unlink()
    for folder in place().iterdir():
        with suppress(OSError):
            ours = folder.name == "files" or folder.name.startswith(f"{snapshot.number:08d}-")
            at_work = folder.name.startswith(("half-", "work-")) and folder.stat().st_mtime > now - WORKED_ON
            if not (ours or at_work):
                shutil.rmtree(folder, ignore_errors=True)
