"""Campaigns, how far they are, and who is on their lists."""

from datetime import datetime

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.model.campaign import KEPT as CAMPAIGN_KEPT
from chalicelib.model.campaign import LIST_KEPT, Campaign, CampaignPart, ListChunk
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf, SparseMapOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row


class CampaignRow(Row, discriminator="campaign"):
    model = Campaign
    id = UnicodeAttribute()
    title = UnicodeAttribute()
    play = UnicodeAttribute()
    edition = NumberAttribute(null=True)
    given = MapOf(null=True)
    context = MapOf(null=True)
    reason = UnicodeAttribute()
    audience = SparseMapOf()
    listing = MapOf(null=True)
    rate = NumberAttribute()
    preparers = ListOf(null=True)
    starts_at = UnicodeAttribute(null=True)
    deadline = UnicodeAttribute()
    state = UnicodeAttribute()
    why = UnicodeAttribute(null=True)
    prepared_by = UnicodeAttribute()
    prepared_at = UnicodeAttribute()
    submitted_at = UnicodeAttribute(null=True)
    approved_by = UnicodeAttribute(null=True)
    approved_at = UnicodeAttribute(null=True)
    begun_at = UnicodeAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    expected = NumberAttribute(null=True)
    parts = NumberAttribute(null=True)
    forgiven = MapOf(null=True)
    turn = NumberAttribute(null=True)
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Campaign) -> Key:
        return keys.campaign(thing.id)

    @classmethod
    def due_place(cls, thing: Campaign) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.next_look_at) if thing.next_look_at else None

    @classmethod
    def list_place(cls, thing: Campaign) -> Key | None:
        return keys.campaign_by_age(thing.id)

    @classmethod
    def expiry_of(cls, thing: Campaign) -> datetime:
        return thing.prepared_at + CAMPAIGN_KEPT


class CampaignPartRow(Row, discriminator="campaign_part"):
    model = CampaignPart
    campaign_id = UnicodeAttribute()
    number = NumberAttribute()
    begun_at = UnicodeAttribute()
    after = UnicodeAttribute(null=True)
    seen = NumberAttribute(null=True)
    saved = NumberAttribute(null=True)
    paced_at = UnicodeAttribute()
    next_at = UnicodeAttribute(null=True)
    turn = NumberAttribute(null=True)
    done = BooleanAttribute(null=True)

    @classmethod
    def key_of(cls, thing: CampaignPart) -> Key:
        return keys.campaign_part(thing.campaign_id, thing.number)

    @classmethod
    def due_place(cls, thing: CampaignPart) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.next_at) if thing.next_at else None

    @classmethod
    def expiry_of(cls, thing: CampaignPart) -> datetime:
        return thing.begun_at + CAMPAIGN_KEPT


class ListChunkRow(Row, discriminator="list_chunk"):
    model = ListChunk
    campaign_id = UnicodeAttribute()
    number = NumberAttribute()
    at = UnicodeAttribute()
    customers = ListOf(null=True)
    missed = ListOf(null=True)

    @classmethod
    def key_of(cls, thing: ListChunk) -> Key:
        return keys.list_chunk(thing.campaign_id, thing.number)

    @classmethod
    def expiry_of(cls, thing: ListChunk) -> datetime:
        return thing.at + LIST_KEPT
