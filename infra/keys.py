"""The signing keys of a stage: one SSM SecureString, made once, turned over now and then.

Its value is `{"current": "a", "keys": {"a": "<64 hex digits>"}}`; ids are single characters. Old keys stay,
so that what they signed (reply addresses, unsubscribe links in mails already sent) still holds.
"""

import json
import secrets
import string
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.cloud import Cloud
from infra.stages import Stage
from infra.trouble import Trouble

_IDS = string.ascii_lowercase + string.digits
_KNOWN_AFTER = timedelta(minutes=10)


def ensure_keys(cloud: Cloud, stage: Stage) -> bool:
    """Makes the stage's keys unless there are some; True if it made them."""
    if _read(cloud, stage.keys_parameter) is not None:
        return False
    _write(cloud, stage.keys_parameter, {"current": _IDS[0], "keys": {_IDS[0]: _new_key()}}, first=True)
    return True


def rotate_keys(cloud: Cloud, stage: Stage, now: datetime | None = None) -> str:
    """One of two steps, and what it did: a new key is made known, then, once every function has read it, signed with.

    Functions read the keys anew every five minutes; signing at once would make tokens that some do not know yet.
    """
    now = now or datetime.now(UTC)
    value = _read(cloud, stage.keys_parameter)
    if value is None:
        raise Trouble(f"{stage.keys_parameter} does not exist in {cloud.region}: deploy the stage first")
    if coming := value.get("next"):
        ready_at = datetime.fromisoformat(coming["since"]) + _KNOWN_AFTER
        if now < ready_at:
            raise Trouble(f"key {coming['id']} is not known everywhere yet: run it again after {ready_at:%H:%M} UTC")
        del value["next"]
        value["current"] = coming["id"]
        _write(cloud, stage.keys_parameter, value, first=False)
        return f"signing with key {coming['id']} now; what older keys signed stays valid"
    free = [key_id for key_id in _IDS if key_id not in value["keys"]]
    if not free:
        raise Trouble(f"{stage.keys_parameter} holds {len(_IDS)} keys: remove the oldest by hand, then rotate again")
    value["keys"][free[0]] = _new_key()
    value["next"] = {"id": free[0], "since": now.isoformat(timespec="seconds")}
    _write(cloud, stage.keys_parameter, value, first=False)
    return f"key {free[0]} is made known; run it again in ten minutes to sign with it"


def keep_client_secret(cloud: Cloud, stage: Stage, secret: str) -> None:
    """What the company's issuer knows the stage by; functions read it within five minutes. Empty: none any more."""
    name = f"{stage.keys_parameter}-client"
    if not secret:
        cloud.client("ssm").delete_parameters(Names=[name])
        return
    cloud.client("ssm").put_parameter(
        Name=name, Value=secret, Type="SecureString", Overwrite=True, Description="Liana's client secret at the issuer"
    )


def forget_keys(cloud: Cloud, stage: Stage) -> None:
    cloud.client("ssm").delete_parameters(Names=[stage.keys_parameter, f"{stage.keys_parameter}-client"])


def _new_key() -> str:
    return secrets.token_hex(32)


def _read(cloud: Cloud, name: str) -> Any:
    found = cloud.client("ssm").get_parameters(Names=[name], WithDecryption=True)["Parameters"]
    return json.loads(found[0]["Value"]) if found else None


def _write(cloud: Cloud, name: str, value: Any, *, first: bool) -> None:
    cloud.client("ssm").put_parameter(
        Name=name,
        Value=json.dumps(value),
        Type="SecureString",
        Overwrite=not first,
        Description="Liana's signing keys",
    )
