"""Is this a report that a mail of ours did not arrive, and which one?

A delivery-status part (RFC 3464) decides; without one, signs are counted. Without a machine's own sign
(null return path, daemon sender, report type, returned mail) nothing counts: people quote "550 user
unknown" when they ask for help.
"""

import re
from collections.abc import Sequence

from chalicelib.mail.headers import email_of, message_ids
from chalicelib.mail.message import DEFAULT_LIMITS, Bounce
from chalicelib.mail.mime import read_headers

_READ = 100_000  # characters of text that are searched
_DAEMON = re.compile(
    r"mailer-?daemon|postmaster|mail-?daemon|mail delivery|mail administrator|delivery sub", re.IGNORECASE
)
_SUBJECT = re.compile(
    r"undeliver|unzustellbar|non recapitabile|mail delivery (failed|failure|system)|delivery "
    r"(status )?notification|"
    r"delivery (has )?(failed|failure|report|problem|error)|failure (notice|delivery)|"
    r"returned (mail|e-mail)|mail failure|"
    r"mail (system )?error|message (delivery|undelivered|not delivered)|could not (be "
    r")?deliver|non remis|no se puede entregar|"
    r"unable to deliver|nondeliverable|not delivered|warning: .{0,40}(delayed|not sent)|"
    r"rejected|return(ed|ing) to sender|メールエラー|"
    r"mail not delivered|不達|配信(不能|エラー)|退信|系统退信|возвращ|échec|delivery delayed",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"user unknown|unknown user|no such user|mailbox (is )?(full|unavailable|not found)|does "
    r"not exist|over quota|"
    r"quota exceed|could not be delivered|not be delivered|undeliver|delivery (has )?failed|"
    r"permanent (fatal )?error|"
    r"host (unknown|not found)|invalid recipient|recipient (address )?(rejected|unknown)|"
    r"address rejected|unrouteable|"
    r"envelope expired|unknown host|no valid recipients|mailbox is full|not able to be "
    r"delivered|not listed in|relay(ing)? (access )?denied|access denied|blocked|rejected|"
    r"delayed|following address|"
    r"配信(できません|不能)|宛先不明|존재하지",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"^[- =]{0,20}(original message follows|below this line is a copy of the message|this is "
    r"a copy of (the|your) message|"
    r"(included|following) is (a copy of )?(the|your) (message|mail)|returned message|"
    r"original message|the header(s)? of|"
    r"unsent message|undelivered message|message text follows|your original message)",
    re.IGNORECASE | re.MULTILINE,
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d\.\d{1,3})(?![\d.])")
_REPLY_CODE = re.compile(r"(?<![\d.,:/-])[45][0-5]\d(?=[ -][^\d])")
_ADDRESS = re.compile(r"<?([a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9][a-z0-9.-]{1,250}[a-z0-9])>?", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"^message-id:\s{0,20}<([^<>\s]{1,500})>", re.IGNORECASE | re.MULTILINE)
_FIELDS = ("final-recipient", "original-recipient", "x-actual-recipient")


def find_bounce(
    headers: Sequence[tuple[str, str]],
    text: str,
    reports: Sequence[tuple[str, bytes]],
    report_type: str | None,
) -> Bounce | None:
    """`reports`: (type, content) of the message/* and text/rfc822-headers parts."""
    first: dict[str, str] = {}
    for name, value in headers:
        first.setdefault(name, value)
    returned = next((c for kind, c in reports if kind in ("message/rfc822", "text/rfc822-headers")), None)
    if report_type not in ("feedback-report", "disposition-notification"):
        for kind, content in reports:
            if kind in ("message/delivery-status", "message/global-delivery-status"):
                decided, bounce = _delivery_status(content, text, returned)
                if decided:
                    return bounce
    else:
        return None
    daemon = bool(_DAEMON.search(first.get("from", "")) or _DAEMON.search(first.get("return-path", "")))
    null_path = first.get("return-path") in ("", "<>")
    failed = first.get("x-failed-recipients", "")
    if not (daemon or null_path or failed or report_type or returned):
        return None
    if "in-reply-to" in first and not (daemon or null_path or failed):
        return None
    text = text[:_READ]
    copy = returned is not None or bool(_RETURNED.search(text))
    status = _STATUS.search(text)
    score = (
        2 * daemon
        + 2 * bool(_SUBJECT.search(first.get("subject", "")))
        + 2 * bool(failed)
        + 2 * (report_type == "delivery-status")
        + null_path
        + bool(_REASON.search(text)) * (2 if null_path and returned is not None else 1)
        + bool(status or _REPLY_CODE.search(text))
        + copy
    )
    if score < 4:
        return None
    recipient = email_of(failed) or _recipient(text, first)
    return Bounce(recipient, status[1] if status else None, _original_id(text, returned), None)


def _delivery_status(content: bytes, text: str, returned: bytes | None) -> tuple[bool, Bounce | None]:
    """(decided, bounce): a report of success decides too, that nothing bounced."""
    recipient = status = action = None
    decided = False
    for group in re.split(rb"\n[ \t]*\r?\n", content.replace(b"\r\n", b"\n"))[:100]:
        fields = dict(reversed(read_headers(group, DEFAULT_LIMITS, [])[0]))
        said = fields.get("action", "").split("(")[0].strip().lower()
        said = "failed" if said == "expired" else said  # SendGrid's own word
        code = _STATUS.search(fields.get("status", "")) or _STATUS.search(fields.get("diagnostic-code", ""))
        if not (said or code or "final-recipient" in fields):
            continue
        decided = decided or bool(said or code)
        bad = said in ("failed", "delayed") or (said not in ("delivered", "relayed", "expanded") and code is not None)
        if not bad or (code and code[1].startswith("2") and said != "failed"):
            continue
        named = next((fields[f] for f in _FIELDS if f in fields), "")
        precise = _STATUS.search(fields.get("diagnostic-code", ""))
        if code and code[1].endswith(".0.0") and precise:
            code = precise
        recipient = email_of(named.partition(";")[2] or named) or None
        status, action = (code[1] if code else None), said or None
        break
    if action is None and status is None:
        return decided, None
    return True, Bounce(recipient, status, _original_id(text[:_READ], returned), action)


def _recipient(text: str, headers: dict[str, str]) -> str | None:
    known = {email_of(headers.get(name, "")) for name in ("from", "to", "return-path", "reply-to", "sender")}
    for match in _ADDRESS.finditer(text[:20_000]):
        found = match[1].lower()
        if found not in known and not _DAEMON.match(found):
            return found
    return None


def _original_id(text: str, returned: bytes | None) -> str | None:
    if returned is not None:
        headers = dict(reversed(read_headers(returned, DEFAULT_LIMITS, [])[0]))
        return next(iter(message_ids(headers.get("message-id", ""), 1)), None)
    match = _MESSAGE_ID.search(text)
    return match[1] if match else None
