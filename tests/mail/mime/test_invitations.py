import pytest

from chalicelib.mail.message import Invitation
from chalicelib.mail.mime.invitations import in_words, read_invitation
from chalicelib.mail.parse import parse_mail
from tests.mail.letters import letter, multipart, part

CALENDAR = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:16010101T030000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
ORGANIZER;CN="Lee: Ann":MAILTO:Ann@customer.example
SUMMARY;LANGUAGE=en:Delivery\\, second
  attempt
DTSTART;TZID=Europe/Berlin:20261124T150000
DTEND;TZID=Europe/Berlin:20261124T160000
RRULE:FREQ=SECONDLY
LOCATION:Ramp 3\\nYard
BEGIN:VALARM
SUMMARY:not this
END:VALARM
END:VEVENT
BEGIN:VEVENT
SUMMARY:the next one
END:VEVENT
END:VCALENDAR
"""


def test_the_first_event_is_read() -> None:
    assert read_invitation(CALENDAR.replace("\n", "\r\n")) == Invitation(
        method="REQUEST",
        summary="Delivery, second attempt",
        starts="2026-11-24T15:00:00+01:00[Europe/Berlin]",
        ends="2026-11-24T16:00:00+01:00[Europe/Berlin]",
        location="Ramp 3 Yard",
        organizer="ann@customer.example",
    )


@pytest.mark.parametrize(
    ("line", "starts"),
    [
        ("DTSTART:20261124T150000Z", "2026-11-24T15:00:00+00:00"),
        ("DTSTART:20261124T150000", "2026-11-24T15:00:00"),
        ("DTSTART;VALUE=DATE:20261124", "2026-11-24"),
        ("DTSTART;TZID=W. Europe Standard Time:20261124T150000", "2026-11-24T15:00:00[W. Europe Standard Time]"),
        ("DTSTART;TZID=../../etc/passwd:20261124T150000", "2026-11-24T15:00:00[../../etc/passwd]"),
        ("DTSTART:20261399T990000", ""),
        ("DTSTART:tomorrow", ""),
    ],
)
def test_times_keep_the_zone_they_are_written_in(line: str, starts: str) -> None:
    found = read_invitation(f"BEGIN:VEVENT\n{line}\nEND:VEVENT")

    assert found
    assert found.starts == starts


@pytest.mark.parametrize(
    "text", ["", "words", "BEGIN:VCALENDAR\nEND:VCALENDAR", "END:VEVENT\n" * 9, "BEGIN:VTODO\nSUMMARY:x"]
)
def test_without_an_event_there_is_no_invitation(text: str) -> None:
    assert read_invitation(text) is None


@pytest.mark.parametrize(
    ("method", "heading"),
    [
        ("REQUEST", "Invitation"),
        ("", "Invitation"),
        ("CANCEL", "Cancelled invitation"),
        ("REPLY", "Answer to an invitation"),
    ],
)
def test_an_invitation_is_told_in_words(method: str, heading: str) -> None:
    told = in_words(Invitation(method, "Visit", "2026-11-24T15:00:00+00:00", "2026-11-25", "", "ann@customer.example"))

    assert told == f"{heading}: Visit\nWhen: 2026-11-24 15:00 (UTC) to 2026-11-25\nFrom: ann@customer.example"


def test_a_mail_that_is_only_an_invitation_says_so() -> None:
    mail = parse_mail(letter(CALENDAR, Content_Type="text/calendar; charset=utf-8"))

    assert mail.invitation
    assert mail.text.splitlines()[:2] == [
        "Invitation: Delivery, second attempt",
        "When: 2026-11-24 15:00 (Europe/Berlin) to 2026-11-24 16:00 (Europe/Berlin)",
    ]
    assert [(a.name, a.type) for a in mail.attachments] == [("invite.ics", "text/calendar")]


def test_an_invitation_among_alternatives_is_kept() -> None:
    calendar = part("text/calendar; method=CANCEL", CALENDAR.replace("METHOD:REQUEST\n", ""))

    mail = parse_mail(multipart("alternative", part("text/plain", "come!"), part("text/html", "<p>come!"), calendar))

    assert mail.invitation
    assert (mail.text, mail.invitation.method, len(mail.attachments)) == ("come!", "CANCEL", 1)
