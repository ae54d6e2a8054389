"""One decision, one write: all of it or nothing."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel import messages
from chalicelib.kernel.decision import Decision, Gone, Tally
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.messages import ActOnCase, SendMail
from chalicelib.model.interaction import Receipt
from chalicelib.storage import commit as commit_module
from chalicelib.storage import customers, keys, tallies
from chalicelib.storage.commit import Refused, commit, settle
from chalicelib.storage.rows import Row
from chalicelib.storage.table import row_at
from tests.factories import ANNS_ID, NOON, make_case, make_customer, make_interaction

pytestmark = pytest.mark.usefixtures("table")
ANN = make_customer(version=None)
CASE = make_case(version=None)
RECEIPT = Receipt(key="mail:1", at=NOON)
SEND = SendMail(customer_id=ANNS_ID, interaction_id="i")


def items() -> list[dict[str, Any]]:
    """Everything in the table, raw."""
    return [row.to_dynamodb_dict() for row in Row.scan()]


@pytest.mark.parametrize("changes", [(ANN,), (ANN, CASE, RECEIPT)])
def test_what_is_new_is_stored_with_its_first_version(changes: tuple[Any, ...]) -> None:
    commit(Decision(changes))

    assert len(items()) == len(changes) + (CASE in changes)  # that she has it is a row of its own
    assert customers.customer(ANNS_ID) == replace(ANN, version=1)


@pytest.mark.parametrize("others", [(), (CASE, RECEIPT)])
def test_what_was_read_is_replaced_and_its_version_goes_up(others: tuple[Any, ...]) -> None:
    commit(Decision((ANN,)))
    read = replace(ANN, version=1, name="Ann")

    commit(Decision((read, *others)))

    assert customers.customer(ANNS_ID) == replace(read, version=2)


@pytest.mark.parametrize("others", [(), (CASE, RECEIPT)])
def test_a_new_thing_that_exists_is_refused_and_nothing_is_left_behind(others: tuple[Any, ...]) -> None:
    commit(Decision((ANN,)))

    with pytest.raises(Refused, match="Customer exists") as refused:
        commit(Decision((*others, replace(ANN, name="Eve"))))

    assert (refused.value.exists, refused.value.stale) == ([replace(ANN, name="Eve")], [])
    assert len(items()) == 1
    assert customers.customer(ANNS_ID) == replace(ANN, version=1)


@pytest.mark.parametrize("others", [(), (CASE, RECEIPT)])
def test_a_stale_change_is_refused_and_nothing_is_left_behind(others: tuple[Any, ...]) -> None:
    commit(Decision((ANN,)))
    read = replace(ANN, version=1)
    commit(Decision((replace(read, name="Ann"),)))

    with pytest.raises(Refused, match="Customer has changed") as refused:
        commit(Decision((*others, replace(read, name="Eve"))))

    assert (refused.value.exists, refused.value.stale) == ([], [replace(read, name="Eve")])
    assert len(items()) == 1
    assert customers.customer(ANNS_ID) == replace(ANN, name="Ann", version=2)


def test_what_vanished_meanwhile_is_not_written_again() -> None:
    with pytest.raises(Refused):
        commit(Decision((replace(ANN, version=3),)))

    assert items() == []


def test_a_refusal_may_be_tried_again() -> None:
    assert Refused.retryable


def test_a_decision_without_changes_writes_nothing() -> None:
    commit(Decision(reason="not due"))

    assert items() == []


def test_messages_ride_in_the_first_row_only() -> None:
    act = ActOnCase(case_id=CASE.id, as_of="now")

    commit(Decision((ANN, CASE), (SEND, act)))

    carried = {item["pk"]["S"]: item.get("outbox", {}).get("L", []) for item in items()}
    told = [messages.from_json(entry["S"]) for entry in carried[keys.customer(ANNS_ID).pk]]
    assert told == [SEND, act]
    assert carried[keys.case(CASE.id).pk] == []


def test_each_write_with_messages_has_a_name_of_its_own() -> None:
    commit(Decision((ANN,), (SEND,)))
    first = items()[0]["outbox_id"]

    commit(Decision((replace(ANN, version=1),), (SEND,)))

    assert items()[0]["outbox_id"] != first


def test_a_write_without_messages_carries_none_of_the_last() -> None:
    commit(Decision((ANN,), (SEND,)))

    commit(Decision((replace(ANN, version=1),)))

    assert not {"outbox", "outbox_id"} & set(items()[0])


@pytest.mark.parametrize("changes", [(ANN,), (ANN, CASE)])
@pytest.mark.usefixtures("no_table")
def test_a_table_that_does_not_answer_may_do_so_later(changes: tuple[Any, ...]) -> None:
    with pytest.raises(Unavailable, match="cannot be written"):
        commit(Decision(changes))
    with pytest.raises(Unavailable, match="cannot be read"):
        row_at(keys.customer(ANNS_ID))


# Deleting


@pytest.mark.parametrize("others", [(), (CASE, RECEIPT)])
def test_what_was_read_is_deleted(others: tuple[Any, ...]) -> None:
    commit(Decision((ANN,)))

    commit(Decision((*others, Gone(replace(ANN, version=1)))))

    assert customers.customer(ANNS_ID) is None
    assert len(items()) == len(others) + (CASE in others)


@pytest.mark.parametrize("others", [(), (CASE, RECEIPT)])
def test_what_changed_meanwhile_is_not_deleted_and_nothing_is_left_behind(others: tuple[Any, ...]) -> None:
    commit(Decision((ANN,)))
    read = replace(ANN, version=1)
    commit(Decision((replace(read, name="Ann"),)))

    with pytest.raises(Refused, match="Customer has changed") as refused:
        commit(Decision((*others, Gone(read))))

    assert (refused.value.exists, refused.value.stale) == ([], [read])
    assert len(items()) == 1


def test_what_is_deleted_already_is_refused_so_that_who_deletes_reads_again() -> None:
    with pytest.raises(Refused):
        commit(Decision((Gone(replace(ANN, version=1)),)))


def test_of_several_changes_the_refused_one_is_named_wherever_it_stands() -> None:
    commit(Decision((ANN, CASE)))

    with pytest.raises(Refused) as refused:
        commit(Decision((Tally(("c",), {"n": 1}), RECEIPT, Gone(replace(ANN, version=7)), replace(CASE, version=None))))

    assert (refused.value.exists[0], refused.value.stale) == (CASE, [replace(ANN, version=7)])


def test_what_was_never_stored_cannot_be_deleted() -> None:
    with pytest.raises(ValueError, match="only what was read"):
        Gone(ANN)


def test_messages_ride_in_what_is_stored_and_not_in_what_goes() -> None:
    commit(Decision((ANN,)))

    commit(Decision((Gone(replace(ANN, version=1)), Tally(("c",), {"n": 1}), CASE), (SEND,)))

    carried = [item["pk"]["S"] for item in items() if item.get("outbox", {}).get("L")]
    assert carried == [keys.case(CASE.id).pk]


def test_a_decision_that_only_deletes_can_cause_no_message() -> None:
    with pytest.raises(ValueError, match="stored row"):
        Decision((Gone(replace(ANN, version=1)),), (SEND,))


# Counting


def test_amounts_are_added_to_the_sums_of_their_counter() -> None:
    commit(Decision((ANN, Tally(("seen", "2026"), {"people": 1, "cents": -250}))))
    commit(Decision((replace(ANN, version=1), Tally(("seen", "2026"), {"people": 1, "cents": 1_000}))))
    commit(Decision((replace(ANN, version=2), Tally(("seen", "2027"), {"people": 5}))))

    assert tallies.sums(("seen", "2026")) == {"people": 2, "cents": 750}


def test_what_is_added_to_one_counter_twice_is_added_together() -> None:
    commit(Decision((ANN, Tally(("seen",), {"people": 2, "cents": 1}), Tally(("seen",), {"people": -1}))))

    assert tallies.sums(("seen",)) == {"people": 1, "cents": 1}


def test_a_counter_nobody_added_to_has_no_sums() -> None:
    assert tallies.sums(("seen",)) == {}


def test_a_refused_decision_counts_nothing() -> None:
    commit(Decision((ANN,)))

    with pytest.raises(Refused):
        commit(Decision((ANN, Tally(("seen",), {"people": 1}))))

    assert tallies.sums(("seen",)) == {}


def test_a_sum_is_told_by_all_shards_together(monkeypatch: pytest.MonkeyPatch) -> None:
    shards = iter(range(keys.TALLY_SHARDS))
    monkeypatch.setattr(commit_module.random, "randrange", lambda _: next(shards))

    for n in range(keys.TALLY_SHARDS):
        commit(Decision((replace(RECEIPT, key=f"mail:{n}"), Tally(("seen",), {"mails": 1}))))

    assert tallies.sums(("seen",)) == {"mails": keys.TALLY_SHARDS}


def test_counting_alone_is_no_decision_because_a_repetition_would_count_again() -> None:
    with pytest.raises(ValueError, match="counts twice"):
        Decision((Tally(("seen",), {"people": 1}),))


# Settling


def test_who_loses_a_race_reads_and_decides_again() -> None:
    commit(Decision((ANN,)))
    raced: list[str] = []

    def decide() -> tuple[Decision, str]:
        read = customers.customer(ANNS_ID)
        assert read
        if not raced:
            commit(Decision((replace(read, language="de"),)))
        raced.append(read.language)
        return Decision((replace(read, name="Ann"),), reason="named"), read.language

    decision, result = settle(decide)

    assert (decision.reason, result, raced) == ("named", "de", ["", "de"])
    assert customers.customer(ANNS_ID) == replace(ANN, name="Ann", language="de", version=3)


def test_who_loses_every_race_gives_up_and_may_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commit_module, "ATTEMPTS", 3)
    tries: list[int] = []

    def decide() -> tuple[Decision, None]:
        tries.append(1)
        return Decision((replace(ANN, version=9),)), None

    with pytest.raises(Refused):
        settle(decide)

    assert len(tries) == 3


def test_what_the_rule_raises_ends_the_matter() -> None:
    def decide() -> tuple[Decision, None]:
        raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such thing"):
        settle(decide)


def test_an_interaction_is_stored_once_whoever_retries() -> None:
    mail = make_interaction(version=None)
    commit(Decision((mail, RECEIPT)))

    with pytest.raises(Refused, match="Interaction exists, Receipt exists"):
        commit(Decision((mail, RECEIPT)))
