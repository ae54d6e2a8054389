"""SES's account of a mail it received, from its notification or, when that was lost, from the stored mail
itself.

Shape: SES developer guide, "Contents of notifications for Amazon SES email receiving". Unknown fields
appear and known ones may be missing; only the id and the place of the mail cannot be done without.
"""

import re
from datetime import UTC, datetime
from typing import Any

from chalicelib.mail.message import DEFAULT_LIMITS, Envelope, Verdict, Verdicts
from chalicelib.mail.mime.headers import email_of
from chalicelib.mail.mime.structure import read_headers
from chalicelib.mail.ses.sns import NotSesMessage, moment, section, ses_message, words
from chalicelib.mail.ses.trace import authentication, ses_block

SETUP = "AMAZON_SES_SETUP_NOTIFICATION"

_FOR = re.compile(r"\bfor <?([^\s;<>]{1,320}@[^\s;<>]{1,255})>?")
_RESULT = re.compile(r"\b(spf|dkim|dmarc)=([a-z]{1,20})", re.IGNORECASE)
_POLICY = re.compile(r"\bdmarc=[a-z]{1,20}\b[^;]{0,200}?\bp=(none|quarantine|reject)\b", re.IGNORECASE)
_VERDICTS = {"pass": Verdict.PASS, "fail": Verdict.FAIL, "permerror": Verdict.GRAY}


class NotAReceipt(NotSesMessage):
    """The body is not SES's notice of a received mail."""


def parse_receipt(body: str | bytes) -> Envelope | None:
    """The envelope of a received mail; None for what SES and SNS send when the rule is set up."""
    try:
        data = ses_message(body)
    except NotAReceipt:
        raise
    except NotSesMessage as error:
        raise NotAReceipt(str(error)) from None
    receipt, mail = section(data, "receipt"), section(data, "mail")
    action = section(receipt, "action")
    ses_id, key = mail.get("messageId"), action.get("objectKey")
    if not data or data.get("notificationType") == "AmazonSnsSubscriptionSucceeded" or SETUP in (ses_id, key):
        return None
    if isinstance(key, str) and key.rpartition("/")[2] == SETUP:
        return None
    if data.get("notificationType", "Received") != "Received" or not isinstance(ses_id, str) or not ses_id:
        raise NotAReceipt("no notice of a received mail")
    if not isinstance(key, str) or not isinstance(action.get("bucketName"), str):
        raise NotAReceipt("the notice does not say where the mail is stored")
    at = moment(receipt.get("timestamp")) or moment(mail.get("timestamp"))
    if at is None:
        raise NotAReceipt("the notice has no time")
    return Envelope(
        ses_id=ses_id,
        source=_source(mail.get("source")),
        recipients=_unique(words(receipt.get("recipients")) or words(mail.get("destination"))),
        timestamp=at,
        verdicts=_verdicts(receipt),
        bucket=action["bucketName"],
        key=key,
    )


def envelope_from_raw(raw: bytes, ses_id: str, received_at: datetime, *, bucket: str = "", key: str = "") -> Envelope:
    """The envelope as SES's own trace headers tell it; all verdicts DISABLED if they are not there.

    `recipients` is the one address SES names in its Received line, even for a mail to several of ours.
    """
    headers, _ = read_headers(raw, DEFAULT_LIMITS, [])
    block = ses_block(headers)
    results: dict[str, Verdict] = {}
    stated = authentication(block)
    for check, word in _RESULT.findall(stated):
        verdict = _VERDICTS.get(word.lower(), Verdict.GRAY)
        if results.get(check.lower()) is not Verdict.PASS:  # one passing signature of several is enough
            results[check.lower()] = verdict
    policy = _POLICY.search(stated)
    recipient = _FOR.search(block.get("received", ""))
    return Envelope(
        ses_id=ses_id,
        source=_source(block.get("return-path")),
        recipients=(recipient[1].lower(),) if recipient else (),
        timestamp=received_at.astimezone(UTC),
        verdicts=Verdicts(
            spam=Verdict.read(block.get("x-ses-spam-verdict")),
            virus=Verdict.read(block.get("x-ses-virus-verdict")),
            spf=results.get("spf", Verdict.DISABLED),
            dkim=results.get("dkim", Verdict.DISABLED),
            dmarc=results.get("dmarc", Verdict.DISABLED),
            dmarc_policy=policy[1].lower() if policy else None,
        ),
        bucket=bucket,
        key=key,
    )


def _verdicts(receipt: Any) -> Verdicts:
    def read(name: str) -> Verdict:
        return Verdict.read(section(receipt, name).get("status"))

    policy = receipt.get("dmarcPolicy")
    return Verdicts(
        spam=read("spamVerdict"),
        virus=read("virusVerdict"),
        spf=read("spfVerdict"),
        dkim=read("dkimVerdict"),
        dmarc=read("dmarcVerdict"),
        dmarc_policy=policy.lower() if isinstance(policy, str) else None,
    )


def _source(value: object) -> str:
    return email_of(value) if isinstance(value, str) else ""


def _unique(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(email for v in values[:1_000] if (email := email_of(v) or v.strip().lower())))
