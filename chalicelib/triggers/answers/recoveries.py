"""Recoveries, ratings, moods, and what they come to."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, field

from chalicelib.model.interaction import Interaction
from chalicelib.model.mood import Mood, MoodLabel, MoodLevel
from chalicelib.model.rating import Rating, RatingState
from chalicelib.model.recovery import Cause, Caused, Deed, Done, Recovery, RecoveryState, Seen, Sign
from chalicelib.triggers.answers.shared import Links, Next, Output


class PlaceOut(Output, frozen=True):
    """From one character of the text to before another, counted from 0."""

    begin: int
    end: int


class MoodOut(Output, frozen=True):
    """How a contact sounds, and by what."""

    level: MoodLevel
    score: Annotated[float, Meta(description="-1 is furious, 1 is glad or plain.")]
    because: Annotated[list[PlaceOut], Meta(description="Where the words stand that weighed most.")]
    leaving: Annotated[list[PlaceOut], Meta(description="Where she speaks of leaving, lawyers or the public.")]
    by: Annotated[str, Meta(description="Liana, a service, or the agent who corrected it.")]

    @classmethod
    def of(cls, mood: Mood) -> "MoodOut":
        return cls(
            level=mood.level,
            score=mood.score / 100,
            because=[PlaceOut(begin, end) for begin, end in mood.because],
            leaving=[PlaceOut(begin, end) for begin, end in mood.leaving],
            by=mood.by,
        )


class MoodSaid(Output, frozen=True):
    """A contact with how it sounds from now on."""

    interaction_id: str
    customer_id: str
    mood: MoodOut | None

    @classmethod
    def of(cls, contact: Interaction) -> "MoodSaid":
        return cls(
            interaction_id=contact.id,
            customer_id=contact.customer_id,
            mood=MoodOut.of(contact.mood) if contact.mood else None,
        )


class MoodLabelOut(Output, frozen=True):
    """What an agent said of a contact, to learn from."""

    interaction_id: str
    customer_id: str
    at: datetime
    by: str
    level: MoodLevel
    judged: Annotated[MoodLevel | None, Meta(description="What it was taken for before.")]
    language: str
    text: Annotated[str, Meta(description="What she wrote, or the first kilobyte of it.")]

    @classmethod
    def of(cls, label: MoodLabel, contact: Interaction) -> "MoodLabelOut":
        return cls(
            interaction_id=contact.id,
            customer_id=label.customer_id,
            at=label.at,
            by=label.by,
            level=label.level,
            judged=label.judged,
            language=label.language,
            text=contact.preview,
        )


class MoodLabelsOut(Output, frozen=True):
    items: list[MoodLabelOut]
    next: Next


class CausedOut(Output, frozen=True):
    """What went wrong, and where it shows."""

    cause: Cause
    at: datetime
    case_id: str
    entry_id: str
    detail: str

    @classmethod
    def of(cls, caused: Caused) -> "CausedOut":
        return cls(
            cause=caused.cause,
            at=caused.at,
            case_id=caused.case_id,
            entry_id=caused.entry_id,
            detail=caused.detail,
        )


class DoneOut(Output, frozen=True):
    at: datetime
    by: str
    did: Deed
    note: str

    @classmethod
    def of(cls, done: Done) -> "DoneOut":
        return cls(at=done.at, by=done.by, did=done.what, note=done.note)


class SeenOut(Output, frozen=True):
    sign: Sign
    at: datetime
    entry_id: str

    @classmethod
    def of(cls, seen: Seen) -> "SeenOut":
        return cls(sign=seen.sign, at=seen.at, entry_id=seen.entry_id)


class RecoveryOut(Output, frozen=True, tag_field="kind", tag="recovery"):
    """That we let her down, from the first cause to whether we kept her."""

    id: str
    at: datetime
    customer_id: str
    tier: str
    for_role: Annotated[str, Meta(description="Whose it is: agent or lead.")]
    case_id: str
    causes: list[CausedOut]
    done: list[DoneOut]
    seen: Annotated[list[SeenOut], Meta(description="What she did since; of each kind the newest.")]
    answered_at: datetime | None
    follow_until: datetime
    state: RecoveryState
    settled_at: datetime | None
    settled_by: Annotated[str, Meta(description="Empty: it followed from what she did.")]
    reason: str

    @classmethod
    def of(cls, recovery: Recovery) -> "RecoveryOut":
        return cls(
            id=recovery.id,
            at=recovery.opened_at,
            customer_id=recovery.customer_id,
            tier=recovery.tier,
            for_role=recovery.for_role,
            case_id=recovery.case_id,
            causes=[CausedOut.of(caused) for caused in recovery.causes],
            done=[DoneOut.of(done) for done in recovery.done],
            seen=[SeenOut.of(seen) for seen in recovery.seen],
            answered_at=recovery.answered_at,
            follow_until=recovery.follow_until,
            state=recovery.state,
            settled_at=recovery.settled_at,
            settled_by=recovery.settled_by,
            reason=recovery.reason,
        )


class RecoveriesOut(Output, frozen=True):
    """Open ones: the highest tier first, in it the oldest."""

    items: list[RecoveryOut]
    next: Next


class RatingOut(Output, frozen=True, tag_field="kind", tag="rating"):
    """How a solved case was for her. `score` and `comment` are of her last vote; 0: none yet."""

    id: str
    at: datetime
    customer_id: str
    case_id: str
    topic: str
    tier: str
    channel: str
    state: RatingState
    reason: Annotated[str, Meta(description="Why she was not asked.")]
    asked_at: datetime | None
    score: int
    comment: Annotated[str, Meta(description="What we should have done.")]
    votes: Annotated[int, Meta(description="How often she voted.")]
    voted_at: datetime | None

    @classmethod
    def of(cls, rating: Rating) -> "RatingOut":
        return cls(
            id=rating.id,
            at=rating.solved_at,
            customer_id=rating.customer_id,
            case_id=rating.case_id,
            topic=rating.topic,
            tier=rating.tier,
            channel=rating.channel,
            state=rating.state,
            reason=rating.reason,
            asked_at=rating.asked_at,
            score=rating.score,
            comment=rating.comment,
            votes=len(rating.votes),
            voted_at=rating.votes[-1].at if rating.votes else None,
        )


class RatingsOut(Output, frozen=True):
    items: list[RatingOut]
    next: Next


class RecoveryLine(Output, frozen=True):
    """Of a day, a cause and a tier."""

    day: date
    cause: str
    tier: str
    caused: Annotated[int, Meta(description="How often it was seen on that day.")]
    opened: Annotated[int, Meta(description="Recoveries that began with it.")]
    answered: Annotated[int, Meta(description="Of these, how many customers had an answer since.")]
    seconds_to_answer: Annotated[int | None, Meta(description="On average, from the beginning to that answer.")]
    kept: int
    lost: int
    kept_share: Annotated[float | None, Meta(description="Of those that are settled.")]


class RecoveryReport(Output, frozen=True):
    """Figures by the day a recovery began. They stay when a customer is erased."""

    items: list[RecoveryLine]
    links: Links = field(name="_links")


class RatingLine(Output, frozen=True):
    """Of a tier, a channel and a topic."""

    tier: str
    channel: str
    topic: str
    sent: int
    answered: int
    share: Annotated[float | None, Meta(description="Answered of sent.")]
    mean: Annotated[float | None, Meta(description="Of last votes, 1 to 5.")]


class RatingReport(Output, frozen=True):
    """Figures of those who were asked on these days. They stay when a customer is erased."""

    items: list[RatingLine]
    links: Links = field(name="_links")
