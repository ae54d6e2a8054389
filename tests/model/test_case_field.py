"""The company's own fields, as its stage file defines them."""

import pytest

from chalicelib.kernel.errors import Permanent
from chalicelib.model.case_field import CaseField, FieldType, Value, read_case_fields


def test_fields_are_read_as_they_were_written() -> None:
    told = '[{"name": "cause", "type": "choice", "choices": ["us"], "required_to_solve": true, "topic": "delivery"}]'

    (field,) = read_case_fields(told)

    assert field == CaseField(
        name="cause", type=FieldType.CHOICE, choices=("us",), required_to_solve=True, topic="delivery"
    )
    assert read_case_fields("") == ()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("{", "cannot be read"),
        ('[{"name": "a"}]', "cannot be read"),
        ('[{"name": "a", "type": "colour"}]', "cannot be read"),
        ('[{"name": "A b", "type": "text"}]', "is no name"),
        ('[{"name": "a", "type": "text"}, {"name": "a", "type": "bool"}]', "names a twice"),
        ('[{"name": "a", "type": "choice"}]', "needs 1 to 50 choices"),
        ('[{"name": "a", "type": "text", "choices": ["x"]}]', "else none"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_to_correct(told: str, why: str) -> None:
    with pytest.raises(Permanent, match=why):
        read_case_fields(told)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (FieldType.TEXT, "x", "x" * 301),
        (FieldType.NUMBER, -1.5, True),
        (FieldType.NUMBER, 7, 10**16),
        (FieldType.BOOL, False, "no"),
        (FieldType.DATE, "2026-11-21", "20261121"),
        (FieldType.CHOICE, "a", "b"),
    ],
)
def test_a_value_fits_its_fields_type(kind: FieldType, good: Value, bad: Value) -> None:
    field = CaseField(name="f", type=kind, choices=("a",) if kind is FieldType.CHOICE else ())

    assert field.objection(good) == ""
    assert field.objection(bad).startswith("f is ")
