"""What could make a deploy fail, or a deployed stage not work, looked at beforehand.

Each check answers ok, warn or fail with what to do. A fail stops the deploy; a warning is something the stage
can live without today. On the local cloud the same checks run, and what the emulator cannot answer is a
warning.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError

from infra.cloud import Cloud
from infra.dns_records import Record, inbound_host, is_published, resolve
from infra.stages import Stage
from infra.trouble import Trouble

Verdict = Literal["ok", "warn", "fail"]
_ENOUGH_CONCURRENCY = 100  # ten functions share it; SQS consumers alone may take 85


@dataclass(frozen=True)
class Finding:
    check: str
    verdict: Verdict
    says: str

    def __str__(self) -> str:
        return f"{self.verdict:<4}  {self.check}: {self.says}"


Check = Callable[[Cloud, Stage, str], Finding]


def preflight(
    cloud: Cloud, stage: Stage, sending: str = "off", progress: Callable[[str], None] = print
) -> list[Finding]:
    """Runs every check and tells each finding; raises Trouble if one failed. `sending`: as it will be."""
    findings = []
    for check in CHECKS:
        finding = _run(check, cloud, stage, sending)
        findings.append(finding)
        progress(f"preflight: {finding}")
    if failed := [finding.check for finding in findings if finding.verdict == "fail"]:
        raise Trouble(f"preflight failed: {', '.join(failed)}; what to do stands above")
    return findings


def credentials(cloud: Cloud, stage: Stage, sending: str) -> Finding:
    """Are there credentials, and are they accepted?"""
    try:
        return Finding("credentials", "ok", f"account {cloud.account}")
    except (BotoCoreError, ClientError) as error:
        return Finding("credentials", "fail", f"{error}; run `aws configure` or `aws sso login`, or set AWS_PROFILE")


def region(cloud: Cloud, stage: Stage, sending: str) -> Finding:
    """Is it one region for good? A stage that moves leaves its data behind."""
    if stage.region and stage.region != cloud.region:
        return Finding("region", "fail", f"{cloud.region}, but the stage file says {stage.region}: use that one")
    return Finding("region", "ok", cloud.region)


def receiving(cloud: Cloud, stage: Stage, sending: str) -> Finding:
    """Does SES receive mail in the region? Only where it does its host has a name."""
    if cloud.target == "local":
        return Finding("receiving", "warn", "not available here: the front door takes SES's part")
    answers = resolve(inbound_host(cloud.region), "A")
    if answers is None:
        return Finding("receiving", "warn", "not checked, the DNS does not answer")
    if not answers:
        return Finding("receiving", "fail", f"SES does not receive mail in {cloud.region}: choose another region")
    return Finding("receiving", "ok", f"SES receives mail in {cloud.region}")


def sender(cloud: Cloud, stage: Stage, sending: str) -> Finding:
    """May we send for the sender's address? Only a must once sending is on."""
    ses = cloud.client("sesv2")
    for name in (stage.sender_address, stage.sender_address.rpartition("@")[2]):
        try:
            if ses.get_email_identity(EmailIdentity=name).get("VerifiedForSendingStatus"):
                return Finding("sender", "ok", f"{name} is verified")
        except ses.exceptions.NotFoundException:
            continue
    needed: Verdict = "fail" if sending == "on" else "warn"
    todo = "deploy with sending off first: it registers the domain and prints the records to add"
    return Finding("sender", needed, f"{stage.sender_address} is not verified with SES; {todo}")


def sandbox(cloud: Cloud, stage: Stage, sending: str) -> Finding:
    """Is the account out of the SES sandbox?"""
    account = cloud.client("sesv2").get_account()
    if not account.get("SendingEnabled", True):
        return Finding("sandbox", "fail", "SES has paused sending for the account: see the SES console for why")
    if not account.get("ProductionAccessEnabled"):
        todo = "ask for production access in the SES console; until then only verified addresses get mail"
        return Finding("sandbox", "warn", f"the account is in the SES sandbox; {todo}")
    return Finding("sandbox", "ok", "the account may send to anybody")


def mail_exchanger(cloud: Cloud, stage: Stage, sending: str) -> Finding:
    """Does the inbound domain's MX point to SES?"""
    if cloud.target == "local":
        return Finding("dns", "warn", "not available here: no mail server outside this machine is asked")
    record = Record(stage.inbound_domain, "MX", f"10 {inbound_host(cloud.region)}", "")
    match is_published(record):
        case None:
            return Finding("dns", "warn", f"not checked, the DNS does not answer; needed: {record}")
        case False:
            return Finding("dns", "warn", f"mail does not come to Liana yet; add: {record}")
        case True:
            return Finding("dns", "ok", f"{stage.inbound_domain} points to SES")


def concurrency(cloud: Cloud, stage: Stage, sending: str) -> Finding:
    """How many function runs at a time does the account allow? New accounts start with ten."""
    limit = int(cloud.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"])
    if limit < _ENOUGH_CONCURRENCY:
        todo = "ask Service Quotas for 1000 concurrent executions (Lambda); until then peaks are throttled"
        return Finding("concurrency", "warn", f"the account allows {limit} at a time; {todo}")
    return Finding("concurrency", "ok", f"{limit} at a time")


def runtime(cloud: Cloud, stage: Stage, sending: str) -> Finding:
    """Does Lambda run this Python? Functions get the version that packages them."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    known = cloud.client("lambda").meta.service_model.shape_for("Runtime").enum
    if name not in known:
        return Finding("runtime", "fail", f"Lambda does not run {name}: make clean, then use PYTHON=python3.13")
    return Finding("runtime", "ok", name)


CHECKS: tuple[Check, ...] = (
    credentials, region, runtime, receiving, sender, sandbox, mail_exchanger, concurrency
)  # fmt: skip


def _run(check: Check, cloud: Cloud, stage: Stage, sending: str) -> Finding:
    """A check that cannot ask (no permission, not emulated) warns: the deploy might well work."""
    try:
        return check(cloud, stage, sending)
    except (BotoCoreError, ClientError, KeyError) as error:
        why = "not available here" if cloud.target == "local" else f"not checked: {error}"
        return Finding(check.__name__, "warn", why)
