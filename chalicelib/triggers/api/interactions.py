"""One contact: all it says, its original, its attachments."""

from chalicelib.auth.permissions import Scope
from chalicelib.cases import service as cases_service
from chalicelib.cases import views as cases
from chalicelib.triggers.answers.interactions import InteractionWhole, LinkOut, Unlocked
from chalicelib.triggers.api.words import whole
from chalicelib.triggers.contract.shared import VouchIn
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/interactions/{interaction_id}",
    scope=Scope.CUSTOMERS_READ,
    summary="One contact with all it says",
    returns=InteractionWhole,
    errors=(404,),
    looks_at="customer_id",
)
def get_interaction(call: Call[None], customer_id: str, interaction_id: str) -> InteractionWhole:
    """Its texts up to 400 KB each, and its HTML made safe to show. HTML over 2 MB is left out: the original
    mail has it."""
    interaction = cases.interaction(customer_id, interaction_id)
    own = _place_of(customer_id, interaction_id)
    links = {"self": own, "customer": f"v1/customers/{customer_id}", "case": f"v1/cases/{interaction.case_id}"}
    if interaction.raw_key:
        links["original"] = f"{own}/original"
    if interaction.attachments:
        links["attachment"] = f"{own}/attachments/{{number}}"
    if interaction.locked:
        links["unlock"] = f"{own}/unlock"
    return whole(call, interaction, links)


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/interactions/{interaction_id}/original",
    scope=Scope.MAIL_READ,
    summary="Where an original mail can be fetched",
    returns=LinkOut,
    errors=(404,),
    looks_at="customer_id",
)
def get_original(_call: Call[None], customer_id: str, interaction_id: str) -> LinkOut:
    """As it arrived, with everything in it: nothing in an original is made safe."""
    return LinkOut.of(cases.original(cases.interaction(customer_id, interaction_id)))


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/interactions/{interaction_id}/attachments/{number}",
    scope=Scope.MAIL_READ,
    summary="Where an attachment can be fetched",
    returns=LinkOut,
    errors=(404, 423),
    looks_at="customer_id",
)
def get_attachment(_call: Call[None], customer_id: str, interaction_id: str, number: str) -> LinkOut:
    """By its number in the contact. While the contact is locked there is no such place."""
    return LinkOut.of(cases.attachment(cases.interaction(customer_id, interaction_id), int(number)))


@api.endpoint(
    "POST",
    "/v1/customers/{customer_id}/interactions/{interaction_id}/unlock",
    scope=Scope.MAIL_UNLOCK,
    summary="Let the attachments of a contact be opened",
    body=VouchIn,
    returns=Unlocked,
    errors=(404,),
)
def unlock_attachments(call: Call[VouchIn], customer_id: str, interaction_id: str) -> Unlocked:
    """On an agent's word, although nobody found them to be clean. It is told on the customer's timeline, once."""
    cases_service.unlock(customer_id, interaction_id, by=call.input.author, reason=call.input.reason)
    own = _place_of(customer_id, interaction_id)
    links = {"interaction": call.link(own), "attachment": call.link(f"{own}/attachments/{{number}}")}
    return Unlocked(interaction_id=interaction_id, links=links)


def _place_of(customer_id: str, interaction_id: str) -> str:
    return f"v1/customers/{customer_id}/interactions/{interaction_id}"
