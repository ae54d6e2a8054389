"""Can what a campaign says be said, to anybody? Found out when it is submitted, not with the first notice."""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.kernel.errors import Invalid
from chalicelib.model.campaign import Campaign
from chalicelib.model.customer import Customer
from chalicelib.model.play import ParameterKind
from chalicelib.model.task import LINK, Task
from chalicelib.model.tier import Standing
from chalicelib.outreach import configured, selling, wording
from chalicelib.outreach.campaigns import fanning
from chalicelib.outreach.channels import REGISTRY, Carrier, is_short
from chalicelib.outreach.parameters import check_value
from chalicelib.outreach.plays.base import Running

GIVEN_ANYWAY = frozenset({"name", "company", "when", LINK})  # by wording, or by what a task stands on


def check(campaign: Campaign, running: Running, now: datetime) -> None:
    """Renders what it says in every language, for somebody made up. Raises Invalid, with a pointer."""
    task = fanning.task_of(campaign, running, _somebody("", now), now)
    languages = wording.languages(task, running.play.words)
    if not languages:
        raise Invalid(f"{campaign.play} has no words for a campaign: its notices have steps", "/play")
    _check_names(campaign, running, task)
    for language in languages:
        for said in _all_said(task, _somebody(language, now), running):
            if why := selling.why_it_sells(said, language):
                raise Invalid(f"in {language} this sells, and notices help: {why}", _where_it_sells(campaign))
    _check_needed(running, task, now)


def _check_names(campaign: Campaign, running: Running, task: Task) -> None:
    """A name that no text asks for is a slip; one that a text asks for and nobody gives would leave a gap."""
    parameters = {each.name: each for each in running.play.parameters}
    wanted = wording.names(task, running.play.words) - GIVEN_ANYWAY
    known = wanted | parameters.keys()
    if running.play.words and configured.SINCE in campaign.context:
        raise Invalid("that is the moment a fact was told; a campaign has none", _at(configured.SINCE))
    for name, value in campaign.context.items():
        if name not in known and not running.play.triggers:  # others may need it for more than their texts
            raise Invalid(f"no text of {campaign.play} says {name!r}; it has {', '.join(sorted(known))}", _at(name))
        if (parameter := parameters.get(name)) and parameter.kind is not ParameterKind.NUMBER:
            check_value(parameter, value, _at(name))
    missing = sorted(wanted - parameters.keys() - task.context.keys()) if running.play.words else []
    if missing:
        raise Invalid(f"its texts say {missing[0]!r}, which nobody gives; tell it in the context", _at(missing[0]))


def _all_said(task: Task, customer: Customer, running: Running) -> Iterator[str]:
    """Each thing that may be said to her. A template that asks for what nobody gives says what that is."""
    from jinja2 import TemplateError

    words, ways = running.play.words, [REGISTRY[name] for name in running.channels if name in REGISTRY]
    try:
        if any(way.carrier is not Carrier.AGENT for way in ways):
            subject, body = wording.notice(task, customer, words)
            if not subject or not body:
                raise Invalid(f"nothing would be left of what it says in {customer.language}", "/context")
            if "\n" in subject:
                raise Invalid(f"its subject is one line; in {customer.language} it would be: {subject!r}", "/context")
            yield f"{subject}\n{body}"
        if any(is_short(way.name) for way in ways):
            yield wording.short(task, customer, words)
        if any(way.carrier is Carrier.AGENT for way in ways):
            wording.call(task, customer, words)
    except (TemplateError, KeyError, ValueError, TypeError) as error:
        raise Invalid(f"it cannot be said in {customer.language}: {error}"[:300], "/context") from error


def _check_needed(running: Running, task: Task, now: datetime) -> None:
    """A play that only campaigns send needs no fact of hers: whom it would not reach now it would reach never."""
    try:
        needed = running.play.still_needed(_somebody("", now), task.context, running.given)
    except (KeyError, ValueError) as error:
        raise Invalid(f"{running.play.name} needs more context than that: {error}"[:300], "/context") from error
    if not needed and not running.play.triggers:
        raise Invalid(f"it says nothing yet: see what {running.play.name} needs, under parameters", "/parameters")


def _somebody(language: str, now: datetime) -> Customer:
    return Customer(id="", created_at=now, name="Ann Archer", language=language, standing=Standing(tier="", since=now))


def _where_it_sells(campaign: Campaign) -> str:
    """The first of what is given that does so by itself; else the play's text, which says it all together."""
    given = {"parameters": campaign.given, "context": campaign.context}
    sells = (f"/{place}/{name}" for place, told in given.items() for name, value in told.items() if _sells(value))
    return next(sells, "/play")


def _sells(value: object) -> bool:
    return bool(selling.why_it_sells(str(value)))


def _at(name: str) -> str:
    return f"/context/{name}"
