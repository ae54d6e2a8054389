"""What do segments and organisations tell, and who is in them?"""

import msgspec

from chalicelib.automation import data as of
from chalicelib.automation.events.told import Told
from chalicelib.model.organisation import Affiliation, Organisation
from chalicelib.model.segment import Member, Segment


def of_segment(old: Segment | None, new: Segment | None) -> list[Told]:
    one = new or old
    if one is None or (old and new and old.edition == new.edition):
        return []
    told = of.SegmentData(segment=one.id, state=one.state.value, edition=one.edition)
    return [Told("segment.saved" if new else "segment.deleted", told)]


def of_member(old: Member | None, new: Member | None) -> list[Told]:
    one = new or old
    if one is None or (old and new):
        return []
    return [Told("segment.joined" if new else "segment.left", of.SegmentData(segment=one.segment_id), one.customer_id)]


def of_organisation(old: Organisation | None, new: Organisation | None) -> list[Told]:
    one = new or old
    if one is None:
        return []
    told = of.OrganisationData(organisation_id=one.id, edition=one.edition)
    if old is None or new is None:
        return [Told("organisation.created" if new else "organisation.deleted", told)]
    changed = tuple(what for what in ("name", "external_id", "domains") if getattr(old, what) != getattr(new, what))
    return [Told("organisation.changed", msgspec.structs.replace(told, changed=changed))] if changed else []


def of_affiliation(old: Affiliation | None, new: Affiliation | None) -> list[Told]:
    told = []
    if old and not (new and new.organisation_id == old.organisation_id):
        told.append(
            Told("organisation.left", of.OrganisationData(organisation_id=old.organisation_id), old.customer_id)
        )
    if new and not (old and new.organisation_id == old.organisation_id):
        joined = of.OrganisationData(organisation_id=new.organisation_id)
        told.append(Told("organisation.joined", joined, new.customer_id))
    return told
