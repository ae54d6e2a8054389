"""The outbox: messages that were committed with a row are put on their queues.

The stream is at least once and so is this; whoever handles a message bears seeing it twice. Nothing here
depends on the event source handing back single records: what cannot be read is put aside, and a queue that
does not answer fails the whole batch, which is then sent again.

It is also who sees every change: events, calls and answered gaps that plays wait for; work that comes into an agent's
hand or leaves it, whatever rule did that, so that hers is counted anew; solved cases, whose customers are asked how it
was; customers, who are sorted into segments; and domain events, which whoever listens is told of. That comes behind all
that was committed: whatever goes wrong with it delays no message.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from chalice import Blueprint

from chalicelib.gateways import queues
from chalicelib.kernel import messages
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.messages import (
    CareForArticle,
    CaseHasTopic,
    Happened,
    MayMakeHerAsk,
    Message,
    PlanRating,
    PublishEvents,
    SegmentJoined,
    SettleHand,
    SortCustomers,
    TellAskers,
    WakeLearning,
)
from chalicelib.kernel.settings import settings
from chalicelib.model.rating import RatingPolicy
from chalicelib.telemetry import Counted, count, logger
from chalicelib.triggers.kit import observed

bp = Blueprint(__name__)
SORTED_AT_ONCE = 25  # customers in one message
TOLD_AT_ONCE = 10  # events in one message, and in one call of EventBridge
PLACEHOLDER = "arn:aws:dynamodb:us-east-1:000000000000:table/placeholder/stream/placeholder"


@bp.on_dynamodb_record(stream_arn=PLACEHOLDER, name="relay", batch_size=100, starting_position="TRIM_HORIZON")
@observed
def relay(event: dict[str, Any], _context: Any) -> dict[str, list[Any]]:
    lanes: defaultdict[queues.Queue, list[str]] = defaultdict(list)
    for record in event["Records"]:
        for body in fresh_outbox(record):
            lanes[_lane(body)].append(body)
    for lane, bodies in (*lanes.items(), *seen(event["Records"]).items()):
        queues.queues.send(lane, bodies)
    to_plan = ask_to_plan(event["Records"])
    to_sort = ask_to_sort(event["Records"])
    told = tell(event["Records"])
    count_reasons(event["Records"])
    counted: dict[str, int] = {lane: len(bodies) for lane, bodies in lanes.items()}
    logger.info("relayed", extra={**counted, "to_plan": to_plan, "to_sort": to_sort, "told": told})
    return {"batchItemFailures": []}


def fresh_outbox(record: dict[str, Any]) -> list[str]:
    """The messages this write put into the row; those of an earlier write are still there and were sent
    then."""
    images = record.get("dynamodb", {})
    new, old = images.get("NewImage", {}), images.get("OldImage", {})
    if "outbox_id" not in new or new["outbox_id"] == old.get("outbox_id"):
        return []
    return [item["S"] for item in new.get("outbox", {}).get("L", ())]


def seen(records: Iterable[dict[str, Any]]) -> dict[queues.Queue, list[str]]:
    """What follows from changes themselves. A write that cannot be read is left out, loudly: hands are counted anew
    when they seem full, and nobody waits to be asked how it was."""
    lanes: defaultdict[queues.Queue, list[str]] = defaultdict(list)
    for record in records:
        try:
            hands, learns = changed_hands(record), to_learn(record)
            plans = [*ratings_to_plan([record]), *joined(record), *topics_known(record)]
        except Exception:  # noqa: BLE001 - whatever is wrong with one write, no message waits for it
            logger.exception("change_unreadable")
            continue
        if hands:
            lanes["follow_ups"] += hands
        if plans:
            lanes["outreach"] += plans
        if learns:
            lanes["background"] = list(dict.fromkeys((*lanes["background"], *learns)))
    return lanes


def joined(record: dict[str, Any]) -> list[str]:
    """That she belongs to a segment since this write, if a play waits for that; when nobody can say, that she does."""
    images = record.get("dynamodb", {})
    new = images.get("NewImage", {})
    if new.get("kind") != {"S": "member"} or images.get("OldImage"):
        return []
    segment_id, since = str(new["segment_id"]["S"]), str(new["since"]["S"])
    try:
        if segment_id not in _awaited():
            return []
    except Unavailable:
        pass
    told = SegmentJoined(customer_id=str(new["customer_id"]["S"]), segment_id=segment_id, since=since)
    return [messages.to_json(told)]


def _awaited() -> set[str]:
    from chalicelib.outreach import playbook

    return playbook.awaited_segments()


def to_learn(record: dict[str, Any]) -> list[str]:
    """That there is something to learn of a question or a vote since this write; that an article is another one. Of
    many in a batch one message wakes whoever learns."""
    images = record.get("dynamodb", {})
    new, old = images.get("NewImage", {}), images.get("OldImage", {})
    kind = (new or old).get("kind", {}).get("S")
    if kind in ("question", "article_vote"):
        place, before = (image.get("list_pk", {}).get("S", "") for image in (new, old))
        return [messages.to_json(WakeLearning())] if place.startswith("GAPS#") and place != before else []
    if kind == "article" and any(new.get(name) != old.get(name) for name in _READ_OF_ARTICLES):
        return [messages.to_json(CareForArticle(article_id=(new or old)["id"]["S"]))]
    return []


# What of an article changes what is wrong with it, or which gaps it answers.
_READ_OF_ARTICLES = ("texts", "published", "state", "audience", "tiers", "owner", "review_at", "stale", "moved_to")


def topics_known(record: dict[str, Any]) -> list[str]:
    """For a case whose topic is known since this write: what made her ask is looked for behind everything else."""
    images = record.get("dynamodb", {})
    new, old = images.get("NewImage", {}), images.get("OldImage", {})
    if new.get("kind") != {"S": "case"} or "topic" not in new or "topic" in old or "id" not in new:
        return []
    return [messages.to_json(CaseHasTopic(case_id=new["id"]["S"]))]


def count_reasons(records: Iterable[dict[str, Any]]) -> None:
    """Has it counted what may make people ask. One that is lost is missing from a count, and nothing else."""
    found: list[str] = []
    for record in records:
        try:
            found += reasons(record)
        except Exception:  # noqa: BLE001 - whatever is wrong with one write, the others are counted
            logger.exception("change_unreadable")
    if found and not _tried("outreach", found):
        logger.warning("reasons_not_counted", reasons=len(found))


def reasons(record: dict[str, Any]) -> list[str]:
    """What happened to somebody with this write that may make her ask, a notice that left included; facts have a
    message already. Only of customers by whom that is learnt."""
    from chalicelib.configuration import policy
    from chalicelib.insight.reports import drivers

    images = record.get("dynamodb", {})
    new, old = images.get("NewImage", {}), images.get("OldImage", {})
    if not {"customer_id", "id"} <= set(new):
        return []
    kind, may = new.get("kind", {}).get("S"), False
    if kind == "event" and not old:
        may = new["what"]["S"] in {what.value for what in drivers.EVENTS}
    elif kind == "interaction" and new.get("purpose") == {"S": "notice"}:
        may = _left(new) and not _left(old)
    customer_id = new["customer_id"]["S"]
    if not may or not drivers.is_drawn(customer_id, policy().outreach.drivers_share):
        return []
    return [messages.to_json(MayMakeHerAsk(customer_id=customer_id, entry_id=new["id"]["S"]))]


def _left(image: dict[str, Any]) -> bool:
    return image.get("delivery", {}).get("M", {}).get("state", {}).get("S") in ("sent", "delivered")


def ratings_to_plan(records: Iterable[dict[str, Any]]) -> list[str]:
    """A message for each case of the sample that was solved just now, whoever did it and however: asking its customer
    how it was is nobody's choice."""
    found = []
    for record in records:
        images = record.get("dynamodb", {})
        new, old = images.get("NewImage", {}), images.get("OldImage", {})
        if new.get("kind") != {"S": "case"} or not {"id", "tier"} <= set(new) or not _over(new) or _over(old):
            continue
        case_id = new["id"]["S"]
        if _sample().asks(case_id, new["tier"]["S"]):
            found.append(messages.to_json(PlanRating(case_id=case_id)))
    return found


def _over(image: dict[str, Any]) -> bool:
    return image.get("status", {}).get("S") in ("solved", "closed")


def _sample() -> RatingPolicy:
    from chalicelib.configuration import policy

    return policy().ratings


def changed_hands(record: dict[str, Any]) -> list[str]:
    """For the agents who have something in hand since this write, or no longer: an offer is counted when it is made."""
    images = record.get("dynamodb", {})
    new, old = images.get("NewImage", {}), images.get("OldImage", {})
    row = new or old
    if row.get("kind") not in ({"S": "case"}, {"S": "task"}) or "id" not in row:
        return []
    before, after = _holder(old), _holder(new)
    work_id = str(row["id"]["S"])
    if row["kind"] == {"S": "task"}:
        work_id = f"task:{row['customer_id']['S']}:{work_id}"
    concerned = [before] if before and before != after else []
    if after and before != after and "assigned_to" in new:
        concerned.append(after)
    return [messages.to_json(SettleHand(agent_id=agent_id, work_id=work_id)) for agent_id in concerned]


_IN_HAND = ("new", "open", "waiting_on_us", "waiting", "taken")  # states of cases and tasks


def _holder(row: dict[str, Any]) -> str:
    if row.get("status", row.get("state", {})).get("S") not in _IN_HAND or "snoozed_at" in row:
        return ""
    offer = row.get("routing", {}).get("M", {}).get("offer", {}).get("M", {})
    return str(row.get("assigned_to", offer.get("agent_id", {})).get("S", ""))


def ask_to_plan(records: Iterable[dict[str, Any]]) -> int:
    """Hands on what running plays wait for and no message tells yet; returns how much. When nobody can say what they
    wait for: all of it."""
    told: dict[str, str] = {}
    for record in records:
        try:
            found = waited_for(record)
        except Exception:  # noqa: BLE001 - whatever is wrong with one write, the others are told
            logger.exception("change_unreadable")
            continue
        if found:
            told[messages.to_json(found[1])] = found[0]
    if not told:
        return 0
    wanted = _waited_for()
    bodies = [body for body, what in told.items() if wanted is None or what in wanted]
    for lane in ("outreach", "background"):
        mine = [body for body in bodies if messages.lane_of(messages.from_json(body)) == lane]
        if mine and not (_tried(lane, mine) or _tried("relay_dead_letters", mine)):
            logger.error("plays_not_told", happenings=len(mine))
    return len(bodies)


def waited_for(record: dict[str, Any]) -> tuple[str, Message] | None:
    """What a write is to plays, and the message that tells them: an event, a call of hers, a gap that is answered."""
    images = record.get("dynamodb", {})
    new, old = images.get("NewImage", {}), images.get("OldImage", {})
    kind = new.get("kind", {}).get("S")
    if kind == "gap":
        answered = {"S": "answered"}
        fresh = new.get("state") == answered and old.get("state") != answered
        return ("question_answered", TellAskers(gap_id=new["id"]["S"])) if fresh else None
    if old or "customer_id" not in new:
        return None
    what = ""
    if kind == "event" and not new["what"]["S"].startswith("tier_"):  # TierNews tell of these
        what = new["what"]["S"]
    if kind == "interaction" and new.get("direction") == {"S": "in"} and new.get("channel") == {"S": "phone"}:
        what = "called"
    return (what, Happened(customer_id=new["customer_id"]["S"], entry_id=new["id"]["S"])) if what else None


def _waited_for() -> frozenset[str] | None:
    """None: nobody can say."""
    from chalicelib.outreach import playbook

    try:
        return frozenset(what if isinstance(what, str) else what.value for what in playbook.wanted())
    except Unavailable:
        return None


Change = tuple[dict[str, Any], dict[str, Any]]


def ask_to_sort(records: Iterable[dict[str, Any]]) -> int:
    """For customers of whom something changed that segments speak of; returns how many. When nobody can say what that
    is: for all who changed."""
    changed = customer_changes(records)
    if not changed:
        return 0
    try:
        spoken = _spoken_of()
    except Unavailable:
        spoken = ("",)
    concerned = [customer_id for customer_id, change in changed if any(differs(change, about) for about in spoken)]
    wanted = list(dict.fromkeys(concerned))
    batches = [tuple(wanted[n : n + SORTED_AT_ONCE]) for n in range(0, len(wanted), SORTED_AT_ONCE)]
    bodies = [messages.to_json(SortCustomers(customer_ids=batch)) for batch in batches]
    if bodies and not (_tried("background", bodies) or _tried("relay_dead_letters", bodies)):
        logger.error("segments_not_sorted", customers=wanted)
        count(Counted.SEGMENTS_NOT_SORTED, len(wanted))
    return len(wanted)


def tell(records: Iterable[dict[str, Any]]) -> int:
    """Hands on the domain events somebody listens to; returns how many. When nobody can say who listens: all of
    them, because what is not handed on now is lost."""
    try:
        patterns = _listened_to()
    except Unavailable:
        patterns = ["*"]
    told = _events(records, patterns) if patterns else []
    batches = [tuple(told[n : n + TOLD_AT_ONCE]) for n in range(0, len(told), TOLD_AT_ONCE)]
    bodies = [messages.to_json(PublishEvents(events=batch)) for batch in batches]
    if bodies and not (_tried("events", bodies) or _tried("relay_dead_letters", bodies)):
        logger.error("events_not_told", events=len(told))
        count(Counted.EVENTS_NOT_TOLD, len(told))
    return len(told)


def _events(records: Iterable[dict[str, Any]], patterns: Sequence[str]) -> list[str]:
    """As JSON. A write that cannot be read is left out, loudly: it must not hold up the others for good."""
    from chalicelib.automation import events
    from chalicelib.storage.table import change_of

    found: list[str] = []
    for record in records:
        try:
            change = change_of(record, only=events.OF_KIND)
            told = events.events_of(change, settings().stage) if change else []
        except Exception:  # noqa: BLE001 - whatever is wrong with one write, the others are told
            logger.exception("change_unreadable")
            count(Counted.EVENTS_NOT_TOLD)
            continue
        found += [events.to_json(event) for event in told if events.wanted(event.type, patterns)]
    return found


def _listened_to() -> list[str]:
    """Types and patterns; none, where nobody listens."""
    from chalicelib.storage import automation

    if settings().events_on:
        return ["*"]
    listening = automation.fresh_listeners()
    return [*listening.rules, *(pattern for each in listening.webhooks.values() for pattern in each.types)]


def customer_changes(records: Iterable[dict[str, Any]]) -> list[tuple[str, Change]]:
    """The rows of customers among them, by id: as they are, and as they were."""
    found = []
    for record in records:
        images = record.get("dynamodb", {})
        new, old = images.get("NewImage", {}), images.get("OldImage", {})
        row = new or old
        if row.get("kind") == {"S": "customer"}:
            found.append((str(row["id"]["S"]), (new, old)))
    return found


def differs(change: Change, about: str) -> bool:
    """Whether an attribute (of one that is a map, what lies behind the dot) was changed, with the row or in it."""
    new, old = change
    attribute, _, key = about.partition(".")
    values = [row.get(attribute) for row in change]
    if key:
        values = [value["M"].get(key) if value else None for value in values]
    return not new or not old or not about or values[0] != values[1]


def _spoken_of() -> Sequence[str]:
    """Nothing, where there are no segments. Read each time, strongly consistent: who remembered it would miss changes
    that come just after a segment was made, and no pass would find them."""
    from chalicelib.storage import segments

    found = segments.directory()
    return (*found.speaks_of, "merged_into") if found.editions else ()


def _tried(queue: queues.Queue, bodies: Sequence[str]) -> bool:
    try:
        queues.queues.send(queue, bodies)
    except Unavailable:
        return False
    return True


def _lane(body: str) -> queues.Queue:
    try:
        return messages.lane_of(messages.from_json(body))
    except ValueError:
        logger.exception("outbox_unreadable")
        count(Counted.MESSAGE_FAILED)
        return "relay_dead_letters"
