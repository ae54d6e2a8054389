"""Does what a task stands on still hold: its fact, the article it sends her to, the case it is about, the segment
she joined?"""

from dataclasses import replace

from chalicelib.knowledge import readers
from chalicelib.model.article import Article
from chalicelib.model.case import Promise, PromiseState
from chalicelib.model.task import ARTICLE, CASE, LINK, SEE, SEGMENT, Grounds, Task

PROMISE = "promise"  # in a context: the kind of the promise of the case that is about to break


def stands_on_something(task: Task) -> bool:
    return bool(task.stands_on) or not {ARTICLE, SEE, CASE, SEGMENT}.isdisjoint(task.context)


def objection(task: Task, found: Grounds) -> str:
    """Why there is nothing to say any more, beginning with the name of what decides; empty: it holds."""
    if found.fact and found.fact.corrected_by:
        return "not_needed: what it was planned for was wrong"
    if task.context.get(ARTICLE) and not _readable(found.article):
        return "no_article: what it would send her to cannot be read"
    if (kind := task.context.get(PROMISE)) and not _at_risk(found, kind):
        return "not_needed: the promise was kept, or holds longer"
    if (segment := task.context.get(SEGMENT)) and not (found.memberships and segment in found.memberships.since):
        return f"not_needed: she is not in {segment} any more"
    return ""


def linked(task: Task, found: Grounds, base_url: str) -> Task:
    """The task with the address of its article in its context, where its words may name one."""
    if not task.context.get(ARTICLE) and SEE not in task.context:
        return task
    article = found.article if _readable(found.article) else None
    link = f"{base_url}/help/articles/{article.id}" if article else ""
    return replace(task, context={**task.context, LINK: link})


def _readable(article: Article | None) -> bool:
    """By her, without signing in: whoever opens a letter is not signed in."""
    return article is not None and readers.may_read(article, (readers.PUBLIC,))


def _at_risk(found: Grounds, kind: str) -> bool:
    case = found.case
    return case is not None and case.status.ours and any(_is_at_risk(one, kind) for one in case.promises)


def _is_at_risk(promise: Promise, kind: str) -> bool:
    return promise.kind.value == kind and promise.state is PromiseState.AT_RISK and promise.told_by is None
