"""What stands in the index of an article, and what does the next snapshot hold?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.kernel.decision import Decision, Gone
from chalicelib.kernel.messages import RefreshSearch
from chalicelib.knowledge.html import to_text
from chalicelib.knowledge.readers import readers_for
from chalicelib.model.article import Article
from chalicelib.model.question import LearnedQuestion
from chalicelib.model.search import (
    MOST_POPULAR,
    SNAPSHOTS_KEPT,
    NewestSnapshot,
    Popular,
    Rebuild,
    SearchBuild,
    SearchMark,
    Snapshot,
    SnapshotFile,
)
from chalicelib.search.documents import Document

MOST_LEARNED = 200  # questions of an article
RECENT = timedelta(days=60)  # what was asked since is not forgotten before what was asked more often long ago
BUILDS_FOR = timedelta(seconds=90)  # between two signs of life: then another may build
TENDED_EVERY = timedelta(days=1)
LATE = timedelta(minutes=5)  # an article should have been searchable long before


def documents(
    article: Article, learned: Sequence[LearnedQuestion], demand: float = 0.0, standing: float = 1.0
) -> list[Document]:
    """One for each language readers see it in; none while nobody reads it."""
    readers = readers_for(article)
    return [
        Document(
            id=article.id,
            language=language,
            title=text.title,
            body=to_text(text.body),
            questions=tuple(dict.fromkeys(each.text for each in learned if _spoken_like(each.language, language))),
            readers=readers,
            topic=article.topic,
            demand=demand,
            standing=standing,
        )
        for language, text in sorted(article.live.items())
    ]


def _spoken_like(asked_in: str, written_in: str) -> bool:
    """What was asked in no language we know stands with every text."""
    return not asked_in or asked_in.partition("-")[0].lower() == written_in.partition("-")[0].lower()


def kept_of(learned: Iterable[LearnedQuestion], now: datetime) -> tuple[list[LearnedQuestion], list[LearnedQuestion]]:
    """What an article goes on being found by, the most asked first, and what is forgotten: half of the places are for
    the most asked of all times, the rest for the most asked of late."""
    most = sorted(learned, key=lambda each: (-each.times, each.text))
    of_all = most[: MOST_LEARNED // 2]
    of_late = sorted(most[len(of_all) :], key=lambda each: (each.last_at < now - RECENT, -each.times, each.text))
    kept = {each.text for each in (*of_all, *of_late[: MOST_LEARNED - len(of_all)])}
    return [each for each in most if each.text in kept], [each for each in most if each.text not in kept]


def popular(articles: Mapping[str, Article], demand: Mapping[str, float]) -> tuple[Popular, ...]:
    """The most asked of these that somebody reads."""
    there = (articles[slug] for slug in most_asked(demand, len(demand)) if slug in articles and articles[slug].live)
    found = [
        Popular(
            slug=article.id,
            titles={language: text.title for language, text in sorted(article.live.items())},
            readers=tuple(sorted(readers_for(article))),
            topic=article.topic,
        )
        for article in there
    ]
    return tuple(found[:MOST_POPULAR])


def most_asked(demand: Mapping[str, float], most: int) -> list[str]:
    return sorted((slug for slug in demand if demand[slug] > 0), key=lambda slug: (-demand[slug], slug))[:most]


# ── Who builds ────────────────────────────────────────────────────────────────────────────────────


def marked(known: SearchMark | None, slug: str, now: datetime) -> Decision:
    """Marking it again changes the mark, so that a builder who read the article before does not take it away."""
    mark = SearchMark(
        article_id=slug,
        at=known.at if known else now,
        marked_at=now,
        version=known.version if known else None,
    )
    return Decision((mark,), reason="marked")


def taken(build: SearchBuild, holder: str, now: datetime) -> Decision:
    """Somebody begins, or goes on, to build; changes nothing while another does."""
    if build.until and build.until > now and build.holder not in ("", holder):
        return Decision(reason="somebody builds")
    return Decision((replace(build, holder=holder, until=now + BUILDS_FOR),), reason="taken")


def left(build: SearchBuild, holder: str, *, undone: bool) -> Decision:
    """She is done, or out of time: then a message goes on."""
    if build.holder != holder:
        return Decision(reason="somebody else builds")
    changed = replace(build, holder="", until=None)
    return Decision((changed,), (RefreshSearch(),) if undone else (), reason="left")


def ordered(build: SearchBuild, now: datetime) -> Decision:
    """Everything is to be indexed anew. Ordered once more while it is under way, it begins again."""
    return Decision((replace(build, rebuild=Rebuild(now)),), (RefreshSearch(),), reason="ordered")


def tended(build: SearchBuild, now: datetime, *, anew: bool) -> Decision:
    """The day's look is done; `anew`: what is there is of another version of the program, or nothing is."""
    rebuild = build.rebuild or (Rebuild(now) if anew else None)
    changed = replace(build, tend_at=now + TENDED_EVERY, rebuild=rebuild)
    return Decision((changed,), (RefreshSearch(),), reason="tended")


# ── Snapshots ─────────────────────────────────────────────────────────────────────────────────────


def went_on(build: SearchBuild, files: tuple[SnapshotFile, ...], after: str, articles: int, now: datetime) -> Decision:
    """A rebuild got so far."""
    if build.rebuild is None:
        raise ValueError("there is no rebuild to go on with")
    rebuild = replace(build.rebuild, files=files, after=after, articles=build.rebuild.articles + articles)
    return Decision((replace(build, rebuild=rebuild, until=now + BUILDS_FOR),), reason="went on")


def published(
    newest: NewestSnapshot | None,
    snapshot: Snapshot,
    kept: Sequence[Snapshot],
    build: SearchBuild | None = None,
) -> Decision:
    """The snapshot becomes what everybody searches, if nobody published another one since `newest` was read. Those too
    old to fall back to go. With `build` it is a rebuild that is done by it."""
    pointer = NewestSnapshot(
        number=snapshot.number,
        format=snapshot.format,
        at=snapshot.at,
        version=newest.version if newest else None,
    )
    gone = [Gone(old) for old in kept if old.number <= snapshot.number - SNAPSHOTS_KEPT]
    done = (replace(build, rebuild=None, tend_at=build.tend_at or snapshot.at + TENDED_EVERY),) if build else ()
    return Decision((pointer, snapshot, *done, *gone), reason=snapshot.why)


def too_many(
    files: Iterable[tuple[str, datetime]], kept: Iterable[Snapshot], build: SearchBuild, now: datetime
) -> list[str]:
    """Keys of objects no snapshot names any more. Young ones stay: somebody may be about to publish them, or to fetch
    them."""
    named = {file.key for snapshot in kept for file in (*snapshot.files, *_demand_of(snapshot))}
    named |= {file.key for file in build.rebuild.files} if build.rebuild else set()
    return [key for key, at in files if key not in named and at < now - timedelta(hours=1)]


def _demand_of(snapshot: Snapshot) -> tuple[SnapshotFile, ...]:
    return (snapshot.demand,) if snapshot.demand else ()
