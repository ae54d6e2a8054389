"""What does a route ask of whoever comes? Each declares it, pages as well as the API; none is deployed without."""

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, TypeVar

from chalicelib.auth.permissions import Scope

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
