"""Documents need no environment: nothing here calls anything."""

import pytest


@pytest.fixture(autouse=True)
def no_aws() -> None:
    """In place of the one every other room has."""
