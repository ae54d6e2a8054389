"""How the documents are written."""

import re
import tomllib

import pytest

from tests.docs.pages import NAMES, REPOSITORY, text

DECISIONS = sorted(name for name in NAMES if name.startswith("docs/decisions/"))
PRAISE = (
    r"seamless|powerful|cutting.edge|state.of.the.art|leverag|robust|blazing|effortless|world.class|revolution"
    r"|game.chang|best.in.class|next.gen|unleash|supercharg|delight|enterprise.grade|easy.to.use|synerg"
)
UNFINISHED = r"TODO|TBD|FIXME|XXX|lorem ipsum|coming soon"
SOMEBODYS_MACHINE = r"(?<![\w.{}*])/(?:home|root|Users|work|tmp|mnt|opt|var/folders)/|\b[A-Z]:\\"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("words", [PRAISE, UNFINISHED], ids=["praise", "unfinished"])
def test_documents_neither_praise_nor_promise_to_be_finished(name: str, words: str) -> None:
    assert re.findall(rf"\b(?:{words})\w*", text(name), re.IGNORECASE if words is PRAISE else 0) == []


@pytest.mark.parametrize("name", NAMES)
def test_documents_know_no_machine_but_the_readers(name: str) -> None:
    assert re.findall(SOMEBODYS_MACHINE, text(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_documents_are_clean_text(name: str) -> None:
    content = text(name)

    assert content.endswith("\n")
    assert not content.endswith("\n\n")
    assert [n for n, line in enumerate(content.splitlines(), 1) if line != line.rstrip() or "\t" in line] == []
    assert len(re.findall(r"^# ", content, re.MULTILINE)) == 1, "one title"


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(re.match(r"docs/decisions/(\d{4})-[a-z0-9-]+\.md", name)[1]) for name in DECISIONS]  # type: ignore[index]

    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_is_context_choice_and_consequence_on_one_page(name: str) -> None:
    content = text(name)
    number = int(name.rpartition("/")[2][:4])

    assert content.startswith(f"# {number}. ")
    assert re.findall(r"^## (.+)$", content, re.MULTILINE) == ["Context", "Choice", "Consequence"]
    assert len(content.splitlines()) <= 40


@pytest.mark.parametrize("source", ["chalicelib", "infra", "app.py"])
def test_decisions_the_code_speaks_of_exist(source: str) -> None:
    root = REPOSITORY / source
    files = [root] if root.is_file() else root.rglob("*.py")
    spoken = {number for path in files for number in re.findall(r"docs/decisions/(\d{4})", path.read_text("utf-8"))}

    assert spoken <= {name.rpartition("/")[2][:4] for name in DECISIONS}


def test_the_changelog_has_the_form_of_keep_a_changelog() -> None:
    content = text("CHANGELOG.md")
    versions = re.findall(r"^## \[(.+?)\](?: - \d{4}-\d{2}-\d{2})?$", content, re.MULTILINE)
    kinds = set(re.findall(r"^### (.+)$", content, re.MULTILINE))

    assert versions[0] == "Unreleased"
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_version_has_its_entry_in_the_changelog() -> None:
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]

    assert f"## [{version}]" in text("CHANGELOG.md")
