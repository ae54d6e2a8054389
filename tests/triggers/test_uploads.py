"""Files by the API: put into the store, sent with an answer, kept with a request."""

from typing import Any

import pytest

from chalicelib.model.interaction import Interaction
from chalicelib.model.session import Audience
from chalicelib.model.upload import Upload
from tests.auth.callers import Answer, Caller, caller, session_of, staff_member
from tests.workbench import Bench, parsed

PDF = b"%PDF-1.7 " + bytes(range(256)) * 3
NAME = "Größe 1.pdf"


@pytest.fixture
def desk(bench: Bench) -> Caller:
    return caller()


def case_of(desk: Caller, **more: Any) -> str:
    asked = {"customer": {"email": "maria@example.com"}, "channel": "web", "text": "Where is it?", **more}
    return str(desk.post("/v1/requests", asked).json["case_id"])


def uploaded(desk: Caller, bench: Bench, content: bytes = PDF, **more: Any) -> str:
    """What a browser does: ask where to put it, and put it there."""
    said = {"filename": NAME, "content_type": "application/pdf", "size": len(content), **more}
    told = desk.post("/v1/uploads", said).json
    assert f"uploads/{told['id']}" in told["url"]
    bench.client("s3").put_object(Bucket=bench.bucket, Key=f"uploads/{told['id']}", Body=content)
    return str(told["id"])


def reply(desk: Caller, case_id: str, *files: str, key: str = "r1", **more: Any) -> Answer:
    body = {"text": "The label.", "then": "wait", "author": "Tom", "attachments": list(files), **more}
    return desk.post(f"/v1/cases/{case_id}/replies", body, Idempotency_Key=key)


def test_an_answer_carries_its_files_whole_and_shows_them(desk: Caller, bench: Bench) -> None:
    case_id = case_of(desk)
    file = uploaded(desk, bench, case_id=case_id)

    told = [reply(desk, case_id, file).json["duplicate"] for _ in range(2)]
    bench.run()

    mail = parsed(bench.mailer.accepted[-1][1])
    (part,) = mail.iter_attachments()
    assert told == [False, True]
    assert (part.get_filename(), part.get_content_type(), part.get_content()) == (NAME, "application/pdf", PDF)
    (answer,) = [item for item in desk.get(f"/v1/cases/{case_id}").json["interactions"] if item["attachments"]]
    assert (answer["attachments"][0]["name"], answer["locked"]) == (NAME, "")
    place = f"/v1/customers/{answer['customer_id']}/interactions/{answer['id']}/attachments/1"
    assert desk.get(place).status == 200


@pytest.mark.parametrize(("content", "told"), [(b"MZ" + PDF, 422), (b"GIF89a", 422)], ids=["a program", "another type"])
def test_a_file_that_is_not_what_it_says_is_refused_and_nothing_is_sent(
    desk: Caller, bench: Bench, content: bytes, told: int
) -> None:
    refused = reply(desk, case_of(desk), uploaded(desk, bench, content))

    assert (refused.status, refused.pointers) == (told, ["/attachments/0"])
    assert [one for one in bench.rows(Interaction) if one.attachments] == []


def test_anothers_upload_and_one_of_another_case_do_not_exist(desk: Caller, bench: Bench) -> None:
    case_id = case_of(desk)
    hers, elsewhere = uploaded(caller(), bench), uploaded(desk, bench, case_id=case_of(desk, subject="Another"))

    for file in (hers, elsewhere):
        refused = reply(desk, case_id, file)
        assert (refused.status, refused.pointers) == (404, ["/attachments/0"])


def test_a_file_that_is_not_there_yet_is_waited_for(desk: Caller, bench: Bench) -> None:
    case_id, file = case_of(desk), uploaded(desk, bench)
    bench.client("s3").delete_object(Bucket=bench.bucket, Key=f"uploads/{file}")

    assert reply(desk, case_id, file).status == 409


def test_of_two_colleagues_of_one_name_neither_uses_the_files_of_the_other(desk: Caller, bench: Bench) -> None:
    case_id = case_of(desk)
    one, other = (session_of(Audience.STAFF, staff_member("agent", name="Tom Baker").id) for _ in range(2))
    file = uploaded(one, bench)

    refused = reply(other, case_id, file)

    assert (refused.status, refused.pointers) == (404, ["/attachments/0"])
    assert reply(one, case_id, file, key="r2").status == 202


def test_a_request_keeps_its_files_locked_until_somebody_vouches(desk: Caller, bench: Bench) -> None:
    case_id = case_of(desk, attachments=[uploaded(desk, bench)])

    (asked,) = [item for item in desk.get(f"/v1/cases/{case_id}").json["interactions"] if item["attachments"]]
    assert asked["locked"] == "nobody looked for viruses"
    place = f"/v1/customers/{asked['customer_id']}/interactions/{asked['id']}/attachments/1"
    assert desk.get(place).status == 423
    assert [one.size for one in bench.rows(Upload)] == [len(PDF)]
