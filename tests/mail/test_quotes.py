import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.quotes import CUT_MARKERS, new_text

HISTORY = {
    "English": "On Mon, Nov 23, 2026 at 10:00 AM Shop <help@shop.example> wrote:\n\n> old",
    "German": "Am Mo., 23. Nov. 2026 um 10:00 Uhr schrieb Shop <help@shop.example>:\n> old",
    "French, broken": "Le lun. 23 nov. 2026 à 10:00, Shop <help@shop.example>\na écrit :\n\n> old",
    "Spanish": "El lun, 23 nov 2026 a las 10:00, Shop (<help@shop.example>) escribió:\n\n> old",
    "Polish": "W dniu 2026-11-23 10:00:00 użytkownik Shop <help@shop.example> napisał:\n\nold",
    "Russian": "пн, 23 нояб. 2026 г. в 10:00, Shop <help@shop.example>:\n\n> old",
    "Japanese": "2026年11月23日(月) 10:00 Shop <help@shop.example>:\n\n> old",
    "Chinese": "在 2026年11月23日，上午10:00，客服 <help@shop.example> 写道：\n\n旧文",
    "Outlook": f"{'_' * 32}\nFrom: Shop <help@shop.example>\nSent: Monday\nTo: Ann\nSubject: x\n\nold",
    "Outlook, Dutch": "Van: Shop <help@shop.example>\nVerzonden: maandag\nAan: Ann\nOnderwerp: x\n\nold",
    "Outlook, Chinese": "发件人: Shop\n发送时间: 2026年11月23日\n收件人: Ann\n主题: x\n\n旧文",
    "separator": "-----Original Message-----\nold",
    "our marker": f"{CUT_MARKERS['en']}\n\nold",
    "our marker, quoted, Chinese": f"> {CUT_MARKERS['zh-Hans']}\n> old",
    "trailing quote": "> old\n> older",
    "signature": "-- \nAnn Lee\nCustomer Ltd",
    "telephone": "Sent from my iPhone\n\nOn 23 Nov 2026, at 10:00, Shop <help@shop.example> wrote:\n\n> old",
}


@pytest.mark.parametrize("history", HISTORY.values(), ids=HISTORY.keys())
def test_what_was_said_before_is_cut(history: str) -> None:
    assert new_text(f"Yes, please.\n\nAnn\n\n{history}\n") == "Yes, please.\n\nAnn"


@pytest.mark.parametrize(
    "text",
    [
        "Meet me on 12.12.2026 at 10:00:\nbring the box",
        "Sent via DHL on Monday, and still not here.\n\nPlease help.",
        "From: Berlin\nTo: Paris\nDate: 12 May\nPlease change this booking.",
        "Mit freundlichen Grüßen\nAnn",
        "Price > 5 and\nsize < 3",
    ],
)
def test_what_people_write_is_kept(text: str) -> None:
    assert new_text(text) == text


def test_answers_between_quotes_keep_their_questions() -> None:
    text = "On 1 Nov 2026 Shop <help@shop.example> wrote:\n> Colour?\nRed.\n> Size?\nLarge.\n\n-- \nAnn"

    assert new_text(text) == "> Colour?\nRed.\n> Size?\nLarge."


@pytest.mark.parametrize("text", ["> only a quote", "-- \nAnn", "On 1 Nov 2026, Shop <a@b.example> wrote:\n> old"])
def test_a_mail_of_history_only_is_kept(text: str) -> None:
    assert new_text(text).strip()


def test_a_very_long_mail_keeps_its_end() -> None:
    text = "\n".join(f"line {n}" for n in range(5_000))

    assert new_text(text) == text


@given(st.lists(st.sampled_from([*HISTORY.values(), "> ", "hello", "", "--", "wrote:", "1.1.2026"]), max_size=8))
def test_nothing_said_means_nothing_left_and_only_then(lines: list[str]) -> None:
    text = "\n".join(lines)

    assert bool(new_text(text).strip()) == bool(text.strip())
