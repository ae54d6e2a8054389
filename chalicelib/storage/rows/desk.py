"""Agents, and how much the desk has to do."""

from datetime import datetime

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.model.agent import Agent, Presence
from chalicelib.model.load import DeskLoad
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row


class AgentRow(Row, discriminator="agent"):
    model = Agent
    id = UnicodeAttribute()
    name = UnicodeAttribute(null=True)
    skills = MapOf(null=True)
    languages = MapOf(null=True)
    capacity = MapOf(null=True)
    queues = ListOf(null=True)
    teams = ListOf(null=True)
    presence = UnicodeAttribute()
    present_until = UnicodeAttribute(null=True)
    held = MapOf(null=True)
    offered = UnicodeAttribute(null=True)
    began = MapOf(null=True)
    pace = MapOf(null=True)
    taken_back = ListOf(null=True)
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute(null=True)
    edition = NumberAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Agent) -> Key:
        return keys.agent(thing.id)

    @classmethod
    def list_place(cls, thing: Agent) -> Key:
        return keys.agent_by_id(thing.id)

    @classmethod
    def due_place(cls, thing: Agent) -> tuple[keys.DueLane, datetime] | None:
        """When she is taken for gone, unless she says something before."""
        return ("work", thing.present_until) if thing.present_until else None

    @classmethod
    def queue_place(cls, thing: Agent) -> Key | None:
        """Among those who are there."""
        return keys.present_agent(thing.id) if thing.presence is Presence.ONLINE and thing.present_until else None


class DeskLoadRow(Row, discriminator="desk_load"):
    model = DeskLoad
    at = UnicodeAttribute()
    queues = MapOf(null=True)
    named = ListOf(null=True)
    groups = MapOf(null=True)
    out = NumberAttribute(null=True)

    @classmethod
    def key_of(cls, _thing: DeskLoad) -> Key:
        return keys.LOAD

    @classmethod
    def due_place(cls, thing: DeskLoad) -> tuple[keys.DueLane, datetime] | None:
        """While calls are out that may have to come back."""
        return ("work", thing.look_at) if thing.look_at else None
