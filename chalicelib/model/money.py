"""Money is an integer of minor units and an ISO 4217 code; books are kept in one currency per stage."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Money:
    minor: int
    currency: str

    def __str__(self) -> str:
        return f"{self.minor / 100:,.2f} {self.currency}"
