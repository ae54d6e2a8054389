"""The JSON that SES publishes, out of an SQS record body: in an SNS envelope, or bare (raw delivery)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


class NotSesMessage(ValueError):
    """The body is not what SES publishes: it goes to the dead-letter queue for a person to look at."""


def ses_message(body: str | bytes) -> Mapping[str, Any]:
    """The published object; {} for the plain words SNS and SES send when a topic is set up."""
    data = _json(body)
    if isinstance(data, dict) and "Message" in data and "Type" in data:
        if data["Type"] != "Notification":
            return {}
        text = data["Message"]
        if isinstance(text, str) and text.startswith("Successfully validated"):
            return {}
        data = _json(text)
    if not isinstance(data, dict):
        raise NotSesMessage("the message is not a JSON object")
    return data


def section(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, dict) else {}


def words(value: object) -> tuple[str, ...]:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()


def moment(value: object) -> datetime | None:
    """An ISO 8601 time as aware UTC; None when it is none."""
    try:
        at = datetime.fromisoformat(str(value))
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the last hours of the year 9999 have no UTC
        return None


def _json(text: object) -> Any:
    if not isinstance(text, (str, bytes)):
        raise NotSesMessage("the message is not text")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise NotSesMessage("the message is not JSON") from None
