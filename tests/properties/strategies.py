"""Domain objects of every shape hypothesis can think of."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args, get_type_hints

from hypothesis import strategies as st

from chalicelib.model.arrival import Arrival
from chalicelib.model.case import CaseStatus, PromiseKind, PromiseState
from chalicelib.model.customer import HANDLE_KINDS, Consent, Handle
from chalicelib.model.trust import Trust
from chalicelib.model.value import ValueState
from tests.factories import ANN, CASE_ID, NOON, make_arrival, make_case, make_customer, make_promise

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Whole milliseconds of 110 years, from 1990 on.
MOMENTS = st.integers(631152000000, 4102444800000).map(lambda ms: EPOCH + timedelta(milliseconds=ms))
WORDS = st.text(min_size=1, max_size=20)
HANDLES = st.builds(Handle, st.sampled_from(HANDLE_KINDS), WORDS)

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(datetime, MOMENTS)  # moments as the house keeps them
st.register_type_strategy(Mapping, lambda hint: st.dictionaries(*map(_part_of, get_args(hint)), max_size=3))


def _part_of(hint: Any) -> st.SearchStrategy[Any]:
    """A key or value of a mapping; of one that may hold anything, what JSON has."""
    return st.text(max_size=9) | st.integers(-(2**40), 2**40) | st.booleans() if hint is Any else st.from_type(hint)


def things(model: type) -> st.SearchStrategy[Any]:
    """Any object of a model; fields it cannot do without are not empty."""
    hints = get_type_hints(model)
    needed = [f.name for f in fields(model) if f.default is MISSING and f.default_factory is MISSING]
    return st.builds(model, **{name: _not_empty(hints[name]) for name in needed})


def _not_empty(hint: Any) -> st.SearchStrategy[Any]:
    found = st.from_type(hint)
    return found.filter(lambda value: value not in ("", (), {}))


CUSTOMERS = st.builds(
    make_customer,
    handles=st.lists(st.just(ANN) | HANDLES, max_size=2).map(tuple),
    tier=st.sampled_from(["standard", "gold", "renamed"]),
    value=st.builds(
        ValueState,
        purchases=st.integers(0, 9),
        margin=st.integers(-(10**6), 10**6),
        recent=st.integers(0, 2**50),
        service=st.integers(0, 2**50),
        first=st.none() | MOMENTS,
        last=st.none() | MOMENTS,
    ),
    suppressed=st.just({}) | st.just({ANN.value: "bounced"}),
    open_cases=st.dictionaries(st.sampled_from([CASE_ID, "c1", "c2"]), st.sampled_from(["", "complaint"])),
    notices_sent=st.lists(MOMENTS, max_size=4).map(tuple),
    traits=st.just({}) | st.just({"card_expires_on": "2026-12-10"}),
    consents=st.dictionaries(
        st.sampled_from(["email/service", "sms/service"]),
        st.builds(Consent, st.booleans(), MOMENTS, st.just("form")),
    ),
    time_zone=st.sampled_from(["", "Europe/Berlin", "Asia/Shanghai", "America/New_York", "Pacific/Apia"]),
    organisation_id=st.sampled_from(["", "01O", "01P"]),
    team=st.sampled_from(["", "billing", "north"]),
)
PROMISES = st.builds(
    make_promise,
    state=st.sampled_from(PromiseState),
    tell=st.sampled_from(["", ANN.value]),
    told_by=st.none() | st.integers(40, 400).map(lambda days: NOON + timedelta(days=days)),  # later than it was due
    paused_at=st.none() | MOMENTS,
)
CASES = st.builds(
    make_case,
    status=st.sampled_from(CaseStatus),
    priority=st.integers(0, 9),
    promise=st.none() | PROMISES,
    solution=st.none() | PROMISES.map(lambda promise: replace(promise, kind=PromiseKind.SOLUTION)),
    waiting_until=st.none() | MOMENTS,
)
ARRIVALS: st.SearchStrategy[Arrival] = st.builds(
    make_arrival,
    at=MOMENTS,
    channel=st.sampled_from(["email", "web", "chat", "phone"]),
    sender=st.none() | st.just(ANN) | HANDLES,
    direction=st.sampled_from(["in", "in", "out"]),
    subject=st.text(max_size=20),
    text=st.text(max_size=200),
    topic=st.sampled_from(["", "complaint"]),
    case_id=st.sampled_from(["", CASE_ID]),
    by_token=st.booleans(),
    message_id=st.sampled_from(["", "first@example.org"]),
    references=st.lists(WORDS, max_size=5).map(tuple),
    trust=st.sampled_from(Trust),
    machine=st.sampled_from(["", "list"]),
    unanswerable=st.sampled_from(["", "suppressed-by-sender"]),
    author=st.sampled_from(["", "Bo"]),
)
