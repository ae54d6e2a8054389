"""`make demo`: the whole of Liana on the embedded local cloud, with a small company and a story to tell.

ONESHOT=1 ends after the story, with 0 if every step of it came true. The state stays in .liana/; a later
run finds it there, and `make demo-reset` forgets it.
"""

import argparse
import json
import os
import shutil
import time
from pathlib import Path

from infra.deploy import deploy_local
from infra.front_door import DEFAULT_PORT as DOOR_PORT
from infra.front_door import FrontDoor
from infra.hub import Hub, create_api_key, scope_names
from infra.local_cloud import DEFAULT_HOME, DEFAULT_PORT, LocalCloud, serve_until_interrupted
from infra.mailbox import Mailbox
from infra.stack import Stack
from infra.story import Storyteller
from infra.trouble import Trouble


def main(arguments: list[str]) -> int:
    options = _parser().parse_args(arguments)
    if options.reset:
        shutil.rmtree(options.home, ignore_errors=True)
        print("the demo's state is forgotten")
        return 0
    began = time.monotonic()
    with LocalCloud(options.home, options.port) as cloud:
        print(f"local cloud   {cloud.endpoint}")
        deployed = deploy_local(cloud)
        with (
            FrontDoor(cloud, deployed, options.smtp_port) as door,
            Mailbox(cloud, deployed, options.home / "mailbox") as mailbox,
        ):
            hub = Hub(cloud, deployed, _key(cloud, deployed, options.home))
            print(f"served after  {time.monotonic() - began:.0f} s")
            Storyteller(hub, door, mailbox).tell()
            _settle(cloud)
            if options.oneshot:
                return 0
            _serve(cloud, deployed, hub, door.port, mailbox.folder)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra demo", description=__doc__)
    parser.add_argument("--home", type=Path, default=DEFAULT_HOME, help="where the state lies")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="of the local cloud")
    parser.add_argument("--smtp-port", type=int, default=DOOR_PORT, help="of the mail door")
    parser.add_argument("--oneshot", action="store_true", default=os.environ.get("ONESHOT") == "1")
    parser.add_argument("--reset", action="store_true", help="forget the state and do nothing else")
    return parser


def _key(cloud: LocalCloud, deployed: Stack, home: Path) -> str:
    """The demo's own API key, kept beside its state and as private."""
    path = home / "api-key.json"
    if path.exists():
        kept = json.loads(path.read_text())
        if kept["table"] == deployed.table_name:
            return str(kept["key"])
    key = create_api_key(cloud, deployed, "demo", scope_names())
    path.touch(mode=0o600)
    path.write_text(json.dumps({"table": deployed.table_name, "key": key}))
    return key


def _serve(cloud: LocalCloud, deployed: Stack, hub: Hub, smtp_port: int, folder: Path) -> None:
    serve_until_interrupted(
        cloud,
        f"""
Liana is running. Try it:
  API       {deployed.api_url}   (read about it: {deployed.api_url}/docs)
  key       {hub.key}
            curl -H 'Authorization: Bearer {hub.key}' {deployed.api_url}/v1/cases
  mail to   support@{deployed.inbound_domain}, by SMTP at 127.0.0.1:{smtp_port}
  mailbox   make mailbox     (what customers got: {folder})
Ctrl-C stops it; the state stays for the next `make demo`.""",
    )


def _settle(cloud: LocalCloud) -> None:
    """Before the cloud may stop: what is still on its way arrives, because a restart forgets the stream."""
    queues = cloud.client("sqs")
    end = time.monotonic() + 20
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    urls = [url for url in queues.list_queues().get("QueueUrls", []) if "DeadLetters" not in url]
    while time.monotonic() < end:
        depths = [
            int(value)
            for url in urls
            for value in queues.get_queue_attributes(QueueUrl=url, AttributeNames=counts)["Attributes"].values()
        ]
        if not any(depths):
            return
        time.sleep(cloud.pause)
    raise Trouble("messages are still waiting after 20 s: `make status` shows where")
