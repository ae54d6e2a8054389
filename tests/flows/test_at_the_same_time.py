"""Many workers at once, on transactions that behave like DynamoDB's: one winner, and nobody's work is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.cases import mailroom
from chalicelib.cases import service as cases
from chalicelib.customers import service as customers
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision, Gone, Tally
from chalicelib.kernel.errors import Conflict, HandleTaken
from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer, CustomerHint, Handle
from chalicelib.model.fact import Fact, FactKind, FactReport
from chalicelib.model.interaction import Interaction, Purpose, Receipt
from chalicelib.model.money import Money
from chalicelib.model.privacy import STUCK_AFTER, ErasureState
from chalicelib.outreach import service as outreach
from chalicelib.privacy import service as privacy
from chalicelib.storage import cases as cases_stored
from chalicelib.storage import customers as people
from chalicelib.storage import outreach as tasks
from chalicelib.storage import privacy as privacy_stored
from chalicelib.storage import tallies
from chalicelib.storage.commit import Refused, commit, settle
from tests.workbench import SENDER, Bench, mail_bytes, received

pytestmark = pytest.mark.cloud

ANN, BEA = Handle("email", "ann@example.org"), Handle("email", "bea@example.org")
WORKERS = 8
ASKED_AGAIN = 5


def all_at_once(work: Callable[[int], object], times: int = WORKERS) -> list[object]:
    """Whoever meets too many others asks again, as a queue does, or a caller who is told that it may work later."""

    def asking_again(n: int) -> object:
        for _ in range(ASKED_AGAIN):
            with suppress(Refused):
                return work(n)
        return work(n)

    with ThreadPoolExecutor(WORKERS) as workers:
        return list(workers.map(asking_again, range(times)))


def test_one_mail_delivered_to_many_workers_is_taken_in_once(cloud_bench: Bench) -> None:
    ses_id = cloud_bench.receive(mail_bytes(), announce=False)
    notice = received(ses_id, [SENDER], "ann@example.org", cloud_bench.bucket)

    all_at_once(lambda _: cases.receive_mail(notice))
    cloud_bench.run()

    told = cloud_bench.told_of("ann@example.org")
    kinds = [entry.purpose for entry in told if isinstance(entry, Interaction)]
    assert sorted(kinds, key=str) == [Purpose.ACKNOWLEDGEMENT, Purpose.CONTACT]
    assert len(cloud_bench.sent) == 1


def test_many_first_contacts_of_one_person_make_one_customer_with_all_of_them(cloud_bench: Bench) -> None:
    def write(n: int) -> None:
        cases.take_in(
            Arrival(
                receipt_key=f"api:{n}",
                fingerprint=str(n),
                channel="web",
                at=clock.now(),
                sender=ANN,
                text=str(n),
            )
        )

    all_at_once(write)

    (customer,) = cloud_bench.rows(Customer)
    assert len(customer.open_cases) == len(cloud_bench.rows(Case)) == WORKERS


def test_concurrent_facts_about_one_customer_all_count(cloud_bench: Bench) -> None:
    def buy(n: int) -> None:
        customers.record_fact(
            FactReport(
                receipt_key=f"fact:shop:{n}",
                fingerprint=str(n),
                customer=CustomerHint(handle=ANN),
                what=FactKind.ORDER,
                occurred_at=clock.now(),
                margin=Money(1_00, "USD"),
            )
        )

    all_at_once(buy, 16)

    (customer,) = cloud_bench.rows(Customer)
    assert customer.value.margin == 16_00


@pytest.mark.parametrize("kind", [FactKind.ORDER, FactKind.TRAIT], ids=lambda kind: kind.value)
def test_facts_and_their_corrections_at_once_leave_what_is_true(cloud_bench: Bench, kind: FactKind) -> None:
    """Eight facts, each reported twice; the odd ones are corrected, twice at once."""

    def tell(n: int) -> str:
        event, wrong = n // 4, n // 4 % 2
        if n % 4 > 1 and not wrong:
            return "right"
        corrects = f"fact:shop:{event}" if n % 4 > 1 else ""
        said = {"margin": Money(10**event, "USD")} if kind is FactKind.ORDER else {"data": {f"t-{event}": "x"}}
        try:
            customers.record_fact(
                FactReport(
                    receipt_key=f"fact:shop:void {event} {n}" if corrects else f"fact:shop:{event}",
                    fingerprint=str(event),
                    customer=CustomerHint(handle=ANN),
                    what=FactKind.CORRECTION if corrects else kind,
                    occurred_at=clock.now(),
                    corrects=corrects,
                    **({} if corrects else said),
                )
            )
        except Conflict:
            return "corrected before"
        return "told"

    outcomes = all_at_once(tell, 32)

    (customer,) = cloud_bench.rows(Customer)
    assert outcomes.count("corrected before") == 4
    assert customer.value.margin == (1_01_01_01 if kind is FactKind.ORDER else 0)
    assert customer.traits == ({} if kind is FactKind.ORDER else dict.fromkeys(("t-0", "t-2", "t-4", "t-6"), "x"))
    assert sum(bool(fact.corrected_by) for fact in cloud_bench.rows(Fact)) == 4


def test_one_mail_to_send_given_to_many_workers_is_sent_once(cloud_bench: Bench) -> None:
    ses_id = cloud_bench.receive(mail_bytes(), announce=False)
    cases.receive_mail(received(ses_id, [SENDER], "ann@example.org", cloud_bench.bucket))
    (queued,) = [i for i in cloud_bench.rows(Interaction) if i.purpose is Purpose.ACKNOWLEDGEMENT]

    all_at_once(lambda _: mailroom.send_mail(queued.customer_id, queued.id))

    assert len(cloud_bench.mailer.accepted) == 1


def test_one_due_task_given_to_many_workers_becomes_one_notice(cloud_bench: Bench) -> None:
    expires = (clock.now() + timedelta(days=20)).date()
    for what, data in (
        (FactKind.CONSENT, {"channel": "email", "purpose": "service", "granted": "true", "proof": "form"}),
        (FactKind.CARD_EXPIRING, {"expires_on": expires.isoformat()}),
    ):
        customers.record_fact(
            FactReport(
                receipt_key=f"fact:{what.value}",
                fingerprint="f",
                customer=CustomerHint(handle=ANN),
                what=what,
                occurred_at=clock.now(),
                data=data,
            )
        )
    cloud_bench.run()
    (task,) = [entry for entry in cloud_bench.told_of("ann@example.org") if hasattr(entry, "play")]
    noon = clock.now().replace(hour=12) + timedelta(days=10)

    all_at_once(lambda _: outreach.consider_task(task.customer_id, task.id, noon))
    all_at_once(lambda _: outreach.deliver_task(task.customer_id, task.id, noon))
    cloud_bench.run()

    assert len(cloud_bench.sent) == 1
    _, customer = tasks.task(task.customer_id, task.id)
    assert customer and len(customer.notices_sent) == 1


def test_an_agents_answer_clicked_many_times_is_sent_once(cloud_bench: Bench) -> None:
    ses_id = cloud_bench.receive(mail_bytes(), announce=False)
    taken = cases.receive_mail(received(ses_id, [SENDER], "ann@example.org", cloud_bench.bucket))
    assert taken

    all_at_once(
        lambda _: cases.reply(
            taken.receipt.case_id,
            author="Bo",
            text="Done.",
            then="solve",
            receipt_key="api:1",
            fingerprint="f",
        )
    )
    cloud_bench.run()

    assert len([mail for mail in cloud_bench.sent if mail["Subject"].startswith("Re: Where is my order?")]) == 1


def asks(n: int, who: Handle) -> None:
    cases.take_in(
        Arrival(receipt_key=f"api:{n}", fingerprint=str(n), channel="web", at=clock.now(), sender=who, text=str(n))
    )


def buys(n: int, who: Handle) -> None:
    customers.record_fact(
        FactReport(
            receipt_key=f"fact:shop:{n}",
            fingerprint=str(n),
            customer=CustomerHint(handle=who),
            what=FactKind.ORDER,
            occurred_at=clock.now(),
            margin=Money(1_00, "USD"),
        )
    )


def person(who: Handle) -> Customer:
    found = people.customer_of(who)
    assert found
    return found


def test_a_merge_its_undoing_and_what_arrives_meanwhile_lose_nothing_of_each_other(cloud_bench: Bench) -> None:
    for n, who in enumerate((ANN, BEA)):
        asks(n, who)
        buys(n, who)
    ann, bea = person(ANN), person(BEA)
    made: list[str] = []

    def merge_or_arrive(n: int) -> None:
        if n == 2:
            made.append(customers.merge(bea.id, ann.id, author="Tom", reason="one", confirm_external=False).id)
        else:
            (asks if n % 2 else buys)(10 + n, BEA)

    def part_or_arrive(n: int) -> None:
        if n == 2:
            customers.undo_merge(made[0], author="Tom", reason="two")
        else:
            (asks if n % 2 else buys)(20 + n, BEA)

    all_at_once(merge_or_arrive)
    both = person(BEA)
    all_at_once(part_or_arrive)

    assert (both.id, both.value.margin, len(both.open_cases)) == (ann.id, 5_00, 6)
    alone, other = person(ANN), person(BEA)
    assert (alone.id, alone.value.margin, len(alone.open_cases)) == (ann.id, 1_00, 1)
    assert (other.id, other.value.margin, len(other.open_cases)) == (bea.id, 7_00, 9)
    owners = {case.id: case.customer_id for case in cloud_bench.rows(Case)}
    assert {owners[case_id] for case_id in other.open_cases} == {bea.id}


def test_a_handle_two_agents_add_to_two_customers_has_one_owner(cloud_bench: Bench) -> None:
    for n, who in enumerate((ANN, BEA)):
        asks(n, who)
    phone = Handle("phone", "+49301234567")

    def add(n: int) -> str:
        try:
            return customers.add_handle(person((ANN, BEA)[n % 2]).id, phone, by="desk").id
        except HandleTaken:
            return ""

    winners = set(all_at_once(add)) - {""}

    assert winners == {person(phone).id}


def test_many_workers_add_to_one_counter_and_nothing_is_lost(cloud_bench: Bench) -> None:
    def see(n: int) -> None:
        receipt = Receipt(key=f"seen:{n}", at=clock.now())
        settle(lambda: (Decision((receipt, Tally(("seen",), {"people": 1, "cents": n}))), None))

    all_at_once(see, 32)

    assert tallies.sums(("seen",)) == {"people": 32, "cents": sum(range(32))}


def test_of_many_who_delete_and_who_change_one_row_each_sees_what_became_of_it(cloud_bench: Bench) -> None:
    commit(Decision((Receipt(key="r", at=clock.now()),)))

    def act(n: int) -> str:
        read = cases_stored.receipt("r")
        if read is None:
            return "gone"
        try:
            commit(Decision((Gone(read) if n % 2 else replace(read, case_id=str(n)), Tally(("acts",), {"n": 1}))))
        except Refused:
            return "refused"
        return "deleted" if n % 2 else "changed"

    became = all_at_once(act)

    assert became.count("deleted") <= 1
    assert tallies.sums(("acts",)).get("n", 0) == became.count("deleted") + became.count("changed")
    assert (cases_stored.receipt("r") is None) is ("deleted" in became)


def test_who_writes_while_she_is_erased_is_in_the_old_record_wholly_or_in_a_new_one_wholly(cloud_bench: Bench) -> None:
    def write(n: int) -> None:
        arrival = Arrival(
            receipt_key=f"api:{n}", fingerprint=str(n), channel="web", at=clock.now(), sender=ANN, text=f"text {n}"
        )
        cases.take_in(arrival)

    write(100)
    old = people.customer_of(ANN)
    assert old
    asked = {"by": "desk", "author": "Tom", "reason": "x", "receipt_key": "api:e", "fingerprint": "f"}
    erasure_id = privacy.start_erasure(old.id, **asked).id

    all_at_once(lambda n: privacy.erase(erasure_id, -1) if n in (3, 9) else write(n), 24)
    later = clock.now() + 2 * STUCK_AFTER
    privacy.erase(erasure_id, -1, later)
    privacy.erase(erasure_id, -1, later + 2 * STUCK_AFTER)

    erasure = privacy_stored.erasure(erasure_id)
    assert erasure
    assert erasure.state is ErasureState.DONE
    assert privacy_stored.kept(old.id, "", 10) == []
    customer = people.customer_of(ANN)
    contacts, found = cloud_bench.rows(Interaction), cloud_bench.rows(Case)
    assert {contact.customer_id for contact in contacts} <= ({customer.id} if customer else set())
    assert {contact.case_id for contact in contacts} == {case.id for case in found}
    if customer:
        assert set(customer.open_cases) == {case.id for case in found}
        assert customer.id != old.id
