"""Which pieces of a text are compared?"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.search.analysis import sentences, similarity, spoken, tokens, words


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Refunded REFUNDS, refund!", "en", ["refund", "refund", "refund"]),
        ("don't dont don’t", "en", ["dont", "dont", "dont"]),
        ("the card's PIN", "en", ["the", "card", "pin"]),
        ("ＡＢＣ１２ ﬁle", "en", ["abc12", "file"]),
        ("wi-fi, dwm.exe, error_404", "en", ["wi", "fi", "dwm", "exe", "error", "404"]),
        ("L'argent où?", "fr", ["argent", "ou"]),
        ("Größe Grosse", "de", ["gross", "gross"]),
        ("退款", "zh", ["退", "款", "退款"]),
        ("iPhone怎么退", "zh", ["iphon", "怎", "么", "退", "怎么", "么退"]),
        ("비밀 번호", "ko", ["비", "밀", "비밀", "번", "호", "번호"]),
        ("Как платить", "ru", ["как", "плат"]),
        ("refunds", "xx", ["refunds"]),
        ("", "en", []),
        ("\x00\u200b😀 … ___", "en", []),
    ],
)
def test_a_text_is_read_as_stems_and_pairs_of_characters(text: str, language: str, found: list[str]) -> None:
    assert tokens(text, language) == found


def test_no_token_holds_a_space_and_none_is_endless() -> None:
    found = tokens("a" * 10_000 + " \u00a0 \u3000 \t b 中\u3000文", "en")

    assert max(map(len, found)) == 40
    assert not any(character.isspace() for token in found for character in token)


def test_a_word_is_told_as_it_was_written_beside_what_it_is_compared_by() -> None:
    assert [(word.text, word.tokens) for word in words("Activations", "en")] == [("activations", ("activ",))]


@pytest.mark.parametrize(
    ("text", "given", "language"),
    [
        ("where is my parcel", "en", "en"),
        ("where is my parcel", "", ""),
        ("怎么退款", "en", "zh"),
        ("怎么退款", "zh-CN", "zh-CN"),
        ("Windows 11 上怎么安装", "en", "zh"),
        ("返金はいつですか", "", "ja"),
        ("注文番号", "ja", "ja"),
        ("iPhone 15", "zh", "zh"),
        ("환불", "en", "ko"),
        ("де мої гроші", "uk", "uk"),
        ("где мои деньги", "en", "ru"),
        ("", "de", "de"),
    ],
)
def test_the_script_tells_the_language_where_it_can(text: str, given: str, language: str) -> None:
    assert spoken(text, given) == language


@pytest.mark.parametrize(
    ("one", "other", "language", "least", "most"),
    [
        ("How do I get a refund?", "how can i get refunds please", "en", 0.7, 1.0),
        ("Where is my card?", "Where is my refund?", "en", 0.0, 0.4),
        ("怎么申请退款", "我要申请退款", "zh", 0.6, 1.0),
        ("怎么申请退款", "怎么修改密码", "zh", 0.0, 0.3),
        ("the same", "the same", "en", 1.0, 1.0),
        ("", "", "en", 0.0, 0.0),
        ("😀", "refund", "en", 0.0, 0.0),
    ],
)
def test_questions_are_similar_by_what_they_ask_and_not_by_how(
    one: str, other: str, language: str, least: float, most: float
) -> None:
    assert least <= similarity(one, other, language) <= most
    assert similarity(one, other, language) == similarity(other, one, language)


def test_many_threads_may_read_texts_at_once() -> None:
    texts = [f"{stem}ing {stem}ed {stem}s" for stem in ("walk", "refund", "order", "cancel", "return", "deliver")] * 30

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda text: tokens(text, "en"), texts))

    assert found == [tokens(text, "en") for text in texts]


def test_sentences_and_lines_are_told_apart_where_they_hold_a_word() -> None:
    text = "My tent\nIt leaks at 3.5 bar! Why?\n--\n帐篷漏水。怎么办？"

    assert sentences(text) == ["My tent", "It leaks at 3.5 bar!", "Why?", "帐篷漏水。", "怎么办？"]
