"""What customers ask, and the contacts agents had with them elsewhere."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Named, Teams
from chalicelib.cases import correspondence, self_service
from chalicelib.cases import service as cases_service
from chalicelib.model.arrival import Arrival
from chalicelib.model.interaction import Attachment
from chalicelib.model.question import AskedThrough
from chalicelib.model.trust import Trust
from chalicelib.triggers.answers.shared import Taken
from chalicelib.triggers.answers.suggestions import Received, ShownOut
from chalicelib.triggers.api.shared import by_of, taken_of
from chalicelib.triggers.contract.intake import InteractionIn, RequestIn
from chalicelib.triggers.contract.shared import CustomerRef
from chalicelib.triggers.given import read_handle, read_moment
from chalicelib.triggers.http import Call, Endpoints, case_id

api = Endpoints()
UNSEEN = "nobody looked for viruses"  # a stranger's file that came by no mail


def _names(said: RequestIn | InteractionIn) -> Iterator[Named]:
    who = said.customer
    if who.handle:
        kind, _ = who.handle
        yield Named(handle=read_handle(*who.handle), pointer=f"/customer/{kind}", new=True)
    else:
        yield Named(customer_id=who.customer_id, pointer="/customer/customer_id")
    if said.case_id:
        yield Named(case_id=case_id(said.case_id), pointer="/case_id")


@api.endpoint(
    "POST",
    "/v1/requests",
    scope=Scope.REQUESTS_WRITE,
    teams=Teams.OF_INPUT,
    summary="Hand in what a customer asks",
    body=RequestIn,
    returns=Received,
    status=202,
    errors=(404,),
    idempotent=True,
    names=_names,
)
def open_request(call: Call[RequestIn]) -> Received:
    """From your website or app. It opens a case, or goes on with the one named, and is acknowledged by mail
    with what was promised for the customer's tier. With `answers` you are told articles that may answer it, to show
    her at once."""
    asked = call.input
    files = correspondence.take_files(
        asked.attachments,
        by=call.principal.caller,
        case_id=case_id(asked.case_id) if asked.case_id else "",
        source=call.receipt_key,
        pointer="/attachments",
        mailed=False,
    )
    return _take_in(call, asked, asked.customer, at=call.at, direction="in", author="", files=files)


@api.endpoint(
    "POST",
    "/v1/interactions",
    scope=Scope.INTERACTIONS_WRITE,
    teams=Teams.OF_INPUT,
    summary="Log a contact an agent had",
    body=InteractionIn,
    returns=Received,
    status=201,
    errors=(404,),
    idempotent=True,
    names=_names,
)
def log_interaction(call: Call[InteractionIn]) -> Received:
    """A call, a chat or a board post. It is told on the customer's timeline with the tier she has now;
    nothing is sent to her. A chat that shows her articles asks for them with `answers`."""
    logged = call.input
    at = read_moment(logged.occurred_at, call.at) if logged.occurred_at else call.at
    return _take_in(call, logged, logged.customer, at=at, direction=logged.direction, author=by_of(call, logged.agent))


def _take_in(
    call: Call[Any],
    said: RequestIn | InteractionIn,
    who: CustomerRef,
    *,
    at: datetime,
    direction: str,
    author: str,
    files: tuple[Attachment, ...] = (),
) -> Received:
    arrival = Arrival(
        receipt_key=call.receipt_key,
        fingerprint=call.fingerprint,
        channel=said.channel,
        at=at,
        sender=read_handle(*who.handle) if who.handle else None,
        sender_name=who.name,
        customer_id=who.customer_id,
        direction=direction,
        subject=said.subject,
        text=said.text,
        language=said.language or who.language,
        time_zone=who.time_zone,
        topic=said.topic,
        case_id=case_id(said.case_id) if said.case_id else "",
        trust=Trust.AUTHENTICATED,
        attachments=files,
        locked=UNSEEN if files else "",
        author=author,
        visitor_id=said.visitor_id,
    )
    taken = cases_service.take_in(arrival)
    return _received(taken_of(call, taken.receipt, taken.duplicate), said.answers)


def _received(taken: Taken, most: int) -> Received:
    """With what may answer it, where that is asked for."""
    found = None
    if most and taken.case_id:
        found = self_service.help_with(
            taken.customer_id, taken.interaction_id, taken.case_id, through=AskedThrough.API, most=most
        )
    return Received(
        **msgspec.structs.asdict(taken),
        answers=[ShownOut.of(shown) for shown in found.articles] if found else [],
        solved_url=found.solved_url if found else "",
        person_url=found.person_url if found else "",
    )
