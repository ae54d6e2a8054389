import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.message import Address
from chalicelib.mail.replies.forwards import original_of
from tests.mail.replies.spoken import LANGUAGES, Language

SHOP = Address("Shop", "help@shop.example")

in_every_language = pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.tag)


@in_every_language
def test_a_forwarded_mail_names_its_sender_and_subject_in_every_language(language: Language) -> None:
    title = f"---------- {language.forwarded} ----------"

    original = original_of(f"Please file this for Bob.\n\n{title}\n{language.block()}\n\nThe lamp is broken.\n")

    assert original is not None
    assert original.sender == SHOP
    assert (original.subject, original.date) == ("Your order", "23.11.2026 10:00")
    assert original.text == "The lamp is broken."


@in_every_language
def test_a_quoted_forward_loses_its_quote_marks(language: Language) -> None:
    quoted = f"{language.forwarded}:\n\n{language.block()}\n\nThe lamp\nis broken.\n".replace("\n", "\n> ")

    original = original_of(f"FYI\n\n> {quoted}")

    assert original is not None
    assert (original.sender, original.text) == (SHOP, "The lamp\nis broken.")


@pytest.mark.parametrize(
    ("line", "sender"),
    [
        ("From: Bob Ray <bob@ray.example>", Address("Bob Ray", "bob@ray.example")),
        ("*From:* Bob Ray <bob@ray.example>", Address("Bob Ray", "bob@ray.example")),
        ('From: "Ray, Bob" <Bob@Ray.example>', Address("Ray, Bob", "bob@ray.example")),
        ("From: Bob Ray [mailto:bob@ray.example]", Address("Bob Ray", "bob@ray.example")),
        ("From: bob@ray.example<mailto:bob@ray.example> <bob@ray.example>", Address("", "bob@ray.example")),
        ("From: bob@ray.example", Address("", "bob@ray.example")),
        ("From: Bob Ray", Address("Bob Ray", "")),
        ("Von: Bob Ray (bob@ray.example)", Address("Bob Ray", "bob@ray.example")),
        ("发件人：“Bob”<bob@ray.example>;", Address("Bob", "bob@ray.example")),
        ("| 发件人 | Bob<bob@ray.example> |", Address("Bob", "bob@ray.example")),
        ("From:\nBob Ray <bob@ray.example>", Address("Bob Ray", "bob@ray.example")),
    ],
)
def test_a_sender_is_written_in_many_ways(line: str, sender: Address) -> None:
    original = original_of(f"{line}\nDate: 23.11.2026 10:00\nTo: help@shop.example\nSubject: [Shop] Lamp\n\nBroken.")

    assert original is not None
    assert (original.sender, original.subject, original.text) == (sender, "[Shop] Lamp", "Broken.")


def test_the_newest_of_several_messages_is_the_one_that_was_forwarded() -> None:
    first = "From: Bob <bob@ray.example>\nSent: Monday\nTo: Shop\nSubject: Lamp\n\nStill broken."
    second = "From: Shop <help@shop.example>\nSent: Sunday\nTo: Bob\nSubject: Lamp\n\nIs it?"

    original = original_of(f"{first}\n\n{second}")

    assert original is not None
    assert original.sender.email == "bob@ray.example"
    assert original.text.startswith("Still broken.")


def test_all_fields_on_one_line_are_read() -> None:
    line = "From: Bob <bob@ray.example> Sent: Monday, November 23, 2026 10:00 AM To: Shop Subject: Lamp"

    original = original_of(f"{line}\n\nBroken.")

    assert original is not None
    assert (original.sender.email, original.subject) == ("bob@ray.example", "Lamp")
    assert original.date == "Monday, November 23, 2026 10:00 AM"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello, write to bob@ray.example please.",
        "[cid:image001.png@01DA1234.5678ABCD]\nmailto:bob@ray.example\nThanks",
        "@font-face {font-family:\\@DengXian;}\nFrom: \\@DengXian\nSubject: none\nTo: x",
        "To: bob@ray.example\nCc: eve@ray.example\n\nHello",
        "From: Berlin\nTo: Paris\nDate: 12 May\n\nPlease change this booking.",
        "On 23 Nov 2026, at 10:00, Bob <bob@ray.example> wrote:\n> Hello",
    ],
)
def test_what_is_no_forwarded_mail_names_nobody(text: str) -> None:
    assert original_of(text) is None


def test_the_end_of_a_very_long_forward_is_kept() -> None:
    text = "\n".join(f"line {n}" for n in range(5_000))

    original = original_of(f"From: bob@ray.example\nTo: help@shop.example\nSubject: Log\n\n{text}")

    assert original is not None
    assert original.text == text


@given(
    st.lists(st.sampled_from(["From: a@b.example", "Subject: x", "To:", "> ", "Von:", "", "|", "From:"]), max_size=12)
)
def test_any_text_can_be_asked(lines: list[str]) -> None:
    original_of("\n".join(lines))
