"""May a play's parameters be set to these values?"""

from collections.abc import Mapping

from chalicelib.kernel.errors import Invalid
from chalicelib.model.play import Parameter, ParameterKind, Value


def check(parameters: tuple[Parameter, ...], given: Mapping[str, Value], at: str) -> None:
    """Raises Invalid, with a pointer behind `at`, for a value or name these parameters do not allow."""
    known = {parameter.name: parameter for parameter in parameters}
    for name, value in given.items():
        if name not in known:
            there = f"it has {', '.join(known)}" if known else "it has none"
            raise Invalid(f"this play has no such parameter; {there}", f"{at}/{name}")
        check_value(known[name], value, f"{at}/{name}")


def check_value(parameter: Parameter, value: Value, at: str) -> None:
    """Raises Invalid, with the pointer `at`."""
    if wrong := _wrong_with(parameter, value):
        raise Invalid(wrong, at)


def _wrong_with(parameter: Parameter, value: Value) -> str:
    match parameter.kind:
        case ParameterKind.NUMBER:
            return _wrong_number(parameter, value)
        case ParameterKind.CHOICE:
            return "" if value in parameter.one_of else f"choose one of {', '.join(parameter.one_of)}"
    if not isinstance(value, str):
        return "give a text"
    return "" if len(value) <= parameter.longest else f"give {parameter.longest} characters at most"


def _wrong_number(parameter: Parameter, value: Value) -> str:
    if isinstance(value, bool | str):
        return "give a number"
    if parameter.at_least is not None and value < parameter.at_least:
        return f"give {parameter.at_least:g} at least"
    if parameter.at_most is not None and value > parameter.at_most:
        return f"give {parameter.at_most:g} at most"
    return ""
