"""How does a draft become what readers see, and what becomes of it later?

draft ──submit──▶ in review ──publish──▶ published ──an edit──▶ draft, the published one stays to be read
  ▲ ◀─sent back────┘ └─at a time─▶ scheduled ─the clock─▶ published
  └──brought back── retired ◀──retire── any
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Forbidden, Invalid
from chalicelib.kernel.messages import RefreshSearch
from chalicelib.knowledge.articles import RESERVED, Editor, decided, edition_of, first_edition
from chalicelib.model.article import MOST_NAMES, Article, ArticleImage, ArticleState
from chalicelib.model.knowledge import KnowledgePolicy

Settled = tuple[Decision, Article]


def move(
    article: Article,
    state: ArticleState,
    *,
    by: Editor,
    policy: KnowledgePolicy,
    at: datetime | None = None,
    word: str = "",
    now: datetime,
) -> Settled:
    """To this state; to the one it is in changes nothing. `at`: when, for one that is scheduled. `word`: why it is sent
    back, or what is different in what is published. Raises Conflict, Forbidden, Invalid."""
    if (at is None) == (state is ArticleState.SCHEDULED):
        raise Invalid("publish_at goes with the state scheduled, and only with it", "/publish_at")
    if at:
        return schedule(article, at, by=by, policy=policy, now=now)
    match state:
        case ArticleState.IN_REVIEW:
            return submit(article, now)
        case ArticleState.PUBLISHED:
            return publish(article, by=by, policy=policy, note=word, now=now)
        case ArticleState.RETIRED:
            return retire(article, by=by, now=now)
    return back(article, word=word, now=now)


def submit(article: Article, now: datetime) -> Settled:
    """For somebody else to look at."""
    if article.state is ArticleState.IN_REVIEW:
        return _unchanged(article)
    if article.state is not ArticleState.DRAFT:
        raise Conflict(f"it is {article.state.value}: only a draft is submitted", "/state")
    return _so(article, replace(article, state=ArticleState.IN_REVIEW, word="", updated_at=now), "submitted")


def back(article: Article, *, word: str, now: datetime) -> Settled:
    """A draft again: sent back by a reviewer, not to be published at its time after all, or brought back from
    retirement."""
    if article.state is ArticleState.DRAFT:
        return _unchanged(article)
    if article.state is ArticleState.PUBLISHED:
        raise Conflict("it is published: change its texts to draft another edition, or retire it", "/state")
    again = replace(article, state=ArticleState.DRAFT, word=word, publish_at=None, scheduled_by="", updated_at=now)
    return _so(article, again, f"no longer {article.state.value}")


def publish(article: Article, *, by: Editor, policy: KnowledgePolicy, note: str = "", now: datetime) -> Settled:
    """Its texts are what readers see, and are kept as an edition.

    Raises Forbidden: she may not, or with review on she wrote some of it herself."""
    if article.state is ArticleState.PUBLISHED:
        return _unchanged(article)
    _demand_publisher(article, by, policy)
    if article.state is ArticleState.RETIRED:
        raise Conflict("it is retired: bring it back first (state draft)", "/state")
    return _published(article, by=by.name, policy=policy, note=note, now=now)


def at_once(
    known: Article | None,
    saved: Decision,
    article: Article,
    *,
    by: Editor,
    policy: KnowledgePolicy,
    note: str,
    now: datetime,
) -> Settled:
    """What was just saved is published in the same write. Raises as `publish`."""
    last, out = publish(article, by=by, policy=policy, note=note, now=now)
    if not last.changes:
        return saved, article
    return decided(known, out, *last.changes[1:], *saved.changes[1:], reason=last.reason), out


def schedule(article: Article, at: datetime, *, by: Editor, policy: KnowledgePolicy, now: datetime) -> Settled:
    """It will be published then, by the clock, in her name. Raises as `publish`, Invalid for a time that is over."""
    if article.state is ArticleState.SCHEDULED and article.publish_at == at:
        return _unchanged(article)
    if article.state in (ArticleState.PUBLISHED, ArticleState.RETIRED):
        raise Conflict(f"it is {article.state.value}: there is no draft to publish later", "/state")
    _demand_publisher(article, by, policy)
    if at <= now:
        raise Invalid("choose a time that is still to come", "/publish_at")
    waits = replace(article, state=ArticleState.SCHEDULED, publish_at=at, scheduled_by=by.name, word="", updated_at=now)
    return _so(article, waits, "scheduled")


def act(article: Article, *, policy: KnowledgePolicy, now: datetime) -> Settled:
    """What the clock does: publishes what is due, says that somebody must look again. Early or repeated: nothing."""
    if article.state is ArticleState.SCHEDULED and article.publish_at and article.publish_at <= now:
        return _published(article, by=article.scheduled_by, policy=policy, note="", now=now)
    if article.review_at and article.review_at <= now and article.live and not article.stale:
        return _so(article, replace(article, stale=True), "review due")
    return Decision(reason="not due"), article


def retire(article: Article, *, by: Editor, now: datetime) -> Settled:
    """Nobody reads it any more; its texts and editions stay. Raises Forbidden."""
    if article.state is ArticleState.RETIRED:
        return _unchanged(article)
    if article.live and not by.publishes:
        raise Forbidden("Customers read it: it is retired by who may publish (articles:publish).")
    first = first_edition(article)
    gone = replace(
        article,
        state=ArticleState.RETIRED,
        published={},
        published_edition=first[0].edition if first else article.published_edition,
        publish_at=None,
        scheduled_by="",
        review_at=None,
        stale=False,
        updated_at=now,
        updated_by=by.name,
    )
    return decided(article, gone, *first, reason="retired"), gone


def discard(article: Article, *, by: Editor, now: datetime) -> Settled:
    """What was worked on is gone; readers see what they saw. Raises Conflict when nothing is published."""
    if article.state is ArticleState.PUBLISHED:
        return _unchanged(article)
    if not article.published:
        raise Conflict("nothing of it is published: retire it instead", "/state")
    edition = article.edition + 1
    tags = article.published
    clean = replace(
        article,
        texts=article.published,
        changed={tag: edition if article.texts.get(tag) != tags[tag] else article.changed.get(tag, 0) for tag in tags},
        made_from=dict.fromkeys(tags, edition),
        original=article.original if article.original in tags else "",
        state=ArticleState.PUBLISHED,
        published={},
        writers=(),
        word="",
        publish_at=None,
        scheduled_by="",
        edition=edition,
        updated_at=now,
        updated_by=by.name,
    )
    return _so(article, clean, "discarded")


def reviewed(
    article: Article, *, until: datetime | None, by: Editor, policy: KnowledgePolicy, now: datetime
) -> Settled:
    """Somebody looked: it is still right, until then; None: as long as the company says. Raises Conflict, Invalid."""
    if not article.live:
        raise Conflict("nobody reads it: there is nothing to look at again", "/review_at")
    if until is not None and until <= now:
        raise Invalid("choose a time that is still to come", "/review_at")
    looked = replace(article, review_at=until or _next_review(policy, now), stale=False, updated_by=by.name)
    if looked.review_at == article.review_at and not article.stale:
        return _unchanged(article)
    return _so(article, replace(looked, updated_at=now), "reviewed")


def rename(
    article: Article,
    slug: str,
    there: Article | None,
    *,
    former: Sequence[Article],
    displaced: Article | None = None,
    images: Sequence[ArticleImage],
    replace_redirect: bool,
    by: Editor,
    now: datetime,
) -> Settled:
    """The article under another slug; its old one leads there, and so do all it had before, each in one step: what
    they lead to is always an article, so there are no loops. `there`: what lies under the new slug. `former`: what lies
    under those it had. `displaced`: the article that `there` led to.

    Raises Conflict, Forbidden, Invalid.
    """
    if slug in RESERVED:
        raise Invalid(f"an article cannot be called {slug}: choose another slug", "/slug")
    if slug == article.id:
        return _unchanged(article)
    if article.live and not by.publishes:
        raise Forbidden("Customers read it: it is renamed by who may publish (articles:publish).")
    if there and not there.moved_to:
        raise Conflict("another article has this slug", "/slug")
    if there and there.moved_to != article.id and not replace_redirect:
        raise Conflict(f'this slug leads to {there.moved_to}: say "replace_redirect" to take it from there', "/slug")
    names = (*(name for name in article.former if name != slug), article.id)
    if len(names) > MOST_NAMES:
        raise Conflict(f"an article has had at most {MOST_NAMES} other slugs", "/slug")
    renamed = replace(
        article,
        id=slug,
        uid=article.lasting,
        former=names,
        updated_at=now,
        updated_by=by.name,
        version=there.version if there else None,
    )
    changes: list[object] = [renamed, _signpost(article, slug, now, by)]
    changes += [replace(stub, moved_to=slug) for stub in former if stub.moved_to and stub.id != slug]
    changes += [replace(image, article_id=slug) for image in images]
    if displaced and displaced.id != article.id:
        changes.append(replace(displaced, former=tuple(name for name in displaced.former if name != slug)))
    messages = (RefreshSearch(article_id=article.id), RefreshSearch(article_id=slug))
    return Decision(tuple(changes), messages if article.live else (), reason="renamed"), renamed


def _signpost(article: Article, to: str, now: datetime, by: Editor) -> Article:
    return Article(
        id=article.id,
        texts={},
        state=ArticleState.RETIRED,
        moved_to=to,
        edition=article.edition,
        updated_at=now,
        updated_by=by.name,
        version=article.version,
    )


def _published(article: Article, *, by: str, policy: KnowledgePolicy, note: str, now: datetime) -> Settled:
    review_at = article.review_at if article.review_at and article.review_at > now else _next_review(policy, now)
    out = replace(
        article,
        state=ArticleState.PUBLISHED,
        published={},
        published_edition=article.edition,
        published_at=now,
        published_by=by,
        writers=(),
        word="",
        publish_at=None,
        scheduled_by="",
        review_at=review_at,
        stale=False,
    )
    # One that was retired and brought back is read again as it was: that edition lies there.
    kept = () if article.published_edition == article.edition else (edition_of(out, now, by, note),)
    return decided(article, out, *kept, reason="published"), out


def _demand_publisher(article: Article, by: Editor, policy: KnowledgePolicy) -> None:
    if not by.publishes:
        raise Forbidden("This needs the scope articles:publish; submit it instead (state in_review).")
    if policy.review and {by.id, by.name} & {*article.writers}:
        raise Forbidden("You wrote some of it: somebody else publishes it ([knowledge] review is on).")


def _next_review(policy: KnowledgePolicy, now: datetime) -> datetime | None:
    return now + timedelta(days=policy.review_days) if policy.review_days else None


def _so(known: Article, article: Article, reason: str) -> Settled:
    return decided(known, article, reason=reason), article


def _unchanged(article: Article) -> Settled:
    return Decision(reason="unchanged"), article
