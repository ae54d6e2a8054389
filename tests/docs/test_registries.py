"""What is registered in the code is described in the documents, by its name."""

import ast
import inspect
import json
import re
import tomllib
from dataclasses import fields

import pytest

from chalicelib import outreach
from chalicelib.channels import REGISTRY, Channel
from chalicelib.kernel import messages
from chalicelib.kernel.settings import Settings
from chalicelib.model.policy import REFERENCE_COSTS
from chalicelib.outreach import guardrails, plays
from chalicelib.outreach.plays.base import Play
from chalicelib.triggers import api, handlers
from chalicelib.triggers.http import Operation
from tests.docs.pages import REPOSITORY, row_of, rows, section, spans, text

ARCHITECTURE, MESSAGES, PLAYS = "docs/architecture.md", "docs/messages.md", "docs/plays.md"
OPERATIONS, API = "docs/operations.md", "docs/api.md"
FUNCTIONS = json.loads((REPOSITORY / ".chalice/config.json").read_text())["lambda_functions"]
TEMPLATE = (REPOSITORY / "infra/resources.yaml").read_text()
DOTTED = re.compile(r"[a-z_]+(\.[a-z_]+)+")
CONTRACTS = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def handler_names() -> dict[str, str]:
    """The function each message's entry in HANDLERS or LONG_HANDLERS calls, as `module.function`."""
    tables = [
        node.value
        for node in ast.parse(inspect.getsource(handlers)).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict)
    ]
    called = [pair for table in tables for pair in zip(table.keys, table.values, strict=True)]
    return {
        ast.unparse(key): ast.unparse(entry.body.func)  # type: ignore[arg-type,attr-defined]
        for key, entry in called
        if isinstance(entry, ast.Lambda)
    }


@pytest.mark.parametrize("kind", messages.ALL, ids=lambda kind: kind.__name__)
def test_every_message_is_described_with_its_lane_and_handler(kind: type[messages.Message]) -> None:
    described = row_of(MESSAGES, kind.__name__)

    assert described, f"{kind.__name__} is not in {MESSAGES}"
    _, sender, lane, handler, harmless = described
    assert sender
    assert harmless
    assert f"`{kind.lane}`" in lane
    assert handler.strip("`").split(".")[-1] == handler_names()[kind.__name__].split(".")[-1]


def test_no_message_is_described_that_does_not_exist() -> None:
    described = {row[0].strip("`") for row in rows(MESSAGES) if row[0].startswith("`")}

    assert described == {kind.__name__ for kind in messages.ALL}


@pytest.mark.parametrize("play", plays.ALL, ids=lambda play: play.name)
def test_every_play_is_described_with_goal_trigger_purpose_and_texts(play: Play) -> None:
    described = section(PLAYS, f"### {play.name}")

    assert described, f"{play.name} has no section in {PLAYS}"
    assert play.goal in described
    assert f"`{play.purpose}`" in described
    assert [fact for fact in play.triggers if f"`{fact.value}`" not in described] == []
    texts = REPOSITORY / "chalicelib/outreach/plays/templates" / play.name
    assert [f.name for f in texts.iterdir() if f"`{play.name}/{f.name}`" not in described] == []


def test_no_play_is_described_that_does_not_exist() -> None:
    described = re.findall(r"^### (.+)$", section(PLAYS, "## Plays"), re.MULTILINE)

    assert described == [play.name for play in plays.ALL]


def test_guardrails_are_described_in_the_order_they_are_asked() -> None:
    section = text(PLAYS).partition("\n## Guardrails\n")[2].partition("\n**Who passes by what**")[0]
    described = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)

    assert described == [rule.__name__ for rule in guardrails.GUARDRAILS]


@pytest.mark.parametrize("setting", [f.name for f in fields(Settings)])
def test_every_setting_is_described(setting: str) -> None:
    assert re.search(rf"\b{setting.upper()}\b", text(OPERATIONS)), f"{setting.upper()} is not in {OPERATIONS}"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_is_described(function: str) -> None:
    assert row_of(ARCHITECTURE, function), f"{function} is not among the triggers of {ARCHITECTURE}"


@pytest.mark.parametrize("channel", REGISTRY.values(), ids=lambda channel: channel.name)
def test_every_channel_is_described_with_its_reference_cost(channel: Channel) -> None:
    described = row_of(ARCHITECTURE, channel.name)

    assert described, f"{channel.name} is not in {ARCHITECTURE}"
    assert described[2].startswith(f"{REFERENCE_COSTS[channel.name] / 100:.2f}")


@pytest.mark.parametrize("contract", [contract["name"] for contract in CONTRACTS])
def test_every_import_contract_is_described(contract: str) -> None:
    described = {row[0].lower() for row in rows(ARCHITECTURE)}

    assert contract.lower() in described, f"{contract!r} is not in {ARCHITECTURE}"


@pytest.mark.parametrize("operation", api.api.operations, ids=lambda operation: operation.name)
def test_every_endpoint_is_described_with_its_scope(operation: Operation) -> None:
    described = row_of(API, f"{operation.method} {operation.path}")

    assert described, f"{operation.method} {operation.path} is not in {API}"
    assert operation.scope is None or f"`{operation.scope.value}`" in described


@pytest.mark.parametrize("name", re.findall(r"^  (\w+(?:Alarm|DeadLetters)):", TEMPLATE, re.MULTILINE))
def test_every_alarm_and_dead_letter_queue_is_described(name: str) -> None:
    assert re.search(rf"\b{name}\b", text(OPERATIONS)), f"{name} is not in {OPERATIONS}"


@pytest.mark.parametrize("room", sorted(p.parent.name for p in (REPOSITORY / "chalicelib").glob("*/__init__.py")))
def test_every_room_is_on_the_map(room: str) -> None:
    assert f"](chalicelib/{room})" in text("README.md"), f"chalicelib/{room} is not on the README's map"
    assert room in text(ARCHITECTURE)


def test_spans_name_functions_and_modules_that_exist() -> None:
    """`intake.take_in`, `mail.parse.parse_mail`: the last name stands in a module of the one before."""
    rooms = REPOSITORY / "chalicelib"
    modules: dict[str, list[str]] = {}
    for path in rooms.rglob("*.py"):
        modules.setdefault(path.stem, []).append(path.read_text("utf-8"))
    wrong = []
    for name in (ARCHITECTURE, MESSAGES, PLAYS, "docs/data-model.md", "README.md"):
        for span in spans(name):
            if not DOTTED.fullmatch(span) or span.endswith((".py", ".md", ".txt", ".toml")):
                continue
            module, function = span.split(".")[-2:]
            defined = re.compile(rf"^(def )?{function}\b", re.MULTILINE)
            is_module = (rooms / f"{span.replace('.', '/')}.py").exists()
            if not is_module and not any(defined.search(source) for source in modules.get(module, ())):
                wrong.append(f"{name}: {span}")

    assert wrong == []


def test_names_stand_in_the_files_the_documents_give_them() -> None:
    """`REGISTRY` of `chalicelib/channels/__init__.py`: the file holds the name."""
    said = re.compile(r"`(\w+)`(?: or `(\w+)`)?,? (?:of|in) `([\w./]+\.py)`")
    wrong = []
    for name in ("README.md", ARCHITECTURE, MESSAGES, PLAYS):
        for first, second, path in said.findall(text(name)):
            found = [p for p in (REPOSITORY / path, REPOSITORY / "chalicelib" / path) if p.exists()]
            source = found[0].read_text("utf-8") if found else ""
            missing = [word for word in (first, second) if not re.search(rf"\b{word}\b", source)]
            wrong += [f"{name}: {word} in {path}" for word in missing if word]

    assert wrong == []


def test_the_largest_room_tells_what_is_in_it() -> None:
    room = REPOSITORY / "chalicelib/outreach"
    inside = {path.stem for path in room.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    told = {word for line in (outreach.__doc__ or "").splitlines()[2:] for word in re.findall(r"\w+", line[23:])}

    assert inside - {"__init__"} - told == set()
