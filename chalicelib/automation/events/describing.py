"""How are events described to others?"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.automation import data as of
from chalicelib.automation.events.catalogue import EventType
from chalicelib.model.domain_event import DomainEvent, Subject

_AT = datetime.fromisoformat("2026-11-20T12:00:00+00:00")
_OPEN = {"status": "new", "channel": "email", "tier": "gold", "priority": 1, "topic": "delivery", "opened_at": _AT}
_TASK = {"play": "payment_will_fail", "purpose": "service", "channel": "email", "tier": "gold", "due_at": _AT}
EXAMPLES: Mapping[type[of.Data], of.Data] = {
    type(example): example
    for example in (
        of.CaseData(**{**_OPEN, "owed_by": _AT, "changed": ("topic",)}),  # type: ignore[arg-type]
        of.PromiseData(promise="first_answer", state="open", channel="email", tier="gold", made_at=_AT, due_at=_AT),
        of.CampaignData(campaign_id="01KAM8Q6C3V8QW2E0N4B7T9XYZ", play="payment_will_fail", state="running",
            audience="segment", expected=1200),
        of.InteractionData(
            interaction_id="01M800QRH468D536G0AQJJ040B", channel="email", direction="in", purpose="contact", tier="gold"
        ),
        of.CustomerData(tier="gold", language="de", handles=1, open_cases=1),
        of.TierData(tier="platinum", was="gold", at=_AT),
        of.HandleData(kind="email"),
        of.FactData(
            fact_id="01M800QRH468D536G0AQJJ040C", what="order", occurred_at=_AT, margin=1250, currency="EUR"
        ),
        of.TaskData(task_id="01M800QRH468D536G0AQJJ040D", state="planned", **_TASK),  # type: ignore[arg-type]
        of.PlayData(play="payment_will_fail", state="stopped", edition=2, by="Lea", why="the text names a wrong date"),
        of.BrakeData(why="31 of 5000 notices were complained of"),
        of.PilotData(
            pilot_id="01M800QRH468D536G0AQJJ040S", play="payment_will_fail", state="running", outcome="goal", period=1
        ),
        of.SegmentData(segment="gold-and-silent", state="ready", edition=1),
        of.GapData(gap_id="01M800QRH468D536G0AQJJ040R", state="proposed", language="en", asks=9, people=6),
        of.FeedbackData(article="returning-goods", helpful=12, not_helpful=3, standing=100),
        of.FindingData(
            finding_id="returning-goods.0123456789ab", what="dead_link", article="returning-goods", state="open"
        ),
        of.ArticleData(article="returning-goods", edition=2, languages=("en", "zh-Hans")),
        of.OrganisationData(organisation_id="01M800QRH468D536G0AQJJ040E", edition=1),
        of.MergeData(
            merge_id="01M800QRH468D536G0AQJJ040F",
            survivor_id="01M800QRH468D536G0AQJJ040A",
            absorbed_id="01M800QRH468D536G0AQJJ040G",
        ),
        of.ErasureData(erasure_id="01M800QRH468D536G0AQJJ040H", records=("01M800QRH468D536G0AQJJ040A",)),
        of.RecoveryData(
            recovery_id="01M800QRH468D536G0AQJJ040N", state="open", tier="gold", for_role="agent", cause="angry",
            causes=("broken_promise", "angry"), follow_until=_AT,
        ),
        of.RatingData(rating_id="01M800QRH468D536G0AQJJ040P", state="answered", tier="gold", channel="email", score=4),
        of.MoodData(interaction_id="01M800QRH468D536G0AQJJ040B", mood="annoyed", judged="calm"),
        of.NewsData(entry_id="01M800QRH468D536G0AQJJ040J"),
        of.RuleData(
            rule="billing-first", edition=3, event_id="01M800QRH468D536G0AQJJ040K", event_type="case.opened",
            did=("set_topic",),
        ),
        of.WebhookData(webhook_id="01M800QRH468D536G0AQJJ040M", because="it answered 410: it is gone"),
    )
}  # fmt: skip


def example_of(event: EventType) -> DomainEvent:
    """One such event, as listeners get it."""
    given = {"customer_id": "01M800QRH468D536G0AQJJ040A", "case_id": "68d536g0aqjj"}
    subject = Subject(**{name: value for name, value in given.items() if name in event.about})
    return DomainEvent(
        id="01M800QRH468D536G0AQJJ0400",
        type=event.name,
        version=event.version,
        timestamp=_AT,
        stage="prod",
        sequence=1,
        subject=subject,
        data=msgspec.to_builtins(EXAMPLES[event.data]),
    )


def schema_of(event: EventType) -> dict[str, Any]:
    """The JSON Schema of one such event, the envelope included."""
    (_, data), definitions = msgspec.json.schema_components((DomainEvent, event.data), ref_template="#/$defs/{name}")
    whole = dict(definitions["DomainEvent"])
    own = {
        "type": {"const": event.name},
        "version": {"const": event.version},
        "timestamp": {"type": "string", "format": "date-time"},
        "data": data,
    }
    whole |= {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event.name,
        "description": event.means,
        "properties": {**whole["properties"], **own},
        "required": list(whole["properties"]),
        "$defs": {name: each for name, each in definitions.items() if name != "DomainEvent"},
    }
    return whole
