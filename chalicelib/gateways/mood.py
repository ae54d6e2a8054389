"""Who says how a contact sounds: our own small model, here and at once; or Amazon Comprehend, as well and later.

Our own never fails and is always asked first, so that no mail waits for a service. What Comprehend says counts instead,
when it answers. https://docs.aws.amazon.com/comprehend/latest/APIReference/API_DetectSentiment.html
"""

from typing import Protocol

from chalicelib.gateways.aws import AwsError, client, error_code
from chalicelib.kernel.errors import Unavailable
from chalicelib.model.mood import Mood, MoodLevel
from chalicelib.mood import scorer, words

COMPREHEND = "Amazon Comprehend"
MOST_BYTES = 5_000  # of UTF-8 it takes
_LANGUAGES = {"en": "en", "zh": "zh"}
ANGRY_FROM, ANNOYED_FROM = 0.9, 0.5  # of NEGATIVE, which tells no anger from annoyance: not measured


class Judge(Protocol):
    def judge(self, text: str) -> Mood | None:
        """None for a language it was not taught. Raises Unavailable when it may be asked again."""
        ...


class OwnJudge:
    def judge(self, text: str) -> Mood | None:
        return scorer.judge(text)


class ComprehendJudge:
    def judge(self, text: str) -> Mood | None:
        language = _LANGUAGES.get(scorer.language_of(text))
        if not language:
            return None
        begun = text.encode()[:MOST_BYTES].decode(errors="ignore")
        try:
            told = client("comprehend").detect_sentiment(Text=begun, LanguageCode=language)["SentimentScore"]
        except AwsError as error:
            raise Unavailable(f"Comprehend: {error_code(error)}") from error
        bad = told["Negative"] + told["Mixed"] / 2
        level = MoodLevel.ANNOYED if bad >= ANNOYED_FROM else MoodLevel.CALM
        level = MoodLevel.ANGRY if told["Negative"] >= ANGRY_FROM else level
        return Mood(
            level=level,
            score=round(100 * (1 - 2 * min(1.0, bad))),
            leaving=words.leaving(text),
            thanks=level is MoodLevel.CALM and words.only_thanks(text),
            by=COMPREHEND,
        )


own: Judge = OwnJudge()
second: Judge = ComprehendJudge()
