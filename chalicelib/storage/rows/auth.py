"""Who comes in: staff, machines, sessions, and what was done about who may do what."""

from datetime import datetime, timedelta

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib import configuration
from chalicelib.model.access import AccessEvent
from chalicelib.model.machine import MachineKey
from chalicelib.model.session import CallRate, Session, SignInCode
from chalicelib.model.staff import Admins, StaffAddress, StaffMember
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row, kept_until

CODE_KEPT = timedelta(hours=1)  # for the clock of whoever asks; the code itself ends before
RATE_KEPT = timedelta(hours=1)


class StaffRow(Row, discriminator="staff"):
    model = StaffMember
    id = UnicodeAttribute()
    email = UnicodeAttribute()
    name = UnicodeAttribute()
    role = UnicodeAttribute()
    team = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    time_zone = UnicodeAttribute(null=True)
    active = BooleanAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    signed_out_at = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()
    edition = NumberAttribute()

    @classmethod
    def key_of(cls, thing: StaffMember) -> Key:
        return keys.staff_member(thing.id)

    @classmethod
    def list_place(cls, thing: StaffMember) -> Key:
        return keys.staff_by_email(thing.id, thing.email)


class StaffAddressRow(Row, discriminator="staff_address"):
    model = StaffAddress
    email = UnicodeAttribute()
    staff_id = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: StaffAddress) -> Key:
        return keys.staff_address(thing.email)


class AdminsRow(Row, discriminator="admins"):
    model = Admins
    ids = ListOf(null=True)

    @classmethod
    def key_of(cls, _thing: Admins) -> Key:
        return keys.ADMINS


class SessionRow(Row, discriminator="session"):
    model = Session
    id = UnicodeAttribute()
    audience = UnicodeAttribute()
    subject_id = UnicodeAttribute()
    secret_hash = UnicodeAttribute()
    created_at = UnicodeAttribute()
    seen_at = UnicodeAttribute()
    ends_at = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Session) -> Key:
        return keys.session(thing.id)

    @classmethod
    def expiry_of(cls, thing: Session) -> datetime:
        return thing.ends_at


class SignInCodeRow(Row, discriminator="sign_in_code"):
    model = SignInCode
    id = UnicodeAttribute()
    audience = UnicodeAttribute()
    subject_id = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    key_id = UnicodeAttribute()
    language = UnicodeAttribute(null=True)
    at = UnicodeAttribute()
    tries = NumberAttribute(null=True)
    sent_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: SignInCode) -> Key:
        return keys.code(thing.id)

    @classmethod
    def expiry_of(cls, thing: SignInCode) -> datetime:
        return thing.at + CODE_KEPT


class CallRateRow(Row, discriminator="call_rate"):
    model = CallRate
    what = UnicodeAttribute()
    window = UnicodeAttribute()
    calls = NumberAttribute(null=True)

    def addition(self) -> list[Action]:
        return [
            CallRateRow.kind.set(self.kind),
            CallRateRow.what.set(self.what),
            CallRateRow.window.set(self.window),
            CallRateRow.expires_at.set(self.expires_at),
            CallRateRow.calls.add(self.calls),
        ]

    @classmethod
    def key_of(cls, thing: CallRate) -> Key:
        return keys.rate(thing.what, thing.window)

    @classmethod
    def expiry_of(cls, thing: CallRate) -> datetime:
        return thing.window + RATE_KEPT


class MachineKeyRow(Row, discriminator="machine"):
    model = MachineKey
    id = UnicodeAttribute()
    name = UnicodeAttribute()
    scopes = ListOf()
    secret_hash = UnicodeAttribute()
    created_at = UnicodeAttribute()
    role = UnicodeAttribute(null=True)
    team = UnicodeAttribute(null=True)
    revoked_at = UnicodeAttribute(null=True)
    per_minute = NumberAttribute(null=True)
    before_hash = UnicodeAttribute(null=True)
    before_until = UnicodeAttribute(null=True)
    rotated_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: MachineKey) -> Key:
        return keys.machine(thing.id)

    @classmethod
    def list_place(cls, thing: MachineKey) -> Key:
        return keys.machine_by_age(thing.id)


class AccessRow(Row, discriminator="access"):
    model = AccessEvent
    id = UnicodeAttribute()
    at = UnicodeAttribute()
    what = UnicodeAttribute()
    by = UnicodeAttribute()
    about = UnicodeAttribute()
    detail = MapOf(null=True)

    @classmethod
    def key_of(cls, thing: AccessEvent) -> Key:
        return keys.access(thing.at, thing.id)

    @classmethod
    def list_place(cls, thing: AccessEvent) -> Key:
        return keys.access_about(thing.about, thing.id)

    @classmethod
    def expiry_of(cls, thing: AccessEvent) -> datetime | None:
        return kept_until(thing.at, configuration.retention().access)
