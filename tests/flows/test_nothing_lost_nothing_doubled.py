"""Every AWS call of the mail path and of the notice path fails once, before and after it took effect, by a lost
connection and by the worker's death. Whatever breaks, the end is the same: one of each, and none missing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from chalicelib.cases import views
from chalicelib.customers import service as customers
from chalicelib.gateways.objects import objects
from chalicelib.kernel import clock
from chalicelib.kernel.errors import HubError
from chalicelib.model.customer import Customer, CustomerHint, Handle
from chalicelib.model.fact import FactKind, FactReport
from chalicelib.model.interaction import CLAIM_SETTLES_IN, DeliveryState, Interaction, Purpose
from chalicelib.model.task import Task, TaskState
from chalicelib.storage import customers as storage
from chalicelib.storage import keys
from tests.faults import Breaker, Fault, Moment, Way
from tests.workbench import Bench, Died, far_from_now, mail_bytes

pytestmark = pytest.mark.cloud

EXPIRES_ON = (clock.now() + timedelta(days=20)).date()
NOON = datetime(EXPIRES_ON.year, EXPIRES_ON.month, EXPIRES_ON.day, 12, tzinfo=UTC) - timedelta(days=13)


def recovered(bench: Bench, patch: pytest.MonkeyPatch) -> None:
    """What happens by itself after a fault: redelivery, and the clock looking at what is unclear."""
    bench.run()
    with far_from_now(patch, 2 * CLAIM_SETTLES_IN):
        bench.tick()
        bench.run()


def mail_comes(bench: Bench, breaker: Breaker, patch: pytest.MonkeyPatch, who: str, fault: Fault) -> None:
    address = f"{who}@example.org"
    text = "It leaks.\n\nOn Monday, 2 November 2026, Shop <shop@example.org> wrote:\n> How is the tent?"
    bench.receive(mail_bytes(text, sender=address, files={"leak.pdf": b"%PDF"}), source=address)
    with breaker.breaking(fault):
        bench.run()
    recovered(bench, patch)


def mail_went_well(bench: Bench, who: str) -> None:
    address = f"{who}@example.org"
    mine = [entry for entry in bench.told_of(address) if isinstance(entry, Interaction)]
    (contact,) = [i for i in mine if i.purpose is Purpose.CONTACT]
    (acknowledgement,) = [i for i in mine if i.purpose is Purpose.ACKNOWLEDGEMENT]
    customer = known(address)
    assert len(mine) == 2
    assert contact.preview == "It leaks."
    assert "> How is the tent?" in views.body_of(contact)
    assert objects.exists(contact.attachments[0].key)
    assert {contact.case_id, acknowledgement.case_id} == set(customer.open_cases)
    assert acknowledgement.delivery.state is DeliveryState.SENT
    assert [to for _, _, to in bench.mailer.accepted].count(address) == 1


def card_expires(bench: Bench, breaker: Breaker, patch: pytest.MonkeyPatch, who: str, fault: Fault) -> None:
    address = Handle("email", f"{who}@example.org")
    said = {"channel": "email", "purpose": "service", "granted": "true", "proof": "form"}
    report(address, FactKind.CONSENT, said)
    with breaker.breaking(fault):
        report(address, FactKind.CARD_EXPIRING, {"expires_on": EXPIRES_ON.isoformat()})
        bench.run()
        bench.tick(NOON)
        bench.run()
    bench.run()
    bench.tick(NOON)
    recovered(bench, patch)
    bench.tick(NOON + 2 * CLAIM_SETTLES_IN)
    recovered(bench, patch)


def report(handle: Handle, what: FactKind, data: dict[str, str]) -> None:
    """As the API's caller does: until it is told that it worked."""
    fact = FactReport(
        receipt_key=f"fact:{what.value}:{handle}",
        fingerprint="f",
        customer=CustomerHint(handle=handle),
        what=what,
        occurred_at=clock.now(),
        data=data,
    )
    for _ in range(3):
        try:
            customers.record_fact(fact)
        except (HubError, Died):
            continue
        return
    raise AssertionError("it never worked")


def notice_went_well(bench: Bench, who: str) -> None:
    address = f"{who}@example.org"
    mine = bench.told_of(address)
    (task,) = [entry for entry in mine if isinstance(entry, Task)]
    (notice,) = [entry for entry in mine if isinstance(entry, Interaction)]
    assert task.state is TaskState.SENT and task.interaction_id == notice.id
    assert notice.delivery.state is DeliveryState.SENT
    assert len(known(address).notices_sent) == 1
    assert [to for _, _, to in bench.mailer.accepted].count(address) == 1


def known(address: str) -> Customer:
    customer = storage.customer_of(Handle("email", address))
    assert customer
    return customer


Comes = Callable[[Bench, Breaker, pytest.MonkeyPatch, str, Fault], None]


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("moment", Moment)
@pytest.mark.parametrize(("comes", "went_well"), [(mail_comes, mail_went_well), (card_expires, notice_went_well)])
def test_whichever_call_fails_there_is_one_of_each(
    cloud_bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    comes: Comes,
    went_well: Callable[[Bench, str], None],
    moment: Moment,
    way: Way,
) -> None:
    monkeypatch.setattr(keys, "DUE_SHARDS", 2)  # the clock looks into each of them at every tick
    breaker = Breaker(monkeypatch)
    comes(cloud_bench, breaker, monkeypatch, "somebody", Fault(at=-1))  # the first has an index built: no other does
    whole = Fault(at=-1)
    comes(cloud_bench, breaker, monkeypatch, "nobody", whole)
    went_well(cloud_bench, "nobody")
    assert {"TransactWriteItems", "BatchGetItem", "SendMessageBatch", "SendRawEmail"} <= set(whole.calls)
    assert ("PutObject" in whole.calls) is (comes is mail_comes)

    for number in count():
        who, fault = f"fault-{number}", Fault(number, moment, way)
        comes(cloud_bench, breaker, monkeypatch, who, fault)
        call = fault.calls[number] if number < len(fault.calls) else ""
        try:
            went_well(cloud_bench, who)
        except (AssertionError, ValueError) as error:
            raise AssertionError(f"call {number} ({call}) failed {moment.value}, {way.value}") from error
        if not call:  # there was none any more
            break
    assert number >= len(whole.calls) - 2  # one less when nothing had to be looked up anew
