"""What is done about gaps and about what is wrong with articles: drafts made of agents' answers, articles looked at,
keepers told, and what people decide."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.configuration import policy
from chalicelib.gateways import outward, texts
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision, Gone
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.messages import CareForArticle, Message, RefreshSearch
from chalicelib.kernel.settings import settings
from chalicelib.knowledge import drafting, gaps, keeping, outcomes, upkeep, vocabulary
from chalicelib.knowledge.drafting import Answered
from chalicelib.knowledge.learning import EVERYBODY, tongue
from chalicelib.knowledge.masking import masked, words_of
from chalicelib.model.article import Article, ArticleState
from chalicelib.model.case import CaseStatus
from chalicelib.model.gap import Gap, GapState
from chalicelib.model.interaction import Interaction
from chalicelib.model.question import LearnedQuestion
from chalicelib.model.upkeep import ArticleCare, ArticleVote, Finding, FindingState, PairState, WordPair
from chalicelib.storage import cases, customers, knowledge, questions
from chalicelib.storage import gaps as storage
from chalicelib.storage.commit import settle
from chalicelib.telemetry import logger

CASES_A_LOOK = 8
SAID_A_CASE = 30  # newest interactions of a case that are looked through
COMPARED_WITH = 6  # articles, of each language
LANGUAGES_COMPARED = 4
MOST_NAMED_IN = 20
MOST_GAPS_OF_AN_ARTICLE = 20
SEARCHED_WITH = 300  # characters of a text, by which articles like it are found


# ── Gaps ──────────────────────────────────────────────────────────────────────────────────────────


def look_at_gap(gap_id: str, now: datetime) -> None:
    """Looks through its cases for what agents answered: the best of it becomes a draft, once; later ones are put beside
    it. Early or repeated: nothing. Some 4 reads a case, 8 cases a look."""
    gap = storage.gap(gap_id)
    if gap is None or gap.look_at is None or gap.look_at > now:
        return
    answers, done = _answers(gap)
    reason = settle(lambda: _learned_of(gap_id, answers, done, now))[0].reason
    logger.info("gap_looked_at", gap=gap_id, answers=len(answers), reason=reason)


def _learned_of(
    gap_id: str, answers: Sequence[Answered], done: Iterable[str], now: datetime, *, by: str = drafting.WRITER
) -> tuple[Decision, Gap]:
    gap = _gap(gap_id)
    looked = gaps.looked(gap, done, now)
    best = drafting.best(answers)
    if best is None:
        return Decision((looked,), reason="no answer yet"), looked
    if gap.article_id:
        for one in answers:
            looked = _beside(looked, one, now)
        return Decision((looked,), reason="alternatives"), looked
    article = drafting.draft(looked, best.text, gap.language, now)
    drafted = gaps.drafted(looked, article.id)
    # One that came back after it was answered has its article already, and this answer is not in it.
    there = knowledge.article(article.id) is not None
    for one in answers:
        drafted = _beside(drafted, one, now) if there or one is not best else drafted
    # They are her words: with review on, somebody else publishes them.
    return _with_draft(drafted, replace(article, updated_by=by, writers=(best.author,) * bool(best.author))), drafted


def _beside(gap: Gap, one: Answered, now: datetime) -> Gap:
    """Among the alternatives, unless it says what one of them says."""
    from chalicelib.search.analysis import similarity

    if any(similarity(one.text, other.text, gap.language) >= drafting.SAME_ANSWER for other in gap.alternatives):
        return gap
    return gaps.with_alternative(gap, one.case_id, one.text[: gaps.LONGEST_ALTERNATIVE], now)


def _with_draft(gap: Gap, article: Article) -> Decision:
    """The draft, once: its slug follows from the gap. One that is there already is the draft."""
    known = storage.cared(article.id)
    care = _answering(known.care or ArticleCare(article_id=article.id), gap.id)
    new = () if known.article else (article,)
    return Decision((gap, *new, *((care,) if care != known.care else ())), reason="drafted")


def _answering(care: ArticleCare, gap_id: str) -> ArticleCare:
    if gap_id in care.gaps:
        return care
    return replace(care, gaps=(*care.gaps, gap_id)[-MOST_GAPS_OF_AN_ARTICLE:])


def _answers(gap: Gap) -> tuple[list[Answered], list[str]]:
    """What agents answered in cases of the gap that were not looked through, and which of these there is nothing more
    to expect of."""
    answers: list[Answered] = []
    done: list[str] = []
    for waiting in [case for case in gap.cases if not case.looked_at][-CASES_A_LOOK:]:
        case = cases.living(waiting.case_id)
        if case is None:
            done.append(waiting.case_id)
            continue
        owner = customers.customer(case.customer_id)
        said = cases.interactions_of(case.id, None, SAID_A_CASE, newest_first=True).items
        over = case.status in (CaseStatus.SOLVED, CaseStatus.CLOSED)
        told = [
            (drafting.essence(_text_of(one), _names(owner.name if owner else "", one)), one.author)
            for one in _by_people(said)
        ]
        whole, author = max(told, key=lambda pair: len(pair[0]), default=("", ""))
        if whole:
            answers.append(Answered(waiting.case_id, whole, case.solved_at or clock.now(), solved=over, author=author))
        if whole or over:
            done.append(waiting.case_id)
    return answers, done


def _by_people(said: Iterable[Interaction]) -> list[Interaction]:
    return [one for one in said if drafting.is_answer(one)]


def _names(customer: str, said: Interaction) -> list[str]:
    return [name for name in (customer, said.author) if name]


def _text_of(said: Interaction) -> str:
    """All of it, or its beginning where the rest has expired."""
    try:
        return texts.read(said.body_key) if said.body_key else said.preview
    except NotFound:
        return said.preview


def dismiss_gap(gap_id: str) -> Gap:
    """Nobody shall write it, unless twice as much is asked. Raises NotFound, Conflict."""
    return _decided(gap_id, lambda gap: gaps.dismiss(gap, now=clock.now()))


def reopen_gap(gap_id: str) -> Gap:
    """It is to be written after all. Raises NotFound, Conflict."""
    return _decided(gap_id, gaps.reopen)


def assign_gap(gap_id: str, owner: str) -> Gap:
    """Somebody writes it. Raises NotFound, Conflict."""
    return _decided(gap_id, lambda gap: gaps.assign(gap, owner))


def _decided(gap_id: str, rule: "gaps.Rule") -> Gap:
    def decide() -> tuple[Decision, Gap]:
        gap = _gap(gap_id)
        decision = rule(gap)
        return decision, next((one for one in decision.changes if isinstance(one, Gap)), gap)

    decision, gap = settle(decide)
    logger.info("gap_decided", gap=gap_id, reason=decision.reason)
    return gap


def start_draft(gap_id: str, *, by: str) -> Gap:
    """A draft at once, of what agents answered so far, or of what was asked, for somebody to write on. The gap's one
    draft is there already: nothing. Raises NotFound, Conflict."""
    now = clock.now()
    gap = _gap(gap_id)
    if gap.article_id:
        return gap
    if not gap.is_open:
        raise Conflict(f"this gap is {gap.state.value}: reopen it before it is written")
    answers, done = _answers(gap)

    def decide() -> tuple[Decision, Gap]:
        known = _gap(gap_id)
        if known.article_id:
            return Decision(reason="drafted before"), known
        if answers:
            return _learned_of(gap_id, answers, done, now, by=by)
        asked = "\n".join(f"- {each.text}" for each in known.examples)
        article = replace(drafting.draft(known, asked, "", now), state=ArticleState.DRAFT, updated_by=by)
        drafted = gaps.drafted(known, article.id)
        return _with_draft(drafted, article), drafted

    return settle(decide)[1]


def answer_with(gap_id: str, slug: str) -> Gap:
    """An article there is answers it, or will once it is published. Raises NotFound, Conflict."""
    if knowledge.article(slug) is None:
        raise NotFound("no article has this slug", "/article")

    def decide() -> tuple[Decision, Gap]:
        known = _gap(gap_id)
        if known.article_id == slug:
            return Decision(reason="known"), known
        gap = gaps.drafted(replace(known, article_id=""), slug)
        care = storage.cared(slug).care or ArticleCare(article_id=slug)
        return Decision(
            (gap, _answering(care, gap_id)), (CareForArticle(article_id=slug),), reason="answered by an article"
        ), gap

    return settle(decide)[1]


def _gap(gap_id: str) -> Gap:
    found = storage.gap(gap_id)
    if found is None:
        raise NotFound("there is no such gap, or nobody asked it for long")
    return found


# ── Articles ──────────────────────────────────────────────────────────────────────────────────────


class _Look(NamedTuple):
    """What was found out before anything is decided: it may take seconds."""

    tried: Mapping[str, str]
    others: Sequence[Article]
    linked: Mapping[str, Article | None]
    urls: Sequence[str]


def care_for(slug: str) -> None:
    """Looks at an article: what is wrong with it, and which gaps it answers by now. May be repeated: what is found the
    same changes nothing. Some 10 reads, a search for each language, and up to 5 pages elsewhere."""
    now = clock.now()
    article, care = storage.cared(slug)
    if article is None and care is None:
        return
    if article and article.moved_to and care:
        _move(care, article.moved_to)
        return
    look = _looked(article, care or ArticleCare(article_id=slug), now)
    _settle_gaps(slug, now)
    decision = settle(lambda: (_cared(slug, look, now), None))[0]
    if any(isinstance(one, Finding) and one.state is FindingState.OPEN for one in decision.changes):
        settle(lambda: (keeping.has_news(storage.learning(), now), None))
    logger.info("article_cared_for", article=slug, reason=decision.reason)


def _looked(article: Article | None, care: ArticleCare, now: datetime) -> _Look:
    if article is None or not article.live:
        return _Look({}, (), {}, ())
    links = upkeep.links_in(article.live.values(), settings().base_url)
    there = knowledge.named(links.ours)
    fresh = upkeep.with_links(care, links.others, {}, now)
    tried = {link.url: outward.trouble_with(link.url) for link in upkeep.links_to_try(fresh.links, now)}
    return _Look(tried, _like(article, care), {slug: there.get(slug) for slug in links.ours}, links.others)


def _like(article: Article, care: ArticleCare) -> list[Article]:
    """Articles that resemble it by what the index finds, and those it was paired with before."""
    from chalicelib.knowledge import asking

    slugs = set(care.named_in)
    for language, text in sorted(article.live.items())[:LANGUAGES_COMPARED]:
        asked = f"{text.title} {text.body[:SEARCHED_WITH]}"
        found = asking.find(asked, language=language, readers=EVERYBODY, limit=COMPARED_WITH)
        slugs |= {hit.id for hit in found.hits}
    return [other for other in knowledge.named(slugs - {article.id}).values() if other.live and not other.moved_to]


def _cared(slug: str, look: _Look, now: datetime) -> Decision:
    from chalicelib.search.analysis import similarity

    article, known = storage.cared(slug)
    care = upkeep.with_links(known or ArticleCare(article_id=slug), look.urls, look.tried, now)
    wanted: defaultdict[str, list[Finding]] = defaultdict(list)
    if article:
        seen = upkeep.Seen(article=article, care=care, others=look.others, linked=look.linked, behind=article.behind)
        for finding in upkeep.findings_of(seen, similarity, now):
            wanted[finding.article_id].append(finding)
    changes = upkeep.reconcile(storage.findings_of(slug), wanted.pop(slug, ()), now)
    for other in {*wanted, *care.named_in}:
        about_it = [one for one in storage.findings_of(other) if one.other_id == slug]
        changes += upkeep.reconcile(about_it, wanted.get(other, ()), now)
    cared = replace(
        care,
        named_in=tuple(sorted(wanted))[:MOST_NAMED_IN],
        look_at=upkeep.next_look(care, article, now) if article else None,
    )
    changed: tuple[object, ...] = (*changes, *((cared,) if cared != known else ()))
    return Decision(changed, reason=f"{len(changes)} findings changed")


def _settle_gaps(slug: str, now: datetime) -> None:
    """Gaps this article answers are answered once it can be read: their questions lead to it from then on. They are
    open again once it cannot."""
    _, care = storage.cared(slug)
    for gap_id in care.gaps if care else ():
        settle(lambda gap_id=gap_id: (_settled_gap(gap_id, slug, now), None))  # type: ignore[misc]  # its own gap_id


def _settled_gap(gap_id: str, slug: str, now: datetime) -> Decision:
    gap, article = storage.gap(gap_id), knowledge.article(slug)
    if gap is None or gap.article_id != slug:
        return Decision(reason="another one's")
    live = bool(article and article.live)
    if live and gap.state is not GapState.ANSWERED:
        lessons = _lessons(gap, slug, now)
        return Decision((gaps.answered(gap, slug, now), *lessons), (RefreshSearch(article_id=slug),), reason="answered")
    if not live and gap.state is GapState.ANSWERED:
        return Decision((gaps.unanswered(gap),), reason="unanswered")
    return Decision(reason="as it was")


def _lessons(gap: Gap, slug: str, now: datetime) -> list[LearnedQuestion]:
    """What was asked, as the article learns it; what it learned before stays as it is."""
    words: dict[str, int] = {}
    for each in gap.examples:
        if said := words_of(each.text):
            words[said] = words.get(said, 0) + each.times
    known = {one.text for one in questions.learned(slug)}
    return [
        LearnedQuestion(article_id=slug, text=said, language=gap.language, times=times, last_at=now)
        for said, times in words.items()
        if said not in known
    ]


def _move(care: ArticleCare, slug: str) -> None:
    """What was known of a renamed article is known of it under its new slug; its findings are found anew there."""

    def decide() -> tuple[Decision, None]:
        old, there = storage.cared(care.article_id).care, storage.cared(slug).care
        if old is None:
            return Decision(reason="moved before"), None
        new = replace(
            old,
            article_id=slug,
            gaps=tuple(dict.fromkeys((*(there.gaps if there else ()), *old.gaps))),
            version=there.version if there else None,
        )
        moved = [replace(gap, article_id=slug) for gap_id in old.gaps if (gap := storage.gap(gap_id))]
        gone = [Gone(finding) for finding in storage.findings_of(old.article_id)]
        messages: tuple[Message, ...] = (CareForArticle(article_id=slug),)
        return Decision((new, *moved, Gone(old), *gone), messages, reason="moved"), None

    settle(decide)


def dismiss_finding(finding_id: str, *, by: str) -> Finding:
    """It is as it should be. Raises NotFound, Conflict."""

    def decide() -> tuple[Decision, Finding]:
        known = storage.finding(finding_id)
        if known is None:
            raise NotFound("there is no such finding")
        decision = upkeep.dismiss(known, by=by, now=clock.now())
        return decision, next((one for one in decision.changes if isinstance(one, Finding)), known)

    return settle(decide)[1]


def vote(
    slug: str, voter: str, *, helpful: bool, missing: str = "", language: str = "", names: Iterable[str] = ()
) -> ArticleVote:
    """What a reader says of an article: her last word counts. `voter`: a customer's, visitor's or caller's id, of which
    only a fingerprint is kept; `names`: what she is called. A read or two and one write; the sums follow within
    minutes. Raises NotFound."""
    article = knowledge.article(slug)
    if article and article.moved_to:
        slug, article = article.moved_to, knowledge.article(article.moved_to)
    if article is None or not article.live:
        raise NotFound("no article has this slug")
    name = gaps.fingerprint(f"{slug} {voter}")
    told = masked(missing[: outcomes.LONGEST_MISSING], names)

    def decide() -> tuple[Decision, ArticleVote]:
        known = storage.vote(slug, name)
        given = outcomes.vote(
            known,
            slug,
            name,
            helpful=helpful,
            missing=told,
            language=language,
            now=clock.now(),
        )
        return (Decision(reason="said before") if given == known else Decision((given,), reason="voted")), given

    return settle(decide)[1]


def decide_pair(pair_id: str, state: PairState, *, by: str) -> WordPair:
    """Two words mean the same, or they do not. Raises NotFound."""
    language, _, words = pair_id.partition(".")
    word, _, other = words.partition(".")

    def decide() -> tuple[Decision, WordPair]:
        known = storage.word_pair("" if language == "und" else language, word, other)
        if known is None or not known.shown:
            raise NotFound("nobody suggested this pair")
        return vocabulary.decide(known, state, by=by, now=clock.now())

    return settle(decide)[1]


def join_doubles() -> int:
    """Gaps that turned out to ask the same become one; returns how many were joined. Those that cost most are compared,
    each with those that share its words."""
    of_a_language: defaultdict[str, list[Gap]] = defaultdict(list)
    for gap in storage.gaps_known((GapState.OPEN, GapState.PROPOSED), gaps.MOST_JOINED):
        of_a_language[tongue(gap.language, gap.question)].append(gap)
    return sum(_join_doubles(language, known) for language, known in of_a_language.items())


def _join_doubles(language: str, listed: Sequence[Gap]) -> int:
    from chalicelib.knowledge.clusters import Clusters, tokens_of

    tokens = tokens_of(language)
    known = {gap.id: gap for gap in listed}
    clusters = Clusters(tokens)
    for gap in known.values():
        clusters.add(gap.id, [(each.text, each.times) for each in gap.examples])
    pairs = clusters.doubles()
    for first, second in pairs:

        def decide(first: str = first, second: str = second) -> tuple[Decision, None]:
            kept, other = _gap(first), _gap(second)
            if not (kept.is_open and other.is_open) or other.article_id:
                return Decision(reason="settled meanwhile"), None
            joined = gaps.join(kept, other, tokens, propose_after=policy().knowledge.propose_after, now=clock.now())
            return Decision(joined, reason="joined"), None

        settle(decide)
    return len(pairs)
