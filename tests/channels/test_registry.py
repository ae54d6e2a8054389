"""Every way a contact can take."""

import pytest

from chalicelib.channels import REGISTRY, Channel, Reporter
from chalicelib.model.policy import REFERENCE_COSTS
from chalicelib.model.tier import DEFAULT_TIERS


def test_every_channel_is_registered_under_its_name() -> None:
    assert list(REGISTRY) == ["email", "web", "app", "phone", "sms", "chat", "board"]
    assert all(channel.name == name for name, channel in REGISTRY.items())


@pytest.mark.parametrize(
    ("reporter", "channels"),
    [
        (Reporter.MACHINE, ["email", "sms"]),
        (Reporter.CUSTOMER, ["web", "app"]),
        (Reporter.AGENT, ["phone", "chat", "board"]),
    ],
)
def test_who_reports_a_contact(reporter: Reporter, channels: list[str]) -> None:
    assert [name for name, channel in REGISTRY.items() if channel.reported_by is reporter] == channels


@pytest.mark.parametrize("channel", REGISTRY.values(), ids=lambda channel: channel.name)
def test_every_channel_costs_something_and_is_promised_something(channel: Channel) -> None:
    assert REFERENCE_COSTS[channel.name] > 0
    assert all(tier.promised(channel.name) for tier in DEFAULT_TIERS.tiers)
