import pytest

from chalicelib.mail.mime.html_text import html_to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello&nbsp;there</p><ul><li>one<li>two</ul>", "Hello there\n\n- one\n- two"),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
        ("<pre>a  b\n  c</pre>d", "a  b\n  c\nd"),
        ("<tr><th>Item<th>Price<tr><td>Cup<td>2.00", "Item Price\nCup 2.00"),
        ("new<blockquote>old<blockquote>older</blockquote></blockquote>", "new\n\n> old\n>\n> > older"),
        ("<head><title>no</title><style>p{}</style></head>yes<script>if (a<b) {}</script>", "yes"),
        ("<head><meta charset=x><body>yes", "yes"),
        ("<p style='display:none'>hidden words are shown</p>", "hidden words are shown"),
        ("3 < 5 &lt; 7 <3", "3 < 5 < 7 <3"),
        ("<div title='a>b' class=\"<c>\" >words</div>", "words"),
        ("words<a", "words"),
        ("<style>never closed <p>words", "never closed\n\nwords"),
        ("<noscript>words</noscript>", "words"),
    ],
)
def test_a_page_reads_as_a_person_sees_it(html: str, text: str) -> None:
    assert html_to_text(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<!--[if mso]>for Outlook<![endif]-->for all", "for all"),
        ("<!--[if !mso]><!-->for others<!--<![endif]-->", "for others"),
        ("<![if !mso]>for others<![endif]>", "for others"),
        ("a<!-- b -- > c -->d", "ad"),
        ("a<!-->b", "ab"),
        ("a<!--[if mso]>b", "ab"),
        ("a<!-- b <p>c", "a b\n\nc"),
        ("<!DOCTYPE html><?xml version='1'?>a", "a"),
    ],
)
def test_comments_hide_only_what_they_enclose(html: str, text: str) -> None:
    assert html_to_text(html) == text


def test_an_indented_block_is_no_quote() -> None:
    indented = '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">mine</blockquote>'
    quoted = '<blockquote type="cite" style="border:none">old</blockquote>'

    assert html_to_text(indented + quoted) == "mine\n\n> old"


def test_the_filling_of_a_preview_is_left_out() -> None:
    filling = "&zwnj;&nbsp;&#847;&nbsp;" * 9 + "&#8203;&shy;"

    assert html_to_text(f"<div>Offer {filling}</div><div>{filling}</div><p>words</p>") == "Offer\n\nwords"


def test_joiners_within_words_stay() -> None:
    assert html_to_text("می\u200cخواهم 👩\u200d💻") == "می\u200cخواهم 👩\u200d💻"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<img alt="Sale &amp; more" src="data:image/png;base64,AAAA">', "[Sale & more]"),
        ("<a href='https://shop.example/?a=1&amp;b=2'><img src=x></a>", "https://shop.example/?a=1&b=2"),
        ('<a href="https://shop.example/"><img alt="Shop"></a>', "[Shop]"),
        ('<a href="javascript:alert()"></a><img alt="">', ""),
        ('<p>words</p><a href="https://shop.example/"><img alt="Shop"></a>', "words"),
    ],
)
def test_pictures_and_links_speak_only_where_no_words_do(html: str, text: str) -> None:
    assert html_to_text(html) == text
