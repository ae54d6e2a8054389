import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.mail.ses.feedback import FeedbackKind, NotFeedback, parse_feedback

MAIL = {
    "messageId": "ses-9",
    "timestamp": "2026-11-24T14:00:00.000Z",
    "destination": ["Bob@gone.example"],
    "tags": {"case": ["0123456789ab"], "ses:from-domain": ["shop.example"]},
}
BOUNCED = {"emailAddress": "Bob@gone.example", "status": "5.1.1", "diagnosticCode": "smtp; 550 unknown"}


def event(kind: str, **detail: Any) -> str:
    message = {"eventType": kind, "mail": MAIL, **detail}
    return json.dumps({"Type": "Notification", "Message": json.dumps(message)})


def test_a_permanent_bounce_says_whom_and_why() -> None:
    found = parse_feedback(
        event(
            "Bounce",
            bounce={
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [BOUNCED],
                "timestamp": "2026-11-24T14:01:00Z",
            },
        )
    )

    assert found
    assert (found.kind, found.ses_message_id, found.permanent) == (FeedbackKind.BOUNCE, "ses-9", True)
    assert (found.recipients, found.status) == (("bob@gone.example",), "5.1.1")
    assert (found.diagnostic, found.subtype) == ("smtp; 550 unknown", "General")
    assert found.at == datetime(2026, 11, 24, 14, 1, tzinfo=UTC)
    assert found.tags["case"] == "0123456789ab"


@pytest.mark.parametrize(("word", "permanent"), [("Transient", False), ("Undetermined", None), (None, None)])
def test_other_bounces_are_not_for_ever(word: str | None, permanent: bool | None) -> None:
    found = parse_feedback(event("Bounce", bounce={"bounceType": word, "bouncedRecipients": [BOUNCED]}))

    assert found
    assert found.permanent is permanent


@pytest.mark.parametrize(
    ("kind", "detail", "diagnostic"),
    [
        ("Send", {"send": {}}, None),
        ("Delivery", {"delivery": {"recipients": ["bob@gone.example"], "smtpResponse": "250 ok"}}, "250 ok"),
        ("Complaint", {"complaint": {"complainedRecipients": [{"emailAddress": "bob@gone.example"}]}}, None),
        ("Reject", {"reject": {"reason": "Bad content"}}, "Bad content"),
        ("Rendering Failure", {"failure": {"errorMessage": "no name"}}, "no name"),
        (
            "DeliveryDelay",
            {"deliveryDelay": {"delayedRecipients": [{"emailAddress": "bob@gone.example"}]}},
            None,
        ),
    ],
)
def test_each_event_names_its_recipient(kind: str, detail: dict[str, Any], diagnostic: str | None) -> None:
    found = parse_feedback(event(kind, **detail))

    assert found
    assert found.kind.value == kind
    assert found.recipients == ("bob@gone.example",)
    assert (found.diagnostic, found.permanent) == (diagnostic, None)


def test_the_same_event_has_the_same_id() -> None:
    first, again = parse_feedback(event("Send")), parse_feedback(event("Send"))

    assert first
    assert again
    assert first.event_id == again.event_id


VALIDATED = {"Type": "Notification", "Message": "Successfully validated SNS topic"}


@pytest.mark.parametrize("body", [event("Open"), json.dumps(VALIDATED)])
def test_what_asks_nothing_of_us_is_nothing(body: str) -> None:
    assert parse_feedback(body) is None


RECEIVED = {"notificationType": "Received", "mail": MAIL}


@pytest.mark.parametrize("body", ["", "{", json.dumps(RECEIVED), json.dumps({"eventType": "Send"})])
def test_anything_else_is_refused(body: str) -> None:
    with pytest.raises(NotFeedback):
        parse_feedback(body)
