"""HTML to the text a person would read, in one linear pass.

A tokenizer of its own: `html.parser` needs quadratic time for a page of stray `<a `. Nothing is nested, so
depth costs nothing; what is shown to agents as HTML goes through a sanitiser, never through here. Style sheets are
not asked what is visible: hidden words are a nuisance, lost words are a loss.
"""

import re
from html import unescape

_TOKEN = re.compile(
    r"""
    [^<]++
    | <(/?)([a-zA-Z][a-zA-Z0-9:]{0,30}+)
      ((?:[\s/](?:[^<>"']++|"[^"<]*+"|'[^'<]*+'|"[^"]{0,300}+"(?=[\s/>])|["'])*+)?+)(?:>|(?=<)|\Z)
    | <!--(?:\[[^<>]{0,200}+>)?                          # one that never ends hides nothing but itself
    | <!(?!--)[^<>]{0,2000}+>?+ | <\?[^<>]{0,2000}+>?+ | </?+>
    | <+(?=<) | <
    """,
    re.VERBOSE,
)
_SPACE = re.compile(r"[ \t\n\r\f\xa0]+")
_BLOCKS = frozenset(
    """
    address article aside blockquote body br center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr
    li main nav ol p pre section table tbody td tfoot th thead tr ul
    """.split()  # noqa: SIM905 - reads as words
)
_APART = frozenset(("blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "table", "ul"))  # by blank lines
_HIDDEN = frozenset(("head", "script", "style", "title", "template", "object", "svg", "xml"))
_QUOTE_DEPTH = 5
_BLOCKQUOTES = 1_000  # within one another
_INDENT = re.compile(r"border(?:-left)?\s{0,9}:\s{0,9}(?:none|0)", re.IGNORECASE)  # Gmail indents by a blockquote
# Invisible characters with which newsletters fill the preview: two and more of them are no word of any language.
_FILLERS = "\xad\u034f\u061c\u115f\u180e\u2007\u200b-\u200f\u2060-\u2064\u2800\u3164\ufeff"
_FILLING = re.compile(f"[{_FILLERS}](?:[ \xa0]{{0,9}}+[{_FILLERS}])++")
_BLANK = re.compile(rf"[{_FILLERS}\s]*\Z")
_PICTURE = re.compile(r"<img[\s/]|<a\s[^<>]{0,500}href", re.IGNORECASE)
_ALT = re.compile(r"""\salt\s{0,9}=\s{0,9}(?:"([^"]{1,300})"|'([^']{1,300})')""", re.IGNORECASE)
_HREF = re.compile(r"""\shref\s{0,9}=\s{0,9}["']?(https?://[^\s"'<>]{1,500})""", re.IGNORECASE)


def html_to_text(html: str) -> str:
    """Lines and paragraphs; list items with `- `, quoted blocks with `> ` as in plain-text mail.

    A page that has no words gives what its pictures are called (`[alt]`), or where they lead.
    """
    html = _without_comments(html)
    text = _read(html, _Page())
    if text.strip() or not _PICTURE.search(html):
        return text
    return _read(html, _PictureBook())


def _read(html: str, page: "_Page") -> str:
    unclosed: set[str] = set()  # hidden elements that never end: searched for once
    shown_from = 0
    for token in _TOKEN.finditer(html):
        if token.start() < shown_from:
            continue
        if token.lastindex is None:
            page.text(token[0])
            continue
        closing, name, attributes = token.groups()
        name = name.lower()
        if name in _HIDDEN and not closing and name not in unclosed:
            shown_from = _after_hidden(html, name, token.end())
            unclosed |= {name} if shown_from == token.end() else set()
        else:
            page.tag(name, bool(closing), attributes)
    return page.result()


def _without_comments(html: str) -> str:
    """With them goes what is meant for Outlook alone (`<!--[if mso]>…<![endif]-->`)."""
    kept: list[str] = []
    at = 0
    while (opened := html.find("<!--", at)) >= 0:
        closed = html.find("-->", opened + 2)  # `<!-->` is a whole comment
        if closed < 0:
            break
        kept.append(html[at:opened])
        at = closed + 3
    return "".join([*kept, html[at:]]) if at else html


def _after_hidden(html: str, name: str, at: int) -> int:
    closing = re.compile(f"</{name}\\s*+>|<body" if name == "head" else f"</{name}\\s*+>", re.IGNORECASE)
    match = closing.search(html, at)
    if match is None:
        return at
    return match.start() if match[0].lower() == "<body" else match.end()


class _Page:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.marks = ""  # of the quote we are in
        self.quotes: list[bool] = []  # per open blockquote: whether it quotes
        self.pre = False
        self.blank = True  # no second blank line, none at the top

    def text(self, token: str) -> None:
        if token[0] == "<" and len(token) > 1:
            return  # a declaration
        if "&" in token:
            token = unescape(token)
        if not self.pre:
            self.line.append(token)
            return
        first, *rest = token.split("\n")
        self.line.append(first)
        for line in rest:
            self.flush()
            self.line.append(line)

    def tag(self, name: str, closing: bool, attributes: str) -> None:
        if name not in _BLOCKS:
            return
        if name == "br":
            self.flush(keep=True)
            return
        if name in ("td", "th"):
            self.line.append(" ")
            return
        self.flush()
        if name == "blockquote" and closing:
            self.end_quote()
        if name in _APART:
            self.gap()
        if name == "blockquote" and not closing:
            self.begin_quote(attributes)
        elif name == "pre":
            self.pre = not closing
        elif name == "li" and not closing:
            self.line.append("- ")

    def begin_quote(self, attributes: str) -> None:
        if len(self.quotes) < _BLOCKQUOTES:
            self.quotes.append(not _INDENT.search(attributes[:1_000]) or "cite" in attributes)
            self.marks = "> " * min(sum(self.quotes), _QUOTE_DEPTH)

    def end_quote(self) -> None:
        if self.quotes and self.quotes.pop():
            self.marks = "> " * min(sum(self.quotes), _QUOTE_DEPTH)
            self.blank = False
            while self.lines and not self.lines[-1].strip("> "):
                self.lines.pop()

    def flush(self, keep: bool = False) -> None:
        line = "".join(self.line)
        self.line.clear()
        if self.pre:
            line = line.rstrip()
        elif line.isascii():
            line = " ".join(line.split())
        else:
            line = "" if _BLANK.match(line) else _SPACE.sub(" ", _FILLING.sub(" ", line)).strip()
        if line:
            self.lines.append(self.marks + line)
            self.blank = False
        elif keep or self.pre:
            self.gap()

    def gap(self) -> None:
        if not self.blank and self.lines:
            self.lines.append(self.marks.rstrip())
            self.blank = True

    def result(self) -> str:
        self.flush()
        return "\n".join(self.lines).strip("\n")


class _PictureBook(_Page):
    """A page without words: its pictures by name, and where a link leads that nothing else names."""

    def __init__(self) -> None:
        super().__init__()
        self.target = ""  # of the link we are in, until something names it

    def tag(self, name: str, closing: bool, attributes: str) -> None:
        if name == "img" and (alt := _ALT.search(attributes[:4_000])):
            said = " ".join(unescape(alt[1] or alt[2]).split())
            if said:
                self.line.append(f" [{said}] ")
                self.target = ""
        elif name == "a":
            self.line.append(f" {self.target} " if self.target else "")
            href = None if closing else _HREF.search(attributes[:4_000])
            self.target = unescape(href[1]) if href else ""
        super().tag(name, closing, attributes)

    def result(self) -> str:
        self.line.append(f" {self.target}" if self.target else "")
        return super().result()
