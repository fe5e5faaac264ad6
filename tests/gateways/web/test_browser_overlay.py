"""The overlay shows other pages while the chat stays connected."""

from tests.gateways.web.browser import NARROW, OUTAGE, Visits, expect
from tests.gateways.web.narrow_window import search_for
from tests.gateways.web.site import on_asyncio, on_threads, restart, serve
from tests.programs.sandbox import Sandbox


@on_asyncio
def test_a_search_opens_over_the_chat_without_a_new_connection(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    romeo.send_messages("a message for Juliet", "and a menu")
    juliet = visit(site).join("Juliet")
    watcher = visit(site).wait_until_live()
    overlay = juliet.page.get_by_role("dialog")

    search_for(juliet, "mess")
    expect(overlay.locator("mark")).to_have_text(["message"])
    expect(juliet.page).to_have_url(f"{site.url}search?q=mess")
    overlay.locator(".when").click()
    expect(overlay.locator("[aria-current] .text")).to_have_text("a message for Juliet")
    expect(juliet.page).to_have_url(f"{site.url}m/1#m1")
    juliet.page.go_back()
    expect(overlay.get_by_role("heading")).to_have_text("Search")
    juliet.page.go_back()
    expect(overlay).not_to_be_visible()
    expect(juliet.page).to_have_url(site.url)
    juliet.page.go_forward()
    expect(overlay.locator("mark")).to_have_text(["message"])
    juliet.page.keyboard.press("Escape")
    expect(overlay).not_to_be_visible()
    juliet.send("here all the time")

    watcher.expect_message("here all the time")
    expect(watcher.page.locator("#log .notice")).to_have_count(0)
    juliet.expect_users(romeo.name, "Juliet")
    assert juliet.sockets == 1


@on_threads
def test_messages_arrive_below_the_overlay(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    juliet = visit(site, size=NARROW).join("Juliet")
    overlay = juliet.page.get_by_role("dialog")

    search_for(juliet, "nothing of the kind")
    expect(overlay).to_contain_text("No message has")
    romeo.send_messages("soft")
    romeo.expect(": soft")
    search_again = overlay.get_by_role("searchbox")
    search_again.fill("soft")
    search_again.press("Enter")
    expect(overlay.locator("mark")).to_have_text(["soft"])
    juliet.expect_to_fit((320, 640))
    overlay.get_by_role("button", name="Back to the chat").click()

    juliet.expect_message("soft")
    expect(juliet.page).to_have_url(site.url)


@on_asyncio
def test_the_overlay_shows_an_error_if_the_server_is_down(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).ignore_errors(OUTAGE, "ERR_").wait_until_live()
    site.program.stop()

    search_for(juliet, "anything")

    overlay = juliet.page.get_by_role("dialog")
    expect(overlay).to_contain_text("The server does not respond")
    restart(sandbox, engine, site)
    overlay.get_by_role("link", name="Try again").click()
    expect(overlay).to_contain_text("No message has")
    juliet.page.go_back()
    expect(overlay).not_to_be_visible()


@on_asyncio
def test_messages_that_were_found_begin_near_the_top_and_are_links(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    with sandbox.join(site.port) as romeo:
        romeo.send_messages("But, soft! what light")
        romeo.expect(": But, soft! what light")
    juliet = visit(site).join("Juliet")
    overlay = juliet.page.get_by_role("dialog")
    search_for(juliet, "soft")
    hit = overlay.locator(".message")
    expect(hit).to_have_count(1)

    top, place = overlay.bounding_box(), hit.bounding_box()

    assert top is not None
    assert place is not None
    assert place["y"] <= top["y"] + 152  # below the title, the words and the number
    hit.click(position={"x": place["width"] - 20, "y": place["height"] - 5})
    expect(overlay.locator("[aria-current]")).to_contain_text("But, soft!")
