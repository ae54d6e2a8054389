"""How many days is what kept? By kind of data, 0 for good."""

from dataclasses import dataclass, fields

from chalicelib.kernel.errors import Permanent


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """Days from the moment a row is about; a case's and what led to it count from its last change. Names are kinds of
    rows, but for `usage` (facts that are counted, not told) and `quarantine` (arrivals linked to nobody)."""

    interaction: int = 1095  # texts and attachments go with it
    fact: int = 1095
    usage: int = 400
    event: int = 1095
    task: int = 1095
    case: int = 1095
    message: int = 1095
    quarantine: int = 400
    question: int = 400
    look: int = 400
    access: int = 400


LEAST = 1
LEAST_OF = {"fact": 400, "usage": 400}  # what undoing a merge and the value index look back over

# An erasure finds what lies outside her partition by what led to it, which must not be gone before.
FOUND_BY = {"case": "event", "message": "interaction", "quarantine": "interaction"}


def read_retention(text: str) -> Retention:
    """`look=400 usage=400`: what is not named keeps its default. Raises Permanent, saying what to correct."""
    names = [f.name for f in fields(Retention)]
    told: dict[str, int] = {}
    for entry in text.replace(",", " ").split():
        name, _, days = entry.partition("=")
        if name not in names:
            raise Permanent(f"retention knows no {name!r}; it may name {', '.join(names)}, as in look=400")
        if name in told:
            raise Permanent(f"retention names {name} twice")
        if not (days.isascii() and days.isdigit()):
            raise Permanent(f"retention {entry}: write whole days, as in {name}=400; 0 keeps it for good")
        told[name] = int(days)
        least = LEAST_OF.get(name, LEAST)
        if 0 < told[name] < least:
            raise Permanent(f"retention {entry}: at least {least} days, which the rules look back over; 0 is for good")
    kept = Retention(**told)
    for name, by in FOUND_BY.items():
        days, most = getattr(kept, name), getattr(kept, by)
        if most and not 0 < days <= most:
            raise Permanent(
                f"retention {name}={days} would outlive {by}={most}, by which an erasure finds it: say {name}={most}"
                " or less"
            )
    return kept
