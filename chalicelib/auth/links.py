"""Signed links in mails: whoever holds the mail may do what the link says, and nothing else.

An unsubscribe link never expires: it must work in a mail of three years ago.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from chalicelib.auth.sealing import seal, unseal
from chalicelib.kernel import clock
from chalicelib.kernel.signing import Keys

_PURPOSE = "unsubscribe"
_PREFERENCES = "preferences"
_VOTE = "vote"
_QUESTION = "question"


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
class PreferencesLink:
    """Whose preferences a link opens, which notice carried it, and until when: it may agree as well as refuse."""

    customer_id: str
    about: str
    until: datetime


def preferences_token(link: PreferencesLink, keys: Keys) -> str:
    """For the path of a URL: `/p/<token>`."""
    payload = json.dumps([link.customer_id, link.about, clock.iso(link.until)], separators=(",", ":"))
    return seal(payload, keys, purpose=_PREFERENCES)


def read_preferences_token(token: str, keys: Keys) -> PreferencesLink | None:
    """None when we did not make it. Whether its time is over is another question."""
    payload = unseal(token, keys, purpose=_PREFERENCES)
    if payload is None:
        return None
    customer_id, about, until = json.loads(payload)
    return PreferencesLink(customer_id, about, clock.from_iso(until))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLink:
    """What the links beside articles stand for ("This solved it", "I still need you"): one question, whose it is, and
    the case it is about, if there is one. A visitor's names no customer."""

    customer_id: str = ""
    visitor_id: str = ""
    question_id: str
    case_id: str = ""
    until: datetime

    def over(self, now: datetime) -> bool:
        return now >= self.until


def question_token(link: QuestionLink, keys: Keys) -> str:
    """For the path of a URL: `/help/solved/<token>` and `/help/person/<token>`. The same link, the same token."""
    said = [link.customer_id, link.visitor_id, link.question_id, link.case_id, clock.iso(link.until)]
    return seal(json.dumps(said, separators=(",", ":")), keys, purpose=_QUESTION)


def read_question_token(token: str, keys: Keys) -> QuestionLink | None:
    """None when we did not make it. Whether its time is over is another question: `over`."""
    payload = unseal(token, keys, purpose=_QUESTION)
    if payload is None:
        return None
    customer_id, visitor_id, question_id, case_id, until = json.loads(payload)
    return QuestionLink(
        customer_id=customer_id,
        visitor_id=visitor_id,
        question_id=question_id,
        case_id=case_id,
        until=clock.from_iso(until),
    )
