"""Public holidays as days, for the settings of a stage: functions are told days, and need no library of holidays
(docs/decisions/0020-holidays.md)."""

from collections.abc import Iterable

from infra.trouble import Trouble

YEARS = 4  # this one and the next three: within them a stage has to be deployed again


def days_of(place: str, years: Iterable[int]) -> dict[str, str]:
    """The holidays of a country (`DE`) or a part of it (`DE-BY`), by year: `{"2026": "0101 0106"}`; none for no place.

    Raises Trouble for a place it does not know.
    """
    if not place:
        return {}
    import holidays

    country, _, part = place.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=part or None, years=years)
    except NotImplementedError:
        parts = holidays.list_supported_countries().get(country)
        known = f"parts of {country} are {', '.join(parts)}" if parts else "a country looks like DE, a part like DE-BY"
        raise Trouble(f"holidays: nobody knows those of {place!r}; {known}") from None
    by_year: dict[str, list[str]] = {}
    for day in sorted(found):
        by_year.setdefault(f"{day:%Y}", []).append(f"{day:%m%d}")
    return {year: " ".join(days) for year, days in by_year.items()}
