"""What each shipped play is told, at least and at most, and what it makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from chalicelib.model.customer import Customer, Rung
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.play import PlayEdition
from chalicelib.outreach import plays
from chalicelib.outreach.plays.base import Occasion, Play, Running
from tests.factories import ANNS_ID, CASE_ID, NOON, make_customer, make_fact, make_play_record

FOUND = {"link": "https://api.liana.test/help/articles/a-guide"}  # what is looked up when a task is due
RANG = tuple(Rung(NOON - timedelta(days=n), "billing") for n in (20, 10, 0))


@dataclass(frozen=True)
class Said:
    """What happened to whom, and what the company set."""

    data: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict)
    customer: Mapping[str, Any] = field(default_factory=dict)


def say(data: Mapping[str, str] = {}, customer: Mapping[str, Any] = {}, **given: Any) -> Said:
    return Said(data, given, customer)


ASKED = {"gap": "01G", "article": "a-guide", "question": "", "asked_at": "2026-11-19T12:00:00.000Z"}
TIER = {"from": "gold", "to": "standard", "at": "2026-12-10T12:00:00.000Z"}
AT_RISK = {"promise": "first_answer", "due": "2026-11-20T14:00+00:00"}
MISHAP = {"what": "our app shows no balances"}
LEAST: dict[str, Said] = {
    "payment_will_fail": say({"expires_on": "2026-12-10"}),
    "tier_will_change": say(TIER),
    "account_problem_ahead": say({"what": "bill_high", "on": "2026-12-10"}),
    "life_event_ahead": say({"what": "moved", "on": "2026-12-10"}, guides="moved=a-guide"),
    "lingering": say({"page": "/tariffs", "seconds": "120"}),
    "incident": say(**MISHAP),
    "question_answered": say(ASKED),
    "first_steps": say(),
    "silent_key_customer": say(customer={"tier": "gold"}),
    "promise_about_to_break": say(AT_RISK),
    "recovery_follow_up": say(customer={"recovery": "R"}),
    "channel_invitation": say(customer={"rung": RANG}),
}
MOST: dict[str, Said] = {
    **LEAST,
    "payment_will_fail": say({"expires_on": "2026-12-10", "card_hint": "4242"}),
    "account_problem_ahead": say(
        {"what": "bill_high", "on": "2026-12-10", "amount_minor": "12900", "currency": "USD", "article": "a-guide"}
    ),
    "incident": say(
        **MISHAP,
        what_zh="应用无法显示余额",
        since="Tuesday, 9:30",
        since_zh="周二 9:30",
        do="Your money is safe. You can see it at any machine.",
        do_zh="您的资金是安全的，可在任何柜员机查询。",
        next_news="today by 18:00",
        next_news_zh="今天 18:00 前",
    ),
    "question_answered": say({**ASKED, "question": "How do I fold the tent?"}),
    "first_steps": say({"product": "tent"}, guides="*=a-guide"),
    "promise_about_to_break": say({**AT_RISK, "promise": "solution"}, {"tier": "gold", "time_zone": "Europe/Berlin"}),
    "channel_invitation": say(
        {},
        {"rung": RANG},
        guide="a-guide",
        thanks="The first time you do, we waive the fee.",
        thanks_zh="首次使用免手续费。",
    ),
}


def told_to(play: Play, said: Said) -> Fact | Event:
    trigger = next(iter(sorted(play.triggers, key=lambda what: what.value)), EventKind.CALLED)
    if isinstance(trigger, FactKind):
        return make_fact(trigger, data=said.data, recorded_at=NOON)
    return Event(id="01E", customer_id=ANNS_ID, what=trigger, at=NOON, case_id=CASE_ID, detail=said.data)


def her(said: Said) -> Customer:
    return make_customer(**said.customer)


def running(play: Play, **given: Any) -> Running:
    edition = PlayEdition(number=1, given=given, prepared_by="Tom", prepared_at=NOON, approved_by="Lea")
    return Running(play, replace(make_play_record(play.name), live=edition))


def occasions(name: str, said: Said) -> list[Occasion]:
    play = plays.BY_NAME[name]
    if not play.triggers:  # a campaign sends it, with these words
        return [Occasion(key="01C", due_at=NOON, deadline=NOON + timedelta(days=2), why=name, context=dict(said.given))]
    return list(play.occasions(told_to(play, said), her(said), running(play, **said.given).given))


PROBLEMS = [
    say({**MOST["account_problem_ahead"].data, "what": what})
    for what in ("quota_low", "contract_ends", "delivery_late")
]
