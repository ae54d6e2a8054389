"""What does a route ask of whoever comes? Each declares it, pages as well as the API; none is deployed without."""

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, TypeVar

from chalicelib.auth.permissions import Principal, Scope
from chalicelib.auth.teams import Teams

F = TypeVar("F", bound=Callable[..., Any])
_DECLARED = "liana_permission"


class Open(Enum):
    """Who may come without signing in."""

    PUBLIC = "public"  # everybody
    BY_LINK = "by link"  # whoever has the address: what is in it is the permission


Permission = Scope | Open


def declares(view: F, permission: Permission) -> F:
    """Says of a route's function what it asks for."""
    setattr(view, _DECLARED, permission)
    return view


def permission_of(view: Callable[..., Any]) -> Permission | None:
    found: Permission | None = getattr(view, _DECLARED, None)
    return found


def demand_permissions(routes: Iterable[tuple[str, str, Callable[..., Any]]]) -> None:
    """Raises TypeError, naming each, for routes (method, path, view) that declare nothing: so nothing is packaged."""
    missing = [f"{method} {path}" for method, path, view in routes if permission_of(view) is None]
    if missing:
        raise TypeError(f"these routes declare no permission: {', '.join(missing)}")


class Verdict(Enum):
    """What becomes of a request, as far as who may do what decides it."""

    SERVED = "yes"
    OWN = "own"  # what is the caller's own, and nothing else
    LEFT_OUT = "left out"  # a list comes without it
    HIDDEN = "404"  # as if it did not exist
    FORBIDDEN = "403"
    UNKNOWN = "401"


def verdict(permission: Permission, teams: Teams, caller: Principal | None, *, foreign: bool = False) -> Verdict:
    """What a route tells this caller; `foreign`: about a customer of another team than hers."""
    if isinstance(permission, Open):
        return Verdict.SERVED
    if caller is None:
        return Verdict.UNKNOWN
    if permission.value not in caller.scopes:
        return Verdict.FORBIDDEN
    return _of_team(teams, foreign=foreign) if caller.team else _OF_ALL.get(teams, Verdict.SERVED)


_OF_ALL = {Teams.OWN: Verdict.OWN}


def _of_team(teams: Teams, *, foreign: bool) -> Verdict:
    """What a caller of one team gets who has the scope."""
    match teams:
        case Teams.OWN:
            return Verdict.OWN
        case Teams.ALL_TEAMS_ONLY:
            return Verdict.FORBIDDEN
        case Teams.FILTERED:
            return Verdict.LEFT_OUT if foreign else Verdict.SERVED
        case Teams.NOT_ABOUT_ANYBODY:
            return Verdict.SERVED
    return Verdict.HIDDEN if foreign else Verdict.SERVED
