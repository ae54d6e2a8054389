"""Templates to HTML. Everything is escaped, and a name a template misses is an error, not an empty space.

Jinja costs 80 ms of CPU at a cold start, so it is imported when the first page is asked for.
"""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

_TEMPLATES = Path(__file__).parent / "templates"
SHEETS = ("style.css", "help.css")


@cache
def sheet(name: str) -> str:
    """A style sheet or script of ours: `style` is every page's and carried in it, `help` the help centre's besides."""
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@cache
def style_hashes() -> tuple[str, ...]:
    """What a Content-Security-Policy calls our style sheets: these and no others may apply."""
    return tuple("sha256-" + base64.b64encode(digest_of(name)).decode() for name in SHEETS)


@cache
def digest_of(name: str) -> bytes:
    return hashlib.sha256(sheet(name).encode()).digest()


def render(template: str, **names: object) -> str:
    return str(_environment().get_template(template).render(style=sheet("style.css"), **names))


@cache
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup, escape

    def marked(text: str) -> Markup:
        """Text with `code` in it, as our descriptions have."""
        return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["marked"] = marked
    environment.filters["trusted"] = Markup  # for style sheets, and for articles that were made safe
    environment.globals["sheet"] = sheet
    return environment
