"""Who a customer is, merges and matches."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, field

from chalicelib.model.customer import Customer, Handle
from chalicelib.model.merge import Merge
from chalicelib.triggers.answers.shared import Links, Output


class HandleOut(Output, frozen=True):
    kind: Literal["email", "phone", "chat", "external", "device"]
    value: str

    @classmethod
    def of(cls, handle: Handle) -> "HandleOut":
        return cls(kind=handle.kind, value=handle.value)  # type: ignore[arg-type]  # identity.handle makes no others


class ConsentOut(Output, frozen=True):
    channel: str
    purpose: str
    granted: bool
    at: datetime
    proof: str


class CustomerOut(Output, frozen=True):
    id: str
    name: str
    language: str
    language_chosen: Annotated[bool, Meta(description="She or an agent chose it; what she writes in counts no more.")]
    time_zone: str
    handles: list[HandleOut]
    tier: str
    value_index: Annotated[float, Meta(description="0 to 100: how many customers are likely to bring less.")]
    traits: Annotated[Mapping[str, str], Meta(description="What your systems told of her, by name.")]
    consents: list[ConsentOut]
    suppressed: Annotated[list[str], Meta(description="Addresses nothing is sent to.")]
    blocked: Annotated[str, Meta(description="Why nobody contacts her first; empty: she may be, if she agreed.")]
    not_before: Annotated[datetime | None, Meta(description="She asked not to be contacted first until then.")]
    team: Annotated[str, Meta(description="The team that serves her; empty: everybody.")]
    open_cases: list[str]
    recovery: Annotated[str, Meta(description="The id of the open recovery; empty: there is none.")]
    organisation_id: Annotated[str, Meta(description="Where she belongs; empty: nowhere.")]
    absorbed: Annotated[list[str], Meta(description="Ids of customers who turned out to be her; they lead here.")]
    merges: Annotated[list[str], Meta(description="Ids of the merges that made it so; the last can be undone.")]
    created_at: datetime
    links: Links = field(name="_links")

    @classmethod
    def of(cls, customer: Customer, value_index: float, links: dict[str, str]) -> "CustomerOut":
        consents = []
        for key, said in sorted(customer.consents.items()):
            channel, _, purpose = key.partition("/")
            consents.append(
                ConsentOut(channel=channel, purpose=purpose, granted=said.granted, at=said.at, proof=said.proof)
            )
        return cls(
            id=customer.id,
            name=customer.name,
            language=customer.language,
            language_chosen=customer.language_chosen,
            time_zone=customer.time_zone,
            handles=[HandleOut.of(handle) for handle in customer.handles],
            tier=customer.tier,
            value_index=value_index,
            traits=customer.traits,
            consents=consents,
            suppressed=sorted(customer.suppressed),
            blocked=customer.blocked,
            not_before=customer.not_before,
            team=customer.team,
            open_cases=sorted(customer.open_cases),
            recovery=customer.recovery,
            organisation_id=customer.organisation_id,
            absorbed=list(customer.absorbed),
            merges=list(customer.merges),
            created_at=customer.created_at,
            links=links,
        )


class SplitOut(Output, frozen=True):
    """A handle is a customer of its own: who she is, and who is left."""

    customer_id: str
    left: str
    links: Links = field(name="_links")


class MergeOut(Output, frozen=True):
    """Two customers are one, on somebody's word, until it is undone."""

    id: str
    into: Annotated[str, Meta(description="The customer who remains.")]
    absorbed: Annotated[str, Meta(description="Her id still leads to the other.")]
    at: datetime
    by: str
    reason: str
    undone_at: datetime | None
    undone_by: str
    undone_because: str
    links: Links = field(name="_links")

    @classmethod
    def of(cls, merge: Merge, links: dict[str, str]) -> "MergeOut":
        return cls(
            id=merge.id,
            into=merge.survivor.id,
            absorbed=merge.absorbed.id,
            at=merge.at,
            by=merge.by,
            reason=merge.reason,
            undone_at=merge.undone_at,
            undone_by=merge.undone_by,
            undone_because=merge.undone_because,
            links=links,
        )


class MatchOut(Output, frozen=True):
    """A customer who may be the same person."""

    customer_id: str
    name: str
    reasons: Annotated[list[str], Meta(description="The strongest first.")]
    strong: Annotated[bool, Meta(description="At least one reason is more than a resemblance.")]
    links: Links = field(name="_links")


class MatchesOut(Output, frozen=True):
    """The strongest first. Nothing is merged unless somebody says so."""

    items: list[MatchOut]
