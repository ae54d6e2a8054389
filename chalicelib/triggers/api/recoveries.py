"""Recoveries, ratings and moods: what is open, what was done, what customers say, and figures."""

from datetime import date, timedelta

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.cases import service as cases_service
from chalicelib.cases import views as cases
from chalicelib.model.recovery import RecoveryState
from chalicelib.ratings import views as ratings
from chalicelib.recovery import service as recovery_service
from chalicelib.recovery import views as recoveries
from chalicelib.triggers.answers.cases import CaseHead
from chalicelib.triggers.answers.recoveries import (
    MoodLabelOut,
    MoodLabelsOut,
    MoodSaid,
    RatingLine,
    RatingOut,
    RatingReport,
    RatingsOut,
    RecoveriesOut,
    RecoveryLine,
    RecoveryOut,
    RecoveryReport,
)
from chalicelib.triggers.api.shared import by_of, case_head
from chalicelib.triggers.contract.recoveries import (
    DaysQuery,
    MoodIn,
    RatingsQuery,
    RecoveriesQuery,
    RecoveryIn,
    UrgencyIn,
)
from chalicelib.triggers.contract.shared import Paged
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "PUT",
    "/v1/cases/{case_id}/urgency",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Say how urgent a case is",
    body=UrgencyIn,
    returns=CaseHead,
    errors=(404,),
    looks_at="customer_id",
)
def set_urgency(call: Call[UrgencyIn], case_id: str) -> CaseHead:
    """More urgent: what is left of the time of its running promises is shortened, and never made longer again. It is
    told on the customer's timeline."""
    told = call.input
    case = cases_service.set_urgency(case_id, told.urgency, by=by_of(call, told.author), reason=told.reason)
    return case_head(call, case)


@api.endpoint(
    "PUT",
    "/v1/customers/{customer_id}/interactions/{interaction_id}/mood",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Say how a contact really sounded",
    body=MoodIn,
    returns=MoodSaid,
    errors=(404, 409),
)
def correct_mood(call: Call[MoodIn], customer_id: str, interaction_id: str) -> MoodSaid:
    """It counts as if it had been judged so: for the case's urgency, and as a cause for recovery. It is kept to learn
    from."""
    by = by_of(call, call.input.author)
    return MoodSaid.of(cases_service.correct_mood(customer_id, interaction_id, call.input.level, by=by))


@api.endpoint(
    "GET",
    "/v1/mood-labels",
    scope=Scope.MOODS_READ,
    teams=Teams.FILTERED,
    summary="What agents said of moods, to learn from",
    query=Paged,
    returns=MoodLabelsOut,
    whose="customer_id",
)
def list_mood_labels(call: Call[Paged]) -> MoodLabelsOut:
    """The oldest first, with the words. `python -m benchmarks.mood train` takes them all in one list."""
    page = cases.mood_labels(call.after, call.input.limit)
    items = [MoodLabelOut.of(label, contact) for label, contact in page.items]
    return MoodLabelsOut(items=items, next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/recoveries",
    scope=Scope.RECOVERIES_READ,
    teams=Teams.FILTERED,
    summary="Customers we let down, while it is open",
    query=RecoveriesQuery,
    returns=RecoveriesOut,
    whose="customer_id",
)
def list_recoveries(call: Call[RecoveriesQuery]) -> RecoveriesOut:
    """The highest tier first, and in it the oldest."""
    page = recoveries.open_ones(call.after, call.input.limit)
    wanted = [one for one in page.items if call.input.role in (None, one.for_role)]
    return RecoveriesOut(items=[RecoveryOut.of(one) for one in wanted], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/recoveries/{recovery_id}",
    scope=Scope.RECOVERIES_READ,
    teams=Teams.OF_PATH,
    summary="One recovery",
    returns=RecoveryOut,
    errors=(404,),
    looks_at="customer_id",
)
def get_recovery(_call: Call[None], customer_id: str, recovery_id: str) -> RecoveryOut:
    return RecoveryOut.of(recoveries.recovery(customer_id, recovery_id))


@api.endpoint(
    "PUT",
    "/v1/customers/{customer_id}/recoveries/{recovery_id}",
    scope=Scope.RECOVERIES_WRITE,
    teams=Teams.OF_PATH,
    summary="Note what was done about a recovery, or how it ended",
    body=RecoveryIn,
    returns=RecoveryOut,
    errors=(404, 409),
    looks_at="customer_id",
)
def put_recovery(call: Call[RecoveryIn], customer_id: str, recovery_id: str) -> RecoveryOut:
    """The same said again changes nothing. What is settled stays so."""
    told, by = call.input, by_of(call, call.input.author)
    if told.did:
        recovery_service.note_done(customer_id, recovery_id, told.did, told.note, by=by)
    if told.state:
        state = RecoveryState(told.state)
        recovery_service.close(customer_id, recovery_id, state, by=by, reason=told.reason)
    return RecoveryOut.of(recoveries.recovery(customer_id, recovery_id))


@api.endpoint(
    "GET",
    "/v1/reports/recovery",
    scope=Scope.RECOVERIES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="How many customers we let down, why, and how many we kept",
    query=DaysQuery,
    returns=RecoveryReport,
    errors=(422,),
)
def report_recovery(call: Call[DaysQuery]) -> RecoveryReport:
    """By day, cause and tier; at most 31 days at once. Lines without figures are left out."""
    items = [
        RecoveryLine(
            day=date.fromisoformat(line.day),
            cause=line.cause,
            tier=line.tier,
            caused=line.caused,
            opened=line.opened,
            answered=line.answered,
            seconds_to_answer=line.seconds_to_answer,
            kept=line.kept,
            lost=line.lost,
            kept_share=line.kept_share,
        )
        for line in recoveries.report(*_days(call))
    ]
    return RecoveryReport(items=items, links={"recoveries": call.link("v1/recoveries")})


@api.endpoint(
    "GET",
    "/v1/ratings",
    scope=Scope.RATINGS_READ,
    teams=Teams.FILTERED,
    summary="How customers found solved cases, in their words",
    query=RatingsQuery,
    returns=RatingsOut,
    whose="customer_id",
)
def list_ratings(call: Call[RatingsQuery]) -> RatingsOut:
    """Those who voted, the case solved last first. Nobody can delete one."""
    page = ratings.answered(call.input.at_most, call.after, call.input.limit)
    return RatingsOut(items=[RatingOut.of(one) for one in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/reports/ratings",
    scope=Scope.RATINGS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="How many were asked, how many answered, and what they said on average",
    query=DaysQuery,
    returns=RatingReport,
    errors=(422,),
)
def report_ratings(call: Call[DaysQuery]) -> RatingReport:
    """By tier, channel and topic, of those who were asked on these days; at most 31 at once."""
    items = [
        RatingLine(
            tier=line.tier,
            channel=line.channel,
            topic=line.topic,
            sent=line.sent,
            answered=line.answered,
            share=line.share,
            mean=line.mean,
        )
        for line in ratings.report(*_days(call))
    ]
    return RatingReport(items=items, links={"ratings": call.link("v1/ratings")})


def _days(call: Call[DaysQuery]) -> tuple[date, date]:
    last = call.input.last or call.at.date()
    return call.input.first or last - timedelta(days=6), last
