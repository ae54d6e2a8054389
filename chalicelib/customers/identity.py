"""Who is it? Handles are normalised here, once, so that one person never has two records for one address."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Invalid
from chalicelib.model.customer import HANDLE_KINDS, Customer, CustomerHint, Handle, HandleOwner
from chalicelib.model.tier import Standing

_PHONE_NOISE = re.compile(r"[\s().\-/]")
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_EMAIL = re.compile(r"[^\s@<>,;]{1,64}@[^\s@<>,;]{1,253}")
LONGEST_VALUE = 320
WORDS = ("name", "language", "time_zone")  # what whoever reports something may say of her in passing


def handle(kind: str, value: str) -> Handle:
    """The handle in its one form: email lower-cased, phone in E.164. Raises Invalid, saying what fits."""
    value = value.strip()
    if kind not in HANDLE_KINDS:
        raise Invalid(f"unknown kind of handle; use one of {', '.join(HANDLE_KINDS)}")
    if not value or len(value) > LONGEST_VALUE:
        raise Invalid(f"a handle has 1 to {LONGEST_VALUE} characters")
    if kind == "email":
        value = value.lower()
        if not _EMAIL.fullmatch(value):
            raise Invalid("an e-mail address looks like name@example.com")
    if kind == "phone":
        value = _PHONE_NOISE.sub("", value)
        if not _E164.fullmatch(value):
            raise Invalid("a phone number is written in E.164, with its country code: +49301234567")
    return Handle(kind, value)


def is_time_zone(name: str) -> bool:
    """Whether this is an IANA name. One that is not must never be stored: quiet hours and letters rely on it."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def first_met(hint: CustomerHint, lowest_tier: str, at: datetime) -> tuple[Customer, HandleOwner]:
    """A customer nobody knew, and the claim to her handle that makes her the only one.

    The id follows from the handle and the moment, so that a retry makes the same customer. Raises Invalid
    when there is no handle to know her by.
    """
    if hint.handle is None:
        raise Invalid("name the customer by a handle: email, phone, chat, external or device")
    customer = Customer(
        id=ids.derived_ulid(at, "customer", str(hint.handle)),
        created_at=at,
        handles=(hint.handle,),
        name=hint.name,
        language=hint.language,
        time_zone=hint.time_zone,
        standing=Standing(tier=lowest_tier, since=at),
    )
    return customer, HandleOwner(handle=hint.handle, customer_id=customer.id)


def better_known(customer: Customer, hint: CustomerHint) -> Customer:
    """What a new contact tells and we did not know; what is known stays. Where a fact knows better it is kept aside,
    for the day the fact is corrected."""
    for word in WORDS:
        told = str(getattr(hint, word))
        if told and word in customer.learnt and word not in customer.introduced:
            customer = replace(customer, introduced={**customer.introduced, word: told})
        elif told and not word_of(customer, word):
            customer = with_words(customer, {word: told})
    return customer


def word_of(customer: Customer, word: str) -> str:
    return str(getattr(customer, word))


def with_words(customer: Customer, words: Mapping[str, str]) -> Customer:
    """The customer with these of her WORDS."""
    name, language, time_zone = (words.get(word, word_of(customer, word)) for word in WORDS)
    return replace(customer, name=name, language=language, time_zone=time_zone)
