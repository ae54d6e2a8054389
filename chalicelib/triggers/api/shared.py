"""Answers that several subjects give."""

from typing import Any

from chalicelib.cases.service import Caller
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Invalid
from chalicelib.model.case import Case
from chalicelib.model.interaction import Receipt
from chalicelib.outreach.life import Person
from chalicelib.triggers.answers.cases import CaseHead
from chalicelib.triggers.answers.shared import Taken
from chalicelib.triggers.http import Call


def caller_of(call: Call[Any]) -> Caller:
    """Who calls, as answers know her."""
    return Caller(name=call.principal.caller, staff_id=call.principal.staff_id, team=call.principal.team)


def taken_of(call: Call[Any], receipt: Receipt, duplicate: bool) -> Taken:
    links = {}
    if receipt.case_id:
        links["case"] = call.link(f"v1/cases/{receipt.case_id}")
    if receipt.customer_id:
        links["customer"] = call.link(f"v1/customers/{receipt.customer_id}")
    return Taken(
        interaction_id=receipt.interaction_id,
        case_id=receipt.case_id,
        case_number=ids.case_number(receipt.case_id),
        customer_id=receipt.customer_id,
        duplicate=duplicate,
        links=links,
    )


def by_of(call: Call[Any], told: str) -> str:
    """Who does it: the member of staff who calls, or whom a machine names."""
    return call.principal.name if call.principal.staff_id else told


def person_of(call: Call[Any]) -> Person:
    """The same, where a second person is needed: told apart by who she is, not by what she is called."""
    return Person(call.principal.person_id, call.principal.name)


def agent_of(call: Call[Any], told: str) -> str:
    """The agent who acts: the member of staff who calls, or whom a machine names. Raises Invalid for nobody."""
    if not (agent_id := call.principal.staff_id or told):
        raise Invalid("name the agent by her agent_id; only who signed in herself may leave it out", "/agent_id")
    return agent_id


def holder_of(call: Call[Any], told: str) -> str:
    """How leases know her."""
    return call.principal.staff_id or told


def case_head(call: Call[Any], case: Case) -> CaseHead:
    own = f"v1/cases/{case.id}"
    links = {"self": call.link(own), "customer": call.link(f"v1/customers/{case.customer_id}")}
    links |= {name: call.link(f"{own}/{name}") for name in ("replies", "notes", "history")}
    links |= {
        "side_conversations": call.link(f"{own}/side-conversations"),
        "scheduled_answers": call.link(f"{own}/scheduled-answers"),
    }
    if case.merged_into:
        links["merged_into"] = call.link(f"v1/cases/{case.merged_into}")
    return CaseHead.of(case, links, call.at)
