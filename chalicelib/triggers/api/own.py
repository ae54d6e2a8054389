"""A customer who signed in: her own cases, what was promised, what she agreed to. Nothing here names anybody else."""

from msgspec import UNSET

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.cases import service as cases_service
from chalicelib.cases import views as cases
from chalicelib.customers import service as customers_service
from chalicelib.customers import views as customers
from chalicelib.model.customer import CustomerHint
from chalicelib.model.fact import FactKind, FactReport
from chalicelib.model.task import TaskState
from chalicelib.outreach import offers
from chalicelib.outreach import service as outreach_service
from chalicelib.outreach import views as outreach
from chalicelib.outreach.delivery import News
from chalicelib.triggers.answers.own import LingeringOut, MeOut, OwnCaseOut, OwnCasesOut, OwnOfferOut
from chalicelib.triggers.contract.own import LingeringIn, OwnConsentIn, OwnOfferIn, OwnPreferencesIn
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


@api.endpoint(
    "PUT",
    "/v1/me/preferences",
    scope=Scope.OWN_WRITE,
    teams=Teams.OWN,
    summary="Say which language you read, and whether you want to be left alone for a while",
    body=OwnPreferencesIn,
    returns=MeOut,
    errors=(404,),
)
def set_my_preferences(call: Call[OwnPreferencesIn]) -> MeOut:
    """It holds from now on. May be repeated."""
    said, me = call.input, call.principal.customer_id
    if said.language is not UNSET:
        customers_service.set_language(me, said.language, chosen=True, by="herself")
    if said.left_alone_until is not UNSET:
        customers_service.leave_alone(me, said.left_alone_until)
    return MeOut.of(customers.customer(me))


@api.endpoint(
    "POST",
    "/v1/me/lingering",
    scope=Scope.OWN_WRITE,
    teams=Teams.OWN,
    summary="Say that you are still on a page",
    body=LingeringIn,
    returns=LingeringOut,
    status=202,
    errors=(404, 409),
    idempotent=True,
)
def report_lingering(call: Call[LingeringIn]) -> LingeringOut:
    """From your company's page, once, when she has been on it for some time: she may be offered help. It is recorded as
    the fact `lingering`."""
    recorded = customers_service.record_fact(
        FactReport(
            receipt_key=f"fact:%own:{call.receipt_key}",
            fingerprint=call.fingerprint,
            customer=CustomerHint(customer_id=call.principal.customer_id),
            what=FactKind.LINGERING,
            occurred_at=call.at,
            data={"page": call.input.page, "seconds": str(call.input.seconds)},
        )
    )
    return LingeringOut(fact_id=recorded.fact_id)


@api.endpoint(
    "POST",
    "/v1/me/offers/{task_id}",
    scope=Scope.OWN_WRITE,
    teams=Teams.OWN,
    summary="Take up an offer of help",
    body=OwnOfferIn,
    returns=OwnOfferOut,
    status=201,
    errors=(404, 409),
    idempotent=True,
)
def take_up_offer(call: Call[OwnOfferIn], task_id: str) -> OwnOfferOut:
    """A call within the hour, or a chat, with everything that is known of what you were doing. Asking for a call you
    agree to it, and to no other."""
    me = customers.customer(call.principal.customer_id)
    task = outreach.task(me.id, task_id)
    offers.check(task, call.at)
    said = call.input.wants
    key = f"offer:{task.id}:{said}"
    if said == offers.CALL:
        wanted = offers.call_back(task, me, call.at)
        proof = "asked for a call, signed in"
        customers_service.say_consent(
            me.id, "phone", offers.PURPOSE, granted=True, proof=proof, receipt_key=f"fact:%own:{key}", fingerprint=key
        )
        made = outreach_service.set_up(me.id, wanted, receipt_key=key, fingerprint=key)
        answer = OwnOfferOut(wants=said, task_id=made.id, case_id="")
    else:
        taken = cases_service.take_in(offers.chat(task, me, call.at, receipt_key=key, fingerprint=key))
        answer = OwnOfferOut(wants=said, task_id="", case_id=taken.receipt.case_id)
    outreach_service.record_outcome(me.id, task.id, News(TaskState.ANSWERED, said=said))
    return answer
