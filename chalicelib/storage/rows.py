"""Every kind of row in the table, declared together.

They must be imported together: a query on `Row` silently skips rows whose class was never imported
(pynamodb, docs/polymorphism.rst). Attributes carry the names of the model's fields; `Row.of` and `Row.domain`
translate between the two, so a field added to a model needs one line here and nothing else.

The outbox rides in the row that causes it: `outbox` holds the messages of the last write, `outbox_id` names
that write, and the relay sends what it sees under a new id (see triggers/relay.py).
"""

import threading
from datetime import datetime, timedelta
from typing import Any, ClassVar

import msgspec
from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    DiscriminatorAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb.expressions.update import Action
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection
from pynamodb.models import Model

from chalicelib import configuration
from chalicelib.kernel import clock
from chalicelib.model.access import AccessEvent
from chalicelib.model.agent import Agent, Presence
from chalicelib.model.article import Article, ArticleEdition, ArticleImage
from chalicelib.model.brake import Brake
from chalicelib.model.calibration import Calibration
from chalicelib.model.campaign import KEPT as CAMPAIGN_KEPT
from chalicelib.model.campaign import LIST_KEPT, Campaign, CampaignPart, ListChunk, stand_of
from chalicelib.model.case import Case
from chalicelib.model.casework import CaseMerge, CaseSplit
from chalicelib.model.customer import Customer, HandleOwner
from chalicelib.model.deflection import VISITORS_KEPT, Visitor
from chalicelib.model.event import Event
from chalicelib.model.fact import Fact
from chalicelib.model.gap import Gap
from chalicelib.model.history import CaseChange, CaseOfCustomer
from chalicelib.model.interaction import Interaction, KnownMessage, Purpose, Receipt
from chalicelib.model.later import ScheduledAnswer
from chalicelib.model.load import DeskLoad
from chalicelib.model.machine import MachineKey
from chalicelib.model.merge import Merge, Signpost
from chalicelib.model.mood import MoodLabel
from chalicelib.model.notice import NoticeSettings, Notified
from chalicelib.model.organisation import Affiliation, Organisation, OrganisationMark
from chalicelib.model.pilot import Evidence, Pilot, PilotState, Subject
from chalicelib.model.play import PlayRecord, PlayVersion
from chalicelib.model.privacy import EXPORTS_KEPT, Erasing, Erasure, Export, Exported, Look
from chalicelib.model.question import LearnedQuestion, Question
from chalicelib.model.rating import Rating
from chalicelib.model.recovery import Recovery
from chalicelib.model.rule import RUNS_KEPT, Rulebook, RuleRun
from chalicelib.model.search import NewestSnapshot, SearchBuild, SearchMark, Snapshot
from chalicelib.model.segment import Directory, Member, Memberships, Segment
from chalicelib.model.session import CallRate, Session, SignInCode
from chalicelib.model.side import SideConversation
from chalicelib.model.staff import Admins, StaffAddress, StaffMember
from chalicelib.model.sweep import KEPT as SWEEP_KEPT
from chalicelib.model.sweep import Part, Sweep
from chalicelib.model.tally import Sum
from chalicelib.model.task import Task
from chalicelib.model.template import Template
from chalicelib.model.upkeep import ArticleCare, ArticleVote, Finding, Learning, UnknownWords, WordPair
from chalicelib.model.upload import USABLE_FOR, Upload
from chalicelib.model.urgency import Urgency
from chalicelib.model.webhook import DELIVERIES_KEPT, Listeners, Webhook, WebhookDelivery
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf, SparseListOf, SparseMapOf
from chalicelib.storage.keys import Key


def _after(at: datetime, days: int) -> datetime | None:
    return at + timedelta(days=days) if days else None


CASES_REMEMBERED = 200  # as they were read last, in a thread
TASKS_REMEMBERED = 1_000  # likewise


class _Read(threading.local):
    def __init__(self) -> None:
        self.cases: dict[tuple[str, int | None], Case] = {}
        self.tasks: dict[tuple[str, int | None], Task] = {}  # of campaigns


_read = _Read()


def as_read(case: Case) -> Case | None:
    """The case as this thread read it in the version it has; None when it did not."""
    return _read.cases.get((case.id, case.version))


def task_as_read(task: Task) -> Task | None:
    """The same of a campaign's task."""
    return _read.tasks.get((task.id, task.version))


def forget_read() -> None:
    """What was read of another table is no more."""
    _read.cases.clear()
    _read.tasks.clear()


_EMPTY: tuple[Any, ...] = ("", b"", None, [], (), {})
CODE_KEPT = timedelta(hours=1)  # for the clock of whoever asks; the code itself ends before
RATE_KEPT = timedelta(hours=1)
MARK_LOST_AFTER = timedelta(seconds=30)
GAPS_KEPT = timedelta(days=400)  # since they were asked for last: a year's seasons
PAIRS_KEPT = timedelta(days=90)  # unless somebody decided about them
LETTERS_KEPT = timedelta(days=30)  # to the staff: long enough to see that somebody was told
RECEIPT_KEPT = timedelta(days=400)  # as long as raw mail is, which could otherwise be taken in twice


class DueIndex(GlobalSecondaryIndex["Row"]):  # type: ignore[no-untyped-call]  # pynamodb's __init_subclass__
    """What the clock must act on, by time; sparse."""

    class Meta:
        index_name = "due"
        projection = IncludeProjection(["kind"])

    due_pk = UnicodeAttribute(hash_key=True)
    due_sk = UnicodeAttribute(range_key=True)


class ListIndex(GlobalSecondaryIndex["Row"]):  # type: ignore[no-untyped-call]  # as above
    """Open cases by status, solved ones by day, tasks by state, interactions of a case, articles, customers; sparse."""

    class Meta:
        index_name = "list"
        projection = IncludeProjection(["kind"])

    list_pk = UnicodeAttribute(hash_key=True)
    list_sk = UnicodeAttribute(range_key=True)


class QueueIndex(GlobalSecondaryIndex["Row"]):  # type: ignore[no-untyped-call]  # as above
    """Work that waits for an agent, with what it asks of her; sparse."""

    class Meta:
        index_name = "queue"
        projection = IncludeProjection(["kind", "customer_id", "routing"])

    queue_pk = UnicodeAttribute(hash_key=True)
    queue_sk = UnicodeAttribute(range_key=True)


class Row(Model):
    """What every row has. `kind` tells pynamodb which class to make of it; never rename a kind in use."""

    class Meta:
        table_name = "unset"  # bind() names it; nothing is read from the environment at import
        billing_mode = "PAY_PER_REQUEST"

    model: ClassVar[type]

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = DiscriminatorAttribute()
    version = VersionAttribute(null=True)
    outbox_id = UnicodeAttribute(null=True)
    outbox = ListOf(null=True)
    caused_by = UnicodeAttribute(null=True)  # rules that led to the last write, by commas
    expires_at = NumberAttribute(null=True)
    due_pk = UnicodeAttribute(null=True)
    due_sk = UnicodeAttribute(null=True)
    list_pk = UnicodeAttribute(null=True)
    list_sk = UnicodeAttribute(null=True)
    queue_pk = UnicodeAttribute(null=True)
    queue_sk = UnicodeAttribute(null=True)
    due_index = DueIndex()
    list_index = ListIndex()
    queue_index = QueueIndex()

    @classmethod
    def of(cls, thing: Any) -> "Row":
        """The row of a domain object, keyed and indexed; empty fields are not stored."""
        kind = _ROW_OF[type(thing)]
        row = kind()
        fields = msgspec.to_builtins(thing, builtin_types=(bytes,))
        for name, value in fields.items():
            if value not in _EMPTY:
                setattr(row, name, value)
        row.pk, row.sk = kind.key_of(thing)
        if place := kind.due_place(thing):
            lane, at = place
            row.due_pk, row.due_sk = keys.due(lane, at, Key(row.pk, row.sk))
        if listing := kind.list_place(thing):
            row.list_pk, row.list_sk = listing
        if waiting := kind.queue_place(thing):
            row.queue_pk, row.queue_sk = waiting
        if at_last := kind.expiry_of(thing):
            row.expires_at = int(at_last.timestamp())
        return row

    def domain(self) -> Any:
        """The domain object this row holds; fields it lacks take their defaults."""
        return msgspec.convert(self.attribute_values, type=self.model, strict=False, builtin_types=(bytes,))

    def addition(self) -> list[Action]:
        """What adds this row to the one at its key, of those kinds that are added to."""
        raise NotImplementedError

    @classmethod
    def key_of(cls, thing: Any) -> Key:
        raise NotImplementedError

    @classmethod
    def due_place(cls, _thing: Any) -> tuple[keys.DueLane, datetime] | None:
        return None

    @classmethod
    def list_place(cls, _thing: Any) -> Key | None:
        return None

    @classmethod
    def queue_place(cls, _thing: Any) -> Key | None:
        return None

    @classmethod
    def expiry_of(cls, _thing: Any) -> datetime | None:
        return None


class CustomerRow(Row, discriminator="customer"):
    model = Customer
    id = UnicodeAttribute()
    created_at = UnicodeAttribute()
    handles = ListOf(null=True)
    name = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    time_zone = UnicodeAttribute(null=True)
    tier = UnicodeAttribute(null=True)  # as 0.1 kept it
    standing = MapOf(null=True)
    value = MapOf(null=True)
    margin_by_month = MapOf(null=True)
    look_again = UnicodeAttribute(null=True)
    traits = MapOf(null=True)
    learnt = MapOf(null=True)
    told = MapOf(null=True)
    introduced = MapOf(null=True)
    consents = MapOf(null=True)
    suppressed = MapOf(null=True)
    open_cases = MapOf(null=True)
    acknowledged = ListOf(null=True)
    notices_sent = ListOf(null=True)
    reach = MapOf(null=True)
    told_of = MapOf(null=True)
    blocked = UnicodeAttribute(null=True)
    not_before = UnicodeAttribute(null=True)
    organisation_id = UnicodeAttribute(null=True)
    last_agent = UnicodeAttribute(null=True)
    team = UnicodeAttribute(null=True)
    language_chosen = BooleanAttribute(null=True)
    merged_into = UnicodeAttribute(null=True)
    merged_by = UnicodeAttribute(null=True)
    absorbed = ListOf(null=True)
    merges = ListOf(null=True)
    recovery = UnicodeAttribute(null=True)
    asked = MapOf(null=True)
    rating_asked_at = UnicodeAttribute(null=True)
    questions = SparseListOf(null=True)
    lately = MapOf(null=True)
    rung = ListOf(null=True)
    compared = UnicodeAttribute(null=True)
    pilots = MapOf(null=True)

    def domain(self) -> Any:
        if self.standing is None:
            self.standing = {"tier": self.tier, "since": self.created_at}
        return super().domain()

    @classmethod
    def key_of(cls, thing: Customer) -> Key:
        return keys.customer(thing.id)

    @classmethod
    def list_place(cls, thing: Customer) -> Key | None:
        """A record that turned out to be somebody else's is nobody of the population."""
        return None if thing.merged_into else keys.in_population(thing.id)

    @classmethod
    def due_place(cls, thing: Customer) -> tuple[keys.DueLane, datetime] | None:
        """When time alone may change her tier."""
        return ("outreach", thing.look_again) if thing.look_again and not thing.merged_into else None


class CalibrationRow(Row, discriminator="calibration"):
    model = Calibration
    at = UnicodeAttribute(null=True)
    run = UnicodeAttribute(null=True)
    customers = NumberAttribute(null=True)
    parameters = MapOf()
    learnt = MapOf()
    table = MapOf()
    bands = MapOf(null=True)
    tiers_version = UnicodeAttribute(null=True)
    snapshots = ListOf(null=True)

    @classmethod
    def key_of(cls, _thing: Calibration) -> Key:
        return keys.CALIBRATION


class HandleRow(Row, discriminator="handle"):
    model = HandleOwner
    handle = MapOf()
    customer_id = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: HandleOwner) -> Key:
        return keys.handle(thing.handle)


class InteractionRow(Row, discriminator="interaction"):
    model = Interaction
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute(null=True)
    case_id = UnicodeAttribute(null=True)
    at = UnicodeAttribute()
    channel = UnicodeAttribute()
    direction = UnicodeAttribute()
    purpose = UnicodeAttribute()
    tier = UnicodeAttribute(null=True)
    index = NumberAttribute(null=True)
    cost = NumberAttribute(null=True)
    during = UnicodeAttribute(null=True)
    author = UnicodeAttribute(null=True)
    sender = UnicodeAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    preview = UnicodeAttribute(null=True)
    body_key = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    message_id = UnicodeAttribute(null=True)
    mailbox = UnicodeAttribute(null=True)
    references = ListOf(null=True)
    trust = UnicodeAttribute(null=True)
    machine = UnicodeAttribute(null=True)
    flags = ListOf(null=True)
    warnings = ListOf(null=True)
    raw_key = UnicodeAttribute(null=True)
    attachments = ListOf(null=True)
    locked = UnicodeAttribute(null=True)
    released_to = UnicodeAttribute(null=True)
    delivery = MapOf(null=True)
    template = MapOf(null=True)
    task_id = UnicodeAttribute(null=True)
    articles = ListOf(null=True)
    side = NumberAttribute(null=True)
    mood = MapOf(null=True)
    mentions = ListOf(null=True)

    @classmethod
    def key_of(cls, thing: Interaction) -> Key:
        if thing.quarantined:
            return keys.quarantine(thing.at, thing.id)
        if thing.purpose is Purpose.STAFF:
            return keys.staff_letter(thing.customer_id, thing.id)
        return keys.timeline(thing.customer_id, thing.id)

    @classmethod
    def due_place(cls, thing: Interaction) -> tuple[keys.DueLane, datetime] | None:
        """A mail that got stuck comes back: see cases/sending.py."""
        unclear_at = thing.delivery.unclear_at if thing.delivery else None
        return ("work", unclear_at) if unclear_at else None

    @classmethod
    def list_place(cls, thing: Interaction) -> Key | None:
        """Who reads what was said in a case never meets what was said beside it."""
        if thing.purpose is Purpose.STAFF:
            return None
        if thing.purpose is Purpose.SIDE:
            return keys.said_aside(thing.case_id, thing.side, thing.id)
        if thing.kept_for_her:
            return keys.waits_for_her(thing.customer_id, thing.template.get("until", ""), thing.id)
        return keys.of_case(thing.case_id, thing.id) if thing.case_id else None

    @classmethod
    def expiry_of(cls, thing: Interaction) -> datetime | None:
        kept = configuration.retention()
        if thing.purpose is Purpose.STAFF:
            return thing.at + LETTERS_KEPT
        return _after(thing.at, kept.quarantine if thing.quarantined else kept.interaction)


class FactRow(Row, discriminator="fact"):
    model = Fact
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    what = UnicodeAttribute()
    occurred_at = UnicodeAttribute()
    recorded_at = UnicodeAttribute()
    margin = MapOf(null=True)
    effect = MapOf(null=True)
    index = NumberAttribute(null=True)
    data = MapOf(null=True)
    during = UnicodeAttribute(null=True)
    corrected_by = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Fact) -> Key:
        place = keys.timeline if thing.on_timeline else keys.untold_fact
        return place(thing.customer_id, thing.id)

    @classmethod
    def expiry_of(cls, thing: Fact) -> datetime | None:
        kept = configuration.retention()
        return _after(thing.recorded_at, kept.fact if thing.on_timeline else kept.usage)


class EventRow(Row, discriminator="event"):
    model = Event
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    what = UnicodeAttribute()
    at = UnicodeAttribute()
    case_id = UnicodeAttribute(null=True)
    task_id = UnicodeAttribute(null=True)
    detail = MapOf(null=True)

    @classmethod
    def key_of(cls, thing: Event) -> Key:
        return keys.timeline(thing.customer_id, thing.id)

    @classmethod
    def expiry_of(cls, thing: Event) -> datetime | None:
        return _after(thing.at, configuration.retention().event)


class CaseRow(Row, discriminator="case"):
    model = Case
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    opened_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    channel = UnicodeAttribute()
    subject = UnicodeAttribute(null=True)
    topic = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    priority = NumberAttribute(null=True)
    tier = UnicodeAttribute()
    language = UnicodeAttribute(null=True)
    promise = MapOf(null=True)
    first_answer = MapOf(null=True)
    solution = MapOf(null=True)
    promise_log = ListOf(null=True)
    waiting_until = UnicodeAttribute(null=True)
    participants = ListOf(null=True)
    heard = ListOf(null=True)
    machine = UnicodeAttribute(null=True)
    attention = UnicodeAttribute(null=True)
    solved_at = UnicodeAttribute(null=True)
    follows = UnicodeAttribute(null=True)
    merged_into = UnicodeAttribute(null=True)
    scheduled = ListOf(null=True)
    sides = NumberAttribute(null=True)
    urgency = UnicodeAttribute(null=True)
    urgency_by = UnicodeAttribute(null=True)
    mood = MapOf(null=True)
    recovery = UnicodeAttribute(null=True)
    queue = UnicodeAttribute(null=True)
    assigned_to = UnicodeAttribute(null=True)
    routing = SparseMapOf(null=True)
    edition = NumberAttribute(null=True)
    followers = ListOf(null=True)
    links = ListOf(null=True)
    custom = MapOf(null=True)
    lease = MapOf(null=True)
    snoozed_at = UnicodeAttribute(null=True)
    snoozed_until = UnicodeAttribute(null=True)
    absorbed = ListOf(null=True)
    split_from = UnicodeAttribute(null=True)

    def domain(self) -> Any:
        """It is remembered, by its version, so that what changes it can say what it was."""
        case = super().domain()
        remembered = _read.cases
        if len(remembered) >= CASES_REMEMBERED:
            remembered.clear()
        remembered[case.id, case.version] = case
        return case

    @classmethod
    def key_of(cls, thing: Case) -> Key:
        return keys.case(thing.id)

    @classmethod
    def due_place(cls, thing: Case) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.due_at) if thing.due_at else None

    @classmethod
    def list_place(cls, thing: Case) -> Key | None:
        """Open cases by status, the most urgent first: higher priority, then the earlier promise; low ones behind the
        others. Snoozed ones by when they come back, the others by when they were solved."""
        if thing.merged_into:
            return None
        if not thing.status.is_open:
            return keys.solved_case(thing.id, thing.solved_at) if thing.solved_at else None
        if thing.snoozed:
            return keys.snoozed_case(thing.id, clock.iso(thing.snoozed_until) if thing.snoozed_until else "later")
        urgency = clock.iso(thing.owed_by) if thing.owed_by else f"later#{clock.iso(thing.updated_at)}"
        if thing.urgency is Urgency.LOW and thing.owed_by:
            urgency = f"later#{urgency}"
        return keys.open_case(thing.id, thing.status.value, f"{9 - thing.priority}#{urgency}")

    @classmethod
    def queue_place(cls, thing: Case) -> Key | None:
        if thing.waits and thing.routing:
            return keys.waiting(thing.queue, thing.routing, thing.id, thing.priority)
        return None

    @classmethod
    def expiry_of(cls, thing: Case) -> datetime | None:
        """An open case is never too old."""
        return None if thing.status.is_open else _after(thing.updated_at, configuration.retention().case)


class CaseChangeRow(Row, discriminator="case_change"):
    model = CaseChange
    case_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    edition = NumberAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    why = UnicodeAttribute(null=True)
    changed = MapOf(null=True)

    @classmethod
    def key_of(cls, thing: CaseChange) -> Key:
        return keys.case_change(thing.customer_id, thing.case_id, thing.edition)

    @classmethod
    def expiry_of(cls, thing: CaseChange) -> datetime | None:
        return _after(thing.at, configuration.retention().case)


class CaseOfCustomerRow(Row, discriminator="case_of_customer"):
    model = CaseOfCustomer
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    case_id = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: CaseOfCustomer) -> Key:
        return keys.case_of_customer(thing.customer_id, thing.id)


class CaseMergeRow(Row, discriminator="case_merge"):
    model = CaseMerge
    case_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    into = MapOf()
    absorbed = MapOf()
    made = MapOf()

    @classmethod
    def key_of(cls, thing: CaseMerge) -> Key:
        return keys.case_merge(thing.customer_id, thing.case_id)


class CaseSplitRow(Row, discriminator="case_split"):
    model = CaseSplit
    case_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    out_of = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    moved = ListOf()
    messages = ListOf(null=True)
    made = MapOf()

    @classmethod
    def key_of(cls, thing: CaseSplit) -> Key:
        return keys.case_split(thing.customer_id, thing.case_id)


class TaskRow(Row, discriminator="task"):
    model = Task
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    play = UnicodeAttribute()
    purpose = UnicodeAttribute()
    channel = UnicodeAttribute()
    tier = UnicodeAttribute()
    why = UnicodeAttribute()
    created_at = UnicodeAttribute()
    due_at = UnicodeAttribute()
    deadline = UnicodeAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute()
    context = MapOf(null=True)
    interaction_id = UnicodeAttribute(null=True)
    stands_on = UnicodeAttribute(null=True)
    edition = NumberAttribute(null=True)
    step = UnicodeAttribute(null=True)
    topic = UnicodeAttribute(null=True)
    urgent = BooleanAttribute(null=True)
    channels = ListOf(null=True)
    tried = ListOf(null=True)
    fall_back_at = UnicodeAttribute(null=True)
    campaign_id = UnicodeAttribute(null=True)
    pilot_id = UnicodeAttribute(null=True)
    arm = UnicodeAttribute(null=True)
    agents = ListOf(null=True)
    goal = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute(null=True)
    done_by = UnicodeAttribute(null=True)
    calls = NumberAttribute(null=True)
    begun_at = UnicodeAttribute(null=True)
    queue = UnicodeAttribute(null=True)
    assigned_to = UnicodeAttribute(null=True)
    routing = SparseMapOf(null=True)

    def domain(self) -> Any:
        """One of a campaign is remembered, so that what changes it can say where it was counted."""
        task = super().domain()
        if task.campaign_id:
            if len(_read.tasks) >= TASKS_REMEMBERED:
                _read.tasks.clear()
            _read.tasks[task.id, task.version] = task
        return task

    @classmethod
    def key_of(cls, thing: Task) -> Key:
        return keys.timeline(thing.customer_id, thing.id)

    @classmethod
    def due_place(cls, thing: Task) -> tuple[keys.DueLane, datetime] | None:
        return ("outreach", thing.next_look_at) if thing.next_look_at else None

    @classmethod
    def list_place(cls, thing: Task) -> Key | None:
        if thing.campaign_id:
            return keys.task_of_campaign(thing.campaign_id, thing.customer_id, stand_of(thing), thing.id)
        order = thing.updated_at if thing.state.final else thing.due_at
        return keys.task_in_state(thing.state.value, clock.iso(order), thing.id)

    @classmethod
    def queue_place(cls, thing: Task) -> Key | None:
        return keys.waiting(thing.queue, thing.routing, thing.id) if thing.waits and thing.routing else None

    @classmethod
    def expiry_of(cls, thing: Task) -> datetime | None:
        return _after(thing.due_at, configuration.retention().task)


class PlayRow(Row, discriminator="play"):
    model = PlayRecord
    id = UnicodeAttribute()
    title = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    why = UnicodeAttribute(null=True)
    state_at = UnicodeAttribute(null=True)
    stopped_at = UnicodeAttribute(null=True)
    live = MapOf(null=True)
    draft = MapOf(null=True)
    editions = NumberAttribute(null=True)
    pilot = MapOf(null=True)
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: PlayRecord) -> Key:
        return keys.play(thing.id)

    @classmethod
    def list_place(cls, thing: PlayRecord) -> Key | None:
        return keys.play_by_name(thing.id)


class PlayVersionRow(Row, discriminator="play_version"):
    model = PlayVersion
    play = UnicodeAttribute()
    edition = MapOf()

    @classmethod
    def key_of(cls, thing: PlayVersion) -> Key:
        return keys.play_version(thing.play, thing.edition.number)


class CampaignRow(Row, discriminator="campaign"):
    model = Campaign
    id = UnicodeAttribute()
    title = UnicodeAttribute()
    play = UnicodeAttribute()
    edition = NumberAttribute(null=True)
    given = MapOf(null=True)
    context = MapOf(null=True)
    reason = UnicodeAttribute()
    audience = SparseMapOf()
    listing = MapOf(null=True)
    rate = NumberAttribute()
    preparers = ListOf(null=True)
    starts_at = UnicodeAttribute(null=True)
    deadline = UnicodeAttribute()
    state = UnicodeAttribute()
    why = UnicodeAttribute(null=True)
    prepared_by = UnicodeAttribute()
    prepared_at = UnicodeAttribute()
    submitted_at = UnicodeAttribute(null=True)
    approved_by = UnicodeAttribute(null=True)
    approved_at = UnicodeAttribute(null=True)
    begun_at = UnicodeAttribute(null=True)
    ended_at = UnicodeAttribute(null=True)
    expected = NumberAttribute(null=True)
    parts = NumberAttribute(null=True)
    forgiven = MapOf(null=True)
    turn = NumberAttribute(null=True)
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Campaign) -> Key:
        return keys.campaign(thing.id)

    @classmethod
    def due_place(cls, thing: Campaign) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.next_look_at) if thing.next_look_at else None

    @classmethod
    def list_place(cls, thing: Campaign) -> Key | None:
        return keys.campaign_by_age(thing.id)

    @classmethod
    def expiry_of(cls, thing: Campaign) -> datetime:
        return thing.prepared_at + CAMPAIGN_KEPT


class CampaignPartRow(Row, discriminator="campaign_part"):
    model = CampaignPart
    campaign_id = UnicodeAttribute()
    number = NumberAttribute()
    begun_at = UnicodeAttribute()
    after = UnicodeAttribute(null=True)
    seen = NumberAttribute(null=True)
    saved = NumberAttribute(null=True)
    paced_at = UnicodeAttribute()
    next_at = UnicodeAttribute(null=True)
    turn = NumberAttribute(null=True)
    done = BooleanAttribute(null=True)

    @classmethod
    def key_of(cls, thing: CampaignPart) -> Key:
        return keys.campaign_part(thing.campaign_id, thing.number)

    @classmethod
    def due_place(cls, thing: CampaignPart) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.next_at) if thing.next_at else None

    @classmethod
    def expiry_of(cls, thing: CampaignPart) -> datetime:
        return thing.begun_at + CAMPAIGN_KEPT


class ListChunkRow(Row, discriminator="list_chunk"):
    model = ListChunk
    campaign_id = UnicodeAttribute()
    number = NumberAttribute()
    at = UnicodeAttribute()
    customers = ListOf(null=True)
    missed = ListOf(null=True)

    @classmethod
    def key_of(cls, thing: ListChunk) -> Key:
        return keys.list_chunk(thing.campaign_id, thing.number)

    @classmethod
    def expiry_of(cls, thing: ListChunk) -> datetime:
        return thing.at + LIST_KEPT


class PilotRow(Row, discriminator="pilot"):
    model = Pilot
    id = UnicodeAttribute()
    play = UnicodeAttribute()
    state = UnicodeAttribute()
    design = MapOf()
    prepared_by = UnicodeAttribute()
    prepared_by_id = UnicodeAttribute()
    prepared_at = UnicodeAttribute()
    started_by = UnicodeAttribute(null=True)
    started_at = UnicodeAttribute(null=True)
    periods = ListOf(null=True)
    decided_at = UnicodeAttribute(null=True)
    look_at = UnicodeAttribute(null=True)
    stopped_at = UnicodeAttribute(null=True)
    stopped_by = UnicodeAttribute(null=True)
    then = UnicodeAttribute(null=True)
    why = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Pilot) -> Key:
        return keys.pilot(thing.id)

    @classmethod
    def list_place(cls, thing: Pilot) -> Key | None:
        return keys.pilot_by_age(thing.id)

    @classmethod
    def due_place(cls, thing: Pilot) -> tuple[keys.DueLane, datetime] | None:
        return ("outreach", thing.look_at) if thing.look_at and thing.state is PilotState.RUNNING else None


class EvidenceRow(Row, discriminator="evidence"):
    model = Evidence
    id = UnicodeAttribute()
    pilot_id = UnicodeAttribute()
    at = UnicodeAttribute()
    cause = UnicodeAttribute()
    by = UnicodeAttribute(null=True)
    why = UnicodeAttribute(null=True)
    reading = MapOf()

    @classmethod
    def key_of(cls, thing: Evidence) -> Key:
        return keys.evidence(thing.pilot_id, thing.id)


class SubjectRow(Row, discriminator="subject"):
    model = Subject
    pilot_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    play = UnicodeAttribute()
    arm = UnicodeAttribute()
    tier = UnicodeAttribute()
    period = NumberAttribute()
    expected = NumberAttribute(null=True)
    task_id = UnicodeAttribute()
    at = UnicodeAttribute()
    window_ends_at = UnicodeAttribute()
    judge_at = UnicodeAttribute(null=True)
    judged = UnicodeAttribute(null=True)
    outcomes = MapOf(null=True)

    @classmethod
    def key_of(cls, thing: Subject) -> Key:
        return keys.subject(thing.customer_id, thing.pilot_id)

    @classmethod
    def due_place(cls, thing: Subject) -> tuple[keys.DueLane, datetime] | None:
        """When it is looked what became of her."""
        return ("outreach", thing.judge_at) if thing.judge_at else None

    @classmethod
    def expiry_of(cls, thing: Subject) -> datetime | None:
        return _after(thing.window_ends_at, configuration.retention().task)


class RecoveryRow(Row, discriminator="recovery"):
    model = Recovery
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    opened_at = UnicodeAttribute()
    tier = UnicodeAttribute()
    for_role = UnicodeAttribute()
    case_id = UnicodeAttribute(null=True)
    causes = ListOf(null=True)
    done = ListOf(null=True)
    seen = ListOf(null=True)
    answered_at = UnicodeAttribute(null=True)
    follow_until = UnicodeAttribute()
    state = UnicodeAttribute()
    settled_at = UnicodeAttribute(null=True)
    settled_by = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Recovery) -> Key:
        return keys.timeline(thing.customer_id, thing.id)

    @classmethod
    def due_place(cls, thing: Recovery) -> tuple[keys.DueLane, datetime] | None:
        return ("outreach", thing.follow_until) if thing.open else None

    @classmethod
    def list_place(cls, thing: Recovery) -> Key | None:
        """Open ones of a tier, the oldest first."""
        return keys.open_recovery(thing.tier, thing.id) if thing.open else None

    @classmethod
    def expiry_of(cls, thing: Recovery) -> datetime | None:
        return None if thing.open else _after(thing.settled_at or thing.opened_at, configuration.retention().event)


class RatingRow(Row, discriminator="rating"):
    model = Rating
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    case_id = UnicodeAttribute()
    solved_at = UnicodeAttribute()
    due_at = UnicodeAttribute()
    tier = UnicodeAttribute(null=True)
    channel = UnicodeAttribute()
    topic = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    asked_at = UnicodeAttribute(null=True)
    interaction_id = UnicodeAttribute(null=True)
    score = NumberAttribute(null=True)
    comment = UnicodeAttribute(null=True)
    votes = ListOf(null=True)
    updated_at = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Rating) -> Key:
        return keys.timeline(thing.customer_id, thing.id)

    @classmethod
    def due_place(cls, thing: Rating) -> tuple[keys.DueLane, datetime] | None:
        return ("outreach", thing.next_look_at) if thing.next_look_at else None

    @classmethod
    def list_place(cls, thing: Rating) -> Key | None:
        """Those that were answered, by score."""
        return keys.rating_by_score(thing.score, thing.id) if thing.votes else None

    @classmethod
    def expiry_of(cls, thing: Rating) -> datetime | None:
        return _after(thing.updated_at, configuration.retention().event)


class MoodLabelRow(Row, discriminator="mood_label"):
    model = MoodLabel
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    interaction_id = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    level = UnicodeAttribute()
    judged = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: MoodLabel) -> Key:
        return keys.mood_label(thing.customer_id, thing.interaction_id)

    @classmethod
    def list_place(cls, thing: MoodLabel) -> Key:
        return keys.mood_label_by_age(thing.id)

    @classmethod
    def expiry_of(cls, thing: MoodLabel) -> datetime | None:
        return _after(thing.at, configuration.retention().interaction)


class ReceiptRow(Row, discriminator="receipt"):
    model = Receipt
    key = UnicodeAttribute()
    fingerprint = UnicodeAttribute(null=True)
    at = UnicodeAttribute()
    customer_id = UnicodeAttribute(null=True)
    case_id = UnicodeAttribute(null=True)
    interaction_id = UnicodeAttribute(null=True)
    corrected_by = UnicodeAttribute(null=True)
    until = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Receipt) -> Key:
        return keys.receipt(thing.key)

    @classmethod
    def expiry_of(cls, thing: Receipt) -> datetime:
        return thing.at + RECEIPT_KEPT


class KnownMessageRow(Row, discriminator="message"):
    model = KnownMessage
    mailbox = UnicodeAttribute()
    message_id = UnicodeAttribute()
    fingerprint = UnicodeAttribute(null=True)
    customer_id = UnicodeAttribute()
    case_id = UnicodeAttribute(null=True)  # a notice leads into none
    at = UnicodeAttribute(null=True)
    copies = ListOf(null=True)
    side = NumberAttribute(null=True)
    task_id = UnicodeAttribute(null=True)
    interaction_id = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: KnownMessage) -> Key:
        return keys.message(thing.mailbox, thing.message_id)

    @classmethod
    def expiry_of(cls, thing: KnownMessage) -> datetime | None:
        return _after(thing.at, configuration.retention().message) if thing.at else None


class MachineKeyRow(Row, discriminator="machine"):
    model = MachineKey
    id = UnicodeAttribute()
    name = UnicodeAttribute()
    scopes = ListOf()
    secret_hash = UnicodeAttribute()
    created_at = UnicodeAttribute()
    role = UnicodeAttribute(null=True)
    team = UnicodeAttribute(null=True)
    revoked_at = UnicodeAttribute(null=True)
    per_minute = NumberAttribute(null=True)
    before_hash = UnicodeAttribute(null=True)
    before_until = UnicodeAttribute(null=True)
    rotated_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: MachineKey) -> Key:
        return keys.machine(thing.id)

    @classmethod
    def list_place(cls, thing: MachineKey) -> Key:
        return keys.machine_by_age(thing.id)


class AgentRow(Row, discriminator="agent"):
    model = Agent
    id = UnicodeAttribute()
    name = UnicodeAttribute(null=True)
    skills = MapOf(null=True)
    languages = MapOf(null=True)
    capacity = MapOf(null=True)
    queues = ListOf(null=True)
    teams = ListOf(null=True)
    presence = UnicodeAttribute()
    present_until = UnicodeAttribute(null=True)
    held = MapOf(null=True)
    offered = UnicodeAttribute(null=True)
    began = MapOf(null=True)
    pace = MapOf(null=True)
    taken_back = ListOf(null=True)
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute(null=True)
    edition = NumberAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Agent) -> Key:
        return keys.agent(thing.id)

    @classmethod
    def list_place(cls, thing: Agent) -> Key:
        return keys.agent_by_id(thing.id)

    @classmethod
    def due_place(cls, thing: Agent) -> tuple[keys.DueLane, datetime] | None:
        """When she is taken for gone, unless she says something before."""
        return ("work", thing.present_until) if thing.present_until else None

    @classmethod
    def queue_place(cls, thing: Agent) -> Key | None:
        """Among those who are there."""
        return keys.present_agent(thing.id) if thing.presence is Presence.ONLINE and thing.present_until else None


class DeskLoadRow(Row, discriminator="desk_load"):
    model = DeskLoad
    at = UnicodeAttribute()
    queues = MapOf(null=True)
    named = ListOf(null=True)
    groups = MapOf(null=True)
    out = NumberAttribute(null=True)

    @classmethod
    def key_of(cls, _thing: DeskLoad) -> Key:
        return keys.LOAD

    @classmethod
    def due_place(cls, thing: DeskLoad) -> tuple[keys.DueLane, datetime] | None:
        """While calls are out that may have to come back."""
        return ("work", thing.look_at) if thing.look_at else None


class ArticleRow(Row, discriminator="article"):
    model = Article
    id = UnicodeAttribute()
    uid = UnicodeAttribute(null=True)
    texts = MapOf(null=True)  # none of one that moved
    original = UnicodeAttribute(null=True)
    changed = MapOf(null=True)
    made_from = MapOf(null=True)
    state = UnicodeAttribute(null=True)
    published = MapOf(null=True)
    published_edition = NumberAttribute(null=True)
    published_at = UnicodeAttribute(null=True)
    published_by = UnicodeAttribute(null=True)
    writers = ListOf(null=True)
    word = UnicodeAttribute(null=True)
    audience = UnicodeAttribute(null=True)
    tiers = ListOf(null=True)
    topic = UnicodeAttribute(null=True)
    labels = ListOf(null=True)
    owner = UnicodeAttribute(null=True)
    images = ListOf(null=True)
    publish_at = UnicodeAttribute(null=True)
    scheduled_by = UnicodeAttribute(null=True)
    review_at = UnicodeAttribute(null=True)
    stale = BooleanAttribute(null=True)
    moved_to = UnicodeAttribute(null=True)
    former = ListOf(null=True)
    edition = NumberAttribute()
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()
    used = NumberAttribute(null=True)

    def domain(self) -> Any:
        if self.texts is None:
            self.texts = {}
        return super().domain()

    @classmethod
    def key_of(cls, thing: Article) -> Key:
        return keys.article(thing.id)

    @classmethod
    def list_place(cls, thing: Article) -> Key | None:
        return None if thing.moved_to else keys.article_by_slug(thing.id)

    @classmethod
    def due_place(cls, thing: Article) -> tuple[keys.DueLane, datetime] | None:
        """When it is to be published, or somebody must look at it again."""
        return ("work", thing.next_look_at) if thing.next_look_at else None


class ArticleEditionRow(Row, discriminator="article_edition"):
    model = ArticleEdition
    uid = UnicodeAttribute()
    edition = NumberAttribute()
    texts = MapOf()
    audience = UnicodeAttribute(null=True)
    tiers = ListOf(null=True)
    topic = UnicodeAttribute(null=True)
    published_at = UnicodeAttribute()
    published_by = UnicodeAttribute()
    note = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: ArticleEdition) -> Key:
        return keys.article_edition(thing.uid, thing.edition)


class ArticleImageRow(Row, discriminator="article_image"):
    model = ArticleImage
    id = UnicodeAttribute()
    article_id = UnicodeAttribute()
    name = UnicodeAttribute()
    type = UnicodeAttribute()
    size = NumberAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: ArticleImage) -> Key:
        return keys.article_image(thing.id)


class QuestionRow(Row, discriminator="question"):
    model = Question
    id = UnicodeAttribute()
    asked_at = UnicodeAttribute()
    text = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    through = UnicodeAttribute()
    customer_id = UnicodeAttribute(null=True)
    visitor_id = UnicodeAttribute(null=True)
    tier = UnicodeAttribute(null=True)
    topic = UnicodeAttribute(null=True)
    shown = ListOf(null=True)
    confidence = NumberAttribute(null=True)
    answered = BooleanAttribute(null=True)
    held_out = BooleanAttribute(null=True)
    read = ListOf(null=True)
    state = UnicodeAttribute()
    solved_by = UnicodeAttribute(null=True)
    missing = UnicodeAttribute(null=True)
    case_id = UnicodeAttribute(null=True)
    gap_id = UnicodeAttribute(null=True)
    learned_as = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Question) -> Key:
        if thing.customer_id:
            return keys.timeline(thing.customer_id, thing.id)
        return keys.question_of_visitor(thing.visitor_id, thing.id)

    @classmethod
    def list_place(cls, thing: Question) -> Key | None:
        """While there is something to learn of it, and then with the gap it is an instance of."""
        if thing.lesson != thing.learned_as:
            return keys.gap_question(thing.id)
        return keys.question_of_gap(thing.gap_id, thing.id) if thing.gap_id else None

    @classmethod
    def expiry_of(cls, thing: Question) -> datetime | None:
        return _after(thing.asked_at, configuration.retention().question)


class VisitorRow(Row, discriminator="visitor"):
    model = Visitor
    id = UnicodeAttribute()
    seen_at = UnicodeAttribute()
    questions = SparseListOf(null=True)
    compared = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Visitor) -> Key:
        return keys.visitor(thing.id)

    @classmethod
    def expiry_of(cls, thing: Visitor) -> datetime | None:
        return thing.seen_at + VISITORS_KEPT


class LearnedQuestionRow(Row, discriminator="learned_question"):
    model = LearnedQuestion
    article_id = UnicodeAttribute()
    text = UnicodeAttribute()
    language = UnicodeAttribute(null=True)
    times = NumberAttribute()
    last_at = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: LearnedQuestion) -> Key:
        return keys.learned_question(thing.article_id, thing.text)


class SnapshotRow(Row, discriminator="snapshot"):
    model = Snapshot
    number = NumberAttribute()
    format = NumberAttribute()
    at = UnicodeAttribute()
    why = UnicodeAttribute()
    documents = NumberAttribute()
    files = ListOf()
    demand = MapOf(null=True)
    popular = ListOf(null=True)

    @classmethod
    def key_of(cls, thing: Snapshot) -> Key:
        return keys.snapshot(thing.number)


class NewestSnapshotRow(Row, discriminator="newest_snapshot"):
    model = NewestSnapshot
    number = NumberAttribute()
    format = NumberAttribute()
    at = UnicodeAttribute()

    @classmethod
    def key_of(cls, _thing: NewestSnapshot) -> Key:
        return keys.NEWEST_SNAPSHOT


class SearchBuildRow(Row, discriminator="search_build"):
    model = SearchBuild
    holder = UnicodeAttribute(null=True)
    until = UnicodeAttribute(null=True)
    rebuild = MapOf(null=True)
    tend_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, _thing: SearchBuild) -> Key:
        return keys.SEARCH_BUILD

    @classmethod
    def due_place(cls, thing: SearchBuild) -> tuple[keys.DueLane, datetime] | None:
        """A rebuild whose builder died goes on when another may; else when demand is looked at again."""
        at = (thing.until or thing.rebuild.asked_at) if thing.rebuild else thing.tend_at
        return ("work", at) if at else None


class SearchMarkRow(Row, discriminator="search_mark"):
    model = SearchMark
    article_id = UnicodeAttribute()
    at = UnicodeAttribute()
    marked_at = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: SearchMark) -> Key:
        return keys.search_mark(thing.article_id)

    @classmethod
    def due_place(cls, thing: SearchMark) -> tuple[keys.DueLane, datetime]:
        """When it should have been built long since: its message got lost, or its builder died."""
        return "work", thing.marked_at + MARK_LOST_AFTER


class GapRow(Row, discriminator="gap"):
    model = Gap
    id = UnicodeAttribute()
    language = UnicodeAttribute(null=True)
    question = UnicodeAttribute(null=True)
    examples = ListOf(null=True)
    asks = NumberAttribute(null=True)
    heat = NumberAttribute(null=True)
    sketch = ListOf(null=True)
    with_person = NumberAttribute(null=True)
    cost = NumberAttribute(null=True)
    tiers = MapOf(null=True)
    topics = MapOf(null=True)
    cases = ListOf(null=True)
    state = UnicodeAttribute()
    owner = UnicodeAttribute(null=True)
    article_id = UnicodeAttribute(null=True)
    alternatives = ListOf(null=True)
    absorbed = ListOf(null=True)
    merged_into = UnicodeAttribute(null=True)
    opened_at = UnicodeAttribute()
    last_at = UnicodeAttribute()
    proposed_at = UnicodeAttribute(null=True)
    settled_at = UnicodeAttribute(null=True)
    settled_heat = NumberAttribute(null=True)
    answered_at = UnicodeAttribute(null=True)
    look_at = UnicodeAttribute(null=True)
    looks = NumberAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Gap) -> Key:
        return keys.gap(thing.id)

    @classmethod
    def due_place(cls, thing: Gap) -> tuple[keys.DueLane, datetime] | None:
        """When its cases are looked through for an answer."""
        return ("work", thing.look_at) if thing.look_at else None

    @classmethod
    def list_place(cls, thing: Gap) -> Key | None:
        """By demand and cost, in steps: an ask seldom moves it."""
        return keys.ranked_gap(thing.state.value, thing.rank, thing.id) if not thing.merged_into else None

    @classmethod
    def expiry_of(cls, thing: Gap) -> datetime:
        return thing.last_at + GAPS_KEPT


class ArticleVoteRow(Row, discriminator="article_vote"):
    model = ArticleVote
    article_id = UnicodeAttribute()
    voter = UnicodeAttribute()
    helpful = BooleanAttribute()
    missing = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    at = UnicodeAttribute()
    counted = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: ArticleVote) -> Key:
        return keys.article_vote(thing.article_id, thing.voter)

    @classmethod
    def list_place(cls, thing: ArticleVote) -> Key | None:
        """While it is not in the sums."""
        return keys.unlearned_vote(thing.article_id, thing.voter, thing.at) if thing.lesson != thing.counted else None

    @classmethod
    def expiry_of(cls, thing: ArticleVote) -> datetime:
        return thing.at + GAPS_KEPT


class ArticleCareRow(Row, discriminator="article_care"):
    model = ArticleCare
    article_id = UnicodeAttribute()
    votes = MapOf()
    by_month = MapOf(null=True)
    solved = NumberAttribute(null=True)
    unsolved = NumberAttribute(null=True)
    standing = NumberAttribute(null=True)
    missing = ListOf(null=True)
    heard_at = UnicodeAttribute(null=True)
    gaps = ListOf(null=True)
    links = ListOf(null=True)
    named_in = ListOf(null=True)
    look_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: ArticleCare) -> Key:
        return keys.article_care(thing.article_id)

    @classmethod
    def due_place(cls, thing: ArticleCare) -> tuple[keys.DueLane, datetime] | None:
        """When it is looked at again, though nobody changed it."""
        return ("work", thing.look_at) if thing.look_at else None

    @classmethod
    def list_place(cls, thing: ArticleCare) -> Key | None:
        """Once a reader said something of it."""
        return keys.heard_of(thing.article_id, thing.heard_at) if thing.heard_at else None


class FindingRow(Row, discriminator="finding"):
    model = Finding
    id = UnicodeAttribute()
    what = UnicodeAttribute()
    article_id = UnicodeAttribute()
    language = UnicodeAttribute(null=True)
    other_id = UnicodeAttribute(null=True)
    evidence = UnicodeAttribute(null=True)
    fix = UnicodeAttribute(null=True)
    basis = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    owner = UnicodeAttribute(null=True)
    first_at = UnicodeAttribute()
    last_at = UnicodeAttribute()
    closed_at = UnicodeAttribute(null=True)
    closed_by = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Finding) -> Key:
        return keys.finding(thing.id)

    @classmethod
    def list_place(cls, thing: Finding) -> Key:
        return keys.finding_by_age(thing.id, thing.state.value, thing.first_at)

    @classmethod
    def expiry_of(cls, thing: Finding) -> datetime | None:
        return thing.closed_at + GAPS_KEPT if thing.closed_at else None


class WordPairRow(Row, discriminator="word_pair"):
    model = WordPair
    language = UnicodeAttribute(null=True)
    word = UnicodeAttribute()
    other = UnicodeAttribute()
    askers = ListOf(null=True)
    state = UnicodeAttribute()
    last_at = UnicodeAttribute()
    decided_at = UnicodeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: WordPair) -> Key:
        return keys.word_pair(thing.language, thing.word, thing.other)

    @classmethod
    def list_place(cls, thing: WordPair) -> Key | None:
        """Once it is certain that no word of it is one person's."""
        return keys.pair_in_state(thing.state.value, thing.id) if thing.shown else None

    @classmethod
    def expiry_of(cls, thing: WordPair) -> datetime | None:
        return None if thing.decided_at else thing.last_at + PAIRS_KEPT


class UnknownWordsRow(Row, discriminator="unknown_words"):
    model = UnknownWords
    language = UnicodeAttribute(null=True)
    words = ListOf(null=True)

    @classmethod
    def key_of(cls, thing: UnknownWords) -> Key:
        return keys.unknown_words(thing.language)

    @classmethod
    def list_place(cls, thing: UnknownWords) -> Key:
        return Key(keys.UNKNOWN, thing.language or "und")


class LearningRow(Row, discriminator="learning"):
    model = Learning
    learn_at = UnicodeAttribute(null=True)
    idle = NumberAttribute(null=True)
    told_until = UnicodeAttribute(null=True)
    tell_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, _thing: Learning) -> Key:
        return keys.LEARNING

    @classmethod
    def due_place(cls, thing: Learning) -> tuple[keys.DueLane, datetime] | None:
        """When there is something to learn, or to tell."""
        times = [at for at in (thing.learn_at, thing.tell_at) if at]
        return ("work", min(times)) if times else None


class TemplateRow(Row, discriminator="template"):
    model = Template
    id = UnicodeAttribute()
    title = UnicodeAttribute()
    texts = MapOf()  # of a deleted one, too: as they were
    team = UnicodeAttribute(null=True)
    edition = NumberAttribute()
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()
    used = NumberAttribute(null=True)
    deleted = BooleanAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Template) -> Key:
        return keys.template(thing.id)

    @classmethod
    def list_place(cls, thing: Template) -> Key | None:
        return None if thing.deleted else keys.template_by_slug(thing.id)


class ScheduledAnswerRow(Row, discriminator="scheduled_answer"):
    model = ScheduledAnswer
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    case_id = UnicodeAttribute()
    at = UnicodeAttribute()
    send_at = UnicodeAttribute()
    author = UnicodeAttribute()
    by = UnicodeAttribute(null=True)
    then = UnicodeAttribute()
    preview = UnicodeAttribute(null=True)
    body_key = UnicodeAttribute(null=True)
    articles = ListOf(null=True)
    template = UnicodeAttribute(null=True)
    template_language = UnicodeAttribute(null=True)
    history = BooleanAttribute(null=True)
    attachments = ListOf(null=True)
    only_if_silent = BooleanAttribute(null=True)
    state = UnicodeAttribute()
    settled_at = UnicodeAttribute(null=True)
    why = UnicodeAttribute(null=True)
    interaction_id = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: ScheduledAnswer) -> Key:
        return keys.later(thing.customer_id, thing.id)

    @classmethod
    def due_place(cls, thing: ScheduledAnswer) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.send_at) if thing.waits else None

    @classmethod
    def list_place(cls, thing: ScheduledAnswer) -> Key:
        return keys.later_of_case(thing.case_id, thing.id)

    @classmethod
    def expiry_of(cls, thing: ScheduledAnswer) -> datetime | None:
        return None if thing.waits else _after(thing.at, configuration.retention().interaction)


class UploadRow(Row, discriminator="upload"):
    model = Upload
    id = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    case_id = UnicodeAttribute(null=True)
    name = UnicodeAttribute()
    type = UnicodeAttribute()
    size = NumberAttribute()

    @classmethod
    def key_of(cls, thing: Upload) -> Key:
        return keys.upload(thing.id)

    @classmethod
    def expiry_of(cls, thing: Upload) -> datetime:
        return thing.at + USABLE_FOR


class SideConversationRow(Row, discriminator="side_conversation"):
    model = SideConversation
    case_id = UnicodeAttribute()
    number = NumberAttribute()
    customer_id = UnicodeAttribute()
    subject = UnicodeAttribute()
    to = ListOf()
    language = UnicodeAttribute(null=True)
    opened_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    author = UnicodeAttribute()
    by = UnicodeAttribute(null=True)
    messages = NumberAttribute(null=True)
    unread = BooleanAttribute(null=True)
    heard = NumberAttribute(null=True)
    heard_since = UnicodeAttribute(null=True)
    closed_at = UnicodeAttribute(null=True)
    closed_by = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: SideConversation) -> Key:
        return keys.side(thing.customer_id, thing.case_id, thing.number)

    @classmethod
    def list_place(cls, thing: SideConversation) -> Key:
        return keys.side_of_case(thing.case_id, thing.number)

    @classmethod
    def expiry_of(cls, thing: SideConversation) -> datetime | None:
        return _after(thing.updated_at, configuration.retention().interaction)


class NoticeSettingsRow(Row, discriminator="notice_settings"):
    model = NoticeSettings
    staff_id = UnicodeAttribute()
    off = ListOf(null=True)
    updated_at = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: NoticeSettings) -> Key:
        return keys.notice_settings(thing.staff_id)


class NotifiedRow(Row, discriminator="notified"):
    model = Notified
    whom = UnicodeAttribute()
    hour = UnicodeAttribute()
    letters = ListOf(null=True)

    @classmethod
    def key_of(cls, thing: Notified) -> Key:
        return keys.notified(thing.whom, thing.hour)

    @classmethod
    def expiry_of(cls, thing: Notified) -> datetime:
        return thing.hour + timedelta(days=2)


class MergeRow(Row, discriminator="merge"):
    model = Merge
    id = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    reason = UnicodeAttribute()
    survivor = MapOf()
    absorbed = MapOf()
    undone_at = UnicodeAttribute(null=True)
    undone_by = UnicodeAttribute(null=True)
    undone_because = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Merge) -> Key:
        return keys.merge(thing.id)


class SignpostRow(Row, discriminator="signpost"):
    model = Signpost
    merge_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Signpost) -> Key:
        return keys.signpost(thing.customer_id, thing.merge_id)


class SweepRow(Row, discriminator="sweep"):
    model = Sweep
    job = UnicodeAttribute()
    run = UnicodeAttribute()
    started_at = UnicodeAttribute()
    parts = NumberAttribute()
    given = MapOf(null=True)
    closed_at = UnicodeAttribute(null=True)
    customers = NumberAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Sweep) -> Key:
        return keys.sweep(thing.job, thing.run)

    @classmethod
    def expiry_of(cls, thing: Sweep) -> datetime:
        return thing.started_at + SWEEP_KEPT


class SweepPartRow(Row, discriminator="sweep_part"):
    model = Part
    job = UnicodeAttribute()
    run = UnicodeAttribute()
    number = NumberAttribute()
    started_at = UnicodeAttribute()
    after = UnicodeAttribute(null=True)
    gathered = BinaryAttribute(null=True, legacy_encoding=False)
    customers = NumberAttribute(null=True)
    done = BooleanAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Part) -> Key:
        return keys.sweep_part(thing.job, thing.run, thing.number)

    @classmethod
    def expiry_of(cls, thing: Part) -> datetime:
        return thing.started_at + SWEEP_KEPT


class LookRow(Row, discriminator="look"):
    model = Look
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    what = UnicodeAttribute()
    because = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Look) -> Key:
        return keys.look(thing.customer_id, thing.id)

    @classmethod
    def expiry_of(cls, thing: Look) -> datetime | None:
        return _after(thing.at, configuration.retention().look)


class ExportRow(Row, discriminator="export"):
    model = Export
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    records = ListOf()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    author = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    turn = NumberAttribute(null=True)
    record = NumberAttribute(null=True)
    after = UnicodeAttribute(null=True)
    parts = NumberAttribute(null=True)
    figures = MapOf(null=True)
    updated_at = UnicodeAttribute()
    finished_at = UnicodeAttribute(null=True)
    detail = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Export) -> Key:
        return keys.export(thing.id)

    @classmethod
    def due_place(cls, thing: Export) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.next_look_at) if thing.next_look_at else None

    @classmethod
    def expiry_of(cls, thing: Export) -> datetime:
        return thing.expires_at


class ExportedRow(Row, discriminator="exported"):
    model = Exported
    export_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    at = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Exported) -> Key:
        return keys.exported(thing.customer_id, thing.export_id)

    @classmethod
    def expiry_of(cls, thing: Exported) -> datetime:
        return thing.at + EXPORTS_KEPT


class ErasureRow(Row, discriminator="erasure"):
    model = Erasure
    id = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    author = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    turn = NumberAttribute(null=True)
    customer_id = UnicodeAttribute(null=True)
    records = ListOf(null=True)
    cases = ListOf(null=True)
    handles = ListOf(null=True)
    counts = MapOf(null=True)
    forgotten_at = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute()
    finished_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Erasure) -> Key:
        return keys.erasure(thing.id)

    @classmethod
    def due_place(cls, thing: Erasure) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.next_look_at) if thing.next_look_at else None


class ErasingRow(Row, discriminator="erasing"):
    model = Erasing
    customer_id = UnicodeAttribute()
    erasure_id = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Erasing) -> Key:
        return keys.erasing(thing.customer_id)


class SumRow(Row, discriminator="sum"):
    model = Sum
    counter = ListOf()
    shard = NumberAttribute()
    of_what = UnicodeAttribute()
    amount = NumberAttribute()

    @classmethod
    def key_of(cls, thing: Sum) -> Key:
        return keys.sum_of(thing.counter, thing.shard, thing.of_what)

    def addition(self) -> list[Action]:
        kept = (SumRow.counter.set(self.counter), SumRow.shard.set(self.shard), SumRow.of_what.set(self.of_what))
        return [SumRow.amount.add(self.amount), SumRow.kind.set(SumRow), *kept]


class DirectoryRow(Row, discriminator="directory"):
    model = Directory
    edition = NumberAttribute(null=True)
    editions = MapOf(null=True)
    speaks_of = ListOf(null=True)

    @classmethod
    def key_of(cls, _thing: Directory) -> Key:
        return keys.SEGMENTS


class SegmentRow(Row, discriminator="segment"):
    model = Segment
    id = UnicodeAttribute()
    title = UnicodeAttribute(null=True)
    definition = MapOf()
    edition = NumberAttribute()
    state = UnicodeAttribute()
    build = UnicodeAttribute(null=True)
    ready_at = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()
    turn = NumberAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Segment) -> Key:
        return keys.segment(thing.id)


class MembershipsRow(Row, discriminator="memberships"):
    model = Memberships
    customer_id = UnicodeAttribute()
    since = MapOf(null=True)
    look_again = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Memberships) -> Key:
        return keys.memberships(thing.customer_id)

    @classmethod
    def due_place(cls, thing: Memberships) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.look_again) if thing.look_again else None


class MemberRow(Row, discriminator="member"):
    model = Member
    segment_id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    since = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Member) -> Key:
        return keys.member(thing.segment_id, thing.customer_id)


class OrganisationRow(Row, discriminator="organisation"):
    model = Organisation
    id = UnicodeAttribute()
    name = UnicodeAttribute()
    external_id = UnicodeAttribute(null=True)
    domains = ListOf(null=True)
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()
    edition = NumberAttribute()

    @classmethod
    def key_of(cls, thing: Organisation) -> Key:
        return keys.organisation(thing.id)

    @classmethod
    def list_place(cls, thing: Organisation) -> Key:
        return keys.organisation_by_age(thing.id)


class OrganisationMarkRow(Row, discriminator="organisation_mark"):
    model = OrganisationMark
    what = UnicodeAttribute()
    value = UnicodeAttribute()
    organisation_id = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: OrganisationMark) -> Key:
        return keys.organisation_mark(thing.what, thing.value)


class AffiliationRow(Row, discriminator="affiliation"):
    model = Affiliation
    customer_id = UnicodeAttribute()
    organisation_id = UnicodeAttribute()
    since = UnicodeAttribute()
    by = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Affiliation) -> Key:
        return keys.affiliation(thing.customer_id)

    @classmethod
    def list_place(cls, thing: Affiliation) -> Key:
        return Key(keys.members_of(thing.organisation_id), thing.customer_id)


class StaffRow(Row, discriminator="staff"):
    model = StaffMember
    id = UnicodeAttribute()
    email = UnicodeAttribute()
    name = UnicodeAttribute()
    role = UnicodeAttribute()
    team = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    time_zone = UnicodeAttribute(null=True)
    active = BooleanAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    signed_out_at = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()
    edition = NumberAttribute()

    @classmethod
    def key_of(cls, thing: StaffMember) -> Key:
        return keys.staff_member(thing.id)

    @classmethod
    def list_place(cls, thing: StaffMember) -> Key:
        return keys.staff_by_email(thing.id, thing.email)


class StaffAddressRow(Row, discriminator="staff_address"):
    model = StaffAddress
    email = UnicodeAttribute()
    staff_id = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: StaffAddress) -> Key:
        return keys.staff_address(thing.email)


class AdminsRow(Row, discriminator="admins"):
    model = Admins
    ids = ListOf(null=True)

    @classmethod
    def key_of(cls, _thing: Admins) -> Key:
        return keys.ADMINS


class SessionRow(Row, discriminator="session"):
    model = Session
    id = UnicodeAttribute()
    audience = UnicodeAttribute()
    subject_id = UnicodeAttribute()
    secret_hash = UnicodeAttribute()
    created_at = UnicodeAttribute()
    seen_at = UnicodeAttribute()
    ends_at = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Session) -> Key:
        return keys.session(thing.id)

    @classmethod
    def expiry_of(cls, thing: Session) -> datetime:
        return thing.ends_at


class SignInCodeRow(Row, discriminator="sign_in_code"):
    model = SignInCode
    id = UnicodeAttribute()
    audience = UnicodeAttribute()
    subject_id = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    key_id = UnicodeAttribute()
    language = UnicodeAttribute(null=True)
    at = UnicodeAttribute()
    tries = NumberAttribute(null=True)
    sent_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: SignInCode) -> Key:
        return keys.code(thing.id)

    @classmethod
    def expiry_of(cls, thing: SignInCode) -> datetime:
        return thing.at + CODE_KEPT


class CallRateRow(Row, discriminator="call_rate"):
    model = CallRate
    what = UnicodeAttribute()
    window = UnicodeAttribute()
    calls = NumberAttribute(null=True)

    def addition(self) -> list[Action]:
        return [
            CallRateRow.kind.set(self.kind),
            CallRateRow.what.set(self.what),
            CallRateRow.window.set(self.window),
            CallRateRow.expires_at.set(self.expires_at),
            CallRateRow.calls.add(self.calls),
        ]

    @classmethod
    def key_of(cls, thing: CallRate) -> Key:
        return keys.rate(thing.what, thing.window)

    @classmethod
    def expiry_of(cls, thing: CallRate) -> datetime:
        return thing.window + RATE_KEPT


class AccessRow(Row, discriminator="access"):
    model = AccessEvent
    id = UnicodeAttribute()
    at = UnicodeAttribute()
    what = UnicodeAttribute()
    by = UnicodeAttribute()
    about = UnicodeAttribute()
    detail = MapOf(null=True)

    @classmethod
    def key_of(cls, thing: AccessEvent) -> Key:
        return keys.access(thing.at, thing.id)

    @classmethod
    def list_place(cls, thing: AccessEvent) -> Key:
        return keys.access_about(thing.about, thing.id)

    @classmethod
    def expiry_of(cls, thing: AccessEvent) -> datetime | None:
        return _after(thing.at, configuration.retention().access)


class BrakeRow(Row, discriminator="brake"):
    model = Brake
    pulled = BooleanAttribute(null=True)
    why = UnicodeAttribute(null=True)
    at = UnicodeAttribute(null=True)
    by = UnicodeAttribute(null=True)
    released_because = UnicodeAttribute(null=True)
    forgiven = MapOf(null=True)

    @classmethod
    def key_of(cls, _thing: Brake) -> Key:
        return keys.BRAKE


class ListenersRow(Row, discriminator="listeners"):
    model = Listeners
    webhooks = MapOf(null=True)
    paused = MapOf(null=True)
    rules = ListOf(null=True)

    @classmethod
    def key_of(cls, _thing: Listeners) -> Key:
        return keys.LISTENERS


class WebhookRow(Row, discriminator="webhook"):
    model = Webhook
    id = UnicodeAttribute()
    url = UnicodeAttribute()
    types = ListOf()
    description = UnicodeAttribute(null=True)
    team = UnicodeAttribute(null=True)
    active = BooleanAttribute()
    secrets = ListOf()
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()
    edition = NumberAttribute()
    failures = NumberAttribute(null=True)
    failing_since = UnicodeAttribute(null=True)
    paused_until = UnicodeAttribute(null=True)
    off_because = UnicodeAttribute(null=True)
    deleted_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Webhook) -> Key:
        return keys.webhook(thing.id)

    @classmethod
    def expiry_of(cls, thing: Webhook) -> datetime | None:
        """With the last of what it was sent."""
        return thing.deleted_at + DELIVERIES_KEPT if thing.deleted_at else None


class WebhookDeliveryRow(Row, discriminator="webhook_delivery"):
    model = WebhookDelivery
    id = UnicodeAttribute()
    webhook_id = UnicodeAttribute()
    event_id = UnicodeAttribute()
    event_type = UnicodeAttribute()
    payload = UnicodeAttribute()
    at = UnicodeAttribute()
    outcome = UnicodeAttribute()
    tries = NumberAttribute(null=True)
    since = UnicodeAttribute()
    attempts = ListOf(null=True)
    next_at = UnicodeAttribute(null=True)
    because = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: WebhookDelivery) -> Key:
        return keys.delivery(thing.id)

    @classmethod
    def due_place(cls, thing: WebhookDelivery) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.next_at) if thing.next_at else None

    @classmethod
    def list_place(cls, thing: WebhookDelivery) -> Key:
        return keys.delivery_of(thing.webhook_id, thing.id)

    @classmethod
    def expiry_of(cls, thing: WebhookDelivery) -> datetime:
        return thing.expires_at


class RulebookRow(Row, discriminator="rulebook"):
    model = Rulebook
    edition = NumberAttribute(null=True)
    rules = ListOf(null=True)
    source = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, _thing: Rulebook) -> Key:
        return keys.RULEBOOK


class RuleRunRow(Row, discriminator="rule_run"):
    model = RuleRun
    id = UnicodeAttribute()
    rule = UnicodeAttribute()
    edition = NumberAttribute()
    at = UnicodeAttribute()
    event_id = UnicodeAttribute()
    event_type = UnicodeAttribute()
    customer_id = UnicodeAttribute(null=True)
    case_id = UnicodeAttribute(null=True)
    did = ListOf(null=True)
    skipped = MapOf(null=True)

    @classmethod
    def key_of(cls, thing: RuleRun) -> Key:
        return keys.rule_run(thing.id)

    @classmethod
    def list_place(cls, thing: RuleRun) -> Key:
        return keys.run_of(thing.rule, thing.id)

    @classmethod
    def expiry_of(cls, thing: RuleRun) -> datetime:
        return thing.at + RUNS_KEPT


KINDS: tuple[type[Row], ...] = (
    CustomerRow,
    CalibrationRow,
    HandleRow,
    InteractionRow,
    FactRow,
    EventRow,
    CaseRow,
    CaseChangeRow,
    CaseOfCustomerRow,
    CaseMergeRow,
    CaseSplitRow,
    TaskRow,
    PlayRow,
    PlayVersionRow,
    CampaignRow,
    CampaignPartRow,
    ListChunkRow,
    PilotRow,
    EvidenceRow,
    SubjectRow,
    RecoveryRow,
    RatingRow,
    MoodLabelRow,
    ReceiptRow,
    KnownMessageRow,
    MachineKeyRow,
    AgentRow,
    DeskLoadRow,
    ArticleRow,
    ArticleEditionRow,
    ArticleImageRow,
    QuestionRow,
    LearnedQuestionRow,
    GapRow,
    ArticleVoteRow,
    ArticleCareRow,
    FindingRow,
    WordPairRow,
    UnknownWordsRow,
    LearningRow,
    VisitorRow,
    SnapshotRow,
    NewestSnapshotRow,
    SearchBuildRow,
    SearchMarkRow,
    MergeRow,
    SignpostRow,
    SweepRow,
    SweepPartRow,
    SumRow,
    LookRow,
    ExportRow,
    ExportedRow,
    ErasureRow,
    ErasingRow,
    DirectoryRow,
    SegmentRow,
    MembershipsRow,
    MemberRow,
    OrganisationRow,
    OrganisationMarkRow,
    AffiliationRow,
    StaffRow,
    StaffAddressRow,
    AdminsRow,
    SessionRow,
    SignInCodeRow,
    CallRateRow,
    AccessRow,
    TemplateRow,
    ScheduledAnswerRow,
    UploadRow,
    SideConversationRow,
    NoticeSettingsRow,
    NotifiedRow,
    BrakeRow,
    ListenersRow,
    WebhookRow,
    WebhookDeliveryRow,
    RulebookRow,
    RuleRunRow,
)
_ROW_OF: dict[type, type[Row]] = {kind.model: kind for kind in KINDS}


def kind_of(thing: Any) -> str:
    """What the table calls a thing of this type."""
    return str(Row.kind.get_discriminator(_ROW_OF[type(thing)]))


def key_of(thing: Any) -> Key:
    return _ROW_OF[type(thing)].key_of(thing)
