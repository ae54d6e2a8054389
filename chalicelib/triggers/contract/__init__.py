"""What the API takes, field by field: the one source of its decoders, its checks and its OpenAPI schemas.

Input is strict: an unknown field is refused, an optional one is left out, never null. Times are RFC 3339 in UTC, ids
are ULIDs, money is whole minor units and an ISO 4217 code. What it gives is in answers/.

A module for each subject, as in the API, with an example of every body.
"""

from chalicelib.triggers.contract import (
    agents,
    articles,
    campaigns,
    cases,
    casework,
    correspondence,
    customers,
    desk,
    facts,
    intake,
    knowledge,
    messages,
    organisations,
    outreach,
    own,
    pilots,
    plays,
    privacy,
    recoveries,
    reports,
    searching,
    segments,
    shared,
    staff,
    tasks,
    templates,
    tokens,
    value,
    webhooks,
)
from chalicelib.triggers.contract.shared import Examples

EXAMPLES: Examples = {
    **agents.EXAMPLES,
    **articles.EXAMPLES,
    **campaigns.EXAMPLES,
    **cases.EXAMPLES,
    **casework.EXAMPLES,
    **correspondence.EXAMPLES,
    **customers.EXAMPLES,
    **desk.EXAMPLES,
    **facts.EXAMPLES,
    **intake.EXAMPLES,
    **knowledge.EXAMPLES,
    **messages.EXAMPLES,
    **organisations.EXAMPLES,
    **own.EXAMPLES,
    **plays.EXAMPLES,
    **pilots.EXAMPLES,
    **privacy.EXAMPLES,
    **recoveries.EXAMPLES,
    **reports.EXAMPLES,
    **searching.EXAMPLES,
    **segments.EXAMPLES,
    **shared.EXAMPLES,
    **staff.EXAMPLES,
    **outreach.EXAMPLES,
    **tasks.EXAMPLES,
    **templates.EXAMPLES,
    **tokens.EXAMPLES,
    **value.EXAMPLES,
    **webhooks.EXAMPLES,
}
