"""HTML others wrote as Markdown that reads the same. What has no Markdown (colours, frames, scripts) is left out."""

import re
from html.parser import HTMLParser

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HIDDEN = frozenset(("script", "style", "head", "title", "iframe", "object", "svg", "math", "template", "noscript"))
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "s": "~~", "del": "~~", "strike": "~~"}
_BLOCKS = frozenset(
    ("p", "div", "section", "article", "header", "footer", "main", "figure", "figcaption", "dl", "dt", "dd", "aside")
)
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")
_AT_THE_START = re.compile(r"^(\s*)([#>+-]|\d{1,9}[.)])(?=\s|$)")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_RULE = re.compile(r"^([-=])(?=\1*\s*$)")
DEEPEST = 60  # elements within each other; what is deeper is text of the last one


def to_markdown(html: str, *, top: int = 1) -> str:
    """`top`: how many levels headings are moved up, for they are shown below the title of a page."""
    reader = _Reader(top)
    reader.feed(html)
    reader.close()
    return reader.whole()


class _Block:
    """What an element that stands for itself has gathered: lines of blocks, and the line at hand."""

    def __init__(self, tag: str, start: int = 1) -> None:
        self.tag = tag
        self.blocks: list[str] = []
        self.line: list[str] = []
        self.number = start

    def end_line(self) -> None:
        text = "".join(self.line).strip(" \n")
        self.line = []
        if text:
            lines = [_plain_start(line.strip(" ")) for line in text.split("\n")]
            self.blocks.append("\n".join(lines))

    def text(self, between: str = "\n\n") -> str:
        self.end_line()
        return between.join(self.blocks)


def _plain_start(line: str) -> str:
    """Words that begin a line as a list or a heading would."""
    if match := _AT_THE_START.match(line):
        mark = match[2]
        escaped = f"\\{mark}" if len(mark) == 1 else f"{mark[:-1]}\\{mark[-1]}"
        return match[1] + escaped + line[match.end() :]
    return _RULE.sub(r"\\\1", line)


class _Reader(HTMLParser):
    def __init__(self, top: int) -> None:
        super().__init__(convert_charrefs=True)
        self._top = top
        self._open: list[_Block] = [_Block("")]
        self._hidden = 0
        self._code: list[str] | None = None  # of a <pre>
        self._links: list[str] = []
        self._rows: list[list[str]] = []

    def whole(self) -> str:
        while len(self._open) > 1:
            self._close(self._open[-1].tag)
        return self._open[0].text().strip()

    @property
    def _at(self) -> _Block:
        return self._open[-1]

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._code is not None:
            self._code.append(data)
            return
        words = _SPECIAL.sub(r"\\\1", _SPACE.sub(" ", data))
        if words == " " and (not self._at.line or self._at.line[-1].endswith(("\n", " "))):
            return
        self._at.line.append(words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in _HIDDEN
        if self._hidden:
            return
        told = {name: value or "" for name, value in attrs}
        if tag in ("br", "img", "a", *_MARKS):
            self._at.line.append(self._inline(tag, told))
        elif tag == "code":
            self._begin("code" if self._code is None else "")
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th", "li", "ul", "blockquote", *_HEADINGS):
            self._begin(tag)
        elif tag == "ol":
            start = told.get("start", "")
            self._begin(tag, int(start) if start.isdigit() and len(start) < 10 else 1)
        elif tag in ("hr", "pre", "table", *_BLOCKS):
            self._at.end_line()
            self._stand_alone(tag)

    def _inline(self, tag: str, told: dict[str, str]) -> str:
        if tag == "br":
            return "\\\n"
        if tag == "img":
            source, words = told.get("src", "").strip(), _SPECIAL.sub(r"\\\1", told.get("alt", ""))
            return f"![{words}]({_address(source)})" if source else ""
        if tag == "a":
            self._links.append(told.get("href", "").strip())
            return "[" if self._links[-1] else ""
        return _MARKS[tag]

    def _stand_alone(self, tag: str) -> None:
        if tag == "hr":
            self._at.blocks.append("---")
        elif tag == "pre":
            self._code = []
        elif tag == "table":
            self._rows = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in ("br", "hr", "img"):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif self._hidden:
            return
        elif tag == "a" and self._links:
            address = self._links.pop()
            self._at.line.append(f"]({_address(address)})" if address else "")
        elif tag in _MARKS:
            self._mark(_MARKS[tag])
        elif tag == "pre" and self._code is not None:
            self._pre("".join(self._code))
        elif tag == "table":
            self._table()
        elif tag in _BLOCKS:
            self._at.end_line()
        elif any(block.tag == tag for block in self._open[1:]):
            while self._at.tag != tag:
                self._close(self._at.tag)
            self._close(tag)

    def _begin(self, tag: str, start: int = 1) -> None:
        if not tag or len(self._open) > DEEPEST:
            return
        if tag not in ("code", "td", "th"):
            self._at.end_line()
        self._open.append(_Block(tag, start))

    def _close(self, tag: str) -> None:
        block = self._open.pop()
        match tag:
            case "code":
                words = re.sub(r"\\(.)", r"\1", "".join(block.line))
                fence = "``" if "`" in words else "`"
                self._at.line.append(f"{fence}{words}{fence}" if words.strip() else words)
            case "li":
                self._item(block)
            case "ul" | "ol":
                tight = all("\n\n" not in item for item in block.blocks)
                self._at.blocks.append(("\n" if tight else "\n\n").join(block.blocks))
            case "blockquote":
                if said := block.text():
                    self._at.blocks.append("\n".join(f"> {line}".rstrip() for line in said.split("\n")))
            case "td" | "th":
                if self._rows:
                    self._rows[-1].append(block.text(" ").replace("\n", " "))
            case _:
                if said := block.text(" ").replace("\n", " "):
                    level = max(1, _HEADINGS[tag] - self._top)
                    self._at.blocks.append(f"{'#' * level} {said}")

    def _item(self, block: _Block) -> None:
        block.end_line()
        lists = ("- ", "+ ", "* ")
        tight = all(other.startswith(lists) or other[:1].isdigit() for other in block.blocks[1:])
        said = ("\n" if tight else "\n\n").join(block.blocks)
        at = self._at
        mark = f"{at.number}. " if at.tag == "ol" else "- "
        at.number += 1
        indent = " " * len(mark)
        lines = said.split("\n")
        at.blocks.append(
            "\n".join(
                f"{mark if not number else indent}{line}" if line or not number else ""
                for number, line in enumerate(lines)
            )
        )

    def _mark(self, mark: str) -> None:
        """Closes it, the space before it behind it: `** x**` would be no emphasis."""
        line = self._at.line
        start = next((place for place in range(len(line) - 1, -1, -1) if line[place] == mark), None)
        if start is None:
            return
        inside = "".join(line[start + 1 :])
        before, words, after = (
            inside[: len(inside) - len(inside.lstrip())],
            inside.strip(),
            inside[len(inside.rstrip()) :] if inside.strip() else "",
        )
        line[start:] = [before, mark, words, mark, after] if words else [inside]

    def _pre(self, code: str) -> None:
        fence = "````" if "```" in code else "```"
        self._code = None
        self._at.blocks.append(f"{fence}\n{code.strip(chr(10))}\n{fence}")

    def _table(self) -> None:
        rows = [row for row in self._rows if row]
        self._rows = []
        if not rows:
            return
        width = max(len(row) for row in rows)
        lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in rows]
        lines.insert(1, f"|{' --- |' * width}")
        self._at.blocks.append("\n".join(lines))


def _address(url: str) -> str:
    return re.sub(r"[\s()<>]", lambda found: f"%{ord(found[0]):02X}", url)
