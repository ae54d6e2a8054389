from dataclasses import replace

from chalicelib.kernel.messages import CareForArticle, RefreshSearch
from chalicelib.knowledge import keeping
from chalicelib.knowledge.upkeep import VOTES_THAT_TELL
from chalicelib.model.upkeep import ArticleCare, Votes

CARE = ArticleCare(article_id="lamps", votes=Votes(not_helpful=VOTES_THAT_TELL - 1), standing=60)


def test_an_article_that_does_not_help_is_found_further_down_and_queued_at_once() -> None:
    worse = replace(CARE, votes=Votes(not_helpful=VOTES_THAT_TELL), standing=50)

    assert keeping.readers_spoke({"lamps": CARE}, [worse]) == (
        RefreshSearch(article_id="lamps"),
        CareForArticle(article_id="lamps"),
    )
    assert keeping.readers_spoke({"lamps": worse}, [CARE])[-1] == CareForArticle(article_id="lamps")


def test_one_more_vote_of_the_same_kind_changes_nothing_else() -> None:
    before = replace(CARE, votes=Votes(not_helpful=50))

    assert keeping.readers_spoke({"lamps": before}, [replace(before, votes=Votes(not_helpful=51))]) == ()
