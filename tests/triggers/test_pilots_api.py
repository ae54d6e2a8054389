"""Pilots by the API: prepared by one, started by another, read, widened, stopped; and what all plays together do."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.play import PlayState
from chalicelib.model.tally import Sum, words_as_one
from chalicelib.outreach import holding_out
from chalicelib.outreach.holding_out import Quarter
from chalicelib.outreach.pilots import service
from chalicelib.storage import pilots, plays
from chalicelib.storage.commit import commit
from tests.auth.callers import Answer, Caller, caller, shared_stage, signed_in
from tests.workbench import Bench

PLAY = "/v1/plays/payment_will_fail/pilot"
WANTED = {
    "primary_outcome": "repeat_contact",
    "minimum_difference": 0.05,
    "expected": 0.2,
    "contacted": {"*": 0.2},
    "held_out": {"*": 0.2},
    "window_days": 21,
    "goal_fact": "card_updated",
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage(stream=False) as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> Iterator[None]:
    """The stage is the module's; its play has no pilot when a test begins."""
    yield
    record = plays.play("payment_will_fail")
    if record and (record.pilot or record.state is not PlayState.RUNNING):
        stage.set_play("payment_will_fail", PlayState.RUNNING, pilot=None)


@pytest.fixture(scope="module")
def tom(stage: Bench) -> Caller:
    return caller(name="Tom")


@pytest.fixture(scope="module")
def lea(stage: Bench) -> Caller:
    return caller(name="Lea")


def prepared(tom: Caller, **more: Any) -> str:
    answer = tom.post(PLAY, {**WANTED, **more})
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


def started(tom: Caller, lea: Caller, **more: Any) -> str:
    pilot_id = prepared(tom, **more)
    answer = lea.post(f"/v1/pilots/{pilot_id}/start", {})
    assert answer.status == 200, answer.text
    return pilot_id


def widened(by: Caller, pilot_id: str, share: float) -> Answer:
    return by.post(f"/v1/pilots/{pilot_id}/widen", {"contacted": {"*": share}, "why": "It helps."})


def stopped(by: Caller, pilot_id: str, then: str) -> Answer:
    return by.post(f"/v1/pilots/{pilot_id}/stop", {"then": then, "why": "We know enough."})


def judged(pilot_id: str, arm: str, people: int, share: float) -> None:
    """As if so many had been drawn and judged, this share of whom turned to us again."""
    sums: Mapping[str, int] = {"drawn": people, "judged": people, "repeat_contact": round(people * share)}
    counter = ("pilot", pilot_id)
    for what, amount in sums.items():
        commit(Decision((Sum(counter, 3, words_as_one(what, arm, "standard", "1"), amount),)))


def test_a_pilot_is_planned_for_as_many_as_its_difference_needs(tom: Caller) -> None:
    answer = tom.post(PLAY, WANTED)

    assert (answer.status, answer.json["state"], answer.json["prepared_by"]) == (201, "prepared", "Tom")
    assert 1_500 < answer.json["design"]["planned_people"] < 2_300
    assert set(answer.json["_links"]) == {"self", "play", "start", "drop"}


def test_the_same_request_again_is_the_same_pilot(tom: Caller) -> None:
    first, again = (tom.post(PLAY, WANTED, Idempotency_Key="pilot-1") for _ in range(2))

    assert first.json["id"] == again.json["id"]
    assert tom.post(PLAY, {**WANTED, "window_days": 7}, Idempotency_Key="pilot-1").status == 422


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"contacted": {"*": 0.9}}, "/held_out"),
        ({"held_out": {"*": 0.0}}, "/held_out"),
        ({"contacted": {"diamond": 0.1}}, "/contacted"),
        ({"expected": 0.0}, "/expected"),
        ({"minimum_difference": 0.3}, "/minimum_difference"),
        ({"primary_outcome": "goal", "goal_fact": ""}, "/goal_fact"),
        ({"primary_outcome": "spend"}, "/expected_spread"),
        ({"planned_people": 100}, "/planned_people"),
    ],
)
def test_what_could_find_nothing_is_refused_with_what_to_correct(
    tom: Caller, wrong: dict[str, Any], pointer: str
) -> None:
    answer = tom.post(PLAY, {**WANTED, **wrong})

    assert (answer.status, answer.pointers) == (422, [pointer])


def test_ratings_decide_nothing(tom: Caller) -> None:
    assert tom.post(PLAY, {**WANTED, "primary_outcome": "rating"}).status == 422


def test_a_play_that_is_none_has_no_pilot(tom: Caller) -> None:
    assert tom.post("/v1/plays/no_such_play/pilot", WANTED).status == 404
    assert tom.get("/v1/plays/no_such_play/pilot").status == 404


def test_who_prepared_it_does_not_start_it(tom: Caller) -> None:
    refused = tom.post(f"/v1/pilots/{prepared(tom)}/start", {})

    assert (refused.status, refused.json["detail"]) == (403, "Somebody else has to start what you prepared.")


def test_a_member_of_staff_is_known_whatever_session_she_has(stage: Bench, lea: Caller) -> None:
    lead = signed_in("lead")
    pilot_id = prepared(lead)

    assert lead.post(f"/v1/pilots/{pilot_id}/start", {}).status == 403
    assert lea.post(f"/v1/pilots/{pilot_id}/start", {}).status == 200


def test_another_person_starts_it_and_its_play_has_it(tom: Caller, lea: Caller) -> None:
    pilot_id = started(tom, lea)

    record = plays.play("payment_will_fail")
    assert record is not None
    assert record.pilot is not None
    assert (record.pilot.id, record.pilot.contacted, record.pilot.window_days) == (pilot_id, {"*": 0.2}, 21)
    assert tom.get(PLAY).json["pilot"]["id"] == pilot_id
    assert lea.post(f"/v1/pilots/{pilot_id}/start", {}).status == 200, "the same again"


def test_an_edition_is_approved_with_the_pilot_that_tries_it_in_one_call(tom: Caller, lea: Caller) -> None:
    number = tom.put("/v1/plays/payment_will_fail", {"channels": ["email"]}).json["draft"]["number"]
    tom.post("/v1/plays/payment_will_fail/submit", {})
    place, wanted = "/v1/plays/payment_will_fail/approve", {"edition": number, "pilot_id": prepared(tom)}
    of_leas_own = {"edition": number, "pilot_id": prepared(lea)}
    of_none = {"edition": number, "pilot_id": ids.new_ulid(clock.now())}

    refused = [lea.post(place, told).status for told in (of_leas_own, of_none)]
    approved = [lea.post(place, wanted) for _ in range(2)]

    record = plays.play("payment_will_fail")
    assert refused == [403, 422]
    assert [answer.status for answer in approved] == [200, 200], "the same again changes nothing"
    assert record is not None and record.live is not None and record.pilot is not None
    assert (record.live.number, record.pilot.id) == (number, wanted["pilot_id"])


def test_a_play_has_one_pilot_at_a_time(tom: Caller, lea: Caller) -> None:
    started(tom, lea)

    assert lea.post(f"/v1/pilots/{prepared(tom)}/start", {}).status == 409


def test_a_pilot_nobody_started_is_dropped_and_then_nobody_can(tom: Caller, lea: Caller) -> None:
    pilot_id = prepared(tom)

    dropped = tom.post(f"/v1/pilots/{pilot_id}/drop", {"why": "The play changes first."})

    assert (dropped.status, dropped.json["state"]) == (200, "dropped")
    assert lea.post(f"/v1/pilots/{pilot_id}/start", {}).status == 409


def test_its_report_tells_the_flow_of_people_and_what_may_be_said(tom: Caller, lea: Caller) -> None:
    pilot_id = started(tom, lea)
    judged(pilot_id, "contacted", 900, 0.10)
    judged(pilot_id, "held_out", 900, 0.20)

    report = tom.get(f"/v1/pilots/{pilot_id}").json

    assert report["verdict"] == report["reading"]["verdict"] == "better"
    assert report["reading"]["judged"] == {"contacted": 900, "held_out": 900}
    primary = report["reading"]["primary"]
    assert (primary["difference"], primary["lift"], primary["towards"]) == (-0.1, -0.5, "better")
    assert primary["anytime_interval"]["high"] < 0
    assert primary["once_interval"] is None


def test_before_it_is_started_it_says_nothing(tom: Caller) -> None:
    report = tom.get(f"/v1/pilots/{prepared(tom)}").json

    assert (report["reading"], report["verdict"], report["evidence"]) == (None, "not_yet", [])


def test_it_is_widened_by_one_call_and_what_it_said_is_kept(tom: Caller, lea: Caller) -> None:
    pilot_id = started(tom, lea)
    judged(pilot_id, "contacted", 900, 0.10)
    judged(pilot_id, "held_out", 900, 0.20)

    wider = widened(lea, pilot_id, 0.8)

    record = plays.play("payment_will_fail")
    assert record is not None
    assert record.pilot is not None
    assert (record.pilot.contacted, record.pilot.held_out, record.pilot.period) == ({"*": 0.8}, {"*": 0.2}, 2)
    assert [period["number"] for period in wider.json["periods"]] == [1, 2]
    (kept,) = tom.get(f"/v1/pilots/{pilot_id}").json["evidence"]
    assert (kept["cause"], kept["by"], kept["why"], kept["verdict"]) == ("widened", "Lea", "It helps.", "better")
    assert kept["reading"]["primary"]["difference"] == -0.1


def test_the_same_width_again_keeps_no_second_evidence(tom: Caller, lea: Caller) -> None:
    pilot_id = started(tom, lea)

    assert [widened(lea, pilot_id, 0.5).status for _ in range(2)] == [200, 200]

    assert len(pilots.with_evidence(pilot_id).evidence) == 1


@pytest.mark.parametrize(("share", "status"), [(0.1, 409), (0.9, 422)], ids=["narrower", "over the hold-out"])
def test_nobody_is_taken_back_or_out_of_the_hold_out(tom: Caller, lea: Caller, share: float, status: int) -> None:
    assert widened(lea, started(tom, lea), share).status == status


def test_stopping_for_all_frees_the_play_and_keeps_the_evidence(tom: Caller, lea: Caller) -> None:
    pilot_id = started(tom, lea)

    over = stopped(lea, pilot_id, "for_all")

    record = plays.play("payment_will_fail")
    assert record is not None
    assert (record.pilot, record.state) == (None, PlayState.RUNNING)
    assert (over.json["state"], over.json["then"], over.json["stopped_by"]) == ("stopped", "for_all", "Lea")
    assert [kept["cause"] for kept in tom.get(f"/v1/pilots/{pilot_id}").json["evidence"]] == ["stopped"]
    assert tom.get(PLAY).status == 404
    assert stopped(lea, pilot_id, "for_all").status == 200, "the same again"
    assert stopped(lea, pilot_id, "stop").status == 409


def test_stopping_the_play_with_it_stops_both(tom: Caller, lea: Caller) -> None:
    stopped(tom, started(tom, lea), "stop")

    record = plays.play("payment_will_fail")
    assert record is not None
    assert (record.pilot, record.state, record.why) == (None, PlayState.STOPPED, "We know enough.")
    assert record.stopped_at == record.state_at, "what was planned until then is withdrawn"


def test_who_may_only_prepare_does_not_send_it_to_everybody(tom: Caller, lea: Caller) -> None:
    preparer = caller("plays:read", "plays:write")
    pilot_id = started(tom, lea)

    assert stopped(preparer, pilot_id, "for_all").status == 403
    assert widened(preparer, pilot_id, 0.5).status == 403
    assert stopped(preparer, pilot_id, "stop").status == 200


def test_the_planned_number_is_read_once_by_the_clock_and_counts_from_then_on(tom: Caller, lea: Caller) -> None:
    pilot_id = started(tom, lea, planned_people=2_000)
    judged(pilot_id, "contacted", 1_000, 0.163)
    judged(pilot_id, "held_out", 1_000, 0.200)
    look_at = pilots.with_evidence(pilot_id).pilot.look_at  # type: ignore[union-attr]
    assert look_at is not None
    assert tom.get(f"/v1/pilots/{pilot_id}").json["verdict"] == "not_yet"

    done = [service.look(pilot_id, look_at) for _ in range(2)]

    report = tom.get(f"/v1/pilots/{pilot_id}").json
    assert done == ["better", "not due"]
    assert (report["verdict"], report["reading"]["verdict"]) == ("better", "not_yet")
    (kept,) = report["evidence"]
    assert kept["reading"]["primary"]["once_p_value"] < 0.04


def test_too_few_are_looked_at_again_tomorrow(tom: Caller, lea: Caller) -> None:
    pilot_id = started(tom, lea)
    before = pilots.pilot(pilot_id)
    assert before is not None
    assert before.look_at is not None

    service.look(pilot_id, before.look_at)

    after = pilots.pilot(pilot_id)
    assert after is not None
    assert after.look_at is not None
    assert (after.look_at - before.look_at).days == 1
    assert after.decided_at is None


def test_pilots_come_in_pages_the_newest_first(tom: Caller) -> None:
    newest = [prepared(tom) for _ in range(3)]

    first = tom.get("/v1/pilots?limit=2").json
    second = tom.get(f"/v1/pilots?limit=2&cursor={first['next']}").json

    assert [item["id"] for item in (*first["items"], *second["items"])][:3] == sorted(newest, reverse=True)


def test_a_pilot_nobody_knows_is_not_found(tom: Caller) -> None:
    unknown = ids.new_ulid(clock.now())

    assert tom.get(f"/v1/pilots/{unknown}").status == 404
    assert stopped(tom, unknown, "stop").status == 404


# ── All plays together ────────────────────────────────────────────────────────────────────────────

ADDRESS = "/v1/reports/outreach"
LONG_AGO = Quarter(2024, 1)


def test_it_tells_what_became_of_both_groups_and_whether_that_is_better(tom: Caller) -> None:
    current = holding_out.quarter_of(clock.now())
    judged(holding_out.pilot_of(current).id, "contacted", 3_000, 0.12)
    judged(holding_out.pilot_of(current).id, "held_out", 3_000, 0.20)

    report = tom.get(ADDRESS).json

    assert (report["quarter"], report["verdict"], report["over"]) == (current.name, "better", False)
    assert report["judged"] == report["drawn"] == {"contacted": 3_000, "held_out": 3_000}
    assert (report["primary"]["outcome"], report["primary"]["difference"]) == ("repeat_contact", -0.08)
    assert report["primary"]["anytime_interval"]["high"] < 0


def test_a_quarter_that_ended_without_an_answer_is_undecided(tom: Caller) -> None:
    judged(holding_out.pilot_of(LONG_AGO).id, "contacted", 400, 0.20)
    judged(holding_out.pilot_of(LONG_AGO).id, "held_out", 400, 0.20)

    report = tom.get(f"{ADDRESS}?quarter={LONG_AGO.name}").json

    assert (report["verdict"], report["over"], report["ends_at"]) == ("undecided", True, "2024-04-01T00:00:00Z")


def test_while_nobody_is_held_out_it_says_that(tom: Caller) -> None:
    report = tom.get(f"{ADDRESS}?quarter={LONG_AGO.before.name}").json

    assert (report["quarter"], report["hold_out"], report["verdict"]) == ("2023-Q4", 0.0, "nobody_held_out")


def test_what_is_no_quarter_or_has_not_begun_is_refused(tom: Caller) -> None:
    following = holding_out.quarter_of(clock.now() + timedelta(days=100))

    for wrong in ("2026-Q5", "2026", "last", following.name):
        answer = tom.get(f"{ADDRESS}?quarter={wrong}")
        assert (answer.status, answer.pointers) == (400, ["/quarter"])


def test_the_report_of_all_plays_needs_the_scope_of_reports(stage: Bench) -> None:
    assert (caller("plays:read").get(ADDRESS).status, caller("reports:read").get(ADDRESS).status) == (403, 200)
