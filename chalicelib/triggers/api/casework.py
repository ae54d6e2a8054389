"""Working on cases: how they stand, what they say, who works on them, what agents note, what became of them."""

from typing import Any

import msgspec

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Named, Teams
from chalicelib.cases import casework
from chalicelib.cases import views as cases
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Invalid
from chalicelib.triggers.answers.cases import CaseHead, CasesOut
from chalicelib.triggers.answers.casework import CaseFieldOut, CaseFieldsOut, CaseHistoryOut, CasesRegrouped, ChangeOut
from chalicelib.triggers.answers.shared import Taken
from chalicelib.triggers.api.shared import by_of, case_head, holder_of, taken_of
from chalicelib.triggers.contract.casework import (
    CaseEditIn,
    CaseMergeIn,
    CaseSplitIn,
    FieldsIn,
    LeaseIn,
    LinkIn,
    NoteIn,
    SnoozeIn,
    StatusIn,
)
from chalicelib.triggers.contract.shared import AuthorIn, AuthorQuery, Paged, VouchIn, if_told
from chalicelib.triggers.http import Call, Endpoints
from chalicelib.triggers.http import case_id as read_case_id

api = Endpoints()


@api.endpoint(
    "PUT",
    "/v1/cases/{case_id}/status",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Say how it stands with a case",
    body=StatusIn,
    returns=CaseHead,
    errors=(404, 409),
    looks_at="customer_id",
    versioned="required",
    etag="edition",
)
def set_case_status(call: Call[StatusIn], case_id: str) -> CaseHead:
    """Promises of an answer are kept by answers alone: their clocks stand while the next move is not ours. What is
    closed stays closed."""
    said = call.input
    casework.set_status(case_id, said.status, seen=call.seen, by=by_of(call, said.author), reason=said.reason)
    return case_head(call, cases.case(case_id))


@api.endpoint(
    "PATCH",
    "/v1/cases/{case_id}",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Say what a case is about",
    body=CaseEditIn,
    returns=CaseHead,
    errors=(404, 409),
    looks_at="customer_id",
    versioned="required",
    etag="edition",
)
def edit_case(call: Call[CaseEditIn], case_id: str) -> CaseHead:
    """Its subject, topic, language: what is left out stays as it is."""
    said = call.input
    given = {
        name: value for name in ("subject", "topic", "language") if (value := getattr(said, name)) is not msgspec.UNSET
    }
    casework.describe(case_id, given, seen=call.seen, by=by_of(call, said.author), reason=said.reason)
    return case_head(call, cases.case(case_id))


@api.endpoint(
    "GET",
    "/v1/case-fields",
    scope=Scope.CASES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Your company's own fields of cases",
    returns=CaseFieldsOut,
)
def list_case_fields(_call: Call[None]) -> CaseFieldsOut:
    """As the stage's file defines them."""
    return CaseFieldsOut(items=[CaseFieldOut.of(field) for field in cases.case_fields()])


@api.endpoint(
    "PUT",
    "/v1/cases/{case_id}/fields",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Fill in fields of a case",
    body=FieldsIn,
    returns=CaseHead,
    errors=(404, 409),
    looks_at="customer_id",
    versioned="required",
    etag="edition",
)
def fill_in_fields(call: Call[FieldsIn], case_id: str) -> CaseHead:
    """Fields that are not named stay as they are. Those that are required must be filled in before a case is solved."""
    said = call.input
    casework.fill_in(case_id, said.fields, seen=call.seen, by=by_of(call, said.author))
    return case_head(call, cases.case(case_id))


@api.endpoint(
    "PUT",
    "/v1/cases/{case_id}/snooze",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Put a case aside for a while",
    body=SnoozeIn,
    returns=CaseHead,
    errors=(404, 409),
    looks_at="customer_id",
    versioned="required",
    etag="edition",
)
def snooze_case(call: Call[SnoozeIn], case_id: str) -> CaseHead:
    """Out of the list of open cases until then, or until she writes. Promises keep their time: one that is about to
    break brings the case back, too."""
    said = call.input
    until = if_told(said.until)
    casework.snooze(case_id, until, seen=call.seen, by=by_of(call, said.author), reason=said.reason)
    return case_head(call, cases.case(case_id))


@api.endpoint(
    "DELETE",
    "/v1/cases/{case_id}/snooze",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Take a case up again that was put aside",
    query=AuthorQuery,
    returns=CaseHead,
    errors=(404,),
    looks_at="customer_id",
    etag="edition",
)
def wake_case(call: Call[AuthorQuery], case_id: str) -> CaseHead:
    """It may be repeated."""
    casework.wake(case_id, by=by_of(call, call.input.author))
    return case_head(call, cases.case(case_id))


@api.endpoint(
    "PUT",
    "/v1/cases/{case_id}/lease",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Say that you work on a case",
    body=LeaseIn,
    returns=CaseHead,
    errors=(404, 409),
    looks_at="customer_id",
    etag="edition",
)
def lease_case(call: Call[LeaseIn], case_id: str) -> CaseHead:
    """For some minutes, which you may renew; it ends by itself, and with your answer. Others see it, and are refused
    answers and leases until they take over."""
    said = call.input
    casework.lease(
        case_id, holder_of(call, said.author), by_of(call, said.author), said.minutes, take_over=said.take_over
    )
    return case_head(call, cases.case(case_id))


@api.endpoint(
    "DELETE",
    "/v1/cases/{case_id}/lease",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Say that you are done with a case",
    query=AuthorQuery,
    returns=CaseHead,
    errors=(404,),
    looks_at="customer_id",
    etag="edition",
)
def release_case(call: Call[AuthorQuery], case_id: str) -> CaseHead:
    """A colleague's lease stays. It may be repeated."""
    casework.release(case_id, holder_of(call, call.input.author))
    return case_head(call, cases.case(case_id))


@api.endpoint(
    "PUT",
    "/v1/cases/{case_id}/followers/{follower}",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Let a colleague follow a case",
    body=AuthorIn,
    returns=CaseHead,
    errors=(404, 409),
    looks_at="customer_id",
    etag="edition",
)
def follow_case(call: Call[AuthorIn], case_id: str, follower: str) -> CaseHead:
    """By the id or the address of a member of staff, 50 at most. It may be repeated."""
    casework.follow(case_id, follower, by=by_of(call, call.input.author))
    return case_head(call, cases.case(case_id))


@api.endpoint(
    "DELETE",
    "/v1/cases/{case_id}/followers/{follower}",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Let a colleague follow a case no more",
    query=AuthorQuery,
    returns=CaseHead,
    errors=(404,),
    looks_at="customer_id",
    etag="edition",
)
def unfollow_case(call: Call[AuthorQuery], case_id: str, follower: str) -> CaseHead:
    """It may be repeated."""
    casework.unfollow(case_id, follower, by=by_of(call, call.input.author))
    return case_head(call, cases.case(case_id))


def _linked(said: LinkIn) -> list[Named]:
    return [Named(case_id=read_case_id(said.case_id), pointer="/case_id")] if said.case_id else []


@api.endpoint(
    "POST",
    "/v1/cases/{case_id}/links",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Link a case to another, or to a page elsewhere",
    body=LinkIn,
    returns=CaseHead,
    errors=(404, 409),
    looks_at="customer_id",
    etag="edition",
    names=_linked,
)
def link_case(call: Call[LinkIn], case_id: str) -> CaseHead:
    """Both cases carry the link, each as it is seen from there: up to 200, and 20 pages. Cases may be of different
    customers. It may be repeated."""
    said, by = call.input, by_of(call, call.input.author)
    if (said.kind == "url") is bool(said.case_id) or bool(said.url) is bool(said.case_id):
        raise Invalid('Give case_id with its kind, or url with kind "url".', "/case_id")
    if said.case_id:
        casework.link(case_id, read_case_id(said.case_id), said.kind, by=by)
    elif said.url.startswith("https://") and said.url.isprintable() and " " not in said.url:
        casework.link_page(case_id, said.url, said.title, by=by)
    else:
        raise Invalid("A link begins with https:// and has no spaces.", "/url")
    return case_head(call, cases.case(case_id))


@api.endpoint(
    "DELETE",
    "/v1/cases/{case_id}/links/{link_id}",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Take a link off a case",
    query=AuthorQuery,
    returns=CaseHead,
    errors=(404,),
    looks_at="customer_id",
    etag="edition",
)
def unlink_case(call: Call[AuthorQuery], case_id: str, link_id: str) -> CaseHead:
    """Off both cases. It may be repeated."""
    casework.unlink(case_id, link_id, by=by_of(call, call.input.author))
    return case_head(call, cases.case(case_id))


@api.endpoint(
    "POST",
    "/v1/cases/{case_id}/notes",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Note something for colleagues",
    body=NoteIn,
    returns=Taken,
    status=201,
    errors=(404,),
    idempotent=True,
)
def note_in_case(call: Call[NoteIn], case_id: str) -> Taken:
    """On the case and the customer's timeline; never mailed, never quoted. `mentions` calls colleagues."""
    said = call.input
    noted = casework.note(
        case_id,
        said.text,
        said.mentions,
        by=by_of(call, said.author),
        receipt_key=call.receipt_key,
        fingerprint=call.fingerprint,
    )
    return taken_of(call, noted.receipt, noted.duplicate)


def _into(said: CaseMergeIn) -> list[Named]:
    return [Named(case_id=read_case_id(said.case_id), pointer="/case_id")]


@api.endpoint(
    "POST",
    "/v1/cases/{case_id}/merge",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Merge a case into another",
    body=CaseMergeIn,
    returns=CasesRegrouped,
    errors=(404, 409),
    versioned="optional",
    names=_into,
)
def merge_case(call: Call[CaseMergeIn], case_id: str) -> CasesRegrouped:
    """Of one customer, about one matter. Both numbers and all reply addresses serve on, what was said in either stands
    in one list, and the stricter promise goes on. It can be undone, and may be repeated."""
    said, into = call.input, read_case_id(call.input.case_id)
    casework.merge(case_id, into, seen=call.seen, by=by_of(call, said.author), reason=said.reason)
    return _regrouped(call, into, case_id, undo=f"v1/cases/{case_id}/merge/undo")


@api.endpoint(
    "POST",
    "/v1/cases/{case_id}/merge/undo",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Undo the merge of a case",
    body=VouchIn,
    returns=CasesRegrouped,
    errors=(404, 409),
)
def undo_case_merge(call: Call[VouchIn], case_id: str) -> CasesRegrouped:
    """By the number of the one that was merged. Both are as they were, with what was done to and said in either since.
    The last merge goes first."""
    into = cases.case(case_id).merged_into
    casework.undo_merge(case_id, by=by_of(call, call.input.author), reason=call.input.reason)
    return _regrouped(call, case_id, into)


@api.endpoint(
    "POST",
    "/v1/cases/{case_id}/split",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Make some of what was said a case of its own",
    body=CaseSplitIn,
    returns=CasesRegrouped,
    status=201,
    errors=(404, 409),
    idempotent=True,
    versioned="optional",
)
def split_case(call: Call[CaseSplitIn], case_id: str) -> CasesRegrouped:
    """Up to 20 interactions move, and answers to them follow. What was promised is promised for both."""
    said = call.input
    made = casework.split(
        case_id,
        said.interactions,
        subject=said.subject,
        topic=said.topic,
        seen=call.seen,
        by=by_of(call, said.author),
        reason=said.reason,
        receipt_key=call.receipt_key,
        fingerprint=call.fingerprint,
    )
    part = made.receipt.case_id
    return _regrouped(call, part, case_id, undo=f"v1/cases/{part}/split/undo")


@api.endpoint(
    "POST",
    "/v1/cases/{case_id}/split/undo",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Undo the split of a case",
    body=VouchIn,
    returns=CasesRegrouped,
    errors=(404, 409),
)
def undo_case_split(call: Call[VouchIn], case_id: str) -> CasesRegrouped:
    """By the number of the one that was split off. What was moved is back; what came to it since is one with the case,
    and its number leads there. It may be repeated."""
    whole = casework.undo_split(case_id, by=by_of(call, call.input.author), reason=call.input.reason)
    return _regrouped(call, whole, case_id)


def _regrouped(call: Call[Any], case_id: str, other_id: str, undo: str = "") -> CasesRegrouped:
    links = {"case": call.link(f"v1/cases/{case_id}"), "other": call.link(f"v1/cases/{other_id}")}
    if undo:
        links["undo"] = call.link(undo)
    return CasesRegrouped(
        case_id=case_id,
        case_number=ids.case_number(case_id),
        other_id=other_id,
        other_number=ids.case_number(other_id),
        links=links,
    )


@api.endpoint(
    "GET",
    "/v1/cases/{case_id}/history",
    scope=Scope.CASES_READ,
    teams=Teams.OF_PATH,
    summary="Who changed what of a case",
    query=Paged,
    returns=CaseHistoryOut,
    errors=(404,),
)
def get_case_history(call: Call[Paged], case_id: str) -> CaseHistoryOut:
    """Newest first: agents, the customer's own words, rules and the clock. What was said is among the
    interactions."""
    page = cases.history_of(cases.case(case_id), call.after, call.input.limit)
    return CaseHistoryOut(items=[ChangeOut.of(change) for change in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/cases",
    scope=Scope.CASES_READ,
    teams=Teams.OF_PATH,
    summary="All cases of a customer, newest first",
    query=Paged,
    returns=CasesOut,
    errors=(404,),
    looks_at="customer_id",
)
def list_cases_of_customer(call: Call[Paged], customer_id: str) -> CasesOut:
    """Open, solved and closed ones."""
    page = cases.cases_of(customer_id, call.after, call.input.limit)
    return CasesOut(items=[case_head(call, case) for case in page.items], next=call.cursor(page.next))
