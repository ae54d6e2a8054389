"""What goes on beside a case's thread: answers that wait, side conversations, files, letters to the staff."""

from typing import Any

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Named, Teams
from chalicelib.cases import answering, correspondence, notifying
from chalicelib.cases import service as cases_service
from chalicelib.cases import views as cases
from chalicelib.knowledge.templates import same_language
from chalicelib.model.later import LaterState, ScheduledAnswer
from chalicelib.model.notice import NoticeKind, NoticeSettings
from chalicelib.model.side import SideConversation
from chalicelib.triggers.answers.cases import Replied
from chalicelib.triggers.answers.correspondence import (
    Cancelled,
    NotificationsOut,
    ScheduledAnswersOut,
    ScheduledOut,
    SideHead,
    SideOut,
    SidesOut,
    SideTaken,
    UploadOut,
)
from chalicelib.triggers.answers.interactions import InteractionOut
from chalicelib.triggers.answers.shared import TemplateUse
from chalicelib.triggers.api.shared import by_of, taken_of
from chalicelib.triggers.api.words import with_text
from chalicelib.triggers.contract.cases import CaseQuery
from chalicelib.triggers.contract.correspondence import (
    CancelQuery,
    NotificationsIn,
    SideIn,
    SideReplyIn,
    SideStateIn,
    UploadIn,
)
from chalicelib.triggers.http import Call, Endpoints, case_id

api = Endpoints()

FULL_TEXTS = 25  # a page


@api.endpoint(
    "POST",
    "/v1/uploads",
    scope=Scope.UPLOADS_WRITE,
    teams=Teams.OF_INPUT,
    summary="Where to put a file for an answer or a request",
    body=UploadIn,
    returns=UploadOut,
    status=201,
    errors=(404,),
    names=lambda said: [Named(case_id=case_id(said.case_id), pointer="/case_id")] if said.case_id else [],
)
def open_upload(call: Call[UploadIn]) -> UploadOut:
    """An address for one file of exactly this type and size, for 15 minutes. Then name its id among the `attachments`
    of an answer, a side conversation or a request, within a day; what nobody names is deleted."""
    said = call.input
    opened = correspondence.open_upload(
        said.filename,
        said.content_type,
        said.size,
        by=call.principal.caller,
        case_id=case_id(said.case_id) if said.case_id else "",
    )
    return UploadOut.of(opened.upload, opened.link)


@api.endpoint(
    "GET",
    "/v1/cases/{case_id}/scheduled-answers",
    scope=Scope.CASES_READ,
    teams=Teams.OF_PATH,
    summary="Answers of a case that wait for their time, or did",
    returns=ScheduledAnswersOut,
    errors=(404,),
    looks_at="customer_id",
)
def list_scheduled_answers(call: Call[None], case_id: str) -> ScheduledAnswersOut:
    """The newest first, up to 50: what each will say and when, or what became of it."""
    found = cases.scheduled(case_id)
    items = [_scheduled(call, answer, found) for answer in found.answers]
    return ScheduledAnswersOut(customer_id=found.customer_id, items=items)


@api.endpoint(
    "DELETE",
    "/v1/cases/{case_id}/scheduled-answers/{answer_id}",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Call an answer off that waits for its time",
    query=CancelQuery,
    returns=Cancelled,
    errors=(404, 409),
)
def cancel_scheduled_answer(call: Call[CancelQuery], case_id: str, answer_id: str) -> Cancelled:
    """To change one, call it off and write another. Told on the timeline. It may be repeated."""
    correspondence.cancel_answer(case_id, answer_id, by=by_of(call, call.input.author))
    return Cancelled(id=answer_id)


@api.endpoint(
    "POST",
    "/v1/cases/{case_id}/side-conversations",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Write to somebody else about a case",
    body=SideIn,
    returns=SideTaken,
    status=202,
    errors=(404, 409),
    idempotent=True,
)
def open_side_conversation(call: Call[SideIn], case_id: str) -> SideTaken:
    """A carrier, a supplier, a colleague. What they answer comes back here, and neither the customer nor her thread
    ever sees any of it. Nothing of hers is quoted to them: they know what you write."""
    said = call.input
    made = correspondence.open_side(
        case_id, said.to, subject=said.subject, language=said.language, words=_words(call, said)
    )
    return SideTaken(side=_side(call, made.side), interaction_id=made.letter_id, duplicate=made.duplicate)


@api.endpoint(
    "GET",
    "/v1/cases/{case_id}/side-conversations",
    scope=Scope.CASES_READ,
    teams=Teams.OF_PATH,
    summary="The side conversations of a case",
    returns=SidesOut,
    errors=(404,),
    looks_at="customer_id",
)
def list_side_conversations(call: Call[None], case_id: str) -> SidesOut:
    """The oldest first: with whom, about what, and whether something in it is unread."""
    case, found = cases.sides(case_id)
    return SidesOut(customer_id=case.customer_id, items=[_side(call, side) for side in found])


@api.endpoint(
    "GET",
    "/v1/cases/{case_id}/side-conversations/{number}",
    scope=Scope.CASES_READ,
    teams=Teams.OF_PATH,
    summary="A side conversation and what was said in it",
    query=CaseQuery,
    returns=SideOut,
    errors=(404,),
    looks_at="side.customer_id",
)
def get_side_conversation(call: Call[CaseQuery], case_id: str, number: str) -> SideOut:
    """Oldest first; from then on nothing in it is unread. Long texts are cut to their beginning, unless `text=full`
    asks for more."""
    full = call.input.text == "full"
    limit = min(call.input.limit, FULL_TEXTS if full else 100)
    side, page = correspondence.read_side(case_id, int(number), call.after, limit)
    return SideOut(
        side=_side(call, side),
        interactions=[with_text(i) if full else InteractionOut.of(i) for i in page.items],
        next=call.cursor(page.next),
    )


@api.endpoint(
    "POST",
    "/v1/cases/{case_id}/side-conversations/{number}/replies",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Write on in a side conversation",
    body=SideReplyIn,
    returns=SideTaken,
    status=202,
    errors=(404, 409),
    idempotent=True,
)
def reply_aside(call: Call[SideReplyIn], case_id: str, number: str) -> SideTaken:
    """To all of it, in their thread."""
    made = correspondence.write_side(case_id, int(number), _words(call, call.input))
    return SideTaken(side=_side(call, made.side), interaction_id=made.letter_id, duplicate=made.duplicate)


@api.endpoint(
    "PUT",
    "/v1/cases/{case_id}/side-conversations/{number}",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Close or reopen a side conversation",
    body=SideStateIn,
    returns=SideHead,
    errors=(404,),
    looks_at="customer_id",
)
def set_side_conversation(call: Call[SideStateIn], case_id: str, number: str) -> SideHead:
    """What still comes to a closed one reopens it. Told on the timeline. It may be repeated."""
    said = call.input
    side = correspondence.set_side(case_id, int(number), open_=said.state == "open", by=by_of(call, said.author))
    return _side(call, side)


@api.endpoint(
    "GET",
    "/v1/me/notifications",
    scope=Scope.CASES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="What you hear of by mail",
    returns=NotificationsOut,
    errors=(409,),
)
def get_notifications(call: Call[None]) -> NotificationsOut:
    """Of cases you have or follow, and of what you wrote in them. For people who sign in: a machine gets no letters."""
    return _notifications(notifying.settings_of(call.principal.staff_id))


@api.endpoint(
    "PUT",
    "/v1/me/notifications",
    scope=Scope.CASES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Say what you do not want to hear of by mail",
    body=NotificationsIn,
    returns=NotificationsOut,
    errors=(409,),
)
def set_notifications(call: Call[NotificationsIn]) -> NotificationsOut:
    """Everything that is not named is told. It may be repeated."""
    return _notifications(notifying.set_off(call.principal.staff_id, call.input.off))


def _notifications(settings: NoticeSettings) -> NotificationsOut:
    return NotificationsOut(on=[kind for kind in NoticeKind if kind not in settings.off], off=list(settings.off))


def replied_of(call: Call[Any], replied: cases_service.Replied) -> Replied:
    """What became of an answer, now or at its time."""
    answer = replied.answer
    taken = taken_of(call, replied.receipt, replied.duplicate)
    waits = answer if isinstance(answer, ScheduledAnswer) else None
    found = cases.scheduled(answer.case_id, answers=False) if waits else None
    if isinstance(answer, ScheduledAnswer):
        slug, tongue = answer.template, answer.template_language
        language = found.language if found else ""
    else:
        slug = answer.template.get(answering.TEMPLATE, "")
        tongue, language = answer.template.get(answering.TEMPLATE_LANGUAGE, ""), answer.language
    return Replied(
        interaction_id=taken.interaction_id,
        case_id=taken.case_id,
        case_number=taken.case_number,
        customer_id=taken.customer_id,
        duplicate=taken.duplicate,
        links=taken.links,
        language=language,
        template=TemplateUse(slug=slug, language=tongue, fallback=not same_language(tongue, language))
        if slug
        else None,
        scheduled=_scheduled(call, waits, found) if waits and found else None,
    )


def _scheduled(call: Call[Any], answer: ScheduledAnswer, found: cases.Scheduled) -> ScheduledOut:
    """Its case says whether it still waits: its own row follows a moment later."""
    gone = answer.waits and answer.id not in found.waiting
    state = LaterState.CANCELLED if gone else answer.state
    own = f"v1/cases/{answer.case_id}/scheduled-answers/{answer.id}"
    links = {"cancel": call.link(own)} if state is LaterState.WAITING else {}
    return ScheduledOut.of(answer, found.zone, found.owed_by, state, links)


def _words(call: Call[Any], said: SideIn | SideReplyIn) -> correspondence.Words:
    return correspondence.Words(
        author=by_of(call, said.author),
        text=said.text,
        articles=said.articles,
        uploads=said.attachments,
        caller=call.principal.caller,
        by=call.principal.staff_id,
        receipt_key=call.receipt_key,
        fingerprint=call.fingerprint,
    )


def _side(call: Call[Any], side: SideConversation) -> SideHead:
    own = f"v1/cases/{side.case_id}/side-conversations/{side.number}"
    links = {
        "self": call.link(own),
        "replies": call.link(f"{own}/replies"),
        "case": call.link(f"v1/cases/{side.case_id}"),
    }
    return SideHead.of(side, links)
