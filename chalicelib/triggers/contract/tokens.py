"""Short-lived tokens."""

from typing import Annotated

from msgspec import Meta

from chalicelib.auth.permissions import Scope
from chalicelib.triggers.contract.shared import Examples, Input


class TokenIn(Input, frozen=True):
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=20)]
    expires_in: Annotated[int, Meta(ge=60, le=3600, description="Seconds.")] = 900


EXAMPLES: Examples = {
    TokenIn: [{"scopes": ["customers:read"], "expires_in": 900}],
}
