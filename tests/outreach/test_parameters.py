"""What a company may set of a play, and what is refused with where it stands."""

from typing import Any

import pytest

from chalicelib.kernel.errors import Invalid
from chalicelib.model.play import Parameter, ParameterKind
from chalicelib.outreach import parameters

LEAD = Parameter(name="lead_days", kind=ParameterKind.NUMBER, default=14, says="Days before.", at_least=1, at_most=60)
TONE = Parameter(name="tone", kind=ParameterKind.CHOICE, default="warm", says="How.", one_of=("warm", "brief"))
SIGN = Parameter(name="sign", kind=ParameterKind.TEXT, default="", says="Who signs.", longest=5)


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"lead": 3}, "/parameters/lead"),
        ({"lead_days": "3"}, "/parameters/lead_days"),
        ({"lead_days": True}, "/parameters/lead_days"),
        ({"lead_days": 0}, "/parameters/lead_days"),
        ({"lead_days": 61}, "/parameters/lead_days"),
        ({"tone": "loud"}, "/parameters/tone"),
        ({"sign": 3}, "/parameters/sign"),
        ({"sign": "Beatrix"}, "/parameters/sign"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_with_where_it_stands(given: Any, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        parameters.check((LEAD, TONE, SIGN), given, "/parameters")

    assert refused.value.pointer == pointer


def test_parameters_within_their_bounds_are_taken() -> None:
    given: dict[str, Any] = {"lead_days": 60, "tone": "brief", "sign": "Lea"}

    parameters.check((LEAD, TONE, SIGN), given, "/parameters")
