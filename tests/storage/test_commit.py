"""One decision, one write: all of it or nothing."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel import messages
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.messages import ActOnCase, SendMail
from chalicelib.model.interaction import Receipt
from chalicelib.storage import commit as commit_module
from chalicelib.storage import customers, keys
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

    assert len(items()) == len(changes)
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
