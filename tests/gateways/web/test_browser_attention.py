"""What the page shows while it is offline, and while nobody looks at it."""

import re
from pathlib import Path
from urllib.parse import urljoin

from tests.gateways.web.browser import OUTAGE, Tab, Visits, expect
from tests.gateways.web.site import on_asyncio, restart, serve
from tests.programs.sandbox import Sandbox

pytestmark = on_asyncio


def icon(tab: Tab) -> str:
    """Return the icon of the tab as SVG."""
    path = f"{tab.page.locator('link[rel=icon]').get_attribute('href')}"
    return tab.page.request.get(urljoin(tab.url, path)).text()


def test_the_icon_has_a_dot_while_messages_are_unread(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).join("Juliet").join_room("dev")
    assert "circle" not in icon(juliet)

    with sandbox.join(site.port) as romeo:
        romeo.send_messages("in the lobby")
    juliet.expect_notes("#lobby", "1 unread")
    assert "circle" in icon(juliet)
    juliet.open_room("#lobby")
    expect(juliet.page).to_have_title("#lobby \N{EN DASH} Parlour")

    assert "circle" not in icon(juliet)


def test_messages_wait_visibly_for_the_connection(
    sandbox: Sandbox, visit: Visits, engine: str, tmp_path: Path
) -> None:
    history = ["--history", str(tmp_path / "history.db")]
    site = serve(sandbox, engine, *history)
    juliet = visit(site).ignore_errors(OUTAGE).join("Juliet")
    romeo = visit(site).ignore_errors(OUTAGE).join("Romeo")
    juliet.expect_users("Juliet", "Romeo")
    for tab in (juliet, romeo):
        tab.page.clock.install()
    site.program.clean_up()
    juliet.send("one", "two")
    waiting = "waiting for the connection"
    expect(juliet.pending).to_have_text([f"one{waiting}", f"two{waiting}"])
    expect(juliet.pending.last).to_be_in_viewport(ratio=1)

    restart(sandbox, engine, site, *history)
    for tab in (juliet, romeo):
        tab.page.clock.run_for(10_000)
        tab.wait_until_live().expect_message("two").expect_users("Juliet", "Romeo")

    joins = re.compile("Juliet joined")
    for tab in (juliet, romeo):
        notices = tab.page.locator("#log .notice").filter(has_text=joins)
        assert notices.count() == (1 if tab is juliet else 0)
    expect(juliet.pending).to_have_count(0)
