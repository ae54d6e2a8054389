"""The one Logger and the one Metrics, and the names of what is counted.

An event's name is constant, its data are fields; ids are fine, addresses and bodies never. Metrics are
CloudWatch's embedded metric format:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from enum import Enum

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

NAMESPACE = "Liana"
logger = Logger(service="liana")
metrics = Metrics(namespace=NAMESPACE, service="liana")


class Counted(Enum):
    """One business event, one metric."""

    INTERACTION = "Interaction"
    DUPLICATE = "Duplicate"
    QUARANTINED = "Quarantined"
    MAIL_UNREADABLE = "MailUnreadable"
    FROZEN = "Frozen"
    FORGED_TOKEN = "ForgedToken"  # noqa: S105 - a metric's name
    CASE_OPENED = "CaseOpened"
    PROMISE_AT_RISK = "PromiseAtRisk"
    PROMISE_BROKEN = "PromiseBroken"
    MAIL_SENT = "MailSent"
    MAIL_HELD = "MailHeld"
    MAIL_FAILED = "MailFailed"
    MAIL_UNCLEAR = "MailUnclear"
    MAIL_BOUNCED = "MailBounced"
    MAIL_COMPLAINED = "MailComplained"
    FACT = "Fact"
    TIER_CHANGED = "TierChanged"
    RECOVERY_OPENED = "RecoveryOpened"
    RECOVERY_KEPT = "RecoveryKept"
    RECOVERY_LOST = "RecoveryLost"
    RATING_ASKED = "RatingAsked"
    VOTE = "Vote"
    TASK_PLANNED = "TaskPlanned"
    TASK_QUEUED = "TaskQueued"
    TASK_PASSED_OVER = "TaskPassedOver"
    OUTREACH_BRAKED = "OutreachBraked"
    OUTREACH_COMPLAINED = "OutreachComplained"
    UNSUBSCRIBED = "Unsubscribed"
    SEGMENT_JOINED = "SegmentJoined"
    SEGMENT_LEFT = "SegmentLeft"
    SEGMENTS_NOT_SORTED = "SegmentsNotSorted"
    EVENT_TOLD = "EventTold"
    EVENTS_NOT_TOLD = "EventsNotTold"
    WEBHOOK_DELIVERED = "WebhookDelivered"
    WEBHOOK_FAILED = "WebhookFailed"
    WEBHOOK_SWITCHED_OFF = "WebhookSwitchedOff"
    RULE_RAN = "RuleRan"
    RECONCILED = "Reconciled"
    QUESTION = "Question"
    QUESTION_ANSWERED = "QuestionAnswered"
    SEARCH_FELL_BACK = "SearchFellBack"
    SEARCH_STALE = "SearchStale"
    MESSAGE_FAILED = "MessageFailed"


def count(what: Counted, n: int = 1) -> None:
    metrics.add_metric(name=what.value, unit=MetricUnit.Count, value=n)


def count_by_rule(what: Counted, rule: str) -> None:
    """The same event told apart by the rule that decided it; rules are a closed set, as dimensions have to be."""
    with single_metric(name=what.value, unit=MetricUnit.Count, value=1, namespace=NAMESPACE) as metric:
        metric.add_dimension(name="rule", value=rule)
