"""How well, and how fast, are moods judged? And: make the tables anew.

    python -m benchmarks.mood                      measures the tables that are shipped, on texts they have not seen
    python -m benchmarks.mood across               the same by leaving out each topic in turn, while developing
    python -m benchmarks.mood train [labels.json]  learns the tables, from benchmarks/moods and from a company's labels

The texts are ours: short messages to a customer service in English and Chinese, written for this, by subject. A topic
never stands on both sides of a split. `*-held-out.txt` were written apart from the others, as letters of other people
about other things, and are for measuring only. `labels.json` is what `GET /v1/mood-labels` gave, page behind page.
"""

import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from math import exp, sqrt
from pathlib import Path
from typing import NamedTuple

from chalicelib.model.mood import MoodLevel
from chalicelib.mood import scorer

TEXTS, TABLES = Path(__file__).parent / "moods", Path(scorer.__file__).parent
LEVELS = {"c": 0, "a": 1, "g": 2}
EPOCHS, RATE, DECAY = 16, 0.2, 2e-5
PRECISE = 0.9


class Said(NamedTuple):
    level: int
    topic: str
    text: str


def texts(name: str) -> list[Said]:
    found, topic = [], ""
    for line in (TEXTS / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            topic = line[2:]
        elif line:
            found.append(Said(LEVELS[line[0]], topic, line[2:]))
    return found


def labelled(path: str) -> dict[str, list[Said]]:
    """What agents said of contacts, by language."""
    levels = {level.value: place for place, level in enumerate(MoodLevel)}
    found: dict[str, list[Said]] = {language: [] for language in scorer.LANGUAGES}
    for item in json.loads(Path(path).read_text("utf-8")):
        if language := scorer.language_of(item["text"]):
            found[language].append(Said(levels[item["level"]], "labels", item["text"]))
    return found


class Model(NamedTuple):
    weights: list[float]
    bad: float
    angry: float

    def total(self, found: Sequence[int]) -> float:
        return sum(self.weights[bucket] for bucket in found) / sqrt(len(found) or 1)


def buckets(text: str, language: str) -> list[int]:
    return list({bucket for bucket, _, _ in scorer.features(text, language)})


def learn(said: Sequence[Said], language: str) -> Model:
    """Both thresholds and the weights at once: an ordered logistic regression, by gradient steps that get smaller."""
    chance = random.Random(7)  # noqa: S311 - the same order every time
    weights, seen = [0.0] * scorer.BUCKETS, [1e-6] * scorer.BUCKETS
    bad, angry = 0.0, 1.0
    rows = [(one.level, buckets(one.text, language)) for one in said]
    for epoch in range(EPOCHS):
        chance.shuffle(rows)
        step = RATE / (1 + epoch / 4)
        for level, found in rows:
            norm = 1 / sqrt(len(found) or 1)
            total = sum(weights[bucket] for bucket in found) * norm
            off_bad = 1 / (1 + exp(bad - total)) - (level >= 1)
            off_angry = 1 / (1 + exp(angry - total)) - (level >= 2)
            bad += 0.1 * step * off_bad
            angry += 0.1 * step * off_angry
            slope = (off_bad + off_angry) * norm
            for bucket in found:
                gradient = slope + DECAY * weights[bucket]
                seen[bucket] += gradient * gradient
                weights[bucket] -= step * gradient / sqrt(seen[bucket])
    return Model(weights, bad, angry)


def across(said: Sequence[Said], language: str) -> list[tuple[int, float, float]]:
    """Level, and the chances of bad and angry by a model that never saw the topic: in five folds of topics."""
    topics = sorted({one.topic for one in said})
    scored = []
    for fold in range(5):
        out = set(topics[fold::5])
        model = learn([one for one in said if one.topic not in out], language)
        for one in said:
            if one.topic in out:
                total = model.total(buckets(one.text, language))
                scored.append((one.level, 1 / (1 + exp(model.bad - total)), 1 / (1 + exp(model.angry - total))))
    return scored


# ── Figures ─────────────────────────────────────────────────────────────────────────────────────────


def auroc(pairs: Iterable[tuple[bool, float]]) -> float:
    """How often a bad message is scored above a calm one; ties are worth half."""
    pairs = list(pairs)
    bad, calm = [s for is_bad, s in pairs if is_bad], [s for is_bad, s in pairs if not is_bad]
    return sum((b > c) + (b == c) / 2 for b in bad for c in calm) / (len(bad) * len(calm))


def at_precision(pairs: Iterable[tuple[bool, float]], precise: float) -> tuple[float, float]:
    """The largest share of the bad ones that is found by a threshold of this precision, and the threshold."""
    ordered = sorted(pairs, key=lambda pair: -pair[1])
    of_all, hits, best = sum(is_bad for is_bad, _ in ordered), 0, (0.0, 1.0)
    for place, (is_bad, score) in enumerate(ordered, 1):
        hits += is_bad
        if hits / place >= precise and hits / of_all > best[0]:
            best = (hits / of_all, score)
    return best


def timed(judge: Callable[[str], object], said: Sequence[Said]) -> float:
    """Microseconds of CPU a message."""
    begun = time.process_time()
    for _ in range(5):
        for one in said:
            judge(one.text)
    return (time.process_time() - begun) / 5 / len(said) * 1e6


def figures(scored: Iterable[tuple[int, float]]) -> str:
    scored = list(scored)
    bad = [(level >= 1, score) for level, score in scored]
    angry = [(level == 2, score) for level, score in scored]
    return (
        f"bad: AUROC {auroc(bad):.3f}, recall at precision {PRECISE} {at_precision(bad, PRECISE)[0]:.2f};"
        f" angry: AUROC {auroc(angry):.3f}, recall {at_precision(angry, PRECISE)[0]:.2f}"
    )


# ── Commands ────────────────────────────────────────────────────────────────────────────────────────


def train(labels: str = "") -> None:
    more = labelled(labels) if labels else {}
    told = {}
    for language in scorer.LANGUAGES:
        said = [*texts(language), *more.get(language, ())]
        seen = across(said, language)
        model = learn(said, language)
        largest = max(map(abs, model.weights))
        (TABLES / f"{language}.bin").write_bytes(
            b"".join(round(weight / largest * 127).to_bytes(1, "big", signed=True) for weight in model.weights)
        )
        told[language] = {
            "scale": round(largest / 127, 9),
            "bad": round(model.bad, 6),
            "angry": round(model.angry, 6),
            "annoyed_from": round(at_precision([(level >= 1, bad) for level, bad, _ in seen], 0.85)[1], 4),
            "angry_from": round(at_precision([(level == 2, angry) for level, _, angry in seen], 0.7)[1], 4),
        }
        print(f"{language}: {len(said)} messages; topics left out in turn: {figures((lv, b) for lv, b, _ in seen)}")
    (TABLES / "tables.json").write_text(json.dumps(told, indent=2) + "\n", "utf-8")


def cross() -> None:
    for language in scorer.LANGUAGES:
        said = texts(language)
        print(f"{language}: {len(said)} messages, {figures((lv, b) for lv, b, _ in across(said, language))}")


def measure() -> None:
    size = sum(file.stat().st_size for file in TABLES.iterdir() if file.suffix in (".bin", ".json")) / 1024
    print(f"tables: {size:.0f} KiB")
    for language in scorer.LANGUAGES:
        said = texts(f"{language}-held-out")
        judged = [(one.level, scorer.judge(one.text)) for one in said]
        scored = [(level, -mood.score if mood else 0.0) for level, mood in judged]
        called = [(level, mood.bad if mood else False) for level, mood in judged]
        found = sum(level >= 1 and bad for level, bad in called)
        print(f"{language}, {len(said)} held out: {figures(scored)}; {timed(scorer.judge, said):.0f} us")
        print(
            f"    called bad: {found} of {sum(level >= 1 for level, _ in called)} that are,"
            f" {sum(bad for _, bad in called) - found} of {sum(level == 0 for level, _ in called)} that are not"
        )
    if vader := _vader():
        said = texts("en-held-out")
        print(f"vader, en: {figures((one.level, vader(one.text)) for one in said)}; {timed(vader, said):.0f} us")


def _vader() -> Callable[[str], float] | None:
    """The usual word list, to compare with, where it is installed."""
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        return None
    analyzer = SentimentIntensityAnalyzer()
    return lambda text: -float(analyzer.polarity_scores(text)["compound"])


if __name__ == "__main__":
    {"train": train, "across": cross}.get(sys.argv[1] if len(sys.argv) > 1 else "", measure)(*sys.argv[2:])
