"""Settings for all tests."""

from hypothesis import settings

from tests.signals import heed_signals

# Deadlines in milliseconds fail on a busy machine; pytest-timeout bounds each test.
settings.register_profile("parlour", deadline=None)
settings.load_profile("parlour")


heed_signals()
