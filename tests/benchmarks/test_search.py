"""Below this, search is broken, not just a little worse: `python -m benchmarks.search` says how well it does."""

import pytest

from benchmarks import search as bench
from chalicelib.search.documents import Document
from chalicelib.search.index import Index, build


@pytest.mark.skipif(not (bench.DATA / "articles.jsonl").exists(), reason="no development data (LIANA_DATA)")
def test_real_questions_find_their_articles_and_those_without_one_are_known(tmp_path) -> None:
    build(tmp_path, bench.articles("clinc150", 5))
    index = Index.open(tmp_path)
    asked = bench.queries("clinc150")[::3]
    found = [(one, index.search(one.text, language=one.language)) for one in asked]

    right = [bool(f.hits) and f.hits[0].id in one.relevant for one, f in found if one.relevant]
    assert sum(right) / len(right) > 0.7
    assert bench.auroc((bool(one.relevant), f.confidence) for one, f in found) > 0.85


def test_engines_to_compare_with_find_what_is_there() -> None:
    held = [
        Document(id="refund", language="en", title="Refunds", body=""),
        Document(id="pin", language="en", title="PIN", body=""),
    ]

    assert bench.fts5(held)("a refund?", "en") == ["refund"]


def test_the_threshold_with_the_best_f1_parts_what_has_an_answer_from_what_has_none() -> None:
    scored = [(True, 0.1), (True, 0.3), (False, 0.4), (False, 0.9)]

    assert bench.best_f1(scored) == 0.3
    assert bench.f1_at(scored, 0.3) == 1.0


def test_the_weights_are_chosen_so_that_evidence_tells_right_from_wrong() -> None:
    told = [("one set", share > 0.5, 1.0, (share,)) for share in (0.1, 0.2, 0.3, 0.7, 0.8, 0.9)] * 50

    bias, weight = bench.logistic(told)

    assert bias < 0 < weight
