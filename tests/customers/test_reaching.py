"""On which channel does she answer?"""

from datetime import timedelta

from chalicelib.customers import reaching
from chalicelib.model.reach import Reach
from tests.factories import NOON, make_customer

HALF_A_YEAR = timedelta(days=180)


def test_contacts_and_answers_are_counted_by_channel() -> None:
    ann = reaching.counted(make_customer(), "email", NOON, sent=1)
    ann = reaching.counted(ann, "sms", NOON, sent=1, answered=1)

    assert ann.reach == {"email": Reach(sent=1, last=NOON), "sms": Reach(sent=1, answered=1, last=NOON)}


def test_after_half_a_year_a_contact_counts_half() -> None:
    ann = reaching.counted(make_customer(), "email", NOON - HALF_A_YEAR, sent=2, answered=1)

    assert reaching.faded(ann.reach["email"], NOON) == Reach(sent=1, answered=0.5, last=NOON)


def test_of_a_channel_nobody_used_nothing_is_known() -> None:
    assert reaching.faded(None, NOON) == Reach(last=NOON)


def test_who_turns_out_to_be_one_was_reached_as_both() -> None:
    both = reaching.of_both(
        {"email": Reach(sent=2, answered=2, last=NOON - HALF_A_YEAR)},
        {"email": Reach(sent=1, last=NOON), "sms": Reach(sent=1, last=NOON)},
    )

    assert both == {"email": Reach(sent=2, answered=1, last=NOON), "sms": Reach(sent=1, last=NOON)}


def test_who_turns_out_to_be_two_gets_what_the_other_did_not_bring() -> None:
    theirs = {"email": Reach(sent=1, last=NOON), "sms": Reach(sent=1, last=NOON)}
    together = reaching.of_both({"email": Reach(sent=2, answered=1, last=NOON)}, theirs)

    assert reaching.of_one(together, theirs) == {"email": Reach(sent=2, answered=1, last=NOON)}
