"""What do rules and webhooks tell?"""

from chalicelib.automation import data as of
from chalicelib.automation.events.told import Told
from chalicelib.model.rule import RuleRun
from chalicelib.model.webhook import Webhook


def of_rule_run(old: RuleRun | None, new: RuleRun | None) -> list[Told]:
    if new is None or old is not None:
        return []
    told = of.RuleData(
        rule=new.rule,
        edition=new.edition,
        event_id=new.event_id,
        event_type=new.event_type,
        did=tuple(did.partition(" ")[0] for did in new.did),
        skipped=tuple(sorted(new.skipped)),
    )
    return [Told("rule.ran", told, new.customer_id, new.case_id)]


def of_webhook(old: Webhook | None, new: Webhook | None) -> list[Told]:
    if not (old and new and new.off_because and not old.off_because):
        return []
    return [Told("webhook.switched_off", of.WebhookData(webhook_id=new.id, because=new.off_because))]
