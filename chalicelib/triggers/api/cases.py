"""Cases: which are open, what was said in one, answers, and who takes part."""

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.cases import self_service
from chalicelib.cases import service as cases_service
from chalicelib.cases import views as cases
from chalicelib.model.case import CaseStatus
from chalicelib.triggers.answers.cases import CaseHead, CaseOut, CasesOut, Replied
from chalicelib.triggers.answers.interactions import InteractionOut
from chalicelib.triggers.answers.suggestions import AskedBefore
from chalicelib.triggers.api.correspondence import replied_of
from chalicelib.triggers.api.shared import by_of, caller_of, case_head, holder_of
from chalicelib.triggers.api.words import with_text
from chalicelib.triggers.contract.cases import CaseQuery, ParticipantIn, ReplyIn
from chalicelib.triggers.contract.casework import CasesQuery
from chalicelib.triggers.contract.shared import if_told
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()

FULL_TEXTS = 25  # a page


@api.endpoint(
    "GET",
    "/v1/cases",
    scope=Scope.CASES_READ,
    teams=Teams.FILTERED,
    summary="Open cases, the most urgent first",
    query=CasesQuery,
    returns=CasesOut,
    whose="customer_id",
)
def list_cases(call: Call[CasesQuery]) -> CasesOut:
    """By priority, then by what was promised; or those of one status: snoozed ones by when they come back, solved ones
    of a day by when they were."""
    asked = call.input
    match asked.status:
        case "snoozed":
            page = cases.snoozed_cases(call.after, asked.limit)
        case "solved":
            page = cases.solved_cases(asked.day or call.at.date(), call.after, asked.limit)
        case status:
            page = cases.open_cases(call.after, asked.limit, CaseStatus(status) if status else None)
    return CasesOut(items=[case_head(call, case) for case in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/cases/{case_id}",
    scope=Scope.CASES_READ,
    teams=Teams.OF_PATH,
    summary="A case and what was said in it",
    query=CaseQuery,
    returns=CaseOut,
    errors=(404,),
    looks_at="case.customer_id",
    etag="case.edition",
)
def get_case(call: Call[CaseQuery], case_id: str) -> CaseOut:
    """Interactions come oldest first, with those of the cases that were merged into it, and what she asked the
    knowledge base in the two weeks before it and since. Long texts are cut to their
    beginning, unless `text=full` asks for more."""
    full = call.input.text == "full"
    case = cases.case(case_id)
    page = cases.interactions_of(case, call.after, min(call.input.limit, FULL_TEXTS if full else 100))
    return CaseOut(
        case=case_head(call, case),
        interactions=[with_text(i) if full else InteractionOut.of(i) for i in page.items],
        asked_before=[] if call.after else [AskedBefore.of(one) for one in self_service.asked_before(case)],
        next=call.cursor(page.next),
    )


@api.endpoint(
    "POST",
    "/v1/cases/{case_id}/replies",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Answer the customer of a case",
    body=ReplyIn,
    returns=Replied,
    status=202,
    errors=(404, 409),
    idempotent=True,
    versioned="optional",
)
def reply_to_case(call: Call[ReplyIn], case_id: str) -> Replied:
    """By mail, in the thread she wrote in: your words, those of a template in her language, the articles named behind
    them, and files. The promise counts as kept; then the case waits for her, or is solved. While a colleague works on
    it this is refused, unless you take over. With `send_at` it is sent then, unless she writes first."""
    answer = call.input
    replied = cases_service.reply(
        case_id,
        author=by_of(call, answer.author),
        text=answer.text,
        then=answer.then,
        articles=answer.articles,
        template=answer.template,
        template_values=answer.template_values,
        uploads=answer.attachments,
        history=answer.history,
        holder=holder_of(call, answer.author),
        take_over=answer.take_over,
        seen=call.seen,
        send_at=if_told(answer.send_at),
        only_if_silent=answer.only_if_silent,
        caller=caller_of(call),
        receipt_key=call.receipt_key,
        fingerprint=call.fingerprint,
    )
    return replied_of(call, replied)


@api.endpoint(
    "PUT",
    "/v1/cases/{case_id}/participants/{number}",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Confirm or revoke a participant of a case",
    body=ParticipantIn,
    returns=CaseHead,
    errors=(404, 409),
    looks_at="customer_id",
)
def set_participant(call: Call[ParticipantIn], case_id: str, number: str) -> CaseHead:
    """Whoever joined a case by writing is read, and nothing is sent to her until she is confirmed. Who was
    revoked takes part again, under another number, when she writes."""
    cases_service.set_participant(case_id, int(number), call.input.state, by=by_of(call, call.input.author))
    return case_head(call, cases.case(case_id))
