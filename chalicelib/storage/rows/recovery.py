"""How contacts were for her: moods, recoveries, ratings."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib import configuration
from chalicelib.model.mood import MoodLabel
from chalicelib.model.rating import Rating
from chalicelib.model.recovery import Recovery
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row, kept_until


class RecoveryRow(Row, discriminator="recovery"):
    model = Recovery
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    opened_at = UnicodeAttribute()
    tier = UnicodeAttribute()
    for_role = UnicodeAttribute()
    case_id = UnicodeAttribute(null=True)
    causes = ListOf(null=True)
    done = ListOf(null=True)
    seen = ListOf(null=True)
    answered_at = UnicodeAttribute(null=True)
    follow_until = UnicodeAttribute()
    state = UnicodeAttribute()
    settled_at = UnicodeAttribute(null=True)
    settled_by = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Recovery) -> Key:
        return keys.timeline(thing.customer_id, thing.id)

    @classmethod
    def due_place(cls, thing: Recovery) -> tuple[keys.DueLane, datetime] | None:
        return ("outreach", thing.follow_until) if thing.open else None

    @classmethod
    def list_place(cls, thing: Recovery) -> Key | None:
        """Open ones of a tier, the oldest first."""
        return keys.open_recovery(thing.tier, thing.id) if thing.open else None

    @classmethod
    def expiry_of(cls, thing: Recovery) -> datetime | None:
        return None if thing.open else kept_until(thing.settled_at or thing.opened_at, configuration.retention().event)


class RatingRow(Row, discriminator="rating"):
    model = Rating
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    case_id = UnicodeAttribute()
    solved_at = UnicodeAttribute()
    due_at = UnicodeAttribute()
    tier = UnicodeAttribute(null=True)
    channel = UnicodeAttribute()
    topic = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    asked_at = UnicodeAttribute(null=True)
    interaction_id = UnicodeAttribute(null=True)
    score = NumberAttribute(null=True)
    comment = UnicodeAttribute(null=True)
    votes = ListOf(null=True)
    updated_at = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: Rating) -> Key:
        return keys.timeline(thing.customer_id, thing.id)

    @classmethod
    def due_place(cls, thing: Rating) -> tuple[keys.DueLane, datetime] | None:
        return ("outreach", thing.next_look_at) if thing.next_look_at else None

    @classmethod
    def list_place(cls, thing: Rating) -> Key | None:
        """Those that were answered, by score."""
        return keys.rating_by_score(thing.score, thing.id) if thing.votes else None

    @classmethod
    def expiry_of(cls, thing: Rating) -> datetime | None:
        return kept_until(thing.updated_at, configuration.retention().event)


class MoodLabelRow(Row, discriminator="mood_label"):
    model = MoodLabel
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    interaction_id = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    level = UnicodeAttribute()
    judged = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: MoodLabel) -> Key:
        return keys.mood_label(thing.customer_id, thing.interaction_id)

    @classmethod
    def list_place(cls, thing: MoodLabel) -> Key:
        return keys.mood_label_by_age(thing.id)

    @classmethod
    def expiry_of(cls, thing: MoodLabel) -> datetime | None:
        return kept_until(thing.at, configuration.retention().interaction)
