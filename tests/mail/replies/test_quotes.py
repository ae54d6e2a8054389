import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.replies.quotes import CUT_MARKERS, new_text
from tests.mail.replies.spoken import BANNERS, TAGLINES, TAILS

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


QUOTED = "On 1 Nov 2026 Shop <help@shop.example> wrote:\n> Colour?\nRed.\n> Size?\nLarge."


@pytest.mark.parametrize("banner", BANNERS)
def test_a_warning_about_outsiders_is_cut_above_and_below(banner: str) -> None:
    said = "Hello,\n\nwhere is my parcel?\n\nAnn"

    assert new_text(f"{banner}\n\n{said}\n") == said
    assert new_text(f"{' '.join(banner.splitlines())}\n\n{said}\n") == said
    assert new_text(f"{said}\n\n{banner}\n") == said
    assert new_text(banner).strip()


def test_a_warning_that_runs_into_the_letter_takes_only_its_own_lines() -> None:
    banner = "CAUTION: This email originated from outside of the organization. Do not click links or open attachments\n"
    banner += "unless you recognize the sender and know the content is safe."

    assert new_text(f"{banner}\nHi team,\nwhere is my parcel?") == "Hi team,\nwhere is my parcel?"


def test_a_tag_of_outsiders_before_the_first_word_is_cut() -> None:
    assert new_text("[EXTERNAL] Where is my parcel?\nIt is late.") == "Where is my parcel?\nIt is late."


@pytest.mark.parametrize("tail", [*TAILS, *TAGLINES])
def test_what_stands_below_the_letter_is_cut(tail: str) -> None:
    said = "Where is my parcel? It should have been here on Monday.\n\nBest regards,\nAnn"

    assert new_text(f"{said}\n\n{tail}\n") == said
    assert new_text(f"{said}\n\n{tail}\n\nOn 1 Nov 2026, at 10:00, Shop <a@b.example> wrote:\n\n> old") == said
    assert new_text(f"{QUOTED}\n\n{tail}") == "> Colour?\nRed.\n> Size?\nLarge."
    assert new_text(tail).strip()


@pytest.mark.parametrize(
    "text",
    [
        "Meet me on 12.12.2026 at 10:00:\nbring the box",
        "Sent via DHL on Monday, and still not here.\n\nPlease help.",
        "I bought the lamp.\n\nSent via DHL yesterday, not here yet",
        "I bought the lamp.\n\nSent from your shop on Monday, arrived broken.",
        "Hello,\n\nI sent it from my iPhone yesterday.",
        "From: Berlin\nTo: Paris\nDate: 12 May\nPlease change this booking.",
        "Please change it.\n\nFrom: Berlin\nTo: Paris\nDate: 12 May 2026\n\nThank you!",
        "Name: Ann Lee\nDate: 12 May\nOrder: 4711\n\nWhere is it?",
        "Mit freundlichen Grüßen\nAnn",
        "Price > 5 and\nsize < 3",
        "a > b\nb > c\nIs that right?",
        'On 3 May 2026 your agent wrote:\n\n"You will get a refund."\n\nWhere is it?',
        "My wife wrote:\n\nwe never got the parcel.",
        "Here is what I need:\n\n--- Order ---\n2 lamps\n--- Address ---\n1 High Street\n\nThank you.",
        "Shipping:\n--\n2 lamps\n" + "\n".join(f"- lamp number {n} is broken" for n in range(20)),
        "First part.\n\n---\n\n" + "\n".join(f"Second part, line {n}, is long." for n in range(20)),
        "Caution: the lamp has a sharp edge, do not open it by hand.\n\nAnn",
        "Warning: your links in the mail are broken, I cannot click them.\n\nAnn",
        "My address is ann@customer.example:\nplease use it.",
        "I wrote to help@shop.example on Monday.\nNobody answered.",
        "You can reach me at 10:30: I am at home.\nBring the parcel.",
        "The manual is confidential, you say. Please delete my account.",
        ">From the start it was broken.\nPlease help.",
        "Original message was lost, I write again.\n\nWhere is it?",
        "You forwarded message 12 to nobody:\nwhy?",
        "Two lamps:\n\n| lamp | price |\n| red | 12 |\n| blue | 13 |",
        "if (a) {\n  b\n}\nIs this right?",
        "We replied above this line of the contract, see page 2, and you did not sign; please do so this week.",
        "Subject: my broken lamp\n\nThe lamp is broken.",
        "注意：这个包裹是从外部打开的。\n\n请帮忙。",
        "Vorsicht, die Lampe ist zerbrochen.\n\nAnn",
        "Please reply to ann@customer.example, my new address.\n\nOld one: lee@customer.example",
        "Confirmed for 12/05/2026 10:00, thank you!\n\nAnn",
    ],
)
def test_what_people_write_is_kept(text: str) -> None:
    assert new_text(text) == text


@pytest.mark.parametrize("said", ["Ok", "Thanks!", "👍", "好的"])
def test_the_shortest_answer_is_enough_for_a_signature_below(said: str) -> None:
    block = "From: Shop <help@shop.example>\nSent: Monday\nTo: Ann\nSubject: x"

    assert new_text(f"{said}\n\n-- \nAnn Lee\nLee Ltd\n\n{block}\n\nold") == said


def test_a_greeting_alone_is_not_enough_for_a_signature_below() -> None:
    assert "still broken" in new_text("Hi,\n--\nAnn here again. The lamp is still broken.")


def test_what_a_telephone_signed_above_a_shorter_history_without_marks_is_cut() -> None:
    said = "Yes, please send a new one to my office this time, and ring the bell twice."

    assert new_text(f"{said}\n\nSent from my iPhone\n\nShall we send a new one?") == said


def test_answers_between_quotes_keep_their_questions() -> None:
    assert new_text(f"{QUOTED}\n\n-- \nAnn") == "> Colour?\nRed.\n> Size?\nLarge."


def test_an_answer_below_a_quote_of_our_own_mail_stands_alone() -> None:
    quote = f"On 1 Nov 2026, at 10:00, Shop <a@b.example> wrote:\n> {CUT_MARKERS['en']}\n>\n> Which colour?\n"

    assert new_text(f"{quote}\nRed, please.\n\n-- \nAnn\n") == "Red, please."


def test_a_short_answer_after_a_long_question_is_no_wrapped_quote() -> None:
    question = "> Do you want the lamp in blue, in the large size, and delivered on Monday?"

    assert new_text(f"{question}\nYes.\n> And the shade?\n") == f"{question}\nYes."


def test_the_rest_of_a_wrapped_quote_is_quote() -> None:
    quote = "> a long line of a quoted letter that a mail program has broken somewhere\nin its middle\n> and goes on."

    assert new_text(f"Yes.\n\nOn 1 Nov 2026, at 10:00, Shop <a@b.example> wrote:\n{quote}\n") == "Yes."


def test_a_line_before_the_opening_is_not_part_of_it() -> None:
    text = "Write to ann@customer.example\nOn Tue, 2026-03-01 at 18:02 +0530, Shop wrote:\n> old"

    assert new_text(text) == "Write to ann@customer.example"


def test_an_answer_below_a_header_block_is_kept() -> None:
    block = "From: Shop <help@shop.example>\nSent: Monday\nTo: Ann\nSubject: x"

    assert new_text(f"{block}\n\n> Which colour?\n\nRed, please.") == "> Which colour?\n\nRed, please."


def test_answers_announced_within_an_unmarked_history_are_kept() -> None:
    block = "From: Shop <help@shop.example>\nSent: Monday\nTo: Ann\nSubject: x"
    text = new_text(f"See my answers inline, in red.\n\n{block}\n\nWhich colour?\n[Ann] Red, please.")

    assert "[Ann] Red, please." in text


def test_nothing_below_a_reply_line_of_another_desk_is_new() -> None:
    assert new_text("Thanks.\n\n-- Reply ABOVE THIS LINE to add a comment --\n\nold") == "Thanks."


@pytest.mark.parametrize("mark", [">", "> >", ">>", "|", "»", "}", "&gt;"])
def test_quotes_have_many_marks(mark: str) -> None:
    assert new_text(f"Thanks.\n\n{mark} old text\n{mark} and more\n") == "Thanks."


@pytest.mark.parametrize(
    "text", ["> only a quote", "-- \nAnn", "On 1 Nov 2026, Shop <a@b.example> wrote:\n> old", "---", "--\n--"]
)
def test_a_mail_of_history_only_is_kept(text: str) -> None:
    assert new_text(text).strip()


def test_a_very_long_mail_keeps_its_end() -> None:
    text = "\n".join(f"line {n}" for n in range(5_000))

    assert new_text(text) == text


@pytest.mark.parametrize(
    "line",
    [
        "> old",
        "On Mon, Nov 23, 2026 at 10:00",
        "From: a@b.example",
        "-" * 80,
        "a@b.example wrote",
        "Sent from my iPhone",
    ],
)
def test_two_million_characters_of_history_are_read_in_one_pass(line: str) -> None:
    assert new_text(f"{line}\n" * (2_000_000 // len(line)))


@given(st.lists(st.sampled_from([*HISTORY.values(), "> ", "hello", "", "--", "wrote:", "1.1.2026"]), max_size=8))
def test_nothing_said_means_nothing_left_and_only_then(lines: list[str]) -> None:
    text = "\n".join(lines)

    assert bool(new_text(text).strip()) == bool(text.strip())


@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    assert bool(new_text(text).strip()) == bool(text.strip())
