"""Who calls the API? A function of its own, which knows nothing of the API's endpoints: it starts faster so."""

from typing import Any

from chalice.app import AuthRequest, AuthResponse, Blueprint

from chalicelib.auth import service as auth
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Unauthenticated
from chalicelib.telemetry import logger

bp = Blueprint(__name__)

_DENY = {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": ["*"]}


@bp.authorizer(name="api_authorizer", ttl_seconds=60)
def api_authorizer(request: AuthRequest) -> AuthResponse | dict[str, Any]:
    """Who calls, and what they may. The gateway keeps the answer for a minute for all routes, so it allows
    every route or none; each endpoint asks for its own scope."""
    try:
        principal = auth.authenticate(request.token, clock.now())
    except Unauthenticated:
        logger.info("caller_refused")
        return {"principalId": "nobody", "policyDocument": {"Version": "2012-10-17", "Statement": [_DENY]}}
    logger.info("caller_known", extra={"principal": principal.caller, "key_id": principal.key_id})
    context = {
        "scopes": " ".join(sorted(principal.scopes)),
        "name": principal.name,
        "team": principal.team,
        "staff_id": principal.staff_id,
        "customer_id": principal.customer_id,
        "per_minute": str(principal.per_minute),
    }
    return AuthResponse(routes=["*"], principal_id=principal.key_id, context=context)
