"""A folder of Markdown files with front matter, one for each article and language, images beside.

    returning-goods.en.md          ---
    returning-goods.zh-Hans.md     title: Returning goods
    images/01KAM….png              topic: returns
                                   ---

                                   You may return anything within **30 days**. ![…](images/01KAM….png)

Files of other systems are taken as well: without a slug it is the file's name, without a language that of its name or
folder, without a title the first heading; `tags` are labels, `draft: true` says what it says.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from chalicelib.knowledge import html
from chalicelib.knowledge.exchange.entries import (
    DRAFT,
    TAG,
    Entry,
    Odd,
    Problem,
    Read,
    fits_images,
    joined,
    language_of,
    line,
    made,
    slug_of,
    told,
)
from chalicelib.model.article import SLUG, ArticleText

_ENDINGS = (".md", ".markdown")
_FRONT = re.compile(r"---[ \t]*\n(.*?)(?:^|\n)---[ \t]*(?:\n|$)\n?", re.DOTALL)
LONGEST_FRONT = 20_000  # characters: YAML takes its time


def write(entries: Iterable[Entry]) -> dict[str, bytes]:
    """By path."""
    import yaml

    files: dict[str, bytes] = {}
    for entry in entries:
        for tag, text in entry.texts.items():
            head = {"title": text.title, "slug": entry.slug, "language": tag, **told(entry)}
            front = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=10_000)
            files[f"{entry.slug}.{tag}.md"] = f"---\n{front}---\n\n{text.body}\n".encode()
        files |= entry.images
    return files


def read(files: Mapping[str, bytes], *, language: str) -> Read:
    """`language`: of files that do not say theirs."""
    found: dict[str, Entry] = {}
    problems: list[Problem] = []
    for path in sorted(files):
        if not path.lower().endswith(_ENDINGS) or posixpath.basename(path).lower() == "readme.md":
            continue
        try:
            entry = _entry(path, files, language)
            there = found.get(entry.slug)
            found[entry.slug] = fits_images(joined(there, entry) if there else entry)
        except Odd as error:
            problems.append(Problem(path, str(error)))
    return Read(tuple(found.values()), tuple(problems))


def _entry(path: str, files: Mapping[str, bytes], language: str) -> Entry:
    head, body = _parted(_text(files[path]))
    name, tag = _named(path, language)
    slug, title = line(head, "slug") or name, line(head, "title")
    if not title:
        title, body = _headed(body)
    said: dict[str, Any] = {**head}
    said.setdefault("labels", head.get("tags"))
    if head.get("draft") is True:
        said.setdefault("state", DRAFT)
    if head.get("language", head.get("lang")) is False:
        tag = "no"  # Norwegian, which YAML takes for a no
    else:
        tag = language_of(line(head, "language") or line(head, "lang") or tag)
    entry = made(slug, {tag: ArticleText(title, body.strip())}, said)
    return replace(entry, images=_images(body, path, files))


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Odd("it is not UTF-8 text: save it as that") from None
    return text.replace("\r\n", "\n") if text.startswith("---\r\n") else text


def _parted(text: str) -> tuple[dict[str, Any], str]:
    import yaml

    match = _FRONT.match(text)
    if not match:
        return {}, text
    if len(match[1]) > LONGEST_FRONT:
        raise Odd(f"its front matter has more than {LONGEST_FRONT} characters")
    try:
        head = yaml.safe_load(match[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        raise Odd(f"its front matter is not YAML (line {line})") from None
    if head is not None and not isinstance(head, dict):
        raise Odd("its front matter has no names with values")
    return head or {}, text[match.end() :]


def _headed(body: str) -> tuple[str, str]:
    """The heading a text begins with, and what follows it. Raises Odd."""
    first, _, rest = body.lstrip().partition("\n")
    title = first[1:].strip(" \t\r").rstrip("#").rstrip(" \t")
    if first[:2] not in ("# ", "#\t") or not title:
        raise Odd("there is no title: write one in the front matter, or begin with a heading")
    return title, rest


def _named(path: str, language: str) -> tuple[str, str]:
    """The slug and the language a path tells: returning-goods.en.md, en/returning-goods.md."""
    folder, file = posixpath.split(path)
    stem = file.rpartition(".")[0]
    name, _, tag = stem.rpartition(".")
    if name and TAG.fullmatch(tag):
        return _slug(name), tag
    parent = posixpath.basename(folder)
    return _slug(stem), parent if re.fullmatch(r"[a-z]{2}([-_][A-Za-z]{2,4})?", parent) else language


def _slug(name: str) -> str:
    return name if re.fullmatch(SLUG, name) else slug_of(name)


def _images(body: str, path: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of a text that lie in the folder, under the names its text has for them."""
    images: dict[str, bytes] = {}
    for address in html.images_of(body):
        if re.match(r"[a-z]+:|//", address, re.IGNORECASE):
            continue
        plain = unquote(address)
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), plain))
        content = files.get(beside) or files.get(posixpath.normpath(plain.lstrip("/")))
        if content is not None:
            images[address] = content
    return images
