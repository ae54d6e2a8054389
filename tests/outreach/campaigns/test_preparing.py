"""Who may do what with a campaign, in which state."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Forbidden, HubError, Invalid
from chalicelib.kernel.messages import BeginCampaign, LookThroughCampaign, PlanCampaignPart
from chalicelib.model.campaign import Audience, AudienceKind, Campaign, CampaignPart, CampaignState, Listing
from chalicelib.model.play import Parameter, ParameterKind, PlayState
from chalicelib.outreach.campaigns import pacing, preparing
from chalicelib.outreach.campaigns.preparing import Edits
from chalicelib.outreach.life import Person
from chalicelib.outreach.plays.base import Play
from tests.factories import NOON, make_campaign, make_running, make_told

TOM, LEA = Person(id="key:one", name="Tom"), Person(id="key:two", name="Lea")
HOUR = timedelta(hours=1)
RUNNING = make_running(make_told())
SUBMITTED = make_campaign(state=CampaignState.SUBMITTED, edition=1)
APPROVED = make_campaign(
    state=CampaignState.APPROVED, edition=1, approved_by="key:two", starts_at=NOON, approved_at=NOON
)
GOES = make_campaign(state=CampaignState.RUNNING, edition=1, begun_at=NOON, parts=3)


def after(decision: Decision) -> Campaign:
    return next(change for change in decision.changes if isinstance(change, Campaign))


def test_a_draft_that_is_submitted_waits_for_a_second_person() -> None:
    waits = after(preparing.submitted(make_campaign(), RUNNING, 700, by=TOM, now=NOON))

    assert (waits.state, waits.edition, waits.expected, waits.prepared_by) == (
        CampaignState.SUBMITTED, 1, 700, "key:one",
    )  # fmt: skip


def test_whoever_submitted_it_cannot_approve_it() -> None:
    with pytest.raises(Forbidden, match="second person"):
        preparing.approved(SUBMITTED, RUNNING, by=TOM, now=NOON)


def test_whoever_drafted_or_changed_it_cannot_approve_it_either() -> None:
    changed = after(preparing.amended(make_campaign(preparers=("key:one",)), Edits(title="News"), by=LEA, now=NOON))
    handed_in = after(preparing.submitted(changed, RUNNING, 700, by=Person(id="key:three", name="Mia"), now=NOON))

    for by in (TOM, LEA):
        with pytest.raises(Forbidden, match="second person"):
            preparing.approved(handed_in, RUNNING, by=by, now=NOON)


def test_a_draft_may_be_changed() -> None:
    edits = Edits(title="News", context={"what": "it"}, starts_at=NOON + HOUR)
    changed = after(preparing.amended(make_campaign(), edits, by=TOM, now=NOON))
    at_once = after(preparing.amended(changed, Edits(at_once=True), by=TOM, now=NOON))

    assert (changed.title, changed.context, changed.rate) == ("News", {"what": "it"}, 1_000)
    assert (changed.starts_at, at_once.starts_at) == (NOON + HOUR, None)


def test_a_second_person_with_the_same_name_is_another() -> None:
    namesake = Person(id="key:two", name="Tom")

    assert after(preparing.approved(SUBMITTED, RUNNING, by=namesake, now=NOON)).approved_by == "key:two"


def test_approved_it_begins_at_once() -> None:
    decision = preparing.approved(SUBMITTED, RUNNING, by=LEA, now=NOON)

    assert [type(message) for message in decision.messages] == [BeginCampaign]


def test_one_that_starts_later_waits_for_the_clock() -> None:
    later = make_campaign(state=CampaignState.SUBMITTED, edition=1, starts_at=NOON + HOUR)

    decision = preparing.approved(later, RUNNING, by=LEA, now=NOON)

    assert decision.messages == ()
    assert after(decision).next_look_at == NOON + HOUR


def test_it_does_not_begin_before_its_time() -> None:
    assert preparing.begun(make_campaign(state=CampaignState.APPROVED, starts_at=NOON + HOUR), NOON).changes == ()


def test_begun_it_has_parts_that_go_on_by_themselves() -> None:
    decision = preparing.begun(APPROVED, NOON)

    parts = [change for change in decision.changes if isinstance(change, CampaignPart)]
    assert after(decision).parts == len(parts) == 32
    assert [type(message) for message in decision.messages] == [PlanCampaignPart] * 32


def test_a_short_list_has_as_many_parts_as_it_has_pieces() -> None:
    short = make_campaign(state=CampaignState.APPROVED, starts_at=NOON, listing=Listing(chunks=2, found=9, done=True))

    assert after(preparing.begun(short, NOON)).parts == 2


def test_a_campaign_that_is_stopped_has_its_people_looked_through() -> None:
    decision = preparing.stopped(GOES, "wrong day", by="Tom", now=NOON)

    assert (after(decision).state, after(decision).why) == (CampaignState.STOPPED, "wrong day")
    assert [type(message) for message in decision.messages] == [LookThroughCampaign] * 3


def test_resumed_it_wakes_its_parts_and_those_who_waited() -> None:
    parts = tuple(pacing.begun(GOES, number, NOON) for number in range(3))
    stands = preparing.paused(GOES, "look again", by="Tom", now=NOON)

    decision = preparing.resumed(after(stands), parts, RUNNING, by=TOM, now=NOON + HOUR)

    assert after(decision).state is CampaignState.RUNNING
    kinds = [type(message) for message in decision.messages]
    assert kinds == [PlanCampaignPart] * 3 + [LookThroughCampaign] * 3


def test_one_paused_before_it_began_begins_when_it_is_resumed() -> None:
    stands = after(preparing.paused(APPROVED, "wait", by="Tom", now=NOON))

    decision = preparing.resumed(stands, (), RUNNING, by=TOM, now=NOON)

    assert after(decision).state is CampaignState.APPROVED
    assert [type(message) for message in decision.messages] == [BeginCampaign]


@pytest.mark.parametrize(
    "again",
    [
        lambda: preparing.submitted(SUBMITTED, RUNNING, 1, by=TOM, now=NOON),
        lambda: preparing.approved(APPROVED, RUNNING, by=LEA, now=NOON),
        lambda: preparing.paused(make_campaign(state=CampaignState.PAUSED), "x", by="Tom", now=NOON),
        lambda: preparing.resumed(GOES, (), RUNNING, by=TOM, now=NOON),
        lambda: preparing.stopped(make_campaign(state=CampaignState.STOPPED), "x", by="Tom", now=NOON),
        lambda: preparing.amended(GOES, Edits(rate=GOES.rate), by=TOM, now=NOON),
    ],
)
def test_what_is_so_already_changes_nothing(again: Callable[[], Decision]) -> None:
    assert again().changes == ()


def make_play(**parameter: Any) -> Play:
    told = make_told()
    wanted = Parameter(**{"name": "days", "kind": ParameterKind.NUMBER, "default": 3, "says": "days", **parameter})
    return Play(**{field: getattr(told, field) for field in told.__dataclass_fields__} | {"parameters": (wanted,)})


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        (lambda: preparing.check_times(0, None, NOON + HOUR, NOON), "/rate_per_minute"),
        (lambda: preparing.check_times(600_001, None, NOON + HOUR, NOON), "/rate_per_minute"),
        (lambda: preparing.check_times(1, None, NOON, NOON), "/deadline"),
        (lambda: preparing.check_times(1, NOON + HOUR, NOON + HOUR, NOON), "/deadline"),
        (lambda: preparing.check_play(None, {}), "/play"),
        (lambda: preparing.check_play(RUNNING, {"days": 3}), "/parameters/days"),
        (lambda: preparing.check_play(make_running(make_play()), {"days": "3"}), "/parameters/days"),
        (lambda: preparing.check_play(make_running(make_play(at_least=1)), {"days": 0}), "/parameters/days"),
        (lambda: preparing.check_play(make_running(make_play(at_most=5)), {"days": 6}), "/parameters/days"),
        (
            lambda: preparing.check_play(
                make_running(make_play(kind=ParameterKind.CHOICE, default="a", one_of=("a",))), {"days": "b"}
            ),
            "/parameters/days",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(wrong: Callable[[], object], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        wrong()

    assert refused.value.pointer == pointer


LISTED = {"audience": Audience(kind=AudienceKind.LIST)}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: preparing.submitted(GOES, RUNNING, 1, by=TOM, now=NOON), "it is running"),
        (
            lambda: preparing.submitted(make_campaign(**LISTED, listing=Listing()), RUNNING, 0, by=TOM, now=NOON),
            "still looked up",
        ),
        (
            lambda: preparing.submitted(
                make_campaign(**LISTED, listing=Listing(chunks=1, missed=3, done=True)), RUNNING, 0, by=TOM, now=NOON
            ),
            "nobody on its list",
        ),
        (
            lambda: preparing.submitted(
                make_campaign(), make_running(make_told(), state=PlayState.PAUSED), 1, by=TOM, now=NOON
            ),
            "start the play first",
        ),
        (
            lambda: preparing.approved(
                make_campaign(state=CampaignState.SUBMITTED, edition=7), RUNNING, by=LEA, now=NOON
            ),
            "edition",
        ),
        (lambda: preparing.approved(make_campaign(), RUNNING, by=LEA, now=NOON), "it is draft"),
        (lambda: preparing.paused(make_campaign(), "x", by="Tom", now=NOON), "it is draft"),
        (
            lambda: preparing.amended(make_campaign(state=CampaignState.DONE), Edits(rate=5), by=TOM, now=NOON),
            "matters no more",
        ),
        (lambda: preparing.amended(SUBMITTED, Edits(title="x"), by=TOM, now=NOON), "send it back first"),
        (lambda: preparing.amended(GOES, Edits(context={}), by=TOM, now=NOON), "draft another"),
        (
            lambda: preparing.resumed(
                make_campaign(state=CampaignState.PAUSED, edition=1), (), RUNNING, by=TOM, now=NOON + 100 * HOUR
            ),
            "deadline",
        ),
        (lambda: preparing.sent_back(GOES, "x", by=LEA, now=NOON), "it is running"),
    ],
)
def test_what_the_state_does_not_allow_is_refused_with_what_to_do(wrong: Callable[[], object], words: str) -> None:
    with pytest.raises(HubError, match=words):
        wrong()
