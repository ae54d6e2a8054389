"""Signed links in mails: whoever holds the mail may do what the link says, and nothing else.

An unsubscribe link never expires: it must work in a mail of three years ago.
"""

import json
from dataclasses import dataclass

from chalicelib.auth.sealing import seal, unseal
from chalicelib.kernel.signing import Keys

_PURPOSE = "unsubscribe"
_VOTE = "vote"


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """What a link stands for; `about` says which notice carried it (a task's id)."""

    customer_id: str
    channel: str
    purpose: str
    about: str


def unsubscribe_token(customer_id: str, channel: str, purpose: str, about: str, keys: Keys) -> str:
    """For the path of a URL: `/u/<token>`."""
    payload = json.dumps([customer_id, channel, purpose, about], separators=(",", ":"))
    return seal(payload, keys, purpose=_PURPOSE)


def read_unsubscribe_token(token: str, keys: Keys) -> Unsubscription | None:
    """None when we did not make it."""
    payload = unseal(token, keys, purpose=_PURPOSE)
    return Unsubscription(*json.loads(payload)) if payload is not None else None


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a link in a mail that asks for a rating stands for: hers, and the score she clicked on."""

    customer_id: str
    rating_id: str
    score: int


def vote_token(customer_id: str, rating_id: str, score: int, keys: Keys) -> str:
    """For the path of a URL: `/r/<token>`."""
    payload = json.dumps([customer_id, rating_id, score], separators=(",", ":"))
    return seal(payload, keys, purpose=_VOTE)


def read_vote_token(token: str, keys: Keys) -> Ballot | None:
    """None when we did not make it."""
    payload = unseal(token, keys, purpose=_VOTE)
    return Ballot(*json.loads(payload)) if payload is not None else None
