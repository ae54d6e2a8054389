"""Does nobody contact her first any more?"""

from chalicelib.customers import blocking
from chalicelib.model.event import EventKind
from tests.factories import NOON, make_customer


def test_who_died_is_blocked_with_proof_and_told_on_her_timeline() -> None:
    changed, told = blocking.blocked(make_customer(), "deceased", proof="certificate", by="Tom", now=NOON).changes

    assert changed.blocked == "deceased"
    assert (told.what, dict(told.detail)) == (
        EventKind.BLOCKED,
        {"why": "deceased", "proof": "certificate", "by": "Tom"},
    )


def test_the_same_again_changes_nothing() -> None:
    known = make_customer(blocked="deceased")

    assert not blocking.blocked(known, "deceased", proof="certificate", by="Tom", now=NOON).changes
    assert not blocking.unblocked(make_customer(), proof="she rang", by="Tom", now=NOON).changes


def test_a_mistake_is_undone_and_what_she_agreed_to_is_as_it_was() -> None:
    known = make_customer(blocked="deceased", consenting=True)

    changed, told = blocking.unblocked(known, proof="she rang", by="Tom", now=NOON).changes

    assert changed.blocked == ""
    assert changed.consents == known.consents
    assert told.what is EventKind.UNBLOCKED
