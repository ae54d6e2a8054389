"""Every page: escaped, self-contained, closed to scripts and frames, usable under any path."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.settings import settings
from chalicelib.triggers import api
from chalicelib.web import reference
from chalicelib.web.kit import LANGUAGES, Visit, language_of, words_only
from chalicelib.web.render import render
from tests.auth.callers import Caller

BROWSER = Caller("")
VOID = {"meta", "link", "input", "br"}


class Outline(HTMLParser):
    """Tags as they open and close, ids, targets, and what is loaded from elsewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.loaded: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.targets.append(value or "")
            if name in ("src", "style") or tag in ("script", "link"):
                self.loaded.append(f"{tag} {name}")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("path", ["/docs", "/u/x"])
def test_a_page_may_load_and_be_embedded_nowhere(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.auth.service.signing_keys", lambda: None)
    page = BROWSER.get(path)

    policy = page.headers["Content-Security-Policy"]
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    told = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{told}'" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "no-referrer"


def test_the_reference_is_sound_html_whose_links_lead_somewhere() -> None:
    page = BROWSER.get("/docs")
    outline = Outline(page.text)

    assert page.status == 200
    assert outline.open == []
    assert outline.loaded == []
    assert len(outline.ids) == len(set(outline.ids))
    assert {target for target in outline.targets if not target.startswith("#")} == {"openapi.json"}
    assert {target[1:] for target in outline.targets if target.startswith("#")} <= set(outline.ids)


def test_the_reference_tells_every_endpoint_and_scope() -> None:
    text = BROWSER.get("/docs").text

    for operation in api.api.operations:
        assert operation.path in text
        assert f'id="{operation.name}"' in text
        assert (operation.scope.value if operation.scope else "public") in text


@pytest.mark.parametrize(
    ("path", "location"), [("/", "docs"), ("/api/", "docs"), ("/api", "api/docs"), ("/a/b", "b/docs")]
)
def test_home_leads_to_the_reference_behind_any_prefix(path: str, location: str) -> None:
    assert reference.way_from(path) == location


def test_home_answers() -> None:
    assert BROWSER.get("/").status == 303


@hypothesis.settings(deadline=None)
@given(st.text(), st.text())
def test_whatever_is_shown_is_escaped(title: str, text: str) -> None:
    settings.cache_clear()
    html = words_only(Visit("GET", "/", "en"), title + "<script>", text + "</p><b>")

    assert "<script>" not in html
    assert "<b>" not in html


def test_a_forgotten_name_is_an_error() -> None:
    with pytest.raises(Exception, match="undefined"):
        render("words.html", language="en")


@hypothesis.settings(deadline=None)
@given(st.text())
def test_any_wish_for_a_language_is_met_with_one(wish: str) -> None:
    assert language_of(wish) in LANGUAGES
