"""The only source of the current time; rules never call it, they are told the time."""

from datetime import UTC, datetime, timedelta

SKEW = timedelta(minutes=5)  # how far another machine's clock may be ahead of ours


def now() -> datetime:
    """The current time, aware, in UTC, cut to milliseconds (what the table keeps)."""
    return to_millis(datetime.now(UTC))


def to_millis(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)


def iso(at: datetime) -> str:
    """Fixed-width RFC 3339 in UTC, so that text order is time order: `2026-11-21T20:44:26.123Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(text: str) -> datetime:
    return datetime.fromisoformat(text)
