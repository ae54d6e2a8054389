"""Machine keys in the table, each under its own id."""

from chalicelib.kernel.decision import Decision
from chalicelib.model.machine import MachineKey
from chalicelib.storage import keys
from chalicelib.storage.commit import commit
from chalicelib.storage.table import row_at


def machine_key(key_id: str) -> MachineKey | None:
    found: MachineKey | None = row_at(keys.machine(key_id))
    return found


def save_machine_key(key: MachineKey) -> None:
    commit(Decision(changes=(key,), reason="machine-key"))
