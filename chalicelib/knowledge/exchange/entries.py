"""What is exchanged of an article, and how do its fields look outside?"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from chalicelib.kernel import clock
from chalicelib.model.article import MOST_IMAGES, SLUG, Article, ArticleState, ArticleText, Audience

TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
DRAFT, PUBLISHED, RETIRED = "draft", "published", "retired"
_STATES = (DRAFT, PUBLISHED, RETIRED)
_LONGEST = {"title": 200, "body": 20_000, "topic": 60, "owner": 100}
_WORDS = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An article as it travels: what readers see of it, or its texts where nothing is published."""

    slug: str
    texts: Mapping[str, ArticleText]
    original: str = ""
    topic: str = ""
    labels: tuple[str, ...] = ()
    owner: str = ""
    audience: Audience = Audience.PUBLIC
    tiers: tuple[str, ...] = ()
    state: str = PUBLISHED
    review_at: datetime | None = None
    images: Mapping[str, bytes] = field(default_factory=dict)  # by what its texts call them: images/<file>


class Problem(NamedTuple):
    """What could not be read, and why."""

    at: str
    why: str


class Read(NamedTuple):
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]


class Odd(Exception):
    """An entry that cannot be taken."""


def entry_of(article: Article, images: Mapping[str, bytes]) -> Entry:
    """`images`: its own, by what its texts call them."""
    state = PUBLISHED if article.live else RETIRED if article.state is ArticleState.RETIRED else DRAFT
    return Entry(
        slug=article.id,
        texts=article.live or article.texts,
        original=article.original,
        topic=article.topic,
        labels=article.labels,
        owner=article.owner,
        audience=article.audience,
        tiers=article.tiers,
        state=state,
        review_at=article.review_at,
        images=images,
    )


def told(entry: Entry) -> dict[str, Any]:
    """Its fields besides texts and images, in plain words; those that say nothing are left out."""
    said: dict[str, Any] = {
        "original": entry.original,
        "topic": entry.topic,
        "labels": list(entry.labels),
        "owner": entry.owner,
        "audience": "" if entry.audience is Audience.PUBLIC else entry.audience.value,
        "tiers": list(entry.tiers),
        "state": "" if entry.state == PUBLISHED else entry.state,
        "review_at": clock.iso(entry.review_at) if entry.review_at else "",
    }
    return {name: value for name, value in said.items() if value}


def made(slug: str, texts: Mapping[str, ArticleText], said: Mapping[str, Any]) -> Entry:
    """The entry of these plain words. Raises Odd."""
    if not re.fullmatch(SLUG, slug):
        raise Odd(f"{slug[:80]!r} is no slug: 1 to 80 small letters, digits and -")
    try:
        audience = Audience(line(said, "audience") or Audience.PUBLIC.value)
    except ValueError:
        raise Odd(f"audience is one of {', '.join(each.value for each in Audience)}") from None
    state = line(said, "state") or PUBLISHED
    if state not in _STATES:
        raise Odd(f"state is one of {', '.join(_STATES)}")
    for tag, text in texts.items():
        check_text(tag, text)
    return Entry(
        slug=slug,
        texts=dict(texts),
        original=line(said, "original"),
        topic=line(said, "topic"),
        labels=_lines(said, "labels"),
        owner=line(said, "owner"),
        audience=audience,
        tiers=_lines(said, "tiers"),
        state=state,
        review_at=_moment(said.get("review_at")),
    )


def check_text(tag: str, text: ArticleText) -> None:
    """Raises Odd."""
    if not TAG.fullmatch(tag):
        raise Odd(f"{tag[:40]!r} is no language: write it in BCP 47 (en, zh-Hans)")
    for name in ("title", "body"):
        said = getattr(text, name)
        if not said.strip():
            raise Odd(f"there is no {name}")
        if len(said) > _LONGEST[name]:
            raise Odd(f"the {name} has {len(said)} characters; at most {_LONGEST[name]} are taken")
    if re.search(r"[\x00-\x1f\x7f]", text.title):
        raise Odd("a title is one line")


def joined(first: Entry, other: Entry) -> Entry:
    """Two files of one article. Raises Odd when both are of one language. What is said of it besides counts from the
    one in its original language, else from the first."""
    if twice := {tag.lower() for tag in first.texts} & {tag.lower() for tag in other.texts}:
        raise Odd(f"there are two texts in {min(twice)} of {first.slug}")
    leads = other if other.original and other.original in other.texts and first.original not in first.texts else first
    return replace(leads, texts={**first.texts, **other.texts}, images={**first.images, **other.images})


def slug_of(title: str) -> str:
    """A slug made of a title; of one without Latin letters, of its fingerprint, so that it is the same again."""
    words = "-".join(_WORDS.findall(title.lower()))[:60].strip("-")
    return words if len(words) > 2 else f"q-{hashlib.sha256(title.encode()).hexdigest()[:12]}"


def language_of(told: str) -> str:
    """As it is written in BCP 47: en-us is en-US, zh_hans is zh-Hans."""
    parts = told.replace("_", "-").split("-")
    return "-".join(
        part.lower() if not place else part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part
        for place, part in enumerate(parts)
    )


def fits_images(entry: Entry) -> Entry:
    """Raises Odd for more images than an article has."""
    if len(entry.images) > MOST_IMAGES:
        raise Odd(f"it has {len(entry.images)} images; at most {MOST_IMAGES} are taken")
    return entry


def line(said: Mapping[str, Any], name: str) -> str:
    """A field of plain words. Raises Odd for what is none: lists within lists above all, which grow when told."""
    value = said.get(name)
    if value is None:
        return ""
    if not isinstance(value, str | int | float):
        raise Odd(f"{name} is a text")
    told = str(value).strip()
    if len(told) > _LONGEST.get(name, 200) or re.search(r"[\x00-\x1f\x7f]", told):
        raise Odd(f"{name} is one line of at most {_LONGEST.get(name, 200)} characters")
    return told


def _lines(said: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = said.get(name) or []
    if isinstance(value, str):
        value = _parts(value)
    if not isinstance(value, list) or len(value) > 30:
        raise Odd(f"{name} is a list of at most 30")
    found = [line({name: each}, name) for each in value]
    if any(len(each) > 60 for each in found):
        raise Odd(f"each of {name} has at most 60 characters")
    return tuple(dict.fromkeys(each for each in found if each))


def listed(values: list[str]) -> str:
    """Several in one cell: parted by commas, as JSON where they have commas themselves."""
    return (
        json.dumps(values, ensure_ascii=False)
        if any("," in each or each[:1] == "[" for each in values)
        else ",".join(values)
    )


def _parts(cell: str) -> list[Any]:
    if cell.startswith("["):
        try:
            return list(json.loads(cell))
        except (ValueError, TypeError):
            pass
    return [part.strip() for part in cell.split(",")]


def _moment(value: Any) -> datetime | None:
    if not value:
        return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        found = clock.from_iso(str(value))
    except ValueError:
        raise Odd("review_at is a time: 2027-01-31T00:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
