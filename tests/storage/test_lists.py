"""The access patterns: each list in its order, paged without gaps or repeats."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.messages import ActOnCase, ConsiderTask, Message, SendMail
from chalicelib.model.case import CaseStatus, Participant, PromiseState
from chalicelib.model.customer import CustomerHint, Handle, HandleOwner
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import FactKind
from chalicelib.model.interaction import DeliveryState, KnownMessage, Receipt
from chalicelib.model.page import Page
from chalicelib.model.task import TaskState
from chalicelib.storage import cases, customers, due
from chalicelib.storage import outreach as tasks
from chalicelib.storage.commit import commit
from tests.factories import (
    ANN,
    ANNS_ID,
    CASE_ID,
    NOON,
    make_arrival,
    make_case,
    make_customer,
    make_fact,
    make_interaction,
    make_outbound,
    make_promise,
    make_task,
)
from tests.workbench import SENDER

pytestmark = pytest.mark.usefixtures("table")
HOUR = timedelta(hours=1)


def stored(*things: Any) -> None:
    """Each on its own: a put is cheaper on moto than a transaction."""
    for thing in things:
        commit(Decision((replace(thing, version=None),)))


def pages_of(ask: Callable[[str | None], Page[Any]]) -> list[list[Any]]:
    found, after = [], None
    while True:
        page = ask(after)
        found.append(list(page.items))
        after = page.next
        if after is None:
            return found


def ids_on(pages: list[list[Any]]) -> list[str]:
    return [item.id for page in pages for item in page]


# AP-1, AP-3: what is known when something arrives

KNOWN = KnownMessage(mailbox=SENDER, message_id="known@x", customer_id=ANNS_ID, case_id=CASE_ID)


def test_a_customer_is_found_by_her_handle() -> None:
    stored(make_customer(), HandleOwner(handle=ANN, customer_id=ANNS_ID))

    found = customers.customer_of(ANN)

    assert found
    assert found.id == ANNS_ID
    assert customers.customer_of(Handle("external", ANN.value)) is None


@pytest.mark.parametrize(
    ("hint", "found"),
    [
        (CustomerHint(handle=ANN), True),
        (CustomerHint(customer_id=ANNS_ID), True),
        (CustomerHint(handle=Handle("email", "bob@example.org")), False),
        (CustomerHint(customer_id="nobody"), False),
        (CustomerHint(), False),
    ],
)
def test_who_is_reported_on_is_known_by_id_or_handle(hint: CustomerHint, found: bool) -> None:
    stored(make_customer(), HandleOwner(handle=ANN, customer_id=ANNS_ID), Receipt(key="fact:1", at=NOON))

    known = customers.known("fact:1", hint)

    assert known.receipt
    assert bool(known.customer) is found


def test_what_arrives_for_the_first_time_knows_nothing() -> None:
    facts = cases.intake_facts(make_arrival(references=("unknown@x",)))

    assert not any((facts.receipt, facts.repeat, facts.customer, facts.named, facts.referenced, facts.owner))


def test_what_was_taken_in_before_needs_no_more_than_its_receipt() -> None:
    stored(Receipt(key="mail:1", fingerprint="f", at=NOON))

    assert cases.intake_facts(make_arrival()).receipt


def test_a_mail_that_answers_a_known_one_finds_case_and_owner() -> None:
    stored(make_customer(), make_case(), KNOWN)

    facts = cases.intake_facts(make_arrival(references=("unknown@x", "known@x")))

    assert facts.referenced == make_case()
    assert facts.owner == make_customer()
    assert facts.customer is None, "her address is not known as hers"


def test_a_reply_address_names_the_case_before_any_reference_does() -> None:
    other = make_case(id="othercase000")
    stored(make_customer(), HandleOwner(handle=ANN, customer_id=ANNS_ID), make_case(), other, KNOWN)

    facts = cases.intake_facts(make_arrival(case_id=other.id, by_token=True, references=("known@x",)))

    assert (facts.named, facts.referenced) == (other, None)
    assert facts.owner == facts.customer == make_customer()


def test_the_same_message_id_in_another_mailbox_is_another_mail() -> None:
    stored(replace(KNOWN, message_id="first@example.org"))

    assert cases.intake_facts(make_arrival()).repeat
    assert cases.intake_facts(make_arrival(mailbox="shop@care.liana.test")).repeat is None


def test_a_case_a_caller_names_must_exist_while_a_token_may_outlive_its_case() -> None:
    with pytest.raises(NotFound) as refused:
        cases.intake_facts(make_arrival(case_id="gone"))

    assert refused.value.pointer == "/case_id"
    assert cases.intake_facts(make_arrival(case_id="gone", by_token=True)).named is None


def test_as_many_references_as_a_mail_may_carry_are_looked_up_in_one_go() -> None:
    stored(make_customer(), make_case(), KNOWN)

    facts = cases.intake_facts(make_arrival(references=(*(f"{n}@x" for n in range(39)), "known@x")))

    assert facts.referenced
    assert cases.intake_facts(make_arrival(references=(*(f"{n}@x" for n in range(200)), "known@x"))).referenced is None


def test_a_number_in_the_subject_finds_its_case_where_nothing_better_does() -> None:
    stored(make_customer(), make_case(), KNOWN, make_case(id="othercase000"))

    numbered = cases.intake_facts(make_arrival(subject_case=CASE_ID))
    referenced = cases.intake_facts(make_arrival(subject_case="othercase000", references=("known@x",)))

    assert (numbered.numbered, numbered.owner) == (make_case(), make_customer())
    assert (referenced.referenced, referenced.numbered) == (make_case(), None)


def test_a_withdrawn_reply_address_names_nothing() -> None:
    people = (Participant(number=1, address=ANN.value, revoked_at=NOON), Participant(number=2, address="bob@x"))
    stored(make_customer(), make_case(participants=people))

    withdrawn = cases.intake_facts(make_arrival(case_id=CASE_ID, by_token=True, participant=1))
    other = cases.intake_facts(make_arrival(case_id=CASE_ID, by_token=True, participant=2))

    assert (withdrawn.named, withdrawn.revoked) == (None, True)
    assert (other.named is not None, other.revoked) == (True, False)


EVES_ID = ANNS_ID[:-1] + "0"


@pytest.mark.parametrize("way", ["named", "referenced", "numbered"])
def test_mail_of_a_merged_case_lands_in_its_survivor(way: str) -> None:
    ann = make_customer(merged_into=EVES_ID, merged_by="01M")
    eve = make_customer(id=EVES_ID, handles=(), absorbed=(ann.id,))
    survivor = make_case(id="survivor0000", customer_id=EVES_ID)
    between = make_case(id="between00000", merged_into=survivor.id)
    stored(ann, eve, make_case(merged_into=between.id), between, survivor, KNOWN)
    asked = {
        "named": {"case_id": CASE_ID, "by_token": True},
        "referenced": {"references": ("known@x",)},
        "numbered": {"subject_case": CASE_ID},
    }

    facts = cases.intake_facts(make_arrival(**asked[way]))

    assert getattr(facts, way) == survivor
    assert facts.owner == eve
    assert facts.via
    assert (facts.via.id, facts.via_during, facts.owner_during) == (CASE_ID, "01M", "")


def test_a_case_merged_into_what_is_another_persons_by_now_stands_for_itself() -> None:
    survivor = make_case(id="survivor0000", customer_id=EVES_ID)
    stored(make_customer(), make_customer(id=EVES_ID, handles=()), make_case(merged_into=survivor.id), survivor)

    facts = cases.intake_facts(make_arrival(case_id=CASE_ID, by_token=True))

    assert facts.named
    assert (facts.named.id, facts.via) == (CASE_ID, None)


def test_whoever_was_revoked_after_a_merge_comes_by_no_reply_address_of_either() -> None:
    revoked = Participant(number=4, address=ANN.value, revoked_at=NOON)
    survivor = make_case(id="survivor0000", participants=(revoked,))
    stored(make_customer(), make_case(merged_into=survivor.id), survivor)

    facts = cases.intake_facts(make_arrival(case_id=CASE_ID, by_token=True, participant=1))

    assert (facts.named, facts.revoked) == (None, True)


def test_an_answer_to_what_was_split_off_goes_there_whatever_the_reply_address_says() -> None:
    part = make_case(id="part00000000", split_from=CASE_ID)
    stored(make_customer(), make_case(), part, replace(KNOWN, case_id=part.id))

    facts = cases.intake_facts(make_arrival(case_id=CASE_ID, by_token=True, references=("known@x",)))

    assert facts.named
    assert facts.named.id == part.id


def test_a_case_merged_into_one_that_is_gone_stands_for_itself() -> None:
    stored(make_customer(), make_case(merged_into="gone00000000"))

    facts = cases.intake_facts(make_arrival(case_id=CASE_ID, by_token=True))

    assert facts.named
    assert facts.named.id == CASE_ID


def test_cases_that_were_merged_in_a_circle_end_the_search() -> None:
    stored(make_customer(), make_case(merged_into="othercase000"), make_case(id="othercase000", merged_into=CASE_ID))

    assert cases.intake_facts(make_arrival(case_id=CASE_ID, by_token=True)).named


@pytest.mark.parametrize("of", [ANNS_ID, ""])
def test_a_mail_that_is_read_again_finds_what_became_of_it(of: str) -> None:
    contact = make_interaction(customer_id=of)
    stored(Receipt(key="mail:1", at=NOON, customer_id=of, interaction_id=contact.id), contact)

    known = cases.replay_facts(make_arrival())

    assert (known.receipt is not None, known.interaction) == (True, contact)


def test_a_quarantined_arrival_is_found_by_its_id() -> None:
    aside = make_interaction(customer_id="", case_id="")
    stored(aside)

    assert cases.quarantined_one(aside.id) == aside
    assert cases.quarantined_one(make_interaction(at=NOON + HOUR).id) is None


def test_receipts_are_told_from_what_was_never_taken_in() -> None:
    stored(Receipt(key="mail:1", at=NOON), Receipt(key="mail:3", at=NOON))

    assert cases.receipts_of(["mail:1", "mail:2", "mail:3"]) == {"mail:1", "mail:3"}


# AP-2: her timeline


def entry_at(n: int) -> Any:
    """The n-th thing that happened to Ann: every kind in turn."""
    at = NOON + n * HOUR
    entry_id = ids.derived_ulid(at, "entry")
    kinds = (
        make_interaction(id=entry_id, at=at),
        make_fact(FactKind.ORDER, id=entry_id),
        Event(id=entry_id, customer_id=ANNS_ID, what=EventKind.TIER_CHANGED, at=at),
        make_task(id=entry_id),
    )
    return kinds[n % len(kinds)]


def test_a_timeline_is_newest_first_and_paged_without_gaps_or_repeats() -> None:
    happened = [entry_at(n) for n in range(9)]
    stored(*happened)

    pages = pages_of(lambda after: customers.timeline(ANNS_ID, after, 4))

    assert [len(page) for page in pages] == [4, 4, 1]
    assert ids_on(pages) == [entry.id for entry in reversed(happened)]
    assert [replace(item, version=1) for page in pages for item in page] == list(reversed(happened_as_read(happened)))


def happened_as_read(things: list[Any]) -> list[Any]:
    return [replace(thing, version=1) for thing in things]


def test_her_profile_and_what_is_only_counted_are_not_on_her_timeline() -> None:
    usage = make_fact(FactKind.USAGE)
    stored(make_customer(), usage, entry_at(0))

    assert ids_on([list(customers.timeline(ANNS_ID, None, 10).items)]) == [entry_at(0).id]


def test_nobodys_timeline_is_empty() -> None:
    assert customers.timeline("nobody", None, 10) == Page(())


def test_another_customers_entries_are_not_hers() -> None:
    stored(entry_at(0), replace(entry_at(1), customer_id="bob"))

    assert len(customers.timeline(ANNS_ID, None, 10).items) == 1


def test_a_fact_is_read_with_its_customer() -> None:
    stored(make_customer(), make_fact())

    assert customers.entry(ANNS_ID, make_fact().id) == (make_fact(), make_customer())
    assert customers.entry(ANNS_ID, "gone") == (None, make_customer())


# A case's interactions, and nobody's


def test_a_cases_interactions_come_oldest_first_or_newest_first() -> None:
    mails = [make_interaction(id=ids.derived_ulid(NOON + n * HOUR, "m"), at=NOON + n * HOUR) for n in range(5)]
    stored(*mails, make_interaction(id="01OTHER", case_id="another"))
    expected = [mail.id for mail in mails]

    assert ids_on(pages_of(lambda after: cases.interactions_of(CASE_ID, after, 2))) == expected
    newest = pages_of(lambda after: cases.interactions_of(CASE_ID, after, 2, newest_first=True))
    assert ids_on(newest) == expected[::-1]


def test_what_is_linked_to_nobody_is_listed_by_its_day() -> None:
    mails = [
        make_interaction(id=ids.derived_ulid(at, "q"), at=at, customer_id="", case_id="")
        for at in (NOON, NOON + HOUR, NOON + 2 * HOUR, NOON + 24 * HOUR)
    ]
    stored(*mails)

    listed = ids_on(pages_of(lambda after: cases.quarantined(date(2026, 11, 20), after, 2)))

    assert listed == [mail.id for mail in reversed(mails[:3])]


# AP-4: what to do next


def waiting(n: int, priority: int = 0, due_in: int | None = 1, **fields: Any) -> Any:
    promise = make_promise(due_at=NOON + due_in * HOUR) if due_in is not None else None
    return make_case(id=f"case{n:08d}", priority=priority, promise=promise, **fields)


def test_open_cases_come_by_priority_then_by_promise_then_what_was_promised_nothing() -> None:
    in_order = [
        waiting(7, priority=2, due_in=9),
        waiting(1, priority=1, due_in=2),
        waiting(9, priority=1, due_in=3),
        waiting(2, due_in=1),
        waiting(8, due_in=5),
        waiting(3, due_in=None, updated_at=NOON - HOUR),
        waiting(4, due_in=None, updated_at=NOON),
    ]
    stored(*reversed(in_order))

    assert ids_on([list(cases.open_cases(None, 10).items)]) == [case.id for case in in_order]


def test_open_cases_are_paged_over_all_shards_without_gaps_or_repeats() -> None:
    stored(*(waiting(n, due_in=n // 3) for n in range(11)))

    pages = pages_of(lambda after: cases.open_cases(after, 4))

    assert [len(page) for page in pages] == [4, 4, 3]
    assert ids_on(pages) == [f"case{n:08d}" for n in range(11)]


def test_a_solved_case_is_on_no_list_and_a_broken_promise_no_longer_sorts() -> None:
    broken = replace(waiting(2, priority=2), promise=make_promise(state=PromiseState.BROKEN))
    stored(waiting(1, status=CaseStatus.SOLVED), broken)

    assert ids_on([list(cases.open_cases(None, 10).items)]) == [broken.id]


def test_a_case_that_is_solved_leaves_the_list() -> None:
    stored(waiting(1))

    commit(Decision((waiting(1, status=CaseStatus.SOLVED),)))

    assert cases.open_cases(None, 10) == Page(())


def task_no(n: int, state: TaskState = TaskState.PLANNED) -> Any:
    at = NOON + n * HOUR
    return make_task(state, id=ids.derived_ulid(NOON, str(n)), due_at=at, updated_at=at)


@pytest.mark.parametrize(("state", "newest_first"), [(TaskState.PLANNED, False), (TaskState.PASSED_OVER, True)])
def test_tasks_in_a_state_come_by_due_time_and_finished_ones_newest_first(state: TaskState, newest_first: bool) -> None:
    stored(*(task_no(n, state) for n in range(7)), task_no(9, TaskState.QUEUED))
    expected = [task_no(n).id for n in range(7)]

    listed = ids_on(pages_of(lambda after: tasks.tasks(state, after, 3)))

    assert listed == (expected[::-1] if newest_first else expected)


def test_a_task_is_read_with_its_customer() -> None:
    stored(make_customer(), make_task(), make_interaction())

    assert tasks.task(ANNS_ID, make_task().id) == (make_task(), make_customer())
    assert tasks.task(ANNS_ID, make_interaction().id).task is None, "an entry of another kind is no task"


# AP-5: what is due


def announced(now: datetime, ask: Callable[[datetime], Any] = due.work) -> list[Message]:
    return [message for page in ask(now) for message in page]


AS_OF = "2026-11-20T12:00:00.000Z"


def test_what_is_due_becomes_the_message_that_acts_on_it() -> None:
    case = make_case(promise=make_promise(warn_at=NOON))
    mail = make_outbound(DeliveryState.CLAIMED, since=NOON - HOUR)
    task = make_task()
    stored(case, mail, task)

    assert sorted(announced(NOON), key=repr) == [
        ActOnCase(case_id=CASE_ID, as_of=AS_OF),
        SendMail(customer_id=ANNS_ID, interaction_id=mail.id),
    ]
    assert announced(NOON, due.outreach) == [ConsiderTask(customer_id=ANNS_ID, task_id=task.id, as_of=AS_OF)]


def test_what_is_not_due_or_never_will_be_is_not_announced() -> None:
    later = timedelta(milliseconds=1)
    stored(
        make_case(promise=make_promise(warn_at=NOON + later)),
        make_case(id="solved", status=CaseStatus.SOLVED, overdue=True),
        make_case(id="broken", promise=make_promise(state=PromiseState.BROKEN)),
        make_outbound(DeliveryState.SENT, since=NOON - HOUR),
        make_outbound(DeliveryState.QUEUED, id="01FRESH", since=NOON),
        make_interaction(id="01IN"),
        make_task(due_at=NOON + later),
        make_task(TaskState.PASSED_OVER, id="01OVER"),
        make_customer(),
    )

    assert announced(NOON) == []
    assert announced(NOON, due.outreach) == []


def test_however_many_are_due_at_one_instant_each_is_announced_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "PAGE", 1)
    stored(*(waiting(n) for n in range(24)))

    told = announced(NOON + 24 * HOUR)

    assert sorted(message.case_id for message in told) == [f"case{n:08d}" for n in range(24)]
