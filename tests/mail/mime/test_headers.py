from datetime import UTC, datetime

import pytest

from chalicelib.mail.mime.headers import (
    addresses,
    date_of,
    decode_words,
    doubtful,
    email_of,
    message_ids,
    one_line,
    parameters,
)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("=?utf-8?B?5L2g5Q==?= =?utf-8?B?pb0=?=", "你好"),
        ("=?utf-8?B?5L2g 5aW9?=", "你好"),
        ("=?utf-8?B?5L2g?= =?utf-8?Q?=E5=A5=BD?=", "你好"),
        ("=?utf-8?Q?Gr=C3=BC=C3=9Fe an dich?=", "Grüße an dich"),
        ("=?utf-8?Q?Why?_=C3=BC?=", "Why? ü"),
        ("=?utf-8?Q?Gr=C3=BC=C3=9Fe", "Grüße"),
        ("=?utf-8*en?Q?a?= =?utf-8?Q?b?=", "ab"),
        ("a =?utf-8?Q?b?= c", "a b c"),
        ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        ("is 1 =? 2 ?= 3", "is 1 =? 2 ?= 3"),
        ("=?utf-8?Q?a=0D=0ABcc:_b?=", "a Bcc: b"),
    ],
)
def test_encoded_words_are_read_as_they_were_meant(sent: str, read: str) -> None:
    assert decode_words(sent) == read


def test_a_header_is_one_line_whatever_parts_lines() -> None:
    assert one_line(" a\r\nb\u2028c\x85d\te\0 ") == "a b c d e"


@pytest.mark.parametrize(
    ("sent", "name", "email"),
    [
        ("Ann Lee <Ann@Customer.Example>", "Ann Lee", "ann@customer.example"),
        ("ann@customer.example (Ann Lee)", "Ann Lee", "ann@customer.example"),
        ("(Ann) ann (home) @ customer.example", "Annhome", "ann@customer.example"),
        ('"Lee, Ann" <ann@customer.example>', "Lee, Ann", "ann@customer.example"),
        ('"Ann" Lee <ann@customer.example>', "Ann Lee", "ann@customer.example"),
        ('"An\\"n" <ann@customer.example>', 'An"n', "ann@customer.example"),
        ("Ann (Sales <ann@customer.example>", "Ann (Sales", "ann@customer.example"),
        ('"Ann <ann@customer.example>', "Ann", "ann@customer.example"),
        ("=?utf-8?Q?Ann:_Lee?= <ann@customer.example>", "Ann: Lee", "ann@customer.example"),
        ("<@a.example,@b.example:ann@customer.example>", "", "ann@customer.example"),
        ("Ann <Ann> <ann@customer.example>", "Ann", "ann@customer.example"),
        ("mailto:ann@customer.example?subject=x", "", "ann@customer.example"),
        ("<ann@\r\n customer.example>", "", "ann@customer.example"),
        ("<ann@custo\r\n mer.example>", "", "ann@customer.example"),
        ("ann@customer.example Ann", "", "ann@customer.example"),
        ("<\u202aann@customer.example\u202c>", "", "ann@customer.example"),
        ("ann@bücher.example", "", "ann@bücher.example"),
        ("Ann Lee", "Ann Lee", ""),
        ("ann\uff20customer.example", "ann\uff20customer.example", ""),
        ("=?utf-8?q?ann=40customer.example?=", "ann@customer.example", ""),
    ],
)
def test_a_mailbox_is_a_name_and_an_address(sent: str, name: str, email: str) -> None:
    (address,) = addresses(sent, 5)

    assert (address.name, address.email) == (name, email)


@pytest.mark.parametrize(
    "sent", ["a@b@c.example", "<a@b.example c@d.example>", "a\0@b.example", '"a@b"@c.example', "a@", "@b.example"]
)
def test_what_is_no_address_is_none(sent: str) -> None:
    assert email_of(sent) == ""


def test_letters_that_only_look_like_ascii_stay_what_they_are() -> None:
    assert email_of("a@ban\u212a.example") == "a@ban\u212a.example"


def test_groups_are_opened_and_empty_ones_name_nobody() -> None:
    found = addresses("Team: a@b.example, C <c@b.example>;, undisclosed-recipients:;, d@b.example", 9)

    assert [a.email for a in found] == ["a@b.example", "c@b.example", "d@b.example"]


def test_an_open_quote_hides_no_address_behind_it() -> None:
    assert [a.email for a in addresses('a@b.example, "C <c@b.example>, d@b.example', 9)] == [
        "a@b.example",
        "c@b.example",
        "d@b.example",
    ]


@pytest.mark.parametrize(
    "sent",
    [
        "boss@bank.example <eve@evil.example>",
        '"boss@bank.example <eve@evil.example>',
        "<eve@evil.example> boss@bank.example",
        "<@bank.example:eve@evil.example>",
        "boss@bank.example@evil.example",
        "boss@bank.example\0.evil.example",
        "eve@evil.example\rFrom: boss@bank.example",
        "(boss <eve@evil.example>",
        '"boss@bank.example"',
        '\\"boss@bank.example" <eve@evil.example>',
        '<eve@evil.example>"boss@bank.example"',
        "boss@evil.ban(x)k.example",
        'eve@evil.example"boss@bank.example"',
        "boss@evil.ban k.example",
        "<boss@evil.example .bank.example>",
        "<eve@evil.example",
    ],
)
def test_a_sender_that_can_be_read_in_two_ways_is_doubtful(sent: str) -> None:
    assert doubtful(sent)


@pytest.mark.parametrize(
    "sent",
    [
        "Ann <ann@customer.example>",
        "ann@customer.example <ann@customer.example>",
        "ann@customer.example (Ann)",
        '"boss@bank.example" <eve@evil.example>',
        "=?utf-8?q?boss=40bank.example?= <eve@evil.example>",
        "Team: ann@customer.example;",
        "[Support] <ann@customer.example>",
        '"Ann \\"Lee\\"" <ann@customer.example>',
        "",
    ],
)
def test_a_plain_sender_is_not_doubtful(sent: str) -> None:
    assert not doubtful(sent)


@pytest.mark.parametrize(
    ("sent", "ids"),
    [
        ("<a@b> <c@d>", ["a@b", "c@d"]),
        ("a@b, c@d", ["a@b", "c@d"]),
        ("< a @\r\n b >", ["a@b"]),
        ("Your mail of Tuesday <a@b> (sic)", ["a@b"]),
        ("<a@b> <a@b>", ["a@b"]),
        ("<> <\0>", []),
        ("nothing", []),
        (f"<{'a' * 1_000}@b>", []),
    ],
)
def test_message_ids_are_found_with_and_without_brackets(sent: str, ids: list[str]) -> None:
    assert message_ids(sent, 5) == ids


@pytest.mark.parametrize(
    "sent",
    [
        "Tue, 24 Nov 2026 10:00:00 +0000",
        "24 Nov 26 10:00 GMT",
        "24-Nov-2026 05:00:00 EST",
        "Tue, 24 Nov 126 10:00:00 -0000 (UTC)",
        "Tue Nov 24 10:00:00 2026",
        "Tue Nov 24 11:00:00 +0100 2026",
    ],
)
def test_dates_are_read_in_the_forms_that_are_sent(sent: str) -> None:
    assert date_of(sent) == datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "sent",
    ["", "now", "1 Jan 0000 10:00 +0000", "31 Dec 9999 23:00 -1200", "31 Feb 2026 10:00", "1 Jan 2026 10:00 +9999"],
)
def test_what_is_no_date_is_none(sent: str) -> None:
    assert date_of(sent) is None


@pytest.mark.parametrize(
    ("sent", "name", "value"),
    [
        ("a/b; name=x; name=y", "name", "x"),
        ('a/b; name="x; y"', "name", "x; y"),
        ("a/b; name=my file (1).pdf", "name", "my file (1).pdf"),
        ("a/b; name*1=b; name*0=a", "name", "ab"),
        ("a/b; name*0*=utf-8''R%C3%A9; name*1=sum", "name", "Résum"),
        ("a/b; name*=R%C3%A9sum", "name", "Résum"),
        ("a/b; name*=utf-8''a%ZZ", "name", "a%ZZ"),
        ("a/b; name==?utf-8?Q?R=C3=A9sum?=", "name", "Résum"),
        ('a/b; name="open; charset=utf-8', "charset", "utf-8"),
        ("a/b; name=(open; charset=utf-8", "charset", "utf-8"),
    ],
)
def test_parameters_are_read_as_they_were_meant(sent: str, name: str, value: str) -> None:
    assert parameters(sent)[1][name] == value
