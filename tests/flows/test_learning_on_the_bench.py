"""The knowledge base learns: what many ask and no article answers becomes one that answers it."""

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib import configuration
from chalicelib.cases import mailroom
from chalicelib.cases import service as cases
from chalicelib.insight import views as reports
from chalicelib.insight.reports.self_service import Wanted
from chalicelib.kernel import clock
from chalicelib.kernel.settings import settings
from chalicelib.knowledge import asking, loading, tending
from chalicelib.knowledge import service as knowledge
from chalicelib.model.article import ArticleState, ArticleText
from chalicelib.model.gap import Gap, GapState
from chalicelib.model.question import AskedThrough, Question
from chalicelib.model.upkeep import ArticleCare, Finding, FindingKind, FindingState, Learning
from chalicelib.storage import gaps as storage
from tests.workbench import SENDER, Bench, mail_bytes, received, text_of

ANN = "ann@example.org"
WAYS = (
    "How do I change the battery of my lamp?",
    "change lamp battery",
    "my lamp's battery is empty, how can I change it",
    "How to change the battery in the lamp",
)
ANSWER = (
    "Dear Ann,\n\nTurn the lid of the lamp to the left and take the old battery out. Put a new one in, plus side up."
    " If it is stuck, ring me at +49 30 1234567.\n\nBest regards,\nBo Berg"
)


@pytest.fixture
def shop(bench: Bench) -> Iterator[Bench]:
    """A help centre with one article, which is about something else, and somebody who looks after it."""
    asking.forget()
    publish(
        bench, "returning-goods", "Returning goods", "You may send anything back within thirty days, free of charge."
    )
    yield bench
    shutil.rmtree(loading.place(), ignore_errors=True)
    asking.forget()


def publish(bench: Bench, slug: str, title: str, body: str) -> None:
    knowledge.put_article(slug, {"en": ArticleText(title, body)}, by="Eve", expected=None, publish=True)
    bench.run()


def ask(text: str, visitor: str) -> Question:
    return asking.ask(text, through=AskedThrough.HELP_CENTRE, language="en", visitor_id=visitor)[0]


def ann_writes(bench: Bench) -> str:
    """By mail, for which the knowledge base is asked before it is acknowledged; the case."""
    ses_id = bench.receive(mail_bytes(WAYS[0], subject=WAYS[0]), announce=False)
    taken = cases.receive_mail(received(ses_id, [SENDER], ANN, bench.bucket))
    assert taken
    bench.run()
    return taken.receipt.case_id


def learn(bench: Bench, after: timedelta = timedelta(minutes=10)) -> None:
    bench.run()
    bench.tick(clock.now() + after)
    bench.run()


def index() -> tuple[float, float]:
    """Of all requests so far: the share without a person, and the share that was answered."""
    now = clock.now()
    total = reports.self_service(Wanted(first=now.date() - timedelta(days=1), last=now.date(), by="day"), now).total
    return 1 - total.person / total.requests, total.served / total.requests


def the_gap() -> Gap:
    (found,) = [gap for state in GapState for gap in storage.gaps(state, None, 10).items]
    return found


def test_what_twenty_customers_ask_in_vain_becomes_an_article_that_serves_the_next_ones(shop: Bench) -> None:
    for number in range(19):
        ask(WAYS[number % len(WAYS)], f"visitor-{number}")
    case_id = ann_writes(shop)
    learn(shop)
    proposed = the_gap()

    given = cases.reply(case_id, author="Bo Berg", text=ANSWER, then="solve", receipt_key="r", fingerprint="f").receipt
    mailroom.send_mail(given.customer_id, given.interaction_id)
    learn(shop, timedelta(hours=1))
    drafted = the_gap()
    draft = knowledge.storage.article(drafted.article_id)
    before, index_before = asking.find("how can I change the battery in a lamp?", language="en"), index()
    assert draft
    knowledge.put_article(draft.id, draft.texts, by="Eve", expected=None, publish=True)
    learn(shop)
    asking.forget()
    question, found = asking.ask(
        "how can I change the battery in a lamp?", through=AskedThrough.HELP_CENTRE, language="en", visitor_id="next"
    )
    learn(shop)

    assert (proposed.state, proposed.people, proposed.asks) == (GapState.PROPOSED, 20, 20)
    assert proposed.question in {way.removesuffix("?") for way in WAYS} | set(WAYS)
    assert (drafted.state, draft.state, draft.live) == (GapState.DRAFTED, ArticleState.IN_REVIEW, {})
    body = draft.texts["en"].body
    assert body.startswith("Turn the lid") and "1234567" not in body and "Ann" not in body and "Bo Berg" not in body
    assert not before.answered
    assert question.answered and found.hits[0].id == draft.id
    assert the_gap().state is GapState.ANSWERED
    assert the_gap().asks == 20
    assert (index_before, index()) == ((19 / 20, 0.0), (20 / 21, 1 / 21))
    assert shop.failures == []


def test_learning_again_learns_nothing_twice_and_rests_when_nothing_is_asked(shop: Bench) -> None:
    questions = [ask(WAYS[0], f"visitor-{number}") for number in range(6)]
    learn(shop)
    first = the_gap()
    asking.note_person(questions[0], "a case")
    for hours in (1, 2, 3):
        learn(shop, timedelta(hours=hours))

    dear = the_gap()
    (job,) = shop.rows(Learning)
    assert (first.asks, first.cost) == (6, 0)
    assert (dear.asks, dear.cost) == (6, 9_99)
    assert [case.case_id for case in dear.cases] == ["a case"]
    assert job.learn_at is None


def test_keepers_hear_of_readers_and_findings_once_a_day(shop: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY", "keeper@baum.example")
    settings.cache_clear()
    configuration.policy.cache_clear()
    for number in range(6):
        tending.vote("returning-goods", f"visitor-{number}", helpful=False, missing="What does it cost from abroad?")
    tending.vote("returning-goods", "visitor-0", helpful=True)
    publish(shop, "shipping", "Shipping", "See [returns](article:returning-goods) and [fees](article:fees).")
    opened = shop.rows(Finding)
    learn(shop)
    learn(shop, timedelta(days=1))
    letters = [text_of(mail) for mail in shop.sent]
    publish(shop, "fees", "Fees", "Shipping costs nothing.")
    publish(shop, "shipping", "Shipping", "See [returns](article:returning-goods) and our [fees](article:fees).")
    learn(shop, timedelta(days=1, hours=2))

    care = storage.cares(["returning-goods"])["returning-goods"]
    assert (care.votes.helpful, care.votes.not_helpful) == (1, 5)
    assert [(one.what, one.state) for one in opened] == [(FindingKind.DEAD_LINK, FindingState.OPEN)]
    assert {(one.what, one.article_id): one.state for one in shop.rows(Finding)} == {
        (FindingKind.DEAD_LINK, "shipping"): FindingState.FIXED,
        (FindingKind.NOT_HELPFUL, "returning-goods"): FindingState.OPEN,
    }
    assert len(letters) == len(shop.sent) == 1
    assert "What does it cost from abroad?" in letters[0] and "fees: there is no such article" in letters[0]
    assert {one.article_id for one in shop.rows(ArticleCare)} == {"returning-goods", "shipping", "fees"}
