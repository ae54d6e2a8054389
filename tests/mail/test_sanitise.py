import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.mail.sanitise import ATTRIBUTES, CSP, PROPERTIES, TAGS, safe_html

DATA = "data:image/png;base64,iVBORw0KGgo="

HOSTILE = [
    # scripts, in every spelling
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x0c>alert(1)</script\x0c>",
    "<script/x>alert(1)</script>",
    "<scr\x00ipt>alert(1)</scr\x00ipt>",
    "<<script>alert(1)//<</script>",
    "<script>alert(1)",
    "<\x00script>alert(1)</script>",
    "\u02bcscript\u02baalert(1)\u02bc/script\u02ba",
    "\xc0\xbcscript\xc0\xbealert(1)\xc0\xbc/script\xc0\xbe",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<!--[if mso]><script>alert(1)</script><![endif]-->",
    "<!--[if gte mso 9]><!--><img src=x onerror=alert(1)><!--<![endif]-->",
    "<![if !mso]><script>alert(1)</script><![endif]>",
    "<!--><script>alert(1)</script>-->",
    "<!--->--><img src=x onerror=alert(1)>",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<! foo='><script>alert(1)</script>'>",
    # handlers
    "<p onclick=alert(1)>x</p>",
    "<p ONMOUSEOVER='alert(1)'>x</p>",
    "<p/onclick=alert(1)>x",
    "<p onclick\n=\nalert(1)>x",
    "<p\tonclick=alert(1)>x",
    "<p onclick=`alert(1)`>x",
    '<img src="x" onerror="alert(1)">',
    "<img src=x:alert(alt) onerror=eval(src) alt=0>",
    '<img """><script>alert(1)</script>">',
    '<img alt="`x`" onerror=alert(1)//">',
    "<img src='1\"onerror='alert(1)'>",
    '<a href="x"onclick="alert(1)">x</a>',
    '<a title="> <img src=x onerror=alert(1)>">x</a>',
    "<a href=x' onclick='alert(1)>x</a>",
    '<p style="x" onfocus=alert(1) autofocus tabindex=1>x</p>',
    "<body onload=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<img src=x onerror",
    "<img src=x onerror=alert(1)//",
    '<p title="',
    # links
    '<a href="javascript:alert(1)">x</a>',
    '<a href="JaVaScRiPt:alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="java&#x0A;script:alert(1)">x</a>',
    '<a href="java&Tab;script&colon;alert(1)">x</a>',
    '<a href="&#106;&#97;vascript:alert(1)">x</a>',
    '<a href="&#0000106avascript:alert(1)">x</a>',
    '<a href="\x01javascript:alert(1)">x</a>',
    '<a href="java\x00script:alert(1)">x</a>',
    '<a href="javascript://https://x.example/%0aalert(1)">x</a>',
    '<a href="vbscript:msgbox(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    '<a href="view-source:https://x.example">x</a>',
    '<a href="file:///etc/passwd">x</a>',
    '<a href="blob:https://x.example/1">x</a>',
    '<a href="ms-msdt:/id">x</a>',
    '<a href="cid:1">x</a>',
    '<a href="//x.example">x</a>',
    '<a href="/logout">x</a>',
    '<a href="https://x.example" ping="https://y.example" download>x</a>',
    '<a xlink:href="javascript:alert(1)">x</a>',
    '<area href="javascript:alert(1)" shape=default>',
    # what loads
    '<img src="javascript:alert(1)">',
    '<img srcset="https://x.example/1 1x, https://x.example/2 2x">',
    '<picture><source srcset="https://x.example/1"><img src=x></picture>',
    '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
    '<img src="data:text/html,<script>alert(1)</script>">',
    '<img src="data:image/png,x onerror=alert(1)">',
    '<img dynsrc="javascript:alert(1)" lowsrc="javascript:alert(1)">',
    '<image src="https://x.example/x">',
    '<input type=image src="https://x.example/x" formaction="javascript:alert(1)">',
    '<table background="https://x.example/x"><tr><td background="javascript:alert(1)">x</table>',
    '<body background="https://x.example/x">',
    '<bgsound src="https://x.example/x">',
    '<link rel=stylesheet href="https://x.example/x.css">',
    '<link rel=prefetch href="https://x.example/x">',
    '<base href="https://x.example/"><a href="x">x</a>',
    '<meta http-equiv=refresh content="0;url=https://x.example">',
    '<meta http-equiv="Content-Security-Policy" content="img-src *">',
    '<iframe src="https://x.example"></iframe>',
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '<object data="x.swf"><param name=a value=b></object>',
    '<embed src="x.swf">',
    "<applet code=x></applet>",
    "<frameset><frame src='javascript:alert(1)'></frameset>",
    '<form action="https://x.example"><button formaction="javascript:alert(1)">x</button></form>',
    "<isindex action=javascript:alert(1) type=image>",
    "<input autofocus onfocus=alert(1)>",
    "<textarea autofocus onfocus=alert(1)></textarea><select><option>x</select>",
    # styles
    "<style>@import 'https://x.example/x.css';</style>",
    "<style>body{background:url(https://x.example/x)}</style>",
    '<p style="background:url(https://x.example/x)">x</p>',
    "<p style=\"background:URL('https://x.example/x')\">x</p>",
    '<p style="background:u\\72l(https://x.example/x)">x</p>',
    '<p style="background:&#117;rl(https://x.example/x)">x</p>',
    "<p style=\"background:image-set('https://x.example/x' 1x)\">x</p>",
    '<p style="list-style:url(https://x.example/x)">x</p>',
    '<p style="width:expression(alert(1))">x</p>',
    '<p style="width:exp/**/ression(alert(1))">x</p>',
    '<p style="behavior:url(x.htc);-moz-binding:url(x.xml#x)">x</p>',
    '<p style="position:fixed;top:0;left:0;z-index:9;width:100%;height:100%">x</p>',
    "<p style=\"color:red;content:'x';cursor:url(x),auto;filter:url(x)\">x</p>",
    "<p style=\"@import 'https://x.example/x.css';color:red\">x</p>",
    '<p style="color:red;}</style><script>alert(1)</script>">x</p>',
    '<p style="font-family:\'a;background:url(https://x.example/x)">x</p>',
    # one parser's text is another's tag
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><img src=x onerror=alert(1)></template>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><p><style><img src=x onerror=alert(1)></style></p></svg>",
    "<svg></p><style><a title='</style><img src=x onerror=alert(1)>'>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<svg><foreignObject><iframe src=x></iframe></foreignObject></svg>",
    "<svg><use href='data:image/svg+xml,x#x'/></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'></mi></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=alert(1)>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=alert(1)></annotation-xml></math>",
    "<title><img src='</title><img src=x onerror=alert(1)>'></title>",
    "<textarea></textarea><img src=x onerror=alert(1)></textarea>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>",
    "<noembed><img src='</noembed><img src=x onerror=alert(1)>'></noembed>",
    "<noframes><img src='</noframes><img src=x onerror=alert(1)>'></noframes>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<listing>&lt;img src=x onerror=alert(1)&gt;</listing>",
    "<select><style></select><img src=x onerror=alert(1)></style>",
    "<table><a><svg><td></a><img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<p id=x name=y class=z contenteditable slot=a is=b>x</p>",
    "<a id=defaultView href=https://x.example>x</a><a name=cookie>y</a>",
]


class Reader(HTMLParser):
    """What another parser sees."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.oddities: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.oddities.append(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


ADDED = {"a": {"rel", "target", "title"}, "img": set[str]()}


def assert_harmless(html: str) -> None:
    page = Reader(html)
    assert not page.oddities
    for tag, attributes in page.tags:
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()) | ADDED.get(tag, set())
        if "href" in attributes:
            assert re.match(r"(https?://|mailto:|tel:)", attributes["href"])
            assert not re.search(r"[\x00-\x20\x7f]", attributes["href"])
            assert attributes["rel"] == "noopener noreferrer nofollow ugc" and attributes["target"] == "_blank"
        if "src" in attributes:
            assert re.fullmatch(
                r"data:image/(png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=]+", attributes["src"], re.IGNORECASE
            )
        style = attributes.get("style", "")
        assert not re.search(
            r"url|expression|import|behavior|position|\\|@|/\*", style.replace("&quot;", ""), re.IGNORECASE
        )
        assert not style or style.partition(":")[0] in PROPERTIES


def shown(html: str) -> str:
    return safe_html(html).html


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_hostile_comes_through(html: str) -> None:
    cleaned = shown(html)

    assert_harmless(cleaned)
    assert shown(cleaned) == cleaned


@pytest.mark.parametrize(
    "outer", ["<table><tr>{}<td>x</table>", "<svg>{}</svg>", "<p title='{}'>", "<b><a href=x>{}", "<!--{}"]
)
def test_nothing_hostile_comes_through_in_strange_places(outer: str) -> None:
    for html in HOSTILE:
        assert_harmless(shown(outer.format(html)))


FRAGMENTS = """
    < > </ /> <!-- --> <![CDATA[ ]]> = " ' ` & &lt; &#x3c; <p <p> </p> <a|href= </a> <table> <tr> <td> </td> </table>
    <b> </b> <i> <div> </div> <pre> <li> <ul> </ul> <h1> <blockquote> <br> <hr> <caption> <dd> <font|color=red> <span>
    <img|src= https://x.example/ cid:1 data:image/png;base64,AAAA bank.example javascript: mailto:a@b.example |style=
    color:red; background:url(x) position:fixed font-family:'a width:1px |onclick=x |alt= |dir=rtl <svg> </svg>
    <style> </style> <script> </script> <math> <template> <title> <noscript> <select>
    """.split()  # noqa: SIM905 - reads as words
PIECES = st.sampled_from([piece.replace("|", " ") for piece in FRAGMENTS] + ["\n", "\x00"])


@given(st.text() | st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join))
@example("\ud800<p>\ud800")
@example("<pre>\n\n\nx")
@example("<p style='color:'>x")
def test_whatever_comes_is_harmless_and_comes_through_a_second_time_unchanged(html: str) -> None:
    cleaned = shown(html)

    assert_harmless(cleaned)
    assert shown(cleaned) == cleaned


@pytest.mark.parametrize(
    "html",
    [
        "<p>Hello <b>you</b>, 1 &lt; 2 &amp; 3</p>",
        '<p align="center" dir="rtl" lang="ar">x</p>',
        '<table border="0" width="600"><tbody><tr><td colspan="2" bgcolor="#fff">x</td></tr></tbody></table>',
        '<p style="color:red;font-size:12px;margin:0 auto">x</p>',
        '<font color="red" face="Arial" size="2">x</font>',
        "<ul><li>one</li><li>two<ol><li>deep</li></ol></li></ul>",
        "<blockquote><p>old</p></blockquote><pre>a\n  b</pre><hr>x<br>y",
        f'<img src="{DATA}" alt="logo" width="20">',
    ],
)
def test_what_a_letter_needs_is_kept_as_it_is(html: str) -> None:
    assert shown(html) == html


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        (
            "<table><td>a<td>b<tr><td>c</table>d",
            "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>d",
        ),
        ("<table><p>a</table>", "<table><tbody><tr><td><p>a</p></td></tr></tbody></table>"),
        ("<td>a</td>", "a"),
        ("<div><table><tr><td>a</div>b</table>", "<div><table><tbody><tr><td>ab</td></tr></tbody></table></div>"),
        ("<b>a<i>b</b>c", "<b>a<i>b</i></b>c"),
        ("<p>a</b></span>b", "<p>ab</p>"),
        ("I <3 you & 1 < 2", "I &lt;3 you &amp; 1 &lt; 2"),
        ("<p title=don't>a</p> it's", "<p>a</p> it's"),
        ("<a name=top><p><a name=x>b</a>c", "<p>bc</p>"),
    ],
)
def test_what_is_not_closed_or_misplaced_is_put_right(html: str, expected: str) -> None:
    assert shown(html) == expected


def test_what_nobody_reads_is_left_out_with_its_text() -> None:
    page = (
        "<head><title>t</title><style>p{}</style></head><body>a<script>b</script><!-- c --><svg><text>d</text></svg>e"
    )

    assert shown(page) == "ae"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://x.example/a b", "https://x.example/a%20b"),
        ("HTTPS:\\\\X.example/a", "https://x.example/a"),
        ("https:///x.example", "https://x.example"),
        ("https://bank.example@x.example/", "https://x.example/"),
        ("https://bank.example:pw@%78.example:8080/", "https://x.example:8080/"),
        (" ht\ntps://x.example/ ", "https://x.example/"),
        ("https://x。example/", "https://x.example/"),
        ("mailto:ann@x.example?subject=Hi", "mailto:ann@x.example?subject=Hi"),
        ("tel:+4930123", "tel:+4930123"),
    ],
)
def test_a_link_is_written_as_browsers_understand_it(href: str, expected: str) -> None:
    ((_, attributes),) = Reader(shown(f'<a href="{href}">x</a>')).tags

    assert attributes["href"] == expected


@pytest.mark.parametrize("href", ["https://", "https://bank.example℀x.example/", "https://a b/", "https://a%2Fb/"])
def test_a_link_to_no_host_is_none(href: str) -> None:
    assert "href" not in shown(f'<a href="{href}">x</a>')


@pytest.mark.parametrize(
    ("href", "host"),
    [
        ("https://x.example:8080/a?b=c.d#e", "x.example"),
        ("https://pаypal.example/", "xn--pypal-4ve.example"),  # its first a is Cyrillic
        ("https://[2001:db8::1]/", "[2001:db8::1]"),
        ("mailto:ann@x.example", "x.example"),
    ],
)
def test_a_link_tells_its_host(href: str, host: str) -> None:
    ((_, attributes),) = Reader(shown(f'<a href="{href}" title="bank.example">x</a>')).tags

    assert attributes["title"] == host


@pytest.mark.parametrize(
    "text",
    [
        "bank.example",
        "https://www.bank.example/login",
        "Log in at <b>bank</b>.example now",
        "BANK.EXAMPLE",
        "help@bank.example",
        "bank\u200b.example",
        "ｂank．example",
        "https://x.example@bank.example",
        "x.example.bank.example",
        "x.example or bank.example",
    ],
)
def test_a_link_that_names_another_host_shows_where_it_goes(text: str) -> None:
    assert Reader(shown(f'<a href="https://x.example/">{text}</a>')).text.endswith(" [x.example]")


@pytest.mark.parametrize(
    "text",
    ["Click here", "x.example", "https://www.x.example/a.b", "help@x.example", "invoice.pdf", "e.g. this", "4.5 stars"],
)
def test_an_honest_link_is_left_alone(text: str) -> None:
    assert Reader(shown(f'<a href="https://www.x.example/">{text}</a>')).text == text


def test_the_marks_of_links_cannot_be_hidden() -> None:
    forged = '<a href="https://x.example/" style="font-size:0">bank.example<b style="display:none"> [x.example]</b></a>'

    assert Reader(shown(forged)).text.count("[x.example]") == 2


def test_remote_images_are_counted_and_named() -> None:
    page = safe_html('<img src="https://x.example/1" alt="A <cat>"><img src=//x.example/2><img src="cat.png">')

    assert page.html == "<span>[image: A &lt;cat&gt;]</span><span>[image]</span><span>[image]</span>"
    assert page.blocked_images == 2


@pytest.mark.parametrize(
    "tiny", ["width=1 height=1", "width=1px", 'style="height:0"', 'style="width: 1px; height: 1px"']
)
def test_images_nobody_can_see_leave_no_trace(tiny: str) -> None:
    page = safe_html(f"<p>a<img src=https://x.example/open {tiny}>b</p>")

    assert (page.html, page.blocked_images) == ("<p>ab</p>", 0)


def test_the_mails_own_pictures_are_shown_from_where_the_caller_says() -> None:
    page = safe_html(
        '<img src="cid:one@x" alt="a" width=20><img src="CID:%74wo"><img src="cid:three" alt="gone">',
        {"one@x": "https://files.example/1?a=b&c=d", "two": "/2"},
    )

    assert page.html == (
        '<img src="https://files.example/1?a=b&amp;c=d" alt="a" width="20"><img src="/2"><span>[image: gone]</span>'
    )
    assert page.blocked_images == 0


def test_a_big_data_image_is_not_shown() -> None:
    assert shown(f'<img src="{DATA[:-1]}{"A" * 400_000}=" alt="big">') == "<span>[image: big]</span>"


def test_deep_nesting_is_flattened_and_its_text_kept() -> None:
    page = safe_html("<div>" * 5_000 + "deep" + "</div>" * 5_000 + "<p>after</p>")

    assert page.truncated
    assert page.html.count("<div>") == 1_000
    assert page.html.endswith("</div><p>after</p>") and "deep" in page.html


def test_depth_of_real_mails_is_not_touched() -> None:
    page = "<table><tbody><tr><td>" * 150 + "x" + "</td></tr></tbody></table>" * 150

    assert safe_html(page).html == page and not safe_html(page).truncated


@pytest.mark.parametrize("unclosed", ["<br>", "<p>x", "<p><img src=x>", "<li>x", "<table><td>x</table>"])
def test_what_need_not_be_closed_does_not_nest(unclosed: str) -> None:
    page = safe_html("<div><ul>" + unclosed * 5_000)

    assert not page.truncated
    assert page.html.endswith("</ul></div>")


@pytest.mark.parametrize(
    "flood",
    """
    <a|| < </ <!-- <! &am &amp; <& <b> <div> <p>x</p> <table> <style> <style></style| <a|href=//x> <img|src=//x> <svg>
    <p|style="color:red"> <table><b>x</b> <a|' <a|b=" </p>x <p><font|color=red> <b><div></b> <span><div></span> <li><i>
    <a|href=//x><div> <table><td><a|href=//x>
    """.split(),  # noqa: SIM905 - reads as words
)
def test_floods_are_cut(flood: str) -> None:
    page = safe_html(flood.replace("|", " ") * (300_000 // len(flood)))

    assert_harmless(page.html[:100_000].rpartition("<")[0])
    assert len(page.html) < 4_000_000


def test_the_end_of_a_page_beyond_the_limit_is_left_out() -> None:
    page = safe_html("a" * 1_000_000 + "b")

    assert page.truncated and page.html == "a" * 1_000_000


def test_the_policy_for_showing_takes_the_origin_of_the_pictures() -> None:
    policy = CSP.format(images="https://files.example")

    assert "default-src 'none'; img-src data: https://files.example; " in policy
    assert "allow-scripts" not in policy and "allow-same-origin" not in policy
