"""What do articles tell, their readers, and what no article answers?"""

from dataclasses import replace

from chalicelib.automation import data as of
from chalicelib.automation.events.told import Told
from chalicelib.model.article import Article, ArticleState
from chalicelib.model.gap import Gap, GapState
from chalicelib.model.upkeep import ArticleCare, Finding, FindingState, Votes


def of_article(old: Article | None, new: Article | None) -> list[Told]:
    """One that was renamed is told of by what it leaves under its old slug."""
    if new is None:
        return [_article("article.deleted", old)] if old and not old.moved_to else []
    if new.moved_to:
        renamed = old is not None and not old.moved_to
        return [_article("article.renamed", replace(old, id=new.moved_to), was=new.id)] if old and renamed else []
    if old is None or old.moved_to:
        return [] if new.former else [_article(name, new) for name in _article_news(None, new)]
    return [_article(name, new) for name in _article_news(old, new)]


def _article_news(old: Article | None, new: Article) -> list[str]:
    news = []
    was = old.state if old else None
    out = new.state is ArticleState.PUBLISHED and (old is None or old.published_edition != new.published_edition)
    back = new.state is ArticleState.PUBLISHED and was is not None and not (old and old.live)
    if (old is None or old.edition != new.edition) and new.state is not ArticleState.PUBLISHED:
        news.append("article.drafted")
    if out or back:
        news.append("article.published")
    elif was is not new.state and new.state in _BY_ARTICLE_STATE:
        news.append(_BY_ARTICLE_STATE[new.state])
    elif was is ArticleState.IN_REVIEW and new.state is ArticleState.DRAFT and old and old.edition == new.edition:
        news.append("article.sent_back")
    return [*news, "article.review_due"] if new.stale and not (old and old.stale) else news


_BY_ARTICLE_STATE = {
    ArticleState.IN_REVIEW: "article.submitted",
    ArticleState.SCHEDULED: "article.scheduled",
    ArticleState.RETIRED: "article.retired",
}


def _article(name: str, one: Article, was: str = "") -> Told:
    told = of.ArticleData(
        article=one.id,
        edition=one.edition,
        languages=tuple(sorted(one.texts)),
        state=one.state.value,
        audience=one.audience.value,
        topic=one.topic,
        owner=one.owner,
        was=was,
    )
    return Told(name, told)


def of_article_care(old: ArticleCare | None, new: ArticleCare | None) -> list[Told]:
    """Outcomes and links are no news; what readers say is."""
    if new is None or new.votes == (old.votes if old else Votes()):
        return []
    votes = new.votes
    told = of.FeedbackData(
        article=new.article_id, helpful=votes.helpful, not_helpful=votes.not_helpful, standing=new.standing
    )
    return [Told("article.feedback", told)]


def of_gap(old: Gap | None, new: Gap | None) -> list[Told]:
    if new is None or (old and old.state is new.state) or new.state not in _OF_GAPS:
        return []
    told = of.GapData(
        gap_id=new.id,
        state=new.state.value,
        language=new.language,
        asks=new.asks,
        people=new.people,
        article=new.article_id,
        owner=new.owner,
    )
    return [Told(_OF_GAPS[new.state], told)]


_OF_GAPS = {
    GapState.PROPOSED: "knowledge.gap_proposed",
    GapState.DRAFTED: "knowledge.gap_drafted",
    GapState.ANSWERED: "knowledge.gap_answered",
    GapState.DISMISSED: "knowledge.gap_dismissed",
}


def of_finding(old: Finding | None, new: Finding | None) -> list[Told]:
    if new is None or (old and old.state is new.state):
        return []
    told = of.FindingData(
        finding_id=new.id,
        what=new.what.value,
        article=new.article_id,
        other=new.other_id,
        state=new.state.value,
        owner=new.owner,
    )
    return [Told(f"knowledge.finding_{'opened' if new.state is FindingState.OPEN else 'closed'}", told)]
