"""SES's receipt rule sets: an account has one active set per region, and we share it rather than take over.

CloudFormation makes sets and rules but cannot make a set the active one, nor delete one that is.
"""

from infra.cloud import Cloud
from infra.trouble import Trouble


def active_rule_set(cloud: Cloud) -> str:
    """The name of the set that is active; empty if none is."""
    described = cloud.client("ses").describe_active_receipt_rule_set()
    return str(described.get("Metadata", {}).get("Name", ""))


def activate(cloud: Cloud, name: str) -> None:
    cloud.client("ses").set_active_receipt_rule_set(RuleSetName=name)


def step_down(cloud: Cloud, name: str) -> None:
    """Makes our own set inactive, so that it can be deleted; refuses while rules of others live in it."""
    ses = cloud.client("ses")
    rules = ses.describe_receipt_rule_set(RuleSetName=name)["Rules"]
    if others := [rule["Name"] for rule in rules if rule["Name"] != name]:
        raise Trouble(f"receipt rule set {name} also holds {', '.join(others)}: move these to another set first")
    ses.set_active_receipt_rule_set()
