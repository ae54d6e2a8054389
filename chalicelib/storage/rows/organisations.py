"""Organisations, what they are known by, and who belongs to them."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.model.organisation import Affiliation, Organisation, OrganisationMark
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row


class OrganisationRow(Row, discriminator="organisation"):
    model = Organisation
    id = UnicodeAttribute()
    name = UnicodeAttribute()
    external_id = UnicodeAttribute(null=True)
    domains = ListOf(null=True)
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()
    edition = NumberAttribute()

    @classmethod
    def key_of(cls, thing: Organisation) -> Key:
        return keys.organisation(thing.id)

    @classmethod
    def list_place(cls, thing: Organisation) -> Key:
        return keys.organisation_by_age(thing.id)


class OrganisationMarkRow(Row, discriminator="organisation_mark"):
    model = OrganisationMark
    what = UnicodeAttribute()
    value = UnicodeAttribute()
    organisation_id = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: OrganisationMark) -> Key:
        return keys.organisation_mark(thing.what, thing.value)


class AffiliationRow(Row, discriminator="affiliation"):
    model = Affiliation
    customer_id = UnicodeAttribute()
    organisation_id = UnicodeAttribute()
    since = UnicodeAttribute()
    by = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Affiliation) -> Key:
        return keys.affiliation(thing.customer_id)

    @classmethod
    def list_place(cls, thing: Affiliation) -> Key:
        return Key(keys.members_of(thing.organisation_id), thing.customer_id)
