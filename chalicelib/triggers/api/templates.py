"""Templates of answers."""

from typing import Any

import msgspec

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Named, Teams
from chalicelib.cases import service as cases_service
from chalicelib.kernel.errors import Invalid
from chalicelib.knowledge import service as knowledge_service
from chalicelib.knowledge import views as knowledge
from chalicelib.knowledge.templates import same_language
from chalicelib.model.template import Template
from chalicelib.triggers.answers.templates import PreviewOut, TemplateGone, TemplateOut, TemplatesOut
from chalicelib.triggers.api.shared import by_of
from chalicelib.triggers.contract.shared import Paged, if_told
from chalicelib.triggers.contract.templates import PreviewIn, TemplateIn, TemplateRead, TemplateText
from chalicelib.triggers.decoding import decode
from chalicelib.triggers.http import Call, Endpoints, case_id

api = Endpoints()


@api.endpoint(
    "PUT",
    "/v1/templates/{slug}",
    scope=Scope.TEMPLATES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Write a template, or replace it",
    body=TemplateRead,
    documented_as=TemplateIn,
    returns=TemplateOut,
    errors=(404, 409),
)
def put_template(call: Call[TemplateRead], slug: str) -> TemplateOut:
    """All its languages at once. A variable nobody knows is refused. Keys of one team write that team's. The same
    again changes nothing, so it may be repeated."""
    given = call.input
    template = knowledge_service.put_template(
        slug,
        title=given.title,
        texts=_texts(given.texts),
        team=given.team or call.principal.team,
        by=call.principal.name,
        expected=if_told(given.expected_version),
        serving=call.principal.team,
    )
    return _out(call, template)


@api.endpoint(
    "GET",
    "/v1/templates",
    scope=Scope.TEMPLATES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="The templates you may use",
    query=Paged,
    returns=TemplatesOut,
)
def list_templates(call: Call[Paged]) -> TemplatesOut:
    """By slug: everybody's and, for a key of one team, that team's. A page may be short."""
    page = knowledge.templates(call.after, call.input.limit, call.principal.team)
    return TemplatesOut(items=[_out(call, template) for template in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/templates/{slug}",
    scope=Scope.TEMPLATES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="A template",
    returns=TemplateOut,
    errors=(404,),
)
def get_template(call: Call[None], slug: str) -> TemplateOut:
    """In all its languages, and what it asks the agent to fill in."""
    return _out(call, knowledge.template(slug, call.principal.team))


@api.endpoint(
    "DELETE",
    "/v1/templates/{slug}",
    scope=Scope.TEMPLATES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Delete a template",
    returns=TemplateGone,
    errors=(404,),
)
def delete_template(call: Call[None], slug: str) -> TemplateGone:
    """Nobody finds it any more. Answers made of it stay as they are, those that wait too."""
    knowledge_service.delete_template(slug, by=call.principal.name, serving=call.principal.team)
    return TemplateGone(slug=slug)


@api.endpoint(
    "POST",
    "/v1/templates/{slug}/preview",
    scope=Scope.TEMPLATES_READ,
    teams=Teams.OF_INPUT,
    summary="What a template would say in a case",
    body=PreviewIn,
    returns=PreviewOut,
    errors=(404,),
    looks_at="customer_id",
    names=lambda asked: [Named(case_id=case_id(asked.case_id), pointer="/case_id")],
)
def preview_template(call: Call[PreviewIn], slug: str) -> PreviewOut:
    """With everything filled in, in the customer's language. Nothing is sent and nothing counted."""
    asked = call.input
    seen = cases_service.preview(
        slug,
        case_id(asked.case_id),
        asked.text,
        asked.template_values,
        author=by_of(call, asked.author),
        team=call.principal.team,
        tongue=asked.language,
    )
    return PreviewOut(
        customer_id=seen.customer_id,
        text=seen.written.text,
        language=seen.written.language,
        wanted=seen.wanted,
        fallback=not same_language(seen.written.language, seen.wanted),
    )


def _texts(given: dict[str, msgspec.Raw]) -> dict[str, str]:
    texts = {}
    for tag, raw in given.items():
        try:
            texts[tag] = decode(bytes(raw), TemplateText)
        except Invalid as error:
            error.pointer = f"/texts/{tag}"
            raise
    return texts


def _out(call: Call[Any], template: Template) -> TemplateOut:
    own = f"v1/templates/{template.id}"
    return TemplateOut.of(template, {"self": call.link(own), "preview": call.link(f"{own}/preview")})
