"""What do those who look after articles hear, and who are they?

A keeper is an address the company named (`notify`), which hears of everything, or whoever owns a gap or an article,
who hears of what is hers. Nobody gets a letter without news, and nobody more than one a day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.model.article import Article
from chalicelib.model.gap import Gap
from chalicelib.model.upkeep import ArticleCare, Finding

MOST_OF_EACH = 10  # in a letter


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What happened within a time."""

    gaps: Sequence[Gap] = ()  # proposed
    feedback: Sequence[tuple[Article, ArticleCare]] = ()
    findings: Sequence[Finding] = ()

    def __bool__(self) -> bool:
        return bool(self.gaps or self.feedback or self.findings)


def of_whom(news: News, everything: Iterable[str]) -> list[str]:
    """Whom to write to: everybody whom something of it concerns, once."""
    if not news:
        return []
    owners = [
        *(gap.owner for gap in news.gaps),
        *(article.owner for article, _ in news.feedback),
        *(finding.owner for finding in news.findings),
    ]
    return list(dict.fromkeys(filter(None, (*everything, *owners))))


def for_one(news: News, keeper: str, *, everything: bool) -> News:
    """The part of it that is hers."""
    if everything:
        return news
    return News(
        gaps=[gap for gap in news.gaps if gap.owner == keeper],
        feedback=[one for one in news.feedback if one[0].owner == keeper],
        findings=[finding for finding in news.findings if finding.owner == keeper],
    )


def told(news: News) -> Mapping[str, object]:
    """As the letter's template takes it: the first of each, and how many there are."""
    return {
        "gaps": [
            {"question": gap.question, "people": gap.people, "asks": gap.asks} for gap in news.gaps[:MOST_OF_EACH]
        ],
        "gaps_in_all": len(news.gaps),
        "feedback": [
            {
                "title": _title(article),
                "helpful": care.votes.helpful,
                "not_helpful": care.votes.not_helpful,
                "missing": [one.text for one in care.missing[-3:]],
            }
            for article, care in news.feedback[:MOST_OF_EACH]
        ],
        "feedback_in_all": len(news.feedback),
        "findings": [
            {
                "what": finding.what.value,
                "article": finding.article_id,
                "evidence": finding.evidence,
                "fix": finding.fix,
            }
            for finding in news.findings[:MOST_OF_EACH]
        ],
        "findings_in_all": len(news.findings),
    }


def _title(article: Article) -> str:
    texts = article.live or article.texts
    return texts[min(texts)].title if texts else article.id
