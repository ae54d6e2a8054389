"""Is this a report that a mail of ours did not arrive, and which one?

A delivery-status part (RFC 3464) decides; without one, signs are counted. Without a machine's own sign (null return
path, daemon sender, report type) nothing counts: people quote, forward and attach "550 user unknown" when they ask for
help.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from chalicelib.mail.machines import words
from chalicelib.mail.machines.signs import answers_by_itself
from chalicelib.mail.message import DEFAULT_LIMITS, Bounce
from chalicelib.mail.mime.headers import addresses, email_of, message_ids
from chalicelib.mail.mime.structure import read_headers

_READ = 20_000  # characters of text that are searched
_LINES, _LINE = 300, 400  # lines that are searched for addresses, and characters of each
_FIELD_BYTES = 100_000  # of a delivery-status part
_NAMED_BY_LIBRARY = 32_000  # bytes that flufl.bounce gets to see
_LIBRARY_LINE = 200  # its patterns are quadratic in the length of a line

_DAEMON = re.compile(
    r"mailer[-_. ]?daemon|post[-_. ]?master|mail[-_. ]?daemon|mdaemon|mail[-_. ]delivery|mail administrator|"
    r"delivery sub|smtp_mail_service",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"(no|do[-_.]?not)[-_.]?reply@")
_FORWARDED = re.compile(r"\s{0,5}(fwd?|wg|tr|rv|enc|pd|vs|vb|vl|doorst|i|转发|轉寄|転送|전달)\s?[:：]", re.IGNORECASE)
_ANSWERED = re.compile(r"\s{0,5}(re|aw|antw|sv|vs|odp|rép|ré|回复|答复|回覆|返信|답장)\s?[:：]", re.IGNORECASE)
_LIST_HEADERS = {"list-id", "list-post", "list-unsubscribe"}
_RETURNED_TYPES = {"message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global"}
_STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}
_STATUS = re.compile(r"(?<![\w.])([245]\.\d\.\d{1,3})(?!\.?\d)")
_REPLY_CODE = re.compile(
    r"(?:^|[>:;,#(\"'\[=]|\b(?:smtp|error|code|said|reply|response|status|returned|with|mailer))[ \t]{0,4}"
    r"([45][0-5]\d)(?=[ :;,-]{1,3}[^\d\s]|[)\]\"'.]?$)",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS = re.compile(
    r"(?<![a-z0-9.!#$%&'*+/=?^_`{|}~@-])<?([a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9][a-z0-9.-]{1,250}[a-z0-9])>?",
)
_MESSAGE_ID = re.compile(r"^message-id:\s{0,20}<([^<>\s]{1,500})>", re.IGNORECASE | re.MULTILINE)
_FIRST_FIELD = re.compile(r"^(?:reporting-mta|original-recipient|final-recipient):", re.IGNORECASE | re.MULTILINE)
_WRITTEN_TO = re.compile(r"^[ \t]{0,8}(?:rcpt )?to:[ \t]{0,8}([^\r\n]{3,400})\r?$", re.IGNORECASE | re.MULTILINE)
_FIELDS = ("original-recipient", "final-recipient", "x-actual-recipient")  # the one we wrote to comes first
# The class of a reason, where none is stated (RFC 3463 3: "useful only as a persistent transient error" and the like).
_WORSE = {"1.1": "5", "1.2": "5", "2.2": "4", "3.4": "5", "4.1": "4", "4.3": "4", "4.7": "4", "7.1": "5"}


def _listed(phrases: str | Mapping[str, str]) -> tuple[str, ...]:
    return tuple("|".join([phrases] if isinstance(phrases, str) else phrases.values()).split("|"))


_SUBJECTS, _FAILURES = _listed(words.BOUNCE_SUBJECTS), _listed(words.FAILURES)
_REASONS = {detail: _listed(phrases) for detail, phrases in words.REASONS.items()}
_PERMANENT, _TEMPORARY, _TRYING = _listed(words.PERMANENT), _listed(words.TEMPORARY), _listed(words.STILL_TRYING)
_CONTACTS, _COPIES = _listed(words.CONTACTS), _listed(words.COPY_BEGINS)


def find_bounce(
    headers: Sequence[tuple[str, str]],
    text: str,
    reports: Sequence[tuple[str, bytes]],
    report_type: str | None,
    *,
    raw: bytes = b"",
) -> Bounce | None:
    """What did not arrive, or not yet; None when this mail reports nothing of the kind.

    `reports`: (type, content) of the message/* and text/rfc822-headers parts. `raw`: the whole mail; with it, the
    recipient is also found in the forms that flufl.bounce knows.
    """
    if report_type in ("feedback-report", "disposition-notification"):
        return None
    signs = _Signs(headers, text, reports, report_type)
    stated = None if signs.sent_on else _delivery_status(reports) or _notification(signs)
    if stated is None and signs.enough:
        stated = _fields_in_text(signs.text) or _Stated()
    if stated is None or not stated.bad:
        return None
    return Bounce(
        recipient=stated.recipient or email_of(signs.failed) or _library_recipient(raw, signs) or _recipient(signs),
        status=_told_status(stated.status, signs),
        message_id=_original_id(signs),
        action=stated.action or ("delayed" if _has(_flat(signs.told), _TRYING) else None),
    )


class _Signs:
    """What speaks for a bounce in a mail, and what is read of it."""

    def __init__(
        self,
        headers: Sequence[tuple[str, str]],
        text: str,
        reports: Sequence[tuple[str, bytes]],
        report_type: str | None,
    ) -> None:
        self.first = dict(reversed(headers))  # the first header of each name
        self.text = text[:_READ]
        self.returned = next((content for kind, content in reports if kind in _RETURNED_TYPES), None)  # our own mail
        self.report_type = report_type

    @cached_property
    def told(self) -> str:
        """The server's own words: the text without the copy of our mail, where words of it come before the copy."""
        end = 0
        for line in self.text.splitlines(keepends=True):
            start = line[:_LINE].lstrip(" \t-_=*#>").lower()
            if start.startswith(_COPIES) and "was received" not in start:
                break
            end += len(line)
        told = self.text[:end]
        return told if len(told.split()) > 3 else self.text

    @property
    def subject(self) -> str:
        return self.first.get("subject", "")

    @property
    def failed(self) -> str:
        return self.first.get("x-failed-recipients", "")

    @property
    def null_path(self) -> bool:
        return self.first.get("return-path") in ("", "<>")

    @property
    def daemon(self) -> bool:
        """By name or mailbox; a courier's domain may well be mail-delivery.example."""
        values = (self.first.get(name, "") for name in ("from", "return-path"))
        return any(_DAEMON.search(value.rpartition("@")[0] or value) for value in values)

    @property
    def machine(self) -> bool:
        """A sign that no person gives. Nobody reads "no-reply", but shops write as it too: it must return a mail."""
        robot = self.daemon or self.null_path or bool(self.failed) or self.report_type is not None
        return robot or (self.returned is not None and bool(_NOBODY.match(email_of(self.first.get("from", "")))))

    @property
    def sent_on(self) -> bool:
        """A person forwards a report, or answers one: what it says of others is no news to us."""
        return not self.machine and ("in-reply-to" in self.first or bool(_FORWARDED.match(self.subject)))

    @property
    def listed(self) -> bool:
        return not self.null_path and not _LIST_HEADERS.isdisjoint(self.first)

    @property
    def enough(self) -> bool:
        """Whether the signs make a bounce of a mail without a delivery-status part."""
        if not self.machine or self.listed or answers_by_itself(self.subject):
            return False
        subject = _has(_flat(self.subject), _SUBJECTS) and not _ANSWERED.match(self.subject)
        copy = self.returned is not None or self.told != self.text
        code = bool(_STATUS.search(self.told) or _REPLY_CODE.search(self.told))
        flat = _flat(self.told)
        reason = _has(flat, _FAILURES) or _reason(flat) is not None
        reported = self.report_type == "delivery-status"
        sure = copy or bool(self.failed) or reported
        if not (sure or (subject and (reason or code or (self.daemon and self.null_path)))):
            return False  # postmasters write newsletters too
        if not (sure or self.daemon or _STATUS.search(self.told)):
            return False  # an empty return path and "delivery failed": a parcel
        score = (
            2 * self.daemon
            + 2 * subject
            + 2 * bool(self.failed)
            + 2 * reported
            + self.null_path
            + reason * (2 if self.null_path and self.returned is not None else 1)
            + code
            + copy
        )
        return score >= 4


def _flat(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").lower().split())


def _has(flat: str, phrases: Iterable[str]) -> bool:
    return any(phrase in flat for phrase in phrases)


class _Stated:
    """What a delivery-status part says about the first recipient in trouble; not bad: that there is none."""

    def __init__(
        self, recipient: str | None = None, status: str | None = None, action: str | None = None, *, bad: bool = True
    ) -> None:
        self.recipient, self.status, self.action, self.bad = recipient, status, action, bad


def _delivery_status(reports: Sequence[tuple[str, bytes]]) -> _Stated | None:
    """None when no part of that kind says anything."""
    good = None
    for kind, content in reports:
        for fields in _groups(content) if kind in _STATUS_TYPES else ():
            action = _action(fields.get("action", ""))
            code = _STATUS.search(fields.get("status", "")) or _STATUS.search(fields.get("diagnostic-code", ""))
            if not (action or code):
                continue
            arrived = action in ("delivered", "relayed", "expanded")
            if arrived or (code and code[1].startswith("2") and action != "failed"):
                good = _Stated(bad=False)
                continue
            if action in ("failed", "delayed") or code:
                return _Stated(_field_recipient(fields), _field_status(fields), action or None)
            good = good or _Stated(bad=False)
    return good


def _fields_in_text(text: str) -> _Stated | None:
    """The fields of RFC 3464 where a broken structure has left them in the text."""
    start = _FIRST_FIELD.search(text)
    found = _delivery_status([("message/delivery-status", text[start.start() :].encode())]) if start else None
    return found if found and found.bad else None


def _notification(signs: _Signs) -> _Stated | None:
    """A bounce that SES tells by SNS, and SNS by e-mail: one line of JSON, which mail servers break."""
    if not email_of(signs.first.get("from", "")).endswith("@sns.amazonaws.com"):
        return None
    from chalicelib.mail.ses.feedback import FeedbackKind, NotFeedback, parse_feedback

    try:
        event = parse_feedback("".join(signs.text.partition("\n--\n")[0].splitlines()))
    except NotFeedback:
        return None
    if event is None or event.kind not in (FeedbackKind.BOUNCE, FeedbackKind.DELAY):
        return None
    action = "failed" if event.kind is FeedbackKind.BOUNCE else "delayed"
    return _Stated(next(iter(event.recipients), None), event.status, action)


def _groups(content: bytes) -> Iterator[dict[str, str]]:
    lines = content[:_FIELD_BYTES].replace(b"\r\n", b"\n")
    for group in re.split(rb"\n[ \t]{0,80}\n", lines, maxsplit=100)[:100]:
        yield dict(reversed(read_headers(group.strip(), DEFAULT_LIMITS, [])[0]))


def _action(field: str) -> str:
    said = field.split("(", maxsplit=1)[0].strip().lower()
    if said.startswith(("fail", "error", "expired")):  # OpenSMTPD's and SendGrid's own words among them
        return "failed"
    return "delayed" if said.startswith("delay") else said


def _field_recipient(fields: Mapping[str, str]) -> str | None:
    named = (fields[name] for name in _FIELDS if name in fields)
    return next((found for value in named if (found := email_of(value.partition(";")[2] or value))), None)


def _field_status(fields: Mapping[str, str]) -> str | None:
    """What the other server said (Diagnostic-Code), unless what ours made of it (Status) is more exact."""
    diagnostic = fields.get("diagnostic-code", "")[:_READ]
    return _most_exact(f"{diagnostic}\n{fields.get('status', '')}") or _status(diagnostic)


def _most_exact(told: str) -> str | None:
    return max((match[1] for match in _STATUS.finditer(told)), key=_exactness, default=None)


def _exactness(code: str) -> int:
    """RFC 3463: X.0.0 knows the class only, X.4.7 stands for the actual problem, X.Y.0 is some problem with Y."""
    return 0 if code.endswith((".0.0", ".4.7")) else 1 if code.endswith(".0") else 2


def _status(told: str) -> str | None:
    """The code that is stated; else class and reason, as far as they are (RFC 3463 2 and 3)."""
    if code := _most_exact(told):
        return code
    flat = _flat(told)
    detail, reply = _reason(flat), _REPLY_CODE.search(told)
    worse = reply[1][0] if reply else _class(flat)
    if detail is None:
        # RFC 3463 3.1: X.0.0 is for errors "for which only the class of the error is known".
        return f"{worse}.0.0" if worse else None
    # RFC 3463 2: what was given up because something temporary lasted is still 4, "sending in the future may be
    # successful"; 3.3: a full mailbox "should be used as a persistent transient failure" unless the server says more.
    return f"{worse or _WORSE[detail]}.{detail}"


def _told_status(stated: str | None, signs: _Signs) -> str | None:
    """A field that knows no more than the class gives way to the code in the server's words."""
    if stated is None:
        return _status(signs.told) or _subject_status(signs.subject)
    told = None if _exactness(stated) else _most_exact(signs.told)
    return told if told and _exactness(told) else stated


def _class(flat: str) -> str | None:
    if _has(flat, _REASONS["4.7"]) or _has(flat, _TEMPORARY):
        return "4"
    return "5" if _has(flat, _PERMANENT) else None


def _reason(flat: str) -> str | None:
    """The reason that is given first; of two that begin together the longer one: "host not found, try again"."""
    found = ((flat.find(phrase), -len(phrase), detail) for detail, phrases in _REASONS.items() for phrase in phrases)
    return min((place for place in found if place[0] >= 0), default=(0, 0, None))[2]


def _subject_status(subject: str) -> str | None:
    """Sendmail and Domino give their reason in the subject; elsewhere it holds the subject of our own mail."""
    opening, _, rest = subject[:_LINE].partition(":")
    return _status(rest) if opening.strip().lower() in ("returned mail", "delivery failure") else None


def _library_recipient(raw: bytes, signs: _Signs) -> str | None:
    """By flufl.bounce, which knows the wordings of many servers; of several the one the text names first."""
    if not raw:
        return None
    lines = raw[:_NAMED_BY_LIBRARY].split(b"\n")
    try:
        import logging
        from email import message_from_bytes

        from flufl.bounce import all_failures

        logging.getLogger("flufl.bounce").disabled = True  # it would log what customers write
        failures = all_failures(message_from_bytes(b"\n".join(line[:_LIBRARY_LINE] for line in lines)))
    except Exception:  # noqa: BLE001 - the library is not written for hostile mail; our own reading is next
        return None
    people, low = _parties(signs.first), signs.text.lower()
    found = {email_of(address.decode("ascii", "replace")) for group in failures for address in group} - people - {""}
    return min(found, key=lambda address: (low.find(address) % (_READ + 1), address), default=None)


def _recipient(signs: _Signs) -> str | None:
    """The likeliest address of the server's words, or the one our mail was addressed to alone."""
    likely = min(_candidates(signs), default=None)
    if likely:
        return likely[-1]
    copy = signs.text[len(signs.told) :] if signs.returned is None else signs.returned[:_READ].decode("latin-1")
    written_to = _WRITTEN_TO.search(copy)
    people = addresses(written_to[1], 2) if written_to else []
    return people[0].email or None if len(people) == 1 else None


def _candidates(signs: _Signs) -> Iterator[tuple[int, int, str]]:
    """(how unlikely, line, address): named as the recipient, at the start of its line, anywhere else."""
    people, own = _parties(signs.first), email_of(signs.first.get("to", ""))
    for number, line in enumerate(signs.told.splitlines()[:_LINES]):
        low = line[:_LINE].strip(" \t*>-\u2022").lower()
        for match in _ADDRESS.finditer(low) if "@" in low else ():
            address = match[1]
            if address in people:
                continue
            if address == own:
                yield 4, number, address  # who writes to himself
            elif "recipient" in low or "rcpt to" in low:
                yield 0, number, address
            elif _has(low, _CONTACTS) or _DAEMON.match(address):
                yield 3, number, address
            else:
                yield 1 if match.start() == 0 else 2, number, address


def _parties(first: Mapping[str, str]) -> set[str]:
    """Who sent the report: not the recipient of ours."""
    return {email_of(first.get(name, "")) for name in ("from", "return-path", "reply-to", "sender")}


def _original_id(signs: _Signs) -> str | None:
    if signs.returned is not None:
        fields = dict(reversed(read_headers(signs.returned, DEFAULT_LIMITS, [])[0]))
        if found := message_ids(fields.get("message-id", ""), 1):
            return found[0]
    if match := _MESSAGE_ID.search(signs.text):
        return match[1]
    answered = f"{signs.first.get('references', '')} {signs.first.get('in-reply-to', '')}"  # as Exchange does
    return next(iter(message_ids(answered, 1)), None)
