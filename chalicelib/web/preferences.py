"""What a customer decides by the links in a mail: `/u/<token>` ends what came by it, `/p/<token>` shows all of it.

Opening the page changes nothing, because mail scanners open every link. The button on it, and the one-click
request of mail programs (RFC 8058), post to the same URL; the token in it says for whom and what.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalice.app import Blueprint

from chalicelib.auth import service as auth
from chalicelib.auth.access import Open
from chalicelib.auth.links import PreferencesLink
from chalicelib.customers import service as customers
from chalicelib.customers import views
from chalicelib.kernel import clock, ids
from chalicelib.kernel.errors import Forbidden
from chalicelib.kernel.settings import settings
from chalicelib.model.customer import Customer, consent_key
from chalicelib.web.kit import Page, Visit, page, words_only
from chalicelib.web.render import render

bp = Blueprint(__name__)
RESTS = (7, 30, 90)  # days she may ask to be left alone for
OFFERED = ("email/service", "phone/service", "sms/service", "app/service")  # besides what she spoke of before
NAMES = (("en", "English"), ("zh-Hans", "简体中文"))

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
_WORDS = {
    "en": {
        "title": "What we may send you",
        "intro": "We always answer when you write. Here you say what else you want to hear from us, and how.",
        "saved": "Saved. It holds from now on.",
        "colon": ": ",
        "yes": "on",
        "no": "off",
        "stop": "Stop",
        "start": "Allow",
        "language": "Your language",
        "rest": "A break from us",
        "resting": "We do not contact you first until {day}, unless something would harm you if you did not know.",
        "not_resting": "Until it is over we contact you first only if something would harm you if you did not know.",
        "rest_for": "{days} days",
        "no_rest": "End the pause",
        "service": "Help with what you have from us",
        "marketing": "Offers and news",
        "email": "E-mail",
        "phone": "Phone calls",
        "sms": "Text messages",
        "app": "Messages in the app",
    },
    "zh-Hans": {
        "title": "您希望收到哪些消息",
        "intro": "您来信时我们一定回复。您可以在此选择还希望收到哪些消息，以及接收方式。",
        "saved": "已保存，立即生效。",
        "colon": "：",
        "yes": "接收",
        "no": "不接收",
        "stop": "停止",
        "start": "允许",
        "language": "您的语言",
        "rest": "暂时不打扰",
        "resting": "{day} 之前我们不会主动联系您，除非不告知会对您不利。",
        "not_resting": "暂停期间，除非不告知会对您不利，我们不会主动联系您。",
        "rest_for": "{days} 天",
        "no_rest": "结束暂停",
        "service": "与您已有产品和服务相关的帮助",
        "marketing": "优惠与新闻",
        "email": "电子邮件",
        "phone": "电话",
        "sms": "短信",
        "app": "应用内消息",
    },
}


@page(bp, "/p/{token}", methods=["GET", "POST"], access=Open.BY_LINK)
def preferences(visit: Visit, token: str) -> Page:
    """Opening it changes nothing. What is posted holds at once; only a form of this page is taken."""
    link = auth.preferences(token)
    if visit.method == "POST":
        if not visit.from_us:
            raise Forbidden("this form did not come from a page of ours")
        _heeded(link, visit.form)
    customer = views.customer(link.customer_id)
    if customer.language_chosen and customer.language in dict(NAMES):
        visit = replace(visit, language=customer.language)
    return _page(visit, customer, saved=visit.method == "POST")


def _heeded(link: PreferencesLink, form: Mapping[str, str]) -> None:
    key = (form.get("channel", ""), form.get("purpose", ""))
    proof = f"preferences link of {link.about}" if link.about else "preferences link"
    if consent_key(*key) in _known(views.customer(link.customer_id)):
        if form.get("granted") == "yes":
            receipt = f"fact:%own:{ids.new_ulid(clock.now())}"
            customers.say_consent(
                link.customer_id, *key, granted=True, proof=proof, receipt_key=receipt, fingerprint=""
            )
        else:
            customers.withdraw_consent(link.customer_id, *key, proof)
    elif form.get("language") in dict(NAMES):
        customers.set_language(link.customer_id, form["language"], chosen=True, by="herself")
    elif form.get("rest_days") in {"0", *map(str, RESTS)}:
        days = int(form["rest_days"])
        customers.leave_alone(link.customer_id, clock.now() + timedelta(days=days) if days else None)


def _known(customer: Customer) -> dict[str, bool]:
    """What she may speak of here: what is offered to everybody, and whatever she spoke of before."""
    return dict.fromkeys(OFFERED, False) | {key: said.granted for key, said in sorted(customer.consents.items())}


def _as_it_is(name: str) -> str:
    """A company's own word for what it sends."""
    return name.replace("_", " ").capitalize()


def _page(visit: Visit, customer: Customer, *, saved: bool) -> Page:
    words = _WORDS[visit.language]
    kinds: dict[str, dict[str, Any]] = {}
    for key, granted in _known(customer).items():
        channel, _, purpose = key.partition("/")
        kind = kinds.setdefault(purpose, {"label": words.get(purpose, _as_it_is(purpose)), "ways": []})
        name = words.get(channel, _as_it_is(channel))
        kind["ways"].append({"channel": channel, "purpose": purpose, "granted": granted, "label": name})
    until = customer.not_before if customer.not_before and customer.not_before > clock.now() else None
    html = render(
        "preferences.html",
        language=visit.language,
        company=settings().company_name,
        words=words,
        kinds=kinds.values(),
        languages=NAMES,
        chosen=customer.language,
        rests=RESTS,
        until=f"{until:%Y-%m-%d}" if until else "",
        saved=saved,
    )
    return Page(html)


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
