"""How much of what a contact says goes into an answer."""

import json

import msgspec

from chalicelib.cases import views as cases
from chalicelib.kernel.errors import NotFound
from chalicelib.model.interaction import Interaction
from chalicelib.triggers.answers.interactions import InteractionOut, InteractionWhole, Words
from chalicelib.triggers.http import KB, Call

FULL_TEXT_BYTES = 100 * KB
# Of one contact. Lambda answers with 6 MB at most, and a character may become twelve bytes on the way out.
WHOLE_TEXT_BYTES = 400 * KB
HTML_BYTES = 2048 * KB  # as Lambda writes it


def whole(call: Call[None], interaction: Interaction, targets: dict[str, str]) -> InteractionWhole:
    links = {name: call.link(target) for name, target in targets.items()}
    return InteractionWhole.with_words(interaction, _words(interaction), links)


def _words(interaction: Interaction) -> Words:
    found = cases.whole(interaction)
    text, text_complete = _cut(found.said, WHOLE_TEXT_BYTES)
    whole, whole_complete = _cut(found.text or "", WHOLE_TEXT_BYTES)
    left_out = len(found.html) > HTML_BYTES or _as_answered(found.html) > HTML_BYTES
    return Words(
        text=text,
        text_complete=text_complete and not found.said.endswith("…"),
        whole=whole,
        whole_complete=whole_complete and found.text is not None,
        html="" if left_out else found.html,
        html_left_out=left_out,
        blocked_images=found.blocked_images,
    )


def with_text(interaction: Interaction) -> InteractionOut:
    short = InteractionOut.of(interaction)
    if short.text_complete or not (said := _said_in(interaction, FULL_TEXT_BYTES)):
        return short
    return msgspec.structs.replace(short, text=said[0], text_complete=said[1])


def _said_in(interaction: Interaction, most: int) -> tuple[str, bool] | None:
    """What is new in it, and whether that is all; None when it has expired: the beginning is all there is."""
    try:
        return _cut(cases.said_in(interaction), most)
    except NotFound:
        return None


def _cut(text: str, most: int) -> tuple[str, bool]:
    """Its first bytes, and whether that is all of it."""
    data = text.encode()
    return data[:most].decode(errors="ignore"), len(data) <= most


def _as_answered(text: str) -> int:
    """Bytes: Lambda writes our JSON as a string into its own, in ASCII before Python 3.12."""
    return len(json.dumps(msgspec.json.encode(text).decode()))
