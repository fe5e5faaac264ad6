"""The greeting of a server in a real browser: shown on joining, until it is read."""

from pathlib import Path

from tests.gateways.web.browser import Visits, expect
from tests.gateways.web.site import on_asyncio, serve
from tests.programs.sandbox import Sandbox


@on_asyncio
def test_the_greeting_is_shown_after_joining(
    sandbox: Sandbox, visit: Visits, engine: str, tmp_path: Path
) -> None:
    path = tmp_path / "greeting.txt"
    path.write_text("Be kind.\n<b>No</b> spam.")
    site = serve(sandbox, engine, "--greeting", str(path))
    juliet = visit(site)
    greeting = juliet.page.locator("#greeting")
    expect(greeting).not_to_be_visible()

    juliet.join("Juliet")

    text = juliet.page.locator("#greeting-text")
    expect(text).to_have_text("Be kind.\n<b>No</b> spam.", use_inner_text=True)
    greeting.get_by_role("button", name="Got it").click()
    expect(greeting).not_to_be_visible()
