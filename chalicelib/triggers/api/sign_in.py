"""Signing in by a code that comes by mail, and out again."""

from chalicelib.auth import directory, sessions, sign_in
from chalicelib.auth import service as auth
from chalicelib.auth.permissions import Principal, Scope
from chalicelib.auth.teams import Teams
from chalicelib.kernel.errors import Unauthenticated
from chalicelib.model.session import Audience
from chalicelib.triggers.answers.staff import CodeOut, SessionOut, SignedOutOut
from chalicelib.triggers.contract.staff import CodeIn, SessionIn
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "POST",
    "/v1/sign-in/codes",
    scope=None,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Have a one-time code mailed",
    body=CodeIn,
    returns=CodeOut,
    status=202,
    errors=(409, 429),
)
def ask_for_code(call: Call[CodeIn]) -> CodeOut:
    """If the address is a member's of staff, or a customer's, it gets a code; the answer is the same if not. An
    address gets five in a quarter of an hour."""
    said = call.input
    code = sign_in.ask_for_code(Audience(said.audience), said.email, language=said.language, source=call.source)
    return CodeOut(sign_in_id=code.id, expires_at=sessions.open_until(code))


@api.endpoint(
    "POST",
    "/v1/sign-in/sessions",
    scope=None,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Sign in with a code",
    body=SessionIn,
    returns=SessionOut,
    status=201,
    errors=(401, 429),
)
def begin_session(call: Call[SessionIn]) -> SessionOut:
    """Within ten minutes and five tries. `token` goes into the Authorization header; keep it like a password."""
    signed_in = sign_in.redeem(call.input.sign_in_id, call.input.code, source=call.source)
    principal = auth.by_session(signed_in.text, call.at)
    if principal is None:
        raise Unauthenticated(sign_in.NOT_OPEN)
    return _session_out(principal, token=signed_in.text, ends=signed_in)


@api.endpoint(
    "GET",
    "/v1/session",
    scope=Scope.SESSION_OWN,
    teams=Teams.OWN,
    summary="Who is signed in",
    returns=SessionOut,
)
def get_session(call: Call[None]) -> SessionOut:
    """With what she may do."""
    return _session_out(call.principal)


@api.endpoint(
    "DELETE",
    "/v1/session",
    scope=Scope.SESSION_OWN,
    teams=Teams.OWN,
    summary="Sign out",
    returns=SignedOutOut,
)
def sign_out(call: Call[None]) -> SignedOutOut:
    """The session is over; the gateway may remember it for a minute."""
    directory.sign_out(call.principal.key_id, staff_id=call.principal.staff_id, by=call.principal.name)
    return SignedOutOut(signed_out=True)


@api.endpoint(
    "POST",
    "/v1/session/sign-out-everywhere",
    scope=Scope.SESSION_OWN,
    teams=Teams.OWN,
    summary="Sign out everywhere",
    returns=SignedOutOut,
)
def sign_out_everywhere(call: Call[None]) -> SignedOutOut:
    """A member of staff: every session of hers is over, this one too. A customer: this one."""
    if call.principal.staff_id:
        directory.sign_out_everywhere(call.principal.staff_id, by=call.principal.name)
    else:
        directory.sign_out(call.principal.key_id, staff_id="", by="")
    return SignedOutOut(signed_out=True)


def _session_out(principal: Principal, token: str = "", ends: sign_in.SignedIn | None = None) -> SessionOut:
    return SessionOut(
        audience="staff" if principal.staff_id else "customer",
        staff_id=principal.staff_id,
        customer_id=principal.customer_id,
        name=principal.name,
        team=principal.team,
        scopes=sorted(map(Scope, principal.scopes), key=lambda scope: scope.value),
        token=token,
        expires_at=ends.session.ends_at if ends else None,
    )
