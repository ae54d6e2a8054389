"""The demo's story: a small shop, six customers and a crowd, a day of mail, calls and clock ticks, with its evidence.

Every step checks what it tells; what does not come true ends the demo with Trouble. On a later run the company is
already there: then the story is short, one new mail through the whole path.
"""

import json
import re
import smtplib
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from functools import cached_property
from textwrap import indent
from typing import Any
from urllib.parse import quote

from infra import recalibrate
from infra.front_door import FrontDoor
from infra.hub import Hub, Json, http
from infra.mailbox import Mailbox, SentMail
from infra.trouble import Trouble

DOMAIN = "customers.example"
CURRENCY = "USD"


@dataclass(frozen=True)
class Person:
    """A customer of the shop. `margin` is what we earned by her orders, in whole dollars."""

    name: str
    language: str
    time_zone: str
    margin: int
    consent: bool = True

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@{DOMAIN}"


ADA = Person("Ada Berg", "en", "Europe/Berlin", 1340)
BO = Person("Bo Chen", "zh-Hans", "Asia/Shanghai", 420)
CLEO = Person("Cleo Diaz", "en", "Europe/Madrid", 35, consent=False)
DAN = Person("Dan Evans", "en", "Europe/London", 260)
EVE = Person("Eve Fox", "en", "America/Los_Angeles", 80)
FINN = Person("Finn Gray", "en", "Europe/Dublin", 15)
ADAS_PHONE = "+493012345"
CROWD = 40
PLAYS = ("payment_will_fail", "tier_will_change", "incident")
PILOT: Json = {
    "primary_outcome": "repeat_contact",
    "minimum_difference": 0.1,
    "expected": 0.3,
    "window_days": 14,
    "why": "Do fewer people ask when we tell them first?",
}
GIL = Person("Gil Hart", "en", "UTC", 0)  # nobody knows him before he writes
CUSTOMERS = (ADA, BO, CLEO, DAN, EVE, FINN)

SEAM = "repairing-a-tent-seam"
ARTICLES: dict[str, Json] = {
    "returning-goods": {
        "en": {
            "title": "Returning goods",
            "body": "You may return anything within 30 days of delivery, used outdoors or not.\n\n"
            "Put it into any box, print the label from your order's page, and drop it at the post office. "
            "We refund you within 3 days of its arrival, to the card you paid with.",
        },
        "zh-Hans": {
            "title": "退货",
            "body": "收货后 30 天内，无论是否在户外使用过，您都可以退货。\n\n"
            "请用任意纸箱包装，在订单页面打印标签，交到邮局即可。"
            "我们收到后 3 天内将款项退回您付款时使用的银行卡。",
        },
    },
    SEAM: {
        "en": {
            "title": "Repairing a tent seam",
            "body": "1. Pitch the tent dry and inside out, and wipe the seam with alcohol.\n"
            "2. Spread seam sealer thinly over the stitches: silicone on silnylon, else polyurethane.\n"
            "3. Let it dry for 12 hours, and dust it with talcum powder so that it does not stick.",
        },
        "zh-Hans": {
            "title": "修补帐篷接缝",
            "body": "1. 将帐篷晾干，翻面支起，用酒精擦净接缝。\n"
            "2. 沿缝线薄涂密封胶：硅涂层尼龙用硅酮胶，其他面料用聚氨酯胶。\n"
            "3. 晾干 12 小时，再撒少许滑石粉以防粘连。",
        },
    },
    "shipping-countries": {
        "en": {
            "title": "Countries we ship to",
            "body": "We ship to the European Union, Norway, Switzerland, the United Kingdom, "
            "the United States, Canada and China. "
            "Parcels take 2 to 4 days within Europe and 5 to 9 elsewhere.",
        },
        "zh-Hans": {
            "title": "配送国家和地区",
            "body": "我们配送至欧盟、挪威、瑞士、英国、美国、加拿大和中国。"
            "欧洲境内 2 至 4 天送达，其他地区 5 至 9 天。",
        },
    },
}

WASHING = (
    "How do I wash a down sleeping bag?",
    "washing my down sleeping bag",
    "Can I wash the down sleeping bag in the machine?",
    "how to wash a sleeping bag made of down",
    "Is it ok to wash down sleeping bags?",
)
DOWN: Json = {
    "en": {
        "title": "Washing a down sleeping bag",
        "body": "Wash it at 30 degrees with soap for down, rinse it twice, "
        "and dry it in a tumbler with three tennis balls.",
    }
}


class Storyteller:
    def __init__(self, hub: Hub, door: FrontDoor, mailbox: Mailbox) -> None:
        self.hub, self.door, self.mailbox = hub, door, mailbox
        self.support = hub.stack.sender_address
        self.today = datetime.now(UTC)
        # A day in three weeks: far enough for its notice to be due a week from now.
        self.expires_on = (self.today + timedelta(days=21)).date()

    def tell(self) -> None:
        if self._knows(ADA):
            self._welcome_back()
            return
        self._plays()
        self._the_company()
        self._the_night()
        case = self._ada_writes()
        self._an_agent_answers(case)
        self._others_write()
        self._self_service()
        self._the_desk()
        self._a_bad_contact()
        self._one_person()
        self._promises()
        self._outreach()
        self._unsubscribe()
        self._why_not()
        self._a_campaign()
        self._timeline()
        self._privacy()
        print("\nThe story is told, and every step of it was checked.")

    # ── The company ───────────────────────────────────────────────────────────────────────────────

    def _knows(self, person: Person) -> bool:
        status, _ = http(
            "GET",
            f"{self.hub.stack.api_url}/v1/customers?email={person.email}",
            None,
            {"Authorization": f"Bearer {self.hub.key}"},
        )
        return status == 200

    def _the_company(self) -> None:
        chapter("The company: what its shop knows of its customers (POST /v1/facts)")
        facts = [fact for person in CUSTOMERS for fact in self._facts(person)]
        results = self.hub.post("/v1/facts", {"facts": facts})["results"]
        check(all(r["outcome"] == "recorded" for r in results), f"facts were refused: {results}")
        again = self.hub.post("/v1/facts", {"facts": facts})["results"]
        check(all(r["outcome"] == "duplicate" for r in again), "the same facts again were not recognised")
        print(f"  {len(facts)} facts recorded; sent a second time, all {len(again)} were recognised as known")
        crowd = [fact for number in range(CROWD) for fact in self._crowd(number)]
        results = self.hub.post("/v1/facts", {"facts": crowd})["results"]
        check(all(r["outcome"] == "recorded" for r in results), "facts of the crowd were refused")
        print(f"  and {len(crowd)} of {CROWD} more customers, whom we shall not meet")
        self._knowledge_base()

    @cached_property
    def lead(self) -> Hub:
        """A second person, who approves what the first one prepares."""
        made = self.hub.post("/v1/keys", {"name": "demo lead", "role": "lead"})
        return Hub(self.hub.cloud, self.hub.stack, made["secret"])

    def _plays(self) -> None:
        chapter("Two people start what contacts customers first (PUT, submit, approve, start of /v1/plays/…)")
        lead = self.lead
        for play in PLAYS:
            place = f"/v1/plays/{play}"
            draft = self.hub.put(place, {})["draft"]
            self.hub.post(f"{place}/submit", {})
            approval = {"edition": draft["number"]}
            status, refused = self.hub.ask("POST", f"{place}/approve", approval)
            check(status == 403, f"whoever prepared an edition could approve it: {refused}")
            lead.post(f"{place}/approve", approval)
            running = lead.post(f"{place}/start", {})
            live = running["live"]
            check(running["state"] == "running", f"{play} does not run")
            print(f"  {play:<18} edition {live['number']}, by {live['prepared_by']}, approved by {live['approved_by']}")
        print(f"  approving one's own is refused: {refused}")
        shown = self.hub.get("/v1/plays")["items"]
        print(f"  {len(shown)} plays come with the hub; {sum(p['state'] == 'running' for p in shown)} run")

    def _the_night(self) -> None:
        chapter("The night: what is each customer worth, next to all others? (make recalibrate)")
        before = {self._customer(person)["tier"] for person in CUSTOMERS}
        check(before == {"standard"}, f"before anybody was compared there were tiers: {before}")
        run = recalibrate.start(self.hub.cloud, self.hub.stack)
        outcome = recalibrate.wait(self.hub.cloud, self.hub.stack, run)
        print(f"  {outcome.customers} customers compared, in 32 parts by messages")
        self.hub.until("everybody's tier", lambda: self._customer(ADA)["tier"] == "platinum" or None)
        self.hub.until("everybody's tier", lambda: {self._customer(p)["tier"] for p in (BO, DAN)} == {"gold"} or None)
        for person in CUSTOMERS:
            customer = self._customer(person)
            print(f"  {person.name:<10} {customer['tier']:<9} value index {customer['value_index']:>5.1f}")
        value = self.hub.get(f"/v1/customers/{self._customer(ADA)['id']}/value")
        print(f"\n  why Ada has {value['value_index']} (GET /v1/customers/{{id}}/value):")
        for term in value["terms"]:
            if term["money"] or term["points"]:
                print(f"    {term['term']:<10} {term['money'] / 100:>9,.2f} {CURRENCY}  {term['points']:>+6.1f} points")
        print(f"    expected   {value['expected'] / 100:>9,.2f} {CURRENCY} in 13 weeks")
        total = round(sum(term["points"] for term in value["terms"]), 1)
        check(total == value["value_index"], "the terms do not sum to the index")

    def _knowledge_base(self) -> None:
        print("\n  and what its customers ask about, in a knowledge base (PUT /v1/articles/{slug}):")
        for slug, texts in ARTICLES.items():
            saved = self.hub.put(f"/v1/articles/{slug}", {"texts": texts, "publish": True})
            again = self.hub.put(f"/v1/articles/{slug}", {"texts": texts, "publish": True})
            check(saved["version"] == again["version"], f"{slug}: the same texts again counted as a change")
        listed = self.hub.get("/v1/articles")["items"]
        for article in listed:
            print(f"  {article['slug']:<22} {' · '.join(article['titles'].values())}")
        check({article["slug"] for article in listed} == set(ARTICLES), "not every article is listed")

    def _crowd(self, number: int) -> Iterator[Json]:
        """One of those who fill the shop: the further back, the smaller and older her orders."""
        for nth in range(1 + number % 2):
            at = self.today - timedelta(days=5 + 4 * number + 30 * nth)
            margin = 300_00 if number == 0 else 20_00 - 40 * number
            yield {
                "kind": "order",
                "event_id": f"order-crowd-{number}-{nth}",
                "customer": {"external": f"shop-{1000 + number}"},
                "occurred_at": at.isoformat(),
                "data": {"amount": money(margin * 3), "margin": money(margin)},
            }

    def _facts(self, person: Person) -> Iterator[Json]:
        who = {"email": person.email}
        name = person.name.split()[0].lower()

        def fact(kind: str, days_ago: int, data: Json | None = None, **more: Any) -> Json:
            at = self.today - timedelta(days=days_ago)
            known = {"kind": kind, "event_id": f"{kind}-{name}-{days_ago}", "customer": who, **more}
            return {**known, "occurred_at": at.isoformat(), **({"data": data} if data else {})}

        profile = {"name": person.name, "language": person.language, "time_zone": person.time_zone}
        yield fact("profile", 300, profile)
        for days_ago, share in ((200, 0.5), (90, 0.3), (10, 0.2)):
            margin = round(person.margin * 100 * share)
            yield fact("order", days_ago, {"amount": money(margin * 3), "margin": money(margin)})
        if person.consent:
            said = {"channel": "email", "purpose": "service", "granted": True, "proof": "ticked at sign-up"}
            yield fact("consent", 299, said)
        yield fact("card_expiring", 1, {"expires_on": self.expires_on.isoformat(), "card_hint": "4242"})
        if person is FINN:
            yield fact("card_updated", 0)

    # ── Mail ──────────────────────────────────────────────────────────────────────────────────────

    def _ada_writes(self) -> Json:
        chapter("Ada writes an e-mail, by SMTP (SES → S3 → SNS → SQS → Lambda)")
        self._send(ADA, "My tent leaks", "Hello,\n\nthe tent I bought in spring leaks at the seams. What now?\n\nAda")
        mail = self._receives(ADA, "We have your message")
        case = self._case_of(ADA)
        (contact,) = [i for i in case["interactions"] if i["direction"] == "in"]
        print(f"  interaction {contact['id']}  from {contact['sender']}  tier {contact['tier']}")
        print(f"  case {case['case']['number']}  promise: answer by {case['case']['promise']['due_at']}")
        show(mail)
        check(contact["tier"] == "platinum", "the tier is not stamped on the interaction")
        check(case["case"]["number"] in mail.text, "the acknowledgement does not tell the case number")
        check("within 2 hours" in mail.text, "the acknowledgement does not tell platinum's promise")

        print("\n  Ada replies to it; the signed reply address brings it into the same case:")
        reply = self._send(ADA, f"Re: {mail.subject}", "It is the two-person model.", answering=mail)
        print(f"    to {reply['To']}")
        case = self.hub.until("Ada's reply in her case", lambda: self._case_with(ADA, 3))
        print(f"    case {case['case']['number']} now holds {len(case['interactions'])} interactions")
        return case

    def _an_agent_answers(self, case: Json) -> None:
        chapter("An agent answers and inserts an article (POST /v1/cases/{id}/replies)")
        number, case_id = case["case"]["number"], case["case"]["id"]
        words = "Dear Ada,\n\na new tent is on its way, free of charge. To keep the old one dry until then:"
        answer = {"author": "Grace", "then": "wait", "text": words, "articles": [SEAM]}
        key = f"reply-{case_id}"
        first = self.hub.post(f"/v1/cases/{case_id}/replies", answer, key)
        again = self.hub.post(f"/v1/cases/{case_id}/replies", answer, key)
        check(not first["duplicate"] and again["duplicate"], "the repeated answer was not recognised")
        mail = self._receives(ADA, "Re: My tent leaks")
        show(mail)
        seam = ARTICLES[SEAM][ADA.language]
        check(seam["title"] in mail.text and seam["body"] in mail.text, "the article is not in Ada's mail")
        used = self.hub.get(f"/v1/articles/{SEAM}")["used"]
        check(used == 1, f"the article was inserted once and counts {used}")
        print(f"  article {SEAM}: used {used} time, though the answer came to the API twice")
        case = self.hub.get(f"/v1/cases/{number}")
        print(f"  case {number}: {case['case']['status']}, promise {case['case']['promise']['state']}")
        check(case["case"]["promise"]["state"] == "kept", "the promise was not kept by the answer")

    def _others_write(self) -> None:
        chapter("Others write: in Chinese, from nowhere, by machine, by web form, by phone")
        self._send(BO, "背包的肩带断了", "您好，我上个月买的背包肩带断了，可以更换吗？")
        show(self._receives(BO, "背包的肩带断了"))

        self._send(GIL, "Do you ship to Malta?", "Hello, do you ship to Malta?")
        self._receives(GIL, "Do you ship to Malta")
        gil = self._customer(GIL)
        print(f"  a stranger: customer {gil['id']}, tier {gil['tier']}")

        before = len(self.mailbox.messages())
        robot = Person("Ivy Jones", "en", "UTC", 0)
        self._send(robot, "Out of office", "I am away until Monday.", headers={"Auto-Submitted": "auto-replied"})
        found = self.hub.until("the out-of-office mail", lambda: self._timeline_of(robot))
        check(bool(found[0]["machine"]), "machine mail was not recognised")
        print(f"  an out-of-office mail: kept, recognised ({found[0]['machine']}), not answered")

        asked = {
            "channel": "web",
            "customer": {"email": EVE.email},
            "subject": "Opening hours",
            "text": "Are you open?",
        }
        taken = self.hub.post("/v1/requests", asked, "web-1")
        print(f"  Eve's web form: case {taken['case_number']}")
        self._receives(EVE, "Opening hours")

        call = {
            "channel": "phone",
            "customer": {"email": DAN.email},
            "direction": "in",
            "agent": "Grace",
            "subject": "Billed twice",
            "text": "Dan was billed twice in October and is upset.",
            "topic": "complaint",
        }
        print(f"  Dan's call, logged by Grace: case {self.hub.post('/v1/interactions', call)['case_number']}")
        check(
            not [m for m in self.mailbox.messages()[before:] if robot.email in m.to],
            "machine mail was answered",
        )

    def _self_service(self) -> None:
        chapter("Answers before questions (GET /v1/answers; the same at /help, in letters and for agents)")
        self.hub.until("the index", lambda: self._typed("How do I return goods?")["answered"] or None)
        for asked, slug in (("how do i retrun goods??", "returning-goods"), ("我想退货", "returning-goods")):
            found = self._asks(asked)
            best = found["items"][0]
            check(found["answered"] and best["slug"] == slug, f"{asked}: found {found['items']}")
            print(f"  “{asked}” → {best['title']}: {best['excerpt'][:60]}…  ({found['confidence']:.0%})")
        for asked in WASHING:
            check(not self._asks(asked)["answered"], f"{asked}: nobody wrote an article about it")
        print(
            f"  {len(WASHING)} people ask how to wash a down sleeping bag: nothing is guessed, and a person is offered"
        )
        (gap,) = self.hub.until("the gap", self._proposed)
        print(
            f"  a quarter of an hour later: “{gap['question']}” is proposed as an article, {gap['people']} people asked"
        )
        before = self._index()
        draft = self.hub.post(f"/v1/knowledge/gaps/{gap['gap_id']}/draft", {})["article"]
        self.hub.put(f"/v1/articles/{draft}", {"texts": DOWN, "publish": True})
        question = "What do I wash my down bag with?"
        self.hub.until("the new article in the index", lambda: self._typed(question)["answered"] or None)
        print(f"  written and published: “{question}” → {self._asks(question)['items'][0]['title']}")
        after = self._index()
        for when, line in (("before", before), ("now", after)):
            told = f"{line['requests']:>3} requests, {line['served']} answered, {line['person']} by a person"
            index = "too few to tell an index" if line["index"] is None else f"index {line['index']:.0%}"
            print(f"  {when:<8} {told}: self-service {index}, answered {line['answered_index']:.0%}")
        check(after["answered_index"] > before["answered_index"], "the article served nobody")

    def _proposed(self) -> list[Json] | None:
        """Told once, the clock may find that word of what was asked is still on its way."""
        self.hub.tick("ActOnDue", datetime.now(UTC) + timedelta(minutes=15))
        with suppress(Trouble):
            found: list[Json] = self.hub.until(
                "the gap", lambda: self.hub.get("/v1/knowledge/gaps")["items"], seconds=15
            )
            return found
        return None

    def _index(self) -> Json:
        """Of all that was asked so far, here or of a person."""
        total: Json = self.hub.get("/v1/reports/self-service")["total"]
        return total

    def _asks(self, question: str) -> Json:
        """As a visitor whose name nobody knows, another one each time."""
        visitor = f"{uuid.uuid4().int % 10**25:026}"
        return self.hub.get(f"/v1/answers?q={quote(question)}&visitor_id={visitor}")

    def _typed(self, question: str) -> Json:
        """Nothing is written down."""
        return self.hub.get(f"/v1/answers/suggestions?q={quote(question)}")

    def _the_desk(self) -> None:
        chapter("Grace signs in by a code by mail and asks for work (POST /v1/desk/next)")
        address = f"grace@{DOMAIN}"
        grace = self.hub.post("/v1/staff", {"email": address, "name": "Grace", "role": "agent"})
        asked = self.hub.post("/v1/sign-in/codes", {"email": address})
        mail = self.mailbox.wait_for(lambda m: address in m.to)
        code = re.search(r"\d{4} \d{4}", mail.text)
        check(code is not None, "there is no code in the mail")
        proof = {"sign_in_id": asked["sign_in_id"], "code": code[0] if code else ""}
        desk = Hub(self.hub.cloud, self.hub.stack, self.hub.post("/v1/sign-in/sessions", proof)["token"])
        print(f"  signed in as {desk.get('/v1/session')['name']}, role {grace['role']}")
        self.hub.put(f"/v1/agents/{grace['id']}", {"name": "Grace", "languages": {"en": 5, "zh": 4}})
        desk.put("/v1/desk/presence", {"presence": "online"})
        work = desk.post("/v1/desk/next", {})
        case = work["work"]["case"]
        print(f"  handed to her: case {case['number']}  {case['tier']}  {case['subject']}")
        print(f"    because it {' and '.join(work['why'])}")
        again = desk.post("/v1/desk/next", {})["work"]["case"]
        check(again["id"] == case["id"], "asking again before she answered gave her other work")
        desk.post(f"/v1/cases/{case['id']}/offer", {"answer": "accept"})
        other = desk.post("/v1/desk/next", {})["work"]["case"]
        check(other["id"] != case["id"], "the same case was handed out twice")
        print(f"  she takes it; next would be {other['number']}  {other['tier']}  {other['subject']}")
        desk.put("/v1/desk/presence", {"presence": "offline", "release": True})

    def _a_bad_contact(self) -> None:
        chapter(
            "Finn is angry and speaks of leaving: noticed at once, and somebody's to put right (GET /v1/recoveries)"
        )
        self._send(
            FINN, "Unacceptable", "This is a disgrace. I want my money back, and I will never buy from you again."
        )
        self._receives(FINN, "Unacceptable")
        case = self._case_of(FINN)["case"]
        print(f"  mood {case['mood']['level']}, urgency {case['urgency']}, answer by {case['promise']['due_at']}")
        found = self.hub.get("/v1/recoveries")["items"]
        hers = [one for one in found if one["customer_id"] == case["customer_id"]]
        check(len(hers) == 1, "no recovery was opened for Finn")
        causes = ", ".join(each["cause"] for each in hers[0]["causes"])
        print(f"  a recovery for the {hers[0]['for_role']}: {causes}; followed until {hers[0]['follow_until'][:10]}")

    def _one_person(self) -> None:
        chapter("Somebody calls from a number nobody knows: it is Ada (matches, merge, undo)")
        ada = self._customer(ADA)
        fact = {"kind": "trait", "event_id": "trait-ada", "customer": {"email": ADA.email}}
        told = {**fact, "occurred_at": self.today.isoformat(), "data": {"set": {"phone": ADAS_PHONE}}}
        self.hub.post("/v1/facts", {"facts": [told]})
        call = {
            "channel": "phone",
            "customer": {"phone": ADAS_PHONE},
            "direction": "in",
            "agent": "Grace",
            "text": "When does the new tent arrive? She did not give her name.",
        }
        caller = self.hub.post("/v1/interactions", call)["customer_id"]
        (match,) = self.hub.get(f"/v1/customers/{ada['id']}/matches")["items"]
        check(match["customer_id"] == caller, f"Ada's match is not the caller: {match}")
        print(f"  {ADAS_PHONE} becomes a new customer; a match of Ada's: {', '.join(match['reasons'])}")
        word = {"author": "Grace", "reason": "her number is on her order"}
        merge = self.hub.post(f"/v1/customers/{caller}/merge", {"into": ada["id"], **word})
        together = self.hub.get(f"/v1/customers?phone={quote(ADAS_PHONE)}")
        check(together["id"] == ada["id"], "the number does not lead to Ada")
        print(f"  merged by Grace: the number leads to {together['name']}, {together['tier']}, in one timeline")
        self.hub.post(f"/v1/merges/{merge['id']}/undo", word)
        again, alone = self._customer(ADA), self.hub.get(f"/v1/customers/{caller}")
        check(again["handles"] == ada["handles"] and again["open_cases"] == ada["open_cases"], "Ada is not as she was")
        check(again["value_index"] == ada["value_index"], "Ada's value is not as it was")
        check(alone["id"] == caller and len(alone["open_cases"]) == 1, "the caller is not as she was")
        print("  and undone: both are what they were, each with her own cases, value and timeline")

    # ── Clock ─────────────────────────────────────────────────────────────────────────────────────

    def _promises(self) -> None:
        chapter("The clock ticks seven hours ahead: Bo's promise (gold, 8 hours) is about to break, and Bo is told")
        self.hub.tick("ActOnDue", datetime.now(UTC) + timedelta(hours=7))
        told = self.hub.until("the warning on Bo's timeline", lambda: self._event(BO, "promise_at_risk"))
        show(self._receives(BO, "处理需要更多时间"))
        cases = self.hub.get("/v1/cases?limit=10")["items"]
        print(f"  {told['what']}: due {told['detail']['due']}; most urgent cases now:")
        for case in cases[:3]:
            promise = case.get("promise") or {}
            print(f"    {case['number']}  {case['tier']:<9} {promise.get('state', '-'):<8} {case['subject']}")

    def _outreach(self) -> None:
        chapter("A week later the clock plans: six cards expire soon (play payment_will_fail)")
        week = (self.expires_on - timedelta(days=13), time(9), UTC)
        at = datetime.combine(*week)
        self.hub.until("six planned tasks", lambda: len(self._tasks("planned")) >= 6 or None)
        self.hub.tick("PlanOutreach", at)
        mails = [self._receives(person, marker) for person, marker in ((ADA, "Your card expires"), (BO, "银行卡"))]
        self.hub.until("all tasks decided", lambda: len(self._tasks("passed_over")) >= 3 or None)
        print(f"  {'who':<10} {'state':<12} why")
        for person in CUSTOMERS:
            task = self._task_of(person)
            print(f"  {person.name:<10} {task['state']:<12} {task['reason'] or task['why']}")
        reasons = {person: self._task_of(person)["reason"].partition(":")[0] for person in CUSTOMERS}
        expected = {CLEO: "no_consent", DAN: "open_complaint", EVE: "quiet_hours", FINN: "not_needed"}
        for person, rule in expected.items():
            check(reasons[person] == rule, f"{person.name}: expected {rule}, got {reasons[person]}")
        for mail in mails:
            show(mail)

    def _unsubscribe(self) -> None:
        chapter("Bo unsubscribes with one click (RFC 8058)")
        mail = self._receives(BO, "银行卡")
        url = str(mail.message["List-Unsubscribe"]).partition("<")[2].partition(">")[0]
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _ = http("POST", url, b"List-Unsubscribe=One-Click", form)
        check(status == 200, f"the unsubscribe link answered {status}")
        (consent,) = self._customer(BO)["consents"]
        check(not consent["granted"], "the consent was not withdrawn")
        print(f"  POST {url[:72]}… → {status}")
        what = f"{consent['channel']}/{consent['purpose']}"
        print(f"  consent {what}: granted={consent['granted']}, proof: {consent['proof']}")

    def _why_not(self) -> None:
        chapter("Why not? Ten people, and what decides about each (GET /v1/customers/{id}/plays/{play}/why-not)")
        ten = [(person.name, self._customer(person)["id"]) for person in CUSTOMERS]
        ten += [(shop_id, self.hub.get(f"/v1/customers?external={shop_id}")["id"]) for shop_id in self._of_the_crowd(4)]
        decided = {}
        for name, customer_id in ten:
            said = self.hub.get(f"/v1/customers/{customer_id}/plays/payment_will_fail/why-not")
            why = {one["rule"]: one["why"] or f"not before {one['until']}" for one in said["guardrails"]}
            decided[name] = said["decides"]
            print(f"  {name:<10} {said['decides'] or '-':<16} {why.get(said['decides'], 'nothing speaks against it')}")
        expected = {CLEO: "no_consent", DAN: "open_complaint", FINN: "not_needed", BO: "no_consent"}
        for person, rule in expected.items():
            check(
                decided[person.name] == rule, f"{person.name}: expected {rule}, got {decided[person.name] or 'nothing'}"
            )

    def _of_the_crowd(self, many: int) -> list[str]:
        return [f"shop-{1000 + number}" for number in range(many)]

    def _a_campaign(self) -> None:
        chapter("An incident: a campaign to all of them, in a pilot beside a hold-out, and stopped (/v1/campaigns)")
        pilot = self.hub.post("/v1/plays/incident/pilot", PILOT)
        pilot = self.lead.post(f"/v1/pilots/{pilot['id']}/start", {})
        people = [person.email for person in CUSTOMERS]
        people += [f"external:{shop_id}" for shop_id in self._of_the_crowd(CROWD)]
        said: Json = {
            "title": "The shop is slow",
            "play": "incident",
            "parameters": {
                "what": "our shop answers slowly",
                "what_zh": "商店响应缓慢",
                "since": "noon",
                "since_zh": "中午",
                "do": "Your orders are safe.",
                "do_zh": "您的订单不受影响。",
            },
            "author": "Tom",
            "reason": "the shop answers slowly since noon",
            "audience": {"kind": "list", "entries": people},
            "rate_per_minute": 20,
            "deadline": (self.today + timedelta(days=1)).isoformat(),
        }
        made = self.hub.post("/v1/campaigns", said)
        place = f"/v1/campaigns/{made['id']}"
        check(made["list"]["found"] == len(people), f"its list means {made['list']}")
        foreseen = self.hub.get(f"{place}/preview")
        print(f"  before anybody is contacted: {counted(foreseen['stands'])}; {foreseen['minutes']} minutes for all")
        self.hub.post(f"{place}/submit", {"author": "Tom"})
        status, refused = self.hub.ask("POST", f"{place}/approve", {"author": "Tom"})
        check(status == 403, f"whoever prepared a campaign could approve it: {refused}")
        self.lead.post(f"{place}/approve", {"author": "Lea"})
        self.hub.until("the first minute of it", lambda: self.hub.get(place)["progress"]["seen"] or None)
        stopped = self.hub.post(f"{place}/stop", {"author": "Tom", "why": "it is over already"})
        check(stopped["state"] == "stopped", "it was not stopped")
        seen = self.hub.until("what was planned is withdrawn", lambda: self._at_rest(place))
        print(f"  stopped after {seen['seen']} of {len(people)} people: {counted(seen['stands'])}")
        check(seen["seen"] < len(people), "all were looked at within a minute")
        report = self.hub.get(f"/v1/pilots/{pilot['id']}")
        flow = report["reading"]
        told = {name: flow[name] for name in ("verdict", "drawn", "judged", "waiting", "refused", "missing_people")}
        print(f"  its pilot's report page as data: {json.dumps(told)}")

    def _at_rest(self, place: str) -> Json | None:
        progress: Json = self.hub.get(place)["progress"]
        return None if any(stand.startswith(("planned", "queued")) for stand in progress["stands"]) else progress

    def _timeline(self) -> None:
        chapter("Everything about Ada, newest first (GET /v1/customers/{id}/timeline, one Query)")
        for entry in self._timeline_of(ADA):
            what = {
                "interaction": lambda e: f"{e['direction']:<3} {e['channel']} {e['purpose']}: {e['subject']}",
                "fact": lambda e: f"fact {e['what']}",
                "event": lambda e: f"{e['what']} {e['detail']}",
                "task": lambda e: f"task {e['play']}: {e['state']}",
                "question": lambda e: f"question, {e['state']}: {e['text'].splitlines()[0]}",
            }[entry["kind"]](entry)
            print(f"  {entry['id'][:10]}…  {entry['kind']:<11} {what}")

    def _privacy(self) -> None:
        chapter("Who looked at Ada, and Gil is forgotten (GET …/looks, POST …/erasure)")
        for look in self.hub.get(f"/v1/customers/{self._customer(ADA)['id']}/looks?limit=3")["items"]:
            print(f"  {look['at'][:19]}  {look['by']} {look['what']}")
        gil = f"/v1/customers/{self._customer(GIL)['id']}"
        word = {"author": "Grace", "reason": "his letter of today"}
        plan = self.hub.post(f"{gil}/erasure", {**word, "dry_run": True})
        print(f"  a dry run for Gil: {counted(plan['rows'])}; {counted(plan['objects'])}")
        began = self.hub.post(f"{gil}/erasure", word, "forget-gil")
        self.hub.until("that nobody knows Gil any more", lambda: not self._knows(GIL) or None)
        erasure = self.hub.get(f"/v1/erasures/{began['id']}")
        print(f"  erasure {erasure['state']} on {erasure['author']}'s word; who writes as Gil now is a new customer")

    def _welcome_back(self) -> None:
        chapter("The company is still here: its state is that of the last run")
        for person in CUSTOMERS:
            customer = self._customer(person)
            print(f"  {person.name:<10} {customer['tier']:<9} open cases: {len(customer['open_cases'])}")
        # Somebody new each time: of whoever writes often, only so many mails an hour are acknowledged.
        visitor = replace(ADA, name=f"Visitor-{uuid.uuid4().hex[:6]} Hill")
        self._send(visitor, "Still there?", "Just checking.")
        show(self._receives(visitor, "Still there?"))

    # ── Small things ──────────────────────────────────────────────────────────────────────────────

    def _send(
        self,
        person: Person,
        subject: str,
        text: str,
        *,
        answering: SentMail | None = None,
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = f"{person.name} <{person.email}>"
        mail["To"] = str(answering.message["Reply-To"]) if answering else self.support
        mail["Subject"] = subject
        mail["Message-ID"] = f"<{uuid.uuid4()}@{DOMAIN}>"
        if answering:
            mail["In-Reply-To"] = answering.message_id
        for name, value in (headers or {}).items():
            mail[name] = value
        mail.set_content(text)
        if person.language != "en":
            mail["Content-Language"] = person.language  # set_content drops those set before
        with smtplib.SMTP("127.0.0.1", self.door.port) as smtp:
            smtp.send_message(mail)
        return mail

    def _receives(self, person: Person, words: str) -> SentMail:
        try:
            return self.mailbox.wait_for(lambda m: person.email in m.to and words in m.subject)
        except TimeoutError as error:
            raise Trouble(f"{person.name} never got “{words}”: {error}") from error

    def _customer(self, person: Person) -> Json:
        return self.hub.get(f"/v1/customers?email={person.email}")

    def _timeline_of(self, person: Person) -> list[Json]:
        if not self._knows(person):
            return []
        found: list[Json] = self.hub.get(f"/v1/customers/{self._customer(person)['id']}/timeline?limit=50")["items"]
        return found

    def _event(self, person: Person, what: str) -> Json | None:
        return next((e for e in self._timeline_of(person) if e["kind"] == "event" and e["what"] == what), None)

    def _case_of(self, person: Person) -> Json:
        (case_id,) = self._customer(person)["open_cases"]
        return self.hub.get(f"/v1/cases/{case_id}")

    def _case_with(self, person: Person, interactions: int) -> Json | None:
        case = self._case_of(person)
        return case if len(case["interactions"]) >= interactions else None

    def _tasks(self, state: str) -> list[Json]:
        items: list[Json] = self.hub.get(f"/v1/tasks?state={state}&limit=50")["items"]
        return items

    def _task_of(self, person: Person) -> Json:
        return next(entry for entry in self._timeline_of(person) if entry["kind"] == "task")


def money(minor: int) -> Json:
    return {"minor": minor, "currency": CURRENCY}


def counted(things: Json) -> str:
    return ", ".join(f"{number} {name}" for name, number in things.items() if number)


def chapter(title: str) -> None:
    print(f"\n── {title}")


def show(mail: SentMail) -> None:
    """A mail as its recipient sees it."""
    print(f"\n    To: {mail.to}\n    Subject: {mail.subject}")
    print(indent(mail.text.strip(), "    │ ", lambda _: True))


def check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Trouble(otherwise)
