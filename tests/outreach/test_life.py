"""A play from its draft to its end: who may do what to it, and when."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.errors import Conflict, Forbidden
from chalicelib.model.play import PlayRecord, PlayState, PlayVersion
from chalicelib.outreach import life
from chalicelib.outreach.life import Person, Prepared
from tests.factories import NOON, make_play_record

TOM, LEA = Person("staff:1", "Tom"), Person("staff:2", "Lea")
WANTED = Prepared("", {"lead_days": 21}, (), None)


def drafted(known: PlayRecord | None = None, by: Person = TOM, wanted: Prepared = WANTED) -> PlayRecord:
    return life.drafted(known, "payment_will_fail", wanted, by=by, expected=None, now=NOON)[1]


def submitted(known: PlayRecord | None = None) -> PlayRecord:
    return life.submitted(drafted(known), by=TOM, expected=None, now=NOON)[1]


def test_the_first_draft_of_a_play_is_its_first_edition() -> None:
    record = drafted()

    assert record.draft is not None
    assert (record.draft.number, record.draft.given, record.draft.preparers) == (1, {"lead_days": 21}, ("staff:1",))
    assert record.state is PlayState.OFF


def test_what_runs_goes_on_while_the_next_edition_is_prepared() -> None:
    running = make_play_record()

    record = drafted(running)

    assert record.contacts
    assert record.live == running.live
    assert record.draft is not None
    assert record.draft.number == 2


def test_the_same_draft_again_changes_nothing() -> None:
    assert life.drafted(drafted(), "payment_will_fail", WANTED, by=LEA, expected=None, now=NOON)[0].changes == ()


def test_a_submitted_edition_that_is_changed_has_to_be_submitted_again() -> None:
    changed = drafted(submitted(), wanted=WANTED._replace(given={}))

    assert changed.draft is not None
    assert changed.draft.submitted_at is None


@pytest.mark.parametrize("shown", ["submitted", "sent back", "discarded"])
def test_what_was_shown_to_somebody_keeps_its_number(shown: str) -> None:
    """So that nobody approves by a number what she has not seen."""
    record = submitted(drafted(make_play_record()))
    if shown == "sent back":
        record = life.sent_back(record, "no", by=LEA, expected=None, now=NOON)[1]
    if shown == "discarded":
        (record,) = life.discarded(record, by=TOM, expected=None, now=NOON).changes

    changed = life.submitted(drafted(record, wanted=WANTED._replace(given={})), by=TOM, expected=None, now=NOON)[1]

    with pytest.raises(Conflict, match="edition 3 waits, not 2"):
        life.approved(changed, 2, by=LEA, expected=None, now=NOON)


def test_a_draft_nobody_was_shown_keeps_its_number_while_it_is_changed() -> None:
    again = drafted(drafted(), wanted=WANTED._replace(given={}))

    assert again.draft is not None
    assert again.draft.number == 1


def test_who_prepared_an_edition_cannot_approve_it() -> None:
    with pytest.raises(Forbidden, match="somebody else has to approve"):
        life.approved(submitted(), 1, by=TOM, expected=None, now=NOON)


def test_nobody_who_had_a_hand_in_an_edition_can_approve_it() -> None:
    both = drafted(drafted(by=LEA), by=TOM, wanted=WANTED._replace(given={}))
    waits = life.submitted(both, by=TOM, expected=None, now=NOON)[1]

    with pytest.raises(Forbidden):
        life.approved(waits, 1, by=LEA, expected=None, now=NOON)


def test_two_of_one_name_are_two_people() -> None:
    record = life.approved(submitted(), 1, by=Person("staff:9", "Tom"), expected=None, now=NOON)[1]

    assert record.live is not None


def test_an_approved_edition_is_kept_as_it_was_with_who_approved_it() -> None:
    decision, record = life.approved(submitted(), 1, by=LEA, expected=None, now=NOON)

    (version,) = [change for change in decision.changes if isinstance(change, PlayVersion)]
    assert version.edition == record.live
    assert (version.edition.prepared_by, version.edition.approved_by) == ("Tom", "Lea")
    assert (record.draft, record.editions) == (None, 1)


def test_approval_swaps_the_edition_of_a_play_that_runs() -> None:
    record = life.approved(submitted(make_play_record()), 2, by=LEA, expected=None, now=NOON)[1]

    assert record.contacts
    assert record.live is not None
    assert record.live.number == 2


def test_approval_is_of_the_edition_one_looked_at() -> None:
    with pytest.raises(Conflict, match="edition 1 waits, not 2"):
        life.approved(submitted(), 2, by=LEA, expected=None, now=NOON)


def test_what_was_not_submitted_cannot_be_approved() -> None:
    with pytest.raises(Conflict, match="submitted first"):
        life.approved(drafted(), 1, by=LEA, expected=None, now=NOON)


def test_what_is_sent_back_says_why_until_it_is_submitted_again() -> None:
    back = life.sent_back(submitted(), "name the card", by=LEA, expected=None, now=NOON)[1]
    assert back.draft is not None
    assert (back.draft.submitted_at, back.draft.sent_back) == (None, "name the card")

    again = life.submitted(back, by=TOM, expected=None, now=NOON)[1]
    assert again.draft is not None
    assert again.draft.sent_back == ""


def test_a_play_of_which_nothing_was_approved_cannot_be_started() -> None:
    for known in (None, drafted(), submitted()):
        with pytest.raises(Conflict, match="no edition of this play was approved"):
            life.started(known, by=LEA, expected=None, now=NOON)


STEPS: dict[str, Any] = {
    "start": lambda record: life.started(record, by=LEA, expected=None, now=NOON),
    "pause": lambda record: life.paused(record, "so", by=LEA, expected=None, now=NOON),
    "resume": lambda record: life.resumed(record, by=LEA, expected=None, now=NOON),
    "stop": lambda record: life.stopped(record, "so", by=LEA, expected=None, now=NOON),
}
OFF, RUNNING, PAUSED, STOPPED = PlayState.OFF, PlayState.RUNNING, PlayState.PAUSED, PlayState.STOPPED


@pytest.mark.parametrize(
    ("state", "step", "then"),
    [
        (OFF, "start", RUNNING), (OFF, "pause", None), (OFF, "resume", None), (OFF, "stop", None),
        (RUNNING, "start", RUNNING), (RUNNING, "pause", PAUSED), (RUNNING, "resume", RUNNING),
        (RUNNING, "stop", STOPPED),
        (PAUSED, "start", None), (PAUSED, "pause", PAUSED), (PAUSED, "resume", RUNNING), (PAUSED, "stop", STOPPED),
        (STOPPED, "start", RUNNING), (STOPPED, "pause", None), (STOPPED, "resume", None), (STOPPED, "stop", STOPPED),
    ],
)  # fmt: skip
def test_what_may_follow_on_what(state: PlayState, step: str, then: PlayState | None) -> None:
    record = make_play_record(state=state)

    if then is None:
        with pytest.raises(Conflict):
            STEPS[step](record)
    else:
        assert STEPS[step](record)[1].state is then


def test_a_stop_is_remembered_when_the_play_is_started_again() -> None:
    stopped = STEPS["stop"](make_play_record())[1]

    again = life.started(stopped, by=LEA, expected=None, now=NOON + timedelta(days=1))[1]

    assert (again.stopped_at, again.why) == (NOON, "")


def test_who_saw_another_version_is_refused() -> None:
    with pytest.raises(Conflict, match="version 1 is there, not version 7") as refused:
        life.stopped(make_play_record(), "so", by=LEA, expected=7, now=NOON)

    assert refused.value.pointer == "/expected_version"


def test_a_play_of_which_nothing_was_approved_goes_with_its_draft() -> None:
    known = replace(drafted(), version=1)

    assert life.discarded(known, by=TOM, expected=None, now=NOON).reason == "deleted"


def test_discarding_a_draft_leaves_what_runs() -> None:
    decision = life.discarded(drafted(make_play_record()), by=TOM, expected=None, now=NOON)

    (record,) = decision.changes
    assert isinstance(record, PlayRecord)
    assert record.contacts
    assert record.draft is None


def test_without_a_draft_there_is_nothing_to_submit() -> None:
    with pytest.raises(Conflict, match="prepare one first"):
        life.submitted(make_play_record(), by=TOM, expected=None, now=NOON)
