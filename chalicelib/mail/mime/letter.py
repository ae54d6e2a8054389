"""Which of its text parts are the letter of a mail, and what does it say?

Plain text, where it says something; else the page, as text. The parts of one multipart/alternative say the same.
"""

import re

from chalicelib.mail.message import Limits
from chalicelib.mail.mime.charsets import clean
from chalicelib.mail.mime.html_text import html_to_text

Group = tuple[int, int]  # parts of one multipart/alternative, or one part of its own

_INVISIBLE = re.compile(r"[\xad\u034f\u180e\u200b-\u200f\u2060-\u2064\ufeff]+")
_STUB_LENGTH = 1_000  # characters; who writes more means it
_STUB = re.compile(
    r"(?:mail|message|messaggio|nachricht|bericht|mensa[jg]e(?:m)?|courriel|post)\b.{0,60}\b(?:is|ist|est|è|es|é|"
    r"wurde|is gemaakt|in|im|au|en|em)\b.{0,30}html"
    r"|html[- ]?(?:e-?mail|mail|message|format|version|nachricht|bericht|viewer|capable|compatible|fähig|indeling)"
    r"|format[eo]? html|formacie html|формате html"
    r"|(?:support|display|read|show|view|render|unterstütz|anzeig|darstell|affich|support|pren|lire|admit|soporta|"
    r"permit|mostra|visualizz|legg|suporta|aceita|ondersteun|tonen|weergeven|obsług|wyświetl|поддержив|отобра)"
    r".{0,60}html"
    r"|html.{0,60}(?:unterstütz|anzeig|darstell|tonen|weergeven|supported|enabled|required|поддержив)"
    r"|(?:不支持|无法显示|格式|查看).{0,20}html|html.{0,20}(?:格式|邮件|郵件|メール|形式|対応|메일|형식)"
    r"|multi-?part message in mime",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"html|browser|navigateur|navegador|przegląda|браузер|tarayıcı|浏览器|瀏覽器|ブラウザ|브라우저", re.IGNORECASE
)


class Letter:
    """Collects the texts and pages of one mail, as much of them as is allowed."""

    def __init__(self, limits: Limits, warnings: list[str]) -> None:
        self._limits = limits
        self._warnings = warnings
        self._texts: dict[Group, list[str]] = {}
        self._pages: dict[Group, list[str]] = {}
        self._groups: dict[Group, None] = {}  # as they came
        self.text_left = limits.text
        self.html_left = limits.html

    def add_text(self, group: Group, text: str) -> None:
        text = clean(self._cut(text, self.text_left, "text", self._limits.text)).strip("\n")
        self.text_left -= len(text)
        self._groups[group] = None
        self._texts.setdefault(group, []).append(text)

    def add_page(self, group: Group, html: str) -> None:
        html = clean(self._cut(html, self.html_left, "html", self._limits.html))
        self.html_left -= len(html)
        self._groups[group] = None
        self._pages.setdefault(group, []).append(html)

    def text(self) -> str:
        blocks = [(block, group in self._texts) for group in self._groups if (block := self._block(group))]
        texts = {" ".join(block.split()) for block, written in blocks if written}
        # A page that says what a text says is the same letter, though no alternative holds them together.
        said = [block for block, written in blocks if written or " ".join(block.split()) not in texts]
        return self._cut("\n\n".join(said), self._limits.text, "text", self._limits.text)

    def html(self) -> str | None:
        pages = [page for group in self._groups for page in self._pages.get(group, ())]
        return "\n".join(pages)[: self._limits.html] if pages else None

    def _block(self, group: Group) -> str:
        written = "\n\n".join(text for text in self._texts.get(group, ()) if text)
        pages = self._pages.get(group)
        if not pages or not (_says_nothing(written) or _may_be_stub(written)):
            return written
        shown = clean("\n\n".join(filter(None, map(html_to_text, pages))))
        if _says_nothing(written):
            return shown or written
        return shown if shown and _is_stub(written, shown) else written

    def _cut(self, text: str, left: int, what: str, limit: int) -> str:
        if len(text) > left:
            self._warnings.append(f"{what}: cut at {limit} characters")
            return text[:left]
        return text


def _says_nothing(text: str) -> bool:
    return len(text) < 1_000 and len(_INVISIBLE.sub("", text).strip()) < 3


def _may_be_stub(text: str) -> bool:
    return len(text) < _STUB_LENGTH and bool(_ELSEWHERE.search(text) or _STUB.search(text))


def _is_stub(text: str, shown: str) -> bool:
    """ "Your program cannot show HTML", or a page next to which a line about browsers is all the text there is."""
    return bool(_STUB.search(" ".join(text.split()))) or len(shown) > 3 * len(text)
