"""A page in a real browser, as its reader sees and uses it, and what it may not do."""

import re
from collections.abc import Sequence
from typing import Self

from tests.gateways.web.chromium import demand
from tests.gateways.web.site import Said, Site

try:
    from playwright.sync_api import Browser, Dialog, Locator, Page, expect
except ModuleNotFoundError:
    demand()
    raise

__all__ = ["NARROW", "OUTAGE", "WIDE", "Tab", "Visits", "exactly", "expect"]

PATIENCE = 20_000  # milliseconds, for anything at all
WIDE, NARROW = (1280, 800), (390, 844)
OUTAGE = "WebSocket connection to .* failed"

expect.set_options(timeout=PATIENCE)


class Tab:
    """One page. Whatever goes wrong in it is a fault, and faults fail the test."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.faults: list[str] = []
        self.sockets = 0
        self._forgiven: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.faults.append(f"{error}"))
        page.on("dialog", self._dismiss)
        page.on("request", lambda request: self._leave(request.url))
        page.on("websocket", lambda socket: self._connect(socket.url))
        page.on(
            "console",
            lambda told: self._find(told.text) if told.type == "error" else None,
        )

    def forgive(self, *words: str) -> Self:
        """Take no offence at errors that match *words*, which this test provokes."""
        self._forgiven += words
        return self

    def complaints(self) -> list[str]:
        """Return the faults that nobody forgave."""
        return [
            fault
            for fault in self.faults
            if not any(re.search(words, fault) for words in self._forgiven)
        ]

    # -- what the reader does ---------------------------------------------------

    def go(self, path: str = "") -> Self:
        """Go to *path* of the site."""
        self.page.goto(self.url + path)
        return self

    def join(self, name: str) -> Self:
        """Join by *name*."""
        self.ask_for(name)
        expect(self.box).to_be_visible()
        return self

    def ask_for(self, name: str) -> None:
        """Ask to be called *name*."""
        self.name_box.fill(name)
        self.page.get_by_role("button", name="Join").click()

    def rename(self, name: str) -> None:
        """Ask for another name."""
        self.page.get_by_role("button", name="Change name").click()
        self.name_box.fill(name)
        self.page.get_by_role("button", name="Change", exact=True).click()

    def say(self, *texts: str) -> None:
        """Say *texts*, each by Enter."""
        for text in texts:
            self.box.fill(text)
            self.box.press("Enter")

    def let_a_minute_pass(self) -> Self:
        """Let what is due within a minute happen now; the clock is installed."""
        self.page.clock.fast_forward("01:00")
        return self

    # -- what the reader sees ---------------------------------------------------

    @property
    def name_box(self) -> Locator:
        return self.page.get_by_role("textbox", name="Your name")

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message")

    @property
    def texts(self) -> Locator:
        """The messages that were said."""
        return self.page.locator("#log .message .text")

    @property
    def waiting(self) -> Locator:
        """The messages that are not known to be stored."""
        return self.page.locator("#waiting .message")

    @property
    def status(self) -> Locator:
        """What is told of the connection, in a sentence."""
        return self.page.get_by_role("status")

    def is_live(self) -> Self:
        """Look until the page is connected."""
        expect(self.page.locator("#state")).to_have_text("Live")
        return self

    def hears(self, text: str) -> Self:
        """Look until *text* was said, once."""
        expect(self.texts.filter(has_text=exactly(text))).to_have_count(1)
        return self

    def shows(self, said: Sequence[Said]) -> Self:
        """Look until *said* is all that was said, in order and once each."""
        expect(self.texts).to_have_text([text for _, text in said])
        assert self.said() == [*said]
        return self

    def said(self) -> list[Said]:
        """Return what was said, as it is shown now."""
        names = self.page.locator("#log .message .name").all_text_contents()
        texts = self.texts.all_text_contents()
        return [Said(*each) for each in zip(names, texts, strict=True)]

    def shows_people(self, *names: str) -> Self:
        """Look until *names*, in order, are all who are here."""
        expect(self.page.locator("#names .name")).to_have_text(names)
        expect(self.page.locator("#count")).to_have_text(str(len(names)))
        return self

    def is_as_wide_as(self, size: tuple[int, int]) -> None:
        """Look whether everything fits into a window of *size*."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})

        width = self.page.evaluate("document.documentElement.scrollWidth")

        assert width <= size[0]

    def sticks_out(self, selector: str) -> list[str]:
        """Return the elements that are wider than their place or the window."""
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

    # -- what it may not do -----------------------------------------------------

    def _find(self, fault: str) -> None:
        self.faults.append(fault)

    def _dismiss(self, dialog: Dialog) -> None:
        self._find(f"opens a dialog: {dialog.message}")
        dialog.dismiss()

    def _leave(self, url: str) -> None:
        if not url.startswith((self.url, "data:")):
            self._find(f"asks elsewhere: {url}")

    def _connect(self, url: str) -> None:
        self.sockets += 1
        if url != self.url.replace("http:", "ws:") + "ws":
            self._find(f"connects elsewhere: {url}")


class Visits:
    """Opens tabs, each in a browser profile of its own, and knows their faults."""

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
        has_scripts: bool = True,
        locale: str = "en-GB",
    ) -> Tab:
        """Open a tab that has not gone to *site* yet."""
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if is_dark else "light",
            java_script_enabled=has_scripts,
            locale=locale,
            timezone_id="Europe/Prague",
        )
        return self.know(context.new_page(), site)

    def know(self, page: Page, site: Site | str) -> Tab:
        """Watch over a *page* that opened by itself."""
        tab = Tab(page, site if isinstance(site, str) else site.url)
        self._tabs.append(tab)
        return tab

    def end(self) -> list[str]:
        """Close all tabs, and return what went wrong in them."""
        for context in self._browser.contexts:
            context.close()
        return [fault for tab in self._tabs for fault in tab.complaints()]


def exactly(text: str) -> re.Pattern[str]:
    """Return what matches *text* alone."""
    return re.compile(f"^{re.escape(text)}$")
