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


@cache
def style() -> str:
    """The one style sheet; pages carry it in themselves."""
    return (_TEMPLATES / "style.css").read_text(encoding="utf-8")


@cache
def style_hash() -> str:
    """What a Content-Security-Policy calls it: this style and no other may apply."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()


def render(template: str, **names: object) -> str:
    return str(_environment().get_template(template).render(style=style(), **names))


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
    environment.filters["trusted"] = Markup  # for the style sheet alone: CSS in <style> is not HTML text
    return environment
