"""How an agent may look at a customer's HTML: nothing runs, nothing loads, no link hides where it goes.

Two sieves. A linear scan passes on known tags only, well nested, with known attributes: parsers need
quadratic time for deep, misnested or misplaced elements, and disagree about foreign ones. Then nh3 parses
what is left as browsers do, and decides what is safe. Show the result in a sandboxed iframe under `CSP`.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape, unescape
from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import unquote

from chalicelib.mail.mime.charsets import clean

if TYPE_CHECKING:
    from nh3 import Cleaner

# For the response that holds the fragment. `{images}` is the origin of the URLs given to `safe_html`, or ''.
# Links open in a window of their own, which is not sandboxed; scripts, forms and the parent stay out of reach.
# In a <meta> tag (srcdoc) browsers ignore `sandbox`: there the iframe needs the attribute with the same words.
CSP = (
    "default-src 'none'; img-src data: {images}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)

_LENGTH = 1_000_000  # characters
_DEPTH = 1_000  # of real mails the deepest has 564
_AMPERSANDS = 50_000
_VALUE = 8_000  # characters of an attribute
_DATA_IMAGE = 400_000  # characters, about 300 KB of picture
_ALT = 200

# Work is counted in elements an HTML parser may have to look at. All of it takes about half a second.
_WORK = 5_000_000
_PER_TAG = 50
_PER_ELEMENT = {"a": 250, "img": 100}  # those looked at again afterwards
_PER_OTHER = 50
_PER_ATTRIBUTE = 20
_PER_STRAY = 100  # a `<` that opens nothing

_VOID = frozenset(("br", "hr", "img", "wbr"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = _HEADINGS | frozenset(
    """
    address article aside blockquote center dd div dl dt figcaption figure footer header hr li main nav ol p pre section
    table ul
    """.split()  # noqa: SIM905 - reads as words
)
_CELLS = frozenset(("td", "th", "caption"))
_BETWEEN_CELLS = frozenset(("table", "tbody", "tfoot", "thead", "tr"))
_RANKS = {"caption": 1, "tbody": 1, "thead": 1, "tfoot": 1, "tr": 2, "td": 3, "th": 3}  # within a table
_INLINE = frozenset(
    """
    a abbr b bdi big cite code del dfn em font i ins kbd mark q s samp small span strike strong sub sup time tt u var
    """.split()  # noqa: SIM905 - reads as words
)
TAGS = _VOID | _BLOCKS | _INLINE | frozenset(_RANKS)
_HIDDEN = frozenset(("iframe", "math", "script", "style", "svg", "template", "title"))  # with what is in them

_CELL = frozenset(("align", "bgcolor", "height", "valign", "width"))
ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "*": frozenset(("dir", "lang", "style")),
    "a": frozenset(("href",)),
    "abbr": frozenset(("title",)),
    "div": frozenset(("align",)),
    "font": frozenset(("color", "face", "size")),
    "hr": frozenset(("align", "color", "size", "width")),
    "img": frozenset(("align", "alt", "border", "height", "hspace", "src", "vspace", "width")),
    "li": frozenset(("type", "value")),
    "ol": frozenset(("start", "type")),
    "p": frozenset(("align",)),
    "table": _CELL | {"border", "cellpadding", "cellspacing"},
    "td": _CELL | {"colspan", "nowrap", "rowspan"},
    "th": _CELL | {"colspan", "nowrap", "rowspan"},
    "tr": _CELL,
    "ul": frozenset(("type",)),
}
_KNOWN = {tag: ATTRIBUTES["*"] | ATTRIBUTES.get(tag, frozenset()) for tag in TAGS}
PROPERTIES = frozenset(
    """
    background background-color border border-bottom border-collapse border-color border-left border-radius
    border-right border-spacing border-style border-top border-width box-sizing clear color direction display float
    font font-family font-size font-style font-variant font-weight height letter-spacing line-height list-style
    list-style-type margin margin-bottom margin-left margin-right margin-top max-height max-width min-height
    min-width overflow-wrap padding padding-bottom padding-left padding-right padding-top table-layout
    text-align text-decoration text-indent text-transform vertical-align white-space width word-break
    word-spacing word-wrap
    """.split()  # noqa: SIM905 - reads as words
)
_FUNCTIONS = frozenset(("", "rgb", "rgba", "hsl", "hsla"))
_SCHEMES = frozenset(("http", "https", "mailto", "tel", "cid", "data"))  # cid and data only in images: see `_value`

_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:-]{0,30})(?=[\s/>])")
_REST = re.compile(r"""((?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+)>""")  # a quote only opens after '='
_GIVEN = re.compile(r"""([^\s=/"']++)(?:\s*+=\s*+("[^"]*+"|'[^']*+'|[^\s"'][^\s>]*+))?+|[\s=/"']++""")
_MARKUP = re.compile(r"<[^>]*>?")

_FUNCTION = re.compile(r"([^\s,:()]{0,40})\(")
_WEB = re.compile(r"(https?):[/\\]*([^/\\?#]*)(.*)", re.IGNORECASE | re.DOTALL)
_OTHER = re.compile(r"(mailto|tel):(.{1,8000})", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(r"([\w.-]{1,253}|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?:?")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_REMOTE = re.compile(r"https?:", re.IGNORECASE)
_RASTER = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/]+={0,2}", re.IGNORECASE)

# Of nh3's own writing, in which attributes hold no '<', '>' or '"'.
_IMAGE = re.compile(r"<img([^>]*)>")
_LINK = re.compile(r"<a ([^>]*)>(.*?)</a>", re.DOTALL)
_WRITTEN = re.compile(r'([a-z]+)="([^"]*)"')
_EMPTY_STYLE = re.compile(r'(<[a-z][^>]*?) style=""')
_LEADING_LINES = re.compile(r"(<pre(?: [^>]*)?>)\n+")  # browsers drop the first one

_TINY = re.compile(r"\s*[01](?:px)?\s*", re.IGNORECASE)
_TINY_STYLE = re.compile(r"(?:^|;)(?:max-)?(?:width|height):[01](?:px)?(?:;|$)")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_WORD_ENDS = re.compile(r"[\s<>()\[\],;\"'|]+")
_HOST_ENDS = re.compile(r"[/?#:\\]")
_FILES = frozenset(
    ("csv", "doc", "docx", "gif", "htm", "html", "jpeg", "jpg", "js", "pdf", "png", "txt", "xls", "xlsx")
)
_MARK = '<b style="background-color:#fff;color:#b00020;font-size:12px"> [{}]</b>'


@dataclass(frozen=True, slots=True)
class SafeHtml:
    html: str  # a fragment for a body
    blocked_images: int  # that would have been loaded from elsewhere, without those nobody can see
    truncated: bool  # something was cut or flattened: too long, too deep, too many tags


def safe_html(html: str, images: Mapping[str, str] = {}) -> SafeHtml:
    """What may be shown of `html`. Never raises.

    `images`: URLs of the mail's own pictures by content id, without brackets. They are put in as they are; every
    other picture becomes a placeholder, but for small raster `data:` ones. Links tell their host as a tooltip, and
    visibly when their text names another one.
    """
    read = _cut(html)
    page = _Page()
    page.read(clean(read))
    written = clean(_cleaner().clean(page.result()))
    written = _EMPTY_STYLE.sub(r"\1", _LEADING_LINES.sub(r"\1", written))
    pictures = _Pictures(images)
    written = _LINK.sub(_honest_link, _IMAGE.sub(pictures.shown, written))
    return SafeHtml(written, pictures.blocked, page.flattened or len(read) < len(html))


def _cut(html: str) -> str:
    html = html[:_LENGTH]
    if html.count("&") > _AMPERSANDS:
        html = "&".join(html.split("&", _AMPERSANDS)[:_AMPERSANDS])
    return html


class _Page:
    """HTML with known tags only, each closed where it must be, so that no parser has anything to repair."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.stack: list[str] = []
        self.open: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()  # start tags, whose end tags must not close others
        self.endless: set[str] = set()  # hidden elements that never end: searched for once
        self.work = 0
        self.flattened = False

    def result(self) -> str:
        self._close_to(0)
        return "".join(self.out)

    def read(self, html: str) -> None:
        at = 0
        while (opened := html.find("<", at)) >= 0:
            if self.work > _WORK:
                self.flattened = True
                self._text(_MARKUP.sub(" ", html[at:]))
                return
            self._text(html[at:opened])
            if html.startswith(("<!", "<?"), opened):
                at = _after_comment(html, opened)
            elif not (name := _NAME.match(html, opened + 1)):
                at = self._stray(html, opened)
            elif rest := _REST.match(html, name.end()):
                at = self._tag(html, name, rest)
            else:
                return  # no tag ends from here on, and browsers show nothing of it
        self._text(html[at:])

    def _tag(self, html: str, name: re.Match[str], rest: re.Match[str]) -> int:
        """Where to read on."""
        self.work += _PER_TAG
        tag, closing = name[1].lower(), name[0].startswith("/")
        if tag in _HIDDEN and not closing and tag not in self.endless:
            end = re.compile(f"</{tag}[^<>]{{0,100}}>", re.IGNORECASE).search(html, rest.end())
            if end:
                return end.end()
            self.endless.add(tag)
        elif tag in TAGS:
            if closing:
                self._end(tag)
            else:
                self._start(tag, rest[1])
        return rest.end()

    def _stray(self, html: str, at: int) -> int:
        self.work += _PER_STRAY
        if html.startswith("</", at):
            return _after_comment(html, at)
        self._text("&lt;")
        return at + 1

    def _text(self, text: str) -> None:
        if text.strip():
            self._into_cell()
        self.out.append(text)

    def _start(self, tag: str, given: str) -> None:
        if tag in _RANKS:
            if not self.open["table"]:
                return
            while self.stack[-1] != "table" and _RANKS.get(self.stack[-1], 9) >= _RANKS[tag]:
                self._close_to(len(self.stack) - 1)
            if _RANKS[tag] == 3 and self.stack[-1] != "tr":
                self._push("tr", "")
        else:
            self._end_before(tag)
            self._into_cell()
        attributes = _attributes(tag, given)
        if tag == "a":  # old pages leave their anchors open: the next end tag may be another link's
            self.left_out[tag] = int(self.open[tag] > 0 or " href=" not in attributes)
            if self.left_out[tag]:
                return
        if tag not in _VOID and len(self.stack) >= _DEPTH:
            self.flattened = True
            self.left_out[tag] += 1
            return
        self.work += len(self.stack) + _PER_ELEMENT.get(tag, _PER_OTHER) + _PER_ATTRIBUTE * attributes.count('="')
        if tag in _VOID:
            self.out.append(f"<{tag}{attributes}>")
        else:
            self._push(tag, attributes)

    def _end_before(self, tag: str) -> None:
        """Close what a start tag ends by itself: a paragraph before a block, an item before an item."""
        if tag == "a":
            self._close_nearest(("a",), _CELLS)
        elif tag == "li":
            self._close_nearest(("li",), _CELLS | {"ol", "ul"})
        elif tag in ("dd", "dt"):
            self._close_nearest(("dd", "dt"), _CELLS | {"dl"})
        if tag in _BLOCKS:
            self._close_nearest(("p", *_HEADINGS) if tag in _HEADINGS else ("p",), _BLOCKS | _CELLS)

    def _into_cell(self) -> None:
        """What stands between cells gets a cell; browsers would look for its place before the table."""
        if self.stack and self.stack[-1] in _BETWEEN_CELLS:
            if self.stack[-1] != "tr":
                self._push("tr", "")
            self._push("td", "")

    def _end(self, tag: str) -> None:
        if self.left_out[tag]:
            self.left_out[tag] -= 1
        elif tag == "table":
            self._close_nearest((tag,), frozenset())
        elif tag in _RANKS:
            self._close_nearest((tag,), frozenset(("table",)))
        else:
            self._close_nearest((tag,), _CELLS if tag in _BLOCKS else _CELLS | _BLOCKS)

    def _close_nearest(self, tags: tuple[str, ...], within: frozenset[str]) -> None:
        """The innermost of these elements, with what is in it, unless one of `within` is nearer."""
        if not any(self.open[tag] for tag in tags):
            return
        for depth in range(len(self.stack) - 1, -1, -1):
            self.work += 4
            if self.stack[depth] in tags:
                self._close_to(depth)
                return
            if self.stack[depth] in within:
                return

    def _push(self, tag: str, attributes: str) -> None:
        self.out.append(f"<{tag}{attributes}>")
        self.stack.append(tag)
        self.open[tag] += 1

    def _close_to(self, depth: int) -> None:
        while len(self.stack) > depth:
            tag = self.stack.pop()
            self.open[tag] -= 1
            self.out.append(f"</{tag}>")


def _after_comment(html: str, at: int) -> int:
    if html.startswith(("<!-->", "<!--->"), at) or not html.startswith("<!--", at):
        end, length = html.find(">", at), 1
    else:
        end, length = html.find("-->", at + 4), 3
    return end + length if end >= 0 else len(html)


def _attributes(tag: str, given: str) -> str:
    if "=" not in given:
        return ""
    known = _KNOWN[tag]
    kept: dict[str, str] = {}
    for match in _GIVEN.finditer(given):
        name = (match[1] or "").lower()
        value = match[2] or ""
        if name not in known or name in kept or len(value) > (_DATA_IMAGE if name == "src" else _VALUE):
            continue
        kept[name] = value[1:-1] if value[:1] in ("'", '"') else value
    return "".join(f' {name}="{value.replace(chr(34), "&quot;")}"' for name, value in kept.items())


@cache
def _cleaner() -> "Cleaner":
    from nh3 import Cleaner

    return Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(_HIDDEN),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_value,
        filter_style_properties=set(PROPERTIES),
        url_schemes=set(_SCHEMES),
        url_relative=lambda url: f"https:{url}" if url.startswith("//") else None,
        link_rel="noopener noreferrer nofollow ugc",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


def _value(_tag: str, attribute: str, value: str) -> str | None:
    """Called by nh3 for each attribute, decoded; None takes it away."""
    if attribute == "style":
        return _style(value)
    if attribute == "href":
        return _destination(value)
    if attribute == "src":
        return "".join(value.split())
    return value


def _style(value: str) -> str | None:
    """Declarations that load nothing and cover nothing. nh3 parses what is left."""
    if "\\" in value or "@" in value:
        return None
    kept = []
    for declaration in value.split(";"):
        name, _, said = declaration.partition(":")
        name = name.strip().lower()
        if name in PROPERTIES and all(f.lower() in _FUNCTIONS for f in _FUNCTION.findall(said)):
            kept.append(f"{name}:{said}")
    return ";".join(kept) or None


def _destination(href: str) -> str | None:
    """The link as browsers understand it, without a user name to mistake for the host."""
    href = _CONTROLS.sub("", href).strip().replace(" ", "%20")
    if web := _WEB.fullmatch(href):
        host = _host(web[2])
        return f"{web[1].lower()}://{host}{web[3]}" if host else None
    other = _OTHER.fullmatch(href)
    return f"{other[1].lower()}:{other[2]}" if other else None


def _host(authority: str) -> str:
    """Host and port in lower case, '' for what no browser would open."""
    name = normalize("NFKC", unquote(authority.rpartition("@")[2][:500])).lower().replace("\u3002", ".")
    match = _HOST.fullmatch(name)
    return f"{match[1]}{match[2] or ''}" if match else ""


class _Pictures:
    def __init__(self, images: Mapping[str, str]) -> None:
        self.images = images
        self.blocked = 0

    def shown(self, tag: re.Match[str]) -> str:
        given = dict(_WRITTEN.findall(tag[1]))
        if _unseen(given):
            return ""  # it only reports that the mail was opened
        source = unescape(given.pop("src", ""))
        if _RASTER.fullmatch(source):
            return tag[0]
        own = self.images.get(unquote(source[4:]).strip("<>")) if source[:4].lower() == "cid:" else None
        if own:
            return f'<img src="{escape(own)}"' + "".join(f' {n}="{v}"' for n, v in given.items()) + ">"
        self.blocked += bool(_REMOTE.match(source))
        alt = " ".join(unescape(given.get("alt", "")).split())[:_ALT]
        return f"<span>[image: {escape(alt, quote=False)}]</span>" if alt else "<span>[image]</span>"


def _unseen(given: Mapping[str, str]) -> bool:
    sides = (given.get("width", ""), given.get("height", ""))
    return any(map(_TINY.fullmatch, sides)) or bool(_TINY_STYLE.search(given.get("style", "")))


def _honest_link(link: re.Match[str]) -> str:
    """With its host as a tooltip, and in its text when that names another one."""
    given, content = dict(_WRITTEN.findall(link[1])), link[2]
    if "href" not in given:
        return content
    if host := escape(_real_host(unescape(given["href"]))):
        given["title"] = host
        mark = _MARK.format(host)
        if not content.endswith(mark) and any(not _same_site(host, named) for named in _hosts_named(content)):
            content += mark
    return "<a" + "".join(f' {name}="{value}"' for name, value in sorted(given.items())) + f">{content}</a>"


def _real_host(href: str) -> str:
    """The host in the form that cannot be mistaken for another (RFC 3492)."""
    if web := _WEB.fullmatch(href):
        return _plain(_HOST_ENDS.split(web[2])[0] if not web[2].startswith("[") else web[2])
    if href.startswith("mailto:"):
        return _plain(unquote(href[7:].partition("?")[0]).rpartition("@")[2][:253])
    return ""


def _plain(host: str) -> str:
    labels = normalize("NFKC", host).lower().split(".")
    return ".".join(n if n.isascii() else "xn--" + n.encode("punycode").decode() for n in labels)


def _hosts_named(content: str) -> list[str]:
    """Hosts that a reader may believe a link leads to."""
    text = _INVISIBLE.sub("", unescape(_MARKUP.sub("", content[:20_000])))[:2_000]
    text = normalize("NFKC", text).replace("\u3002", ".")
    if "." not in text:
        return []
    found = []
    for word in _WORD_ENDS.split(text):
        host = _HOST_ENDS.split(re.sub(r"^\w{1,10}://", "", word))[0].rpartition("@")[2].strip(".")
        ending = host.rpartition(".")[2]
        if "." in host and len(ending) > 1 and ending.isalpha() and ending.lower() not in _FILES and len(host) < 254:
            found.append(_plain(host))
    return found


def _same_site(host: str, named: str) -> bool:
    host, named = host.partition(":")[0].removeprefix("www."), named.removeprefix("www.")
    return host == named or host.endswith(f".{named}") or named.endswith(f".{host}")
