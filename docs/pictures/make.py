"""Make the pictures of the README: a conversation on the page and in a terminal.

`make pictures` writes both beside this file. Juliet uses the page, Romeo a terminal,
and a script a pipe.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, ViewportSize

from tests.gateways.web.browser import Tab, Visits, expect
from tests.gateways.web.chromium import chromium
from tests.gateways.web.site import Site, serve
from tests.programs.launch import CLIENT
from tests.programs.sandbox import Sandbox
from tests.programs.terminal import Terminal
from tests.programs.terminal_picture import DARK, page_of

HERE = Path(__file__).parent
SIZE: ViewportSize = {"width": 1000, "height": 640}
WIDTH = 72  # visible columns of the terminal


def converse(sandbox: Sandbox, site: Site, juliet: Tab) -> Terminal:
    """Play the conversation; return Romeo's terminal."""
    where = ["127.0.0.1", str(site.port), "--name", "Romeo", "--no-state"]
    romeo = sandbox.start_on_terminal("-m", "parlour", *where)
    romeo.expect("Romeo>")
    romeo.wait_for_prompt()
    juliet.join("Juliet").send("Is anyone there?")
    romeo.expect("Is anyone there?")
    romeo.enter("At a terminal, as always. You found the page!")
    juliet.expect_message("At a terminal, as always. You found the page!")
    options = ["127.0.0.1", str(site.port), "--name", "builds"]
    script = sandbox.run_python(*CLIENT, *options)
    script.out.expect("builds has entered the chat")
    script.type("build 128 is **green**: `make check` took 570 s ✅")
    romeo.expect("took 570 s")
    juliet.send("Romeo, shall we ship it?", "Dobrou noc! 🌙")
    romeo.expect("Dobrou noc!")
    romeo.press("Good night, good n")
    romeo.expect("Good night, good n")
    return romeo


def make_pictures(browser: Browser, sandbox: Sandbox) -> None:
    """Make both pictures."""
    sandbox.setenv("COLORFGBG", "15;0")  # a dark terminal
    site = serve(sandbox, "async")
    context = browser.new_context(
        viewport=SIZE, device_scale_factor=2, color_scheme="light", locale="en-GB"
    )
    visits = Visits(browser)
    juliet = visits.track(context.new_page(), site).go().wait_until_live()
    romeo = converse(sandbox, site, juliet)
    expect(juliet.texts.last).to_be_in_viewport()
    juliet.box.fill("Parting is such sweet sorrow")
    juliet.page.mouse.move(0, 0)
    juliet.page.screenshot(path=HERE / "page.png")
    shown = context.new_page()
    shown.set_content(page_of(romeo, DARK, WIDTH))
    shown.locator("pre").screenshot(path=HERE / "terminal.png")
    assert visits.close() == []


def main() -> None:
    """Make both pictures, with a temporary home for the programs."""
    with (
        TemporaryDirectory() as home,
        Sandbox(Path(home)) as sandbox,
        chromium() as browser,
    ):
        make_pictures(browser, sandbox)
    for picture in ("page.png", "terminal.png"):
        print(picture, (HERE / picture).stat().st_size, "bytes")


if __name__ == "__main__":
    main()
