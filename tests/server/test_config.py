"""Limits of the chat for a configuration and the descriptors of the process."""

import pytest

from parlour.core.limits import max_browser_connections
from parlour.server.config import RESERVED_DESCRIPTORS, Config, Web


@pytest.mark.parametrize("allowed", [256, 1024, 4096, 1 << 20])
def test_users_and_browsers_together_fit_the_descriptors(allowed: int) -> None:
    limits = Config(web=Web()).limits(allowed)

    browsers = max_browser_connections(limits.max_pages)
    assert limits.max_users + browsers + RESERVED_DESCRIPTORS <= allowed
