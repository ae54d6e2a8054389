import pytest

from chalicelib.mail.message import Address
from chalicelib.mail.parse import parse_mail
from tests.mail.letters import letter

LIST = "Ann Lee via Support <support@lists.example>"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            {"From": LIST, "X_Original_From": "Ann Lee <ann@customer.example>"},
            Address("Ann Lee", "ann@customer.example"),
        ),
        ({"From": LIST, "X_Original_Sender": "ann@customer.example"}, Address("Ann Lee", "ann@customer.example")),
        ({"From": LIST, "Reply_To": "ann@customer.example"}, Address("Ann Lee", "ann@customer.example")),
        (
            {"From": "\"'Ann Lee' via Support\" <support@lists.example>", "Reply_To": "ann@customer.example"},
            Address("Ann Lee", "ann@customer.example"),
        ),
        ({"From": LIST, "Reply_To": "support@lists.example"}, None),
        ({"X_Original_Sender": "ann@customer.example"}, None),
        ({"Reply_To": "other@customer.example"}, None),
        ({"From": LIST}, None),
    ],
)
def test_who_wrote_to_a_list_is_told(headers: dict[str, str], expected: Address | None) -> None:
    mail = parse_mail(letter(**headers))

    assert mail.original_sender == expected


def test_the_list_stays_the_sender() -> None:
    mail = parse_mail(letter(From=LIST, X_Original_From="ann@customer.example"))

    assert (mail.sender.email, mail.from_domain) == ("support@lists.example", "lists.example")
