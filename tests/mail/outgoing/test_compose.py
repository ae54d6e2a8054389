from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.message import Address
from chalicelib.mail.outgoing.compose import MailKind, OutgoingFile, OutgoingMail, compose, reference_chain
from chalicelib.mail.parse import parse_mail

MAIL = OutgoingMail(
    kind=MailKind.REPLY,
    sender=Address("Shop, Ltd", "help@shop.example"),
    to=(Address("Ann Lee", "ann@customer.example"),),
    subject="Re: My order",
    text="Here you are.\n",
    html="<p>Here you are.</p>\n",
    message_id="m1@shop.example",
    date=datetime(2026, 11, 24, 14, 0, tzinfo=UTC),
    reply_to=Address("", "reply+a@in.shop.example"),
    in_reply_to="one@customer.example",
    references=("zero@shop.example", "one@customer.example"),
)
WORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Co", "Cn"]), max_size=120)


def headers(mail: OutgoingMail) -> dict[str, str]:
    return dict(parse_mail(compose(mail)).headers)


@given(WORDS, WORDS, WORDS.map(lambda text: f"Dear Ann,\n{text}\nBye"))
def test_what_we_write_reads_back_the_same(subject: str, name: str, text: str) -> None:
    mail = replace(MAIL, subject=subject, sender=Address(name, "help@shop.example"), text=text)

    found = parse_mail(compose(mail))

    assert found.subject == " ".join(subject.split())
    assert found.sender.email == "help@shop.example"
    assert found.sender.name == " ".join(name.split()).strip("\"' ")
    assert found.text.strip() == text
    assert (found.message_id, found.in_reply_to) == (MAIL.message_id, (MAIL.in_reply_to,))
    assert found.references == MAIL.references
    assert found.reply_to == (MAIL.reply_to,)
    assert found.date == MAIL.date


def test_the_standard_library_reads_it_too() -> None:
    found = message_from_bytes(compose(replace(MAIL, subject="Ihre Bestellung: schön 你好")), policy=policy.default)

    assert found["subject"] == "Ihre Bestellung: schön 你好"
    body = found.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Here you are."
    assert not found.defects


def test_equal_mails_are_equal_bytes() -> None:
    assert compose(MAIL) == compose(replace(MAIL))


def test_an_agents_reply_carries_no_machine_headers() -> None:
    assert not {"auto-submitted", "x-auto-response-suppress", "list-unsubscribe"} & headers(MAIL).keys()


@pytest.mark.parametrize(
    ("kind", "word"), [(MailKind.ACKNOWLEDGEMENT, "auto-replied"), (MailKind.NOTICE, "auto-generated")]
)
def test_machine_mail_says_so(kind: MailKind, word: str) -> None:
    found = headers(replace(MAIL, kind=kind, loop_token="t-1"))

    assert found["auto-submitted"] == word
    assert found["x-auto-response-suppress"] == "All"
    assert found["x-liana-loop"] == "t-1"
    assert parse_mail(compose(replace(MAIL, kind=kind, loop_token="t-1"))).auto == "own-loop"


def test_a_notice_can_be_unsubscribed_from_with_one_click() -> None:
    notice = replace(
        MAIL,
        kind=MailKind.NOTICE,
        unsubscribe_url="https://shop.example/u/abc",
        unsubscribe_mailto="unsubscribe@in.shop.example",
    )

    found = headers(notice)

    assert found["list-unsubscribe"] == "<https://shop.example/u/abc>, <mailto:unsubscribe@in.shop.example>"
    assert found["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"


def test_ses_learns_the_configuration_set_and_tags() -> None:
    found = headers(replace(MAIL, configuration_set="liana-prod", tags={"kind": "reply", "case": "0123"}))

    assert found["x-ses-configuration-set"] == "liana-prod"
    assert found["x-ses-message-tags"] == "case=0123, kind=reply"


def test_a_long_chain_of_references_keeps_the_first_and_the_newest() -> None:
    chain = reference_chain([f"{n}@a-rather-long-host-name.customer.example" for n in range(100)])

    assert chain[0].startswith("0@")
    assert chain[-1].startswith("99@")
    assert sum(len(i) + 3 for i in chain) <= 1_500


INJECTION = "x\r\nBcc: victim@bank.example\r\n\r\nbody"


@pytest.mark.parametrize(
    "change",
    [
        {"sender": Address("", f"a@b.example{INJECTION}")},
        {"to": (Address("", INJECTION),)},
        {"to": (Address("", "a@b.example, c@d.example"),)},
        {"to": ()},
        {"message_id": INJECTION},
        {"in_reply_to": INJECTION},
        {"references": (INJECTION,)},
        {"loop_token": INJECTION},
        {"language": INJECTION},
        {"configuration_set": INJECTION},
        {"tags": {"a": INJECTION}},
        {"tags": {"a": "not allowed"}},
        {"kind": MailKind.NOTICE, "unsubscribe_url": f"https://{INJECTION}"},
        {"kind": MailKind.NOTICE, "unsubscribe_url": "http://shop.example/u"},
        {"unsubscribe_url": "https://shop.example/u"},
        {"date": datetime(2026, 1, 1)},  # noqa: DTZ001 - that is the point
    ],
)
def test_what_does_not_belong_into_a_header_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"header|recipient|aware|notices"):
        compose(replace(MAIL, **change))  # type: ignore[arg-type]


@given(st.text(max_size=60).map(lambda t: f"{t}{INJECTION}{t}"))
def test_subjects_and_names_cannot_add_a_header(text: str) -> None:
    raw = compose(replace(MAIL, subject=text, to=(Address(text, "ann@customer.example"),)))

    assert message_from_bytes(raw)["bcc"] is None
    assert "bcc" not in {name for name, _ in parse_mail(raw).headers}
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_a_domain_in_another_script_is_sent_as_punycode() -> None:
    assert b"<ann@xn--bcher-kva.example>" in compose(replace(MAIL, to=(Address("Ann", "ann@bücher.example"),)))


@pytest.mark.parametrize("name", ["a.pdf", "Größe 1.pdf", "发票" * 60 + ".pdf", 'a "b" (1).pdf', "x" * 190 + ".pdf"])
def test_files_are_parts_of_their_own_under_any_name(name: str) -> None:
    content = bytes(range(256)) * 9

    raw = compose(replace(MAIL, files=(OutgoingFile(name, "application/pdf", content),)))

    found = message_from_bytes(raw, policy=policy.default)
    (part,) = found.iter_attachments()
    assert (part.get_filename(), part.get_content()) == (name, content)
    assert [body.get_content().strip() for body in (found.get_body(("plain",)), found.get_body(("html",))) if body] == [
        "Here you are.",
        "<p>Here you are.</p>",
    ]
    assert max(map(len, raw.split(b"\r\n"))) <= 200
    assert parse_mail(raw).attachments[0].content == content
