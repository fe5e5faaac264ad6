"""Start Chromium, for tests, screenshots and the pictures of the documentation."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or ""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def require_chromium() -> None:
    """Skip the test if Chromium or its driver is missing; fail instead in CI."""
    missing = ""
    if not CHROMIUM:
        missing = "Chromium is missing: `make system-deps` installs it"
    elif not find_spec("playwright") or not find_spec("axe_playwright_python"):
        missing = "Playwright is missing: `make system-deps setup` installs it"
    if missing and os.environ.get("CI"):
        pytest.fail(missing, pytrace=False)
    if missing:
        pytest.skip(missing, allow_module_level=True)


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Run Chromium; no other event loop can run in this thread at the same time."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
