"""A plain yes or no to a notice: what is known of her since."""

from dataclasses import replace

import pytest

from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import NoteSign
from chalicelib.model.customer import Consent, Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import delivery
from chalicelib.outreach.delivery import News
from chalicelib.outreach.plays import channel_invitation
from tests.factories import NOON, make_customer, make_policy, make_task

INVITED = make_task(state=TaskState.SENT, play="channel_invitation", interaction_id="mail")
ASKED = replace(INVITED, play="recovery_follow_up")


def answered(task: Task, said: str) -> Decision:
    news = News(TaskState.ANSWERED, "mail", "email", said)
    return delivery.settled(task, news, make_customer(), None, make_policy(), NOON)


@pytest.mark.parametrize("said", ["no", "No, thanks"])
def test_who_says_no_to_an_invitation_gets_no_other(said: str) -> None:
    changes = answered(INVITED, said).changes
    (her,) = [one for one in changes if isinstance(one, Customer)]
    (fact,) = [one for one in changes if isinstance(one, Fact)]

    assert (fact.what, fact.data) == (FactKind.TRAIT, {"invitations": "no"})
    assert not channel_invitation.PLAY.still_needed(her, {}, {})


@pytest.mark.parametrize(("play", "said"), [("channel_invitation", "tell me more"), ("payment_will_fail", "no")])
def test_other_answers_teach_nothing(play: str, said: str) -> None:
    decision = answered(replace(INVITED, play=play), said)

    assert not [one for one in decision.changes if isinstance(one, Fact)]
    assert decision.messages == ()


def test_who_wants_no_more_is_contacted_no_more_about_this_where_she_said_so() -> None:
    task = make_task(state=TaskState.SENT, interaction_id="mail", purpose="service", channel="sms")

    changes = answered(task, "unsubscribe").changes

    (her,) = [one for one in changes if isinstance(one, Customer)]
    (consent,) = [(key, one) for key, one in her.consents.items() if not one.granted]
    assert consent == ("email/service", Consent(False, NOON, "answered that she wants no more"))
    told = [one for one in changes if isinstance(one, Event) and one.what is EventKind.UNSUBSCRIBED]
    assert [(one.customer_id, one.detail["purpose"]) for one in told] == [(task.customer_id, "service")]


def test_a_plain_yes_to_whether_it_is_right_now_is_a_sign_in_her_recovery() -> None:
    (message,) = answered(ASKED, "Yes!").messages

    assert isinstance(message, NoteSign)
    assert answered(ASKED, "no").messages == ()
