"""Moods by Amazon Comprehend: what is asked, what is made of the answer, and what when there is none."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.gateways import mood
from chalicelib.gateways.mood import ComprehendJudge
from chalicelib.kernel.errors import Unavailable
from chalicelib.model.mood import MoodLevel

WORDS = "Where is the order that I am waiting for? I will cancel my contract."


class Comprehend:
    """The twin: answers with these scores, or fails."""

    def __init__(self, negative: float = 0.0, mixed: float = 0.0, fails: str = "") -> None:
        self.scores = {"Negative": negative, "Mixed": mixed, "Neutral": 1 - negative - mixed, "Positive": 0.0}
        self.fails = fails
        self.asked: list[dict[str, str]] = []

    def detect_sentiment(self, **request: str) -> dict[str, Any]:
        self.asked.append(request)
        if self.fails:
            raise ClientError({"Error": {"Code": self.fails}}, "DetectSentiment")
        return {"Sentiment": "NEGATIVE", "SentimentScore": self.scores}


def with_twin(patch: pytest.MonkeyPatch, **says: Any) -> Comprehend:
    twin = Comprehend(**says)
    patch.setattr(mood, "client", lambda service: twin)
    return twin


@pytest.mark.parametrize(
    ("negative", "mixed", "level"),
    [
        (0.95, 0.0, MoodLevel.ANGRY),
        (0.6, 0.0, MoodLevel.ANNOYED),
        (0.2, 0.7, MoodLevel.ANNOYED),
        (0.1, 0.1, MoodLevel.CALM),
    ],
)
def test_its_scores_become_levels(
    monkeypatch: pytest.MonkeyPatch, negative: float, mixed: float, level: MoodLevel
) -> None:
    with_twin(monkeypatch, negative=negative, mixed=mixed)

    judged = ComprehendJudge().judge(WORDS)

    assert judged and (judged.level, judged.by) == (level, mood.COMPREHEND)
    assert judged.leaving


@pytest.mark.parametrize(("text", "language"), [(WORDS, "en"), ("我的包裹到现在还没有收到", "zh")])
def test_it_is_asked_in_the_languages_of_the_text(monkeypatch: pytest.MonkeyPatch, text: str, language: str) -> None:
    twin = with_twin(monkeypatch)

    ComprehendJudge().judge(text)

    assert [request["LanguageCode"] for request in twin.asked] == [language]


def test_of_a_long_text_it_gets_as_much_as_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = with_twin(monkeypatch)

    ComprehendJudge().judge("我很生气。" * 2_000)

    assert len(twin.asked[0]["Text"].encode()) <= mood.MOST_BYTES


def test_other_languages_are_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    twin = with_twin(monkeypatch)

    assert ComprehendJudge().judge("Wo bleibt mein Paket, bitte?") is None
    assert twin.asked == []


def test_when_it_does_not_answer_it_is_asked_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    with_twin(monkeypatch, fails="ThrottlingException")

    with pytest.raises(Unavailable):
        ComprehendJudge().judge(WORDS)
