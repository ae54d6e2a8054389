"""What does saving a template change, and what does it say in a case?

Variables stand in double braces: `{{customer.name}}`, or with words for when it is not known,
`{{customer.name|there}}`. Names without a dot are the agent's to fill in, but for `{{text}}`, where her own words go.
What is put in is text and is not read again: a customer who calls herself `{{case.number}}` stays just that.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.knowledge.articles import nearest_of
from chalicelib.model.template import Template

TEXT = "text"
KNOWN = (
    "agent.name",
    "case.number",
    "case.subject",
    "company.name",
    "customer.name",
    "promise.due",
)
_VARIABLE = re.compile(r"\{\{[ \t]*([a-z][a-z0-9_]{0,39}(?:\.[a-z_]{1,40})?)[ \t]*(?:\|([^{}\n]{0,200}))?\}\}")
MOST_VARIABLES = 50


class Filled(NamedTuple):
    text: str
    language: str  # of the template's text
    fallback: bool  # it is not in the customer's language


def put(
    known: Template | None,
    slug: str,
    *,
    title: str,
    texts: Mapping[str, str],
    team: str,
    by: str,
    expected: int | None,
    now: datetime,
) -> tuple[Decision, Template]:
    """The template as given in place of the one there was. The same again changes nothing, so a repetition is harmless.
    `expected` is the edition the editor saw: 0 for none, None for any.

    Raises Conflict when another edition is there, Invalid for texts that cannot be used.
    """
    texts = _readable(texts)
    if known and (known.title, known.texts, known.team, known.deleted) == (title, texts, team, False):
        return Decision(reason="unchanged"), known
    edition = known.edition if known else 0
    there_is = 0 if known and known.deleted else edition
    if expected is not None and expected != there_is:
        there = f"version {there_is} is there" if there_is else "there is no such template"
        raise Conflict(f"{there}, not version {expected}: look at it again", "/expected_version")
    template = Template(
        id=slug,
        title=title,
        texts=texts,
        team=team,
        edition=edition + 1,
        updated_at=now,
        updated_by=by,
        used=known.used if known else 0,
        version=known.version if known else None,
    )
    return Decision((template,), reason="replaced" if known else "created"), template


def variables(template: Template) -> tuple[str, ...]:
    """The names an agent has to fill in: those of all its languages together."""
    found = {name for text in template.texts.values() for name, _ in _VARIABLE.findall(text)}
    return tuple(sorted(name for name in found if "." not in name and name != TEXT))


def fill(
    template: Template, language: str, facts: Mapping[str, str], values: Mapping[str, str], text: str = ""
) -> Filled:
    """What it says in the language that comes nearest, with the agent's own words in their place, or behind it.

    Raises Invalid, pointing at the value that is missing or unknown, or at the template when a fact it speaks of is
    not known in this case and it has no words for that.
    """
    asked = variables(template)
    if unknown := sorted(values.keys() - set(asked)):
        raise Invalid(
            f"this template asks for no such value; it asks for {', '.join(asked) or 'none'}", _at(unknown[0])
        )
    tag = nearest_of(template.texts, language)
    said = template.texts[tag]
    known = {**facts, **values, TEXT: text}

    def put_in(match: re.Match[str]) -> str:
        name, otherwise = match[1], match[2]
        if found := known.get(name, "").strip():
            return found
        if otherwise is not None or name == TEXT:
            return (otherwise or "").strip()
        if "." in name:
            raise Invalid(
                f"{name} is not known here: write {{{{{name}|…}}}} in the template, or answer without it", "/template"
            )
        raise Invalid("this template asks for it", _at(name))

    filled = _VARIABLE.sub(put_in, said)
    if text and TEXT not in {match[1] for match in _VARIABLE.finditer(said)}:
        filled = f"{filled}\n\n{text}"
    return Filled(filled.strip(), tag, fallback=not same_language(tag, language))


def usable(template: Template, serving: str) -> bool:
    """Whether agents of this team may use it; "": who serves all."""
    return not template.deleted and (not serving or template.team in ("", serving))


def same_language(tag: str, wanted: str) -> bool:
    """Where nothing is known of her language no text is another one."""
    return not wanted or tag.lower().partition("-")[0] == wanted.lower().replace("_", "-").partition("-")[0]


def _at(name: str) -> str:
    return f"/template_values/{name}"


def _readable(texts: Mapping[str, str]) -> dict[str, str]:
    if not texts:
        raise Invalid("a template has a text in one language at least", "/texts")
    read: dict[str, str] = {}
    for tag, text in texts.items():
        at = f"/texts/{tag}"
        if tag.lower() in {other.lower() for other in read}:
            raise Invalid("this language is there already, written differently", at)
        read[tag] = text.strip()
        if not read[tag]:
            raise Invalid("there is nothing to read in it", at)
        names = [match[1] for match in _VARIABLE.finditer(read[tag])]
        if len(names) > MOST_VARIABLES:
            raise Invalid(f"a template has at most {MOST_VARIABLES} variables", at)
        if strange := next((name for name in names if "." in name and name not in KNOWN), None):
            raise Invalid(f"there is no variable {strange}; there are {', '.join((*KNOWN, TEXT))}", at)
        if re.search(r"\{\{|\}\}", _VARIABLE.sub("", read[tag])):
            raise Invalid("a variable is written {{customer.name}} or {{customer.name|there}}", at)
    return read
