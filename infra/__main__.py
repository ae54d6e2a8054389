"""`python -m infra <verb>`: all one does to a stage from a terminal. `make help` lists the usual ones."""

import argparse
import getpass
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from infra import articles, privacy, recalibrate, reindex, stack
from infra.cloud import DEFAULT_ENDPOINT, Cloud
from infra.deploy import deploy, deploy_local, destroy, switch_sending
from infra.dns_records import is_published, needed_records
from infra.front_door import DEFAULT_PORT as DOOR_PORT
from infra.front_door import FrontDoor
from infra.hub import add_admin, create_api_key, revoke_api_key, role_names, scope_names
from infra.keys import keep_client_secret, rotate_keys
from infra.local_cloud import DEFAULT_HOME, DEFAULT_PORT, LocalCloud, serve_until_interrupted
from infra.mailbox import Mailbox, show
from infra.packaging import host_architecture, package
from infra.preflight import preflight
from infra.queues import redrive
from infra.replay import asked_for, replay, wait
from infra.stages import Stage, load_stage, local_stage
from infra.status import status
from infra.trouble import Trouble

Verb = Callable[[argparse.Namespace], None]


def main(arguments: list[str] | None = None) -> int:
    """Runs one verb; what the operator can put right is one line on standard error, and the answer 1."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    if arguments is None:
        arguments = sys.argv[1:]
    if arguments[:1] == ["demo"]:
        from infra.demo import main as demo  # a story of its own, with its own arguments

        return _in_one_line(lambda: demo(arguments[1:]))
    options = _parser().parse_args(arguments)
    return _in_one_line(lambda: options.run(options))


def _in_one_line(run: Callable[[], int | None]) -> int:
    try:
        return int(run() or 0)
    except Trouble as trouble:
        print(f"error: {trouble}", file=sys.stderr)
    except EndpointConnectionError as error:
        hint = ": is the local cloud up? (make up, make demo)" if "127.0.0.1" in str(error) else ""
        print(f"error: {error}{hint}", file=sys.stderr)
    except (BotoCoreError, ClientError) as error:
        print(f"error: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    return 1


def _up(options: argparse.Namespace) -> None:
    with LocalCloud(options.home, options.port) as cloud:
        print(f"local cloud: {cloud.endpoint}")
        deployed = deploy_local(cloud, options.stage, options.sending or "on")
        box = Mailbox(cloud, deployed, options.home / "mailbox")
        with FrontDoor(cloud, deployed, options.smtp_port) as door, box:
            serve_until_interrupted(
                cloud,
                f"\nAPI      {deployed.api_url}\n"
                f"mail to  anything@{deployed.inbound_domain} by SMTP at 127.0.0.1:{door.port}\n"
                f"mailbox  {box.folder} (python -m infra mailbox)\nCtrl-C stops it and keeps its state.",
            )


def _deploy(options: argparse.Namespace) -> None:
    cloud, stage = _where(options)
    current = stack.find(cloud, stage.stack_name) if _can_ask(cloud) else None
    sending = options.sending or (current.sending if current else "off")
    preflight(cloud, stage, sending)
    deployed = deploy(cloud, stage, sending=options.sending)
    print(f"\nAPI      {deployed.api_url}\nmail to  anything@{deployed.inbound_domain}")
    print(f"sending  {deployed.sending}")
    for record in needed_records(cloud, stage) if cloud.target == "aws" else ():
        published = is_published(record)
        if not published:
            print(f"DNS      {record}   ({record.why}{'; not checked' if published is None else ''})")


def _can_ask(cloud: Cloud) -> bool:
    """Without credentials preflight says so better than the first call would."""
    try:
        return bool(cloud.account)
    except (BotoCoreError, ClientError):
        return False


def _preflight(options: argparse.Namespace) -> None:
    preflight(*_where(options), sending=options.sending or "off")


def _status(options: argparse.Namespace) -> None:
    print(status(*_where(options)))


def _redrive(options: argparse.Namespace) -> None:
    cloud, stage = _where(options)
    redrive(cloud, stack.require(cloud, stage.stack_name), options.queue)


def _replay(options: argparse.Namespace) -> None:
    asked = asked_for(options.since, options.until, quarantine=options.quarantine)
    cloud, stage = _where(options)
    deployed = stack.require(cloud, stage.stack_name)
    total = replay(cloud, deployed, asked)
    what = "quarantined mails" if asked.quarantine else "mails"
    watch = "LOCAL=1" if options.local else f"STAGE={stage.name}"
    print(f"{total:,} {what} of {asked.first} to {asked.last} are read again; watch with: make status {watch}")
    if options.wait:
        wait(cloud, deployed)


def _export(options: argparse.Namespace) -> None:
    cloud, stage = _where(options)
    deployed = stack.require(cloud, stage.stack_name)
    if options.dry_run:
        print("\n".join(privacy.inventory(cloud, deployed, options.customer)))
        return
    asked = {"author": options.author, "reason": options.reason}
    print(privacy.export(cloud, deployed, options.customer, **asked, to=options.to))


def _erase(options: argparse.Namespace) -> None:
    cloud, stage = _where(options)
    deployed = stack.require(cloud, stage.stack_name)
    found = privacy.inventory(cloud, deployed, options.customer)
    if options.dry_run:
        print("\n".join([*found, "What stays:", *(f"  {line}" for line in privacy.stays())]))
        return
    if not (options.yes and options.author and options.reason):
        raise Trouble("she would be gone for good: say --author, --reason and --yes, or look first with --dry-run")
    asked = {"author": options.author, "reason": options.reason}
    erasure_id = privacy.erase(cloud, deployed, options.customer, **asked)
    print(f"erasure {erasure_id} has begun")
    if options.wait:
        privacy.wait_until_forgotten(cloud, deployed, erasure_id)


def _articles_export(options: argparse.Namespace) -> None:
    cloud, stage = _where(options)
    count = articles.export(cloud, stack.require(cloud, stage.stack_name), options.format, options.to)
    print(f"{count} articles are in {options.to}")


def _articles_import(options: argparse.Namespace) -> None:
    cloud, stage = _where(options)
    counts = articles.take_in(
        cloud,
        stack.require(cloud, stage.stack_name),
        options.format,
        options.source,
        language=options.language,
        publish=options.publish,
        dry_run=options.dry_run,
    )
    print(", ".join(f"{count} {result}" for result, count in sorted(counts.items())) or "there are no articles in it")


def _recalibrate(options: argparse.Namespace) -> None:
    cloud, stage = _where(options)
    deployed = stack.require(cloud, stage.stack_name)
    run = recalibrate.start(cloud, deployed)
    print(f"run {run} is under way")
    if options.wait:
        print(recalibrate.told(recalibrate.wait(cloud, deployed, run)))


def _reindex(options: argparse.Namespace) -> None:
    cloud, stage = _where(options)
    deployed = stack.require(cloud, stage.stack_name)
    before = reindex.start(cloud, deployed)
    print("everything is indexed anew; until it is done, what there is goes on to be searched")
    if options.wait:
        print(reindex.told(reindex.wait(cloud, deployed, before)))


def _sending(options: argparse.Namespace) -> None:
    cloud, stage = _where(options)
    if options.switch == "on":
        preflight(cloud, stage, "on")
    print(f"sending is {switch_sending(cloud, stage.stack_name, options.switch).sending}")


def _rotate_keys(options: argparse.Namespace) -> None:
    cloud, stage = _where(options)
    print(f"{stage.keys_parameter}: {rotate_keys(cloud, stage)}")


def _api_key(options: argparse.Namespace) -> None:
    cloud, stage = _where(options)
    deployed = stack.require(cloud, stage.stack_name)
    if options.revoke:
        revoke_api_key(cloud, deployed, options.revoke)
        print(f"{options.revoke} is revoked: within a minute it lets nobody in")
        return
    if not (options.name and (options.role or options.scopes)):
        raise Trouble(f"give --name, and --role or --scopes; scopes are {', '.join(scope_names())}")
    scopes = options.scopes.split(",") if options.scopes else []
    print(create_api_key(cloud, deployed, options.name, scopes, role=options.role, team=options.team))
    print("keep it well: it is shown this once", file=sys.stderr)


def _staff_admin(options: argparse.Namespace) -> None:
    cloud, stage = _where(options)
    deployed = stack.require(cloud, stage.stack_name)
    print(add_admin(cloud, deployed, options.email, options.name))
    print(f"she signs in at {deployed.api_url}/sign-in", file=sys.stderr)


def _client_secret(options: argparse.Namespace) -> None:
    keep_client_secret(*_where(options), secret=getpass.getpass("client secret (empty: none): ").strip())


def _destroy(options: argparse.Namespace) -> None:
    cloud, stage = _where(options)
    if not options.yes:
        what = "and ALL ITS DATA" if options.delete_data else "(its data stays)"
        raise Trouble(f"this removes {stage.stack_name} in {cloud.region} {what}: say --yes if you mean it")
    destroy(cloud, stage, delete_data=options.delete_data)


def _package(options: argparse.Namespace) -> None:
    architecture = host_architecture() if options.local else "arm64"
    print(package(options.stage or "dev", architecture, print).zip_path.parent)


def _mailbox(options: argparse.Namespace) -> None:
    print(show(options.home / "mailbox", options.number))


def _where(options: argparse.Namespace) -> tuple[Cloud, Stage]:
    if options.local:
        return Cloud.local(options.local), local_stage(options.stage or "dev")
    if not options.stage:
        raise Trouble("which stage? give --stage (make: STAGE=…), or --local for the local cloud")
    stage = load_stage(options.stage)
    return Cloud.aws(options.region or stage.region or None), stage


def _privacy_verbs(verb: Callable[..., argparse.ArgumentParser], where: argparse.ArgumentParser) -> None:
    asked = argparse.ArgumentParser(add_help=False)
    asked.add_argument("customer", help="her id")
    asked.add_argument("--dry-run", action="store_true", help="only count what there is")
    asked.add_argument("--author", default="", help="who answers for it")
    asked.add_argument("--reason", default="", help="why; do not name her")
    all_of_her = verb("export", _export, "all there is of a customer, as one zip", where, asked)
    all_of_her.add_argument("--to", type=Path, default=Path(), metavar="FOLDER")
    gone = verb("erase", _erase, "forget a customer, for good", where, asked)
    gone.add_argument("--yes", action="store_true")
    gone.add_argument("--wait", action="store_true", help="until nothing of hers is left, an hour at most")


def _data_verbs(verb: Callable[..., argparse.ArgumentParser], where: argparse.ArgumentParser) -> None:
    _privacy_verbs(verb, where)
    _article_verbs(verb, where)


def _renewing_verbs(verb: Callable[..., argparse.ArgumentParser], where: argparse.ArgumentParser) -> None:
    night = verb("recalibrate", _recalibrate, "renew the value index over all customers now, as each night does", where)
    night.add_argument("--wait", action="store_true", help="until it is over, and tell its figures")
    anew = verb("reindex", _reindex, "have the whole knowledge base indexed anew", where)
    anew.add_argument("--wait", action="store_true", help="until it is searched, and tell its size")


def _article_verbs(verb: Callable[..., argparse.ArgumentParser], where: argparse.ArgumentParser) -> None:
    form = argparse.ArgumentParser(add_help=False)
    form.add_argument("--format", choices=("markdown", "csv", "zendesk"), default="markdown")
    out = verb("articles-export", _articles_export, "the knowledge base as files", where, form)
    out.add_argument("--to", type=Path, default=Path("articles"), metavar="FOLDER")
    into = verb("articles-import", _articles_import, "take articles in from a folder or a file", where, form)
    into.add_argument("source", type=Path, help="a folder of Markdown files, a zip, CSV or JSON")
    into.add_argument("--language", default="en", help="of texts that do not say theirs")
    into.add_argument("--publish", action="store_true", help="those the files call published are read at once")
    into.add_argument("--dry-run", action="store_true", help="only say what would be done")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra", description="Deploys and looks after Liana.")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="verb")

    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--stage", help="name of the deployment: dev, prod …")
    where.add_argument("--region", help="AWS region; else the stage file's or your AWS configuration's")
    where.add_argument(
        "--local",
        nargs="?",
        const=DEFAULT_ENDPOINT,
        metavar="ENDPOINT",
        help="the local cloud instead of AWS",
    )
    home = argparse.ArgumentParser(add_help=False)
    home.add_argument("--home", type=Path, default=DEFAULT_HOME, help="folder of the local cloud's state")

    switch = argparse.ArgumentParser(add_help=False)
    switch.add_argument("--sending", choices=("on", "off"), help="may customers get mail? as it is, if not given")

    def verb(name: str, run: Verb, text: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=text, description=text, parents=list(parents))
        added.set_defaults(run=run)
        return added

    verbs.add_parser("demo", help="the whole story on the local cloud")
    up = verb("up", _up, "start the local cloud, deploy to it and serve until Ctrl-C", home, switch)
    up.add_argument("--stage", default="dev")
    up.add_argument("--port", type=int, default=DEFAULT_PORT)
    up.add_argument("--smtp-port", type=int, default=DOOR_PORT)
    verb("deploy", _deploy, "check, package, deploy", where, switch)
    verb("preflight", _preflight, "look at what could go wrong", where, switch)
    verb("status", _status, "stack, switch, queues and dead letters", where)
    back = verb("redrive", _redrive, "send dead letters back to their queues", where)
    back.add_argument("queue", nargs="?", default="all")
    again = verb("replay", _replay, "read stored mail again: of some days, or what was quarantined on them", where)
    again.add_argument("--from", dest="since", metavar="DAY", help="first day (UTC), such as 2026-11-01")
    again.add_argument("--to", dest="until", metavar="DAY", help="last day; today if not given")
    again.add_argument("--quarantine", action="store_true", help="only what was quarantined; of 30 days without --from")
    again.add_argument("--wait", action="store_true", help="until all is read, an hour at most")
    _data_verbs(verb, where)
    _renewing_verbs(verb, where)
    turn = verb("sending", _sending, "turn sending on or off", where)
    turn.add_argument("switch", choices=("on", "off"))
    verb("rotate-keys", _rotate_keys, "make a new signing key known; ten minutes later, sign with it", where)
    key = verb("api-key", _api_key, "make an API key for one of your systems, or revoke one", where)
    key.add_argument("--name", help="which system it is for; a later key of this name is the same caller")
    key.add_argument("--role", choices=role_names(), default="", help="what whoever uses it does")
    key.add_argument("--scopes", help="what it may do, besides its role: facts:write,customers:read …")
    key.add_argument("--team", default="", help="for this team's customers, and those who are everybody's")
    key.add_argument("--revoke", metavar="ID", help="the part of a key between its underscores")
    admin = verb(
        "staff-admin", _staff_admin, "make somebody an admin of all teams: the first of them, or one more", where
    )
    admin.add_argument("email", help="the address she signs in by")
    admin.add_argument("--name", required=True, help="as her colleagues know her")
    verb("client-secret", _client_secret, "keep the secret by which the company's issuer knows this stage", where)
    remove = verb("destroy", _destroy, "remove the stage; data is kept unless told otherwise", where)
    remove.add_argument("--yes", action="store_true")
    remove.add_argument("--delete-data", action="store_true")
    verb("package", _package, "make template and zip under .build/", where)
    box = verb("mailbox", _mailbox, "list the local mailbox, or show one mail", home)
    box.add_argument("number", nargs="?", type=int)
    return parser


if __name__ == "__main__":
    for asked_to_end in (signal.SIGTERM, signal.SIGINT):  # a background job is born deaf to the latter
        signal.signal(asked_to_end, signal.default_int_handler)
    sys.exit(main())
