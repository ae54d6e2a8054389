"""Five exchanges of one case on the deployed stage, each written as a mail program really writes it: found by reply
address, by the id SES gave our mail, by a colleague's copy, by the number in the subject. Nothing is opened twice."""

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest

from infra.front_door import FrontDoor
from infra.hub import Hub, create_api_key, scope_names
from infra.local_cloud import LocalCloud
from infra.mailbox import Mailbox, SentMail
from infra.stack import Stack

pytestmark = pytest.mark.cloud

MIA, COLLEAGUE = "Mia Long <mia@forest.example>", "Tom Short <tom@forest.example>"


@pytest.fixture(scope="module")
def hub(cloud: LocalCloud, stack: Stack) -> Hub:
    return Hub(cloud, stack, create_api_key(cloud, stack, "a thread", scope_names()))


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def gmail(answered: SentMail, words: str) -> str:
    head = f"On Mon, Nov 23, 2026 at 10:00 AM {answered.message['From']} wrote:"
    return f"{words}\n\n{head}\n\n{quoted(answered.text)}"


def outlook(answered: SentMail, words: str) -> str:
    head = f"From: Shop\nSent: Monday, November 23, 2026 10:00 AM\nTo: Mia Long\nSubject: {answered.subject}\n"
    return f"{words}\n\nMia\n\n________________________________\n{head}\n{answered.text}"


def apple_mail(answered: SentMail, words: str) -> str:
    return f"{words}\n\n> On 23. Nov 2026, at 10:00, Shop wrote:\n> \n{quoted(answered.text)}"


def mail(
    door: FrontDoor, sender: str, to: str, subject: str, text: str, message_id: str, answers: tuple[str, ...] = ()
) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = sender, to, subject, message_id
    if answers:
        message["In-Reply-To"], message["References"] = answers[-1], " ".join(answers)
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", door.port) as smtp:
        smtp.send_message(message)


def test_a_thread_of_five_exchanges_is_one_case_with_nothing_said_twice(
    hub: Hub, door: FrontDoor, mailbox: Mailbox
) -> None:
    ours = hub.stack.sender_address

    def arrived(fits: Callable[[SentMail], bool]) -> SentMail:
        return mailbox.wait_for(lambda m: "mia@forest.example" in m.to and fits(m))

    def contacts(number: int) -> list[dict[str, Any]]:
        def enough() -> list[dict[str, Any]] | None:
            said = hub.get(f"/v1/cases/{case_id}?limit=100")["interactions"]
            inbound = [one for one in said if one["direction"] == "in"]
            return inbound if len(inbound) == number else None

        return hub.until(f"{number} contacts in the case", enough)

    def answer(words: str) -> SentMail:
        hub.post(f"/v1/cases/{case_id}/replies", {"author": "Bo", "text": words, "then": "wait"})
        return arrived(lambda m: words in m.text)

    # 1: she writes, and is acknowledged under an id of SES's making
    mail(door, MIA, ours, "The stove smokes", "It smokes.", "<one@forest.example>")
    told = arrived(lambda m: "The stove smokes" in m.subject)
    assert told.message_id.endswith("@email.amazonses.com>")
    (case_id,) = hub.get("/v1/customers?email=mia@forest.example")["open_cases"]
    first = answer("Which model is it?")
    assert first.message["In-Reply-To"] == "<one@forest.example>"

    # 2: Gmail answers to the reply address
    reply_to = str(first.message["Reply-To"])
    chain = ("<one@forest.example>", first.message_id)
    mail(door, MIA, reply_to, f"Re: {first.subject}", gmail(first, "The small one."), "<two@forest.example>", chain)
    assert contacts(2)[-1]["text"] == "The small one."
    second = answer("Please open the flap.")

    # 3: Outlook answers to our plain address: only the id SES gave our mail leads home
    mail(
        door, MIA, ours, "AW: The stove", outlook(second, "It is open."), "<three@forest.example>", (second.message_id,)
    )
    assert contacts(3)[-1]["text"].startswith("It is open.")
    third = answer("Then we send a new one.")

    # 4: a colleague answers her copy of the very first mail: she joins, and is answered by nobody yet
    mail(
        door, COLLEAGUE, ours, "Re: The stove smokes", "Ours, too!", "<four@forest.example>", ("<one@forest.example>",)
    )
    joined = contacts(4)[-1]
    assert joined["sender"] == "email:tom@forest.example"
    assert any(flag.startswith("new participant") for flag in joined["flags"])

    # 5: Apple Mail on a new telephone has lost every header: the number in the subject is left
    mail(door, MIA, ours, f"Re: {third.subject}", apple_mail(third, "Thank you both!"), "<five@forest.example>")
    assert contacts(5)[-1]["text"] == "Thank you both!"
    answer("You are welcome.")

    customer = hub.get("/v1/customers?email=mia@forest.example")
    people = hub.get(f"/v1/cases/{case_id}")["case"]["participants"]
    assert customer["open_cases"] == [case_id]
    assert [(p["address"], p["confirmed"]) for p in people] == [
        ("mia@forest.example", True),
        ("tom@forest.example", False),
    ]
    assert not [m for m in mailbox.messages() if "tom@forest.example" in m.to]
