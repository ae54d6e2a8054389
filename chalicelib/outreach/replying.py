"""She answered what a play said with a plain yes or no, or wants no more: what do we know of her since?"""

from datetime import datetime

from chalicelib.customers import consent, learning
from chalicelib.kernel import ids
from chalicelib.kernel.messages import Message, NoteSign
from chalicelib.mail.replies.plain import NO, STOP, YES, plain
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.task import Task
from chalicelib.outreach import plays
from chalicelib.outreach.plays.base import ASKS_WHETHER_IT_IS_RIGHT


def heeded(
    task: Task, told: Event, said: str, channel: str, customer: Customer, now: datetime
) -> tuple[Customer, tuple[object, ...], tuple[Message, ...]]:
    """The customer after it, what is told of it besides, and who is to hear. A no counts from this write on; that she
    wants no more holds for the channel she said it on."""
    answer = plain(said)
    if answer == STOP:
        return _wants_no_more(task, told, channel, customer, now)
    if answer == YES and task.play == ASKS_WHETHER_IT_IS_RIGHT:
        return customer, (), (NoteSign(customer_id=told.customer_id, fact_id=told.id),)
    play = plays.BY_NAME.get(task.play)
    if answer != NO or play is None or play.no_means is None:
        return customer, (), ()
    trait, value = play.no_means
    fact = Fact(
        id=ids.derived_ulid(now, task.id, "no"),
        customer_id=task.customer_id,
        what=FactKind.TRAIT,
        occurred_at=now,
        recorded_at=now,
        data={trait: value},
    )
    return learning.learn(customer, fact), (fact,), ()


def _wants_no_more(
    task: Task, told: Event, channel: str, customer: Customer, now: datetime
) -> tuple[Customer, tuple[object, ...], tuple[Message, ...]]:
    """As if she had used the link: of this purpose, where she answered."""
    proof = "answered that she wants no more"
    withdrawn = consent.withdraw(customer, channel, task.purpose, proof, now, told.customer_id)
    refused = next((one for one in withdrawn.changes if isinstance(one, Customer)), customer)
    return refused, tuple(one for one in withdrawn.changes if not isinstance(one, Customer)), ()
