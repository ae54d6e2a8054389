"""What a customer decides by the link in a mail: `/u/<token>`.

Opening the page changes nothing, because mail scanners open every link. The button on it, and the one-click
request of mail programs (RFC 8058), post to the same URL; the token in it says for whom and what.
"""

from chalice.app import Blueprint

from chalicelib.auth import service as auth
from chalicelib.auth.access import Open
from chalicelib.customers import service as customers
from chalicelib.web.kit import Page, Visit, page, words_only

bp = Blueprint(__name__)

_TEXTS = {
    "en": {
        "ask": (
            "No more of these messages?",
            "We will stop sending you messages of this kind. We still answer when you write.",
        ),
        "button": "Stop these messages",
        "done": (
            "Done",
            "We will not send you messages of this kind any more. Whenever you write to us, we answer.",
        ),
    },
    "zh-Hans": {
        "ask": ("不再接收此类消息？", "我们将停止向您发送此类消息。您来信时，我们仍会回复。"),
        "button": "停止发送",
        "done": ("已完成", "我们不会再向您发送此类消息。您来信时，我们随时回复。"),
    },
}


@page(bp, "/u/{token}", methods=["GET", "POST"], access=Open.BY_LINK)
def unsubscribe(visit: Visit, token: str) -> Page:
    """The body of the POST is not looked at: RFC 8058 allows two encodings of it, and whoever posts here
    means it."""
    link = auth.unsubscription(token)
    texts = _TEXTS[visit.language]
    if visit.method == "GET":
        title, text = texts["ask"]
        return Page(words_only(visit, title, text, button=texts["button"]))
    proof = f"unsubscribe link of {link.about}" if link.about else "unsubscribe link"
    customers.withdraw_consent(link.customer_id, link.channel, link.purpose, proof)
    title, text = texts["done"]
    return Page(words_only(visit, title, text))
