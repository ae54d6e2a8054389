"""The key grammar of the table, in one place; docs/data-model.md shows it as a chart.

    CUSTOMER#<id>        PROFILE | T#<ulid> (timeline, newest last) | T#~<ulid> (signposts) | F#<ulid> (facts not told)
                         | A#<ulid> (answers that wait) | N#<ulid> (letters to the staff)
                         | C#<case>#<n> (side conversations)
                         | M#<ulid> (what an agent says of a contact's mood)
                         | H#<case>#<edition> (changes of cases)
                         | HC#<ulid> (her cases) | MC#<case> (it was merged)
                         | SC#<case> (it was split off) | L#<ulid> (who looked) | X#<ulid> (exports)
                         | P#<pilot> (what becomes of her in a pilot)
                         | SEGMENTS (hers) | ORGANISATION (hers) | ERASING
    QUARANTINE#<day>#<n> T#<ulid>
    CASE#<id>            CASE
    HANDLE#<kind>:<v>    HANDLE
    MSG#<mailbox>#<id>   MSG
    RECEIPT#<source>     RECEIPT
    MACHINE#<id>         MACHINE
    ARTICLE#<slug>       ARTICLE | Q#<hash> (what was asked that it answers) | CARE (what is known of it)
                         | VOTE#<fingerprint> (whether it helped) | FINDING#<id> (what is wrong with it)
    GAP#<id>             GAP (what no article answers)
    PLAY#<name>          PLAY | V#<edition> (as it was approved)
    CAMPAIGN#<id>        CAMPAIGN | PART#<n> | LIST#<n> (who is on its list)
    PILOT#<id>           PILOT | E#<ulid> (what it said at a moment)
    WORDS#<language>     UNKNOWN (no article knows them) | PAIR#<word>#<other> (they may mean the same)
    LEARNING             LEARNING (when there is something to learn)
    ARTICLE#<ulid>       V#<edition>: what was published of an article, whatever it is called
    IMAGE#<id>           IMAGE (of an article)
    VISITOR#<id>         VISITOR | Q#<ulid> (what somebody asked whose name nobody knows)
    SEARCH               NEWEST (which snapshot is searched) | SNAPSHOT#<n> | BUILD (who builds the next)
    PENDING#<n>          <slug>: what the newest snapshot lacks
    TEMPLATE#<slug>      TEMPLATE
    UPLOAD#<id>          UPLOAD
    NOTICES#<staff id>   NOTICES (what she does not want to hear of)
    NOTIFIED#<who>       <hour>: what she was told in it
    MERGE#<id>           MERGE
    SWEEP#<job>#<run>    RUN | PART#<n>
    ORGANISATION#<id>    ORGANISATION
    MARK#<kind>:<v>      MARK (whose external id or domain it is)
    SEGMENTS             SEGMENTS (which there are)
    SEGMENT#<slug>       SEGMENT
    SEGMENT#<slug>#<n>   <customer id>: who is in it
    TALLY#<counter>#<n>  S#<what is summed>
    EXPORT#<id>          EXPORT
    ERASURE#<id>         ERASURE
    CALIBRATION          CALIBRATION
    STAFF#<id>           STAFF
    ADDRESS#<email>      ADDRESS (which member of staff has it)
    ADMINS               ADMINS (who they are)
    SESSION#<id>         SESSION
    CODE#<id>            CODE
    RATE#<whose>#<when>  RATE
    ACCESS#<day>#<n>     A#<ulid>
    OUTREACH_BRAKE       OUTREACH_BRAKE (whether anything is sent first)
    LISTENERS            LISTENERS (webhooks and rules that wait for events)
    WEBHOOK#<id>         WEBHOOK
    DELIVERY#<id>        DELIVERY (of an event to a webhook)
    RULEBOOK             RULEBOOK
    RUN#<id>             RUN (of a rule)
    AGENT#<staff id>     AGENT

What others chose (handles, message ids, idempotency keys) may be longer than a key: then a hash is its end.

Index `due`:  DUE#<lane>#<shard> → <instant>#<id>: what the clock must act on; nothing else is in it.
Index `list`: CASES#<shard>, TASKS#<state>#<shard> → order#<id>; CASE#<id> → <ulid>: a case's interactions;
ARTICLES#<shard> → <slug>;
GAPS#<shard> → <ulid>: questions and votes of which nothing was learned yet;
GAP#<id> → <ulid>: the questions of a gap; RANKED#<state> → <rank>#<id>: gaps; FINDINGS#<state> → <instant>#<id>;
PAIRS#<state> → <language and words>; UNKNOWN → <language>;
PLAYS → <name>; CAMPAIGNS → <ulid>; PILOTS → <ulid>;
CAMPAIGN#<id>#<n> → <state>[.<guardrail>]#<task>: a campaign's tasks, in place of TASKS;
HEARD → <instant>#<slug>: articles readers said something of;
CUSTOMERS#<shard> → <ulid>: everybody, for passes over all customers;
STAFF#<shard> → <email>; MACHINES#<shard> → <ulid>; ACCESS#<id> → <ulid>: what was done to a member of staff or a key.
Index `list`: CASES#<status>#<shard>, SNOOZED#<shard>, SOLVED#<day>#<shard>,
TASKS#<state>#<shard> → order#<id>; CASE#<id> → <ulid>: a case's interactions;
CASE#<id>#A → <ulid>: its answers that wait or waited; CASE#<id>#C → <n>: its side conversations;
CASE#<id>#C#<n> → <ulid>: what was said in one; TEMPLATES#<shard> → <slug>;
RECOVERIES#<tier>#<shard>, RATINGS#<score>#<shard>, MOODS#<shard> → <ulid>; ARTICLES#<shard> → <slug>; AGENTS#<shard>;
CUSTOMERS#<shard> → <ulid>: everybody, for passes over all customers;
DELIVERIES#<webhook>#<shard>, RUNS#<rule>#<shard> → <ulid>: what a webhook was sent, when a rule ran.
Index `queue`: QUEUE#<queue>#<team>#<lane>#<shard>, or KEPT#<agent> → <order>#<id>: work that waits for an agent.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple

from chalicelib.kernel import clock, ids
from chalicelib.model.customer import Handle
from chalicelib.model.work import Routing

DUE_SHARDS = 16
LIST_SHARDS = 8
QUEUE_SHARDS = 4  # of each lane of each queue
TALLY_SHARDS = 16
POPULATION_SHARDS = 32
MARK_SHARDS = 2  # of what the newest snapshot lacks
DueLane = Literal["work", "outreach"]
PROFILE = "PROFILE"
TIMELINE = "T#"
SUMS = "S#"
LOOKS = "L#"
HISTORY = "H#"
HER_CASES = "HC#"
CASE_MERGED = "MC#"
CASE_SPLIT_OFF = "SC#"
EXPORTS = "X#"
ACCESSES = "A#"
LATER = "A#"
LETTERS = "N#"
MOODS = "M#"
FINDINGS = "FINDING#"
VOTES = "VOTE#"
PAIRS = "PAIR#"
QUESTIONS = "Q#"
EDITIONS = "V#"
SUBJECTS = "P#"
EVIDENCE = "E#"
SIGNPOSTS = "~"  # behind every ulid, so that who reads the newest first meets them


LONGEST = 2048  # bytes of a partition key


class Key(NamedTuple):
    pk: str
    sk: str


CALIBRATION = Key("CALIBRATION", "CALIBRATION")  # one a stage
SEGMENTS = Key("SEGMENTS", "SEGMENTS")  # likewise
ADMINS = Key("ADMINS", "ADMINS")  # likewise
LISTENERS = Key("LISTENERS", "LISTENERS")
BRAKE = Key("OUTREACH_BRAKE", "OUTREACH_BRAKE")
LEARNING = Key("LEARNING", "LEARNING")
UNKNOWN = "UNKNOWN"
HEARD = "HEARD"
RULEBOOK = Key("RULEBOOK", "RULEBOOK")
NEWEST_SNAPSHOT = Key("SEARCH", "NEWEST")
SEARCH_BUILD = Key("SEARCH", "BUILD")


def customer(customer_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", PROFILE)


def timeline(customer_id: str, entry_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", TIMELINE + entry_id)


def signpost(customer_id: str, merge_id: str) -> Key:
    return timeline(customer_id, SIGNPOSTS + merge_id)


def later(customer_id: str, answer_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", LATER + answer_id)


def later_of_case(case_id: str, answer_id: str) -> Key:
    return Key(f"CASE#{case_id}#A", answer_id)


def staff_letter(customer_id: str, letter_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", LETTERS + letter_id)


def waits_for_her(customer_id: str, until: str, interaction_id: str) -> Key:
    return Key(f"MESSAGES#{customer_id}", f"{until}#{interaction_id}")


def side(customer_id: str, case_id: str, number: int) -> Key:
    return Key(f"CUSTOMER#{customer_id}", f"C#{case_id}#{number:04d}")


def side_of_case(case_id: str, number: int) -> Key:
    return Key(f"CASE#{case_id}#C", f"{number:04d}")


def said_aside(case_id: str, number: int, interaction_id: str) -> Key:
    return Key(f"CASE#{case_id}#C#{number:04d}", interaction_id)


def untold_fact(customer_id: str, fact_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", f"F#{fact_id}")


def look(customer_id: str, look_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", LOOKS + look_id)


def case_change(customer_id: str, case_id: str, edition: int) -> Key:
    """In the partition of the record the case is of, so that what is forgotten with her is found."""
    return Key(f"CUSTOMER#{customer_id}", f"{history_of(case_id)}{edition:08d}")


def history_of(case_id: str) -> str:
    return f"{HISTORY}{case_id}#"


def case_of_customer(customer_id: str, entry_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", HER_CASES + entry_id)


def case_merge(customer_id: str, case_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", CASE_MERGED + case_id)


def case_split(customer_id: str, case_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", CASE_SPLIT_OFF + case_id)


def exported(customer_id: str, export_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", EXPORTS + export_id)


def erasing(customer_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", "ERASING")


def export(export_id: str) -> Key:
    return Key(f"EXPORT#{export_id}", "EXPORT")


def erasure(erasure_id: str) -> Key:
    return Key(f"ERASURE#{erasure_id}", "ERASURE")


def quarantine(at: datetime, interaction_id: str) -> Key:
    shard = ids.shard_of(interaction_id, LIST_SHARDS)
    return Key(quarantine_shard(at, shard), TIMELINE + interaction_id)


def quarantine_shard(day: date, shard: int) -> str:
    return f"QUARANTINE#{day:%Y-%m-%d}#{shard:02d}"


def case(case_id: str) -> Key:
    return Key(f"CASE#{case_id}", "CASE")


def handle(owned: Handle) -> Key:
    return Key(_fitting(f"HANDLE#{owned}"), "HANDLE")


def message(mailbox: str, message_id: str) -> Key:
    return Key(_fitting(f"MSG#{mailbox}#{message_id}"), "MSG")


def receipt(source: str) -> Key:
    return Key(_fitting(f"RECEIPT#{source}"), "RECEIPT")


def machine(key_id: str) -> Key:
    return Key(f"MACHINE#{key_id}", "MACHINE")


def machines_shard(shard: int) -> str:
    return f"MACHINES#{shard:02d}"


def machine_by_age(key_id: str) -> Key:
    return Key(machines_shard(ids.shard_of(key_id, LIST_SHARDS)), key_id)


def staff_member(staff_id: str) -> Key:
    return Key(f"STAFF#{staff_id}", "STAFF")


def staff_shard(shard: int) -> str:
    return f"STAFF#{shard:02d}"


def staff_by_email(staff_id: str, email: str) -> Key:
    return Key(staff_shard(ids.shard_of(staff_id, LIST_SHARDS)), email)


def staff_address(email: str) -> Key:
    return Key(_fitting(f"ADDRESS#{email}"), "ADDRESS")


def session(session_id: str) -> Key:
    return Key(f"SESSION#{session_id}", "SESSION")


def code(code_id: str) -> Key:
    return Key(f"CODE#{code_id}", "CODE")


def rate(what: str, window: datetime) -> Key:
    return Key(_fitting(f"RATE#{what}#{clock.iso(window)}"), "RATE")


def access(at: datetime, event_id: str) -> Key:
    return Key(access_shard(at, ids.shard_of(event_id, LIST_SHARDS)), ACCESSES + event_id)


def access_shard(day: date, shard: int) -> str:
    return f"ACCESS#{day:%Y-%m-%d}#{shard:02d}"


def access_about(about: str, event_id: str) -> Key:
    return Key(accesses_about(about), event_id)


def accesses_about(about: str) -> str:
    return f"ACCESS#{about}"


def play(name: str) -> Key:
    return Key(f"PLAY#{name}", "PLAY")


def play_version(name: str, number: int) -> Key:
    return Key(f"PLAY#{name}", f"{PLAY_VERSIONS}{number:06d}")


PLAY_VERSIONS = "V#"
PLAYS = "PLAYS"  # one list: a company has dozens


def play_by_name(name: str) -> Key:
    return Key(PLAYS, name)


def campaign(campaign_id: str) -> Key:
    return Key(f"CAMPAIGN#{campaign_id}", "CAMPAIGN")


CAMPAIGNS = "CAMPAIGNS"  # one list: a company begins a few a day


def campaign_by_age(campaign_id: str) -> Key:
    return Key(CAMPAIGNS, campaign_id)


def campaign_part(campaign_id: str, number: int) -> Key:
    return Key(f"CAMPAIGN#{campaign_id}", f"PART#{number:02d}")


def list_chunk(campaign_id: str, number: int) -> Key:
    return Key(f"CAMPAIGN#{campaign_id}", f"LIST#{number:06d}")


def tasks_of_campaign(campaign_id: str, part: int) -> str:
    return f"CAMPAIGN#{campaign_id}#{part:02d}"


def task_of_campaign(campaign_id: str, customer_id: str, stand: str, task_id: str) -> Key:
    """In the part that holds the customers of one part of the population: a million tasks heat no partition."""
    part = ids.shard_of(customer_id, POPULATION_SHARDS)
    return Key(tasks_of_campaign(campaign_id, part), f"{stand}#{task_id}")


def pilot(pilot_id: str) -> Key:
    return Key(f"PILOT#{pilot_id}", "PILOT")


PILOTS = "PILOTS"  # one list: a company starts a few a month


def pilot_by_age(pilot_id: str) -> Key:
    return Key(PILOTS, pilot_id)


def evidence(pilot_id: str, evidence_id: str) -> Key:
    return Key(f"PILOT#{pilot_id}", EVIDENCE + evidence_id)


def subject(customer_id: str, pilot_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", SUBJECTS + pilot_id)


def article(slug: str) -> Key:
    return Key(f"ARTICLE#{slug}", "ARTICLE")


def article_edition(uid: str, edition: int) -> Key:
    return Key(f"ARTICLE#{uid}", f"{EDITIONS}{edition:06d}")


def article_image(image_id: str) -> Key:
    return Key(f"IMAGE#{image_id}", "IMAGE")


def template(slug: str) -> Key:
    return Key(f"TEMPLATE#{slug}", "TEMPLATE")


def templates_shard(shard: int) -> str:
    return f"TEMPLATES#{shard:02d}"


def template_by_slug(slug: str) -> Key:
    return Key(templates_shard(ids.shard_of(slug, LIST_SHARDS)), slug)


def upload(upload_id: str) -> Key:
    return Key(f"UPLOAD#{upload_id}", "UPLOAD")


def notice_settings(staff_id: str) -> Key:
    return Key(f"NOTICES#{staff_id}", "NOTICES")


def notified(whom: str, hour: datetime) -> Key:
    return Key(f"NOTIFIED#{whom}", clock.iso(hour))


def merge(merge_id: str) -> Key:
    return Key(f"MERGE#{merge_id}", "MERGE")


def sweep(job: str, run: str) -> Key:
    return Key(f"SWEEP#{job}#{run}", "RUN")


def sweep_part(job: str, run: str, number: int) -> Key:
    return Key(f"SWEEP#{job}#{run}", f"PART#{number:02d}")


def tally(counter: Sequence[str], shard: int) -> str:
    return _fitting(f"TALLY#{'#'.join(counter)}#{shard:02d}")


def sum_of(counter: Sequence[str], shard: int, of_what: str) -> Key:
    return Key(tally(counter, shard), SUMS + of_what)


def segment(slug: str) -> Key:
    return Key(f"SEGMENT#{slug}", "SEGMENT")


def members(slug: str, part: int) -> str:
    return f"SEGMENT#{slug}#{part:02d}"


def member(slug: str, customer_id: str) -> Key:
    """In the part of the segment that holds the customers of one part of the population."""
    return Key(members(slug, ids.shard_of(customer_id, POPULATION_SHARDS)), customer_id)


def memberships(customer_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", "SEGMENTS")


def organisation(organisation_id: str) -> Key:
    return Key(f"ORGANISATION#{organisation_id}", "ORGANISATION")


def organisation_mark(what: str, value: str) -> Key:
    return Key(_fitting(f"MARK#{what}:{value}"), "MARK")


def affiliation(customer_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", "ORGANISATION")


def webhook(webhook_id: str) -> Key:
    return Key(f"WEBHOOK#{webhook_id}", "WEBHOOK")


def delivery(delivery_id: str) -> Key:
    return Key(f"DELIVERY#{delivery_id}", "DELIVERY")


def rule_run(run_id: str) -> Key:
    return Key(f"RUN#{run_id}", "RUN")


def due(lane: DueLane, at: datetime, key: Key) -> Key:
    """Place on the due index; the shard follows the row, so that moving its time moves nothing else."""
    return Key(due_shard(lane, ids.shard_of("".join(key), DUE_SHARDS)), f"{clock.iso(at)}#{_id_in(key)}")


def due_shard(lane: DueLane, shard: int) -> str:
    return f"DUE#{lane}#{shard:02d}"


def open_cases_shard(status: str, shard: int) -> str:
    return f"CASES#{status}#{shard:02d}"


def open_case(case_id: str, status: str, order: str) -> Key:
    return Key(open_cases_shard(status, ids.shard_of(case_id, LIST_SHARDS)), f"{order}#{case_id}")


def snoozed_shard(shard: int) -> str:
    return f"SNOOZED#{shard:02d}"


def snoozed_case(case_id: str, order: str) -> Key:
    return Key(snoozed_shard(ids.shard_of(case_id, LIST_SHARDS)), f"{order}#{case_id}")


def solved_shard(day: date, shard: int) -> str:
    return f"SOLVED#{day:%Y-%m-%d}#{shard:02d}"


def solved_case(case_id: str, at: datetime) -> Key:
    return Key(solved_shard(at, ids.shard_of(case_id, LIST_SHARDS)), f"{clock.iso(at)}#{case_id}")


def tasks_shard(state: str, shard: int) -> str:
    return f"TASKS#{state}#{shard:02d}"


def task_in_state(state: str, order: str, task_id: str) -> Key:
    return Key(tasks_shard(state, ids.shard_of(task_id, LIST_SHARDS)), f"{order}#{task_id}")


def of_case(case_id: str, interaction_id: str) -> Key:
    return Key(f"CASE#{case_id}", interaction_id)


def recoveries_shard(tier: str, shard: int) -> str:
    return f"RECOVERIES#{tier}#{shard:02d}"


def open_recovery(tier: str, recovery_id: str) -> Key:
    return Key(recoveries_shard(tier, ids.shard_of(recovery_id, LIST_SHARDS)), recovery_id)


def ratings_shard(score: int, shard: int) -> str:
    return f"RATINGS#{score}#{shard:02d}"


def rating_by_score(score: int, rating_id: str) -> Key:
    return Key(ratings_shard(score, ids.shard_of(rating_id, LIST_SHARDS)), rating_id)


def mood_label(customer_id: str, interaction_id: str) -> Key:
    return Key(f"CUSTOMER#{customer_id}", MOODS + interaction_id)


def mood_labels_shard(shard: int) -> str:
    return f"MOODS#{shard:02d}"


def mood_label_by_age(label_id: str) -> Key:
    return Key(mood_labels_shard(ids.shard_of(label_id, LIST_SHARDS)), label_id)


def articles_shard(shard: int) -> str:
    return f"ARTICLES#{shard:02d}"


def article_by_slug(slug: str) -> Key:
    return Key(articles_shard(ids.shard_of(slug, LIST_SHARDS)), slug)


def question_of_visitor(visitor_id: str, question_id: str) -> Key:
    return Key(questions_of_visitor(visitor_id), QUESTIONS + question_id)


def visitor(visitor_id: str) -> Key:
    return Key(_fitting(f"VISITOR#{visitor_id}"), "VISITOR")


def gap_questions_shard(shard: int) -> str:
    return f"GAPS#{shard:02d}"


def gap_question(question_id: str) -> Key:
    """Among the questions no article answered, by when they were asked."""
    return Key(gap_questions_shard(ids.shard_of(question_id, LIST_SHARDS)), question_id)


def question_of_gap(gap_id: str, question_id: str) -> Key:
    return Key(questions_of_gap(gap_id), question_id)


def questions_of_gap(gap_id: str) -> str:
    return f"GAP#{gap_id}"


def gap(gap_id: str) -> Key:
    return Key(f"GAP#{gap_id}", "GAP")


def ranked(state: str) -> str:
    return f"RANKED#{state}"


def ranked_gap(state: str, rank: int, gap_id: str) -> Key:
    return Key(ranked(state), f"{rank:06d}#{gap_id}")


def article_vote(slug: str, voter: str) -> Key:
    return Key(f"ARTICLE#{slug}", f"{VOTES}{voter}")


def unlearned_vote(slug: str, voter: str, at: datetime) -> Key:
    """Among the questions of which nothing was learned yet, by when it was given."""
    return Key(gap_questions_shard(ids.shard_of(voter, LIST_SHARDS)), ids.derived_ulid(at, "vote", slug, voter))


def article_care(slug: str) -> Key:
    return Key(f"ARTICLE#{slug}", "CARE")


def heard_of(slug: str, at: datetime) -> Key:
    return Key(HEARD, f"{clock.iso(at)}#{slug}")


def finding(finding_id: str) -> Key:
    """Its id begins with the slug of the article it is about."""
    return Key(f"ARTICLE#{finding_id.partition('.')[0]}", FINDINGS + finding_id)


def findings_in_state(state: str) -> str:
    return f"FINDINGS#{state}"


def finding_by_age(finding_id: str, state: str, at: datetime) -> Key:
    return Key(findings_in_state(state), f"{clock.iso(at)}#{finding_id}")


def word_pair(language: str, word: str, other: str) -> Key:
    return Key(f"WORDS#{language}", f"{PAIRS}{word}#{other}")


def pairs_in_state(state: str) -> str:
    return f"PAIRS#{state}"


def pair_in_state(state: str, pair_id: str) -> Key:
    return Key(pairs_in_state(state), pair_id)


def unknown_words(language: str) -> Key:
    return Key(f"WORDS#{language}", UNKNOWN)


def learned_question(slug: str, text: str) -> Key:
    return Key(f"ARTICLE#{slug}", f"{QUESTIONS}{hashlib.sha256(text.encode()).hexdigest()[:32]}")


def questions_of_visitor(visitor_id: str) -> str:
    return f"VISITOR#{visitor_id}"


def snapshot(number: int) -> Key:
    return Key("SEARCH", f"SNAPSHOT#{number:08d}")


def search_marks_shard(shard: int) -> str:
    return f"PENDING#{shard:02d}"


def search_mark(slug: str) -> Key:
    return Key(search_marks_shard(ids.shard_of(slug, MARK_SHARDS)), slug)


def organisations_shard(shard: int) -> str:
    return f"ORGANISATIONS#{shard:02d}"


def organisation_by_age(organisation_id: str) -> Key:
    return Key(organisations_shard(ids.shard_of(organisation_id, LIST_SHARDS)), organisation_id)


def members_of(organisation_id: str) -> str:
    return f"ORGANISATION#{organisation_id}"


def agent(agent_id: str) -> Key:
    return Key(f"AGENT#{agent_id}", "AGENT")


def agents_shard(shard: int) -> str:
    return f"AGENTS#{shard:02d}"


def agent_by_id(agent_id: str) -> Key:
    return Key(agents_shard(ids.shard_of(agent_id, LIST_SHARDS)), agent_id)


def present_shard(shard: int) -> str:
    return f"PRESENT#{shard:02d}"


def present_agent(agent_id: str) -> Key:
    """Place on the index of queues of an agent who is there."""
    return Key(present_shard(ids.shard_of(agent_id, LIST_SHARDS)), agent_id)


LOAD = Key("LOAD#desk", "LOAD")


def queue_lane(queue: str, team: str, lane: str, shard: int) -> str:
    return f"QUEUE#{queue}#{team}#{lane}#{shard:02d}"


def kept_for(agent_id: str) -> str:
    return f"KEPT#{agent_id}"


def waiting(queue: str, routing: Routing, work_id: str, priority: int = 0) -> Key:
    """Place of waiting work: in its queue, or with the agent it is kept for."""
    shard = ids.shard_of(work_id, QUEUE_SHARDS)
    line = queue_lane(queue, routing.team, routing.lane, shard)
    return Key(
        kept_for(routing.kept_for) if routing.kept_for else line, f"{clock.iso(routing.stands_at(priority))}#{work_id}"
    )


def population_shard(shard: int) -> str:
    return f"CUSTOMERS#{shard:02d}"


def in_population(customer_id: str) -> Key:
    return Key(population_shard(ids.shard_of(customer_id, POPULATION_SHARDS)), customer_id)


def deliveries_shard(webhook_id: str, shard: int) -> str:
    return f"DELIVERIES#{webhook_id}#{shard:02d}"


def delivery_of(webhook_id: str, delivery_id: str) -> Key:
    return Key(deliveries_shard(webhook_id, ids.shard_of(delivery_id, LIST_SHARDS)), delivery_id)


def runs_shard(rule: str, shard: int) -> str:
    return f"RUNS#{rule}#{shard:02d}"


def run_of(rule: str, run_id: str) -> Key:
    return Key(runs_shard(rule, ids.shard_of(run_id, LIST_SHARDS)), run_id)


def _id_in(key: Key) -> str:
    """The id of the row at a key: behind T#, A# or N#, or that of the partition."""
    named = key.sk[:2] in (TIMELINE, LATER, LETTERS)
    return key.sk[2:] if named else key.pk.partition("#")[2]


def _fitting(pk: str) -> str:
    """The partition key itself, or its beginning and the hash of the whole: no two long ones become one."""
    data = pk.encode()
    if len(data) <= LONGEST:
        return pk
    end = f"#{hashlib.sha256(data).hexdigest()}"
    return data[: LONGEST - len(end)].decode(errors="ignore") + end
