"""What do a template's variables mean in this case?"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from chalicelib.kernel import ids
from chalicelib.mail.outgoing.render import spoken
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.policy import Policy


def facts(
    case: Case, customer: Customer, policy: Policy, *, agent: str, company: str, language: str
) -> Mapping[str, str]:
    """By variable; what is not known is empty. Moments are told in her own zone."""
    due = case.owed_by
    zone = ZoneInfo(customer.time_zone or policy.time_zone)
    return {
        "agent.name": agent,
        "case.number": ids.case_number(case.id),
        "case.subject": case.subject,
        "company.name": company,
        "customer.name": customer.name,
        "promise.due": spoken(due.astimezone(zone), language) if due else "",
    }
