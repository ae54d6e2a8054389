"""What agents do with mail by the API: read all of it, fetch what came with it, let in what was put aside."""

from datetime import timedelta
from email import policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from chalicelib.kernel import clock
from chalicelib.model.interaction import Interaction
from chalicelib.triggers.api import words
from tests.auth.callers import Answer, Caller, caller
from tests.workbench import SENDER, Bench, mail_bytes, text_of

pytestmark = pytest.mark.usefixtures("no_index")

NOBODY = "01KAM8Q6C3V8QW2E0N4B7T9XYZ"
TOM = {"author": "Tom", "reason": "She called and said that she sent it."}
PNG = b"\x89PNG\r\n\x1a\n and so on"
PDF = b"%PDF-1.7 and so on"
PAGE = """\
<p>It came <b>broken</b>: <img src="cid:photo" alt="the cup"></p>
<script>steal()</script>
<img src="https://tracker.example/open.gif" width="200" height="80">
<blockquote>On Monday you wrote that it was on its way.</blockquote>
"""
# What SES writes on top of what it stores: a mail that is read again is judged by it.
SES = (
    "Return-Path: <{source}>\r\n"
    "Received: from mx.example.org (mx.example.org [192.0.2.1])\r\n"
    " by inbound-smtp.us-east-1.amazonaws.com with SMTP id abc for {to};\r\n"
    " Fri, 20 Nov 2026 12:00:00 +0000 (UTC)\r\n"
    "X-SES-Spam-Verdict: {spam}\r\n"
    "X-SES-Virus-Verdict: {virus}\r\n"
)


@pytest.fixture
def desk(bench: Bench) -> Caller:
    return caller()


def broken_cup() -> bytes:
    """HTML with a script, a picture of its own and one from elsewhere; and an attachment."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Ann Archer <ann@example.org>", SENDER, "Broken"
    mail["Message-ID"] = "<cup@example.org>"
    mail.set_content("It came broken.\n\nOn Monday Liana wrote:\n> It is on its way.\n")
    mail.add_alternative(PAGE, subtype="html")
    page = mail.get_payload()[1]
    assert isinstance(page, EmailMessage)
    page.add_related(PNG, "image", "png", cid="<photo>", filename="cup.png")
    mail.add_attachment(PDF, "application", "pdf", filename="receipt.pdf")
    return mail.as_bytes(policy=policy.SMTP)


def receive(bench: Bench, raw: bytes, **verdicts: str) -> str:
    """The mail arrives and is taken in; where the API has it."""
    bench.receive(raw, **verdicts)
    bench.run()
    (contact,) = (i for i in bench.rows(Interaction) if i.raw_key)
    return f"/v1/customers/{contact.customer_id}/interactions/{contact.id}"


def put_aside(bench: Bench, text: str = "Cheap pills.", **verdicts: str) -> str:
    """A mail that SES warns of, as it stores it; where the API has it."""
    said = {"spam": "PASS", "virus": "PASS", **verdicts}
    head = SES.format(source="ann@example.org", to=SENDER, **said)
    bench.receive(head.encode() + mail_bytes(text), **verdicts)
    bench.run()
    (aside,) = (i for i in bench.rows(Interaction) if i.quarantined)
    return f"/v1/quarantine/{aside.id}"


def fetched(answer: Answer) -> requests.Response:
    assert answer.status == 200
    return requests.get(answer.json["url"], timeout=5)


def followed(desk: Caller, place: str, links: dict[str, str], name: str) -> Answer:
    """What lies where a link of the answer at `place` points, or for a template at its first."""
    return desk.get(urljoin(place, links[name]).replace("{number}", "1"))


def timeline(desk: Caller, place: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = desk.get(f"{place.partition('/interactions')[0]}/timeline").json["items"]
    return items


# ── One contact with all it says ────────────────────────────────────────────────────────────────────────


def test_a_contact_is_told_whole_and_safe_to_show(desk: Caller, bench: Bench) -> None:
    place = receive(bench, broken_cup())

    whole = desk.get(place).json

    assert whole["text"].strip() == "It came broken."
    assert "On Monday Liana wrote" in whole["whole_text"]
    assert "<b>broken</b>" in whole["html"]
    assert "steal" not in whole["html"]
    assert "tracker.example" not in whole["html"].replace('alt="', "")
    assert (whole["blocked_images"], whole["html_left_out"]) == (1, False)
    assert whole["trust"] == "authenticated"
    assert [(a["number"], a["name"], a["type"], a["size"], a["inline"]) for a in whole["attachments"]] == [
        (1, "cup.png", "image/png", len(PNG), True),
        (2, "receipt.pdf", "application/pdf", len(PDF), False),
    ]
    assert whole["locked"] == ""


def test_its_original_and_its_files_can_be_fetched_where_its_links_point(desk: Caller, bench: Bench) -> None:
    raw = broken_cup()
    place = receive(bench, raw)
    links = desk.get(place).json["_links"]

    original, photo = (fetched(followed(desk, place, links, name)) for name in ("original", "attachment"))

    assert original.content == raw
    assert photo.content == PNG
    assert "attachment" in photo.headers["Content-Disposition"]


def test_a_link_lives_for_minutes(desk: Caller, bench: Bench) -> None:
    link = desk.get(f"{receive(bench, broken_cup())}/original").json

    lives = clock.from_iso(link["expires_at"]) - clock.now()
    assert timedelta(0) < lives <= timedelta(minutes=15)


def test_a_page_shows_its_own_pictures(desk: Caller, bench: Bench) -> None:
    html = desk.get(receive(bench, broken_cup())).json["html"]

    address = html.partition('src="')[2].partition('"')[0].replace("&amp;", "&")
    assert requests.get(address, timeout=5).content == PNG


def test_a_long_mail_comes_whole(desk: Caller, bench: Bench) -> None:
    text = "One more thing that went wrong. " * 200
    whole = desk.get(receive(bench, mail_bytes(text))).json

    assert whole["text"].split() == whole["whole_text"].split() == text.split()
    assert whole["text_complete"]
    assert whole["whole_text_complete"]


def test_a_text_beyond_the_limit_is_cut_and_says_so(
    desk: Caller, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "WHOLE_TEXT_BYTES", 2000)

    whole = desk.get(receive(bench, mail_bytes("很长的信。" * 500))).json

    assert len(whole["whole_text"].encode()) <= 2000
    assert (whole["text_complete"], whole["whole_text_complete"]) == (False, False)


def test_html_beyond_the_limit_is_left_out_and_says_so(
    desk: Caller, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "HTML_BYTES", 100)

    whole = desk.get(receive(bench, broken_cup())).json

    assert (whole["html"], whole["html_left_out"]) == ("", True)


def test_the_largest_answer_fits_through_lambda() -> None:
    six_mb, everything_else = 6 * 1024 * 1024, 256 * 1024
    worst = max(('"', "\\", "\n", "é", "很", "😀"), key=lambda sign: words._as_answered(sign) / len(sign.encode()))
    text = worst * (words.WHOLE_TEXT_BYTES // len(worst.encode()))

    assert 2 * words._as_answered(text) + words.HTML_BYTES + everything_else < six_mb


def test_when_the_original_has_expired_the_beginning_is_left(desk: Caller, bench: Bench) -> None:
    place = receive(bench, mail_bytes("One more thing that went wrong. " * 200))
    s3 = bench.client("s3")
    for stored in s3.list_objects_v2(Bucket=bench.bucket)["Contents"]:
        s3.delete_object(Bucket=bench.bucket, Key=stored["Key"])

    whole = desk.get(place).json

    assert whole["text"].startswith("One more thing")
    assert (whole["whole_text"], whole["text_complete"], whole["whole_text_complete"]) == ("", False, False)
    assert desk.get(f"{place}/original").status == 404


def test_what_did_not_come_by_mail_has_no_original(desk: Caller) -> None:
    asked = {"customer": {"email": "maria@example.com"}, "channel": "web", "text": "Where is my parcel?"}
    taken = desk.post("/v1/requests", asked).json
    place = f"/v1/customers/{taken['customer_id']}/interactions/{taken['interaction_id']}"

    whole = desk.get(place).json

    assert (whole["text"], whole["whole_text"], whole["html"]) == (asked["text"], asked["text"], "")
    assert set(whole["_links"]) == {"self", "customer", "case"}
    assert desk.get(f"{place}/original").status == 404


@pytest.mark.parametrize("number", ["3", "9999"])
def test_an_attachment_that_is_not_there_is_not_found(desk: Caller, bench: Bench, number: str) -> None:
    assert desk.get(f"{receive(bench, broken_cup())}/attachments/{number}").status == 404


@pytest.mark.parametrize("number", ["0", "x", "٣", "99999999999"])
def test_what_is_no_number_is_pointed_at(desk: Caller, number: str) -> None:
    refused = desk.get(f"/v1/customers/{NOBODY}/interactions/{NOBODY}/attachments/{number}")

    assert refused.status == 400
    assert refused.pointers == ["/number"]


@pytest.mark.parametrize("interaction_id", ["x", "Z" * 26])
@pytest.mark.parametrize("place", [f"/v1/customers/{NOBODY}/interactions", "/v1/quarantine"])
def test_what_can_be_no_contact_is_pointed_at(desk: Caller, place: str, interaction_id: str) -> None:
    refused = desk.get(f"{place}/{interaction_id}")

    assert refused.status == 400
    assert refused.pointers == ["/interaction_id"]


@pytest.mark.parametrize("what", ["", "/original", "/attachments/1"])
def test_a_contact_nobody_had_is_not_found(desk: Caller, what: str) -> None:
    assert desk.get(f"/v1/customers/{NOBODY}/interactions/{NOBODY}{what}").status == 404


def test_what_is_no_contact_on_a_timeline_is_not_found(desk: Caller) -> None:
    asked = {"customer": {"email": "maria@example.com"}, "channel": "web", "text": "Where is my parcel?"}
    taken = desk.post("/v1/requests", asked).json
    desk.post(f"/v1/cases/{taken['case_id']}/replies", {"text": "It comes.", "then": "solve", "author": "Tom"})
    place = f"/v1/customers/{taken['customer_id']}"
    (event,) = (i["id"] for i in desk.get(f"{place}/timeline").json["items"] if i["kind"] == "event")

    assert desk.get(f"{place}/interactions/{event}").status == 404
    assert desk.post(f"{place}/interactions/{event}/unlock", TOM).status == 404


def test_a_contact_is_found_under_its_own_customer_only(desk: Caller, bench: Bench) -> None:
    place = receive(bench, broken_cup())
    asked = {"customer": {"email": "eve@example.com"}, "channel": "web", "text": "Hello"}
    eve = desk.post("/v1/requests", asked).json["customer_id"]

    assert desk.get(f"/v1/customers/{eve}/interactions/{place.rpartition('/')[2]}/original").status == 404


# ── Locked attachments ──────────────────────────────────────────────────────────────────────────────────


def test_what_nobody_found_to_be_clean_is_locked(desk: Caller, bench: Bench) -> None:
    place = receive(bench, broken_cup(), virus="DISABLED")

    refused = desk.get(f"{place}/attachments/2")

    assert refused.status == 423
    assert "nobody looked for viruses" in refused.json["detail"]
    assert desk.get(place).json["locked"] == "nobody looked for viruses"


def test_an_agent_unlocks_it_and_the_timeline_tells_who_and_why(desk: Caller, bench: Bench) -> None:
    place = receive(bench, broken_cup(), virus="DISABLED")

    unlocked = desk.post(f"{place}/unlock", TOM)

    assert unlocked.status == 200
    assert fetched(followed(desk, f"{place}/unlock", unlocked.json["_links"], "attachment")).content == PNG
    assert fetched(desk.get(f"{place}/attachments/2")).content == PDF
    (event,) = (item for item in timeline(desk, place) if item["kind"] == "event")
    assert event["what"] == "attachments_unlocked"
    assert event["detail"] == {"by": "Tom", "reason": TOM["reason"], "was": "nobody looked for viruses"}


def test_unlocking_twice_is_told_once(desk: Caller, bench: Bench) -> None:
    place = receive(bench, broken_cup(), virus="DISABLED")

    answers = [desk.post(f"{place}/unlock", TOM).status for _ in range(2)]

    assert answers == [200, 200]
    assert [item["kind"] for item in timeline(desk, place)].count("event") == 1


@pytest.mark.parametrize("body", [{"author": "Tom"}, {**TOM, "reason": ""}, {**TOM, "reason": "a\nb"}])
def test_nobody_unlocks_without_a_reason(desk: Caller, bench: Bench, body: dict[str, str]) -> None:
    place = receive(bench, broken_cup(), virus="DISABLED")

    assert desk.post(f"{place}/unlock", body).status == 422
    assert desk.get(f"{place}/attachments/2").status == 423


def test_a_contact_nobody_had_cannot_be_unlocked(desk: Caller) -> None:
    assert desk.post(f"/v1/customers/{NOBODY}/interactions/{NOBODY}/unlock", TOM).status == 404


# ── Quarantine ──────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_put_aside_can_be_read_and_fetched(desk: Caller, bench: Bench) -> None:
    place = put_aside(bench, spam="FAIL")

    whole = desk.get(place).json

    assert whole["whole_text"].strip() == "Cheap pills."
    assert (whole["customer_id"], whole["trust"]) == ("", "spam")
    assert set(whole["_links"]) == {"self", "release", "original"}
    assert b"Cheap pills." in fetched(followed(desk, place, whole["_links"], "original")).content


def test_what_was_put_aside_is_read_with_what_it_quotes(desk: Caller, bench: Bench) -> None:
    place = put_aside(bench, "Cheap pills.\n\nOn Monday Liana wrote:\n> It is on its way.\n", spam="FAIL")

    whole = desk.get(place).json

    assert whole["text"].strip() == "Cheap pills."
    assert "> It is on its way." in whole["whole_text"]


def test_what_carries_a_virus_is_given_to_nobody(desk: Caller, bench: Bench) -> None:
    place = put_aside(bench, virus="FAIL")

    assert set(desk.get(place).json["_links"]) == {"self"}
    assert desk.get(f"{place}/original").status == 423


def test_released_spam_becomes_a_contact_with_a_case(desk: Caller, bench: Bench) -> None:
    place = put_aside(bench, "Where is my order?", spam="FAIL")

    taken = desk.post(f"{place}/release", TOM)
    bench.run()

    assert taken.status == 202
    (contact,) = followed(desk, f"{place}/release", taken.json["_links"], "case").json["interactions"]
    assert contact["id"] == taken.json["interaction_id"]
    assert contact["text"].strip() == "Where is my order?"
    assert "released from quarantine by Tom: She called and said that she sent it." in contact["flags"]
    assert bench.sent == [], "its sender is unproven and gets no acknowledgement"


def test_what_was_released_says_where_it_went(desk: Caller, bench: Bench) -> None:
    place = put_aside(bench, spam="FAIL")
    case_id = desk.post(f"{place}/release", TOM).json["case_id"]

    aside = desk.get(place).json
    (listed,) = desk.get(f"/v1/quarantine?day={clock.now():%Y-%m-%d}").json["items"]

    assert aside["released_to"] == listed["released_to"] == case_id
    assert set(aside["_links"]) == {"self", "case", "original"}


def test_a_second_release_answers_as_the_first_and_does_nothing(desk: Caller, bench: Bench) -> None:
    place = put_aside(bench, spam="FAIL")

    first, second = (desk.post(f"{place}/release", TOM).json for _ in range(2))

    assert (first["duplicate"], second["duplicate"]) == (False, True)
    assert first | {"duplicate": True} == second
    assert len([i for i in bench.rows(Interaction) if i.customer_id]) == 1


def test_a_virus_cannot_be_released(desk: Caller, bench: Bench) -> None:
    refused = desk.post(f"{put_aside(bench, virus='FAIL')}/release", TOM)

    assert refused.status == 409
    assert not [i for i in bench.rows(Interaction) if i.customer_id]


def test_what_names_no_sender_cannot_be_released(desk: Caller, bench: Bench) -> None:
    bench.receive(mail_bytes(sender="undisclosed"), source="")
    bench.run()
    (aside,) = bench.rows(Interaction)

    refused = desk.post(f"/v1/quarantine/{aside.id}/release", TOM)

    assert refused.status == 409
    assert "log the contact" in refused.json["detail"]


@pytest.mark.parametrize("what", ["", "/original"])
def test_what_nobody_put_aside_is_not_found(desk: Caller, bench: Bench, what: str) -> None:
    contact = receive(bench, broken_cup()).rpartition("/")[2]

    assert desk.get(f"/v1/quarantine/{contact}{what}").status == 404


def test_what_nobody_put_aside_cannot_be_released(desk: Caller) -> None:
    assert desk.post(f"/v1/quarantine/{NOBODY}/release", TOM).status == 404


# ── Who takes part ──────────────────────────────────────────────────────────────────────────────────────


class Shared:
    """Ann's case, whose reply address she gave to Bob, and Bob wrote to it."""

    def __init__(self, desk: Caller, bench: Bench) -> None:
        self._desk, self._bench = desk, bench
        bench.receive(mail_bytes())
        bench.run()
        self.address = str(bench.sent[0]["Reply-To"]).partition("<")[2].rstrip(">")
        self.write("I share the flat with Ann.", self.address)
        self.case_id = str(self._desk.get("/v1/cases").json["items"][0]["id"])

    def write(self, text: str, to: str, sender: str = "bob@example.net") -> None:
        self._bench.receive(mail_bytes(text, to=to, sender=sender, subject="Re:"), source=sender, recipients=[to])
        self._bench.run()

    def participants(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._desk.get(f"/v1/cases/{self.case_id}").json["case"]["participants"]
        return found

    def set_state(self, number: object, state: str) -> Answer:
        return self._desk.put(f"/v1/cases/{self.case_id}/participants/{number}", {"state": state, "author": "Tom"})

    def answer(self, text: str) -> EmailMessage:
        """An agent's answer, as it was sent."""
        answer = {"text": text, "then": "wait", "author": "Tom"}
        assert self._desk.post(f"/v1/cases/{self.case_id}/replies", answer).status == 202
        self._bench.run()
        return self._bench.sent[-1]


@pytest.fixture
def shared(desk: Caller, bench: Bench) -> Shared:
    return Shared(desk, bench)


def test_who_joins_by_a_reply_address_is_unconfirmed(shared: Shared) -> None:
    ann, bob = shared.participants()

    assert (ann["number"], ann["address"], ann["confirmed"]) == (1, "ann@example.org", True)
    assert bob == {"number": 2, "address": "bob@example.net", "confirmed": False, "revoked": False}
    assert "ann@example.org" in shared.answer("It comes tomorrow.")["To"]


def test_who_is_confirmed_has_the_answer_to_what_she_wrote(shared: Shared) -> None:
    confirmed = shared.set_state(2, "confirmed")

    assert confirmed.status == 200
    assert confirmed.json["participants"][1]["confirmed"]
    assert "bob@example.net" in shared.answer("It comes tomorrow.")["To"]


def test_who_is_revoked_opens_the_case_no_more(desk: Caller, shared: Shared) -> None:
    shared.set_state(2, "confirmed")
    bobs = str(shared.answer("It comes tomorrow.")["Reply-To"]).partition("<")[2].rstrip(">")

    revoked = shared.set_state(2, "revoked").json
    shared.write("Send it to my new address.", bobs)

    assert revoked["participants"][1]["revoked"]
    said = desk.get(f"/v1/cases/{shared.case_id}").json["interactions"]
    assert not any("new address" in one["text"] for one in said)
    assert len(desk.get("/v1/cases").json["items"]) == 2, "it is a case of its own"


def test_who_is_revoked_cannot_be_confirmed(shared: Shared) -> None:
    shared.set_state(2, "revoked")

    assert shared.set_state(2, "confirmed").status == 409


def test_setting_a_state_twice_is_setting_it_once(shared: Shared) -> None:
    first, second = (shared.set_state(2, "revoked") for _ in range(2))

    assert first.json == second.json


@pytest.mark.parametrize(
    ("number", "state", "status"), [("3", "confirmed", 404), ("0", "confirmed", 400), ("2", "asked", 422)]
)
def test_a_number_or_state_that_is_none_is_refused(shared: Shared, number: str, state: str, status: int) -> None:
    assert shared.set_state(number, state).status == status


def test_nobody_takes_part_in_a_case_that_does_not_exist(desk: Caller) -> None:
    assert desk.put("/v1/cases/7K3M-9QXT-2B4C/participants/1", {"state": "revoked", "author": "Tom"}).status == 404


# ── Answers and what was said before ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("history", [True, False])
def test_an_answer_quotes_what_was_said_unless_told_not_to(desk: Caller, bench: Bench, history: bool) -> None:
    bench.receive(mail_bytes("The cup came broken."))
    bench.run()
    (case,) = desk.get("/v1/cases").json["items"]
    answer = {"text": "We send another one.", "then": "wait", "author": "Tom", "history": history}

    desk.post(f"/v1/cases/{case['id']}/replies", answer)
    bench.run()

    assert ("The cup came broken." in text_of(bench.sent[-1])) is history
