"""A customer who signed in: her own cases, what was promised, what she agreed to. Nothing here names anybody else."""

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.cases import views as cases
from chalicelib.customers import service as customers_service
from chalicelib.customers import views as customers
from chalicelib.triggers.answers.own import MeOut, OwnCaseOut, OwnCasesOut
from chalicelib.triggers.contract.own import OwnConsentIn
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "GET",
    "/v1/me",
    scope=Scope.OWN_READ,
    teams=Teams.OWN,
    summary="What we know of you",
    returns=MeOut,
    errors=(404,),
    looks_at="customer_id",
)
def get_me(call: Call[None]) -> MeOut:
    """Your name, your addresses, and what you agreed to."""
    return MeOut.of(customers.customer(call.principal.customer_id))


@api.endpoint(
    "GET",
    "/v1/me/cases",
    scope=Scope.OWN_READ,
    teams=Teams.OWN,
    summary="Your open cases",
    returns=OwnCasesOut,
    errors=(404,),
    looks_at="customer_id",
)
def list_my_cases(call: Call[None]) -> OwnCasesOut:
    """With the time by which you are answered."""
    customer = customers.customer(call.principal.customer_id)
    mine = cases.open_cases_of(customer)
    return OwnCasesOut(customer_id=customer.id, items=[OwnCaseOut.of(case) for case in mine])


@api.endpoint(
    "PUT",
    "/v1/me/consents",
    scope=Scope.OWN_WRITE,
    teams=Teams.OWN,
    summary="Say whether we may write to you first",
    body=OwnConsentIn,
    returns=MeOut,
    errors=(404, 409),
    idempotent=True,
)
def set_my_consent(call: Call[OwnConsentIn]) -> MeOut:
    """It holds from now on, and is kept with when you said it. What you ask is answered all the same."""
    said = call.input
    customers_service.say_consent(
        call.principal.customer_id,
        said.channel,
        said.purpose,
        granted=said.granted,
        proof="said by herself, signed in",
        receipt_key=f"fact:%own:{call.receipt_key}",  # no key's name begins so
        fingerprint=call.fingerprint,
    )
    return MeOut.of(customers.customer(call.principal.customer_id))
