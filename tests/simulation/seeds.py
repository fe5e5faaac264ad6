"""The seeds that every test run simulates; `make stress` continues after them."""

from typing import Final

SEEDS: Final = range(50)  # with one server, and with several nodes
ACCOUNT_SEEDS: Final = range(10)  # with accounts
BUG_SEEDS: Final = range(150)  # for planted bugs: some need a rare order of events


def in_turn(seeds: range, first: int) -> list[int]:
    """Return *seeds* from the one at *first* on; those before it come last."""
    return [*seeds[first:], *seeds[:first]]
