"""What a customer says of a solved case, by a link in a mail: `/r/<token>`.

Each link stands for one score. Opening it changes nothing, because mail scanners open links, often all of them: the
page comes with that score chosen, and its one button posts it, with what she wants to add (docs/decisions/0026).
"""

from chalice.app import Blueprint

from chalicelib.auth import service as auth
from chalicelib.auth.access import Open
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.settings import settings
from chalicelib.model.rating import LONGEST_COMMENT, SCORES
from chalicelib.ratings import service as ratings
from chalicelib.web.kit import Page, Visit, page, words_only
from chalicelib.web.render import render

bp = Blueprint(__name__)

_TEXTS = {
    "en": {
        "title": "How was it?",
        "question": "Your vote",
        "should": "What should we have done? (You may leave this empty.)",
        "button": "Send",
    },
    "zh-Hans": {
        "title": "您满意吗？",
        "question": "您的评价",
        "should": "我们本应怎么做？（可不填）",
        "button": "提交",
    },
}
_SCORES = {
    "en": ("very bad", "bad", "so-so", "good", "very good"),
    "zh-Hans": ("很不好", "不好", "一般", "好", "很好"),
}
_DONE = {
    "en": ("Thank you", "Your vote counts. You may change it with the links in our mail: the last one counts."),
    "zh-Hans": ("谢谢", "您的评价已记录。可以用邮件里的链接修改，以最后一次为准。"),
}
_OVER = {
    "en": ("It is too late for this one", "This question is over. If something is still open, just write to us."),
    "zh-Hans": ("已经结束", "此次评价已结束。如果还有问题，请直接写信给我们。"),
}


@page(bp, "/r/{token}", methods=["GET", "POST"], access=Open.BY_LINK)
def rate(visit: Visit, token: str) -> Page:
    """A score that is not on the form is the link's own."""
    ballot = auth.ballot(token)
    if visit.method == "GET":
        texts, scores = _TEXTS[visit.language], tuple(zip(SCORES, _SCORES[visit.language], strict=True))
        return Page(
            render(
                "rating.html",
                language=visit.language,
                company=settings().company_name,
                score=ballot.score,
                scores=scores[::-1],
                longest=LONGEST_COMMENT,
                **texts,
            )
        )
    chosen = visit.form.get("score", "")
    score = int(chosen) if chosen in map(str, SCORES) else ballot.score
    comment = " ".join(visit.form.get("comment", "").split())[:LONGEST_COMMENT]
    try:
        ratings.vote(ballot.customer_id, ballot.rating_id, score, comment)
    except Conflict:
        return Page(words_only(visit, *_OVER[visit.language]))
    return Page(words_only(visit, *_DONE[visit.language]))
