"""Who is asked how a case was, and what her vote does."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.errors import Conflict, Permanent
from chalicelib.kernel.messages import SendMail
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Consent, Customer
from chalicelib.model.interaction import Interaction, Purpose
from chalicelib.model.rating import MOST_VOTES, OPEN_FOR, Rating, RatingPolicy, RatingState, read_ratings
from chalicelib.model.recovery import Cause, Recovery
from chalicelib.ratings import asking
from tests.factories import ANNS_ID, NOON, make_case, make_customer, make_policy

DAY = timedelta(days=1)
POLICY = make_policy(ratings=RatingPolicy(share={"*": 1.0}))
SOLVED_AT = NOON - DAY


def solved(**fields: Any) -> Case:
    return make_case(**{"status": CaseStatus.SOLVED, "solved_at": SOLVED_AT, "topic": "Tents", **fields})


def ann(**fields: Any) -> Customer:
    return make_customer(**{"consenting": True, **fields})


def planned(case: Case | None = None, customer: Customer | None = None) -> Decision:
    return asking.plan(case or solved(), customer or ann(), None, POLICY, SOLVED_AT)


def rating_in(decision: Decision) -> Rating:
    (found,) = [change for change in decision.changes if isinstance(change, Rating)]
    return found


def asked(**fields: Any) -> Rating:
    rating = rating_in(planned())
    return replace(rating, **{"state": RatingState.ASKED, "asked_at": NOON, "version": 1, **fields})


def voted(rating: Rating, score: int, comment: str = "", recovery: Recovery | None = None) -> Decision:
    return asking.vote(rating, score, comment, ann(), solved(), recovery, POLICY, NOON + DAY)


def sums(decision: Decision) -> dict[str, int]:
    return {name: n for change in decision.changes if isinstance(change, Tally) for name, n in change.amounts.items()}


def test_she_is_asked_a_day_after_her_case_was_solved() -> None:
    rating = rating_in(planned())

    assert (rating.state, rating.due_at, rating.topic) == (RatingState.PLANNED, NOON, "Tents")


def test_a_case_is_planned_once_each_time_it_is_solved() -> None:
    known = rating_in(planned())

    assert asking.plan(solved(), ann(), known, POLICY, NOON).changes == ()
    assert asking.id_of(solved()) != asking.id_of(solved(solved_at=NOON))


REFUSED = Consent(granted=False, at=NOON, proof="link")


@pytest.mark.parametrize(
    ("case", "customer", "why"),
    [
        ({"status": CaseStatus.OPEN}, {}, "it was opened again"),
        ({"machine": "bounce"}, {}, "no person's case of its own"),
        ({"merged_into": "other"}, {}, "no person's case of its own"),
        ({}, {"suppressed": {"ann@example.org": "bounced"}}, "no address that works"),
        ({}, {"consenting": False}, "she did not agree to be asked"),
        ({}, {"consents": {"email/service": REFUSED}}, "she did not agree to be asked"),
        (
            {},
            {"consents": {"email/service": Consent(True, NOON, "form"), "email/rating": REFUSED}},
            "she did not agree to be asked",
        ),
        ({}, {"rating_asked_at": NOON - 89 * DAY}, "she was asked not long ago"),
    ],
)
def test_who_is_not_asked_and_why(case: dict[str, Any], customer: dict[str, Any], why: str) -> None:
    assert asking.objection(solved(**case), ann(**customer), POLICY, NOON) == why


def test_the_mail_goes_out_when_it_is_due_and_holds_back_others() -> None:
    rating = replace(rating_in(planned()), version=1)

    decision = asking.ask(rating, solved(), ann(), POLICY, NOON)

    (mail,) = [change for change in decision.changes if isinstance(change, Interaction)]
    assert (mail.purpose, mail.delivery.to) == (Purpose.RATING, "ann@example.org")  # type: ignore[union-attr]
    assert isinstance(decision.messages[0], SendMail)
    assert [change.rating_asked_at for change in decision.changes if isinstance(change, Customer)] == [NOON]
    assert sums(decision) == {"sent/standard/email/tents": 1}


def test_she_is_asked_in_the_language_she_chose_whatever_her_case_began_in() -> None:
    customer = ann(language="zh-Hans", language_chosen=True)

    decision = asking.ask(replace(rating_in(planned()), version=1), solved(language="en"), customer, POLICY, NOON)

    assert [change.language for change in decision.changes if isinstance(change, Interaction)] == ["zh-Hans"]


def test_before_it_is_due_and_when_it_was_asked_nothing_happens() -> None:
    rating = rating_in(planned())

    assert asking.ask(rating, solved(), ann(), POLICY, SOLVED_AT).changes == ()
    assert asking.ask(asked(), solved(), ann(), POLICY, NOON).changes == ()


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (solved(status=CaseStatus.OPEN), "it was opened again"),
        (solved(solved_at=NOON), "it was opened again, and solved anew"),
        (None, "gone"),
    ],
)
def test_what_speaks_against_it_when_it_is_due_is_told(case: Case | None, why: str) -> None:
    passed = rating_in(asking.ask(rating_in(planned()), case, ann(), POLICY, NOON))

    assert (passed.state, passed.reason) == (RatingState.PASSED_OVER, why)


def test_a_vote_is_counted_on_the_day_she_was_asked() -> None:
    decision = voted(asked(), 4, "Quicker.")

    assert (rating_in(decision).score, rating_in(decision).comment) == (4, "Quicker.")
    assert sums(decision) == {"answered/standard/email/tents": 1, "score/standard/email/tents": 4}


def test_the_last_vote_wins_and_the_first_is_kept() -> None:
    first = rating_in(voted(asked(), 2))

    decision = voted(first, 5)

    assert [one.score for one in rating_in(decision).votes] == [2, 5]
    assert sums(decision) == {"score/standard/email/tents": 3}


def test_the_same_vote_again_changes_nothing() -> None:
    assert voted(rating_in(voted(asked(), 2, "x")), 2, "x").changes == ()


def test_however_often_she_votes_the_first_and_the_last_stay() -> None:
    rating = asked()
    for number in range(MOST_VOTES + 5):
        rating = rating_in(voted(rating, 1 + number % 5, str(number)))

    assert len(rating.votes) == MOST_VOTES
    assert (rating.votes[0].comment, rating.votes[-1].comment) == ("0", str(MOST_VOTES + 4))


def test_a_low_vote_begins_a_recovery_in_the_same_write() -> None:
    decision = voted(asked(), 1)

    (recovery,) = [change for change in decision.changes if isinstance(change, Recovery)]
    (customer,) = [change for change in decision.changes if isinstance(change, Customer)]
    assert recovery.first_cause is Cause.LOW_RATING
    assert customer.recovery == recovery.id


@pytest.mark.parametrize("rating", [asked(asked_at=NOON - OPEN_FOR), asked(asked_at=None)])
def test_it_can_be_too_late(rating: Rating) -> None:
    with pytest.raises(Conflict):
        voted(rating, 5)


def test_the_sample_follows_from_ids_and_has_the_size_it_is_told() -> None:
    policy = RatingPolicy(share={"*": 0.2, "gold": 1.0})
    cases = [ids.derived_case_id(str(number)) for number in range(2_000)]

    chosen = [case for case in cases if policy.asks(case, "standard")]

    assert chosen == [case for case in cases if policy.asks(case, "standard")]
    assert 300 < len(chosen) < 500
    assert all(policy.asks(case, "gold") for case in cases)


def test_nobody_is_asked_unless_the_company_says_so() -> None:
    assert not read_ratings("").asks(ANNS_ID, "gold")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "cannot be read"),
        ('{"part": 1}', "no part"),
        ('{"share": {"*": 2}}', "0 to 1"),
        ('{"every_days": 0}', "1 to 400"),
    ],
)
def test_a_setting_that_cannot_be_used_is_refused(text: str, says: str) -> None:
    with pytest.raises(Permanent, match=says):
        read_ratings(text)
