"""Header values to meaning: words, addresses, parameters, ids and dates (RFC 5322, 2047, 2231).

Every function takes any text and never raises. Addresses are split before their names are decoded, so that
an encoded word cannot bring an address of its own (`=?utf-8?q?boss=40bank=2Eexample?=` names nobody).
"""

import re
from binascii import a2b_qp
from datetime import UTC, datetime, timedelta, timezone

from chalicelib.mail.message import Address
from chalicelib.mail.mime.charsets import clean, decode
from chalicelib.mail.mime.transfer import from_base64

# Its text may hold question marks; at the end of a value that was cut its own end may be missing.
_WORD = re.compile(r"=\?([^?\s]{0,60})\?([bBqQ])\?((?:[^?]++|(?<!=)\?(?!=)){0,40}+)(?:\?=|\??$)")
_WORDS = 2_000  # encoded words decoded per value; the rest stays as it came
_ID = re.compile(r"<([^<>]{1,998})>")
_NO_ID = re.compile(r"[\s<>\",;()]+")
_DATE = re.compile(
    r"(\d{1,2})[ \-]{1,3}([a-zA-Z]{3})[a-z]{0,6}[ \-]{1,3}(\d{2,4})[ "
    r",]{1,3}(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?"
    r"\s{0,3}([+-]\d{4}|[A-Z]{1,4})?"
)
_ASCTIME = re.compile(
    r"\b([A-Z][a-z]{2}) {1,3}(\d{1,2}) (\d{1,2}):(\d{2}):(\d{2}) (?:([A-Z]{3,4}|[+-]\d{4}) )?(\d{4})\b"
)
_MONTHS = dict(zip(("jan feb mar apr may jun jul aug sep oct nov dec").split(), range(1, 13), strict=True))  # noqa: SIM905 - reads as words
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
_PERCENT = re.compile(rb"%([0-9a-fA-F]{2})")
_SPECIALS = frozenset('<>()[]\\,;:"@ \t\r\n')
_AROUND_DOTS = re.compile(r"\s{0,9}([.@])\s{0,9}")
_QUOTED = re.compile(r'"(?:[^"\\]++|\\.?)*+(?:"|$)', re.DOTALL)
_UPPER = re.compile("[A-Z]+")
_DOMAIN = re.compile(r"@\s*+([^\s<>@,;:]{1,255})")
_STRAY = set("\\[])")
_BEHIND = re.compile(r"(?:>\s*+|@\s*+[^\s<>@,;:]++\s++)[^\s<>,;]")  # `a@evil.example .bank.example`
_HOST = re.compile(r"[\w.-]+")
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
        data = payload.encode("utf-8", "replace")
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


def doubtful(value: str) -> bool:
    """Whether an address field can be read in several ways, so that what others checked may not be what we read.

    Open quotes, comments or brackets, control characters, something behind the address, two domains, or one that
    is quoted or a comment.
    """
    written, _, closed = _comments_apart(value)
    bare = _QUOTED.sub('""', written)
    domains = {domain.lower() for domain in _DOMAIN.findall(bare)}
    hidden = value.count("@") > bare.count("@")  # addresses in quotes or comments: nothing stray may end those early
    return (
        not closed
        or bare.count("<") != bare.count(">")
        or len(domains) != (1 if "@" in value else 0)
        or not all(map(_HOST.fullmatch, domains))
        or bool(_BEHIND.search(bare))
        or (hidden and bool(_STRAY & set(bare)))
        or clean(value) != value
    )


def message_ids(value: str, limit: int) -> list[str]:
    """Message ids without their brackets, in order, each once; bare ids are taken when none has brackets."""
    ids = _ID.findall(value) or [word for word in _NO_ID.split(value) if "@" in word[1:-1] and len(word) < 999]
    cleaned = dict.fromkeys("".join(clean(i).split()) for i in ids)
    return [i for i in cleaned if i][-limit:]


def date_of(value: str) -> datetime | None:
    """A Date header as aware UTC, None if unreadable. No zone counts as UTC (RFC 5322 3.3)."""
    value = value[:200]
    if match := _DATE.search(value):
        day, month, year, hour, minute, second, zone = match.groups()
    elif match := _ASCTIME.search(value):
        month, day, hour, minute, second, zone, year = match.groups()
    else:
        return None
    full = int(year) + (
        1900 if len(year) == 3 or (len(year) == 2 and int(year) >= 50) else 2000 if len(year) == 2 else 0
    )
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
    if quoted or comment or angle:  # an open quote must not hide the rest
        return [*pieces, *re.split(f"[{separators}]", value[start:], maxsplit=limit)][:limit]
    pieces.append(value[start:])
    return pieces


def _mailbox(chunk: str) -> Address:
    chunk, comment = chunk.strip(), ""
    if "(" in chunk:
        written, said, closed = _comments_apart(chunk)
        chunk, comment = (written.strip(), said) if closed else (chunk, "")
    opened = _outside_quotes(chunk, "<")
    opened = chunk.rfind("<") if opened < 0 else opened  # within a quote that may never close
    if opened >= 0:
        name = chunk[:opened]
        inner = [part.partition(">")[0] for part in chunk[opened + 1 :].split("<", 5)[:5]]
        whole = (*inner, *("".join(part.split()) for part in inner))  # folded in the middle of a word
        email = next((e for part in whole if (e := _email(part))), "")
        return Address(_name(_without_group(name)) or _name(comment), email)
    chunk = _without_group(chunk).strip()
    if email := _email(chunk):
        return Address(_name(comment), email)
    words = _QUOTED.sub(" ", chunk).split(maxsplit=20)[:20]
    loose = next((e for w in words if "@" in w and (e := _email(w))), "") if "=?" not in chunk else ""
    return Address("" if loose else _name(chunk), loose)


def _without_group(chunk: str) -> str:
    """`Team: Ann` as ` Ann`; a colon within a word or behind an address begins no group."""
    colon = _outside_quotes(chunk, ":")
    group = chunk[: max(0, colon)]
    return chunk if "@" in group or "=?" in group or group.strip().lower() == "mailto" else chunk[colon + 1 :]


def _comments_apart(text: str) -> tuple[str, str, bool]:
    """(the text without comments, what they say, whether quotes and comments are all closed)."""
    kept: list[str] = []
    comments: list[str] = []
    quoted = skip = False
    depth = 0
    for char in text:
        if skip or (char == "\\" and (quoted or depth)):
            skip = not skip
        elif char == '"' and not depth:
            quoted = not quoted
        elif char in "()" and not quoted and (depth or char == "("):
            depth += 1 if char == "(" else -1
            kept.append("" if depth else " ")
            continue
        (comments if depth else kept).append(char)
    return "".join(kept), "".join(comments), not (quoted or depth)


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
    raw = re.sub(r'\\(.)|"', r"\1", raw) if '"' in raw else raw
    return decode_words(raw)[:300].strip("\"' ")


def _email(raw: str) -> str:
    email = _AROUND_DOTS.sub(r"\1", raw[:1_000]).strip(" \t\r\n<>\"',;\u200b\u202a\u202c\ufeff")
    email = _UPPER.sub(lambda match: match[0].lower(), email)  # str.lower() makes a k of the Kelvin sign
    if email.startswith("mailto:"):
        email = email.removeprefix("mailto:").partition("?")[0]
    if email.startswith("@") and ":" in email:
        email = email.rpartition(":")[2]  # a route (RFC 5322 4.4)
    local, _, domain = email.rpartition("@")
    domain = domain.rstrip(".")
    if not local or not domain or len(email) > 320 or _SPECIALS & {*local, *domain} or clean(email) != email:
        return ""
    return f"{local}@{domain}"


def _unquote(text: str) -> str:
    if len(text) >= 2 and text[0] == '"':
        end = len(text) - 1 if text[-1] == '"' else len(text)
        return re.sub(r"\\(.)", r"\1", text[1:end])
    return text
