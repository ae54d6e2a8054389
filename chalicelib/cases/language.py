"""In which language do we answer? What she said, else what we know of her, else what her script tells."""

from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer

ENOUGH = 0.2  # of the letters; a foreign name or a quoted sign is less
LOOKED_AT = 2_000  # characters


def of_case(arrival: Arrival, customer: Customer) -> str:
    if customer.language_chosen and customer.language:
        return customer.language
    return arrival.language or customer.language or by_script(f"{arrival.subject} {arrival.text}")


def of_answers(case: Case, customer: Customer) -> str:
    """What was chosen for her since goes before what her case began in."""
    if customer.language_chosen and customer.language:
        return customer.language
    return case.language or customer.language


def by_script(text: str) -> str:
    """`zh-Hans` for text in Han characters without Japanese or Korean ones; empty when the script does not tell."""
    letters = [char for char in text[:LOOKED_AT] if char.isalpha()]
    han = sum("\u4e00" <= char <= "\u9fff" for char in letters)
    if any("\u3040" <= char <= "\u30ff" or "\uac00" <= char <= "\ud7a3" for char in letters):
        return ""
    return "zh-Hans" if letters and han >= ENOUGH * len(letters) else ""
