"""What is wrong with an article, as far as a machine can see? Modest rules that would rather miss something: each shows
the words it rests on, and what somebody dismissed comes back only when these change.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict
from chalicelib.model.article import Article, ArticleText
from chalicelib.model.upkeep import (
    MOST_LINKS,
    ArticleCare,
    Finding,
    FindingKind,
    FindingState,
    Link,
)

Similarity = Callable[[str, str, str], float]
LONGEST_EVIDENCE = 400  # characters
READ_AT_MOST = 20_000  # characters of a text
MOST_SENTENCES = 120  # of a text that are compared
ALIKE_TITLES, ALIKE_TEXTS = 0.75, 0.6  # similarity from which two articles say the same: of both
SAME_TEXT = 0.85  # whatever they are called
SAME_SENTENCE = 0.7  # from which two sentences are of the same thing
OPPOSITE = 0.85  # from which a "not" makes the difference
SAYS_SOMETHING = 3  # words that two sentences must share
LEAST_TO_COMPARE = 60  # bytes of a text
VOTES_THAT_TELL = 5
READERS_THAT_TELL = 10
POOR_STANDING = 60  # percent
FAILURES_TOLD = 2
LINKS_EVERY = timedelta(days=30)
FAILED_AGAIN = timedelta(days=2)  # between two failures, at least a day
LINKS_A_LOOK = 5
LOOKED_EVERY = timedelta(days=30)
SETTLED = timedelta(minutes=10)  # after a change, until everything that changed with it can be found

_SENTENCE = re.compile(r"[^.!?。！？\n]+(?:[.](?=\w)[^.!?。！？\n]*)*")
_MEASURE = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(%|percent|prozent|business days?|working days?|werktagen?|days?|tagen?|hours?|stunden?"
    r"|minutes?|minuten?|weeks?|wochen?|months?|monaten?|years?|jahren?|euros?|eur|€|usd|dollars?|gbp|kg|km|gb|mb"
    r"|个?工作日|天|日|小时|分钟|周|个月|年|元|美元|折)(?![a-z])",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(r"([€$£¥])\s?(\d+(?:[.,]\d+)?)")
_NOT = re.compile(
    r"\b(?:not|no|never|cannot|without|nicht|kein\w*|nie|ne|pas|jamais|nunca)\b|n[’']t\b|不|没有|无法|未|禁止",
    re.IGNORECASE,
)
_COMING = re.compile(
    r"\b(?:will|until|till|by the end of|upcoming|coming soon|wird|werden|bis|jusqu|hasta)\b|将|即将|截至|截止",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.,-])(20\d\d)(?![\d.,]*\d)")
_ISO_DATE = re.compile(r"(?<!\d)(20\d\d)-(\d\d)-(\d\d)(?!\d)")
_CHINESE_DATE = re.compile(r"(20\d\d)\s?年\s?(\d{1,2})\s?月(?:\s?(\d{1,2})\s?[日号])?")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_ENGLISH_DATE = re.compile(
    rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?\s+)?({'|'.join(_MONTHS)})\s+(?:(\d{{1,2}}),?\s+)?(20\d\d)", re.IGNORECASE
)
_LINK = re.compile(r"(?<!!)\[[^\]\n]{0,200}\]\(\s*<?([^\s)<>]{1,1000})>?[^)\n]{0,200}\)|<(https?://[^\s<>]{1,1000})>")
_OURS = re.compile(r"(?:article:|.*/help/articles/)([a-z0-9-]{1,80})/?(?:[?#].*)?$")


class Links(NamedTuple):
    ours: tuple[str, ...]  # slugs
    others: tuple[str, ...]  # URLs


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known when an article is looked at. `others`: articles that resemble it; `linked`: those it links to, by
    slug, None: there is none."""

    article: Article
    care: ArticleCare
    others: Sequence[Article] = ()
    linked: Mapping[str, Article | None]
    behind: Sequence[str] = ()  # languages whose original changed since they were translated


def findings_of(seen: Seen, similarity: Similarity, now: datetime) -> list[Finding]:
    """All that is wrong with it by now. Of two articles it stands with the one whose slug comes last, so that it is
    told once, whichever was looked at: those about `seen.others` may belong to them."""
    if not seen.article.live:
        return []
    return [
        *_of_two(seen, similarity, now),
        *_of_links(seen, now),
        *_of_time(seen, now),
        *_of_readers(seen, now),
    ]


def reconcile(known: Iterable[Finding], wanted: Iterable[Finding], now: datetime) -> list[Finding]:
    """What changes: new ones, those that are so no more (fixed), and those that are so again."""
    before = {one.id: one for one in known}
    changed: list[Finding] = []
    for one in {each.id: each for each in wanted}.values():
        there = before.pop(one.id, None)
        if there is None:
            changed.append(one)
        elif there.state is FindingState.FIXED or (there.state is FindingState.DISMISSED and there.basis != one.basis):
            changed.append(replace(one, version=there.version))
        elif there.state is FindingState.OPEN and (there.evidence, there.fix, there.owner) != (
            one.evidence,
            one.fix,
            one.owner,
        ):
            changed.append(replace(one, first_at=there.first_at, version=there.version))
    over = [one for one in before.values() if one.state is not FindingState.FIXED]
    gone = [replace(one, state=FindingState.FIXED, closed_at=now, closed_by="Liana", last_at=now) for one in over]
    return [*changed, *gone]


def dismiss(finding: Finding, *, by: str, now: datetime) -> Decision:
    """It is as it should be. Raises Conflict for one that is fixed."""
    if finding.state is FindingState.DISMISSED:
        return Decision(reason="dismissed before")
    if finding.state is FindingState.FIXED:
        raise Conflict("it is fixed: there is nothing to dismiss")
    closed = replace(finding, state=FindingState.DISMISSED, closed_at=now, closed_by=by)
    return Decision((closed,), reason="dismissed")


def links_in(texts: Iterable[ArticleText], base_url: str = "") -> Links:
    """What the Markdown of these texts links to: articles of ours, and pages elsewhere."""
    ours: list[str] = []
    others: list[str] = []
    for text in texts:
        for found in _LINK.finditer(text.body[:READ_AT_MOST]):
            url = found[1] or found[2]
            local = url.removeprefix(base_url) if base_url else url
            outside = local.startswith(("http://", "https://"))
            if not outside and (match := _OURS.match(local)):
                ours.append(match[1])
            elif outside:
                others.append(url)
    return Links(tuple(dict.fromkeys(ours)), tuple(dict.fromkeys(others))[:MOST_LINKS])


def links_to_try(links: Iterable[Link], now: datetime) -> list[Link]:
    """A few, those not looked at for longest first."""
    old = datetime.min.replace(tzinfo=UTC)
    waits = [link for link in links if _next_look(link) <= now]
    return sorted(waits, key=lambda link: (link.looked_at or old, link.url))[:LINKS_A_LOOK]


def with_links(care: ArticleCare, urls: Iterable[str], tried: Mapping[str, str], now: datetime) -> ArticleCare:
    """The links it has now, with what was found out: why a page could not be reached, or "". Failures count on
    different days only, and a page that answers again has none."""
    known = {link.url: link for link in care.links}

    def told(url: str) -> Link:
        link = known.get(url, Link(url=url))
        if url not in tried:
            return link
        return Link(
            url=url,
            looked_at=now,
            failures=link.failures + 1 if tried[url] else 0,
            because=tried[url][:LONGEST_EVIDENCE],
        )

    return replace(care, links=tuple(told(url) for url in dict.fromkeys(urls)))


def next_look(care: ArticleCare, article: Article, now: datetime) -> datetime | None:
    """When to look at it again, though nobody changes it: at a link, or because time passes by what it says. None for
    one nobody reads."""
    if not article.live:
        return None
    times = [now + LOOKED_EVERY, *map(_next_look, care.links)]
    if now - article.updated_at < SETTLED:  # what was published with it is not in the index yet
        times.append(article.updated_at + SETTLED)
    if article.review_at and article.review_at > now:
        times.append(article.review_at)
    return max(min(times), now + timedelta(minutes=10))


def _next_look(link: Link) -> datetime:
    if link.looked_at is None:
        return datetime.min.replace(tzinfo=UTC)
    return link.looked_at + (FAILED_AGAIN if 0 < link.failures < FAILURES_TOLD else LINKS_EVERY)


# ── Two articles ──────────────────────────────────────────────────────────────────────────────────


def _of_two(seen: Seen, similarity: Similarity, now: datetime) -> list[Finding]:
    found = []
    for other in seen.others:
        if not _same_readers(seen.article, other):
            continue
        for language in sorted(seen.article.live.keys() & other.live.keys()):
            mine, hers = seen.article.live[language], other.live[language]
            first, last = sorted((seen.article, other), key=lambda one: one.id)
            if clash := _contradiction(last.live[language], first.live[language], language, similarity):
                found.append(
                    _finding(
                        last,
                        FindingKind.CONTRADICTION,
                        " / ".join(clash),
                        language=language,
                        other_id=first.id,
                        now=now,
                    )
                )
            elif _are_one(mine, hers, language, similarity):
                evidence = f"{last.live[language].title} / {first.live[language].title}"
                fix = f"keep one of the two and let the other lead to it: {first.id}, {last.id}"
                found.append(
                    _finding(
                        last, FindingKind.DUPLICATE, evidence, fix=fix, language=language, other_id=first.id, now=now
                    )
                )
    return found


def _are_one(one: ArticleText, other: ArticleText, language: str, similarity: Similarity) -> bool:
    """Whether two texts say the same; a line or two may be alike by chance."""
    if min(len(one.body.encode()), len(other.body.encode())) < LEAST_TO_COMPARE:
        return False
    texts = similarity(one.body[:READ_AT_MOST], other.body[:READ_AT_MOST], language)
    if texts < ALIKE_TEXTS:
        return False
    return texts >= SAME_TEXT or similarity(one.title, other.title, language) >= ALIKE_TITLES


def _same_readers(one: Article, other: Article) -> bool:
    """What is told to different readers may well differ."""
    return other.id != one.id and (one.audience, one.tiers) == (other.audience, other.tiers)


def _contradiction(
    one: ArticleText, other: ArticleText, language: str, similarity: Similarity
) -> tuple[str, str] | None:
    """Two sentences about the same thing with other figures of a kind, or of which only one says no."""
    hers = [(sentence, measures(sentence)) for sentence in sentences(other.body)]
    for mine in sentences(one.body):
        mine_told = measures(mine)
        for sentence, told in hers:
            clash = any(mine_told[unit].isdisjoint(told[unit]) for unit in mine_told.keys() & told.keys())
            opposite = bool(_NOT.search(mine)) != bool(_NOT.search(sentence))
            if not clash and not opposite:
                continue
            likeness = similarity(_bare(mine), _bare(sentence), language)
            if likeness >= (SAME_SENTENCE if clash else OPPOSITE) and len(_bare(mine)) >= 4 * SAYS_SOMETHING:
                return mine, sentence
    return None


def sentences(text: str) -> list[str]:
    found = (sentence.strip(" \t#*->_|`") for sentence in _SENTENCE.findall(text[:READ_AT_MOST]))
    return [sentence for sentence in found if len(sentence) >= 6][:MOST_SENTENCES]


def measures(sentence: str) -> dict[str, set[str]]:
    """Figures by their unit: `{"day": {"30"}}`."""
    found: dict[str, set[str]] = {}
    for number, unit in _MEASURE.findall(sentence):
        found.setdefault(_unit(unit), set()).add(_number(number))
    for unit, number in _MONEY_BEFORE.findall(sentence):
        found.setdefault(unit, set()).add(_number(number))
    return found


def _unit(unit: str) -> str:
    unit = unit.lower().removeprefix("个")
    return {"天": "day", "日": "day", "percent": "%", "euro": "€", "euros": "€", "eur": "€"}.get(
        unit, unit.rstrip("sn")
    )


def _number(text: str) -> str:
    return text.replace(",", ".").rstrip("0").rstrip(".") if "." in text or "," in text else text


def _bare(sentence: str) -> str:
    """Without figures and negations: what it is about."""
    return _NOT.sub(" ", _MONEY_BEFORE.sub(" ", _MEASURE.sub(" ", sentence)))


# ── Links, time, readers ──────────────────────────────────────────────────────────────────────────


def _of_links(seen: Seen, now: datetime) -> list[Finding]:
    found = []
    for slug, target in seen.linked.items():
        moved_to = getattr(target, "moved_to", "") if target else ""
        if moved_to:
            fix = f"link to {moved_to}"
            found.append(_finding(seen.article, FindingKind.MOVED_LINK, slug, fix=fix, about=slug, now=now))
        elif target is None or not target.live:
            why = "nobody can read it" if target else "there is no such article"
            found.append(_finding(seen.article, FindingKind.DEAD_LINK, f"{slug}: {why}", about=slug, now=now))
    dead = [link for link in seen.care.links if link.failures >= FAILURES_TOLD]
    return found + [
        _finding(
            seen.article, FindingKind.DEAD_LINK, f"{link.url}: {link.because}", about=link.url, basis=link.url, now=now
        )
        for link in dead
    ]


def _of_time(seen: Seen, now: datetime) -> list[Finding]:
    article = seen.article
    found = []
    if article.review_at and article.review_at <= now:
        day = f"{article.review_at:%Y-%m-%d}"
        found.append(_finding(article, FindingKind.REVIEW_DUE, f"to be looked at again by {day}", basis=day, now=now))
    for language, text in sorted(article.live.items()):
        if past := next((one for one in sentences(text.body) if speaks_of_the_past(one, now)), ""):
            found.append(_finding(article, FindingKind.PAST_DATE, past, language=language, now=now))
    found += [
        _finding(
            article,
            FindingKind.TRANSLATION_BEHIND,
            f"{language}: the original was changed since",
            language=language,
            basis=str(article.edition),
            now=now,
        )
        for language in seen.behind
    ]
    return found


def speaks_of_the_past(sentence: str, now: datetime) -> bool:
    """Whether it promises something for a time that is over: "we will open on 3 March 2024"."""
    if not _COMING.search(sentence):
        return False
    dates = _dates(sentence)
    return bool(dates) and max(dates) <= now.astimezone(UTC)


def _dates(sentence: str) -> list[datetime]:
    """The end of each day, month or year it names."""
    named: list[tuple[int, int, int]] = []
    named += [(int(year), int(month), int(day)) for year, month, day in _ISO_DATE.findall(sentence)]
    named += [(int(year), int(month), int(day or 0)) for year, month, day in _CHINESE_DATE.findall(sentence)]
    named += [
        (int(year), _MONTHS.index(month.lower()) + 1, int(before or after or 0))
        for before, month, after, year in _ENGLISH_DATE.findall(sentence)
    ]
    rest = _ENGLISH_DATE.sub(" ", _CHINESE_DATE.sub(" ", _ISO_DATE.sub(" ", sentence)))
    named += [(int(year), 0, 0) for year in _YEAR.findall(rest)]
    return [end for each in named if (end := _end_of(*each))]


def _end_of(year: int, month: int, day: int) -> datetime | None:
    try:
        if day:
            return datetime(year, month, day, tzinfo=UTC) + timedelta(days=1)
        if month:
            return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        return datetime(year + 1, 1, 1, tzinfo=UTC)
    except ValueError:
        return None


def readers_say(care: ArticleCare) -> FindingKind | None:
    """What is wrong with an article by its readers alone."""
    votes = care.votes
    if votes.not_helpful >= VOTES_THAT_TELL and votes.not_helpful > votes.helpful:
        return FindingKind.NOT_HELPFUL
    if care.solved + care.unsolved >= READERS_THAT_TELL and care.standing <= POOR_STANDING:
        return FindingKind.DOES_NOT_SOLVE
    return None


def _of_readers(seen: Seen, now: datetime) -> list[Finding]:
    care, votes = seen.care, seen.care.votes
    what = readers_say(care)
    if what is None:
        return []
    if what is FindingKind.NOT_HELPFUL:
        newest = next((one.text for one in reversed(care.missing)), "")
        evidence = f"it did not help {votes.not_helpful} of {votes.helpful + votes.not_helpful} readers"
        evidence += f": {newest}" if newest else ""
    else:
        evidence = f"it solved it for {care.solved} of {care.solved + care.unsolved} who asked"
    edition = str(seen.article.edition)  # a new text begins anew with whoever dismissed it
    return [_finding(seen.article, what, evidence, basis=edition, now=now)]


def _finding(
    article: Article,
    what: FindingKind,
    evidence: str,
    *,
    language: str = "",
    other_id: str = "",
    about: str = "",
    fix: str = "",
    basis: str = "",
    now: datetime,
) -> Finding:
    number = ids.fingerprint(what.value, language, other_id, about)[:12]
    return Finding(
        id=f"{article.id}.{number}",
        what=what,
        article_id=article.id,
        language=language,
        other_id=other_id,
        evidence=evidence[:LONGEST_EVIDENCE],
        fix=fix,
        basis=ids.fingerprint(basis or evidence),
        owner=article.owner,
        first_at=now,
        last_at=now,
    )
