"""May a task still contact her, asked at the moment an agent is handed it, and once more when she dials?"""

from datetime import datetime

from chalicelib.configuration import policy
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.settings import settings
from chalicelib.model.customer import Customer
from chalicelib.model.task import BY_HAND, Task
from chalicelib.outreach import grounds, planning, playbook
from chalicelib.storage import outreach as storage


def objected(task: Task, customer: Customer, now: datetime) -> Decision | None:
    """What becomes of it if its play was halted, what it stands on holds no longer, or a guardrail objects; None: she
    may be called. One read of a play's task, two where it stands on something."""
    _, why = grounded(task, customer)
    if why:
        return planning.passed_over(task, why, now)
    running = playbook.for_task(task) if task.play != BY_HAND else None
    return planning.objected(task, customer, running, policy(), now)


def grounded(task: Task, customer: Customer) -> tuple[Task, str]:
    """The task with the links its words need, and why there is nothing to say any more, if so: one round trip for
    tasks that stand on something, none for others."""
    if not grounds.stands_on_something(task):
        return task, ""
    found = storage.grounds(task, customer.id)
    return grounds.linked(task, found, settings().base_url), grounds.objection(task, found)
