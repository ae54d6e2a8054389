"""Webhooks and rules: who wants to be told of what, and what would a rule do?"""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType, field

from chalicelib.automation.events import BY_NAME
from chalicelib.kernel.addresses import LONGEST_URL
from chalicelib.model.webhook import MOST_TYPES
from chalicelib.triggers.contract.articles import Expected
from chalicelib.triggers.contract.customers import ULID
from chalicelib.triggers.contract.shared import ONE_LINE, CaseRef, Examples, Input, form

Url = Annotated[
    str, Meta(min_length=1, max_length=LONGEST_URL, description="https:// and a host anybody on the internet can find.")
]
Pattern = Annotated[str, form(r"[a-z_.*]{1,60}", "An event's type, or `case.*`, or `*`.")]
Team = Annotated[
    str,
    form("([a-z0-9][a-z0-9-]{0,39})?", "A team's slug: only its customers' events. A key of one team names its own."),
]


class WebhookIn(Input, frozen=True):
    """Who is told, and of what."""

    url: Url
    types: Annotated[list[Pattern], Meta(min_length=1, max_length=MOST_TYPES)]
    description: Annotated[str, Meta(max_length=200), ONE_LINE] = ""
    team: Team = ""
    active: bool = True


class WebhookPut(WebhookIn, frozen=True):
    """All of it: what is left out takes its default."""

    expected_version: Expected | UnsetType = UNSET


class DryRunIn(Input, frozen=True):
    """Something that could happen, to a case or a customer there is. `data`: what the event would carry; without it, of
    an event about a case, what the case is now."""

    type: Annotated[str, Meta(min_length=1, max_length=60, examples=["case.opened"])]
    case_id: CaseRef = ""
    customer_id: Annotated[str, form(f"({ULID})?", "An id of ours.")] = ""
    data: Annotated[dict[str, Any], Meta(max_length=50)] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.type not in BY_NAME:
            raise ValueError("There is no such event; GET /v1/event-types lists them.")


EXAMPLES: Examples = {
    WebhookIn: [
        {
            "url": "https://hooks.example.com/liana",
            "types": ["case.*", "customer.tier_changed"],
            "description": "Our order system",
        }
    ],
    WebhookPut: [
        {"url": "https://hooks.example.com/liana", "types": ["case.*"], "active": False, "expected_version": 1}
    ],
    DryRunIn: [{"type": "case.opened", "case_id": "68D5-36G0-AQJJ"}],
}
