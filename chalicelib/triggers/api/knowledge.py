"""What the knowledge base learns: gaps, what readers say, what is wrong with articles, words."""

from typing import Any

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.knowledge import learned, tending
from chalicelib.model.gap import Gap
from chalicelib.model.upkeep import Finding, PairState, WordPair
from chalicelib.triggers.answers.knowledge import (
    AskerOut,
    AskersOut,
    FeedbackOut,
    FindingOut,
    GapOut,
    GapsOut,
    PairOut,
    PairsOut,
    UnknownWordOut,
    UnknownWordsOut,
    UpkeepOut,
    VoteOut,
)
from chalicelib.triggers.contract.knowledge import (
    GapArticleIn,
    GapsQuery,
    OwnerIn,
    PairIn,
    PairsQuery,
    UpkeepQuery,
    VoteIn,
)
from chalicelib.triggers.contract.shared import Paged
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "GET",
    "/v1/knowledge/gaps",
    scope=Scope.ARTICLES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="What customers ask and no article answers",
    query=GapsQuery,
    returns=GapsOut,
)
def list_gaps(call: Call[GapsQuery]) -> GapsOut:
    """In one state, what costs most first: demand times what an ask costs, in steps of a fifth. Without a state those
    that are proposed: enough people asked."""
    page = learned.gaps(call.input.state, call.after, call.input.limit)
    return GapsOut(items=[_gap(call, gap) for gap in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/knowledge/gaps/{gap_id}",
    scope=Scope.ARTICLES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="One gap",
    returns=GapOut,
    errors=(404,),
)
def get_gap(call: Call[None], gap_id: str) -> GapOut:
    """One that was merged leads to the whole."""
    return _gap(call, learned.gap(gap_id))


@api.endpoint(
    "GET",
    "/v1/knowledge/gaps/{gap_id}/askers",
    scope=Scope.CUSTOMERS_READ,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Who asked what no article answers",
    query=Paged,
    returns=AskersOut,
    errors=(404,),
)
def list_askers(call: Call[Paged], gap_id: str) -> AskersOut:
    """The newest first, so that whoever asked can be told once there is an answer. Not in which words: these are in her
    record, and looking at it is noted."""
    page = learned.askers(gap_id, call.after, call.input.limit)
    return AskersOut(items=[AskerOut.of(question) for question in page.items], next=call.cursor(page.next))


@api.endpoint(
    "POST",
    "/v1/knowledge/gaps/{gap_id}/dismiss",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Write no article about it",
    returns=GapOut,
    errors=(404, 409),
)
def dismiss_gap(call: Call[None], gap_id: str) -> GapOut:
    """It comes back when twice as much is asked. May be repeated."""
    return _gap(call, tending.dismiss_gap(gap_id))


@api.endpoint(
    "POST",
    "/v1/knowledge/gaps/{gap_id}/reopen",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Write one after all",
    returns=GapOut,
    errors=(404, 409),
)
def reopen_gap(call: Call[None], gap_id: str) -> GapOut:
    """It is proposed again. May be repeated."""
    return _gap(call, tending.reopen_gap(gap_id))


@api.endpoint(
    "PUT",
    "/v1/knowledge/gaps/{gap_id}/owner",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Say who writes the article",
    body=OwnerIn,
    returns=GapOut,
    errors=(404, 409),
)
def assign_gap(call: Call[OwnerIn], gap_id: str) -> GapOut:
    """She hears by mail what becomes of it, and the draft is hers. May be repeated."""
    return _gap(call, tending.assign_gap(gap_id, call.input.owner.strip()))


@api.endpoint(
    "POST",
    "/v1/knowledge/gaps/{gap_id}/draft",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Start the article",
    returns=GapOut,
    errors=(404, 409),
)
def draft_gap(call: Call[None], gap_id: str) -> GapOut:
    """Of what agents answered so far, for review; where nobody did, of what was asked, to write on. There is one draft
    of a gap: a repetition gives the same."""
    return _gap(call, tending.start_draft(gap_id, by=call.principal.name))


@api.endpoint(
    "PUT",
    "/v1/knowledge/gaps/{gap_id}/article",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Name the article that answers it",
    body=GapArticleIn,
    returns=GapOut,
    errors=(404, 409),
)
def answer_gap(call: Call[GapArticleIn], gap_id: str) -> GapOut:
    """One there is, in place of a draft. Once it can be read the gap is answered, and its questions lead to it."""
    return _gap(call, tending.answer_with(gap_id, call.input.article))


@api.endpoint(
    "GET",
    "/v1/knowledge/upkeep",
    scope=Scope.ARTICLES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="What is wrong with articles",
    query=UpkeepQuery,
    returns=UpkeepOut,
)
def list_upkeep(call: Call[UpkeepQuery]) -> UpkeepOut:
    """Duplicates, dead links, contradictions, what is outdated, what does not help; the newest first."""
    page = learned.findings(call.input.state, call.after, call.input.limit)
    return UpkeepOut(items=[_finding(call, one) for one in page.items], next=call.cursor(page.next))


@api.endpoint(
    "POST",
    "/v1/knowledge/upkeep/{finding_id}/dismiss",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Say that it is as it should be",
    returns=FindingOut,
    errors=(404, 409),
)
def dismiss_finding(call: Call[None], finding_id: str) -> FindingOut:
    """It comes back only when the words it rests on change. What is fixed closes by itself. May be repeated."""
    return _finding(call, tending.dismiss_finding(finding_id, by=call.principal.name))


@api.endpoint(
    "GET",
    "/v1/articles/{slug}/feedback",
    scope=Scope.ARTICLES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="What readers say of an article",
    returns=FeedbackOut,
    errors=(404,),
)
def get_feedback(call: Call[None], slug: str) -> FeedbackOut:  # noqa: ARG001 - the kit passes it
    """In all and by month, with what they missed."""
    return FeedbackOut.of(learned.feedback(slug))


@api.endpoint(
    "POST",
    "/v1/articles/{slug}/votes",
    scope=Scope.REQUESTS_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Say whether an article helped a reader",
    body=VoteIn,
    returns=VoteOut,
    errors=(404,),
)
def vote(call: Call[VoteIn], slug: str) -> VoteOut:
    """For pages and apps of your own. One vote a reader: her last word counts. May be repeated."""
    told = call.input
    given = tending.vote(
        slug,
        f"{call.principal.caller}:{told.voter}",
        helpful=told.helpful,
        missing=told.missing,
        language=told.language,
    )
    return VoteOut.of(given)


@api.endpoint(
    "GET",
    "/v1/knowledge/words",
    scope=Scope.ARTICLES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Words no article knows",
    returns=UnknownWordsOut,
)
def list_words(call: Call[None]) -> UnknownWordsOut:
    """Those that three people wrote at least, in all languages, the most asked for first; 300 a language at most."""
    found = [UnknownWordOut.of(language, word, call.at) for language, word in learned.unknown_words()]
    return UnknownWordsOut(items=found)


@api.endpoint(
    "GET",
    "/v1/knowledge/synonyms",
    scope=Scope.ARTICLES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Words that may mean the same",
    query=PairsQuery,
    returns=PairsOut,
)
def list_synonyms(call: Call[PairsQuery]) -> PairsOut:
    """As customers rephrased what they asked in vain. Approved ones are searched for together, in their language."""
    page = learned.pairs(call.input.state, call.after, call.input.limit)
    return PairsOut(items=[_pair(call, pair) for pair in page.items], next=call.cursor(page.next))


@api.endpoint(
    "PUT",
    "/v1/knowledge/synonyms/{pair_id}",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Say whether two words mean the same",
    body=PairIn,
    returns=PairOut,
    errors=(404,),
)
def decide_synonym(call: Call[PairIn], pair_id: str) -> PairOut:
    """The last word counts, and no evidence outweighs it. The index follows within a minute."""
    return _pair(call, tending.decide_pair(pair_id, PairState(call.input.state), by=call.principal.name))


def _gap(call: Call[Any], gap: Gap) -> GapOut:
    own = f"v1/knowledge/gaps/{gap.id}"
    links = {"self": call.link(own), "askers": call.link(f"{own}/askers"), "draft": call.link(f"{own}/draft")}
    if gap.article_id:
        links["article"] = call.link(f"v1/articles/{gap.article_id}")
    return GapOut.of(gap, call.at, links)


def _finding(call: Call[Any], finding: Finding) -> FindingOut:
    links = {
        "dismiss": call.link(f"v1/knowledge/upkeep/{finding.id}/dismiss"),
        "article": call.link(f"v1/articles/{finding.article_id}"),
    }
    if finding.other_id:
        links["other"] = call.link(f"v1/articles/{finding.other_id}")
    return FindingOut.of(finding, links)


def _pair(call: Call[Any], pair: WordPair) -> PairOut:
    return PairOut.of(pair, {"self": call.link(f"v1/knowledge/synonyms/{pair.id}")})
