"""The DNS records a stage needs, and whether the world sees them yet. Without a network: not checked."""

from dataclasses import dataclass

import dns.exception
import dns.resolver

from infra.cloud import Cloud
from infra.stages import Stage

_PATIENCE = 3.0  # seconds for one answer


@dataclass(frozen=True)
class Record:
    name: str
    kind: str
    value: str
    why: str

    def __str__(self) -> str:
        return f"{self.name}  {self.kind}  {self.value}"


def needed_records(cloud: Cloud, stage: Stage) -> list[Record]:
    """What must stand in the DNS for mail to come in and for ours to be believed."""
    domain = stage.sender_address.rpartition("@")[2]
    ses = cloud.client("sesv2")
    try:
        tokens = ses.get_email_identity(EmailIdentity=domain).get("DkimAttributes", {}).get("Tokens", [])
    except ses.exceptions.NotFoundException:
        tokens = []  # SES knows the address only; its domain is signed for elsewhere, or not at all
    return [
        Record(stage.inbound_domain, "MX", f"10 {inbound_host(cloud.region)}", "mail in it comes to Liana"),
        *(
            Record(
                f"{token}._domainkey.{domain}",
                "CNAME",
                f"{token}.dkim.amazonses.com",
                "SES signs our mail (DKIM)",
            )
            for token in tokens
        ),
        Record(domain, "TXT", "v=spf1 include:amazonses.com ~all", "SES may send for the domain (SPF)"),
        Record(
            f"_dmarc.{domain}",
            "TXT",
            "v=DMARC1; p=none",
            "what others do with mail that only pretends (DMARC)",
        ),
    ]


def inbound_host(region: str) -> str:
    return f"inbound-smtp.{region}.amazonaws.com"


def is_published(record: Record) -> bool | None:
    """Whether it can be seen; None if the DNS cannot be asked. A stricter SPF or DMARC of yours counts."""
    answers = resolve(record.name, record.kind)
    if answers is None:
        return None
    if record.kind == "TXT":
        wanted = "include:amazonses.com" if "spf1" in record.value else "v=DMARC1"
        return any(wanted.lower() in answer.lower() for answer in answers)
    return any(record.value.split()[-1].lower() in answer.lower().rstrip(".") for answer in answers)


def resolve(name: str, kind: str) -> list[str] | None:
    """What the DNS answers; empty if there is no such record, None if nobody answers."""
    resolver = dns.resolver.Resolver(configure=False)
    try:
        resolver.read_resolv_conf("/etc/resolv.conf")
        return [answer.to_text() for answer in resolver.resolve(name, kind, lifetime=_PATIENCE)]
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError):
        return None
