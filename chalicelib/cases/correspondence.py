"""What is done beside a case's thread: files put into the store, side conversations, answers that wait.

Each function loads facts, asks a rule, commits, returns. Anything may be called twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.cases import later, sides, uploads
from chalicelib.cases.intake import Intake
from chalicelib.configuration import policy
from chalicelib.customers import identity
from chalicelib.gateways import objects, texts
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid, KeyReused, NotFound, TooLarge
from chalicelib.knowledge.articles import demand_sendable, insert
from chalicelib.model.arrival import Arrival
from chalicelib.model.article import Article
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.interaction import Attachment, Interaction
from chalicelib.model.known import IntakeFacts
from chalicelib.model.page import Page
from chalicelib.model.side import SideConversation
from chalicelib.model.upload import ADDRESS_LIVES, Upload
from chalicelib.storage import cases, customers, knowledge
from chalicelib.storage import correspondence as storage
from chalicelib.storage.commit import commit, settle
from chalicelib.telemetry import logger

LONGEST_LETTER = 200_000  # characters
LOOKED_BACK = 10  # letters of a side conversation, for the one that is answered


# ── Files ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Opened:
    upload: Upload
    link: objects.Link


def open_upload(name: str, type_: str, size: int, *, by: str, case_id: str) -> Opened:
    """An address to put one file, for a while. Nothing comes of it until an answer or a request names it.

    Raises Invalid, TooLarge.
    """
    upload = uploads.begin(name, type_, size, by=by, case_id=case_id, now=clock.now())
    link = objects.objects.door(upload.key, upload.type, upload.size, ADDRESS_LIVES)
    commit(Decision((upload,), reason="opened"))
    return Opened(upload, link)


def take_files(
    upload_ids: Sequence[str], *, by: str, case_id: str, source: str, pointer: str, mailed: bool
) -> tuple[Attachment, ...]:
    """These uploads as files of what `source` names, each looked at and kept at a place of its own; taken again, they
    lie where they lay. `mailed`: together they have to fit a mail.

    Raises NotFound, Conflict (not there yet, or changed meanwhile), Invalid (not what was said), TooLarge.
    """
    if not upload_ids:
        return ()
    now = clock.now()
    found = storage.uploads(upload_ids)
    named = {id_: place for place, id_ in reversed(list(enumerate(upload_ids)))}
    wanted = []
    for upload_id, place in sorted(named.items(), key=lambda item: item[1]):
        at = f"{pointer}/{place}"
        wanted.append((uploads.usable(found.get(upload_id), by=by, case_id=case_id, now=now, at=at), at))
    if mailed:
        uploads.fit_a_mail([upload for upload, _ in wanted], pointer)
    files = []
    for upload, at in wanted:
        file = uploads.kept(upload, source)
        lying = objects.objects.peek(upload.key, uploads.LOOKED_AT)
        uploads.check(upload, uploads.Lying(lying.size, lying.begins) if lying else None, at)
        if objects.objects.copy(upload.key, file.key, lying.etag if lying else "") is None:
            raise Conflict("it was put there anew while it was taken: send this again", at)
        files.append(file)
    return tuple(files)


# ── Answers that wait ─────────────────────────────────────────────────────────────────────────────


def cancel_answer(case_id: str, answer_id: str, *, by: str) -> None:
    """Raises NotFound, or Conflict when it was sent; may be repeated."""
    now = clock.now()

    def decide() -> tuple[Decision, None]:
        case = cases.case(case_id)
        answer = storage.waiting(case.customer_id, answer_id).answer if case else None
        return later.cancel(answer, case, now, by=by), None

    settle(decide)


# ── Side conversations ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Aside:
    side: SideConversation
    letter_id: str
    duplicate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an agent writes to others, and who she is."""

    author: str
    text: str
    articles: Sequence[str] = ()
    uploads: Sequence[str] = ()
    caller: str  # whose uploads they are, as receipts know her
    by: str = ""  # who of the staff
    receipt_key: str
    fingerprint: str


def open_side(case_id: str, to: Sequence[str], *, subject: str, language: str, words: Words) -> Aside:
    """A conversation with others about a case, and its first letters.

    Raises NotFound, KeyReused, Invalid (an address that must not be in it), Conflict, TooLarge.
    """
    now, addresses = clock.now(), [_address(value, f"/to/{place}") for place, value in enumerate(to)]

    def decide() -> tuple[Decision, Aside]:
        if known := _again(words):
            return Decision(reason="duplicate"), known
        case, customer = _case_and_customer(case_id)
        begun, counted = sides.begin(
            case,
            customer,
            addresses,
            subject=subject,
            language=language,
            author=words.author,
            by=words.by,
            policy=policy(),
            now=now,
        )
        return _written(begun, counted, words, None, now)

    return settle(decide)[1]


def write_side(case_id: str, number: int, words: Words) -> Aside:
    """One more letter to all of it. Raises NotFound, KeyReused, Conflict (it is closed, or its customer is among
    them by now), TooLarge."""
    now = clock.now()

    def decide() -> tuple[Decision, Aside]:
        if known := _again(words):
            return Decision(reason="duplicate"), known
        case, customer = _case_and_customer(case_id)
        side = _existing(case, number)
        sides.check_parties(side, customer)
        whole = cases.living(case.id) if case.merged_into else None
        said = storage.said_aside(case.id, number, None, LOOKED_BACK, newest_first=True).items
        answered = next((one for one in said if one.message_id and not one.machine), None)
        return _written(side, whole or case, words, answered, now)

    return settle(decide)[1]


def set_side(case_id: str, number: int, *, open_: bool, by: str) -> SideConversation:
    """Closes or reopens it; may be repeated. Raises NotFound."""
    now = clock.now()

    def decide() -> tuple[Decision, SideConversation]:
        side = _existing(_case(case_id), number)
        decision = sides.set_open(side, open_, now, by=by)
        return decision, next((one for one in decision.changes if isinstance(one, SideConversation)), side)

    return settle(decide)[1]


def read_side(case_id: str, number: int, after: str | None, limit: int) -> tuple[SideConversation, Page[Interaction]]:
    """It and what was said in it, oldest first; from then on nothing in it is unread. Raises NotFound."""

    def decide() -> tuple[Decision, SideConversation]:
        side = _existing(_case(case_id), number)
        return sides.read(side), side

    return settle(decide)[1], storage.said_aside(case_id, number, after, limit)


def take_in_aside(arrival: Arrival) -> Intake | None:
    """The decision about what came to the address of a side conversation; None: it belongs into a case after all."""
    return sides.take_in(arrival, *storage.side_facts(arrival), policy())


def take_in_by_reference(arrival: Arrival, facts: IntakeFacts) -> Intake | None:
    """Likewise about what answers a message of one without coming to its address. None: it is a contact like any."""
    if facts.side is None or facts.receipt or facts.named:
        return None
    pointed = sides.pointed(arrival, facts.side)
    known = storage.side_facts(pointed)
    hers = known.case and arrival.sender and sides.is_hers(arrival.sender.value, known.case, known.owner)
    if hers or not sides.is_party(arrival, known.side):
        return None
    return sides.take_in(pointed, *known, policy())


def _written(
    side: SideConversation, case: Case, words: Words, answered: Interaction | None, now: datetime
) -> tuple[Decision, Aside]:
    articles = knowledge_articles(words.articles, None)
    whole = insert(words.text, articles, side.language)
    if len(whole) > LONGEST_LETTER:
        raise TooLarge(f"a letter and its articles have at most {LONGEST_LETTER} characters", "/text")
    files = take_files(
        words.uploads,
        by=words.caller,
        case_id=side.case_id,
        source=words.receipt_key,
        pointer="/attachments",
        mailed=True,
    )
    decision, receipt = sides.write(
        side,
        case,
        answered=answered,
        author=words.author,
        text=whole,
        body_key=texts.keep(words.receipt_key, whole),
        articles=articles,
        attachments=files,
        receipt_key=words.receipt_key,
        fingerprint=words.fingerprint,
        now=now,
    )
    further = next(one for one in decision.changes if isinstance(one, SideConversation))
    logger.info("side_written", case=case.id, side=side.number, letters=len(side.to))
    return decision, Aside(further, receipt.interaction_id, False)


def _again(words: Words) -> Aside | None:
    """What became of it the first time."""
    receipt = cases.receipt(words.receipt_key)
    if receipt is None:
        return None
    if receipt.fingerprint != words.fingerprint:
        raise KeyReused("this key came before with other content; use a new key for another letter")
    letter = cases.outbound(receipt.customer_id, receipt.interaction_id).mail
    case = cases.case(receipt.case_id)
    side = storage.side(case, letter.side) if case and letter else None
    if side is None:
        raise NotFound("this side conversation is gone")
    return Aside(side, receipt.interaction_id, True)


def knowledge_articles(slugs: Sequence[str], customer: Customer | None) -> tuple[Article, ...]:
    """Each once, in this order; one that was renamed also by a slug it had before. `customer`: who is to read them,
    None for somebody else. Raises NotFound for the first that does not exist, Conflict for one she must not be sent."""
    found: Mapping[str, Article] = knowledge.followed(slugs)
    for place, slug in enumerate(slugs):
        if slug not in found:
            raise NotFound("no article has this slug", f"/articles/{place}")
    demand_sendable([found[slug] for slug in slugs], customer)
    return tuple({found[slug].id: found[slug] for slug in slugs}.values())


def _case(case_id: str) -> Case:
    case = cases.case(case_id)
    if case is None:
        raise NotFound("no case has this number")
    return case


def _case_and_customer(case_id: str) -> tuple[Case, Customer]:
    case = _case(case_id)
    customer = customers.customer(case.customer_id)
    if customer is None:
        raise NotFound("no case has this number")
    return case, customer


def _existing(case: Case, number: int) -> SideConversation:
    side = storage.side(case, number)
    if side is None:
        raise NotFound("this case has no such side conversation")
    return side


def _address(value: str, at: str) -> str:
    try:
        return identity.handle("email", value).value
    except Invalid as error:
        raise Invalid(error.detail, at) from error
