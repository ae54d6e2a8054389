"""Whether what somebody asked was served: what is counted, and what is counted anew when a person is needed after
all."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.decision import Gone, Tally
from chalicelib.knowledge import deflection
from chalicelib.knowledge.deflection import Turned
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Customer
from chalicelib.model.deflection import MOST_REQUESTS, Fate, Visitor
from chalicelib.model.knowledge import KnowledgePolicy
from chalicelib.model.question import AskedThrough, Question
from chalicelib.model.tally import words_of
from tests.factories import ANNS_ID, CASE_ID, NOON, make_case, make_customer, make_policy, make_promise

POLICY = make_policy()
DAY = timedelta(days=1)
OTHER_CASE = "another case"


def make_question(name: str = "first", **fields: Any) -> Question:
    """Ann asks the help centre how to send a tent back, and is shown an article."""
    return Question(
        **{
            "id": f"question {name}",
            "asked_at": NOON,
            "text": "How do I send a tent back?",
            "language": "en",
            "through": AskedThrough.HELP_CENTRE,
            "customer_id": ANNS_ID,
            "topic": "returns",
            "shown": ("send-it-back", "refunds"),
            "answered": True,
            **fields,
        }
    )


def unanswered(name: str = "first", **fields: Any) -> Question:
    return make_question(name, **{"topic": "", "shown": (), "answered": False, **fields})


def contact(**fields: Any) -> Turned:
    return Turned(
        **{
            "at": NOON + DAY,
            "case_id": CASE_ID,
            "channel": "phone",
            "text": "My tent shall go back. How do I send it?",
            "language": "en",
            **fields,
        }
    )


class Ledger:
    """Ann or a visitor, and all sums so far."""

    def __init__(self, asker: Customer | Visitor, policy: Any = POLICY) -> None:
        self.asker, self.policy = asker, policy
        self.sums: Counter[tuple[str, ...]] = Counter()

    def ask(self, *questions: Question) -> "Ledger":
        for question in questions:
            self.commit(deflection.asked(self.asker, question, self.policy))
        return self

    def turn(self, *contacts: Turned) -> "Ledger":
        for one in contacts:
            self.commit(deflection.turned(self.asker, one, self.policy).changes(self.asker))
        return self

    def commit(self, changes: tuple[object, ...]) -> None:
        for change in changes:
            if isinstance(change, Tally):
                self.sums.update({words_of(name): amount for name, amount in change.amounts.items()})
            elif isinstance(change, Customer | Visitor):
                self.asker = change
        self.sums = Counter({cell: amount for cell, amount in self.sums.items() if amount})

    def fates(self) -> dict[str, int]:
        found: Counter[str] = Counter()
        for (_, fate, *_), amount in self.sums.items():
            found[fate] += amount
        return dict(found)


def ann(**fields: Any) -> Ledger:
    return Ledger(make_customer(**fields))


# ── One request, one fate ─────────────────────────────────────────────────────────────────────────


def test_a_question_that_was_shown_an_answer_counts_as_served_on_its_day() -> None:
    ledger = ann(tier="gold").ask(make_question())

    assert ledger.sums == {("2026-11-20", "served", "returns", "gold", "help_centre", "", ""): 1}


def test_a_question_without_an_answer_counts_as_not_served_though_nobody_was_turned_to() -> None:
    assert ann().ask(unanswered()).fates() == {"unserved": 1}


def test_who_turns_to_a_person_about_it_within_the_window_was_not_served_on_the_day_she_asked() -> None:
    ledger = ann().ask(make_question()).turn(contact(at=NOON + 7 * DAY))

    assert ledger.sums == {("2026-11-20", "person", "returns", "standard", "help_centre", "phone", ""): 1}


def test_after_the_window_a_contact_is_a_request_of_its_own() -> None:
    ledger = ann().ask(make_question()).turn(contact(at=NOON + 7 * DAY + timedelta(seconds=1)))

    assert ledger.fates() == {"served": 1, "person": 1}


def test_a_contact_about_something_else_leaves_the_question_served() -> None:
    ledger = ann().ask(make_question()).turn(contact(text="You charged my card twice for one pole."))

    assert ledger.fates() == {"served": 1, "person": 1}


def test_a_contact_nothing_was_asked_about_before_is_a_request_that_a_person_served() -> None:
    ledger = ann().turn(contact(topic="Billing "))

    assert ledger.sums == {("2026-11-21", "person", "billing", "standard", "contact", "phone", ""): 1}


def test_a_contact_in_a_case_that_is_open_already_is_no_request() -> None:
    assert ann().turn(contact(opened=False)).sums == {}


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (make_question(), contact(text="Hello", topic="Returns")),
        (unanswered(), contact(text="I would like to send my tent back, please.")),
        (unanswered(text="帐篷怎么退货?", language="zh"), contact(text="你好,我的帐篷要退货,怎么办?", language="zh")),
        (unanswered(through=AskedThrough.FORM), contact(at=NOON + timedelta(minutes=50), text="It is broken.")),
        (unanswered(text="refund"), contact(text="I want a refund now")),
    ],
    ids=["the same topic", "its words", "its words in Chinese", "asked while she wrote", "its one word"],
)
def test_a_contact_is_about_what_was_asked_for_a_reason(question: Question, told: Turned) -> None:
    assert ann().ask(question).turn(told).fates() == {"person": 1}


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (unanswered(), contact(text="The tent is wonderful, thank you!")),
        (unanswered(text="how do I do it?"), contact(text="How do I do it?")),
        (unanswered(through=AskedThrough.FORM), contact(at=NOON + timedelta(hours=3), text="It is broken.")),
        (make_question(topic=""), contact(text="Where is my invoice?")),
    ],
    ids=["one word of many", "only words that say little", "hours after the form", "no topic on either"],
)
def test_a_contact_is_not_about_everything_that_was_asked(question: Question, told: Turned) -> None:
    assert ann().ask(question).turn(told).fates() == {question_fate(question): 1, "person": 1}


def question_fate(question: Question) -> str:
    return "served" if question.answered else "unserved"


def test_what_is_asked_again_in_the_window_is_one_request_and_its_window_begins_anew() -> None:
    again = make_question("again", asked_at=NOON + 6 * DAY, text="returning a tent", topic="")

    ledger = ann().ask(make_question(), again).turn(contact(at=NOON + 12 * DAY))

    assert ledger.sums == {("2026-11-20", "person", "returns", "standard", "help_centre", "phone", ""): 1}


def test_an_answer_found_at_the_second_try_counts() -> None:
    first = unanswered(text="tent send back")
    second = make_question("again", asked_at=NOON + timedelta(minutes=1), text="send a tent back")

    assert ann().ask(first, second).fates() == {"served": 1}


def test_a_question_about_a_matter_a_person_saw_to_is_no_other_request() -> None:
    ledger = ann().turn(contact(at=NOON - DAY)).ask(make_question())

    assert ledger.fates() == {"person": 1}


def test_two_cases_about_one_matter_are_one_request() -> None:
    ledger = ann().ask(make_question()).turn(contact(), contact(at=NOON + 2 * DAY, case_id=OTHER_CASE))

    assert ledger.fates() == {"person": 1}


def test_a_case_that_goes_on_from_another_is_the_same_request() -> None:
    ledger = ann().turn(contact(text="A"), contact(text="B", case_id=OTHER_CASE, follows=CASE_ID))

    assert ledger.fates() == {"person": 1}


def test_what_an_agent_looks_up_is_no_request() -> None:
    assert deflection.asked(make_customer(), make_question(through=AskedThrough.AGENT), POLICY) == ()


def test_what_nobody_asked_who_could_be_seen_again_is_counted_apart() -> None:
    (tally,) = deflection.asked(None, make_question(customer_id="", through=AskedThrough.API), POLICY)

    assert isinstance(tally, Tally)
    assert tally.counter == ("requests", "2026-11")
    assert {words_of(name)[:2]: amount for name, amount in tally.amounts.items()} == {("2026-11-20", "nameless"): 1}


# ── Everything may come twice ─────────────────────────────────────────────────────────────────────


def test_the_same_question_and_the_same_contact_again_change_nothing() -> None:
    ledger = ann().ask(make_question(), make_question("again")).turn(contact())
    before, sums = ledger.asker, dict(ledger.sums)

    ledger.ask(make_question(), make_question("again")).turn(contact())

    assert (ledger.asker, dict(ledger.sums)) == (before, sums)


def test_of_many_requests_the_newest_are_kept_and_all_stay_counted() -> None:
    texts = (
        "tent",
        "stove",
        "lamp",
        "boots",
        "rope",
        "bottle",
        "compass",
        "jacket",
        "knife",
        "map",
        "whistle",
        "socks",
    )
    ledger = ann().ask(*(unanswered(text, text=text) for text in texts))

    assert len(ledger.asker.questions) == MOST_REQUESTS
    assert ledger.fates() == {"unserved": len(texts)}


def test_what_can_change_no_more_leaves_the_row_with_the_next_question() -> None:
    ledger = ann().ask(unanswered(), unanswered("later", asked_at=NOON + 8 * DAY, text="stove"))

    assert [one.id for one in ledger.asker.questions] == ["question later"]
    assert ledger.fates() == {"unserved": 2}


# ── What she says of it ───────────────────────────────────────────────────────────────────────────


def letter(**fields: Any) -> Question:
    """What the acknowledgement of her mail answered."""
    return make_question("letter", **{"through": AskedThrough.LETTER, "case_id": CASE_ID, "asked_at": NOON, **fields})


def mailed() -> Ledger:
    return ann().turn(contact(at=NOON, channel="email")).ask(letter())


def unread(**fields: Any) -> Case:
    return make_case(**fields)


def test_a_mail_that_was_answered_by_the_letter_alone_was_served_without_a_person() -> None:
    ledger = mailed()
    assert ledger.fates() == {"person": 1}

    ledger.commit(
        deflection.said_solved(ledger.asker, "question letter", unread(), NOON + DAY, POLICY).changes(ledger.asker)
    )

    assert ledger.sums == {("2026-11-20", "served", "returns", "standard", "letter", "email", ""): 1}


def test_what_a_person_had_answered_by_then_was_not_served_by_articles() -> None:
    ledger = mailed()
    answered = unread(status=CaseStatus.WAITING, promise=make_promise(kept_at=NOON))

    changes = deflection.said_solved(ledger.asker, "question letter", answered, NOON + DAY, POLICY).changes(
        ledger.asker
    )

    assert changes == ()


def test_who_writes_again_after_she_said_that_it_is_solved_needed_a_person_after_all() -> None:
    ledger = mailed()
    ledger.commit(
        deflection.said_solved(ledger.asker, "question letter", unread(), NOON + DAY, POLICY).changes(ledger.asker)
    )

    ledger.turn(contact(at=NOON + 2 * DAY, channel="email", opened=False, text="No, sorry."))

    assert ledger.fates() == {"person": 1}


def test_what_she_says_once_it_is_counted_for_good_changes_no_figure() -> None:
    ledger = mailed()

    assert deflection.said_solved(ledger.asker, "question letter", unread(), NOON + 8 * DAY, POLICY).sums == {}


def test_an_answer_that_did_not_help_did_not_serve() -> None:
    ledger = ann().ask(make_question())

    ledger.commit(deflection.said_unsolved(ledger.asker, "question first", NOON, POLICY).changes(ledger.asker))

    assert ledger.fates() == {"unserved": 1}


def test_who_says_that_she_needs_a_person_is_believed_at_once() -> None:
    ledger = ann().ask(make_question())

    ledger.commit(
        deflection.said_needed(ledger.asker, "question first", CASE_ID, "web", NOON, POLICY).changes(ledger.asker)
    )
    ledger.turn(contact(text="Hello?", channel="web"))

    assert ledger.sums == {("2026-11-20", "person", "returns", "standard", "help_centre", "web", ""): 1}


def test_a_request_moves_with_the_topic_of_its_case() -> None:
    ledger = ann().turn(contact())

    told = deflection.retopiced(ledger.asker, make_case(topic="Returns"), NOON, POLICY)  # type: ignore[arg-type]  # a customer
    ledger.commit(told.changes(ledger.asker))  # type: ignore[arg-type]  # likewise

    assert [cell[2] for cell in ledger.sums] == ["returns"]


# ── Who it was ────────────────────────────────────────────────────────────────────────────────────


def make_visitor(**fields: Any) -> Visitor:
    return Visitor(**{"id": "visitor", "seen_at": NOON, "version": 1, **fields})


def asked_by_visitor(*questions: Question) -> Ledger:
    return Ledger(make_visitor()).ask(*questions)


def test_what_a_visitor_asked_is_hers_and_of_her_tier_once_she_says_who_she_is() -> None:
    ledger = asked_by_visitor(make_question(customer_id="", visitor_id="visitor"))
    visitor, gold = ledger.asker, make_customer(tier="gold")

    changes = deflection.came_as(gold, visitor, POLICY)  # type: ignore[arg-type]  # a visitor
    ledger.commit(changes)

    assert Gone(visitor) in changes
    assert ledger.sums == {("2026-11-20", "served", "returns", "gold", "help_centre", "", ""): 1}
    assert ledger.turn(contact()).fates() == {"person": 1}


def test_what_she_had_asked_under_her_name_too_is_one_request() -> None:
    visits = asked_by_visitor(make_question("visit", asked_at=NOON + DAY))
    ledger = ann().ask(make_question())
    ledger.sums.update(visits.sums)

    ledger.commit(deflection.came_as(ledger.asker, visits.asker, POLICY))  # type: ignore[arg-type]  # as they are

    assert ledger.sums == {("2026-11-20", "served", "returns", "standard", "help_centre", "", ""): 1}
    assert ledger.asker.questions[0].asked == ("question visit",)


def test_of_two_who_are_one_customer_nothing_is_counted_anew_and_each_gets_her_own_back() -> None:
    one, other = ann().ask(make_question()), ann().ask(unanswered("other", text="stove", asked_at=NOON + DAY))

    both = deflection.of_both(one.asker.questions, other.asker.questions)

    assert [each.id for each in both] == ["question first", "question other"]
    assert deflection.of_one(both, other.asker.questions) == other.asker.questions


# ── Held out ──────────────────────────────────────────────────────────────────────────────────────

HALF = make_policy(knowledge=KnowledgePolicy(hold_out=0.5))


def test_nobody_is_held_out_unless_the_company_says_so() -> None:
    assert not deflection.held_out(ANNS_ID, POLICY)
    assert deflection.held_out(ANNS_ID, make_policy(knowledge=KnowledgePolicy(hold_out=1.0)))


def test_the_draw_always_says_the_same_of_somebody() -> None:
    share = sum(deflection.held_out(f"customer {n}", HALF) for n in range(1_000))

    assert 450 < share < 550
    assert deflection.held_out("customer 1", HALF) == deflection.held_out("customer 1", HALF)


@pytest.mark.parametrize(
    ("question", "group"),
    [
        (make_question(through=AskedThrough.FORM), "shown@0.5"),
        (make_question(through=AskedThrough.FORM, held_out=True, shown=()), "held@0.5"),
        (make_question(through=AskedThrough.HELP_CENTRE), ""),
        (unanswered(through=AskedThrough.FORM), ""),
    ],
    ids=["shown", "held out", "she looked for it herself", "there was nothing to show"],
)
def test_only_answers_that_come_unasked_are_compared(question: Question, group: str) -> None:
    ledger = Ledger(make_customer(), HALF).ask(question)

    assert [cell[6] for cell in ledger.sums] == [group]


def test_who_is_held_out_was_not_served_and_stays_so_with_a_person() -> None:
    ledger = Ledger(make_customer(), HALF).turn(contact(at=NOON, channel="email"))

    ledger.ask(letter(held_out=True, shown=()))

    assert ledger.sums == {("2026-11-20", "person", "returns", "standard", "letter", "email", "held@0.5"): 1}


def test_everybody_weighs_the_same_in_the_comparison_of_a_month() -> None:
    asks = [make_question(n, through=AskedThrough.FORM, topic=n, text=n, shown=(n,)) for n in ("stove", "lamp")]
    next_month = make_question("rope", through=AskedThrough.FORM, topic="rope", asked_at=NOON + 15 * DAY)

    ledger = Ledger(make_customer(), HALF).ask(*asks, next_month)

    assert sorted(cell[6] for cell in ledger.sums) == ["", "shown@0.5", "shown@0.5"]


def test_figures_are_final_when_no_contact_can_change_them_any_more() -> None:
    again = make_question("again", asked_at=NOON + 7 * DAY)
    ledger = ann().ask(make_question(), again)
    last_moment = ledger.asker.questions[0].at + 14 * DAY

    assert deflection.final_before(last_moment, POLICY) == NOON
    assert ledger.turn(contact(at=last_moment)).fates() == {"person": 1}
    assert ann().ask(make_question(), again).turn(contact(at=last_moment + DAY)).fates()["served"] == 1


def test_a_request_has_one_fate() -> None:
    assert {fate.value for fate in Fate} == {"served", "unserved", "person"}
