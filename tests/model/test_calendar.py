"""Calendars are configuration: read once, refused with a sentence that says what to correct."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.kernel.errors import Permanent
from chalicelib.model.calendar import Span, read_calendars

WEEK = {"mon-fri": ["09:00-12:30", "13:30-18:00"], "sat": "10:00-14:00"}


def told(**fields: Any) -> str:
    return json.dumps(fields)


def test_no_configuration_means_always_open() -> None:
    calendars = read_calendars("", "Europe/Berlin")

    assert calendars.of("email").always
    assert calendars.of("email").a_week == timedelta(weeks=1)


def test_a_week_is_read_as_written() -> None:
    calendar = read_calendars(told(open=WEEK), "Europe/Berlin").default

    assert calendar.time_zone == "Europe/Berlin"
    assert calendar.week[4] == (Span(540, 750), Span(810, 1080))
    assert (calendar.week[5], calendar.week[6]) == ((Span(600, 840),), ())
    assert calendar.a_week == timedelta(hours=44)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("22:00-02:00", Span(1320, 1560)),
        ("18:00-24:00", Span(1080, 1440)),
        ("18:00-00:00", Span(1080, 1440)),
        ("00:00-24:00", Span(0, 1440)),
    ],
)
def test_a_span_may_go_to_midnight_and_over_it(text: str, span: Span) -> None:
    assert read_calendars(told(open={"fri": text}), "UTC").default.week[4] == (span,)


def test_exceptions_close_days_and_open_others_which_goes_last() -> None:
    calendar = read_calendars(
        told(
            open=WEEK,
            holidays={"2026": "1225 1226", "2027": "0101"},
            closed=["2026-12-24"],
            also_open={"2026-12-26": ["10:00-12:00"]},
        ),
        "UTC",
    ).default

    assert [calendar.of(date(2026, 12, day)) for day in (24, 25, 26)] == [(), (), (Span(600, 720),)]
    assert calendar.of(date(2027, 1, 1)) == ()
    assert not calendar.always


def test_holidays_alone_close_a_company_that_is_always_open_else() -> None:
    calendar = read_calendars(told(holidays={"2026": "1225"}), "UTC").default

    assert not calendar.always
    assert calendar.of(date(2026, 12, 24)) == (Span(0, 1440),)


def test_a_channel_has_from_the_default_what_it_does_not_say() -> None:
    chat = {"open": {"mon-sun": "08:00-24:00"}}
    calendars = read_calendars(
        told(time_zone="Asia/Shanghai", open=WEEK, closed=["2026-10-01"], channels={"chat": chat}), "UTC"
    )

    assert calendars.of("email") is calendars.default
    assert calendars.of("chat").time_zone == "Asia/Shanghai"
    assert calendars.of("chat").of(date(2026, 10, 1)) == ()
    assert calendars.of("chat").a_week == timedelta(hours=112)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("monday", "CALENDAR cannot be read"),
        ("[3]", "CALENDAR cannot be read"),
        (told(channels=3), "CALENDAR cannot be read"),
        (told(open=3), "CALENDAR cannot be read"),
        (told(hours={}), "CALENDAR: there is no hours; there are also_open, channels, closed"),
        (told(time_zone="Bavaria"), "CALENDAR: time_zone is no IANA name"),
        (told(open={}), "CALENDAR: open names no time"),
        (told(open={"monday": "09:00-17:00"}), "CALENDAR: 'monday' is no day"),
        (told(open={"fri-mon": "09:00-17:00"}), "CALENDAR: 'fri-mon' is no day"),
        (told(open={"mon-fri": "09:00-17:00", "wed": "10:00-12:00"}), "CALENDAR: wed is opened twice"),
        (told(open={"mon": "9-17"}), "CALENDAR: mon: '9-17' is no span; it looks like 09:00-12:30"),
        (told(open={"mon": "09:00-24:30"}), "is no span"),
        (told(open={"mon": "09:00-09:00"}), "is no span"),
        (told(open={"mon": [9]}), "is no span"),
        (told(open={"mon": ["09:00-12:00", "11:00-13:00"]}), "CALENDAR: spans of mon overlap"),
        (told(open={"sun": "22:00-06:00", "mon": "05:00-09:00"}), "the night of sun lasts into what mon opens"),
        (told(closed=["24.12.2026"]), "CALENDAR: 24.12.2026 is no day"),
        (told(holidays="DE"), "CALENDAR: holidays are days by year"),
        (told(holidays={"2026": "1332"}), "CALENDAR: 2026-13-32 is no day"),
        (told(also_open={"soon": []}), "CALENDAR: soon is no day"),
        (told(channels={"chat": {"open": {"mon": "?"}}}), "CALENDAR of chat: mon: '\\?' is no span"),
        (told(channels={"chat": {"channels": {}}}), "CALENDAR of chat: there is no channels"),
    ],
)  # fmt: skip
def test_a_calendar_that_cannot_be_used_is_refused_with_the_reason(text: str, sentence: str) -> None:
    with pytest.raises(Permanent, match=sentence):
        read_calendars(text, "UTC")
