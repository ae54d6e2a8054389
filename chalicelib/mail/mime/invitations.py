"""What is one invited to? The first event of a calendar part (RFC 5545); repetitions are not worked out."""

import re
from datetime import datetime

from chalicelib.mail.message import Invitation
from chalicelib.mail.mime.charsets import clean
from chalicelib.mail.mime.headers import parameters

_READ = 200_000  # characters
_LINES, _LENGTH = 2_000, 4_000  # lines of the part, characters of one once unfolded
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?$")
_ZONE = re.compile(r"[A-Za-z]{2,20}(?:/[A-Za-z0-9_+-]{1,30}){1,2}")
_ESCAPE = re.compile(r"\\([nN,;\\:\"])")
_ISO_ZONE = re.compile(r"^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)):\d\d(?:([+-]\d\d:\d\d))?(?:\[([^\]]+)\])?$")
_HEADINGS = {
    "CANCEL": "Cancelled invitation",
    "REPLY": "Answer to an invitation",
    "COUNTER": "Another time proposed for an invitation",
}


def read_invitation(text: str) -> Invitation | None:
    """None when there is no event."""
    method = ""
    fields: dict[str, tuple[dict[str, str], str]] = {}
    inside: list[str] = []
    for line in _unfolded(text[:_READ]):
        name, params, value = _property(line)
        if name == "BEGIN":
            inside.append(value.strip().upper())
        elif name == "END":
            if inside and inside.pop() == "VEVENT":
                break
        elif name == "METHOD" and len(inside) <= 1:
            method = value.strip().upper()[:20]
        elif inside and inside[-1] == "VEVENT":
            fields.setdefault(name, (params, value))
    if not fields:
        return None
    return Invitation(
        method=method,
        summary=_said(fields, "SUMMARY"),
        starts=_time(*fields.get("DTSTART", ({}, ""))),
        ends=_time(*fields.get("DTEND", ({}, ""))),
        location=_said(fields, "LOCATION"),
        organizer=_address(fields.get("ORGANIZER", ({}, ""))[1]),
    )


def in_words(invitation: Invitation) -> str:
    """What an invitation says, one line each; for a mail that says nothing else."""
    when = _readable(invitation.starts)
    if invitation.ends:
        when += f" to {_readable(invitation.ends)}"
    lines = (
        (_HEADINGS.get(invitation.method, "Invitation"), invitation.summary or "(without a title)"),
        ("When", when),
        ("Where", invitation.location),
        ("From", invitation.organizer),
    )
    return "\n".join(f"{label}: {value}" for label, value in lines if value)


def _unfolded(text: str) -> list[str]:
    """Lines as they were before they were folded (RFC 5545 3.1)."""
    lines: list[list[str]] = []
    for line in clean(text).split("\n", _LINES)[:_LINES]:
        if line[:1] in (" ", "\t") and lines:
            lines[-1].append(line[1:])
        else:
            lines.append([line])
    return ["".join(pieces)[:_LENGTH] for pieces in lines]


def _property(line: str) -> tuple[str, dict[str, str], str]:
    """(name, parameters, value) of `NAME;PARAM="a:b":value`."""
    quoted = False
    for at, char in enumerate(line):
        if char == '"':
            quoted = not quoted
        elif char == ":" and not quoted:
            name, semicolon, params = line[:at].partition(";")
            return name.strip().upper(), parameters(f";{params}")[1] if semicolon else {}, line[at + 1 :]
    return line.strip().upper(), {}, ""


def _said(fields: dict[str, tuple[dict[str, str], str]], name: str) -> str:
    value = _ESCAPE.sub(lambda match: " " if match[1] in "nN" else match[1], fields.get(name, ({}, ""))[1])
    return " ".join(value.split())[:500]


def _address(value: str) -> str:
    address = value.strip()
    return address[7:][:320].lower() if address.lower().startswith("mailto:") else ""


def _time(params: dict[str, str], value: str) -> str:
    match = _TIME.match(value.strip())
    if match is None:
        return ""
    year, month, day, hour, minute, second, utc = match.groups()
    try:
        moment = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), min(int(second or 0), 59))  # noqa: DTZ001 - the zone is added below, if there is one
    except ValueError:
        return ""
    if hour is None:
        return moment.date().isoformat()
    if utc:
        return moment.isoformat() + "+00:00"
    zone = re.sub(r"[\[\]]", "", params.get("tzid", "")).strip()[:100]
    return _in_zone(moment, zone) + (f"[{zone}]" if zone else "")


def _in_zone(moment: datetime, name: str) -> str:
    """With the offset of a zone we know; without one otherwise."""
    if not _ZONE.fullmatch(name):
        return moment.isoformat()
    from zoneinfo import ZoneInfo

    try:
        return moment.replace(tzinfo=ZoneInfo(name)).isoformat()
    except (LookupError, OSError, ValueError, OverflowError):
        return moment.isoformat()


def _readable(time: str) -> str:
    """`2026-11-24T15:00:00+01:00[Europe/Berlin]` as `2026-11-24 15:00 (Europe/Berlin)`."""
    match = _ISO_ZONE.match(time)
    if match is None:
        return time
    date, clock, offset, zone = match.groups()
    where = zone or ("UTC" if offset == "+00:00" else "")
    return f"{date} {clock}" + (f" ({where})" if where else "")
