import pytest

from chalicelib.mail.parse import parse_mail
from tests.mail.adversarial import Bomb, Nasty, bombs, cases, differences, violations


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_nasty_mail_is_read_and_makes_nothing_false_believed(case: Nasty) -> None:
    mail = parse_mail(case.raw)

    assert violations(mail) == []
    assert differences(mail, case.expect) == {}


@pytest.mark.parametrize("bomb", bombs(), ids=lambda bomb: bomb.name)
def test_a_mail_of_much_of_one_thing_is_read_within_the_limits(bomb: Bomb) -> None:
    mail = parse_mail(bomb.build(bomb.size // 4))  # in full: benchmarks.hostile_mail

    assert violations(mail) == []
    assert differences(mail, bomb.expect) == {}


def test_nasty_mails_have_names_of_their_own() -> None:
    names = [case.name for case in (*cases(), *bombs())]

    assert len(names) == len(set(names)) > 300
