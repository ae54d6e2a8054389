"""A reported fact, from the contract's words to the model's, whichever way it came."""

from datetime import datetime

import msgspec

from chalicelib.model.customer import CustomerHint
from chalicelib.model.fact import FactKind, FactReport
from chalicelib.model.money import Money
from chalicelib.triggers.contract.facts import CorrectionFact, FactBase, FactIn, TraitFact
from chalicelib.triggers.decoding import decode, fingerprint
from chalicelib.triggers.given import read_handle, read_moment


def read_fact(raw: bytes) -> FactBase:
    """Raises Malformed when it is not JSON, Invalid, naming the place, when it is no fact of ours."""
    fact: FactBase = decode(raw, FactIn)
    return fact


def report_of(fact: FactBase, raw: bytes, *, source: str, at: datetime) -> FactReport:
    """What is recorded of it. `source` is who reports it: event ids are its own. `raw` is the fact as it came, which
    a repetition must equal; `at` is now. Raises Invalid."""
    data = msgspec.to_builtins(getattr(fact, "data", None)) or {}
    amount, margin = (Money(**found) if (found := data.pop(name, None)) else None for name in ("amount", "margin"))
    if amount:
        data |= {"amount_minor": amount.minor, "currency": amount.currency}
    if isinstance(fact, TraitFact):
        data = {**fact.data.set, **dict.fromkeys(fact.data.remove, "")}
    who = fact.customer
    return FactReport(
        receipt_key=_receipt_key(source, fact.event_id),
        fingerprint=fingerprint(raw),
        customer=CustomerHint(
            customer_id=who.customer_id,
            handle=read_handle(*who.handle) if who.handle else None,
            name=who.name,
            language=who.language,
            time_zone=who.time_zone,
        ),
        what=FactKind(fact.__struct_config__.tag),
        occurred_at=read_moment(fact.occurred_at, at),
        amount=amount,
        margin=margin,
        data={name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in data.items()},
        corrects=_receipt_key(source, fact.data.corrects) if isinstance(fact, CorrectionFact) else "",
    )


def _receipt_key(source: str, event_id: str) -> str:
    # Names of keys have neither sign; those of sources may, and must not run into the event's id.
    return f"fact:{source.replace('%', '%25').replace(':', '%3A')}:{event_id}"
