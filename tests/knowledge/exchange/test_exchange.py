"""Articles leave, and come from elsewhere."""

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.kernel.errors import Invalid
from chalicelib.knowledge import exchange
from chalicelib.knowledge.exchange.entries import Entry, Read
from chalicelib.knowledge.exchange.files import zipped
from chalicelib.knowledge.exchange.html_markdown import to_markdown
from chalicelib.knowledge.html import to_html
from chalicelib.model.article import ArticleText, Audience

IMAGE = "images/01KAM0000000000000000000AB.png"
PNG = b"\x89PNG\r\n\x1a\n"


def folder(**files: str | bytes) -> bytes:
    return zipped({name: text.encode() if isinstance(text, str) else text for name, text in files.items()})


def read(form: str, content: bytes, **told: Any) -> Read:
    return exchange.read(form, content, **told)


# ── What leaves comes back ──────────────────────────────────────────────────────────────────────────────

_CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
_LINES = st.text(_CHARACTERS, min_size=1, max_size=30).map(str.strip).filter(bool)
_BODIES = st.lists(
    _LINES | st.sampled_from(["", "---", "- a", "=1+1", "'x", '"', ",", ";", "title: x", "![a](images/x.png)", "<b>"]),
    min_size=1,
    max_size=6,
).map("\n".join)  # fmt: skip
_TEXTS = st.builds(ArticleText, _LINES, _BODIES.map(str.strip).filter(bool))
_NAMES = st.text(st.sampled_from("abc, ;'[]=é退"), max_size=10).map(str.strip)


@st.composite
def _entries(draw: st.DrawFn) -> list[Entry]:
    slugs = draw(st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True), min_size=1, max_size=3, unique=True))
    entries = []
    for slug in slugs:
        texts = draw(st.dictionaries(st.sampled_from(["en", "zh-Hans", "no", "pt-BR"]), _TEXTS, min_size=1, max_size=3))
        audience = draw(st.sampled_from(Audience))
        entries.append(
            Entry(
                slug=slug,
                texts=dict(sorted(texts.items())),
                original=draw(st.sampled_from(["", min(texts)])),
                topic=draw(_NAMES),
                labels=tuple(dict.fromkeys(draw(st.lists(_NAMES.filter(bool), max_size=3)))),
                owner=draw(_NAMES),
                audience=audience,
                tiers=("gold",) if audience is Audience.TIERS else (),
                state=draw(st.sampled_from(["draft", "published", "retired"])),
                review_at=draw(st.sampled_from([None, datetime(2027, 1, 31, 12, tzinfo=UTC)])),
            )
        )
    return sorted(entries, key=lambda entry: entry.slug)


@pytest.mark.parametrize("form", exchange.FORMATS)
@settings(max_examples=25, deadline=None)
@given(entries=_entries())
def test_what_leaves_comes_back_exactly(form: str, entries: list[Entry]) -> None:
    back, problems = read(form, exchange.write(form, entries).content)

    assert problems == ()
    assert sorted(back, key=lambda entry: entry.slug) == entries


@pytest.mark.parametrize("form", ["markdown", "zendesk"])
def test_images_come_along(form: str) -> None:
    entry = Entry(slug="seams", texts={"en": ArticleText("Seams", f"![seam]({IMAGE})")}, images={IMAGE: PNG})

    assert read(form, exchange.write(form, [entry]).content).entries == (entry,)


def test_the_same_articles_make_the_same_file() -> None:
    entry = Entry(slug="seams", texts={"en": ArticleText("Seams", "Sew.")})

    assert exchange.write("markdown", [entry]) == exchange.write("markdown", [entry])


# ── A folder of Markdown ────────────────────────────────────────────────────────────────────────────────


def test_a_plain_file_is_an_article_named_after_itself() -> None:
    ((entry,), problems) = read("markdown", folder(**{"docs/de/Waren zurück.md": "# Waren zurück\n\nIn 30 Tagen."}))

    assert problems == ()
    assert (entry.slug, entry.texts) == ("waren-zur-ck", {"de": ArticleText("Waren zurück", "In 30 Tagen.")})


def test_files_of_one_slug_are_one_article() -> None:
    files = {
        "returns.en.md": "---\ntitle: Returns\ntopic: orders\ntags: [a, b]\n---\nYes.",
        "returns.de.md": "# Ja\nJa.",
    }

    ((entry,), _) = read("markdown", folder(**files))

    assert sorted(entry.texts) == ["de", "en"]


def test_images_beside_a_file_are_found_from_where_it_lies() -> None:
    files = {"docs/a.md": "# A\n\n![x](../img/x.png) ![far](https://e.example/y.png)", "img/x.png": PNG}

    ((entry,), _) = read("markdown", folder(**files))

    assert entry.images == {"../img/x.png": PNG}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("no heading", "there is no title"),
        ("---\ntitle: [a\n---\nx", "not YAML"),
        ("---\n- a\n---\nx", "no names with values"),
        ("---\ntitle: A\naudience: friends\n---\nx", "audience is one of"),
        ("---\ntitle: A\nslug: A B\n---\nx", "no slug"),
        ("---\ntitle: A\n---\n", "there is no body"),
        ("---\ntitle: !!python/object/apply:os.system [ls]\n---\nx", "not YAML"),
        (b"# \xff\nx", "not UTF-8"),
        ("---\na: &a [x, x]\nb: &b [*a, *a]\ntitle: [*b, *b]\n---\nx", "title is a text"),
        ("---\ntitle: A\n---\n" + "x" * 20_001, "at most 20000"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named_with_the_reason(text: str | bytes, why: str) -> None:
    entries, ((at, told),) = read("markdown", folder(**{"a.md": text}))

    assert entries == () and at == "a.md" and why in told


def test_two_texts_of_one_language_are_a_problem_of_the_second() -> None:
    files = {"a.en.md": "# A\nx", "b.en.md": "---\nslug: a\ntitle: B\n---\ny"}

    ((entry,), ((at, _),)) = read("markdown", folder(**files))

    assert (entry.texts["en"].title, at) == ("A", "b.en.md")


def test_what_is_no_archive_though_it_begins_as_one_is_refused() -> None:
    with pytest.raises(Invalid):
        read("markdown", b"PK\x03\x04 nothing")


@pytest.mark.parametrize("at", [45, 60])
def test_an_archive_with_a_broken_byte_is_refused(at: int) -> None:
    content = bytearray(folder(**{"a.md": "---\ntitle: A\n---\n" + "Thus. " * 20}))
    content[at] ^= 0xFF

    with pytest.raises(Invalid):
        read("markdown", bytes(content))


def test_a_long_line_of_spaces_is_read_at_once() -> None:
    (problem,) = read("markdown", b"# a" + b" " * 20_000 + b"b\n\nThus.").problems

    assert "title" in problem.why


def test_an_archive_that_grows_too_far_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.md", b"0" * (41 * 1024 * 1024))

    with pytest.raises(Exception, match="at most"):
        read("markdown", out.getvalue())


# ── A table ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_table_of_questions_and_answers_becomes_articles() -> None:
    table = (
        'Question;Answer;Topic\r\nCan I return a tent?;"Yes;\r\nwithin 30 days.";returns\r\n可以退货吗？;可以。;\r\n'
    )

    entries, problems = read("csv", table.encode("utf-8-sig"), language="zh-Hans")

    assert problems == ()
    assert entries[0].slug == "can-i-return-a-tent"
    assert entries[0].texts == {"zh-Hans": ArticleText("Can I return a tent?", "Yes;\r\nwithin 30 days.")}
    assert entries[1].slug.startswith("q-")


def test_a_cell_that_a_spreadsheet_would_run_is_guarded() -> None:
    entry = Entry(slug="a", texts={"en": ArticleText("=cmd()", "+1")})

    assert b"'=cmd()" in exchange.write("csv", [entry]).content


def test_a_table_without_names_of_columns_is_told() -> None:
    assert read("csv", b"Can I?,Yes").problems[0].at == "1"


def test_a_line_that_cannot_be_taken_is_named() -> None:
    entries, problems = read("csv", b"question,answer\nCan I?,\nMay I?,Yes\n")

    assert [entry.slug for entry in entries] == ["may-i"]
    assert problems == (("2", "there is no body"),)


# ── A help centre's export ──────────────────────────────────────────────────────────────────────────────

ZENDESK = {
    "sections": [{"id": 7, "name": "Returns"}],
    "articles": [
        {
            "id": 360001,
            "title": "Returning goods",
            "html_url": "https://help.example/hc/en-us/articles/360001-Returning-goods",
            "body": "<h2>How</h2><p>Within <strong>30 days</strong>:</p><ol><li>Fold</li><li>Send</li></ol>",
            "locale": "en-us",
            "source_locale": "en-us",
            "draft": False,
            "label_names": ["returns"],
            "section_id": 7,
            "user_segment_id": None,
        },
        {"id": 2, "title": "Prices", "body": "<p>x</p>", "locale": "en-us", "user_segment_id": 12, "draft": True},
    ],
    "translations": [
        {"source_id": 360001, "locale": "en-us", "title": "Returning goods", "body": "<p>Within 30 days</p>"},
        {"source_id": 360001, "locale": "zh-cn", "title": "退货", "body": "<p>30 天内</p>"},
    ],
}


def test_a_help_centres_articles_come_with_sections_labels_and_translations() -> None:
    (returns, prices), problems = read("zendesk", json.dumps(ZENDESK).encode())

    assert problems == ()
    assert (returns.slug, returns.topic, returns.labels) == ("returning-goods", "Returns", ("returns",))
    assert returns.original == "en-US"
    assert returns.texts == {
        "en-US": ArticleText("Returning goods", "Within 30 days"),
        "zh-Hans": ArticleText("退货", "30 天内"),
    }
    assert (prices.state, prices.audience) == ("draft", Audience.SIGNED_IN)


def test_html_that_was_changed_outside_counts_more_than_the_markdown_beside_it() -> None:
    entry = Entry(slug="a", texts={"en": ArticleText("A", "Old *words*")})
    told = json.loads(exchange.write("zendesk", [entry]).content)
    told["articles"][0]["translations"][0]["body"] = "<p>New <em>words</em></p>"

    ((back,), _) = read("zendesk", json.dumps(told).encode())

    assert back.texts["en"].body == "New *words*"


@pytest.mark.parametrize(("content", "at"), [(b"{", "/"), (b"{}", "/articles"), (b'{"articles": [5]}', "/articles/0")])
def test_what_is_no_export_is_told_with_its_place(content: bytes, at: str) -> None:
    assert read("zendesk", content).problems[0].at == at


# ── HTML to Markdown ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<h2>How</h2><p>a<br>b</p>", "# How\n\na\\\nb"),
        ("<p>Within <b>30 </b>days</p>", "Within **30** days"),
        ("<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>", "- one\n  - two\n- three"),
        ("<ol start='3'><li>c</li><li>d</li></ol>", "3. c\n4. d"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "> a\n>\n> b"),
        ("<pre>x = 1\n  y</pre>", "```\nx = 1\n  y\n```"),
        ("<p>run <code>a*b</code></p>", "run `a*b`"),
        ("<p>5 * 3 <i>and</i> [x] 1_2</p>", "5 \\* 3 *and* \\[x\\] 1\\_2"),
        ("<p>1. not a list</p><p># nor this</p>", "1\\. not a list\n\n\\# nor this"),
        ("<p><a href='https://e.example/a b'>x</a> <a>y</a></p>", "[x](https://e.example/a%20b) y"),
        ("<p><img src='/x.png' alt='a [seam]'></p>", "![a \\[seam\\]](/x.png)"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td></tr></table>", "| a | b |\n| --- | --- |\n| 1 |  |"),
        ("<script>alert(1)</script><style>p{}</style><p>left</p>", "left"),
        ("plain &amp; <b>unclosed", "plain & **unclosed"),
        ("<div>a<div>b</div>c</div>", "a\n\nb\n\nc"),
    ],
)
def test_html_of_others_becomes_markdown(html: str, markdown: str) -> None:
    assert to_markdown(html) == markdown


@pytest.mark.parametrize(
    "markdown",
    [
        "## How\n\nWithin **30 days**, *or* ~~not~~ `code`.\n\n- one\n  - two\n- three",
        "1. one\n\n   more\n2. two",
        "> quoted\n>\n> - list",
        "| a | b |\n|---|---|\n| 1 | **2** |",
        "```\nx\n```\n\n---\n\n[x](https://e.example)",
        "a\\*b 1\\. c",
    ],
)
def test_markdown_that_became_html_reads_the_same_when_it_comes_back(markdown: str) -> None:
    shown = to_html(markdown)

    assert to_html(to_markdown(shown)) == shown


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<ul>",
                "<li>",
                "</li>",
                "<table>",
                "<td>",
                "<tr>",
                "</a>",
                "<code>",
                "</code>",
                "<pre>",
                "</pre>",
                "<b>",
                "</b>",
                "<blockquote>",
                "x",
                "</ul>",
                "<br/>",
                "<h1>",
                "</h1>",
                "&lt;",
                "<script>",
                "</script>",
                "|",
                "*",
                "<a_href=x>",
            ]
        ),
        max_size=30,
    ).map("".join)
)
def test_broken_html_is_read_somehow(html: str) -> None:
    to_markdown(html)
