"""Every error Liana raises on purpose.

    HubError
    ├── Invalid          422      the caller's input is wrong; `pointer` names the field
    │   └── Malformed    400      it cannot even be read
    ├── Unauthenticated  401
    ├── Forbidden        403      known, but not allowed
    ├── NotFound         404
    ├── Moved            308      it has another name now: `to`
    ├── Conflict         409      the state does not allow it
    │   ├── HandleTaken  409      another customer has the handle
    │   └── KeyReused    422      the same idempotency key or event id came before with other content
    ├── Outdated         412      it changed since the caller saw it; the detail says what and by whom
    ├── Unconditional    428      it could overwrite what others did: say which edition was seen
    ├── TooLarge         413
    ├── Locked           423      it is there, and must not be opened
    ├── TooMany          429      more often than the caller may
    ├── Permanent        -        will never work: whoever can, records it on the row and is done
    └── Unavailable      503      may work later

`retryable` tells an API caller to try again, and an operator whether a failed message heals by itself. A queue
hands back every message that raised: nothing is dropped by a wrong guess, the dead letters keep what never works.
"""

from typing import ClassVar


class HubError(Exception):
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str, pointer: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer


class Invalid(HubError):
    status = 422
    title = "Invalid input"


class Malformed(Invalid):
    status = 400
    title = "Malformed request"


class Unauthenticated(HubError):
    status = 401
    title = "Not signed in"


class Forbidden(HubError):
    status = 403
    title = "Not allowed"


class NotFound(HubError):
    status = 404
    title = "Not found"


class Moved(HubError):
    """`to`: the slug it has now."""

    status = 308
    title = "Moved"

    def __init__(self, detail: str, to: str) -> None:
        super().__init__(detail)
        self.to = to


class Conflict(HubError):
    status = 409
    title = "Conflict"


class HandleTaken(Conflict):
    title = "Handle taken"


class KeyReused(Conflict):
    """As draft-ietf-httpapi-idempotency-key-header asks for."""

    status = 422
    title = "Key reused"


class Outdated(HubError):
    status = 412
    title = "Changed since"


class Unconditional(HubError):
    """As RFC 6585 asks for."""

    status = 428
    title = "Say what you saw"


class TooLarge(HubError):
    status = 413
    title = "Too large"


class Locked(HubError):
    status = 423
    title = "Locked"


class TooMany(HubError):
    status = 429
    title = "Too many requests"
    retryable = True


class Permanent(HubError):
    title = "Cannot be done"


class Unavailable(HubError):
    status = 503
    title = "Try again"
    retryable = True
