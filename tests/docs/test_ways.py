"""Whatever a reader may follow leads somewhere: commands, paths, links, addresses."""

import re
from argparse import ArgumentParser, _SubParsersAction
from urllib.parse import urlsplit

import pytest

from infra.__main__ import _parser
from tests.docs.pages import NAMES, REPOSITORY, anchors, code, links, repository_files, spans, text

MAKEFILE = (REPOSITORY / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
FOLDERS = ("chalicelib/", "infra/", "tests/", "docs/", "benchmarks/", ".chalice/", ".ci/")
FILE = re.compile(r"[\w./-]+\.(?:py|md|toml|txt|json|yaml|eml)")
READERS_OWN = re.compile(r"liana\.(?!example)\w+\.toml")
PLACES = {
    "datatracker.ietf.org",
    "docs.aws.amazon.com",
    "github.com",
    "keepachangelog.com",
    "semver.org",
    "spec.openapis.org",
    "www.rfc-editor.org",
}


def verbs(parser: ArgumentParser) -> set[str]:
    (chosen,) = [action for action in parser._actions if isinstance(action, _SubParsersAction)]
    return set(chosen.choices)


@pytest.mark.parametrize("name", NAMES)
def test_every_make_target_exists(name: str) -> None:
    told = {target for line in code(name) for target in re.findall(r"\bmake ([a-z][a-z-]*)", line)}

    assert sorted(told - TARGETS) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_option_of_make_exists(name: str) -> None:
    lines = [line for line in code(name) if re.search(r"\bmake [a-z]", line)]
    told = {option for line in lines for option in re.findall(r"\b([A-Z]+)=", line)}

    assert sorted(option for option in told if not re.search(rf"\b{option}\b", MAKEFILE)) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_verb_of_infra_exists(name: str) -> None:
    told = {verb for line in code(name) for verb in re.findall(r"python -m infra ([a-z][a-z-]*)", line)}

    assert sorted(told - verbs(_parser())) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_module_one_may_run_exists(name: str) -> None:
    told = {module for line in code(name) for module in re.findall(r"python -m ([a-z_.]+)", line)}
    places = [REPOSITORY / module.replace(".", "/") for module in told]

    assert [p.name for p in places if not (p.with_suffix(".py").exists() or (p / "__main__.py").exists())] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_path_exists(name: str) -> None:
    """From the root, or as the end of a file's path; of one with a placeholder, the folder before it."""
    wrong = []
    for span in spans(name):
        path = re.split(r"[<*{]", span)[0]
        if path != span:
            path = path.rpartition("/")[0]
            exists = not path.startswith(FOLDERS) or (REPOSITORY / path).exists()
        elif span.startswith(FOLDERS):
            exists = (REPOSITORY / span).exists()
        elif FILE.fullmatch(span) and not span.startswith("/") and not READERS_OWN.fullmatch(span):
            exists = any(file == span or file.endswith(f"/{span}") for file in repository_files())
        else:
            continue
        if not exists:
            wrong.append(span)

    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_every_relative_link_leads_into_the_repository(name: str) -> None:
    wrong = []
    for link in links(name):
        if urlsplit(link).scheme:
            continue
        path, _, anchor = link.partition("#")
        target = ((REPOSITORY / name).parent / path).resolve() if path else REPOSITORY / name
        leads = target.exists() and target.is_relative_to(REPOSITORY)
        if not leads or (anchor and anchor not in anchors(target.relative_to(REPOSITORY).as_posix())):
            wrong.append(link)

    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_every_address_is_one_any_reader_can_reach(name: str) -> None:
    hosts = {urlsplit(found).hostname or "" for found in re.findall(r"https?://[^\s)>\"'`]+", text(name))}
    reserved = re.compile(r"127\.0\.0\.1|localhost|(.+\.)?example(\.com|\.org)?")  # RFC 2606

    assert sorted(host for host in hosts - PLACES if not reserved.fullmatch(host)) == []


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("docs/") and name.count("/") == 1])
def test_every_document_is_linked_from_the_readme(name: str) -> None:
    assert f"]({name})" in text("README.md")
