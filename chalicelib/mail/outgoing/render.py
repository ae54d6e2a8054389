"""What customers read: subject, text and HTML of one mail from the templates, in her language.

A template is a folder of `templates/` with one folder per language, each holding `subject.txt`, `body.txt`
and `body.html`; the comment on top of `en/body.txt` says what its context holds. Unknown names are errors,
HTML is escaped.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.mail.mime.headers import one_line
from chalicelib.mail.replies.quotes import CUT_MARKER, CUT_MARKERS

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
FALLBACK = "en"

_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh-Hans": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str


def render(template: str, language: str | None, context: Mapping[str, Any]) -> Rendered:
    """The mail in the nearest language there is. KeyError-like `jinja2.UndefinedError` for a missing name."""
    tag = best_language(template, language)
    environment = _environment()
    names = {"language": tag, "cut_marker": CUT_MARKERS.get(tag, CUT_MARKER), **context}

    def filled(file: str) -> str:
        return environment.get_template(f"{template}/{tag}/{file}").render(names)

    return Rendered(
        one_line(filled("subject.txt")), filled("body.txt").strip() + "\n", filled("body.html").strip() + "\n"
    )


def best_language(template: str, language: str | None) -> str:
    return nearest_language(_languages(template), language)


def nearest_language(tags: Sequence[str], language: str | None) -> str:
    """Exact tag, else one of the same base language (`zh`, `zh-CN` → `zh-Hans`), else English."""
    wanted = (language or FALLBACK).replace("_", "-").lower()
    by_tag = {tag.lower(): tag for tag in tags}
    base = wanted.partition("-")[0]
    return (
        by_tag.get(wanted)
        or by_tag.get(base)
        or next((tag for tag in tags if tag.lower().partition("-")[0] == base), FALLBACK)
    )


def spoken(at: datetime, language: str) -> str:
    """`Tuesday 24 November, 15:00`, in the zone of `at`: pass it in the customer's own."""
    if language == "zh-Hans":
        return f"{at.month}月{at.day}日{_DAYS[language][at.weekday()]} {at:%H:%M}"
    return f"{_DAYS['en'][at.weekday()]} {at.day} {_MONTHS[at.month - 1]}, {at:%H:%M}"


@cache
def _languages(template: str) -> tuple[str, ...]:
    return tuple(sorted(folder.name for folder in (TEMPLATES / template).iterdir() if folder.is_dir()))


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def paragraphs(text: str) -> Markup:
        """Plain text as HTML paragraphs, escaped."""
        blocks = (b.strip("\n").split("\n") for b in text.replace("\r\n", "\n").split("\n\n") if b.strip())
        return Markup("\n").join(Markup("<p>{}</p>").format(Markup("<br>\n").join(b)) for b in blocks)

    def quoted(text: str) -> str:
        return "\n".join(f"> {line}".rstrip() for line in text.strip("\n").split("\n"))

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=lambda name: bool(name and name.endswith(".html")),  # noqa: S701 - mails are text, too
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters.update(paragraphs=paragraphs, quoted=quoted, spoken=spoken)
    return environment
