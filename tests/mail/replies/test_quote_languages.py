"""New text is found in every language and behind every mail program of the tables in `replies`."""

from textwrap import fill

import pytest

from chalicelib.mail.replies.quotes import new_text
from tests.mail.replies.spoken import LANGUAGES, LETTERS, PROGRAMS, THUNDERBIRD, Language

SAID = "Yes, please.\n\nBest regards\nAnn"

in_every_language = pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.tag)
with_every_attribution = pytest.mark.parametrize(
    "wrote",
    [pytest.param(wrote, id=f"{language.tag}-{n}") for language in LANGUAGES for n, wrote in enumerate(language.wrote)],
)


@pytest.mark.parametrize("history", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_what_a_program_puts_below_is_cut(history: str) -> None:
    assert new_text(f"{SAID}\n\n{history}\n") == SAID


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_is_kept_alone_and_above_a_quote(letter: str) -> None:
    history = "On 23 Nov 2026, at 10:00, Shop <help@shop.example> wrote:\n\n> old\n"

    assert new_text(letter) == letter
    assert new_text(f"{letter}\n\n{history}") == letter


@pytest.mark.parametrize("wrote", THUNDERBIRD)
def test_thunderbird_is_understood_in_its_localisations(wrote: str) -> None:
    assert new_text(f"{SAID}\n\n{wrote}\n> old\n> text\n") == SAID


@with_every_attribution
def test_a_quote_and_its_opening_are_cut(wrote: str) -> None:
    assert new_text(f"{SAID}\n\n{wrote}\n\n> old\n> text\n") == SAID


@with_every_attribution
def test_an_opening_without_quote_marks_is_enough(wrote: str) -> None:
    if "@" not in wrote:
        pytest.skip("without an address it might be a sentence")

    assert new_text(f"{SAID}\n\n{wrote}\n\nold text\n") == SAID


@pytest.mark.parametrize("width", [40, 60, 72])
@with_every_attribution
def test_an_opening_that_was_wrapped_is_still_one(wrote: str, width: int) -> None:
    wrapped = fill(wrote, width, break_long_words=False, break_on_hyphens=False)

    assert new_text(f"{SAID}\n\n{wrapped}\n\n> old\n> text\n") == SAID


@with_every_attribution
def test_answers_between_quotes_keep_their_questions_in_every_language(wrote: str) -> None:
    assert new_text(f"{wrote}\n\n> Colour?\nRed.\n> Size?\nLarge.\n") == "> Colour?\nRed.\n> Size?\nLarge."


@pytest.mark.parametrize(
    "form",
    [
        "{label}: {value}",
        "{label} : {value}",
        "*{label}:* {value}",
        "**{label}:** {value}",
        "{label}：{value}",
        "{label}:\t{value}",
    ],
)
@in_every_language
def test_the_header_block_of_an_outlook_is_cut(language: Language, form: str) -> None:
    assert new_text(f"{SAID}\n\n{language.block(form)}\n\nold text\n") == SAID


@in_every_language
def test_a_header_block_below_a_rule_is_cut_with_it(language: Language) -> None:
    assert new_text(f"{SAID}\n\n{'_' * 32}\n{language.block()}\n\nold text\n") == SAID


@in_every_language
def test_an_original_message_is_cut(language: Language) -> None:
    assert new_text(f"{SAID}\n\n-----{language.original}-----\nold text\n") == SAID


@in_every_language
def test_what_is_forwarded_below_a_remark_is_cut(language: Language) -> None:
    assert new_text(f"{SAID}\n\n{language.forwarded}:\n\n{language.block()}\n\nold text\n") == SAID


@in_every_language
def test_a_mail_that_only_forwards_keeps_what_it_forwards(language: Language) -> None:
    forwarded = new_text(f"---------- {language.forwarded} ----------\n{language.block()}\n\nThe parcel is broken.\n")

    assert forwarded == "The parcel is broken."


@in_every_language
def test_a_telephone_signs_in_every_language(language: Language) -> None:
    assert new_text(f"{SAID}\n\n{language.tagline}\n\n{language.wrote[0]}\n\n> old\n") == SAID


@in_every_language
def test_a_telephone_that_signs_above_an_answer_takes_only_its_line(language: Language) -> None:
    below = "The box was open.\nPlease send a new one, to the office this time.\nIt is urgent."

    assert new_text(f"{language.tagline}\n\n{below}\n") == below
    assert new_text(f"Hello,\n\n{language.tagline}\n\n{below}\n") == f"Hello,\n\n{below}"
