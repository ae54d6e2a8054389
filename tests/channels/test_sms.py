"""Text messages: parts, numbers, and STOP."""

import json

import pytest

from chalicelib.channels import sms
from chalicelib.model.customer import Handle
from chalicelib.model.feedback import FeedbackKind
from tests.factories import NOON
from tests.workbench import send_event, text_event


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # each takes two places
        ("€" * 81, 2),
        ("您" * 70, 1),
        ("您" * 71, 2),
        ("a" * 70 + "您", 2),  # one letter of another script, and all of it takes twice the room
        ("🎪" * 35, 1),
        ("🎪" * 36, 2),
    ],
)
def test_a_text_is_paid_by_the_parts_it_takes(text: str, parts: int) -> None:
    assert sms.segments(text) == parts


def test_no_letter_is_cut_in_two_between_parts() -> None:
    # 153 places a part: the 77th € does not fit into the first with its two.
    assert sms.segments("€" * 153) == 3


@pytest.mark.parametrize(
    ("value", "is_one"), [("+4930123456", True), ("030123456", False), ("+0301", False), ("", False)]
)
def test_only_e_164_is_a_number(value: str, is_one: bool) -> None:
    assert sms.is_number(value) is is_one


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("STOP", True),
        (" Stop. ", True),
        ("stop  all", True),
        ("退订", True),
        ("Stop by on Monday?", False),
        ("", False),
    ],
)
def test_stop_alone_means_no_more(text: str, stops: bool) -> None:
    assert sms.says_stop(text) is stops


def test_what_she_reads_says_who_writes_and_how_to_end_it() -> None:
    assert sms.worded("Your card expires.", "Baum", "en") == "Baum: Your card expires. STOP = no more of these"
    assert sms.worded("您的卡即将到期。", "Baum", "zh-Hans") == "Baum: 您的卡即将到期。 回复“退订”即不再接收"


CONTEXT = {"customer": "C", "interaction": "I"}


@pytest.mark.parametrize(
    ("kind", "heard", "for_good"),
    [
        ("TEXT_QUEUED", FeedbackKind.SENT, False),
        ("TEXT_DELIVERED", FeedbackKind.DELIVERED, False),
        ("TEXT_INVALID", FeedbackKind.BOUNCED, True),
        ("TEXT_UNREACHABLE", FeedbackKind.BOUNCED, False),
    ],
)
def test_what_is_reported_names_the_text_by_its_context(kind: str, heard: FeedbackKind, for_good: bool) -> None:
    news = sms.feedback_of(text_event("862a", CONTEXT, kind))

    assert news
    assert (news.kind, news.permanent) == (heard, for_good)
    assert (news.ses_id, news.customer_id, news.interaction_id) == ("862a", "C", "I")


@pytest.mark.parametrize(
    "body",
    [text_event("862a", CONTEXT, "TEXT_UNKNOWN"), text_event("862a", {}), send_event("0100", {}), "no JSON"],
)
def test_what_says_nothing_of_a_text_of_ours_is_no_news(body: str) -> None:
    assert sms.feedback_of(body) is None


def written(**fields: str) -> str:
    said = {
        "originationNumber": "+4930123456",
        "destinationNumber": "+15550100",
        "messageBody": "Thank you!",
        "inboundMessageId": "cae1",
        **fields,
    }
    return json.dumps({"Type": "Notification", "Message": json.dumps(said)})


def test_what_she_texts_is_a_contact_by_her_number() -> None:
    arrival = sms.arrival_of(written(previousPublishedMessageId="862a"), NOON)

    assert arrival
    assert (arrival.channel, arrival.sender, arrival.text) == ("sms", Handle("phone", "+4930123456"), "Thank you!")
    assert (arrival.receipt_key, arrival.references) == ("sms:cae1", ("862a",))


@pytest.mark.parametrize("body", [written(originationNumber="BANK"), send_event("0100", {}), "no JSON"])
def test_what_is_no_text_of_a_person_is_left_to_others(body: str) -> None:
    assert sms.arrival_of(body, NOON) is None
