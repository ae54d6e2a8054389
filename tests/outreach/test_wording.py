"""Every play has its texts, in both languages, and they bear what may be missing."""

import re

import pytest

from chalicelib.model.task import ARTICLE, SEE, Task
from chalicelib.outreach import plays, wording
from chalicelib.outreach.plays.base import Play
from tests.factories import make_customer, make_task
from tests.outreach.told import FOUND, LEAST, MOST, PROBLEMS, Said, occasions, say

LANGUAGES = ("en", "zh-Hans")
HAN = re.compile(r"[\u4e00-\u9fff]")
HOLE = re.compile(r"[{}]|None|[^\n] {2}|（）|\( ?\)| [,.]|\n{3}|…\n|：$")
NAME = "Müller & Söhne <b>"


def tasks_of(name: str, said: Said, *, found: bool) -> list[Task]:
    """Each step's, as it is when it is due; `found`: what is worth reading besides can be read."""
    return [
        make_task(
            play=name,
            step=one.step,
            context={**one.context, **(FOUND if ARTICLE in one.context or (found and SEE in one.context) else {})},
        )
        for one in occasions(name, said)
    ]


EVERY: dict[str, Task] = {
    f"{task.play} {task.step} {n}": task
    for n, task in enumerate(
        [
            *(task for name, said in LEAST.items() for task in tasks_of(name, said, found=False)),
            *(task for name, said in MOST.items() for task in tasks_of(name, said, found=True)),
            *(task for said in PROBLEMS for task in tasks_of("account_problem_ahead", said, found=True)),
            *tasks_of("incident", say(**{**LEAST["incident"].given, "news": "solved"}), found=False),
            *tasks_of("incident", say(**{**MOST["incident"].given, "news": "solved"}), found=False),
        ]
    )
}
every_play = pytest.mark.parametrize("play", plays.ALL, ids=lambda play: play.name)
every_task = pytest.mark.parametrize("task", EVERY.values(), ids=EVERY)
every_language = pytest.mark.parametrize("language", LANGUAGES)


def texts_of(task: Task, language: str, name: str = "") -> dict[str, str]:
    customer = make_customer(language=language, name=name)
    subject, body = wording.notice(task, customer)
    return {
        "subject": subject,
        "body": body,
        "short": wording.short(task, customer),
        "call": wording.call(task, customer),
    }


@every_play
@every_language
def test_every_play_has_its_texts_in_every_language(play: Play, language: str) -> None:
    steps = {task.step for task in EVERY.values() if task.play == play.name}

    there = {
        step: {file.name for file in (wording.TEMPLATES / play.name / step / language).iterdir() if file.is_file()}
        for step in steps
    }

    expected = {"body.txt", "subject.txt", "short.txt"} | ({"call.txt"} if "phone" in play.channels else set())
    assert there == dict.fromkeys(steps, expected)


@every_task
@every_language
@pytest.mark.parametrize("name", ["", "Ann"])
def test_no_text_has_a_hole(task: Task, language: str, name: str) -> None:
    texts = texts_of(task, language, name)

    assert texts["subject"] and texts["body"] and texts["short"]
    assert "\n" not in texts["subject"] + texts["short"]
    assert not [found for text in texts.values() if (found := HOLE.search(text))]
    assert name in texts["body"]


@every_task
@every_language
def test_a_short_text_is_short_and_says_who_writes(task: Task, language: str) -> None:
    said = wording.short(task, make_customer(language=language))

    assert len(said) <= wording.LONGEST_SHORT
    assert not said.endswith("…")
    assert "Example Company" in said or task.play == "lingering", "in the app it is plain who writes"


@every_task
def test_each_language_is_that_language(task: Task) -> None:
    said = texts_of(task, "en")

    assert not HAN.search("".join(said.values()))
    assert all(HAN.search(text) for text in texts_of(task, "zh-Hans").values() if text)


@pytest.mark.parametrize("task", [*EVERY.values()][:3], ids=[*EVERY][:3])
@pytest.mark.parametrize(
    ("language", "like"), [("zh", "zh-Hans"), ("zh-CN", "zh-Hans"), ("en-GB", "en"), ("fr", "en"), ("", "en")]
)
def test_the_nearest_language_is_taken(task: Task, language: str, like: str) -> None:
    assert texts_of(task, language) == texts_of(task, like)


@every_task
def test_what_was_said_of_her_is_shown_as_it_is(task: Task) -> None:
    assert NAME in texts_of(task, "en", NAME)["body"]


@every_task
@every_language
def test_no_text_sells(task: Task, language: str) -> None:
    selling = pytest.importorskip("chalicelib.outreach.selling")

    assert [
        why for text in texts_of(task, language, "Ann").values() if (why := selling.why_it_sells(text, language))
    ] == []


@every_task
def test_every_mail_says_what_she_can_do_about_it(task: Task) -> None:
    assert re.search(r"answer|tell us", wording.notice(task, make_customer(language="en"))[1])


def test_what_is_too_long_for_a_short_text_is_cut() -> None:
    long = make_task(play="incident", context={**occasions("incident", MOST["incident"])[0].context, "what": "x" * 300})

    said = wording.short(long, make_customer(language="en"))

    assert (len(said), said[-1]) == (wording.LONGEST_SHORT, "…")


def test_a_moment_is_said_by_her_clock() -> None:
    (task,) = tasks_of("promise_about_to_break", LEAST["promise_about_to_break"], found=False)

    said = wording.short(task, make_customer(language="en", time_zone="Asia/Shanghai"))

    assert "an answer by Friday 20 November, 22:00" in said


def test_a_play_that_is_gone_has_no_words() -> None:
    gone = make_task(play="retired")

    assert (wording.notice(gone, make_customer()), wording.short(gone, make_customer())) == (("", ""), "")


def test_every_play_is_known_by_its_name() -> None:
    assert {name: play.name for name, play in plays.BY_NAME.items()} == {p.name: p.name for p in plays.ALL}


def test_no_texts_lie_about_that_no_play_uses() -> None:
    assert {folder.name for folder in wording.TEMPLATES.iterdir()} == {play.name for play in plays.ALL}
