"""An event: something that happened to a customer's record that is not a contact, told on her timeline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class EventKind(Enum):
    TIER_CHANGED = "tier_changed"
    TIER_WILL_CHANGE = "tier_will_change"  # it will be lowered, unless her index rises again
    TIER_KEPT = "tier_kept"  # after all: what was told before no longer holds
    TIER_PINNED = "tier_pinned"
    TIER_PIN_ENDED = "tier_pin_ended"
    CASE_SOLVED = "case_solved"
    CASE_CLOSED = "case_closed"
    CASE_REOPENED = "case_reopened"  # by an agent; when she writes again her contact tells
    CASE_SNOOZED = "case_snoozed"
    CASE_WOKEN = "case_woken"
    CASE_TAKEN_OVER = "case_taken_over"  # from a colleague who was working on it
    CASES_MERGED = "cases_merged"
    CASE_MERGE_UNDONE = "case_merge_undone"
    CASE_SPLIT = "case_split"
    CASE_SPLIT_UNDONE = "case_split_undone"
    PROMISE_AT_RISK = "promise_at_risk"
    PROMISE_BROKEN = "promise_broken"
    MAIL_BOUNCED = "mail_bounced"
    MAIL_COMPLAINED = "mail_complained"
    PARTICIPANT_CONFIRMED = "participant_confirmed"
    PARTICIPANT_REVOKED = "participant_revoked"
    ATTACHMENTS_UNLOCKED = "attachments_unlocked"
    ANSWER_SCHEDULED = "answer_scheduled"  # it is sent later
    ANSWER_CANCELLED = "answer_cancelled"  # one that was to be sent later
    SIDE_OPENED = "side_opened"
    SIDE_CLOSED = "side_closed"
    SIDE_REOPENED = "side_reopened"
    SIDE_INTRUDED = "side_intruded"  # she wrote to the address of a side conversation
    LANGUAGE_CHANGED = "language_changed"
    UNSUBSCRIBED = "unsubscribed"
    BLOCKED = "blocked"  # nobody contacts her first any more
    UNBLOCKED = "unblocked"
    HANDLE_ADDED = "handle_added"
    HANDLE_SPLIT_OFF = "handle_split_off"
    MERGED = "merged"
    MERGE_UNDONE = "merge_undone"
    ORGANISATION_JOINED = "organisation_joined"
    ORGANISATION_LEFT = "organisation_left"
    TEAM_CHANGED = "team_changed"
    URGENCY_SET = "urgency_set"
    MOOD_CORRECTED = "mood_corrected"
    RULE_RAN = "rule_ran"  # a rule of the company's did something about a case of hers
    CASE_REASSIGNED = "case_reassigned"  # to another agent, or back into its queue
    CALLED = "called"  # she rang; never stored: the contact tells it
    QUESTION_ANSWERED = "question_answered"  # there is an article now; never stored: her question and the gap tell it
    OUTCOME = "outcome"  # of a task: what came of reaching out, or why she was passed over


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    id: str
    customer_id: str
    what: EventKind
    at: datetime
    case_id: str = ""
    task_id: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None
