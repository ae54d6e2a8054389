"""What is done about articles and templates: save them, and publish articles. How often they are used is counted by
answers, in cases."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, overload

from chalicelib.configuration import policy
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Forbidden, Moved, NotFound
from chalicelib.knowledge import articles, publishing, templates
from chalicelib.knowledge.articles import AS_IT_IS, About, Editor
from chalicelib.knowledge.publishing import Settled
from chalicelib.model.article import Article, ArticleState, ArticleText
from chalicelib.model.template import Template
from chalicelib.storage import knowledge as storage
from chalicelib.storage.commit import settle
from chalicelib.telemetry import logger


def put_article(
    slug: str,
    texts: Mapping[str, ArticleText],
    *,
    by: str,
    caller: str = "",
    publishes: bool = True,
    expected: int | None,
    about: About = AS_IT_IS,
    publish: bool = False,
    note: str = "",
    replace_redirect: bool = False,
) -> Article:
    """Creates it or replaces the texts that are worked on; with `publish` they are what readers see at once. `caller`:
    who does so as receipts know her, `publishes`: whether she may.

    Raises Conflict when another edition than `expected` is there, Moved, Forbidden, TooLarge, Invalid.
    """

    def save(known: Article | None, now: datetime) -> Settled:
        editor = Editor(by, caller, publishes)
        decision, article = articles.put(
            known,
            slug,
            texts,
            by=editor,
            expected=expected,
            about=about,
            tiers=policy().tiers.bands.tiers,
            replace_redirect=replace_redirect,
            now=now,
        )
        if known and known.moved_to and not article.moved_to:
            decision = _released(decision, known)
        if not publish:
            return decision, article
        return publishing.at_once(known, decision, article, by=editor, policy=policy().knowledge, note=note, now=now)

    return _settled(slug, save, may_be_new=True)


def put_text(
    slug: str,
    language: str,
    text: ArticleText,
    *,
    by: str,
    caller: str = "",
    publishes: bool = True,
    expected: int | None,
    made_from: int | None = None,
    publish: bool = False,
    note: str = "",
) -> Article:
    """One language of it, new or in place of the text it had; the others stay. `made_from`: the edition of the original
    it follows, None for the newest. Raises as `put_article`, NotFound."""

    def save(known: Article, now: datetime) -> Settled:
        editor = Editor(by, caller, publishes)
        tag = next((there for there in known.texts if there.lower() == language.lower()), language)
        told = articles.put(
            known,
            slug,
            {**known.texts, tag: text},
            by=editor,
            expected=expected,
            made_from=None if made_from is None else {tag: made_from},
            tiers=policy().tiers.bands.tiers,
            now=now,
        )
        if not publish:
            return told
        return publishing.at_once(known, *told, by=editor, policy=policy().knowledge, note=note, now=now)

    return _settled(slug, save)


def remove_text(
    slug: str, language: str, *, by: str, caller: str = "", publishes: bool = True, expected: int | None
) -> Article:
    """Without this language; readers see it until that is published. Raises as `put_article`, NotFound, also the second
    time."""

    def save(known: Article, now: datetime) -> Settled:
        tag = next((there for there in known.texts if there.lower() == language.lower()), None)
        if tag is None:
            raise NotFound("it has no text in this language", "/language")
        if len(known.texts) == 1:
            raise Conflict("it is the only language it has: retire the article instead", "/language")
        left = {there: text for there, text in known.texts.items() if there != tag}
        editor = Editor(by, caller, publishes)
        return articles.put(known, slug, left, by=editor, expected=expected, now=now)

    return _settled(slug, save)


def move_article(
    slug: str,
    state: ArticleState,
    *,
    by: str,
    caller: str = "",
    publishes: bool = True,
    expected: int | None = None,
    at: datetime | None = None,
    word: str = "",
) -> Article:
    """Submits, sends back, publishes, schedules, retires or brings back. Raises NotFound, Moved, Conflict, Forbidden,
    Invalid."""

    def moved(known: Article, now: datetime) -> Settled:
        _demand_edition(known, expected)
        editor = Editor(by, caller, publishes)
        return publishing.move(known, state, by=editor, policy=policy().knowledge, at=at, word=word, now=now)

    return _settled(slug, moved)


def discard_draft(slug: str, *, by: str, expected: int | None = None) -> Article:
    """What was worked on is gone, readers see what they saw. Raises NotFound, Moved, Conflict."""

    def discarded(known: Article, now: datetime) -> Settled:
        _demand_edition(known, expected)
        return publishing.discard(known, by=Editor(by), now=now)

    return _settled(slug, discarded)


def restore(
    slug: str, number: int, *, by: str, caller: str = "", publishes: bool = True, expected: int | None = None
) -> Article:
    """The texts of an edition that was published, as a new draft. Raises NotFound, Moved, Conflict, Invalid."""

    def restored(known: Article, now: datetime) -> Settled:
        edition = storage.edition(known, number)
        if edition is None:
            raise NotFound("no such version of it was published", "/number")
        editor = Editor(by, caller, publishes)
        return articles.put(known, slug, edition.texts, by=editor, expected=expected, now=now)

    return _settled(slug, restored)


def reviewed(slug: str, *, until: datetime | None, by: str) -> Article:
    """Somebody looked: it is still right. Raises NotFound, Moved, Conflict, Invalid."""
    return _settled(
        slug,
        lambda known, now: publishing.reviewed(known, until=until, by=Editor(by), policy=policy().knowledge, now=now),
    )


def rename(slug: str, to: str, *, by: str, publishes: bool = True, replace_redirect: bool = False) -> Article:
    """Under another slug; the old ones lead there. Renamed so before, it is what it is: a repetition is harmless.

    Raises NotFound, Moved (it has yet another name), Conflict, Forbidden, Invalid.
    """

    def renamed(known: Article | None, now: datetime) -> Settled:
        if known is None:
            raise NotFound("no article has this slug")
        if known.moved_to == to and (there := storage.article(to)):
            return Decision(reason="unchanged"), there
        if known.moved_to:
            raise Moved(f"the article is called {known.moved_to} now", known.moved_to)
        near = storage.named({to, *known.former})
        there = near.get(to)
        displaced = storage.article(there.moved_to) if there and there.moved_to else None
        return publishing.rename(
            known,
            to,
            there,
            former=[near[name] for name in known.former if name in near],
            displaced=displaced,
            images=list(storage.images(known.images).values()),
            replace_redirect=replace_redirect,
            by=Editor(by, publishes=publishes),
            now=now,
        )

    return _settled(slug, renamed, may_be_new=True)


def act_on_article(slug: str, as_of: datetime) -> None:
    """Publishes what is due, flags what must be looked at again. What came early, or twice, finds nothing to do."""
    now = max(clock.now(), as_of)

    def acted() -> tuple[Decision, None]:
        known = storage.article(slug)
        if known is None or known.moved_to:
            return Decision(reason="gone"), None
        return publishing.act(known, policy=policy().knowledge, now=now)[0], None

    decision, _ = settle(acted)
    logger.info("acted_on_article", article=slug, reason=decision.reason)


@overload
def _settled(slug: str, rule: Callable[[Article, datetime], Settled]) -> Article: ...


@overload
def _settled(
    slug: str, rule: Callable[[Article | None, datetime], Settled], *, may_be_new: Literal[True]
) -> Article: ...


def _settled(slug: str, rule: Callable[[Any, datetime], Settled], *, may_be_new: bool = False) -> Article:
    now = clock.now()

    def decide() -> Settled:
        known = storage.article(slug)
        return rule(known if may_be_new else _there(known), now)

    decision, article = settle(decide)
    logger.info("article_settled", article=slug, edition=article.edition, reason=decision.reason)
    return article


def _there(known: Article | None) -> Article:
    """Raises NotFound, Moved."""
    if known is None:
        raise NotFound("no article has this slug")
    if known.moved_to:
        raise Moved(f"the article is called {known.moved_to} now", known.moved_to)
    return known


def _released(decision: Decision, stub: Article) -> Decision:
    """The slug leads no more to the article that had it before."""
    other = storage.article(stub.moved_to)
    if other is None or stub.id not in other.former:
        return decision
    left = replace(other, former=tuple(name for name in other.former if name != stub.id))
    return replace(decision, changes=(*decision.changes, left))


def _demand_edition(known: Article, expected: int | None) -> None:
    if expected is not None and expected != known.edition:
        raise Conflict(
            f"version {known.edition} is there, not version {expected}: look at it again", "/expected_version"
        )


def put_template(
    slug: str, *, title: str, texts: Mapping[str, str], team: str, by: str, expected: int | None, serving: str = ""
) -> Template:
    """Creates or replaces it. `serving`: the team of a caller who may touch that team's only.

    Raises NotFound (it is another team's), Conflict when another edition than `expected` is there, or Invalid.
    """
    now = clock.now()

    def decide() -> tuple[Decision, Template]:
        known = storage.template(slug)
        _may_touch(known, serving)
        if serving and team != serving:
            raise Forbidden(f"This key is of the team {serving}: its templates are, too.", "/team")
        return templates.put(known, slug, title=title, texts=texts, team=team, by=by, expected=expected, now=now)

    decision, template = settle(decide)
    logger.info("template_put", template=slug, edition=template.edition, reason=decision.reason)
    return template


def delete_template(slug: str, *, by: str, serving: str = "") -> None:
    """Nobody finds it any more; answers made of it stay. Raises NotFound, also the second time."""
    now = clock.now()

    def decide() -> tuple[Decision, None]:
        known = storage.template(slug)
        if known is None or known.deleted:
            raise NotFound("there is no such template")
        _may_touch(known, serving)
        return Decision((replace(known, deleted=True, updated_at=now, updated_by=by),), reason="deleted"), None

    settle(decide)
    logger.info("template_deleted", template=slug)


def _may_touch(known: Template | None, serving: str) -> None:
    """Who serves one team changes its templates; everybody's only who serves all. Raises NotFound, Forbidden."""
    if known is None or not serving or known.team == serving:
        return
    if known.team:
        raise NotFound("there is no such template")
    raise Forbidden("This template is everybody's: a key of all teams changes it.")
