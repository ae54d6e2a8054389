"""Two customers are one, and two again: what adds up, what counts last, and what goes back to whom."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.customers import facts, languages, merging, reaching
from chalicelib.customers.value_index import purchased, refunded, served
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict
from chalicelib.model.case import Case
from chalicelib.model.customer import Consent, Customer, Handle
from chalicelib.model.deflection import Fate, OpenQuestion
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.merge import Merge
from chalicelib.model.money import Money
from chalicelib.model.reach import Reach
from chalicelib.model.recovery import Asked
from chalicelib.model.tier import Standing
from chalicelib.model.value import NOTHING, ValueState
from tests.factories import ANN, CALIBRATION, NOON, make_case, make_customer, make_interaction, make_policy, make_report
from tests.properties.strategies import CUSTOMERS

POLICY = make_policy()
HOUR = timedelta(hours=1)
BEAS = Handle("email", "bea@example.org")
BEAS_ID = ids.derived_ulid(NOON - timedelta(days=10), "bea")
ANNS = make_customer(name="Ann Archer", value=purchased(NOTHING, NOON - 9 * HOUR, 100_00))
BEA = make_customer(id=BEAS_ID, handles=(BEAS,), version=4, value=purchased(NOTHING, NOON - 8 * HOUR, 7_00))
SAID = {"author": "Tom", "reason": "she says so"}


def merged(survivor: Customer = ANNS, absorbed: Customer = BEA, **more: Any) -> tuple[Merge, Customer, Customer]:
    decision = merging.merge(survivor, absorbed, **SAID, policy=POLICY, now=NOON, **more)
    made, both, rests, *_ = decision.changes
    assert isinstance(made, Merge)
    assert isinstance(both, Customer)
    assert isinstance(rests, Customer)
    return made, both, rests


def undone(
    made: Merge,
    both: Customer,
    rests: Customer,
    survivors: Iterable[Any] = (),
    absorbeds: Iterable[Any] = (),
    cases: Iterable[Case] = (),
) -> tuple[Customer, Customer]:
    """The survivor and the absorbed one, apart."""
    since = merging.Since(tuple(survivors), tuple(absorbeds), tuple(cases))
    decision = merging.undo(made, both, rests, since, **SAID, policy=POLICY, now=NOON + 2 * HOUR)
    _, rest, apart, *_ = decision.changes
    assert isinstance(rest, Customer)
    assert isinstance(apart, Customer)
    return rest, apart


def told(both: Customer, made: Merge, what: FactKind, *, under: str, **fields: Any) -> tuple[Customer, Fact]:
    """A fact recorded an hour after the merge, and the survivor after it."""
    during = made.id if under == BEAS_ID else ""
    report = make_report(what, receipt_key=f"fact:{under}:{what.value}", **fields)
    fact, _, customer, *_ = facts.record(report, both, POLICY, NOON + HOUR, under=under, during=during).changes
    assert isinstance(fact, Fact)
    assert isinstance(customer, Customer)
    return customer, fact


# Together


def test_what_adds_up_is_added_and_what_the_survivor_lacks_she_gets() -> None:
    _, both, _ = merged(
        replace(ANNS, name="", open_cases={"a": ""}, suppressed={"x@y.example": "bounced"}),
        replace(BEA, name="Bea", open_cases={"b": "complaint"}),
    )

    assert (both.id, both.name, both.handles) == (ANNS.id, "Bea", (ANN, BEAS))
    assert both.value == purchased(ANNS.value, NOON - 8 * HOUR, 7_00)
    assert both.open_cases == {"a": "", "b": "complaint"}
    assert both.suppressed == {"x@y.example": "bounced"}


def test_together_they_may_earn_another_tier() -> None:
    calibrated = make_policy(calibration=CALIBRATION)
    many = replace(BEA, value=ValueState(purchases=9, margin=90_00, recent=2**45))

    decision = merging.merge(ANNS, many, **SAID, policy=calibrated, now=NOON)

    assert [e.what for e in decision.changes if isinstance(e, Event)] == [EventKind.MERGED, EventKind.TIER_CHANGED]


@pytest.mark.parametrize(
    ("ours", "theirs", "counts"),
    [
        (Consent(True, NOON, "form"), Consent(False, NOON + HOUR, "call"), "call"),
        (Consent(True, NOON + HOUR, "form"), Consent(False, NOON, "call"), "form"),
        (Consent(True, NOON, "form"), Consent(False, NOON, "call"), "call"),
        (Consent(False, NOON, "call"), Consent(True, NOON, "form"), "call"),
    ],
)
def test_what_was_said_last_counts_and_at_one_moment_the_refusal(ours: Consent, theirs: Consent, counts: str) -> None:
    _, both, _ = merged(
        replace(ANNS, consents={"email/service": ours}), replace(BEA, consents={"email/service": theirs})
    )

    assert both.consents["email/service"].proof == counts


def test_the_newer_news_of_the_card_count_a_card_that_went_included() -> None:
    old = replace(ANNS, traits={"card_expires_on": "2026-12-10", "vip": "yes"}, learnt={"card": NOON})
    new = replace(BEA, traits={"hobby": "tea"}, learnt={"card": NOON + HOUR})

    _, both, _ = merged(old, new)

    assert both.traits == {"vip": "yes", "hobby": "tea"}
    assert both.learnt == {"card": NOON + HOUR}


def test_merges_of_merges_are_flat() -> None:
    _, both, _ = merged(replace(ANNS, absorbed=("01C",), merges=("01KAM",)), replace(BEA, absorbed=("01D", "01E")))

    assert both.absorbed == ("01C", BEAS_ID, "01D", "01E")


def test_the_absorbed_record_stays_as_it_was_and_leads_to_the_survivor() -> None:
    made, _, rests = merged()

    assert rests == replace(BEA, merged_into=ANNS.id, merged_by=made.id)
    assert (made.survivor, made.absorbed, made.by, made.reason) == (ANNS, BEA, "Tom", "she says so")


def test_a_merge_is_later_than_every_merge_before_it() -> None:
    ahead = ids.new_ulid(NOON + timedelta(seconds=3))

    made, _, _ = merged(replace(ANNS, merges=(ahead,)))

    assert made.id > ahead


@pytest.mark.parametrize(
    ("survivor", "absorbed", "sentence"),
    [
        (ANNS, ANNS, "into herself"),
        (ANNS, replace(BEA, merged_into="01C", merged_by="01M"), "merged into 01C, by merge 01M"),
        (replace(ANNS, merged_into="01C"), BEA, "merged into 01C; name that one"),
        (replace(ANNS, merged_into=BEAS_ID), replace(BEA, absorbed=(ANNS.id,)), "undo that merge first"),
        (replace(ANNS, absorbed=tuple(map(str, range(49)))), BEA, "more than 50 records"),
        (
            replace(ANNS, handles=(Handle("external", "1"),)),
            replace(BEA, handles=(Handle("external", "2"),)),
            "by different ids",
        ),
    ],
)
def test_what_cannot_be_merged_is_refused_with_what_to_do(
    survivor: Customer, absorbed: Customer, sentence: str
) -> None:
    with pytest.raises(Conflict, match=sentence):
        merged(survivor, absorbed)


def test_two_of_the_companys_own_ids_are_merged_when_somebody_confirms_it() -> None:
    ours, theirs = Handle("external", "1"), Handle("external", "2")

    _, both, _ = merged(replace(ANNS, handles=(ours,)), replace(BEA, handles=(theirs,)), confirm_external=True)

    assert both.handles == (ours, theirs)


# And apart


def test_both_are_what_they_were() -> None:
    made, both, rests = merged()

    rest, apart = undone(made, both, rests)

    assert (rest, apart) == (ANNS, BEA)


@pytest.mark.parametrize(
    ("ours", "theirs", "together"), [("01O", "", "01O"), ("", "01P", "01P"), ("01O", "01P", "01O")]
)
def test_the_survivor_keeps_her_organisation_or_gets_the_others_and_each_has_her_own_again(
    ours: str, theirs: str, together: str
) -> None:
    made, both, rests = merged(replace(ANNS, organisation_id=ours), replace(BEA, organisation_id=theirs))

    rest, apart = undone(made, both, rests)

    assert (both.organisation_id, rest.organisation_id, apart.organisation_id) == (together, ours, theirs)


@given(CUSTOMERS, CUSTOMERS)
def test_the_survivor_keeps_her_team_or_gets_the_others_and_each_has_her_own_again(
    ours: Customer, theirs: Customer
) -> None:
    made, both, rests = merged(replace(ANNS, team=ours.team), replace(BEA, team=theirs.team))

    rest, apart = undone(made, both, rests)

    assert (both.team, rest.team, apart.team) == (ours.team or theirs.team, ours.team, theirs.team)


def test_the_agent_who_knows_either_knows_both_and_each_has_her_own_again() -> None:
    made, both, rests = merged(ANNS, replace(BEA, last_agent="bo"))

    rest, apart = undone(made, both, rests)

    assert (both.last_agent, rest.last_agent, apart.last_agent) == ("bo", "", "bo")


def test_a_team_she_was_given_to_while_they_were_one_stays_with_the_survivor() -> None:
    made, both, rests = merged(replace(ANNS, team="south"), replace(BEA, team="east"))

    rest, apart = undone(made, replace(both, team="north"), rests)

    assert (rest.team, apart.team) == ("north", "east")


@pytest.mark.parametrize("since", ["", "01Q"])
def test_an_organisation_she_was_put_into_or_left_since_stays_with_the_survivor(since: str) -> None:
    made, both, rests = merged(ANNS, replace(BEA, organisation_id="01P"))

    rest, apart = undone(made, replace(both, organisation_id=since), rests)

    assert (rest.organisation_id, apart.organisation_id) == (since, "01P")


MOMENTS = st.integers(-9, -1).map(lambda hours: NOON + hours * HOUR)
REACHES = st.builds(Reach, sent=st.integers(1, 9).map(float), answered=st.just(0.5), last=MOMENTS)
PEOPLE = st.builds(
    replace,
    CUSTOMERS,
    reach=st.dictionaries(st.sampled_from(["email", "sms"]), REACHES),
    told_of=st.dictionaries(st.sampled_from(["first_steps", "lingering"]), MOMENTS),
    not_before=st.none() | MOMENTS,
    rating_asked_at=st.none() | MOMENTS,
    blocked=st.sampled_from(["", "deceased"]),
    compared=st.sampled_from(["", "2026-10@0.1", "2026-11@0.1"]),
    last_agent=st.sampled_from(["", "bo", "lea"]),
    lately=st.dictionaries(st.sampled_from(["order", "contact"]), MOMENTS),
    language=st.sampled_from(["en", "zh"]),
    language_chosen=st.booleans(),
    learnt=st.dictionaries(st.just("language"), MOMENTS),
)


@settings(deadline=None, max_examples=60)
@given(PEOPLE, PEOPLE)
def test_whatever_they_were_both_are_that_again(survivor: Customer, absorbed: Customer) -> None:
    their_handles = tuple(replace(handle, value=f"{handle.value}2") for handle in absorbed.handles)
    absorbed = replace(
        absorbed, id=BEAS_ID, handles=their_handles, open_cases={f"{c}2": "" for c in absorbed.open_cases}
    )
    survivor = merging.tiers.retiered(survivor, POLICY, NOON).customer
    absorbed = merging.tiers.retiered(absorbed, POLICY, NOON).customer
    made, both, rests = merged(survivor, absorbed, confirm_external=True)
    cases = [make_case(id=case_id, customer_id=BEAS_ID) for case_id in absorbed.open_cases]

    rest, apart = undone(made, both, rests, cases=cases)

    assert apart == absorbed
    assert rest == survivor


def test_money_goes_to_the_record_it_was_told_under() -> None:
    made, both, rests = merged()
    both, hers = told(both, made, FactKind.ORDER, under=BEAS_ID, margin=Money(20_00, "USD"))
    both, own = told(both, made, FactKind.REFUND, under=ANNS.id, margin=Money(3_00, "USD"))

    rest, apart = undone(made, both, rests, [own], [hers])

    assert both.value.margin == 124_00
    assert rest.value == refunded(ANNS.value, 3_00)
    assert apart.value == purchased(BEA.value, hers.occurred_at, 20_00)


def test_what_contacts_cost_goes_to_the_record_they_were_told_under() -> None:
    made, both, rests = merged()
    before, hers, own = (
        make_interaction(id=f"01{n}", customer_id=customer, at=NOON + HOUR, cost=cost, during=during)
        for n, (customer, cost, during) in enumerate([(BEAS_ID, 1, "01K"), (BEAS_ID, 20, made.id), (ANNS.id, 300, "")])
    )
    both = replace(both, value=served(both.value, NOON + HOUR, 320))

    rest, apart = undone(made, both, rests, [own], [before, hers])

    assert rest.value == served(ANNS.value, NOON + HOUR, 300)
    assert apart.value == served(BEA.value, NOON + HOUR, 20)


def test_the_higher_tier_is_kept_together_and_each_gets_her_own_back() -> None:
    made, both, rests = merged(absorbed=replace(BEA, standing=replace(BEA.standing, tier="gold")))

    rest, apart = undone(made, both, rests)

    assert (both.tier, rest.tier, apart.tier) == ("gold", "standard", "gold")


def test_a_tier_pinned_while_they_were_one_stays_with_the_survivor() -> None:
    made, both, rests = merged()
    pinned = replace(both.standing, tier="gold", pinned_until=NOON + 99 * HOUR, pinned_by="Tom", reason="fair")

    rest, apart = undone(made, replace(both, standing=pinned), rests)

    assert (rest.standing, apart.standing) == (pinned, BEA.standing)


def test_who_was_told_before_the_merge_that_she_will_lose_her_tier_is_told_anew_after_it() -> None:
    policy = make_policy(calibration=CALIBRATION)
    noticed = Standing(tier="gold", since=NOON - 900 * HOUR, below_since=NOON - 340 * HOUR, noticed_at=NOON - HOUR)
    rich = ValueState(purchases=9, margin=90_00, recent=2**45)
    since, later = merging.Since((), (), ()), NOON + timedelta(days=60)

    for survivor, absorbed in (
        (replace(ANNS, standing=noticed, value=NOTHING), replace(BEA, value=rich)),
        (replace(ANNS, value=rich), replace(BEA, standing=noticed, value=NOTHING)),
    ):
        made, both, rests, *_ = merging.merge(survivor, absorbed, **SAID, policy=policy, now=NOON).changes
        _, *apart = merging.undo(made, both, rests, since, **SAID, policy=policy, now=later).changes

        poor = next(each for each in apart if isinstance(each, Customer) and each.value == NOTHING)
        assert (poor.standing.tier, poor.standing.noticed_at, poor.look_again) == (
            "gold",
            None,
            later + timedelta(days=14),
        )


def test_a_notice_that_held_while_they_were_one_holds_after_it() -> None:
    policy = make_policy(calibration=CALIBRATION)
    noticed = Standing(tier="gold", since=NOON - 900 * HOUR, below_since=NOON - 340 * HOUR, noticed_at=NOON - HOUR)
    since, bea = merging.Since((), (), ()), replace(BEA, value=NOTHING)

    made, both, rests, *_ = merging.merge(
        replace(ANNS, standing=noticed, value=NOTHING), bea, **SAID, policy=policy, now=NOON
    ).changes
    _, rest, *_ = merging.undo(made, both, rests, since, **SAID, policy=policy, now=NOON + HOUR).changes

    assert rest.standing == noticed


def test_a_pin_that_was_ended_while_they_were_one_stays_ended() -> None:
    pinned = Standing(tier="gold", since=NOON, pinned_until=NOON + 99 * HOUR, pinned_by="Tom", reason="fair")
    ended = Standing(tier="gold", since=NOON)

    for survivor, absorbed in ((replace(ANNS, standing=pinned), BEA), (ANNS, replace(BEA, standing=pinned))):
        made, both, rests = merged(survivor, absorbed)

        apart = undone(made, replace(both, standing=ended), rests)

        assert ended in [each.standing for each in apart]
        assert not any(each.standing.pinned_until for each in apart)


def test_what_was_told_of_her_before_the_merge_or_during_an_earlier_one_is_not_counted_twice() -> None:
    made, both, rests = merged()
    _, hers = told(both, made, FactKind.ORDER, under=BEAS_ID, margin=Money(20_00, "USD"))

    _, apart = undone(made, both, rests, absorbeds=[replace(hers, during=""), replace(hers, during="01K")])

    assert apart.value == BEA.value


def test_a_consent_goes_to_the_record_it_was_told_under() -> None:
    own = Consent(True, NOON - HOUR, "form 1")
    made, both, rests = merged(replace(ANNS, consents={"email/service": own}))
    data = {"channel": "email", "purpose": "service", "granted": "false", "proof": "call"}
    both, hers = told(both, made, FactKind.CONSENT, under=BEAS_ID, data=data)

    rest, apart = undone(made, both, rests, absorbeds=[hers])

    assert rest.consents == {"email/service": own}
    assert apart.consents == {"email/service": Consent(False, NOON, "call")}


def test_who_unsubscribed_by_a_link_may_be_either_so_it_holds_for_both() -> None:
    yes = Consent(True, NOON - HOUR, "form")
    made, both, rests = merged(
        replace(ANNS, consents={"email/service": yes}), replace(BEA, consents={"email/service": yes})
    )
    both, event = merging.consent.withdraw(both, "email", "service", "link", NOON + HOUR).changes  # type: ignore[assignment]

    rest, apart = undone(made, both, rests, survivors=[event])

    assert not rest.consents["email/service"].granted
    assert not apart.consents["email/service"].granted


def test_the_card_and_the_name_go_to_the_record_they_were_told_under() -> None:
    made, both, rests = merged()
    both, card = told(both, made, FactKind.CARD_EXPIRING, under=BEAS_ID, data={"expires_on": "2026-12-10"})
    both, name = told(both, made, FactKind.PROFILE, under=BEAS_ID, data={"name": "Bea Baker"})

    rest, apart = undone(made, both, rests, absorbeds=[card, name])

    assert (rest.name, rest.traits, rest.learnt) == ("Ann Archer", {}, {})
    assert (apart.name, apart.traits) == ("Bea Baker", {"card_expires_on": "2026-12-10"})


def chooses(customer: Customer, language: str, at: Any = NOON) -> Customer:
    said = languages.told(customer, language, chosen=True, by="Tom", now=at)
    chosen = said.changes[0]
    assert isinstance(chosen, Customer)
    return chosen


def test_a_language_the_absorbed_one_chose_is_hers_whatever_she_writes_in_and_goes_with_her() -> None:
    made, both, rests = merged(ANNS, chooses(BEA, "zh"))

    rest, apart = undone(made, both, rests)

    assert (both.language, both.language_chosen) == ("zh", True)
    assert (rest.language, rest.language_chosen) == (ANNS.language, False)
    assert (apart.language, apart.language_chosen) == ("zh", True)


def test_a_language_that_was_chosen_while_they_were_one_stays_with_the_survivor() -> None:
    made, both, rests = merged()

    rest, apart = undone(made, chooses(both, "de", NOON + HOUR), rests)

    assert (rest.language, rest.language_chosen) == ("de", True)
    assert (apart.language, apart.language_chosen) == (BEA.language, False)


def test_a_number_that_failed_goes_with_its_handle_too() -> None:
    phone = Handle("phone", "+49301234567")
    made, both, rests = merged(absorbed=replace(BEA, handles=(BEAS, phone)))

    rest, apart = undone(made, replace(both, suppressed={f"sms:{phone.value}": "bounced"}), rests)

    assert (rest.suppressed, apart.suppressed) == ({}, {f"sms:{phone.value}": "bounced"})


def test_open_cases_go_by_the_record_they_name() -> None:
    made, both, rests = merged(ANNS, replace(BEA, open_cases={"solved since": ""}))
    both = replace(both, open_cases={"anns": "", "beas": "complaint"})
    cases = [make_case(id="anns", customer_id=ANNS.id), make_case(id="beas", customer_id=BEAS_ID)]

    rest, apart = undone(made, both, rests, cases=cases)

    assert (rest.open_cases, apart.open_cases) == ({"anns": ""}, {"beas": "complaint"})


def test_an_address_that_failed_goes_with_its_handle_and_nobodys_stays_with_both() -> None:
    made, both, rests = merged()
    both = replace(both, suppressed={ANN.value: "bounced", BEAS.value: "complained", "son@example.org": "bounced"})

    rest, apart = undone(made, both, rests)

    assert rest.suppressed == {ANN.value: "bounced", "son@example.org": "bounced"}
    assert apart.suppressed == {BEAS.value: "complained", "son@example.org": "bounced"}


def test_a_notice_sent_since_counts_for_both() -> None:
    made, both, rests = merged(replace(ANNS, notices_sent=(NOON - HOUR,)))
    both = replace(both, notices_sent=(*both.notices_sent, NOON + HOUR))

    rest, apart = undone(made, both, rests)

    assert (rest.notices_sent, apart.notices_sent) == ((NOON - HOUR, NOON + HOUR), (NOON + HOUR,))


def test_handles_go_back_as_far_as_they_are_still_there_and_new_ones_stay() -> None:
    phone, device = Handle("phone", "+49301234567"), Handle("device", "ios")
    made, both, rests = merged(ANNS, replace(BEA, handles=(BEAS, phone)))
    both = replace(both, handles=(ANN, BEAS, device))  # the phone was split off

    rest, apart = undone(made, both, rests)

    assert (rest.handles, apart.handles) == ((ANN, device), (BEAS,))


def test_a_refusal_that_no_timeline_holds_any_more_holds_for_both_too() -> None:
    agreed = {"email/service": Consent(granted=True, at=NOON - HOUR, proof="form")}
    made, both, rests = merged(absorbed=replace(BEA, consents=agreed))
    refused = {"email/service": Consent(granted=False, at=NOON + HOUR, proof="link")}

    rest, apart = undone(made, replace(both, consents=refused), rests)

    assert rest.consents == refused
    assert apart.consents == refused


def test_what_is_undone_keeps_no_copies_but_who_was_merged() -> None:
    made, both, rests = merged()

    over, *_ = merging.undo(made, both, rests, merging.Since((), (), ()), **SAID, policy=POLICY, now=NOON).changes

    assert isinstance(over, Merge)
    assert (over.survivor.id, over.absorbed.id) == (ANNS.id, BEA.id)
    assert not any((*over.survivor.handles, *over.absorbed.handles, over.survivor.name, over.absorbed.name))


def test_undoing_is_told_on_both_timelines_and_remembered() -> None:
    made, both, rests = merged()

    decision = merging.undo(made, both, rests, merging.Since((), (), ()), **SAID, policy=POLICY, now=NOON)

    over, *_ = decision.changes
    events = [change for change in decision.changes if isinstance(change, Event)]
    assert isinstance(over, Merge)
    assert (over.id, over.undone_at, over.undone_by, over.undone_because) == (made.id, NOON, "Tom", "she says so")
    assert [(e.what, e.customer_id) for e in events] == [
        (EventKind.MERGE_UNDONE, ANNS.id),
        (EventKind.MERGE_UNDONE, BEAS_ID),
    ]


def test_what_is_undone_stays_undone() -> None:
    made, both, rests = merged()

    again = merging.undo(
        replace(made, undone_at=NOON), both, rests, merging.Since((), (), ()), **SAID, policy=POLICY, now=NOON
    )

    assert not again.changes


@pytest.mark.parametrize("change", [{"merged_into": "01Z", "merged_by": "01Y"}, {"merges": ("01KAM", "01Y")}])
def test_merges_on_top_of_it_are_undone_first(change: dict[str, Any]) -> None:
    made, both, rests = merged()

    with pytest.raises(Conflict, match="undo merge 01Y first"):
        undone(made, replace(both, **change), rests)


NEWS = st.tuples(
    st.sampled_from([ANNS.id, BEAS_ID]),
    st.sampled_from(
        [
            (FactKind.ORDER, {}),
            (FactKind.REFUND, {}),
            (FactKind.CARD_EXPIRING, {"expires_on": "2026-12-10"}),
            (FactKind.CARD_EXPIRING, {"expires_on": "2027-01-10"}),
            (FactKind.CARD_UPDATED, {}),
            (FactKind.PROFILE, {"name": "A"}),
            (FactKind.PROFILE, {"language": "de"}),
            (FactKind.CONSENT, {"channel": "email", "purpose": "service", "granted": "true", "proof": "form"}),
            (FactKind.CONSENT, {"channel": "email", "purpose": "service", "granted": "false", "proof": "call"}),
        ]
    ),
    st.integers(-400 * 24, 0),  # hours ago
)


@settings(deadline=None, max_examples=200)
@given(st.lists(NEWS, max_size=4), st.lists(NEWS, max_size=6))
def test_what_comes_while_they_are_one_leaves_them_as_if_they_never_had_been(before: Any, since: Any) -> None:
    people = {ANNS.id: replace(ANNS, value=NOTHING), BEAS_ID: replace(BEA, value=NOTHING)}
    entries: dict[str, list[Fact]] = {ANNS.id: [], BEAS_ID: []}

    def tell(customer: Customer, number: int, news: Any, during: str = "") -> tuple[Customer, Fact]:
        under, (what, data), hours = news
        report = make_report(
            what, receipt_key=f"fact:{number}", occurred_at=NOON + hours * HOUR + timedelta(seconds=number),
            data=data, margin=Money(10**number, "USD"),
        )  # fmt: skip
        now = NOON + timedelta(minutes=number)
        fact, _, changed, *_ = facts.record(report, customer, POLICY, now, under=under, during=during).changes
        assert isinstance(fact, Fact)
        assert isinstance(changed, Customer)
        return changed, fact

    for number, news in enumerate(before):
        people[news[0]], fact = tell(people[news[0]], number, news)
        entries[news[0]].append(fact)
    made, both, rests = merged(people[ANNS.id], people[BEAS_ID])
    for number, news in enumerate(since, len(before) + 1):
        people[news[0]], _ = tell(people[news[0]], number, news)
        both, fact = tell(both, number, news, made.id if news[0] == BEAS_ID else "")
        entries[news[0]].append(fact)

    rest, apart = undone(made, both, rests, entries[ANNS.id], entries[BEAS_ID])

    for customer, alone in ((rest, people[ANNS.id]), (apart, people[BEAS_ID])):
        assert in_all_but_words(customer) == in_all_but_words(alone)
        assert (customer.name, customer.language) == (alone.name, alone.language)


def in_all_but_words(customer: Customer) -> tuple[Any, ...]:
    return customer.traits, customer.learnt, customer.consents, customer.value


def test_the_survivor_has_the_open_recovery_and_what_either_asked_and_each_gets_her_own_back() -> None:
    early, late = (Asked(at=NOON - hours * HOUR, channel="email", case_id="c") for hours in (3, 1))
    ann = replace(ANNS, asked={"tents": early}, rating_asked_at=NOON - HOUR)
    bea = replace(BEA, recovery="R", asked={"tents": late, "billing": early})

    made, both, rests = merged(ann, bea)
    rest, apart = undone(made, both, rests)

    assert (both.recovery, both.asked) == ("R", {"tents": late, "billing": early})
    assert (rest.recovery, apart.recovery) == ("", "R")
    assert apart.asked == bea.asked
    assert (rest.rating_asked_at, apart.rating_asked_at) == (NOON - HOUR, None)


def test_what_holds_us_back_since_holds_for_both_and_what_did_before_for_whom_it_did() -> None:
    ann = replace(ANNS, told_of={"first_steps": NOON - HOUR}, not_before=NOON + HOUR)
    bea = replace(BEA, told_of={"lingering": NOON - HOUR}, rating_asked_at=NOON - HOUR)
    made, both, rests = merged(ann, bea)
    asked_at, told_of = NOON + HOUR, {**both.told_of, "lingering": NOON + HOUR, "birthday": NOON + HOUR}

    rest, apart = undone(made, replace(both, rating_asked_at=asked_at, told_of=told_of, not_before=None), rests)

    assert rest.told_of == {**ann.told_of, "lingering": NOON + HOUR, "birthday": NOON + HOUR}
    assert apart.told_of == {"lingering": NOON + HOUR, "birthday": NOON + HOUR}
    assert (rest.rating_asked_at, apart.rating_asked_at) == (asked_at, asked_at)
    assert (rest.not_before, apart.not_before) == (None, None)


def test_a_channel_used_since_is_the_survivors_but_for_what_the_other_brought() -> None:
    once = Reach(sent=1.0, last=NOON)
    made, both, rests = merged(replace(ANNS, reach={"sms": once}), replace(BEA, reach={"sms": once, "email": once}))
    assert both.reach["sms"].sent == 2

    rest, apart = undone(made, reaching.counted(both, "sms", NOON, sent=1), rests)

    assert (rest.reach, apart.reach) == ({"sms": replace(once, sent=2.0)}, {"sms": once, "email": once})


def test_what_both_asked_is_hers_and_each_gets_back_what_she_asked_before_as_it_stands() -> None:
    asked = OpenQuestion(id="ann's", at=NOON, fate=Fate.SERVED, through="form")
    beas = replace(asked, id="bea's", at=NOON - HOUR)
    made, both, rests = merged(
        replace(ANNS, questions=(asked,)), replace(BEA, questions=(beas,), compared="2026-11@0.1")
    )
    assert (both.questions, both.compared) == ((beas, asked), "2026-11@0.1")
    rang, since = replace(beas, fate=Fate.PERSON), replace(asked, id="since")

    rest, apart = undone(made, replace(both, questions=(rang, asked, since)), rests)

    assert (rest.questions, apart.questions) == ((asked, since), (rang,))


def test_in_a_pilot_she_is_where_her_older_record_was_and_each_is_where_she_was_again() -> None:
    ann = replace(ANNS, pilots={"1": "contacted", "2": "held_out"})
    bea = replace(BEA, pilots={"1": "held_out", "3": "outside"})
    made, both, rests = merged(ann, bea)
    first = ann if ann.id < bea.id else bea
    assert both.pilots == {"2": "held_out", "3": "outside", "1": first.pilots["1"]}

    rest, apart = undone(made, replace(both, pilots={**both.pilots, "4": "contacted"}), rests)

    assert (rest.pilots, apart.pilots) == ({**ann.pilots, "4": "contacted"}, bea.pilots)


def test_a_recovery_that_began_since_stays_with_the_survivor() -> None:
    made, both, rests = merged()

    rest, apart = undone(made, replace(both, recovery="new"), rests)

    assert (rest.recovery, apart.recovery) == ("new", "")
