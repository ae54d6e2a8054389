"""The knowledge base as files: out of a stage and into one, with the operator's own credentials."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from infra.cloud import Cloud
from infra.hub import as_the_stage
from infra.stack import Stack
from infra.trouble import Trouble

Progress = Callable[[str], None]
BY = "operator"


def export(cloud: Cloud, stack: Stack, form: str, to: Path, progress: Progress = print) -> int:
    """All articles into this folder: Markdown files, or one file for each part of other forms. Returns how many."""
    from chalicelib.gateways.objects import objects
    from chalicelib.kernel.errors import HubError
    from chalicelib.knowledge import exchanging
    from chalicelib.knowledge.exchange.files import unpacked

    articles, number, after = 0, 0, None
    to.mkdir(parents=True, exist_ok=True)
    with as_the_stage(cloud, stack):
        while True:
            try:
                part = exchanging.hand_out(form, after)
                content = objects.read(part.key)
            except HubError as error:
                raise Trouble(f"articles cannot be exported: {error.detail}") from error
            number, articles = number + 1, articles + part.articles
            name = Path(part.key).name
            files = unpacked(content, alone=name if number == 1 else f"{Path(name).stem}-{number}{Path(name).suffix}")
            for path, data in files.items():
                (to / path).parent.mkdir(parents=True, exist_ok=True)
                (to / path).write_bytes(data)
            progress(f"{articles} articles")
            if (after := part.next) is None:
                return articles


def take_in(
    cloud: Cloud,
    stack: Stack,
    form: str,
    source: Path,
    *,
    language: str,
    publish: bool,
    dry_run: bool,
    progress: Progress = print,
) -> Counter[str]:
    """The articles of a folder or a file; tells each that is not as it was. Returns how many of each result."""
    from chalicelib.kernel.errors import HubError
    from chalicelib.knowledge import exchanging
    from chalicelib.knowledge.articles import Editor

    content = _content(source)
    wish = exchanging.Wish(format=form, language=language, publish=publish, dry_run=dry_run)
    counts: Counter[str] = Counter()
    after: int | None = 0
    with as_the_stage(cloud, stack):
        while after is not None:
            try:
                done = exchanging.take_in(content, wish, after=after, by=Editor(BY))
            except HubError as error:
                raise Trouble(f"{source}: {error.detail}") from error
            for line in done.lines:
                counts[line.result] += 1
                if line.result != exchanging.UNCHANGED:
                    told = [line.result, line.slug or line.at, line.state, line.why]
                    progress("  ".join(word for word in told if word))
            after = done.next
    return counts


def _content(source: Path) -> bytes:
    from chalicelib.knowledge.exchange.files import zipped

    if source.is_dir():
        files = (path for path in sorted(source.rglob("*")) if path.is_file())
        return zipped({path.relative_to(source).as_posix(): path.read_bytes() for path in files})
    try:
        return source.read_bytes()
    except OSError as error:
        raise Trouble(f"{source} cannot be read: {error.strerror}") from error
