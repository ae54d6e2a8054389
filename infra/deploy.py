"""The one way to deploy, to AWS and the local cloud alike: package, upload, change set, then the rest."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from infra import emulation, stack
from infra.cloud import Cloud
from infra.hub import save_rules
from infra.keys import ensure_keys, forget_keys
from infra.packaging import Package, host_architecture, package
from infra.receiving import activate, active_rule_set, step_down
from infra.stack import Stack
from infra.stages import Stage, local_stage

Progress = Callable[[str], None]
_MEGABYTE = 1_000_000


def deploy(cloud: Cloud, stage: Stage, *, sending: str | None = None, progress: Progress = print) -> Stack:
    """Brings the stage up to the working tree. `sending=None` leaves the switch as it is: off at first."""
    architecture = "arm64" if cloud.target == "aws" else host_architecture()
    built = package(stage.name, architecture, progress)
    ensure_sender(cloud, stage, progress)
    if ensure_keys(cloud, stage):
        progress(f"keys: made {stage.keys_parameter}")
    template_url = _upload(cloud, stage, built, progress)
    active = active_rule_set(cloud) if cloud.target == "aws" else ""
    parameters: dict[str, str | None] = {
        **stage.parameters(),
        "Target": cloud.target,
        "Sending": sending,
        "LocalEndpoint": cloud.endpoint,
        "ReceiptRuleSet": "" if active == stage.stack_name else active,
    }
    deployed = _apply(cloud, stage.stack_name, template_url, parameters, progress)
    if edition := save_rules(cloud, deployed, stage.rules):
        progress(f"rules: edition {edition} is in force")
    if cloud.target == "aws" and not active:
        activate(cloud, stage.stack_name)
        progress(f"mail: receipt rule set {stage.stack_name} is now the active one")
    return deployed


def deploy_local(
    cloud: Cloud,
    stage: str = "dev",
    sending: str | None = "on",
    progress: Progress = print,
    settings: Stage | None = None,
) -> Stack:
    """Deploys the make-believe company (or `settings`) to a local cloud; the very same steps as on AWS."""
    return deploy(cloud, settings or local_stage(stage), sending=sending, progress=progress)


def switch_sending(cloud: Cloud, stack_name: str, sending: str, progress: Progress = print) -> Stack:
    """Turns sending on or off, and changes nothing else."""
    current = stack.require(cloud, stack_name)
    parameters: dict[str, str | None] = dict.fromkeys(current.parameters)
    return _apply(cloud, stack_name, None, {**parameters, "Sending": sending}, progress)


def destroy(cloud: Cloud, stage: Stage, *, delete_data: bool, progress: Progress = print) -> None:
    """Removes the stage. Table, bucket and keys stay for its next deploy, unless data shall go too.

    The SES identity always stays: it is the domain owner's, and other programs may send with it.
    """
    found = stack.require(cloud, stage.stack_name)
    if cloud.target == "aws" and active_rule_set(cloud) == stage.stack_name:
        step_down(cloud, stage.stack_name)
    stack.delete(cloud, stage.stack_name, progress)
    if delete_data:
        _delete_data(cloud, found)
        forget_keys(cloud, stage)
    kept = (
        "nothing is kept" if delete_data else f"kept: {found.table_name}, {found.bucket_name}, {stage.keys_parameter}"
    )
    progress(f"{stage.stack_name} is gone; {kept}")


def _apply(
    cloud: Cloud, name: str, template_url: str | None, parameters: dict[str, str | None], progress: Progress
) -> Stack:
    deployed = stack.apply(cloud, name, template_url, parameters, progress)
    if cloud.target == "local":
        emulation.complete(cloud, deployed)
    return deployed


def ensure_sender(cloud: Cloud, stage: Stage, progress: Progress) -> None:
    """Registers the sender's domain with SES unless SES already knows it or the address itself."""
    ses = cloud.client("sesv2")
    domain = stage.sender_address.rpartition("@")[2]
    if not any(_identity(ses, name) for name in (stage.sender_address, domain)):
        ses.create_email_identity(EmailIdentity=domain)
        progress(f"mail: registered {domain} with SES; it may send once its DNS records are found")


def _identity(ses: Any, name: str) -> bool:
    try:
        ses.get_email_identity(EmailIdentity=name)
    except ses.exceptions.NotFoundException:
        return False
    return True


def _upload(cloud: Cloud, stage: Stage, built: Package, progress: Progress) -> str:
    """Puts zip and template into the artefact bucket under their digests; returns the template's address."""
    s3 = cloud.client("s3")
    bucket = f"liana-artefacts-{cloud.account}-{cloud.region}"
    _ensure_bucket(cloud, bucket)
    zip_key = f"{built.digest}.zip"
    if not _has_object(s3, bucket, zip_key):
        s3.put_object(Bucket=bucket, Key=zip_key, Body=built.zip_path.read_bytes())
        progress(f"upload: {built.zip_path.stat().st_size / _MEGABYTE:.1f} MB to {bucket}")
    body = json.dumps(_final(cloud, stage, built, f"s3://{bucket}/{zip_key}")).encode()
    key = f"{hashlib.sha256(body).hexdigest()}.json"
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    host = cloud.endpoint or f"https://s3.{cloud.region}.amazonaws.com"
    return f"{host}/{bucket}/{key}"


def _final(cloud: Cloud, stage: Stage, built: Package, code: str) -> dict[str, Any]:
    """The template with what is known only now."""
    template: dict[str, Any] = json.loads(json.dumps(built.template))
    resources = template["Resources"]
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = code
    # A kept table or bucket is taken up again only under a name spelled out; one made by Fn::Sub conflicts.
    resources["Table"]["Properties"]["TableName"] = stage.stack_name
    resources["Bucket"]["Properties"]["BucketName"] = f"{stage.stack_name}-{cloud.account}-{cloud.region}"
    return template


def _ensure_bucket(cloud: Cloud, bucket: str) -> None:
    s3 = cloud.client("s3")
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        where = {} if cloud.region == "us-east-1" else {"LocationConstraint": cloud.region}
        s3.create_bucket(Bucket=bucket, **({"CreateBucketConfiguration": where} if where else {}))
        s3.put_public_access_block(
            Bucket=bucket,
            PublicAccessBlockConfiguration=dict.fromkeys(
                ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
            ),
        )


def _has_object(s3: Any, bucket: str, key: str) -> bool:
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            return False
        raise
    return True


def _delete_data(cloud: Cloud, found: Stack) -> None:
    dynamodb, s3 = cloud.client("dynamodb"), cloud.client("s3")
    dynamodb.update_table(TableName=found.table_name, DeletionProtectionEnabled=False)
    dynamodb.delete_table(TableName=found.table_name)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=found.bucket_name):
        if objects := [{"Key": item["Key"]} for item in page.get("Contents", [])]:
            s3.delete_objects(Bucket=found.bucket_name, Delete={"Objects": objects})
    s3.delete_bucket(Bucket=found.bucket_name)
