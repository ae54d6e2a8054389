"""What the company set of a play, read: numbers of days, lists of names, and which article goes with what."""

from datetime import UTC, date, datetime, time, timedelta

from chalicelib.model.play import Parameter
from chalicelib.outreach.plays.base import Given

ANY = "*"


def days(given: Given, parameter: Parameter) -> timedelta:
    return timedelta(days=float(given[parameter.name]))


def names(given: Given, parameter: Parameter) -> tuple[str, ...]:
    """`gold, platinum`: two names."""
    return tuple(filter(None, (name.strip() for name in str(given[parameter.name]).split(","))))


def found_for(what: str, given: Given, parameter: Parameter) -> str:
    """What `moved=moving-house birth=new-child *=other` says of `what`; empty: nothing."""
    pairs = (pair.partition("=") for pair in str(given[parameter.name]).replace(",", " ").split())
    said = {name: value for name, _, value in pairs}
    return said.get(what) or said.get(ANY, "")


def start_of(day: str) -> datetime:
    """Of a day as facts tell it, by UTC."""
    return datetime.combine(date.fromisoformat(day), time(), UTC)
