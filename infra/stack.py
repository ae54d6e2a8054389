"""CloudFormation, told as it happens: a change set is made, executed and watched until the stack rests."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from infra.cloud import Cloud
from infra.trouble import Trouble

Progress = Callable[[str], None]
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
_PATIENCE = 3600  # seconds; a deploy takes minutes


@dataclass(frozen=True)
class Stack:
    """A deployed stage: the stack's own outputs and parameters, and by name what callers need of them."""

    name: str
    status: str
    updated: str
    outputs: Mapping[str, str]
    parameters: Mapping[str, str]

    @property
    def stage(self) -> str:
        return self.parameters["Stage"]

    @property
    def sending(self) -> str:
        return self.parameters["Sending"]

    @property
    def api_url(self) -> str:
        return self.outputs["ApiUrl"]

    @property
    def table_name(self) -> str:
        return self.outputs["TableName"]

    @property
    def bucket_name(self) -> str:
        return self.outputs["BucketName"]

    @property
    def inbound_domain(self) -> str:
        return self.outputs["InboundDomain"]

    @property
    def sender_address(self) -> str:
        return self.outputs["SenderAddress"]

    @property
    def mail_topic(self) -> str:
        return self.outputs["MailTopicArn"]

    @property
    def event_bus(self) -> str:
        return self.outputs["EventBusName"]

    @property
    def feedback_topic(self) -> str:
        return self.outputs["FeedbackTopicArn"]

    def queues(self) -> dict[str, str]:
        """Every queue's URL by its name in the template: MailQueue, MailDeadLetters …"""
        return {
            key.removesuffix("Url"): url
            for key, url in sorted(self.outputs.items())
            if key.endswith(("QueueUrl", "DeadLettersUrl"))
        }


def find(cloud: Cloud, name: str) -> Stack | None:
    """The stack if it was ever deployed; a stack under review or deleted is none."""
    try:
        found = cloud.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    if found["StackStatus"] in ("REVIEW_IN_PROGRESS", "DELETE_COMPLETE"):
        return None
    return Stack(
        name=name,
        status=found["StackStatus"],
        updated=str(found.get("LastUpdatedTime") or found.get("CreationTime") or ""),
        outputs={o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])},
        parameters={p["ParameterKey"]: p["ParameterValue"] for p in found.get("Parameters", [])},
    )


def require(cloud: Cloud, name: str) -> Stack:
    stack = find(cloud, name)
    if stack is None:
        raise Trouble(f"{name} is not deployed in {cloud.region} ({cloud.endpoint or 'AWS'}): deploy it first")
    return stack


def apply(
    cloud: Cloud,
    name: str,
    template_url: str | None,
    parameters: Mapping[str, str | None],
    progress: Progress,
) -> Stack:
    """Creates or updates the stack; `None` keeps the template, or a parameter. No change is no error."""
    cloudformation = cloud.client("cloudformation")
    existing = _deployable(cloud, name, progress)
    if existing is None and template_url is None:
        raise Trouble(f"{name} is not deployed: there is no template to keep")
    change_set = f"deploy-{time.time_ns()}"
    request: dict[str, Any] = {
        "StackName": name,
        "ChangeSetName": change_set,
        "ChangeSetType": "UPDATE" if existing else "CREATE",
        "Parameters": [
            {"ParameterKey": key, "UsePreviousValue": True}
            if value is None
            else {"ParameterKey": key, "ParameterValue": value}
            for key, value in parameters.items()
            if existing or value is not None
        ],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        **({"TemplateURL": template_url} if template_url else {"UsePreviousTemplate": True}),
    }
    if not existing:
        # Table and bucket outlive their stack (`destroy` keeps data): the next one takes them up by name.
        request["ImportExistingResources"] = True
        # MiniStack's validation takes the bucket it is about to import for a conflict.
        request["DisableValidation"] = cloud.target == "local"
    cloudformation.create_change_set(**request)
    if not _ready(cloud, name, change_set):
        progress("stack: nothing to change")
        return require(cloud, name)
    seen: set[str] = set()
    _new_events(cloud, name, seen)
    cloudformation.execute_change_set(StackName=name, ChangeSetName=change_set)
    _watch(cloud, name, seen, progress)
    return require(cloud, name)


def delete(cloud: Cloud, name: str, progress: Progress) -> None:
    """Deletes the stack; resources with `DeletionPolicy: Retain` stay."""
    seen: set[str] = set()
    _new_events(cloud, name, seen)
    cloud.client("cloudformation").delete_stack(StackName=name)
    _watch(cloud, name, seen, progress)


def _deployable(cloud: Cloud, name: str, progress: Progress) -> Stack | None:
    """The stack, if in a state that takes a change set. One whose creation failed is removed first."""
    existing = find(cloud, name)
    if existing is None:
        return None
    if existing.status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"):
        progress(f"stack: removing what an earlier attempt left ({existing.status})")
        delete(cloud, name, progress)
        return None
    if existing.status.endswith("_IN_PROGRESS"):
        raise Trouble(f"{name} is {existing.status}: somebody is deploying it; wait and try again")
    if existing.status == "UPDATE_ROLLBACK_FAILED":
        raise Trouble(f"{name} is UPDATE_ROLLBACK_FAILED: continue its rollback in the CloudFormation console first")
    return existing


def _ready(cloud: Cloud, name: str, change_set: str) -> bool:
    """Waits for the change set; False if it changes nothing (it is then removed)."""
    cloudformation = cloud.client("cloudformation")
    while True:
        described = cloudformation.describe_change_set(StackName=name, ChangeSetName=change_set)
        if described["Status"] == "CREATE_COMPLETE":
            return True
        if described["Status"] == "FAILED":
            reason = described.get("StatusReason", "no reason given")
            cloudformation.delete_change_set(StackName=name, ChangeSetName=change_set)
            if any(phrase in reason for phrase in _NO_CHANGES):
                return False
            raise Trouble(f"{name}: CloudFormation refuses the change: {reason}")
        time.sleep(cloud.pause)


def _new_events(cloud: Cloud, name: str, seen: set[str]) -> list[dict[str, Any]]:
    """The stack's events not seen yet, oldest first; a stack just deleted has none under its name."""
    new: list[dict[str, Any]] = []
    try:
        for page in cloud.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=name):
            unseen = [event for event in page["StackEvents"] if event["EventId"] not in seen]
            new += unseen
            if len(unseen) < len(page["StackEvents"]):
                break
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
    seen |= {event["EventId"] for event in new}
    return new[::-1]


def _watch(cloud: Cloud, name: str, seen: set[str], progress: Progress) -> None:
    """Tells each resource as it is done, until the stack rests; the first failure becomes the Trouble."""
    failure = ""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        stack = find(cloud, name)
        for event in _new_events(cloud, name, seen):
            status, reason = event["ResourceStatus"], event.get("ResourceStatusReason", "")
            what = event["LogicalResourceId"]
            if status.endswith("_FAILED"):
                # Those that follow are only cancelled because of the first.
                failure = failure or f"{what}: {reason or status}"
            if what != name and not status.endswith("_IN_PROGRESS"):
                progress(f"stack: {status.lower().replace('_', ' ')}  {what}")
        if stack is None or not stack.status.endswith("_IN_PROGRESS"):
            if stack and (failure or "ROLLBACK" in stack.status or stack.status.endswith("_FAILED")):
                reason = _validation(cloud, name) or failure or "no reason given"
                raise Trouble(f"{name} is {stack.status}: {reason}")
            return
        time.sleep(cloud.pause)
    raise Trouble(f"{name} is still not done after an hour: look at its events in the CloudFormation console")


def _validation(cloud: Cloud, name: str) -> str:
    """What CloudFormation found wrong before it began, which its events only hint at."""
    events = cloud.client("cloudformation").describe_events(StackName=name)["OperationEvents"]
    found = [
        f"{event.get('LogicalResourceId', name)}: {event['ValidationStatusReason']}"
        for event in events
        if event.get("ValidationStatus") == "FAILED" and event.get("ValidationFailureMode") == "FAIL"
    ]
    return "; ".join(found)
