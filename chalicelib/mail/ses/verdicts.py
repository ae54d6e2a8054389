"""May we believe a mail, and may we answer it?

Sources: RFC 7489 (alignment), and the verdicts of SES. Each answer carries its reason, so that it can be stored,
shown and counted.
"""

from collections.abc import Collection, Mapping

from chalicelib.mail.machines.signs import machine_mail
from chalicelib.mail.message import ParsedMail, Verdict, Verdicts
from chalicelib.model.trust import Trust


def trust(
    verdicts: Verdicts,
    from_domain: str,
    *,
    envelope_source: str = "",
    dkim_domains: Collection[str] = (),
    has_token: bool = False,
) -> Trust:
    """The first line that holds, worst first. `has_token`: a valid reply token of ours came with it."""
    strict = verdicts.dmarc_policy != "none"  # an unknown policy counts as the strictest
    failed, spam = verdicts.dmarc is Verdict.FAIL, verdicts.spam is Verdict.FAIL
    source_domain = envelope_source.rpartition("@")[2]
    spf = verdicts.spf is Verdict.PASS and aligned(source_domain, from_domain)
    lines = (
        (verdicts.virus is Verdict.FAIL, Trust.BLOCKED),
        (spam and not has_token, Trust.SPAM),
        (failed and (strict or not has_token), Trust.SPOOFED),
        (spam, Trust.SPAM),
        (failed or not from_domain, Trust.UNVERIFIED),
        (verdicts.dmarc is Verdict.PASS, Trust.AUTHENTICATED),
        (spf or any(aligned(domain, from_domain) for domain in dkim_domains), Trust.WEAK),
    )
    return next((found for holds, found in lines if holds), Trust.UNVERIFIED)


def aligned(domain: str, from_domain: str) -> bool:
    """The same domain or one below the other (RFC 7489 3.1, relaxed, without a list of public suffixes)."""
    short, long = sorted((domain.lower(), from_domain.lower()), key=len)
    return "." in short and (long == short or long.endswith("." + short))


def may_acknowledge(
    mail: ParsedMail,
    trusted: Trust,
    *,
    envelope_source: str | None = None,
    own_domains: Collection[str] = (),
    loop_token: str | None = None,
) -> tuple[bool, str]:
    """Whether a machine may answer this, and why (not). The caller counts rates per sender and case."""
    auto = mail.auto or machine_mail(
        mail.headers, envelope_source=envelope_source, own_domains=own_domains, loop_token=loop_token
    )
    refusals: Mapping[str, bool] = {
        f"machine:{auto}": auto is not None,
        "machine:bounce": mail.bounce is not None,
        "suppressed-by-sender": mail.suppress_ack,
        "no-sender": not mail.sender.email,
        "own-address": mail.sender.domain in own_domains,
        f"trust:{trusted.value}": trusted not in (Trust.AUTHENTICATED, Trust.WEAK),
    }
    refusal = next((reason for reason, holds in refusals.items() if holds), None)
    return (False, refusal) if refusal else (True, "person")
