"""What is sealed comes back whole, for its purpose and binding, or not at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.auth.sealing import seal, unseal
from chalicelib.kernel.signing import Keys

OLD = Keys("a", {"a": b"1" * 32})
NEW = Keys("b", {"a": b"1" * 32, "b": b"2" * 32})


@settings(deadline=None)
@given(st.text(), st.text())
def test_whatever_was_sealed_comes_back(payload: str, binding: str) -> None:
    sealed = seal(payload, OLD, purpose="cursor", binding=binding)

    assert unseal(sealed, OLD, purpose="cursor", binding=binding) == payload


def test_what_an_older_key_sealed_still_opens_after_rotation() -> None:
    assert unseal(seal("place", OLD, purpose="cursor"), NEW, purpose="cursor") == "place"


def test_what_a_forgotten_key_sealed_does_not() -> None:
    assert unseal(seal("place", NEW, purpose="cursor"), OLD, purpose="cursor") is None


@pytest.mark.parametrize(("purpose", "binding"), [("unsubscribe", "mine"), ("cursor", "yours"), ("cursor", "")])
def test_another_purpose_or_binding_opens_nothing(purpose: str, binding: str) -> None:
    sealed = seal("place", OLD, purpose="cursor", binding="mine")

    assert unseal(sealed, OLD, purpose=purpose, binding=binding) is None


@settings(deadline=None)
@given(st.data())
def test_no_changed_character_goes_unnoticed(data: st.DataObject) -> None:
    sealed = seal("T#01KAM8Q6C3V8QW2E0N4B7T9XYZ", OLD, purpose="cursor")
    place = data.draw(st.integers(0, len(sealed) - 2))  # the last one carries bits that mean nothing
    other = data.draw(st.characters(codec="ascii").filter(lambda c: c != sealed[place]))

    assert unseal(sealed[:place] + other + sealed[place + 1 :], OLD, purpose="cursor") is None


@settings(deadline=None)
@given(st.text())
def test_any_text_is_refused_without_an_error(text: str) -> None:
    assert unseal(text, OLD, purpose="cursor") is None


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "é.a", "AAAA.aAAAA", "x" * 10_000 + ".a"])
def test_odd_texts_are_refused_without_an_error(text: str) -> None:
    assert unseal(text, OLD, purpose="cursor") is None
