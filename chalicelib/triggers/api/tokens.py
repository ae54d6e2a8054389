"""Short-lived tokens that may do less than a key."""

from datetime import timedelta

from chalicelib.auth import service as auth
from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.triggers.answers.tokens import TokenOut
from chalicelib.triggers.contract.tokens import TokenIn
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "POST",
    "/v1/tokens",
    scope=Scope.TOKENS_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Exchange the key for a short-lived token",
    body=TokenIn,
    returns=TokenOut,
    status=201,
)
def make_token(call: Call[TokenIn]) -> TokenOut:
    """A token may do part of what the key may, for an hour at most, and never makes another token, a key or
    a member of staff. Revoking the key ends it too."""
    scopes = sorted(set(call.input.scopes), key=lambda scope: scope.value)
    life = timedelta(seconds=call.input.expires_in)
    token, expires_at = auth.issue_token(call.principal, [scope.value for scope in scopes], life, call.at)
    return TokenOut(token=token, token_type="Bearer", scopes=scopes, expires_at=expires_at)  # noqa: S106 - a kind
