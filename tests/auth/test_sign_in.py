"""A code by mail becomes a session, and strangers learn nothing."""

import re
from collections.abc import Iterator

import pytest

from chalicelib.auth import directory, mailroom, service, sessions, sign_in
from chalicelib.auth.permissions import Role
from chalicelib.auth.staffing import Profile
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Invalid, TooMany, Unauthenticated
from chalicelib.kernel.settings import settings
from chalicelib.model.access import AccessKind
from chalicelib.model.customer import Handle, HandleOwner
from chalicelib.model.session import Audience, Session, SignInCode
from chalicelib.model.staff import StaffMember
from chalicelib.storage import table
from chalicelib.storage.commit import commit
from tests.auth.callers import shared_stage, staff_member
from tests.factories import ANNS_ID, make_customer
from tests.workbench import Bench, text_of

STAFF, CUSTOMER = Audience.STAFF, Audience.CUSTOMER


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage() as opened:
        yield opened


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> Iterator[None]:
    """The stage is the module's, which keeps its rows; its mailbox is empty, and its settings are its own."""
    stage.mailer.accepted.clear()
    stage._announced = 0
    yield
    settings.cache_clear()


@pytest.fixture
def bench(stage: Bench) -> Bench:
    return stage


@pytest.fixture
def tom(bench: Bench) -> StaffMember:
    return staff_member("agent", "north", name="Tom Baker")


def asked(email: str, audience: Audience = STAFF, source: str = "192.0.2.1") -> SignInCode:
    return sign_in.ask_for_code(audience, email, language="", source=source)


def mailed(bench: Bench) -> str:
    """The code in the newest mail, sent without the ways that lead there."""
    for code in bench.rows(SignInCode):
        mailroom.send_code(code.id)
    return str(re.search(r"\d{4} \d{4}", text_of(bench.sent[-1]))[0])  # type: ignore[index]


def redeemed(code: SignInCode, digits: str) -> sign_in.SignedIn:
    return sign_in.redeem(code.id, digits, source="192.0.2.1")


def comes_in(signed_in: sign_in.SignedIn) -> bool:
    return service.by_session(signed_in.text, clock.now()) is not None


def told_of(staff_id: str) -> list[AccessKind]:
    return [event.what for event in directory.accesses_about(staff_id, None, 25).items]


def test_a_member_of_staff_signs_in_with_the_code_she_is_mailed(bench: Bench, tom: StaffMember) -> None:
    code = asked(tom.email.upper())
    bench.run()

    signed_in = redeemed(code, mailed(bench))

    principal = service.authenticate(f"Bearer {signed_in.text}", clock.now())
    assert (principal.staff_id, principal.name, principal.team) == (tom.id, "Tom Baker", "north")
    assert principal.scopes == {scope.value for scope in Role.AGENT.scopes} | {"session:own"}
    assert bench.sent[-1]["To"] == tom.email
    assert told_of(tom.id) == [AccessKind.SIGNED_IN]


def test_the_code_goes_to_staff_even_while_sending_is_off(
    bench: Bench, tom: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_sending_off(monkeypatch)
    asked(tom.email)

    bench.run()

    assert len(bench.sent) == 1


def switch_sending_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENDING", "off")
    settings.cache_clear()


def test_a_code_opens_once(bench: Bench, tom: StaffMember) -> None:
    code = asked(tom.email)
    digits = mailed(bench)
    redeemed(code, digits)

    with pytest.raises(Unauthenticated):
        redeemed(code, digits)


def test_only_who_asked_can_use_the_code(bench: Bench, tom: StaffMember) -> None:
    asked(tom.email)
    digits = mailed(bench)
    strangers = asked(tom.email, source="198.51.100.7")

    with pytest.raises(Unauthenticated):
        redeemed(strangers, digits)


def test_after_five_wrong_tries_the_right_digits_open_nothing_and_it_is_told(bench: Bench, tom: StaffMember) -> None:
    code = asked(tom.email)
    digits = mailed(bench)

    for _ in range(sessions.MOST_TRIES):
        with pytest.raises(Unauthenticated):
            redeemed(code, "0000 000x")

    with pytest.raises(Unauthenticated):
        redeemed(code, digits)
    assert told_of(tom.id) == [AccessKind.SIGN_IN_REFUSED]


def test_a_stranger_is_answered_like_a_member_and_gets_no_mail(bench: Bench, tom: StaffMember) -> None:
    known, unknown = asked(tom.email), asked("stranger@example.com")

    bench.run()

    assert [mail["To"] for mail in bench.sent] == [tom.email]
    assert (known.at <= unknown.at, len(known.id)) == (True, len(unknown.id))
    assert unknown.email == ""
    with pytest.raises(Unauthenticated):
        redeemed(unknown, "1234 5678")


def test_who_was_let_go_gets_no_code(bench: Bench) -> None:
    gone = staff_member("agent", active=False)

    asked(gone.email)

    bench.run()
    assert bench.sent == []


def test_who_is_let_go_while_the_code_is_on_its_way_stays_out(bench: Bench, tom: StaffMember) -> None:
    code = asked(tom.email)
    digits = mailed(bench)

    let_go(tom)

    with pytest.raises(Unauthenticated):
        redeemed(code, digits)


def let_go(member: StaffMember) -> None:
    profile = Profile(email=member.email, name=member.name, role=member.role, team=member.team, active=False)
    directory.change(member.id, profile, expected=None, by=service.OPERATOR)


def test_one_asker_gets_five_codes_for_an_address_in_a_quarter_of_an_hour_known_or_not(tom: StaffMember) -> None:
    for email in (tom.email, "nobody@example.com"):
        for _ in range(sign_in.MOST_OF_ADDRESS_AND_SOURCE):
            asked(email)

        with pytest.raises(TooMany):
            asked(email)


def test_who_asks_for_another_does_not_keep_her_out(tom: StaffMember) -> None:
    for _ in range(sign_in.MOST_OF_ADDRESS_AND_SOURCE):
        asked(tom.email, source="198.51.100.9")
    with pytest.raises(TooMany):
        asked(tom.email, source="198.51.100.9")

    assert asked(tom.email, source="192.0.2.77").subject_id == tom.id


def test_an_address_gets_no_more_codes_than_a_person_reads_whoever_asks(
    tom: StaffMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in, "MOST_OF_ADDRESS", 2)
    for number in (1, 2):
        asked(tom.email, source=f"198.51.100.{number}")

    with pytest.raises(TooMany):
        asked(tom.email, source="198.51.100.3")


def test_the_rest_of_an_ipv6_address_makes_nobody_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "MOST_OF_SOURCE", 1)
    asked("a@example.com", source="2001:db8:1:2::3")

    with pytest.raises(TooMany):
        asked("b@example.com", source="2001:db8:1:2:ffff::4")

    asked("b@example.com", source="2001:db8:1:3::3")


@pytest.mark.parametrize("audience", Audience)
def test_a_stranger_costs_as_many_reads_as_who_is_known(
    tom: StaffMember, audience: Audience, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = make_customer(id="01M0MNF4G0968NW3BX9D0ANNA0", handles=(Handle("email", "anna@example.com"),), version=None)
    if audience is CUSTOMER:
        for row in (ann, HandleOwner(handle=ann.handles[0], customer_id=ann.id)):
            commit(Decision((row,), reason="there"))
    reads: list[object] = []
    read = table.row_at
    monkeypatch.setattr(table, "row_at", lambda key: (reads.append(key), read(key))[1])

    code = asked(tom.email if audience is STAFF else "anna@example.com", audience)
    known = len(reads)
    asked("stranger@example.com", audience)

    assert code.subject_id
    assert known == len(reads) - known


def test_one_network_address_cannot_ask_for_everybody(tom: StaffMember, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "MOST_OF_SOURCE", 2)
    for email in ("a@example.com", "b@example.com"):
        asked(email, source="203.0.113.1")

    with pytest.raises(TooMany):
        asked("c@example.com", source="203.0.113.1")

    asked("c@example.com", source="203.0.113.2")


def test_what_is_no_address_is_refused_with_a_pointer(bench: Bench) -> None:
    with pytest.raises(Invalid) as refused:
        asked("tom")

    assert refused.value.pointer == "/email"


def test_the_message_coming_twice_sends_one_mail(bench: Bench, tom: StaffMember) -> None:
    code = asked(tom.email)
    mailed(bench)
    sent = len(bench.sent)

    mailroom.send_code(code.id)

    assert len(bench.sent) == sent


def _in(bench: Bench, member: StaffMember) -> sign_in.SignedIn:
    code = asked(member.email)
    return redeemed(code, mailed(bench))


def test_letting_her_go_ends_her_sessions(bench: Bench, tom: StaffMember) -> None:
    signed_in = _in(bench, tom)

    let_go(tom)

    assert not comes_in(signed_in)


def test_a_change_of_role_and_team_holds_for_the_sessions_there_are(bench: Bench, tom: StaffMember) -> None:
    signed_in = _in(bench, tom)

    profile = Profile(email=tom.email, name=tom.name, role="lead", team="south")
    directory.change(tom.id, profile, expected=None, by=service.OPERATOR)

    principal = service.by_session(signed_in.text, clock.now())
    assert principal
    assert (principal.team, "tiers:write" in principal.scopes) == ("south", True)


def test_signing_out_ends_one_session_and_signing_out_everywhere_all(bench: Bench, tom: StaffMember) -> None:
    desk, phone = _in(bench, tom), _in(bench, tom)

    directory.sign_out(desk.session.id, staff_id=tom.id, by=tom.name)
    assert (comes_in(desk), comes_in(phone)) == (False, True)

    directory.sign_out_everywhere(tom.id, by=tom.name)
    assert not comes_in(phone)


@pytest.mark.parametrize("text", ["ls_", "ls_01KAM8Q6C3V8QW2E0N4B7T9XYZ_" + "a" * 52, "liana_x", ""])
def test_what_is_no_session_lets_nobody_in(bench: Bench, text: str) -> None:
    assert service.by_session(text, clock.now()) is None


def test_neither_code_nor_session_lies_in_the_table(bench: Bench, tom: StaffMember) -> None:
    code = asked(tom.email)
    digits = mailed(bench)
    everything = str(bench.client("dynamodb").scan(TableName=bench.bucket)["Items"])
    signed_in = redeemed(code, digits)
    everything += str(bench.client("dynamodb").scan(TableName=bench.bucket)["Items"])

    assert digits.replace(" ", "") not in everything
    assert signed_in.text.rpartition("_")[2] not in everything
    assert "192.0.2.1" not in everything


def test_a_customer_signs_in_by_code_or_by_link(bench: Bench) -> None:
    bench.receive(b"From: ann@example.org\r\nTo: hello@care.liana.test\r\nMessage-ID: <1@x>\r\n\r\nHello")
    bench.run()
    ann = bench.told_of("ann@example.org")[0].customer_id

    by_code = redeemed(asked("ann@example.org", CUSTOMER), mailed(bench))
    asked("ann@example.org", CUSTOMER)
    mailed(bench)
    link = re.search(r"/sign-in/link/(\S+)", text_of(bench.sent[-1]))
    assert link
    by_link = sign_in.redeem_link(link[1])

    for signed_in in (by_code, by_link):
        principal = service.by_session(signed_in.text, clock.now())
        assert principal
        assert (principal.customer_id, principal.staff_id) == (ann, "")
        assert principal.scopes == {"own:read", "own:write", "session:own"}
    with pytest.raises(Unauthenticated):
        sign_in.redeem_link(link[1])


def test_to_a_customer_nothing_is_sent_while_sending_is_off(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    eve = Handle("email", "eve@example.org")
    commit(Decision((make_customer(handles=(eve,), version=None),), reason="there"))
    commit(Decision((HandleOwner(handle=eve, customer_id=ANNS_ID),), reason="there"))
    switch_sending_off(monkeypatch)

    asked(eve.value, CUSTOMER)
    bench.run()

    assert bench.sent == []


def test_sessions_expire_from_the_table_and_say_when(bench: Bench, tom: StaffMember) -> None:
    signed_in = _in(bench, tom)

    stored = next(each for each in bench.rows(Session) if each.id == signed_in.session.id)
    assert stored.ends_at == signed_in.session.created_at + sessions.LIVES[STAFF].whole
