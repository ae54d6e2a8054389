"""Which segments is she in by now? Told as often as one likes, in any order: what is right already changes nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.kernel.decision import Decision, Gone, Tally
from chalicelib.model.customer import Customer
from chalicelib.model.segment import Definition, Member, Memberships
from chalicelib.segments.conditions import matches, when

COUNTER = ("segments",)  # how many are in each, by slug
MOST_AT_ONCE = 40  # memberships changed in one transaction, which takes 100 items: a row and a sum each
MOST_ITEMS = 96


@dataclass(frozen=True, slots=True)
class Sorted:
    """`joined` and `left` are what the decision changes; `rest`: there is more to change than it holds."""

    decision: Decision
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    rest: bool = False


def sort(
    customer_id: str,
    customer: Customer | None,
    known: Memberships | None,
    definitions: Mapping[str, Definition],
    index: float,
    now: datetime,
) -> Sorted:
    """By her row as it is stored. Nobody who is gone or was merged into somebody else is in any segment."""
    before = known or Memberships(customer_id=customer_id)
    belongs: set[str] = set()
    moments: list[datetime] = []
    if customer and not customer.merged_into:
        belongs = {slug for slug, definition in definitions.items() if matches(definition, customer, index, now)}
        moments = [at for definition in definitions.values() if (at := when(definition, customer, index, now))]
    changes = sorted(belongs ^ set(before.since))
    joined = tuple(slug for slug in changes[:MOST_AT_ONCE] if slug in belongs)
    left = tuple(slug for slug in changes[:MOST_AT_ONCE] if slug not in belongs)
    since = {slug: at for slug, at in before.since.items() if slug not in left} | dict.fromkeys(joined, now)
    after = replace(before, since=since, look_again=_look_again(before.look_again, min(moments, default=None), now))
    if after == before:
        return Sorted(Decision(reason="as it was"))
    stays = bool(after.since or after.look_again)
    rows: list[object] = [after if stays else Gone(before)]
    rows += [Member(segment_id=slug, customer_id=customer_id, since=now) for slug in joined]
    # A member's row is never changed after it was put: its version is known.
    rows += [
        Gone(Member(segment_id=slug, customer_id=customer_id, since=before.since[slug], version=1)) for slug in left
    ]
    counted = dict.fromkeys(joined, 1) | dict.fromkeys(left, -1)
    tallies = (Tally(COUNTER, counted),) if counted else ()
    return Sorted(Decision((*rows, *tallies), reason="sorted"), joined, left, rest=len(changes) > MOST_AT_ONCE)


def together(sorted_ones: Iterable[Sorted]) -> list[Decision]:
    """The same changes in as few transactions as hold them; each customer's stay in one."""
    packs: list[list[Sorted]] = [[]]
    room = MOST_ITEMS
    for each in sorted_ones:
        if not each.decision.changes:
            continue
        items = 1 + 2 * (len(each.joined) + len(each.left))
        if items > room:
            packs.append([])
            room = MOST_ITEMS
        packs[-1].append(each)
        room -= items
    return [_packed(pack) for pack in packs if pack]


def _packed(pack: Iterable[Sorted]) -> Decision:
    rows: list[object] = []
    counted: dict[str, int] = {}
    for change in (change for each in pack for change in each.decision.changes):
        if not isinstance(change, Tally):
            rows.append(change)
            continue
        for slug, amount in change.amounts.items():
            counted[slug] = counted.get(slug, 0) + amount
    amounts = {slug: amount for slug, amount in counted.items() if amount}
    return Decision((*rows, *((Tally(COUNTER, amounts),) if amounts else ())), reason="sorted")


def _look_again(stored: datetime | None, needed: datetime | None, now: datetime) -> datetime | None:
    """To be looked at too early costs a look; to move it with every purchase would cost a write each."""
    if stored and now < stored and (needed is None or stored <= needed):
        return stored
    return needed
