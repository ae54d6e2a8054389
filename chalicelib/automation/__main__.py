"""Show which domain events there are, as the documents have them.

python -m chalicelib.automation table
python -m chalicelib.automation schemas
"""

import json
import sys
from typing import Any

from chalicelib.automation.actions import ACTIONS
from chalicelib.automation.events import EVENTS
from chalicelib.automation.events.describing import schema_of


def event_table() -> str:
    """Of docs/events.md."""
    head = ["| event | says | subject | data |", "|---|---|---|---|"]
    rows = [
        f"| `{event.name}` | {event.means} | {', '.join(event.about) or 'nobody'} | {event.data.__name__} |"
        for event in EVENTS
    ]
    return "\n".join([*head, *rows])


def action_table() -> str:
    """Of docs/automation.md."""
    head = ["| do | needs | what it does |", "|---|---|---|"]
    rows = [f"| `{name}` | {', '.join(action.needs)} | {action.means} |" for name, action in ACTIONS.items()]
    return "\n".join([*head, *rows])


def schemas() -> dict[str, Any]:
    """Of docs/events.schema.json: one JSON Schema for every event, which are its definitions."""
    each = {event.name: schema_of(event) for event in EVENTS}
    shared = {name: told for schema in each.values() for name, told in schema.pop("$defs").items()}
    dialect = {schema.pop("$schema") for schema in each.values()}.pop()
    return {"$schema": dialect, "oneOf": [{"$ref": f"#/$defs/{name}"} for name in each], "$defs": {**shared, **each}}


def main(what: str) -> str:
    if what == "schemas":
        return json.dumps(schemas(), indent=1, sort_keys=True)
    return action_table() if what == "actions" else event_table()


if __name__ == "__main__":
    sys.stdout.write(main("".join(sys.argv[1:2])) + "\n")
