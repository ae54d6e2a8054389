"""What a customer sees of herself: nothing that is meant for the staff."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from chalicelib.kernel import ids
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Customer
from chalicelib.triggers.answers.shared import Output


class LingeringOut(Output, frozen=True):
    """It is recorded."""

    fact_id: str


class OwnOfferOut(Output, frozen=True):
    """What becomes of the offer she took up: a task of an agent who rings her, or a case."""

    wants: str
    task_id: str
    case_id: str


class OwnConsentOut(Output, frozen=True):
    channel: str
    purpose: str
    granted: bool
    at: datetime


class MeOut(Output, frozen=True):
    customer_id: str
    name: str
    language: str
    language_chosen: Annotated[bool, Meta(description="It was said; otherwise it is what she wrote in.")]
    left_alone_until: Annotated[datetime | None, Meta(description="Until then nobody contacts her first.")]
    time_zone: str
    emails: list[str]
    open_cases: int
    consents: list[OwnConsentOut]

    @classmethod
    def of(cls, customer: Customer) -> "MeOut":
        said = sorted(customer.consents.items())
        return cls(
            customer_id=customer.id,
            name=customer.name,
            language=customer.language,
            language_chosen=customer.language_chosen,
            left_alone_until=customer.not_before,
            time_zone=customer.time_zone,
            emails=customer.handles_of("email"),
            open_cases=len(customer.open_cases),
            consents=[
                OwnConsentOut(
                    channel=key.partition("/")[0],
                    purpose=key.partition("/")[2],
                    granted=consent.granted,
                    at=consent.at,
                )
                for key, consent in said
            ],
        )


class OwnCaseOut(Output, frozen=True):
    number: str
    subject: str
    status: CaseStatus
    opened_at: datetime
    answer_by: Annotated[
        datetime | None, Meta(description="By when she is answered; null: nothing is promised, or it was answered.")
    ]

    @classmethod
    def of(cls, case: Case) -> "OwnCaseOut":
        return cls(
            number=ids.case_number(case.id),
            subject=case.subject,
            status=case.status,
            opened_at=case.opened_at,
            answer_by=answer_by(case),
        )


class OwnCasesOut(Output, frozen=True):
    """The newest first."""

    customer_id: str
    items: list[OwnCaseOut]


def answer_by(case: Case) -> datetime | None:
    """What she was told last: when the promise broke, or is about to, it is the later time she was told instead."""
    promise = case.promise
    if promise is None or promise.kept_at is not None:
        return None
    return promise.told_by or promise.due_at
