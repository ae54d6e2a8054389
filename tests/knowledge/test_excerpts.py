"""The lines of an article a reader sees first."""

import pytest

from chalicelib.knowledge.excerpts import excerpt

LATE = "Late parcels\n\nMost parcels arrive within three days. Some are late. Tracking shows where yours is."


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ("", "Most parcels arrive"),
        ("where is my tracking", "Tracking shows where yours is."),
        ("nothing of it stands there", "Most parcels arrive"),
    ],
)
def test_it_begins_where_most_of_her_words_stand(words: str, begins: str) -> None:
    assert excerpt(LATE, "Late parcels", words).startswith(begins)


def test_chinese_is_compared_by_pairs_of_characters() -> None:
    text = "我们支持多种付款方式。七天内可以无理由退货。"

    assert excerpt(text, words="怎么退货") == "七天内可以无理由退货。"


@pytest.mark.parametrize("text", ["word " * 100, "字" * 200], ids=["words", "characters"])
def test_it_takes_two_lines_and_ends_with_a_whole_word(text: str) -> None:
    short = excerpt(text)

    columns = sum(2 if ord(char) > 0x2E7F else 1 for char in short)
    assert 120 < columns <= 161
    assert short.endswith(("word…", "字…"))


def test_an_article_of_a_title_alone_has_none() -> None:
    assert excerpt("Late parcels", "Late parcels") == ""
