"""A row carries a text's beginning; a mail on its way is looked at again."""

from datetime import timedelta

import pytest

from chalicelib.model.interaction import PREVIEW_BYTES, DeliveryState, preview_of
from tests.factories import NOON, make_interaction, make_outbound


@pytest.mark.parametrize("text", ["", "short", "a" * PREVIEW_BYTES, "订" * (PREVIEW_BYTES // 3)])
def test_a_text_that_fits_is_kept_as_it_is(text: str) -> None:
    assert preview_of(text) == text


@pytest.mark.parametrize("text", ["a" * (PREVIEW_BYTES + 1), "订单" * 1000, "é" * 600, "👩‍👩‍👧" * 200])
def test_a_longer_text_is_cut_between_characters_and_says_so(text: str) -> None:
    shown = preview_of(text)

    assert len(shown.encode()) <= PREVIEW_BYTES
    assert shown.endswith("…")
    assert text.startswith(shown.removesuffix("…"))


@pytest.mark.parametrize(
    ("state", "again"),
    [(state, state in (DeliveryState.QUEUED, DeliveryState.CLAIMED)) for state in DeliveryState],
)
def test_only_a_mail_on_its_way_is_looked_at_again(state: DeliveryState, again: bool) -> None:
    delivery = make_outbound(state).delivery

    assert delivery
    assert delivery.unclear_at == (NOON + timedelta(minutes=15) if again else None)


def test_what_belongs_to_nobody_is_quarantined() -> None:
    assert make_interaction(customer_id="").quarantined
    assert not make_interaction().quarantined
