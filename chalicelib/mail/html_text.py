"""HTML to the text a person would read, in one linear pass.

A tokenizer of its own: `html.parser` needs quadratic time for a page of stray `<a `. Nothing is nested, so
depth costs nothing; what is shown to agents as HTML goes through a sanitiser, never through here.
"""

import re

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})(?=[\s/>])")
_SPACE = re.compile(r"[ \t\n\r\f\xa0]+")
_BLOCKS = frozenset(
    """
    address article aside blockquote body center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr
    li main nav ol p pre section table tbody td tfoot th thead tr ul
    """.split()  # noqa: SIM905 - reads as words
)
_APART = frozenset(("blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "table", "ul"))  # by blank lines
_HIDDEN = frozenset(("head", "script", "style", "title", "template", "noscript", "object", "svg"))
_QUOTE_DEPTH = 5
_NO_TAG = frozenset("< =-0123456789")


def html_to_text(html: str) -> str:  # noqa: C901 - one state machine
    """Lines and paragraphs; list items with `- `, quoted blocks with `> ` as in plain-text mail."""
    page = _Page()
    end = len(html)
    at = 0
    unclosed: set[str] = set()  # hidden elements that never end: searched for once
    close = -1  # the next '>', looked up only once per position: stray '<' must not search twice
    while at < end:
        opened = html.find("<", at)
        if opened < 0:
            page.text(html[at:])
            break
        page.text(html[at:opened])
        if html.startswith("<!--", opened):
            closed = html.find("-->", opened + 4)
            at = end if closed < 0 else closed + 3
            continue
        if close <= opened:
            close = html.find(">", opened)
            close = end if close < 0 else close
        if html.startswith(("<!", "<?"), opened):
            at = close + 1
            continue
        tag = _TAG.match(html, opened) if html[opened + 1 : opened + 2] not in _NO_TAG else None
        if tag is None or close == end:
            page.text("<")
            at = opened + 1
            continue
        name = tag[2].lower()
        stray = html.find("<", opened + 1, close)
        body = html[opened : close if stray < 0 else min(close, opened + 2000)]
        if body.count('"') % 2:  # a '>' within a quoted attribute
            quote = html.find('">', close, close + 2000)
            at = (quote + 2) if quote >= 0 else close + 1
        elif stray >= 0:
            at = stray
        else:
            at = close + 1
        if name in _HIDDEN and not tag[1]:
            if name not in unclosed:
                after = _after_hidden(html, name, at)
                unclosed |= {name} if after == at else set()
                at = after
        else:
            page.tag(name, bool(tag[1]))
    return page.result()


def _after_hidden(html: str, name: str, at: int) -> int:
    closing = re.compile(f"</{name}\\s*>|<body" if name == "head" else f"</{name}\\s*>", re.IGNORECASE)
    match = closing.search(html, at)
    if match is None:
        return at
    return match.start() if match[0].lower() == "<body" else match.end()


class _Page:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes = 0
        self.pre = False
        self.blank = True  # no second blank line, none at the top

    def text(self, chunk: str) -> None:
        if not chunk:
            return
        if "&" in chunk:
            from html import unescape

            chunk = unescape(chunk)
        if self.pre:
            first, *rest = chunk.split("\n")
            self.line.append(first)
            for line in rest:
                self.flush()
                self.line.append(line)
        else:
            self.line.append(chunk)

    def tag(self, name: str, closing: bool) -> None:
        if name == "br":
            self.flush(keep=True)
            return
        if name not in _BLOCKS:
            return
        if name in ("td", "th"):
            self.line.append(" ")
            return
        self.flush()
        if name == "blockquote" and closing:
            self.quotes = max(0, self.quotes - 1)
            self.blank = False
            while self.lines and not self.lines[-1].strip("> "):
                self.lines.pop()
        if name in _APART:
            self.gap()
        if name == "blockquote" and not closing:
            self.quotes += 1
        elif name == "pre":
            self.pre = not closing
        elif name == "li" and not closing:
            self.line.append("- ")

    def flush(self, keep: bool = False) -> None:
        line = "".join(self.line)
        line = line.rstrip() if self.pre else _SPACE.sub(" ", line).strip()
        self.line.clear()
        if line:
            self.lines.append("> " * min(self.quotes, _QUOTE_DEPTH) + line)
            self.blank = False
        elif keep or self.pre:
            self.gap()

    def gap(self) -> None:
        if not self.blank and self.lines:
            self.lines.append(("> " * min(self.quotes, _QUOTE_DEPTH)).rstrip())
            self.blank = True

    def result(self) -> str:
        self.flush()
        return "\n".join(self.lines).strip("\n")
