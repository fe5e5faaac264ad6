"""The epoch of a history: a random value that a restore replaces."""

import os


def new_epoch() -> str:
    """Return a random epoch for a new or restored history."""
    return os.urandom(16).hex()
