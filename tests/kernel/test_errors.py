"""What an error is decides what becomes of a message: handed back, or done with."""

import pytest

from chalicelib.kernel import errors
from chalicelib.kernel.errors import HubError


@pytest.mark.parametrize(
    ("kind", "status", "retryable"),
    [
        (errors.Invalid, 422, False),
        (errors.Malformed, 400, False),
        (errors.Unauthenticated, 401, False),
        (errors.Forbidden, 403, False),
        (errors.NotFound, 404, False),
        (errors.Conflict, 409, False),
        (errors.TooLarge, 413, False),
        (errors.Permanent, 500, False),
        (errors.Unavailable, 503, True),
    ],
)
def test_an_error_knows_its_status_and_whether_to_try_again(kind: type[HubError], status: int, retryable: bool) -> None:
    assert (kind.status, kind.retryable) == (status, retryable)


def test_an_error_says_what_is_wrong_and_where() -> None:
    error = errors.Invalid("a price is above 0", "/data/price")

    assert (str(error), error.detail, error.pointer) == (
        "a price is above 0",
        "a price is above 0",
        "/data/price",
    )


def test_the_tree_in_the_docstring_names_every_error() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, HubError)]

    missing = [kind.__name__ for kind in kinds if kind.__name__ not in (errors.__doc__ or "")]

    assert not missing
