"""How is a person forgotten? First who she is, at once; then all that was told of her; then what came in between.

What is deleted is not there to be found again, so every step begins with what is left: it may be broken off anywhere
and repeated. Who read of her before she was forgotten may still write of her for as long as a function runs. So when
nothing is left the erasure waits that long, looks again, and only then is done.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision, Gone, Tally
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.messages import Erase
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer, HandleOwner
from chalicelib.model.interaction import KnownMessage, Receipt
from chalicelib.model.privacy import Erasing, Erasure, ErasureState, Export, ExportState
from chalicelib.model.segment import Member
from chalicelib.model.tally import ERASED
from chalicelib.segments import membership

HANDLES_AT_ONCE = 40
MOST_CHANGES = 96  # a transaction takes 100


@dataclass(frozen=True, slots=True)
class Stay:
    """Something that is not erased, and why."""

    what: str
    why: str


STAYS = (
    Stay(
        "receipts of her mails, emptied: only the id SES gave each mail stays, until it expires",
        "so that a copy of an old mail that turns up is known and does not bring her back",
    ),
    Stay(
        "receipts of API requests, facts and tasks, until they expire: the caller's key, a fingerprint, ids of nothing",
        "they cannot be found by her, and keep a repeated report from bringing her back",
    ),
    Stay("this erasure: when, on whose word, why and how much", "so that it can be shown"),
    Stay(
        "sums: of a month, tiers, purchases, margin; of a day, recoveries, ratings and requests",
        "so that figures stay right; nobody can be found in them",
    ),
    Stay(
        "her sessions for 12 hours, sign-in codes and the address they went to for one",
        "they cannot be found by her, and open nothing once she is forgotten",
    ),
    Stay("files that agents put aside for an answer and sent with none, for a day", "they are of no customer yet"),
    Stay("what webhooks were sent and runs of rules, for 30 days", "ids of nothing, states and figures"),
    Stay(
        "her address among the participants of other customers' cases, and what others wrote of her there",
        "it is theirs, and cannot be found by her",
    ),
    Stay("what she wrote into other customers' cases, but for files she sent", "it is on their timelines"),
    Stay(
        "what she asked the knowledge base before anybody knew who she was, until it expires",
        "it is under a random id of her browser, and cannot be found by her",
    ),
    Stay(
        "learned questions and gaps: words, masked, by which an article is found or found missing",
        "nothing leads from them to anybody",
    ),
    Stay(
        "quarantined mail that nobody let in, until it expires",
        "it was never linked to her: whose it is, nobody has proven",
    ),
    Stay("events of other customers that name the id of her record, as merges that were undone", "an id of nothing"),
    Stay("files in her cases whose sender is another customer", "they may be in that customer's own cases, too"),
    Stay(
        "backups, for 35 days, and the table's stream, for one",
        "they cannot be changed; a restore needs the erasure again",
    ),
)


def accept(
    records: Sequence[Customer],
    exports: Iterable[Export],
    erasing: Erasing | None,
    *,
    by: str,
    author: str,
    reason: str,
    receipt_key: str,
    fingerprint: str,
    now: datetime,
) -> tuple[Decision, Receipt]:
    """It is stored, and goes on by itself. Raises NotFound, or Conflict, saying what to wait for."""
    person = _may_be_erased(records, exports, erasing)
    erasure = Erasure(
        id=ids.derived_ulid(now, "erasure", receipt_key),
        at=now,
        by=by,
        author=author,
        reason=reason,
        customer_id=person.id,
        records=person.ids,
        updated_at=now,
    )
    receipt = Receipt(key=receipt_key, fingerprint=fingerprint, at=now, interaction_id=erasure.id)
    marker = Erasing(customer_id=person.id, erasure_id=erasure.id)
    follow_up = Erase(erasure_id=erasure.id, turn=erasure.turn)
    return Decision((erasure, marker, receipt), (follow_up,), reason="accepted"), receipt


def _may_be_erased(records: Sequence[Customer], exports: Iterable[Export], erasing: Erasing | None) -> Customer:
    if not records:
        raise NotFound("no customer has this id")
    if erasing:
        raise Conflict(f"she is being erased: see erasure {erasing.erasure_id}")
    if running := next((export for export in exports if export.state is ExportState.BUILDING), None):
        raise Conflict(f"export {running.id} of her is being built: wait until it is done, and fetch it before")
    return records[0]


def forget(
    erasure: Erasure,
    records: Sequence[Customer],
    owners: Iterable[HandleOwner],
    marker: Erasing | None,
    now: datetime,
) -> Decision:
    """Who writes from now on is a new customer. All three as they are stored."""
    if not records or set(records[0].ids) != set(erasure.records):
        return Decision((_closed(erasure, ErasureState.REFUSED, now), *_without(marker)), reason="merged meanwhile")
    handles = tuple(dict.fromkeys(handle for record in records for handle in record.handles))
    hers = [owner for owner in owners if owner.customer_id in erasure.records][:HANDLES_AT_ONCE]
    begun = replace(
        erasure,
        state=ErasureState.ERASING,
        handles=handles,
        cases=tuple(dict.fromkeys(case_id for record in records for case_id in record.open_cases)),
        counts={"customer": len(records), "handle": len(hers)},
        forgotten_at=now,
        updated_at=now,
    )
    return Decision((begun, *map(Gone, records), *map(Gone, hers), left_behind(records[0], now)), reason="forgotten")


def left_behind(person: Customer, now: datetime) -> Tally:
    """What figures need of somebody who is no more, with nothing of her in it: the month's sums of how many of which
    tier, of what they bought, and of its margin by the month of their first purchase, with which a forecast of before
    can be held against what came."""
    sums = {"customers": 1, f"tier.{person.tier}": 1}
    if value := person.value if person.value.purchases else None:
        sums |= {"purchases": value.purchases, "margin": value.margin}
        if value.first:
            sums[f"margin.{value.first:%Y-%m}"] = value.margin
    return Tally((ERASED, f"{now:%Y-%m}"), sums)


def is_hers(found: object, erasure_records: Sequence[str]) -> bool:
    """Whether a row of another partition that her entries lead to is hers to go."""
    match found:
        case Case(customer_id=owner) | KnownMessage(customer_id=owner) | HandleOwner(customer_id=owner):
            return owner in erasure_records
        case Receipt(interaction_id=told):
            return bool(told)
    return True


def swept(
    erasure: Erasure, things: Sequence[tuple[str, object]], objects: Mapping[str, int], now: datetime
) -> Decision:
    """These rows, each with its kind, go; receipts stay, and say no more of whom. `objects` went before them."""
    changes = [_emptied(thing) if isinstance(thing, Receipt) else Gone(thing) for _, thing in things]
    counts = Counter(erasure.counts)
    counts.update(kind for kind, _ in things)
    counts.update(objects)
    further = replace(erasure, counts=dict(counts), updated_at=now)
    return Decision((further, *changes, *_counted_out(thing for _, thing in things)), reason="swept")


def _counted_out(things: Iterable[object]) -> tuple[Tally, ...]:
    """Who is in no segment any more is not counted in it."""
    segments = Counter(thing.segment_id for thing in things if isinstance(thing, Member))
    return (Tally(membership.COUNTER, {slug: -many for slug, many in segments.items()}),) if segments else ()


def items(things: Iterable[object]) -> int:
    """How much of a transaction these rows take."""
    return sum(2 if isinstance(thing, Member) else 1 for thing in things)


def _emptied(receipt: Receipt) -> Receipt:
    return replace(receipt, fingerprint="", customer_id="", case_id="", interaction_id="")


def nothing_left(erasure: Erasure, marker: Erasing | None, now: datetime) -> Decision:
    """After a pass that found nothing any more: it is waited for what is still being written, or it is done."""
    if erasure.state is ErasureState.ERASING:
        return Decision((replace(erasure, state=ErasureState.SETTLING, updated_at=now),), reason="settling")
    if erasure.next_look_at and now < erasure.next_look_at:
        return Decision(reason="not yet")
    return Decision((_closed(erasure, ErasureState.DONE, now), *_without(marker)), reason="done")


def _without(marker: Erasing | None) -> tuple[Gone, ...]:
    return (Gone(marker),) if marker else ()


def _closed(erasure: Erasure, state: ErasureState, now: datetime) -> Erasure:
    return replace(
        erasure, state=state, customer_id="", records=(), cases=(), handles=(), updated_at=now, finished_at=now
    )


def next_turn(erasure: Erasure, now: datetime) -> Decision:
    """Enough for one message: another one goes on."""
    later = replace(erasure, turn=erasure.turn + 1, updated_at=now)
    return Decision((later,), (Erase(erasure_id=erasure.id, turn=later.turn, as_of=clock.iso(now)),), reason="goes on")
