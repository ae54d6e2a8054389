"""What do customers tell, whose handle is whose, and what is recorded of them?"""

from chalicelib.automation import data as of
from chalicelib.automation.events.told import Told, points
from chalicelib.model.customer import Customer, HandleOwner
from chalicelib.model.fact import Fact
from chalicelib.model.merge import Merge
from chalicelib.model.privacy import Erasure


def of_customer(old: Customer | None, new: Customer | None) -> list[Told]:
    if new is None:
        return []  # customer.erased tells it
    if old is None:
        return [_customer("customer.created", new)]
    told = []
    if old.tier != new.tier:
        told.append(_tier("customer.tier_changed", new, old))
    if old.standing.pinned_until != new.standing.pinned_until:
        told.append(_tier("customer.tier_pinned", new, old))
    if old.team != new.team:
        told.append(_customer("customer.team_changed", new))
    if changed := tuple(what for what in _OF_A_CUSTOMER if getattr(old, what) != getattr(new, what)):
        told.append(_customer("customer.changed", new, changed))
    return told


_OF_A_CUSTOMER = (
    "name",
    "language",
    "time_zone",
    "consents",
    "suppressed",
    "traits",
    "handles",
    "organisation_id",
    "not_before",
)


def _customer(name: str, customer: Customer, changed: tuple[str, ...] = ()) -> Told:
    told = of.CustomerData(
        tier=customer.tier,
        language=customer.language,
        time_zone=customer.time_zone,
        team=customer.team,
        organisation_id=customer.organisation_id,
        merged_into=customer.merged_into,
        handles=len(customer.handles),
        open_cases=len(customer.open_cases),
        changed=changed,
    )
    return Told(name, told, customer.id)


def _tier(name: str, customer: Customer, was: Customer) -> Told:
    standing = customer.standing
    told = of.TierData(tier=standing.tier, was=was.tier, at=standing.since, pinned_until=standing.pinned_until)
    return Told(name, told, customer.id)


def of_handle(old: HandleOwner | None, new: HandleOwner | None) -> list[Told]:
    if new is None:
        return [Told("handle.removed", of.HandleData(kind=old.handle.kind), old.customer_id)] if old else []
    if old is None:
        return [Told("handle.added", of.HandleData(kind=new.handle.kind), new.customer_id)]
    if old.customer_id == new.customer_id:
        return []
    return [Told("handle.moved", of.HandleData(kind=new.handle.kind, was_of=old.customer_id), new.customer_id)]


def of_fact(old: Fact | None, new: Fact | None) -> list[Told]:
    if new is None:
        return []
    told = of.FactData(
        fact_id=new.id,
        what=new.what.value,
        occurred_at=new.occurred_at,
        margin=new.margin.minor if new.margin else None,
        currency=new.margin.currency if new.margin else "",
        value_index=points(new.index),
        corrected_by=new.corrected_by,
    )
    names = [] if old else ["fact.recorded"]
    if new.corrected_by and not (old and old.corrected_by):
        names.append("fact.corrected")
    return [Told(name, told, new.customer_id) for name in names]


def of_merge(old: Merge | None, new: Merge | None) -> list[Told]:
    if new is None or (old and (old.undone_at or not new.undone_at)):
        return []
    told = of.MergeData(merge_id=new.id, survivor_id=new.survivor.id, absorbed_id=new.absorbed.id)
    return [Told("customer.unmerged" if new.undone_at else "customer.merged", told, new.survivor.id)]


def of_erasure(old: Erasure | None, new: Erasure | None) -> list[Told]:
    """At the moment she is a new customer; when all is done the row does not know any more who she was."""
    if new is None or not new.forgotten_at or (old and old.forgotten_at):
        return []
    named = new if new.customer_id else old or new
    return [Told("customer.erased", of.ErasureData(erasure_id=new.id, records=tuple(named.records)), named.customer_id)]
