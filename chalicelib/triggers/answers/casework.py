"""What became of a case, and which fields cases have."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, field

from chalicelib.model.case_field import CaseField, FieldType
from chalicelib.model.history import CaseChange
from chalicelib.triggers.answers.shared import Links, Next, Output


class ChangedOut(Output, frozen=True):
    """A field before and after, as text; of a list, what left it and what joined it. Empty: nothing."""

    name: Annotated[str, Meta(description="The field's; what lies in it has a dot before its own: promise.due_at")]
    was: str = field(name="from")
    now: str = field(name="to")


class ChangeOut(Output, frozen=True):
    """One change of a case: who, when, why, and what."""

    edition: Annotated[int, Meta(description="The case's from then on.")]
    at: datetime
    by: Annotated[str, Meta(description="An agent, a key's name, customer, or Liana: rules and the clock.")]
    why: str
    changed: list[ChangedOut]

    @classmethod
    def of(cls, change: CaseChange) -> "ChangeOut":
        changed = [ChangedOut(name=name, was=told.was, now=told.now) for name, told in change.changed.items()]
        return cls(edition=change.edition, at=change.at, by=change.by, why=change.why, changed=changed)


class CaseHistoryOut(Output, frozen=True):
    """Who changed what of a case, newest first."""

    items: list[ChangeOut]
    next: Next


class CaseFieldOut(Output, frozen=True):
    """A field of your company's own."""

    name: str
    type: FieldType
    choices: list[str]
    required_to_solve: bool
    topic: Annotated[str, Meta(description="Of the cases that have it; empty: all.")]

    @classmethod
    def of(cls, found: CaseField) -> "CaseFieldOut":
        return cls(
            name=found.name,
            type=found.type,
            choices=list(found.choices),
            required_to_solve=found.required_to_solve,
            topic=found.topic,
        )


class CaseFieldsOut(Output, frozen=True):
    items: list[CaseFieldOut]


class CasesRegrouped(Output, frozen=True):
    """Which case goes on, and which other it was made of or into."""

    case_id: str
    case_number: str
    other_id: str
    other_number: str
    links: Links = field(name="_links")
