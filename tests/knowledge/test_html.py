"""An article's Markdown as HTML nobody can be harmed by, and as plain text."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.knowledge.html import images_of, links_of, to_html, to_text

IMAGE = "images/01KAM0000000000000000000AB.png"


def test_headings_stand_below_the_title_of_the_page() -> None:
    assert to_html("# Returns\n\n###### Small print") == "<h2>Returns</h2>\n<h6>Small print</h6>\n"


def test_tables_lists_and_code_are_shown() -> None:
    shown = to_html("| a | b |\n|---|--:|\n| 1 | 2 |\n\n3. three\n\n```sh\nls\n```\n\n~~old~~")

    assert '<th align="right">b</th>' in shown
    assert '<ol start="3">' in shown
    assert '<code class="language-sh">ls' in shown
    assert "<s>old</s>" in shown


def test_a_link_opens_nothing_of_ours_to_where_it_leads() -> None:
    assert to_html("[x](https://e.example)") == ('<p><a href="https://e.example" rel="noopener noreferrer">x</a></p>\n')


def test_another_article_is_linked_to_by_its_slug() -> None:
    shown = to_html("[how](article:returning-goods)", articles="../articles/")

    assert 'href="../articles/returning-goods"' in shown


def test_an_image_of_ours_is_shown() -> None:
    assert to_html(f"![a seam]({IMAGE})") == (
        '<p><img src="../images/01KAM0000000000000000000AB.png" alt="a seam"></p>\n'
    )


@pytest.mark.parametrize(
    "address",
    [
        "https://e.example/x.png",
        "//e.example/x.png",
        "data:image/png;base64,AAAA",
        "images/../../etc/01KAM0000000000000000000AB.png",
        "images/01KAM0000000000000000000AB.svg",
        "images/01kam0000000000000000000ab.png",
    ],
)
def test_of_an_image_that_is_not_ours_only_the_words_are_shown(address: str) -> None:
    assert to_html(f"![a *seam*]({address})") == "<p>a seam</p>\n"


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#10;script:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](//e.example)",
        "[x](/v1/cases)",
        "<javascript:alert(1)>",
        "![x](javascript:alert(1))",
        '[x](https://e.example "onclick=alert(1)")',
        '```js" onclick="alert(1)\nx\n```',
        "<!-- --><svg/onload=alert(1)>",
    ],
)
def test_what_would_harm_a_reader_is_shown_as_it_is_written_or_not_at_all(markdown: str) -> None:
    assert harmless(to_html(markdown))


# fmt: off
_PIECES = st.sampled_from([
    "<script>", "</script>", "<img src=x onerror=a>", "](", "[", "![", ")", "javascript:", "data:", "`", "```", "\n",
    "\n\n", '"', "'", "<", ">", "&#x6a;", "&lt;", "\\", "*", "|", "|--|", "- ", "1. ", "    ", "# ", "\x00", "on",
    IMAGE, "article:a", "https://e.example", "://", "<a href=", "<svg", "style=", "退货", "\u202e", "\ufeff",
])
# fmt: on


@settings(max_examples=100, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=5), max_size=30).map("".join))
def test_nothing_anybody_writes_gets_through_the_sieve(markdown: str) -> None:
    assert harmless(to_html(markdown))
    to_text(markdown, links=True)


# fmt: off
TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre",
    "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}
# fmt: on


def harmless(html: str) -> bool:
    """As a browser's parser reads it: known tags, known attributes, addresses that run nothing."""
    seen: list[tuple[str, list[tuple[str, str | None]]]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, attrs))

    Reader().feed(html)
    for tag, attributes in seen:
        assert tag in TAGS
        for name, value in attributes:
            assert name in {"href", "rel", "title", "src", "alt", "start", "align", "class"}
            if name == "href":
                assert re.match(r"(https?:|mailto:|tel:|#|[a-z0-9-]+$)", value or "", re.IGNORECASE)
            if name == "src":
                assert re.fullmatch(r"\.\./images/[0-9A-Z]{26}\.(png|jpg|gif|webp)", value or "")
    return True


# ── As plain text ───────────────────────────────────────────────────────────────────────────────────────


def test_plain_text_is_the_words_in_their_order() -> None:
    markdown = "# Returns\n\nAny **tent**, `30` days.\nEven used ones.\n\n- one\n  - two\n- three\n\n> quoted"

    assert to_text(markdown) == "Returns\n\nAny tent, 30 days.\nEven used ones.\n\n- one\n  - two\n- three\n\nquoted"


def test_numbers_of_a_list_go_on_from_where_it_begins() -> None:
    assert to_text("7. fold\n7. pack") == "7. fold\n8. pack"


def test_a_table_has_one_line_for_each_row() -> None:
    assert to_text("| a | b |\n|---|---|\n| 1 | 2 |") == "a | b\n1 | 2"


def test_in_a_mail_addresses_stand_behind_their_words() -> None:
    markdown = "[Our form](https://e.example/f), [mail](mailto:a@e.example), <https://e.example>, [more](article:more)"

    assert to_text(markdown) == "Our form, mail, https://e.example, more"
    assert to_text(markdown, links=True) == (
        "Our form (https://e.example/f), mail (a@e.example), https://e.example, more"
    )


def test_what_an_article_links_to_and_shows_is_known() -> None:
    markdown = f"[a](https://e.example) [b](article:b) [a](https://e.example) ![i]({IMAGE})"

    assert links_of(markdown) == ("https://e.example", "article:b")
    assert images_of(markdown) == (IMAGE,)
