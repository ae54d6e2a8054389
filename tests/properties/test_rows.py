"""Every domain object there can be goes into a row and comes back equal."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.storage.rows import KINDS, Row
from tests.properties.strategies import things


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_goes_into_a_row_comes_out_of_it(kind: type[Row], data: st.DataObject) -> None:
    thing: Any = data.draw(things(kind.model))

    stored = Row.of(thing).to_dynamodb_dict()
    read = Row.from_raw_data(stored)

    assert type(read) is kind
    assert read.domain() == thing
