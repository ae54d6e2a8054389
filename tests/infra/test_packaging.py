"""The zip: complete, compiled, readable on Lambda, and the same bytes for the same sources."""

import os
import re
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from infra import packaging
from infra.packaging import Package, package
from infra.stages import REPOSITORY
from infra.trouble import Trouble
from tests.infra.conftest import silent

TAG = f"cpython-{sys.version_info.major}{sys.version_info.minor}"

AARCH64 = b"\xb7\x00"  # e_machine of an ELF file


def names(packaged: Package) -> list[str]:
    return zipfile.ZipFile(packaged.zip_path).namelist()


def test_the_zip_holds_the_program_its_templates_and_chalice(packaged: Package) -> None:
    held = set(names(packaged))
    sources = {
        path.relative_to(REPOSITORY).as_posix()
        for path in (REPOSITORY / "chalicelib").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }

    # Others may be writing while this runs: what was packaged must be a recent whole, not this very moment's.
    assert {"app.py", "chalice/app.py", "chalicelib/kernel/settings.py"} <= held
    assert len(sources - held) <= 3


def test_every_module_of_ours_is_compiled_for_this_python_and_never_checked(packaged: Package) -> None:
    held = set(names(packaged))
    with zipfile.ZipFile(packaged.zip_path) as zipped:
        for name in held:
            if name.startswith("chalicelib/") and name.endswith(".py"):
                folder, _, stem = name.removesuffix(".py").rpartition("/")
                compiled = zipped.read(f"{folder}/__pycache__/{stem}.{TAG}.pyc")
                assert compiled[4:8] == b"\x01\x00\x00\x00"  # PEP 552: hash-based, unchecked


def test_lambda_may_read_every_file(packaged: Package) -> None:
    with zipfile.ZipFile(packaged.zip_path) as zipped:
        assert {info.external_attr >> 16 for info in zipped.infolist()} == {0o644}


def test_nothing_is_there_twice_and_no_tool_of_ours(packaged: Package) -> None:
    held = names(packaged)

    assert len(held) == len(set(held))
    assert {name.split("/")[0] for name in held}.isdisjoint(
        {"infra", "tests", "moto", "pytest", ".chalice", "ministack"}
    )


def test_the_services_functions_speak_to_are_described_and_no_others(packaged: Package) -> None:
    described = {
        name.split("/")[2] for name in names(packaged) if name.startswith("botocore/data/") and name.count("/") > 2
    }
    sources = "".join(path.read_text("utf-8") for path in (REPOSITORY / "chalicelib").rglob("*.py"))
    spoken_to = set(re.findall(r"""client\(["']([a-z0-9-]+)["']""", sources))

    assert spoken_to <= packaging.SERVICES
    assert described == packaging.SERVICES


def test_native_code_is_for_the_architecture_asked_for(packaged: Package) -> None:
    with zipfile.ZipFile(packaged.zip_path) as archive:
        heads = {name: archive.read(name)[:20] for name in archive.namelist() if name.endswith(".so")}

    assert heads
    assert {head[18:] for head in heads.values()} == {AARCH64}


def test_search_comes_along_and_the_zip_stays_within_its_budget(packaged: Package) -> None:
    with zipfile.ZipFile(packaged.zip_path) as archive:
        opened = sum(info.file_size for info in archive.infolist())
        native = [name for name in archive.namelist() if name.endswith(".so")]

    assert any(name.startswith("tantivy/") for name in native)
    assert any(name.startswith("Stemmer.") for name in native)
    # Lambda takes 50 MB and 250; each cold start of a new version fetches and opens all of it.
    assert packaged.zip_path.stat().st_size < 27_000_000
    assert opened < 90_000_000


def test_the_same_sources_make_the_same_bytes(packaged: Package, tmp_path: Path) -> None:
    build = tmp_path / "build"
    build.mkdir()
    for kept in packaged.zip_path.parent.parent.glob("dependencies-*.zip"):
        os.link(kept, build / kept.name)
    one = package("check", "arm64", silent, build)
    shutil.rmtree(build / "check-arm64")
    two = package("check", "arm64", silent, build)

    assert (one.reused, two.reused) == (False, False)
    assert one.digest == two.digest
    assert package("check", "arm64", silent, build).reused


def test_a_package_that_cannot_be_made_says_why_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    project = tmp_path / "broken"
    (project / ".chalice").mkdir(parents=True)
    (project / ".chalice/config.json").write_text('{"version": "2.0", "app_name": "broken"}')
    (project / "app.py").write_text("import nothing_of_that_name\n")

    with pytest.raises(Trouble, match="nothing_of_that_name") as trouble:
        packaging._chalice_package(project, "dev")

    assert "\n" not in str(trouble.value)
