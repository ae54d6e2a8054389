"""How a text sounds: on texts the tables have never seen, and case by case."""

from pathlib import Path

import pytest

from benchmarks import mood as bench
from chalicelib.model.mood import MoodLevel
from chalicelib.mood import scorer, words

ANGRY = "I am furious. You lied to me, this is a disgrace and I want my money back!"


@pytest.mark.parametrize(("language", "least"), [("en", 0.85), ("zh", 0.9)])
def test_bad_messages_that_were_held_out_are_told_from_calm_ones(language: str, least: float) -> None:
    judged = [(one.level >= 1, scorer.judge(one.text)) for one in bench.texts(f"{language}-held-out")]

    assert bench.auroc((bad, -mood.score if mood else 0.0) for bad, mood in judged) >= least


@pytest.mark.parametrize("language", scorer.LANGUAGES)
def test_hardly_a_calm_message_that_was_held_out_is_called_angry(language: str) -> None:
    calm = [one for one in bench.texts(f"{language}-held-out") if one.level == 0]

    called = [mood for one in calm if (mood := scorer.judge(one.text)) and mood.level is MoodLevel.ANGRY]

    assert len(called) <= len(calm) // 25


@pytest.mark.parametrize("language", scorer.LANGUAGES)
def test_there_are_enough_texts_half_of_them_bad_and_none_twice(language: str) -> None:
    said, held_out = bench.texts(language), bench.texts(f"{language}-held-out")

    assert len(said) >= 400 and len(held_out) >= 100
    for some in (said, held_out):
        assert 0.4 < sum(one.level > 0 for one in some) / len(some) < 0.6
    assert not {one.text for one in said} & {one.text for one in held_out}


def test_the_tables_are_small() -> None:
    folder = Path(scorer.__file__).parent

    assert sum(file.stat().st_size for file in folder.glob("*.bin")) < 100 * 1024


@pytest.mark.parametrize(
    ("text", "level"),
    [
        (ANGRY, MoodLevel.ANGRY),
        ("My order has not arrived.", MoodLevel.CALM),
        ("Could you send me the invoice, please? Thank you!", MoodLevel.CALM),
        ("你们太过分了，投诉到底！", MoodLevel.ANGRY),
        ("请问发票什么时候寄？谢谢", MoodLevel.CALM),
    ],
)
def test_plain_cases(text: str, level: MoodLevel) -> None:
    judged = scorer.judge(text)

    assert judged and judged.level is level


@pytest.mark.parametrize(
    "text", ["", "12345 - 99", "Wo bleibt mein Paket, ich bin sauer", "返品したいです", "Où est mon colis ?"]
)
def test_what_is_in_no_language_it_was_taught_is_not_judged(text: str) -> None:
    assert scorer.judge(text) is None


def test_the_words_that_weighed_most_are_told_by_their_places() -> None:
    judged = scorer.judge(ANGRY)

    assert judged
    assert all(0 <= begin < end <= len(ANGRY) for begin, end in judged.because)
    assert any("disgrace" in ANGRY[begin:end] or "furious" in ANGRY[begin:end] for begin, end in judged.because)


def test_calm_words_need_no_reasons() -> None:
    judged = scorer.judge("When do you open on Saturday?")

    assert judged and judged.because == ()


@pytest.mark.parametrize(
    "text", ["x" * 100_000, "？！" * 9_000, "I " * 60_000, "İ am so angry at you, this is İ", "\ud800 hello you"]
)
def test_no_text_is_too_odd_to_be_judged(text: str) -> None:
    scorer.judge(text)


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("I will cancel my subscription.", True),
        ("You'll hear from my lawyer.", True),
        ("再也不买了，我要找消协。", True),
        ("How do I pause my subscription?", False),
        ("I am leaving the parcel at the desk.", False),
        ("我想换一个颜色。", False),
    ],
)
def test_who_speaks_of_leaving_is_known_by_few_words(text: str, leaves: bool) -> None:
    assert bool(words.leaving(text)) is leaves


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("Thanks, it works now.", True),
        ("谢谢，解决了", True),
        ("Thanks, but it still does not work.", False),
        ("Thank you. When will it come?", False),
        ("It broke.", False),
    ],
)
def test_a_mere_thank_you_is_known(text: str, only: bool) -> None:
    assert words.only_thanks(text) is only
