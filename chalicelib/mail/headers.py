"""Header values to meaning: words, addresses, parameters, ids and dates (RFC 5322, 2047, 2231).

Every function takes any text and never raises. Addresses are split before their names are decoded, so that
an encoded word cannot bring an address of its own (`=?utf-8?q?boss=40bank=2Eexample?=` names nobody).
"""

import re
from binascii import a2b_qp
from datetime import UTC, datetime, timedelta, timezone

from chalicelib.mail.charsets import clean, decode
from chalicelib.mail.message import Address
from chalicelib.mail.transfer import from_base64

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_WORDS = 2_000  # encoded words decoded per value; the rest stays as it came
_ID = re.compile(r"<([^<>]{1,998})>")
_BARE_ID = re.compile(r"[^\s<>\",;()]{1,500}@[^\s<>\",;()]{1,500}")
_DATE = re.compile(
    r"(\d{1,2})[ \-]{1,3}([a-zA-Z]{3})[a-z]{0,6}[ \-]{1,3}(\d{2,4})[ "
    r",]{1,3}(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?"
    r"\s{0,3}([+-]\d{4}|[A-Z]{1,4})?"
)
_MONTHS = dict(zip(("jan feb mar apr may jun jul aug sep oct nov dec").split(), range(1, 13), strict=True))  # noqa: SIM905 - reads as words
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_PERCENT = re.compile(rb"%([0-9a-fA-F]{2})")
_SEGMENT = re.compile(r"([^*\s]{1,80})\*(\d{1,4})?(\*)?$")


def decode_words(value: str) -> str:
    """A header value for people: RFC 2047 words decoded, one line, no control characters."""
    if "=?" not in value:
        return one_line(value)
    out: list[str] = []
    pending: list[bytes] = []  # neighbours of one charset are joined first: words are cut inside characters
    charset, end = "", 0
    for count, match in enumerate(_WORD.finditer(value)):
        if count == _WORDS:
            break
        label, encoding, payload = match.groups()
        label = label.split("*")[0].lower()
        gap = value[end : match.start()]
        if pending and (gap.strip() or label != charset):
            out.append(decode(b"".join(pending), charset)[0])
            pending = []
        if gap.strip() or not end:
            out.append(gap)
        data = payload.replace(" ", "_").encode("utf-8", "replace")
        pending.append(a2b_qp(data, header=True) if encoding in "qQ" else from_base64(data))
        charset, end = label, match.end()
    if pending:
        out.append(decode(b"".join(pending), charset)[0])
    return one_line("".join(out) + value[end:])


def one_line(value: str) -> str:
    return " ".join(clean(value).split())


def addresses(value: str, limit: int) -> list[Address]:
    """The mailboxes of an address list, groups opened; at most `limit`."""
    found: list[Address] = []
    for chunk in _split(value, ",;", limit * 2):
        address = _mailbox(chunk)
        if address.name or address.email:
            found.append(address)
            if len(found) == limit:
                break
    return found


def email_of(value: str) -> str:
    """The one address in a trace header or envelope field, '' if there is none."""
    return next((a.email for a in addresses(value, 1)), "")


def message_ids(value: str, limit: int) -> list[str]:
    """Message ids without their brackets, in order, each once; bare ids are taken when none has brackets."""
    ids = ["".join(i.split()) for i in _ID.findall(value)] or (_BARE_ID.findall(value) if "@" in value else [])
    return [clean(i) for i in dict.fromkeys(ids) if i][-limit:]


def date_of(value: str) -> datetime | None:
    """A Date header as aware UTC, None if unreadable. No zone counts as UTC (RFC 5322 3.3)."""
    match = _DATE.search(value)
    if match is None:
        return None
    day, month, year, hour, minute, second, zone = match.groups()
    full = int(year) + (0 if len(year) > 2 else 2000 if int(year) < 50 else 1900)
    minutes = _ZONES.get(zone or "", 0) * 60
    if zone and zone[0] in "+-":
        minutes = (int(zone[1:3]) * 60 + int(zone[3:])) * (-1 if zone[0] == "-" else 1)
    try:
        zoned = timezone(timedelta(minutes=minutes))
        clock = (int(hour), int(minute), min(int(second or 0), 59))  # a leap second is the one before
        return datetime(full, _MONTHS[month.lower()], int(day), *clock, tzinfo=zoned).astimezone(UTC)
    except (KeyError, ValueError, OverflowError):
        return None


def parameters(value: str) -> tuple[str, dict[str, str]]:
    """`text/plain; charset=…` as ('text/plain', {'charset': …}), RFC 2231 and RFC 2047 values decoded."""
    head, *rest = _split(value, ";", 200)
    plain: dict[str, str] = {}
    segments: dict[str, list[tuple[int, bool, str]]] = {}
    for item in rest:
        name, equals, raw = item.partition("=")
        name, raw = name.strip().lower(), _unquote(raw.strip())
        if not equals or not name:
            continue
        if part := _SEGMENT.match(name):
            segments.setdefault(part[1], []).append((int(part[2] or 0), bool(part[3] or not part[2]), raw))
        else:
            plain.setdefault(name, decode_words(raw))
    for name, found in segments.items():
        plain[name] = _rfc2231(sorted(found))
    kind = head.lower().replace(" /", "/").replace("/ ", "/").split()
    return kind[0] if kind else "", plain


def _rfc2231(segments: list[tuple[int, bool, str]]) -> str:
    charset, data = "", b""
    chunks = []
    for number, (_, encoded, value) in enumerate(segments):
        labelled = encoded and number == 0 and value.count("'") >= 2
        charset, _, raw = value.split("'", 2) if labelled else (charset, "", value)
        chunk = raw.encode("utf-8", "replace")
        chunks.append(_PERCENT.sub(lambda m: bytes([int(m[1], 16)]), chunk) if encoded else chunk)
    data = b"".join(chunks)
    return decode_words(decode(data, charset or None)[0])


def _split(value: str, separators: str, limit: int) -> list[str]:  # noqa: C901, PLR0912 - one state machine
    """Split outside quotes, comments and angle brackets; one pass, at most `limit` pieces."""
    pieces: list[str] = []
    start, quoted, comment, angle = 0, False, 0, False
    skip = False
    for at, char in enumerate(value):
        if skip:
            skip = False
        elif char == "\\" and (quoted or comment):
            skip = True
        elif char == '"' and not comment:
            quoted = not quoted
        elif quoted:
            continue
        elif char == "(":
            comment += 1
        elif char == ")":
            comment = max(0, comment - 1)
        elif comment:
            continue
        elif char == "<":
            angle = True
        elif char == ">":
            angle = False
        elif char in separators and not angle:
            pieces.append(value[start:at])
            start = at + 1
            if len(pieces) == limit:
                return pieces
    if (quoted or comment or angle) and start == 0 and any(s in value for s in separators):
        return re.split(f"[{separators}]", value, maxsplit=limit)[:limit]  # an open quote must not hide the rest
    pieces.append(value[start:])
    return pieces


def _mailbox(chunk: str) -> Address:
    chunk = chunk.strip()
    opened = _outside_quotes(chunk, "<")
    if opened >= 0:
        name, email = chunk[:opened], chunk[opened + 1 :].partition(">")[0]
        name = name.rpartition(":")[2] if _outside_quotes(name, ":") >= 0 else name
        return Address(_name(name), _email(email))
    colon = _outside_quotes(chunk, ":")
    if colon >= 0 and not chunk.lower().startswith("mailto:"):
        chunk = chunk[colon + 1 :].strip()  # the name of a group
    bare, opened_at, comment = chunk.partition("(")
    email = _email(bare)
    if email:
        return Address(_name(comment.rpartition(")")[0] or comment) if opened_at else "", email)
    words = chunk.split()
    loose = next((e for w in words[:20] if "@" in w and (e := _email(w))), "") if "=?" not in chunk else ""
    return Address("" if loose else _name(chunk), loose)


def _outside_quotes(text: str, wanted: str) -> int:
    quoted = skip = False
    for at, char in enumerate(text):
        if skip:
            skip = False
        elif char == "\\":
            skip = True
        elif char == '"':
            quoted = not quoted
        elif char == wanted and not quoted:
            return at
    return -1


def _name(raw: str) -> str:
    return decode_words(_unquote(raw.strip()))[:300].strip("\"' ")


def _email(raw: str) -> str:
    email = clean("".join(raw.split())).lower().removeprefix("mailto:").strip("<>\"',;")
    local, at, domain = email.rpartition("@")
    if not at or not local or not domain or len(email) > 320 or any(c in '<>()[]\\,;:"' for c in domain + local):
        return ""
    return email.rstrip(".")


def _unquote(text: str) -> str:
    if len(text) >= 2 and text[0] == '"':
        end = len(text) - 1 if text[-1] == '"' else len(text)
        return re.sub(r"\\(.)", r"\1", text[1:end])
    return text
