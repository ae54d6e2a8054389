"""Which rows does sorting change? Those that are not right yet, and no more than a transaction takes."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.kernel.decision import Gone, Tally
from chalicelib.model.segment import About, Condition, Definition, Member, Memberships
from chalicelib.segments import membership
from chalicelib.segments.membership import COUNTER, MOST_ITEMS
from tests.factories import ANNS_ID, NOON, make_customer

GOLD = Definition(all=(Condition(about=About.TIER, one_of=("gold",)),))
OLD = Definition(all=(Condition(about=About.KNOWN_SINCE, older_than_days=100),))
ANN = make_customer(tier="gold")
IN_GOLD = Memberships(customer_id=ANNS_ID, since={"gold": NOON}, version=3)
DAY = timedelta(days=1)


def test_who_joins_is_put_and_counted() -> None:
    done = membership.sort(ANNS_ID, ANN, None, {"gold": GOLD}, 50, NOON)

    assert done.decision.changes == (
        Memberships(customer_id=ANNS_ID, since={"gold": NOON}),
        Member(segment_id="gold", customer_id=ANNS_ID, since=NOON),
        Tally(COUNTER, {"gold": 1}),
    )


def test_who_leaves_her_last_one_has_no_row_any_more() -> None:
    done = membership.sort(ANNS_ID, make_customer(), IN_GOLD, {"gold": GOLD}, 50, NOON)

    assert done.decision.changes == (
        Gone(IN_GOLD),
        Gone(Member(segment_id="gold", customer_id=ANNS_ID, since=NOON, version=1)),
        Tally(COUNTER, {"gold": -1}),
    )


def test_who_is_where_she_belongs_stays_there() -> None:
    assert not membership.sort(ANNS_ID, ANN, IN_GOLD, {"gold": GOLD}, 50, NOON + DAY).decision.changes


def test_who_is_gone_or_merged_is_in_none() -> None:
    for customer in (None, replace(ANN, merged_into="01B")):
        assert membership.sort(ANNS_ID, customer, IN_GOLD, {"gold": GOLD}, 50, NOON).left == ("gold",)


def test_who_will_belong_by_time_alone_is_looked_at_then() -> None:
    (waiting,) = membership.sort(ANNS_ID, ANN, None, {"old": OLD}, 50, NOON).decision.changes

    assert waiting == Memberships(customer_id=ANNS_ID, look_again=NOON + 10 * DAY)


def test_an_earlier_look_is_kept_and_one_that_came_is_moved() -> None:
    early = Memberships(customer_id=ANNS_ID, look_again=NOON + DAY, version=1)

    assert not membership.sort(ANNS_ID, ANN, early, {"old": OLD}, 50, NOON).decision.changes
    (moved,) = membership.sort(ANNS_ID, ANN, early, {"old": OLD}, 50, NOON + DAY).decision.changes
    assert isinstance(moved, Memberships)
    assert moved.look_again == NOON + 10 * DAY


def test_a_look_that_is_too_late_is_moved() -> None:
    late = Memberships(customer_id=ANNS_ID, look_again=NOON + 11 * DAY, version=1)

    (moved,) = membership.sort(ANNS_ID, ANN, late, {"old": OLD}, 50, NOON).decision.changes

    assert isinstance(moved, Memberships)
    assert moved.look_again == NOON + 10 * DAY


def test_what_does_not_fit_one_transaction_is_left_for_the_next() -> None:
    many = {f"s{n:02d}": GOLD for n in range(50)}

    done = membership.sort(ANNS_ID, ANN, None, many, 50, NOON)

    assert (len(done.joined), done.rest) == (40, True)


def test_several_customers_share_transactions_and_sums() -> None:
    done = [membership.sort(f"c{n}", ANN, None, {"gold": GOLD}, 50, NOON) for n in range(40)]

    packs = membership.together(done)

    assert len(packs) == 2
    assert all(len(pack.changes) <= MOST_ITEMS for pack in packs)
    assert sum(t.amounts["gold"] for pack in packs for t in pack.changes if isinstance(t, Tally)) == 40
