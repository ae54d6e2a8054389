import json
import os
import random
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from chalicelib.knowledge.clusters import Clusters, medoid, similar_in, tokens_of

DATA = Path(os.environ.get("LIANA_DATA", "-")) / "search" / "articles.jsonl"


english, chinese = tokens_of("en"), tokens_of("zh-Hans")


def clusters_of(*questions: str) -> Clusters:
    clusters = Clusters(english)
    for number, question in enumerate(questions):
        clusters.add(f"g{number}", [(question, 1)])
    return clusters


def test_a_question_belongs_to_the_group_that_asks_the_same() -> None:
    clusters = clusters_of("How do I change the battery of my lamp?", "Where is my invoice?")

    assert clusters.group_of("how can i change my lamp's battery") == "g0"


def test_something_new_belongs_to_no_group() -> None:
    clusters = clusters_of("How do I change the battery of my lamp?", "Where is my invoice?")

    assert clusters.group_of("Do you ship to Norway?") == ""


def test_chinese_questions_are_grouped_as_well() -> None:
    clusters = Clusters(chinese, similar=similar_in("zh-Hans"))
    clusters.add("refund", [("退款什么时候到账", 1)])
    clusters.add("address", [("怎么修改收货地址", 1)])

    assert clusters.group_of("我的退款多久到账？") == "refund"
    assert clusters.group_of("什么时候发货") == ""


def test_words_that_everybody_uses_join_nothing() -> None:
    clusters = clusters_of("Please help me with it", "Where is my invoice?")

    assert clusters.group_of("please can you help me: my lamp flickers") == ""


def test_two_groups_of_the_same_question_are_found() -> None:
    clusters = clusters_of("change the battery of the lamp", "Where is my invoice?")
    clusters.add("g9", [("lamp battery change", 3)])

    assert clusters.doubles() == [("g0", "g9")]


def test_a_group_that_was_dropped_is_found_no_more() -> None:
    clusters = clusters_of("Where is my invoice?")
    clusters.drop("g0")

    assert clusters.group_of("Where is my invoice?") == ""


def test_a_thousand_questions_against_a_thousand_groups_are_no_million_comparisons() -> None:
    words = [f"{a}{b}" for a in ("lam", "ten", "bat", "cam", "sto", "rop", "boo", "jac") for b in range(60)]
    chance = random.Random(6)  # noqa: S311 - nothing depends on it
    clusters = Clusters(str.split)
    for number in range(1000):
        clusters.add(f"g{number}", [(" ".join(chance.sample(words, 5)), 1)])

    for _ in range(1000):
        clusters.group_of(" ".join(chance.sample(words, 5)))

    assert clusters.comparisons <= 12_000


def test_the_medoid_is_the_question_that_resembles_the_others_most() -> None:
    asked = [("lamp broken", 1), ("change my lamp's battery", 1), ("how to change the battery of a lamp", 2)]

    assert medoid(asked, english) in ("change my lamp's battery", "how to change the battery of a lamp")


@pytest.mark.skipif(not DATA.exists(), reason="no development data (LIANA_DATA)")
def test_questions_of_bank_customers_fall_into_groups_that_mean_one_thing() -> None:
    asked = []
    for line in DATA.read_text("utf-8").splitlines():
        article = json.loads(line)
        if article["set"] == "banking77":
            asked += [(question, article["id"]) for question in article["questions"][:8]]
    random.Random(6).shuffle(asked)  # noqa: S311 - likewise
    clusters, intents = Clusters(english), defaultdict(list)
    for number, (question, intent) in enumerate(asked):
        group = clusters.group_of(question) or f"g{number:05d}"
        clusters.add(group, [(question, 1)])
        intents[group].append(intent)

    pure = sum(max(Counter(each).values()) for each in intents.values()) / len(asked)

    assert pure >= 0.7
    assert len(intents) < 0.6 * len(asked)
