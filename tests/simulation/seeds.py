"""The seeds that every test run simulates."""

from typing import Final

SEEDS: Final = range(50)
BUG_SEEDS: Final = range(150)  # for planted bugs: some need a rare order of events
