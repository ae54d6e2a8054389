"""Who is asked how a case was, when, and what does her vote change?

Nobody of the team has a say in it: a case is asked about because its id is in the sample and it was solved, in whatever
way. Votes are kept in a row; the last one counts, and none can be taken away.
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.cases import language
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.messages import SendMail
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer, consent_key
from chalicelib.model.interaction import Delivery, Direction, Interaction, Purpose
from chalicelib.model.policy import Policy
from chalicelib.model.rating import MOST_VOTES, OPEN_FOR, PURPOSE, Rating, RatingState, Vote
from chalicelib.model.recovery import Recovery, Sign
from chalicelib.model.tally import words_as_one
from chalicelib.recovery import following
from chalicelib.recovery.detecting import Happening

COUNTER = "rating"  # of figures by the day she was asked
CHANNEL = "email"
OVER = "this question is over; just write to us"


def plan(case: Case, customer: Customer | None, known: Rating | None, policy: Policy, now: datetime) -> Decision:
    """That she will be asked, if the case is in the sample and nothing speaks against it now."""
    if known or not policy.ratings.asks(case.id, case.tier):
        return Decision(reason="planned before" if known else "not in the sample")
    if why := objection(case, customer, policy, now):
        return Decision(reason=why)
    solved_at = case.solved_at or case.updated_at
    rating = Rating(
        id=id_of(case),
        customer_id=case.customer_id,
        case_id=case.id,
        solved_at=solved_at,
        due_at=solved_at + policy.ratings.after,
        tier=case.tier,
        channel=case.channel,
        topic=case.topic,
        updated_at=now,
    )
    return Decision((rating,), reason="planned")


def id_of(case: Case) -> str:
    """One rating for each time a case is solved."""
    return ids.derived_ulid(case.solved_at or case.updated_at, "rating", case.id)


def objection(case: Case | None, customer: Customer | None, policy: Policy, now: datetime) -> str:
    """Why she is not asked; empty: she is."""
    if case is None or customer is None:
        return "gone"
    asked, to = customer.rating_asked_at, customer.email
    against = {
        "it was opened again": case.status.is_open,
        "no person's case of its own": bool(case.machine or case.merged_into),
        "no address that works": to is None or policy.is_ours(to),
        "she is blocked": bool(customer.blocked),
        "she did not agree to be asked": not agreed(customer),
        "she was asked not long ago": bool(asked and now - asked < policy.ratings.every),
    }
    return next((why for why, holds in against.items() if holds), "")


def agreed(customer: Customer) -> bool:
    """To be asked, or to service messages and not against being asked."""
    own = customer.consents.get(consent_key(CHANNEL, PURPOSE))
    service = customer.consents.get(consent_key(CHANNEL, "service"))
    return own.granted if own else bool(service and service.granted)


def ask(rating: Rating, case: Case | None, customer: Customer | None, policy: Policy, now: datetime) -> Decision:
    """The mail that asks, or why there is none. Nothing, when it is not due: the clock may come twice."""
    if rating.state is not RatingState.PLANNED or now < rating.due_at:
        return Decision(reason="not due")
    why = objection(case, customer, policy, now)
    if case and not why and case.solved_at and case.solved_at != rating.solved_at:
        why = "it was opened again, and solved anew"
    if why or case is None or customer is None or customer.email is None:
        passed = replace(rating, state=RatingState.PASSED_OVER, reason=why, updated_at=now)
        return Decision((passed,), reason=why)
    mail = Interaction(
        id=ids.derived_ulid(now, rating.id, "asked"),
        customer_id=rating.customer_id,
        case_id=rating.case_id,
        at=now,
        channel=CHANNEL,
        direction=Direction.OUT,
        purpose=Purpose.RATING,
        tier=customer.tier,
        author="Liana",
        subject=case.subject,
        language=language.of_answers(case, customer),
        delivery=Delivery(to=customer.email, since=now),
        template={"rating": rating.id, "purpose": PURPOSE},
    )
    asked = replace(rating, state=RatingState.ASKED, asked_at=now, interaction_id=mail.id, updated_at=now)
    message = SendMail(customer_id=mail.customer_id, interaction_id=mail.id, bulk=True)
    held_back = replace(customer, rating_asked_at=now)
    return Decision((mail, asked, held_back, _counted(asked, {"sent": 1})), (message,), reason="asked")


def vote(
    rating: Rating,
    score: int,
    comment: str,
    customer: Customer | None,
    case: Case | None,
    recovery: Recovery | None,
    policy: Policy,
    now: datetime,
) -> Decision:
    """Her vote: the last one counts, all are kept. A low one is a cause for recovery in the same write. The same vote
    again changes nothing. Raises Conflict when it is too late."""
    if rating.asked_at is None or now - rating.asked_at > OPEN_FOR or customer is None:
        raise Conflict(OVER)
    last = rating.votes[-1] if rating.votes else None
    if last and (last.score, last.comment) == (score, comment):
        return Decision(reason="voted so before")
    votes = (*rating.votes, Vote(at=now, score=score, comment=comment))
    voted = replace(
        rating,
        state=RatingState.ANSWERED,
        score=score,
        comment=comment,
        votes=(*votes[:1], *votes[1:][-(MOST_VOTES - 1) :]),
        updated_at=now,
    )
    figures = _counted(voted, {"answered": 0 if last else 1, "score": score - rating.score})
    happening = Happening(at=now, entry_id=rating.id, case=case, score=score)
    seen = (Sign.RATED_WELL,) if score >= following.GOOD_SCORE else ()
    noted = following.note(customer, recovery, happening, policy, seen)
    changes = (voted, figures, *noted.changes)
    return Decision((*changes, noted.customer) if noted.customer != customer else changes, reason="voted")


def _counted(rating: Rating, amounts: dict[str, int]) -> Tally:
    about = (rating.tier, rating.channel, rating.topic.strip().lower())
    named = {words_as_one(what, *about): amount for what, amount in amounts.items() if amount}
    return Tally((COUNTER, f"{rating.asked_at:%Y-%m-%d}"), named)
