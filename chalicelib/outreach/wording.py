"""What a play says, in the customer's language: templates/<play>/<language>/{subject,body}.txt, and call.txt to whom
an agent calls."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

from chalicelib.mail.outgoing.render import nearest_language
from chalicelib.model.customer import Customer
from chalicelib.model.play import Words
from chalicelib.model.task import Task
from chalicelib.outreach import configured

TEMPLATES = Path(__file__).parent / "plays" / "templates"


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=False)  # noqa: S701 - plain text; the mail's HTML escapes it


def notice(task: Task, customer: Customer, words: Mapping[str, Words] | None = None) -> tuple[str, str]:
    """Subject and text; by these words, if its play is one by configuration. A play that is no longer installed has
    none; whoever delivers it passes her over."""
    if words:
        return _configured(task, customer, words)
    folder = TEMPLATES / task.play
    if not folder.is_dir():
        return "", ""
    language = nearest_language([f.name for f in folder.iterdir()], customer.language)
    context = {**task.context, "name": customer.name}
    subject, body = (
        _environment().get_template(f"{task.play}/{language}/{part}.txt").render(context)
        for part in ("subject", "body")
    )
    return subject.strip(), body.strip()


def short(task: Task, customer: Customer, words: Mapping[str, Words] | None = None) -> str:
    """What it says where there is little room, in 300 characters at most: the play's `short.txt`, else the subject."""
    subject, _ = notice(task, customer, words)
    if words:
        return subject
    folder = TEMPLATES / task.play
    if not folder.is_dir():
        return ""
    language = nearest_language([f.name for f in folder.iterdir()], customer.language)
    if not (folder / language / "short.txt").is_file():
        return subject
    context = {**task.context, "name": customer.name}
    return _environment().get_template(f"{task.play}/{language}/short.txt").render(context).strip()


def call(task: Task, customer: Customer, words: Mapping[str, Words] | None = None) -> str:
    """What an agent may say to her; empty where the play suggests nothing."""
    if words:
        return _configured(task, customer, words)[1]
    folder = TEMPLATES / task.play / task.step if task.step else TEMPLATES / task.play
    languages = [each.parent.name for each in folder.glob("*/call.txt")]
    if not languages:
        return ""
    told = folder / nearest_language(languages, customer.language) / "call.txt"
    name = told.relative_to(TEMPLATES).as_posix()
    return _environment().get_template(name).render({**task.context, "name": customer.name}).strip()


def _configured(task: Task, customer: Customer, words: Mapping[str, Words]) -> tuple[str, str]:
    said = words[nearest_language(list(words), customer.language)]
    known = dict.fromkeys(configured.names_in(said), "")  # an edition approved since may ask for what nobody told then
    return configured.rendered(said, {**known, **task.context, configured.NAME: customer.name})
