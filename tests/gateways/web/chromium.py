"""Chromium, as tests, screenshots and the pictures of the documentation start it."""

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
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def demand() -> None:
    """Skip whoever needs a browser where there is none; where CI decides, fail."""
    missing = ""
    if not CHROMIUM:
        missing = "there is no Chromium here: `make system-deps` installs it"
    elif not find_spec("playwright") or not find_spec("axe_playwright_python"):
        missing = "nothing here drives Chromium: `make system-deps setup` installs it"
    if missing and os.environ.get("CI"):
        pytest.fail(missing, pytrace=False)
    if missing:
        pytest.skip(missing, allow_module_level=True)


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Start Chromium. Meanwhile no other loop can run in this thread."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()
