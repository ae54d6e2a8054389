"""What arrived and was linked to nobody."""

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.cases import service as cases_service
from chalicelib.cases import views as cases
from chalicelib.kernel.errors import Locked
from chalicelib.model.interaction import Interaction
from chalicelib.model.trust import Trust
from chalicelib.triggers.answers.interactions import InteractionOut, InteractionsOut, InteractionWhole, LinkOut
from chalicelib.triggers.answers.shared import Taken
from chalicelib.triggers.api.shared import taken_of
from chalicelib.triggers.api.words import whole
from chalicelib.triggers.contract.quarantine import QuarantineQuery
from chalicelib.triggers.contract.shared import VouchIn
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "GET",
    "/v1/quarantine",
    scope=Scope.QUARANTINE_READ,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Arrivals of a day that were linked to nobody",
    query=QuarantineQuery,
    returns=InteractionsOut,
)
def list_quarantine(call: Call[QuarantineQuery]) -> InteractionsOut:
    """Spam, viruses, and mail whose sender could not be named. The flags say which."""
    page = cases.quarantined(call.input.day, call.after, call.input.limit)
    items = [InteractionOut.of(interaction) for interaction in page.items]
    return InteractionsOut(items=items, next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/quarantine/{interaction_id}",
    scope=Scope.QUARANTINE_READ,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="One arrival that was linked to nobody",
    returns=InteractionWhole,
    errors=(404,),
)
def get_quarantined(call: Call[None], interaction_id: str) -> InteractionWhole:
    """With all it says, as for a contact. Only its original holds its attachments."""
    aside = cases.quarantined_one(interaction_id)
    own = f"v1/quarantine/{interaction_id}"
    links = {"self": own}
    if aside.released_to:
        links["case"] = f"v1/cases/{aside.released_to}"
    elif not _carries_a_virus(aside):
        links["release"] = f"{own}/release"
    if aside.raw_key and not _carries_a_virus(aside):
        links["original"] = f"{own}/original"
    return whole(call, aside, links)


@api.endpoint(
    "GET",
    "/v1/quarantine/{interaction_id}/original",
    scope=Scope.MAIL_READ,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Where an original mail that was linked to nobody can be fetched",
    returns=LinkOut,
    errors=(404, 423),
)
def get_quarantined_original(_call: Call[None], interaction_id: str) -> LinkOut:
    """As it arrived. What carries a virus is given to nobody."""
    aside = cases.quarantined_one(interaction_id)
    if _carries_a_virus(aside):
        raise Locked("it carries a virus")
    return LinkOut.of(cases.original(aside))


@api.endpoint(
    "POST",
    "/v1/quarantine/{interaction_id}/release",
    scope=Scope.QUARANTINE_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Take in what was linked to nobody",
    body=VouchIn,
    returns=Taken,
    status=202,
    errors=(404, 409),
)
def release_quarantined(call: Call[VouchIn], interaction_id: str) -> Taken:
    """On an agent's word, who looked at it and says that it is a contact. Its sender stays unproven and is not
    acknowledged. It may be repeated: then `duplicate` is true."""
    taken = cases_service.release(interaction_id, by=call.input.author, reason=call.input.reason)
    return taken_of(call, taken.receipt, taken.duplicate)


def _carries_a_virus(interaction: Interaction) -> bool:
    return interaction.trust == Trust.BLOCKED.value
