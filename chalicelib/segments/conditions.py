"""Does a customer belong to a segment, and until when? Only what her own row knows is asked."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from chalicelib.model.customer import Customer, Lately, consent_key
from chalicelib.model.segment import About, Condition, Definition, Stage
from chalicelib.model.value import ValueState

NEW_FOR = timedelta(days=30)  # from her first purchase
SILENT = timedelta(days=91)  # 13 weeks: half of what her last purchase says of her is gone
AT_RISK_AFTER = 2  # of her own mean intervals between purchases, at least SILENT
LAPSED_AFTER = 4  # and at least twice SILENT

_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def matches(definition: Definition, customer: Customer, index: float, now: datetime) -> bool:
    """Whether she belongs to it. `index` is her value index, 0 to 100."""

    def holds(condition: Condition) -> bool:
        return _holds(condition, customer, index, now)

    if not all(map(holds, definition.all)) or any(map(holds, definition.none)):
        return False
    return not definition.any or any(map(holds, definition.any))


def when(definition: Definition, customer: Customer, index: float, now: datetime) -> datetime | None:
    """The first moment after now at which time alone changes whether she belongs to it; None: never."""
    belongs = matches(definition, customer, index, now)
    moments = {moment for c in definition.conditions for moment in _moments(c, customer) if now < moment < _LATEST}
    return next((at for at in sorted(moments) if matches(definition, customer, index, at) != belongs), None)


def stage(value: ValueState, now: datetime) -> Stage:
    """Where she stands: who buys once a year is not at risk after three months."""
    if value.purchases < 1 or value.first is None or value.last is None:
        return Stage.NEVER_BOUGHT
    if now < value.first + NEW_FOR:
        return Stage.NEW
    at_risk, lapsed = _silent_from(value)
    if now >= lapsed:
        return Stage.LAPSED
    return Stage.AT_RISK if now >= at_risk else Stage.ACTIVE


def speaks_of(condition: Condition) -> tuple[str, ...]:
    """The attributes of a customer's row on which it depends; of one that is a map, with the key behind a dot."""
    match condition.about:
        case About.TRAIT:
            return (f"traits.{condition.name}",)
        case About.CONSENT:
            return (f"consents.{consent_key(condition.channel, condition.purpose)}",)
    return _SPEAKS_OF[condition.about]


_LATELY = {
    About.LAST_CONTACT: Lately.CONTACT.value,
    About.LAST_VISIT: Lately.VISIT.value,
    About.LAST_USAGE: Lately.USAGE.value,
    About.LAST_REFUND: Lately.REFUND.value,
    About.LAST_CANCELLATION: Lately.CANCELLED.value,
}  # what she did, as her row remembers it
_SPEAKS_OF: dict[About, tuple[str, ...]] = {
    **{about: (f"lately.{what}",) for about, what in _LATELY.items()},
    About.TIER: ("standing.tier",),
    About.VALUE_INDEX: ("value",),
    About.STAGE: ("value.purchases", "value.first", "value.last"),
    About.PURCHASES: ("value.purchases",),
    About.FIRST_PURCHASE: ("value.purchases", "value.first"),
    About.LAST_PURCHASE: ("value.purchases", "value.last"),
    About.KNOWN_SINCE: ("created_at",),
    About.NOTIFIED: ("notices_sent",),
    About.OPEN_CASE: ("open_cases",),
    About.LANGUAGE: ("language",),
    About.TIME_ZONE: ("time_zone",),
    About.HANDLE: ("handles",),
    About.ORGANISATION: ("organisation_id",),
}


def _holds(condition: Condition, customer: Customer, index: float, now: datetime) -> bool:
    if rule := _RULES.get(condition.about):
        return rule(condition, customer)
    match condition.about:
        case About.VALUE_INDEX:
            below = condition.below is None or index < condition.below
            return index >= (condition.at_least or 0) and below
        case About.STAGE:
            return stage(customer.value, now).value in condition.one_of
        case About.TRAIT if not _is_timed(condition):
            told = customer.traits.get(condition.name, "")
            return told in condition.one_of if condition.one_of else bool(told)
    moment = _moment(condition, customer)
    if moment is None:
        return False
    begin, end = _span(condition, moment)
    return begin <= now < end


def _purchases(condition: Condition, customer: Customer) -> bool:
    at_most = condition.at_most is None or customer.value.purchases <= condition.at_most
    return customer.value.purchases >= (condition.at_least or 0) and at_most


def _open_case(condition: Condition, customer: Customer) -> bool:
    topics = customer.open_cases.values()
    return any(topic in condition.one_of for topic in topics) if condition.one_of else bool(topics)


def _consent(condition: Condition, customer: Customer) -> bool:
    said = customer.consents.get(consent_key(condition.channel, condition.purpose))
    return said is not None and said.granted


def _language(condition: Condition, customer: Customer) -> bool:
    """A language without a region or script stands for all of its kinds."""
    hers = customer.language.lower()
    return any(hers == tag.lower() or hers.startswith(f"{tag.lower()}-") for tag in condition.one_of)


def _organisation(condition: Condition, customer: Customer) -> bool:
    return customer.organisation_id in condition.one_of if condition.one_of else bool(customer.organisation_id)


_RULES: dict[About, Callable[[Condition, Customer], bool]] = {
    About.TIER: lambda condition, customer: customer.tier in condition.one_of,
    About.PURCHASES: _purchases,
    About.OPEN_CASE: _open_case,
    About.CONSENT: _consent,
    About.LANGUAGE: _language,
    About.TIME_ZONE: lambda condition, customer: customer.time_zone in condition.one_of,
    About.HANDLE: lambda condition, customer: any(handle.kind in condition.one_of for handle in customer.handles),
    About.ORGANISATION: _organisation,
}


# ── What time changes ─────────────────────────────────────────────────────────────────────────────


def _is_timed(condition: Condition) -> bool:
    return any(days is not None for days in (condition.within_days, condition.older_than_days, condition.in_next_days))


def _moments(condition: Condition, customer: Customer) -> Iterable[datetime]:
    """When it may begin or cease to hold."""
    if condition.about is About.STAGE:
        value = customer.value
        if value.first is None or value.last is None:
            return ()
        return (value.first + NEW_FOR, *_silent_from(value))
    moment = _moment(condition, customer) if _is_timed(condition) else None
    return _span(condition, moment) if moment else ()


def _moment(condition: Condition, customer: Customer) -> datetime | None:
    """What a condition counts days from."""
    if what := _LATELY.get(condition.about):
        return customer.lately.get(what)
    bought = customer.value.purchases > 0
    match condition.about:
        case About.FIRST_PURCHASE:
            return customer.value.first if bought else None
        case About.LAST_PURCHASE:
            return customer.value.last if bought else None
        case About.KNOWN_SINCE:
            return customer.created_at
        case About.NOTIFIED:
            return max(customer.notices_sent, default=None)
    return _read_moment(customer.traits.get(condition.name, ""))


def _read_moment(text: str) -> datetime | None:
    """A date is its first moment in UTC."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _span(condition: Condition, moment: datetime) -> tuple[datetime, datetime]:
    """From when until before when it holds."""
    if condition.within_days is not None:
        return moment, _later(moment, condition.within_days)
    if condition.older_than_days is not None:
        return _later(moment, condition.older_than_days), _LATEST
    return _later(moment, -(condition.in_next_days or 0)), moment


def _later(moment: datetime, days: int) -> datetime:
    try:
        return moment + timedelta(days=days)
    except OverflowError:
        return _LATEST if days > 0 else _EARLIEST


def _silent_from(value: ValueState) -> tuple[datetime, datetime]:
    """When she is at risk, and when lapsed, should she not buy again."""
    if value.first is None or value.last is None:
        return _LATEST, _LATEST
    usual = (value.last - value.first) / max(value.repeats, 1)
    at_risk, lapsed = max(SILENT, AT_RISK_AFTER * usual), max(2 * SILENT, LAPSED_AFTER * usual)
    return _plus(value.last, at_risk), _plus(value.last, lapsed)


def _plus(moment: datetime, span: timedelta) -> datetime:
    try:
        return moment + span
    except OverflowError:
        return _LATEST
