"""The data model's page against rows, keys and access patterns."""

import ast
import inspect
import re
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from chalicelib.cases import intake, participants, promises, sending
from chalicelib.desk import matching, routing, service
from chalicelib.mail.message import DEFAULT_LIMITS
from chalicelib.mail.outgoing.compose import REFERENCES_LIMIT
from chalicelib.model import case, interaction, touchpoint
from chalicelib.model.outreach import OutreachPolicy
from chalicelib.model.task import STUCK_AFTER
from chalicelib.outreach import guardrails
from chalicelib.outreach.plays import payment_will_fail
from chalicelib.storage import (
    auth,
    automation,
    brakes,
    calibration,
    campaigns,
    cases,
    correspondence,
    customers,
    desk,
    due,
    gaps,
    histories,
    keys,
    knowledge,
    organisations,
    outreach,
    pilots,
    plays,
    privacy,
    questions,
    ratings,
    recoveries,
    rows,
    search,
    segments,
    staff,
    sweeps,
    tallies,
    visitors,
)
from chalicelib.storage.rows.interactions import RECEIPT_KEPT
from tests.docs import pages
from tests.docs.pages import REPOSITORY, row_of, text

PAGE, ARCHITECTURE, PLAYS = "docs/data-model.md", "docs/architecture.md", "docs/plays.md"
OUTREACH = OutreachPolicy()
MAIL, DESK = "docs/mail.md", "docs/desk.md"
# What is left in storage is how it is kept, not what is asked.
ASKED: dict[str, ModuleType] = {
    module.__name__.rpartition(".")[2]: module
    for module in (
        *(
            auth,
            automation,
            calibration,
            campaigns,
            brakes,
            cases,
            correspondence,
            customers,
            desk,
            due,
            gaps,
            histories,
            knowledge,
            organisations,
            outreach,
            pilots,
            plays,
            privacy,
            questions,
        ),
        *(
            ratings,
            recoveries,
            search,
            segments,
            staff,
            sweeps,
            tallies,
            visitors,
        ),
    )
}
PATTERNS = {row[0]: row for row in pages.rows(PAGE) if re.fullmatch(r"AP-\d+", row[0])}


def minutes(length: timedelta) -> int:
    return length.seconds // 60


def functions_of(module: ModuleType) -> dict[str, Any]:
    return {
        name: found
        for name, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == module.__name__ and not name.startswith("_")
    }


def asked_in(pattern: str) -> set[str]:
    """The functions of a row, as `module.function`."""
    return set(re.findall(r"`(\w+\.\w+)`", PATTERNS[pattern][3]))


def kind_name(kind: type[rows.Row]) -> str:
    (name,) = {stated for stated, owner in KIND_NAMES.items() if owner == kind.__name__}
    return name


def _declared_kinds() -> dict[str, str]:
    """The discriminator of each row class, as its class statement gives it."""
    rooms = (REPOSITORY / "chalicelib/storage/rows").glob("*.py")
    classes = [node for room in rooms for node in ast.parse(room.read_text()).body if isinstance(node, ast.ClassDef)]
    return {
        str(keyword.value.value): node.name  # type: ignore[attr-defined]
        for node in classes
        for keyword in node.keywords
        if keyword.arg == "discriminator"
    }


KIND_NAMES = _declared_kinds()


def test_every_declared_kind_is_known_as_soon_as_rows_are_imported() -> None:
    assert {kind.__name__ for kind in rows.KINDS} == set(KIND_NAMES.values())


@pytest.mark.parametrize("kind", rows.KINDS, ids=lambda kind: kind.__name__)
def test_every_row_kind_is_described_and_linked(kind: type[rows.Row]) -> None:
    described = row_of(PAGE, kind_name(kind))

    assert described, f"{kind.__name__} is not in {PAGE}"
    for declared in (kind, kind.model):
        source = inspect.getsourcefile(declared)
        assert source
        assert f"[{declared.__name__}](../{source.removeprefix(f'{REPOSITORY}/')})" in described[0]


@pytest.mark.parametrize("kind", rows.KINDS, ids=lambda kind: kind.__name__)
def test_indexes_and_expiry_are_told_of_the_kinds_that_have_them(kind: type[rows.Row]) -> None:
    on_due, on_list, ttl = row_of(PAGE, kind_name(kind))[4:7]

    assert bool(on_due) == ("due_place" in vars(kind))
    assert bool(on_list) == ("list_place" in vars(kind))
    assert bool(ttl) == ("expiry_of" in vars(kind))


def test_no_row_kind_is_described_that_does_not_exist() -> None:
    described = {row[0].split("`")[1] for row in pages.rows(PAGE) if "storage/rows/" in row[0]}

    assert described == set(KIND_NAMES)


@pytest.mark.parametrize("function", functions_of(keys))
def test_every_key_function_is_named(function: str) -> None:
    assert f"`{function}`" in pages.section(PAGE, "## Key grammar"), f"keys.{function} is not in {PAGE}"


def test_the_page_and_the_keys_know_the_same_prefixes() -> None:
    made = set(re.findall(r'f"([A-Z]+)#', inspect.getsource(keys)))
    told = set(
        re.findall(r"^ +(?:due +|list +|queue +)?([A-Z]+)#", pages.section(PAGE, "## Key grammar"), re.MULTILINE)
    )

    assert made - {"T", "F", "PART", "LIST", "C", "Q", "SNAPSHOT"} == told


def test_access_patterns_are_numbered_without_gaps() -> None:
    assert list(PATTERNS) == [f"AP-{number}" for number in range(1, len(PATTERNS) + 1)]


def test_every_access_pattern_the_code_speaks_of_is_described() -> None:
    spoken = {
        (pattern, path.relative_to(REPOSITORY).as_posix())
        for path in (REPOSITORY / "chalicelib").rglob("*.py")
        for pattern in re.findall(r"AP-\d+", path.read_text("utf-8"))
    }

    assert sorted(found for found in spoken if found[0] not in PATTERNS) == []


def test_a_function_that_names_its_access_pattern_stands_in_that_row() -> None:
    wrong = [
        f"{pattern}: {name}.{function}"
        for name, module in ASKED.items()
        for function, found in functions_of(module).items()
        for pattern in re.findall(r"AP-\d+", found.__doc__ or "")
        if f"{name}.{function}" not in asked_in(pattern)
    ]

    assert wrong == []


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_functions_of_an_access_pattern_exist(pattern: str) -> None:
    known = {f"{name}.{function}" for name, module in ASKED.items() for function in functions_of(module)}

    assert asked_in(pattern)
    assert asked_in(pattern) <= known


@pytest.mark.parametrize("name", ASKED)
def test_every_function_of_storage_answers_an_access_pattern(name: str) -> None:
    described = {function for pattern in PATTERNS for function in asked_in(pattern)}

    assert {f"{name}.{function}" for function in functions_of(ASKED[name])} <= described


def test_no_module_of_storage_is_forgotten() -> None:
    kept = {"__init__", "attributes", "commit", "keys", "table"}
    modules = {path.stem for path in (REPOSITORY / "chalicelib/storage").glob("*.py")}

    assert modules - kept == set(ASKED)


@pytest.mark.parametrize(
    ("page", "figure"),
    [
        (PAGE, f"{keys.DUE_SHARDS} shards"),
        (PAGE, f"{keys.DUE_SHARDS} a lane when idle"),
        (PAGE, f"{keys.LIST_SHARDS} shards"),
        (PAGE, f"{keys.LIST_SHARDS} + 1 a page"),
        (PAGE, f"one of {keys.TALLY_SHARDS} shards"),
        (PAGE, f"{keys.POPULATION_SHARDS} list partitions"),
        (PAGE, f"{due.PAGE} at a time"),
        (PAGE, f"{cases.REFERENCES_LOOKED_UP} references"),
        (PAGE, f"{RECEIPT_KEPT.days} days"),
        (ARCHITECTURE, f"expire after {RECEIPT_KEPT.days} days"),
        (ARCHITECTURE, f"{cases.REFERENCES_LOOKED_UP} references"),
        (ARCHITECTURE, f"failed after {sending.MOST_ATTEMPTS} claims"),
        (ARCHITECTURE, f"`unclear_at` is {interaction.CLAIM_SETTLES_IN.seconds // 60} minutes after"),
        (ARCHITECTURE, f"{STUCK_AFTER.seconds // 60} minutes after its last step"),
        (MAIL, f"{intake.OPEN_CASES_WE_ACKNOWLEDGE} open cases"),
        (MAIL, f"{participants.MOST_CONTACTS} contacts an hour"),
        (MAIL, f"{participants.MOST_ACKNOWLEDGEMENTS} an hour to a customer"),
        (MAIL, f"more than {case.REMEMBERED_FOR.days} days"),
        (MAIL, f"{DEFAULT_LIMITS.parts:,} parts, {DEFAULT_LIMITS.depth} levels"),
        (MAIL, f"{DEFAULT_LIMITS.recipients} recipients"),
        (MAIL, f"{DEFAULT_LIMITS.attachments} attachments"),
        (MAIL, f"{REFERENCES_LIMIT:,} characters"),
        (PAGE, f"{keys.QUEUE_SHARDS} shards a line"),
        (DESK, f"first {service.HEADS} are read"),
        (DESK, f"counts {minutes(matching.WISH_COUNTS)} minutes"),
        (DESK, f"speaking the language {minutes(matching.LANGUAGE_COUNTS)}"),
        (DESK, f"| {minutes(routing.NOT_AGAIN)} minutes |"),
        (DESK, f"| {minutes(routing.NOT_AGAIN_UNANSWERED)} minutes |"),
        (DESK, f"in the last {minutes(routing.JUST_TAKEN)} minutes"),
        (DESK, f"At most {touchpoint.MOST_RULES} entries"),
        (PLAYS, f"({OUTREACH.weekly('')} times in {guardrails.WEEK.days} days,"),
        (PLAYS, f"{OUTREACH.monthly('')} in {guardrails.MONTH.days}; by tier)"),
        (PLAYS, f"({OUTREACH.quiet_on('').start:%-H:%M} to {OUTREACH.quiet_on('').end:%-H:%M};"),
        (PLAYS, f"{payment_will_fail.LEAD.default} days before"),
    ],
)
def test_figures_in_the_documents_are_those_of_the_code(page: str, figure: str) -> None:
    assert figure in text(page), f"{page} no longer says {figure!r}"


def test_waiting_and_warning_are_told_as_they_are() -> None:
    assert promises.WAIT_FOR_CUSTOMER.days == 7
    assert promises.WARN_IN_LAST == 0.25
    assert "seven days after our answer" in text(ARCHITECTURE)
    assert "its last quarter" in text(ARCHITECTURE)
