"""The life of an article by the API: from draft to what readers see, its images, its names, in and out."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from chalicelib import configuration
from chalicelib.auth.permissions import Scope
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.settings import settings
from chalicelib.knowledge import exchanging
from chalicelib.model.session import Audience
from chalicelib.storage import knowledge
from chalicelib.storage.commit import commit
from chalicelib.web import cookies
from infra import articles
from infra.cloud import Cloud
from infra.stack import Stack
from tests.auth.callers import Answer, Caller, caller, session_of, shared_stage
from tests.factories import make_customer
from tests.workbench import SENDER, Bench

EN, ZH = {"title": "Returning goods", "body": "Within **30 days**."}, {"title": "退货", "body": "30 天内。"}
NEW = {"title": "Returning goods", "body": "Within **60 days**."}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage() as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage has its own environment, which stays for the whole module."""


@pytest.fixture(scope="module")
def lead(stage: Bench) -> Caller:
    return caller(name="lead")


@pytest.fixture(scope="module")
def writer(stage: Bench) -> Caller:
    return caller(Scope.ARTICLES_READ.value, Scope.ARTICLES_WRITE.value, Scope.UPLOADS_WRITE.value, name="writer")


@pytest.fixture
def slug() -> str:
    return f"article-{next(_NUMBERS)}"


def at(slug: str, more: str = "") -> str:
    return f"/v1/articles/{slug}{more}"


def put(who: Caller, slug: str, texts: object = None, **more: Any) -> Answer:
    return who.put(at(slug), {"texts": texts or {"en": EN}, **more})


def move(who: Caller, slug: str, state: str, **more: Any) -> Answer:
    return who.put(at(slug, "/state"), {"state": state, **more})


def what_is(who: Caller, slug: str) -> tuple[str, dict[str, Any]]:
    told = who.get(at(slug)).json
    return told["state"], told["published"]


def test_readers_go_on_seeing_what_was_published(lead: Caller, writer: Caller, slug: str) -> None:
    assert put(writer, slug).json["published"] == {}
    assert move(writer, slug, "in_review").status == 200
    assert move(lead, slug, "published", word="First").status == 200

    put(writer, slug, {"en": NEW})
    assert what_is(lead, slug) == ("draft", {"en": EN})
    assert move(lead, slug, "published").json["published"] == {"en": NEW}

    versions = lead.get(at(slug, "/versions")).json["items"]
    assert [(item["version"], item["published_by"], item["note"]) for item in versions] == [
        (2, "lead", ""),
        (1, "lead", "First"),
    ]
    told = lead.get(at(slug, "/versions/2?against=1")).json
    assert "-Within **30 days**.\n+Within **60 days**." in told["diff"]["en"]
    restored = lead.send("POST", at(slug, "/versions/1/restore")).json
    assert (restored["texts"], restored["published"], restored["version"]) == ({"en": EN}, {"en": NEW}, 3)
    assert lead.send("DELETE", at(slug, "/draft")).json["texts"] == {"en": NEW}


def test_who_may_not_publish_is_told_what_to_do(writer: Caller, slug: str) -> None:
    assert put(writer, slug, publish=True).status == 403
    assert writer.get(at(slug)).status == 404

    put(writer, slug)
    refused = move(writer, slug, "published")

    assert (refused.status, "in_review" in refused.json["detail"]) == (403, True)


def test_with_review_on_somebody_else_publishes(
    lead: Caller, writer: Caller, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWLEDGE", '{"review": true}')
    settings.cache_clear()
    configuration.policy.cache_clear()
    try:
        assert put(lead, slug, publish=True).status == 403
        put(lead, slug)
        assert move(lead, slug, "published").status == 403
        other = caller(name="other lead")
        assert move(other, slug, "draft", word="Which days?").status == 200
        assert move(other, slug, "published").status == 200
    finally:
        monkeypatch.undo()
        settings.cache_clear()
        configuration.policy.cache_clear()


def test_what_is_scheduled_is_published_by_the_clock_once(lead: Caller, stage: Bench, slug: str) -> None:
    put(lead, slug)
    when = clock.now() + timedelta(hours=1)
    told = move(lead, slug, "scheduled", publish_at=clock.iso(when)).json
    assert (told["state"], told["published"]) == ("scheduled", {})

    after(stage, when - timedelta(minutes=1))
    assert what_is(lead, slug)[0] == "scheduled"
    for _ in range(2):
        after(stage, when + timedelta(minutes=1))

    assert what_is(lead, slug) == ("published", {"en": EN})
    assert len(lead.get(at(slug, "/versions")).json["items"]) == 1


def test_what_nobody_looked_at_for_long_is_listed(lead: Caller, stage: Bench, slug: str) -> None:
    put(lead, slug, topic="looked-at", publish=True)
    soon = clock.now() + timedelta(hours=2)
    lead.put(at(slug, "/review"), {"review_at": clock.iso(soon)})

    after(stage, soon + timedelta(minutes=1))

    listed = lead.get("/v1/articles?stale=true&topic=looked-at").json["items"]
    assert [item["slug"] for item in listed] == [slug]
    assert lead.put(at(slug, "/review"), {}).json["stale"] is False
    assert lead.get("/v1/articles?stale=true&topic=looked-at").json["items"] == []


def test_languages_come_and_go_alone_and_are_flagged_when_they_fall_behind(lead: Caller, slug: str) -> None:
    put(lead, slug, publish=True)
    assert lead.put(at(slug, "/texts/zh-Hans"), ZH).json["behind"] == []
    put(lead, slug, {"en": NEW, "zh-Hans": ZH})
    assert lead.get(at(slug)).json["behind"] == ["zh-Hans"]

    fits = lead.put(at(slug, "/texts/zh-Hans"), {**ZH, "made_from": 3})
    assert fits.json["behind"] == []

    assert lead.send("DELETE", at(slug, "/texts/zh-Hans")).json["languages"] == ["en"]
    assert lead.send("DELETE", at(slug, "/texts/zh-Hans")).pointers == ["/language"]
    assert lead.send("DELETE", at(slug, "/texts/en")).status == 409


def test_who_saw_another_version_is_refused_by_its_etag(lead: Caller, slug: str) -> None:
    etag = put(lead, slug).headers["ETag"]
    put(lead, slug, {"en": NEW})

    assert lead.put(at(slug), {"texts": {"en": ZH}}, If_Match=etag).status == 412
    assert lead.put(at(slug, "/state"), {"state": "published"}, If_Match=etag).status == 412


def test_lists_are_of_those_asked_for(lead: Caller, slug: str) -> None:
    put(lead, f"{slug}-a", topic=slug)
    put(lead, f"{slug}-b", {"zh-Hans": ZH}, topic=slug, audience="agents", publish=True)

    def listed(query: str) -> list[str]:
        return [
            item["slug"].removeprefix(f"{slug}-")
            for item in lead.get(f"/v1/articles?topic={slug}&{query}").json["items"]
        ]

    assert listed("state=draft") == ["a"]
    assert listed("audience=agents") == listed("language=zh-Hans") == listed("state=published") == ["b"]
    first = lead.get(f"/v1/articles?topic={slug}&limit=1").json
    assert [item["slug"] for item in first["items"]] == [f"{slug}-a"]
    second = lead.get(f"/v1/articles?topic={slug}&limit=1&cursor={first['next']}").json
    assert [item["slug"] for item in second["items"]] == [f"{slug}-b"]


def after(stage: Bench, when: datetime) -> None:
    stage.tick(when)
    stage.run()


# ── Names ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_renamed_article_is_found_by_all_its_names(lead: Caller, slug: str) -> None:
    put(lead, f"{slug}-a", publish=True)
    for old, new in (("a", "b"), ("b", "c")):
        assert lead.post(at(f"{slug}-{old}", "/rename"), {"slug": f"{slug}-{new}"}).status == 200
    again = lead.post(at(f"{slug}-b", "/rename"), {"slug": f"{slug}-c"})
    assert again.json["former"] == [f"{slug}-a", f"{slug}-b"]

    moved = lead.get(at(f"{slug}-a"))
    assert (moved.status, moved.json["moved_to"], moved.headers["Location"]) == (
        308, f"{slug}-c", f"../../v1/articles/{slug}-c",
    )  # fmt: skip
    assert len(lead.get(at(f"{slug}-c", "/versions")).json["items"]) == 1
    asked = {"customer": {"email": f"{slug}@example.com"}, "channel": "web", "text": "?"}
    case_id = lead.post("/v1/requests", asked).json["case_id"]
    answer = {"text": "Hello", "then": "wait", "author": "Tom", "articles": [f"{slug}-a"]}
    assert lead.post(f"/v1/cases/{case_id}/replies", answer).status == 202
    assert lead.get(at(f"{slug}-c")).json["used"] == 1


def test_another_article_takes_an_old_name_when_it_says_so(lead: Caller, slug: str) -> None:
    put(lead, f"{slug}-a", publish=True)
    lead.post(at(f"{slug}-a", "/rename"), {"slug": f"{slug}-b"})
    assert put(lead, f"{slug}-a").status == 308

    taken = put(lead, f"{slug}-a", {"en": NEW}, replace_redirect=True)

    assert (taken.status, taken.json["slug"]) == (200, f"{slug}-a")
    assert lead.get(at(f"{slug}-b")).json["former"] == []
    assert lead.get(at(f"{slug}-a", "/versions")).json["items"] == []


def test_what_is_for_agents_only_is_not_sent_to_a_customer(lead: Caller, slug: str) -> None:
    put(lead, slug, audience="agents", publish=True)
    asked = {"customer": {"email": f"{slug}@example.com"}, "channel": "web", "text": "?"}
    case_id = lead.post("/v1/requests", asked).json["case_id"]

    refused = lead.post(
        f"/v1/cases/{case_id}/replies", {"text": "Hello", "then": "wait", "author": "Tom", "articles": [slug]}
    )

    assert (refused.status, refused.pointers) == (409, ["/articles/0"])


# ── Images ──────────────────────────────────────────────────────────────────────────────────────────────


def image(who: Caller, stage: Bench, slug: str, content: bytes = PNG, type_: str = "image/png") -> Answer:
    said = {"filename": "seam.png", "content_type": type_, "size": len(content)}
    upload = who.post("/v1/uploads", said).json["id"]
    stage.client("s3").put_object(Bucket=stage.bucket, Key=f"uploads/{upload}", Body=content)
    first = who.post(at(slug, "/images"), {"upload": upload})
    assert first.status != 201 or who.post(at(slug, "/images"), {"upload": upload}).json["id"] == first.json["id"]
    return first


def shown(address: str, session: str = "", accept: str = "image/avif,image/webp,*/*") -> Any:
    name = cookies.named(cookies.SESSION, tls=settings().target == "aws")
    headers = {"Accept": accept} | ({"Cookie": f"{name}={session}"} if session else {})
    return Caller("").client.http.get(f"/help/{address}", headers=headers)


def test_an_image_is_shown_to_whoever_may_read_what_shows_it(lead: Caller, stage: Bench, slug: str) -> None:
    put(lead, slug)
    address = image(lead, stage, slug).json["address"]
    put(lead, slug, {"en": {"title": "Seams", "body": f"![a seam]({address})"}})
    assert shown(address).status_code == 404

    move(lead, slug, "published")
    found = shown(address)
    assert (found.status_code, found.body, found.headers["Content-Type"]) == (200, PNG, "image/png")
    assert "immutable" in found.headers["Cache-Control"] and "public" in found.headers["Cache-Control"]
    assert shown(address, accept="*/*").status_code == 302
    assert shown(address.replace("png", "gif")).status_code == 404

    lead.put(at(slug), {"texts": lead.get(at(slug)).json["texts"], "audience": "tiers", "tiers": ["standard"]})
    assert shown(address).status_code == 404
    customer = make_customer(id=ids.new_ulid(clock.now()), handles=(), version=None)
    commit(Decision((customer,)))
    hers = shown(address, session_of(Audience.CUSTOMER, customer.id).secret)
    assert (hers.status_code, "private" in hers.headers["Cache-Control"]) == (200, True)
    assert lead.send("DELETE", at(slug, f"/images/{address[7:33]}")).status == 409


def test_an_upload_is_never_laid_over_an_image_of_another_article(lead: Caller, stage: Bench, slug: str) -> None:
    put(lead, slug)
    put(lead, f"{slug}-other")
    first = image(lead, stage, slug).json["id"]
    stage.client("s3").put_object(Bucket=stage.bucket, Key=f"uploads/{first}", Body=PNG[:-1] + b"!")

    assert lead.post(at(f"{slug}-other", "/images"), {"upload": first}).status == 409

    kept = stage.client("s3").get_object(Bucket=stage.bucket, Key=f"articles/images/{first}")["Body"].read()
    assert kept == PNG


@pytest.mark.parametrize(("content", "type_"), [(b"GIF89a", "image/png"), (b"%PDF-", "application/pdf")])
def test_what_is_no_image_we_show_is_refused(lead: Caller, stage: Bench, slug: str, content: bytes, type_: str) -> None:
    put(lead, slug)

    assert image(lead, stage, slug, content, type_).pointers == ["/upload"]


def test_an_article_shows_its_own_images_only(lead: Caller, stage: Bench, slug: str) -> None:
    put(lead, f"{slug}-a")
    put(lead, f"{slug}-b")
    address = image(lead, stage, f"{slug}-a").json["address"]

    refused = put(lead, f"{slug}-b", {"en": {"title": "Seams", "body": f"![x]({address})"}})

    assert (refused.status, refused.pointers) == (422, ["/texts/en/body"])
    assert lead.send("DELETE", at(f"{slug}-a", f"/images/{address[7:33]}")).json["items"] == []


def test_how_markdown_would_be_shown_is_told(lead: Caller) -> None:
    told = lead.post("/v1/articles/preview", {"body": "**a** <script>"}).json

    assert told == {"html": "<p><strong>a</strong> &lt;script&gt;</p>\n", "text": "a <script>"}


# ── In and out ──────────────────────────────────────────────────────────────────────────────────────────


def take_in(who: Caller, content: str, **more: Any) -> Answer:
    return who.post("/v1/articles/import", {"format": "csv", "content": content, **more})


def test_what_would_be_done_is_told_before_and_then_done_once(lead: Caller, slug: str) -> None:
    table = f"question,answer,slug,state\nCan I?,Yes,{slug}-a,\nMay I?,,{slug}-b,\nShall I?,No,{slug}-c,draft\n"

    planned = take_in(lead, table, publish=True, dry_run=True).json
    assert planned["counts"] == {"created": 2, "refused": 1}
    assert lead.get(at(f"{slug}-a")).status == 404

    done = take_in(lead, table, publish=True).json
    assert {item["slug"]: item["state"] for item in done["items"]} == {
        "": "", f"{slug}-a": "published", f"{slug}-c": "draft",
    }  # fmt: skip
    assert [item["at"] for item in done["items"] if item["result"] == "refused"] == ["3"]
    assert take_in(lead, table, publish=True).json["counts"] == {"unchanged": 2, "refused": 1}


def test_who_may_not_publish_takes_in_drafts(writer: Caller, slug: str) -> None:
    (line,) = take_in(writer, f"question,answer,slug\nCan I?,Yes,{slug}\n", publish=True).json["items"]

    assert (line["result"], line["state"]) == ("created", "draft")
    assert "articles:publish" in line["why"]


def test_what_a_file_does_not_say_of_an_article_stays(lead: Caller, slug: str) -> None:
    put(lead, slug, {"en": EN, "zh-Hans": ZH}, audience="agents", publish=True)

    take_in(lead, f"question,answer,slug\nCan I?,Yes,{slug}\n", publish=True)

    told = lead.get(at(slug)).json
    assert (told["audience"], sorted(told["published"]), told["published"]["en"]["body"]) == (
        "agents", ["en", "zh-Hans"], "Yes",
    )  # fmt: skip


def test_an_import_leaves_alone_what_somebody_works_on(lead: Caller, slug: str) -> None:
    put(lead, slug, publish=True)
    put(lead, slug, {"en": NEW})

    (line,) = take_in(lead, f"question,answer,slug\nCan I?,Yes,{slug}\n", publish=True).json["items"]

    assert (line["result"], lead.get(at(slug)).json["texts"]) == ("refused", {"en": NEW})


def test_what_was_handed_out_changes_nothing_where_it_came_from(
    lead: Caller, stage: Bench, slug: str, tmp_path: Path
) -> None:
    put(lead, slug)
    address = image(lead, stage, slug).json["address"]
    put(lead, slug, {"en": {"title": "Seams", "body": f"![a]({address})"}, "zh-Hans": ZH}, publish=True)
    put(lead, slug, {"en": NEW})
    outputs = {"TableName": settings().table_name, "BucketName": stage.bucket, "SenderAddress": SENDER}
    cloud, stack = Cloud("us-east-1"), Stack("liana-test", "", "", outputs, {"Stage": "test"})

    for form in ("markdown", "zendesk"):
        exported = lead.get(f"/v1/articles/export?format={form}").json
        key = unquote(urlsplit(exported["url"]).path).partition("exports/")[2]
        body = stage.client("s3").get_object(Bucket=stage.bucket, Key=f"exports/{key}")["Body"].read()
        assert exported["size"] == len(body) and slug.encode() in (names(body) if form == "markdown" else body)
        folder = tmp_path / form
        articles.export(cloud, stack, form, folder, progress=print)
        source = folder if form == "markdown" else folder / "articles.json"
        counts = articles.take_in(cloud, stack, form, source, language="en", publish=True, dry_run=False)
        assert set(counts) == {"unchanged"}


def test_an_export_stops_before_it_grows_too_far_and_goes_on(
    lead: Caller, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        put(lead, f"{slug}-{number}")
    monkeypatch.setattr(exchanging, "BYTES_AT_ONCE", 1)

    first, second = knowledge.articles(None, 2).items
    parts = [exchanging.hand_out("csv", after) for after in (None, first.id)]

    assert [(part.articles, part.next) for part in parts] == [(1, first.id), (1, second.id)]


def names(body: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return json.dumps(archive.namelist()).encode()
