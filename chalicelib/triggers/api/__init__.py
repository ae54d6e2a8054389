"""The HTTP API: every endpoint reads what it was given, calls one service or view, and says what became of
it. A module for each subject; here they become one blueprint and one OpenAPI document.
"""

from functools import cache
from typing import Any

import msgspec
from chalice.app import Blueprint, Response

from chalicelib.auth.access import Open, declares
from chalicelib.triggers import openapi
from chalicelib.triggers.api import (
    agents,
    articles,
    campaigns,
    cases,
    casework,
    correspondence,
    customers,
    desk,
    drivers,
    facts,
    intake,
    interactions,
    knowledge,
    messages,
    organisations,
    outreach,
    own,
    pilots,
    plays,
    privacy,
    quarantine,
    recoveries,
    reports,
    rules,
    searching,
    segments,
    sign_in,
    staff,
    suggestions,
    tasks,
    templates,
    tokens,
    value,
    webhooks,
)
from chalicelib.triggers.authorizer import api_authorizer
from chalicelib.triggers.http import Endpoints

bp = Blueprint(__name__)

# In the order in which people read of them.
SUBJECTS = (
    intake,
    facts,
    customers,
    organisations,
    value,
    interactions,
    cases,
    suggestions,
    correspondence,
    recoveries,
    reports,
    drivers,
    desk,
    agents,
    casework,
    articles,
    searching,
    knowledge,
    templates,
    segments,
    plays,
    campaigns,
    tasks,
    outreach,
    messages,
    pilots,
    quarantine,
    privacy,
    webhooks,
    rules,
    tokens,
    staff,
    sign_in,
    own,
)

api = Endpoints(*(subject.api for subject in SUBJECTS))
api.serve_on(bp, api_authorizer)


@cache
def document() -> dict[str, Any]:
    """This API as an OpenAPI document."""
    return openapi.document(api.operations)


def openapi_json() -> Response:
    return Response(
        body=msgspec.json.encode(document()).decode(),
        headers={"Content-Type": "application/json", "Cache-Control": "max-age=300"},
    )


bp.route("/openapi.json", methods=["GET"], content_types=["*/*"])(declares(openapi_json, Open.PUBLIC))
