"""Asking the knowledge base, for customers and visitors; and a customer who asks herself."""

from collections.abc import Iterable
from typing import Any

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Named, Teams
from chalicelib.customers import views as customers
from chalicelib.kernel.settings import settings
from chalicelib.knowledge import asking
from chalicelib.knowledge.articles import nearest_of
from chalicelib.knowledge.excerpts import excerpt
from chalicelib.knowledge.html import to_text
from chalicelib.knowledge.readers import readers_of
from chalicelib.model.article import ArticleText
from chalicelib.model.customer import Customer
from chalicelib.model.question import AskedThrough, Question
from chalicelib.search.documents import Found, Hit
from chalicelib.triggers.answers.searching import (
    AnswersOut,
    FoundAnswerOut,
    FoundTitleOut,
    PopularOut,
    QuestionStateOut,
    TypedOut,
)
from chalicelib.triggers.contract.searching import (
    AnswersQuery,
    Asking,
    OwnAnswersQuery,
    OwnOutcomeIn,
    PopularQuery,
    QuestionOutcomeIn,
    TypedQuery,
)
from chalicelib.triggers.http import Call, Endpoints, case_id

api = Endpoints()


def _named(asked: Asking | QuestionOutcomeIn) -> Iterable[Named]:
    if asked.customer_id:
        yield Named(customer_id=asked.customer_id, pointer="/customer_id")
    if isinstance(asked, QuestionOutcomeIn) and asked.case_id:
        yield Named(case_id=case_id(asked.case_id), pointer="/case_id")


@api.endpoint(
    "GET",
    "/v1/answers",
    scope=Scope.ANSWERS_READ,
    teams=Teams.OF_INPUT,
    summary="Answers to a question",
    query=AnswersQuery,
    returns=AnswersOut,
    errors=(404,),
    names=_named,
)
def get_answers(call: Call[AnswersQuery]) -> AnswersOut:
    """The question is written down: on the customer's timeline, or as the visitor's. Say what became of it under its
    id. The same words of the same asker within five minutes are one question."""
    asked = call.input
    customer = customers.customer(asked.customer_id) if asked.customer_id else None
    return _answers(call, asked, customer, asked.visitor_id)


@api.endpoint(
    "GET",
    "/v1/answers/suggestions",
    scope=Scope.ANSWERS_READ,
    teams=Teams.OF_INPUT,
    summary="Articles while somebody types",
    query=TypedQuery,
    returns=TypedOut,
    errors=(404,),
    names=_named,
)
def get_suggestions(call: Call[TypedQuery]) -> TypedOut:
    """For each few letters, beside a form: titles only, and nothing is written down."""
    asked = call.input
    customer = customers.customer(asked.customer_id) if asked.customer_id else None
    found = asking.find(asked.q, language=asked.language, readers=readers_of(customer), limit=asked.limit)
    return TypedOut(answered=found.answered, items=[_suggestion(hit) for hit in found.hits])


@api.endpoint(
    "GET",
    "/v1/answers/popular",
    scope=Scope.ANSWERS_READ,
    teams=Teams.OF_INPUT,
    summary="What is asked most",
    query=PopularQuery,
    returns=PopularOut,
    errors=(404,),
    names=_named,
)
def get_popular_answers(call: Call[PopularQuery]) -> PopularOut:
    """Of late, the most asked first."""
    asked = call.input
    customer = customers.customer(asked.customer_id) if asked.customer_id else None
    hits = asking.popular(language=asked.language, readers=readers_of(customer), limit=asked.limit)
    return PopularOut(items=[_suggestion(hit) for hit in hits])


@api.endpoint(
    "POST",
    "/v1/answers/{question_id}/outcome",
    scope=Scope.ANSWERS_READ,
    teams=Teams.OF_INPUT,
    summary="Say what became of a question",
    body=QuestionOutcomeIn,
    returns=QuestionStateOut,
    errors=(404, 409),
    names=_named,
)
def say_outcome(call: Call[QuestionOutcomeIn], question_id: str) -> QuestionStateOut:
    """The last word counts; the same again changes nothing. What solved it is found by her words from then on, without
    what they tell of her."""
    said = call.input
    customer = customers.customer(said.customer_id) if said.customer_id else None
    question = _question(customer, said.visitor_id, question_id)
    return _said(said, question, readers_of(customer))


@api.endpoint(
    "GET",
    "/v1/me/answers",
    scope=Scope.OWN_READ,
    teams=Teams.OWN,
    summary="Answers to your question",
    query=OwnAnswersQuery,
    returns=AnswersOut,
    errors=(404,),
)
def get_my_answers(call: Call[OwnAnswersQuery]) -> AnswersOut:
    """What is for you, your tier's articles included. The question stands on your timeline."""
    return _answers(call, call.input, customers.customer(call.principal.customer_id), "")


@api.endpoint(
    "POST",
    "/v1/me/answers/{question_id}/outcome",
    scope=Scope.OWN_WRITE,
    teams=Teams.OWN,
    summary="Say what became of your question",
    body=OwnOutcomeIn,
    returns=QuestionStateOut,
    errors=(404, 409),
)
def say_my_outcome(call: Call[OwnOutcomeIn], question_id: str) -> QuestionStateOut:
    """The last word counts; the same again changes nothing."""
    customer = customers.customer(call.principal.customer_id)
    return _said(call.input, _question(customer, "", question_id), readers_of(customer))


def _answers(
    call: Call[Any], asked: AnswersQuery | OwnAnswersQuery, customer: Customer | None, visitor_id: str
) -> AnswersOut:
    question, found = asking.ask(
        asked.q,
        through=AskedThrough.API,
        language=asked.language,
        customer=customer,
        visitor_id=visitor_id,
        limit=asked.limit,
    )
    own = "v1/me/answers" if call.principal.customer_id else "v1/answers"
    links = {"outcome": call.link(f"{own}/{question.id}/outcome")}
    if not found.answered:
        links |= {"person": call.link("v1/requests"), "contact_form": call.link("help/contact")}
    return AnswersOut(
        question_id=question.id,
        customer_id=question.customer_id,
        visitor_id=question.visitor_id,
        answered=found.answered,
        confidence=round(found.confidence, 3),
        items=_items(asked.q, found),
        links=links,
    )


def _items(asked: str, found: Found) -> list[FoundAnswerOut]:
    """Each as it is by now."""
    articles = asking.articles_of(hit.id for hit in found.hits)
    items = []
    for hit in found.hits:
        live = articles[hit.id].live
        language = nearest_of(live, hit.language)
        items.append(
            FoundAnswerOut(
                slug=articles[hit.id].id,
                title=live[language].title,
                language=language,
                excerpt=_excerpt(live[language], asked),
                url=_url(articles[hit.id].id),
                confidence=round(hit.confidence, 3),
            )
        )
    return items


def _excerpt(text: ArticleText, asked: str) -> str:
    return excerpt(to_text(text.body), text.title, asked)


def _suggestion(hit: Hit) -> FoundTitleOut:
    return FoundTitleOut(slug=hit.id, title=hit.title, language=hit.language, url=_url(hit.id))


def _url(slug: str) -> str:
    return f"{settings().base_url}/help/articles/{slug}"


def _question(customer: Customer | None, visitor_id: str, question_id: str) -> Question:
    return asking.question_of(question_id, customer=customer, visitor_id=visitor_id)


def _said(said: OwnOutcomeIn, question: Question, readers: frozenset[str]) -> QuestionStateOut:
    if said.article:
        asking.demand_readable(question, said.article, readers)
    match said.outcome:
        case "read":
            question = asking.note_read(question, said.article)
        case "solved":
            question = asking.note_solved(question, said.article)
        case "unsolved":
            question = asking.note_unsolved(question, said.missing)
        case "person":
            question = asking.note_person(question, case_id(said.case_id) if said.case_id else "")
    return QuestionStateOut(
        question_id=question.id,
        at=question.asked_at,
        state=question.state,
        read=list(question.read),
        solved_by=question.solved_by,
        missing=question.missing,
        case_id=question.case_id,
    )
