"""Domain objects for tests: Ann, her case, her mail. Each takes any field of its model, which then stands."""

from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.kernel import clock, ids
from chalicelib.model.agent import PRESENT_FOR, Agent, Presence
from chalicelib.model.arrival import Arrival
from chalicelib.model.article import Article, ArticleText
from chalicelib.model.calibration import Calibration, Table
from chalicelib.model.campaign import Audience, AudienceKind, Campaign
from chalicelib.model.case import Case, CaseStatus, Participant, Promise
from chalicelib.model.customer import Consent, Customer, CustomerHint, Handle
from chalicelib.model.fact import Fact, FactKind, FactReport
from chalicelib.model.interaction import Delivery, DeliveryState, Direction, Interaction, Purpose
from chalicelib.model.play import PlayEdition, PlayRecord, PlayState, Words
from chalicelib.model.policy import Policy
from chalicelib.model.rating import Rating, RatingState
from chalicelib.model.recovery import Cause, Caused, Recovery
from chalicelib.model.task import Task, TaskState
from chalicelib.model.tier import DEFAULT_TIERS, Standing
from chalicelib.model.work import Routing
from chalicelib.outreach.plays.base import Play, Running
from tests.workbench import DOMAIN, SENDER

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANN = Handle("email", "ann@example.org")
ANNS_ID = ids.derived_ulid(NOON - timedelta(days=90), "ann")
BO_ID = ids.derived_ulid(NOON - timedelta(days=90), "bo")
CASE_ID = ids.derived_case_id("a case")


def make_policy(**fields: Any) -> Policy:
    return Policy(
        **{
            "tiers": DEFAULT_TIERS,
            "time_zone": "UTC",
            "currency": "USD",
            "sending_on": True,
            "sender_address": SENDER,
            "inbound_domain": DOMAIN,
            **fields,
        }
    )


def make_customer(*, consenting: bool = False, **fields: Any) -> Customer:
    """`consenting`: she agreed to service notices by mail."""
    said = {"email/service": Consent(True, NOON - timedelta(days=30), "sign-up form")} if consenting else {}
    return Customer(
        **{
            "id": ANNS_ID,
            "created_at": NOON - timedelta(days=90),
            "handles": (ANN,),
            "standing": Standing(tier=fields.pop("tier", "standard"), since=NOON - timedelta(days=90)),
            "consents": said,
            "version": 1,
            **fields,
        }
    )


# Of everybody, those of whom nothing is known have 40; a purchase of 10.00 in November 2026 makes 85 of it.
CALIBRATION = Calibration(at=NOON - timedelta(hours=9), customers=100, table=Table((0.0, 1e6), (40.0, 85.0)))


def make_promise(*, overdue: bool = False, **fields: Any) -> Promise:
    made_at = NOON - timedelta(hours=25 if overdue else 1)
    return Promise(
        **{
            "made_at": made_at,
            "due_at": made_at + timedelta(hours=24),
            "warn_at": made_at + timedelta(hours=18),
            **fields,
        }
    )


def make_case(*, overdue: bool = False, **fields: Any) -> Case:
    """Ann's open case with a promise; `overdue`: one that is broken by noon."""
    return Case(
        **{
            "id": CASE_ID,
            "customer_id": ANNS_ID,
            "opened_at": NOON - timedelta(hours=1),
            "updated_at": NOON - timedelta(hours=1),
            "channel": "email",
            "subject": "Where is my order?",
            "status": CaseStatus.NEW,
            "tier": "standard",
            "promise": make_promise(overdue=overdue),
            "participants": (Participant(number=1, address=ANN.value),),
            "version": 1,
            **fields,
        }
    )


def make_routing(**fields: Any) -> Routing:
    """In line by mail since an hour, with nothing asked of agents."""
    since = fields.get("since", NOON - timedelta(hours=1))
    return Routing(**{"channel": "email", "since": since, "order_at": since, **fields})


def make_agent(**fields: Any) -> Agent:
    """Bo, who is at her desk."""
    return Agent(
        **{
            "id": BO_ID,
            "name": "Bo",
            "presence": Presence.ONLINE,
            "present_until": NOON + PRESENT_FOR,
            "updated_at": NOON - timedelta(days=1),
            "version": 1,
            **fields,
        }
    )


def make_interaction(**fields: Any) -> Interaction:
    """Ann's mail."""
    at = fields.get("at", NOON)
    return Interaction(
        **{
            "id": ids.derived_ulid(at, "interaction"),
            "customer_id": ANNS_ID,
            "case_id": CASE_ID,
            "at": at,
            "channel": "email",
            "direction": Direction.IN,
            "purpose": Purpose.CONTACT,
            "tier": "standard",
            "subject": "Where is my order?",
            "preview": "My order has not arrived.",
            "message_id": "first@example.org",
            "version": 1,
            **fields,
        }
    )


def make_outbound(state: DeliveryState = DeliveryState.QUEUED, **fields: Any) -> Interaction:
    """Our mail to Ann, as far as `state`; `attempt`, `since`, `ses_id` and `to` go into its delivery."""
    way = {name: fields.pop(name) for name in ("to", "attempt", "since", "ses_id", "detail") if name in fields}
    return make_interaction(
        **{
            "direction": Direction.OUT,
            "purpose": Purpose.REPLY,
            "author": "Bo",
            "message_id": "",
            "delivery": Delivery(**{"to": ANN.value, "state": state, "since": NOON, **way}),
            **fields,
        }
    )


def make_arrival(**fields: Any) -> Arrival:
    """Ann's mail as it arrived."""
    return Arrival(
        **{
            "receipt_key": "mail:1",
            "fingerprint": "f",
            "channel": "email",
            "at": NOON,
            "sender": ANN,
            "subject": "Where is my order?",
            "text": "My order has not arrived.",
            "mailbox": SENDER,
            "message_id": "first@example.org",
            **fields,
        }
    )


def make_report(what: FactKind = FactKind.ORDER, **fields: Any) -> FactReport:
    return FactReport(
        **{
            "receipt_key": "fact:shop:1",
            "fingerprint": "f",
            "customer": CustomerHint(handle=ANN),
            "what": what,
            "occurred_at": NOON,
            **fields,
        }
    )


def make_fact(what: FactKind = FactKind.CARD_EXPIRING, **fields: Any) -> Fact:
    """Ann's card expires in twenty days."""
    return Fact(
        **{
            "id": ids.derived_ulid(NOON, "fact", what.value),
            "customer_id": ANNS_ID,
            "what": what,
            "occurred_at": NOON,
            "recorded_at": NOON,
            "data": {"expires_on": "2026-12-10", "card_hint": "4242"},
            "version": 1,
            **fields,
        }
    )


def make_task(state: TaskState = TaskState.PLANNED, **fields: Any) -> Task:
    """To tell Ann that her card expires: due at noon, of use for ten more days."""
    return Task(
        **{
            "id": ids.derived_ulid(NOON, "task"),
            "customer_id": ANNS_ID,
            "play": "payment_will_fail",
            "purpose": "service",
            "channel": "email",
            "tier": "standard",
            "why": "the card on file expires on 2026-12-10",
            "created_at": NOON - timedelta(days=6),
            "updated_at": NOON - timedelta(days=6),
            "due_at": NOON,
            "deadline": NOON + timedelta(days=10),
            "state": state,
            "context": {"expires_on": "2026-12-10", "card_hint": "4242"},
            "version": 1,
            **fields,
        }
    )


def make_play_record(name: str = "payment_will_fail", **fields: Any) -> PlayRecord:
    """A play that Tom prepared, Lea approved, and that runs."""
    edition = PlayEdition(
        number=1,
        prepared_by="Tom",
        prepared_at=NOON - timedelta(days=3),
        submitted_at=NOON - timedelta(days=3),
        approved_by="Lea",
        approved_at=NOON - timedelta(days=2),
    )
    return PlayRecord(
        **{
            "id": name,
            "state": PlayState.RUNNING,
            "live": edition,
            "editions": 1,
            "updated_at": NOON - timedelta(days=2),
            "updated_by": "Lea",
            "version": 1,
            **fields,
        }
    )


def make_running(play: Play, **fields: Any) -> Running:
    return Running(play, make_play_record(play.name, **fields))


def make_recovery(**fields: Any) -> Recovery:
    """Ann's, since yesterday: she was angry."""
    began = NOON - timedelta(days=1)
    return Recovery(
        **{
            "id": "R",
            "customer_id": ANNS_ID,
            "opened_at": began,
            "tier": "gold",
            "case_id": CASE_ID,
            "causes": (Caused(cause=Cause.ANGRY, at=began, case_id=CASE_ID, entry_id="E"),),
            "follow_until": began + timedelta(days=7),
            "version": 1,
            **fields,
        }
    )


def make_rating(state: RatingState = RatingState.ASKED, **fields: Any) -> Rating:
    """Ann was asked at noon how her case was, which was solved the day before."""
    return Rating(
        **{
            "id": ids.derived_ulid(NOON, "rating"),
            "customer_id": ANNS_ID,
            "case_id": CASE_ID,
            "solved_at": NOON - timedelta(days=1),
            "due_at": NOON,
            "tier": "standard",
            "channel": "email",
            "topic": "Tents",
            "state": state,
            "asked_at": NOON,
            "updated_at": NOON,
            "version": 1,
            **fields,
        }
    )


def make_article(slug: str = "returning-goods", **fields: Any) -> Article:
    """How to return goods, in English and Chinese."""
    return Article(
        **{
            "id": slug,
            "texts": {
                "en": ArticleText("Returning goods", "You may return anything within 30 days."),
                "zh-Hans": ArticleText("退货", "您可以在 30 天内退回任何商品。"),
            },
            "updated_at": NOON,
            "updated_by": "help desk",
            "version": 1,
            **fields,
        }
    )


def at(text: str) -> datetime:
    """A moment, written short: `2026-11-20` or `2026-11-20 20:00`, in UTC unless it says otherwise."""
    moment = clock.from_iso(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def make_campaign(**fields: Any) -> Campaign:
    """A draft: everybody is told of an incident, 1,000 people a minute."""
    return Campaign(
        **{
            "id": ids.derived_ulid(NOON, "a campaign"),
            "title": "The outage of Friday",
            "play": "told",
            "reason": "the shop was down on Friday",
            "audience": Audience(kind=AudienceKind.EVERYBODY),
            "rate": 1_000,
            "deadline": NOON + timedelta(days=2),
            "prepared_by": "key:one",
            "prepared_at": NOON,
            "updated_at": NOON,
            "updated_by": "Tom",
            "version": 1,
            **fields,
        }
    )


def make_told() -> Play:
    """A play without triggers or conditions: what a campaign sends."""
    return Play(
        name="told",
        title="Something to know",
        purpose="service",
        goal="know of it before she has to ask",
        triggers=frozenset(),
        occasions=lambda _told, _customer, _given: (),
        still_needed=lambda _customer, _context, _given: True,
        words={"en": Words(subject="Something to know", body="Hello {{ name }}, you should know of it.")},
    )
