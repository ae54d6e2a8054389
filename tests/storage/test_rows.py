"""Every kind of row, through the table and back."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from boto3.dynamodb.types import TypeSerializer

from chalicelib import configuration
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.settings import settings
from chalicelib.model import rule
from chalicelib.model.access import AccessEvent, AccessKind
from chalicelib.model.agent import Agent
from chalicelib.model.article import Article, ArticleEdition, ArticleImage, ArticleText
from chalicelib.model.article import Audience as ArticleAudience
from chalicelib.model.brake import Brake
from chalicelib.model.calibration import Calibration, Snapshot, Table
from chalicelib.model.campaign import Audience as CampaignAudience
from chalicelib.model.campaign import AudienceKind, Campaign, CampaignPart, CampaignState, ListChunk, Listing
from chalicelib.model.case import Case, CaseLink, CaseStatus, Lease, LinkKind, Participant
from chalicelib.model.casework import CaseMerge, CaseSplit, MovedMessage
from chalicelib.model.customer import Consent, Customer, Handle, HandleOwner
from chalicelib.model.deflection import Fate, OpenQuestion, Visitor
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.gap import Alternative, Example, Gap, GapCase, GapState
from chalicelib.model.history import CaseChange, CaseOfCustomer, Changed
from chalicelib.model.interaction import DeliveryState, Interaction, KnownMessage, Receipt
from chalicelib.model.later import ScheduledAnswer
from chalicelib.model.load import DeskLoad, Pace, QueueLoad, TakenBack
from chalicelib.model.machine import MachineKey
from chalicelib.model.merge import Merge, Signpost
from chalicelib.model.money import Money
from chalicelib.model.mood import Mood, MoodLabel, MoodLevel
from chalicelib.model.notice import NoticeKind, NoticeSettings, Notified
from chalicelib.model.organisation import Affiliation, Organisation, OrganisationMark
from chalicelib.model.pilot import Arm, Cause, Evidence, Pilot, PilotPlan, PilotState, Subject
from chalicelib.model.play import PlayDefinition, PlayEdition, PlayRecord, PlayState, PlayVersion, When, Words
from chalicelib.model.privacy import Erasing, Erasure, Export, Exported, Look
from chalicelib.model.question import AskedThrough, LearnedQuestion, Question
from chalicelib.model.rating import Rating, Vote
from chalicelib.model.recovery import Asked, Deed, Done, Recovery, RecoveryState, Seen, Sign
from chalicelib.model.retention import Retention
from chalicelib.model.rule import Act, Rule, Rulebook, RuleRun
from chalicelib.model.search import (
    NewestSnapshot,
    Popular,
    Rebuild,
    SearchBuild,
    SearchMark,
    SnapshotFile,
)
from chalicelib.model.search import Snapshot as IndexSnapshot
from chalicelib.model.segment import About, Condition, Definition, Directory, Member, Memberships, Segment
from chalicelib.model.session import Audience, CallRate, Session, SignInCode
from chalicelib.model.side import SideConversation
from chalicelib.model.staff import Admins, StaffAddress, StaffMember
from chalicelib.model.sweep import Part, Sweep
from chalicelib.model.tally import Sum
from chalicelib.model.task import Task
from chalicelib.model.template import Template
from chalicelib.model.tier import DEFAULT_TIERS, Standing
from chalicelib.model.upkeep import (
    ArticleCare,
    ArticleVote,
    Finding,
    FindingKind,
    FindingState,
    Learning,
    Link,
    Missing,
    PairState,
    UnknownWord,
    UnknownWords,
    Votes,
    WordPair,
)
from chalicelib.model.upload import Upload
from chalicelib.model.urgency import Urgency
from chalicelib.model.value import Parameters, ValueState
from chalicelib.model.webhook import (
    Attempt,
    DeliveryOutcome,
    Listener,
    Listeners,
    Secret,
    Webhook,
    WebhookDelivery,
)
from chalicelib.model.work import Handling, Offer, Refusal
from chalicelib.storage import auth, customers, keys, rows
from chalicelib.storage.commit import commit
from chalicelib.storage.rows import Row
from chalicelib.storage.table import bind, row_at, rows_at
from tests.factories import (
    ANN,
    ANNS_ID,
    BO_ID,
    CASE_ID,
    NOON,
    make_agent,
    make_campaign,
    make_case,
    make_customer,
    make_fact,
    make_interaction,
    make_outbound,
    make_play_record,
    make_rating,
    make_recovery,
    make_routing,
    make_task,
)
from tests.outreach.pilots.things import make_design, make_pilot, make_subject

pytestmark = pytest.mark.usefixtures("table")
KEY = MachineKey(
    id="k1",
    name="shop",
    scopes=("facts:write",),
    secret_hash="h",
    created_at=NOON,
    role="lead",
    team="a",
    revoked_at=NOON,
)
MOOD = Mood(level=MoodLevel.ANGRY, score=-70, because=((0, 9), (12, 20)), leaving=((30, 40),), by="Liana")
LINE = make_routing(
    handling=Handling.CALL_BACK, needs={"law": 2}, wants={"wine": 1}, language="de", language_level=2, team="north",
    relax_at=NOON, kept_for=BO_ID, kept_until=NOON, taken_at=NOON,
    offer=Offer(agent_id=BO_ID, at=NOON, expires_at=NOON),
    refusals=(Refusal(agent_id=BO_ID, until=NOON, reason="no"),),
)  # fmt: skip
EXAMPLES: dict[type, Any] = {
    PlayRecord: make_play_record(
        title="A visit",
        state=PlayState.PAUSED,
        why="too many answers",
        draft=PlayEdition(
            number=2,
            given={"lead_days": 7, "article": "cards"},
            channels=("email", "phone"),
            definition=PlayDefinition(
                when=When(fact="life_event", where={"event": "move"}, days=-30),
                who=Definition(all=(Condition(about=About.TIER, one_of=("gold",)),)),
                texts={
                    "en": Words(subject="Your move", body="Dear {{ name }}"),
                    "zh-Hans": Words(subject="搬家", body="您好"),
                },
                goal="know what to do",
            ),
            prepared_by="Tom",
            prepared_at=NOON,
        ),
        pilot=PilotPlan(
            id="01P", contacted={"gold": 0.5, "*": 1.0}, held_out={"*": 0.1}, agents=("bo",), started_at=NOON
        ),
    ),
    PlayVersion: PlayVersion(
        play="a_visit",
        edition=PlayEdition(
            number=2, prepared_by="Tom", prepared_at=NOON, preparers=("staff:1",), approved_by="Lea", approved_at=NOON
        ),
    ),
    Pilot: make_pilot(
        PilotState.STOPPED,
        design=make_design(spread=1.5, agents=("bo",), why="it may help", overlapping=True),
        decided_at=NOON,
        stopped_at=NOON,
        stopped_by="Lea",
        then="for_all",
        why="it helps",
    ),
    Evidence: Evidence(
        id=ids.derived_ulid(NOON, "evidence"),
        pilot_id="01P",
        at=NOON,
        cause=Cause.WIDENED,
        by="Lea",
        why="more",
        reading={"verdict": "better", "primary": {"difference": -0.125, "interval": {"low": -0.2}}, "warnings": []},
    ),
    Subject: make_subject(Arm.HELD_OUT, judge_at=None, judged="counted", outcomes={"spend": -300, "before": 500}),
    Agent: make_agent(
        skills={"law": 2},
        languages={"de": 5},
        teams=("north",),
        held={CASE_ID: "email"},
        offered=CASE_ID,
        began={CASE_ID: NOON},
        pace={"support/live": Pace(since=NOON, taken=3, before=1, seconds=240, done=9)},
        taken_back=(TakenBack(work_id=CASE_ID, at=NOON, why="more customers come"),),
    ),
    DeskLoad: DeskLoad(
        at=NOON,
        queues={
            "support": QueueLoad(
                agents=10, idle=4, an_hour=90.5, seconds=240, other_seconds=300, keep=3, in_time=0.82, kept=True
            )
        },
        named=("bo",),
        groups={"01P": ("bo", "cy")},
        out=1,
    ),
    Customer: make_customer(
        consenting=True,
        handles=(ANN, Handle("phone", "+49301234567")),
        name="安·阿彻",
        standing=Standing(tier="gold", since=NOON, below_since=NOON, pinned_until=NOON, pinned_by="Tom", reason="fair"),
        value=ValueState(purchases=2, margin=-5, recent=10**37, service=10**37, first=NOON, last=NOON),
        look_again=NOON,
        traits={"card_expires_on": "2026-12-10"},
        told={"order": NOON},
        consents={"email/service": Consent(False, NOON, "")},
        suppressed={"old@example.org": "bounced"},
        open_cases={CASE_ID: ""},
        notices_sent=(NOON,),
        recovery="01R",
        asked={"tents": Asked(at=NOON, channel="email", case_id=CASE_ID)},
        rating_asked_at=NOON,
        pilots={"01P": "contacted"},
    ),
    Calibration: Calibration(
        at=NOON,
        run="2026-11-20",
        customers=3,
        parameters=Parameters(p=1e-7, k=0.1 + 0.2),
        table=Table((-1.5e-9, 0.0, 7.25e21), (12.5, 50.0, 87.5)),
        bands=DEFAULT_TIERS.bands,
        tiers_version="1",
        snapshots=(Snapshot(NOON, 3, -4, 10**20),),
    ),
    HandleOwner: HandleOwner(handle=ANN, customer_id=ANNS_ID),
    Interaction: make_outbound(
        DeliveryState.CLAIMED,
        references=("a@x", "b@x"),
        flags=("new participant",),
        template={"why": "…"},
        attempt=2,
        mood=MOOD,
    ),
    Fact: make_fact(FactKind.ORDER, margin=Money(-12, "USD"), data={"order": "7", "note": "007"}),
    Event: Event(id="01E", customer_id=ANNS_ID, what=EventKind.OUTCOME, at=NOON, detail={"outcome": "sent"}),
    Case: make_case(
        priority=2,
        waiting_until=NOON,
        participants=(Participant(number=1, address=ANN.value),),
        urgency=Urgency.URGENT,
        urgency_by="Tom",
        mood=MOOD,
        recovery="01R",
        queue="support",
        assigned_to=BO_ID,
        routing=LINE,
        followers=("bo@example.com",),
        links=(CaseLink(id="other0000000", kind=LinkKind.CHILD_OF),),
        custom={"order": "007", "weight": 1.5, "parcels": 2, "insured": False},
        lease=Lease(holder="Tom", name="Tom", until=NOON),
        snoozed_at=NOON,
        snoozed_until=NOON,
        absorbed=("gone00000000",),
        split_from="outof0000000",
    ),
    CaseChange: CaseChange(
        case_id=CASE_ID,
        customer_id=ANNS_ID,
        edition=3,
        at=NOON,
        by="Tom",
        why="solved",
        changed={"status": Changed(was="open", now="solved"), "attention": Changed(was="a bounce")},
    ),
    CaseOfCustomer: CaseOfCustomer(id="01C", customer_id=ANNS_ID, case_id=CASE_ID),
    CaseMerge: CaseMerge(
        case_id=CASE_ID,
        customer_id=ANNS_ID,
        at=NOON,
        by="Tom",
        reason="one matter",
        into=make_case(id="into00000000"),
        absorbed=make_case(),
        made=make_case(id="into00000000", absorbed=(CASE_ID,), edition=3),
    ),
    CaseSplit: CaseSplit(
        case_id=CASE_ID,
        customer_id=ANNS_ID,
        out_of="outof0000000",
        at=NOON,
        by="Tom",
        reason="two matters",
        moved=((ANNS_ID, "01I"),),
        messages=(MovedMessage(mailbox="us@x", message_id="a@x"),),
        made=make_case(version=None),
    ),
    Task: make_task(
        goal="Call",
        outcome="reached",
        done_by="Bo",
        queue="support",
        routing=LINE,
        edition=3,
        step="week",
        topic="billing",
        urgent=True,
        channels=("email", "phone"),
        tried=("sms",),
        campaign_id="01C",
        pilot_id="01P",
        arm="contacted",
        agents=("bo",),
    ),
    Receipt: Receipt(key="mail:1", fingerprint="f", at=NOON, customer_id=ANNS_ID),
    KnownMessage: KnownMessage(mailbox="us@x", message_id="a@x", customer_id=ANNS_ID, case_id=CASE_ID),
    MachineKey: KEY,
    Merge: Merge(
        id="01M",
        at=NOON,
        by="Tom",
        reason="she says so",
        survivor=make_customer(consenting=True, value=ValueState(margin=5), merges=("01L",), notices_sent=(NOON,)),
        absorbed=make_customer(id="01B", handles=(), version=None),
        undone_at=NOON,
    ),
    Signpost: Signpost(merge_id="01M", customer_id=ANNS_ID),
    Campaign: make_campaign(
        version=None,
        given={"days": 3, "tone": "calm"},
        context={"incident": "the shop was down"},
        audience=CampaignAudience(kind=AudienceKind.LIST, uploads=("U",)),
        listing=Listing(entries=3, chunks=1, found=2, missed=1, done=True, turn=1),
        state=CampaignState.APPROVED,
        approved_at=NOON,
    ),
    CampaignPart: CampaignPart(
        campaign_id="C", number=3, begun_at=NOON, after="X", seen=7, saved=1.25, paced_at=NOON, next_at=NOON, turn=2
    ),
    ListChunk: ListChunk(campaign_id="C", number=1, at=NOON, customers=("X", "Y"), missed=(3,)),
    Sweep: Sweep(job="toy", run="1", started_at=NOON, parts=32, given={"rate": 0.1 + 0.2, "past": {"at": "…"}}),
    Part: Part(job="toy", run="1", number=31, started_at=NOON, after=ANNS_ID, gathered=bytes(range(256)), done=True),
    Look: Look(id="01L", customer_id=ANNS_ID, at=NOON, by="desk", what="get_customer", because="7K3M"),
    Export: Export(
        id="01X", customer_id=ANNS_ID, records=(ANNS_ID,), at=NOON, by="desk", figures={"fact": 2}, updated_at=NOON
    ),
    Exported: Exported(export_id="01X", customer_id=ANNS_ID, at=NOON),
    Erasure: Erasure(
        id="01R",
        at=NOON,
        by="desk",
        author="Tom",
        reason="a letter",
        customer_id=ANNS_ID,
        records=(ANNS_ID,),
        handles=(ANN,),
        counts={"fact": 2},
        updated_at=NOON,
    ),
    Erasing: Erasing(customer_id=ANNS_ID, erasure_id="01R"),
    Sum: Sum(("seen", "2026"), 3, "cents", -250),
    Directory: Directory(edition=3, editions={"gold": 2}, speaks_of=("standing.tier", "traits.a.b")),
    Segment: Segment(
        id="gold",
        title="Gold",
        definition=Definition(
            all=(Condition(about=About.TIER, one_of=("gold",)), Condition(about=About.VALUE_INDEX, below=99.5)),
            none=(Condition(about=About.LAST_PURCHASE, within_days=90),),
        ),
        build="01R",
        updated_at=NOON,
        updated_by="desk",
    ),
    Member: Member(segment_id="gold", customer_id=ANNS_ID, since=NOON),
    Memberships: Memberships(customer_id=ANNS_ID, since={"gold": NOON}, look_again=NOON),
    Organisation: Organisation(
        id="01O",
        name="Baum",
        external_id="K-1",
        domains=("baum.example",),
        created_at=NOON,
        updated_at=NOON,
        updated_by="desk",
    ),
    OrganisationMark: OrganisationMark(what="domain", value="baum.example", organisation_id="01O"),
    StaffMember: StaffMember(
        id="01S",
        email="tom@example.com",
        name="王芳",
        role="lead",
        team="north",
        active=False,
        subject="https://i#7",
        signed_out_at=NOON,
        created_at=NOON,
        updated_at=NOON,
        updated_by="Ria",
    ),
    StaffAddress: StaffAddress(email="tom@example.com", staff_id="01S"),
    Admins: Admins(ids=("01S", "01T")),
    Session: Session(
        id="01N",
        audience=Audience.STAFF,
        subject_id="01S",
        secret_hash="h",
        created_at=NOON,
        seen_at=NOON,
        ends_at=NOON,
    ),
    SignInCode: SignInCode(id="01C", audience=Audience.CUSTOMER, key_id="a", at=NOON, tries=3),
    CallRate: CallRate(what="key:01K", window=NOON, calls=7),
    AccessEvent: AccessEvent(
        id="01A", at=NOON, what=AccessKind.STAFF_CHANGED, by="Ria", about="01S", detail={"role": "agent → lead"}
    ),
    Affiliation: Affiliation(customer_id=ANNS_ID, organisation_id="01O", since=NOON, by="Tom"),
    Recovery: make_recovery(
        done=(Done(at=NOON, by="Lea", what=Deed.APOLOGY, note="Rang her."),),
        seen=(Seen(sign=Sign.ORDERED, at=NOON, entry_id="F"),),
        answered_at=NOON,
        state=RecoveryState.KEPT,
        settled_at=NOON,
        reason="she ordered again",
    ),
    Rating: make_rating(
        score=2, comment="快点", votes=(Vote(at=NOON, score=5), Vote(at=NOON, score=2, comment="快点"))
    ),
    MoodLabel: MoodLabel(
        id="01L",
        customer_id=ANNS_ID,
        interaction_id="01I",
        at=NOON,
        by="Tom",
        level=MoodLevel.ANGRY,
        judged=MoodLevel.CALM,
        language="en",
    ),
    Article: Article(
        id="where-is-my-order",
        texts={"en": ArticleText("Where?", "On its way.")},
        updated_at=NOON,
        updated_by="Bo",
    ),
    ArticleEdition: ArticleEdition(
        uid="01A",
        edition=3,
        texts={"en": ArticleText("Where?", "On its way.")},
        audience=ArticleAudience.TIERS,
        tiers=("gold",),
        topic="delivery",
        published_at=NOON,
        published_by="Bo",
        note="Shorter",
    ),
    ArticleImage: ArticleImage(
        id="01I", article_id="where-is-my-order", name="map.png", type="image/png", size=9, at=NOON, by="Bo"
    ),
    Brake: Brake(pulled=True, why="30 of 5000 notices were complained of", at=NOON, forgiven={"2026-11-20/sent": 9}),
    Listeners: Listeners(webhooks={"01W": Listener(types=("case.*",), team="north")}, rules=("case.opened",)),
    Webhook: Webhook(
        id="01W",
        url="https://hooks.example/liana",
        types=("case.*",),
        secrets=(Secret(number=2, key_id="a"), Secret(number=1, key_id="a", until=NOON)),
        created_at=NOON,
        created_by="Tom",
        updated_at=NOON,
        updated_by="Tom",
        paused_until=NOON,
    ),
    WebhookDelivery: WebhookDelivery(
        id="01D",
        webhook_id="01W",
        event_id="01E",
        event_type="case.opened",
        payload="{}",
        at=NOON,
        outcome=DeliveryOutcome.FAILED,
        tries=1,
        since=NOON,
        attempts=(Attempt(at=NOON, status=503, ms=12, snippet="busy"),),
    ),
    Rulebook: Rulebook(
        edition=2,
        rules=(
            Rule(
                name="angry",
                when=("case.opened",),
                holds=(rule.Condition(field="mood", op="at_least", figure=0.5),),
                then=(Act(do="set_queue", to="leads"),),
            ),
        ),
        source="[]",
        updated_at=NOON,
    ),
    RuleRun: RuleRun(
        id="01R", rule="angry", edition=2, at=NOON, event_id="01E", event_type="case.opened", did=("queue leads",)
    ),
    Upload: Upload(id="01U", at=NOON, by="desk", case_id=CASE_ID, name="bill.pdf", type="application/pdf", size=7),
    NoticeSettings: NoticeSettings(staff_id="01S", off=(NoticeKind.MENTION,), updated_at=NOON),
    Notified: Notified(whom="f", hour=NOON, letters=("01L",)),
    SideConversation: SideConversation(
        case_id=CASE_ID,
        number=1,
        customer_id=ANNS_ID,
        subject="A parcel",
        to=("depot@carrier.example",),
        opened_at=NOON,
        updated_at=NOON,
        author="Tom",
        heard_since=NOON,
    ),
    ScheduledAnswer: ScheduledAnswer(
        id="01A", customer_id=ANNS_ID, case_id=CASE_ID, at=NOON, send_at=NOON, author="Tom", then="wait"
    ),
    Question: Question(
        id=ids.derived_ulid(NOON, "question"),
        asked_at=NOON,
        text="Where is my parcel?",
        language="en",
        through=AskedThrough.HELP_CENTRE,
        customer_id=ANNS_ID,
        tier="gold",
        shown=("tracking-a-parcel",),
        confidence=81,
        answered=True,
    ),
    Visitor: Visitor(
        id="01V",
        seen_at=NOON,
        questions=(
            OpenQuestion(
                id="01Q",
                at=NOON,
                again_at=NOON,
                fate=Fate.SERVED,
                through="help_centre",
                topic="returns",
                words="c29tZXdv",
                slug="send-it-back",
            ),
        ),
        compared="2026-11@0.1",
    ),
    LearnedQuestion: LearnedQuestion(
        article_id="tracking-a-parcel", text="Where is my parcel?", language="en", times=3, last_at=NOON
    ),
    IndexSnapshot: IndexSnapshot(
        number=7,
        format=1,
        at=NOON,
        why="changed",
        documents=3,
        files=(SnapshotFile("liana.json", "search/7/liana.json", 40, "ab" * 32),),
        demand=SnapshotFile("demand.json", "search/7/demand.json", 2, "cd" * 32),
        popular=(Popular("tracking-a-parcel", {"en": "Tracking a parcel"}, ("public",), "delivery"),),
    ),
    NewestSnapshot: NewestSnapshot(number=7, format=1, at=NOON),
    SearchBuild: SearchBuild(holder="01A", until=NOON, rebuild=Rebuild(NOON, "m", (), 12), tend_at=NOON),
    SearchMark: SearchMark(article_id="tracking-a-parcel", at=NOON, marked_at=NOON),
    Gap: Gap(
        id=ids.derived_ulid(NOON, "gap"),
        language="en",
        question="how do i change the battery",
        examples=(Example(text="how do i change the battery", times=2),),
        asks=2,
        heat=1_469_123,
        sketch=("00ff00ff00",),
        with_person=1,
        cost=9_99,
        tiers={"gold": 2},
        cases=(GapCase(case_id=CASE_ID, looked_at=True),),
        alternatives=(Alternative(case_id=CASE_ID, text="Turn the lid.", at=NOON),),
        state=GapState.PROPOSED,
        opened_at=NOON,
        last_at=NOON,
        look_at=NOON,
        looks=1,
    ),
    ArticleVote: ArticleVote(
        article_id="tracking-a-parcel",
        voter="ab12",
        helpful=False,
        missing="which carrier?",
        at=NOON,
        counted="2026-11:yes",
    ),
    ArticleCare: ArticleCare(
        article_id="tracking-a-parcel",
        votes=Votes(helpful=3, not_helpful=1),
        by_month={"2026-11": Votes(helpful=3, not_helpful=1)},
        standing=88,
        missing=(Missing(text="which carrier?", at=NOON),),
        heard_at=NOON,
        gaps=("01G",),
        links=(Link(url="https://carrier.example/track", looked_at=NOON, failures=1, because="it answered 404"),),
        look_at=NOON,
    ),
    Finding: Finding(
        id="tracking-a-parcel.0123456789ab",
        what=FindingKind.DEAD_LINK,
        article_id="tracking-a-parcel",
        evidence="https://carrier.example/track: it answered 404",
        state=FindingState.FIXED,
        first_at=NOON,
        last_at=NOON,
        closed_at=NOON,
        closed_by="Liana",
    ),
    WordPair: WordPair(
        language="en", word="parcel", other="package", askers=("a", "b", "c"), state=PairState.APPROVED, last_at=NOON
    ),
    UnknownWords: UnknownWords(language="en", words=(UnknownWord(word="klarna", heat=1_469_000, askers=("a",)),)),
    Learning: Learning(learn_at=NOON, idle=1, told_until=NOON),
    Template: Template(id="looking", title="Looking", texts={"en": "We look."}, updated_at=NOON, updated_by="Tom"),
}


def test_a_customer_whom_an_older_version_stored_is_read_with_her_tier_and_margin() -> None:
    bind()
    old = {
        "id": ANNS_ID,
        "created_at": clock.iso(NOON),
        "tier": "gold",
        "value_index": 5,
        "margin_by_month": {"2026-01": 5},
    }
    typed = TypeSerializer().serialize(old)["M"]
    item = {
        **typed,
        "pk": {"S": f"CUSTOMER#{ANNS_ID}"},
        "sk": {"S": "PROFILE"},
        "kind": {"S": "customer"},
        "version": {"N": "3"},
    }
    boto3.client("dynamodb").put_item(TableName=settings().table_name, Item=item)

    read = customers.customer(ANNS_ID)

    assert read == Customer(
        id=ANNS_ID,
        created_at=NOON,
        standing=Standing(tier="gold", since=NOON),
        margin_by_month={"2026-01": 5},
        version=3,
    )


def test_every_kind_comes_back_as_it_was() -> None:
    assert {kind.model for kind in rows.KINDS} == set(EXAMPLES)
    for kind in rows.KINDS:
        thing = replace(EXAMPLES[kind.model], version=None)

        commit(Decision((thing,)))

        assert row_at(kind.key_of(thing)) == replace(thing, version=1)


def test_what_is_empty_is_not_stored() -> None:
    stored = Row.of(make_customer()).to_dynamodb_dict()

    assert not {"name", "traits", "open_cases", "due_pk", "outbox", "expires_at"} & set(stored)


def test_a_receipt_leaves_the_table_when_its_mail_does() -> None:
    row = Row.of(EXAMPLES[Receipt])

    assert row.expires_at == int(NOON.timestamp()) + 400 * 24 * 3600


def test_kinds_are_named_once_and_their_rows_know_their_models() -> None:
    names = [kind().kind for kind in rows.KINDS]

    assert len(set(names)) == len(rows.KINDS) == len({kind.model for kind in rows.KINDS})


def test_many_keys_are_read_at_once_and_what_is_missing_is_missing() -> None:
    mail = make_interaction(version=None)
    commit(Decision((mail,)))
    wanted = [keys.timeline(ANNS_ID, mail.id), keys.case("gone"), *(keys.receipt(str(n)) for n in range(120))]

    found = rows_at([*wanted, *wanted])

    assert found == {wanted[0]: replace(mail, version=1)}


def test_no_keys_ask_nothing() -> None:
    assert rows_at([]) == {}


def test_a_machines_key_is_found_by_its_id() -> None:
    commit(Decision((KEY,)))

    assert auth.machine_key("k1") == replace(KEY, version=1)
    assert auth.machine_key("k2") is None


# How long they stay


def expires(thing: Any) -> str:
    at_last = Row.of(thing).expires_at
    return f"{datetime.fromtimestamp(at_last, UTC) - NOON}" if at_last else "never"


@pytest.mark.parametrize(
    ("thing", "after"),
    [
        (make_interaction(), "1095 days, 0:00:00"),
        (make_interaction(customer_id=""), "400 days, 0:00:00"),
        (make_fact(FactKind.ORDER), "1095 days, 0:00:00"),
        (make_fact(FactKind.USAGE), "400 days, 0:00:00"),
        (make_case(updated_at=NOON), "never"),
        (make_case(updated_at=NOON, status=CaseStatus.SOLVED), "1095 days, 0:00:00"),
        (EXAMPLES[Look], "400 days, 0:00:00"),
        (EXAMPLES[Export], "7 days, 0:00:00"),
        (EXAMPLES[Erasure], "never"),
        (EXAMPLES[Customer], "never"),
    ],
)
def test_each_kind_of_row_is_kept_as_long_as_the_stage_says(thing: Any, after: str) -> None:
    assert expires(thing) == after


def test_a_stage_may_keep_something_shorter_or_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "retention", lambda: Retention(look=30, interaction=0))

    assert expires(EXAMPLES[Look]) == "30 days, 0:00:00"
    assert expires(make_interaction()) == "never"
