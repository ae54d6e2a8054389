"""Short-lived tokens."""

from datetime import datetime
from typing import Literal

from chalicelib.auth.permissions import Scope
from chalicelib.triggers.answers.shared import Output


class TokenOut(Output, frozen=True):
    token: str
    token_type: Literal["Bearer"]
    scopes: list[Scope]
    expires_at: datetime
