import pytest

from chalicelib.mail.message import DEFAULT_LIMITS, Limits
from chalicelib.mail.mime.structure import Part, leaves, read_headers, read_parts
from tests.mail.letters import letter, multipart, part


def headers_of(raw: bytes) -> tuple[dict[str, str], bytes]:
    headers, body = read_headers(raw, DEFAULT_LIMITS, [])
    return dict(headers), raw[body:]


def tree(raw: bytes, limits: Limits = DEFAULT_LIMITS) -> tuple[list[Part], list[str]]:
    warnings: list[str] = []
    return read_parts(raw, limits, warnings), warnings


def contents(raw: bytes) -> list[bytes]:
    return [leaf.content(raw) for _, leaf in leaves(tree(raw)[0])]


def test_folded_lines_are_one_value() -> None:
    assert headers_of(b"Subject: My\r\n\tlate\r\n order\r\n\r\nx") == ({"subject": "My\tlate order"}, b"x")


def test_a_line_without_a_name_among_headers_goes_on_with_the_one_before() -> None:
    assert headers_of(b"Subject: My\nlate order\nTo: a@b.example\n\nx")[0]["subject"] == "My late order"


def test_a_line_without_a_name_after_the_last_header_is_the_body() -> None:
    assert headers_of(b"Subject: My order\nHello there\n\nBye") == ({"subject": "My order"}, b"Hello there\n\nBye")


def test_a_parameter_without_its_blank_belongs_to_the_header_before() -> None:
    assert headers_of(b"Content-Type: a/b;\nname=c\n\nx") == ({"content-type": "a/b; name=c"}, b"x")


@pytest.mark.parametrize(
    "broken", ["References: <a@b.example>, <c.\n{}d@e.example>", 'X: "a\n{}b"', "To: a@b.example,\n{}c@d.example"]
)
def test_a_last_header_that_is_not_complete_goes_on(broken: str) -> None:
    found, body = headers_of(f"{broken.format('')}\n\nx".encode())

    assert [" ".join(value.split()) for value in found.values()] == [broken.partition(": ")[2].replace("\n{}", " ")]
    assert body == b"x"


def test_a_banner_before_the_headers_is_left_out() -> None:
    assert headers_of(b"This mail was scanned.\nSubject: My order\n\nx") == ({"subject": "My order"}, b"x")


def test_a_text_with_colons_is_not_taken_for_headers() -> None:
    text = b"Dear shop,\nOrder: 12\n\nAnn"

    assert headers_of(text) == ({}, text)


def test_a_blank_line_at_once_is_the_end_of_no_headers() -> None:
    assert headers_of(b"\r\nHello") == ({}, b"Hello")


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        ("Subject: Grüße".encode(), "Grüße"),
        ("Subject: Grüße".encode("latin-1"), "Grüße"),
        (b"Subject: " + "你好".encode("gbk") + b"\nContent-Type: text/plain; charset=gbk", "你好"),
        (b"Subject: " + "こんにちは".encode("iso2022_jp"), "こんにちは"),
    ],
)
def test_bare_characters_in_a_header_are_read_by_the_charset_named_close_by(raw: bytes, subject: str) -> None:
    assert headers_of(raw + b"\n\nx")[0]["subject"] == subject


def test_no_more_of_a_header_block_is_read_than_the_limit_and_the_body_follows_the_blank_line() -> None:
    warnings: list[str] = []

    headers, body = read_headers(b"A: b\n" * 100 + b"\nHello", Limits(header_block=50), warnings)

    assert len(headers) == 10
    assert body == len(b"A: b\n" * 100) + 1
    assert warnings == ["headers: only the first 50 bytes read"]


def test_parts_know_where_they_stand() -> None:
    inner = "Content-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\n" + part("text/plain", "a") + "\r\n--in--"

    parts, _ = tree(multipart("mixed", inner, part("a/b", "c")))

    assert [(p.type, p.depth, p.parent, p.leaf) for p in parts] == [
        ("multipart/mixed", 0, -1, False),
        ("multipart/alternative", 1, 0, False),
        ("text/plain", 2, 1, True),
        ("a/b", 1, 0, True),
    ]


def test_a_part_ends_before_the_line_end_of_its_delimiter() -> None:
    assert contents(multipart("mixed", "\r\na\r\n", "\r\n")) == [b"a\r\n", b""]


@pytest.mark.parametrize("line", ["--cut \t", "--cut--", "--cut-- x"])
def test_delimiters_are_known_with_blanks_and_when_they_close(line: str) -> None:
    raw = letter(f"--cut\r\n\r\na\r\n{line}\r\n\r\nb", Content_Type="multipart/mixed; boundary=cut")

    assert contents(raw)[0] == b"a"


def test_a_line_that_goes_on_is_no_delimiter() -> None:
    raw = letter("--cut\r\n\r\na\r\n--cute\r\nb\r\n--cut--", Content_Type="multipart/mixed; boundary=cut")

    assert contents(raw) == [b"a\r\n--cute\r\nb"]


def test_lines_that_begin_with_the_boundary_delimit_when_no_others_do() -> None:
    raw = letter("--boundary x\r\n\r\na\r\n--boundary-- y\r\nb", Content_Type="multipart/mixed; boundary=boundary")

    assert contents(raw) == [b"a"]


def test_a_line_of_dashes_within_a_text_is_not_taken_for_a_boundary() -> None:
    raw = letter("Dear shop,\r\n--my order\r\n--was late", Content_Type="multipart/mixed")

    assert contents(raw) == [b"Dear shop,\r\n--my order\r\n--was late"]


def test_a_boundary_within_a_line_delimits_nothing() -> None:
    raw = letter("--cut\r\n\r\na --cut\r\n--cut--", Content_Type="multipart/mixed; boundary=cut")

    assert contents(raw) == [b"a --cut"]


@pytest.mark.parametrize(
    "declared", ["multipart/mixed", "multipart/mixed; boundary=other", 'multipart/mixed; boundary=""']
)
def test_a_boundary_nobody_declared_is_guessed_and_told(declared: str) -> None:
    raw = letter("--real\r\n\r\na\r\n--real--\r\n", Content_Type=declared)

    assert contents(raw) == [b"a"]
    assert tree(raw)[1] == ["boundary: guessed"]


def test_a_multipart_that_has_no_parts_is_text() -> None:
    parts, warnings = tree(letter("Hello", Content_Type="multipart/mixed; boundary=cut"))

    assert [(p.type, p.leaf) for p in parts] == [("text/plain", True)]
    assert warnings == ["boundary: missing, read as plain text"]


def test_the_parts_of_a_digest_are_mails() -> None:
    assert tree(multipart("digest", "\r\nSubject: a"))[0][1].type == "message/rfc822"


def test_the_first_parts_are_read_when_there_are_too_many() -> None:
    raw = multipart("mixed", *[f"\r\n{n}" for n in range(9)])

    parts, warnings = tree(raw, Limits(parts=4))

    assert [p.content(raw) for p in parts[1:]] == [b"0", b"1", b"2"]
    assert warnings == ["parts: only the first 4 read"]


def test_a_first_part_is_opened_though_many_follow() -> None:
    inner = "Content-Type: multipart/alternative; boundary=in\r\n\r\n--in\r\n\r\nHello\r\n--in--"
    raw = multipart("mixed", inner, *["\r\nx"] * 9)

    parts, _ = tree(raw, Limits(parts=4))

    assert parts[2].content(raw) == b"Hello"


def test_what_is_not_searched_to_its_end_is_told() -> None:
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(20)) + b"\nx" * 500

    assert "boundary: too much to search, read as plain text" in tree(raw, Limits(mail=len(raw)))[1]


def test_only_as_much_of_a_part_is_decoded_as_is_wanted() -> None:
    raw = letter("Hello" * 1_000, Content_Transfer_Encoding="quoted-printable")

    assert 10 <= len(tree(raw)[0][0].content(raw, 10)) <= 40
