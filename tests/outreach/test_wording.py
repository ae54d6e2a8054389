"""Every play has its texts, in both languages, and they bear what may be missing."""

import re

import pytest

from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind
from chalicelib.outreach import plays, wording
from chalicelib.outreach.plays.base import Play
from tests.factories import ANNS_ID, NOON, make_customer, make_fact, make_running, make_task

LANGUAGES = ("en", "zh-Hans")
HAN = re.compile(r"[\u4e00-\u9fff]")
# What each fact is sure to say; everything else is optional.
TIER = {"from": "gold", "to": "standard", "at": "2026-12-10T12:00:00.000Z"}
Said = dict[FactKind | EventKind, dict[str, str]]
LEAST: Said = {FactKind.CARD_EXPIRING: {"expires_on": "2026-12-10"}, EventKind.TIER_WILL_CHANGE: TIER}
MOST: Said = {**LEAST, FactKind.CARD_EXPIRING: {"expires_on": "2026-12-10", "card_hint": "4242"}}

every_play = pytest.mark.parametrize("play", plays.ALL, ids=lambda play: play.name)
every_language = pytest.mark.parametrize("language", LANGUAGES)


def context_of(play: Play, said: Said) -> dict[str, str]:
    (trigger, *_) = play.triggers
    told: Fact | Event
    if isinstance(trigger, FactKind):
        told = make_fact(trigger, data=said[trigger], recorded_at=NOON)
    else:
        told = Event(id="01E", customer_id=ANNS_ID, what=trigger, at=NOON, detail=said[trigger])
    (occasion,) = play.occasions(told, make_customer(), make_running(play).given)
    return occasion.context


def worded(play: Play, language: str, said: Said, name: str = "") -> tuple[str, str]:
    task = make_task(play=play.name, context=context_of(play, said))
    return wording.notice(task, make_customer(language=language, name=name))


@every_play
@every_language
def test_every_play_has_a_subject_and_a_text_in_every_language(play: Play, language: str) -> None:
    folder = wording.TEMPLATES / play.name / language

    assert sorted(file.name for file in folder.iterdir()) == ["body.txt", "subject.txt"]


@every_play
@every_language
@pytest.mark.parametrize(("said", "name"), [(LEAST, ""), (MOST, "Ann"), (LEAST, "Ann"), (MOST, "")])
def test_no_text_has_a_hole(play: Play, language: str, said: Said, name: str) -> None:
    subject, text = worded(play, language, said, name)

    assert subject
    assert "\n" not in subject
    assert text
    assert not re.search(r"[{}]|None|  |（）|\( ?\)| ,", subject + text)
    assert name in text


@every_play
def test_each_language_is_that_language(play: Play) -> None:
    assert not HAN.search("".join(worded(play, "en", MOST)))
    assert HAN.search(worded(play, "zh-Hans", MOST)[0])


@every_play
@pytest.mark.parametrize(
    ("language", "like"), [("zh", "zh-Hans"), ("zh-CN", "zh-Hans"), ("en-GB", "en"), ("fr", "en"), ("", "en")]
)
def test_the_nearest_language_is_taken(play: Play, language: str, like: str) -> None:
    assert worded(play, language, MOST) == worded(play, like, MOST)


@every_play
def test_what_was_said_of_her_is_shown_as_it_is(play: Play) -> None:
    assert "Müller & Söhne <b>" in worded(play, "en", MOST, name="Müller & Söhne <b>")[1]


def test_a_play_that_is_gone_has_no_words() -> None:
    assert wording.notice(make_task(play="retired"), make_customer()) == ("", "")


def test_every_play_is_known_by_its_name() -> None:
    assert {name: play.name for name, play in plays.BY_NAME.items()} == {p.name: p.name for p in plays.ALL}


def test_no_texts_lie_about_that_no_play_uses() -> None:
    assert {folder.name for folder in wording.TEMPLATES.iterdir()} == {play.name for play in plays.ALL}
