"""What a help centre of Zendesk's kind exports: articles with translations in HTML, sections, labels.

https://developer.zendesk.com/api-reference/help_center/help-center-api/articles/ and …/translations/: `articles`,
`sections` and `translations` as its lists give them, together in one object; an article's translations may stand
within it. What this form has no word for (slug, tiers, the Markdown itself) stands under `liana`, and counts as long as
the HTML beside it was not changed.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.knowledge import html
from chalicelib.knowledge.exchange.entries import (
    DRAFT,
    PUBLISHED,
    RETIRED,
    Entry,
    Odd,
    Problem,
    Read,
    language_of,
    made,
    slug_of,
    told,
)
from chalicelib.knowledge.exchange.html_markdown import to_markdown
from chalicelib.model.article import ArticleText

_ID = re.compile(r"^\d+-")
LONGEST_HTML = 200_000  # characters
_CHINESE = {"zh-CN": "zh-Hans", "zh-TW": "zh-Hant"}


def write(entries: Iterable[Entry]) -> bytes:
    sections: dict[str, int] = {}
    articles = []
    for number, entry in enumerate(entries, 1):
        section = sections.setdefault(entry.topic, len(sections) + 1) if entry.topic else None
        source = entry.original or ("en" if "en" in entry.texts else min(entry.texts))
        articles.append(
            {
                "id": number,
                "name": entry.texts[source].title,
                "title": entry.texts[source].title,
                "body": _shown(entry.texts[source].body),
                "source_locale": source.lower(),
                "locale": source.lower(),
                "draft": entry.state != PUBLISHED,
                "label_names": list(entry.labels),
                "section_id": section,
                "user_segment_id": None if entry.audience.value == "public" else 1,
                "translations": [
                    {
                        "locale": tag.lower(),
                        "title": text.title,
                        "body": _shown(text.body),
                        "draft": entry.state != PUBLISHED,
                        "outdated": False,
                        "liana": {"language": tag, "markdown": text.body},
                    }
                    for tag, text in sorted(entry.texts.items())
                ],
                "liana": {
                    "slug": entry.slug,
                    **told(entry),
                    "images": {name: base64.b64encode(content).decode() for name, content in entry.images.items()},
                },
            }
        )
    listed = [{"id": number, "name": topic, "locale": "en"} for topic, number in sections.items()]
    return json.dumps({"sections": listed, "articles": articles}, ensure_ascii=False, indent=1).encode()


def read(content: bytes) -> Read:
    try:
        told_of = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Read((), (Problem("/", "it is not JSON: export the articles of the help centre as that"),))
    if isinstance(told_of, list):
        told_of = {"articles": told_of}
    listed = told_of.get("articles") if isinstance(told_of, dict) else None
    if not isinstance(listed, list):
        return Read((), (Problem("/articles", "there is no list of articles in it"),))
    sections = {str(one.get("id")): str(one.get("name") or "") for one in _dicts(told_of.get("sections"))}
    apart: dict[str, list[dict[str, Any]]] = {}
    for one in _dicts(told_of.get("translations")):
        apart.setdefault(str(one.get("source_id")), []).append(one)
    found: dict[str, Entry] = {}
    problems: list[Problem] = []
    for number, article in enumerate(listed):
        at = f"/articles/{number}"
        if not isinstance(article, dict):
            problems.append(Problem(at, "it is no object"))
            continue
        try:
            entry = _entry(article, sections, apart.get(str(article.get("id")), []))
            if entry.slug in found:  # two of one title
                entry = made(f"{entry.slug[:60]}-{article.get('id', number)}", entry.texts, told(entry))
            found[entry.slug] = entry
        except Odd as error:
            problems.append(Problem(at, str(error)))
    return Read(tuple(found.values()), tuple(problems))


def _entry(article: Mapping[str, Any], sections: Mapping[str, str], apart: list[dict[str, Any]]) -> Entry:
    ours = article.get("liana") if isinstance(article.get("liana"), dict) else None
    inside = _dicts(article.get("translations")) or apart
    source = str(article.get("source_locale") or article.get("locale") or "en")
    if not any(str(one.get("locale")).lower() == source.lower() for one in inside):
        inside = [{**article, "locale": source, "liana": None}, *inside]
    texts: dict[str, ArticleText] = {}
    for one in inside:
        tag, text = _text(one)
        if text.body:
            texts[tag] = text
    if not texts:
        raise Odd("there is no body")
    original = next((tag for tag in texts if tag.lower() == _language(source).lower()), "")
    if ours is not None:
        entry = made(str(ours.get("slug") or ""), texts, ours)
        return Entry(**{**{name: getattr(entry, name) for name in entry.__slots__}, "images": _images(ours)})
    title = texts[original].title if original else next(iter(texts.values())).title
    name = str(article.get("html_url") or "").rstrip("/").rpartition("/")[2]
    said = {
        "original": original if len(texts) > 1 else "",
        "topic": sections.get(str(article.get("section_id")), "")[:60],
        "labels": [str(label)[:60] for label in article.get("label_names") or []][:30],
        "audience": "signed_in" if article.get("user_segment_id") else "public",
        "state": RETIRED
        if article.get("outdated") is True and article.get("draft")
        else DRAFT
        if article.get("draft")
        else "",
    }
    return made(slug_of(_ID.sub("", name) or title), texts, said)


def _text(one: Mapping[str, Any]) -> tuple[str, ArticleText]:
    title, body = str(one.get("title") or one.get("name") or "").strip(), str(one.get("body") or "")
    ours = one.get("liana") if isinstance(one.get("liana"), dict) else None
    if max(len(body), len(str(ours.get("markdown", ""))) if ours else 0) > LONGEST_HTML:
        raise Odd(f"a body has more than {LONGEST_HTML} characters: make several articles of it")
    if ours and isinstance(ours.get("markdown"), str) and _shown(ours["markdown"]) == body:
        return str(ours.get("language") or _language(str(one.get("locale")))), ArticleText(title, ours["markdown"])
    tag = str(ours["language"]) if ours and ours.get("language") else _language(str(one.get("locale") or "en"))
    return tag, ArticleText(" ".join(title.split())[:200], to_markdown(body))


def _language(locale: str) -> str:
    tag = language_of(locale)
    return _CHINESE.get(tag, tag)


def _images(ours: Mapping[str, Any]) -> dict[str, bytes]:
    found = {}
    images = ours.get("images")
    for name, content in images.items() if isinstance(images, dict) else ():
        try:
            found[str(name)] = base64.b64decode(str(content), validate=True)
        except (binascii.Error, ValueError):
            raise Odd(f"its image {str(name)[:80]} is not in base64") from None
    return found


def _shown(markdown: str) -> str:
    return html.to_html(markdown, images="images/")


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
