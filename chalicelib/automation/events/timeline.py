"""What do entries of the timeline tell? Each has its event's name in NEWS, or its reason in SILENT_NEWS."""

from collections.abc import Mapping

from chalicelib.automation import data as of
from chalicelib.automation.events.told import Told
from chalicelib.model.event import Event, EventKind


def of_event(old: Event | None, new: Event | None) -> list[Told]:
    """Entries of the timeline that no other row tells of."""
    if new is None or old is not None or new.what not in NEWS:
        return []
    told = of.NewsData(entry_id=new.id, task_id=new.task_id)
    return [Told(NEWS[new.what], told, new.customer_id, new.case_id)]


NEWS: Mapping[EventKind, str] = {
    EventKind.TIER_WILL_CHANGE: "customer.tier_will_change",
    EventKind.TIER_KEPT: "customer.tier_kept",
    EventKind.UNSUBSCRIBED: "customer.unsubscribed",
    EventKind.BLOCKED: "customer.blocked",
    EventKind.UNBLOCKED: "customer.unblocked",
    EventKind.PARTICIPANT_CONFIRMED: "participant.confirmed",
    EventKind.PARTICIPANT_REVOKED: "participant.revoked",
    EventKind.ATTACHMENTS_UNLOCKED: "attachments.unlocked",
    EventKind.ANSWER_SCHEDULED: "answer.scheduled",
    EventKind.ANSWER_CANCELLED: "answer.cancelled",
    EventKind.SIDE_OPENED: "side.opened",
    EventKind.SIDE_CLOSED: "side.closed",
    EventKind.SIDE_REOPENED: "side.reopened",
    EventKind.SIDE_INTRUDED: "side.intruded",
}
SILENT_NEWS: Mapping[EventKind, str] = {
    EventKind.TIER_CHANGED: "customer.tier_changed, by her row",
    EventKind.TIER_PINNED: "customer.tier_pinned, by her row",
    EventKind.TIER_PIN_ENDED: "customer.tier_pinned, by her row",
    EventKind.CASE_SOLVED: "case.solved, by the case",
    EventKind.CASE_CLOSED: "case.closed, by the case",
    EventKind.CASE_REOPENED: "case.reopened, by the case",
    EventKind.CASE_SNOOZED: "case.changed, by the case",
    EventKind.CASE_WOKEN: "case.changed, by the case",
    EventKind.CASE_TAKEN_OVER: "case.changed, by the case, when whoever took over changes it",
    EventKind.CASES_MERGED: "case.merged, by the case",
    EventKind.CASE_MERGE_UNDONE: "case.changed, by the case",
    EventKind.CASE_SPLIT: "case.opened, by the case",
    EventKind.CASE_SPLIT_UNDONE: "case.merged, by the case",
    EventKind.PROMISE_AT_RISK: "promise.at_risk, by the case",
    EventKind.PROMISE_BROKEN: "promise.broken, by the case",
    EventKind.MAIL_BOUNCED: "interaction.bounced, by the mail",
    EventKind.MAIL_COMPLAINED: "interaction.complained, by the mail",
    EventKind.HANDLE_ADDED: "handle.added, by the handle",
    EventKind.HANDLE_SPLIT_OFF: "handle.moved, by the handle",
    EventKind.MERGED: "customer.merged, by the merge",
    EventKind.MERGE_UNDONE: "customer.unmerged, by the merge",
    EventKind.ORGANISATION_JOINED: "organisation.joined, by the affiliation",
    EventKind.ORGANISATION_LEFT: "organisation.left, by the affiliation",
    EventKind.TEAM_CHANGED: "customer.team_changed, by her row",
    EventKind.CASE_REASSIGNED: "case.assigned, by the case",
    EventKind.URGENCY_SET: "case.changed, by the case",
    EventKind.MOOD_CORRECTED: "mood.corrected, by the label",
    EventKind.LANGUAGE_CHANGED: "customer.changed, by her row",
    EventKind.CALLED: "interaction.received, by the contact",
    EventKind.QUESTION_ANSWERED: "knowledge.gap_answered, by the gap",
    EventKind.OUTCOME: "task.*, by the task",
    EventKind.RULE_RAN: "rule.ran, by the run",
}
