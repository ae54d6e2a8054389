"""What other systems know happened to customers, in batches."""

import msgspec

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.customers import service as customers_service
from chalicelib.kernel.errors import HubError
from chalicelib.triggers.answers.facts import FactResult, FactsOut
from chalicelib.triggers.contract.facts import FactsBatch, FactsIn
from chalicelib.triggers.http import KB, Call, Endpoints, problem_of
from chalicelib.triggers.reports import read_fact, report_of

api = Endpoints()


@api.endpoint(
    "POST",
    "/v1/facts",
    scope=Scope.FACTS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Report what happened to customers",
    body=FactsBatch,
    documented_as=FactsIn,
    returns=FactsOut,
    body_limit=1024 * KB,
)
def record_facts(call: Call[FactsBatch]) -> FactsOut:
    """Up to 100 at once. Each is recorded or refused on its own, so look at every outcome; the answer is 200
    even when some were refused. The same `event_id` with the same content is recorded once, so a batch may
    be sent again."""
    return FactsOut(results=[_record(call, place, raw) for place, raw in enumerate(call.input.facts)])


def _record(call: Call[FactsBatch], place: int, raw: msgspec.Raw) -> FactResult:
    """What became of one fact. Only what a repetition may cure stops the batch: repeating it records nothing
    twice."""
    event_id = ""
    try:
        fact = read_fact(bytes(raw))
        event_id = fact.event_id
        recorded = customers_service.record_fact(report_of(fact, bytes(raw), source=call.principal.name, at=call.at))
    except HubError as error:
        if error.retryable or error.status >= 500:
            raise
        error.pointer = f"/facts/{place}{error.pointer or ''}"
        problem = problem_of(error, "")
        return FactResult(event_id=event_id, outcome="refused", problem=problem)
    return FactResult(
        event_id=event_id,
        outcome="duplicate" if recorded.duplicate else "recorded",
        customer_id=recorded.customer_id,
    )
