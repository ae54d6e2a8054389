"""Members of staff in the table, what they sign in with, and what was done about access."""

from datetime import date

from chalicelib.model.access import AccessEvent
from chalicelib.model.page import Page
from chalicelib.model.session import Session, SignInCode
from chalicelib.model.staff import Admins, StaffAddress, StaffMember
from chalicelib.storage import keys, table


def member(staff_id: str) -> StaffMember | None:
    """AP-46: by key."""
    found: StaffMember | None = table.row_at(keys.staff_member(staff_id))
    return found


def address(email: str) -> StaffAddress | None:
    """AP-46: who has this address, by key."""
    found: StaffAddress | None = table.row_at(keys.staff_address(email))
    return found


def admins() -> Admins | None:
    """AP-46: by key."""
    found: Admins | None = table.row_at(keys.ADMINS)
    return found


def members(after: str | None, limit: int) -> Page[StaffMember]:
    """AP-46: everybody of the staff, by address, over all shards."""
    shards = [keys.staff_shard(n) for n in range(keys.LIST_SHARDS)]
    found = table.listed_in_all(shards, after=after or "", newest_first=False, limit=limit)
    return table.page_of(found, limit)


def session(session_id: str) -> Session | None:
    """AP-47: by key."""
    found: Session | None = table.row_at(keys.session(session_id))
    return found


def code(code_id: str) -> SignInCode | None:
    """AP-47: by key."""
    found: SignInCode | None = table.row_at(keys.code(code_id))
    return found


def accesses_on(day: date, after: str | None, limit: int) -> Page[AccessEvent]:
    """AP-49: what was done about access on a day, newest first, over all shards."""
    found = [
        event
        for shard in range(keys.LIST_SHARDS)
        for event in table.entries(
            keys.access_shard(day, shard), keys.ACCESSES, after=keys.ACCESSES + after if after else None, limit=limit
        )
    ]
    newest = sorted(found, key=lambda event: event.id, reverse=True)[:limit]
    return Page(tuple(newest), newest[-1].id if len(newest) == limit else None)


def accesses_about(about: str, after: str | None, limit: int) -> Page[AccessEvent]:
    """AP-49: what was done about one member of staff, or one key, newest first."""
    found = table.listed(keys.accesses_about(about), after=after or "", newest_first=True, limit=limit)
    return table.page_of(found, limit)
