"""Cookies and the tokens of forms, as rules."""

import pytest

from chalicelib.kernel.signing import Keys
from chalicelib.web import cookies

KEYS = Keys("b", {"a": b"a" * 32, "b": b"b" * 32})


def test_where_there_is_tls_a_cookie_is_this_hosts_alone_and_secure() -> None:
    written = cookies.written(cookies.SESSION, "ls_1", 60, tls=True)

    assert written == "__Host-liana=ls_1; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"


def test_on_the_local_cloud_it_goes_without() -> None:
    assert cookies.written("liana", "x", 0, tls=False) == "liana=x; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"


@pytest.mark.parametrize("value", ["a;b", "a b", "a\r\nSet-Cookie: x", "ü", "a" * 401])
def test_what_is_not_fit_for_a_cookie_is_not_written(value: str) -> None:
    with pytest.raises(ValueError, match="cookie"):
        cookies.written("liana", value, 60, tls=True)


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("liana=x", "x"),
        ("a=b; liana=x; liana-visit=y", "x"),
        ("liana=x; liana=y", ""),  # somebody put a second one beside ours
        ("liana-visit=y", ""),
        ("liana=x y", ""),
        ("", ""),
    ],
)
def test_a_cookie_is_read_by_its_whole_name_and_once(header: str, value: str) -> None:
    assert cookies.read(header, "liana") == value


def test_a_token_fits_the_cookie_it_was_made_for_whatever_key_signs_now() -> None:
    old = cookies.token_of("ls_1", Keys("a", KEYS.keys))

    assert cookies.is_token_of(old, "ls_1", KEYS)
    assert cookies.is_token_of(cookies.token_of("ls_1", KEYS), "ls_1", KEYS)
    assert not cookies.is_token_of(old, "ls_2", KEYS)


@pytest.mark.parametrize("token", ["", "b", "bü", "z" + "0" * 32, "b" + "0" * 32])
def test_what_we_did_not_make_is_no_token(token: str) -> None:
    assert not cookies.is_token_of(token, "ls_1", KEYS)


def test_without_a_cookie_no_token_is_right() -> None:
    assert not cookies.is_token_of(cookies.token_of("", KEYS), "", KEYS)


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://care.example"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"origin": "https://care.example"}, True),
        ({"origin": "https://CARE.example"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "https://care.example.evil.example"}, False),
        ({"origin": "null"}, False),
        ({}, True),
    ],
)
def test_browsers_say_where_a_form_comes_from(headers: dict[str, str], ours: bool) -> None:
    assert cookies.comes_from_us(headers, "care.example") is ours
