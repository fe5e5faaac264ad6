"""Search and single messages over the chat: nobody sees the reader leave."""

import re

import pytest

from tests.gateways.web.browser import NARROW, OUTAGE, Tab, Visits, expect
from tests.gateways.web.site import restart, serve
from tests.programs.launch import ENGINES
from tests.programs.sandbox import Sandbox

each_engine = pytest.mark.parametrize("engine", ENGINES)

LOCALES = ["en-US", "ar-EG", "es-US", "hi", "ko", "zh-TW", "vi", "am", "my", "bg"]


def search(tab: Tab, words: str) -> None:
    box = tab.page.locator("#find")
    box.fill(words)
    box.press("Enter")


@each_engine
def test_a_search_opens_over_the_chat_without_a_new_connection(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    romeo.send_messages("a message for Juliet", "and a menu")
    juliet = visit(site).join("Juliet")
    watcher = visit(site).wait_until_live()
    over = juliet.page.get_by_role("dialog")

    search(juliet, "mess")
    expect(over.locator("mark")).to_have_text(["message"])
    expect(juliet.page).to_have_url(f"{site.url}search?q=mess")
    over.locator(".when").click()
    expect(over.locator("[aria-current] .text")).to_have_text("a message for Juliet")
    expect(juliet.page).to_have_url(f"{site.url}m/1#m1")
    juliet.page.go_back()
    expect(over.get_by_role("heading")).to_have_text("Search")
    juliet.page.go_back()
    expect(over).not_to_be_visible()
    expect(juliet.page).to_have_url(site.url)
    juliet.page.go_forward()
    expect(over.locator("mark")).to_have_text(["message"])
    juliet.page.keyboard.press("Escape")
    expect(over).not_to_be_visible()
    juliet.send("here all the time")

    watcher.expect_message("here all the time")
    expect(watcher.page.locator("#log .notice")).to_have_count(0)
    juliet.expect_users(romeo.name, "Juliet")
    assert juliet.sockets == 1


@each_engine
def test_messages_arrive_below_the_overlay(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    juliet = visit(site, size=NARROW).join("Juliet")
    over = juliet.page.get_by_role("dialog")

    search(juliet, "nothing of the kind")
    expect(over).to_contain_text("No message has")
    romeo.send_messages("soft")
    romeo.expect(": soft")
    search_again = over.get_by_role("searchbox")
    search_again.fill("soft")
    search_again.press("Enter")
    expect(over.locator("mark")).to_have_text(["soft"])
    juliet.expect_to_fit((320, 640))
    over.get_by_role("button", name="Back to the chat").click()

    juliet.expect_message("soft")
    expect(juliet.page).to_have_url(site.url)


@each_engine
def test_the_overlay_shows_an_error_if_the_server_is_down(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).ignore_errors(OUTAGE, "ERR_").wait_until_live()
    site.program.stop()

    search(juliet, "anything")

    over = juliet.page.get_by_role("dialog")
    expect(over).to_contain_text("The server does not respond")
    restart(sandbox, engine, site)
    over.get_by_role("link", name="Try again").click()
    expect(over).to_contain_text("No message has")
    juliet.page.go_back()
    expect(over).not_to_be_visible()


@each_engine
def test_users_who_reconnect_after_a_crash_are_not_announced_again(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    watcher = visit(site).ignore_errors(OUTAGE).wait_until_live()
    juliet = visit(site).ignore_errors(OUTAGE).join("Juliet")
    gone = visit(site).ignore_errors(OUTAGE).join("Romeo")
    watcher.expect_users("Juliet", "Romeo")
    notices = watcher.page.locator("#log .notice")
    expect(notices).to_have_text([re.compile("Juliet joined"), re.compile("Romeo")])
    gone.page.close()
    for tab in (watcher, juliet):
        tab.page.clock.install()
    site.program.clean_up()

    restart(sandbox, engine, site)
    for tab in (watcher, juliet):
        tab.page.clock.run_for(10_000)
        tab.wait_until_live()
    watcher.expect_users("Juliet")
    watcher.page.clock.run_for(31_000)

    told = ["Juliet joined", "Romeo joined", "Romeo left"]
    expect(notices).to_have_text([re.compile(each) for each in told])
    expect(juliet.page.locator("#log .notice").first).to_contain_text("Juliet joined")
    assert "Juliet" not in "".join(
        juliet.page.locator("#log .notice").all_text_contents()[1:]
    )


@pytest.mark.parametrize("locale", LOCALES)
def test_times_do_not_overlap_texts_in_any_language(
    sandbox: Sandbox, visit: Visits, locale: str
) -> None:
    site = serve(sandbox, "async")
    romeo = sandbox.join(site.port)
    romeo.send_messages("one", "two", "three")
    romeo.expect(": three")
    tab = visit.prepare(site, locale=locale)
    tab.page.add_init_script(
        """new MutationObserver(() => {
            for (const each of document.querySelectorAll(".when"))
                each.style.fontFamily = "DejaVu Sans Mono, Noto Sans Mono, monospace";
        }).observe(document, { childList: true, subtree: true })"""
    )
    tab.go().wait_until_live()
    tab.expect_message("three")

    found = tab.page.evaluate(
        """() => [...document.querySelectorAll("#log .follows")].map((row) => {
            const [time, text] = [".when", ".text"].map((one) =>
                row.querySelector(one).getBoundingClientRect());
            const own = row.getBoundingClientRect();
            const style = getComputedStyle(row.querySelector(".when"));
            return [time.right <= text.left || time.left >= text.right,
                    time.bottom <= own.bottom + 1, style.overflowX];
        })"""
    )

    assert found == [[True, True, "hidden"]] * 2
