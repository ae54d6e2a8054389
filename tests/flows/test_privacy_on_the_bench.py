"""A person asks for all we know of her, and to be forgotten: nothing is missing from the one, or left by the other."""

import json
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.cases import service as cases
from chalicelib.customers import service as customers
from chalicelib.gateways import texts
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.model.customer import Customer, CustomerHint, Handle
from chalicelib.model.fact import FactKind, FactReport
from chalicelib.model.interaction import Interaction, KnownMessage, Purpose, Receipt
from chalicelib.model.later import ScheduledAnswer
from chalicelib.model.money import Money
from chalicelib.model.privacy import STUCK_AFTER, Erasing, Erasure, ErasureState, Export, Exported, ExportState
from chalicelib.model.rule import RuleRun
from chalicelib.model.segment import Member
from chalicelib.privacy import service as privacy
from chalicelib.privacy import views
from chalicelib.storage import customers as storage
from chalicelib.storage import tallies
from chalicelib.storage.commit import commit
from tests.factories import ANNS_ID, NOON
from tests.faults import Breaker, Fault, Way
from tests.storage.test_rows import EXAMPLES
from tests.workbench import SENDER, Bench, far_from_now, mail_bytes

pytestmark = pytest.mark.usefixtures("no_index")

ANN, BEA, TOM = (Handle("email", f"{name}@example.org") for name in ("ann", "bea", "tom"))
TOMS = {"author": "Tom", "reason": "she says so"}
LONG = "Where is my parcel with the zanzibar spices? " * 60
FILE = b"%PDF-1.4 the invoice of Ann Archer"
HERS = ("ann@example.org", "Archer", "zanzibar", "ann-4711", "+4930123456", "invoice of Ann")
TOPICS, LEARNED = ("zanzibar",), '"kind": {"S": "gap"}'


def writes(bench: Bench, who: Handle, text: str, **more: Any) -> str:
    name = {ANN: "Ann Archer"}.get(who, "")
    ses_id = bench.receive(mail_bytes(text, sender=f"{name} <{who.value}>", **more), source=who.value)
    bench.run()
    return ses_id


def reports(who: Handle, what: FactKind, **fields: Any) -> None:
    key = ids.new_ulid(clock.now())
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


def person(who: Handle) -> Customer:
    found = storage.customer_of(who)
    assert found
    return found


def a_full_life(bench: Bench) -> Customer:
    """Ann writes long and short, with a file, is answered, buys, uses, consents, has a card that expires, is looked at,
    and turned out to be somebody we knew by telephone."""
    writes(bench, ANN, LONG, files={"invoice Archer.pdf": FILE}, subject="Archer's parcel")
    case_id = next(iter(person(ANN).open_cases))
    cases.reply(case_id, author="Bo", text=f"Dear Ann Archer, {LONG}", then="wait", receipt_key="r:1", fingerprint="f")
    reports(ANN, FactKind.ORDER, margin=Money(10_00, "USD"), data={"order": "zanzibar-1"})
    reports(ANN, FactKind.USAGE, data={"feature": "zanzibar map"})
    consent = {"channel": "email", "purpose": "service", "granted": "true", "proof": "form of ann@example.org"}
    reports(ANN, FactKind.CONSENT, data=consent)
    reports(ANN, FactKind.CARD_EXPIRING, data={"expires_on": f"{clock.now() + timedelta(days=40):%Y-%m-%d}"})
    customers.add_handle(person(ANN).id, Handle("external", "ann-4711"), by="shop")
    phone = Handle("phone", "+4930123456")
    reports(phone, FactKind.PROFILE, data={"name": "A. Archer"})
    customers.merge(person(phone).id, person(ANN).id, **TOMS, confirm_external=False)
    bench.run()
    privacy.look(person(ANN).id, by="desk of Archer", what="get_customer", because="7K3M")
    return person(ANN)


def export(customer: Customer, key: str = "x") -> str:
    asked = {
        "by": "desk",
        "author": "Tom",
        "reason": "she asked",
        "receipt_key": f"api:desk:export:{key}",
        "fingerprint": key,
    }
    return privacy.start_export(customer.id, **asked).id


def erase(customer: Customer, key: str = "e") -> str:
    asked = {"by": "desk", "author": "Tom", "reason": "letter of 2026-11-20"}
    return privacy.start_erasure(customer.id, **asked, receipt_key=f"api:desk:erase:{key}", fingerprint=key).id


def to_the_end(bench: Bench) -> None:
    """Until it is done, the wait for what was being written included."""
    bench.run()
    bench.tick(clock.now() + STUCK_AFTER + timedelta(minutes=1))
    bench.run()


def rows(bench: Bench) -> list[str]:
    from chalicelib.kernel.settings import settings

    pages = bench.client("dynamodb").get_paginator("scan").paginate(TableName=settings().table_name)
    return [json.dumps(item, default=str, ensure_ascii=False) for page in pages for item in page["Items"]]


def stored(bench: Bench) -> dict[str, bytes]:
    s3 = bench.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bench.bucket)
    keys = [found["Key"] for page in pages for found in page.get("Contents", ()) if not_the_index(found["Key"])]
    return {key: s3.get_object(Bucket=bench.bucket, Key=key)["Body"].read() for key in keys}


def not_the_index(key: str) -> bool:
    """What is searched is of articles, not of customers."""
    return not key.startswith("search/")


def traces(bench: Bench, words: tuple[str, ...] = HERS) -> list[str]:
    """Rows and objects in which one of these words stands. What is learned of a question stays, masked: it may have
    been learned before she was forgotten, and then tells what was asked but not of whom."""
    found = [
        row for row in rows(bench) if any(word in row for word in words if word not in TOPICS or LEARNED not in row)
    ]
    objects = [key for key, content in stored(bench).items() if any(w.encode() in content or w in key for w in words)]
    return found + objects


def erasure_of(bench: Bench) -> Erasure:
    (found,) = bench.rows(Erasure)
    return found


# Forgetting


def test_after_an_erasure_no_row_and_no_object_holds_her_address_name_or_words(bench: Bench) -> None:
    ann = a_full_life(bench)
    export(ann)
    bench.run()
    bench.reconcile()
    assert traces(bench)

    erase(ann)
    to_the_end(bench)

    assert bench.failures == []
    assert traces(bench) == []
    assert stored(bench) == {}
    left = {type(thing).__name__ for kind in (Customer, Interaction, Export) for thing in bench.rows(kind)}
    assert left == set()
    ids_ = [row for row in rows(bench) if any(record in row for record in ann.ids) and '"receipt"' not in row]
    assert ids_ == []


# Kinds that name her and stay, or go by what leads to them, as the tests above and below show.
LED_TO = {Receipt, KnownMessage, Export, Exported, Erasure, Erasing, RuleRun, Member}


def test_every_kind_of_row_that_names_her_goes_with_what_it_holds_outside_the_table(bench: Bench) -> None:
    """A kind of row that comes anew is either in her partition, or led to, or named as one that stays."""
    kinds = {kind for kind in EXAMPLES if "customer_id" in {field.name for field in fields(kind)}} - LED_TO
    waits = replace(EXAMPLES[ScheduledAnswer], version=None, body_key=texts.keep("later:1", LONG))
    of_others = replace(EXAMPLES[Interaction], version=None, id=ids.new_ulid(NOON), purpose=Purpose.SIDE, side=1)
    hers = [replace(EXAMPLES[kind], version=None) for kind in kinds - {ScheduledAnswer}]
    about_her = {type(thing).__name__ for thing in (*hers, waits)}
    commit(Decision((replace(EXAMPLES[Customer], version=None, recovery=""), waits, of_others, *hers)))

    erase(person(ANN))
    to_the_end(bench)

    assert {"CaseChange", "CaseMerge", "CaseSplit", "MoodLabel", "Recovery", "Rating", "SideConversation"} <= about_her
    assert bench.failures == []
    assert stored(bench) == {}
    assert traces(bench, (ANNS_ID, "ann@example.org", "depot@carrier", "Where is my order", "快点", "Rang her")) == []


def test_a_mail_that_was_delivered_twice_goes_twice(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for raw in [mail_bytes("zanzibar")] * 2:
        bench.receive(raw, source=ANN.value)
        bench.run()
    with far_from_now(monkeypatch, timedelta(hours=1)):
        bench.reconcile()
    assert views.inventory(person(ANN).id).objects["mail"] == 2

    erase(person(ANN))
    to_the_end(bench)

    assert traces(bench) == []


def test_the_erasure_stays_and_tells_how_much_and_on_whose_word_but_not_of_whom(bench: Bench) -> None:
    ann = a_full_life(bench)

    erase(ann)
    to_the_end(bench)

    done = erasure_of(bench)
    assert (done.state, done.author, done.reason) == (ErasureState.DONE, "Tom", "letter of 2026-11-20")
    assert (done.customer_id, done.records, done.cases, done.handles) == ("", (), (), ())
    expected = {
        "customer": 2,
        "handle": 3,
        "case": 1,
        "merge": 1,
        "look": 1,
        "object: mail": 1,
        "object: attachment": 1,
    }
    assert {kind: done.counts[kind] for kind in expected} == expected
    assert done.counts["object: text"] == 2


def test_figures_count_one_more_who_is_gone_and_lose_nothing(bench: Bench) -> None:
    ann, month = a_full_life(bench), f"{clock.now():%Y-%m}"
    requests = tallies.sums(("requests", month))
    assert sum(requests.values()) > 0

    erase(ann)
    to_the_end(bench)

    assert tallies.sums(("requests", month)) == requests
    assert tallies.sums(("erased", month)) == {
        "customers": 1,
        f"tier.{ann.tier}": 1,
        "purchases": 1,
        "margin": 10_00,
        f"margin.{month}": 10_00,
    }


def test_who_writes_again_is_a_new_customer_at_once(bench: Bench) -> None:
    ann = a_full_life(bench)
    erase(ann)
    bench.run()
    erasure = erasure_of(bench)
    assert erasure.state is ErasureState.SETTLING
    while clock.now().replace(microsecond=0) <= erasure.forgotten_at:
        pass  # S3 tells whole seconds; what may be older than the erasure goes

    writes(bench, ANN, "I am back.", files={"logo.png": FILE})
    bench.tick(clock.now() + STUCK_AFTER + timedelta(minutes=1))
    bench.run()

    again = person(ANN)
    assert again.id not in ann.ids
    assert [contact.preview.strip() for contact in bench.rows(Interaction) if not contact.delivery] == ["I am back."]
    assert FILE in stored(bench).values(), "the same file, sent again, is whose it is now"


def test_an_answer_to_an_old_mail_of_ours_opens_a_case_of_a_new_customer(bench: Bench) -> None:
    ann = a_full_life(bench)
    ours = bench.sent[-1]
    erase(ann)
    bench.run()

    ses_id = bench.receive(
        mail_bytes("Thank you.", sender="<ann@example.org>", In_Reply_To=ours["Message-ID"]),
        recipients=(str(ours["Reply-To"]),),
    )
    bench.run()

    assert ses_id
    assert bench.failures == []
    assert person(ANN).id not in ann.ids


def test_a_mail_into_a_case_whose_customer_is_being_erased_finds_no_case(bench: Bench) -> None:
    """Between the moment she is forgotten and the moment her cases are gone."""
    ann = a_full_life(bench)
    ours = bench.sent[-1]
    erasure_id = erase(ann)
    decision = privacy._erase_on(erasure_id, -1, clock.now())
    assert decision
    commit(decision)

    bench.receive(mail_bytes("Thank you.", sender="<ann@example.org>"), recipients=(str(ours["Reply-To"]),))
    bench._consume("mail", _mail_consumer())

    assert bench.failures == []
    assert person(ANN).id not in ann.ids
    to_the_end(bench)
    assert [contact.customer_id for contact in bench.rows(Interaction)] == [person(ANN).id] * 2


def _mail_consumer() -> Any:
    from chalicelib.triggers import inbound_mail

    return inbound_mail.inbound_mail


def test_what_was_being_written_when_she_was_forgotten_is_erased_by_the_second_look(bench: Bench) -> None:
    """A worker read of her before, and writes after all of hers was swept: the write does not touch her own row."""
    ann = a_full_life(bench)
    late = next(c for c in bench.rows(Interaction) if not c.delivery)
    erase(ann)
    bench.run()
    assert bench.rows(Interaction) == []
    commit(Decision((replace(late, id=ids.new_ulid(clock.now()), version=None),)))

    for rests in (1, 2):
        bench.tick(clock.now() + 2 * rests * STUCK_AFTER)
        bench.run()

    assert traces(bench) == []
    assert erasure_of(bench).state is ErasureState.DONE


def test_reading_stored_mail_again_brings_nobody_back(bench: Bench) -> None:
    ann = a_full_life(bench)
    before = stored(bench)
    erase(ann)
    to_the_end(bench)
    (raw_key,) = [key for key in before if key.startswith("in/")]
    bench.client("s3").put_object(Bucket=bench.bucket, Key=raw_key, Body=before[raw_key])  # a copy that turned up

    for replay in (True, False):
        notice = {"stored": raw_key, "at": clock.iso(clock.now()), "replay": replay}
        bench.put("mail", json.dumps(notice))
        bench.run()

    assert storage.customer_of(ANN) is None
    assert bench.rows(Interaction) == []


def test_a_fact_reported_again_or_corrected_brings_nobody_back(bench: Bench) -> None:
    bought = FactReport(
        receipt_key="fact:shop:1",
        fingerprint="f",
        customer=CustomerHint(handle=ANN),
        what=FactKind.ORDER,
        occurred_at=clock.now(),
        margin=Money(10_00, "USD"),
    )
    customers.record_fact(bought)
    erase(person(ANN))
    to_the_end(bench)

    assert customers.record_fact(bought).duplicate
    with pytest.raises(NotFound, match="this fact is gone"):
        customers.record_fact(
            replace(bought, receipt_key="fact:shop:2", what=FactKind.CORRECTION, margin=None, corrects="fact:shop:1")
        )
    assert storage.customer_of(ANN) is None


def test_other_customers_keep_what_is_theirs(bench: Bench) -> None:
    ann = a_full_life(bench)
    writes(bench, BEA, "Bea's own.", files={"bea.pdf": b"%PDF-1.4 Bea's"})
    bea = person(BEA)

    erase(ann)
    to_the_end(bench)

    assert person(BEA) == bea
    assert len([entry for entry in bench.told_of(BEA.value) if isinstance(entry, Interaction)]) == 2
    assert b"%PDF-1.4 Bea's" in stored(bench).values()


def test_a_merge_that_was_undone_keeps_no_copy_of_her_and_spares_the_other(bench: Bench) -> None:
    writes(bench, ANN, "zanzibar")
    writes(bench, BEA, "Bea's own.")
    merge = customers.merge(person(BEA).id, person(ANN).id, **TOMS, confirm_external=False)
    customers.undo_merge(merge.id, **TOMS)

    erase(person(ANN))
    to_the_end(bench)

    assert traces(bench) == []
    assert len([entry for entry in bench.told_of(BEA.value) if isinstance(entry, Interaction)]) == 2


def test_merges_on_top_of_each_other_that_were_undone_keep_no_copy_of_her(bench: Bench) -> None:
    for who in (ANN, BEA, TOM):
        writes(bench, who, "A contact.")
    into_bea = [customers.merge(person(who).id, person(BEA).id, **TOMS, confirm_external=False) for who in (ANN, TOM)]
    for merge in reversed(into_bea):
        customers.undo_merge(merge.id, **TOMS)

    erase(person(ANN))
    to_the_end(bench)

    assert traces(bench) == []


def test_asked_for_by_the_record_that_was_absorbed_all_of_her_goes(bench: Bench) -> None:
    ann = a_full_life(bench)
    absorbed = next(record for record in ann.ids if record != ann.id)

    privacy.start_erasure(absorbed, by="desk", author="Tom", reason="x", receipt_key="api:e", fingerprint="f")
    to_the_end(bench)

    assert traces(bench) == []


def test_an_erasure_asked_for_twice_is_one(bench: Bench) -> None:
    ann = a_full_life(bench)
    first = erase(ann)

    assert erase(ann) == first
    with pytest.raises(Conflict, match=first):
        erase(ann, "another key")
    to_the_end(bench)
    assert erase(ann) == first
    with pytest.raises(NotFound):
        erase(ann, "another key")


def test_who_is_merged_with_somebody_before_it_begins_is_not_erased_unasked(bench: Bench) -> None:
    ann = a_full_life(bench)
    writes(bench, BEA, "Bea's own.")
    erase(ann)
    customers.merge(person(BEA).id, ann.id, **TOMS, confirm_external=False)

    to_the_end(bench)

    assert erasure_of(bench).state is ErasureState.REFUSED
    assert person(ANN).id == ann.id
    erase(person(ANN), "asked again")


def test_nobody_is_erased_while_an_export_of_her_is_being_built(bench: Bench) -> None:
    ann = a_full_life(bench)
    export_id = export(ann)

    with pytest.raises(Conflict, match=export_id):
        erase(ann)
    bench.run()
    erase(ann)
    with pytest.raises(Conflict, match="being erased"):
        export(ann, "y")


@pytest.mark.parametrize("way", [Way.DIES, Way.ERRS])
def test_whoever_dies_at_any_step_is_carried_on(bench: Bench, monkeypatch: pytest.MonkeyPatch, way: Way) -> None:
    """Each AWS call of an erasure fails once, the first time it is made."""
    ann = a_full_life(bench)
    erase(ann)
    breaker = Breaker(monkeypatch)
    at = 0
    while erasure_of(bench).state not in (ErasureState.SETTLING, ErasureState.DONE):
        with breaker.breaking(Fault(at=at, way=way)):
            try:
                privacy.erase(erasure_of(bench).id, -1)
            except BaseException:  # noqa: BLE001 - the worker's end, as its queue sees it
                at += 1
        assert at < 300

    assert at > 5
    bench.tick(clock.now() + STUCK_AFTER + timedelta(minutes=1))
    bench.run()
    assert traces(bench) == []
    assert erasure_of(bench).counts["customer"] == 2


def test_a_lost_message_is_made_good_by_the_clock(bench: Bench) -> None:
    ann = a_full_life(bench)
    erase(ann)
    bench._follow_stream()
    bench.client("sqs").purge_queue(QueueUrl=bench.queue_urls["background"])

    to_the_end(bench)
    bench.tick(clock.now() + 3 * STUCK_AFTER)
    bench.run()

    assert traces(bench) == []


# Everything of hers


def test_an_export_holds_all_that_was_written_of_her(bench: Bench) -> None:
    ann = a_full_life(bench)

    export_id = export(ann)
    bench.run()

    assert bench.failures == []
    (done,) = bench.rows(Export)
    assert done.state is ExportState.DONE
    files = {
        key.removeprefix(f"exports/{export_id}/"): content for key, content in stored(bench).items() if export_id in key
    }
    whole = b"\n".join(files.values()).decode("utf-8", "replace")
    assert [word for word in (*HERS, "desk of Archer", "Dear Ann Archer", "zanzibar map") if word not in whole] == []
    told = [
        json.loads(line)
        for name, content in files.items()
        if name.startswith("timeline/")
        for line in content.splitlines()
    ]
    assert sorted(entry["id"] for entry in told) == sorted(entry.id for entry in bench.told_of(ANN.value))
    assert {entry["kind"] for entry in told} >= {"interaction", "fact", "event", "task"}
    assert len([name for name in files if name.startswith("texts/")]) == 2
    assert FILE in files.values()
    assert any(
        content.startswith(b"From:") or b"\nFrom:" in content
        for name, content in files.items()
        if name.endswith(".eml")
    )
    manifest = json.loads(files["manifest.json"])
    assert manifest["records"] == list(ann.ids)
    assert manifest["holds"] == dict(sorted(done.figures.items()))


def test_an_export_of_a_long_life_is_built_in_parts_and_goes_on_after_each(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(privacy, "ROWS_A_PART", 2)
    monkeypatch.setattr(privacy, "STEPS_A_TURN", 2)
    ann = a_full_life(bench)

    export_id = export(ann)
    bench.run()

    (done,) = bench.rows(Export)
    assert done.state is ExportState.DONE
    assert done.turn > 1
    parts = [content for key, content in stored(bench).items() if key.startswith(f"exports/{export_id}/timeline/")]
    told = [json.loads(line)["id"] for part in parts for line in part.splitlines()]
    assert sorted(told) == sorted(entry.id for entry in bench.told_of(ANN.value))


def test_a_turn_ends_before_the_function_must(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy, "ROWS_A_PART", 2)
    monkeypatch.setattr(privacy, "SECONDS_A_TURN", 0)
    export(a_full_life(bench))

    bench.run()

    (done,) = bench.rows(Export)
    assert done.state is ExportState.DONE
    assert done.turn > 3


def test_an_export_broken_off_at_any_step_is_carried_on_and_counts_nothing_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = a_full_life(bench)
    export(ann)
    breaker = Breaker(monkeypatch)
    at = 0
    while bench.rows(Export)[0].state is ExportState.BUILDING:
        with breaker.breaking(Fault(at=at, way=Way.DIES)):
            try:
                privacy.build_export(bench.rows(Export)[0].id, -1)
            except BaseException:  # noqa: BLE001 - the worker's end, as its queue sees it
                at += 1
        assert at < 300

    assert at > 5
    told = bench.told_of(ANN.value)
    assert bench.rows(Export)[0].figures["interaction"] == len([e for e in told if isinstance(e, Interaction)])


def test_who_is_erased_while_her_export_is_built_leaves_none(bench: Bench) -> None:
    ann = a_full_life(bench)
    export_id = export(ann)
    bench.run()
    erase(ann)
    to_the_end(bench)

    privacy.build_export(export_id, -1)

    assert bench.rows(Export) == []
    assert [key for key in stored(bench) if key.startswith("exports/")] == []


def test_mail_receipts_stay_and_name_nobody(bench: Bench) -> None:
    ann = a_full_life(bench)

    erase(ann)
    to_the_end(bench)

    (mail,) = [receipt for receipt in bench.rows(Receipt) if receipt.key.startswith("mail:")]
    assert (mail.customer_id, mail.case_id, mail.interaction_id, mail.fingerprint) == ("", "", "", "")
    assert SENDER not in mail.key


def test_a_short_while_later_the_clock_ends_it_by_itself(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    ann = a_full_life(bench)
    erase(ann)
    bench.run()

    with far_from_now(monkeypatch, STUCK_AFTER + timedelta(minutes=1)):
        bench.tick()
        bench.run()

    assert erasure_of(bench).state is ErasureState.DONE


def test_an_export_of_somebody_who_turns_out_to_be_two_holds_nothing_of_the_other(bench: Bench) -> None:
    writes(bench, ANN, "zanzibar")
    writes(bench, BEA, "Bea's own peppermint.")
    merge = customers.merge(person(BEA).id, person(ANN).id, **TOMS, confirm_external=False)
    export(person(ANN))
    customers.undo_merge(merge.id, **TOMS)
    bench.run()

    (found,) = bench.rows(Export)
    assert found.state is ExportState.FAILED
    assert "ask for another" in found.detail
    assert [key for key in stored(bench) if key.startswith("exports/")] == []


def test_an_export_asked_for_at_the_moment_of_an_erasure_leaves_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither saw the other begin, and a part is written after the erasure swept."""
    ann = a_full_life(bench)
    with monkeypatch.context() as unseen:
        unseen.setattr(privacy.storage, "exports_of", lambda _records: [])
        export_id = export(ann)
        erase(ann)
    write_part = privacy._write_part

    def slowly(*asked: Any) -> Any:
        monkeypatch.setattr(privacy, "_write_part", write_part)
        privacy.erase(erasure_of(bench).id, -1)
        return write_part(*asked)

    monkeypatch.setattr(privacy, "_write_part", slowly)
    privacy.build_export(export_id, -1)
    to_the_end(bench)

    assert erasure_of(bench).state is ErasureState.DONE
    assert traces(bench) == []
