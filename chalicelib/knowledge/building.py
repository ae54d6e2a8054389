"""The next snapshot of the index: made of the newest one and what changed since, published, and what nobody needs any
more taken away.

What changed is marked (`refresh`), and whoever is not too late builds: she holds a lease, takes all marks there are,
indexes these articles as they are by now, puts the files that are new into object storage, and has the pointer name
them if it still names what she built upon. Only then the marks go, each if it is as she read it. So many publishes make
one build, two builders make one snapshot, and whatever breaks leaves the marks: the clock finds them.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from chalicelib.gateways import objects
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision, Gone
from chalicelib.kernel.errors import HubError, NotFound, Unavailable
from chalicelib.knowledge import indexing, loading, popularity
from chalicelib.model.article import Article
from chalicelib.model.search import (
    FOLDER,
    SNAPSHOTS_KEPT,
    NewestSnapshot,
    Popular,
    SearchBuild,
    SearchMark,
    Snapshot,
    SnapshotFile,
)
from chalicelib.search.documents import Document
from chalicelib.storage import gaps, knowledge, questions, tallies
from chalicelib.storage import search as storage
from chalicelib.storage.commit import Refused, commit, settle
from chalicelib.telemetry import Counted, count, logger

OutOfTime = Callable[[], bool]
AT_ONCE = 500  # articles in one build
REBUILT_AT_ONCE = 2_000
A_PAGE = 100
MOST_MOVED = 2_000  # articles indexed anew in a day because of demand alone
DELETED_AT_ONCE = 90  # a transaction takes 100
FEW = 12  # of so few articles demand is read by key
DEMAND = "demand.json"


def refresh(article_id: str, out_of_time: OutOfTime) -> None:
    """An article changed: readers find it as it is by now. Without one: whatever was marked. A repetition builds the
    same once more, or finds nothing to do."""
    if article_id:
        _mark(article_id, clock.now())
    build(out_of_time)


def _mark(slug: str, now: datetime) -> None:
    settle(lambda: (indexing.marked(storage.mark(slug), slug, now), None))


def order() -> None:
    """Has everything indexed anew."""
    settle(lambda: (indexing.ordered(storage.work().build, clock.now()), None))


def tend(now: datetime, out_of_time: OutOfTime) -> None:
    """The day's look: articles whose demand moved far are marked, and an index of an older version is made anew. What
    was looked at already, or went on with a build since, is left alone."""
    from chalicelib.search.index import FORMAT

    known = storage.work().build
    if not known.rebuild and (known.tend_at is None or known.tend_at > now):
        return
    newest = storage.newest()
    anew = newest is None or newest.format < FORMAT
    if newest and not anew:
        snapshot = _snapshot(newest)
        for slug in popularity.moved(_indexed_with(snapshot), _demand(None, now), MOST_MOVED):
            _mark(slug, now)
    settle(lambda: (indexing.tended(storage.work().build, now, anew=anew), None))
    build(out_of_time)


def build(out_of_time: OutOfTime) -> None:
    """As long as there is something to do and time to do it; nothing while somebody else does."""
    holder = ids.new_ulid(clock.now())
    while _take(holder):
        undone = True
        try:
            while undone and not out_of_time():
                undone = _round(holder)
        except HubError:
            _leave(holder, undone=False)  # the message comes back, and so does the clock
            raise
        _leave(holder, undone=undone)
        # Who marked something while the lease was held left it to its holder.
        if undone or not storage.marks(1):
            return


def _take(holder: str) -> bool:
    decision, _ = settle(lambda: (indexing.taken(storage.work().build, holder, clock.now()), None))
    return bool(decision.changes)


def _leave(holder: str, *, undone: bool) -> None:
    settle(lambda: (indexing.left(storage.work().build, holder, undone=undone), None))


def _round(holder: str) -> bool:
    """One build, or a part of a rebuild; whether there is more to do."""
    from chalicelib.search.index import BrokenIndex

    work = storage.work()
    if work.build.holder != holder:  # she was taken for dead
        return False
    if work.build.until and work.build.until < clock.now() + indexing.BUILDS_FOR / 2:
        _take(holder)
        work = storage.work()
    if work.build.rebuild or work.newest is None or not _usable(work.newest):
        try:
            return _rebuild(work)
        except (NotFound, loading.BrokenFile, BrokenIndex) as error:
            # What it got to so far is lost, or of another version of the program: from the beginning.
            if not (work.build.rebuild and work.build.rebuild.files):
                raise
            logger.error("search_rebuild_unreadable", after=work.build.rebuild.after, error=type(error).__name__)
            order()
            return True
    marks = storage.marks(AT_ONCE)
    if not marks:
        return False
    if min(mark.at for mark in marks) < clock.now() - indexing.LATE:
        count(Counted.SEARCH_STALE)
    try:
        _build_upon(work.newest, marks)
    except (NotFound, loading.BrokenFile, BrokenIndex) as error:
        # What it would be built upon is lost: everything is in the table.
        logger.error("search_snapshot_unreadable", number=work.newest.number, error=type(error).__name__)
        count(Counted.SEARCH_FELL_BACK)
        order()
    return True


def _usable(newest: NewestSnapshot) -> bool:
    from chalicelib.search.index import FORMAT

    return newest.format >= FORMAT


# ── What changed ──────────────────────────────────────────────────────────────────────────────────


def _build_upon(newest: NewestSnapshot, marks: Sequence[SearchMark]) -> None:
    from chalicelib.search import index

    slugs = [mark.article_id for mark in marks]
    base = _snapshot(newest)
    articles = {slug: article for start in range(0, len(slugs), A_PAGE) for slug, article in _named(slugs, start)}
    # What was learned under the slug an article had before belongs to what it is called by now.
    articles |= knowledge.named({stub.moved_to for stub in articles.values() if stub.moved_to} - {*slugs})
    looked_at = list({*slugs, *articles})
    demand = _demand(looked_at)
    with _workshop(base.files) as folder:
        index.update(folder, _documents(articles, demand), slugs, synonyms=gaps.synonyms())
        with_demand = {**_indexed_with(base), **{slug: demand.get(slug, 0.0) for slug in looked_at}}
        snapshot = _stored(folder, base.files, with_demand, number=newest.number + 1, why="changed")
    if _published(newest, snapshot, base.files):
        _unmark(marks)


def _named(slugs: Sequence[str], start: int) -> Iterable[tuple[str, Article]]:
    return knowledge.named(slugs[start : start + A_PAGE]).items()


def _documents(articles: Mapping[str, Article], demand: Mapping[str, float]) -> Iterator[Document]:
    """Of those somebody reads; what an article learned is cut back on the way."""
    now = clock.now()
    standings = gaps.standings(articles)
    for article in articles.values():
        if not article.live:
            continue
        kept, forgotten = indexing.kept_of(questions.learned(article.id, *article.former), now)
        for start in range(0, len(forgotten), DELETED_AT_ONCE):
            with suppress(Refused):  # one of them was asked just now: the next build decides again
                commit(Decision(tuple(map(Gone, forgotten[start : start + DELETED_AT_ONCE])), reason="forgotten"))
        yield from indexing.documents(article, kept, demand.get(article.id, 0.0), standings[article.id])


def _unmark(marks: Sequence[SearchMark]) -> None:
    """Those that are as they were read. What was marked again stays: it is built again."""
    for start in range(0, len(marks), DELETED_AT_ONCE):
        batch = {mark.article_id: mark for mark in marks[start : start + DELETED_AT_ONCE]}
        while batch:
            try:
                commit(Decision(tuple(map(Gone, batch.values())), reason="built"))
                break
            except Refused as refused:
                for mark in refused.stale:
                    batch.pop(mark.article_id, None)


# ── Everything ────────────────────────────────────────────────────────────────────────────────────


def _rebuild(work: storage.Work) -> bool:
    """The next part of a whole new index; with the last one it is published. Always true: what was marked meanwhile is
    built next. Who finds that another worker went on with it has done this part for nothing."""
    from chalicelib.search import index

    if work.build.rebuild is None:
        with suppress(Refused):
            commit(indexing.ordered(work.build, clock.now()))
        return True
    rebuild = work.build.rebuild
    page = knowledge.articles(rebuild.after or None, REBUILT_AT_ONCE)
    articles = {article.id: article for article in page.items}
    demand = _demand(list(articles))
    with _workshop(rebuild.files) as folder:
        if rebuild.files:
            index.update(folder, _documents(articles, demand), (), synonyms=gaps.synonyms())
        else:
            index.build(folder, _documents(articles, demand), synonyms=gaps.synonyms())
        if page.next:
            files = _uploaded(folder, rebuild.files, f"rebuild-{ids.fingerprint(work.build.holder)[:8]}")
            with suppress(Refused):
                commit(indexing.went_on(work.build, files, page.next, len(articles), clock.now()))
            return True
        number = work.newest.number + 1 if work.newest else 1
        snapshot = _stored(folder, rebuild.files, _demand(None), number=number, why="rebuilt")
    _published(work.newest, snapshot, rebuild.files, work.build)
    return True


# ── Snapshots ─────────────────────────────────────────────────────────────────────────────────────


def _snapshot(newest: NewestSnapshot) -> Snapshot:
    """Raises NotFound when it is not there any more."""
    found = storage.snapshots((newest.number,))
    if not found:
        raise NotFound(f"snapshot {newest.number} is not kept any more")
    return found[0]


@contextmanager
def _workshop(files: Iterable[SnapshotFile]) -> Iterator[Path]:
    """A folder with copies of these files, to be changed and thrown away."""
    around = loading.place()
    around.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="work-", dir=around))
    try:
        loading.laid_out(files, folder / "index", link=False)
        yield folder / "index"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stored(
    folder: Path, base: Sequence[SnapshotFile], with_demand: Mapping[str, float], *, number: int, why: str
) -> Snapshot:
    """What is in the folder, in object storage, as a snapshot nobody searches yet."""
    from chalicelib.search.index import FORMAT, Index

    now = clock.now()
    own = f"{number:08d}-{ids.new_ulid(now)}"
    told = {slug: round(value, 3) for slug, value in sorted(with_demand.items()) if value >= 0.01}
    return Snapshot(
        number=number,
        format=FORMAT,
        at=now,
        why=why,
        documents=Index.open(folder).documents,  # and that it can be opened
        files=_uploaded(folder, base, own),
        demand=_upload(DEMAND, json.dumps(told).encode(), own),
        popular=_popular(told),
    )


def _uploaded(folder: Path, base: Sequence[SnapshotFile], own: str) -> tuple[SnapshotFile, ...]:
    """The folder's files; those that were there before stay where they lie."""
    from chalicelib.search.index import files

    known = {(file.name, file.sha256): file for file in base}
    found = []
    for path in files(folder):
        content = (folder / path).read_bytes()
        name = path.as_posix()
        there = known.get((name, hashlib.sha256(content).hexdigest()))
        found.append(there or _upload(name, content, own))
    return tuple(found)


def _upload(name: str, content: bytes, own: str) -> SnapshotFile:
    """Under a key of this build's own: nobody else writes it, and nobody reads it before it is published."""
    file = SnapshotFile(name, f"{FOLDER}{own}/{name}", len(content), hashlib.sha256(content).hexdigest())
    objects.objects.write(file.key, content, "application/octet-stream")
    loading.keep(content, file.sha256)
    return file


def _published(
    newest: NewestSnapshot | None,
    snapshot: Snapshot,
    base: Sequence[SnapshotFile],
    rebuilt: SearchBuild | None = None,
) -> bool:
    """Whether it is what everybody searches now. Else somebody was faster, and what was stored for it goes."""
    known = storage.snapshots(range(snapshot.number - 1, snapshot.number - 3 * SNAPSHOTS_KEPT, -1))
    try:
        commit(indexing.published(newest, snapshot, known, rebuilt))
    except Refused:
        there = {file.key for file in base}
        objects.objects.delete([file.key for file in snapshot.files if file.key not in there])
        logger.info("search_build_lost", number=snapshot.number)
        return False
    logger.info("search_built", number=snapshot.number, why=snapshot.why, documents=snapshot.documents)
    _sweep_out([snapshot, *known])
    loading.tidy(snapshot)
    return True


def _sweep_out(snapshots: Sequence[Snapshot]) -> None:
    """Objects no snapshot that is kept needs. What cannot be listed or deleted now is found by the next build."""
    newest = snapshots[0].number
    kept = [snapshot for snapshot in snapshots if snapshot.number > newest - SNAPSHOTS_KEPT]
    try:
        for page in objects.objects.list_in(FOLDER, ""):
            there = [(stored.key, stored.at) for stored in page]
            gone = indexing.too_many(there, kept, storage.work().build, clock.now())
            if gone:
                objects.objects.delete(gone)
    except Unavailable as error:
        logger.warning("search_not_swept_out", detail=error.detail)


# ── Demand ────────────────────────────────────────────────────────────────────────────────────────


def _demand(slugs: Sequence[str] | None, now: datetime | None = None) -> dict[str, float]:
    """Of these articles, or of all that were asked for."""
    now = now or clock.now()
    counters = popularity.counters(now)
    if slugs is not None and len(slugs) <= FEW:
        return popularity.demand(now, [tallies.sums_of(counter, slugs) for counter in counters])
    return popularity.demand(now, [tallies.sums(counter) for counter in counters])


def _indexed_with(snapshot: Snapshot) -> dict[str, float]:
    """What demand its articles were indexed with; unknown is none, and is told anew in time."""
    if snapshot.demand is None:
        return {}
    try:
        found: dict[str, float] = json.loads(loading.content_of(snapshot.demand))
    except HubError as error:
        if error.retryable and not isinstance(error, loading.BrokenFile):
            raise
        return {}
    return found


def _popular(with_demand: Mapping[str, float]) -> tuple[Popular, ...]:
    slugs = indexing.most_asked(with_demand, A_PAGE)
    return indexing.popular(knowledge.named(slugs), with_demand)
