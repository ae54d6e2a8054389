"""Each check of preflight: what it finds, what it tells one to do; none needs a network to answer."""

import sys
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from infra import dns_records
from infra import preflight as checks
from infra.cloud import Cloud
from infra.dns_records import Record, is_published, needed_records
from infra.local_cloud import LocalCloud
from infra.preflight import preflight
from infra.stack import Stack
from infra.stages import Stage, local_stage
from infra.trouble import Trouble
from tests.infra.conftest import silent

STAGE = Stage("prod", "us@shop.example", "in.shop.example", "Shop", region="eu-west-1")


class NotFound(Exception):
    """As the SES client's own."""


class Fake:
    """An AWS client that answers what a test says."""

    exceptions = type("Exceptions", (), {"NotFoundException": NotFound})

    def __init__(self, **answers: Any) -> None:
        self.answers = answers

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            answer = self.answers[name]
            if callable(answer):
                answer = answer(**arguments)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def aws(**clients: Fake) -> Cloud:
    cloud = Cloud("eu-west-1")
    cloud._clients.update(clients)
    return cloud


def identities(**verified: bool) -> Fake:
    def get(EmailIdentity: str) -> dict[str, bool]:  # noqa: N803 - the API's name
        name = "address" if "@" in EmailIdentity else "domain"
        if name not in verified:
            raise NotFound
        return {"VerifiedForSendingStatus": verified[name]}

    return Fake(get_email_identity=get)


@pytest.fixture(autouse=True)
def no_dns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns_records, "resolve", lambda name, kind: None)
    monkeypatch.setattr(checks, "resolve", lambda name, kind: None)


@pytest.mark.parametrize(
    ("identity", "sending", "verdict"),
    [
        (identities(domain=True), "on", "ok"),
        (identities(address=True), "on", "ok"),
        (identities(address=False, domain=True), "on", "ok"),
        (identities(domain=False), "off", "warn"),
        (identities(), "off", "warn"),
        (identities(), "on", "fail"),
    ],
)
def test_the_sender_must_be_verified_before_sending(identity: Fake, sending: str, verdict: str) -> None:
    assert checks.sender(aws(sesv2=identity), STAGE, sending).verdict == verdict


@pytest.mark.parametrize(
    ("account", "verdict"),
    [
        ({"ProductionAccessEnabled": True, "SendingEnabled": True}, "ok"),
        ({"ProductionAccessEnabled": False, "SendingEnabled": True}, "warn"),
        ({"ProductionAccessEnabled": True, "SendingEnabled": False}, "fail"),
    ],
)
def test_sandbox_and_pause(account: dict[str, bool], verdict: str) -> None:
    assert checks.sandbox(aws(sesv2=Fake(get_account=account)), STAGE, "on").verdict == verdict


@pytest.mark.parametrize(("limit", "verdict"), [(1000, "ok"), (10, "warn")])
def test_concurrency(limit: int, verdict: str) -> None:
    settings = {"AccountLimit": {"ConcurrentExecutions": limit}}

    assert checks.concurrency(aws(**{"lambda": Fake(get_account_settings=settings)}), STAGE, "on").verdict == verdict


def test_the_stage_stays_in_its_region() -> None:
    assert checks.region(aws(), STAGE, "on").verdict == "ok"
    assert checks.region(Cloud("us-east-1"), STAGE, "on").verdict == "fail"


def test_a_python_lambda_does_not_run_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Cloud.local()
    assert checks.runtime(cloud, STAGE, "on").verdict == "ok"

    monkeypatch.setattr(sys, "version_info", type("Version", (), {"major": 3, "minor": 99})())
    assert checks.runtime(cloud, STAGE, "on").verdict == "fail"


@pytest.mark.parametrize(
    ("answers", "dns", "receiving"),
    [
        (None, "warn", "warn"),
        ([], "warn", "fail"),
        (["10 inbound-smtp.eu-west-1.amazonaws.com."], "ok", "ok"),
    ],
)
def test_the_dns_is_asked_and_may_be_silent(
    monkeypatch: pytest.MonkeyPatch, answers: list[str] | None, dns: str, receiving: str
) -> None:
    monkeypatch.setattr(dns_records, "resolve", lambda name, kind: answers)
    monkeypatch.setattr(checks, "resolve", lambda name, kind: answers)

    assert checks.mail_exchanger(aws(), STAGE, "on").verdict == dns
    assert checks.receiving(aws(), STAGE, "on").verdict == receiving


@pytest.mark.parametrize(
    ("kind", "value", "answer", "published"),
    [
        ("MX", "10 inbound-smtp.eu-west-1.amazonaws.com", "20 inbound-smtp.eu-west-1.amazonaws.com.", True),
        ("MX", "10 inbound-smtp.eu-west-1.amazonaws.com", "10 mail.shop.example.", False),
        (
            "TXT",
            "v=spf1 include:amazonses.com ~all",
            '"v=spf1 include:other.example include:amazonses.com -all"',
            True,
        ),
        ("TXT", "v=spf1 include:amazonses.com ~all", '"v=spf1 -all"', False),
        ("TXT", "v=DMARC1; p=none", '"v=DMARC1; p=reject"', True),
        ("CNAME", "t.dkim.amazonses.com", "t.dkim.amazonses.com.", True),
    ],
)
def test_a_record_as_good_as_ours_counts(
    monkeypatch: pytest.MonkeyPatch, kind: str, value: str, answer: str, published: bool
) -> None:
    monkeypatch.setattr(dns_records, "resolve", lambda name, kind: [answer])

    assert is_published(Record("shop.example", kind, value, "")) is published


def test_the_records_a_stage_needs() -> None:
    signed = Fake(get_email_identity={"DkimAttributes": {"Tokens": ["one", "two"]}})

    records = [str(record) for record in needed_records(aws(sesv2=signed), STAGE)]

    assert records == [
        "in.shop.example  MX  10 inbound-smtp.eu-west-1.amazonaws.com",
        "one._domainkey.shop.example  CNAME  one.dkim.amazonses.com",
        "two._domainkey.shop.example  CNAME  two.dkim.amazonses.com",
        "shop.example  TXT  v=spf1 include:amazonses.com ~all",
        "_dmarc.shop.example  TXT  v=DMARC1; p=none",
    ]


def test_no_credentials_stop_the_deploy_and_the_rest_is_still_looked_at() -> None:
    nobody = Fake(get_caller_identity=NoCredentialsError())
    refused = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetAccount")
    ses = Fake(get_account=refused, get_email_identity=refused)
    settings = Fake(get_account_settings=refused)
    settings.meta = Cloud.local().client("lambda").meta  # type: ignore[attr-defined]
    said: list[str] = []

    with pytest.raises(Trouble, match="preflight failed: credentials"):
        preflight(aws(sts=nobody, sesv2=ses, **{"lambda": settings}), STAGE, progress=said.append)

    assert len(said) == len(checks.CHECKS)
    assert "fail  credentials" in said[0]
    assert sum("not checked" in line for line in said) == 5


@pytest.mark.cloud
def test_the_same_preflight_passes_on_the_local_cloud(cloud: LocalCloud, stack: Stack) -> None:
    findings = {finding.check: finding for finding in preflight(cloud, local_stage(), "on", silent)}

    assert {name for name, finding in findings.items() if finding.verdict == "warn"} == {"receiving", "dns"}
    assert all("not available here" in findings[name].says for name in ("receiving", "dns"))
    assert findings["sender"].verdict == "ok"


@pytest.mark.cloud
def test_a_sender_nobody_registered_stops_sending_on_the_local_cloud_too(cloud: LocalCloud, stack: Stack) -> None:
    stranger = Stage("dev", "us@stranger.example", "liana.example", "Shop")

    with pytest.raises(Trouble, match="sender"):
        preflight(cloud, stranger, "on", silent)
