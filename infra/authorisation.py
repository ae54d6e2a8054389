"""Who may do what, route by route: `python -m infra.authorisation > docs/authorisation.md` writes that page.

Made from what the routes declare, which is what is enforced; a test sends every one of them as every role.
"""

from collections.abc import Iterator, Mapping

from app import app
from chalicelib.auth.access import Open, Permission, permission_of, verdict
from chalicelib.auth.permissions import OF_CUSTOMERS, Principal, Role, Scope
from chalicelib.auth.teams import Teams
from chalicelib.triggers import api
from chalicelib.triggers.http import Operation

_HEAD = """\
# Authorisation

Who may do what, route by route. This page is made from what the routes declare, which is what is enforced:
`python -m infra.authorisation > docs/authorisation.md` writes it anew, and a test says when it is not current. Another
test sends every endpoint as each of these callers, about a customer of her team, of nobody's and of another team.

An agent, lead, analyst or admin here has a team; *admin, all* is an admin of all teams. Each cell is told of a customer
of her team, or everybody's; behind the slash of another team's.

| cell | means |
|---|---|
| yes | she may |
| own | what is her own, and nothing else |
| left out | lists come without it |
| 404 | answered as if it did not exist |
| 403 | she may not |
| 401 | not signed in: a page leads to the sign-in page instead |

"""


def holders() -> dict[str, Principal | None]:
    """Each kind of caller there is; None: nobody."""

    def member(role: Role, team: str) -> Principal:
        scopes = frozenset(scope.value for scope in {*role.scopes, Scope.SESSION_OWN})
        return Principal(key_id="s", name="Tom", scopes=scopes, team=team, staff_id="s")

    hers = frozenset(scope.value for scope in OF_CUSTOMERS)
    return {
        **{role.value: member(role, "north") for role in Role},
        "admin, all": member(Role.ADMIN, ""),
        "key without the scope": Principal(key_id="k", name="shop", scopes=frozenset()),
        "customer": Principal(key_id="c", name="customer", scopes=hers, customer_id="c"),
        "nobody": None,
    }


def page() -> str:
    people = holders()
    lines = [f"| route | asks for | {' | '.join(people)} |", "|---|---|" + "---|" * len(people)]
    for route, permission, teams in routes():
        cells = [_cell(permission, teams, caller) for caller in people.values()]
        asks = permission.value if isinstance(permission, Scope) else permission.value.replace("_", " ")
        lines.append(f"| `{route}` | {f'`{asks}`' if isinstance(permission, Scope) else asks} | {' | '.join(cells)} |")
    return _HEAD + "\n".join(lines) + "\n"


def routes() -> Iterator[tuple[str, Permission, Teams]]:
    """Every route of the API and every page, by path, with what it declares."""
    declared: Mapping[tuple[str, str], Operation] = {(each.method, each.path): each for each in api.api.operations}
    for path, methods in sorted(app.routes.items()):
        for method, entry in sorted(methods.items()):
            operation = declared.get((method, path))
            permission = permission_of(entry.view_function) or Open.PUBLIC
            teams = operation.teams if operation else _teams_of_page(permission)
            yield f"{method} {path}", permission, teams


def _teams_of_page(permission: Permission) -> Teams:
    return Teams.OWN if isinstance(permission, Scope) else Teams.NOT_ABOUT_ANYBODY


def _cell(permission: Permission, teams: Teams, caller: Principal | None) -> str:
    near, far = (verdict(permission, teams, caller, foreign=foreign) for foreign in (False, True))
    return near.value if near is far else f"{near.value} / {far.value}"


if __name__ == "__main__":
    print(page(), end="")
