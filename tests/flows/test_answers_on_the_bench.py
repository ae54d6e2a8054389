"""An answer with articles: from the agent to the customer, counted once whatever is repeated or raced."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.cases import service
from chalicelib.cases.service import TakenIn
from chalicelib.knowledge import service as knowledge
from chalicelib.model.article import Article, ArticleText
from chalicelib.model.case import Case
from chalicelib.storage import knowledge as storage
from tests.workbench import Bench, mail_bytes, text_of

SLUG = "returning-goods"
TEXTS = {
    "en": ArticleText("Returning goods", "You may return anything within 30 days."),
    "zh-Hans": ArticleText("退货", "您可以在 30 天内退回任何商品。"),
}
AGENTS = 4


def write(texts: dict[str, ArticleText] = TEXTS) -> None:
    knowledge.put_article(SLUG, texts, by="help desk", expected=None, publish=True)


def answer(case_id: str, key: str = "reply:1") -> TakenIn:
    return service.reply(
        case_id,
        author="Grace",
        text="Dear customer,",
        then="wait",
        articles=[SLUG],
        receipt_key=key,
        fingerprint="f",
    )


def answers(bench: Bench) -> list[str]:
    return [text_of(mail) for mail in bench.sent if "Dear customer," in text_of(mail)]


def article(bench: Bench) -> Article:
    (found,) = bench.rows(Article)
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(("text", "language"), [("I want my money back.", "en"), ("我想退货，可以吗？", "zh-Hans")])
def test_an_article_reaches_her_in_the_language_she_wrote_in(bench: Bench, text: str, language: str) -> None:
    write()
    bench.receive(f"Content-Language: {language}\r\n".encode() + mail_bytes(text))
    bench.run()
    (case,) = bench.rows(Case)

    taken = [answer(case.id) for _ in range(3)]
    bench.run()

    assert [again.duplicate for again in taken] == [False, True, True]
    (mail,) = answers(bench)
    assert f"{TEXTS[language].title}\n\n{TEXTS[language].body}" in mail.replace("\r\n", "\n")
    assert article(bench).used == 1
    assert bench.failures == []


def test_an_article_that_changes_while_it_is_inserted_is_sent_as_it_is_then(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    write()
    bench.receive(mail_bytes())
    bench.run()
    (case,) = bench.rows(Case)
    read = storage.named

    def read_just_before_a_change(slugs: list[str]) -> dict[str, Article]:
        found = read(slugs)
        monkeypatch.setattr(storage, "named", read)
        write({"en": ArticleText("Returning goods", "Within 60 days.")})
        return found

    monkeypatch.setattr(storage, "named", read_just_before_a_change)
    answer(case.id)
    bench.run()

    (mail,) = answers(bench)
    assert "Within 60 days." in mail
    assert (article(bench).used, article(bench).edition) == (1, 2)


@pytest.mark.cloud
def test_agents_who_insert_one_article_at_the_same_time_are_all_counted(cloud_bench: Bench) -> None:
    write()
    for number in range(AGENTS):
        sender = f"customer{number}@example.org"
        cloud_bench.receive(mail_bytes(sender=sender), source=sender)
    cloud_bench.run()
    cases = [case.id for case in cloud_bench.rows(Case)]

    with ThreadPoolExecutor(AGENTS) as agents:
        list(agents.map(answer, cases, (f"reply:{case_id}" for case_id in cases)))
    cloud_bench.run()

    assert article(cloud_bench).used == len(answers(cloud_bench)) == AGENTS
