"""A blueprint's function is deployed as `its.module.function`: each must import alone, with nothing in the
environment, and without app.py (aws/chalice#1566)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALONE = [
    "chalicelib.triggers.inbound_mail.inbound_mail",
    "chalicelib.triggers.mail_feedback.mail_feedback",
    "chalicelib.triggers.facts_in.take_facts",
    "chalicelib.triggers.relay.relay",
    "chalicelib.triggers.follow_ups.follow_ups",
    "chalicelib.triggers.delivery.delivery",
    "chalicelib.triggers.background.background",
    "chalicelib.triggers.publishing.publish",
    "chalicelib.triggers.webhooks_out.send_webhooks",
    "chalicelib.triggers.schedule.act_on_due",
    "chalicelib.triggers.schedule.plan_outreach",
    "chalicelib.triggers.schedule.reconcile_mail",
    "chalicelib.triggers.schedule.calibrate",
    "chalicelib.triggers.authorizer.api_authorizer",
]
SCRIPT = """
import importlib, sys
module, _, name = sys.argv[1].rpartition(".")
handler = getattr(importlib.import_module(module), name)
assert callable(handler)
loaded = {"app", "boto3", "jinja2", "moto"} & set(sys.modules)
assert not loaded, f"{sys.argv[1]} loads {sorted(loaded)}"
"""


def test_every_function_that_is_deployed_is_in_the_list() -> None:
    from app import app

    deployed = [source.handler_string for source in (*app.event_sources, *app.builtin_auth_handlers)]

    assert sorted(deployed) == sorted(ALONE)


@pytest.mark.parametrize("handler", ALONE)
def test_a_function_imports_alone_and_needs_nothing_of_the_environment(handler: str) -> None:
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, handler],
        env=bare,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
