"""What the API gives, field by field: the one source of its OpenAPI schemas, and of what of the model is shown.

It grows by new fields without a new version; an empty string means unknown. Times are RFC 3339 in UTC, ids are
ULIDs, money is whole minor units and an ISO 4217 code.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta, Struct, field, structs

from chalicelib.auth.permissions import Scope
from chalicelib.gateways.objects import Link
from chalicelib.kernel import ids
from chalicelib.model.article import Article
from chalicelib.model.case import Case, CaseStatus, Participant, PromiseState
from chalicelib.model.customer import Customer, Handle
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.interaction import Attachment, Delivery, DeliveryState, Direction, Interaction, Purpose
from chalicelib.model.merge import Merge
from chalicelib.model.task import Task, TaskState
from chalicelib.triggers.http import Problem


class Output(Struct, frozen=True):
    pass


Links = Annotated[dict[str, str], Meta(description="Relative references to what belongs to it.")]


class Taken(Output, frozen=True):
    """It is stored; what follows from it will be done. `duplicate`: it had been before, and nothing is done
    twice.

    Without a customer and a case it was put aside because nobody could be named."""

    interaction_id: str
    case_id: str
    case_number: str
    customer_id: str
    duplicate: bool
    links: Links = field(name="_links")


class FactResult(Output, frozen=True):
    event_id: Annotated[str, Meta(description="Empty when it could not be read.")]
    outcome: Literal["recorded", "duplicate", "refused"]
    customer_id: str = ""
    problem: Problem | None = None


class FactsOut(Output, frozen=True):
    """One result for each fact, in the order they were sent."""

    results: list[FactResult]


class HandleOut(Output, frozen=True):
    kind: Literal["email", "phone", "chat", "external", "device"]
    value: str

    @classmethod
    def of(cls, handle: Handle) -> "HandleOut":
        return cls(kind=handle.kind, value=handle.value)  # type: ignore[arg-type]  # identity.handle makes no others


class ConsentOut(Output, frozen=True):
    channel: str
    purpose: str
    granted: bool
    at: datetime
    proof: str


class CustomerOut(Output, frozen=True):
    id: str
    name: str
    language: str
    time_zone: str
    handles: list[HandleOut]
    tier: str
    value_index: Annotated[int, Meta(description="Margin of the last twelve months, in minor units.")]
    consents: list[ConsentOut]
    suppressed: Annotated[list[str], Meta(description="Addresses nothing is sent to.")]
    open_cases: list[str]
    absorbed: Annotated[list[str], Meta(description="Ids of customers who turned out to be her; they lead here.")]
    merges: Annotated[list[str], Meta(description="Ids of the merges that made it so; the last can be undone.")]
    created_at: datetime
    links: Links = field(name="_links")

    @classmethod
    def of(cls, customer: Customer, links: dict[str, str]) -> "CustomerOut":
        consents = []
        for key, said in sorted(customer.consents.items()):
            channel, _, purpose = key.partition("/")
            consents.append(
                ConsentOut(channel=channel, purpose=purpose, granted=said.granted, at=said.at, proof=said.proof)
            )
        return cls(
            id=customer.id,
            name=customer.name,
            language=customer.language,
            time_zone=customer.time_zone,
            handles=[HandleOut.of(handle) for handle in customer.handles],
            tier=customer.tier,
            value_index=customer.value_index,
            consents=consents,
            suppressed=sorted(customer.suppressed),
            open_cases=sorted(customer.open_cases),
            absorbed=list(customer.absorbed),
            merges=list(customer.merges),
            created_at=customer.created_at,
            links=links,
        )


class SplitOut(Output, frozen=True):
    """A handle is a customer of its own: who she is, and who is left."""

    customer_id: str
    left: str
    links: Links = field(name="_links")


class MergeOut(Output, frozen=True):
    """Two customers are one, on somebody's word, until it is undone."""

    id: str
    into: Annotated[str, Meta(description="The customer who remains.")]
    absorbed: Annotated[str, Meta(description="Her id still leads to the other.")]
    at: datetime
    by: str
    reason: str
    undone_at: datetime | None
    undone_by: str
    undone_because: str
    links: Links = field(name="_links")

    @classmethod
    def of(cls, merge: Merge, links: dict[str, str]) -> "MergeOut":
        return cls(
            id=merge.id,
            into=merge.survivor.id,
            absorbed=merge.absorbed.id,
            at=merge.at,
            by=merge.by,
            reason=merge.reason,
            undone_at=merge.undone_at,
            undone_by=merge.undone_by,
            undone_because=merge.undone_because,
            links=links,
        )


class MatchOut(Output, frozen=True):
    """A customer who may be the same person."""

    customer_id: str
    name: str
    reasons: Annotated[list[str], Meta(description="The strongest first.")]
    strong: Annotated[bool, Meta(description="At least one reason is more than a resemblance.")]
    links: Links = field(name="_links")


class MatchesOut(Output, frozen=True):
    """The strongest first. Nothing is merged unless somebody says so."""

    items: list[MatchOut]


class DeliveryOut(Output, frozen=True):
    to: str
    state: DeliveryState
    since: datetime
    detail: str

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryOut":
        return cls(to=delivery.to, state=delivery.state, since=delivery.since, detail=delivery.detail)


class AttachmentOut(Output, frozen=True):
    """A file that came with a contact. Its name is safe to save as; what its type says nobody checked."""

    number: Annotated[int, Meta(description="From 1, in the order of the mail.")]
    name: str
    type: str
    size: Annotated[int, Meta(description="Bytes.")]
    inline: Annotated[bool, Meta(description="The HTML may show it.")]

    @classmethod
    def of(cls, number: int, file: Attachment) -> "AttachmentOut":
        return cls(number=number, name=file.name, type=file.type, size=file.size, inline=bool(file.content_id))


class InteractionOut(Output, frozen=True, tag_field="kind", tag="interaction"):
    """One contact, in or out. `tier` is what the customer's was at that moment."""

    id: str
    at: datetime
    customer_id: str
    case_id: str
    channel: str
    direction: Direction
    purpose: Purpose
    tier: str
    author: Annotated[str, Meta(description="Empty: the customer herself.")]
    sender: str
    subject: str
    text: str
    text_complete: Annotated[bool, Meta(description="false: `text` is the beginning of it.")]
    language: str
    machine: Annotated[str, Meta(description="Why it counts as written by a machine; empty: it does not.")]
    flags: Annotated[list[str], Meta(description="What to know before believing it.")]
    articles: Annotated[list[str], Meta(description="Slugs of the articles the answer inserted.")]
    delivery: DeliveryOut | None
    attachments: list[AttachmentOut]
    locked: Annotated[str, Meta(description="Why its attachments must not be opened; empty: they may.")]
    released_to: Annotated[str, Meta(description="Quarantined: the case it was taken into after all.")]

    @classmethod
    def of(cls, interaction: Interaction) -> "InteractionOut":
        return cls(
            id=interaction.id,
            at=interaction.at,
            customer_id=interaction.customer_id,
            case_id=interaction.case_id,
            channel=interaction.channel,
            direction=interaction.direction,
            purpose=interaction.purpose,
            tier=interaction.tier,
            author=interaction.author,
            sender=interaction.sender,
            subject=interaction.subject,
            text=interaction.preview,
            text_complete=not interaction.preview.endswith("…"),
            language=interaction.language,
            machine=interaction.machine,
            flags=[*interaction.flags, *interaction.warnings],
            articles=list(interaction.articles),
            delivery=DeliveryOut.of(interaction.delivery) if interaction.delivery else None,
            attachments=[AttachmentOut.of(number, file) for number, file in enumerate(interaction.attachments, 1)],
            locked=interaction.locked,
            released_to=interaction.released_to,
        )


class Words(NamedTuple):
    """What a contact says, as it may be shown."""

    text: str  # what is new in it
    text_complete: bool
    whole: str
    whole_complete: bool
    html: str
    html_left_out: bool
    blocked_images: int


class InteractionWhole(InteractionOut, frozen=True, tag="interaction"):
    """One contact with all it says. `text` is what is new in it, `whole_text` has the quotes, too.

    Show `html` in a sandboxed frame: it is made safe, and nothing in it is loaded from its sender. The addresses of
    its own pictures serve for five minutes."""

    whole_text: Annotated[str, Meta(description="Empty when it has expired.")]
    whole_text_complete: Annotated[bool, Meta(description="false: it is longer, or has expired.")]
    html: Annotated[str, Meta(description="A fragment for a body; empty: it came without, or has expired.")]
    html_left_out: Annotated[bool, Meta(description="It is too large for an answer: fetch the original.")]
    blocked_images: Annotated[int, Meta(description="Pictures that would have been loaded from elsewhere.")]
    trust: Annotated[str, Meta(description="How far its sender may be believed.")]
    links: Links = field(name="_links")

    @classmethod
    def with_words(cls, interaction: Interaction, words: Words, links: dict[str, str]) -> "InteractionWhole":
        short = structs.asdict(InteractionOut.of(interaction))
        return cls(
            **short | {"text": words.text, "text_complete": words.text_complete},
            whole_text=words.whole,
            whole_text_complete=words.whole_complete,
            html=words.html,
            html_left_out=words.html_left_out,
            blocked_images=words.blocked_images,
            trust=interaction.trust,
            links=links,
        )


class LinkOut(Output, frozen=True):
    """Where it can be fetched for a while, without a key, by whoever has the address: pass it on to nobody."""

    url: str
    expires_at: datetime

    @classmethod
    def of(cls, link: Link) -> "LinkOut":
        return cls(url=link.url, expires_at=link.expires_at)


class Unlocked(Output, frozen=True):
    """Its attachments may be opened. Who said so, and why, is on the customer's timeline."""

    interaction_id: str
    links: Links = field(name="_links")


class MoneyOut(Output, frozen=True):
    minor: int
    currency: str


class FactOut(Output, frozen=True, tag_field="kind", tag="fact"):
    id: str
    at: datetime
    what: FactKind
    margin: MoneyOut | None
    data: Mapping[str, str]

    @classmethod
    def of(cls, fact: Fact) -> "FactOut":
        margin = MoneyOut(minor=fact.margin.minor, currency=fact.margin.currency) if fact.margin else None
        return cls(id=fact.id, at=fact.occurred_at, what=fact.what, margin=margin, data=fact.data)


class EventOut(Output, frozen=True, tag_field="kind", tag="event"):
    """Something that happened to her record and was no contact."""

    id: str
    at: datetime
    what: EventKind
    case_id: str
    task_id: str
    detail: Mapping[str, str]

    @classmethod
    def of(cls, event: Event) -> "EventOut":
        return cls(
            id=event.id,
            at=event.at,
            what=event.what,
            case_id=event.case_id,
            task_id=event.task_id,
            detail=event.detail,
        )


class TaskOut(Output, frozen=True, tag_field="kind", tag="task"):
    """One proactive contact, from the plan to its outcome. `why` says what made us propose it, `reason` why
    it was passed over, postponed or failed."""

    id: str
    at: datetime
    customer_id: str
    play: str
    purpose: str
    channel: str
    tier: str
    why: str
    state: TaskState
    reason: str
    due_at: datetime
    deadline: datetime
    updated_at: datetime
    interaction_id: str

    @classmethod
    def of(cls, task: Task) -> "TaskOut":
        return cls(
            id=task.id,
            at=task.created_at,
            customer_id=task.customer_id,
            play=task.play,
            purpose=task.purpose,
            channel=task.channel,
            tier=task.tier,
            why=task.why,
            state=task.state,
            reason=task.reason,
            due_at=task.due_at,
            deadline=task.deadline,
            updated_at=task.updated_at,
            interaction_id=task.interaction_id,
        )


Entry = InteractionOut | FactOut | EventOut | TaskOut
Next = Annotated[str | None, Meta(description="The cursor of the next page; null at the end.")]


def entry_of(thing: Interaction | Fact | Event | Task) -> Entry:
    match thing:
        case Interaction():
            return InteractionOut.of(thing)
        case Fact():
            return FactOut.of(thing)
        case Event():
            return EventOut.of(thing)
    return TaskOut.of(thing)


class TimelineOut(Output, frozen=True):
    """Everything about a customer, newest first."""

    items: list[Entry]
    next: Next


class PromiseOut(Output, frozen=True):
    made_at: datetime
    due_at: datetime
    state: PromiseState
    kept_at: datetime | None


class ParticipantOut(Output, frozen=True):
    """Somebody whose mail belongs to a case. Nothing is sent to whoever is not confirmed."""

    number: int
    address: str
    confirmed: bool
    revoked: Annotated[bool, Meta(description="Her reply address opens the case no more.")]

    @classmethod
    def of(cls, participant: Participant) -> "ParticipantOut":
        return cls(
            number=participant.number,
            address=participant.address,
            confirmed=participant.confirmed,
            revoked=participant.revoked_at is not None,
        )


class CaseHead(Output, frozen=True):
    """One matter of one customer. `number` is how people read its id out."""

    id: str
    number: str
    customer_id: str
    opened_at: datetime
    updated_at: datetime
    channel: str
    subject: str
    topic: str
    status: CaseStatus
    priority: Annotated[int, Meta(description="Higher comes first.")]
    tier: str
    language: str
    promise: PromiseOut | None
    waiting_until: datetime | None
    participants: list[ParticipantOut]
    attention: Annotated[str, Meta(description="What an agent has to see to before anything else.")]
    follows: Annotated[str, Meta(description="The id of the solved case it goes on from.")]
    merged_into: Annotated[str, Meta(description="The id of the case its mail goes to now.")]
    links: Links = field(name="_links")

    @classmethod
    def of(cls, case: Case, links: dict[str, str]) -> "CaseHead":
        promise = case.promise
        return cls(
            id=case.id,
            number=ids.case_number(case.id),
            customer_id=case.customer_id,
            opened_at=case.opened_at,
            updated_at=case.updated_at,
            channel=case.channel,
            subject=case.subject,
            topic=case.topic,
            status=case.status,
            priority=case.priority,
            tier=case.tier,
            language=case.language,
            promise=PromiseOut(
                made_at=promise.made_at, due_at=promise.due_at, state=promise.state, kept_at=promise.kept_at
            )
            if promise
            else None,
            waiting_until=case.waiting_until,
            participants=[ParticipantOut.of(participant) for participant in case.participants],
            attention=case.attention,
            follows=case.follows,
            merged_into=case.merged_into,
            links=links,
        )


class CaseOut(Output, frozen=True):
    """A case and what was said in it, oldest first."""

    case: CaseHead
    interactions: list[InteractionOut]
    next: Next


class CasesOut(Output, frozen=True):
    """Open cases, the most urgent first."""

    items: list[CaseHead]
    next: Next


class InteractionsOut(Output, frozen=True):
    items: list[InteractionOut]
    next: Next


class TasksOut(Output, frozen=True):
    items: list[TaskOut]
    next: Next


class ArticleTextOut(Output, frozen=True):
    title: str
    body: str


class ArticleOut(Output, frozen=True):
    """An article. `used` says how often it was inserted in an answer, `version` how often it was changed."""

    slug: str
    version: int
    texts: Annotated[dict[str, ArticleTextOut], Meta(description="By language.")]
    languages: Annotated[list[str], Meta(description="All it has, whichever was asked for.")]
    used: int
    updated_at: datetime
    updated_by: Annotated[str, Meta(description="The caller who changed it last.")]
    links: Links = field(name="_links")

    @classmethod
    def of(cls, article: Article, tags: list[str], links: dict[str, str]) -> "ArticleOut":
        return cls(
            slug=article.id,
            version=article.edition,
            texts={tag: ArticleTextOut(title=article.texts[tag].title, body=article.texts[tag].body) for tag in tags},
            languages=sorted(article.texts),
            used=article.used,
            updated_at=article.updated_at,
            updated_by=article.updated_by,
            links=links,
        )


class ArticleHead(Output, frozen=True):
    slug: str
    version: int
    titles: Annotated[dict[str, str], Meta(description="By language.")]
    used: int
    updated_at: datetime
    updated_by: str
    links: Links = field(name="_links")

    @classmethod
    def of(cls, article: Article, links: dict[str, str]) -> "ArticleHead":
        return cls(
            slug=article.id,
            version=article.edition,
            titles={tag: text.title for tag, text in sorted(article.texts.items())},
            used=article.used,
            updated_at=article.updated_at,
            updated_by=article.updated_by,
            links=links,
        )


class ArticlesOut(Output, frozen=True):
    """Articles by slug."""

    items: list[ArticleHead]
    next: Next


class TokenOut(Output, frozen=True):
    token: str
    token_type: Literal["Bearer"]
    scopes: list[Scope]
    expires_at: datetime
