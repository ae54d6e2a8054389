"""Turns the sources into what CloudFormation deploys: one template and one zip that all functions share.

The same sources give the same bytes, so an unchanged program is not deployed again. What is costly to make,
the fetched and byte-compiled dependencies, is kept in `.build/` and made anew only when `requirements.txt`
changes.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalice.package import YAMLTemplateSerializer

from infra.stages import REPOSITORY
from infra.trouble import Trouble

Progress = Callable[[str], None]
_EPOCH = (1980, 1, 1, 0, 0, 0)
# What functions speak to. botocore describes four hundred services in 15 of the zip's 22 MB; each worker of
# the local cloud would unpack them, and Lambda fetch them at each cold start.
SERVICES = frozenset({"comprehend", "dynamodb", "events", "pinpoint-sms-voice-v2", "s3", "ses", "sqs", "ssm", "sts"})
# Chalice fetches the dependencies of an application with at least one function: here is the smallest.
_STUB_APP = """from chalice import Chalice
app = Chalice(app_name="dependencies")
@app.lambda_function()
def nothing(event, context): ...
"""


@dataclass(frozen=True)
class Package:
    """A template whose functions have `CodeUri` still to be pointed at the uploaded zip."""

    template: dict[str, Any]
    zip_path: Path
    digest: str
    reused: bool


def host_architecture() -> str:
    """Lambda's name for this machine, where the local cloud runs the functions."""
    return "arm64" if os.uname().machine in ("arm64", "aarch64") else "x86_64"


def package(stage: str, architecture: str, progress: Progress, build: Path = REPOSITORY / ".build") -> Package:
    """Packages the working tree, or hands out the last package if nothing it depends on has changed."""
    build.mkdir(exist_ok=True)
    out = build / f"{stage}-{architecture}"
    with _one_at_a_time(build):
        inputs = _fingerprint(stage, architecture)
        stamp = out / "inputs"
        reused = stamp.exists() and stamp.read_text() == inputs
        if not reused:
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir()
            dependencies = _dependencies(build, architecture, progress)
            _build(out, stage, architecture, dependencies)
            stamp.write_text(inputs)
    zip_path = out / "deployment.zip"
    digest = hashlib.sha256(zip_path.read_bytes()).hexdigest()
    size = zip_path.stat().st_size / 1_000_000
    progress(f"package: {size:.1f} MB, {architecture}{', unchanged' if reused else ''}")
    return Package(json.loads((out / "template.json").read_text()), zip_path, digest, reused)


def _build(out: Path, stage: str, architecture: str, dependencies: Path) -> None:
    with tempfile.TemporaryDirectory(dir=out.parent) as scratch:
        project = Path(scratch)
        shutil.copy(REPOSITORY / "app.py", project)
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(REPOSITORY / "chalicelib", project / "chalicelib", ignore=ignored)
        shutil.copytree(REPOSITORY / ".chalice", project / ".chalice", ignore=shutil.ignore_patterns("deploy*"))
        config = json.loads((project / ".chalice/config.json").read_text())
        config["lambda_architecture"] = architecture
        (project / ".chalice/config.json").write_text(json.dumps(config))
        _chalice_package(project, stage, REPOSITORY / "infra/resources.yaml")
        template = YAMLTemplateSerializer().load_template((project / "out/sam.yaml").read_text())
        (out / "template.json").write_text(json.dumps(template, indent=1))
        shutil.copy(dependencies, out / "deployment.zip")
        with zipfile.ZipFile(project / "out/deployment.zip") as app:
            _append_compiled(app, out / "deployment.zip")


def _dependencies(build: Path, architecture: str, progress: Progress) -> Path:
    """The zip of requirements.txt, byte-compiled: Lambda would compile it anew at each cold start."""
    requirements = (REPOSITORY / "requirements.txt").read_bytes()
    key = hashlib.sha256(requirements + f"{sys.version_info[:2]} {sorted(SERVICES)}".encode()).hexdigest()[:16]
    path = build / f"dependencies-{architecture}-{key}.zip"
    if path.exists():
        return path
    progress("package: fetching and compiling the dependencies (once)")
    with tempfile.TemporaryDirectory(dir=build) as scratch:
        project = Path(scratch)
        (project / ".chalice").mkdir()
        config = {"version": "2.0", "app_name": "dependencies", "lambda_architecture": architecture}
        (project / ".chalice/config.json").write_text(json.dumps(config))
        (project / "requirements.txt").write_bytes(requirements)
        (project / "app.py").write_text(_STUB_APP)
        _chalice_package(project, "dev")
        compiled = project / "compiled.zip"
        with zipfile.ZipFile(project / "out/deployment.zip") as fetched:
            _append_compiled(fetched, compiled, leave_out=("app.py", "chalice", *_needless_services(fetched)))
        compiled.rename(path)
    return path


def _needless_services(fetched: zipfile.ZipFile) -> set[str]:
    folders = {"/".join(name.split("/")[:3]) for name in fetched.namelist() if name.count("/") > 2}
    data = {folder for folder in folders if folder.startswith("botocore/data/")}
    return data - {f"botocore/data/{service}" for service in SERVICES}


def _chalice_package(project: Path, stage: str, merge: Path | None = None) -> None:
    command = [
        sys.executable,
        "-c",
        "from chalice.cli import main; raise SystemExit(main())",
        "--project-dir",
        str(project),
        "package",
        "--stage",
        stage,
    ]
    if merge:
        command += ["--merge-template", str(merge)]
    # Chalice insists on a region, yet the template is the same in all of them.
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*command, str(project / "out")], capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode or "Could not install" in done.stdout:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Trouble(f"chalice package failed: {said[-1] if said else 'no reason given'}")


def _append_compiled(source: zipfile.ZipFile, target: Path, leave_out: tuple[str, ...] = ()) -> None:
    """Adds a zip's files to another in name order, each .py with its .pyc, all with one date and mode."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, zipfile.ZipFile(target, "a") as zipped:
        source.extractall(folder)
        for name in leave_out:
            remove = shutil.rmtree if Path(folder, name).is_dir() else os.remove
            remove(Path(folder, name))
        # Unchecked: the zip is never edited in place. Quiet: some packages carry files for other Pythons.
        compileall = [sys.executable, "-m", "compileall", "-qq", "-j", "0", "-s", folder, "-p", "/var/task"]
        subprocess.run([*compileall, "--invalidation-mode", "unchecked-hash", folder], check=False)
        for path in sorted(p for p in Path(folder).rglob("*") if p.is_file()):
            _add(zipped, path.relative_to(folder).as_posix(), path.read_bytes())


def _add(zipped: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, _EPOCH)
    info.external_attr = 0o644 << 16  # zipfile's own default, 0600, is unreadable for Lambda's user
    zipped.writestr(info, data, zipfile.ZIP_DEFLATED)


def _fingerprint(stage: str, architecture: str) -> str:
    """A digest of everything a package is made from, this module included."""
    digest = hashlib.sha256(f"{stage} {architecture} {sys.version_info[:2]}".encode())
    files = [REPOSITORY / name for name in ("app.py", "requirements.txt", "infra/resources.yaml", "infra/packaging.py")]
    files += (REPOSITORY / ".chalice").glob("*.json")
    files += (p for p in (REPOSITORY / "chalicelib").rglob("*") if p.is_file() and p.suffix != ".pyc")
    for path in sorted(files):
        digest.update(f"{path.relative_to(REPOSITORY)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@contextmanager
def _one_at_a_time(build: Path) -> Iterator[None]:
    """Test processes and a developer may package at the same moment; the second finds the first's result."""
    with (build / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
