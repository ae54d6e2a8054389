"""What is done about raw mail that lies in object storage: find what got lost, file what was taken in, queue what
is to be read again.

The queue spreads the work over as many workers as there are; service.py and replaying.py decide about each mail.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from chalicelib.channels import email
from chalicelib.gateways import objects, queues
from chalicelib.gateways.objects import ARRIVED, Stored
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Invalid
from chalicelib.model.interaction import Interaction
from chalicelib.storage import cases as storage
from chalicelib.telemetry import Counted, count, logger

UNFILED_FOR = timedelta(minutes=15)  # mail this old should have been taken in
RECEIPTS_AT_ONCE = 100
MOVES_AT_ONCE = 16
PAGE = 100  # quarantined arrivals


def reconcile(after: str, out_of_time: Callable[[], bool]) -> str | None:
    """Compares raw mail with receipts, oldest key first: what was taken in is filed away by day, what was not
    is announced again. So only mail not yet filed is ever listed. Returns the key to go on behind if any."""
    cutoff = clock.now() - UNFILED_FOR
    for page in objects.objects.list_arrived(after):
        settled = [stored for stored in page if stored.at <= cutoff]
        for batch in _batches(settled):
            _reconcile(batch)
        if page and out_of_time():
            return page[-1].key
    return None


def _reconcile(batch: list[Stored]) -> None:
    receipt_of = {stored: email.receipt_key(stored.key.removeprefix(ARRIVED)) for stored in batch}
    known = storage.receipts_of(list(receipt_of.values()))
    now = clock.now()
    lost = [s for s in batch if receipt_of[s] not in known and is_announced_at(now - s.at)]
    taken_in = [stored for stored in batch if receipt_of[stored] in known]
    if lost:
        queues.queues.send("mail", [stored_mail_notice(stored) for stored in lost])
        count(Counted.RECONCILED, len(lost))
        logger.warning("mail_reconciled", lost=len(lost))
    with ThreadPoolExecutor(MOVES_AT_ONCE) as movers:
        list(movers.map(_file, taken_in))


def is_announced_at(age: timedelta) -> bool:
    """Whether mail nobody took in is announced by a tick that finds it at this age: at 15 minutes, 1, 6 and 24 hours
    and then once a day, so that mail which cannot be taken in does not fill its dead-letter queue."""
    ticks = age // UNFILED_FOR
    return ticks in (1, 4, 24) or (ticks > 0 and ticks % 96 == 0)


def _file(stored: Stored) -> None:
    objects.objects.move(stored.key, objects.filed_key(stored.key, stored.at))


def stored_mail_notice(stored: Stored) -> str:
    """What the mail queue is told of mail whose announcement got lost."""
    return json.dumps({"stored": stored.key, "at": clock.iso(stored.at)})


def _batches(items: list[Stored]) -> list[list[Stored]]:
    return [items[n : n + RECEIPTS_AT_ONCE] for n in range(0, len(items), RECEIPTS_AT_ONCE)]


@dataclass(frozen=True, slots=True)
class Asked:
    days: tuple[date, ...]  # oldest first
    quarantine: bool = False  # only what was put aside on these days
    after: str = ""  # behind `<day>#<place>`: where an earlier call stopped

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> "Asked":
        """Raises Invalid for what is no such request."""
        try:
            days = tuple(sorted({date.fromisoformat(day) for day in event["days"]}))
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid("days is a list of dates such as 2026-11-21", "/days") from error
        return cls(days, bool(event.get("quarantine")), str(event.get("after") or ""))


def announce(asked: Asked, out_of_time: Callable[[], bool]) -> tuple[int, str | None]:
    """How many mails were queued, and where to go on if time ran out.

    Raises Unavailable; whoever asks again from the last place may queue some twice, which changes nothing.
    """
    announced = 0
    last, _, place = asked.after.partition("#")
    for day in asked.days:
        if last and day.isoformat() < last:
            continue
        pages = _put_aside if asked.quarantine else _stored
        for page, reached in pages(day, place if day.isoformat() == last else ""):
            queues.queues.send("mail", [_notice(stored) for stored in page])
            announced += len(page)
            if out_of_time():
                return announced, f"{day.isoformat()}#{reached}"
    return announced, None


def _notice(stored: Stored) -> str:
    return json.dumps({**json.loads(stored_mail_notice(stored)), "replay": True})


def _stored(day: date, after: str) -> Iterator[tuple[list[Stored], str]]:
    """The day's mail: what is filed, then what is not filed yet, which is the last half hour's."""
    for folder in (objects.filed_folder(day), ARRIVED):
        if after and not after.startswith(folder):
            continue
        for page in objects.objects.list_in(folder, after):
            if page:
                yield [stored for stored in page if folder != ARRIVED or stored.at.date() == day], page[-1].key
        after = ""


def _put_aside(day: date, after: str) -> Iterator[tuple[list[Stored], str]]:
    """What was put aside that day, newest first, and nobody has let in since."""
    place: str | None = after or None
    while True:
        page = storage.quarantined(day, place, PAGE)
        waiting = [aside for aside in page.items if aside.raw_key and not aside.released_to]
        with ThreadPoolExecutor(MOVES_AT_ONCE) as seekers:
            found = [stored for stored in seekers.map(_original, waiting) if stored]
        if page.items:
            yield found, page.items[-1].id
        if not (place := page.next):
            return


def _original(aside: Interaction) -> Stored | None:
    """The raw mail: filed by its day, which may be the next one after midnight, or as it arrived. None when it has
    expired: nobody could read it again."""
    arrived = f"{ARRIVED}{aside.raw_key.rpartition('/')[2]}"
    filed = (objects.filed_key(arrived, aside.at + later) for later in (timedelta(), timedelta(days=1)))
    for key in (*filed, arrived):
        for page in objects.objects.list_in(key, ""):
            if page:
                return page[0]
    return None
