"""Do questions no article answers fall into groups that mean one thing, and what does it take?

Needs the development data: LIANA_DATA is the folder that holds `search/articles.jsonl`; says so and ends without it.
Questions of each set come in a random order, one at a time, as they would be asked; what they mean is known and not
told.

    python -m benchmarks.gaps
"""

import json
import os
import random
import time
from collections import Counter, defaultdict
from pathlib import Path

from chalicelib.knowledge.clusters import Clusters, similar_in, tokens_of

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("LIANA_DATA", ROOT / ".." / "shared" / "data")) / "search" / "articles.jsonl"
SETS = ("banking77", "clinc150")
OF_EACH = 20  # questions of a meaning
PROPOSED = 5  # questions from which a group is one that somebody would see


def main() -> None:
    if not DATA.exists():
        print("no development data (LIANA_DATA)")
        return
    print("set        questions  groups  meanings  purity  of those seen  in the largest  compared   ms a question")
    for name in SETS:
        print(line(name, questions_of(name)))


def questions_of(name: str) -> list[tuple[str, str]]:
    """Of a set, with what each means."""
    asked = []
    for each in DATA.read_text("utf-8").splitlines():
        article = json.loads(each)
        if article["set"] == name:
            asked += [(question, article["id"]) for question in article["questions"][:OF_EACH]]
    random.Random(6).shuffle(asked)  # noqa: S311 - the same order each time
    return asked


def line(name: str, asked: list[tuple[str, str]]) -> str:
    clusters, groups = Clusters(tokens_of("en"), similar=similar_in("en")), defaultdict(list)
    began = time.process_time()
    for number, (question, meaning) in enumerate(asked):
        group = clusters.group_of(question) or f"g{number:05d}"
        clusters.add(group, [(question, 1)])
        groups[group].append(meaning)
    took = time.process_time() - began
    seen = [of_it for of_it in groups.values() if len(of_it) >= PROPOSED]
    largest: defaultdict[str, int] = defaultdict(int)
    for of_it in groups.values():
        for meaning, times in Counter(of_it).items():
            largest[meaning] = max(largest[meaning], times)
    meanings = {meaning for _, meaning in asked}
    return (
        f"{name:10} {len(asked):9,}  {len(groups):6,}  {len(meanings):8}  {purity(groups.values()):6.2f}"
        f"  {purity(seen):13.2f}  {sum(largest.values()) / len(asked):14.2f}  {clusters.comparisons:8,}"
        f"  {1000 * took / len(asked):14.2f}"
    )


def purity(groups: object) -> float:
    """The share of questions that mean what most of their group mean."""
    listed = [list(group) for group in groups]  # type: ignore[attr-defined]
    return sum(max(Counter(group).values()) for group in listed) / max(1, sum(map(len, listed)))


if __name__ == "__main__":
    main()
