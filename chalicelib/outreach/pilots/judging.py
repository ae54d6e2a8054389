"""What became of her within the window? Read once, when it is over, and added once to the figures of her group.

Read at the end and not counted as it happens: so corrections, late facts and merges within the window are in it, and
nothing else in Liana has to know that there are pilots.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.kernel.decision import Decision, Tally
from chalicelib.model.customer import Customer
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.interaction import Direction, Interaction, Purpose
from chalicelib.model.pilot import MOST_CONTACTS, Arm, Design, Outcome, Pilot, PilotState, Subject
from chalicelib.model.rating import Rating
from chalicelib.model.tally import words_as_one
from chalicelib.outreach import holding_out
from chalicelib.outreach.piloting import counter

JUDGED, EXCLUDED, COUNTED = "judged", "excluded", "counted"
RATED = "rated"
BEFORE = "before"  # what she was expected to earn us, as it was at the draw
OTHER_NOTICES, OTHER_PILOTS = "other_notices", "other_pilots"  # whether she had any
SQUARES, PRODUCTS = ".squares", ".products"
LOW_SCORE = 2


def judged(
    subject: Subject,
    pilot: Pilot | None,
    customer: Customer | None,
    twins: Iterable[Subject],
    outcomes: Mapping[str, int],
    now: datetime,
    *,
    moved: bool = False,
) -> Decision:
    """Her outcomes join the sums of her group, or she is left out and the reason is counted. `twins` are the subjects
    of this pilot under other records of hers; `moved`: she is treated otherwise by now than she was drawn. The same
    again changes nothing."""
    if subject.judge_at is None:
        return Decision(reason="judged before")
    if now < subject.judge_at:
        return Decision(reason="not due")
    why = _why_not_counted(subject, pilot, customer, tuple(twins), moved=moved)
    over = replace(subject, judge_at=None, judged=why or COUNTED, outcomes={} if why else dict(outcomes))
    sums = {f"{EXCLUDED}.{why}": 1} if why else {JUDGED: 1, **_with_squares(outcomes)}
    group = (subject.arm.value, subject.tier, str(subject.period))
    amounts = {words_as_one(what, *group): amount for what, amount in sums.items() if amount}
    return Decision((over, Tally(counter(subject.pilot_id), amounts)), reason=over.judged)


def _why_not_counted(
    subject: Subject, pilot: Pilot | None, customer: Customer | None, twins: tuple[Subject, ...], *, moved: bool
) -> str:
    """Empty: she is counted."""
    if customer is None or pilot is None:
        return "gone"
    if pilot.state is PilotState.STOPPED and pilot.stopped_at and subject.window_ends_at > pilot.stopped_at:
        return "cut_short"  # from then on her group may have been treated as the other one
    if any(twin.arm is not subject.arm for twin in twins):
        return "merged"  # one person was in both groups: she belongs to neither
    if any((twin.at, twin.customer_id) < (subject.at, subject.customer_id) for twin in twins):
        return "same_person"  # she is counted under the record that was drawn first
    return "moved" if moved else ""


def outcomes_of(subject: Subject, told: Iterable[object], design: Design) -> dict[str, int]:
    """What she did from the draw to the window's end, by what stands on her timeline."""
    told = list(told)
    facts = [each for each in told if isinstance(each, Fact) and not each.corrected_by]
    facts = [each for each in facts if _within(subject, each.occurred_at)]
    kinds = {each.what.value for each in facts}
    talks = [each for each in told if isinstance(each, Interaction) and _within(subject, each.at)]
    contacts = len([each for each in talks if each.direction is Direction.IN and each.purpose is Purpose.CONTACT])
    score = _last_score(subject, told, facts)
    earned = sum(each.margin.minor for each in facts if each.margin and each.what in (FactKind.ORDER, FactKind.REFUND))
    return {
        Outcome.REPEAT_CONTACT.value: int(contacts > 0),
        Outcome.CONTACTS.value: min(contacts, MOST_CONTACTS),
        RATED: int(score > 0),
        Outcome.RATING.value: score,
        Outcome.LOW_RATING.value: int(0 < score <= LOW_SCORE),
        Outcome.CHURN.value: int(FactKind.SUBSCRIPTION_CANCELLED.value in kinds),
        Outcome.GOAL.value: int(design.goal_fact in kinds),
        Outcome.SPEND.value: _within_cap(earned, design),
        BEFORE: _within_cap(subject.expected, design),
    }


def company_of(
    subject: Subject, told: Iterable[object], customer: Customer, plays: Mapping[str, str]
) -> dict[str, int]:
    """Whether other plays or pilots reached her too; `plays` are those of the tasks that notices to her belong to."""
    talks = [each for each in told if isinstance(each, Interaction) and _within(subject, each.at)]
    others = [plays.get(each.task_id, "") for each in talks if each.purpose is Purpose.NOTICE]
    return {
        OTHER_NOTICES: int(any(play not in ("", subject.play) for play in others)),
        OTHER_PILOTS: int(any(_in_another(subject, each, arm) for each, arm in customer.pilots.items())),
    }


def _with_squares(outcomes: Mapping[str, int]) -> dict[str, int]:
    """With what means and their spread are made of. Whether something was is its own square."""
    measured = (Outcome.CONTACTS.value, Outcome.RATING.value, Outcome.SPEND.value, BEFORE)
    squares = {f"{name}{SQUARES}": outcomes[name] ** 2 for name in measured if name in outcomes}
    product = outcomes.get(Outcome.SPEND.value, 0) * outcomes.get(BEFORE, 0)
    return {**outcomes, **squares, f"{Outcome.SPEND.value}{PRODUCTS}": product}


def _within_cap(minor: int, design: Design) -> int:
    return max(-design.spend_cap, min(design.spend_cap, minor))


def _within(subject: Subject, at: datetime) -> bool:
    return subject.at <= at < subject.window_ends_at


def _last_score(subject: Subject, told: Iterable[object], facts: Iterable[Fact]) -> int:
    """1 to 5; 0: she rated nothing."""
    scores = [(each.occurred_at, int(each.data.get("score", "0"))) for each in facts if each.what is FactKind.RATING]
    votes = (vote for each in told if isinstance(each, Rating) for vote in each.votes)
    scores += [(vote.at, vote.score) for vote in votes if _within(subject, vote.at)]
    return max(scores, default=(subject.at, 0))[1]


def _in_another(subject: Subject, pilot_id: str, arm: str) -> bool:
    """Those compared with the company-wide hold-out are in no pilot by that."""
    others = pilot_id != subject.pilot_id and arm == Arm.CONTACTED.value
    return others and holding_out.pilot_named(pilot_id) is None
