"""What a play says, in the customer's language: templates/<play>/[<step>/]<language>/{subject,body,short,call}.txt.

`subject` and `body` are a mail, `short` is for where there is room for little (SMS, in the app), `call` is what an
agent may say. Names a template misses are errors, not gaps.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from jinja2 import Environment

from chalicelib.kernel import clock
from chalicelib.kernel.settings import settings
from chalicelib.mail.outgoing.render import nearest_language, spoken
from chalicelib.model.customer import Customer
from chalicelib.model.play import Words
from chalicelib.model.task import LINK, Task
from chalicelib.outreach import configured, plays

TEMPLATES = Path(__file__).parent / "plays" / "templates"
LONGEST_SHORT = 300  # characters


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=False)  # noqa: S701 - plain text; the mail's HTML escapes it


def notice(task: Task, customer: Customer, words: Mapping[str, Words] | None = None) -> tuple[str, str]:
    """Subject and text; by these words, if its play is one by configuration. A play that is no longer installed has
    none; whoever delivers it passes her over."""
    if words:
        return _configured(task, customer, words)
    return _said("subject", task, customer), _said("body", task, customer)


def short(task: Task, customer: Customer, words: Mapping[str, Words] | None = None) -> str:
    """In at most LONGEST_SHORT characters: its short text, else its subject."""
    told = _configured_short(task, customer, words) if words else _said("short", task, customer)
    said = " ".join((told or _said("subject", task, customer)).split())
    return said if len(said) <= LONGEST_SHORT else said[: LONGEST_SHORT - 1].rstrip() + "…"


def call(task: Task, customer: Customer, words: Mapping[str, Words] | None = None) -> str:
    """What an agent may say; empty, where the play has no words for a call."""
    return _configured(task, customer, words)[1] if words else _said("call", task, customer)


def languages(task: Task, words: Mapping[str, Words] | None = None) -> tuple[str, ...]:
    """In which it is written; none, where its play has no words for it."""
    if words:
        return tuple(words)
    folder = TEMPLATES / task.play / task.step
    there = folder.iterdir() if folder.is_dir() else ()
    return tuple(sorted(each.name for each in there if (each / "body.txt").is_file()))


def names(task: Task, words: Mapping[str, Words] | None = None) -> frozenset[str]:
    """What its texts ask for, in whatever language."""
    from jinja2.meta import find_undeclared_variables

    if words:
        return frozenset().union(*map(configured.names_in, words.values()))
    texts = (TEMPLATES / task.play / task.step).glob("*/*.txt")
    trees = (_environment().parse(text.read_text(encoding="utf-8")) for text in texts)
    return frozenset().union(*map(find_undeclared_variables, trees))


def _said(part: str, task: Task, customer: Customer) -> str:
    folder = TEMPLATES / task.play / task.step
    if not folder.is_dir():
        return ""
    language = nearest_language([each.name for each in folder.iterdir() if each.is_dir()], customer.language)
    if not (folder / language / f"{part}.txt").is_file():
        return ""
    template = "/".join(filter(None, (task.play, task.step, language, f"{part}.txt")))
    parameters = play.parameters if (play := plays.BY_NAME.get(task.play)) else ()
    names = {
        LINK: "",
        **{one.name: one.default for one in parameters},
        **task.context,
        "name": customer.name,
        "company": settings().company_name,
        "when": _when(customer, language),
    }
    return _environment().get_template(template).render(names).strip()


def _when(customer: Customer, language: str) -> Callable[[str], str]:
    """A moment of a context, by her clock."""
    zone = ZoneInfo(customer.time_zone or settings().default_timezone)
    return lambda moment: spoken(clock.from_iso(moment).astimezone(zone), language)


def _configured(task: Task, customer: Customer, words: Mapping[str, Words]) -> tuple[str, str]:
    said = _in_hers(customer, words)
    return configured.rendered(said, _names(said, task, customer))


def _configured_short(task: Task, customer: Customer, words: Mapping[str, Words]) -> str:
    said = _in_hers(customer, words)
    return configured.rendered_short(said, _names(said, task, customer))


def _in_hers(customer: Customer, words: Mapping[str, Words]) -> Words:
    language = nearest_language(list(words), customer.language)
    return words.get(language) or next(iter(words.values()))  # none in hers, and none in English


def _names(said: Words, task: Task, customer: Customer) -> dict[str, str]:
    known = dict.fromkeys(configured.names_in(said), "")  # an edition approved since may ask for what nobody told then
    return {**known, **task.context, configured.NAME: customer.name}
