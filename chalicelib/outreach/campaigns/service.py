"""What is done about campaigns: draft, start and stop them, look up their lists, go on with their parts.

Each may come twice and at the same time: people are told apart by their tasks' ids, parts by the slice they are at.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from chalicelib.configuration import policy
from chalicelib.gateways import objects, queues
from chalicelib.insight import metrics
from chalicelib.kernel import clock, messages
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid, KeyReused, NotFound, Unavailable
from chalicelib.kernel.messages import LookThroughCampaign, PlanCampaignPerson
from chalicelib.model.campaign import (
    CHUNK,
    MOST_FILES,
    MOST_INLINE,
    Audience,
    AudienceKind,
    Campaign,
    CampaignPart,
    CampaignState,
    ListChunk,
    Listing,
)
from chalicelib.model.customer import Customer
from chalicelib.model.interaction import Receipt
from chalicelib.model.policy import Policy
from chalicelib.model.task import Task, TaskState
from chalicelib.model.upload import USABLE_FOR
from chalicelib.outreach import braking, guard, halting, playbook
from chalicelib.outreach.campaigns import fanning, listing, pacing, preparing, rehearsing
from chalicelib.outreach.campaigns.listing import Entry
from chalicelib.outreach.campaigns.preparing import Edits, Wanted
from chalicelib.outreach.life import Person
from chalicelib.outreach.plays.base import Running
from chalicelib.segments.membership import COUNTER as MEMBERS
from chalicelib.storage import calibration, cases, correspondence, customers, desk, segments, tallies
from chalicelib.storage import campaigns as storage
from chalicelib.storage.campaigns import Met
from chalicelib.storage.commit import Refused, commit, settle
from chalicelib.telemetry import logger

PAGE = 500  # people read at once: what a worker holds in memory
SLICE = 5_000  # people: what a part does before it writes down how far it came
CHUNKS_AT_ONCE = 10  # of a list, in one write
LINE = 400  # bytes a line of a list has at most, in the mean of a piece
LOOKED_THROUGH = 80  # tasks in one write, which has room for the sums of wherever they stood
TRIES = 8  # to write about people whom others write about at the same time
MOST_ASIDE = 10  # people of a page who break the attempt; more, and it is the play that is broken


# ── What people do ────────────────────────────────────────────────────────────────────────────────


def draft(
    wanted: Wanted, entries: Sequence[str], *, by: Person, caller: str, receipt_key: str, fingerprint: str
) -> Campaign:
    """A new campaign; the same request again is answered with the same one. `entries`: its list, told with it.

    Raises Invalid with a pointer, NotFound for an upload, KeyReused (same key, other content)."""
    now = clock.now()
    if known := cases.receipt(receipt_key):
        return _drafted(known, fingerprint)
    preparing.check_play(playbook.named(wanted.play), wanted.given)
    _check_audience(wanted.audience, entries, caller, now)
    chunk = None
    if entries:
        read = tuple(listing.read(entry) or Entry() for entry in entries)
        chunk = listing.chunk_of("", 0, 1, read, _meant(read), now)
    decision, campaign = preparing.draft(
        wanted, chunk, by=by, receipt_key=receipt_key, fingerprint=fingerprint, now=now
    )
    try:
        commit(decision)
    except Refused:
        if known := cases.receipt(receipt_key):
            return _drafted(known, fingerprint)
        raise
    logger.info("campaign_drafted", campaign=campaign.id, play=campaign.play)
    return campaign


def _drafted(receipt: Receipt, fingerprint: str) -> Campaign:
    if receipt.fingerprint != fingerprint:
        raise KeyReused("this key came before with other content; use a new key for a new campaign")
    return _existing(receipt.interaction_id)


def submit(campaign_id: str, *, by: Person) -> Campaign:
    """Raises NotFound, Conflict, Invalid with a pointer: also for what could not be said in one of its languages."""

    def decide(campaign: Campaign, now: datetime) -> Decision:
        running = playbook.named(campaign.play)
        decision = preparing.submitted(campaign, running, expected(campaign), by=by, now=now)
        if decision.changes and running:
            rehearsing.check(campaign, running, now)
            _check_told(campaign.audience)
        return decision

    return _changed(campaign_id, decide)


def send_back(campaign_id: str, why: str, *, by: Person) -> Campaign:
    """Raises NotFound, Conflict."""
    return _changed(campaign_id, lambda campaign, now: preparing.sent_back(campaign, why, by=by, now=now))


def approve(campaign_id: str, *, by: Person) -> Campaign:
    """Raises NotFound, Conflict, Invalid, Forbidden."""

    def decide(campaign: Campaign, now: datetime) -> Decision:
        return preparing.approved(campaign, playbook.named(campaign.play), by=by, now=now)

    return _changed(campaign_id, decide)


def pause(campaign_id: str, why: str, *, by: Person) -> Campaign:
    """Raises NotFound, Conflict."""
    return _changed(campaign_id, lambda campaign, now: preparing.paused(campaign, why, by=by.name, now=now))


def resume(campaign_id: str, *, by: Person) -> Campaign:
    """Raises NotFound, Conflict, Invalid."""

    def decide(campaign: Campaign, now: datetime) -> Decision:
        parts = storage.whole(campaign_id).parts
        complained = campaign.why.startswith(braking.TOO_MANY)
        forgiven = braking.left_of(storage.figures(campaign_id)) if complained else None
        return preparing.resumed(campaign, parts, playbook.named(campaign.play), by=by, now=now, forgiven=forgiven)

    return _changed(campaign_id, decide)


def stop(campaign_id: str, why: str, *, by: Person) -> Campaign:
    """Raises NotFound."""
    return _changed(campaign_id, lambda campaign, now: preparing.stopped(campaign, why, by=by.name, now=now))


def amend(campaign_id: str, edits: Edits, *, by: Person) -> Campaign:
    """Raises NotFound, Conflict, Invalid with a pointer."""

    def decide(campaign: Campaign, now: datetime) -> Decision:
        if edits.given is not None:
            preparing.check_play(playbook.named(campaign.play), edits.given)
        return preparing.amended(campaign, edits, by=by, now=now)

    return _changed(campaign_id, decide)


def _changed(campaign_id: str, decide: Callable[[Campaign, datetime], Decision]) -> Campaign:
    def settled() -> tuple[Decision, Campaign]:
        campaign = _existing(campaign_id)
        decision = decide(campaign, clock.now())
        after = next((change for change in decision.changes if isinstance(change, Campaign)), campaign)
        return decision, after

    decision, campaign = settle(settled)
    logger.info("campaign_changed", campaign=campaign_id, state=campaign.state.value, reason=decision.reason)
    return campaign


def _existing(campaign_id: str) -> Campaign:
    found = storage.campaign(campaign_id)
    if found is None:
        raise NotFound("no campaign has this id")
    return found


def expected(campaign: Campaign) -> int:
    """How many people its audience has, as far as somebody knows without counting them."""
    audience = campaign.audience
    match audience.kind:
        case AudienceKind.EVERYBODY:
            return calibration.stored().customers
        case AudienceKind.SEGMENT:
            return max(0, tallies.sums_of(MEMBERS, [audience.segment]).get(audience.segment, 0))
        case AudienceKind.LIST:
            return campaign.listing.found if campaign.listing else 0
    figures = storage.figures(audience.campaign_id)
    return sum(figures.get(state.value, 0) for state in storage.REACHED)


def _check_audience(audience: Audience, entries: Sequence[str], caller: str, now: datetime) -> None:
    """Raises Invalid, NotFound or Conflict, with a pointer."""
    match audience.kind:
        case AudienceKind.SEGMENT:
            if audience.segment not in segments.directory().editions:
                raise Invalid("no segment has this slug; GET /v1/segments lists them", "/audience/segment")
        case AudienceKind.REACHED:
            if storage.campaign(audience.campaign_id) is None:
                raise Invalid("no campaign has this id", "/audience/campaign_id")
        case AudienceKind.LIST:
            _check_list(audience, entries, caller, now)


def _check_told(audience: Audience) -> None:
    """Who hears how it ended are those who heard that it began: nobody may hear that later. Raises Conflict, with a
    pointer."""
    if audience.kind is not AudienceKind.REACHED:
        return
    other = _existing(audience.campaign_id)
    figures = storage.figures(other.id) if other.state is CampaignState.DONE else {}
    on_the_way = sum(n for stand, n in figures.items() if stand.partition(".")[0] in _ON_THE_WAY)
    if not other.over or on_the_way:
        raise Conflict(
            f"that campaign still reaches people: it is {other.state.value}, {on_the_way} of its contacts are on their "
            "way. Stop it first, so that nobody hears of it after this one",
            "/audience/campaign_id",
        )


_ON_THE_WAY = frozenset(state.value for state in halting.WITHDRAWABLE)


def _check_list(audience: Audience, entries: Sequence[str], caller: str, now: datetime) -> None:
    if bool(entries) == bool(audience.uploads):
        raise Invalid(f"give up to {MOST_INLINE} entries, or up to {MOST_FILES} uploads: one of the two", "/audience")
    if len(entries) > MOST_INLINE:
        raise Invalid(f"at most {MOST_INLINE} entries; upload longer lists as a file", "/audience/entries")
    found = correspondence.uploads(audience.uploads)
    for place, upload_id in enumerate(audience.uploads):
        upload, at = found.get(upload_id), f"/audience/uploads/{place}"
        if upload is None or upload.by != caller or upload.case_id or now - upload.at > USABLE_FOR:
            raise NotFound("there is no such upload of yours, or it has expired: upload it again", at)
        if upload.type not in ("text/plain", "text/csv"):
            raise Invalid("a list is text/plain or text/csv, an entry a line", at)
        lies = objects.objects.peek(upload.key, 1)
        if lies is None:
            raise Conflict("nothing was put there yet: upload it first", at)
        if lies.size != upload.size:
            raise Invalid(f"it has {lies.size} bytes, not the {upload.size} that were announced", at)


# ── Its list ──────────────────────────────────────────────────────────────────────────────────────


def _meant(entries: Iterable[Entry]) -> dict[Entry, str]:
    """Whom these entries mean: a BatchGet per 100 ids, two per 100 handles. Who was merged is who she is now."""
    wanted = list(dict.fromkeys(entries))
    by_handle = customers.owners_of([entry.handle for entry in wanted if entry.handle])
    found: dict[Entry, str] = {}
    records = {
        each.id: each for each in customers.records([entry.customer_id for entry in wanted if entry.customer_id])
    }
    for entry in wanted:
        person: Customer | None = None
        if entry.handle:
            person = by_handle.get(entry.handle)
        elif record := records.get(entry.customer_id):
            person = customers.survivor(record).customer if record.merged_into else record
        if person:
            found[entry] = person.id
    return found


def resolve_list(campaign_id: str, turn: int, out_of_time: Callable[[], bool]) -> None:
    """Looks up whom the next lines of a list mean, for a while; then a message goes on. Each piece is one write with
    how far it is, so a repetition finds another turn."""
    while True:
        campaign = storage.campaign(campaign_id)
        if campaign is None or campaign.listing is None or not listing.waits(campaign, turn):
            return
        decision = _resolved(campaign, clock.now())
        try:
            commit(decision)
        except Refused:  # somebody edited it, or another worker had the same message
            continue
        logger.info("campaign_list_looked_up", campaign=campaign_id, chunks=len(decision.changes) - 1)
        turn += 1
        if out_of_time():
            return


def _resolved(campaign: Campaign, now: datetime) -> Decision:
    """The next pieces of its files."""
    before = campaign.listing or Listing()
    upload, place = before.upload, before.place
    key = f"uploads/{campaign.audience.uploads[upload]}"
    content = _content(key)
    chunks: list[ListChunk] = []
    entries = 0
    while place < len(content) and len(chunks) < CHUNKS_AT_ONCE:
        read = listing.read_piece(content[place : place + CHUNK * LINE], most=CHUNK, last=True)
        place += read.size
        if read.entries:
            begins, number = before.entries + entries + 1, before.chunks + len(chunks)
            chunks.append(listing.chunk_of(campaign.id, number, begins, read.entries, _meant(read.entries), now))
            entries += len(read.entries)
    if place >= len(content):
        upload, place = upload + 1, 0
    return listing.further(campaign, tuple(chunks), upload=upload, place=place, entries=entries, now=now)


def _content(key: str) -> bytes:
    """A file of 10 MB at most. One that expired meanwhile is empty: its lines are not counted."""
    try:
        return objects.objects.read(key)
    except NotFound:
        return b""


# ── Its parts ─────────────────────────────────────────────────────────────────────────────────────


def begin(campaign_id: str, as_of: datetime) -> None:
    """Its time has come."""
    now = max(clock.now(), as_of)

    def decide() -> tuple[Decision, None]:
        campaign = storage.campaign(campaign_id)
        return preparing.begun(campaign, now) if campaign else Decision(reason="gone"), None

    decision, _ = settle(decide)
    logger.info("campaign_begun", campaign=campaign_id, reason=decision.reason)


def go_on(campaign_id: str, number: int, turn: int, as_of: datetime | None, out_of_time: Callable[[], bool]) -> int:
    """Takes a part one slice further; returns how many people it saw. A slice has as many as the part has earned by the
    campaign's rate, SLICE at most, or what was done when time ran out."""
    now = max(clock.now(), as_of) if as_of else clock.now()
    campaign, part = storage.part(campaign_id, number)
    if campaign is None or part is None or not fanning.is_next(campaign, part, turn, now):
        return 0
    running = playbook.named(campaign.play)
    stands = fanning.standing(campaign, part, running, now)
    if stands or running is None:
        return _write(stands or Decision(), campaign_id, number, 0)
    load = pacing.worst(desk.load(), policy().outreach.promise, now)
    # Sending stopped by itself: whoever was looked at now would only wait, and be looked at every hour.
    share = 0.0 if guard.braked() else pacing.pace(campaign.rate, load) / campaign.parts
    part = pacing.earned(part, share, now)
    allowed = min(SLICE, int(part.saved)) if share else 0
    if allowed < 1:
        return _write(fanning.sliced(part, share, upto=part.after, seen=0, now=now), campaign_id, number, 0)
    seen, upto = _gone_through(campaign, part, running, allowed, now, out_of_time)
    owes = upto is not None and part.saved - seen >= 1
    return _write(fanning.sliced(part, share, upto=upto, seen=seen, now=now, owes=owes), campaign_id, number, seen)


def _write(decision: Decision, campaign_id: str, number: int, seen: int) -> int:
    try:
        commit(decision)
    except Refused:  # another worker had the same message, or somebody changed the campaign: the clock comes again
        return 0
    logger.info("campaign_went_on", campaign=campaign_id, part=number, seen=seen, reason=decision.reason)
    return seen


def _gone_through(
    campaign: Campaign, part: CampaignPart, running: Running, most: int, now: datetime, out_of_time: Callable[[], bool]
) -> tuple[int, str | None]:
    """How many people a slice saw, and up to where it came. It stops with the page in which somebody stops
    the campaign."""
    seen, upto = 0, part.after
    while seen < most:
        page = met(campaign, part.number, upto, min(PAGE, most - seen))
        _plan(campaign, running, page.people, now)
        seen += page.entries
        if page.next is None:
            return seen, None
        upto = page.next
        if out_of_time() or (seen < most and not _runs(campaign.id)):
            break
    return seen, upto


def _runs(campaign_id: str) -> bool:
    found = storage.campaign(campaign_id)
    return found is not None and found.state is CampaignState.RUNNING


def met(campaign: Campaign, number: int, after: str, limit: int) -> Met:
    """The next people of one part of its audience."""
    match campaign.audience.kind:
        case AudienceKind.EVERYBODY:
            return storage.everybody(number, after, limit)
        case AudienceKind.SEGMENT:
            members = segments.members_in(campaign.audience.segment, number, after, limit)
            following = members[-1].customer_id if len(members) == limit else None
            return storage.met([member.customer_id for member in members], following)
        case AudienceKind.LIST:
            return _met_on_list(campaign, number, after, limit)
    return _met_reached(campaign.audience.campaign_id, number, after, limit)


def _met_on_list(campaign: Campaign, number: int, after: str, limit: int) -> Met:
    """A part has every so many-th chunk; its place is a chunk and how many of its people were met."""
    chunk, _, done = (after or f"{number}#0").partition("#")
    at, begin = int(chunk), int(done)
    if campaign.listing is None or at >= campaign.listing.chunks:
        return Met((), 0, None)
    found = storage.chunk(campaign.id, at)
    people = found.customers[begin : begin + limit] if found else ()
    following = f"{at}#{begin + limit}"
    if found is None or begin + limit >= len(found.customers):
        following = f"{at + campaign.parts}#0"
    over = following.endswith("#0") and at + campaign.parts >= campaign.listing.chunks
    return storage.met(people, None if over else following)


def _met_reached(campaign_id: str, number: int, after: str, limit: int) -> Met:
    """State by state, in the order in which a contact goes; the place is a state and where in it."""
    state, _, behind = (after or "0 ").partition(" ")
    at = int(state)
    found = storage.people_in(campaign_id, number, storage.REACHED[at].value, behind, limit)
    following: str | None = f"{at} {found[-1].place}" if len(found) == limit else f"{at + 1} "
    if len(found) < limit and at + 1 == len(storage.REACHED):
        following = None
    return storage.met([person.customer_id for person in found], following)


def _plan(campaign: Campaign, running: Running, people: Sequence[Customer], now: datetime) -> None:
    """A task for each who has none. What is refused is looked at again: who has hers by now is left alone, whoever is
    written about at this moment is tried once more, as she is then."""
    waiting = _without_task(campaign, people) if any(person.absorbed for person in people) else list(people)
    for attempt in range(TRIES):
        left = _planned(campaign, running, waiting, now)
        if not left:
            return
        if attempt:
            time.sleep(0.02 * 2**attempt)
        waiting = _without_task(campaign, storage.met(left, None).people)
    raise Unavailable(f"{len(waiting)} people of a campaign are written about by others all the time")


def _planned(campaign: Campaign, running: Running, people: Sequence[Customer], now: datetime) -> list[str]:
    """Ids of those about whom nothing could be written."""
    left: list[str] = []
    for pack in fanning.packs(_decided(campaign, running, people, now)):
        try:
            commit(pack.decision)
            metrics.count_changes(pack.decision)
        except Refused:
            left += pack.customer_ids
    return left


def _known(running: Running) -> Policy:
    """Who is drawn is noted with what is expected of her."""
    known = policy()
    return calibration.current_policy() if running.record.pilot or known.outreach.hold_out else known


def _decided(
    campaign: Campaign, running: Running, people: Sequence[Customer], now: datetime
) -> list[tuple[str, Decision]]:
    """What is written about each. Who breaks the attempt is set aside, so that nobody waits for her: a message of her
    own tries again, and ends among the dead letters if she cannot be planned for."""
    known = _known(running)
    decided: list[tuple[str, Decision]] = []
    aside: list[str] = []
    for person in people:
        try:
            decided.append((person.id, fanning.planned(campaign, running, person, known, now)))
        except Exception:
            if len(aside) == MOST_ASIDE:
                raise
            logger.exception("campaign_set_aside", campaign=campaign.id, customer=person.id)
            aside.append(person.id)
    if aside:
        alone = [PlanCampaignPerson(campaign_id=campaign.id, customer_id=each) for each in aside]
        queues.queues.send("background", [messages.to_json(message) for message in alone])
    return decided


def plan_person(campaign_id: str, customer_id: str) -> None:
    """Plans for who was set aside, unless she has her task or the campaign's time is over. Raises what she breaks it
    with."""

    def decide() -> tuple[Decision, None]:
        campaign, now = storage.campaign(campaign_id), clock.now()
        if campaign is None or campaign.state is CampaignState.STOPPED or now >= campaign.deadline:
            return Decision(reason="its time is over"), None
        running = playbook.named(campaign.play)
        if running is None or running.number != campaign.edition:
            raise Unavailable("the campaign's play does not run as it was approved with")
        for person in _without_task(campaign, storage.met([customer_id], None).people):
            return fanning.planned(campaign, running, person, _known(running), now), None
        return Decision(reason="has her task, or is gone"), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("campaign_planned_person", campaign=campaign_id, customer=customer_id, reason=decision.reason)


def _without_task(campaign: Campaign, people: Sequence[Customer]) -> list[Customer]:
    """Those of whom no record has a task of this campaign."""
    wanted = [(record, fanning.task_id_of(campaign, record)) for person in people for record in person.ids]
    there = storage.tasks_of(wanted)
    return [person for person in people if not any(record in there for record in person.ids)]


def end(campaign_id: str) -> None:
    """A part is through: if it was the last, everybody was looked at."""

    def decide() -> tuple[Decision, None]:
        campaign, parts = storage.whole(campaign_id)
        return preparing.done(campaign, parts, clock.now()) if campaign else Decision(reason="gone"), None

    decision, _ = settle(decide)
    logger.info("campaign_planned", campaign=campaign_id, reason=decision.reason)


# ── What was planned ──────────────────────────────────────────────────────────────────────────────


def look_through(campaign_id: str, number: int, turn: int, out_of_time: Callable[[], bool]) -> None:
    """Withdraws what a stopped campaign planned in one part of its people, or wakes what waited for one that goes on.
    Those it does not see yet are found when they are looked at. What it did is not met again: it may be repeated."""
    campaign = storage.campaign(campaign_id)
    if campaign is None or campaign.turn != turn:
        return
    if campaign.state is CampaignState.STOPPED:
        stands = [state.value for state in halting.WITHDRAWABLE]
    else:
        stands = [f"{TaskState.PLANNED.value}.{halting.CAMPAIGN_PAUSED}"]
    shards = range(number, storage.PARTS, max(1, campaign.parts))
    for shard in shards:
        for stand in stands:
            after = ""
            while found := storage.people_in(campaign_id, shard, stand, after, LOOKED_THROUGH):
                _settle_people(campaign, storage.tasks_at(found))
                after = found[-1].place
                if out_of_time():
                    message = LookThroughCampaign(campaign_id=campaign_id, part=number, turn=turn)
                    queues.queues.send("background", [messages.to_json(message)])
                    return


def _settle_people(campaign: Campaign, tasks: Iterable[Task]) -> None:
    now = clock.now()
    decided = [(task.id, decision) for task in tasks if (decision := _settled(campaign, task, now)).changes]
    for pack in fanning.packs(decided):
        try:
            commit(pack.decision)
        except Refused:
            for task in tasks:
                _settle_one(campaign, task.customer_id, task.id)


def _settle_one(campaign: Campaign, customer_id: str, task_id: str) -> None:
    def decide() -> tuple[Decision, None]:
        task = storage.tasks_of([(customer_id, task_id)]).get(customer_id)
        return _settled(campaign, task, clock.now()) if task else Decision(reason="gone"), None

    settle(decide)


def _settled(campaign: Campaign, task: Task, now: datetime) -> Decision:
    if campaign.state is not CampaignState.STOPPED:
        woken = halting.woken(task, campaign, now)
        return Decision((woken,), reason="woken") if woken else Decision(reason="does not wait")
    if task.state in halting.WITHDRAWABLE:
        return halting.decided(halting.withdrawn(task, campaign, now), now)
    return Decision(reason=f"is {task.state.value}")
