"""What is done to learn from questions: takes in what was asked and how it ended, a batch at a time.

What is to be learned lies on a list; what was learned leaves it in the same write. So a worker that dies, or two at
once, learn nothing twice and lose nothing: whoever is slower is refused, and what it had stays on the list.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from chalicelib.configuration import policy
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.knowledge import gaps, keeping, mailroom, outcomes, vocabulary
from chalicelib.knowledge.clusters import Clusters, similar_in, tokens_of
from chalicelib.knowledge.masking import masked
from chalicelib.knowledge.readers import readers_of
from chalicelib.model.gap import Gap, GapState
from chalicelib.model.question import Question, QuestionState
from chalicelib.model.upkeep import ArticleCare, ArticleVote, UnknownWords
from chalicelib.search.analysis import primary, spoken
from chalicelib.storage import customers
from chalicelib.storage import gaps as storage
from chalicelib.storage.commit import Refused, commit, settle
from chalicelib.telemetry import logger

T = TypeVar("T")
Names = Callable[[Question], Sequence[str]]  # what who asked it is called, as far as we know
A_RUN = 800  # questions and votes
A_WRITE = 40  # questions in one write, beside what they change
GAPS_COMPARED = 2_000  # of each state, what costs most first
EVERYBODY = readers_of(None, agent=True)
LIVE_STATES = (GapState.OPEN, GapState.PROPOSED, GapState.DRAFTED, GapState.DISMISSED, GapState.ANSWERED)


def wake() -> None:
    """There is something to learn. May be repeated: it is due already then."""

    def decide() -> tuple[Decision, None]:
        return keeping.wake(storage.learning(), clock.now()), None

    settle(decide)


def learn(out_of_time: Callable[[], bool] = lambda: False, now: datetime | None = None) -> int:
    """Learns of up to A_RUN questions and votes; returns of how many. Whatever is left is due at once, and after a run
    that found nothing there is one more before it rests."""
    now = now or clock.now()
    found = storage.to_learn(A_RUN)
    questions = [one for one in found if isinstance(one, Question)]
    learned = _votes([one for one in found if isinstance(one, ArticleVote)], now)
    by_language: defaultdict[str, list[Question]] = defaultdict(list)
    for question in sorted(questions, key=lambda one: one.id):
        by_language[tongue(question.language, question.text)].append(question)
    known = storage.gaps_known(LIVE_STATES, GAPS_COMPARED) if any(map(_opens_a_gap, questions)) else []
    names = _names_of(questions)
    for language, asked in by_language.items():
        if out_of_time():
            break
        of_language = [gap for gap in known if tongue(gap.language, gap.question) == language]
        learned += _language(language, asked, of_language, names, now)
        _words(language, asked, names, now)
    rest = len(found) - learned
    settle(
        lambda: (
            keeping.after_run(storage.learning(), found=len(found), more=learned > 0 and rest > 0, now=now),
            None,
        )
    )
    logger.info("learned", found=len(found), learned=learned)
    if not found:
        _tidy()
    mailroom.tell_keepers(now)
    return learned


def _tidy() -> None:
    """After what was asked together was learned, and before it rests."""
    from chalicelib.knowledge import tending  # which needs this module

    logger.info("gaps_joined", joined=tending.join_doubles())


def _names_of(asked: Iterable[Question]) -> Names:
    """What those are called whom we know among who asked: one BatchGet for each 100."""
    known = {one.customer_id for one in asked if one.customer_id}
    people = {person.id: person.name for person in customers.records(known)} if known else {}
    return lambda question: [name] if (name := people.get(question.customer_id, "")) else []


def _language(language: str, asked: Sequence[Question], known: Sequence[Gap], names: Names, now: datetime) -> int:
    """Puts each question to its gap, or opens one; a write for each gap."""
    tokens = tokens_of(language)
    by_id = {gap.id: gap for gap in known}
    clusters = Clusters(tokens, similar=similar_in(language))
    for gap in known:
        clusters.add(gap.id, [(each.text, each.times) for each in gap.examples])
    of_gap: defaultdict[str, list[Question]] = defaultdict(list)
    without: list[Question] = []
    asks: dict[str, gaps.Ask] = {}
    for question in asked:
        if not _opens_a_gap(question):
            without.append(question)
            continue
        ask = asks[question.id] = gaps.ask_of(question, masked(question.text, names(question)), policy().contact_costs)
        gap_id = question.gap_id if question.gap_id in by_id else clusters.group_of(ask.text)
        if not gap_id:
            opened = gaps.open_for(ask)
            gap_id, by_id[opened.id] = opened.id, opened
        if not ask.again:
            clusters.add(gap_id, [(ask.text, 1)])
        of_gap[gap_id].append(question)
    learned = 0
    for gap_id, members in of_gap.items():
        for batch in _batches(members, A_WRITE):
            taken = gaps.take_in(
                by_id[gap_id],
                [asks[one.id] for one in batch],
                tokens,
                propose_after=policy().knowledge.propose_after,
                now=now,
            )
            if _learned(taken, batch, names, now):
                by_id[gap_id] = replace(taken, version=(by_id[gap_id].version or 0) + 1)
                learned += len(batch)
            else:
                break  # somebody changed the gap: the rest has its turn in the next run
    for batch in _batches(without, A_WRITE):
        learned += _learned(None, batch, names, now)
    return learned


def _learned(gap: Gap | None, questions: Sequence[Question], names: Names, now: datetime) -> int:
    """The write: gap, questions, and the sums of the articles they speak of. Returns of how many it was; 0 when
    somebody was faster."""
    told: defaultdict[str, list[outcomes.Outcome]] = defaultdict(list)
    for question in questions:
        for outcome in outcomes.outcomes_of(question):
            told[outcome.article_id].append(outcome)
    missed = {
        question.id: (outcomes.blamed(question), masked(question.missing[: outcomes.LONGEST_MISSING], names(question)))
        for question in questions
        if question.missing and question.state is QuestionState.UNSOLVED
    }
    slugs = {*told, *(slug for slug, _ in missed.values() if slug)}
    known = storage.cares(slugs) if slugs else {}
    by_slug = {
        slug: outcomes.with_outcomes(known.get(slug, ArticleCare(article_id=slug)), told[slug]) for slug in slugs
    }
    for question in questions:
        slug, text = missed.get(question.id, ("", ""))
        if slug:
            by_slug[slug] = outcomes.with_missing(by_slug[slug], text, question.asked_at, now)
    cares = tuple(care for slug, care in by_slug.items() if care != known.get(slug))
    marked = tuple(replace(one, gap_id=gap.id if gap else one.gap_id, learned_as=one.lesson) for one in questions)
    first = (gap,) if gap else ()
    changes = (*first, *marked, *cares)
    decision = Decision(changes, keeping.readers_spoke(known, cares), reason="learned")
    try:
        commit(decision)
    except Refused:
        return 0
    return len(questions)


def _votes(votes: Sequence[ArticleVote], now: datetime) -> int:
    """Adds them to the sums of their articles; a write for each article."""
    by_article: defaultdict[str, list[ArticleVote]] = defaultdict(list)
    for vote in votes:
        by_article[vote.article_id].append(vote)
    learned = 0
    for slug, all_of_it in by_article.items():
        for batch in _batches(all_of_it, A_WRITE):
            known = storage.cares([slug])
            care = known.get(slug, ArticleCare(article_id=slug))
            for vote in sorted(batch, key=lambda one: one.at):
                care = outcomes.with_vote(care, vote, now)
            marked = tuple(replace(vote, counted=vote.lesson) for vote in batch)
            try:
                commit(Decision((care, *marked), keeping.readers_spoke(known, (care,)), reason="votes counted"))
                learned += len(batch)
            except Refused:
                break  # one of them voted anew meanwhile: next time
    return learned


def _words(language: str, asked: Sequence[Question], names: Names, now: datetime) -> None:
    """Words no article knows, and pairs of words of whoever rephrased. What is lost when a worker dies here is a count,
    and who repeats it counts the same people once."""
    _unknown(language, asked, names, now)
    for solved in asked:
        if solved.state is QuestionState.SOLVED and solved.learned_as != solved.lesson:
            _rephrased(language, solved, names(solved), now)


def _unknown(language: str, asked: Sequence[Question], names: Names, now: datetime) -> None:
    from chalicelib.knowledge import asking

    said: defaultdict[str, list[str]] = defaultdict(list)
    for question in asked:
        if question.answered or question.gap_id:
            continue
        found = asking.find(
            masked(question.text, names(question)), language=question.language, readers=EVERYBODY, limit=1
        )
        for word in found.unknown_words:
            said[word].append(gaps.fingerprint(question.customer_id or question.visitor_id))
    if not said:
        return

    def decide() -> tuple[Decision, None]:
        known = storage.unknown_words(language) or UnknownWords(language=language)
        heard = vocabulary.heard(known, said, now)
        return (Decision((heard,), reason="heard") if heard != known else Decision(reason="heard before")), None

    settle(decide)


def _rephrased(language: str, solved: Question, names: Sequence[str], now: datetime) -> None:
    from chalicelib.storage import questions

    asker = solved.customer_id or solved.visitor_id
    says_little = _says_little(language)
    before = questions.questions_of(
        solved.asked_at - vocabulary.REPHRASED_WITHIN, customer_id=solved.customer_id, visitor_id=solved.visitor_id
    )
    for earlier in vocabulary.rephrased(before, solved):
        for words in vocabulary.pairs_of(masked(earlier.text, names), masked(solved.text, names), says_little):

            def decide(words: tuple[str, str] = words) -> tuple[Decision, None]:
                known = storage.word_pair(language, *words)
                pair = vocabulary.learn(known, language, words, [gaps.fingerprint(asker)], now)
                same = known is not None and known.askers == pair.askers
                told = vocabulary.to_index(known, pair)
                return (Decision(reason="heard before") if same else Decision((pair,), told, reason="rephrased")), None

            settle(decide)


def _says_little(language: str) -> Callable[[str], bool]:
    from chalicelib.search import analysis

    return lambda word: analysis.says_little(analysis.stem(word, language), language)


def tongue(language: str, text: str) -> str:
    """In which language it is compared. Who tells none, in a script that tells none, most likely writes English."""
    return primary(language or spoken(text)) or "en"


def _opens_a_gap(question: Question) -> bool:
    return question.open_gap and not question.held_out


def _batches(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]
