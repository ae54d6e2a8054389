"""Two people turn out to be one, and two again: one timeline meanwhile, and everybody's own afterwards."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.cases import service as cases
from chalicelib.customers import service as customers
from chalicelib.customers import views
from chalicelib.kernel import clock, ids
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer, CustomerHint, Handle
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind, FactReport
from chalicelib.model.interaction import Interaction, Purpose
from chalicelib.model.money import Money
from chalicelib.model.task import Task, TaskState
from chalicelib.storage import customers as storage
from chalicelib.storage import keys, table
from tests.workbench import Bench, mail_bytes, text_of

ANN, BEA = Handle("email", "ann@example.org"), Handle("email", "bea@example.org")
TOM = {"author": "Tom", "reason": "she says so"}


def writes(bench: Bench, who: Handle, text: str, **headers: str) -> None:
    bench.receive(mail_bytes(text, sender=f"<{who.value}>", **headers), source=who.value)
    bench.run()


def buys(who: Handle, margin: int) -> None:
    reports(who, FactKind.ORDER, margin=Money(margin, "USD"))


def reports(who: Handle, what: FactKind, event_id: str = "", **fields: Any) -> None:
    key = event_id or ids.new_ulid(clock.now())
    customers.record_fact(
        FactReport(
            receipt_key=f"fact:shop:{key}",
            fingerprint=key,
            customer=CustomerHint(handle=who),
            what=what,
            occurred_at=clock.now(),
            **fields,
        )
    )


def agrees(who: Handle, *, granted: bool = True) -> None:
    said = {"channel": "email", "purpose": "service", "granted": str(granted).lower(), "proof": "form"}
    reports(who, FactKind.CONSENT, data=said)


def person(who: Handle) -> Customer:
    found = storage.customer_of(who)
    assert found
    return found


def merge(absorbed: Customer, into: Customer) -> str:
    return customers.merge(absorbed.id, into.id, **TOM, confirm_external=False).id


def timeline(customer_id: str, limit: int = 3) -> list[Any]:
    """All of it, by pages."""
    found, after = [], None
    while True:
        page = views.timeline(customer_id, after, limit)
        found += page.items
        if (after := page.next) is None:
            return found


def said_by(entries: list[Any]) -> list[str]:
    """What people wrote and bought, oldest first."""
    told: list[str] = []
    for entry in reversed(entries):
        if isinstance(entry, Interaction) and entry.purpose is Purpose.CONTACT:
            told.append(entry.preview.strip())
        if isinstance(entry, Fact) and entry.margin:
            told.append(f"bought {entry.margin.minor}")
    return told


def settled(customer: Customer) -> Customer:
    """But for the version, which every write moves."""
    return replace(customer, version=None)


def test_two_people_are_one_for_a_while_and_nothing_of_either_is_lost(bench: Bench) -> None:
    writes(bench, ANN, "Ann's first.")
    writes(bench, BEA, "Bea's first.")
    buys(ANN, 10_00)
    buys(BEA, 5_00)
    agrees(BEA)
    ann, bea = person(ANN), person(BEA)

    merge_id = merge(bea, ann)

    one = person(BEA)
    assert one == person(ANN)
    assert (one.id, one.value.margin, len(one.open_cases)) == (ann.id, 15_00, 2)
    assert one.consents == bea.consents
    assert said_by(timeline(bea.id)) == ["Ann's first.", "Bea's first.", "bought 1000", "bought 500"]

    writes(bench, ANN, "Ann's second.")
    writes(bench, BEA, "Bea's second.")
    buys(BEA, 2_00)
    agrees(BEA, granted=False)
    together = timeline(ann.id)
    assert said_by(together)[4:] == ["Ann's second.", "Bea's second.", "bought 200"]
    assert [entry.id for entry in together] == sorted((entry.id for entry in together), reverse=True)
    assert person(ANN).value.margin == 17_00
    assert len(person(ANN).open_cases) == 4

    customers.undo_merge(merge_id, **TOM)

    writes(bench, BEA, "Bea's third.")
    assert said_by(timeline(ann.id)) == ["Ann's first.", "bought 1000", "Ann's second."]
    assert said_by(timeline(bea.id)) == ["Bea's first.", "bought 500", "Bea's second.", "bought 200", "Bea's third."]
    anns, beas = person(ANN), person(BEA)
    assert (anns.id, anns.value.margin, anns.consents) == (ann.id, 10_00, {})
    assert (beas.id, beas.value.margin) == (bea.id, 7_00)
    assert not beas.consents["email/service"].granted
    owners = {case.id: case.customer_id for case in bench.rows(Case)}
    assert {owners[case_id] for case_id in anns.open_cases} == {ann.id}
    assert {owners[case_id] for case_id in beas.open_cases} == {bea.id}
    assert (len(anns.open_cases), len(beas.open_cases)) == (2, 3)
    assert len(bench.sent) == 5, "each mail was acknowledged"


def test_a_merge_that_is_undone_at_once_leaves_no_trace_but_its_events(bench: Bench) -> None:
    writes(bench, ANN, "Ann's first.")
    writes(bench, BEA, "Bea's first.")
    buys(BEA, 5_00)
    before = person(ANN), person(BEA)

    customers.undo_merge(merge(before[1], before[0]), **TOM)

    assert [settled(person(who)) for who in (ANN, BEA)] == [settled(customer) for customer in before]
    told = [e for e in timeline(before[0].id) if isinstance(e, Event)]
    assert [event.what for event in told] == [EventKind.MERGE_UNDONE, EventKind.MERGED]


def test_what_was_wrong_of_one_of_them_is_taken_back_while_they_are_one_and_stays_so(bench: Bench) -> None:
    reports(ANN, FactKind.PROFILE, data={"name": "Ann"})
    reports(BEA, FactKind.PROFILE, data={"name": "Bea"})
    reports(BEA, FactKind.PROFILE, event_id="name", data={"name": "Bob"})
    reports(BEA, FactKind.ORDER, event_id="order", margin=Money(9_00, "USD"))
    buys(ANN, 2_00)
    made = merge(person(BEA), into=person(ANN))

    for wrong in ("name", "order"):
        reports(BEA, FactKind.CORRECTION, data={"corrects": wrong, "reason": "not hers"}, corrects=f"fact:shop:{wrong}")
    together = person(BEA)
    customers.undo_merge(made, **TOM)

    assert (together.name, together.value.margin) == ("Bea", 2_00)
    assert [(who.name, who.value.margin) for who in (person(ANN), person(BEA))] == [("Ann", 2_00), ("Bea", 0)]
    assert [
        fact.data["corrects"] for fact in bench.told_of(BEA.value) if getattr(fact, "what", "") is FactKind.CORRECTION
    ]


def test_an_answer_to_an_absorbed_ones_case_reaches_her_and_her_reply_finds_it(bench: Bench) -> None:
    writes(bench, ANN, "Ann's first.")
    writes(bench, BEA, "Bea's first.")
    (case,) = [c for c in bench.rows(Case) if c.customer_id == person(BEA).id]
    merge_id = merge(person(BEA), person(ANN))

    cases.reply(case.id, author="Bo", text="Solved.", then="solve", receipt_key="r:1", fingerprint="f")
    bench.run()

    answer = bench.sent[-1]
    assert BEA.value in answer["To"]
    assert "Solved." in text_of(answer)
    assert list(person(ANN).open_cases) != [case.id]
    assert len(person(ANN).open_cases) == 1

    writes(bench, ANN, "Still broken.", to=str(answer["Reply-To"]).partition("<")[2].rstrip(">"))
    assert case.id in person(ANN).open_cases
    customers.undo_merge(merge_id, **TOM)
    assert list(person(BEA).open_cases) == [case.id]
    assert [entry.preview.strip() for entry in timeline(person(BEA).id) if getattr(entry, "sender", "") == str(ANN)]


def test_what_was_planned_for_an_absorbed_one_goes_on_to_its_outcome(bench: Bench) -> None:
    writes(bench, ANN, "Ann's first.")
    bench.run()
    case_id = next(iter(person(ANN).open_cases))
    cases.reply(case_id, author="Bo", text="It is done.", then="solve", receipt_key="r:1", fingerprint="f")
    agrees(BEA)
    expires = (clock.now() + timedelta(days=20)).date()
    reports(BEA, FactKind.CARD_EXPIRING, data={"expires_on": expires.isoformat(), "card_hint": "4242"})
    bench.run()
    merge(person(BEA), person(ANN))

    noon = clock.now().replace(hour=12) + timedelta(days=10)
    bench.tick(noon)
    bench.run()

    (task,) = bench.rows(Task)
    assert task.state is TaskState.SENT
    assert len(person(ANN).notices_sent) == 1
    assert views.timeline(task.customer_id, None, 1).items


def test_who_unsubscribes_by_an_old_link_unsubscribes_the_person(bench: Bench) -> None:
    agrees(ANN)
    agrees(BEA)
    bea = person(BEA)
    merge_id = merge(bea, person(ANN))

    customers.withdraw_consent(bea.id, "email", "service", "link of last year")

    assert not person(ANN).consents["email/service"].granted
    customers.undo_merge(merge_id, **TOM)
    assert [person(who).consents["email/service"].granted for who in (ANN, BEA)] == [False, False]


def test_merges_of_merges_are_undone_from_the_last(bench: Bench) -> None:
    cara = Handle("device", "ios-5F3A")
    for number, who in enumerate((ANN, BEA, cara), 1):
        buys(who, number * 1_00)
    ids_ = {who: person(who).id for who in (ANN, BEA, cara)}
    first = merge(person(cara), person(BEA))
    second = merge(person(BEA), person(ANN))
    buys(cara, 10_00)

    assert person(cara).id == ids_[ANN]
    assert person(ANN).value.margin == 16_00
    assert said_by(timeline(ids_[cara])) == said_by(timeline(ids_[ANN]))

    customers.undo_merge(second, **TOM)
    assert (person(ANN).value.margin, person(cara).id, person(cara).value.margin) == (1_00, ids_[BEA], 15_00)

    customers.undo_merge(first, **TOM)
    assert [person(who).value.margin for who in (ANN, BEA, cara)] == [1_00, 2_00, 13_00]


def test_a_handle_split_off_stays_away_when_the_merge_it_came_by_is_undone(bench: Bench) -> None:
    phone = Handle("phone", "+49301234567")
    writes(bench, ANN, "Ann's first.")
    writes(bench, BEA, "Bea's first.")
    customers.add_handle(person(BEA).id, phone, by="desk")
    merge_id = merge(person(BEA), person(ANN))

    customers.split_off(person(ANN).id, phone, **TOM)
    customers.undo_merge(merge_id, **TOM)

    assert person(BEA).handles == (BEA,)
    assert person(phone).handles == (phone,)
    assert person(phone).id not in (person(ANN).id, person(BEA).id)


def test_who_reads_while_a_merge_is_undone_finds_whose_it_is_by_then(bench: Bench) -> None:
    writes(bench, ANN, "Ann's first.")
    writes(bench, BEA, "Bea's first.")
    ann, bea = person(ANN), person(BEA)
    merge_id = merge(bea, ann)
    read_before = table.row_at(keys.customer(bea.id))

    customers.undo_merge(merge_id, **TOM)

    assert read_before.merged_into == ann.id
    found = storage.survivor(read_before)
    assert found.customer and (found.customer.id, found.during) == (bea.id, "")
