"""What a person may ask of us: who looked at her, everything about her, and to be forgotten."""

from chalicelib.auth.permissions import Scope
from chalicelib.privacy import service, views
from chalicelib.triggers.answers.privacy import Begun, ErasureOut, ErasurePlan, ExportOut, ExportPlan, LookOut, LooksOut
from chalicelib.triggers.contract.privacy import ErasureIn, ExportIn
from chalicelib.triggers.contract.shared import Paged
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/looks",
    scope=Scope.AUDIT_READ,
    summary="Who looked at a customer, newest first",
    query=Paged,
    returns=LooksOut,
    errors=(404,),
)
def list_looks(call: Call[Paged], customer_id: str) -> LooksOut:
    """Every read of hers through this API, at all records that are hers."""
    page = views.looks(customer_id, call.after, call.input.limit)
    return LooksOut(items=[LookOut.of(look) for look in page.items], next=call.cursor(page.next))


@api.endpoint(
    "POST",
    "/v1/customers/{customer_id}/export",
    scope=Scope.PRIVACY_WRITE,
    summary="Export all there is of a customer",
    body=ExportIn,
    returns=Begun,
    status=202,
    errors=(404, 409),
    idempotent=True,
    looks_at="customer_id",
    dry_run=ExportPlan,
)
def start_export(call: Call[ExportIn], customer_id: str) -> Begun | ExportPlan:
    """It builds itself, of any size, with all records that are hers, and expires after seven days. `dry_run` only
    counts what it would hold."""
    if call.input.dry_run:
        return ExportPlan.of(views.inventory(customer_id))
    begun = service.start_export(
        customer_id,
        by=call.principal.name,
        author=call.input.author,
        reason=call.input.reason,
        receipt_key=call.receipt_key,
        fingerprint=call.fingerprint,
    )
    return Begun(id=begun.id, duplicate=begun.duplicate, links={"self": call.link(f"v1/exports/{begun.id}")})


@api.endpoint(
    "GET",
    "/v1/exports/{export_id}",
    scope=Scope.PRIVACY_WRITE,
    summary="How far an export is, and its files",
    query=Paged,
    returns=ExportOut,
    errors=(404,),
    looks_at="customer_id",
)
def get_export(call: Call[Paged], export_id: str) -> ExportOut:
    """Once it is done, a page of files by name, each with an address that serves whoever has it, for five minutes."""
    export = views.export(export_id)
    page = views.files(export, call.after, call.input.limit)
    return ExportOut.of(export, page.items, call.cursor(page.next))


@api.endpoint(
    "POST",
    "/v1/customers/{customer_id}/erasure",
    scope=Scope.PRIVACY_WRITE,
    summary="Have a customer forgotten",
    body=ErasureIn,
    returns=Begun,
    status=202,
    errors=(404, 409),
    idempotent=True,
    dry_run=ErasurePlan,
)
def start_erasure(call: Call[ErasureIn], customer_id: str) -> Begun | ErasurePlan:
    """With all records that are hers, for good; within seconds whoever writes by her handles is a new customer.
    `dry_run` only counts what would go, and says what stays."""
    if call.input.dry_run:
        return ErasurePlan.of(views.inventory(customer_id))
    begun = service.start_erasure(
        customer_id,
        by=call.principal.name,
        author=call.input.author,
        reason=call.input.reason,
        receipt_key=call.receipt_key,
        fingerprint=call.fingerprint,
    )
    return Begun(id=begun.id, duplicate=begun.duplicate, links={"self": call.link(f"v1/erasures/{begun.id}")})


@api.endpoint(
    "GET",
    "/v1/erasures/{erasure_id}",
    scope=Scope.PRIVACY_WRITE,
    summary="How far an erasure is, and what it took",
    returns=ErasureOut,
    errors=(404,),
)
def get_erasure(_call: Call[None], erasure_id: str) -> ErasureOut:
    """It stays for good, and says when, on whose word, why and how much, but not of whom."""
    return ErasureOut.of(views.erasure(erasure_id))
