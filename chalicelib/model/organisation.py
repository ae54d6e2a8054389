"""An organisation: several customers who belong together, a company for one."""

from dataclasses import dataclass
from datetime import datetime

MARKS = ("external", "domain")  # what an organisation is known by


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """`edition` counts its changes: that is what two editors must agree on."""

    id: str
    name: str
    external_id: str = ""  # the company's own id of it
    domains: tuple[str, ...] = ()  # of mail addresses of its people
    created_at: datetime
    updated_at: datetime
    updated_by: str
    edition: int = 1
    version: int | None = None

    @property
    def marks(self) -> tuple[tuple[str, str], ...]:
        """Kinds and values no other organisation has."""
        external = (("external", self.external_id),) if self.external_id else ()
        return (*external, *(("domain", domain) for domain in self.domains))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationMark:
    """Whose mark it is; stored under the mark, so that each has one organisation."""

    what: str  # one of MARKS
    value: str
    organisation_id: str
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Affiliation:
    """That a record of a customer belongs to an organisation, one at a time. A merge leaves it: her row says which
    organisation the person belongs to."""

    customer_id: str
    organisation_id: str
    since: datetime
    by: str
    version: int | None = None
