"""Made, changed and asked: the index of a small shop's help centre."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.search.documents import Document
from chalicelib.search.index import LISTS, NOTES, BrokenIndex, Index, build, files, update

REFUND = Document(
    id="refund",
    language="en",
    title="How to get a refund",
    body="Send the parcel back within 30 days. We pay the money back to the card you paid with.",
    questions=("where is my money", "i sent it back, when am i paid"),
)
DELIVERY = Document(id="delivery", language="en", title="When your parcel arrives", body="Most come within two days.")
PIN = Document(
    id="pin", language="en", title="Change your PIN", body="Cash machines change it: choose Services, then PIN."
)
RECEIPT = Document(id="receipt", language="en", title="Find your invoice", body="Invoices are in your account, as PDF.")
TERMINAL = Document(
    id="terminal",
    language="en",
    title="Terminal override codes",
    body="For staff: hold the yellow key.",
    readers=frozenset({"agents"}),
)
REFUND_ZH = Document(
    id="refund", language="zh", title="怎么退款", body="三十天内寄回包裹，我们把钱退到您付款的银行卡。"
)
DELIVERY_DE = Document(id="delivery", language="de", title="Wann Ihr Paket ankommt", body="Meist in zwei Tagen.")
SHOP = (REFUND, DELIVERY, PIN, RECEIPT, TERMINAL, REFUND_ZH, DELIVERY_DE)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    build(folder, SHOP)
    return folder


@pytest.fixture
def own(shop: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(shop, tmp_path / "own"))


def best(folder: Path, text: str, language: str = "en", readers: Sequence[str] = ("public",)) -> tuple[str, str] | None:
    hits = Index.open(folder).search(text, language=language, readers=readers).hits
    return (hits[0].id, hits[0].language) if hits else None


@pytest.mark.parametrize(
    ("asked", "language", "answer"),
    [
        ("refunds", "en", ("refund", "en")),
        ("I want my money back!", "en", ("refund", "en")),
        ("WHEN WILL MY PARCEL ARRIVE?", "en", ("delivery", "en")),
        ("chnage my pni", "en", ("pin", "en")),
        ("my invioces", "en", ("receipt", "en")),
        ("我要退款", "zh", ("refund", "zh")),
        ("wann kommt mein Paket", "de", ("delivery", "de")),
    ],
)
def test_an_article_is_found_by_the_words_of_those_who_ask(
    shop: Path, asked: str, language: str, answer: tuple[str, str]
) -> None:
    assert best(shop, asked, language) == answer


def test_a_question_that_led_to_an_article_is_told_with_it(shop: Path) -> None:
    hit = Index.open(shop).search("when do i get my money", language="en").hits[0]

    assert (hit.id, hit.question) == ("refund", "where is my money")


@pytest.mark.parametrize("language", ["", "en", "fr"])
def test_what_is_asked_in_another_script_is_found_in_it(shop: Path, language: str) -> None:
    assert best(shop, "怎么退款", language) == ("refund", "zh")


def test_what_is_not_written_in_her_language_is_found_in_another(shop: Path) -> None:
    assert best(shop, "PIN", "de") == ("pin", "en")


def test_a_region_is_given_the_texts_of_its_language(shop: Path) -> None:
    assert best(shop, "refund", "en-GB") == ("refund", "en")
    assert best(shop, "退款", "zh-CN") == ("refund", "zh")


def test_who_says_no_language_is_answered_from_all(shop: Path) -> None:
    assert best(shop, "wann kommt das paket an", "") == ("delivery", "de")
    assert best(shop, "change pin", "") == ("pin", "en")


def test_nobody_finds_what_she_may_not_read(shop: Path) -> None:
    assert best(shop, "terminal override codes") is None
    assert best(shop, "terminal override codes", readers=("public", "agents")) == ("terminal", "en")
    assert best(shop, "refund", readers=()) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "?!",
        "😀👩‍👩‍👧",
        "\x00\x01\x1b",
        "\ud800",
        "a" * 10_000,
        "refund " * 2_000,
        '"x" AND (title:[* TO',
        "~ ^ -",
        "的",
    ],
    ids=["empty", "blank", "marks", "emoji", "control", "surrogate", "long", "many", "syntax", "signs", "particle"],
)
def test_any_text_may_be_asked(shop: Path, text: str) -> None:
    found = Index.open(shop).search(text, language="en")

    assert 0 <= found.confidence <= 1


def test_what_no_article_speaks_of_has_no_answer(shop: Path) -> None:
    found = Index.open(shop).search("do you sell vegan pizza", language="en")

    assert not found.answered
    assert "pizza" in found.unknown_words


def test_an_index_of_nothing_finds_nothing(tmp_path: Path) -> None:
    build(tmp_path, [])

    index = Index.open(tmp_path)

    assert index.documents == 0
    assert index.search("refund").hits == ()


def test_an_update_replaces_adds_and_takes_away(own: Path) -> None:
    update(
        own, [replace(PIN, title="Forgotten code", body="Ask for a new one."), replace(PIN, id="iban", title="IBAN")]
    )
    update(own, [], ["receipt", ("delivery", "de")])

    assert best(own, "forgotten code") == ("pin", "en")
    assert best(own, "iban") == ("iban", "en")
    assert best(own, "invoice") is None
    assert best(own, "paket", "de") is None
    assert best(own, "parcel arrives") == ("delivery", "en")
    assert Index.open(own).documents == len(SHOP) - 1


def test_a_question_that_was_unlearned_is_forgotten(own: Path) -> None:
    update(own, [replace(REFUND, questions=())])

    assert Index.open(own).search("where is my money", language="en").hits[0].question == ""


def test_an_update_leaves_the_files_there_were_as_they_are(own: Path) -> None:
    before = {path: (own / path).read_bytes() for path in files(own) if path.name not in LISTS}

    update(own, [replace(PIN, title="Forgotten PIN")], ["receipt"])

    assert {path: (own / path).read_bytes() for path in before if (own / path).exists()}.items() <= before.items()
    assert set(files(own)) - set(before)


def test_many_updates_leave_few_files(own: Path) -> None:
    for turn in range(20):
        update(own, [replace(PIN, body=f"Turn {turn}.")])

    assert len(files(own)) < 200
    assert best(own, "turn 19") == ("pin", "en")


def test_who_reads_an_index_goes_on_while_it_is_changed(own: Path) -> None:
    index = Index.open(own)

    update(own, [], ["pin"])

    assert index.search("change pin", language="en").hits[0].id == "pin"
    assert best(own, "change pin") != ("pin", "en")


def test_what_files_names_is_all_that_is_needed(shop: Path, tmp_path: Path) -> None:
    for path in files(shop):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copyfile(shop / path, tmp_path / path)

    assert best(tmp_path, "refund") == ("refund", "en")
    update(tmp_path, [], ["refund"])
    assert best(tmp_path, "refund") != ("refund", "en")


def test_synonyms_find_what_they_stand_for_and_stay_until_others_are_given(own: Path) -> None:
    update(own, [], synonyms={"bill": ["invoice"]})
    update(own, [], ["pin"])
    assert best(own, "my bill") == ("receipt", "en")

    update(own, [], synonyms={})
    assert best(own, "bill") is None


@pytest.mark.parametrize("broken", ["nothing", "no notes", "other format", "notes cut", "list cut", "file gone"])
def test_a_folder_that_cannot_be_read_is_told_at_once(own: Path, broken: str) -> None:
    match broken:
        case "nothing":
            shutil.rmtree(own)
        case "no notes":
            (own / NOTES).unlink()
        case "other format":
            (own / NOTES).write_text(json.dumps({"format": 0, "synonyms": {}}))
        case "notes cut":
            (own / NOTES).write_text('{"format"')
        case "list cut":
            (own / "articles/meta.json").write_text('{"segm')
        case "file gone":
            next((own / "articles").glob("*.idx")).unlink()

    with pytest.raises(BrokenIndex):
        Index.open(own)
    with pytest.raises(BrokenIndex):
        update(own, [PIN])


TENTS = (
    Document(
        id="seam",
        language="en",
        title="Repairing a tent seam",
        body="Pitch the tent dry and inside out. Spread seam sealer thinly over the stitches. Let it dry for 12 hours.",
    ),
    Document(
        id="returns",
        language="en",
        title="Returning goods",
        body="You may return anything within 30 days of delivery. Print the label from your order's page, and drop it "
        "at the post office. We refund you to the card you paid with.",
    ),
    Document(id="ship", language="en", title="Countries we ship to", body="We ship to Norway, Canada and China."),
)


@pytest.fixture(scope="module")
def tents(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("tents")
    build(folder, TENTS)
    return Index.open(folder)


@pytest.mark.parametrize("asked", ["Where is my order?", "Can I cancel my order?", "My card was charged twice."])
def test_the_only_article_that_has_a_word_of_it_is_no_answer_yet(tents: Index, asked: str) -> None:
    found = tents.search(asked, language="en")

    assert ([hit.id for hit in found.hits][:1], found.answered) == (["returns"], False)


def test_a_letter_is_answered_by_what_answers_the_question_in_it(tents: Index) -> None:
    found = tents.search(
        "Good morning,\nI hope you are well. I bought a tent from you last summer and liked it in general. "
        "At the weekend it rained and water came in. How can I repair the seam myself?\nKind regards",
        language="en",
    )

    assert (found.hits[0].id, found.answered) == ("seam", True)
    assert found.hits[0].confidence == pytest.approx(found.confidence)


@pytest.mark.parametrize(
    "letter",
    [
        "Complaint\nYour colleague was rude to me. I paid by card. I want to speak to your boss.",
        "Hello,\nI moved to a new house. Please change my address. My order number is 12345.",
    ],
)
def test_a_few_words_in_a_letter_about_something_else_find_no_answer(tents: Index, letter: str) -> None:
    assert not tents.search(letter, language="en").answered
