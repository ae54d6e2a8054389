"""What the knowledge base is searched with: snapshots of its index, what they lack yet, and who builds the next one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

SNAPSHOTS_KEPT = 3  # the newest among them: older ones serve when it cannot be read
MOST_POPULAR = 50
FOLDER = "search/"  # where the files of snapshots lie in object storage


@dataclass(frozen=True, slots=True)
class SnapshotFile:
    """One file of an index; what lies under its key never changes."""

    name: str  # in the index's folder
    key: str
    size: int  # bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Popular:
    """An article that is asked for much of late, as far as a list shows it."""

    slug: str
    titles: Mapping[str, str]  # by language
    readers: tuple[str, ...]
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The index as it was at a moment, whole; it never changes."""

    number: int
    format: int
    at: datetime
    why: str  # changed, demand, rebuilt
    documents: int
    files: tuple[SnapshotFile, ...]
    demand: SnapshotFile | None = None  # what demand its documents were indexed with, for the next build
    popular: tuple[Popular, ...] = ()  # the most asked first
    version: int | None = None

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestSnapshot:
    """Which snapshot everybody searches. Whoever made the next one replaces exactly the one she built upon."""

    number: int
    format: int
    at: datetime
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Rebuild:
    """How far a whole new index is."""

    asked_at: datetime
    after: str = ""  # the slug behind which to go on
    files: tuple[SnapshotFile, ...] = ()  # of what is indexed; nobody searches them yet
    articles: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchBuild:
    """Who builds, and what is to be done besides articles that changed. One a stage."""

    holder: str = ""
    until: datetime | None = None  # then another may, whatever became of the holder
    rebuild: Rebuild | None = None
    tend_at: datetime | None = None  # when demand is looked at again
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMark:
    """That the newest snapshot may lack what an article became. It goes when a snapshot has it."""

    article_id: str
    at: datetime  # since when; marking it again keeps the moment
    marked_at: datetime
    version: int | None = None
