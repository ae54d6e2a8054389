"""What a mail is once it has been read: plain frozen values that every other room can hold.

Message ids are kept bare, without the angle brackets of the wire form (RFC 5322 3.6.4); `compose` puts them
back. Addresses are lower-cased as a whole: no provider a customer uses tells `Ann@` from `ann@`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read of one mail. Everything beyond is left out and named in `ParsedMail.warnings`."""

    mail: int = 40 * 1024 * 1024  # bytes, the most SES stores
    header_block: int = 512 * 1024  # bytes per part
    header_value: int = 64 * 1024  # bytes
    depth: int = 40  # multiparts within multiparts
    parts: int = 1_000
    recipients: int = 500  # per header
    references: int = 200
    text: int = 2_000_000  # characters
    html: int = 1_000_000  # characters
    attachments: int = 200


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Address:
    name: str  # decoded, '' when there is none
    email: str  # lower-case, '' when there is none

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


NOBODY = Address("", "")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part kept as it came: never opened, unzipped or fetched. `name` is safe to show and to save as."""

    name: str
    type: str  # as declared, lower-case; not verified
    size: int  # bytes after transfer decoding
    sha256: str  # hex, of `content`
    content_id: str | None
    content: bytes = field(repr=False)
    inline: bool = False  # its sender meant it to be seen within the letter


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery report (RFC 3464, or what mail servers write instead).

    `status` is the RFC 3463 code where one is stated; None means unknown, to be treated as temporary.
    `message_id` names the mail that did not arrive: trust the bounce only if that one was ours.
    """

    recipient: str | None
    status: str | None
    message_id: str | None
    action: str | None  # 'failed', 'delayed'; None when not stated

    @property
    def permanent(self) -> bool:
        return bool(self.status and self.status.startswith("5")) and self.action != "delayed"


@dataclass(frozen=True, slots=True)
class Invitation:
    """The first event of a calendar part (RFC 5545), as its sender wrote it; a field is '' when not stated.

    Times are ISO 8601: a date, a time of no zone, or a time with its offset; the zone's name follows in brackets
    where one was given (RFC 9557), without an offset when we do not know that zone.
    """

    method: str  # 'REQUEST', 'CANCEL', 'REPLY', …
    summary: str
    starts: str
    ends: str
    location: str
    organizer: str  # an address


@dataclass(frozen=True, slots=True)
class AttachedMail:
    """A mail that somebody sent along ("forward as attachment")."""

    sender: Address
    subject: str
    text: str
    message_id: str  # '' when it has none


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """One mail as far as it could be read; what could not is named in `warnings`."""

    subject: str
    sender: Address
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    message_id: str  # '<sha256 of the raw mail>@missing' (without brackets) when the mail has none
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]  # oldest first
    date: datetime | None  # as the sender claims, aware UTC
    text: str  # everything the mail says, as plain text
    reply_text: str  # a view of `text`: only what is new; never empty when `text` is not
    html: str | None = field(repr=False)  # as sent: must be sanitised before anybody sees it
    attachments: tuple[Attachment, ...]
    auto: str | None  # why this counts as written by a machine; None: a person wrote it
    suppress_ack: bool  # asks for no automatic answer (X-Auto-Response-Suppress), person or not
    bounce: Bounce | None
    report: str | None  # report-type of a multipart/report: 'delivery-status', 'feedback-report', …
    language: str | None  # first tag of Content-Language
    from_domain: str  # the domain DMARC speaks about; '' when From is missing or names several
    dkim_domains: tuple[str, ...]  # signatures that SES itself verified (its own trace header only)
    delivered_to: tuple[str, ...]  # addresses from Delivered-To, X-Original-To, Envelope-To
    headers: tuple[tuple[str, str], ...] = field(repr=False)  # (lower-case name, decoded value), as ordered
    warnings: tuple[str, ...]
    invitation: Invitation | None = None
    protection: str | None = None  # 'signed', never verified; 'encrypted', not to be read here
    attached_mail: AttachedMail | None = None  # the first one, unless the mail is a report
    original_sender: Address | None = None  # who wrote to the list that put itself into From; not to be believed

    def header(self, name: str) -> str | None:
        """The first value of a header; name in lower case."""
        return next((value for key, value in self.headers if key == name), None)


class Verdict(Enum):
    """SES on one check. A word we do not know is GRAY; no word at all is DISABLED: nobody looked."""

    PASS = "PASS"  # noqa: S105 - a verdict
    FAIL = "FAIL"
    GRAY = "GRAY"
    PROCESSING_FAILED = "PROCESSING_FAILED"
    DISABLED = "DISABLED"

    @classmethod
    def read(cls, word: object) -> "Verdict":
        if not isinstance(word, str) or not word:
            return cls.DISABLED
        return cls.__members__.get(word.strip().upper(), cls.GRAY)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """`spf` is about the envelope domain and `dkim` about any signature: only `dmarc` is about From."""

    spam: Verdict = Verdict.DISABLED
    virus: Verdict = Verdict.DISABLED
    spf: Verdict = Verdict.DISABLED
    dkim: Verdict = Verdict.DISABLED
    dmarc: Verdict = Verdict.DISABLED
    dmarc_policy: str | None = None  # 'none', 'quarantine', 'reject'; SES tells it only when dmarc FAILs


@dataclass(frozen=True, slots=True)
class Envelope:
    """How a mail reached us, by SES's account: the part the sender cannot write."""

    ses_id: str  # SES's own id of this receipt: the idempotency key
    source: str  # envelope sender, '' for the null return path
    recipients: tuple[str, ...]  # our addresses it was delivered to, lower-case
    timestamp: datetime  # aware UTC
    verdicts: Verdicts
    bucket: str
    key: str
