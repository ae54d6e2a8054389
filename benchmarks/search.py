"""How well, how sure and how fast are articles found? And: choose the weights of confidence anew.

    python -m benchmarks.search              quality on the development sets, then speed
    python -m benchmarks.search quality      beside SQLite's FTS5 and bm25s, where it is installed
    python -m benchmarks.search speed [N …]  made-up articles, 10,000 and 100,000 unless told otherwise
    python -m benchmarks.search fit          prints the weights for chalicelib/search/confidence.py

Quality needs LIANA_DATA, the folder that holds `search/articles.jsonl`, and says so where there is none. Constants were
chosen on one half of each set's questions ("chosen on"), by a hash of their ids; "held out" is the other half.
"""

import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple, replace
from math import exp
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from benchmarks.mood import auroc
from chalicelib.search import confidence
from chalicelib.search.documents import Document, Found
from chalicelib.search.index import Index, build, files, update

DATA = Path(os.environ.get("LIANA_DATA", Path(__file__).parents[1] / ".." / "shared" / "data")) / "search"
CHOSEN_ON, HELD_OUT = 0, 1
ALL = 10_000
READERS = frozenset({"public"})
Engine = Callable[[str, str], list[str]]  # text and language to ids of articles, the best first


class Query(NamedTuple):
    id: str
    text: str
    language: str
    relevant: tuple[str, ...]

    @property
    def half(self) -> int:
        return crc32(self.id.encode()) % 2


class Row(NamedTuple):
    task: str
    target: float | None
    measure: Callable[[int], dict[str, float]]  # a half to figures, by engine; ours is "liana"


# ── The sets ────────────────────────────────────────────────────────────────────────────────────────


def lines(name: str) -> Iterator[dict[str, Any]]:
    with (DATA / f"{name}.jsonl").open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def articles(name: str, learned: int = ALL) -> list[Document]:
    """Of a set, with so many learned questions each."""
    return [
        Document(
            id=one["id"],
            language=one["lang"],
            title=one["title"],
            body=one["body"],
            questions=tuple(one["questions"][:learned]),
        )
        for one in lines("articles")
        if one["set"] == name
    ]


def queries(name: str) -> list[Query]:
    return [
        Query(one["id"], one["text"], one["lang"], tuple(one["relevant"]))
        for one in lines("queries")
        if one["set"] == name
    ]


def mistyped(text: str, chance: random.Random) -> str:
    """With two letters swapped, left out, doubled or wrong, in words of four letters and more."""
    words = text.split(" ")
    for _ in range(2):
        if long := [place for place, word in enumerate(words) if len(word) >= 4]:
            place = chance.choice(long)
            word, at = words[place], chance.randrange(1, len(words[place]) - 1)
            letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
            words[place] = chance.choice(
                (
                    word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                    word[:at] + word[at + 1 :],
                    word[:at] + letter + word[at:],
                    word[:at] + letter + word[at + 1 :],
                )
            )
    return " ".join(words)


# ── Engines ─────────────────────────────────────────────────────────────────────────────────────────


class Engines:
    """Each set in each engine, indexed once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: dict[tuple[str, int], Index] = {}
        self.others: dict[tuple[str, int], dict[str, Engine]] = {}

    def liana(self, name: str, learned: int) -> Index:
        key = (name, learned)
        if key not in self.made:
            build(self.folder / f"{name}-{learned}", documents(name, learned))
            self.made[key] = Index.open(self.folder / f"{name}-{learned}")
        return self.made[key]

    def all(self, name: str, learned: int) -> dict[str, Engine]:
        key = (name, learned)
        if key not in self.others:
            held = documents(name, learned)
            index = self.liana(name, learned)
            self.others[key] = {
                "liana": lambda text, language: [
                    hit.id for hit in index.search(text, language=language, limit=10).hits
                ],
                "fts5": by_language(held, lambda some: {"engine": fts5(some)}),
            }
            if bm25s(held[:1]):
                self.others[key]["bm25s"] = by_language(held, bm25s)
        return self.others[key]


def documents(name: str, learned: int) -> list[Document]:
    if name == "wekb, no titles":
        return [replace(one, title="") for one in articles("wekb")]
    return articles(name, learned)


def by_language(held: Sequence[Document], make: Callable[[Sequence[Document]], dict[str, Engine]]) -> Engine:
    """One of each language's articles, for the others know no languages."""
    languages: dict[str, list[Document]] = defaultdict(list)
    for one in held:
        languages[one.language].append(one)
    engines = {language: next(iter(make(some).values())) for language, some in languages.items()}
    return lambda text, language: engines[language](text, language)


def whole(document: Document) -> str:
    return "\n".join((document.title, *document.questions, document.body))


def fts5(held: Sequence[Document]) -> Engine:
    """SQLite's own search with its porter stemmer, as its documentation shows it; Chinese by trigrams."""
    base = sqlite3.connect(":memory:")
    chinese = held[0].language.startswith("zh") and all(one.language.startswith("zh") for one in held)
    base.execute(
        f"CREATE VIRTUAL TABLE t USING fts5(id UNINDEXED, text, tokenize='{'trigram' if chinese else 'porter'}')"
    )
    base.executemany("INSERT INTO t VALUES (?, ?)", [(one.id, whole(one)) for one in held])

    def ask(text: str, language: str) -> list[str]:  # noqa: ARG001 - as every engine is asked
        words = re.findall(r"\w+", text.lower())
        if chinese:
            words = [word[at : at + 3] for word in words for at in range(max(len(word) - 2, 1))]
        wanted = " OR ".join(f'"{word}"' for word in words)
        found = base.execute("SELECT id FROM t WHERE t MATCH ? ORDER BY rank LIMIT 10", (wanted,)) if words else ()
        return [row[0] for row in found]

    return ask


def bm25s(held: Sequence[Document]) -> dict[str, Engine]:
    """bm25s with its English stop words and our stemmer; nothing where it is not installed."""
    try:
        import bm25s as engine
        import Stemmer
    except ImportError:
        return {}
    stemmer = Stemmer.Stemmer("english")
    retriever = engine.BM25()
    retriever.index(
        engine.tokenize([whole(one) for one in held], stopwords="en", stemmer=stemmer, show_progress=False),
        show_progress=False,
    )

    def ask(text: str, language: str) -> list[str]:  # noqa: ARG001 - as every engine is asked
        told = engine.tokenize([text], stopwords="en", stemmer=stemmer, show_progress=False)
        found, scores = retriever.retrieve(told, k=min(10, len(held)), show_progress=False)
        return [held[place].id for place, score in zip(found[0], scores[0], strict=True) if score > 0]

    return {"bm25s": ask}


# ── Quality ─────────────────────────────────────────────────────────────────────────────────────────


def reciprocal(found: Sequence[str], relevant: Sequence[str]) -> float:
    return next((1 / place for place, one in enumerate(found, 1) if one in relevant), 0.0)


def accuracy(engines: dict[str, Engine], asked: Sequence[Query]) -> dict[str, float]:
    return {
        name: sum(ask(query.text, query.language)[:1] == list(query.relevant[:1]) for query in asked) / len(asked)
        for name, ask in engines.items()
    }


def mean_reciprocal(engines: dict[str, Engine], asked: Sequence[Query]) -> dict[str, float]:
    return {
        name: sum(reciprocal(ask(query.text, query.language), query.relevant) for query in asked) / len(asked)
        for name, ask in engines.items()
    }


def best_f1(scored: Sequence[tuple[bool, float]]) -> float:
    """The threshold of confidence at and below which escalating has the best F1; `True` is what has no answer."""
    best, threshold, right = 0.0, 0.0, 0
    every = sum(none for none, _ in scored)
    for place, (none, score) in enumerate(sorted(scored, key=lambda one: one[1]), 1):
        right += none
        if (f1 := 2 * right / (place + every)) > best:
            best, threshold = f1, score
    return threshold


def f1_at(scored: Sequence[tuple[bool, float]], threshold: float) -> float:
    escalated = [none for none, score in scored if score <= threshold]
    return 2 * sum(escalated) / ((len(escalated) + sum(none for none, _ in scored)) or 1)


def rows(engines: Engines) -> Iterator[Row]:
    banking, clinc, chinese, wekb = (queries(name) for name in ("banking77", "clinc150", "zh-docs", "wekb"))

    def of(
        name: str, learned: int, asked: Sequence[Query], score: Callable[..., dict[str, float]] = accuracy
    ) -> Callable[[int], dict[str, float]]:
        return lambda half: score(
            engines.all(name, learned), [one for one in asked if one.relevant and one.half == half]
        )

    for learned, target in ((0, 0.47), (1, 0.51), (5, 0.68), (20, 0.79), (ALL, 0.87)):
        many = "all" if learned == ALL else str(learned)
        yield Row(f"banking77, {many} learned questions: accuracy@1", target, of("banking77", learned, banking))
    chance = random.Random(3)  # noqa: S311 - the same mistakes every time
    typed = [one._replace(text=mistyped(one.text, chance)) for one in banking]
    yield Row("banking77, two typing errors: accuracy@1", 0.78, of("banking77", ALL, typed))
    for learned, target in ((5, None), (20, 0.83)):
        yield Row(f"clinc150, {learned} learned questions: accuracy@1", target, of("clinc150", learned, clinc))

    def scored(half: int) -> list[tuple[bool, float]]:
        index = engines.liana("clinc150", 20)
        return [
            (not one.relevant, index.search(one.text, language=one.language).confidence)
            for one in clinc
            if one.half == half
        ]

    threshold = best_f1(scored(CHOSEN_ON))
    yield Row(
        "clinc150, is there an answer? AUROC",
        0.91,
        lambda half: {"liana": auroc((not none, score) for none, score in scored(half))},
    )
    yield Row("clinc150, escalate: F1", 0.60, lambda half: {"liana": f1_at(scored(half), threshold)})
    yield Row("zh-docs, passages: accuracy@1", 0.94, of("zh-docs", 0, chinese))
    for language, target in (("zh", 0.64), ("en", 0.66)):
        asked = [one for one in wekb if one.language == language]
        yield Row(f"wekb, {language}: MRR", target, of("wekb", 0, asked, mean_reciprocal))
    known = [Query(one.id, one.title, one.language, (one.id,)) for one in articles("wekb")]
    yield Row("wekb, known item by its title, 12 languages: accuracy@1", 0.63, of("wekb, no titles", 0, known))


def quality() -> None:
    if not (DATA / "articles.jsonl").exists():
        print(f"no quality: no development sets in {DATA} (set LIANA_DATA)")
        return
    with tempfile.TemporaryDirectory() as folder:
        print(f"{'':56} target  held out  chosen on        fts5  bm25s   (held out)")
        for row in rows(Engines(Path(folder))):
            held, chosen = row.measure(HELD_OUT), row.measure(CHOSEN_ON)
            judged = "" if row.target is None else "OK" if held["liana"] >= row.target else "short"
            beside = "  ".join(f"{held[name]:5.3f}" if name in held else "    -" for name in ("fts5", "bm25s"))
            target = "     -" if row.target is None else f"{row.target:6.2f}"
            print(
                f"{row.task:56} {target}  {held['liana']:8.3f}  {chosen['liana']:9.3f}  {judged:5} {beside}", flush=True
            )


# ── Confidence ──────────────────────────────────────────────────────────────────────────────────────

WRONG = 0.3  # weight of an answerable question whose answer was not found


def fit() -> None:
    """Newton's method on both logistic regressions; each set counts the same, and in it those with an answer as much
    as those without."""
    seen: list[confidence.Evidence] = []

    def watched(evidence: confidence.Evidence) -> float:
        seen.append(evidence)
        return 0.99  # no second look in other languages

    confidence.likelihood = watched  # type: ignore[assignment]
    told: dict[bool, list[tuple[str, bool, float, tuple[float, ...]]]] = {True: [], False: []}
    nothing = [one for one in queries("clinc150") if not one.relevant]
    chinese = [one for one in queries("wekb") if one.language == "zh"]
    with tempfile.TemporaryDirectory() as folder:
        engines = Engines(Path(folder))
        for name, learned, others in (
            *(("banking77", learned, nothing) for learned in (0, 1, 5, 20, ALL)),
            *(("clinc150", learned, ()) for learned in (0, 1, 5, 20)),
            ("zh-docs", 0, chinese * 4),
            ("wekb", 0, (*queries("zh-docs")[:60], *nothing[:60], *queries("banking77")[:60])),
        ):
            index = engines.liana(name, learned)
            foreign = [one._replace(relevant=()) for one in others]
            for one in (*queries(name), *foreign):
                seen.clear()
                found = index.search(one.text, language=one.language) if one.half == CHOSEN_ON else Found()
                if seen and found.hits:
                    right = found.hits[0].id in one.relevant
                    weight = WRONG if one.relevant and not right else 1.0
                    group = f"{name} {learned} {bool(one.relevant)}"
                    told[seen[0].agreed > 0].append((group, right, weight, astuple(seen[0])))
    for name, rows_ in (("BY_WORDS", told[False]), ("BY_QUESTIONS", told[True])):
        print(name, "=", tuple(round(weight, 2) for weight in logistic(rows_)))


def logistic(told: Sequence[tuple[str, bool, float, tuple[float, ...]]]) -> list[float]:
    sizes: dict[str, int] = defaultdict(int)
    for group, _, _, _ in told:
        sizes[group] += 1
    mean = sum(weight / sizes[group] for group, _, weight, _ in told) / len(told)
    weights = [0.0] * (len(told[0][3]) + 1)
    for _ in range(30):
        slope = [-3.0 * (place > 0) * weight for place, weight in enumerate(weights)]
        curve = [[3.0 * (row == column) for column in range(len(weights))] for row in range(len(weights))]
        for group, right, weight, shares in told:
            given = (1.0, *shares)
            chance = 1 / (1 + exp(-sum(w * x for w, x in zip(weights, given, strict=True))))
            counts = weight / sizes[group] / mean
            for row, one in enumerate(given):
                slope[row] += counts * (right - chance) * one
                for column, other in enumerate(given):
                    curve[row][column] += counts * chance * (1 - chance) * one * other
        weights = [weight + step for weight, step in zip(weights, solved(curve, slope), strict=True)]
    return weights


def solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gauss, without pivots: the matrix is positive definite."""
    rows_ = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for place, pivot in enumerate(rows_):
        for other in rows_:
            if other is not pivot:
                factor = other[place] / pivot[place]
                other[:] = [a - factor * b for a, b in zip(other, pivot, strict=True)]
    return [row[-1] / row[place] for place, row in enumerate(rows_)]


# ── Speed ───────────────────────────────────────────────────────────────────────────────────────────

COLD = """
import sys, time
begun = time.process_time()
from pathlib import Path
from chalicelib.search.index import Index
import tantivy
imported = time.process_time()
index = Index.open(Path(sys.argv[1]))
opened = time.process_time()
index.search("where is my money", language="en")
pages = int(Path("/proc/self/statm").read_text().split()[1]) if Path("/proc/self/statm").exists() else 0
print(*(round(1000 * one, 1) for one in (imported - begun, opened - imported, time.process_time() - opened)),
      pages * 4 // 1024)
"""


def made_up(many: int) -> Iterator[Document]:
    """Articles of 120 words, with three learned questions of six; words as frequent as Zipf says."""
    chance = random.Random(1)  # noqa: S311 - the same articles every time
    syllables = [consonant + vowel for consonant in "bcdfghjklmnprstvwz" for vowel in "aeiou"]
    words = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(40_000)]
    weights = [1 / (place + 3) for place in range(len(words))]
    stream = iter(())
    for number in range(many):
        if number % 1_000 == 0:
            stream = iter(chance.choices(words, weights, k=120_000))
        body = [next(stream) for _ in range(120)]
        yield Document(
            id=f"a{number}",
            language="en",
            title=" ".join(chance.sample(body, 5)),
            body=" ".join(body),
            questions=tuple(" ".join(chance.sample(body, 6)) for _ in range(3)),
        )


def asked_of(many: int) -> list[str]:
    """300 questions, each third with a typing error."""
    chance = random.Random(2)  # noqa: S311
    texts = [one.questions[0] for place, one in enumerate(made_up(min(many, 3_000))) if place % 10 == 0]
    return [mistyped(text, chance) if place % 3 == 0 else text for place, text in enumerate(texts)]


def timed(ask: Callable[[str], object], asked: Iterable[str]) -> str:
    took = []
    for text in asked:
        begun = time.process_time()
        ask(text)
        took.append(1000 * (time.process_time() - begun))
    took.sort()
    return f"p50 {took[len(took) // 2]:.1f}, p95 {took[int(len(took) * 0.95)]:.1f}"


def speed(*sizes: str) -> None:
    for many in map(int, sizes or ("10000", "100000")):
        held, asked = list(made_up(many)), asked_of(many)
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            begun = time.process_time()
            build(folder, held)
            built = time.process_time() - begun
            size = sum((folder / path).stat().st_size for path in files(folder)) / 1e6
            begun = time.process_time()
            update(folder, [replace(held[0], title="A new title")])
            changed = time.process_time() - begun
            cold = subprocess.run(  # noqa: S603 - this very interpreter
                [sys.executable, "-c", COLD, place], capture_output=True, text=True, check=True
            ).stdout.split()
            index = Index.open(folder)
            took = timed(lambda text: index.search(text, language="en"), asked)  # noqa: B023
            print(
                f"{many:,} articles, liana: build {built:.0f} s CPU, {size:.1f} MB;"
                f" one changed {1000 * changed:.0f} ms;"
                f" cold: imports {cold[0]} ms, open {cold[1]} ms, first search {cold[2]} ms, {cold[3]} MB resident;"
                f" query CPU ms {took}",
                flush=True,
            )
        few = asked if many <= 10_000 else asked[:60]
        for name, engine in ({"fts5": fts5(held)} | bm25s(held)).items():
            took = timed(lambda text: engine(text, "en"), few)  # noqa: B023
            print(f"{many:,} articles, {name}: query CPU ms {took}", flush=True)


if __name__ == "__main__":
    command, *rest = sys.argv[1:] or ("",)
    if command == "fit":
        fit()
    if command in ("", "quality"):
        quality()
    if command in ("", "speed"):
        speed(*rest)
