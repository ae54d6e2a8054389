"""How is an article's Markdown shown: as HTML nobody can be harmed by, and as plain text?

CommonMark with tables and struck-out words, and no HTML of its own: what looks like a tag is shown as it is written.
markdown-it-py parses, the tokens are put right here (headings one level down, only our own images, addresses of other
articles), and nh3 lets through what is on a list, so that a mistake of one is caught by the other.

    [How to return goods](article:returning-goods)      another article
    ![The seam from inside](images/01KAM….png)           an image of this article
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from chalicelib.model.article import IMAGE_TYPES, SLUG

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token
    from nh3 import Cleaner

ARTICLE = "article:"
LOWEST_HEADING = 6
# What a page of the help centre puts before a slug, and before an image's file: relative to /help/articles/<slug>.
ARTICLES, IMAGES = "", "../images/"

_IMAGE = re.compile(rf"images/([0-9A-HJKMNP-TV-Z]{{26}}\.(?:{'|'.join(dict.fromkeys(IMAGE_TYPES.values()))}))")
_TAGS = frozenset(
    """
    a blockquote br code del em h2 h3 h4 h5 h6 hr img li ol p pre s strong table tbody td th thead tr ul
    """.split()  # noqa: SIM905 - reads as words
)
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "a": frozenset(("href", "title")),
    "code": frozenset(("class",)),
    "img": frozenset(("src", "alt", "title")),
    "ol": frozenset(("start",)),
    "td": frozenset(("align",)),
    "th": frozenset(("align",)),
}
_SCHEMES = frozenset(("http", "https", "mailto", "tel"))
_CODE_CLASS = re.compile(r"language-[A-Za-z0-9_+-]{1,30}")
_ALIGN = re.compile(r"text-align:(left|center|right)")
# What ends a line of the plain text, and whether an empty one follows.
_BREAKS = {
    **dict.fromkeys(("softbreak", "hardbreak", "tr_close"), 1),
    **dict.fromkeys(("paragraph_close", "heading_close", "blockquote_close", "table_close"), 2),
}


def to_html(markdown: str, *, articles: str = ARTICLES, images: str = IMAGES) -> str:
    """A fragment that is safe in a page of ours: nothing in it runs, and nothing loads but images of ours. `articles`
    stands before the slug of an article it links to, `images` before the file of an image."""
    tokens = _parser().parse(markdown)
    for token in _all(tokens):
        _put_right(token, articles, images)
    return _cleaner(images).clean(_parser().renderer.render(tokens, _parser().options, {}))


def to_text(markdown: str, *, links: bool = False) -> str:
    """The words, for the index and for previews: lists keep their marks, tables have a line for each row. With `links`,
    for mails, addresses stand in brackets behind their words, but for those of other articles."""
    lines = _Lines(links)
    lines.read(_parser().parse(markdown))
    return "".join(lines.said).strip()


def links_of(markdown: str) -> tuple[str, ...]:
    """The addresses it links to, each once: others' (https:, mailto: …) and `article:<slug>`."""
    found = (str(token.attrGet("href") or "") for token in _all(_parser().parse(markdown)) if token.type == "link_open")
    return tuple(dict.fromkeys(address for address in found if address))


def images_of(markdown: str) -> tuple[str, ...]:
    """The addresses of its images, each once: `images/<id>.<ending>`, and what is not shown because it is not ours."""
    found = (str(token.attrGet("src") or "") for token in _all(_parser().parse(markdown)) if token.type == "image")
    return tuple(dict.fromkeys(address for address in found if address))


def image_file(address: str) -> str:
    """The file of an image of ours, `<id>.<ending>`; empty for any other address."""
    match = _IMAGE.fullmatch(unquote(address))
    return match[1] if match else ""


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # Without raw HTML; bare addresses are not made links: who writes one for a reader gives it words.
    return MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])


@cache
def _cleaner(images: str) -> "Cleaner":
    from nh3 import Cleaner

    return Cleaner(
        tags=set(_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes=set(_SCHEMES),
        link_rel="noopener noreferrer",
        strip_comments=True,
        attribute_filter=_let_through(images),
    )


def _let_through(images: str) -> Callable[[str, str, str], str | None]:
    def filtered(tag: str, name: str, value: str) -> str | None:
        match tag, name:
            case "img", "src":
                ours = value.startswith(images) and _IMAGE.fullmatch(f"images/{value.removeprefix(images)}")
                return value if ours else None
            case "a", "href":
                return value or None
            case "code", "class":
                return value if _CODE_CLASS.fullmatch(value) else None
            case (("td" | "th"), "align"):
                return value if value in ("left", "center", "right") else None
        return value

    return filtered


def _all(tokens: "Sequence[Token]") -> "Iterator[Token]":
    for token in tokens:
        yield token
        if token.children:
            yield from _all(token.children)


def _put_right(token: "Token", articles: str, images: str) -> None:
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(int(token.tag[1]) + 1, LOWEST_HEADING)}"
    elif token.type in ("td_open", "th_open") and (found := _ALIGN.fullmatch(str(token.attrGet("style") or ""))):
        token.attrs = {"align": found[1]}
    elif token.type == "link_open":
        address = str(token.attrGet("href") or "")
        token.attrSet("href", _link(address, articles))
    elif token.type == "image":
        file = image_file(str(token.attrGet("src") or ""))
        if file:
            token.attrSet("src", f"{images}{file}")
        else:  # its words stay
            token.type, token.tag, token.content = "text", "", _words(token.children or [])


def _link(address: str, articles: str) -> str:
    """Where a link leads; empty: nowhere. Relative ones would depend on the page they stand on."""
    if address.startswith(ARTICLE):
        slug = address.removeprefix(ARTICLE)
        return f"{articles}{slug}" if re.fullmatch(SLUG, slug) else ""
    scheme, colon, _ = address.partition(":")
    return address if (colon and scheme.lower() in _SCHEMES) or address.startswith("#") else ""


def _words(tokens: "Sequence[Token]") -> str:
    return "".join(_words(token.children) if token.children else token.content for token in tokens)


class _Lines:
    """Plain text, written token by token. Breaks are owed until something follows them."""

    def __init__(self, links: bool) -> None:
        self.said: list[str] = []
        self._links = links
        self._owed = 0
        self._marks: list[str] = []  # of the list items we are in, as space
        self._numbers: list[int | None] = []  # of the lists we are in, the next one; None: with points
        self._addresses: list[str] = []
        self._cells = 0

    def read(self, tokens: "Sequence[Token]") -> None:
        for token in tokens:
            if token.type in ("td_open", "th_open"):
                self._say(" | " if self._cells else "")
                self._cells += 1
            elif token.type.startswith(("link_", "list_item_", "bullet_list_", "ordered_list_")):
                self._nest(token)
            elif token.type in _BREAKS:
                self._break(1 if token.hidden else _BREAKS[token.type])
                self._cells = 0
            elif token.type in ("fence", "code_block"):
                self._say(token.content.rstrip("\n").replace("\n", "\n" + "".join(self._marks)))
                self._break(2)
            elif token.type == "inline":
                self.read(token.children or [])
            elif token.type in ("text", "code_inline", "image"):
                self._say(_words([token]))

    def _nest(self, token: "Token") -> None:
        match token.type:
            case "link_open":
                self._addresses.append(str(token.attrGet("href") or ""))
            case "link_close":
                self._say_address(self._addresses.pop())
            case "bullet_list_open":
                self._numbers.append(None)
            case "ordered_list_open":
                start = token.attrGet("start")
                self._numbers.append(1 if start is None else int(start))
            case "bullet_list_close" | "ordered_list_close":
                self._numbers.pop()
                self._break(1 if self._numbers else 2)
            case "list_item_open":
                mark = self._mark(token.markup)
                self._say(mark)
                self._marks.append(" " * len(mark))
            case "list_item_close":
                self._marks.pop()
                self._owed = 1

    def _mark(self, markup: str) -> str:
        number = self._numbers[-1]
        if number is None:
            return "- "
        self._numbers[-1] = number + 1
        return f"{number}{markup} "

    def _say(self, words: str) -> None:
        if self._owed and self.said:
            self.said.append("\n" * self._owed + "".join(self._marks))
        self._owed = 0
        self.said.append(words)

    def _break(self, lines: int) -> None:
        self._owed = max(self._owed, lines)

    def _say_address(self, address: str) -> None:
        """Not again where the words are the address."""
        if self._links and ":" in address and not address.startswith(ARTICLE):
            told = unquote(address.removeprefix("mailto:").removeprefix("tel:"))
            if not "".join(self.said[-2:]).endswith(told):
                self._say(f" ({told})")
