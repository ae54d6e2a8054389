"""An outbound interaction as the letter its reader gets."""

from email.message import EmailMessage
from typing import Any

import pytest

from chalicelib.channels import letters
from chalicelib.kernel import ids
from chalicelib.kernel.signing import Keys
from chalicelib.mail.outgoing.tokens import ReplyToken, read_reply_address
from chalicelib.model.case import Case, Participant
from chalicelib.model.customer import Customer
from chalicelib.model.interaction import Interaction, Purpose
from tests.factories import ANN, CASE_ID, NOON, make_case, make_customer, make_interaction, make_outbound, make_policy
from tests.workbench import KEYS, SENDER, parsed, text_of

KEYRING = Keys.from_json(KEYS)


def written(mail: Interaction, case: Case | None = None, customer: Customer | None = None, **more: Any) -> EmailMessage:
    raw, _ = letters.letter(
        mail,
        case,
        customer or make_customer(name="Ann Archer"),
        **{
            "text": "It is on its way.",
            "policy": make_policy(),
            "company": "Baum & Blatt",
            "keys": KEYRING,
            "configuration_set": "liana-test",
            "unsubscribe_url": "",
            "now": NOON,
            **more,
        },
    )
    return parsed(raw)


def notice(**fields: Any) -> Interaction:
    template = {"why": "the card on file expires", "purpose": "service"}
    return make_outbound(**{"purpose": Purpose.NOTICE, "case_id": "", "template": template, **fields})


def test_a_reply_comes_from_our_mailbox_to_her_address() -> None:
    letter = written(make_outbound(), make_case())

    assert letter["From"].addresses[0].addr_spec == SENDER
    assert letter["To"].addresses[0].addr_spec == ANN.value
    assert str(letter["Subject"]).startswith("Re: Where is my order? [#")
    assert "It is on its way." in text_of(letter)


@pytest.mark.parametrize(("to", "number"), [(ANN.value, 1), ("bob@example.org", 2), ("eve@evil.example", 0)])
def test_answers_to_it_come_to_the_case_and_say_whose_copy_it_was(to: str, number: int) -> None:
    bob = Participant(number=2, address="bob@example.org")
    case = make_case(participants=(Participant(number=1, address=ANN.value), bob))

    letter = written(make_outbound(to=to), case)

    token = read_reply_address(letter["Reply-To"].addresses[0].addr_spec, KEYRING)
    assert token == ReplyToken(CASE_ID, number)


def test_it_continues_her_thread() -> None:
    letter = written(make_outbound(references=("a@x.org", "b@x.org")), make_case())

    assert letter["In-Reply-To"] == "<b@x.org>"
    assert letter["References"] == "<a@x.org> <b@x.org>"


def test_ses_is_told_what_it_is_so_that_its_reports_find_home() -> None:
    mail = make_outbound()

    letter = written(mail, make_case())

    tags = dict(pair.strip().split("=") for pair in letter["X-SES-MESSAGE-TAGS"].split(","))
    assert tags[letters.SERVICE_TAG] == "reply"
    assert (tags[letters.CUSTOMER_TAG], tags[letters.INTERACTION_TAG]) == (mail.customer_id, mail.id)
    assert letter["X-SES-CONFIGURATION-SET"] == "liana-test"


def test_only_a_notice_can_be_unsubscribed_from() -> None:
    url = "https://api.liana.test/u/token"

    told = written(notice(), unsubscribe_url=url)

    assert told["List-Unsubscribe"] == f"<{url}>"
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url in text_of(told)
    assert written(make_outbound(), make_case())["List-Unsubscribe"] is None


def test_a_notice_has_its_own_subject_and_is_answered_to_our_mailbox() -> None:
    letter = written(notice(subject="Your card expires soon"), unsubscribe_url="https://x.test/u/t")

    assert letter["Subject"] == "Your card expires soon"
    assert letter["Reply-To"].addresses[0].addr_spec == SENDER


@pytest.mark.parametrize(
    ("language", "zone", "says"),
    [
        ("en", "Europe/Berlin", "Saturday 21 November, 13:00"),
        ("zh-Hans", "Asia/Shanghai", "11月21日星期六 20:00"),
        ("en", "", "Saturday 21 November, 12:00"),
    ],
)
def test_an_acknowledgement_tells_number_and_promise_in_her_language_and_time(
    language: str, zone: str, says: str
) -> None:
    promised = {"promised_by": "2026-11-21T12:00:00.000Z"}
    mail = make_outbound(purpose=Purpose.ACKNOWLEDGEMENT, language=language, template=promised)

    letter = written(mail, make_case(), make_customer(time_zone=zone))

    assert says in text_of(letter)


@pytest.mark.parametrize(("template", "says"), [({}, True), ({"counted_in": "business time"}, False)])
def test_hours_are_told_only_where_the_company_is_always_open(template: dict[str, str], says: bool) -> None:
    promised = {"promised_by": "2026-11-21T12:00:00.000Z", **template}
    mail = make_outbound(purpose=Purpose.ACKNOWLEDGEMENT, language="en", template=promised)

    assert ("within 24 hours" in text_of(written(mail, make_case()))) is says


@pytest.mark.parametrize(
    ("language", "promise", "says"),
    [
        ("en", "first_answer", "You will have our answer by Monday 23 November, 13:00 at the latest."),
        ("en", "solution", "You will hear how it stands by Monday 23 November, 13:00 at the latest."),
        ("zh-Hans", "next_answer", "最迟 11月23日星期一 13:00，您会收到我们的回复。"),
        ("zh-Hans", "solution", "最迟 11月23日星期一 13:00，我们会告知您进展。"),
    ],
)
def test_a_letter_of_delay_says_by_when_instead_in_her_language_and_time(
    language: str, promise: str, says: str
) -> None:
    told = {"promise": promise, "promised_by": "2026-11-20T12:00:00.000Z", "told_by": "2026-11-23T12:00:00.000Z"}
    mail = make_outbound(purpose=Purpose.DELAY, language=language, template=told, references=("a@x",))

    letter = written(mail, make_case(), make_customer(time_zone="Europe/Berlin"))

    assert says in text_of(letter)
    assert (letter["Auto-Submitted"], letter["In-Reply-To"]) == ("auto-generated", "<a@x>")


def test_an_acknowledgement_without_a_promise_promises_nothing() -> None:
    mail = make_outbound(purpose=Purpose.ACKNOWLEDGEMENT, language="en")

    assert "within" not in text_of(written(mail, make_case()))


ANSWERS = letters.Help(
    (
        letters.ArticleLine("Late <parcels>", "Most arrive within 3 days.", "https://api.liana.test/help/late"),
        letters.ArticleLine("Tracking", "", "https://api.liana.test/help/tracking"),
    ),
    "https://api.liana.test/help/solved/t",
    "https://api.liana.test/help/person/t",
)


@pytest.mark.parametrize(
    ("language", "says", "solved", "person"),
    [
        ("en", "This may already answer your question:", "This solved it", "I still need you"),
        ("zh-Hans", "以下文章或许已能解答您的问题：", "问题已解决", "仍需人工帮助"),
    ],
)
def test_an_acknowledgement_shows_articles_and_asks_whether_they_helped(
    language: str, says: str, solved: str, person: str
) -> None:
    mail = make_outbound(purpose=Purpose.ACKNOWLEDGEMENT, language=language)

    letter = written(mail, make_case(), answers=ANSWERS)

    page = letter.get_body(("html",))
    assert page
    for body in (text_of(letter), page.get_content()):
        for part in (says, solved, person, ANSWERS.solved_url, ANSWERS.person_url, "Most arrive", "Tracking"):
            assert part in body
    assert "Late &lt;parcels&gt;" in page.get_content()


def test_an_acknowledgement_without_articles_is_as_it_was() -> None:
    mail = make_outbound(purpose=Purpose.ACKNOWLEDGEMENT, language="en")

    text = text_of(written(mail, make_case()))

    assert "solved" not in text
    assert "\n\n\n" not in text


def test_what_was_never_to_be_sent_makes_no_letter() -> None:
    with pytest.raises(ValueError, match="not an outbound mail"):
        written(make_outbound(delivery=None), make_case())


# What was said before


def test_an_answer_quotes_what_was_said_before_newest_first_with_who_said_it() -> None:
    asked = make_interaction(preview="Where is it?", sender="email:ann@example.org")
    joined = make_interaction(preview="Mine too!", sender="email:bob@example.org")
    told = make_outbound(preview="Which order?", at=NOON.replace(hour=13))

    old = text_of(written(make_outbound(), make_case(), history=(told, joined, asked))).partition("##-")[2]
    said = [line for line in old.splitlines() if line.endswith("wrote:") or line.startswith(">")]

    assert [line.rpartition(", ")[2] for line in said] == [
        "Bo (Baum & Blatt) wrote:",
        "> Which order?",
        "bob@example.org wrote:",
        "> Mine too!",
        "Ann Archer wrote:",
        "> Where is it?",
    ]


def test_an_answer_without_history_has_no_cut_marker() -> None:
    assert "##-" not in text_of(written(make_outbound(), make_case()))


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Where is it?", "Re: Where is it?"),
        ("Re: Where is it?", "Re: Where is it?"),
        ("RE: AW: Re[2]: Where is it?", "Re: Where is it?"),
        ("回复：退货", "Re: 退货"),
        ("Reply needed", "Re: Reply needed"),
        ("Re:", "Re:"),
    ],
)
def test_a_subject_says_re_once(subject: str, answer: str) -> None:
    assert letters.answering(subject).strip() == answer


def test_the_number_of_the_case_is_in_the_subject_of_an_answer() -> None:
    assert str(written(make_outbound(), make_case())["Subject"]).endswith("[#" + ids.case_number(CASE_ID) + "]")


@pytest.mark.parametrize(
    ("language", "asks"), [("en", "How was it?"), ("zh-Hans", "您满意吗？"), ("de", "How was it?")]
)
def test_a_mail_that_asks_for_a_rating_has_a_link_for_each_score_and_one_to_stop(language: str, asks: str) -> None:
    mail = make_outbound(purpose=Purpose.RATING, language=language, template={"rating": "R", "purpose": "rating"})
    votes = {score: f"https://api.liana.test/r/{score}" for score in range(1, 6)}

    letter = written(mail, make_case(), votes=votes, unsubscribe_url="https://api.liana.test/u/x")

    assert str(letter["Subject"]).startswith(asks)
    assert all(url in text_of(letter) for url in votes.values())
    assert letter["List-Unsubscribe"] == "<https://api.liana.test/u/x>"
    assert letter["Auto-Submitted"] == "auto-generated"
