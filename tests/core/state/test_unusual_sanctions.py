"""Sanctions of those who cannot be recognised, or whose network has no addresses."""

import pytest

from parlour.core.entries import SanctionKind, Target
from parlour.core.state.sanctions import Person, Sanctions
from parlour.core.storage import Sanction

NOW = 1_700_000_000.0
PATH = "/run/parlour.sock"


def muted(number: int, target: Target) -> Sanction:
    return Sanction(number, SanctionKind.MUTE, None, target, "Ann", NOW, None, "")


def test_two_sanctions_of_guests_who_cannot_be_recognised_are_removed() -> None:
    sanctions = Sanctions()
    for number in (1, 2):
        sanctions.add(muted(number, Target("Bob")))

    for number in (1, 2):
        sanctions.remove(number)

    assert len(sanctions) == 0


@pytest.mark.parametrize("network", [PATH])
def test_a_network_that_is_not_one_of_addresses_contains_only_itself(
    network: str,
) -> None:
    sanctions = Sanctions()
    sanctions.add(muted(1, Target("Bob", network=network)))

    def find(network: str) -> Sanction | None:
        person = Person(0, 9, "", network)
        return sanctions.find(SanctionKind.MUTE, None, person, NOW)

    assert find(network) == muted(1, Target("Bob", network=network))
    assert find("192.0.2.1") is None
    sanctions.remove(1)
    assert find(network) is None
