"""The page below a prefix, in a real browser."""

from tests.gateways.web.browser import Visits, expect
from tests.gateways.web.site import on_asyncio, serve
from tests.programs.sandbox import Sandbox


@on_asyncio
def test_everything_that_scripts_do_stays_below_the_prefix(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine, "--web-prefix", "/services/chat")
    romeo = visit(site).join("Romeo")
    romeo.join_room("dev").send("hello")
    expect(romeo.page).to_have_url(f"{site.url}r/dev")
    romeo.page.locator("#log .when").last.click()
    expect(romeo.page.locator("#over .message")).to_have_count(1)
    expect(romeo.page).to_have_url(f"{site.url}r/dev/m/1#m1")
    romeo.page.go_back()
    romeo.page.locator("#find").fill("hello")
    romeo.page.locator("#find").press("Enter")
    expect(romeo.page.locator("#over .message")).to_have_count(1)
    romeo.page.go_back()
    romeo.page.reload()
    romeo.wait_until_live().expect_message("hello")
    romeo.open_room("#lobby")

    expect(romeo.page).to_have_url(site.url)
    assert romeo.page.evaluate("Object.keys(sessionStorage)[0]").startswith(
        "/services/"
    )
