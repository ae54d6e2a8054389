"""The images of articles, for whoever may read a text that shows them: `/help/images/<id>.png`.

What lies at an address never changes, so browsers keep it. API Gateway hands bytes on only to who asks for an image
first, as browsers do for those of a page
(https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html); others are led to the
store, for some minutes.
"""

import re

from chalice.app import Blueprint

from chalicelib.auth.access import Open
from chalicelib.kernel import ids
from chalicelib.kernel.errors import NotFound
from chalicelib.knowledge import illustrating
from chalicelib.model.article import Audience
from chalicelib.web.kit import Page, Visit, page

bp = Blueprint(__name__)
# What browsers ask for first where a page shows an image. app.py tells API Gateway of them.
ASKED_FOR = ("image/avif", "image/webp", "image/apng", "image/png", "image/jpeg", "image/gif")
KEPT = "public, max-age=31536000, immutable"
KEPT_BY_HER = "private, max-age=300"  # whoever signs in after her on this machine may not be one of its readers
_FILE = re.compile(r"([0-9A-Z]{26})\.(png|jpg|gif|webp)")


@page(bp, "/help/images/{file}", methods=["GET"], access=Open.PUBLIC)
def article_image(visit: Visit, file: str) -> Page:
    """As it lies there, and nothing a browser would run."""
    match = _FILE.fullmatch(file)
    if not match or not ids.is_ulid(match[1]):
        raise NotFound("there is no such image")
    who = visit.principal
    image, article = illustrating.image_for(
        match[1], customer_id=who.customer_id if who else "", agent=bool(who and who.staff_id)
    )
    if image.file != file:
        raise NotFound("there is no such image")
    everybodys = article.audience is Audience.PUBLIC
    if visit.accept.partition(",")[0].partition(";")[0].strip().lower() not in ASKED_FOR:
        return Page("", 302, {"Location": illustrating.link_to(image).url, "Cache-Control": "no-store"})
    headers = {
        "Content-Type": image.type,
        "Cache-Control": KEPT if everybodys else KEPT_BY_HER,
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Vary": "Accept" if everybodys else "Accept, Cookie",
    }
    return Page(illustrating.content_of(image), 200, headers)
