"""Tabs of a real browser: actions of users, checks of what they see, and errors."""

import json
import re
import time
from collections.abc import Sequence
from typing import Self

from tests.gateways.web.chromium import require_chromium
from tests.gateways.web.site import ChatMessage, Site

try:
    from playwright.sync_api import (
        Browser,
        Cookie,
        Dialog,
        Locator,
        Page,
        WebSocket,
        expect,
    )
except ModuleNotFoundError:
    require_chromium()
    raise

__all__ = [
    "MOMENT",
    "NARROW",
    "OUTAGE",
    "WIDE",
    "Cookie",
    "Locator",
    "Tab",
    "Visits",
    "WebSocket",
    "exactly",
    "expect",
]

PATIENCE = 20_000  # milliseconds, for every wait
MOMENT = r"(\w+ \d{1,2} \w+ \d{4}, )?\d\d:\d\d( [AP]M)?"
"""A pattern for a local time, which has its day unless that is today."""
WIDE, NARROW = (1280, 800), (390, 844)
# Without a server, neither a WebSocket nor the icon of the tab can be loaded.
OUTAGE = "WebSocket connection to .* failed|Failed to load .*CONNECTION_REFUSED"

expect.set_options(timeout=PATIENCE)


class Tab:
    """A tab. Errors in it that a test does not ignore fail the test."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.errors: list[str] = []
        self.sockets = 0
        self._ignored: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.errors.append(f"{error}"))
        page.on("dialog", self._dismiss)
        page.on("request", lambda request: self._check_request(request.url))
        page.on("websocket", lambda socket: self._check_socket(socket.url))
        page.on(
            "console",
            lambda entry: (
                self.errors.append(entry.text) if entry.type == "error" else None
            ),
        )

    def ignore_errors(self, *patterns: str) -> Self:
        """Ignore errors that match one of *patterns*: the test causes them."""
        self._ignored += patterns
        return self

    def unexpected_errors(self) -> list[str]:
        """Return the errors that are not ignored."""
        return [
            error
            for error in self.errors
            if not any(re.search(pattern, error) for pattern in self._ignored)
        ]

    # -- actions of a user ------------------------------------------------------

    def go(self, path: str = "") -> Self:
        """Go to *path* of the site."""
        self.page.goto(self.url + path)
        return self

    def store(self, **values: str) -> None:
        """Let the tab find *values*, as JSON, as if it had kept them over a reload."""
        self.page.add_init_script(
            "if (!sessionStorage.token) "
            f"Object.assign(sessionStorage, {json.dumps(values)})"
        )

    def join(self, name: str) -> Self:
        """Join with *name*, and wait until the user has joined."""
        self.request_name(name)
        expect(self.box).to_be_visible()
        return self

    def request_name(self, name: str) -> None:
        """Enter *name* into the form to join."""
        self.name_box.fill(name)
        self.page.get_by_role("button", name="Join").click()

    def rename(self, name: str) -> None:
        """Change the name of the user."""
        self.page.get_by_role("button", name="Menu").click()
        self.page.get_by_role("button", name="Change name").click()
        self.name_box.fill(name)
        self.page.get_by_role("button", name="Change", exact=True).click()

    def send(self, *texts: str) -> None:
        """Send each of *texts* with Enter."""
        for text in texts:
            self.box.fill(text)
            self.box.press("Enter")

    def join_room(self, room: str) -> Self:
        """Join *room* with a command, and wait until it is shown."""
        self.send(f"/join {room}")
        return self.expect_room(f"#{room}")

    def open_room(self, title: str) -> Self:
        """Click a room or a direct room in the list, and wait until it is shown."""
        if self.page.locator("#menu").is_visible():
            self.page.locator("#menu").click()
        self.room_link(title).click()
        return self.expect_room(title)

    def advance_a_minute(self) -> Self:
        """Advance the installed clock by a minute, and run the timers that expire."""
        self.page.clock.fast_forward("01:00")
        return self

    # -- contents of the tab ----------------------------------------------------

    @property
    def name_box(self) -> Locator:
        return self.page.get_by_role("textbox", name="Your name")

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message")

    @property
    def texts(self) -> Locator:
        """The texts of the messages in the room."""
        return self.page.locator("#log .message .text")

    @property
    def pending(self) -> Locator:
        """The messages without a confirmation."""
        return self.page.locator("#waiting .message")

    @property
    def status(self) -> Locator:
        """The sentence about the connection."""
        return self.page.get_by_role("status")

    def room_link(self, title: str) -> Locator:
        """The link to a room in the list beside the conversation."""
        links = self.page.locator("#rooms a.place")
        return links.filter(has=self.page.get_by_text(title, exact=True))

    def expect_room(self, title: str) -> Self:
        """Wait until the room or direct room *title* is shown."""
        expect(self.page.locator("#title")).to_have_text(title)
        expect(self.room_link(title)).to_have_attribute("aria-current", "page")
        return self

    def expect_notes(self, title: str, *notes: str) -> Self:
        """Wait until the list has exactly *notes*, such as counts, beside a room."""
        expect(self.room_link(title).locator(".size > span")).to_have_text(notes)
        return self

    def wait_until_live(self) -> Self:
        """Wait until the page is connected."""
        expect(self.page.locator("#state")).to_have_text("Live")
        return self

    def wait_until_stored(self, key: str, value: str) -> Self:
        """Wait until the session storage of the tab has *value* for *key*.

        The policy of the page forbids the script that ``wait_for_function`` needs.
        """
        deadline = time.monotonic() + PATIENCE / 1000
        script = "key => sessionStorage.getItem(key)"
        while (stored := self.page.evaluate(script, key)) != value:
            assert time.monotonic() < deadline, stored
            self.page.wait_for_timeout(20)
        return self

    def expect_message(self, text: str) -> Self:
        """Wait until exactly one message has *text*."""
        expect(self.texts.filter(has_text=exactly(text))).to_have_count(1)
        return self

    def expect_messages(self, messages: Sequence[ChatMessage]) -> Self:
        """Wait until the tab shows exactly *messages*, in order."""
        expect(self.texts).to_have_text([text for _, text in messages])
        assert self.messages() == [*messages]
        return self

    def messages(self) -> list[ChatMessage]:
        """Return the messages that the tab shows now."""
        names = self.page.locator("#log .message .name").all_text_contents()
        texts = self.texts.all_text_contents()
        return [ChatMessage(*each) for each in zip(names, texts, strict=True)]

    def expect_users(self, *names: str) -> Self:
        """Wait until the list of users has exactly *names*, in order."""
        expect(self.page.locator("#names .name")).to_have_text(names)
        expect(self.page.locator("#count")).to_have_text(str(len(names)))
        return self

    def expect_to_fit(self, size: tuple[int, int]) -> None:
        """Assert that the page needs no horizontal scrolling in a window of *size*."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

        width = self.page.evaluate("document.documentElement.scrollWidth")

        assert width <= size[0]

    def overflowing(self, selector: str) -> list[str]:
        """Return the elements that are cut off, or wider than the window."""
        found = self.page.evaluate(
            """(selector) => [...document.querySelectorAll(selector)]
                .filter((each) => {
                    const { left, right } = each.getBoundingClientRect();
                    const isCut = each.scrollWidth > Math.ceil(right - left);
                    return isCut || left < 0 || right > innerWidth;
                })
                .map((each) => each.outerHTML.slice(0, 200))""",
            selector,
        )
        return [f"{each}" for each in found]

    # -- errors -----------------------------------------------------------------

    def _dismiss(self, dialog: Dialog) -> None:
        self.errors.append(f"opens a dialog: {dialog.message}")
        dialog.dismiss()

    def _check_request(self, url: str) -> None:
        if not url.startswith((self.url, "data:")):
            self.errors.append(f"sends a request elsewhere: {url}")

    def _check_socket(self, url: str) -> None:
        self.sockets += 1
        if url != self.url.replace("http:", "ws:") + "ws":
            self.errors.append(f"connects elsewhere: {url}")


class Visits:
    """Opens tabs, each with a browser profile of its own, and collects their errors."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._tabs: list[Tab] = []

    def __call__(
        self,
        site: Site | str,
        path: str = "",
        *,
        size: tuple[int, int] = WIDE,
        is_dark: bool = False,
        has_scripts: bool = True,
    ) -> Tab:
        """Open *path* of *site*."""
        return self.prepare(
            site, size=size, is_dark=is_dark, has_scripts=has_scripts
        ).go(path)

    def prepare(
        self,
        site: Site | str,
        *,
        size: tuple[int, int] = WIDE,
        is_dark: bool = False,
        is_phone: bool = False,
        has_scripts: bool = True,
        locale: str = "en-GB",
    ) -> Tab:
        """Open an empty tab for *site*. A phone has no mouse, but a touch screen."""
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if is_dark else "light",
            has_touch=is_phone,
            is_mobile=is_phone,
            java_script_enabled=has_scripts,
            locale=locale,
            timezone_id="Europe/Prague",
        )
        return self.track(context.new_page(), site)

    def track(self, page: Page, site: Site | str) -> Tab:
        """Return the tab of *page*, which something else opened."""
        tab = Tab(page, site if isinstance(site, str) else site.url)
        self._tabs.append(tab)
        return tab

    def close(self) -> list[str]:
        """Close all tabs, and return their unexpected errors."""
        for context in self._browser.contexts:
            context.close()
        return [error for tab in self._tabs for error in tab.unexpected_errors()]


def exactly(text: str) -> re.Pattern[str]:
    """Return a pattern that matches only *text*."""
    return re.compile(f"^{re.escape(text)}$")
