"""Who may read which article? An article names readers, a reader has names: one in common is enough."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from chalicelib.model.article import Article, Audience
from chalicelib.model.customer import Customer
from chalicelib.search.documents import Found

PUBLIC, SIGNED_IN, AGENTS = "public", "signed_in", "agents"


def readers_of(customer: Customer | None, agent: bool = False) -> frozenset[str]:
    """As whom somebody reads: nobody in particular, a customer who signed in, an agent."""
    names = {PUBLIC}
    if customer:
        names |= {SIGNED_IN, tier_name(customer.tier)}
    if agent:
        names |= {SIGNED_IN, AGENTS}
    return frozenset(names)


def readers_for(article: Article) -> frozenset[str]:
    """For whom an article is. Agents find every one: they answer customers of all tiers."""
    match article.audience:
        case Audience.PUBLIC:
            return frozenset({PUBLIC, AGENTS})
        case Audience.SIGNED_IN:
            return frozenset({SIGNED_IN, AGENTS})
        case Audience.TIERS:
            return frozenset({AGENTS, *(tier_name(tier) for tier in article.tiers)})
        case Audience.AGENTS:
            return frozenset({AGENTS})


def may_read(article: Article, readers: Collection[str]) -> bool:
    """Whether there is something to read, and for whoever reads as one of these."""
    return bool(article.live) and not readers_for(article).isdisjoint(readers)


def still_readable(found: Found, there: Mapping[str, Article], readers: Collection[str]) -> Found:
    """What was found, as far as one of these readers may read it by now: the index may be older than the articles."""
    hits = tuple(hit for hit in found.hits if hit.id in there and may_read(there[hit.id], readers))
    if hits == found.hits:
        return found
    best = hits[0].confidence if hits else 0.0
    return replace(found, hits=hits, confidence=best, answered=found.answered and best >= found.confidence)


def tier_name(tier: str) -> str:
    return f"tier:{tier}"
