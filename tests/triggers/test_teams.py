"""What a key of one team is told, endpoint by endpoint, as the API declares them: a new one is asked by itself.

Each is called as it is meant to be, about a customer of the key's own team, of nobody's, and of another team, and about
nobody at all.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

import boto3
import msgspec
import pytest

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import IN_PATH, Teams
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.article import ArticleEdition, ArticleImage, ArticleText
from chalicelib.model.case import Participant
from chalicelib.model.customer import HANDLE_KINDS, Handle, HandleOwner
from chalicelib.model.gap import Gap
from chalicelib.model.interaction import Attachment
from chalicelib.model.later import ScheduledAnswer
from chalicelib.model.merge import Merge
from chalicelib.model.mood import MoodLabel, MoodLevel
from chalicelib.model.organisation import Affiliation, Organisation
from chalicelib.model.privacy import Export, ExportState
from chalicelib.model.question import AskedThrough, Question
from chalicelib.model.rating import Rating, Vote
from chalicelib.model.recovery import Cause, Caused, Recovery
from chalicelib.model.segment import About, Condition, Definition, Directory, Member, Memberships, Segment
from chalicelib.model.side import SideConversation
from chalicelib.model.staff import StaffMember
from chalicelib.model.template import Template
from chalicelib.model.trust import Trust
from chalicelib.model.upkeep import Finding, FindingKind, PairState, WordPair
from chalicelib.model.webhook import DeliveryOutcome
from chalicelib.storage import automation as storage
from chalicelib.storage.histories import with_history
from chalicelib.storage.rows import Row
from chalicelib.storage.table import bind
from chalicelib.triggers import api, contract
from chalicelib.triggers.http import Endpoints, Operation
from tests import quick_moto
from tests.auth.callers import Answer, Caller, caller, shared_stage
from tests.automation.things import make_delivery, make_webhook
from tests.factories import (
    NOON,
    make_agent,
    make_article,
    make_campaign,
    make_case,
    make_customer,
    make_interaction,
    make_play_record,
    make_routing,
    make_task,
)
from tests.outreach.pilots.things import make_pilot
from tests.workbench import Bench, mail_bytes, set_environment

OURS, THEIRS = "north", "south"
BO = "01KAM8Q6C3V8QW2E0N4B7T9XYA"  # the agent of the examples
GAP = Gap(id=ids.derived_ulid(NOON, "gap"), question="lamp battery", opened_at=NOON, last_at=NOON)
FINDING = Finding(
    id="returning-goods.0123456789ab", what=FindingKind.DUPLICATE, article_id="returning-goods", evidence="x",
    first_at=NOON, last_at=NOON,
)  # fmt: skip
PILOT = make_pilot(version=None)
PAIR = WordPair(language="en", word="handy", other="phone", state=PairState.APPROVED, last_at=NOON, decided_at=NOON)
BAUM = ids.derived_ulid(clock.now(), "Baum")
GOLD = "gold"
CAMPAIGN = make_campaign(version=None)
HOOK = make_webhook(team=OURS, version=None)
SENT = make_delivery(outcome=DeliveryOutcome.DELIVERED, version=None)
SLUGS = {
    "segments": GOLD, "templates": "looking-into-it", "/images": "seams", "/versions": "seams", "/rename": "other",
    "/texts/": "only",
}  # fmt: skip
SEAM = ArticleImage(
    id=ids.derived_ulid(clock.now(), "seam"), article_id="seams", name="a.png", type="image/png", size=9,
    at=clock.now(), by="x",
)  # fmt: skip
_NUMBERS = count(1)
TOM = ids.derived_ulid(clock.now(), "Tom")
OPERATIONS = {told.name: told for told in api.api.operations if told.scope and told.teams is not Teams.OWN}
OF_ONE = [name for name, told in OPERATIONS.items() if told.teams in (Teams.OF_PATH, Teams.OF_INPUT)]
SERVED = {200, 201, 202, 409, 423}  # done, or refused for what it is and not for whose


def handle_of(kind: str, number: int) -> Handle:
    values = {"email": f"c{number}@example.org", "phone": f"+49301{number:06}"}
    return Handle(kind, values.get(kind, f"{kind}-{number}"))


@dataclass(frozen=True)
class Person:
    """A customer's ids, and those of what is hers."""

    number: int
    ids: dict[str, str]
    handles: dict[str, str]


def a_person() -> Person:
    """Of whom nothing is stored."""
    number, now = next(_NUMBERS), clock.now()
    made = {name: ids.derived_ulid(now, name, str(number)) for name in IN_PATH}
    made |= {
        name: ids.derived_ulid(now, name, str(number))
        for name in ("interaction_id", "task_id", "absorbed", "recovery_id", "answer_id", "question_id")
    }
    made["case_id"] = ids.derived_case_id(f"case {number}")
    return Person(number, made, {kind: handle_of(kind, number).value for kind in HANDLE_KINDS})


def known(team: str) -> Person:
    """Somebody of this team with a case, a mail, a task, an export and a merge."""
    person, now = a_person(), clock.now()
    own, case, task, export, merge = (
        person.ids[name] for name in ("customer_id", "case_id", "task_id", "export_id", "merge_id")
    )
    handles = tuple(Handle(kind, value) for kind, value in person.handles.items())
    before = make_customer(id=own, handles=handles, team=team, version=None, name="Ann Archer", organisation_id=BAUM)
    gone = make_customer(id=person.ids["absorbed"], handles=(), team=team, version=None)
    participant = Participant(number=1, address=person.handles["email"])
    mail = make_interaction(
        id=person.ids["interaction_id"], customer_id=own, case_id=case, at=now, version=None,
        raw_key="in/1", attachments=(Attachment(name="a.pdf", type="application/pdf", size=1, key="raw/1"),),
        sender=f"email:{person.handles['email']}", trust=Trust.AUTHENTICATED.value, message_id=f"{person.number}@x",
    )  # fmt: skip
    merged = Merge(id=merge, at=now, by="Tom", reason="one", survivor=before, absorbed=gone)
    store(
        replace(before, absorbed=(gone.id,), merges=(merge,), open_cases={case: ""}),
        replace(gone, merged_into=own, merged_by=merge),
        merged,
        *(HandleOwner(handle=handle, customer_id=own) for handle in handles),
        make_case(id=case, customer_id=own, version=None, participants=(participant,)),
        mail,
        make_task(id=task, customer_id=own, version=None),
        make_task(id=ids.derived_ulid(now, "told", own), customer_id=own, campaign_id=CAMPAIGN.id, version=None),
        ScheduledAnswer(
            id=person.ids["answer_id"], customer_id=own, case_id=case, at=now, send_at=now, author="Tom", then="wait"
        ),
        SideConversation(
            case_id=case, number=1, customer_id=own, subject="S", to=("a@b.example",), opened_at=now, updated_at=now,
            author="Tom",
        ),
        Export(id=export, customer_id=own, records=(own,), at=now, by="x", state=ExportState.DONE, updated_at=now),
        Affiliation(customer_id=own, organisation_id=BAUM, since=now, by="Tom"),
        Member(segment_id=GOLD, customer_id=own, since=now),
        Memberships(customer_id=own, since={GOLD: now}),
        Recovery(
            id=person.ids["recovery_id"], customer_id=own, opened_at=now, tier="gold", follow_until=now,
            causes=(Caused(cause=Cause.ANGRY, at=now, case_id=case),),
        ),
        Rating(
            id=ids.derived_ulid(now, "rating", own), customer_id=own, case_id=case, solved_at=now, due_at=now,
            tier="gold", channel="email", score=2, votes=(Vote(at=now, score=2),), updated_at=now,
        ),
        Question(
            id=person.ids["question_id"], asked_at=now, text="Parcel?", through=AskedThrough.API, customer_id=own
        ),
        MoodLabel(
            id=ids.derived_ulid(now, "label", own), customer_id=own, interaction_id=mail.id, at=now, by="Tom",
            level=MoodLevel.ANNOYED,
        ),
    )  # fmt: skip
    return person


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage(stream=False) as bench, pytest.MonkeyPatch.context() as patch:
        set_environment(patch, case_fields='[{"name": "order_number", "type": "text"}]')
        boto3.client("s3").put_object(Bucket=bench.bucket, Key="in/1", Body=mail_bytes())
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage is the module's; each test finds it empty but for what is nobody's: moto gets slow with rows."""
    quick_moto.empty(stage.bucket)
    now = clock.now()
    definition = Definition(all=(Condition(about=About.TIER, one_of=("gold",)),))
    gold = Segment(id=GOLD, title="Gold", definition=definition, updated_at=now, updated_by="x", ready_at=now)
    baum = Organisation(id=BAUM, name="Baum", created_at=now, updated_at=now, updated_by="x")
    storage.forget()
    directory = Directory(edition=1, editions={GOLD: 1}, speaks_of=("standing.tier",))
    tom = StaffMember(
        id=TOM, email="t@example.com", name="Tom", role="agent", created_at=now, updated_at=now, updated_by="x"
    )
    bo = make_agent(id=BO, present_until=now + timedelta(hours=1), version=None)
    texts = {"en": "We look into order {{order}}."}
    template = Template(id=SLUGS["templates"], title="T", texts=texts, team=OURS, updated_at=now, updated_by="x")
    shown = {"en": ArticleText("Seams", f"![a seam](images/{SEAM.file})")}
    seams = make_article("seams", texts=shown, images=(SEAM.id,), version=None)
    first = ArticleEdition(uid="seams", edition=1, texts=shown, published_at=now, published_by="x")
    only = make_article("only", texts={"zh-Hans": shown["en"]}, images=(SEAM.id,), version=None)
    store(seams, first, SEAM, only, make_article("other", version=None))
    store(CAMPAIGN)
    store(gold, baum, directory, make_article(version=None), bo, template, tom, HOOK, SENT, GAP, FINDING, PAIR, PILOT)
    tried = make_play_record(PILOT.play, pilot=PILOT.plan, version=None)
    store(tried)


def store(*things: Any) -> None:
    """As `commit` writes what is new, in one round trip for 25 of them."""
    bind()
    with Row.batch_write() as batch:
        for thing in with_history(Decision(things, reason="there")):
            row = Row.of(thing)
            row.version = 1  # only a save of its own counts
            batch.save(row)


@pytest.fixture
def agent() -> Caller:
    return caller(team=OURS)


# ── How each is called ──────────────────────────────────────────────────────────────────────────────────


def places(operation: Operation) -> list[str]:
    """Where a request names somebody: her ids in its path, or a field of its input."""
    found = ["path"] if IN_PATH.keys() & set(operation.path_parameters) else []
    if operation.names is None:
        return found
    fields = msgspec.structs.fields(operation.body or operation.query)  # type: ignore[arg-type]
    named = {field.name for field in fields}
    if "customer" in named:
        found += ["customer.customer_id", *(f"customer.{kind}" for kind in HANDLE_KINDS)]
    found += [name for name in ("customer_id", "into", "case_id", "value", *HANDLE_KINDS) if name in named]
    return found


def request(operation: Operation, who: dict[str, Person], own: Person, example: int = 0) -> tuple[str, str, bytes]:
    """As an agent would send it: about `own`, but for the places where it names somebody else."""

    def at(place: str) -> Person:
        return who.get(place, own)

    values = {**at("path").ids, "number": "1", "organisation_id": BAUM, "kind": "chat"}
    values |= {"value": quote(at("path").handles["chat"], safe=""), "count_id": at("path").ids["task_id"]}
    values |= {"staff_id": TOM, "key_id": at("path").ids["task_id"]}
    values |= {"webhook_id": HOOK.id, "delivery_id": SENT.id}
    values |= {"agent_id": BO, "language": "zh-Hans", "image_id": SEAM.id}
    values |= {"campaign_id": CAMPAIGN.id}
    values |= {"pilot_id": PILOT.id, "name": PILOT.play}
    values |= {"gap_id": GAP.id, "finding_id": FINDING.id, "pair_id": PAIR.id, "proposal_id": "0123456789abcdef"}
    values |= {"follower": "bo@example.com", "link_id": at("path").ids["case_id"]}
    values |= {"erasure_id": at("path").ids["task_id"], "slug": slug_of(operation)}
    path = operation.path.format_map(values)
    if operation.query:
        path += "?" + urlencode(asked_of(operation, who, own))
    if operation.documented_as is None:
        return operation.method, path, b""
    body: Any = json.loads(json.dumps(contract.EXAMPLES[operation.documented_as][example]))
    if "customer" in body:
        place = next((place for place in who if place.startswith("customer.")), "customer.customer_id")
        field = place.partition(".")[2]
        body["customer"] = {field: (at(place).ids | at(place).handles)[field]}
        body |= {"case_id": at("case_id").ids["case_id"]} if "case_id" in who else {}
    elif "case_id" in body or ("case_id" in who and "url" not in body):
        body["case_id"] = at("case_id").ids["case_id"]
    body |= {"into": at("into").ids["customer_id"]} if "into" in body else {}
    body |= {"kind": "chat", "value": at("value").handles["chat"]} if "value" in body else {}
    body |= {"organisation_id": BAUM} if "organisation_id" in body else {}
    for name, days in {"until": 30, "due_at": 1, "again_at": 1, "deadline": 5}.items():  # examples grow old
        body |= {name: clock.iso(clock.now() + timedelta(days=days))} if name in body else {}
    if "customer_id" in body or "visitor_id" in body:
        body.pop("visitor_id", None)
        body["customer_id"] = at("customer_id").ids["customer_id"]
    if "texts" in body:
        body["texts"] = {"en": "A"} if "templates" in operation.path else {"en": {"title": "A", "body": "B"}}
    body |= {"interactions": [own.ids["interaction_id"]]} if "interactions" in body else {}
    body |= {"upload": SEAM.id} if "upload" in body else {}
    body.pop("expected_version", None)
    return operation.method, path, json.dumps(body).encode()


def seen(operation: Operation) -> dict[str, str]:
    """Whatever it is by now."""
    return {"If_Match": "*"} if operation.versioned else {}


def slug_of(operation: Operation) -> str:
    return next((slug for word, slug in SLUGS.items() if word in operation.path), "returning-goods")


def asked_of(operation: Operation, who: dict[str, Person], own: Person) -> dict[str, str]:
    """What a query cannot do without."""
    values = {"author": "Tom", "reason": "She says so.", "state": "planned", "day": "2026-11-20", "text": "late"}
    values |= {"q": "parcel"}
    fields = msgspec.structs.fields(operation.query)  # type: ignore[arg-type]
    asked = {field.name: values[field.name] for field in fields if field.required}
    asked |= {"agent_id": BO} if "agent_id" in {field.name for field in fields} else {}
    if operation.names:
        given = {field.name for field in fields}
        place = next(iter(who), next(name for name in ("customer_id", "email", "case_id") if name in given))
        person = who.get(place, own)
        asked[place] = (person.ids | person.handles)[place]
    return asked


def plain(answer: Answer, person: Person) -> str:
    """Without the request's id and hers."""
    text = answer.text.replace(answer.json["instance"], "")
    for found in (*person.ids.values(), *person.handles.values()):
        text = text.replace(found, "ID")
    return text


# ── Every endpoint ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("team", [OURS, ""], ids=["own", "everybodys"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_about_customers_of_the_team_and_everybodys_an_agent_is_served(agent: Caller, name: str, team: str) -> None:
    operation = OPERATIONS[name]
    examples = contract.EXAMPLES[operation.documented_as] if operation.documented_as else [None]
    for number, _ in enumerate(examples):
        others = {"into", "case_id"} & set(places(operation)) if "path" in places(operation) else ()
        told = {place: known(team) for place in others}

        answer = agent.send(*request(operation, told, known(team), number), **seen(operation))

        if operation.teams is Teams.ALL_TEAMS_ONLY:
            assert (answer.status, "keys of all teams" in answer.text) == (403, True)
        else:
            assert answer.status in SERVED, answer.text


WAYS = [(name, place) for name in OF_ONE for place in places(OPERATIONS[name])]


@pytest.mark.parametrize(("name", "place"), WAYS)
def test_another_teams_customer_is_answered_like_nobody(agent: Caller, name: str, place: str) -> None:
    operation, own, other, nobody = OPERATIONS[name], known(OURS), known(THEIRS), a_person()

    hidden = agent.send(*request(operation, {place: other}, own), **seen(operation))
    missing = agent.send(*request(operation, {place: nobody}, own), **seen(operation))

    assert other.ids["customer_id"] not in hidden.text
    if new_to_us(operation, place):
        assert hidden.status in (404, 409)
        assert missing.status in SERVED
    else:
        assert (hidden.status, missing.status) == (404, 404)
        assert plain(hidden, other) == plain(missing, nobody)
        assert {k: v for k, v in hidden.headers.items() if k != "Content-Length"} == {
            k: v for k, v in missing.headers.items() if k != "Content-Length"
        }


def new_to_us(operation: Operation, place: str) -> bool:
    """A handle that nobody has is no mistake here: it is somebody's from now on."""
    return operation.body is not None and (place == "value" or place.partition(".")[2] in HANDLE_KINDS)


@pytest.mark.parametrize("name", [name for name, told in OPERATIONS.items() if told.teams is Teams.FILTERED])
def test_lists_leave_out_other_teams_customers_on_every_page(agent: Caller, name: str) -> None:
    own, everybodys, other = known(OURS), known(""), known(THEIRS)

    seen, cursor = "", ""
    while True:
        method, path, _ = request(OPERATIONS[name], {}, own)
        page = agent.send(method, f"{path}{'&' if '?' in path else '?'}limit=2{cursor}")
        seen += page.text
        if page.json["next"] is None:
            break
        cursor = f"&cursor={page.json['next']}"

    assert own.ids["customer_id"] in seen
    assert everybodys.ids["customer_id"] in seen
    assert other.ids["customer_id"] not in seen


def test_the_desk_hands_out_and_shows_no_other_teams_work(agent: Caller) -> None:
    """Not even what is in her hand, should a customer have been given to another team meanwhile."""
    own, other = known(OURS), known(THEIRS)
    for person, team in ((own, OURS), (other, THEIRS)):
        case_id = ids.derived_case_id(f"in line {person.number}")
        line = make_routing(team=team, since=clock.now() - timedelta(hours=person.number))
        store(make_case(id=case_id, customer_id=person.ids["customer_id"], queue="support", routing=line, version=None))

    first = agent.post("/v1/desk/next", {"agent_id": BO}).json
    again = agent.post("/v1/desk/next", {"agent_id": BO}).json
    caller().put(f"/v1/customers/{own.ids['customer_id']}/team", {"team": THEIRS, "author": "Tom", "reason": "So."})

    assert first["customer_id"] == again["customer_id"] == own.ids["customer_id"]
    assert agent.get(f"/v1/desk?agent_id={BO}").json["items"] == []
    assert agent.post("/v1/desk/next", {"agent_id": BO}).status == 404
    assert len(caller().get(f"/v1/desk?agent_id={BO}").json["items"]) == 1


def test_every_way_to_name_somebody_is_known_here() -> None:
    """Otherwise `places` and `request` have to learn it."""
    assert all(len(places(told)) > ("path" in places(told)) for told in OPERATIONS.values() if told.names)


# ── Single ones ─────────────────────────────────────────────────────────────────────────────────────────


def given(team: str, person: Person) -> Answer:
    body = {"team": team, "author": "Tom", "reason": "She moved."}
    return caller().put(f"/v1/customers/{person.ids['customer_id']}/team", body)


def test_a_customer_is_given_to_a_team_told_on_her_timeline_and_seen_by_no_other(agent: Caller) -> None:
    ann = known("")
    path = f"/v1/customers/{ann.ids['customer_id']}"

    answer = given(THEIRS, ann)

    told = caller().get(f"{path}/timeline").json["items"]
    (event,) = [entry for entry in told if entry.get("what") == "team_changed"]
    assert (answer.status, answer.json["team"]) == (200, THEIRS)
    assert event["detail"] == {"from": "", "to": THEIRS, "by": "Tom", "reason": "She moved."}
    assert agent.get(path).status == 404


def test_giving_her_to_the_same_team_again_tells_nothing() -> None:
    ann = known(OURS)

    assert given(OURS, ann).status == 200

    told = caller().get(f"/v1/customers/{ann.ids['customer_id']}/timeline").text
    assert "team_changed" not in told


@pytest.mark.parametrize("team", ["North", "x" * 41, "a b", "ü"])
def test_a_team_is_a_slug(team: str) -> None:
    refused = given(team, known(""))

    assert (refused.status, refused.pointers) == (422, ["/team"])


def test_a_customer_who_was_merged_is_her_survivors_teams(agent: Caller) -> None:
    ours, theirs = known(OURS), known(THEIRS)
    body = {"into": theirs.ids["customer_id"], "author": "Tom", "reason": "One.", "confirm_external": True}
    made = caller().post(f"/v1/customers/{ours.ids['customer_id']}/merge", body).json

    assert agent.get(f"/v1/customers/{ours.ids['customer_id']}").status == 404
    assert agent.get(f"/v1/cases/{ours.ids['case_id']}").status == 404

    caller().post(f"/v1/merges/{made['id']}/undo", {"author": "Tom", "reason": "Two."})
    assert agent.get(f"/v1/customers/{ours.ids['customer_id']}").json["team"] == OURS


def test_a_merge_across_teams_is_undone_by_keys_of_all_teams_only(agent: Caller) -> None:
    ours, theirs = known(OURS), known(THEIRS)
    body = {"into": ours.ids["customer_id"], "author": "Tom", "reason": "One.", "confirm_external": True}
    made = caller().post(f"/v1/customers/{theirs.ids['customer_id']}/merge", body).json

    refused = agent.post(f"/v1/merges/{made['id']}/undo", {"author": "Tom", "reason": "Two."})

    assert refused.status == 404


def test_matches_of_another_team_are_left_out(agent: Caller) -> None:
    """They all are called Ann Archer, at one company."""
    own, colleague, other = known(OURS), known(OURS), known(THEIRS)
    tagged = {"kind": "email", "value": own.handles["email"].replace("@", "+x@")}
    plus = {"kind": "email", "value": own.handles["email"].replace("@", "+y@")}
    path = f"/v1/customers/{own.ids['customer_id']}"
    for person, handle in ((colleague, tagged), (other, plus)):
        caller().post(f"/v1/customers/{person.ids['customer_id']}/handles", handle)
        caller().post(f"{path}/handles", {"kind": "email", "value": handle["value"].replace("@", "z@")})

    assert other.ids["customer_id"] not in agent.get(f"{path}/matches").text


def test_a_handle_that_was_split_off_stays_with_the_team() -> None:
    ann = known(OURS)
    path = f"/v1/customers/{ann.ids['customer_id']}/handles/chat/{ann.handles['chat']}"

    alone = caller().send("DELETE", f"{path}?author=Tom&reason=Her+son").json["customer_id"]

    assert caller().get(f"/v1/customers/{alone}").json["team"] == OURS


def test_a_token_is_of_its_keys_team(agent: Caller) -> None:
    token = agent.post("/v1/tokens", {"scopes": ["customers:read"], "expires_in": 60}).json["token"]

    assert Caller(token).get(f"/v1/customers/{known(THEIRS).ids['customer_id']}").status == 404
    assert Caller(token).get(f"/v1/customers/{known(OURS).ids['customer_id']}").status == 200


def test_who_may_not_know_of_her_leaves_no_look(agent: Caller) -> None:
    ann = known(THEIRS)

    agent.get(f"/v1/customers/{ann.ids['customer_id']}")

    assert caller().get(f"/v1/customers/{ann.ids['customer_id']}/looks").json["items"] == []


# ── What is declared ────────────────────────────────────────────────────────────────────────────────────


def declared(path: str, teams: Teams, **more: Any) -> None:
    Endpoints().endpoint(
        "GET", path, scope=Scope.CASES_READ, summary="", returns=msgspec.Struct, teams=teams, **more
    )(lambda call: call)  # fmt: skip


@pytest.mark.parametrize(
    ("path", "teams", "more"),
    [
        ("/v1/things/{customer_id}", Teams.NOT_ABOUT_ANYBODY, {}),
        ("/v1/things/{customer_id}", Teams.FILTERED, {"whose": "id"}),
        ("/v1/things", Teams.NOT_ABOUT_ANYBODY, {"looks_at": "id"}),
        ("/v1/things", Teams.OF_PATH, {}),
        ("/v1/things", Teams.OF_INPUT, {}),
        ("/v1/things", Teams.FILTERED, {}),
        ("/v1/things", Teams.ALL_TEAMS_ONLY, {"whose": "id"}),
        ("/v1/things", Teams.HANDED, {}),
    ],
)
def test_what_does_not_fit_an_endpoint_cannot_be_declared(path: str, teams: Teams, more: dict[str, str]) -> None:
    with pytest.raises(TypeError, match="does not fit"):
        declared(path, teams, **more)


def test_an_endpoint_that_does_not_say_what_teams_get_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match="teams"):
        Endpoints().endpoint("GET", "/v1/things", scope=None, summary="", returns=int)  # type: ignore[call-arg]


def test_the_document_says_what_a_key_of_one_team_gets() -> None:
    told = {
        operation["operationId"]: operation["description"]
        for methods in api.document()["paths"].values()
        for operation in methods.values()
    }

    assert "as if she did not exist" in told["get_customer"]
    assert "left out" in told["list_cases"]
    assert "Only for keys of all teams" in told["record_facts"]
    assert "team" not in told["list_tiers"]
